from collections.abc import Callable, Sequence
from datetime import date

import pytest

from index.figures.read import figures
from index.text.sentences import sentences
from index.types import Hit, Passage, Release, Span
from qa.question import understand
from qa.reading.reader import Reader
from qa.types import Candidate

MakeHit = Callable[..., Hit]
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


def make_hit(
    number: int,
    body: str,
    *,
    release: str | None = None,
    span: tuple[int, int] | None = None,
    title: str = "A title",
    published: date = date(2025, 1, 9),
    score: float = 0.5,
    lead: Span | None = None,
) -> Hit:
    """Return a hit for a passage: the whole of ``body``, or the part of it that ``span`` says."""
    whole = Span(*(span or (0, len(body))))
    made = Release(release or f"r{number}", title, body, "Harbour Board", published)
    inside = [s for s in sentences(body) if whole.start <= s.start and s.end <= whole.end]
    return Hit(Passage(number, made, 1, whole, tuple(inside), 10, lead), score, score, score)


@pytest.fixture(scope="session")
def hit() -> MakeHit:
    return make_hit
