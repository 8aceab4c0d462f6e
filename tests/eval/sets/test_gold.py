"""A bad gold set is refused with every fault in it, each with its file and line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from eval.runs.corpus import gather
from eval.sets.gold import load
from eval.sets.lines import GoldError
from eval.sets.load import load_set
from index.errors import InputError
from index.types import Span

BASE = {
    "id": "x",
    "question": "How many ferries?",
    "answers": ["12"],
    "release": {"title": "More ferries for the islands", "date": "2024-03-01"},
    "evidence": "has ordered 12 ferries",
}

BAD_LINES = [
    ({"answers": ["13"]}, "the answer '13' is not in its evidence 'has ordered 12 ferries'"),
    ({"answers": ["1"]}, "the answer '1' is not in its evidence"),
    ({"answers": [" "]}, "an answer is empty"),
    ({"answers": []}, '"answers" is empty'),
    ({"answer": ["12"]}, 'unknown key "answer"; did you mean "answers"?'),
    ({"evidence": None}, 'needs "evidence"'),
    ({"question": "?"}, "the question has no words"),
    ({"release": {"title": "t", "date": "1 March 2024"}}, "'1 March 2024'; write it as 2025-01-31"),
    ({"as_of": "soon"}, '"as_of" is not a date'),
    ({"unit": "tonnes"}, '"unit" is given without "value"'),
    ({"value": 12, "answers": [], "release": None, "evidence": None}, '"value" is given, but "answers" is empty'),
    ({"value": "twelve"}, '"value": Input should be a valid decimal'),
    ({"id": 7}, '"id" must be a string, not a number'),
]


@pytest.mark.parametrize(("change", "message"), BAD_LINES)
def test_bad_line_is_named(write_gold: Callable[..., Path], change: dict[str, Any], message: str) -> None:
    path = write_gold(BASE | {"id": "fine"}, BASE | change)
    with pytest.raises(GoldError) as caught:
        load(path)
    assert f"{path}:2: " in str(caught.value)
    assert message in str(caught.value)


def test_all_faults_of_a_file_are_said_at_once(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(f'{json.dumps(BASE)}\n\n{{"id": \n{json.dumps(BASE)}\n["list"]\n', encoding="utf-8")
    with pytest.raises(GoldError) as caught:
        load(path)
    found = {problem.where: problem.reason for problem in caught.value.problems}
    assert list(found) == [f"{path}:3", f"{path}:4", f"{path}:5"]
    assert found[f"{path}:3"].startswith("not JSON")
    assert found[f"{path}:4"] == f"duplicate id 'x', first at {path}:1"


def test_no_questions(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text("\n\n", encoding="utf-8")
    with pytest.raises(GoldError, match="holds no questions"):
        load(path)


def test_split_keeps_its_lines_and_names_those_there_are(write_gold: Callable[..., Path]) -> None:
    path = write_gold(BASE | {"id": "a", "split": "dev"}, BASE | {"id": "b", "split": "test"})
    assert [question.id for question in load(path, "dev").questions] == ["a"]
    with pytest.raises(InputError, match="has no split 'train'; it has: dev, test"):
        load(path, "train")
    with pytest.raises(InputError, match="has no split 'dev'; its lines name no split"):
        load(write_gold(BASE), "dev")


ISLANDS = "More ferries for the islands"
UNRESOLVED = [
    ({"evidence": "ordered 12 ferries by post"}, f"is not in {ISLANDS!r} of 2024-03-01, nor in any other"),
    ({"answers": ["310"], "evidence": "counted 310 hives"}, "but in 'Bees return to the capital' of 2024-05-03"),
    (
        {"release": {"title": "More ferries for the island", "date": "2024-03-01"}},
        f"no release is called 'More ferries for the island' of 2024-03-01; the nearest is {ISLANDS!r}",
    ),
    ({"release": {"title": ISLANDS, "date": "2024-03-02"}}, f"no release is called {ISLANDS!r} of 2024-03-02"),
    ({"release": None, "evidence": "has sold 12 ferries"}, "is not in any release"),
    ({"as_of": "2024-02-01"}, f"no release is called {ISLANDS!r}"),
]


@pytest.mark.parametrize(("change", "message"), UNRESOLVED)
def test_label_that_cannot_be_found(
    write_gold: Callable[..., Path], corpus: Path, change: dict[str, Any], message: str
) -> None:
    path = write_gold(BASE | {"id": "fine"}, BASE | change)
    with pytest.raises(GoldError) as caught:
        gather(load_set(path), [corpus], [])
    assert f"{path}:2: x: " in str(caught.value)
    assert message in str(caught.value)
    assert "--corpus" in caught.value.hint


def test_evidence_without_a_release_must_stand_in_one_only(write_gold: Callable[..., Path], corpus: Path) -> None:
    path = write_gold(BASE | {"release": None, "answers": ["the capital"], "evidence": "the capital"})
    assert gather(load_set(path), [corpus], []).resolved["x"].targets[0].release_id == "bees"
    path = write_gold(BASE | {"release": None, "answers": ["the"], "evidence": "the"})
    with pytest.raises(GoldError, match=r':1: x: the evidence .the. is in .* say which with "release"'):
        gather(load_set(path), [corpus], [])


def test_evidence_is_found_across_spaces_and_paragraphs(gold: Path, corpus: Path) -> None:
    """The corpus has a no-break space, a double space and a paragraph break where the label has one space."""
    found = gather(load_set(gold), [corpus], [])
    (target,) = found.resolved["q4"].targets
    body = next(release.body for release in found.releases if release.id == "ferries")
    assert target.spans == (Span(53, 91),)
    assert target.spans[0].of(body) == "islands.\n\nThe first sails in June 2025"
    assert target.paragraph == body


def test_same_words_in_another_release_answer_too(write_gold: Callable[..., Path], corpus: Path) -> None:
    again = {"id": "again", "title": "Again", "publisher": "P", "published": "2024-06-01"}
    echo = write_gold(again | {"body": "As was said, it has ordered 12 ferries."}, name="echo.jsonl")
    found = gather(load_set(write_gold(BASE)), [corpus], [echo])
    assert [target.release_id for target in found.resolved["x"].targets] == ["ferries", "again"]
    assert "is also in 'Again'" in found.resolved["x"].notes[0]


def test_distractor_that_is_a_release_of_the_corpus_is_left_out(write_gold: Callable[..., Path], corpus: Path) -> None:
    title = {"title": "More ferries for the islands", "published": "2024-03-01"}
    copy = write_gold({"id": "copy", "publisher": "P", "body": "it has ordered 12 ferries"} | title, name="copy.jsonl")
    found = gather(load_set(write_gold(BASE)), [corpus], [copy])
    assert [release.id for release in found.releases] == ["ferries", "lamps", "bees"]
    assert "in the corpus already" in found.left_out[0].reason


def test_timeline_labels_become_targets(write_gold: Callable[..., Path], corpus: Path) -> None:
    point = {"value": 12, "unit": "ferries", "qualifier": "exactly", "relation": "latest"}
    row = {"id": "t", "question": "How many ferries?", "as_of": "2024-12-31"}
    path = write_gold(row | {"timeline": [point | {"release": BASE["release"], "evidence": BASE["evidence"]}]})
    resolved = gather(load_set(path), [corpus], []).resolved["t"]
    assert (resolved.timeline[0].value, resolved.timeline[0].target) == (12, resolved.targets[0])
