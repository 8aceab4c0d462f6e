"""``pressqa serve``: offered to the one command through the entry-point group ``pressqa.commands``."""

import errno
import gc
import logging
import os
import socket
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.imports import quick_imports
from api.keys import read_keys, today_utc
from api.logs import JsonLines, TextLines
from api.settings import ServerSettings
from index.errors import InputError
from qa.settings import Settings, read_settings

if TYPE_CHECKING:
    from qa.engine import Engine


_TURN = 0.001
"""Seconds that a thread may keep the interpreter while another waits for it."""


_KEPT = 75
"""Seconds that a connection is kept without a request: longer than proxies keep theirs, often 60.

Whoever closes first may meet a request that is on its way; it is to be the proxy, which knows what it has sent.
"""


class LogLevel(StrEnum):
    """How much the server logs; ``info`` logs every request."""

    error = "error"
    warning = "warning"
    info = "info"
    debug = "debug"


def serve(
    data: Annotated[
        Path | None,
        typer.Option(help="The folder of the index. [env: PRESSQA_DATA]", show_default=False, metavar="DIR"),
    ] = None,
    host: Annotated[
        str | None,
        typer.Option(help="Address to listen on; by default 127.0.0.1. [env: PRESSQA_HOST]", show_default=False),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            help="Port to listen on; by default 8000, 0 for a free one. [env: PRESSQA_PORT]", show_default=False
        ),
    ] = None,
    public: Annotated[
        bool, typer.Option("--public", help="Let everybody who can reach the server read. [env: PRESSQA_PUBLIC]")
    ] = False,
    log_level: Annotated[LogLevel, typer.Option(help="How much to log.")] = LogLevel.info,
) -> None:
    """Serve a web page, and answers over HTTP with a description of the API at /docs.

    For example: pressqa serve --port 8080

    If there is no index yet, the server waits for one: run `pressqa ingest` meanwhile.
    """
    if log_level is not LogLevel.debug:  # which builds of FAISS it tried to load reads like a failure
        logging.getLogger("faiss.loader").setLevel(logging.WARNING)
    settings = read_settings(Settings, {} if data is None else {"data": data})
    listen = {"host": host, "port": port, "public": public or None}
    server = read_settings(ServerSettings, {name: value for name, value in listen.items() if value is not None})
    _log_to_stderr(log_level, server.log_format)
    _check_reach(server, settings.data)
    bound = _bind(server.host, server.port)
    _share_cores(server)
    opener = _opening(settings)
    with quick_imports():
        import uvicorn

        from api.app import create_app
        from api.http_protocol import PatientProtocol, PatientServer
    app = create_app(settings, opener=opener, server=server)
    config = uvicorn.Config(
        app,
        http=PatientProtocol,
        loop="asyncio",  # with another one, a place kept in the queue would be known to other connections too
        log_config=None,
        log_level=log_level.value,
        access_log=False,  # it would hold the addresses, and so the questions; `api.logs` has one of its own
        server_header=False,
        timeout_keep_alive=_KEPT,
        timeout_graceful_shutdown=int(server.time_limit) + 5,
    )
    name = f"[{server.host}]" if ":" in server.host else server.host
    typer.echo(f"pressqa listens on http://{name}:{bound.getsockname()[1]} (API at /docs, Ctrl-C stops it)")
    # uvicorn passes Ctrl-C on once it has shut down in good order; being stopped is no failure.
    with bound, suppress(KeyboardInterrupt):
        PatientServer(config).run(sockets=[bound])


def _share_cores(server: ServerSettings) -> None:
    """Let questions that are worked on at the same time not wait for each other in every operator."""
    if server.concurrency > 1:
        os.environ.setdefault("OMP_NUM_THREADS", "1")  # FAISS looks when it is loaded
    # Work for a question runs in the interpreter too: requests that can be refused at once wait less for their turn.
    sys.setswitchinterval(_TURN)


def _opening(settings: Settings) -> "Callable[[], Engine]":
    """Begin to open the engine, and return what waits for it; called again, it opens the engine anew.

    The models load outside the interpreter, while it imports the server.
    """
    from qa.compose import open_engine

    opened = partial(open_engine, settings, wait=True, serves=True)
    pool = ThreadPoolExecutor(1, thread_name_prefix="opening")
    first = [pool.submit(opened)]
    pool.shutdown(wait=False)

    def opens() -> "Engine":
        if first:
            engine = first.pop().result()
        else:
            engine = opened()
            gc.unfreeze()  # with what is left of an engine before this one
            gc.collect()
        # What is there now stays: each time that the collector looked through it, all threads stood still for 0.1 s.
        gc.freeze()
        return engine

    return opens


def _log_to_stderr(level: LogLevel, form: str) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if form == "json" else TextLines())
    logging.basicConfig(level=level.upper(), handlers=[handler])


def _check_reach(server: ServerSettings, data: Path) -> None:
    """Raise `InputError` if others could reach the server and nobody said who may read."""
    if server.is_loopback or server.public or any(key.is_usable(today_utc()) for key in read_keys(data)):
        return
    raise InputError(
        f"others can reach {server.host}, and there is no key yet",
        "make one: pressqa keys create --name NAME; or let everybody read: pressqa serve --public",
    )


def _bind(host: str, port: int) -> socket.socket:
    """Return a socket that listens at an address.

    Raises `InputError` where that cannot be. Binding before the model is loaded reports a taken port at once.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        where = f"{host} port {port}"
        if error.errno == errno.EADDRINUSE:
            raise InputError(f"{where} is taken", "choose another with --port, or 0 for a free one") from None
        if error.errno == errno.EACCES:
            raise InputError(f"{where} needs more rights", "choose a port from 1024 up with --port") from None
        reason = error.strerror or str(error)
        raise InputError(f"cannot listen on {where}: {reason}", "choose an address with --host") from None
    # asyncio does this for sockets of its own only; without it, a kept-alive client waits 40 ms for each body.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening
