"""The judge of written sentences: what a sentence says must stand in what it quotes, and the quote in the passage.

No model takes part. A sentence holds if one of the quotes that it cites says it by itself (`qa.writing.shortening`):
the same words in the same order, its numbers equal as quantities. What does not hold is refused with the first
reason that applies.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Final, Literal

from index.text.dates import MONTHS, WEEKDAY, long_date
from index.text.sentences import sentences
from index.types import Release, Span
from qa.evidence.citations import cite_span
from qa.types import Citation, WrittenSentence
from qa.writing.draft import Draft, Reference
from qa.writing.shortening import shortens
from qa.writing.surroundings import is_speech, is_turned
from qa.writing.words import Token, hidden_character, plain, tokens

Reason = Literal[
    "no citation",
    "no quote",
    "unknown passage",
    "altered quote",
    "hidden character",
    "markup",
    "too long",
    "number",
    "date",
    "name",
    "words",
    "speech",
    "reference",
    "meaning",
]
"""Why a sentence was dropped.

"no citation": it cites nothing. "no quote": it names a passage and quotes nothing. "unknown passage": no passage has
that number. "altered quote": the quote does not stand in the passage. "hidden character": a character that is not seen
or is taken for another. "markup": a table, a link, code. "too long": longer than a sentence. "number", "date", "name",
"words": one that does not stand in the quote. "speech": someone's own words, not shown as such. "reference": it begins
with "it" or the like, and what that means is not in the sentence shown before. "meaning": every word stands in the
quote, and yet the quote does not say it.
"""

MAX_WORDS: Final = 120
"""The longest sentence that is checked, in words."""

_LEAST_WORDS: Final = 3
_MARKUP = re.compile(r"\||`|<[a-z/!]|https?:|www\.|\]\(|\{|\}|\\", re.IGNORECASE)
_BLANK = re.compile(r"\s+")
_QUOTED = re.compile(r"\"([^\"]+)\"")
_DATE_WORD = re.compile(rf"(?:{'|'.join(MONTHS)}|{WEEKDAY}|(?:1[0-9]|20)[0-9]{{2}}s?)", re.IGNORECASE)
_THE_RELEASE: Final = r"(?:the|this) (?:press release|release|statement|announcement)"
_BACK: Final = frozenset(
    """it its they their them he him she her his this that these those such both former latter
    it's they're he's she's""".split()
)
_OPENERS: Final = frozenset(
    """by then since in on at when if as for while after before now also and but with of to from under during within
    across around over last next earlier later today yesterday tomorrow meanwhile here until between
    following""".split()
)
_SOON: Final = 5
"""Words that refer to what was named before, and how near to the beginning of a sentence they do: "In Kent it rose"."""

_NAMED_BEFORE: Final = frozenset(
    """company firm business supplier contractor bank man woman boy girl men women pair couple two three trio duo gang
    group suspect suspects defendant defendants offender offenders victim victims driver owner scheme programme project
    fund grant charity organisation school hospital prison site building ship vessel ferry boat plant bridge body court
    judge minister secretary chair director chief agency council force department university college team unit
    same other others""".split()
)
"""After "The" at the beginning of a sentence: what a sentence of the same release before it has named."""


class Source:
    """A passage as the prompt shows it: its number there, and its place ``span`` in a release."""

    def __init__(self, number: int, release: Release, span: Span) -> None:
        self.number = number
        self.release = release
        self.span = span

    @property
    def text(self) -> str:
        """The words of the passage."""
        return self.span.of(self.release.body)

    @cached_property
    def sentences(self) -> tuple[Span, ...]:
        """The sentences of the passage, in order."""
        found = sentences(self.text)
        return tuple(Span(self.span.start + each.start, self.span.start + each.end) for each in found)

    def find(self, quote: str) -> Span | None:
        """Return where the passage has the words of ``quote``; None if it has them nowhere.

        Letter by letter, but for the form of quotation marks, apostrophes, hyphens and blanks. The quote may not begin
        or end inside a word or number.
        """
        words = plain(quote).split()
        if not words:
            return None
        pattern = r"\s+".join(map(re.escape, words))
        before = r"(?<!\w)(?<!\w[.,'])" if words[0][0].isalnum() else ""
        after = r"(?!\w)(?![.,']\w)" if words[-1][-1].isalnum() else ""
        found = re.search(f"{before}{pattern}{after}", plain(self.text))
        return Span(self.span.start + found.start(), self.span.start + found.end()) if found else None


@dataclass(frozen=True, slots=True)
class Dropped:
    """A sentence that does not hold, by the first reason why."""

    reason: Reason


Judged = WrittenSentence | Dropped
"""What becomes of a sentence."""


class Judge:
    """Judges the sentences of one text in their order: what "it" means depends on the sentence before."""

    def __init__(self, sources: Sequence[Source]) -> None:
        """Take the passages that the model was shown."""
        self._sources = sources
        self._shown: set[str] = set()
        self._last: tuple[str, Span] | None = None
        """The release and the sentence in it that the last sentence shown was held against."""

    def judge(self, draft: Draft) -> list[Judged]:
        """Return what holds of the next draft, with checked citations, and what does not; nothing for a repetition.

        A draft of several sentences gives one result for each: only its last one cites. Time is bounded for any text.
        """
        text = draft.text
        if not text or len(text) > MAX_WORDS * 12 or text.count(" ") >= MAX_WORDS:
            return [Dropped("too long" if text else "words")]
        if hidden_character(text) is not None:
            return [Dropped("hidden character")]
        if _MARKUP.search(text):
            return [Dropped("markup")]
        cut = [span.of(text) for span in sentences(text)] or [text]
        uncited: list[Judged] = [Dropped("no citation") for _ in cut[:-1]]
        return uncited if cut[-1] in self._shown else [*uncited, self._judge(Draft(cut[-1], draft.cites))]

    def _judge(self, draft: Draft) -> Judged:
        if not draft.cites:
            return Dropped("no citation")
        places: list[tuple[Source, Span]] = []
        for each in draft.cites:
            place = _place(each, self._sources)
            if isinstance(place, str):
                return Dropped(place)
            places.append(place)
        told = [(source, quote, _saying(draft.text, source, quote)) for source, quote in dict.fromkeys(places)]
        holding = [(source, quote, said) for source, quote, said in told if isinstance(said, Span)]
        if not holding:
            return Dropped(next(reason for _, _, reason in told if not isinstance(reason, Span)))
        if _refers_back(draft.text) or (self._last is not None and _is_only_speech(draft.text)):
            holding = [each for each in holding if self._goes_on(each[0].release, each[2])]
        elif self._last is not None and _names_again(draft.text):
            holding = [each for each in holding if each[0].release.id == self._last[0]]
        if not holding:
            return Dropped("reference")
        source, _, said = holding[0]
        self._last = source.release.id, said
        self._shown.add(draft.text)
        cited = [cite_span(source.release, quote, quote) for source, quote, _ in holding]
        return WrittenSentence(draft.text, _distinct(cited))

    def _goes_on(self, release: Release, said: Span) -> bool:
        """Whether the last sentence shown comes right before ``said`` in the same release."""
        if self._last is None or self._last[0] != release.id or self._last[1].end > said.start:
            return False
        return not release.body[self._last[1].end : said.start].strip(" \n•◦▪‣*-")


def _refers_back(text: str) -> bool:
    """Whether a sentence begins with a word for what the sentence before names: "It rose", "Since then they"."""
    words = [str(each.key) for each in tokens(text) if each.kind == "word"][:_SOON]
    if not words:
        return False
    return words[0] in _BACK or (words[0] in _OPENERS and not _BACK.isdisjoint(words))


def _names_again(text: str) -> bool:
    """Whether a sentence begins with what may be another one in every release: "The company", "The two"."""
    words = [str(each.key) for each in tokens(text) if each.kind != "mark"][:2]
    return len(words) > 1 and words[0] == "the" and words[1] in _NAMED_BEFORE


def _is_only_speech(text: str) -> bool:
    """Whether a sentence is somebody's words alone, without who says them."""
    bare = plain(text).strip()
    return bare.startswith('"') and bare.endswith('"') and bare.count('"') == 2


