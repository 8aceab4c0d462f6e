"""Made-up releases in any number, whose neighbours are like those of real ones: for benchmarks of size.

Texts are recombined from the sentences of real releases. The vector of a passage lies between those of two real
passages, off by some noise, so that vectors crowd where real ones do. Nothing is embedded.
"""

import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

import numpy as np

from index.catalog.reader import Catalog
from index.catalog.writer import CatalogWriter, Prepared, text_key
from index.search.files import LocalFiles
from index.types import Chunk, Release, SearchFilter, Span, Vectors

PASSAGES = 6
"""How many passages a release has."""

SENTENCES = 3
"""How many sentences a passage has."""

RARE = "One in a hundred"
"""The publisher of one release in a hundred."""

_SECOND, _NOISE = 0.35, 0.6
"""The weight of the second real vector, and the length of the noise, where the first has 1; chosen so that the nearest
of a hundred thousand passages are about as near to a question as the nearest real ones."""


class MadeUp:
    """What releases are made of: the sentences, titles and vectors of a real index."""

    def __init__(self, folder: Path, seed: int = 0) -> None:
        """Read an index, at least some hundred passages."""
        self._random = np.random.default_rng(seed)
        self._number = 0
        catalog = Catalog(folder)
        ids = catalog.allowed(SearchFilter())
        self.manifest = catalog.manifest
        self._vectors = catalog.vectors(ids)
        passages = list(catalog.every_passage())
        self._titles = sorted({passage.release.title for passage in passages})
        self._sentences = [
            span.of(each.release.body).replace("\n", " ") for each in passages for span in each.sentences
        ]
        catalog.close()

    @property
    def passages(self) -> int:
        """How many real passages there are."""
        return len(self._vectors)

    def releases(self, passages: int) -> Iterator[tuple[list[Prepared], dict[bytes, Vectors]]]:
        """Yield batches of releases, with the vectors of their passages, of about so many passages in all."""
        made = (self.release() for _ in range(-(-passages // PASSAGES)))
        while batch := list(islice(made, 500)):
            keys = [text_key(text) for item in batch for text in item.texts]
            yield batch, dict(zip(keys, self.vectors(len(keys)), strict=True))

    def release(self, word: str = "", number: int | None = None) -> Prepared:
        """Return a release with a number of its own, or this one; ``word`` begins its first sentence."""
        self._number += number is None
        number = self._number if number is None else number
        random = self._random
        chosen = random.integers(0, len(self._sentences), (PASSAGES, SENTENCES))
        body, chunks = "", []
        for row in chosen:
            body += "\n\n" if body else ""
            spans: list[Span] = []
            for place in row:
                begin = len(body) + bool(spans)
                sentence = f"{word} {self._sentences[place]}" if word and begin == 0 else self._sentences[place]
                body += (" " if spans else "") + sentence
                spans.append(Span(begin, len(body)))
            chunks.append(Chunk(Span(spans[0].start, len(body)), tuple(spans)))
        release = Release(
            id=f"made-up/{number}",
            title=self._titles[int(random.integers(len(self._titles)))],
            body=body,
            publisher=RARE if number % 100 == 0 else f"Office {number % 20}",
            published=date(2010, 1, 1) + timedelta(days=int(random.integers(5_000))),
        )
        texts = tuple(f"{release.id} {place}" for place in range(PASSAGES))
        return Prepared(release, tuple(chunks), (60,) * PASSAGES, texts, ())

    def vectors(self, count: int) -> Vectors:
        """Return unit vectors like those of real passages, shape (count, dimension)."""
        size, dimension = self._vectors.shape
        first, second = self._vectors[self._random.integers(0, size, (2, count))]
        noise = self._random.standard_normal((count, dimension), dtype=np.float32) * (_NOISE / dimension**0.5)
        mixed = first + np.float32(_SECOND) * second + noise
        return np.asarray(mixed / np.linalg.norm(mixed, axis=1, keepdims=True), dtype=np.float32)


def fill_up(real: Path, folder: Path, passages: int) -> int:
    """Copy a real index to ``folder`` and add made-up releases until it has ``passages``; return how many it has.

    One that has as many already is copied as it is. Raises `IndexMissingError`.
    """
    made_up = MadeUp(real)
    shutil.copytree(real, folder)
    with closing(CatalogWriter(folder)) as catalog:
        missing = passages - made_up.passages
        if missing > 0:
            with catalog.writing():
                for batch, vectors in made_up.releases(missing):
                    catalog.put(batch, vectors, date.today())
                LocalFiles(catalog).publish()
            LocalFiles(catalog).maintain()
        return catalog.counts()[1]
