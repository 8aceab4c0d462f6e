import gzip
import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.training.examples import Example, Mined, Shown, grouped, read_examples, together, with_neighbours
from index.errors import SourceError
from qa.reading.windows import Text


def line(identity: str, context: str, *answers: tuple[str, int]) -> dict[str, Any]:
    found = [{"text": text, "start": start} for text, start in answers]
    return {"id": identity, "question": "How many?", "context": context, "answers": found}


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    content = "".join(json.dumps(row) + "\n" for row in rows).encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


@pytest.mark.parametrize("name", ["set.jsonl", "set.jsonl.gz"])
def test_the_most_frequent_answer_counts_wherever_it_stands(tmp_path: Path, name: str) -> None:
    body = "👩🏽‍🚀 Then 12 sailed, 12 of 15."
    first = body.index("12")
    second = body.index("12", first + 1)
    rows = [
        line("a", body, ("12", second), ("15", body.index("15")), ("12", first), ("12", first)),
        line("none", body),
        line("elsewhere", body, ("12", 0)),
        line("blank", body, (" ", body.index(" "))),
    ]
    found = read_examples(write(tmp_path / name, rows))
    assert [each.id for each in found] == ["a", "none"]
    (shown,) = found[0].passages
    assert (found[0].accepted, found[1].accepted) == (("12", "15"), ())
    assert shown == Shown(Text("", body), ((first, first + 2), (second, second + 2)))
    assert found[1].passages[0].answers == ()


@pytest.mark.parametrize("content", [b"{", b"\xff", b"not gzip"])
def test_a_file_that_is_none_says_so(tmp_path: Path, content: bytes) -> None:
    for name in ("set.jsonl", "set.jsonl.gz"):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(SourceError, match=name):
            read_examples(tmp_path / name)
    with pytest.raises(SourceError, match="missing"):
        read_examples(tmp_path / "missing.jsonl")


def example(number: int, *, answered: bool = True) -> Example:
    body = f"In place{number} there were {number + 100} ferries."
    start = body.index(str(number + 100))
    return Example(str(number), "How many?", (Shown(Text("", body), ((start, start + 3),) if answered else ()),))


@given(st.integers(0, 999), st.lists(st.booleans(), min_size=1, max_size=30))
def test_a_neighbour_is_near_and_lacks_the_answer(seed: int, answered: list[bool]) -> None:
    examples = [example(number, answered=each) for number, each in enumerate(answered)]
    made = list(with_neighbours(examples, random.Random(seed), beside=0.5, instead=0.4))
    assert made == list(with_neighbours(examples, random.Random(seed), beside=0.5, instead=0.4))
    assert [each.id for each in made] == [each.id for each in examples]
    for before, after in zip(examples, made, strict=True):
        own = before.passages[0]
        if not own.answers:
            assert after == before
        for shown in after.passages:
            if shown != own:
                assert shown.answers == ()
                assert 1 <= abs(int(shown.text.body.split()[1][5:]) - int(before.id)) <= 3
        assert len(after.passages) == 1 or after.passages[0] == own


@pytest.mark.parametrize(("beside", "instead", "passages"), [(1.0, 0.0, 2), (0.0, 1.0, 1), (0.0, 0.0, 1)])
def test_the_shares_say_how_many_get_a_neighbour(beside: float, instead: float, passages: int) -> None:
    examples = [example(number) for number in range(10)]
    made = list(with_neighbours(examples, random.Random(1), beside=beside, instead=instead))
    # At either end of the file, the place drawn may be the example's own.
    inner = made[3:-3]
    assert {len(each.passages) for each in inner} == {passages}
    assert all(bool(each.passages[0].answers) == (instead == 0) for each in inner)


def test_a_neighbour_that_has_the_answers_words_is_not_taken() -> None:
    bodies = ["Then 12 sailed.", "Also 12 came."]
    examples = [Example(str(n), "?", (Shown(Text("", body), ((5, 7),)),)) for n, body in enumerate(bodies)]
    assert list(with_neighbours(examples, random.Random(1), beside=1.0, instead=0.0)) == examples


def mined(**given: Any) -> Mined:
    rivals = tuple(Shown(Text("", f"Rival {number}.")) for number in range(12))
    held = Shown(Text("", "Then 12 sailed."), ((5, 7),))
    return Mined("q", "How many?", ("12",), given.get("holding", (held,)), rivals, (), given.get("misleading"))


def test_a_group_holds_the_answer_and_rivals_the_near_ones_more_often() -> None:
    chance = random.Random(1)
    drawn = [grouped(mined(), chance, 4) for _ in range(400)]
    for each in drawn:
        assert len(each.passages) == len(set(each.passages)) == 4
        assert [bool(shown.answers) for shown in each.passages] == [True, False, False, False]
    counts = [sum(f"Rival {n}." in {s.text.body for s in each.passages} for each in drawn) for n in range(12)]
    assert counts[0] > counts[5] > counts[11] > 0


def test_a_question_without_an_answer_is_drawn_with_what_misleads() -> None:
    lure = Shown(Text("", "It looks right."))
    drawn = grouped(mined(holding=(), misleading=lure), random.Random(1), 3)
    assert drawn.passages[0] == lure
    assert len(drawn.passages) == 3
    alone = grouped(mined(holding=()), random.Random(1), 3)
    assert len(alone.passages) == 3
    assert not any(shown.answers for shown in alone.passages)


def test_a_group_of_one_is_the_passage_with_the_answer() -> None:
    assert [bool(shown.answers) for shown in grouped(mined(), random.Random(1), 1).passages] == [True]


def test_passages_are_shown_together_with_the_answer_where_it_stands_and_no_sentence_from_afar() -> None:
    start = (held := "Nobody came. It rained. Then 102 ferries sailed. They were full. Night fell.").index("102")
    rivals = tuple(
        Shown(Text("", f"A line. In {year} some 1{year} ferries sailed. Done. Far off.")) for year in range(20, 29)
    )
    mined = Mined("q", "How many ferries sailed?", ("102",), (Shown(Text("T", held), ((start, start + 3),)),), rivals)
    made = together(mined, random.Random(3), 6)
    (shown,) = made.passages
    assert [shown.text.body[first:last] for first, last in shown.answers] == ["102"]
    assert "It rained. Then 102 ferries sailed. They were full.\n" in shown.text.body
    assert shown.text.heading == ""
    assert shown.text.body.count("ferries sailed") == len(shown.text.body.splitlines()) == 6
    assert "Nobody came" not in shown.text.body
    assert "Far off" not in shown.text.body
    places = {together(mined, random.Random(seed), 6).passages[0].answers for seed in range(30)}
    assert len(places) > 3, "the order is drawn anew"
    unanswerable = replace(mined, answers=(), holding=(), misleading=rivals[0])
    assert together(unanswerable, random.Random(3), 6).passages[0].answers == ()
