import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from eval.training import mining
from eval.training.config import Questions
from eval.training.mining import mine


@pytest.fixture
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mining, "default_cache", lambda: tmp_path / "cache")


@pytest.mark.usefixtures("_own_cache")
def test_mined_passages_hold_the_labelled_answer_or_lack_its_words(
    gold: Path, corpus: Path, questions: list[dict[str, Any]]
) -> None:
    found = {mined.id: mined for mined in mine(Questions(path=gold, corpus=(corpus,)), 6)}
    assert list(found) == [question["id"] for question in questions]
    for question in questions:
        mined = found[question["id"]]
        assert mined.answers == tuple(question["answers"])
        for shown in mined.holding:
            assert {shown.text.body[start:end] for start, end in shown.answers} == {mined.answers[0]}
        assert bool(mined.holding) == bool(mined.answers)
        for shown in mined.lacking:
            assert not any(f" {answer} " in f" {shown.text.body} " for answer in mined.answers)
        assert len(mined.found) <= 6
        scores = [score for _, score in mined.found]
        assert scores == sorted(scores, reverse=True)
        assert all(shown.text in [text for text, _ in mined.found] for shown in mined.lacking)
    assert found["q1"].holding[0].text.heading == "More ferries for the islands\n1 March 2024"
    assert found["q5"].misleading is None


@pytest.mark.usefixtures("_own_cache")
def test_an_unanswerable_question_comes_with_the_paragraph_it_was_written_about(
    tmp_path: Path, corpus: Path, write_gold: Callable[..., Path]
) -> None:
    rows = [json.loads(line) for line in corpus.read_text("utf-8").splitlines()]
    body = rows[1]["body"]
    common = {"release": "lamps", "sha256": sha256(body.encode()).hexdigest()[:16], "passage": [0, body.index("\n")]}
    common |= {"split": "train", "kind": "number"}
    place = body.index("4,500")
    asked = write_gold(
        {"id": "a", "question": "How many lamps were sold?", "answers": []} | common,
        {"id": "b", "question": "How many lamps were replaced?", "answers": [[place, place + 5]]} | common,
        name="offsets.jsonl",
    )  # fmt: skip
    misled, held = mine(Questions(path=asked, split="train", corpus=(corpus,)), 6)
    assert misled.misleading is not None
    assert misled.misleading.answers == ()
    assert "4,500 street lamps" in misled.misleading.text.body
    assert held.misleading is None
    assert held.holding
