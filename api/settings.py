"""What the server needs to know; the index has its own settings in `qa.settings`."""

import os
import socket
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from index.sources.languages import READ


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _names(value: object) -> object:
    """Read names that are written with commas between them."""
    return tuple(name.strip() for name in value.split(",") if name.strip()) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_names)]

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
"""The names of this machine that no other machine can be reached by."""


QUOTA = 600
"""Requests a minute that a client of a public server may make unless it is set: ten a second, with bursts."""


class ServerSettings(BaseSettings):
    """Where the server listens and what it accepts; ``PRESSQA_HOST`` and so on in the environment."""

    model_config = SettingsConfigDict(env_prefix="PRESSQA_", env_ignore_empty=True, extra="ignore")

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    concurrency: int = Field(default_factory=cores, ge=1)
    """How many questions are worked on at the same time; more than the cores only makes each slower."""
    hosts: Names = ()
    """The names that the server answers to, with commas between them; `*` for any. By default see `host_names`."""
    cors_origins: Names = ()
    """Other sites whose scripts may use the API, such as `https://example.org`; by default none."""
    public: bool = False
    """Whether everybody who can reach the server may read, where the ``host`` is not on loopback."""
    require_key: bool = False
    """Whether reading needs a key on loopback too, as behind a proxy."""
    rate_limit: int | None = Field(default=None, ge=0)
    """Requests a minute for each key, and for each address without one; 0 for any number. By default see `quota`."""
    queue: int = Field(default=64, ge=0)
    """How many questions wait for their turn at most; further ones are refused at once (503 with Retry-After)."""
    longest_wait: float = Field(default=5.0, gt=0)
    """Seconds that a question may be expected to wait for its turn; beyond that it is refused at once, too."""
    time_limit: float = Field(default=20.0, gt=0)
    """Seconds that a request may take with its wait, before it is given up."""
    max_request_bytes: int = Field(default=1024 * 1024, ge=1)
    max_write_bytes: int = Field(default=16 * 1024 * 1024, ge=1)
    """The longest body of a request with a key for writing."""
    languages: Names = READ
    """The languages of releases that are stored, as the embedding model reads them; others are skipped and told."""
    log_format: Literal["text", "json"] = "text"
    """Whether the log is written for people or as JSON, one object a line."""
    log_questions: bool = False
    """Whether questions are in the log: they can tell of the people who ask them."""
    traces: str | None = None
    """Where traces are sent (OTLP over HTTP), such as `http://localhost:4318/v1/traces`; by default nowhere."""
    patience: float = Field(default=10.0, ge=0)
    """Seconds that a request waits for an index that is being opened, before it is told to come back."""

    @property
    def is_loopback(self) -> bool:
        """True if only this machine can reach the server, as far as its own address tells."""
        if self.host.lower() == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def is_open(self) -> bool:
        """True if reading needs no key."""
        return not self.require_key and (self.public or self.is_loopback)

    @property
    def quota(self) -> int:
        """Requests a minute for each client, 0 for any number: by default none on loopback, `QUOTA` elsewhere."""
        if self.rate_limit is not None:
            return self.rate_limit
        return 0 if self.is_loopback else QUOTA

    @property
    def host_names(self) -> Sequence[str]:
        """The names that the server answers to: those in ``hosts``, or else this machine's own and the ``host``.

        A server that others can reach answers to its IP addresses too: a foreign page cannot borrow one of those.
        """
        name = f"[{self.host}]" if ":" in self.host else self.host
        return [each.lower() for each in self.hosts or (*LOOPBACK, name, socket.gethostname())]
