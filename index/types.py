"""The nouns of the index, such as release, passage and figure: frozen values that only hold and describe data.

What takes and returns them (sources, models, indexes) is in `index.protocols`. Long because every noun is here.
"""

import hashlib
from dataclasses import dataclass, field
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

    def holds(self, other: "Span") -> bool:
        """Return True if all of another span lies in this one."""
        return self.start <= other.start and other.end <= self.end

    def touches(self, other: "Span") -> bool:
        """Return True if two spans have a character in common."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Period:
    """The time that a figure covers: the words that state it, and its first and last day where the text settles them.

    A bound of None is open ("since 5 July" has no end) or not known from the text ("since the election").
    """

    span: Span
    start: date | None
    end: date | None


Change = Literal["up", "down"]
"""The direction of a figure that is a rise or a fall."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A quantity that a release states, with what it counts or measures, and the period it is about.

    ``span`` covers the quantity with its qualifier ("more than 2,100"), ``number`` the number with its scale word,
    currency and unit. ``value`` is exact, in ``unit``; ``value_max`` is the upper end if it is a range. ``unit`` and
    ``qualifier`` are those of `index.figures.quantities.Quantity`. ``counted`` are the words that name what is counted
    or measured. ``change`` is "up" for a rise, "down" for a fall, and None for a level. ``sentence`` is the sentence
    that holds the figure. All spans are offsets into the release's body.
    """

    span: Span
    number: Span
    value: Decimal
    value_max: Decimal | None
    unit: str
    qualifier: str
    counted: Span | None
    change: Change | None
    period: Period | None
    sentence: Span


@dataclass(frozen=True, slots=True)
class ChangeNote:
    """What a publisher says that it changed in a release on ``day``."""

    day: date
    note: str


@dataclass(frozen=True, slots=True)
class Release:
    """A press release as stored.

    ``body`` is in NFC, with paragraphs separated by one blank line; the items of a bullet list are
    consecutive lines of one paragraph. Every offset in the product is a code point into it.
    ``updated`` is the day on which the publisher last changed it, where the source says so. ``withdrawn`` is the day on
    which the publisher withdrew the stored text, ``withdrawn_notice`` what it said of that. ``language`` is a code such
    as "en", where the source says so. ``content_id`` is the publisher's own id of the document, which it keeps when its
    page moves; its translations share it. ``changes`` are the publisher's notes, oldest first. ``government`` is that
    under which a political release was published, where the source says so. All these are no part of the text, so
    releases are equal without them.
    """

    id: str
    title: str
    body: str
    publisher: str
    published: date
    url: str | None = None
    updated: date | None = None
    withdrawn: date | None = field(default=None, compare=False)
    withdrawn_notice: str | None = field(default=None, compare=False)
    language: str | None = field(default=None, compare=False)
    content_id: str | None = field(default=None, compare=False)
    changes: tuple[ChangeNote, ...] = field(default=(), compare=False)
    government: str | None = field(default=None, compare=False)

    @property
    def sha256(self) -> str:
        """SHA-256 of the body in UTF-8, in hexadecimal: what a citation is checked against."""
        return hashlib.sha256(self.body.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Problem:
    """An entry of an input that could not be read: its place in the input, and why it was left out."""

    where: str
    reason: str


Cursor = NewType("Cursor", str)
"""How far a source has been read, in a form that only the source understands; the index stores and returns it."""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The publisher withdrew a release on ``day``. The index marks its current text, but still stores and finds it.

    The mark stays until the source yields the release with another text. A withdrawal of a release that the index does
    not hold changes nothing. ``notice`` is what the publisher said of it. ``page`` is the address of a page that is
    gone, if that is how the withdrawal was found: it is none if another page of the source gives the release.
    """

    release_id: str
    day: date
    notice: str | None = None
    page: str | None = None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Everything up to here has been yielded: a later `Source.read` may start from ``cursor``.

    What a source yields after a checkpoint is newer than what it yielded before.
    """

    cursor: Cursor


@dataclass(frozen=True, slots=True)
class Skipped:
    """An entry that was left out on purpose, such as a translation that the model cannot read: reported, no fault."""

    where: str
    reason: str


@dataclass(frozen=True, slots=True)
class PageRead:
    """What became of a web page, yielded after the entries that it gave and stored in one transaction with them.

    ``release_id`` is the id under which the source yielded its release, if it gave one. ``etag`` and ``last_modified``
    are what the server said of this version, for the next request. ``failure`` is the reason why the page could not be
    read: it is kept, and tried again by the next run; ``hint`` says what to do next, and is not kept. ``is_unchanged``
    is True if the server said that the page is the one that was read before. ``checked`` counts seconds of Unix time.
    """

    address: str
    checked: int
    release_id: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    failure: str | None = None
    is_unchanged: bool = False
    hint: str = ""


Entry = Release | Withdrawn | Problem | Skipped | PageRead | Checkpoint
"""Anything that a source may yield."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """One piece of a split release: a passage that has no id yet, because it is not stored.

    ``lead`` is the earlier line that introduces the chunk (a list's lead-in, or "X said:") if the chunk continues what
    that line began; it is embedded with the chunk but is not part of the passage. ``sentences`` are the sentences of
    ``span`` in order, list items included.
    """

    span: Span
    sentences: tuple[Span, ...]
    lead: Span | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences of one revision of a release, and the unit of search. Its text is cut from the body."""

    id: int
    release: Release
    revision: int
    span: Span
    sentences: tuple[Span, ...]
    tokens: int
    """Length of the passage in the reader's tokens (tiktoken), for callers with a limited number of tokens."""
    lead: Span | None = None

    @property
    def text(self) -> str:
        """The words of the passage."""
        return self.span.of(self.release.body)

    def sentence_at(self, span: Span) -> Span:
        """Return the sentence of the passage that a span begins in; the span itself if it begins in none."""
        return next((each for each in self.sentences if each.start <= span.start < each.end), span)


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found, with the fused score that ranked it and the scores of the two legs.

    ``score`` lies in [0, 1]; ``dense`` is the cosine of question and passage in [-1, 1]; ``lexical``, in [0, 1], is the
    share of the question that the passage's words cover or, with another fusion than "coverage", BM25 divided by the
    best one for this question.
    """

    passage: Passage
    score: float
    dense: float
    lexical: float


@dataclass(frozen=True, slots=True)
class SearchFilter:
    """Which releases a search may see; applied before anything is scored. All bounds are inclusive.

    ``as_of`` shows the index as it was at the end of that day: the releases published by then, each in the revision
    that was current then.
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
    """How much an index holds, counting only the current revision of each release.

    ``stamp`` is a random mark of the generation: one that was made anew has the same number and another mark.
    """

    generation: int
    releases: int
    passages: int
    manifest: Manifest
    stamp: str


Memory = Literal["normal", "low"]
"""How much memory searching may take: as much as is quick, or as little as will do, for which it is slower."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """How the scores of the two legs, vectors and keywords, are combined.

    ``weight`` is the keyword leg's share in [0, 1]; ``title_weight`` multiplies BM25 of the release's title and
    ``pair_weight`` BM25 of question terms found next to each other; ``depth`` is how many passages each leg returns to
    be fused. The defaults were chosen by the sweeps in ``eval/results/README.md``.
    """

    fusion: Literal["convex", "coverage", "rrf"] = "coverage"
    weight: float = 0.5
    title_weight: float = 0.0
    pair_weight: float = 0.0
    depth: int = 100


@dataclass(frozen=True, slots=True)
class ReleaseEntry:
    """A release in a list: the revision that the filter lets through, without its body.

    ``passages`` is the number of its passages. ``withdrawn`` is the day on which the publisher withdrew it, if it was.
    """

    id: str
    title: str
    publisher: str
    published: date
    url: str | None
    revision: int
    passages: int
    withdrawn: date | None = None


@dataclass(frozen=True, slots=True)
class Revision:
    """One of the texts that a release has had.

    ``number`` counts from 1. It is valid from the day ``valid_from`` to the day before ``valid_to``, which is None for
    the current one. ``withdrawn`` is the day on which the publisher withdrew it, if it was.
    """

    number: int
    release: Release
    valid_from: date
    valid_to: date | None
    withdrawn: date | None

    @property
    def changes(self) -> tuple[ChangeNote, ...]:
        """The publisher's notes of the changes that led to this text: those after the text before it."""
        first = self.number == 1
        return tuple(
            each
            for each in self.release.changes
            if (first or each.day >= self.valid_from) and (self.valid_to is None or each.day < self.valid_to)
        )


@dataclass(frozen=True, slots=True)
class ReleaseOrigin:
    """Where a release was found: a source by its name, the address there, and how it was known to be the same release.

    ``matched`` is "id" for the id or the first place, "content_id" for the publisher's own id of a page that moved,
    "address" for the same web address, "text" for the same publisher and day and nearly the same words. ``gives_text``
    is True for the one origin whose text is stored.
    """

    source: str
    address: str | None
    matched: Literal["id", "content_id", "address", "text"]
    gives_text: bool


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the current releases of an index cover: their publishers, sorted, and the first and last day of publication.

    Both days are None if there are no releases.
    """

    publishers: tuple[str, ...]
    oldest: date | None
    newest: date | None


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, the generation of the index it searched, and the milliseconds each stage took.

    ``exhausted`` is True if asking for more hits would bring no further ones. If it is False there may be more, however
    few came; it is always True when more hits were asked for than the index has passages.
    """

    hits: tuple[Hit, ...]
    generation: int
    timings_ms: dict[str, float]
    exhausted: bool


@dataclass(frozen=True, slots=True)
class SyncProgress:
    """How far an ingest has come: the entries dealt with and the passages stored so far."""

    entries: int
    passages: int


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What one ingest did.

    ``added``, ``changed``, ``unchanged`` and ``withdrawn`` count releases, ``passages`` those that were stored, and
    ``embedded`` the texts that had no vector yet. ``problems`` is empty if every entry could be read; ``skipped`` are
    entries that were left out on purpose.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    passages: int = 0
    embedded: int = 0
    problems: tuple[Problem, ...] = ()
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of checking an index: its generation and size, and whether its search files were made again."""

    generation: int
    releases: int
    passages: int
    rebuilt: bool
