"""What the requests to one running server share."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from anyio import CapacityLimiter, to_thread
from fastapi import Request

from api.engine_gate import EngineGate
from api.settings import ServerSettings

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ServerState:
    """The server's settings, its engine, and the limiter of how many questions are worked on at the same time."""

    settings: ServerSettings
    gate: EngineGate
    limiter: CapacityLimiter


def state_of(request: Request) -> ServerState:
    """Return the state of the server that a request came to; there is one from its start on."""
    state: ServerState = request.app.state.server
    return state


async def in_thread(state: ServerState, work: Callable[[], T]) -> T:
    """Run ``work`` in a thread, which keeps the event loop free; the server's settings bound how many run at a time."""
    return await to_thread.run_sync(work, limiter=state.limiter)
