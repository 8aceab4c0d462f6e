"""The in-domain questions: form, counts, a split by release, and offsets that are what they were in the real items."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from eval.runs.corpus import gather
from eval.sets.load import load_set

QUESTIONS = Path(__file__).parents[2] / "eval" / "data" / "govuk-questions.jsonl"
NEWS = Path(__file__).parents[2].parent / "shared" / "corpus" / "govuk-news-dev.jsonl"
WHY = {"wrong-measure", "wrong-year", "wrong-body", "not-stated"}


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    return [json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines()]


def test_each_split_has_the_questions_it_is_said_to_have_and_none_twice(rows: list[dict[str, Any]]) -> None:
    """The counts of eval/data/README.md: a line that gets lost would change every result on its split."""
    assert Counter(row["split"] for row in rows) == {"train": 5992, "dev": 650, "test": 528}
    assert Counter(row["split"] for row in rows if not row["answers"]) == {"train": 1803, "dev": 216, "test": 178}
    assert len({row["id"] for row in rows}) == len({row["question"].casefold() for row in rows}) == len(rows)


def test_a_question_says_why_it_has_no_answer_or_has_one_in_its_passage(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        start, end = row["passage"]
        if row["answers"]:
            assert row["why"] is None, row["id"]
            assert start <= row["answers"][0][0] < row["answers"][0][1] <= end, row["id"]
        else:
            assert row["why"] in WHY, row["id"]


def test_no_release_is_in_two_splits(rows: list[dict[str, Any]]) -> None:
    splits = {(row["release"], row["split"]) for row in rows}
    assert max(Counter(release for release, _ in splits).values()) == 1
    assert {split for _, split in splits} == {"train", "dev", "test"}


@pytest.mark.shared
def test_every_offset_stands_in_the_item_that_was_labelled() -> None:
    if not NEWS.is_file():
        pytest.skip(f"the real news items are not here: {NEWS}")
    loaded = load_set(QUESTIONS)
    found = gather(loaded, [NEWS], []).resolved
    for question in loaded.questions:
        answers = found[question.id].answers
        assert answers is not None
        assert all(answer == answer.strip() != "" for answer in answers), question.id
