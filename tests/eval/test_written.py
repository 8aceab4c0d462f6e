"""Lies must not pass; true sentences must not be lost."""

import pytest

from eval.gate import CORPUS
from eval.scoring.written import WrittenScore, score_written
from eval.sets.written.lies import LIES
from eval.sets.written.true import TRUE
from index.errors import InputError
from index.sources import open_source
from index.types import Release


def releases() -> list[Release]:
    return [entry for entry in open_source(CORPUS).read() if isinstance(entry, Release)]


@pytest.fixture(scope="module")
def scored() -> WrittenScore:
    return score_written(releases(), 500, seed=7)


def test_no_lie_of_500_passes(scored: WrittenScore) -> None:
    assert scored.lies == 500
    assert not scored.passed
    assert {each.kind for each in scored.kinds if each.count} == {*TRUE, *LIES}


def test_at_most_2_percent_of_500_true_sentences_are_dropped(scored: WrittenScore) -> None:
    assert scored.true == 500
    assert len(scored.lost) <= 10, scored.lost
    assert scored.recall == scored.precision == 1


def test_a_sentence_is_checked_in_20_milliseconds(scored: WrittenScore) -> None:
    assert scored.latency.p95 < 20


def test_a_corpus_that_is_too_small_is_told() -> None:
    with pytest.raises(InputError, match="too few"):
        score_written(releases()[:2], 10, seed=1)
