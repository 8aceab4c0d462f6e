"""Whether a statement is of the time that a question names, and which candidate answers then.

Long because most of it is example sentences.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.figures.read import figures
from index.text.dates import UNDATED
from index.text.sentences import sentences
from index.types import Hit, Passage, Period, Release, Span
from qa.figures.covers import compare, verdict
from qa.figures.hold_to_time import CONTRADICTED, Held, hold_to_time
from qa.figures.statements import as_statement, names_instead
from qa.question import AskedTime, understand
from qa.reading.reader import ScoreLimits
from qa.types import Candidate, Figures

LIMITS = ScoreLimits(alone=0.0, repeated=-17.0, below_best=10.0)
PUBLISHED = date(2024, 7, 9)  # a Tuesday


def candidates(
    body: str, *said: tuple[str, float], published: date = PUBLISHED, title: str = "Thefts"
) -> tuple[list[Candidate], Figures]:
    """Return candidates for words of a body with their confidence, best first, and the body's figures."""
    release = Release("r", title, body, "Home Office", published)
    found = sentences(body)
    hit = Hit(Passage(1, release, 1, Span(0, len(body)), tuple(found), 1), 0.5, 0.5, 0.5)
    made = []
    for words, confidence in said:
        start = body.index(words)
        score = 10 * confidence
        made.append(Candidate(hit, Span(start, start + len(words)), confidence, score, score))
    return made, {1: figures(body, published, found)}


def said_of(question: str, body: str, words: str, published: date = PUBLISHED) -> str:
    made, stated = candidates(body, (words, 0.9), published=published)
    return verdict(understand(question), made[0], stated)


HARES = "Rangers counted 720 hares on the moor this spring, against 640 a year earlier. A fence cost £9,000."


@pytest.mark.parametrize(
    ("question", "words", "expected"),
    [
        ("How many hares were counted in spring 2024?", "720", "agrees"),
        ("How many hares were counted in spring 2023?", "720", "differs"),
        ("How many hares were counted in the spring of 2023?", "640", "agrees"),
        ("How many hares were counted in spring 2024?", "640", "differs"),
        ("How many hares were counted in autumn 2023?", "720", "differs"),
        ("How many hares were counted in 2024?", "720", "open"),
        ("How many hares were counted?", "640", "open"),
    ],
)
def test_a_season_is_held_against_the_season_asked_for(question: str, words: str, expected: str) -> None:
    assert said_of(question, HARES, words) == expected


def test_a_like_thing_of_the_time_asked_for_does_not_stand_in() -> None:
    body = "Nurses gave 910 flu jabs and 455 polio jabs in May. In June they gave 302 flu jabs."
    question = "How many polio jabs did nurses give in June?"
    made, stated = candidates(body, ("455", 0.9), ("302", 0.6))
    held = hold_to_time(understand(question), made, stated, LIMITS)
    assert held.nearest == made[0]
    assert all(each.confidence < 0.1 for each in held.candidates)
    made, stated = candidates(body.replace("302 flu", "302 polio"), ("455", 0.9), ("302", 0.6))
    assert hold_to_time(understand(question), made, stated, LIMITS).candidates[0].confidence == 0.9


STORY = (
    "The convoy is remembered today. A band will play on the quay where the ships were unloaded, and children "
    "from the schools of the island will read letters that sailors sent to their families. The mayor will lay "
    "a wreath, and bells will ring in every parish. Visitors are asked to come by bus, as the roads will be "
    "closed from noon until the evening."
    "\n\nIn 1942 five ships reached the island. Crowds stood on the walls. Children cheered them. The crews had "
    "slept little. Their tanks were nearly dry. Men carried sacks ashore by night, and wagons took them "
    "inland, past a harbour in ruins, to stores that were hidden in the rock. Nobody was seen to rest until "
    "all of it was safe, and many lay down on the quay where they stood when it was. They landed 30,000 "
    "sacks."
)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How many sacks were landed in 1942?", "open"),
        ("How many sacks were landed in 1943?", "differs"),
        ("How many medals were awarded in 1942?", "differs"),
    ],
)
def test_a_year_counts_where_the_story_is_in_it_and_not_where_another_year_has_come(
    question: str, expected: str
) -> None:
    later = " In 1980 a stone was put up on the quay. It names the dead of all nations, and the ships that were lost. "
    later += "Flowers lie there in every season, and boats that pass it sound their horns. " * 6
    later += "The council awarded 12 medals."
    words = "12" if "medals" in question else "30,000"
    assert said_of(question, STORY + later, words) == expected


