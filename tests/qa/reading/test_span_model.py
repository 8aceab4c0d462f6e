"""A reader's scores do not depend on what is read at the same time, or on how many threads."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from qa.reading.exports import ReaderFiles, second_files, shipped_files
from qa.reading.span_model import Scores, SpanModel
from qa.reading.windows import Text

pytestmark = pytest.mark.model

SENTENCES = (
    "Officers found 312 crates of tea in the old mill at Penbrook.",
    "The mayor, Edda Vine, said that the harbour would reopen in May.",
    "Visitors to the moor rose by 4.5% to 61,400 in the year to June 2024.",
    "A second ferry, the Saint Olaf, will sail from Skarra.",
)
TEXTS = [Text("A title\n9 January 2025", " ".join(SENTENCES[:number] * number)) for number in (4, 1, 3, 2, 4)]


def assert_same(ours: Scores, theirs: Scores) -> None:
    for mine, other in zip(ours, theirs, strict=True):
        for a, b in zip(mine, other, strict=True):
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("files", [shipped_files, second_files], ids=["small", "larger"])
def test_scores_are_the_same_side_by_side_alone_and_while_others_are_read(files: Callable[[], ReaderFiles]) -> None:
    one = SpanModel(files(), threads=1)
    every = [window for found in one.windows("How many visitors came?", TEXTS) for window in found]
    assert len({len(window) for window in every}) > 3
    expected = one.score(every)
    for model in (SpanModel(files(), threads=3), SpanModel(files(), threads=2, one_at_a_time=True)):
        assert_same(model.score(every), expected)
        with ThreadPoolExecutor(4) as callers:
            for found in callers.map(lambda _, model=model: model.score(every), range(4)):
                assert_same(found, expected)
