"""Answers that a client already has: an ETag that changes with the index, and 304 where it did not change."""

import hashlib

from fastapi import Request, Response

from api.state import ServerState
from api.work import look_up
from qa.engine import Engine
from qa.types import IndexInfo

REVALIDATE = "no-cache"
"""May be stored, but each use asks first whether the index has changed, which costs next to nothing."""


class NotModified(Exception):
    """What the client has is still current; ``headers`` are those of the response that says so."""

    def __init__(self, headers: dict[str, str]) -> None:
        super().__init__("not modified")
        self.headers = headers


def entity_tag(state: ServerState, generation: int, model: str) -> str:
    """Return the ETag of every response that is made from one generation of the index, for its own address.

    It is weak: a response tells how long it took, which differs from one to the next.
    """
    digest = hashlib.sha256(f"{state.build} {model}".encode()).hexdigest()[:12]
    return f'W/"{generation}-{digest}"'


async def check_unchanged(request: Request, state: ServerState, engine: Engine) -> None:
    """Raise `NotModified` if the client's ``If-None-Match`` names the index as it is now, without asking the engine."""
    if "if-none-match" not in request.headers:
        return
    tag = await current_tag(request, state, engine)
    if is_known(request, tag):
        raise NotModified(tag_headers(tag))


def is_known(request: Request, tag: str) -> bool:
    """Whether the client's ``If-None-Match`` names a tag: weakly, as what it has may have been compressed."""
    known = [each.strip() for each in request.headers.get("if-none-match", "").split(",")]
    return tag.removeprefix("W/") in [each.removeprefix("W/") for each in known]


async def current_tag(request: Request, state: ServerState, engine: Engine) -> str:
    """Return the ETag of responses that are made from now on."""
    status = await look_up(request, state, engine.status)
    return entity_tag(state, status.generation, status.manifest.model)


def tag_index(response: Response, state: ServerState, index: IndexInfo) -> None:
    """Give a response that was made from one state of the index its ETag."""
    tag(response, entity_tag(state, index.generation, index.model))


def tag(response: Response, tag: str) -> None:
    """Give a response its ETag."""
    response.headers.update(tag_headers(tag))


def tag_headers(tag: str) -> dict[str, str]:
    """Return the headers of a response with a tag: it may be stored, and is asked for again before each use."""
    return {"ETag": tag, "Cache-Control": REVALIDATE}
