"""Siblings of the known cases: counts, and evidence that stands in the release it is said to be from."""

import json
from pathlib import Path

from eval.sets.load import load_set
from index.sources import open_source
from index.types import Release

DATA = Path(__file__).parents[2] / "eval" / "data"
QUESTIONS, RELEASES = DATA / "siblings-questions.jsonl", DATA / "siblings-releases.jsonl"


def test_there_are_as_many_as_it_is_said() -> None:
    """The counts of eval/data/README.md."""
    rows = [json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines()]
    assert len(load_set(QUESTIONS).questions) == len(rows) == 220
    assert sum(not row["answers"] for row in rows) == 56


def test_every_evidence_stands_in_the_release_it_is_from() -> None:
    releases = [entry for entry in open_source(RELEASES).read() if isinstance(entry, Release)]
    where = {(each.title, str(each.published)): each for each in releases}
    assert len(where) == len(releases) == 93
    for line in QUESTIONS.read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["answers"]:
            release = where[row["release"]["title"], row["release"]["date"]]
            assert row["evidence"] in release.body, row["id"]
            assert any(answer.split(", ")[0] in row["evidence"] for answer in row["answers"]), row["id"]
