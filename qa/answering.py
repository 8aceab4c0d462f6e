"""From the passages that were found to the answer: they are read, held against the time asked for, and compared.

What answers is a figure with its timeline, a fact that a later release may have changed, or words that agree.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from index.protocols import PassageIndex
from index.types import Hit, SearchFilter, Span
from qa.facts import timeline as facts
from qa.facts.suppliers import with_supplier
from qa.figures.deeds import holds_subject
from qa.figures.hold_to_time import Held, hold_to_time, of_the_time
from qa.figures.shown import nearest_statement
from qa.figures.statements import as_statement
from qa.figures.timeline import Timeline, anchor_of, points, same_figure, timeline, worth_reading
from qa.question import Asked
from qa.reading.agreement import witnesses
from qa.reading.reader import Reader
from qa.retrieval import REACH, figures_of
from qa.steps import PassagesRead
from qa.twins import hold_to_thing, without_twins
from qa.types import Candidate, Figures, NearestStatement, TimelinePoint

ALIKE = 200
"""How many passages are searched for that are like the sentence of the best answer, for its timeline.

On 39 development timelines of GOV.UK the F1 of the members was 0.880 without them, 0.889 with 16 and 0.894 with 40. It
is 0.875 with 40 now, and 0.880 with 200, which take 7 ms more.
"""


_DOUBTED = 0.5
"""The share of the threshold that is enough for the nearest statement, where it is a figure of what is asked about.

Set by judgement: it is shown as no answer.
"""

Place = tuple[Hit, Span]
"""Where an answer stands: its passage, and its words in the release's body."""


def words_at(place: Place) -> str:
    """Return the words at a place."""
    hit, span = place
    return span.of(hit.passage.release.body)


@dataclass(frozen=True, slots=True)
class Result:
    """The places of the answer, best first, and its timeline as it is shown; both are empty if nothing answers."""

    places: tuple[Place, ...] = ()
    timeline: tuple[TimelinePoint, ...] = ()


