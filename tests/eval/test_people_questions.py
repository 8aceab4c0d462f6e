"""Questions in other people's words: form, counts, splits, offsets, and how few words they share with their answers."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from eval.runs.corpus import gather
from eval.sets.load import load_set
from index.sources import open_source
from index.text.terms import stems
from index.types import Release

DATA = Path(__file__).parents[2] / "eval" / "data"
QUESTIONS = DATA / "people-questions.jsonl"
NEWS = Path(__file__).parents[2].parent / "shared" / "corpus" / "govuk-news-dev.jsonl"
WHY = {"wrong-year", "wrong-place", "wrong-body", "wrong-measure", "wrong-unit", "not-stated"}
COUNTS = {
    # split: questions, near misses
    "train": (5_384, 1_711),
    "dev": (536, 179),
    "test": (536, 183),
}


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    return [json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines()]


def test_none_is_lost_and_none_is_there_twice(rows: list[dict[str, Any]]) -> None:
    for split, counts in COUNTS.items():
        part = [row for row in rows if row["split"] == split]
        assert (len(part), sum(not row["answers"] for row in part)) == counts, split
    assert len({row["id"] for row in rows}) == len(rows) == sum(count for count, _ in COUNTS.values())


def test_a_near_miss_says_why_and_every_other_question_has_its_answer_in_its_passage(
    rows: list[dict[str, Any]],
) -> None:
    for row in rows:
        start, end = row["passage"]
        if row["answers"]:
            assert row["why"] is None, row["id"]
            assert start <= row["answers"][0][0] < row["answers"][0][1] <= end, row["id"]
        else:
            assert row["why"] in WHY, row["id"]


def test_no_question_that_is_trained_on_touches_a_release_that_is_measured_on(rows: list[dict[str, Any]]) -> None:
    earlier = [json.loads(line) for line in (DATA / "govuk-questions.jsonl").read_text("utf-8").splitlines()]
    splits = {(row["release"], row["split"]) for row in rows}
    assert max(Counter(release for release, _ in splits).values()) == 1
    trained = {row["release"] for row in (*earlier, *rows) if row["split"] == "train"}
    assert not trained & {row["release"] for row in rows if row["split"] != "train"}


@pytest.mark.shared
def test_every_offset_is_in_the_item_and_few_words_are_shared_with_the_sentence(rows: list[dict[str, Any]]) -> None:
    if not NEWS.is_file():
        pytest.skip(f"the real news items are not here: {NEWS}")
    loaded = load_set(QUESTIONS)
    found = gather(loaded, [NEWS], []).resolved
    assert all(answer == answer.strip() != "" for each in found.values() for answer in each.answers or ())
    bodies = {each.id: each.body for each in open_source(NEWS).read() if isinstance(each, Release)}
    for row in rows:
        if row["answers"]:
            asked = {word for word in stems(row["question"]) if len(word) > 1 or word.isdigit()}
            said = set(stems(sentence_of(bodies[row["release"]], row["passage"], row["answers"][0])))
            assert 2 * len(asked & said) <= len(asked), row["id"]


def sentence_of(body: str, passage: list[int], answer: list[int]) -> str:
    """Return the sentence of an answer, cut at marks that end one: a little too much rather than too little."""
    ends = [m.end() + passage[0] for m in re.finditer(r"[.!?][\"”’)]?\s|\n", body[passage[0] : answer[0]])]
    rest = re.search(r"[.!?][\"”’)]?(?:\s|$)|\n", body[answer[1] - 1 :])
    return body[max([passage[0], *ends]) : answer[1] - 1 + (rest.end() if rest else 0)]
