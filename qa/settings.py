"""The settings of pressqa, from the environment (prefix ``PRESSQA_``). They stop at the composition root."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar
from zoneinfo import ZoneInfo

import platformdirs
from pydantic import Field, SecretStr, ValidationError, field_serializer, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from index.catalog.postgres.address import parse as parse_catalog
from index.errors import InputError
from index.models.names import DEFAULT_MODEL
from index.search.milvus.address import parse
from index.types import Memory

_PREFIX = "PRESSQA_"


class Settings(BaseSettings):
    """What a person may choose. Everything below `qa.compose.open_engine` takes plain arguments."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, env_ignore_empty=True, frozen=True)

    data: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("pressqa", appauthor=False)),
        description="The folder of the index",
    )
    index: str | None = Field(
        None,
        description="A Milvus server that searches, as milvus://host:port/database; by default files in the folder of"
        " the index are searched",
    )
    catalog: str | None = Field(
        None,
        description="A PostgreSQL database that keeps the catalog, as postgresql://user@host:port/database; by default"
        " a file in the folder of the index keeps it",
    )
    memory: Memory = Field(
        "normal",
        description="low for a small machine, where searching takes less memory and more time: what a search has read"
        " of the search files does not stay in memory, and an index has lists from 8,192 passages on instead of 65,536",
    )
    models: Path | None = Field(None, description="Where exported models are kept; by default in the data folder")
    model: str | None = Field(
        None,
        description=f"A sentence-transformers model, by name or path; by default what the index was built with,"
        f" and for a new index {DEFAULT_MODEL}",
    )
    adapter: str | None = Field(
        None,
        description="A linear map of question vectors, as a .npy file, or none; by default the one that comes with"
        " pressqa for its default model",
    )
    encoding: str | None = Field(
        None, description="The tiktoken encoding that passages are counted in; by default what the index was built with"
    )
    chunk_tokens: int = Field(200, ge=16, description="Passage length to aim for, in the model's tokens (new index)")
    chunk_overlap: int = Field(0, ge=0, description="Tokens of whole sentences that passages share (new index)")
    fusion: Literal["convex", "coverage", "rrf"] = Field(
        "coverage", description="How the two legs are fused; convex and rrf are there to compare with"
    )
    keyword_weight: float = Field(0.5, ge=0, le=1, description="Share of the keyword leg in the fused score")
    title_weight: float = Field(0.0, ge=0, description="Boost of BM25 over the release's title")
    pair_weight: float = Field(0.0, ge=0, description="Boost of question terms that stand close together")
    depth: int = Field(100, ge=1, le=10_000, description="Passages that each leg hands to the fusion")
    threshold: float = Field(0.36, ge=0, le=1, description="Below this confidence the answer is 'not found'")
    reader: str | None = Field(
        None,
        description="An extractive question answering model that reads the answer, by name or path;"
        " by default the one that comes with pressqa",
    )
    second_reader: str | None = Field(
        None,
        description="The model that compares the best candidates in a second reading, by name or path, or none;"
        " by default the larger one that comes with pressqa, if the reader comes with it too",
    )
    timezone: str = Field(
        "Europe/London", description="Time zone of the publishers: a time of day with an offset has its day there"
    )
    history: str | None = Field(
        None,
        description="The file that keeps the questions asked on a terminal for the arrow keys, or none;"
        " by default in the user's state folder",
    )
    threads: int | None = Field(
        None,
        ge=1,
        description="Threads of each model, and how many passages are read at a time; by default one for each core",
    )
    llm_url: str | None = Field(
        None,
        description="The API of a language model that writes answers, in OpenAI's protocol, such as"
        " http://127.0.0.1:8080/v1; without it nothing is written",
    )
    llm_model: str | None = Field(None, min_length=1, description="The name of the language model at that address")
    llm_key: SecretStr | None = Field(None, description="The key for that address, if it wants one")
    llm_timeout: float = Field(
        60.0, gt=0, le=3600, description="Seconds that the language model may take until the next piece of text"
    )

    # Settings are written beside the results of `pressqa eval run`, without passwords.

    @field_serializer("index")
    def _index_shown(self, index: str | None) -> str | None:
        return None if index is None else str(parse(index))

    @field_serializer("catalog")
    def _catalog_shown(self, catalog: str | None) -> str | None:
        return None if catalog is None else str(parse_catalog(catalog))

    @property
    def place(self) -> str:
        """Where the index is, for messages: the address of its catalog without a password, or its folder."""
        return str(self.data) if self.catalog is None else str(parse_catalog(self.catalog))

    @field_validator("timezone")
    @classmethod
    def _is_a_time_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ValueError, OSError, KeyError):  # also a path that leads out of the database, or to a folder
            raise ValueError('there is no such time zone; one is "Europe/London"') from None
        return name

    @field_validator("llm_url")
    @classmethod
    def _is_a_web_address(cls, url: str | None) -> str | None:
        if url is not None and not re.fullmatch(r"https?://[^\s/]+(?:/\S*)?", url):
            raise ValueError("it is not the address of an API; one is http://127.0.0.1:8080/v1")
        return url

    @property
    def history_file(self) -> Path | None:
        """The file that keeps the questions asked on a terminal; None if none does."""
        if self.history is not None:
            return None if self.history == "none" else Path(self.history)
        return Path(platformdirs.user_state_dir("pressqa", appauthor=False)) / "questions"

    @property
    def models_folder(self) -> Path:
        """Where exported models are kept."""
        return self.models or self.data / "models"


_Kind = TypeVar("_Kind", bound=BaseSettings)


def read_settings(kind: type[_Kind], given: Mapping[str, Any]) -> _Kind:
    """Return settings of a kind: those ``given``, and the others from the environment.

    Raises `InputError`, naming the first one that cannot be used and its value.
    """
    try:
        return kind(**given)
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0]) if first["loc"] else ""
        name, remedy = (field, "leave it out") if field in given else (f"{_PREFIX}{field.upper()}", "unset it")
        raise InputError(f"{name} is {first['input']!r}: {first['msg']}", f"change it, or {remedy}: {name}") from error
