from collections.abc import Callable
from datetime import date

import pytest
from tokenizers import Tokenizer

from index.models.exports import TOKENIZER_FILE
from index.models.names import find_default_model
from index.text.sentences import sentences
from index.types import Hit, Passage, Release, Span

MakeHit = Callable[..., Hit]


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


@pytest.fixture(scope="session")
def tokenizer() -> Tokenizer:
    """The packaged encoder's tokenizer: data that needs no model library."""
    made = Tokenizer.from_file(str(find_default_model() / TOKENIZER_FILE))
    made.no_padding()
    made.no_truncation()
    return made
