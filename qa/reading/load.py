"""Opening a reader by name."""

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import ModelError
from index.models.names import is_hub_name, source_stamp
from index.types import Hit
from qa.reading.exports import LEXICAL, SHIPPED, ReaderFiles, find_reader_export, shipped_files
from qa.types import Candidate, Figures

if TYPE_CHECKING:
    # Importing these loads the keyword index too, and a model must begin to load before that.
    from qa.question import Asked
    from qa.reading.reader import Reader, ScoreLimits
    from qa.reading.span_model import SpanModel


def load_reader(name: str, models: Path, *, threads: int | None = None) -> "Reader":
    """Open the reader ``name``: `SHIPPED`, `LEXICAL`, or an extractive question answering model by path or hub name.

    Of another model the export in the folder ``models`` is read. If it is missing or damaged, it is made first, which
    loads the model with transformers and takes some seconds. ``threads`` is how many the model computes with; None: one
    for each physical core that this process may use. Raises `ModelError` if the model cannot be found, exported or
    read, or if a file of the shipped reader is missing or changed, and `StorageError` if an export cannot be written.
    """
    if name == LEXICAL:
        from qa.reading.lexical_reader import LexicalReader

        return LexicalReader()
    model = load_model(name, models, threads=threads)
    from qa.reading.span_reader import SpanReader

    return SpanReader(model)


class DeferredReader:
    """A `Reader` that calls ``load`` once, when it is first used; errors of ``load`` are raised there."""

    def __init__(self, load: "Callable[[], Reader]") -> None:
        self._load = load

    @cached_property
    def _reader(self) -> "Reader":
        return self._load()

    @property
    def score_limits(self) -> "ScoreLimits":
        """How far the scores of the reader can be believed."""
        return self._reader.score_limits

    def read(self, asked: "Asked", hits: Sequence[Hit], figures: Figures, *, again: bool = True) -> list[Candidate]:
        """Return candidate answers, best first."""
        return self._reader.read(asked, hits, figures, again=again)


def load_model(name: str, models: Path, *, threads: int | None = None) -> "SpanModel":
    """Open the model of a reader that has one; the arguments and errors are those of `load_reader`."""
    from qa.reading.span_model import SpanModel

    return SpanModel(_files(name, models), threads=threads)


def _files(name: str, models: Path) -> ReaderFiles:
    if name == SHIPPED:
        return shipped_files()
    if not (Path(name).is_dir() or is_hub_name(name)):
        raise ModelError(
            f"{name!r} is neither a folder nor the name of an extractive question answering model",
            hint=f"give the path of a saved model, or unset PRESSQA_READER: {SHIPPED} is used then",
        )
    found = find_reader_export(name, source_stamp(name), models)
    if found is None:
        # torch and transformers, once
        from qa.reading.export_reader import export_reader

        found = export_reader(name, models)
    return found
