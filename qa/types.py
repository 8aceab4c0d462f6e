"""The nouns of an answer. Their fields, in this order, are the JSON that the CLI and the API return."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from index.types import Figure, Hit, ReleaseEntry, Span

Figures = Mapping[int, Sequence[Figure]]
"""The id of a passage -> the figures in it, in their order."""


@dataclass(frozen=True, slots=True)
class Citation:
    """Where an answer is stated: ``body[start:end]`` is the quote, ``body[answer_start:answer_end]`` the answer.

    Offsets are code points into the release's body, whose SHA-256 (UTF-8) is ``sha256``. ``link`` is the URL with a
    text fragment that finds the quote.
    """

    release_id: str
    title: str
    publisher: str
    published: date
    url: str | None
    link: str | None
    quote: str
    start: int
    end: int
    answer_start: int
    answer_end: int
    sha256: str


@dataclass(frozen=True, slots=True)
class CitedPassage:
    """A passage as it is returned, best first: ``rank`` counts from 1, ``tokens`` are the reader's.

    ``score`` is the retriever's. Passages that were read come first, in the order of the answers found in them.
    """

    rank: int
    score: float
    text: str
    start: int
    end: int
    tokens: int
    release_id: str
    title: str
    publisher: str
    published: date
    url: str | None


@dataclass(frozen=True, slots=True)
class IndexInfo:
    """The state of the index that an answer came from."""

    generation: int
    releases: int
    passages: int
    model: str


@dataclass(frozen=True, slots=True)
class ReadSpan:
    """A span that was weighed: ``span_score`` when read alone, ``again_score`` when read with its best rivals.

    ``score`` is the weighted sum of ``span_score``, ``again_score`` and the retriever's score.
    """

    text: str
    start: int
    end: int
    span_score: float
    again_score: float
    score: float
    confidence: float


@dataclass(frozen=True, slots=True)
class ReadPassage:
    """A passage that was read: how it was found (fused score, cosine, keyword score) and the spans weighed in it."""

    release_id: str
    title: str
    published: date
    start: int
    end: int
    score: float
    dense: float
    lexical: float
    spans: tuple[ReadSpan, ...]


@dataclass(frozen=True, slots=True)
class FigurePeriod:
    """The time that a figure covers: its words, and first and last day where the text settles them."""

    start: date | None
    end: date | None
    text: str


@dataclass(frozen=True, slots=True)
class TimelinePoint:
    """One release's statement of the figure asked for; ``measured`` are the words for what is counted.

    ``relation`` to the newest statement: ``latest`` (itself), ``same`` (restated), ``earlier`` (superseded) or
    ``conflict`` (another number for the same period). Values are exact decimals as text.
    """

    text: str
    value: str
    value_max: str | None
    unit: str
    qualifier: str
    measured: str | None
    change: str | None
    period: FigurePeriod | None
    published: date
    relation: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a question. Where none was found, ``answer`` and ``citation`` are both null.

    ``citations`` are the places that give the same answer, best first; ``citation`` is the first of them.
    ``timeline`` holds the statements of the same figure, newest first; it is empty if the answer is not a figure.
    ``explanation`` shows what was read, if that was asked for.
    """

    question: str
    answer: str | None
    confidence: float
    citation: Citation | None
    citations: tuple[Citation, ...]
    timeline: tuple[TimelinePoint, ...]
    passages: tuple[CitedPassage, ...]
    explanation: tuple[ReadPassage, ...] | None
    as_of: date | None
    index: IndexInfo
    timings_ms: dict[str, float]


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The passages found for a question, without an answer."""

    question: str
    passages: tuple[CitedPassage, ...]
    as_of: date | None
    index: IndexInfo
    timings_ms: dict[str, float]


@dataclass(frozen=True, slots=True)
class FigureStatement:
    """One figure as a release states it. Values are exact decimals as text; ``counted`` is what is counted."""

    text: str
    value: str
    value_max: str | None
    unit: str
    qualifier: str
    counted: str | None
    change: str | None
    period: FigurePeriod | None
    published: date
    score: float
    citation: Citation


@dataclass(frozen=True, slots=True)
class FigureResult:
    """The figures found for a query, best first."""

    query: str
    figures: tuple[FigureStatement, ...]
    as_of: date | None
    index: IndexInfo
    timings_ms: dict[str, float]


@dataclass(frozen=True, slots=True)
class FigureFilter:
    """Which figures count: those of a ``unit``, and those whose period overlaps ``period_from`` to ``period_to``.

    ``unit`` is one of the records' own ("GBP", "percent", "tonnes"); "" asks for counts and parts of a whole. A
    figure without a dated period covers no known time, and overlaps nothing.
    """

    unit: str | None = None
    period_from: date | None = None
    period_to: date | None = None


@dataclass(frozen=True, slots=True)
class ReleasePage:
    """A page of the list of releases, and the cursor of the next one (None at the end)."""

    releases: tuple[ReleaseEntry, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span that may answer the question; ``confidence`` in [0, 1] compares across passages.

    ``score`` ranks it among the question's candidates. ``span_score`` is the reader's score of the words when their
    passage is read alone, in the reader's own units, and ``again_score`` when it is read with its best rivals.
    """

    hit: Hit
    span: Span
    confidence: float
    score: float = 0.0
    span_score: float = 0.0
    again_score: float = 0.0
