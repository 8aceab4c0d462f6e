"""Errors as RFC 9457 problem details, from one table: exception class or HTTP status -> kind of problem."""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match
from starlette.types import Scope

from api.engine_gate import NotReadyError
from index.errors import (
    CatalogDamagedError,
    IndexLockedError,
    IndexMissingError,
    InputError,
    ManifestMismatchError,
    ModelError,
    PressqaError,
    StorageError,
    UnknownPublisherError,
    UnknownReleaseError,
)

MEDIA_TYPE = "application/problem+json"
MAX_ERRORS = 20
"""How many faults of one request are listed: a body can hold a hundred thousand unknown fields."""
MAX_NAME = 100
"""How many characters of a field name are repeated back."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: its status, the last part of its ``type`` and its title."""

    status: int
    slug: str
    title: str


_INVALID = Kind(422, "invalid-request", "The request cannot be used as given")

PROBLEMS: Mapping[type[Exception] | int, Kind] = {
    # the request
    InputError: _INVALID,
    RequestValidationError: _INVALID,
    UnknownPublisherError: Kind(422, "unknown-publisher", "No release in the index is by this publisher"),
    UnknownReleaseError: Kind(404, "unknown-release", "No release in the index has this id"),
    400: Kind(400, "malformed-request", "The request cannot be read"),
    404: Kind(404, "not-found", "There is nothing at this address"),
    405: Kind(405, "method-not-allowed", "This address does not take this method"),
    413: Kind(413, "request-too-large", "The request is too large"),
    415: Kind(415, "unsupported-media-type", "The body is not JSON"),
    # the index
    NotReadyError: Kind(503, "not-ready", "The index is not open"),
    IndexMissingError: Kind(503, "index-missing", "There is no index yet"),
    IndexLockedError: Kind(503, "index-locked", "The index is being written by another process"),
    CatalogDamagedError: Kind(503, "catalog-damaged", "The index is damaged"),
    ManifestMismatchError: Kind(503, "manifest-mismatch", "The index was built with other settings"),
    ModelError: Kind(503, "model-unavailable", "The model cannot be used"),
    StorageError: Kind(503, "storage", "The data folder cannot be used"),
    # the rest
    PressqaError: Kind(500, "error", "The request failed"),
    Exception: Kind(500, "internal-error", "Something went wrong in the server"),
}


def kind_of(error: Exception) -> Kind:
    """Return the row of the table for an error: an HTTP error's by status, any other's by nearest class."""
    if isinstance(error, HTTPException):
        standard = HTTPStatus(error.status_code)
        fallback = Kind(standard.value, standard.name.lower().replace("_", "-"), standard.phrase)
        return PROBLEMS.get(error.status_code, fallback)
    return next(PROBLEMS[cls] for cls in type(error).__mro__ if cls in PROBLEMS)


def problem(
    scope: Scope,
    kind: Kind,
    detail: str,
    *,
    hint: str = "",
    errors: Sequence[Mapping[str, Any]] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return the response that tells a client about one problem; ``instance`` is the request's id."""
    body: dict[str, Any] = {
        "type": f"/problems/{kind.slug}",
        "title": kind.title,
        "status": kind.status,
        "detail": detail,
        "instance": f"urn:uuid:{scope.get('state', {}).get('request_id', '')}",
    }
    if hint:
        body["hint"] = hint
    if errors:
        body["errors"] = list(errors)
    # A refused name can hold half a surrogate pair, which has no UTF-8: it is replaced, not raised over.
    content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    return Response(content, kind.status, headers, MEDIA_TYPE)


def unexpected(scope: Scope, error: Exception) -> Response:
    """Log an error nobody foresaw and return a response that says nothing about it but where to look."""
    request_id = scope.get("state", {}).get("request_id")
    _log.error("request %s: %s %s failed", request_id, scope["method"], scope["path"], exc_info=error)
    return problem(
        scope,
        PROBLEMS[Exception],
        "the request failed for a reason that only the server's log tells",
        hint=f"ask whoever runs the server to look for request {request_id}",
    )


def add_problem_handlers(app: FastAPI) -> None:
    """Make every error of ``app`` a problem response, save those that `api.middleware` has to catch."""
    app.add_exception_handler(PressqaError, _on_pressqa)
    app.add_exception_handler(RequestValidationError, _on_validation)
    app.add_exception_handler(HTTPException, _on_http)


def _on_pressqa(request: Request, error: Exception) -> Response:
    assert isinstance(error, PressqaError)
    kind = kind_of(error)
    if kind.status >= 500:
        request_id = request.scope.get("state", {}).get("request_id")
        _log.warning("request %s: %s: %s", request_id, type(error).__name__, error)
    headers = {"Retry-After": "1"} if isinstance(error, NotReadyError) else None
    return problem(request.scope, kind, str(error), hint=error.hint, headers=headers)


def _on_validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = error.errors()
    first = faults[0]
    if first["type"] == "json_invalid":
        detail = f"the body is not JSON: {first['ctx']['error']} at character {first['loc'][-1]}"
        return problem(request.scope, PROBLEMS[400], detail)
    if tuple(first["loc"]) == ("body",) and not _says_json(request.headers.get("content-type", "")):
        hint = "send it as JSON with the header 'Content-Type: application/json'"
        return problem(request.scope, PROBLEMS[415], "the body is not marked as JSON", hint=hint)
    errors = [
        {
            "loc": [part if isinstance(part, int) else part[:MAX_NAME] for part in fault["loc"]],
            "message": fault["msg"].removeprefix("Value error, "),
        }
        for fault in faults[:MAX_ERRORS]
    ]
    where = ".".join(str(part) for part in errors[0]["loc"][1:]) or "body"
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    detail = f"{where}: {errors[0]['message']}{more}"
    hint = "what each request takes is described at /docs"
    return problem(request.scope, kind_of(error), detail, hint=hint, errors=errors)


def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    hint = ""
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = allow = ", ".join(_methods(request))
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=headers)
        hint = f"it takes {allow}"
    elif error.status_code == HTTPStatus.NOT_FOUND:
        hint = "the addresses are listed at /docs"
    return problem(request.scope, kind_of(error), error.detail, hint=hint, headers=headers)


def _methods(request: Request) -> list[str]:
    """Return the methods that an address takes, over all its routes (the router names only the first's)."""
    probe = {"type": "http", "path": request.scope["path"], "root_path": request.scope.get("root_path", "")}
    taken = [
        method
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
        if any(
            route.matches({**probe, "method": method, "headers": []})[0] is Match.FULL
            for route in request.app.router.routes
        )
    ]
    return [*taken, *(["HEAD"] if "GET" in taken else []), "OPTIONS"]


def _says_json(content_type: str) -> bool:
    media_type = content_type.partition(";")[0].strip().lower()
    return media_type == "application/json" or (media_type.startswith("application/") and media_type.endswith("+json"))
