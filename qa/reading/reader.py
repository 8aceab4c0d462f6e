"""What the engine asks of a reader."""

from collections.abc import Sequence
from typing import Protocol

from index.types import Hit
from qa.question import Asked
from qa.types import Candidate, Figures


class Reader(Protocol):
    """Finds the answer in passages that were found."""

    def read(self, asked: Asked, hits: Sequence[Hit], figures: Figures, *, again: bool = True) -> list[Candidate]:
        """Return candidate answers, best first; each span lies inside its hit's passage.

        ``figures`` are those of the hits' passages; an answer never cuts one. ``again``: the best ones may be compared
        in a second reading. Without it each is scored by itself.
        """
        ...
