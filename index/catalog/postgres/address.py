"""Where a PostgreSQL server keeps a catalog: ``postgresql://[user[:password]@]host[:port]/database[?schema=NAME&...]``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

from index.errors import InputError

_PORT = 5432
"""The port on which PostgreSQL listens unless it is told otherwise."""

_SCHEMA = "pressqa"
"""The schema of the database that holds the catalog's tables, unless the address names another."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")
"""A schema's name as PostgreSQL takes it whole: at most 63 bytes."""

_OPTIONS = frozenset(
    ("sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "channel_binding", "gssencmode", "target_session_attrs")
)
"""What else an address may say: options of PostgreSQL's client library for how to connect, under its names."""


@dataclass(frozen=True, slots=True)
class Address:
    """A schema in a database on a PostgreSQL server; ``options`` are passed on to the client library.

    ``user`` and ``password`` are "" where the address has none: the client library then looks where it always does
    (PGUSER, PGPASSWORD, the file of passwords). Written as text it has no password, so it may be shown in messages.
    """

    host: str
    database: str
    port: int = _PORT
    user: str = ""
    password: str = field(default="", repr=False)
    schema: str = _SCHEMA
    options: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        user = f"{self.user}@" if self.user else ""
        schema = "" if self.schema == _SCHEMA else f"?schema={self.schema}"
        return f"postgresql://{user}{host}:{self.port}/{self.database}{schema}"


def parse(text: str) -> Address:
    """Return the address that ``text`` is; raises `InputError`, whose message has no password, for anything else."""
    try:
        parts = urlsplit(text)
        port = parts.port
        options = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
    except ValueError:
        raise _refused(text, "it is not the address of a PostgreSQL database") from None
    database = unquote(parts.path.removeprefix("/"))
    if parts.scheme not in ("postgresql", "postgres") or not parts.hostname or parts.fragment or port == 0:
        raise _refused(text, "it is not the address of a PostgreSQL database")
    if not database or "/" in database:
        raise _refused(text, "it names no database")
    schema = options.pop("schema", _SCHEMA)
    if not _NAME.fullmatch(schema):
        raise _refused(text, f"{schema!r} cannot be the name of a schema here: letters, digits and _ can")
    unknown = sorted(options.keys() - _OPTIONS)
    if unknown:
        raise _refused(text, f"{unknown[0]!r} is no option of it; schema, {', '.join(sorted(_OPTIONS))} are")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Address(parts.hostname, database, port or _PORT, user, password, schema, options)


def _refused(text: str, reason: str) -> InputError:
    shown = re.sub(r"//[^/]*@", "//...@", text)
    shown = re.sub(r"(password=)[^&]*", r"\1...", shown)
    return InputError(
        f"PRESSQA_CATALOG is {shown!r}: {reason}",
        "one is postgresql://pressqa@127.0.0.1:5432/pressqa; without the setting the catalog is a file in the data"
        " folder",
    )
