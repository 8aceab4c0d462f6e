"""Errors as RFC 9457 problem details, sent as the media type application/problem+json."""

import json
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final, TypeVar, cast

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match
from starlette.types import ExceptionHandler, Scope

from api.admission import BusyError, TimeLimitError
from api.caching import NotModified
from api.engine_gate import NotReadyError
from api.job_store import TooManyJobsError
from api.keys import challenge
from api.problem_pages import POLICY, refusal_page, wants_page
from api.problems import PROBLEMS, Kind, kind_of
from api.rate_limits import TooManyRequestsError
from index.errors import PressqaError

MEDIA_TYPE = "application/problem+json"
MAX_ERRORS = 20
"""How many faults of one request are listed: a body can hold a hundred thousand unknown fields."""
MAX_NAME = 100
"""How many characters of a field name are repeated back."""

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

E = TypeVar("E", bound=Exception)

_log = logging.getLogger(__name__)


def problem(
    scope: Scope,
    kind: Kind,
    detail: str,
    *,
    hint: str = "",
    errors: Sequence[Mapping[str, Any]] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return the response that tells a client about one problem; ``instance`` is the request's id.

    A browser that asked for a page gets one.
    """
    body = problem_object(scope, kind, detail, hint=hint, errors=errors)
    if wants_page(scope):
        html = refusal_page(scope, kind, detail, hint, body["request_id"]).encode("utf-8", "replace")
        shown = {**(headers or {}), "Content-Security-Policy": POLICY, "Vary": "Accept"}
        return Response(html, kind.status, shown, "text/html; charset=utf-8")
    # A refused name can hold half a surrogate pair, which has no UTF-8: it is replaced, not raised over.
    content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    return Response(content, kind.status, headers, MEDIA_TYPE)


def problem_object(
    scope: Scope, kind: Kind, detail: str, *, hint: str = "", errors: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """Return the JSON object of one problem."""
    request_id = scope.get("state", {}).get("request_id", "")
    body: dict[str, Any] = {
        "type": f"/problems/{kind.slug}",
        "title": kind.title,
        "status": kind.status,
        "detail": detail,
        "instance": f"urn:{'uuid' if _UUID.fullmatch(request_id) else 'request'}:{request_id}",
        "request_id": request_id,
    }
    if hint:
        body["hint"] = hint
    if errors:
        body["errors"] = list(errors)
    return body


def problem_of(scope: Scope, error: Exception) -> dict[str, Any]:
    """Return the JSON object of an error, for responses that have begun; logs those that nobody foresaw."""
    if isinstance(error, PressqaError):
        return problem_object(scope, kind_of(error), str(error), hint=error.hint)
    detail, hint = _logged(scope, error)
    return problem_object(scope, PROBLEMS[Exception], detail, hint=hint)


def refusal(scope: Scope, error: PressqaError) -> Response:
    """Return the response that tells a client of an error; logs those that are the server's own."""
    kind = kind_of(error)
    if kind.status >= 500 and not isinstance(error, BusyError):  # a refusal has to be cheap
        request_id = scope.get("state", {}).get("request_id")
        _log.warning("request %s: %s: %s", request_id, type(error).__name__, error)
    headers = headers_of(error, asks=wants_page(scope))
    return problem(scope, kind, str(error), hint=error.hint, headers=headers)


def unexpected(scope: Scope, error: Exception) -> Response:
    """Log an error that nobody foresaw, and return a response that says no more of it than where to look."""
    detail, hint = _logged(scope, error)
    return problem(scope, PROBLEMS[Exception], detail, hint=hint)


def _logged(scope: Scope, error: Exception) -> tuple[str, str]:
    """Log an error that nobody foresaw; return the detail and the hint of its problem."""
    request_id = scope.get("state", {}).get("request_id")
    _log.error("request %s: %s %s failed", request_id, scope["method"], scope["path"], exc_info=error)
    hint = f"ask whoever runs the server to look for request {request_id}"
    return "the request failed for a reason that only the server's log tells", hint


def add_problem_handlers(app: FastAPI) -> None:
    """Make every error of ``app`` a problem response, except those nobody foresaw: `api.middleware` catches them."""
    _handle(app, NotModified, lambda _, unchanged: Response(status_code=304, headers=unchanged.headers))
    _handle(app, PressqaError, lambda request, error: refusal(request.scope, error))
    _handle(app, RequestValidationError, _on_validation)
    _handle(app, HTTPException, _on_http)


def _handle(app: FastAPI, kind: type[E], handler: Callable[[Request, E], Response]) -> None:
    # Starlette calls a handler with errors of its class alone, but types it as taking any.
    app.add_exception_handler(kind, cast(ExceptionHandler, handler))


def headers_of(error: PressqaError, *, asks: bool = False) -> dict[str, str]:
    """Return the headers that go with an error: when to try again, or which key to send.

    With ``asks`` a browser asks the person in front of it for a key.
    """
    if isinstance(error, BusyError):
        return {"Retry-After": str(error.retry_after)}
    if isinstance(error, TooManyRequestsError):
        return error.quota.headers()
    if isinstance(error, (NotReadyError, TimeLimitError, TooManyJobsError)):
        return {"Retry-After": "1"}
    return challenge(error, asks=asks)


_NO_OBJECT: Final = dict.fromkeys(
    ("model_attributes_type", "model_type", "dataclass_type", "dict_type"),
    'this must be an object with named fields: {"name": value}',
)
"""What a request is told in the place of the library's words about Python, by the type of its fault."""


def _on_validation(request: Request, error: RequestValidationError) -> Response:
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
            "message": _NO_OBJECT.get(fault["type"]) or fault["msg"].removeprefix("Value error, "),
        }
        for fault in faults[:MAX_ERRORS]
    ]
    where = ".".join(str(part) for part in errors[0]["loc"][1:]) or "body"
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    detail = f"{where}: {errors[0]['message']}{more}"
    hint = "what each request takes is described at /docs"
    return problem(request.scope, kind_of(error), detail, hint=hint, errors=errors)


def _on_http(request: Request, error: HTTPException) -> Response:
    headers = dict(error.headers or {})
    detail, hint = error.detail, ""
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = allow = ", ".join(_methods(request))
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=headers)
        hint = f"it takes {allow}"
    elif error.status_code == HTTPStatus.NOT_FOUND:
        hint = "the addresses are listed at /docs"
    elif error.status_code == HTTPStatus.BAD_REQUEST and error.__cause__ is not None:
        detail, hint = _unread(error.__cause__)
    return problem(request.scope, kind_of(error), detail, hint=hint, headers=headers)


def _unread(cause: BaseException) -> tuple[str, str]:
    """Return what is wrong with a body that could not be read as JSON, and what to do, by what reading it raised."""
    if isinstance(cause, UnicodeDecodeError):
        return f"the body is not text in {cause.encoding.upper()}, at byte {cause.start}", "send JSON in UTF-8"
    if isinstance(cause, RecursionError):
        return "the body is nested too deeply", "send the fields that are described at /docs"
    if isinstance(cause, ValueError):
        return "the body has a number of too many digits", "send the fields that are described at /docs"
    return "the body cannot be read as JSON", "what each request takes is described at /docs"


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
