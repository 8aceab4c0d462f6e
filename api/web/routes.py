"""All pages, for the application to add."""

from fastapi import FastAPI

from api.web import ask, docs, feed, figures, releases
from api.web.pages import add_static


def add_pages(app: FastAPI) -> None:
    """Add every page and the files that the pages load."""
    for room in (ask, releases, figures, feed, docs):
        app.include_router(room.router)
    add_static(app)
