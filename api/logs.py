"""The server's log: one line a record, for people or as JSON, each with the id of its request and no question in it."""

import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from starlette.routing import BaseRoute, Match
from starlette.types import Scope

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request that is being handled, also in the threads that work for it."""

_access = logging.getLogger("api.access")


class JsonLines(logging.Formatter):
    """A record as one JSON object: ``time`` in UTC, ``level``, ``logger``, ``message``, and what is known besides."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id := REQUEST_ID.get():
            told["request_id"] = request_id
        told |= getattr(record, "fields", {})
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=True, default=str)


class TextLines(logging.Formatter):
    """A record as a line for people."""

    def __init__(self) -> None:
        super().__init__("%(levelname)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; the id of its request is at the end."""
        line = super().format(record)
        request_id = REQUEST_ID.get()
        return f"{line} [{request_id}]" if request_id and request_id not in line else line


def route_of(scope: Scope) -> str:
    """Return the pattern of the address that a request was for, ``-`` for one that there is not.

    One that was refused on its way to the address is of that address too.
    """
    route = scope.get("route")
    if route is None and "app" in scope:
        routes = _flat(scope["app"].router.routes)
        route = next((each for each in routes if each.matches(scope)[0] is not Match.NONE), None)
    return getattr(route, "path_format", None) or getattr(route, "path", None) or "-"


def _flat(routes: Iterable[BaseRoute]) -> Iterator[BaseRoute]:
    """Yield routes; of a router that FastAPI has included, those of the router, whose addresses stand as they are."""
    for route in routes:
        router = getattr(route, "original_router", None)
        yield from _flat(router.routes) if router is not None else (route,)


def log_request(scope: Mapping[str, Any], route: str, status: int, seconds: float, *, question: str | None) -> None:
    """Log that a request was answered: its route, not its address, because that may hold the question."""
    if not _access.isEnabledFor(logging.INFO):
        return
    client = scope.get("client")
    milliseconds = round(seconds * 1000, 1)
    fields: dict[str, Any] = {
        "method": scope["method"][:20],
        "route": route,
        "status": status,
        "milliseconds": milliseconds,
        "client": client[0] if client else None,
    }
    if key := scope["state"].get("key"):
        fields["key"] = key
    if question is not None:
        fields["question"] = question
    asked = "" if question is None else f" {question!r}"
    _access.info(
        "%s %s %d in %.1f ms%s", fields["method"], route, status, milliseconds, asked, extra={"fields": fields}
    )
