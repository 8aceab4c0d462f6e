"""Rendering: templates with every value escaped, a strict security policy, and errors as pages."""

import hashlib
import logging
from collections.abc import Callable, Coroutine
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeVar

from fastapi import FastAPI, Request, Response
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

from api.error_handlers import headers_of
from api.problems import kind_of
from api.web import links
from api.web.forms import LABELS
from index.errors import PressqaError
from index.text.dates import long_date
from index.types import Coverage
from qa.engine import Engine
from qa.evidence.web_addresses import web_url
from qa.wording import CHANGES, RELATIONS, counted, covered, one_line, sentence, when

T = TypeVar("T")

_log = logging.getLogger(__name__)

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
"""The pages' Content-Security-Policy: nothing inline, and nothing from another server."""

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
    made.globals.update(links=links, static=static_link, labels=LABELS)
    made.globals.update(relations=RELATIONS, changes=CHANGES, counted=counted, covered=covered, when=when)
    return made


@lru_cache
def static_link(name: str) -> str:
    """Return the address of a static file, with a digest that changes when the file does."""
    digest = hashlib.sha256((_STATIC / name).read_bytes()).hexdigest()[:12]
    return f"static/{name}?v={digest}"


class _Static(StaticFiles):
    """Files whose addresses carry a digest: a browser keeps them for a year."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def add_static(app: FastAPI) -> None:
    """Serve the style, the script and the icon."""
    app.mount("/static", _Static(directory=_STATIC), name="static")


def render(template: str, **values: object) -> str:
    """Return a template's text."""
    return environment().get_template(template).render(**values)


def page(template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """Return a page under the pages' security policy."""
    return as_page(render(template, **values), status=status)


def as_page(html: str, *, status: int = 200) -> HTMLResponse:
    """Return what was rendered as a page under the pages' security policy."""
    return HTMLResponse(html, status, {"Content-Security-Policy": POLICY})


def coverage_of(engine: Engine) -> tuple[Coverage, int]:
    """Return what the index covers, and how many releases that are."""
    return engine.coverage(), engine.status().releases


class PageRoute(APIRoute):
    """A route whose errors are pages, with the titles and remedies of the API's table of problems."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the route's handler, with its errors caught."""
        handle = super().get_route_handler()

        async def handle_as_page(request: Request) -> Response:
            try:
                return await handle(request)
            except (PressqaError, HTTPException) as error:
                return error_page(request, error)

        return handle_as_page


def error_page(request: Request, error: PressqaError | HTTPException) -> HTMLResponse:
    """Return the page of an error; what it says of the server itself goes to the log alone."""
    kind = kind_of(error)
    detail = str(error) if isinstance(error, PressqaError) else ""
    if kind.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        request_id = request.scope.get("state", {}).get("request_id")
        _log.warning("request %s: %s: %s", request_id, type(error).__name__, error)
        detail = ""
    response = page("error.html", status=kind.status, kind=kind, detail=detail)
    response.headers.update(headers_of(error) if isinstance(error, PressqaError) else error.headers or {})
    if kind.status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers.setdefault("Retry-After", "5")
    return response
