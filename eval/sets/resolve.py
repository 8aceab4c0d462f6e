"""Finds the labels of questions, which are words, as spans in the bodies of an index. Nothing else does so."""

import difflib
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from eval.sets.lines import GoldError
from eval.types import GoldSet, Label, Question, ReleaseKey, Target, TimelineTarget
from index.sources.clean import clean_line
from index.types import Problem, Release, SearchFilter, Span
from qa.engine import Engine


@dataclass(frozen=True, slots=True)
class Resolved:
    """The targets of a question and of its timeline. ``notes`` are messages about them for a person."""

    targets: tuple[Target, ...]
    timeline: tuple[TimelineTarget, ...]
    notes: tuple[str, ...]
    answers: tuple[str, ...] | None = None
    """Accepted answers: those given in the set, or the text at the labelled offsets."""


class Library:
    """The releases that labels are resolved in."""

    def __init__(self, releases: Iterable[Release]) -> None:
        """Take the releases; of two with the same id the first one counts, as in an ingest."""
        self._by_id: dict[str, Release] = {}
        for release in releases:
            self._by_id.setdefault(release.id, release)
        self._by_key: dict[tuple[str, date], list[Release]] = {}
        for release in self._by_id.values():
            self._by_key.setdefault((release.title, release.published), []).append(release)
        # Evidence may run over a line end of the body, which a person writes as a space.
        self._flat = {release.id: " ".join(release.body.split()) for release in self._by_id.values()}

    def get(self, release_id: str) -> Release | None:
        """Return the release with an id."""
        return self._by_id.get(release_id)

    def named(self, key: ReleaseKey) -> list[Release]:
        """Return the releases with a title and day; spaces and Unicode form of the title do not matter."""
        return self._by_key.get((clean_line(key.title), key.published), [])

    def nearest(self, key: ReleaseKey) -> Release | None:
        """Return the release whose title is most like the one given, nearest in time; None if none is like it."""
        titles: dict[str, list[Release]] = {}
        for release in self._by_id.values():
            titles.setdefault(release.title, []).append(release)
        near = difflib.get_close_matches(clean_line(key.title), titles, 1, cutoff=0.75)
        return min(titles[near[0]], key=lambda release: abs(release.published - key.published)) if near else None

    def holding(self, evidence: str) -> list[Release]:
        """Return the releases whose body holds the words of the evidence, in the order of the input."""
        words = clean_line(evidence)
        return [self._by_id[name] for name, flat in self._flat.items() if words in flat]


Libraries = Callable[[date | None], Library]
"""A day -> the releases as they were at the end of it; None -> the releases as they are now."""


def libraries_of(engine: Engine) -> Libraries:
    """Return the releases of an index, as of any day; each day is read once."""
    held: dict[date | None, Library] = {}

    def library(as_of: date | None) -> Library:
        if as_of not in held:
            where = SearchFilter(as_of=as_of)
            entries = engine.releases(limit=sys.maxsize - 1, where=where).releases
            held[as_of] = Library(engine.release(entry.id, where) for entry in entries)
        return held[as_of]

    return library


def resolve_all(gold: GoldSet, libraries: Libraries) -> dict[str, Resolved]:
    """Find the labels of every question: question id -> targets; raises `GoldError` naming all that are missing."""
    found: dict[str, Resolved] = {}
    problems: list[Problem] = []
    for question in gold.questions:
        try:
            found[question.id] = resolve(question, libraries(question.as_of))
        except LookupError as error:
            problems.append(Problem(question.where, f"{question.id}: {error.args[0]}"))
    if problems:
        raise GoldError(
            gold.path, problems, "quote the release word for word, and name the corpus that holds it: --corpus PATH"
        )
    return found