THEFTS = "In 2023 there were 612 thefts in Penbrook."


@pytest.mark.parametrize(
    ("question", "body", "expected"),
    [
        ("How many thefts were there in 2023?", THEFTS, "agrees"),
        ("How many thefts were there in 2024?", THEFTS, "differs"),  # although it was published then
        ("how many thefts penbrook 2021", THEFTS, "differs"),
        ("How many thefts were there?", THEFTS, "open"),
        ("How many thefts were there last year?", THEFTS, "open"),  # on which day is this asked?
        ("How many thefts were there in March 2023?", THEFTS, "differs"),
        ("How many thefts were there on 31 November 2023?", THEFTS, "differs"),
        ("How many thefts were there between 2024 and 2022?", THEFTS, "differs"),
        ("How many more thefts were there than in 2019?", THEFTS, "open"),
        ("How many thefts has the squad set up in 2019 seen?", THEFTS, "open"),
        ("How many thefts were there when the squad began in 2019?", THEFTS, "open"),
        ("How many thefts were there in may 2023?", "In May 2023 there were 612 thefts.", "agrees"),
        ("How many thefts were there in 2023?", "In May 2023 there were 612 thefts.", "differs"),
        ("How many thefts were there in 2023?", "On 5 May 2023 there were 612 thefts.", "open"),
        ("How many thefts were there in 2023?", "Last year there were 612 thefts.", "agrees"),
        ("How many thefts were there on 8 July 2024?", "Yesterday there were 612 thefts.", "agrees"),
        ("How many thefts were there on 7 July 2024?", "Yesterday there were 612 thefts.", "differs"),
        ("How many thefts were there on 9 July 2024?", "Today there were 612 thefts.", "agrees"),
        ("How many thefts were there on 8 July 2024?", "Today there were 612 thefts.", "differs"),
        ("How many thefts were there in July 2024?", "There were 612 thefts.", "open"),
        ("How many thefts were there in June 2024?", "There were 612 thefts.", "open"),
        ("How many thefts were there in 2019?", "There were 612 thefts.", "differs"),
        ("How many thefts were there in 2019?", "We counted in 2019.\n\nThere were 612 thefts.", "open"),
        ("How many thefts were there from 1950 to 2010?", "There were 612 thefts.", "differs"),
        ("How many thefts were there since July 2023?", "There were 612 thefts since 5 July 2023.", "open"),
        ("How many thefts were there since 2010?", "There were 612 thefts since 5 July 2023.", "differs"),
        ("How many homes will there be by 2030?", "There will be 612 homes by 2030.", "agrees"),
        ("How many homes will there be by 2028?", "There will be 612 homes by 2030.", "differs"),
        ("How many thefts were in the release of 9 July 2024?", THEFTS, "agrees"),
        ("How many farms were visited in May?", "Staff may visit 612 farms before Christmas.", "differs"),
        ("How many farms were visited?", "Staff may visit 612 farms before Christmas.", "differs"),
        ("How many fairs were held?", "Staff will hold 612 fairs.", "differs"),
        ("How many fairs did staff hold?", "Staff are due to hold 612 fairs.", "differs"),
        ("How many farms were visited?", "In all 612 farms may be visited.", "differs"),
        ("How many farms have inspectors visited?", "Inspectors hope to visit 612 farms.", "differs"),
        ("How many farms have inspectors visited?", "Inspectors have visited 612 farms.", "open"),
        ("How many thefts were there in 2023?", "In 2022/23 there were 612 thefts.", "differs"),
        ("How many thefts were there in 2023?", "In 2023/24 there were 612 thefts.", "open"),
        ("How many cats has the fund helped to vaccinate?", "It will pay for a year, vaccinating 612 cats.", "differs"),
        ("How many cats has the fund helped to vaccinate?", "It paid for a year, vaccinating 612 cats.", "open"),
        ("How many cats has the fund helped to feed?", "It will pay for a year, vaccinating 612 cats.", "open"),
        ("How many fairs will be held?", "Staff will hold 612 fairs.", "open"),
        ("How many fairs were planned?", "Staff will hold 612 fairs.", "open"),
        ("How many homes were promised?", "The council will build 612 homes.", "open"),
        ("How many fairs were held?", "Staff will hold talks, and 612 fairs were held.", "open"),
    ],
)
def test_a_figure_is_held_against_the_time_of_the_question(question: str, body: str, expected: str) -> None:
    assert said_of(question, body, "612") == expected


