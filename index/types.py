"""The nouns of the index: frozen values, no behaviour beyond what follows from their fields; and its protocols.

Long, and one file on purpose: everything above the index knows it by these names alone.
"""

import hashlib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, NewType

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
"""Row vectors, shape (n, dimension), each of unit length, so that a dot product is a cosine."""


Ids = NDArray[np.int64]
"""Passage ids, shape (n,)."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range ``[start, end)`` of code points in a release's body; never empty."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"not a span: [{self.start}, {self.end})")

    def of(self, body: str) -> str:
        """Return the words of ``body`` that the span covers."""
        return body[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Period:
    """The time that a figure covers: its words, and the first and last day where the text settles them.

    A bound of None is open ("since 5 July" has no end) or not known from the text ("since the election").
    """

    span: Span
    start: date | None
    end: date | None


@dataclass(frozen=True, slots=True)
class Figure:
    """A quantity that a release states, with what it counts, and when.

    ``span`` covers the statement with its qualifier ("more than 2,100"), ``number`` the number with its scale word,
    currency and unit. ``value`` is exact, in ``unit``; ``value_max`` is the high end of a range. ``unit`` and
    ``qualifier`` are those of `index.figures.quantities.Quantity`. ``counted`` are the words that say what is counted
    or measured. ``change`` says whether the quantity is a rise or a fall, or is None for a level. ``sentence`` is the
    sentence that holds the figure. All spans are offsets into the release's body.
    """

    span: Span
    number: Span
    value: Decimal
    value_max: Decimal | None
    unit: str
    qualifier: str
    counted: Span | None
    change: Literal["up", "down"] | None
    period: Period | None
    sentence: Span


@dataclass(frozen=True, slots=True)
class Release:
    """A press release as stored.

    ``body`` is in NFC, with paragraphs separated by one blank line; the items of a bullet list are
    consecutive lines of one paragraph. Every offset in the product is a code point into it.
    ``updated`` is the day on which the publisher last changed it, where the source says so.
    """

    id: str
    title: str
    body: str
    publisher: str
    published: date
    url: str | None = None
    updated: date | None = None

    @property
    def sha256(self) -> str:
        """SHA-256 of the body in UTF-8, in hexadecimal: what a citation is checked against."""
        return hashlib.sha256(self.body.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Problem:
    """An entry of an input that could not be read: where it stands and why it was left out."""

    where: str
    reason: str


Cursor = NewType("Cursor", str)
"""How far a source has been read, in its own words; everyone else keeps it and gives it back."""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The publisher took a release back on a day. The index marks its current text, and keeps and finds it.

    The mark stays until the source yields the release with another text. A release that the index does not hold is
    not marked.
    """

    release_id: str
    day: date


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Everything up to here has been yielded: `Source.read` may go on from ``cursor`` another time.

    What a source yields after a checkpoint is later news than what it yielded before.
    """

    cursor: Cursor


Entry = Release | Withdrawn | Problem | Checkpoint
"""What a source yields."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """What the splitter makes of a release: a passage before it has an id.

    ``lead`` is the earlier line that introduces the chunk (a list's lead-in, "X said:") where the chunk
    continues what that line began; it is embedded with the chunk but is not part of the passage.
    ``sentences`` tile the span's sentences in order, list items included.
    """

    span: Span
    sentences: tuple[Span, ...]
    lead: Span | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of whole sentences of one revision of a release. Its text is always cut from the body."""

    id: int
    release: Release
    revision: int
    span: Span
    sentences: tuple[Span, ...]
    tokens: int
    """Length in the reader's tokens (tiktoken), for context budgets."""
    lead: Span | None = None

    @property
    def text(self) -> str:
        """The words of the passage."""
        return self.span.of(self.release.body)


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found, with the fused score that ranked it and its two parts.

    ``score`` lies in [0, 1] when both parts do; ``dense`` is the cosine of question and passage in
    [-1, 1]; ``lexical`` is the BM25 score divided by the best one for this question, in [0, 1].
    """

    passage: Passage
    score: float
    dense: float
    lexical: float


@dataclass(frozen=True, slots=True)
class SearchFilter:
    """Which releases a search may see; applied before anything is scored. All bounds are inclusive.

    ``as_of`` shows the index as it stood at the end of that day: releases published by then, each in
    the revision that stood then.
    """

    as_of: date | None = None
    since: date | None = None
    until: date | None = None
    publisher: str | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index was built with. Two manifests must be equal for their vectors to be comparable."""

    schema: int
    model: str
    fingerprint: str
    dimension: int
    chunk_tokens: int
    chunk_overlap: int
    encoding: str


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """How much the index holds, as of its generation."""

    generation: int
    releases: int
    passages: int
    manifest: Manifest


@dataclass(frozen=True, slots=True)
class Ranking:
    """How the two legs are weighed; the defaults are chosen by sweep (``eval/results``).

    ``weight`` is the keyword leg's share in [0, 1], ``title_weight`` the boost of BM25 over the release's title,
    ``pair_weight`` that of question terms found close together, ``depth`` how many passages each leg hands to the
    fusion.
    """

    fusion: Literal["convex", "rrf"] = "convex"
    weight: float = 0.5
    title_weight: float = 0.0
    pair_weight: float = 0.8
    depth: int = 100


@dataclass(frozen=True, slots=True)
class ReleaseEntry:
    """A line of the list of releases: the visible revision without its body."""

    id: str
    title: str
    publisher: str
    published: date
    url: str | None
    revision: int
    passages: int


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, the generation it searched, and the milliseconds of its stages.

    ``exhausted`` says that to ask for more hits would bring no other ones. Where it is False there may be more, however
    few came; it becomes True at the latest when more hits are asked for than the index has passages.
    """

    hits: tuple[Hit, ...]
    generation: int
    timings_ms: dict[str, float]
    exhausted: bool


@dataclass(frozen=True, slots=True)
class SyncProgress:
    """How far an ingest has come: entries dealt with, and passages stored."""

    entries: int
    passages: int


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What one ingest did, in releases, passages and embedded texts. ``problems`` is empty if every entry was read."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    passages: int = 0
    embedded: int = 0
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of a whole index found: its generation, and whether the search files had to be made again."""

    generation: int
    releases: int
    passages: int
    rebuilt: bool
