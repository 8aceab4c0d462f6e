"""The page that describes the API (``/docs``): made of its OpenAPI document, in the look of the other pages."""

import hashlib
from functools import lru_cache

from fastapi import APIRouter, FastAPI, Request, Response
from markdown_it import MarkdownIt
from markupsafe import Markup

from api.description import revalidated
from api.web.operations import groups, shapes
from api.web.pages import POLICY, render

router = APIRouter(include_in_schema=False)

_SERVERS = 8
"""For how many addresses of the server the page is kept: commands on it name the one that it was asked at."""


@router.get("/docs")
async def docs_page(request: Request) -> Response:
    """Describe every operation and every object, with examples."""
    body, tag = _page(request.app, str(request.base_url).rstrip("/"))
    return revalidated(request, body, tag, "text/html; charset=utf-8", {"Content-Security-Policy": POLICY})


@lru_cache(maxsize=_SERVERS)
def _page(app: FastAPI, server: str) -> tuple[bytes, str]:
    """Return the page and its tag, made once for each address of the server."""
    document = app.openapi()
    html = render(
        "docs.html",
        about=document["info"],
        groups=groups(document, server),
        shapes=shapes(document),
        told=_told,
    ).encode()
    return html, f'W/"{hashlib.sha256(html).hexdigest()[:24]}"'


def _told(text: str) -> Markup:
    """Return a description, which is Markdown of our own, as HTML; HTML in it stays text."""
    return Markup(MarkdownIt("commonmark", {"html": False}).render(text))
