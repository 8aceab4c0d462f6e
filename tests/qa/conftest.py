from collections.abc import Callable, Sequence

import pytest

from index.figures.read import figures
from index.types import Hit
from qa.question import understand
from qa.reading.reader import Reader
from qa.types import Candidate

Ask = Callable[..., list[Candidate]]


def ask_reader(reader: Reader, question: str, hits: Sequence[Hit], *, again: bool = True) -> list[Candidate]:
    """Let a reader read passages that no index holds, with the figures that an index would have for them."""
    stated = {}
    for passage in (hit.passage for hit in hits):
        release, whole = passage.release, passage.span
        found = figures(release.body, release.published)
        stated[passage.id] = [each for each in found if whole.start <= each.span.start and each.span.end <= whole.end]
    return reader.read(understand(question), hits, stated, again=again)


@pytest.fixture(scope="session")
def ask() -> Ask:
    return ask_reader
