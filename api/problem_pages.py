"""Problems as pages, for people: what a kind of problem means, and what went wrong where a browser asked for a page."""

import re
from html import escape

from markupsafe import Markup
from starlette.datastructures import Headers
from starlette.types import Scope

from api.problems import Kind
from api.web.pages import render

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

_FOR_PROGRAMS = ("/v1/", "/mcp", "/metrics", "/openapi.json", "/static/", "/healthz", "/readyz")
"""What the addresses begin with that no person reads: their problems are JSON, whoever asks."""

_DOCS = re.compile(r"(?<![\w/.])/docs\b(?![/.]\w)")


def wants_page(scope: Scope) -> bool:
    """Whether a request is that of a browser for a page, which shows a person what went wrong."""
    if scope.get("method") not in ("GET", "HEAD") or f"{scope['path']}/".startswith(_FOR_PROGRAMS):
        return False
    return "text/html" in Headers(scope=scope).get("accept", "")


def problem_page(kind: Kind) -> str:
    """Return the page of a kind of problem as HTML."""
    return _page(kind, kind.meaning, kind.remedy, "../")


def refusal_page(scope: Scope, kind: Kind, detail: str, hint: str, request_id: str) -> str:
    """Return what a person sees instead of a page, as HTML."""
    up = "../" * max(0, scope["path"].count("/") - 1)
    remedy = _IN_A_BROWSER if kind.status == 401 else hint or kind.remedy
    # What the framework says of an address that there is not is less than its kind says; what is said of the server
    # itself is for its log and for programs.
    what = kind.meaning if kind.status >= 500 or (kind.status == 404 and detail == "Not Found") else detail
    return _page(kind, what, remedy, up, request_id)


_IN_A_BROWSER = (
    "Load the page again, and give the key as the password that your browser asks for; leave the name empty, or write"
    " anything. Programs send the header 'Authorization: Bearer KEY'. Whoever runs the server makes keys with 'pressqa"
    " keys create'."
)


def _page(kind: Kind, what: str, remedy: str, up: str, request_id: str = "") -> str:
    told = {"what": _sentences(what, up), "remedy": _sentences(remedy, up)}
    return render("problem.html", kind=kind, up=up, request_id=request_id, **told)


def _sentences(text: str, up: str) -> Markup:
    """Return what an error says as escaped sentences, in which the address of the documentation is a link."""
    told = f"{text[:1].upper()}{text[1:300]}".rstrip(".")
    return Markup(_DOCS.sub(f'<a href="{up}docs">/docs</a>', escape(told)) + ".")
