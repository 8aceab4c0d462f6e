"""What a second reader is shown in training: the sentences of a reader's best candidates, and where the answer is."""

import random
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from tokenizers import Tokenizer

from eval.sets.load import load_set
from eval.sets.resolve import Resolved
from eval.training import candidates, mining
from eval.training.candidates import collect, excerpt
from eval.training.examples import Example, Shown
from eval.types import Target
from index.text.sentences import sentences
from index.types import Hit, Passage, Release, Span
from qa.reading.calibration import SHIPPED_PAIR_CALIBRATION, Spotted
from qa.reading.windows import Text, Window, windows

BODIES = {
    "ferries": "Nobody sailed. Then 12 ferries came. It rained. The harbour was full. Night fell. All went. The end.",
    "copy": "A report says that 12 ferries came. It gives no more.",
    "lamps": "Lamps were lit. Then 15 went out. Nobody saw 20 more. It poured.",
    "bees": "Bees came. They left 7 hives. It was warm. Honey flowed.",
    "trams": "Trams ran. They carried 9 people. The line closed.",
}


def passage(number: int, name: str) -> Passage:
    release = Release(name, "T", BODIES[name], "P", date(2025, 1, 1))
    return Passage(number, release, 1, Span(0, len(release.body)), tuple(sentences(release.body)), 5)


PASSAGES = {name: [passage(number, name)] for number, name in enumerate(BODIES)}


def spotted(name: str, words: str) -> Spotted:
    start = BODIES[name].index(words)
    return Spotted(Hit(PASSAGES[name][0], 0.5, 0.5, 0.5), Span(start, start + len(words)), 1.0)


def labelled(answer: str, **evidence: str) -> Resolved:
    spans = {name: BODIES[name].index(words) for name, words in evidence.items()}
    targets = [
        Target(name, "T", date(2025, 1, 1), 1, (Span(start, start + len(evidence[name])),))
        for name, start in spans.items()
    ]
    return Resolved(tuple(targets), (), (), (answer,))


UNANSWERED = Resolved((), (), (), ())


class InOrder(random.Random):
    """A chance that never shuffles; it puts a missing answer in, or not."""

    def __init__(self, *, puts_in: bool) -> None:
        super().__init__(1)
        self.puts_in = puts_in

    def random(self) -> float:
        was, self.puts_in = self.puts_in, False
        return 0.0 if was else 0.99


def said(shown: Shown) -> list[str]:
    return [shown.text.body[start:end] for start, end in shown.answers]


def test_the_parts_come_as_the_candidates_do_each_with_its_neighbours() -> None:
    found = [spotted("bees", "7"), spotted("ferries", "12"), spotted("lamps", "15"), spotted("ferries", "It rained")]
    shown = excerpt(labelled("12", ferries="12 ferries"), found, PASSAGES, InOrder(puts_in=False))
    assert shown.text == Text(
        "",
        "Bees came. They left 7 hives. It was warm.\n"
        "Nobody sailed. Then 12 ferries came. It rained. The harbour was full.\n"
        "Lamps were lit. Then 15 went out. Nobody saw 20 more.\n",
    ), "what touches is one part, where the better one is"
    assert said(shown) == ["12"]


def test_the_evidence_counts_where_its_sentence_does_not_say_the_answer() -> None:
    resolved = labelled("a dozen", ferries="12 ferries")
    shown = excerpt(resolved, [spotted("ferries", "12")], PASSAGES, InOrder(puts_in=False))
    assert said(shown) == ["12 ferries"]


def test_what_says_the_answer_without_a_label_may_answer_too_and_is_left_out() -> None:
    found = [spotted("copy", "12"), spotted("ferries", "12")]
    resolved = labelled("12", ferries="12 ferries")
    shown = excerpt(resolved, found, PASSAGES, InOrder(puts_in=False))
    assert "report" not in shown.text.body
    assert said(shown) == ["12"]
    assert "report" in excerpt(UNANSWERED, found, PASSAGES, InOrder(puts_in=False)).text.body


def test_an_answer_that_was_not_found_is_put_in_half_of_the_times() -> None:
    found = [spotted("lamps", "15"), spotted("bees", "7"), spotted("trams", "9")]
    resolved = labelled("12", ferries="12 ferries")
    with_it = excerpt(resolved, found, PASSAGES, InOrder(puts_in=True))
    assert said(with_it) == ["12"]
    assert with_it.text.body.count("\n") == 4
    made = [excerpt(resolved, found, PASSAGES, random.Random(seed)) for seed in range(200)]
    assert 70 < sum(bool(shown.answers) for shown in made) < 130
    without = [shown.text.body for shown in made if not shown.answers]
    assert not any("ferries" in body for body in without), "the text does not answer, and says so"
    in_order = sum(body.index("15") < body.index("7 hives") < body.index("9 people") for body in without)
    assert len(without) / 2 < in_order < len(without)
    firsts = {shown.text.body.split("\n").index(part) for shown in made for part in shown.text.body.split("\n")
              if "12 ferries" in part}  # fmt: skip
    assert firsts == {0, 1, 2, 3}


