"""Answers that a client already has: an ETag that changes with the index, and 304 where it did not change."""

import hashlib
from collections.abc import Mapping

from fastapi import Request

from api.state import ServerState
from api.work import look_up
from qa.engine import Engine

REVALIDATE = "no-cache"
"""May be stored, but each use asks first whether the index has changed, which costs next to nothing."""


class NotModified(Exception):
    """What the client has is still current; ``headers`` are those of the response that says so."""

    def __init__(self, headers: dict[str, str]) -> None:
        super().__init__("not modified")
        self.headers = headers


async def check_unchanged(
    request: Request, state: ServerState, engine: Engine, *made_of: str, headers: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the headers, with its tag, of a response that is made from the index as it is now.

    It is to be called before the index is read: what changes meanwhile is asked for again. ``made_of`` is what else the
    response is made of, ``headers`` are others that it has. Raises `NotModified` if the client's ``If-None-Match``
    names the tag.
    """
    status = await look_up(request, state, engine.status)
    parts = (state.build, status.manifest.model, status.stamp, *made_of)
    # Weak: a response tells how long it took, which differs from one to the next.
    tag = f'W/"{status.generation}-{hashlib.sha256(repr(parts).encode()).hexdigest()[:12]}"'
    told = {**tag_headers(tag), **(headers or {})}
    if is_known(request, tag):
        raise NotModified(told)
    return told


def is_known(request: Request, tag: str) -> bool:
    """Whether the client's ``If-None-Match`` names a tag: weakly, as what it has may have been compressed."""
    known = [each.strip() for each in request.headers.get("if-none-match", "").split(",")]
    return tag.removeprefix("W/") in [each.removeprefix("W/") for each in known]


def tag_headers(tag: str) -> dict[str, str]:
    """Return the headers of a response with a tag: it may be stored, and is asked for again before each use."""
    return {"ETag": tag, "Cache-Control": REVALIDATE}
