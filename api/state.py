"""What the requests to one running server share."""

from dataclasses import dataclass

from anyio import CapacityLimiter
from fastapi import Request

from api.engine_gate import EngineGate
from api.settings import ServerSettings


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
