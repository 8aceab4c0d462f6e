"""Reading again: the sentences of the best candidates in one text, where they compete in the model's own attention.

A passage is read by itself, so its scores compare with those of another only as far as training made them. What looks
right by itself may look wrong next to what is right ("£1 billion more, £19.5 billion in all").
"""

from collections.abc import Sequence
from dataclasses import dataclass

from index.types import Hit, Span
from qa.reading.spans import Scores, span_score
from qa.reading.windows import Text, Window

_AROUND = 1
"""How many sentences before and after a candidate's own are read with it.

Without any, F1 falls on the ten Home Office releases, and gains no more on the other development sets.
"""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Sentences of a passage: the ``span`` of its release's body that begins ``at`` a place in another text."""

    hit: Hit
    span: Span
    at: int

    def in_text(self, span: Span) -> Span:
        """Return where a span of the body is in the text."""
        return Span(span.start - self.span.start + self.at, span.end - self.span.start + self.at)

    def in_body(self, span: Span) -> Span:
        """Return where a span of the text is in the body."""
        return Span(span.start - self.at + self.span.start, span.end - self.at + self.span.start)


@dataclass(frozen=True, slots=True)
class Excerpts:
    """Parts of passages joined to one text, and the place in it of each span that was asked for."""

    text: Text
    parts: tuple[Excerpt, ...]
    places: tuple[Span, ...]

    def breaks(self) -> list[int]:
        """Return the places in the text where sentences begin, but for the first."""
        begins = {part.at for part in self.parts}
        for part in self.parts:
            begins |= {part.in_text(each).start for each in part.hit.passage.sentences if part.span.holds(each)}
        return sorted(begins - {0})

    def part_of(self, span: Span) -> Excerpt | None:
        """Return the part that holds a span of the text; None if none holds all of it."""
        return next((part for part in self.parts if part.in_text(part.span).holds(span)), None)


def excerpts(rivals: Sequence[tuple[Hit, Span]]) -> Excerpts:
    """Return the sentences of the spans and their neighbours as one text, in the order of the spans, each once."""
    around: dict[int, list[Span]] = {}
    for hit, span in rivals:
        around.setdefault(hit.passage.id, []).append(surroundings(hit.passage.sentences, span))
    merged = {passage: _merged(spans) for passage, spans in around.items()}
    text, parts = "", dict[tuple[int, Span], Excerpt]()
    places = []
    for hit, span in rivals:
        number = hit.passage.id
        whole = next(each for each in merged[number] if each.holds(span))
        if (number, whole) not in parts:
            parts[number, whole] = Excerpt(hit, whole, len(text))
            text += whole.of(hit.passage.release.body) + "\n"
        places.append(parts[number, whole].in_text(span))
    return Excerpts(Text("", text), tuple(parts.values()), tuple(places))


def scores_of(places: Sequence[Span], windows: Sequence[Window], starts: Scores, ends: Scores) -> list[float | None]:
    """Return the score of each place: the best among the windows that hold all of it, None if no window does."""
    found: list[float | None] = []
    for place in places:
        scored = [span_score(place, *of_window) for of_window in zip(windows, starts, ends, strict=True)]
        found.append(max((score for score in scored if score is not None), default=None))
    return found


def surroundings(sentences: Sequence[Span], span: Span) -> Span:
    """Return the sentences that a span touches with their neighbours; the span itself if it touches no sentence."""
    touched = [number for number, each in enumerate(sentences) if each.touches(span)]
    if not touched:
        return span
    first = sentences[max(0, touched[0] - _AROUND)]
    last = sentences[min(len(sentences) - 1, touched[-1] + _AROUND)]
    return Span(min(first.start, span.start), max(last.end, span.end))


def _merged(parts: Sequence[Span]) -> list[Span]:
    kept: list[Span] = []
    for part in sorted(parts):
        if kept and part.start <= kept[-1].end:
            kept[-1] = Span(kept[-1].start, max(kept[-1].end, part.end))
        else:
            kept.append(part)
    return kept
