"""HTTP/1.1 as uvicorn speaks it, for clients that send slowly or nonsense: both get a short and clear end.

So do those who are connected when the server stops: what they have sent is answered.
"""

import asyncio
import json
import socket
import sys
import uuid
from collections.abc import Iterator
from contextlib import suppress

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from api.admission import BusyError, Place
from api.error_handlers import MEDIA_TYPE, problem_object
from api.middleware import SAFE_HEADERS
from api.problems import PROBLEMS
from api.quick_refusal import QuickRefusal, question_in

HEADER_TIME = 10.0
"""Seconds in which the head of a request must arrive: one packet for a client, while waiting costs a socket."""


LAST_TIME = 0.3
"""Seconds in which a connection without a request may still bring one when the server stops: it may be on its way."""

_WAITING = 10_000
"""How many connections are let in at most when the server stops: while others come as quickly, it has to end."""

_FAULTS = {
    "Missing mandatory Host": ("the header Host is missing", "send the server's name: 'Host: NAME'"),
    "Found multiple Host": ("the header Host is sent more than once", "send it once"),
    "bad Content-Length": ("the header Content-Length is no number of bytes", "send the length of the body in digits"),
    "conflicting Content-Length": ("the header Content-Length is sent twice and differs", "send it once"),
    "multiple Transfer-Encoding": ("the header Transfer-Encoding is sent more than once", "send it once, as chunked"),
    "Only Transfer-Encoding: chunked": ("this Transfer-Encoding is not taken", "send it as chunked, or give a length"),
    "Receive buffer too long": ("the head of the request is too long", "send fewer or shorter headers"),
}
"""What the parser says first of a request that it cannot read -> what the client is told, and what to do."""


def _told(error: BaseException | None) -> tuple[str, str]:
    """Return the detail and the hint for what the parser says; none of what was sent is repeated."""
    said = str(error)
    plain = ("what was sent is not an HTTP/1.1 request", "send a request line and headers as RFC 9112 has them")
    return next((told for begins, told in _FAULTS.items() if said.startswith(begins)), plain)


class PatientProtocol(H11Protocol):
    """Closes a connection whose request does not arrive, and answers what is not HTTP with a problem."""

    _deadline: asyncio.TimerHandle | None = None
    _is_last = False
    _place: Place | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._deadline = self.loop.call_later(HEADER_TIME, self._close)

    def data_received(self, data: bytes) -> None:
        """Take what has arrived; the time for a head that is still incomplete runs on, however it trickles in."""
        if self._is_refused(data):
            return
        super().data_received(data)
        if not self._is_idle:
            self._forget()
            if self._is_last:
                self._end_with_this()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(HEADER_TIME, self._close)

    def _is_refused(self, data: bytes) -> bool:
        """Refuse a question at once while the queue is full; False for what goes the usual way, with a place."""
        quick: QuickRefusal | None = getattr(self.config.app.state, "quick_refusal", None)  # type: ignore[union-attr]
        asked = question_in(data) if quick is not None and self._is_between else None
        if quick is None or asked is None:
            return False
        try:
            self._place = quick.questions.keep()
        except BusyError as busy:
            self._forget()
            self._unset_keepalive_if_required()
            self.transport.write(quick.refusal(asked, busy, self.client, self.server_state.default_headers))
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )
            return True
        return False

    @property
    def _is_between(self) -> bool:
        """True if what arrives now is the beginning of a request, and can be answered at once."""
        is_free = self._is_idle and self.conn.our_state is h11.IDLE and not self.conn.trailing_data[0]
        return is_free and not (self._is_last or self.flow.write_paused or self.transport.is_closing())

    @property
    def _is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def shutdown(self) -> None:
        """Answer the request that is under way or on its way, and close."""
        self._is_last = True
        if self._is_idle:
            self._forget()
            self._deadline = self.loop.call_later(LAST_TIME, self._close)
        else:
            self._end_with_this()

    def _end_with_this(self) -> None:
        self.cycle.keep_alive = False
        self.cycle.default_headers = [*self.cycle.default_headers, (b"connection", b"close")]

    def on_response_complete(self) -> None:
        """Keep no place in the queue for a request that is answered."""
        self._give_up_place()
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._forget()
        self._give_up_place()
        super().connection_lost(exc)

    def _unsupported_upgrade_warning(self) -> None:
        """Say nothing: some clients offer HTTP/2 with every request, which a server may pass over (RFC 9110, 7.8)."""

    def send_400_response(self, msg: str) -> None:
        """Say what is wrong as every other error is said, and close."""
        kind, request_id = PROBLEMS[400], str(uuid.uuid4())
        detail, hint = _told(sys.exception())
        state = {"request_id": request_id}
        body = json.dumps(problem_object({"state": state}, kind, detail, hint=hint)).encode()
        headers = {
            "content-type": MEDIA_TYPE,
            "content-length": str(len(body)),
            "cache-control": "no-store",
            "connection": "close",
            "x-request-id": request_id,
            **SAFE_HEADERS,
        }
        sent = [*self.server_state.default_headers, *((name.encode(), text.encode()) for name, text in headers.items())]
        try:
            for event in (
                h11.Response(status_code=kind.status, headers=sent, reason=b"Bad Request"),
                h11.Data(data=body),
                h11.EndOfMessage(),
            ):
                self.transport.write(self.conn.send(event) or b"")
        except h11.LocalProtocolError:
            pass  # a response is under way: there is no place for another
        self.transport.close()

    def _forget(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up_place(self) -> None:
        if self._place is not None:
            self._place.give_up()
            self._place = None

    def _close(self) -> None:
        self._deadline = None
        if self._is_idle:
            self.transport.close()


class PatientServer(uvicorn.Server):
    """uvicorn's, but whoever has connected when it stops is let in: closing the door alone cuts them off."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let in who is waiting at the door, close it, and stop in good order."""
        waiting = [connection for listening in sockets or [] for connection in _waiting_at(listening)]
        for server in self.servers:
            server.close()  # before anything else has its turn: nobody else may come
        loop = asyncio.get_running_loop()
        for connection in waiting:
            connection.setblocking(False)
            with suppress(OSError):  # it has gone again
                await loop.connect_accepted_socket(self._protocol, connection)
        for _ in range(3):
            await asyncio.sleep(0)  # so that those who were let in just before have their protocol, which is told
        await super().shutdown(sockets)

    def _protocol(self) -> PatientProtocol:
        return PatientProtocol(self.config, self.server_state, self.lifespan.state)


def _waiting_at(listening: socket.socket) -> Iterator[socket.socket]:
    """Yield the connections that nobody has accepted yet."""
    for _ in range(_WAITING):
        try:
            yield listening.accept()[0]
        except OSError:  # there is none
            return
