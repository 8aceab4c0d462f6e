"""Opening readers by name."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import ModelError
from index.models.names import is_hub_name, source_stamp
from index.types import Hit
from qa.reading.exports import (
    LEXICAL,
    NONE,
    SECOND,
    SHIPPED,
    ReaderFiles,
    find_reader_export,
    second_files,
    shipped_files,
)
from qa.types import Candidate, Figures

if TYPE_CHECKING:
    # Importing these loads the keyword index too, and a model must begin to load before that.
    from qa.question import Asked
    from qa.reading.reader import Reader, ScoreLimits
    from qa.reading.span_model import Scores, SpanModel
    from qa.reading.windows import Text, Window


def load_reader(
    name: str, models: Path, *, second: str | None = None, threads: int | None = None, wait: bool = False
) -> "Reader":
    """Open the reader ``name``: `SHIPPED`, `LEXICAL`, or an extractive question answering model by path or hub name.

    ``second`` names the model of the second reading in the same way, `SECOND` for the larger one that is shipped, or
    `NONE` if the reader itself is to read again; by default `SECOND` goes with `SHIPPED`, and `NONE` with others. The
    second model loads in a thread while the first one reads, and its errors are raised when it is needed; with
    ``wait`` it is waited for.

    Of another model the export in the folder ``models`` is read. If it is missing or damaged, it is made first, which
    loads the model with transformers and takes some seconds. ``threads`` is how many a model computes with; None: one
    for each physical core that this process may use. Raises `ModelError` if a model cannot be found, exported or
    read, or if a file of a shipped reader is missing or changed, and `StorageError` if an export cannot be written.
    """
    second = second or (SECOND if name == SHIPPED else NONE)
    if name == LEXICAL:
        if second != NONE:
            raise ModelError(
                f"the reader {LEXICAL} has no second reading, so {second!r} cannot do it",
                f"set PRESSQA_SECOND_READER={NONE}, or choose a reader with a model",
            )
        from qa.reading.lexical_reader import LexicalReader

        return LexicalReader()
    again = (
        LoadingModel(partial(load_model, second, models, threads=threads, one_at_a_time=True))
        if second != NONE
        else None
    )
    model = load_model(name, models, threads=threads)
    from qa.reading.span_reader import SpanReader

    if again is not None and wait:
        again.wait()
    return SpanReader(model, second=again)


class DeferredReader:
    """A `Reader` that calls ``load`` once, when it is first used; errors of ``load`` are raised there."""

    def __init__(self, load: "Callable[[], Reader]") -> None:
        self._load = load

    @cached_property
    def _reader(self) -> "Reader":
        return self._load()

    @property
    def reads(self) -> int:
        """How many of the best passages the reader reads."""
        return self._reader.reads

    @property
    def score_limits(self) -> "ScoreLimits":
        """How far the scores of the reader can be believed."""
        return self._reader.score_limits

    def read(self, asked: "Asked", hits: Sequence[Hit], figures: Figures, *, again: bool = True) -> list[Candidate]:
        """Return candidate answers, best first."""
        return self._reader.read(asked, hits, figures, again=again)


class LoadingModel:
    """A `SpanModel` that begins to load in a thread at once; its methods wait for it, and raise what loading raised."""

    def __init__(self, load: "Callable[[], SpanModel]") -> None:
        pool = ThreadPoolExecutor(1, thread_name_prefix="second-reader")
        self._loading = pool.submit(load)
        pool.shutdown(wait=False)

    def wait(self) -> "SpanModel":
        """Return the model once it is loaded; raises what loading raised."""
        return self._loading.result()

    def windows(self, question: str, texts: "Sequence[Text]") -> "list[list[Window]]":
        """Return the windows in which each text is read."""
        return self.wait().windows(question, texts)

    def score(self, every: "Sequence[Window]") -> "Scores":
        """Return start and end scores of each token of each window."""
        return self.wait().score(every)


def load_model(name: str, models: Path, *, threads: int | None = None, one_at_a_time: bool = False) -> "SpanModel":
    """Open the model of a reader that has one; the arguments and errors are those of `load_reader`.

    With ``one_at_a_time`` it is for single windows, as the second reading's are.
    """
    from qa.reading.span_model import SpanModel

    return SpanModel(_files(name, models), threads=threads, one_at_a_time=one_at_a_time)


def _files(name: str, models: Path) -> ReaderFiles:
    if name == SHIPPED:
        return shipped_files()
    if name == SECOND:
        return second_files()
    if not (Path(name).is_dir() or is_hub_name(name)):
        raise ModelError(
            f"{name!r} is neither a folder nor the name of an extractive question answering model",
            hint=f"give the path of a saved model, or unset PRESSQA_READER and PRESSQA_SECOND_READER: {SHIPPED} and"
            f" {SECOND} are used then",
        )
    found = find_reader_export(name, source_stamp(name), models)
    if found is None:
        # torch and transformers, once
        from qa.reading.export_reader import export_reader

        found = export_reader(name, models)
    return found