def _distinct(citations: Sequence[Citation]) -> tuple[Citation, ...]:
    return tuple({(each.release_id, each.start, each.end): each for each in citations}.values())


def _place(cited: Reference, sources: Sequence[Source]) -> tuple[Source, Span] | Reason:
    if cited.quote is None:
        return "no quote"
    source = next((each for each in sources if each.number == cited.number), None)
    if source is None:
        return "unknown passage"
    if hidden_character(_BLANK.sub(" ", cited.quote)) is not None:
        return "hidden character"
    span = source.find(cited.quote)
    return (source, span) if span is not None else "altered quote"


def _saying(text: str, source: Source, quote: Span) -> Span | Reason:
    """Return the sentence in a quote that says what is written, or why none does."""
    body = source.release.body
    said_there = " ".join(plain(quote.of(body)).split())
    if any(each not in said_there for each in _QUOTED.findall(plain(text))):
        return "altered quote"
    claims = [tokens(text)]
    if (inner := _unframed(text, source.release)) is not None:
        claims.append(tokens(inner))
    faults: list[Reason] = []
    for said in source.sentences:
        part = Span(max(said.start, quote.start), min(said.end, quote.end)) if said.touches(quote) else None
        if part is None:
            continue
        words = tokens(said.of(body))
        inside = [at for at, each in enumerate(words) if part.start <= said.start + each.start < part.end]
        held = range(inside[0], inside[-1] + 1) if inside else range(0)
        speech = is_speech(body, said)
        for at, claim in enumerate(claims):
            # Whose words they are is lost if the publisher is named instead.
            fault = _compare(claim, words, held, partial(is_turned, body, said), speech=speech)
            fault = "speech" if fault is None and speech and at > 0 else fault
            if fault is None:
                return said
            faults.append(fault)
    return min(faults, key=_CLOSENESS.index, default="words")