def test_an_undated_release_is_of_any_day_and_its_yesterday_of_none() -> None:
    asked = "How many thefts were there on 8 July 2024?"
    assert said_of(asked, "There were 612 thefts.", "612", UNDATED) == "open"
    assert said_of(asked, "Yesterday there were 612 thefts.", "612", UNDATED) == "open"
    (figure,) = figures("Yesterday there were 612 thefts.", UNDATED)
    assert figure.period is None


@pytest.mark.parametrize(
    ("question", "body", "words", "published", "expected"),
    [
        ("Who led the squad in 2024?", "Dame Ada leads the squad.", "Dame Ada", PUBLISHED, "open"),
        ("Who led the squad in 2024?", "Dame Ada has led it since 2021.", "Dame Ada", PUBLISHED, "open"),
        ("Who led the squad in 2024?", "In 2019 Dame Ada led the squad.", "Dame Ada", PUBLISHED, "open"),
        ("Who led the squad in 2015?", "Dame Ada leads the squad.", "Dame Ada", PUBLISHED, "open"),
        ("Who led the squad in 2015?", "In 2019 Dame Ada led the squad.", "Dame Ada", PUBLISHED, "differs"),
        ("Who led the squad in 2015?", "In 2019 Dame Ada led it.\n\nIt began in 2015.", "Dame Ada", PUBLISHED, "open"),
    ],
)
def test_what_is_no_figure_is_contradicted_only_by_its_own_words(
    question: str, body: str, words: str, published: date, expected: str
) -> None:
    assert said_of(question, body, words, published) == expected


def held(question: str, body: str, *said: tuple[str, float]) -> Held:
    made, stated = candidates(body, *said)
    return hold_to_time(understand(question), made, stated, LIMITS)


def words(held: Held) -> Sequence[str]:
    return [each.span.of(each.hit.passage.release.body) for each in held.candidates]


BOTH = "Last month staff cleared 126 visas, and last year 1,510. Yesterday they cleared 34 visas for £9 million."


def test_a_figure_for_just_the_time_takes_the_place_and_the_confidence_of_one_of_another_time() -> None:
    found = held("How many visas were cleared in 2023?", BOTH, ("34", 0.8), ("126", 0.3), ("1,510", 0.05))
    assert words(found)[0] == "1,510"
    # three times the odds of 0.8: only the day of publication tells it from the others
    assert found.candidates[0].confidence == pytest.approx(12 / 13)
    assert found.nearest is not None
    assert all(each.confidence < 0.1 for each in found.candidates[1:])


