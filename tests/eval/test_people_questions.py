"""Questions in other people's words, alone and in pairs: form, counts, splits, offsets, how few words they share."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from index.sources import open_source
from index.sources.records.fields import FieldMap
from index.text.terms import stems
from index.types import Release

DATA = Path(__file__).parents[2] / "eval" / "data"
SHARED = Path(__file__).parents[2].parent / "shared"
NEWS = SHARED / "corpus" / "govuk-news-dev.jsonl"
DATASETS = SHARED / "fixtures" / "datasets"
WHY = {"wrong-year", "wrong-place", "wrong-body", "wrong-measure", "wrong-unit", "not-stated"}
COUNTS = {
    # set, split: questions, near misses
    "people": {"train": (5_384, 1_711), "dev": (536, 179), "test": (536, 183)},
    "paired": {"train": (10_356, 4_450), "dev": (297, 103), "test": (307, 104)},
}

Rows = list[dict[str, Any]]


def lines_of(name: str) -> Rows:
    return [json.loads(line) for line in (DATA / f"{name}-questions.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(scope="module", params=sorted(COUNTS))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def rows(name: str) -> Rows:
    return lines_of(name)


def test_none_is_lost_and_none_is_there_twice(name: str, rows: Rows) -> None:
    for split, counts in COUNTS[name].items():
        part = [row for row in rows if row["split"] == split]
        assert (len(part), sum(not row["answers"] for row in part)) == counts, split
    assert len({row["id"] for row in rows}) == len(rows) == sum(count for count, _ in COUNTS[name].values())


def test_a_near_miss_says_why_and_every_other_question_has_its_answer_in_its_passage(rows: Rows) -> None:
    for row in rows:
        start, end = row["passage"]
        if row["answers"]:
            assert row["why"] is None, row["id"]
            assert start <= row["answers"][0][0] < row["answers"][0][1] <= end, row["id"]
        else:
            assert row["why"] in WHY, row["id"]


def test_no_question_that_is_trained_on_touches_a_release_that_is_measured_on() -> None:
    every = [row for name in ("govuk", *COUNTS) for row in lines_of(name)]
    trained = {row["release"] for row in every if row["split"] == "train"}
    for name in COUNTS:
        rows = lines_of(name)
        splits = {(row["release"], row["split"]) for row in rows}
        assert max(Counter(release for release, _ in splits).values()) == 1
        assert not trained & {row["release"] for row in rows if row["split"] != "train"}, name


def test_no_question_is_asked_in_two_splits() -> None:
    splits = {(row["question"].casefold(), row["split"]) for name in COUNTS for row in lines_of(name)}
    assert max(Counter(question for question, _ in splits).values()) == 1


@pytest.mark.shared
def test_every_offset_is_in_the_item_and_few_words_are_shared_with_the_sentence(rows: Rows) -> None:
    if not NEWS.is_file() or not DATASETS.is_dir():
        pytest.skip(f"the real releases are not here: {NEWS}, {DATASETS}")
    found = releases()
    for row in rows:
        release = found[row["release"]]
        assert release.sha256.startswith(row["sha256"]), row["id"]
        said = [release.body[start:end] for start, end in row["answers"]]
        assert all(answer == answer.strip() != "" for answer in said), row["id"]
        if said:
            asked = {word for word in stems(row["question"]) if len(word) > 1 or word.isdigit()}
            shared = asked & set(stems(sentence_of(release.body, row["passage"], row["answers"][0])))
            assert 2 * len(shared) <= len(asked), row["id"]


def releases() -> dict[str, Release]:
    """Return the releases of all three corpora by their ids, read as eval/data/README.md says."""
    sources = (
        open_source(NEWS),
        open_source(DATASETS / "us-congress-press-sample300.jsonl", how=FieldMap(publisher="member.name")),
        open_source(DATASETS / "sg-mlaw-press-releases-md", how=FieldMap(publisher_name="Ministry of Law, Singapore")),
    )
    return {each.id: each for source in sources for each in source.read() if isinstance(each, Release)}


def sentence_of(body: str, passage: list[int], answer: list[int]) -> str:
    """Return the sentence of an answer, cut at marks that end one: a little too much rather than too little."""
    ends = [m.end() + passage[0] for m in re.finditer(r"[.!?][\"”’)]?\s|\n", body[passage[0] : answer[0]])]
    rest = re.search(r"[.!?][\"”’)]?(?:\s|$)|\n", body[answer[1] - 1 :])
    return body[max([passage[0], *ends]) : answer[1] - 1 + (rest.end() if rest else 0)]
