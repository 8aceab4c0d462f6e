"""What the engine asks of a reader, and how far a reader's scores can be believed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from index.types import Hit
from qa.types import Candidate, Figures

if TYPE_CHECKING:
    from qa.question import Asked


@dataclass(frozen=True, slots=True)
class ScoreLimits:
    """Which ``span_score`` is believed, in the units of one reader.

    ``alone`` is the lowest score at which a span is believed by itself; ``repeated`` the lowest one where it repeats a
    number that is believed already, in a passage on the same subject; ``below_best`` is how far another statement may
    score below the best one and still be taken for one of the same measure.
    """

    alone: float
    repeated: float
    below_best: float


class Reader(Protocol):
    """Finds the answer to a question in passages."""

    @property
    def reads(self) -> int:
        """How many of the best passages it reads."""
        ...

    @property
    def score_limits(self) -> ScoreLimits:
        """How far the ``span_score`` of this reader's candidates can be believed."""
        ...

    def read(self, asked: "Asked", hits: Sequence[Hit], figures: Figures, *, again: bool = True) -> list[Candidate]:
        """Return candidate answers, best first; each span lies inside its hit's passage.

        ``figures`` are those in the hits' passages; an answer holds a figure whole or not at all. With ``again`` the
        best candidates may be compared in a second reading; without it each is scored by itself.
        """
        ...