def test_what_only_the_day_of_publication_can_tell_makes_an_answer_surer() -> None:
    said = ("34", 0.3), ("126", 0.1), ("1,510", 0.05)
    told = held("How many visas were cleared on 8 July 2024?", BOTH, *said)
    assert words(told)[0] == "34"
    assert told.candidates[0].confidence > 0.5
    body = "The embassy said so. In 2023 34 visas were cleared. 90 were in 2022."
    literal = held("How many visas were cleared by the embassy in 2023?", body, ("34", 0.3))
    assert literal.candidates[0].confidence == 0.3  # the reader has seen "in 2023" itself
    lone = "The embassy said so. Yesterday staff cleared 34 visas."
    alone = held("How many visas were cleared by the embassy on 8 July 2024?", lone, ("34", 0.3))
    assert alone.candidates[0].confidence == 0.3  # there is nothing that its time tells it from
    other = held("How many stamps were lost on 8 July 2024?", BOTH, *said)
    assert other.candidates[0].confidence == 0.3  # the passage is of something else


@pytest.mark.parametrize(
    ("question", "body", "is_said"),
    [
        (
            "how many people died from nail guns",
            "At least 31 work-related deaths were linked to nail guns.",
            True,
        ),
        ("how many people died from nail guns in Orrin", "There were 31 deaths linked to nail guns.", False),
        ("how many children died from nail guns", "There were 31 deaths of men linked to nail guns.", False),
        ("how many people died from nail guns", "There were 31 roof deaths linked to nail guns.", False),
        ("how many people died from nail guns", "Deaths from nail guns cost 31 firms a fine.", False),
        ("how many ferry trips were there", "Ferry trips rose by 2% to 31.", True),
        ("how many trips were there", "Ferry trips rose by 2% to 31.", False),
        ("how many ferry trips were there", "A lunch was held for the 31 ferry trips.", False),
        ("how many of the 31 ferry trips were late", "There were 31 ferry trips.", False),
        ("how many visas were issued", "The office has a target to issue 31 visas.", False),
        ("how many Britons were evacuated from Kabul", "Besides evacuated Britons, 31 people left Kabul.", False),
    ],
)
def test_a_count_is_surer_if_its_own_words_say_all_that_is_asked(question: str, body: str, is_said: bool) -> None:
    words_of_it = "At least 31" if "At least" in body else "31"
    assert held(question, body, (words_of_it, 0.2)).candidates[0].confidence == (0.5 if is_said else 0.2)


def test_another_unit_does_not_take_the_place() -> None:
    body = "In 2022 staff cleared 34 visas. In 2023 they spent £9 million."
    found = held("How many visas were cleared in 2023?", body, ("34", 0.8), ("£9 million", 0.2))
    assert found.candidates[0].confidence <= 0.2
    assert words(found)[0] != "34" or found.candidates[0].confidence <= CONTRADICTED


def test_what_comes_far_behind_does_not_answer_for_what_was_refused() -> None:
    body = "In 2022 there were 34 thefts in Penbrook. Wardens saw 12 thefts in Marl and 30 in Dorn."
    far = held("How many thefts were there in Penbrook in 2024?", body, ("34", 0.9), ("12", 0.5))
    assert max(each.confidence for each in far.candidates) < 0.1
    near = held("How many thefts were there in Penbrook in 2024?", body, ("34", 0.9), ("30", 0.85))
    assert (words(near)[0], near.candidates[0].confidence) == ("30", 0.85)


@pytest.mark.parametrize(
    ("question", "words", "expected"),
    [
        ("What will the levy be from April?", "12 basis points", "open"),
        ("What will the levy be from June?", "12 basis points", "differs"),
        ("What will the levy be in 2024?", "12 basis points", "open"),
        ("What will the levy be from April 2031?", "12 basis points", "differs"),
    ],
)
def test_a_month_whose_year_is_not_settled_is_the_one_asked_for_or_another(
    question: str, words: str, expected: str
) -> None:
    body = "The levy rises to 12 basis points from April."
    assert said_of(question, body, words, published=date(2024, 2, 5)) == expected


