"""Where a Milvus server is: ``milvus://[user:password@]host[:port][/database]``."""

import re
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from index.errors import InputError

_PORT = 19530
"""The port on which Milvus listens unless it is told otherwise."""

_DATABASE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}")
"""What Milvus allows as the name of a database."""


@dataclass(frozen=True, slots=True)
class Address:
    """A database on a Milvus server. ``token`` is "user:password", or "" for a server that asks for none.

    Written as text it has no password, so it may be shown in messages.
    """

    host: str
    port: int = _PORT
    database: str = "default"
    token: str = field(default="", repr=False)

    def __str__(self) -> str:
        return f"milvus://{self._place}/{self.database}"

    @property
    def uri(self) -> str:
        """The address as the client library takes it."""
        return f"http://{self._place}"

    @property
    def _place(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse(text: str) -> Address:
    """Return the address that ``text`` is; raises `InputError`, whose message has no password, for anything else."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        parts, port = None, None
    if parts is None or parts.scheme != "milvus" or not parts.hostname or parts.query or parts.fragment or port == 0:
        raise _refused(text, "it is not the address of a Milvus server")
    database = parts.path.strip("/") or "default"
    if not _DATABASE.fullmatch(database):
        raise _refused(text, f"{database!r} cannot be the name of a database: letters, digits and _ can")
    token = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}" if parts.username else ""
    return Address(parts.hostname, port or _PORT, database, token)


def _refused(text: str, reason: str) -> InputError:
    shown = re.sub(r"//[^/@]*@", "//...@", text)
    return InputError(
        f"PRESSQA_INDEX is {shown!r}: {reason}",
        "one is milvus://127.0.0.1:19530/default; without the setting the search files are kept in the data folder",
    )