def resolve(question: Question, library: Library) -> Resolved:
    """Find the labels of a question; raises LookupError naming the missing one, and what was found instead.

    Another release that holds the very words of the evidence answers the question as well: it becomes a target
    too, and a note says so.
    """
    found = {label: _in(label, _release(label, library), library) for label in question.labels}
    also = [(label, other) for label, target in found.items() for other in _repeated(label, target, library)]
    timeline = tuple(
        TimelineTarget(found[point.label], point.value, point.unit, point.qualifier, point.relation)
        for point in question.timeline
    )
    notes = tuple(f"{_quoted(label.evidence or '')} is also in {_name(other)}" for label, other in also)
    targets = [*found.values(), *(_in(label, other, library) for label, other in also)]
    return Resolved(tuple(dict.fromkeys(targets)), timeline, notes, _answers(question, library))


def _answers(question: Question, library: Library) -> tuple[str, ...] | None:
    labels = question.labels
    if question.timeline:
        # Each statement was right in its time; of facts that are no figures one is marked.
        labels = tuple(point.label for point in question.timeline if point.answers)
    texts = [span.of(_release(label, library).body) for label in labels for span in label.spans]
    return tuple(dict.fromkeys(texts)) if texts else question.answers


def _in(label: Label, release: Release, library: Library) -> Target:
    if label.spans:
        if not release.sha256.startswith(label.sha256):
            raise LookupError(f"{_name(release)} is not the text that was labelled: its SHA-256 is {release.sha256}")
        start, paragraph = _paragraph(release.body, label.spans[0])
        return Target(release.id, release.title, release.published, label.grade, label.spans, paragraph, start)
    if label.evidence is None:
        return Target(release.id, release.title, release.published, label.grade, ())
    spans = _places(label.evidence, release.body)
    if label.occurrence is not None:
        spans = spans[label.occurrence : label.occurrence + 1]
    if not spans:
        raise LookupError(_missing(label.evidence, release, library))
    start, paragraph = _paragraph(release.body, spans[0])
    return Target(release.id, release.title, release.published, label.grade, tuple(spans), paragraph, start)


def _repeated(label: Label, target: Target, library: Library) -> list[Release]:
    if label.evidence is None or isinstance(label.release, str):
        return []
    return [other for other in library.holding(label.evidence) if other.id != target.release_id]


def _release(label: Label, library: Library) -> Release:
    if label.release is None:
        return _only_holder(label.evidence or "", library)
    if isinstance(label.release, str):
        release = library.get(label.release)
        if release is None:
            raise LookupError(f"no release has the id {label.release!r}")
        return release
    named = library.named(label.release)
    if len(named) > 1:
        raise LookupError(f"{len(named)} releases are called {label.release}: {', '.join(r.id for r in named)}")
    if not named:
        near = library.nearest(label.release)
        raise LookupError(f"no release is called {label.release}" + (f"; the nearest is {_name(near)}" if near else ""))
    return named[0]


def _only_holder(evidence: str, library: Library) -> Release:
    holders = library.holding(evidence)
    if not holders:
        raise LookupError(f"{_quoted(evidence)} is not in any release")
    if len(holders) > 1:
        names = " and ".join(map(_name, holders[:2]))
        raise LookupError(f'{_quoted(evidence)} is in {names}; say which with "release"')
    return holders[0]


def _missing(evidence: str, release: Release, library: Library) -> str:
    others = library.holding(evidence)
    there = f"but in {_name(others[0])}" if others else "nor in any other release"
    return f"{_quoted(evidence)} is not in {_name(release)}, {there}"


def _places(evidence: str, body: str) -> list[Span]:
    """Return the places of the words in a body, whatever spaces and line ends are between them."""
    pattern = r"\s+".join(map(re.escape, clean_line(evidence).split(" ")))
    return [Span(*found.span()) for found in re.finditer(pattern, body)]


def _paragraph(body: str, span: Span) -> tuple[int, str]:
    start = body.rfind("\n\n", 0, span.start)
    start = 0 if start < 0 else start + 2
    end = body.find("\n\n", span.end)
    return start, body[start:] if end < 0 else body[start:end]


def _name(release: Release) -> str:
    return f"{release.title!r} of {release.published}"


def _quoted(evidence: str) -> str:
    return f"the evidence {evidence if len(evidence) <= 80 else evidence[:77] + '...'!r}"