_CLOSENESS: Final = ("meaning", "speech", "number", "date", "name", "words")
"""Reasons, from those of a quote that nearly says a sentence to those of one about something else."""


def _compare(
    claim: Sequence[Token], said: Sequence[Token], held: range, turned: Callable[[], bool], *, speech: bool
) -> Reason | None:
    wanted = [each for each in claim if each.kind != "mark"]
    present = [said[at] for at in held]
    missing = [each for each in wanted if not any(each.same(other) for other in present)]
    if missing:
        return _kind(missing)
    if len(wanted) < _LEAST_WORDS or not shortens(claim, said, held) or turned():
        return "meaning"
    return "speech" if speech and not (claim[0].key == '"' and any(each.key == '"' for each in claim[1:])) else None


def _kind(missing: Sequence[Token]) -> Reason:
    if any(_DATE_WORD.fullmatch(each.written) for each in missing):
        return "date"
    if any(each.kind == "number" for each in missing):
        return "number"
    if any(each.written[:1].isupper() and not each.first for each in missing):
        return "name"
    return "words"


def _unframed(text: str, release: Release) -> str | None:
    """Return a sentence without the words before it that say who published it, and when; None without such words."""
    who = rf"(?:(?:the )?{re.escape(release.publisher.removeprefix('The '))}|{_THE_RELEASE})"
    when = rf"(?:on {long_date(release.published)},? )?"
    says = r"(?:said|says|announced|announces|reported|reports|stated|states)"
    found = re.match(rf"(?:according to {who}, |{when}{who} {says} (?:that )?)", text, re.IGNORECASE)
    return text[found.end() :] or None if found else None
