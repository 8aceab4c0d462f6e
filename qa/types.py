"""The nouns of an answer. Their fields, in this order, are the JSON that the command line and the API return.

Long because the whole of that JSON is described here, field by field.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from index.types import Change, Figure, Hit, Release, ReleaseEntry, Span
from qa.described import Described, Keywords

Figures = Mapping[int, Sequence[Figure]]
"""The id of a passage -> the figures in it, in their order."""

Relation = Literal["latest", "same", "earlier", "conflict"]
"""How a statement of a figure relates to the newest one: itself, restated, superseded, or contradicted by it."""


@dataclass(frozen=True, slots=True)
class Citation(Described):
    """The place of the answer in a release: `body[start:end] == quote`, in code points of the release's body."""

    release_id: str
    title: str
    publisher: str
    published: date
    url: str | None
    link: str | None
    """The URL with a text fragment that finds the quote on the page."""
    quote: str
    """The words around the answer, exactly as the release has them."""
    start: int
    end: int
    answer_start: int
    answer_end: int
    """`body[answer_start:answer_end]` is the answer."""
    sha256: str
    """SHA-256 of the body in UTF-8, in hexadecimal."""
    withdrawn: date | None = None
    """The day on which the publisher withdrew the release; null if it stands."""


@dataclass(frozen=True, slots=True)
class CitedPassage(Described):
    """A passage that was found: `body[start:end] == text`, in code points of the release's body."""

    rank: int
    """Counts from 1, the best passage."""
    score: float
    """The retriever's score. Passages that were read come first, in the order of the answers found in them."""
    text: str
    start: int
    end: int
    tokens: int
    """Length of the text in tiktoken's tokens."""
    release_id: str
    title: str
    publisher: str
    published: date
    url: str | None
    withdrawn: date | None = None
    """The day on which the publisher withdrew the release; null if it stands."""


@dataclass(frozen=True, slots=True)
class IndexInfo(Described):
    """The state of the index that the response came from."""

    generation: int
    """Grows with every change of the index."""
    releases: int
    passages: int
    model: str
    """The embedding model."""


@dataclass(frozen=True, slots=True)
class ReadSpan(Described):
    """A span that was weighed as the answer: `body[start:end] == text`."""

    text: str
    start: int
    end: int
    span_score: float
    """The reader's score of the words when their passage is read alone; 0 is as good as no answer."""
    again_score: float
    """The reader's score of the words when their passage is read with its best rivals."""
    score: float
    """The weighted sum of `span_score`, `again_score` and the retriever's score: candidates are ranked by it."""
    confidence: float


@dataclass(frozen=True, slots=True)
class ReadPassage(Described):
    """A passage that was read, how it was found, and the spans weighed in it."""

    release_id: str
    title: str
    published: date
    start: int
    end: int
    score: float
    """The retriever's score: `dense` and `lexical`, fused."""
    dense: float
    """The cosine of the embeddings of question and passage."""
    lexical: float
    """The share of the question, by the rarity of its words, that the passage's words cover (BM25)."""
    spans: tuple[ReadSpan, ...]


@dataclass(frozen=True, slots=True)
class FigurePeriod(Described):
    """The time that a figure covers; a bound is null where it is open, or where the text does not settle it."""

    start: date | None
    end: date | None
    text: str
    """The words of the period, exactly as the release has them."""


@dataclass(frozen=True, slots=True)
class TimelinePoint(Described):
    """One release's statement of the figure, date or name asked for."""

    text: str
    """The statement with its qualifier, exactly as the release has it."""
    value: str | None
    """The exact number in `unit`, as a decimal in text; of a range, the low end. Null where the answer is no figure."""
    value_max: str | None
    """The high end of a range."""
    unit: str
    """Empty for a count of things and for a part of a whole, and for what is no figure."""
    qualifier: str
    """Empty for what is no figure."""
    measured: str | None
    """The words that say what is counted."""
    change: Change | None
    """Set where the figure is a rise or a fall."""
    period: FigurePeriod | None
    published: date
    relation: Relation
    """To the newest statement: `latest` is that one, `same` restates it, `earlier` is superseded by it, `conflict`
    gives another number for the same period or on the same day, or another date or name on the same day."""
    citation: Citation


