"""The nouns of an evaluation: gold questions as people label them, and their records in a run."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from index.types import Problem, Release, Span
from qa.types import AnswerPart, Citation, CitedPassage, TimelinePoint


@dataclass(frozen=True, slots=True)
class ReleaseKey:
    """How a person names a release: its title and the day it was published."""

    title: str
    published: date

    def __str__(self) -> str:
        return f"{self.title!r} of {self.published}"


@dataclass(frozen=True, slots=True)
class Label:
    """The place of an answer, in words, so that it outlives every chunker.

    ``release`` is the title and day that a person wrote, or the id of a release that came with the set; None: the only
    release that holds the evidence. ``evidence`` is a run of its words; None: the whole release is relevant.
    ``occurrence`` says which of several places counts, from 0; None: all of them. ``spans`` are the evidence as offsets
    instead, each of them an answer, into a body whose SHA-256 begins with ``sha256``: for corpora whose text cannot be
    quoted.
    """

    release: ReleaseKey | str | None
    evidence: str | None = None
    occurrence: int | None = None
    grade: int = 1
    spans: tuple[Span, ...] = ()
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class TimelineLabel:
    """One statement of a figure or fact: what it says, and how it relates to the newest one.

    ``value`` is None for a fact that is no figure; ``answers`` marks the statement of it that answers the question.
    """

    label: Label
    value: float | None
    unit: str
    qualifier: str
    relation: str
    answers: bool = False


@dataclass(frozen=True, slots=True)
class GoldQuantity:
    """The figure that a question asks for, as data: ``value`` in ``unit``, named as in `eval.metrics.quantities`."""

    value: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Question:
    """A gold question. ``answers`` is empty if the corpus has none, None if only the places are labelled.

    Where the labels are offsets, the answers are the text at those offsets (`eval.sets.resolve`). ``quantity`` is the
    answer as a figure, where the set states it; otherwise metrics read it off the answers. ``where`` is the question's
    file and line, for messages.
    """

    id: str
    text: str
    answers: tuple[str, ...] | None
    labels: tuple[Label, ...]
    kind: str
    where: str
    as_of: date | None = None
    timeline: tuple[TimelineLabel, ...] = ()
    quantity: GoldQuantity | None = None


@dataclass(frozen=True, slots=True)
class GoldSet:
    """Questions, and the releases where the set brings its own. ``left_out`` says what was not taken, and why."""

    path: Path
    form: str
    sha256: str
    questions: tuple[Question, ...]
    releases: tuple[Release, ...] = ()
    left_out: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """A label resolved in the ingested body. No spans: the whole release is relevant.

    ``paragraph`` is the text around the first span, which begins at ``paragraph_start``; for showing.
    """

    release_id: str
    title: str
    published: date
    grade: int
    spans: tuple[Span, ...]
    paragraph: str = ""
    paragraph_start: int = 0


@dataclass(frozen=True, slots=True)
class TimelineTarget:
    """A `TimelineLabel` whose place was found in an ingested body."""

    target: Target
    value: float | None
    unit: str
    qualifier: str
    relation: str


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage of the deep ranking: its place and its fused score."""

    release_id: str
    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Attempt:
    """A span that was offered as the answer, with its citation and, where it names several things, its items."""

    answer: str
    citation: Citation
    parts: tuple[AnswerPart, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """One question of a run, with everything that any metric needs.

    ``given`` is what a user was told; None is "not found". ``best`` is the reader's best span whatever the
    threshold, and ``confidence`` in [0, 1] belongs to it. ``points`` is the timeline that was given, ``ranked`` the
    deep ranking, ``passages`` what a user sees, ``quantity`` the gold figure. ``fault``: a citation that does not equal
    the stored text. ``error``: the question failed, and scores zero.
    """

    id: str
    question: str
    kind: str
    answers: tuple[str, ...] | None
    as_of: date | None
    targets: tuple[Target, ...]
    timeline: tuple[TimelineTarget, ...]
    ranked: tuple[Ranked, ...] = ()
    passages: tuple[CitedPassage, ...] = ()
    given: Attempt | None = None
    best: Attempt | None = None
    points: tuple[TimelinePoint, ...] = ()
    confidence: float = 0.0
    timings_ms: dict[str, float] = field(default_factory=dict)
    fault: str | None = None
    error: str | None = None
    quantity: GoldQuantity | None = None

    @property
    def answerable(self) -> bool | None:
        """True if the corpus has an answer; None where answers are not labelled."""
        return None if self.answers is None else bool(self.answers)

    @property
    def evidence(self) -> dict[str, list[Span]]:
        """Release id -> the spans that answer the question."""
        found: dict[str, list[Span]] = {}
        for target in self.targets:
            if target.spans:
                found.setdefault(target.release_id, []).extend(target.spans)
        return found
