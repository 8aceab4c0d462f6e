"""Labels of the figures of releases, as offsets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from eval.metrics.figures import FigureLabel, PeriodLabel
from index.errors import InputError
from index.figures.qualifiers import QUALIFIERS
from index.types import Span

Offsets = tuple[int, int]
"""Start and end in a release's body, in code points."""


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Period(_Written):
    span: Offsets
    start: date | None
    end: date | None


class _Figure(_Written):
    span: Offsets
    value: Decimal
    value_max: Decimal | None
    unit: str
    qualifier: str
    counted: Offsets | None
    change: Literal["up", "down"] | None
    period: _Period | None


class _Line(_Written):
    corpus: str
    release: str
    sha256: str
    split: str
    figures: list[_Figure]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A release with every figure of it labelled; ``where`` is the file and line."""

    where: str
    release_id: str
    sha256: str
    split: str
    figures: tuple[FigureLabel, ...]


def read_labels(paths: Sequence[Path], split: str | None) -> list[Labelled]:
    """Return the labels of the files, or those of one split; raises `InputError` with the file and line of a fault."""
    made = []
    for path in paths:
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"cannot read the labels {path}: {error}", "name a JSON Lines file of labels") from error
        for number, line in enumerate(lines, start=1):
            if line.strip():
                made.append(_parsed(line, f"{path}:{number}"))
    known = sorted({each.split for each in made})
    chosen = [each for each in made if split is None or each.split == split]
    if not chosen:
        hint = f"splits here: {', '.join(known)}" if known else "name a file that has labels"
        raise InputError(f"no labels of the split {split!r}" if split else "the files hold no labels", hint)
    return chosen


def _parsed(line: str, where: str) -> Labelled:
    try:
        written = _Line.model_validate_json(line)
        labels = tuple(_label(each) for each in written.figures)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{where}: {place or 'line'}: {first['msg']}", "the form is in eval/data/README.md") from error
    except ValueError as error:
        raise InputError(f"{where}: {error}", "the form is in eval/data/README.md") from error
    return Labelled(where, written.release, written.sha256, written.split, labels)


def _label(written: _Figure) -> FigureLabel:
    if written.qualifier not in QUALIFIERS:
        raise ValueError(f"no qualifier {written.qualifier!r}: {', '.join(QUALIFIERS)}")
    period = written.period
    return FigureLabel(
        span=Span(*written.span),
        value=written.value,
        value_max=written.value_max,
        unit=written.unit,
        qualifier=written.qualifier,
        counted=Span(*written.counted) if written.counted else None,
        change=written.change,
        period=PeriodLabel(Span(*period.span), period.start, period.end) if period else None,
    )