@pytest.mark.parametrize(("year", "expected"), [(2022, "differs"), (2023, "open"), (2024, "differs")])
def test_the_past_year_ends_when_the_release_comes_out(year: int, expected: str) -> None:
    body = "Crews at Tolver launched 188 times in the past year."
    question = f"How many times did the crews launch in {year}?"
    assert said_of(question, body, "188", published=date(2024, 2, 20)) == expected


def test_a_verb_with_on_is_no_comparison() -> None:
    body = "Shipyards took on 1,140 apprentices in 2022."
    for verb in ("did they take on", "were taken on"):
        assert said_of(f"How many apprentices {verb} in 2024?", body, "1,140", published=date(2023, 9, 19)) == "differs"


def test_just_the_day_asked_for_goes_before_a_number_of_no_day() -> None:
    body = "Signallers walked out and 212 trains were cancelled. Yesterday 148 trains were cancelled."
    made, stated = candidates(body, ("212", 0.4), ("148", 0.25), published=date(2025, 3, 5), title="Strike")
    made[1] = replace(made[1], span_score=-1.0)
    found = hold_to_time(understand("How many trains were cancelled on 4 March 2025?"), made, stated, LIMITS)
    assert [each.span.of(body) for each in found.candidates] == ["148", "212"]
    assert found.candidates[0].confidence >= 0.4


def test_none_of_what_a_question_counts_answers_whatever_it_was_done_to() -> None:
    body = "The unit looked at 350 claims in 2024 and rejected none."
    made, stated = candidates(body, ("350", 0.6), ("none", 0.1), published=date(2025, 4, 2), title="Claims")
    for question, words in (("reject", "none"), ("look at", "350")):
        found = hold_to_time(understand(f"How many claims did the unit {question} in 2024?"), made, stated, LIMITS)
        assert found.candidates[0].span.of(body) == words


def test_without_a_time_nothing_changes() -> None:
    made, stated = candidates(BOTH, ("34", 0.8), ("126", 0.3), ("1,510", 0.05))
    assert hold_to_time(understand("How many visas were cleared?"), made, stated, LIMITS) == Held(tuple(made), None)
    assert hold_to_time(understand("How many visas were cleared?"), [], {}, LIMITS) == Held((), None)


_DAYS = st.dates(date(2010, 1, 1), date(2030, 1, 1))
_TIMES = st.tuples(_DAYS, st.integers(0, 800)).map(lambda made: (made[0], made[0] + timedelta(days=made[1])))


@given(_TIMES, _TIMES, _DAYS)
def test_a_time_agrees_with_itself_alone_and_differs_from_every_one_apart(
    asked: tuple[date, date], stated: tuple[date, date], published: date
) -> None:
    time = AskedTime(*asked, of_release=False, by_then=False)
    said = compare(Period(Span(0, 1), *stated), published, time)
    assert (said == "agrees") == (asked == stated)
    if asked[1] < stated[0] or stated[1] < asked[0]:
        assert said == "differs"


def test_that_there_was_none_of_what_is_counted_is_surer() -> None:
    body = "Staff searched 41 stalls at the market. No arrests were made."
    found = held("How many arrests were made at the market?", body, ("41 stalls", 0.4), ("No arrests", 0.1))
    assert words(found) == ["No arrests", "41 stalls"]
    assert found.candidates[0].confidence == 0.5
    other = held("How many thefts were there at the market?", body, ("No arrests", 0.3))
    assert other.candidates[0].confidence == 0.3  # it is none of something else
    fires = held(
        "How many fires were there at the market?", "The market had a fire. No one was dismissed.", ("a fire", 0.3)
    )
    assert fires.candidates[0].confidence == 0.3
    counted = held("How many stalls were searched at the market?", body, ("41 stalls", 0.4), ("No arrests", 0.3))
    assert words(counted)[0] == "41 stalls"
    elsewhere = held("How many arrests were made at Tarn airport in Ness?", body, ("No arrests", 0.3))
    assert elsewhere.candidates[0].confidence == 0.3  # and of another place