class Answering:
    """Reads passages and decides what answers. Safe to use from several threads."""

    def __init__(self, index: PassageIndex, reader: Reader, threshold: float) -> None:
        """Take the index that was searched, a reader, and the least confidence of an answer."""
        self._index = index
        self._reader = reader
        self._threshold = threshold

    def read(self, asked: Asked, hits: Sequence[Hit], found: Sequence[Hit], where: SearchFilter) -> PassagesRead:
        """Read the hits; where they speak of another time than the question, also others that speak of just that.

        ``found`` is all that the search found, with the hits.
        """
        figures = figures_of(self._index, hits)
        candidates, figures = self._read(asked, hits, figures)
        held = self._held(asked, candidates, figures)
        if held.nearest is not None and held.candidates[0].confidence < self._threshold <= held.nearest.confidence:
            wide = [
                hit for hit in self._index.search(asked.text, REACH[0], where).hits if hit.passage.id not in figures
            ]
            every = {**figures, **figures_of(self._index, wide)}
            if more := of_the_time(asked, held.nearest, every, wide):
                hits = [*hits[: self._reader.reads - len(more)], *more]
                candidates, figures = self._read(asked, hits, {hit.passage.id: every[hit.passage.id] for hit in hits})
                held = self._held(asked, candidates, figures)
        others = {hit.passage.id: hit for hit in found if hit.passage.id not in figures}
        return PassagesRead(asked, held.candidates, tuple(hits), tuple(others.values()), figures, where, held.nearest)

    def _held(self, asked: Asked, candidates: Sequence[Candidate], figures: Figures) -> Held:
        """Return the candidates, best first, after their time and what they are of were held against the question."""
        limits = self._reader.score_limits
        held = hold_to_time(asked, candidates, figures, limits)
        of_the_thing = hold_to_thing(asked, held.candidates, figures)
        supplied = with_supplier(asked, of_the_thing)
        return replace(held, candidates=tuple(facts.as_sure_as_both(asked, supplied, limits)))

    def _read(
        self, asked: Asked, hits: Sequence[Hit], figures: Figures, *, again: bool = True
    ) -> tuple[list[Candidate], Figures]:
        """Return the candidates of the hits, and the figures of all passages that they are in.

        The reader itself adds rows of a long table, of which the search found another passage, and makes a passage that
        holds part of a list longer by the rest of it.
        """
        candidates = self._reader.read(asked, hits, figures, again=again)
        known = {hit.passage.id: hit.passage.span for hit in hits}
        added = [each.hit for each in candidates if known.get(each.hit.passage.id) != each.hit.passage.span]
        return candidates, {**figures, **figures_of(self._index, added)} if added else figures

    def nearest(self, read: PassagesRead) -> NearestStatement | None:
        """Return the statement that was refused because its time differs, if it would have been the answer."""
        near = read.nearest
        stated = as_statement(read.asked, near, read.figures) if near is not None else None
        # A reader that sees another year doubts the right measure too.
        is_of_it = stated is not None and holds_subject(read.asked, stated)
        if near is None or near.confidence < self._threshold * (_DOUBTED if is_of_it else 1):
            return None
        return nearest_statement(near, stated)

    def result(self, read: PassagesRead) -> Result:
        """Return what the best candidate answers, whatever its confidence: with its timeline, or where others agree."""
        if not read.candidates:
            return Result()
        line = self._timeline(read)
        if line is not None:
            return Result(_standing_first((each.hit, each.span) for each in same_figure(line)), points(line))
        changed = self._changed(read)
        if changed is not None:
            agreeing = facts.same_words(changed)
            return Result(_standing_first((each.hit, each.span) for each in agreeing), facts.fact_points(changed))
        witnessed = witnesses(read.candidates, self._reader.score_limits)
        return Result(_standing_first((each.hit, each.span) for each in witnessed))

    def _timeline(self, read: PassagesRead) -> Timeline | None:
        """Return the statements of the figure that answers the question; None if the answer is not a figure."""
        asked, limits = read.asked, self._reader.score_limits
        anchor = anchor_of(asked, _of_the_thing(read.candidates), read.figures, limits)
        if anchor is None:
            return None
        # What says the same in other words is found by the words that say it, rather than by the question's.
        alike = self._index.search(anchor.figure.sentence.of(anchor.release.body), ALIKE, read.where).hits
        seen = {hit.passage.id for hit in read.read}
        rest = {hit.passage.id: hit for hit in [*alike, *read.others] if hit.passage.id not in seen}
        figures: Figures = {**read.figures, **figures_of(self._index, list(rest.values()))}
        line = timeline(asked, anchor, read.candidates, figures, limits)
        more = worth_reading(asked, line, anchor, list(rest.values()), figures)
        further, figures = self._read(asked, more, figures, again=False) if more else ([], figures)
        return timeline(asked, anchor, [*read.candidates, *further], figures, limits, unread=list(rest.values()))

    def _changed(self, read: PassagesRead) -> facts.FactTimeline | None:
        """Return the statements of the date or name that answers the question; None if no release changed it."""
        anchor = facts.anchor_of(read.asked, read.candidates)
        if anchor is None:
            return None
        more = facts.further_hits(anchor, _unreached(read))
        further, _ = self._read(read.asked, more, figures_of(self._index, more), again=False) if more else ([], {})
        alike = without_twins(read.asked, read.candidates[0], [*read.candidates, *further])
        return facts.fact_timeline(anchor, alike, self._reader.score_limits)


def _standing_first(places: Iterable[Place]) -> tuple[Place, ...]:
    """Return the places in their order, but those in releases that their publishers withdrew after all others."""
    return tuple(sorted(places, key=lambda place: place[0].passage.release.withdrawn is not None))


def _of_the_thing(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Return the candidates without those of another thing, but for the best one."""
    return (*candidates[:1], *(each for each in candidates[1:] if not each.is_other))


def _unreached(read: PassagesRead) -> list[Hit]:
    """Return the passages found of releases of which none was read."""
    reached = {hit.passage.release.id for hit in read.read}
    return [hit for hit in read.others if hit.passage.release.id not in reached]
