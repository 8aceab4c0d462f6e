"""The rule of which revision is visible, told by Python, SQL, numpy, tantivy and Milvus, must be one rule."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from index.catalog.changes import KeywordDocument
from index.catalog.validity import FOREVER, bounds, sees, visible
from index.search.keywords import KeywordIndex, LocalKeywordLeg
from index.search.legs import KeywordWeights
from index.search.milvus.expressions import expression
from index.search.milvus.schema import row
from index.search.rows import Held, columns_of, let_through
from index.text.publishers import publisher_key
from index.types import Release, SearchFilter

FIRST = date(2025, 1, 1).toordinal()
# A few days, so that bounds are met exactly, and the two ends of the calendar.
ordinals = st.integers(FIRST, FIRST + 4) | st.sampled_from([1, FOREVER - 1, FOREVER])
days = st.none() | ordinals.map(date.fromordinal)
publishers = st.sampled_from(["Home Office", "HOME  OFFICE", "Ministère de l’Été", "MINISTE\u0300RE DE L’ÉTÉ"])
filters = st.builds(SearchFilter, days, days, days, st.none() | publishers)
revisions = st.tuples(ordinals, ordinals, ordinals, publishers)  # published, valid_from, valid_to, publisher


@given(filters, st.lists(revisions, min_size=1, max_size=12))
@settings(max_examples=150, deadline=None)
def test_the_four_renderings_agree(where: SearchFilter, rows: list[tuple[int, int, int, str]]) -> None:
    plain = set()
    for number, (published, valid_from, valid_to, publisher) in enumerate(rows, 1):
        release = Release("r", "t", "b", publisher, date.fromordinal(published))
        if sees(where, release, valid_from, valid_to):
            plain.add(number)

    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(
            "CREATE TABLE revision (id INTEGER PRIMARY KEY, published, valid_from, valid_to, publisher_key)"
        )
        connection.executemany(
            "INSERT INTO revision (published, valid_from, valid_to, publisher_key) VALUES (?, ?, ?, ?)",
            [(*days, publisher_key(publisher)) for *days, publisher in rows],
        )
        condition, values = visible(where)
        sql = {row[0] for row in connection.execute(f"SELECT id FROM revision r WHERE {condition}", values)}
    assert sql == plain

    documents = [
        KeywordDocument(number, "ferry", "title", publisher, published, valid_from, valid_to)
        for number, (published, valid_from, valid_to, publisher) in enumerate(rows, 1)
    ]
    columns = columns_of(documents)
    assert set(columns[0][let_through(columns, where)].tolist()) == plain

    index = KeywordIndex(None)
    index.add(documents)
    leg = LocalKeywordLeg(index, Held([columns]))
    assert {i for i, _ in leg.search("ferry", len(rows), where, KeywordWeights(0, 0))} == plain

    # What we write of Milvus's expressions means the same in Python; the contract of an index asks a server.
    condition = expression(where)
    for number, (published, valid_from, valid_to, publisher) in enumerate(rows, 1):
        document = KeywordDocument(number, "ferry", "title", publisher, published, valid_from, valid_to)
        assert eval(condition, {}, row(document, np.ones(1, np.float32))) == (number in plain)


def test_the_rule_by_example() -> None:
    release = Release("r", "t", "b", "Home Office", date(2025, 1, 10))
    published = release.published.toordinal()
    ended = published + 5  # 15 January: another revision took its place
    assert sees(SearchFilter(), release)
    assert not sees(SearchFilter(), release, valid_to=ended)
    assert sees(SearchFilter(as_of=date(2025, 1, 14)), release, valid_to=ended)
    assert not sees(SearchFilter(as_of=date(2025, 1, 15)), release, valid_to=ended)
    assert not sees(SearchFilter(as_of=date(2025, 1, 9)), release)
    assert sees(SearchFilter(as_of=date.max), release)
    assert sees(SearchFilter(publisher="home  OFFICE"), release)
    assert not sees(SearchFilter(until=date(2025, 1, 31)), replace(release, published=date(2025, 2, 1)))
    narrowed = bounds(SearchFilter(as_of=date(2025, 1, 20), until=date(2025, 1, 31)))
    assert narrowed.published == (None, date(2025, 1, 20).toordinal())
