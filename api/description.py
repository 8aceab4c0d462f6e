"""The OpenAPI document, completed: what FastAPI does not know of responses, their headers, examples and keys."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from api.caching import REVALIDATE, is_known, tag_headers
from api.error_handlers import MEDIA_TYPE, problem_object
from api.examples import EXAMPLE_JOB, EXAMPLE_REQUEST
from api.json_schema import on_the_wire, with_wire_names
from api.problems import Kind
from api.work import API_PROBLEMS

TAGS: Final = (
    {"name": "questions", "description": "Ask, search, and find figures in the releases."},
    {"name": "releases", "description": "Read the releases themselves."},
    {"name": "writing", "description": "Change the index, with a key that has the scope `write`."},
    {"name": "server", "description": "Whether the server is well, for probes and for Prometheus."},
)
"""The groups of operations, in the order in which people need them."""

_SCHEME: Final = "HTTPBearer"
"""What FastAPI calls the scheme of keys; generated clients name their types after it."""

_HEADERS: Final[Mapping[str, tuple[str, str]]] = {
    "X-Request-ID": (
        "The request's id: the one that was sent, or a new one. The server's log has it.",
        EXAMPLE_REQUEST,
    ),
    "ETag": ("Changes with the index: send it back as `If-None-Match`.", 'W/"14-d4ef3eb4a131"'),
    "Cache-Control": ("May be kept, but is to be asked for again before each use.", REVALIDATE),
    "Location": ("Where to ask how far the job is.", f"/v1/jobs/{EXAMPLE_JOB}"),
    "Retry-After": ("Seconds to wait before the next try.", "1"),
    "WWW-Authenticate": ("Which kind of key is wanted.", 'Bearer realm="pressqa"'),
    "RateLimit-Policy": ("The quota of the client: requests in a window of seconds.", '"minute";q=600;w=60'),
    "RateLimit": ("What is left of it, and the seconds until it is whole again.", '"minute";r=599;t=1'),
}
"""Header of a response -> what it says, and an example."""

_WITH_STATUS: Final[Mapping[str, tuple[str, ...]]] = {
    "304": ("ETag", "Cache-Control"),
    "401": ("WWW-Authenticate",),
    "429": ("Retry-After", "RateLimit-Policy", "RateLimit"),
    "503": ("Retry-After",),
}
"""Status -> the headers that its responses have besides the id."""

_IF_NONE_MATCH: Final[Mapping[str, Any]] = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "examples": [_HEADERS["ETag"][1]]},
    "description": "The `ETag` of a response that you have: 304 if it still holds.",
}


def completed(document: dict[str, Any], *, open_to_read: bool, open_metrics: bool) -> dict[str, Any]:
    """Return FastAPI's document with the wire names of nouns, and with examples, headers and keys where it has none.

    ``open_to_read`` says whether this server answers questions without a key, ``open_metrics`` whether it shows its
    counters without one.
    """
    document["paths"] = with_wire_names(document["paths"])
    document["components"]["schemas"] = on_the_wire(document["components"]["schemas"])
    document["components"]["headers"] = {
        name: {"description": told, "schema": {"type": "string"}, "example": example}
        for name, (told, example) in _HEADERS.items()
    }
    document["components"]["examples"] = {
        kind.slug: {"summary": kind.title, "value": _problem(kind)} for kind in API_PROBLEMS
    }
    for path, operations in document["paths"].items():
        for operation in operations.values():
            _complete_responses(operation["responses"])
            if "304" in operation["responses"]:
                operation["parameters"] = [*operation.get("parameters", []), dict(_IF_NONE_MATCH)]
            is_open = open_metrics if path == "/metrics" else open_to_read
            if "401" in operation["responses"] and not is_open:
                operation.setdefault("security", [{_SCHEME: []}])
    return document


def _complete_responses(responses: dict[str, Any]) -> None:
    """Give each response its headers and each error the media type that it is sent with, and its examples."""
    for status, response in responses.items():
        names = ["X-Request-ID", *_WITH_STATUS.get(status, ())]
        if status == "200" and "304" in responses:
            names += _WITH_STATUS["304"]
        if status in ("200", "202") and "202" in responses:  # a change is a job
            names.append("Location")
        response["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
        for media in response.get("content", {}).values():
            if (
                "itemSchema" in media
            ):  # of each event, as in OpenAPI 3.2: the whole is text to some tools, a list to others
                media["schema"] = {}
        if status[0] in "45" and "content" in response:
            content = next(iter(response["content"].values()))
            response["content"] = {MEDIA_TYPE: {**content, "examples": _problem_examples(int(status))}}


def _problem_examples(status: int) -> dict[str, Any]:
    """Return an example of each kind of problem that the API reports with a status, by its slug."""
    slugs = [kind.slug for kind in API_PROBLEMS if kind.status == status]
    return {slug: {"$ref": f"#/components/examples/{slug}"} for slug in slugs}


def _problem(kind: Kind) -> dict[str, Any]:
    told = "Input should be less than or equal to 100"
    detail, errors = f"top_k: {told}", [{"loc": ["body", "top_k"], "message": told}]
    if kind.slug != "invalid-request":
        detail, errors = f"{kind.meaning[:1].lower()}{kind.meaning[1:]}".rstrip("."), []
    scope = {"state": {"request_id": EXAMPLE_REQUEST}}
    return problem_object(scope, kind, detail, hint=kind.remedy.rstrip("."), errors=errors)


def add_document(app: FastAPI) -> None:
    """Serve the document at /openapi.json: made once, and not sent again to those who have it."""
    made: list[tuple[bytes, str]] = []

    async def document(request: Request) -> Response:
        if not made:
            body = json.dumps(app.openapi(), ensure_ascii=False).encode()
            made.append((body, f'W/"{hashlib.sha256(body).hexdigest()[:24]}"'))
        body, tag = made[0]
        return revalidated(request, body, tag, "application/json")

    app.add_route("/openapi.json", document, include_in_schema=False)


def revalidated(
    request: Request, body: bytes, tag: str, media_type: str, headers: Mapping[str, str] | None = None
) -> Response:
    """Return what is the same for everybody until the server changes, or 304 to a client that has it."""
    told = {**(headers or {}), **tag_headers(tag)}
    if is_known(request, tag):
        return Response(status_code=304, headers=told)
    return Response(body, 200, told, media_type)