def test_only_the_best_candidates_are_shown() -> None:
    body = " ".join(f"Row {number} came. It rained. Then it was dry. Night fell." for number in range(20))
    release = Release("rows", "T", body, "P", date(2025, 1, 1))
    whole = Passage(99, release, 1, Span(0, len(body)), tuple(sentences(body)), 5)
    starts = [body.index(f"Row {number} came") for number in range(20)]
    found = [Spotted(Hit(whole, 0.5, 0.5, 0.5), Span(start, start + 5), 1.0) for start in starts]
    shown = excerpt(UNANSWERED, found, {}, InOrder(puts_in=False))
    assert shown.text.body.count("Row") == shown.text.body.count("\n") == SHIPPED_PAIR_CALIBRATION.rivals


@given(st.data())
def test_every_place_says_the_answer_and_no_sentence_comes_twice(data: st.DataObject) -> None:
    words = [(name, word) for name, body in BODIES.items() for word in body.split()]
    found = [spotted(*each) for each in data.draw(st.lists(st.sampled_from(words), max_size=12))]
    answer = data.draw(st.sampled_from(["12", "15", "7", "Nobody", "missing"]))
    labels = {"12": "ferries", "15": "lamps", "7": "bees", "Nobody": "lamps", "missing": "trams"}
    evidence = answer if answer in BODIES[labels[answer]] else BODIES[labels[answer]][:9]
    resolved = labelled(answer, **{labels[answer]: evidence})
    shown = excerpt(resolved, found, PASSAGES, random.Random(data.draw(st.integers(0, 99))))
    assert set(said(shown)) <= {answer, evidence}
    lines = shown.text.body.splitlines()
    assert all(any(line in body for body in BODIES.values()) for line in lines)
    parts = [span.of(line) for line in lines for span in sentences(line)]
    assert len(parts) == len(set(parts)), "also where the answer is put in beside another candidate of its release"


class Counter:
    """A model that takes numbers for answers, until the power fails."""

    def __init__(self, tokenizer: Tokenizer, power: int = 1000) -> None:
        self._tokenizer = tokenizer
        self._power = power

    def windows(self, question: str, texts: Sequence[Text]) -> list[list[Window]]:
        return windows(self._tokenizer, question, texts, length=128, stride=16)

    def score(self, every: Sequence[Window]) -> tuple[list[NDArray[np.float32]], list[NDArray[np.float32]]]:
        if not self._power:
            raise KeyboardInterrupt
        self._power -= 1
        numbers = [[self._tokenizer.id_to_token(i)[0].isdigit() for i in window.ids] for window in every]
        scores = [np.where(found, 5.0, -5.0).astype(np.float32) for found in numbers]
        return scores, scores


@pytest.fixture
def gather(
    gold: Path, corpus: Path, tmp_path: Path, tokenizer: Tokenizer, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., list[Example]]:
    monkeypatch.setattr(mining, "default_cache", lambda: tmp_path / "cache")

    def run(folder: str, *, power: int = 1000, **changed: Any) -> list[Example]:
        monkeypatch.setattr(candidates, "load_model", lambda *_: Counter(tokenizer, power))
        (tmp_path / folder).mkdir(exist_ok=True)
        options: dict[str, Any] = {"times": 2, "seed": 1, **changed}
        return collect(load_set(gold, split=None), [corpus], [], folder=tmp_path / folder, **options)

    return run


def test_a_collection_that_was_cut_off_goes_on_and_ends_as_one_that_was_not(
    gather: Callable[..., list[Example]], tmp_path: Path
) -> None:
    whole = gather("whole")
    assert [example.id for example in whole] == ["q1", "q1", "q2", "q2", "q3", "q3", "q4", "q4", "q5", "q5"]
    assert all(len(example.passages) == 1 for example in whole)
    assert "12 ferries" in whole[0].passages[0].text.body
    with pytest.raises(KeyboardInterrupt):
        gather("cut", power=3)
    (file,) = (tmp_path / "cut").iterdir()
    lines = file.read_bytes()
    assert lines.count(b"\n") == 3
    file.write_bytes(lines[:-5])
    assert gather("cut", power=3) == whole, "two questions are known, and three are read"
    assert gather("cut", power=0) == whole, "nothing is read again"


def test_what_was_found_in_another_way_is_not_taken(
    gather: Callable[..., list[Example]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gather("out")
    for changed in ({"seed": 2}, {"times": 1}):
        gather("out", **changed)
    monkeypatch.setenv("PRESSQA_KEYWORD_WEIGHT", "0.3")
    gather("out")
    assert len(list((tmp_path / "out").iterdir())) == 4
