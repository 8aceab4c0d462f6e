"""Which revision of a release a search may see: the rule, and the rule as an SQL condition."""

from datetime import date

from index.text.publishers import publisher_key
from index.types import SearchFilter

FOREVER = date.max.toordinal()
"""The end of validity of a revision that still stands."""


def visible(where: SearchFilter) -> tuple[str, tuple[int | str, ...]]:
    """Return the SQL condition on ``revision r`` for a filter, with its values."""
    conditions: list[str] = []
    values: list[int | str] = []
    if where.as_of is None:
        conditions.append("r.valid_to = ?")
        values.append(FOREVER)
    else:
        conditions.append("r.published <= ? AND r.valid_from <= ? AND r.valid_to > ?")
        day = where.as_of.toordinal()
        values += [day, day, min(day, FOREVER - 1)]  # the last day there is must not end what stands for ever
    if where.since is not None:
        conditions.append("r.published >= ?")
        values.append(where.since.toordinal())
    if where.until is not None:
        conditions.append("r.published <= ?")
        values.append(where.until.toordinal())
    if where.publisher is not None:
        conditions.append("publisher_key(r.publisher) = ?")
        values.append(publisher_key(where.publisher))
    return " AND ".join(conditions), tuple(values)
