import math
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.catalog.changes import KeywordDocument
from index.catalog.validity import FOREVER
from index.search.keywords import KeywordIndex, LocalKeywordLeg, empty_list, index_files, join, write_words
from index.search.legs import KeywordWeights
from index.search.rows import Held, columns_of
from index.types import SearchFilter

DAY = date(2025, 1, 10).toordinal()


def document(number: int, text: str, **fields: Any) -> KeywordDocument:
    made = {"title": "Notice", "publisher": "Home Office", "published": DAY, "valid_from": DAY, "valid_to": FOREVER}
    return KeywordDocument(number, text, **(made | fields))


WEIGHTS = KeywordWeights(title=0.3, pair=0.8)


def ask(index: LocalKeywordLeg | KeywordIndex, question: str, k: int = 10, **where: Any) -> list[int]:
    return [i for i, _ in index.search(question, k, SearchFilter(**where), WEIGHTS)]


def leg(*documents: KeywordDocument) -> LocalKeywordLeg:
    index = KeywordIndex(None)
    index.add(documents)
    return LocalKeywordLeg(index, Held([columns_of(documents)]))


CURRENT = (
    document(1, "Ferries bring 13,000 visitors.", published=DAY - 1, valid_from=DAY - 1),
    document(2, "Ferries are late.", publisher="Ministère de l’Été"),
    document(3, "Trams are late.", published=DAY + 1, valid_from=DAY + 1),
)


@pytest.fixture
def index() -> LocalKeywordLeg:
    return leg(*CURRENT, document(4, "An earlier word on ferries.", valid_to=DAY + 5))


def test_words_figures_and_titles_are_found(index: LocalKeywordLeg) -> None:
    assert ask(index, "how many visitors by ferry: 13000?")[0] == 1
    assert set(ask(index, "notice")) == {1, 2, 3}
    assert ask(index, "zeppelin") == []
    assert ask(index, "") == ask(index, "ferries", k=0) == []


def test_a_question_is_worth_the_rarity_of_its_terms(index: LocalKeywordLeg) -> None:
    # Of four passages three have "ferries", two "late", none "zeppelin": ln(1 + (4 - n + 0.5) / (n + 0.5)) each.
    worth = {count: math.log(1 + (4 - count + 0.5) / (count + 0.5)) for count in (0, 2, 3)}
    assert index.information("ferries") == pytest.approx(worth[3])
    assert index.information("late ferries and zeppelins") == pytest.approx(sum(worth.values()))
    assert index.information("") == 0


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({}, {1, 2}),
        ({"since": date(2025, 1, 10)}, {2}),
        ({"until": date(2025, 1, 9)}, {1}),
        ({"publisher": "MINISTÈRE DE L’ÉTÉ"}, {2}),
        ({"publisher": "ministe\u0300re  de l’e\u0301te\u0301"}, {2}),
        ({"as_of": date(2025, 1, 9)}, {1}),
        ({"as_of": date(2025, 1, 14)}, {1, 2, 4}),
        ({"as_of": date(2025, 1, 15)}, {1, 2}),
        ({"as_of": date.max}, {1, 2}),
        ({"as_of": date.min}, set()),
    ],
)
def test_filters_at_their_boundaries(index: LocalKeywordLeg, where: dict[str, Any], found: set[int]) -> None:
    assert set(ask(index, "ferries", **where)) == found


def test_a_filter_does_not_move_scores(index: LocalKeywordLeg) -> None:
    free = dict(index.search("late ferries", 10, SearchFilter(), WEIGHTS))
    bound = dict(index.search("late ferries", 10, SearchFilter(since=date(2025, 1, 10)), WEIGHTS))
    assert bound == {i: score for i, score in free.items() if i in {2, 3}}


def test_what_was_superseded_is_passed_over_however_much_of_it_is_better() -> None:
    better = [document(i, "Ferries.", valid_to=DAY + 5) for i in range(1, 200)]
    current = [document(i, "Ferries are late, and so are trams and planes.") for i in range(200, 210)]
    index = leg(*better, *current)
    assert ask(index, "ferries", 4) == [200, 201, 202, 203]
    assert ask(index, "ferries", 40) == list(range(200, 210))
    assert ask(index, "ferries", 3, as_of=date(2025, 1, 12)) == [1, 2, 3]
    assert ask(index, "ferries", 3, publisher="Nobody") == []


def test_joined_indexes_score_as_one_index_over_all_documents(tmp_path: Path) -> None:
    documents = [
        *CURRENT,
        *(document(i, f"Ferry number {i} leaves at {i % 7} from the harbour.") for i in range(5, 60)),
    ]
    segments, joined = [], tmp_path / "joined"
    joined.mkdir()
    template = empty_list(joined)
    for some in (documents[:2], documents[2:30], documents[30:]):
        template, names = write_words(joined, some)
        segments += template["segments"]
        assert {path.name for path in index_files(joined)} >= set(names) != set()
    join(joined, template, segments)
    one, whole = KeywordIndex(joined), KeywordIndex(None)
    whole.add(documents)
    assert len(one) == len(documents)
    for question in ("late ferries", "ferry 5 harbour", "13000 visitors"):
        for where in (SearchFilter(), SearchFilter(until=date(2025, 1, 9))):
            assert one.search(question, 20, where, WEIGHTS) == whole.search(question, 20, where, WEIGHTS)
        assert one.information(question) == whole.information(question)


def test_equals_come_in_the_order_of_ids_also_where_k_cuts() -> None:
    made = KeywordIndex(None)
    for start in (41, 21, 1):  # several segments, the later ids first
        made.add([document(i, "Ferries are late.") for i in range(start, start + 20)])
    assert ask(made, "ferries", 25) == list(range(1, 26))


@given(st.text(max_size=300))
@settings(max_examples=100, deadline=None)
def test_no_question_is_too_odd(question: str) -> None:
    ask(ODD, question)


ODD = KeywordIndex(None)
ODD.add([document(1, 'Ferries AND (late OR) "quoted" title:x ~1 * \\ 10.5%.')])


def test_a_long_question_is_answered(index: LocalKeywordLeg) -> None:
    assert ask(index, " ".join(f"word{i}" for i in range(700)) + " visitors") == [1]


def test_a_folder_holds_what_was_committed(tmp_path: Path) -> None:
    KeywordIndex(tmp_path).add([document(7, "Ferries.")])
    assert ask(KeywordIndex(tmp_path), "ferry") == [7]


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "meta.json").write_text("[]", "utf-8")
    with pytest.raises(ValueError, match="not a keyword index"):
        KeywordIndex(tmp_path)


def test_a_folder_that_cannot_be_written_is_read(tmp_path: Path, python: Callable[..., Any]) -> None:
    folder, scratch = tmp_path / "index", tmp_path / "tmp"
    folder.mkdir()
    scratch.mkdir()
    KeywordIndex(folder).add([document(7, "Ferries.")])
    folder.chmod(0o500)
    code = """
import sys, pathlib
from index.search.keywords import KeywordIndex, LocalKeywordLeg, empty_list, index_files, join, write_words
from index.search.legs import KeywordWeights
from index.search.rows import Held, columns_of
from index.types import SearchFilter
index = KeywordIndex(pathlib.Path(sys.argv[1]))
print(index.search("ferry", 5, SearchFilter(), KeywordWeights(1, 1))[0][0])
"""
    result = python(code, str(folder), unprivileged=True, env={"TMPDIR": str(scratch)})
    folder.chmod(0o700)
    assert (result.stdout, result.stderr) == (b"7\n", b"")
    assert list(scratch.iterdir()) == []