@dataclass(frozen=True, slots=True)
class AnswerPart(Described):
    """One item of an answer that names several: `body[start:end] == text`, in code points of the release's body."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class AnswerCell(Described):
    """The cell of a table that an answer was read from; null where the row or the column has no label."""

    row: str | None
    """The label of its row."""
    column: str | None
    """The header of its column."""


@dataclass(frozen=True, slots=True)
class NearestStatement(Described):
    """What comes nearest to an answer and is none: a statement of another time than the question names."""

    text: str
    """The statement, exactly as the release has it."""
    measured: str | None
    """The words that say what is counted."""
    period: FigurePeriod | None
    """The time that it covers; null where the release names none, and it is of about the day of publication."""
    published: date
    citation: Citation


@dataclass(frozen=True, slots=True)
class WrittenSentence(Described):
    """A sentence that a language model wrote; all that it says stands in each of its citations."""

    text: str
    citations: tuple[Citation, ...]
    """The quotes that say it. `answer_start` and `answer_end` are those of the quote."""


@dataclass(frozen=True, slots=True)
class WrittenAnswer(Described):
    """What a language model wrote from the passages, without the sentences that do not hold."""

    sentences: tuple[WrittenSentence, ...]
    dropped: int
    """How many of its sentences were left out, because what they cite does not say them."""
    reasons: dict[str, int]
    """Why they were left out -> how many for that reason."""
    model: str | None
    """The name of the language model; null where none was asked."""
    problem: str | None
    """Why nothing more was written, and what to do; null where the model came to its end."""


@dataclass(frozen=True, slots=True)
class Answer(Described):
    """The answer to a question. Where none was found, `answer` and `citation` are both null."""

    question: str
    answer: str | None
    confidence: Annotated[float, Keywords(minimum=0, maximum=1)]
    citation: Citation | None
    """The first of `citations`."""
    citations: tuple[Citation, ...]
    """The places that give this answer, best first."""
    parts: tuple[AnswerPart, ...]
    """The items of the answer where it names several, in the release of `citation`; otherwise empty."""
    cell: AnswerCell | None
    """The row and column of the answer where it was read from a table."""
    nearest: NearestStatement | None
    """Where nothing was found for the time that the question names: what is stated for another time."""
    timeline: tuple[TimelinePoint, ...]
    """Where the answer is a figure, or a date or name that a later release changed: its statements, newest first."""
    passages: tuple[CitedPassage, ...]
    explanation: tuple[ReadPassage, ...] | None
    """What was read, where `explain` asked for it."""
    as_of: date | None
    index: IndexInfo
    timings_ms: dict[str, float]
    hint: str | None
    """Why nothing can be found and what to change, where no release is by the publisher or fits the filters."""
    written: WrittenAnswer | None
    """What a language model wrote, where `write` asked for it; the answer itself does not depend on it."""


@dataclass(frozen=True, slots=True)
class SearchResult(Described):
    """The passages found for a question, best first."""

    question: str
    passages: tuple[CitedPassage, ...]
    as_of: date | None
    index: IndexInfo
    timings_ms: dict[str, float]
    hint: str | None
    """Why nothing can be found and what to change, where no release is by the publisher or fits the filters."""


@dataclass(frozen=True, slots=True)
class FigureStatement(Described):
    """A figure as a release states it."""

    text: str
    """The statement with its qualifier, exactly as the release has it."""
    value: Annotated[str, Keywords(examples=["19500000000"])]
    """The exact number in `unit`, as a decimal in text, so that no digit is lost; of a range, the low end."""
    value_max: str | None
    """The high end of a range."""
    unit: Annotated[str, Keywords(examples=["GBP"])]
    """Empty for a count of things and for a part of a whole."""
    qualifier: Annotated[str, Keywords(examples=["more than"])]
    counted: str | None
    """The words that say what is counted."""
    change: Change | None
    """Set where the figure is a rise or a fall."""
    period: FigurePeriod | None
    published: date
    cell: AnswerCell | None
    """The row and column of a figure that stands in a table."""
    score: float
    """How well the figure fits the query, in [0, 1]."""
    citation: Citation


@dataclass(frozen=True, slots=True)
class FigureResult(Described):
    """The figures found for a query, best first."""

    query: str
    figures: tuple[FigureStatement, ...]
    as_of: date | None
    index: IndexInfo
    timings_ms: dict[str, float]
    hint: str | None
    """Why nothing can be found and what to change; or that no figure has a word of the query: these are the nearest."""


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
class ReleasePage(Described):
    """One page of the list of releases."""

    releases: tuple[ReleaseEntry, ...]
    next: str | None
    """The `cursor` of the next page; null on the last one."""
    hint: str | None
    """Why nothing can be found and what to ask instead, where no release is by the publisher asked for."""


@dataclass(frozen=True, slots=True)
class StatedChange(Described):
    """What a publisher says that it changed in a release."""

    day: date
    note: str


@dataclass(frozen=True, slots=True)
class FullRelease(Described):
    """A release in full: every offset in the API counts code points of `body`."""

    id: str
    title: str
    body: str
    publisher: str
    published: date
    url: str | None
    sha256: str
    """SHA-256 of the body in UTF-8, in hexadecimal."""
    updated: date | None = None
    """The day on which the publisher last changed it, where the source says so."""
    withdrawn: date | None = None
    """The day on which the publisher withdrew it; null if it stands."""
    withdrawn_notice: str | None = None
    """What the publisher said of the withdrawal."""
    language: str | None = None
    """The language of the text, as a code such as `en`, where the source says so."""
    content_id: str | None = None
    """The publisher's own id of the document, which stays when its page moves; translations share it."""
    changes: tuple[StatedChange, ...] = ()
    """What the publisher says that it changed, oldest first."""
    government: str | None = None
    """The government under which a political release was published, where the source says so."""


def full_release(release: Release) -> FullRelease:
    """Return a release as programs receive it, with the digest that citations carry."""
    return FullRelease(
        release.id,
        release.title,
        release.body,
        release.publisher,
        release.published,
        release.url,
        release.sha256,
        release.updated,
        release.withdrawn,
        release.withdrawn_notice,
        release.language,
        release.content_id,
        tuple(StatedChange(each.day, each.note) for each in release.changes),
        release.government,
    )


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span that may answer the question; ``confidence`` in [0, 1] compares across passages.

    ``score`` ranks it among the question's candidates. ``span_score`` is the reader's score of the words when their
    passage is read alone, in the reader's own units, and ``again_score`` when it is read with its best rivals. One that
    ``is_other`` seems to be of another thing than the question (`qa.twins`): no other number of it is a timeline's.
    """

    hit: Hit
    span: Span
    confidence: float
    score: float = 0.0
    span_score: float = 0.0
    again_score: float = 0.0
    is_other: bool = False
