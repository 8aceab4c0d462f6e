import random
from itertools import pairwise

import pytest
from tokenizers import Tokenizer

from eval.training.batches import Row, batches, rows
from eval.training.examples import Example, Shown
from qa.reading.windows import Text

LIMITS = {"length": 96, "stride": 16}


def shown(body: str, *answers: str, heading: str = "") -> Shown:
    return Shown(Text(heading, body), tuple((body.index(a), body.index(a) + len(a)) for a in answers))


def marked(row: Row, body: str) -> tuple[list[str], list[str]]:
    """Return the words of the tokens at which an answer may start, and of those at which it may end."""
    window = row.window
    return tuple(
        [body[window.starts[i] : window.ends[i]] for i in range(len(window)) if mask[i]]
        for mask in (row.first, row.last)
    )  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("body", "answer", "first", "last"),
    [
        ("Then twelve ferries sailed.", "twelve ferries", ["twelve"], ["ferries"]),
        ("👩🏽‍🚀 It cost £3 billion.", "£3 billion", ["£3"], ["billion"]),
        ("It was unbelievably calm.", "believ", ["un", "bel", "##"], ["bly"]),
        ("Été in Dover.", "Dover", ["Dover"], ["Dover"]),
    ],
)
def test_the_tokens_that_hold_the_answers_ends_are_marked(
    tokenizer: Tokenizer, body: str, answer: str, first: list[str], last: list[str]
) -> None:
    example = Example("a", "How?", (shown(body, answer, heading="Dover twelve £3 billion"),))
    (row,) = rows(example, tokenizer, random.Random(1), **LIMITS)
    begins, ends = marked(row, body)
    assert len(begins) == len(ends) == 1
    start, end = body.index(begins[0]), body.rindex(ends[0]) + len(ends[0])
    assert start <= body.index(answer) < start + len(begins[0])
    assert end - len(ends[0]) < body.index(answer) + len(answer) <= end
    assert not row.first[row.window.starts < 0].any()
    assert not row.last[row.window.starts < 0].any()
    if answer in body.split() or " " in answer:
        assert (begins[0][0], ends[0]) == (first[0][0], last[0])


def test_of_a_long_passage_a_window_with_the_answer_is_drawn(tokenizer: Tokenizer) -> None:
    body = "Nobody sailed. " * 60 + "Then twelve did. " + "Nobody sailed. " * 60
    example = Example("a", "How many?", (shown(body, "twelve"), shown(body.replace("twelve", "some"))))
    seen = set()
    for seed in range(20):
        held, rival = rows(example, tokenizer, random.Random(seed), **LIMITS)
        assert held.first.any()
        assert held.last.any()
        assert not rival.first.any()
        seen.add(int(rival.window.starts.max()))
    assert len(seen) > 3, "a passage without the answer is read anywhere"


def test_an_answer_that_no_window_holds_leaves_the_example_out(tokenizer: Tokenizer) -> None:
    body = "Twelve ferries " * 80
    across = Example("a", "How?", (Shown(Text("", body), ((0, len(body) - 1),)), shown("Nothing here.")))
    assert rows(across, tokenizer, random.Random(1), **LIMITS) == []
    blank = Example("b", "How?", (shown(""), shown("Nothing here.")))
    assert len(rows(blank, tokenizer, random.Random(1), **LIMITS)) == 1
    assert list(batches([across], tokenizer, seed=1, tokens=500, **LIMITS)) == []
    assert list(batches([], tokenizer, seed=1, tokens=500, **LIMITS)) == []


EXAMPLES = [
    Example(
        str(number),
        f"How many of kind {number}?",
        tuple(shown("word " * (number * 7 % 50) + f"then {number} came.") for _ in range(1 + number % 4)),
    )
    for number in range(60)
]


def content(found: list[list[list[Row]]]) -> list[list[list[list[int]]]]:
    return [[[row.window.ids.tolist() for row in group] for group in batch] for batch in found]


@pytest.mark.parametrize("tokens", [50, 400, 3000])
def test_batches_hold_every_example_once_within_the_budget(tokenizer: Tokenizer, tokens: int) -> None:
    found = list(batches(EXAMPLES, tokenizer, seed=3, tokens=tokens, **LIMITS))
    groups = [group for batch in found for group in batch]
    assert sorted(len(group) for group in groups) == sorted(len(each.passages) for each in EXAMPLES)
    assert len({tuple(group[0].window.ids.tolist()) for group in groups}) == len(EXAMPLES)
    for batch in found:
        padded = max(len(row.window) for group in batch for row in group) * sum(map(len, batch))
        assert padded <= tokens or len(batch) == 1
    if tokens == 3000:
        longest = [max(len(row.window) for group in batch for row in group) for batch in found]
        assert any(one > other for one, other in pairwise(longest)), "the order of batches is not that of lengths"


def test_the_same_seed_makes_the_same_batches(tokenizer: Tokenizer) -> None:
    one, again, other = (
        content(list(batches(EXAMPLES, tokenizer, seed=seed, tokens=400, **LIMITS))) for seed in (3, 3, 4)
    )
    assert one == again != other
