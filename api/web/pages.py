"""Rendering: templates with every value escaped, under a strict security policy."""

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path

from fastapi import FastAPI, Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from api.caching import REVALIDATE, check_unchanged
from api.state import ServerState
from api.web import links
from api.web.forms import LABELS
from index.text.dates import long_date
from index.types import Coverage
from qa.engine import Engine
from qa.evidence.web_addresses import web_url
from qa.wording import CHANGES, RELATIONS, counted, covered, one_line, sentence, when

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
"""The pages' Content-Security-Policy: nothing inline, and nothing from another server."""

NOTHING = "There is no release here yet."
"""What every page says while the index is empty."""

_FOLDER = Path(__file__).parent
_STATIC = _FOLDER / "static"


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Return the templates; every value is escaped, and a name that is not there is an error."""
    made = Environment(
        loader=FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(long_date=long_date, one_line=one_line, sentence=sentence, web_url=web_url)
    made.globals.update(links=links, static=static_link, labels=LABELS, nothing=NOTHING)
    made.globals.update(relations=RELATIONS, changes=CHANGES, counted=counted, covered=covered, when=when)
    return made


@lru_cache
def static_link(name: str) -> str:
    """Return the address of a static file, with a digest that changes when the file does."""
    digest = hashlib.sha256((_STATIC / name).read_bytes()).hexdigest()[:12]
    return f"static/{name}?v={digest}"


class _Static(StaticFiles):
    """Files that a browser keeps for a year under the address with their digest, and asks for again under any other."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if response.status_code < HTTPStatus.BAD_REQUEST:
            is_dated = f"static/{path}?{scope['query_string'].decode('latin-1')}" == static_link(path)
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if is_dated else REVALIDATE
        return response


def add_static(app: FastAPI) -> None:
    """Serve the style, the script and the icon."""
    files = _Static(directory=_STATIC)

    async def static(request: Request) -> Response:
        return await files.get_response(request.path_params["path"], request.scope)

    app.add_route("/static/{path:path}", static, include_in_schema=False)


def render(template: str, **values: object) -> str:
    """Return a template's text."""
    return environment().get_template(template).render(**values)


def page(template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """Return a page under the pages' security policy."""
    return as_page(render(template, **values), status=status)


def as_page(html: str, *, status: int = 200) -> HTMLResponse:
    """Return what was rendered as a page under the pages' security policy."""
    return HTMLResponse(html, status, {"Content-Security-Policy": POLICY})


async def check_unchanged_page(request: Request, state: ServerState, engine: Engine, *made_of: str) -> dict[str, str]:
    """Return the headers that tag a page of the index as it is now; raises `NotModified` if the client has that.

    ``made_of`` is what the page is made of besides the index and the templates.
    """
    # With its policy: a browser takes the headers of a 304 for those of the page that it has.
    policy = {"Content-Security-Policy": POLICY}
    return await check_unchanged(request, state, engine, look(), *made_of, headers=policy)


def tagged(response: Response, headers: Mapping[str, str]) -> Response:
    """Return a page with its tag; one that tells of a fault has none."""
    if response.status_code == HTTPStatus.OK:
        response.headers.update(headers)
    return response


@lru_cache(maxsize=1)
def look() -> str:
    """Return a digest of what pages are made of besides the index: it changes when they would look different."""
    files = sorted(path for folder in ("templates", "static") for path in (_FOLDER / folder).iterdir())
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]


def coverage_of(engine: Engine) -> tuple[Coverage, int]:
    """Return what the index covers, and how many releases that are."""
    return engine.coverage(), engine.status().releases
