"""Our own sets over corpora whose text may not be copied here: labels are offsets into the stored bodies."""

from datetime import date
from pathlib import Path
from typing import Any

from eval.sets.gold import digest
from eval.sets.lines import Problems, Seen, rows
from eval.sets.lines import made as made_set
from eval.types import GoldSet, Label, Question, TimelineLabel
from index.types import Span

_RELATIONS = ("latest", "same", "earlier", "conflict")


def offsets(path: Path, split: str | None) -> GoldSet:
    """Read questions whose answers are offsets into releases that are not here: name them with ``--corpus``.

    Lines of ``{id, question, kind, release, sha256, answers[[start, end]], split}``; ``release`` is an id, without
    answers the release does not answer the question. ``split`` keeps the questions of that split.
    """
    problems = Problems(path)
    found: list[Question] = []
    seen = Seen(path)
    for where, row in rows(path, problems, "id", "question", "release", "sha256", "answers"):
        try:
            spans = tuple(Span(start, end) for start, end in row["answers"])
        except (TypeError, ValueError) as error:
            problems.add(where, f'{row["id"]}: "answers" are not [start, end] pairs: {error}')
            continue
        if repeated := seen.repeated(str(row["id"]), where):
            problems.add(where, repeated)
            continue
        if seen.in_split(row.get("split"), split):
            label = Label(str(row["release"]), spans=spans, sha256=str(row["sha256"]))
            kind = str(row.get("kind", "unknown")) if spans else "unanswerable"
            # Where there are answers, they are read off the body: see `eval.sets.resolve`.
            labels, answers = ((label,), None) if spans else ((), ())
            found.append(Question(str(row["id"]), str(row["question"]), answers, labels, kind, where))
    problems.check()
    seen.check(split)
    return made_set(path, "offsets", found, releases=(), sha256=digest(path))


def is_timeline(row: Any) -> bool:
    """Return True if a line belongs to a set of timelines by offsets."""
    points = row.get("timeline") if isinstance(row, dict) else None
    first = points[0] if isinstance(points, list) and points else None
    return isinstance(first, dict) and isinstance(first.get("release"), str)


def timelines(path: Path, split: str | None) -> GoldSet:
    """Read questions with the timelines of their figures or facts, as offsets into releases named with ``--corpus``.

    Lines of ``{id, question, split, timeline[{release, sha256, span, sentence, value, unit, qualifier, relation}]}``.
    Of a fact that is no figure a statement has ``spans`` instead, every place where its words stand, and the line has
    ``answer``, the release whose statement answers, ``kind``, and ``as_of`` where it is not asked today.
    """
    problems = Problems(path)
    found: list[Question] = []
    seen = Seen(path)
    for where, row in rows(path, problems, "id", "question", "timeline"):
        if repeated := seen.repeated(str(row["id"]), where):
            problems.add(where, repeated)
            continue
        try:
            points = tuple(_point(point, row.get("answer")) for point in row["timeline"])
            if not points:
                raise ValueError("no statements")
            if all(point.value is None for point in points) and not any(point.answers for point in points):
                raise ValueError(f'"answer" {row.get("answer")!r} is not the release of a statement')
            as_of = date.fromisoformat(row["as_of"]) if row.get("as_of") else None
        except (KeyError, TypeError, ValueError) as error:
            problems.add(where, f"{row['id']}: not a timeline: {error!r}")
            continue
        if seen.in_split(row.get("split"), split):
            labels = tuple(point.label for point in points)
            kind = str(row.get("kind", "timeline"))
            text = str(row["question"])
            found.append(Question(str(row["id"]), text, None, labels, kind, where, as_of=as_of, timeline=points))
    problems.check()
    seen.check(split)
    return made_set(path, "timelines", found, releases=(), sha256=digest(path))


def _point(point: dict[str, Any], answer: str | None) -> TimelineLabel:
    if point["relation"] not in _RELATIONS:
        raise ValueError(f"relation {point['relation']!r}")
    if "spans" in point:
        spans = tuple(Span(start, end) for start, end in point["spans"])
        label = Label(str(point["release"]), spans=spans, sha256=str(point["sha256"]))
        return TimelineLabel(label, None, "", "", point["relation"], answers=point["release"] == answer)
    label = Label(str(point["release"]), spans=(Span(*point["span"]),), sha256=str(point["sha256"]))
    return TimelineLabel(label, float(point["value"]), point["unit"], point["qualifier"], point["relation"])
