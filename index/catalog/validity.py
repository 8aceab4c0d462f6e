"""Which revision of a release a search may see: one rule, as bounds on four fields, and two forms of it.

`sees` applies it in Python and `visible` writes it as SQL. The forms for tantivy and Milvus are in
`index.search.keywords` and `index.search.milvus.expressions`, because the catalog must not import a search library.
"""

from dataclasses import dataclass
from datetime import date

from index.text.publishers import publisher_key
from index.types import Release, SearchFilter

FOREVER = date.max.toordinal()
"""The value of ``valid_to`` for a current revision: no later revision has superseded it."""

Range = tuple[int | None, int | None]
"""The first and the last day that are let through, as `date.toordinal` counts them; None for no bound."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The conditions that a filter puts on a revision.

    ``publisher`` is a name as `publisher_key` gives it; None lets all publishers through.
    """

    published: Range
    valid_from: Range
    valid_to: Range
    publisher: str | None

    @property
    def days(self) -> dict[str, Range]:
        """The ranges that have a bound, by the name of their field."""
        ranges = {"published": self.published, "valid_from": self.valid_from, "valid_to": self.valid_to}
        return {name: bounds for name, bounds in ranges.items() if bounds != (None, None)}


def bounds(where: SearchFilter) -> Bounds:
    """Return the conditions of a filter: revisions that are current now, or that were at the end of ``where.as_of``.

    A revision is valid from the day ``valid_from`` to the day before ``valid_to``.
    """
    day = where.as_of.toordinal() if where.as_of else None
    since = where.since.toordinal() if where.since else None
    until = where.until.toordinal() if where.until else None
    return Bounds(
        published=(since, min((last for last in (day, until) if last is not None), default=None)),
        valid_from=(None, day),
        # On the last day of the calendar, too, a current revision is visible.
        valid_to=(FOREVER, FOREVER) if day is None else (min(day + 1, FOREVER), None),
        publisher=publisher_key(where.publisher) if where.publisher is not None else None,
    )


def sees(where: SearchFilter, release: Release, valid_from: int | None = None, valid_to: int = FOREVER) -> bool:
    """Return True if a filter lets a revision through; without ``valid_from`` it is valid from its publication."""
    rule = bounds(where)
    published = release.published.toordinal()
    values = {"published": published, "valid_from": published if valid_from is None else valid_from}
    values["valid_to"] = valid_to
    inside = all(
        (low is None or low <= values[name]) and (high is None or values[name] <= high)
        for name, (low, high) in rule.days.items()
    )
    return inside and rule.publisher in (None, publisher_key(release.publisher))


def visible(where: SearchFilter) -> tuple[str, tuple[int | str, ...]]:
    """Return a filter as an SQL condition on the table alias ``r`` (a revision), and the values of its parameters."""
    rule = bounds(where)
    conditions: list[str] = []
    values: list[int | str] = []
    for name, (low, high) in rule.days.items():
        if low is not None and low == high:
            conditions.append(f"r.{name} = ?")
            values.append(low)
            continue
        for sign, bound in ((">=", low), ("<=", high)):
            if bound is not None:
                conditions.append(f"r.{name} {sign} ?")
                values.append(bound)
    if rule.publisher is not None:
        conditions.append("r.publisher_key = ?")
        values.append(rule.publisher)
    return " AND ".join(conditions), tuple(values)
