"""Questions by kind of difficulty over releases of our own: counts, and evidence that stands where it should."""

import json
from collections import Counter
from pathlib import Path

from eval.sets.load import load_set
from index.sources import open_source
from index.types import Release

DATA = Path(__file__).parents[2] / "eval" / "data"
QUESTIONS, RELEASES = DATA / "kinds-questions.jsonl", DATA / "kinds-releases.jsonl"


def test_each_kind_has_the_questions_it_is_said_to_have() -> None:
    """The counts of eval/data/README.md."""
    rows = [json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines()]
    counts = {
        "time": (33, 19),
        "pairs": (20, 8),
        "twins": (7, 5),
        "changed": (21, 7),
        "nought": (8, 4),
        "lists": (9, 3),
        "tables": (8, 4),
        "numbers": (18, 6),
        "roles": (28, 12),
        "words": (29, 15),
    }
    found = Counter((row["kind"], bool(row["answers"])) for row in rows)
    assert {kind: (found[kind, True], found[kind, False]) for kind in counts} == counts
    assert sum(found.values()) == 264


def test_every_evidence_stands_once_in_the_release_it_is_from_and_in_no_other() -> None:
    releases = [entry for entry in open_source(RELEASES).read() if isinstance(entry, Release)]
    assert len(releases) == 82
    where = {(each.title, str(each.published)): each for each in releases}
    for line in QUESTIONS.read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["answers"]:
            release = where[row["release"]["title"], row["release"]["date"]]
            assert row["answers"][0] in row["evidence"], row["id"]
            assert sum(each.body.count(row["evidence"]) for each in releases) == 1, row["id"]
            assert row["evidence"] in release.body, row["id"]
    assert len(load_set(QUESTIONS).questions) == 264
