"""A filter as an expression of Milvus: the rule of `index.catalog.validity` in its fourth form."""

from index.catalog.validity import bounds
from index.search.milvus.schema import publisher_field
from index.types import SearchFilter


def expression(where: SearchFilter) -> str:
    """Return the condition that a row fulfils if the filter lets its passage through."""
    rule = bounds(where)
    conditions = []
    for name, (low, high) in rule.days.items():
        if low is not None and low == high:
            conditions.append(f"{name} == {low}")
            continue
        conditions += [f"{name} {sign} {bound}" for sign, bound in ((">=", low), ("<=", high)) if bound is not None]
    if rule.publisher is not None:
        conditions.append(f'publisher == "{publisher_field(rule.publisher)}"')
    return " and ".join(conditions)
