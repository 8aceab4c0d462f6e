"""Labelled figures against those that the index reads in the same releases: scores, and a list of errors."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.metrics.figures import ASPECTS, FigureLabel, FigureScore, figure_score, matched
from eval.sets.figure_labels import Labelled
from index.errors import InputError
from index.figures.read import figures
from index.sources import open_source
from index.types import Figure, Release, Span


@dataclass(frozen=True, slots=True)
class Read:
    """What was read in a labelled release, and its labels."""

    release: Release
    labels: tuple[FigureLabel, ...]
    found: tuple[Figure, ...]


def read_figures(labels: Sequence[Labelled], corpus: Sequence[Path]) -> list[Read]:
    """Read the figures of every labelled release; raises `InputError` for one that is missing or has another text."""
    wanted = {each.release_id for each in labels}
    held: dict[str, list[Release]] = defaultdict(list)
    for path in corpus:
        for entry in open_source(path).read():
            if isinstance(entry, Release) and entry.id in wanted:
                held[entry.id].append(entry)
    return [_read(each, held[each.release_id]) for each in labels]


def _read(labelled: Labelled, candidates: Sequence[Release]) -> Read:
    if not candidates:
        raise InputError(
            f"{labelled.where}: no release {labelled.release_id!r} in the corpus",
            "name every corpus that the labels are of: --corpus PATH",
        )
    # One release may be in two corpora, as published and in our own words: the digest says which is meant.
    for release in candidates:
        if labelled.sha256 and release.sha256.startswith(labelled.sha256):
            break
    else:
        raise InputError(
            f"{labelled.where}: the text of {labelled.release_id!r} has SHA-256 {candidates[0].sha256[:16]},"
            f" not {labelled.sha256}",
            "the labels are of another version of this release: use that corpus, or label it again",
        )
    over = [label for label in labelled.figures if label.span.end > len(release.body)]
    if over:
        raise InputError(
            f"{labelled.where}: the span {over[0].span} lies outside {labelled.release_id!r}", "label it again"
        )
    return Read(release, labelled.figures, tuple(figures(release.body, release.published)))


def score(read: Sequence[Read]) -> FigureScore:
    """Return the scores over all releases read."""
    return figure_score([(each.found, each.labels) for each in read])


def errors(read: Sequence[Read]) -> Iterator[tuple[str, str, str]]:
    """Yield what was read wrong: the aspect ("missed" and "invented" for spans), the place, and what differs."""
    for each in read:
        body = each.release.body
        pairs = matched(each.found, each.labels)
        spans = {figure.span for figure, _ in pairs}
        for label in each.labels:
            if label.span not in spans:
                yield "missed", _place(each.release, label.span), label.span.of(body)
        for figure in each.found:
            if figure.span not in spans:
                yield "invented", _place(each.release, figure.span), figure.span.of(body)
        for figure, label in pairs:
            for name, right in ASPECTS.items():
                if not right(figure, label):
                    yield name, _place(each.release, figure.span), _difference(name, body, figure, label)


def _place(release: Release, span: Span) -> str:
    return f"{release.id} [{span.start}:{span.end}]"


def _difference(name: str, body: str, figure: Figure, label: FigureLabel) -> str:
    def said(side: Figure | FigureLabel) -> str:
        match name:
            case "value":
                return f"{side.value} {side.value_max or ''}".strip()
            case "period":
                period = side.period
                return f"{period.span.of(body)!r} {period.start} to {period.end}" if period else "none"
            case "counted" | "counted, every word":
                return repr(side.counted.of(body)) if side.counted else "none"
        return repr(getattr(side, name))

    return f"{figure.span.of(body)!r}: {said(figure)}, labelled {said(label)}"
