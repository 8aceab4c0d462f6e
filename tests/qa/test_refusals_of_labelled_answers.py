"""How many labelled answers the rules against other things would refuse: hardly any, but many a near miss."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from index.figures.read import figures
from index.sources import open_source
from index.text.sentences import sentences
from index.types import Figure, Hit, Passage, Release, Span
from qa.figures.conditions import lacks_condition
from qa.figures.counts import says_all_that_is_asked
from qa.figures.covers import verdict
from qa.figures.deeds import COUNTS
from qa.kinds_of_answer import is_of_another_kind, is_of_another_unit
from qa.opposites import asked_change, asked_side, is_former, is_of_opposite, is_of_other_side
from qa.places import is_of_other_country, is_of_unknown_place
from qa.question import understand
from qa.types import Candidate

ROOT = Path(__file__).parents[2]
NEWS = ROOT.parent / "shared" / "corpus" / "govuk-news-dev.jsonl"
SETS = ("people-questions", "paired-questions", "govuk-questions")
AROUND = 600
"""How many characters around an answer count as its passage."""

_NUMBER = re.compile(r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|half|third|quarter)\b", re.IGNORECASE)

pytestmark = pytest.mark.skipif(not NEWS.exists(), reason=f"the GOV.UK items are not at {NEWS}")


@dataclass(frozen=True)
class Labelled:
    """A question, the release and place of its answer, and the text around it."""

    question: str
    release: Release
    span: Span
    sentence: str
    around: str

    @property
    def answer(self) -> str:
        return self.span.of(self.release.body)


@pytest.fixture(scope="module")
def labelled() -> list[Labelled]:
    return [each for each, answers in _labelled() if answers]


@pytest.fixture(scope="module")
def near_misses() -> list[Labelled]:
    """The questions without an answer, with the paragraph that looks as if it had one in the answer's place."""
    return [each for each, answers in _labelled() if not answers]


@cache
def _labelled() -> list[tuple[Labelled, bool]]:
    return list(_read())


def _read() -> Iterator[tuple[Labelled, bool]]:
    releases = {each.id: each for each in open_source(NEWS).read() if isinstance(each, Release)}
    spans = cache(lambda identifier: sentences(releases[identifier].body))
    for name in SETS:
        for line in (ROOT / "eval" / "data" / f"{name}.jsonl").read_text("utf-8").splitlines():
            row = json.loads(line)
            release = releases.get(row["release"])
            if release is None or row["split"] == "test":
                continue
            if not row["answers"]:
                span = Span(*row["passage"])
                said = span.of(release.body)
                yield Labelled(row["question"], release, span, said, f"{release.title}\n{said}"), False
                continue
            span = Span(*row["answers"][0])
            sentence = next((each for each in spans(release.id) if each.start <= span.start < each.end), span)
            around = release.body[max(0, span.start - AROUND) : span.end + AROUND]
            said = sentence.of(release.body)
            yield Labelled(row["question"], release, span, said, f"{release.title}\n{around}"), True


def test_few_answers_are_of_the_opposite_of_what_is_asked(
    labelled: list[Labelled], near_misses: list[Labelled]
) -> None:
    refused = [each.question for each in labelled if is_of_opposite(each.question, each.sentence, each.around)]
    assert len(labelled) > 12_000
    assert len(refused) <= 5, refused
    assert sum(is_of_opposite(each.question, each.sentence, each.around) for each in near_misses) >= 100


def test_no_answer_is_the_date_of_the_other_end(labelled: list[Labelled]) -> None:
    asked = [each for each in labelled if asked_side(each.question)]
    refused = [each.question for each in asked if is_of_other_side(each.question, each.sentence, each.answer)]
    assert len(asked) > 350
    assert refused == []


def test_no_answer_to_who_followed_is_the_one_who_was_followed(labelled: list[Labelled]) -> None:
    assert [each.question for each in labelled if is_former(each.question, each.sentence, each.answer)] == []


