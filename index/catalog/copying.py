"""Copying a whole catalog to another database: every revision, vector and generation, under the same id."""

from itertools import islice

from index.catalog.connection import Store
from index.catalog.reader import Catalog
from index.catalog.schema import make_tables
from index.errors import InputError

_TABLES = ("meta", "generation", "revision", "passage", "figure", "removed", "embedding", "cursor", "page", "origin")
"""The tables in an order in which each refers only to those before it."""

_AT_ONCE = 1_000
"""How many rows are held in memory at a time (set by judgement)."""


def copy(source: Catalog, target: Store, *, wait: float = 0.0) -> int:
    """Copy a catalog of the newest schema to a place that holds none, whole or not at all; return its revisions.

    What is written to ``source`` meanwhile is not copied. Raises `InputError` if there is a catalog at ``target``, and
    what making one raises.
    """
    with source.snapshot(), target.making(wait=wait) as made:
        if made is None:
            raise InputError(f"there is an index in {target.place} already", "name a place that holds none")
        make_tables(made)
        for table in _TABLES:
            rows = iter(source.connection.stream(f"SELECT * FROM {table}"))
            while some := list(islice(rows, _AT_ONCE)):
                marks = ", ".join("?" * len(some[0]))
                made.executemany(f"INSERT INTO {table} VALUES ({marks})", some)
        target.go_on_counting(made)
        return source.count_revisions()
