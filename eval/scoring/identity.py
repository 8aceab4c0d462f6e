"""Compares two runs question by question, to show that a change of the code changes no answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from eval.runs.folder import Run
from eval.types import Record

ASPECTS: Mapping[str, Callable[[Record], Any]] = MappingProxyType(
    {
        "question": lambda record: (record.question, record.as_of, record.answers),
        "answer": lambda record: (
            record.given and record.given.answer,
            record.best and record.best.answer,
            record.error,
            record.fault,
        ),
        "confidence": lambda record: record.confidence,
        "citations": lambda record: (record.given and record.given.citation, record.best and record.best.citation),
        "timeline": lambda record: record.points,
        "passages": lambda record: record.passages,
        "ranking": lambda record: record.ranked,
    }
)
"""The parts of a record that must be equal to the last digit. Timings and the places of labels are left out."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A question whose records differ, and in which of `ASPECTS`; a record is None if its run did not ask it."""

    id: str
    a: Record | None
    b: Record | None
    aspects: tuple[str, ...]


def changed_questions(a: Run, b: Run) -> tuple[Changed, ...]:
    """Return the questions whose records differ, in the order of ``a``, then those that only ``b`` has."""
    left, right = ({record.id: record for record in run.records} for run in (a, b))
    found = [Changed(name, left.get(name), right.get(name), _aspects(left, right, name)) for name in {**left, **right}]
    return tuple(each for each in found if each.aspects)


def _aspects(left: Mapping[str, Record], right: Mapping[str, Record], name: str) -> tuple[str, ...]:
    if name not in left or name not in right:
        return ("question",)
    return tuple(aspect for aspect, value in ASPECTS.items() if value(left[name]) != value(right[name]))