def test_no_answer_is_a_rise_where_a_fall_is_asked_for(labelled: list[Labelled]) -> None:
    asked = [each for each in labelled if asked_change(each.question) and _NUMBER.search(each.answer)]
    changes = [(each, {figure.change for figure in _stated(each)}) for each in asked]
    assert len(asked) > 250
    assert [each.question for each, said in changes if said and not said & {None, asked_change(each.question)}] == []


def test_few_answers_are_of_another_country_or_place(labelled: list[Labelled], near_misses: list[Labelled]) -> None:
    def abroad(each: Labelled) -> bool:
        return is_of_other_country(each.question, each.sentence, each.around)

    def elsewhere(each: Labelled) -> bool:
        number = _NUMBER.search(each.answer)
        start = each.release.body.find(each.sentence)
        said = Span(start, start + len(each.sentence))
        return number is not None and is_of_unknown_place(each.question, said, each.release)

    refused = [[each.question for each in labelled if rule(each)] for rule in (abroad, elsewhere)]
    assert [len(refused[0]) <= 7, len(refused[1]) <= 6] == [True, True], refused
    assert sum(map(abroad, near_misses)) >= 70
    assert sum(map(elsewhere, near_misses)) >= 20


def test_few_answers_lack_what_the_question_adds(labelled: list[Labelled], near_misses: list[Labelled]) -> None:
    numbers = [each for each in labelled if _NUMBER.search(each.answer)]
    refused = [each.question for each in numbers if lacks_condition(each.question, each.around)]
    assert len(numbers) > 5_000
    assert len(refused) <= 12, refused
    assert sum(lacks_condition(each.question, each.around) for each in near_misses) >= 150


def test_few_answers_are_of_another_kind_or_unit(labelled: list[Labelled]) -> None:
    refused: Counter[str] = Counter()
    for each in labelled:
        if is_of_another_kind(each.question, each.answer):
            refused[each.question] += 1
        body = each.release.body
        units = [
            is_of_another_unit(each.question, each.answer, figure, body[figure.number.end : figure.sentence.end])
            for figure in (_stated(each) if _NUMBER.search(each.answer) else ())
        ]
        refused[each.question] += bool(units) and all(units)
    assert sum(refused.values()) <= 5, [question for question, times in refused.items() if times]


def test_a_count_that_says_all_that_is_asked_is_the_labelled_one(
    labelled: list[Labelled], near_misses: list[Labelled]
) -> None:
    found = [(each, figure) for each in labelled for figure in _full_counts(each)]
    answers = [(each, figure) for each, figure in found if figure in _stated(each)]
    assert len(answers) >= 40
    assert [each.question for each, figure in found if figure not in _stated(each)] == []
    assert [each.question for each in near_misses if _full_counts(each)] == []


def _full_counts(each: Labelled) -> list[Figure]:
    """Return the figures around an answer, or in the paragraph in its place, that are taken for the answer."""
    if not COUNTS.search(each.question):
        return []
    around = (
        Span(max(0, each.span.start - AROUND), each.span.end + AROUND) if each.sentence != each.answer else each.span
    )
    within = tuple(one for one in sentences(each.release.body) if around.start <= one.start and one.end <= around.end)
    if not within:
        return []
    hit = Hit(Passage(1, each.release, 1, Span(within[0].start, within[-1].end), within, 1), 0.5, 0.5, 0.5)
    known = {1: tuple(one for one in _figures(each.release) if one.sentence in within)}
    asked = understand(each.question)
    return [
        figure
        for figure in known[1]
        if says_all_that_is_asked(asked, read := Candidate(hit, figure.number, 0.3, 0.0, 0.0), known)
        and verdict(asked, read, known) != "differs"
    ]


def _stated(each: Labelled) -> list[Figure]:
    """Return the figures whose numbers an answer has."""
    return [
        figure
        for figure in _figures(each.release)
        if figure.number.start < each.span.end and each.span.start < figure.number.end
    ]


@cache
def _figures(release: Release) -> list[Figure]:
    return figures(release.body, date(2025, 1, 1), sentences(release.body))
