"""The composition root: from settings to an open engine."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from index.errors import PressqaError
from index.models.hashing_embedder import HASHING_MODEL
from index.models.question_adapter import adapted
from index.open import manifest_of, open_index
from index.protocols import Embedder
from index.types import Ranking
from qa.reading.exports import LEXICAL, SHIPPED
from qa.reading.load import DeferredReader, load_reader
from qa.settings import Settings

if TYPE_CHECKING:
    from qa.engine import Engine
    from qa.reading.reader import Reader
    from qa.writing.writer import Writer


def open_engine(
    settings: Settings,
    embedder: Embedder | None = None,
    *,
    reads: bool = True,
    wait: bool = False,
    serves: bool = False,
) -> "Engine":
    """Open the index of the settings and its models, all at the same time, and return an engine over them.

    ``embedder`` is the embedding model, if the caller has opened it. With ``reads`` False the reader is loaded only
    when it is first needed, for callers who only search; its errors are then raised there. The model of the second
    reading loads on while the engine is used, unless ``wait`` is True: then its errors are raised here too. An engine
    that ``serves`` answers many at the same time, and takes less of the processor for each; others are quicker. Raises
    `IndexMissingError`, `CatalogDamagedError`, `ManifestMismatchError` or `ModelError`.
    """
    manifest = manifest_of(settings.data, settings.catalog)
    name = settings.model or manifest.model
    with ThreadPoolExecutor(2) as pool:
        # The models take longest, mostly outside the interpreter, so they begin to load first.
        default = LEXICAL if name == HASHING_MODEL else SHIPPED
        load = partial(_reader, settings.reader or default, settings, wait=wait)
        reading = pool.submit(load) if reads else None
        loading = pool.submit(lambda: adapted(embedder or _embedder(name, settings, serves=serves), settings.adapter))
        # Meanwhile the index is opened and the engine imported, which takes as long as a model.
        from qa.engine import Engine, import_answering

        if reads:
            import_answering()
        index = open_index(
            settings.data,
            loading.result,
            ranking_of(settings),
            settings.index,
            memory=settings.memory,
            catalog=settings.catalog,
        )
        try:
            reader = reading.result() if reading else DeferredReader(load)
            count = None
            if settings.encoding is not None and settings.encoding != manifest.encoding:
                from index.text.token_counts import load_encoding  # tiktoken, which most questions do without

                count = load_encoding(settings.encoding).count
            return Engine(index, reader, threshold=settings.threshold, count_tokens=count)
        except BaseException:
            index.close()
            raise


def _reader(name: str, settings: Settings, *, wait: bool) -> "Reader":
    found = load_reader(
        name, settings.models_folder, second=settings.second_reader, threads=settings.threads, wait=wait
    )
    from qa.reading.structure_reader import StructureReader

    return StructureReader(found)


def _embedder(name: str, settings: Settings, *, serves: bool) -> Embedder:
    from index.models.load import load_embedder

    return load_embedder(name, settings.models_folder, threads=settings.threads, questions=True, alone=not serves)


def writer_of(settings: Settings) -> "Writer | None":
    """Return what writes answers with the language model of the settings; None if none is set.

    Nothing is opened or connected until something is written.
    """
    if settings.llm_url is None or settings.llm_model is None:
        return None
    from qa.writing.client import Endpoint
    from qa.writing.writer import Writer

    def load_counter() -> Callable[[str], int]:
        from index.text.token_counts import DEFAULT_ENCODING, load_encoding

        if settings.encoding is not None:
            return load_encoding(settings.encoding).count
        try:
            return load_encoding(manifest_of(settings.data, settings.catalog).encoding).count
        except PressqaError:  # it would have to be downloaded: the passages are counted, and a quote has few tokens
            return load_encoding(DEFAULT_ENCODING).count

    key = settings.llm_key.get_secret_value() if settings.llm_key else None
    return Writer(Endpoint(settings.llm_url, settings.llm_model, key, settings.llm_timeout), load_counter)


def ranking_of(settings: Settings) -> Ranking:
    """Return the ranking that the settings describe."""
    return Ranking(
        settings.fusion, settings.keyword_weight, settings.title_weight, settings.pair_weight, settings.depth
    )
