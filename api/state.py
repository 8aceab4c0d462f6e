"""What the requests to one running server share."""

from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from fastapi import Request

from api.admission import Admission
from api.engine_gate import EngineGate
from api.job_runner import Jobs
from api.metrics import Metrics
from api.rate_limits import RateLimits
from api.settings import ServerSettings
from qa.writing.writer import Writer


class Edition:
    """A mark in the tags of pages that are sent before they are complete, random for each server.

    It is another one once such a page broke off, so that a browser does not take what it got for the page.
    """

    def __init__(self) -> None:
        self.mark = token_hex(8)

    def end(self) -> None:
        """Begin another edition: all that was sent is asked for anew."""
        self.mark = token_hex(8)


@dataclass(frozen=True, slots=True)
class ServerState:
    """The server's settings, its engine, and the two queues in front of it.

    ``questions`` is for what searches and reads, ``lookups`` for what takes a moment, so that it never waits for those.
    """

    settings: ServerSettings
    gate: EngineGate
    questions: Admission
    lookups: Admission
    data: Path
    index: str | None
    """The address of the Milvus server that searches; None if files in the folder ``data`` are searched."""
    catalog: str | None
    """The address of the PostgreSQL database that keeps the catalog; None if a file in the folder ``data`` does."""
    jobs: Jobs
    metrics: Metrics
    limits: RateLimits | None
    writer: Writer | None
    """What writes answers with a language model, where one is set."""
    writings: Admission
    """The queue for writing: such work waits for another machine, and must keep no question from a thread."""
    build: str
    """What, besides the index, decides what is answered: the version and the settings, as text."""
    edition: Edition


def state_of(request: Request) -> ServerState:
    """Return the state of the server that a request came to; there is one from its start on."""
    state: ServerState = request.app.state.server
    return state
