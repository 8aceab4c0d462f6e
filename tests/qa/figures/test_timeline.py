"""How a figure moved: which statements belong together, how they relate, and which of them answers.

Long because most of it is example releases.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.figures.read import figures
from index.text.decimals import plain
from index.types import Figure, Hit, Passage, Period, Release, Span
from qa.figures.relations import relation
from qa.figures.statements import Statement
from qa.figures.timeline import MORE, Timeline, anchor_of, points, same_figure, timeline, worth_reading
from qa.question import understand
from qa.reading.reader import ScoreLimits
from qa.types import Candidate

HOW_MANY = "How many foreign criminals were removed?"
NOVEMBER, DECEMBER, JANUARY = date(2024, 11, 20), date(2024, 12, 17), date(2025, 1, 9)
SINCE = "More than {} foreign criminals were removed since 5 July 2024."
LIMITS = ScoreLimits(alone=0.0, repeated=-17.0, below_best=10.0)
Found = dict[int, Sequence[Figure]]


def hit(number: int, body: str, published: date, score: float = 0.5, release: str | None = None) -> Hit:
    made = Release(release or f"r{number}", "About returns", body, "Home Office", published)
    return Hit(Passage(number, made, 1, Span(0, len(body)), (Span(0, len(body)),), 1), score, score, score)


def candidate(found: Hit, span_score: float = 5.0, words: str | None = None) -> Candidate:
    body = found.passage.release.body
    start = body.index(words) if words else 0
    return Candidate(found, Span(start, start + len(words or body)), 0.9, span_score, span_score)


def stated(candidates: Sequence[Candidate]) -> Found:
    releases = {each.hit.passage.id: each.hit.passage.release for each in candidates}
    return {number: figures(release.body, release.published) for number, release in releases.items()}


def line_of(question: str, *candidates: Candidate) -> Timeline:
    known = stated(candidates)
    anchor = anchor_of(understand(question), candidates, known, LIMITS)
    assert anchor is not None
    return timeline(understand(question), anchor, candidates, known, LIMITS)


def shown(line: Timeline) -> list[tuple[str, str]]:
    return [(point.text, point.relation) for point in points(line)]


def answer(line: Timeline) -> str:
    return line.answer.figure.span.of(line.answer.release.body)


@pytest.mark.parametrize(("number", "count"), [("1,500", 1), ("2,580", 2)])
def test_what_is_of_another_thing_counts_only_if_it_repeats_the_number(number: str, count: int) -> None:
    late = candidate(hit(1, SINCE.format("2,580"), JANUARY))
    other = replace(candidate(hit(2, SINCE.format(number), NOVEMBER)), is_other=True)
    line = line_of(HOW_MANY, late, other)
    assert (len(line.statements), line.answer.release.id) == (count, "r1")


@pytest.mark.parametrize(("question", "of_both"), [("the Autumn Statement", False), ("the harbour trust", True)])
def test_what_comes_round_each_year_is_another_one_a_year_later(question: str, of_both: bool) -> None:
    body = "{} gave {} for roads."
    who = question.replace("the", "The")
    early = candidate(hit(1, body.format(who, "£1 billion"), date(2014, 12, 4)))
    late = candidate(hit(2, body.format(who, "£3 billion"), date(2023, 11, 23)))
    assert len(line_of(f"How much did {question} give for roads?", late, early).statements) == 1 + of_both


# relation


def one(body: str, published: date = JANUARY) -> Statement:
    made = candidate(hit(1, body, published))
    found = figures(body, published)
    assert len(found) == 1, found
    return Statement(made.hit, made.span, found[0])


def made(
    value: str, value_max: str | None = None, qualifier: str = "exactly", period: Period | None = None
) -> Statement:
    place = Span(0, 1)
    high = Decimal(value_max) if value_max is not None else None
    figure = Figure(place, place, Decimal(value), high, "", qualifier, None, None, period, place)
    return Statement(hit(1, "x", JANUARY), place, figure)


IN_OCTOBER = "{} foreign criminals were removed in October 2024."


def test_two_numbers_of_one_day_that_name_no_time_conflict() -> None:
    said = "The tunnel will take {} people."
    assert relation(one(said.format("640")), one(said.format("710"))) == "conflict"
    assert relation(one(said.format("640")), one(said.format("640"))) == "same"
    assert relation(one(said.format("nearly 640")), one(said.format("638"))) == "same"
    assert relation(one(said.format("640")), one(said.format("710"), DECEMBER)) == "earlier"
    assert relation(one(said.format("640")), one("It took 710 people in May 2024.")) == "earlier"


@pytest.mark.parametrize(
    ("newest", "other", "related"),
    [
        ("1,200", "1,200", "same"),
        ("More than 1,200", "1,200", "same"),
        ("1,234", "More than 1,200", "same"),
        ("More than 1,200", "1,100", "conflict"),
        ("1,200", "1,201", "conflict"),
        ("Nearly 2,200", "2,134", "same"),
        ("Nearly 2,200", "2,201", "conflict"),
        ("Around 2,200", "2,201", "same"),
        ("Around 2,200", "2,600", "conflict"),
        ("Fewer than 500", "432", "same"),
        ("Up to 500", "501", "conflict"),
        ("Fewer than 500", "More than 600", "conflict"),
        ("Fewer than 600", "More than 500", "same"),
        ("At least 700", "More than 900", "same"),
        ("Between 500 and 600", "550", "same"),
        ("Between 500 and 600", "601", "conflict"),
        ("Between 500 and 600", "Between 600 and 700", "same"),
        ("Between 500 and 600", "Between 601 and 700", "conflict"),
        ("Between 500 and 600", "500", "same"),
    ],
)
def test_for_one_dated_period_two_numbers_agree_or_conflict(newest: str, other: str, related: str) -> None:
    a, b = one(IN_OCTOBER.format(newest)), one(IN_OCTOBER.format(other), DECEMBER)
    assert relation(a, b) == related
    assert relation(b, a) == related


@pytest.mark.parametrize(
    "body",
    [
        "1,100 foreign criminals were removed in September 2024.",
        "1,100 foreign criminals were removed since 1 October 2024.",
        "1,100 foreign criminals were removed.",
        "1,100 foreign criminals were removed since the election.",
        "More than 1,000 foreign criminals were removed.",
    ],
)
def test_another_number_for_another_time_or_none_known_is_superseded(body: str) -> None:
    assert relation(one(IN_OCTOBER.format("1,200")), one(body, DECEMBER)) == "earlier"


@pytest.mark.parametrize("words", ["since 5 July 2024", "since the election", ""])
def test_a_count_that_goes_on_is_no_conflict(words: str) -> None:
    body = f"{{}} foreign criminals were removed {words}.".replace(" .", ".")
    assert relation(one(body.format("2,580")), one(body.format("2,100"), DECEMBER)) == "earlier"
    assert relation(one(body.format("2,580")), one(body.format("2,580"), DECEMBER)) == "same"


def test_the_same_number_is_the_same_whatever_it_is_said_to_cover() -> None:
    assert relation(one(IN_OCTOBER.format("1,200")), one("1,200 were removed in May 2024.", DECEMBER)) == "same"


def test_the_bounds_of_numbers_below_zero() -> None:
    period = Period(Span(0, 1), date(2024, 10, 1), date(2024, 10, 31))
    assert relation(made("-5", "0", period=period), made("-1", period=period)) == "same"
    assert relation(made("-5", "0", period=period), made("1", period=period)) == "conflict"
    assert relation(made("-100", qualifier="around", period=period), made("-103", period=period)) == "same"
    assert relation(made("-100", qualifier="around", period=period), made("-106", period=period)) == "conflict"


# timeline


def three() -> list[Candidate]:
    """One measure in three releases; the reader likes the oldest best."""
    return [
        candidate(hit(1, SINCE.format("1,500"), NOVEMBER), 6.0),
        candidate(hit(2, SINCE.format("2,100"), DECEMBER), 5.0),
        candidate(hit(3, SINCE.format("2,580"), JANUARY), 4.0),
    ]


def test_the_answer_is_the_newest_statement_and_the_others_are_superseded() -> None:
    line = line_of(HOW_MANY, *three())
    assert shown(line) == [
        ("More than 2,580", "latest"),
        ("More than 2,100", "earlier"),
        ("More than 1,500", "earlier"),
    ]
    assert answer(line) == "More than 2,580"
    newest = points(line)[0]
    assert (newest.value, newest.unit, newest.qualifier, newest.measured) == (
        "2580", "", "more than", "foreign criminals",
    )  # fmt: skip
    assert newest.period is not None
    assert (newest.period.start, newest.period.end, newest.period.text) == (
        date(2024, 7, 5), None, "since 5 July 2024",
    )  # fmt: skip


def test_a_release_speaks_once_by_what_the_reader_believes_most() -> None:
    weak = candidate(hit(4, SINCE.format("9,999"), JANUARY, release="r3"), 1.0)
    for order in ([*three(), weak], [three()[0], weak, *three()[1:]]):
        assert [text for text, _ in shown(line_of(HOW_MANY, *order))] == [
            "More than 2,580", "More than 2,100", "More than 1,500",
        ]  # fmt: skip


def test_two_spans_of_a_release_that_are_worth_the_same_are_told_apart_by_their_place() -> None:
    body = "The 2,580 foreign criminals were removed. The 2,000 foreign criminals were removed in May 2024."
    last = hit(3, body, JANUARY)
    pair = [candidate(last, 4.0, "2,580"), candidate(last, 4.0, "2,000")]
    lines = [line_of(HOW_MANY, three()[0], *order) for order in (pair, pair[::-1])]
    assert lines[0] == lines[1]
    assert answer(lines[0]) == "2,580"


@pytest.mark.parametrize(
    "body",
    [
        "More than 2,580 flights carried foreign criminals who were removed since 5 July 2024.",
        "The removal of foreign criminals cost £2 million since 5 July 2024.",
        "Removals of foreign criminals rose by 23% since 5 July 2024.",
        "The number of foreign criminals removed rose by 400 since 5 July 2024.",
        "Foreign criminals were removed since 5 July 2024.",
        "More than 2,580 hives were counted since 5 July 2024.",
    ],
)
def test_another_measure_unit_or_kind_is_left_out(body: str) -> None:
    other = candidate(hit(4, body, date(2025, 2, 1)), 5.0)
    assert "r4" not in {point.citation.release_id for point in points(line_of(HOW_MANY, *three(), other))}


def test_a_change_is_compared_with_changes_alone() -> None:
    question = "By what percentage did removals of foreign criminals increase?"
    rise = "Removals of foreign criminals rose by {} since 5 July 2024."
    share = "Removals of foreign criminals were 40% of all removals since 5 July 2024."
    line = line_of(
        question,
        candidate(hit(1, rise.format("20%"), DECEMBER), 6.0),
        candidate(hit(2, rise.format("23%"), JANUARY), 5.0),
        candidate(hit(3, share, date(2025, 2, 1)), 5.0),
    )
    assert shown(line) == [("23%", "latest"), ("20%", "earlier")]
    assert {point.change for point in points(line)} == {"up"}


IN_OTHER_WORDS = "Foreign criminals are removed by air. The centre held 1,500 criminals."


def test_what_the_reader_does_not_believe_is_left_out_but_a_repeated_number_more_easily_believed() -> None:
    anchor = three()[2]
    doubted = [
        candidate(hit(1, IN_OTHER_WORDS, NOVEMBER), -1.0, "1,500"),
        candidate(hit(2, SINCE.format("2,580"), DECEMBER), -1.0),
        candidate(hit(4, "The harbour had 2,580 boats.", date(2024, 12, 1)), -9.0),
    ]
    assert shown(line_of(HOW_MANY, anchor, *doubted)) == [("More than 2,580", "latest"), ("More than 2,580", "same")]


def test_a_much_worse_statement_than_the_best_is_about_something_else() -> None:
    other = hit(1, IN_OTHER_WORDS, NOVEMBER)
    line = line_of(HOW_MANY, candidate(three()[2].hit, 12.0), candidate(other, 1.0, "1,500"))
    assert shown(line) == [("More than 2,580", "latest")]


RETURNED = "This has already seen almost 4,100 crews with no licence to fish returned to port since the storm."
LATER = "A surge of returns to port since the storm led to 5,200 crews with no licence to fish being sent back."


@pytest.mark.parametrize(
    ("later", "span_score", "expected"),
    [
        (LATER, -2.0, "5,200"),
        (LATER, -9.0, "almost 4,100"),  # not even doubted
        ("Since the storm 5,200 crews have returned their forms.", -2.0, "almost 4,100"),
    ],
)
def test_a_later_number_is_believed_more_easily_where_its_sentence_says_the_same(
    later: str, span_score: float, expected: str
) -> None:
    old, new = hit(1, RETURNED, DECEMBER), hit(2, later, JANUARY)
    line = line_of(
        "how many crews returned to port", candidate(old, words="4,100"), candidate(new, span_score, "5,200")
    )
    assert answer(line) == expected


SAVED = "Under its new harbour master and his deputy the port is to save £9 million in fuel costs by switching engines."


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ("In ten months £4 million of fuel costs were saved at the port.", ["£9 million", "£4 million"]),
        ("In ten months £4 million of costs were saved there.", ["£9 million"]),
    ],
)
def test_a_doubted_number_is_of_the_measure_if_its_sentence_says_all_that_was_asked(
    other: str, expected: list[str]
) -> None:
    new, old = hit(2, SAVED, JANUARY), hit(1, f"The port reports. {other}", DECEMBER)
    line = line_of(
        "How much has the port saved in fuel costs?", candidate(new, words="£9"), candidate(old, -4.5, "£4 million")
    )
    assert [text for text, _ in shown(line)] == expected


def test_another_number_that_will_be_reached_is_no_statement_of_what_was() -> None:
    done = hit(1, "The fund has helped to vaccinate 45 million cats in the valley.", JANUARY)
    will = hit(2, "The fund will pay for a next phase, vaccinating 15 million cats in the valley.", DECEMBER)
    told = hit(3, "The fund will pay for more, vaccinating 45 million cats in the valley.", NOVEMBER)
    line = line_of(
        "How many cats has the fund helped to vaccinate?",
        candidate(done, words="45"),
        candidate(will, words="15"),
        candidate(told, words="45"),
    )
    assert shown(line) == [("45 million", "latest"), ("45 million", "same")]


def test_what_says_the_answers_number_is_cited_with_it() -> None:
    again = candidate(hit(4, SINCE.format("2,580"), date(2025, 1, 20)), 3.0)
    line = line_of(HOW_MANY, *three(), again)
    assert [each.hit.passage.release.id for each in same_figure(line)] == ["r4", "r3"]


def test_on_one_day_the_better_one_answers_and_ties_are_settled_by_name() -> None:
    better = candidate(hit(1, SINCE.format("2,000"), JANUARY), 6.0)
    worse = candidate(hit(2, SINCE.format("3,000"), JANUARY), 5.0)
    assert shown(line_of(HOW_MANY, better, worse)) == [("More than 2,000", "latest"), ("More than 3,000", "earlier")]
    equal = candidate(worse.hit, 6.0)
    for order in ((better, equal), (equal, better)):
        assert answer(line_of(HOW_MANY, *order)) == "More than 2,000"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (HOW_MANY, "3,000"),
        ("How many foreign criminals were removed in October 2024?", "1,200"),
        ("How many foreign criminals were arrested by police and removed in October 2024?", "1,200"),
        ("How many removals of foreign criminals were issued in October 2024?", "1,200"),
        ("How many foreign criminals did they release and remove in October 2024?", "1,200"),
        ("How many foreign criminals were removed by the end of November 2024?", "1,200"),
        ("How many foreign criminals were removed as of 30 November 2024?", "1,200"),
        ("How many foreign criminals were removed by mid-November 2024?", "1,200"),
        ("How many foreign criminals were removed in early October 2024?", "1,200"),
        ("How many foreign criminals were removed by the middle of December 2024?", "2,580"),
        ("How many foreign criminals were removed by 16 December 2024?", "2,100"),
        ("How many foreign criminals were removed, in the release of 17 December?", "2,580"),
        ("How many foreign criminals were removed, says the 17 December 2024 press release?", "2,580"),
        ("How many foreign criminals were removed, in the statement published on 16 December 2024?", "2,100"),
        ("How many foreign criminals were removed since 5 July 2024?", "3,000"),
        ("How many foreign criminals were removed since the election?", "3,000"),
        ("How many foreign criminals were removed recently?", "3,000"),
        ("How many foreign criminals were removed in October 1999?", "2,100"),
    ],
)
def test_a_question_that_names_its_time_is_answered_for_it(question: str, expected: str) -> None:
    line = line_of(
        question,
        candidate(hit(2, "2,100 foreign criminals were removed since 5 November 2024.", date(2024, 12, 16)), 6.0),
        candidate(hit(1, "In October 2024, 1,200 foreign criminals were removed.", NOVEMBER), 5.0),
        candidate(hit(3, "2,580 foreign criminals were removed since 5 November 2024.", DECEMBER), 5.0),
        candidate(hit(4, "3,000 foreign criminals were removed since 5 November 2024.", JANUARY), 5.0),
    )
    assert len(line.statements) == 4
    assert answer(line) == expected
    assert shown(line)[0] == ("3,000", "latest")  # whatever was asked for


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How many visits took place in October 2024?", "856"),
        ("How many visits took place?", "over 6,600"),
        ("How many visits took place by the end of October 2024?", "over 6,600"),
    ],
)
def test_a_figure_for_just_the_time_that_is_asked_for_stands_in_for_one_of_more(question: str, expected: str) -> None:
    body = "From January to October 2024 there were over 6,600 visits. In October 2024 there were 856 visits."
    found = hit(1, body, JANUARY)
    line = line_of(question, candidate(found, 9.0, "6,600"), candidate(found, 1.0, "856"))
    assert answer(line) == expected


def test_a_later_statement_of_more_time_does_not_take_the_place_of_one_for_just_that() -> None:
    line = line_of(
        "How many visits took place in October 2024?",
        candidate(hit(1, "In October 2024 there were 856 visits.", DECEMBER), 9.0, "856"),
        candidate(hit(2, "From January to October 2024 there were over 6,600 visits.", JANUARY), 9.0, "6,600"),
    )
    assert answer(line) == "856"
    assert shown(line) == [("over 6,600", "latest"), ("856", "earlier")]


def test_some_of_what_is_counted_is_another_measure() -> None:
    line = line_of(
        "How many charter flights left?",
        candidate(hit(1, "In all 33 charter flights left.", DECEMBER), 9.0, "33"),
        candidate(hit(2, "Four of the charter flights left full.", JANUARY), 8.0, "Four"),
    )
    assert shown(line) == [("33", "latest")]


def test_what_a_change_is_measured_against_is_not_the_time_that_is_asked_for() -> None:
    line = line_of(
        "By what percentage did removals of foreign criminals increase on last year?",
        candidate(hit(1, "Removals of foreign criminals rose by 20%.", date(2024, 12, 16)), 6.0),
        candidate(hit(2, "Removals of foreign criminals rose by 23%.", date(2025, 1, 9)), 5.0),
    )
    assert answer(line) == "23%"


# what is no figure


@pytest.mark.parametrize(
    ("question", "body", "words"),
    [
        ("Who was removed?", "A group of 30 foreign criminals was removed.", None),
        ("Who spoke?", "The minister spoke.", None),
        (HOW_MANY, "Foreign criminals were removed by Dame Ada in 2 weeks.", "Dame Ada"),
    ],
)
def test_what_is_no_figure_has_no_timeline(question: str, body: str, words: str | None) -> None:
    found = [candidate(hit(1, body, JANUARY), 5.0, words)]
    assert anchor_of(understand(question), found, stated(found), LIMITS) is None


def test_nothing_found_has_no_timeline_and_neither_has_a_passage_without_figures() -> None:
    assert anchor_of(understand(HOW_MANY), [], {}, LIMITS) is None
    assert anchor_of(understand(HOW_MANY), three(), {}, LIMITS) is None


def test_a_figure_alone_answers_a_question_that_does_not_ask_for_one_outright() -> None:
    found = [candidate(hit(1, "Removals of foreign criminals rose by 23% since May 2024.", JANUARY), 5.0, "23%")]
    assert anchor_of(understand("How did removals change?"), found, stated(found), LIMITS) is not None


# further reading


def test_further_passages_are_those_of_other_releases_that_may_state_the_measure() -> None:
    known = three()
    anchor = anchor_of(understand(HOW_MANY), known, stated(known), LIMITS)
    assert anchor is not None
    more = [
        hit(10, SINCE.format("900"), date(2024, 10, 1), 0.2),
        hit(11, SINCE.format("901"), date(2024, 10, 1), 0.9, release="r10"),
        hit(12, "Removals of foreign criminals rose by 23%.", date(2024, 10, 2), 0.9),
        hit(13, "More than 30 hives.", date(2024, 10, 3), 0.9),
        hit(14, SINCE.format("1,500"), NOVEMBER, 0.9, release="r1"),
        *(hit(20 + i, SINCE.format(i + 2), date(2024, 9, 1), 0.1) for i in range(9)),
    ]
    found = stated([candidate(each) for each in more])
    line = line_of(HOW_MANY, *known)
    worth = worth_reading(understand(HOW_MANY), line, anchor, more, found)
    assert len(worth) == MORE
    assert worth == worth_reading(understand(HOW_MANY), line, anchor, more[::-1], found)
    assert len({each.passage.release.id for each in worth}) == MORE
    assert not {each.passage.id for each in worth} & {12, 13, 14}
    assert worth[0].passage.id == 11


# invariants

NUMBERS = st.sampled_from(["1,200", "2,100", "More than 2,100", "Nearly 2,580", "Between 5 and 10", "£3 million", "7%"])
TIMES = st.sampled_from(["in October 2024", "since 5 July 2024", "since the election", "in 2023", ""])
CANDIDATES = st.lists(
    st.tuples(NUMBERS, TIMES, st.integers(0, 6), st.integers(0, 4), st.sampled_from([-4.0, 0.0, 3.0, 3.0, 9.0])),
    min_size=1,
    max_size=8,
)
QUESTIONS = st.sampled_from(
    [HOW_MANY, f"{HOW_MANY[:-1]} in October 2024?", f"{HOW_MANY[:-1]} by 3 January 2025?"]
)  # fmt: skip
Drawn = list[tuple[str, str, int, int, float]]


def from_drawn(drawn: Drawn) -> list[Candidate]:
    found = []
    for number, (value, when, _, release, worth) in enumerate(drawn):
        body = f"{value} foreign criminals were removed {when}. Others say 77."
        published = date(2025, 1, 1) + timedelta(next(d for _, _, d, r, _ in drawn if r == release))
        found.append(candidate(hit(number, body, published, release=f"r{release}"), worth, value))
    return found


def values(known: Mapping[int, Sequence[Figure]]) -> set[tuple[str, str | None]]:
    return {
        (plain(each.value), plain(each.value_max) if each.value_max is not None else None)
        for found in known.values()
        for each in found
    }


@given(CANDIDATES, QUESTIONS, st.randoms(use_true_random=False))
def test_what_holds_for_every_timeline(drawn: Drawn, question: str, random: Random) -> None:
    candidates = from_drawn(drawn)
    known = stated(candidates)
    anchor = anchor_of(understand(question), candidates, known, LIMITS)
    assert anchor is not None
    line = timeline(understand(question), anchor, candidates, known, LIMITS)
    shuffled = candidates[:]
    random.shuffle(shuffled)
    assert timeline(understand(question), anchor, shuffled, known, LIMITS) == line

    stated_points = points(line)
    assert [point.relation for point in stated_points].count("latest") == 1
    assert stated_points[0].relation == "latest"
    days = [point.published for point in stated_points]
    assert days == sorted(days, reverse=True)
    assert line.answer in line.statements
    if question == HOW_MANY:
        assert line.answer is line.statements[0]
    assert len({point.citation.release_id for point in stated_points}) == len(stated_points)
    for point, statement in zip(stated_points, line.statements, strict=True):
        body = statement.release.body
        cited = point.citation
        assert body[cited.answer_start : cited.answer_end] == point.text
        assert body[cited.start : cited.end] == cited.quote
        assert point.text in cited.quote
        assert (point.value, point.value_max) in values(known)
        assert point.unit == anchor.figure.unit
    same = same_figure(line)
    assert same[0] is line.answer
    assert len({each.hit.passage.release.id for each in same}) == len(same)


def test_a_limit_of_another_time_does_not_replace_the_answer() -> None:
    body = "A firm could get up to £500 in 2023. A firm got £300 in 2024."
    found = hit(1, body, date(2025, 1, 9))
    candidates = [candidate(found, 6.0, "£300"), candidate(found, 5.0, "up to £500")]
    for question, answered in (
        ("What was the most a firm got in 2024?", "£300"),
        ("What is the most a firm can get?", "up to £500"),
    ):
        anchor = anchor_of(understand(question), candidates, stated(candidates), LIMITS)
        assert anchor is not None
        assert anchor.figure.span.of(body) == answered


def test_what_the_second_reading_put_after_a_figure_that_is_not_believed_does_not_stand_in_for_it() -> None:
    grants = "A second grant is capped at £6,570. Claims for grants were worth £6.8 billion."
    later = hit(2, grants, JANUARY)
    doubted = Candidate(later, Span(grants.index("£6,570"), grants.index("£6,570") + 6), 0.3, 10.3, -2.2)
    claims = Candidate(later, Span(grants.index("£6.8"), grants.index("£6.8") + 12), 0.2, 5.5, 12.0)
    first = candidate(hit(1, "The grant was worth up to £7,500.", NOVEMBER), 10.0, "£7,500")
    assert answer(line_of("How much is the grant worth?", first, claims)) == "£6.8 billion"
    assert answer(line_of("How much is the grant worth?", first, doubted, claims)) == "up to £7,500"
