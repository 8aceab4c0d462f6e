"""Problems as pages, for people: what a kind of problem means, and what went wrong where a browser asked for a page."""

import re
from html import escape

from starlette.datastructures import Headers
from starlette.types import Scope

from api.problems import Kind

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

_FOR_PROGRAMS = ("/v1/", "/mcp", "/metrics", "/openapi.json", "/static/", "/healthz", "/readyz")
"""What the addresses begin with that no person reads: their problems are JSON, whoever asks."""

_DOCS = re.compile(r"(?<![\w/.])/docs\b(?![/.]\w)")

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title} – pressqa</title>
<link rel="icon" href="{up}static/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="{up}static/site.css">
</head>
<body>
<a class="skip" href="#main">Skip to the main content</a>
<header class="top"><div class="frame top-row"><a class="brand" href="{up}./">press<span>qa</span></a>
<nav aria-label="Pages"><ul>
<li><a href="{up}./">Ask</a></li>
<li><a href="{up}releases">Releases</a></li>
<li><a href="{up}figures">Figures</a></li>
<li><a href="{up}docs">API</a></li>
</ul></nav></div></header>
<main id="main" class="frame" tabindex="-1">
<h1>{title}</h1>
{what}
<h2>What to do</h2>
{remedy}
{rest}
</main>
</body>
</html>
"""


def wants_page(scope: Scope) -> bool:
    """Whether a request is that of a browser for a page, which shows a person what went wrong."""
    if scope.get("method") not in ("GET", "HEAD") or f"{scope['path']}/".startswith(_FOR_PROGRAMS):
        return False
    return "text/html" in Headers(scope=scope).get("accept", "")


def problem_page(kind: Kind) -> str:
    """Return the page of a kind of problem as HTML."""
    rest = f'HTTP status {kind.status}. The addresses of this server are described at <a href="../docs">/docs</a>.'
    return _page(kind.title, [kind.meaning], [kind.remedy], f"<p>{rest}</p>", "../")


def refusal_page(scope: Scope, kind: Kind, detail: str, hint: str, request_id: str) -> str:
    """Return what a person sees instead of a page, as HTML."""
    up = "../" * max(0, scope["path"].count("/") - 1)
    links = (
        f'<a href="{up or "./"}">Ask a question</a> · <a href="{up}releases">Search the releases</a>'
        f' · <a href="{up}problems/{kind.slug}">About this problem</a>'
    )
    remedy = _IN_A_BROWSER if kind.status == 401 else hint or kind.remedy
    known = f'<p class="where">Request {escape(request_id)}</p>'
    # What the framework says of an address that there is not is less than its kind says; what is said of the server
    # itself is for its log and for programs.
    what = kind.meaning if kind.status >= 500 or (kind.status == 404 and detail == "Not Found") else detail
    return _page(kind.title, [what], [remedy], f"<p>{links}</p>\n{known}", up)


_IN_A_BROWSER = (
    "Load the page again, and give the key as the password that your browser asks for; leave the name empty, or write"
    " anything. Programs send the header 'Authorization: Bearer KEY'. Whoever runs the server makes keys with 'pressqa"
    " keys create'."
)


def _page(title: str, what: list[str], remedy: list[str], rest: str, up: str) -> str:
    return _PAGE.format(
        title=escape(title), what=_paragraphs(what, up), remedy=_paragraphs(remedy, up), rest=rest, up=up
    )


def _paragraphs(texts: list[str], up: str) -> str:
    """Return texts as escaped paragraphs, in which the address of the documentation is a link."""
    told = [f"{text[:1].upper()}{text[1:300]}".rstrip(".") for text in dict.fromkeys(texts) if text]
    docs = f'<a href="{up}docs">/docs</a>'
    return "\n".join(f"<p>{_DOCS.sub(docs, escape(each))}.</p>" for each in told)
