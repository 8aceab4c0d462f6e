from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from qa.reading.spans import LONGEST, Scored, best_spans
from qa.reading.windows import Window

Read = tuple[Window, NDArray[np.float32], NDArray[np.float32]]


def window(*offsets: tuple[int, int]) -> Window:
    """A window with a token of the question, then tokens of the text at ``offsets``."""
    places = np.array([(-1, -1), (-1, -1), *offsets], dtype=np.int32)
    size = len(places)
    return Window(np.arange(size), np.zeros(size, np.int64), places[:, 0], places[:, 1])


@st.composite
def readings(draw: st.DrawFn) -> list[Read]:
    """Windows over one text of words of 1 to 3 letters, which share some of its words; scores of few values: ties."""
    widths = draw(st.lists(st.integers(1, 3), min_size=1, max_size=12))
    ends = np.cumsum(np.array(widths) + 1) - 1
    words = [(int(end) - width, int(end)) for width, end in zip(widths, ends, strict=True)]
    split = draw(st.integers(0, len(words)))
    shared = draw(st.integers(0, 3))
    parts = [part for part in (words[: split + shared], words[split:]) if part]
    score = st.integers(-3, 3).map(float) | st.floats(-10, 10, width=32)
    found = []
    for part in parts:
        made = window(*part)
        drawn = [draw(st.lists(score, min_size=len(made), max_size=len(made))) for _ in range(2)]
        found.append((made, np.array(drawn[0], np.float32), np.array(drawn[1], np.float32)))
    return found


def by_force(read: list[Read], wanted: int) -> list[Scored]:
    every = []
    for made, starts, ends in read:
        none = starts[0] + ends[0]
        for i, j in product(range(len(made)), repeat=2):
            if made.starts[i] >= 0 and made.starts[j] >= 0 and 0 <= j - i < LONGEST:
                score = float(starts[i] + ends[j] - none)
                every.append(Scored(int(made.starts[i]), int(made.ends[j]), score))
    kept: list[Scored] = []
    for span in sorted(every, key=lambda s: (-s.score, s.start, s.end)):
        if len(kept) < wanted and all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    return kept


def spans(read: list[Read], wanted: int = 4) -> list[Scored]:
    return best_spans([r[0] for r in read], [r[1] for r in read], [r[2] for r in read], wanted=wanted)


@given(readings(), st.integers(1, 5))
def test_the_best_spans_are_those_that_trying_all_finds(read: list[Read], wanted: int) -> None:
    assert spans(read, wanted) == by_force(read, wanted)


def test_many_cuts_of_a_long_answer_leave_room_for_the_next_answer() -> None:
    made = window(*((2 * n, 2 * n + 1) for n in range(30)))
    scores = np.zeros(32, np.float32)
    scores[5:25] = 9
    scores[30] = 3
    found = spans([(made, scores, scores)], 2)
    assert [(s.start, s.end, s.score) for s in found] == [(6, 7, 18.0), (8, 9, 18.0)]
    starts, ends = scores.copy(), np.full(32, -9, np.float32)
    ends[24], ends[30] = 9, 3
    first, second = spans([(made, starts, ends)], 2)
    assert (first.start, first.end, second.start, second.end) == (6, 45, 56, 57)


@pytest.mark.parametrize(("apart", "found"), [(LONGEST - 1, 20.0), (LONGEST, 10.0)])
def test_no_span_is_longer_than_the_longest(apart: int, found: float) -> None:
    made = window(*((2 * n, 2 * n + 1) for n in range(LONGEST + 4)))
    starts, ends = np.zeros(len(made), np.float32), np.zeros(len(made), np.float32)
    starts[3], ends[3 + apart] = 10, 10
    assert spans([(made, starts, ends)], 1)[0].score == found


def test_no_window_has_no_span() -> None:
    assert best_spans([], [], [], wanted=4) == []


def test_tokens_before_the_text_are_no_answer_however_high_they_score() -> None:
    starts = ends = np.array([0, 99, 1], np.float32)
    assert spans([(window((0, 4)), starts, ends)]) == [Scored(0, 4, 2.0)]
