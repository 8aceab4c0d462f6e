"""What a command opens: the settings, an engine that is closed again, and what writes beside an answer."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.types import SearchFilter
    from qa.engine import Engine
    from qa.settings import Settings
    from qa.types import Answer


def settings_of(data: Path | None) -> "Settings":
    """Return the settings of the environment; with ``data``, for the index in that folder."""
    from qa.settings import Settings, read_settings

    return read_settings(Settings, {} if data is None else {"data": data})


@contextmanager
def engine_of(data: Path | None, *, reads: bool = True) -> Iterator["Engine"]:
    """Open an engine as long as the context lasts; with ``reads`` False, one that finds passages and reads none."""
    # pydantic would look through every installed package for plugins: a twentieth of the time from start to answer.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from qa.compose import open_engine

    engine = open_engine(settings_of(data), reads=reads)
    try:
        yield engine
    finally:
        engine.close()


def writing(
    engine: "Engine", where: "SearchFilter", max_tokens: int | None, settings: "Settings"
) -> "Callable[[Answer], Answer]":
    """Return what puts beside an answer what a language model wrote, or why it wrote nothing."""
    from functools import partial

    from index.types import SearchFilter
    from qa.compose import writer_of
    from qa.writing.writer import unwritten, with_written

    writer = writer_of(settings)
    if writer is None:
        return lambda answer: with_written(answer, unwritten())
    release_of = partial(engine.release, where=SearchFilter(as_of=where.as_of))
    return lambda answer: with_written(answer, writer.write(answer, release_of, max_tokens))


def filter_of(as_of: date | None, since: date | None, until: date | None, publisher: str | None) -> "SearchFilter":
    """Return which releases a command asks for, as its options say it."""
    from index.types import SearchFilter

    return SearchFilter(as_of, since, until, publisher)
