"""Facts that change: counts, a split by the release that a question turns on, and places that hold what they held."""

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from eval.runs.corpus import gather
from eval.sets.load import load_set
from index.sources import open_source
from index.types import Release

DATA = Path(__file__).parents[2] / "eval" / "data"
QUESTIONS, RELEASES = DATA / "changed-facts.jsonl", DATA / "changed-facts-releases.jsonl"
NEWS = Path(__file__).parents[2].parent / "shared" / "corpus" / "govuk-news-dev.jsonl"


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    return [json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines()]


def test_each_split_has_the_questions_it_is_said_to_have(rows: list[dict[str, Any]]) -> None:
    """The counts of eval/data/README.md."""
    counts = {("dev", "changed"): 27, ("dev", "alike"): 20, ("test", "changed"): 21, ("test", "alike"): 22}
    assert Counter((row["split"], row["kind"]) for row in rows) == counts
    assert len({row["id"] for row in rows}) == len(rows)


def test_what_changed_has_an_earlier_statement_and_what_is_alike_has_one_alone(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        relations = [point["relation"] for point in row["timeline"]]
        assert relations[0] == "latest", row["id"]
        assert ("earlier" in relations) == (row["kind"] == "changed"), row["id"]
        assert row["answer"] in {point["release"] for point in row["timeline"]}, row["id"]


def test_no_release_of_ours_is_in_two_splits_and_the_hash_says_in_which(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        ours = {
            point["release"].removeprefix("facts/") for point in row["timeline"] if point["release"][:6] == "facts/"
        }
        for name in ours:
            drawn = "test" if int(hashlib.sha256(f"facts:{name}".encode()).hexdigest(), 16) % 2 else "dev"
            assert row["split"] == drawn, row["id"]


def test_our_releases_are_read_whole() -> None:
    entries = list(open_source(RELEASES).read())
    assert len(entries) == 48
    assert all(isinstance(entry, Release) for entry in entries)


@pytest.mark.shared
def test_every_place_stands_in_the_release_that_was_labelled() -> None:
    if not NEWS.is_file():
        pytest.skip(f"the real news items are not here: {NEWS}")
    loaded = load_set(QUESTIONS)
    found = gather(loaded, [NEWS, RELEASES], []).resolved
    for question in loaded.questions:
        answers = found[question.id].answers
        assert answers, question.id
        assert all(answer == answer.strip() != "" for answer in answers), question.id