@pytest.mark.parametrize(
    ("question", "body", "expected"),
    [
        ("How late is it open on Fridays?", "It is open until 9pm on Thursdays.", "differs"),
        ("How late is it open on Thursday?", "It is open until 9pm on Thursdays.", "open"),
        ("How late is it open on Fridays?", "It is open until 9pm from Monday to Saturday.", "open"),
        ("How late is it open on Sundays?", "It is open until 9pm from Monday to Saturday.", "differs"),
        ("How late is it open on Fridays?", "It is open until 9pm on Thursdays. On Fridays it is too.", "open"),
        ("How late is it open on Fridays?", "It is open until 9pm every day since last Thursday.", "open"),
        ("How late is it open?", "It is open until 9pm on Thursdays.", "open"),
    ],
)
def test_what_is_said_of_one_day_of_the_week_is_not_of_another(question: str, body: str, expected: str) -> None:
    made, stated = candidates(body, ("9pm", 0.9))
    assert verdict(understand(question), made[0], stated) == expected


@pytest.mark.parametrize(
    ("question", "body", "words", "expected"),
    [
        ("How many arrests were there?", "Arrests rose from 88 to 131.", "88 to 131", "131"),
        ("From how many did arrests rise?", "Arrests rose from 88 to 131.", "88", "88"),
        (
            "By how much will interest rise?",
            "It will rise by 35 basis points to 4.85%.",
            "35 basis points to 4.85%",
            "35 basis points",
        ),
        (
            "How high will interest be?",
            "It will rise by 35 basis points to 4.85%.",
            "35 basis points to 4.85%",
            "4.85%",
        ),
        ("How many will come?", "It will hold 50 to 60 people.", "50 to 60", "50 to 60"),
    ],
)
def test_of_a_rise_the_end_is_the_answer(question: str, body: str, words: str, expected: str) -> None:
    made, stated = candidates(body, (words, 0.9))
    found = as_statement(understand(question), made[0], stated)
    assert found is not None
    assert found.span.of(body) == expected


@pytest.mark.parametrize(
    ("question", "body", "best", "rival", "instead"),
    [
        (
            "How many arrests for thefts in Penbrook?",
            "Penbrook saw 612 thefts. Arrests for theft rose to 88 there.",
            "612",
            "88",
            True,
        ),
        (
            "How many thefts were there in Penbrook?",
            "Penbrook saw 612 thefts. Arrests for theft rose to 88 there.",
            "612",
            "88",
            False,
        ),
        (
            "How many were sent back at Dover?",
            "At Dover and Hull 12 and 7 people respectively were sent back.",
            "7",
            "12",
            True,
        ),
        (
            "By how much did the second trial cut thefts?",
            "The first trial cut thefts by 14%. A second, in Hull, cut them by 21%.",
            "14%",
            "21%",
            True,
        ),
        (
            "By how much did the first trial cut thefts?",
            "The first trial cut thefts by 14%. A second, in Hull, cut them by 21%.",
            "14%",
            "21%",
            False,
        ),
        (
            "How many were sent back at Hull?",
            "At Dover and Hull 12 and 7 people respectively were sent back.",
            "7",
            "12",
            False,
        ),
    ],
)
def test_what_the_question_counts_takes_the_place(
    question: str, body: str, best: str, rival: str, instead: bool
) -> None:
    made, stated = candidates(body, (best, 0.9), (rival, 0.5))
    asked = understand(question)
    first, second = (as_statement(asked, each, stated) for each in made)
    assert first is not None
    assert second is not None
    assert names_instead(asked, first, second, stated) is instead
