"""``pressqa mcp``: the tools for assistants over standard input and output."""

import asyncio
import logging
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from api.imports import quick_imports
from api.version import own_version
from index.errors import InputError
from qa.settings import Settings, read_settings

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from mcp.server.lowlevel.server import Server

    from api.engine_gate import EngineGate
    from qa.engine import Engine

T = TypeVar("T")


def mcp(
    data: Annotated[
        Path | None,
        typer.Option(help="The folder of the index. [env: PRESSQA_DATA]", show_default=False, metavar="DIR"),
    ] = None,
) -> None:
    """Offer the releases to an assistant, by the Model Context Protocol over standard input and output.

    For example: claude mcp add pressqa -- pressqa mcp --data DIR

    An assistant starts this itself; `pressqa serve` offers the same at /mcp.
    """
    if sys.stdin is None or sys.stdin.isatty():
        raise InputError(
            "pressqa mcp talks to an assistant, not to a person",
            "name it in the assistant's configuration: the command pressqa with the argument mcp",
        )
    # What is printed would be read as a message of the protocol: the log goes to standard error.
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s: %(message)s")
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    settings = read_settings(Settings, {} if data is None else {"data": data})
    asyncio.run(_serve(settings))


class _OneClient:
    """The engine for the one client of this process, which is opened while the rest is imported."""

    def __init__(self, gate: "EngineGate") -> None:
        self._gate = gate

    async def engine(self) -> "Engine":
        """Return the open engine; waits as long as it takes, and raises the reason why there is none."""
        return await self._gate.get(patience=60.0)

    async def think(self, kind: str, work: Callable[[Event], T]) -> T:
        """Run work in a thread; it is told to stop if the client takes its question back."""
        stop = Event()
        try:
            return await asyncio.to_thread(work, stop)
        finally:
            stop.set()

    async def look_up(self, work: Callable[[Event], T]) -> T:
        """Run work in a thread."""
        return await asyncio.to_thread(work, Event())


async def _serve(settings: Settings) -> None:
    from api.engine_gate import EngineGate
    from index.open import catalog_file
    from qa.compose import open_engine

    gate = EngineGate(partial(open_engine, settings), source=partial(catalog_file, settings.data, settings.catalog))
    gate.start()
    await asyncio.sleep(0)
    # The protocol takes as long to import as the engine to open: both are done at the same time.
    server, messages = await asyncio.to_thread(_made, gate)
    try:
        async with messages() as (reading, writing):
            await server.run(reading, writing, server.create_initialization_options())
    finally:
        await gate.close()


def _made(gate: "EngineGate") -> "tuple[Server[Any], Callable[[], AbstractAsyncContextManager[Any]]]":
    """Return the server, and what opens its messages on standard input and output."""
    with quick_imports():
        from mcp.server.stdio import stdio_server

        from api.mcp_server import mcp_server

    return mcp_server(_OneClient(gate), own_version()), stdio_server
