"""Gold sets as people write them: JSON Lines, one question a line, and checked completely before anything runs."""

import difflib
import hashlib
import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from eval.sets.lines import GoldError, Seen
from eval.types import GoldQuantity, GoldSet, Label, Question, ReleaseKey, TimelineLabel
from index.sources.clean import EntryError, clean_line
from index.sources.json_faults import sentence
from index.sources.lines import read_lines
from index.types import Problem


class _Release(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    title: str
    date: str


class _Point(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    release: _Release
    value: float
    unit: str
    qualifier: str
    evidence: str
    relation: Literal["latest", "earlier", "same", "conflict"]


class _Line(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    id: str
    question: str
    answers: list[str] | None = None
    value: Decimal | None = None
    unit: str | None = None
    release: _Release | None = None
    evidence: str | None = None
    kind: str | None = None
    as_of: str | None = None
    timeline: list[_Point] | None = None
    split: str | None = None
    note: str | None = None


class _Bad(ValueError):
    """Why a line is no question."""


def load(path: Path, split: str | None = None) -> GoldSet:
    """Read a gold set in JSON Lines; of a ``split``, the lines whose "split" is that.

    Raises `GoldError` with every problem of the file, `InputError` for a split that no line has, and `SourceError` if
    the file cannot be read.
    """
    questions: list[Question] = []
    problems: list[Problem] = []
    seen = Seen(path)
    for line in read_lines(path):
        where = f"{path}:{line.number}"
        if line.fault is None and not line.text.strip():
            continue
        try:
            if line.fault is not None:
                raise _Bad(line.fault)
            entry = _parse(line.text)
            if repeated := seen.repeated(entry.id, where):
                raise _Bad(repeated)
            wanted = seen.in_split(entry.split, split)
            question = _question(entry, where)
        except _Bad as error:
            problems.append(Problem(where, str(error)))
        else:
            if wanted:
                questions.append(question)
    if problems:
        raise GoldError(path, problems, f"mend these lines; check again: pressqa eval validate {path}")
    seen.check(split)
    if not questions:
        hint = 'write one JSON object a line: {"id": ..., "question": ..., "answers": [...]}'
        raise GoldError(path, [Problem(str(path), "it holds no questions")], hint)
    return GoldSet(path, "gold", digest(path), tuple(questions))


def digest(*paths: Path) -> str:
    """Return the SHA-256 over the bytes of files, in the order given."""
    total = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            total.update(hashlib.file_digest(file, "sha256").digest())
    return total.hexdigest()


def _parse(text: str) -> _Line:
    try:
        return _Line.model_validate_json(text)
    except ValidationError as error:
        raise _Bad("; ".join(_sentence(detail) for detail in error.errors(include_url=False))) from None


def _sentence(detail: ErrorDetails) -> str:
    if detail["type"] != "extra_forbidden":
        return sentence(detail)
    field = ".".join(str(part) for part in detail["loc"])
    near = difflib.get_close_matches(field, _Line.model_fields, 1)
    return f'unknown key "{field}"' + (f'; did you mean "{near[0]}"?' if near else "")


def _question(entry: _Line, where: str) -> Question:
    if not entry.id.strip():
        raise _Bad('"id" is empty')
    if not any(mark.isalnum() for mark in entry.question):
        raise _Bad(f"the question has no words: {entry.question!r}")
    timeline = tuple(_point(point) for point in entry.timeline or ())
    if entry.answers is None and not timeline:
        raise _Bad('"answers" is missing; write [] if the corpus has no answer')
    labels = tuple(point.label for point in timeline)
    if entry.answers:
        if entry.evidence is None:
            raise _Bad('a question with answers needs "evidence", the words of the release that state one')
        labels = (_label(entry.release, entry.evidence), *labels)
        _check_answers(entry.answers, entry.evidence)
    elif entry.release is not None or entry.evidence is not None:
        raise _Bad('"release" and "evidence" are given, but "answers" is empty')
    if entry.value is None and entry.unit is not None:
        raise _Bad('"unit" is given without "value"')
    if entry.value is not None and not entry.answers:
        raise _Bad('"value" is given, but "answers" is empty')
    return Question(
        id=entry.id,
        text=entry.question,
        answers=None if entry.answers is None else tuple(entry.answers),
        labels=tuple(dict.fromkeys(labels)),
        kind=entry.kind or _kind(entry, timeline),
        where=where,
        as_of=_day("as_of", entry.as_of) if entry.as_of is not None else None,
        timeline=timeline,
        quantity=None if entry.value is None else GoldQuantity(entry.value, entry.unit or ""),
    )


def _kind(entry: _Line, timeline: Sequence[TimelineLabel]) -> str:
    if timeline:
        return "timeline"
    return "answerable" if entry.answers else "unanswerable"


def _check_answers(answers: Sequence[str], evidence: str) -> None:
    """Raise `_Bad` unless the first answer is in the words of the evidence; others may be written in other ways."""
    blank = [answer for answer in answers if not answer.strip()]
    if blank:
        raise _Bad("an answer is empty; leave it out, or write [] if the corpus has no answer")
    answer = _words(answers[0])
    if re.search(rf"(?<!\w){re.escape(answer)}(?!\w)", _words(evidence), re.IGNORECASE) is None:
        raise _Bad(f"the answer {answers[0]!r} is not in its evidence {_shorten(evidence)!r}")


def _label(release: _Release | None, evidence: str) -> Label:
    if not any(mark.isalnum() for mark in evidence):
        raise _Bad(f"the evidence has no words: {evidence!r}")
    key = ReleaseKey(release.title, _day("release.date", release.date)) if release is not None else None
    return Label(key, evidence)


def _point(point: _Point) -> TimelineLabel:
    label = _label(point.release, point.evidence)
    return TimelineLabel(label, point.value, point.unit, point.qualifier, point.relation)


def _day(field: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _Bad(f'"{field}" is not a date: {text!r}; write it as 2025-01-31') from None


def _words(text: str) -> str:
    """Return a text as `Release.body` would hold it, on one line."""
    try:
        return clean_line(text)
    except EntryError as error:
        raise _Bad(str(error)) from None


def _shorten(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:77]}..."
