"""What the server needs to know; the index has its own settings in `qa.settings`."""

import os

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


def _cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class ServerSettings(BaseSettings):
    """Where the server listens and what it accepts; ``PRESSQA_HOST`` and so on in the environment."""

    model_config = SettingsConfigDict(env_prefix="PRESSQA_", extra="ignore")

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    concurrency: int = Field(default_factory=_cores, ge=1)
    """How many questions are worked on at the same time; more than the cores only makes each slower."""
    max_request_bytes: int = Field(default=1024 * 1024, ge=1)
    patience: float = Field(default=10.0, ge=0)
    """Seconds that a request waits for an index that is being opened, before it is told to come back."""
