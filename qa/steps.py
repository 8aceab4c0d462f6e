"""The steps of answering a question, in their order, and what is known after each of them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.types import Hit, SearchFilter
from qa.types import Answer, Candidate, Figures, TimelinePoint

if TYPE_CHECKING:
    # It loads what reads times in text, and a search needs none of it.
    from qa.question import Asked


@dataclass(frozen=True, slots=True)
class QuestionAsked:
    """The question is understood; nothing has been searched yet."""

    asked: "Asked"


@dataclass(frozen=True, slots=True)
class PassagesFound:
    """The passages for the question, best first, without those that repeat a better one."""

    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class PassagesRead:
    """The best passages are read.

    ``candidates`` are all spans that may answer, best first, also those whose confidence is below the threshold.
    ``read`` are the passages that were read, ``figures`` the figures in them, ``others`` the rest that was found, and
    ``where`` the filter of the search. ``nearest`` is the candidate that would be best if it were of the time that the
    question names.
    """

    asked: "Asked"
    candidates: tuple[Candidate, ...]
    read: tuple[Hit, ...]
    others: tuple[Hit, ...]
    figures: Figures
    where: SearchFilter
    nearest: Candidate | None = None


@dataclass(frozen=True, slots=True)
class TimelineMade:
    """The statements of what answers, newest first; none without an answer, or if it is no figure and never changed."""

    points: tuple[TimelinePoint, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer as it is returned: the last step."""

    answer: Answer


Step = QuestionAsked | PassagesFound | PassagesRead | TimelineMade | Answered
