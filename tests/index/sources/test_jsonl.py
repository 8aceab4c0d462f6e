import json
import tracemalloc
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.errors import SourceError
from index.sources import dump_line, open_source
from index.sources.build import build_release
from index.sources.clean import EntryError
from index.sources.jsonl import JsonLines
from index.types import Problem, Release

REAL = Path(__file__).parents[3].parent / "shared" / "corpus" / "govuk-news-dev.jsonl"
GOOD = {
    "title": "Ferries",
    "body": "They run.",
    "publisher": "Department for Transport",
    "published": "2024-03-04",
}


def read(folder: Path, *lines: str | bytes) -> list[Release | Problem]:
    path = folder / "releases.jsonl"
    path.write_bytes(b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines))
    return list(JsonLines(path).read())


@st.composite
def releases(draw: st.DrawFn) -> Release | None:
    word = st.text(max_size=20)
    try:
        return build_release(
            title=draw(word) + "t",
            body="\n".join(draw(st.lists(word, max_size=5))) + "b",
            publisher=draw(word) + "p",
            published=draw(st.dates()),
            id=draw(st.none() | word),
            url=draw(st.none() | st.just("https://example.org/a?b=c&d=é")),
        )
    except EntryError:
        return None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(releases().filter(bool), min_size=1, max_size=5))
def test_what_is_written_is_read_back_equal(tmp_path: Path, written: list[Release]) -> None:
    assert read(tmp_path, *map(dump_line, written)) == written


@pytest.mark.shared
@pytest.mark.skipif(not REAL.exists(), reason="the real news items are not beside the repository (../shared)")
def test_the_real_news_items_are_all_read() -> None:
    results = list(open_source(REAL).read())

    assert len(results) == 963
    assert all(isinstance(result, Release) for result in results)
    assert len({result.id for result in results if isinstance(result, Release)}) == 963


def test_other_keys_times_and_absent_fields_are_accepted(tmp_path: Path) -> None:
    line = GOOD | {
        "published": "2024-03-04T09:30:00.000+00:00",
        "subtitle": "S",
        "id": None,
        "url": "https://e.org",
    }
    (release,) = read(tmp_path, "", json.dumps(line), "  ")

    assert release == Release(
        "department-for-transport-2024-03-04-ferries",
        "Ferries",
        "They run.",
        "Department for Transport",
        date(2024, 3, 4),
        "https://e.org",
    )


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not JSON: EOF while parsing an object at column 1"),
        ("nonsense", "not JSON: expected value at column 2"),
        ("[1, 2]", "not a JSON object but an array"),
        ("null", "not a JSON object but null"),
        ("{}", '"title" is missing; "body" is missing; "publisher" is missing; "published" is missing'),
        (json.dumps(GOOD | {"title": 5}), '"title" must be a string, not a number'),
        (json.dumps(GOOD | {"publisher": ["A"]}), '"publisher" must be a string, not an array'),
        (json.dumps(GOOD | {"body": None}), '"body" must be a string, not null'),
        (json.dumps(GOOD | {"body": " \n "}), "the body is empty"),
        (json.dumps(GOOD | {"published": "2024-02-31"}), 'no such day as "2024-02-31"'),
        (json.dumps(GOOD | {"published": "yesterday"}), '"yesterday" is not a date'),
        (json.dumps(GOOD | {"published": 20240304}), '"published" must be a string'),
        (json.dumps(GOOD | {"url": "javascript:x()"}), "the url must start with http"),
        (json.dumps(GOOD | {"body": "half \ud83d"}), "not JSON"),
        (json.dumps(GOOD).encode().replace(b"run", b"r\xfcn"), "byte 0xfc at column 37 is not UTF-8"),
        ("[" * 100_000, "not JSON: recursion limit"),
        (json.dumps(GOOD).replace("They", "Th\x01ey"), "not JSON: control character"),
    ],
)
def test_a_bad_line_is_a_problem_and_the_good_ones_go_on(tmp_path: Path, line: str | bytes, reason: str) -> None:
    first, bad, last = read(tmp_path, json.dumps(GOOD), line, json.dumps(GOOD))

    assert isinstance(first, Release)
    assert first == last
    assert isinstance(bad, Problem)
    assert Path(bad.where).name == "releases.jsonl:2"
    assert reason in bad.reason
    assert "\n" not in bad.reason


def test_a_line_of_a_hundred_megabytes_is_passed_over_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "big.jsonl"
    with path.open("wb") as file:
        file.write(b'{"body": "')
        for _ in range(100):
            file.write(b"x" * 1_000_000)
        file.write(b'"}\n' + json.dumps(GOOD).encode())
    tracemalloc.start()
    bad, good = open_source(path).read()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert isinstance(bad, Problem)
    assert bad.reason == "the line is longer than 20,000,000 characters"
    assert isinstance(good, Release)
    assert peak < 90_000_000


@pytest.mark.parametrize("end", ["", "\n"])
def test_the_longest_line_that_is_allowed_is_read(tmp_path: Path, end: str) -> None:
    path = tmp_path / "a.jsonl"
    line = json.dumps(GOOD)
    path.write_text(line + end, "utf-8")

    assert isinstance(next(JsonLines(path, max_line=len(line)).read()), Release)
    assert isinstance(next(JsonLines(path, max_line=len(line) - 1).read()), Problem)


def test_a_file_of_blank_lines_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="holds no release"):
        read(tmp_path, "", " ")


def test_a_file_with_our_fields_and_days_as_americans_write_them_is_one_of_other_people(tmp_path: Path) -> None:
    path = tmp_path / "releases.jsonl"
    days = ["03/25/2024", "03/04/2024"]
    path.write_text("\n".join(json.dumps(GOOD | {"title": day, "published": day}) for day in days))
    releases = list(open_source(path).read())

    assert [each.published for each in releases if isinstance(each, Release)] == [date(2024, 3, 25), date(2024, 3, 4)]
