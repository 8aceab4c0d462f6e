"""Refusing a question while the queue is full, from the bytes that have arrived: a thirtieth of the work it else takes.

With ten times the load that a server bears, nine in ten requests are refused; were each parsed and routed first, the
refusals alone would take what the processor has. Only the plain case is dealt with here: a whole request in one piece,
for an address that questions are asked at. Whatever else it may be goes the usual way, and is refused there. For each
that is let in a place is kept in the queue: of those that arrive together no more come in than there is room for.
"""

import json
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from api.admission import Admission, BusyError
from api.error_handlers import MEDIA_TYPE, problem_object
from api.logs import log_request
from api.metrics import Metrics
from api.middleware import SAFE_HEADERS
from api.problems import PROBLEMS

PATHS = ("/v1/ask", "/v1/search", "/v1/figures", "/v1/ask/stream", "/v1/ask/batch")
"""The addresses of the API at which questions are asked."""

_LINE = re.compile(rb"(GET|POST) (/v1/[a-z/]+)(?:\?[\x21-\x7e]*)? HTTP/1\.1\r\n")
_OTHER = re.compile(rb"\r\n(?:transfer-encoding|expect|upgrade|connection|origin|x-request-id)[ \t]*:", re.IGNORECASE)
"""Headers on which it depends how a request is read or answered."""
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,9})[ \t]*(?=\r\n)", re.IGNORECASE)
_HEAD = 8192
"""The longest head that is looked at, in bytes."""

_SAME = {"content-type": MEDIA_TYPE, "cache-control": "no-store", **SAFE_HEADERS}
_BEGIN = b"HTTP/1.1 503 Service Unavailable\r\n" + "".join(f"{name}: {_SAME[name]}\r\n" for name in _SAME).encode()
"""What every response begins with."""

Headers = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class QuickRefusal:
    """What refuses questions in front of one server's queue."""

    questions: Admission
    metrics: Metrics

    def refusal(
        self, asked: tuple[str, str], busy: BusyError, client: tuple[str, int] | None, defaults: Headers
    ) -> bytes:
        """Return the response to a request that is refused; counts and logs it.

        ``asked`` are its method and path, ``client`` is its address, and ``defaults`` are the headers of every
        response.
        """
        method, path = asked
        kind, request_id = PROBLEMS[BusyError], str(uuid.uuid4())
        state = {"request_id": request_id}
        scope = {"method": method, "client": client, "state": state}
        body = json.dumps(problem_object(scope, kind, str(busy), hint=busy.hint)).encode()
        self.metrics.request(method, path, kind.status, 0.0)
        log_request(scope, path, kind.status, 0.0, question=None)
        differs = (
            f"content-length: {len(body)}\r\nretry-after: {busy.retry_after}\r\nx-request-id: {request_id}\r\n\r\n"
        )
        return b"".join((_BEGIN, *(b"%s: %s\r\n" % each for each in defaults), differs.encode(), body))


def question_in(data: bytes) -> tuple[str, str] | None:
    """Return the method and the path of a question that is all there is in ``data``; None for anything else."""
    line = _LINE.match(data)
    if line is None:
        return None
    end = data.find(b"\r\n\r\n", line.end() - 2, _HEAD)
    path = line[2].decode()
    if end < 0 or path not in PATHS:
        return None
    head = data[line.end() - 2 : end + 2]
    lengths = _LENGTH.findall(head)
    if len(lengths) != head.lower().count(b"content-length") or len(lengths) > 1 or _OTHER.search(head):
        return None
    if head.lower().count(b"\r\nhost:") != 1:
        return None
    body = int(lengths[0]) if lengths else 0
    return (line[1].decode(), path) if len(data) == end + 4 + body else None
