import re
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.figures.read import figures
from index.figures.rules import rows, without
from index.sources import clean_body
from index.text.note_marks import mark_at, mark_before
from index.types import Span
from qa.question import understand
from qa.reading.boundaries import ENDS, apart, tidy
from qa.reading.completion import completed

MANY = "How many were there?"
WHAT = "What is it?"


def numbers(body: str, within: Span | None = None) -> list[Span]:
    """Return the numbers in a passage of ``body``, as an index has them."""
    found = [each.number for each in figures(body, date(2025, 3, 4))]
    return [each for each in found if within is None or (within.start <= each.start and each.end <= within.end)]


def tidied(question: str, body: str, chosen: str) -> str:
    start = body.index(chosen)
    span, within = Span(start, start + len(chosen)), Span(0, len(body))
    asked = understand(question)
    return completed(asked, body, tidy(asked, body, span, within, numbers(body)), within, ()).of(body)


@pytest.mark.parametrize("rule", rows(ENDS))
def test_every_rule_decides_its_example(rule: str) -> None:
    question, begun, chosen, rest = re.fullmatch(
        r"(.*?\?) (.*)«(.*)»(.*)", rows(ENDS)[rule].example, re.DOTALL
    ).groups()
    body, span = begun + chosen + rest, Span(len(begun), len(begun + chosen))

    def read(rules):
        asked, found = understand(question), numbers(body)
        within = Span(0, len(body))
        place = tidy(asked, body, span, within, found, rules=rules)
        whole = completed(asked, body, place, within, (), rules=rules.names)
        return whole, apart(asked, body, place, found, rules=rules)

    assert read(ENDS) != read(without(ENDS, rule))


@pytest.mark.parametrize(
    ("question", "body", "chosen", "expected"),
    [
        # a figure keeps what belongs to it
        (MANY, "It will cost £3 billion a year.", "3", "£3 billion"),
        (MANY, "It will cost £3 billion a year.", "3 billion", "£3 billion"),
        ("How much does it cost?", "It costs £150million now.", "150", "£150million"),
        ("What weight was seized?", "Officers seized 119 tonnes of it.", "119", "119 tonnes"),
        (WHAT, "A rise of 24% on last year.", "24", "24%"),
        (WHAT, "A rise of 24% on last year.", "of 24", "of 24%"),
        (WHAT, "It rose to 19.5 per cent in June.", "5", "19.5 per cent"),
        (WHAT, "It rose to 19.5 per cent in June.", "19", "19.5 per cent"),
        (WHAT, "Between 1,200,500 and so on.", "200", "1,200,500"),
        (WHAT, "It is code 12 345 678 now.", "345", "12 345 678"),
        (MANY, "They grew 934 000 tonnes in 2023.", "934", "934 000 tonnes"),
        (MANY, "In 2023 450 people left.", "450", "450"),
        ("How much?", "It cost £1 064 million in all.", "064", "£1 064 million"),
        # a footnote mark is no part of it
        (MANY, "Inspectors paid 4,812³ visits to farms.", "4,812³", "4,812"),
        (MANY, "Inspectors paid 4,812³ visits to farms.", "4,812³ visits", "4,812"),
        (MANY, "They sent 967[4] letters.", "967[4] letters", "967"),
        (MANY, "They sent 58[^b] letters.", "58[^b]", "58"),
        ("What share?", "A rise of 12%².", "12%²", "12%"),
        ("Who?", "She met Ann Poole* and Tom Ash†.", "Ann Poole*", "Ann Poole"),
        ("Who?", "She met Ann Poole* and Tom Ash†.", "Tom Ash†", "Tom Ash"),
        ("How large is it?", "The pool is 300 m² large.", "300", "300 m²"),
        ("What grade?", "They got an A* there.", "A*", "A*"),
        # a title is part of a name, an office or rank is not
        ("Who led it?", "It was led by Wing Commander Ann Poole then.", "Ann Poole", "Ann Poole"),
        ("Who led it?", "It was led by Dr. Tom Ash then.", "Tom Ash", "Dr. Tom Ash"),
        ("Who led it?", "It was led by the minister Tom Ash then.", "Tom Ash", "Tom Ash"),
        # what a thing is for, and how it is done
        ("Why was it set up?", "It was set up to train crews.", "train crews", "to train crews"),
        ("Where did it go?", "It went back to train crews.", "train crews", "train crews"),
        ("Why was it shut?", "It was shut due to noise.", "noise", "noise"),
        ("How did they cut waits?", "They cut waits by opening late.", "opening late", "by opening late"),
        ("How many?", "They cut waits by opening late.", "opening late", "opening late"),
        # nought is said in words
        (MANY, "In all none of the 230 watches was real.", "230", "none of the 230"),
        ("How many watches were real?", "In all none of the 230 watches was real.", "230 watches", "none of the 230"),
        ("How many watches did they take?", "They did take some: none of the 230 watches was real.",
         "the 230 watches", "the 230"),
        (MANY, "On Monday no arrests were made.", "no", "no arrests"),
        (MANY, "There will be no new fees in May.", "no", "no new fees"),
        ("Was it?", "They said no to that.", "no", "no"),
        # and leaves out what is counted, where a figure is asked for
        (MANY, "In all 2,580 foreign criminals were removed.", "2,580 foreign criminals", "2,580"),
        (MANY, "In all 2,580 foreign criminals were removed.", "580", "2,580"),
        ("How much heroin was seized?", "They took 119 tonnes of cocaine.", "119 tonnes of cocaine", "119 tonnes"),
        ("How many came?", "There were more than 800 people.", "more than 800 people", "more than 800"),
        ("Who was removed?", "In all 2,580 foreign criminals were removed.", "2,580 foreign criminals",
         "2,580 foreign criminals"),
        # words are whole
        (WHAT, "The Crime and Policing Bill is law.", "rime and Pol", "Crime and Policing"),
        (WHAT, "They don’t know.", "don", "don’t"),
        (WHAT, "Mr O’Brien came.", "Brien", "O’Brien"),
        (WHAT, "Mr O'Brien came.", "O", "O'Brien"),
        ("Whose plan?", "The Home Secretary’s plan.", "Home Secretary", "Home Secretary"),
        ("Whose plan?", "The Home Secretary’s plan.", "Home Secretary’", "Home Secretary’s"),
        ("Whose plan?", "The Home Secretary’s plan.", "Home Secretary’s", "Home Secretary’s"),
        (WHAT, "It is a Class C drug now.", "C drug", "Class C drug"),
        (WHAT, "A Grade II listed church.", "II listed church", "Grade II listed church"),
        ("Who?", "She met John F Kennedy.", "F Kennedy", "John F Kennedy"),
        (WHAT, "It broke the Protection of Military Remains Act 1986.", "Military Remains Act 1986",
         "Protection of Military Remains Act 1986"),
        (WHAT, "Under the Crime and Courts Act 2013 it is.", "Courts Act 2013", "Crime and Courts Act 2013"),
        (WHAT, "Under section 3 of the Theft Act 1968 it is.", "Theft Act 1968", "Theft Act 1968"),
        ("What is Airwave?", "Airwave, the Home Office’s network, ends.", "network", "the Home Office’s network"),
        ("What is the new network called?", "It is the UK’s Airwave.", "Airwave", "Airwave"),
        (WHAT, "When I came, he left.", "I came", "I came"),
        (WHAT, "He gave Britain A-levels.", "A-levels", "A-levels"),
        ("When?", "It starts at 10:30 on Monday.", "10", "10:30"),
        ("When?", "In the year 2023/24 it rose.", "24", "2023/24"),
        (WHAT, "Ask the U.S. embassy.", "S", "U.S"),
        (WHAT, "See www.gov.uk for more.", "gov", "www.gov.uk"),
        # where a blank is missing, too
        ("Which body?", "It was written byCESG in May.", "CESG", "CESG"),
        ("Which body?", "It was written byCESG in May.", "y", "by"),
        ("Who?", "He met MinisterBaroness Wilcox.", "Baroness Wilcox", "Baroness Wilcox"),
        ("Who?", "The UKHSAsaid so.", "UKHSA", "UKHSA"),
        (MANY, "A total of55 projects won.", "55", "55"),
        (WHAT, "Ask McDonald and the MPs.", "Donald", "McDonald"),
        (WHAT, "Ask McDonald and the MPs.", "MP", "MPs"),
        (WHAT, "It is called COVID19 or MP3.", "3", "MP3"),
        (WHAT, "Nobody said.The rest is history.", "said", "said"),
        (WHAT, "नमस्ते दुनिया", "नमस", "नमस्ते"),
        (WHAT, "A Z̷̡̛alg̶o b", "al", "Z̷̡̛alg̶o"),
        (WHAT, "Then 👩🏽‍🚀 flew.", "👩", "👩🏽‍🚀"),
        # marks at the ends go, pairs stay
        (WHAT, "He said “the plan works” today.", "“the plan works”", "the plan works"),
        (WHAT, "He said “the plan works” today.", "“the plan", "the plan"),
        (WHAT, "He said “the plan works” today.", "plan works”", "plan works"),
        (WHAT, "The agency (the NCA) and others.", "agency (the NCA)", "agency (the NCA)"),
        (WHAT, "The agency (the NCA) and others.", "(the NCA)", "the NCA"),
        (WHAT, "The agency (the NCA).", "agency (the NCA).", "agency (the NCA)"),
        (WHAT, "It is “one” and “two”.", "“one” and “two”", "“one” and “two”"),
        (WHAT, "It was \"so\" he said.", "\"so\"", "so"),
        (WHAT, "It ended in the U.S.", "the U.S.", "the U.S."),
        (WHAT, "It ended in Dover.", "Dover.", "Dover"),
        (WHAT, "First, Dover; then Kent.", ", Dover;", "Dover"),
        (WHAT, "• Dover\n• Kent", "• Dover\n", "Dover"),
        # what is an answer as it stands stays
        (WHAT, "It brings travel bans, social media blackouts and restrictions on phone usage.",
         "travel bans, social media blackouts and restrictions on phone usage",
         "travel bans, social media blackouts and restrictions on phone usage"),
        ("What is Prevent?", "Prevent is the UK’s programme which aims to stop people becoming terrorists.",
         "the UK’s programme which aims to stop people becoming terrorists",
         "the UK’s programme which aims to stop people becoming terrorists"),
        ("When was it?", "It was on 9 January 2025.", "9 January 2025", "9 January 2025"),
        ("Under which Act?", "It is section 3 of the Crime (Overseas) Act 1996.", "the Crime (Overseas) Act 1996",
         "the Crime (Overseas) Act 1996"),
        # there is nothing to keep
        (WHAT, "One — two.", "—", "—"),
    ],
)  # fmt: skip
def test_where_an_answer_begins_and_ends(question: str, body: str, chosen: str, expected: str) -> None:
    assert tidied(question, body, chosen) == expected


@pytest.mark.parametrize(
    ("question", "body", "expected"),
    [
        (MANY, "204, 68", ["204", "68"]),
        ("What share?", "two thirds - 61%", ["two thirds", "61%"]),
        (MANY, "more than 2,100 foreign criminals", []),
        ("How long?", "one year and two months", []),
        ("How long?", "between 6 and 12 months", []),
        ("Who?", "the 12 of 15", []),
    ],
)
def test_figures_that_one_span_runs_across_are_told_apart(question: str, body: str, expected: list[str]) -> None:
    assert [each.of(body) for each in apart(understand(question), body, Span(0, len(body)), numbers(body))] == expected


def test_nothing_is_taken_from_outside_the_passage() -> None:
    body = "It cost £3 billion."
    assert tidy(understand(WHAT), body, Span(9, 10), Span(9, 10), numbers(body, Span(9, 10))).of(body) == "3"


words = st.sampled_from(
    ["the", "agency", "£3", "billion", "2,580", "24%", "119 tonnes", "of", "well-known", "don’t", "O’Brien", "U.S.",
     "(NCA)", "“so", "it”", "‘plan’", "नमस्ते", "Z̷̡̛alg̶o", "👩🏽‍🚀", "日本", "•", "—", "10:30", "2023/24", "£1.5m",
     "people,", "a.", "more than", "19.5", "per cent", "and", "\n", "\n\n", "\"q\"", "’", "[1]", "ﬁne", "½", "-5°C"]
)  # fmt: skip
bodies = st.lists(words | st.text(max_size=6), min_size=1, max_size=14).map(" ".join).map(clean_body).filter(bool)


@st.composite
def places(draw: st.DrawFn) -> tuple[str, Span, Span]:
    body = draw(bodies)
    begin = draw(st.integers(0, len(body) - 1))
    stop = draw(st.integers(begin + 1, len(body)))
    # Passages are whole words.
    while begin > 0 and not body[begin - 1].isspace():
        begin -= 1
    while stop < len(body) and not body[stop].isspace():
        stop += 1
    start = draw(st.integers(begin, stop - 1))
    end = draw(st.integers(start + 1, stop))
    return body, Span(start, end), Span(begin, stop)


def blank_is_missing(body: str, at: int) -> bool:
    before, after = body[:at], body[at:]
    lower_then_not = re.search(r"[a-z]{2}$", before) and (after[0].isupper() or after[0].isdigit())
    return bool(lower_then_not or (re.search(r"[A-Z]{2}$|\d$", before) and re.match(r"[a-z]{2}", after)))


@example(("2023/24 more than 19.5 • -5°C", Span(22, 26), Span(0, 29)), MANY)  # only marks, beside a figure
@given(places(), st.sampled_from([MANY, WHAT]))
def test_a_tidy_span_lies_within_is_whole_and_stays(place: tuple[str, Span, Span], question: str) -> None:
    body, span, within = place
    asked, stated = understand(question), numbers(body, within)
    found = tidy(asked, body, span, within, stated)
    assert within.start <= found.start < found.end <= within.end
    assert tidy(asked, body, found, within, stated) == found
    for word in re.finditer(r"[^\W_]+(?:(?<=\d)[.,](?=\d)[^\W_]+)*", body[within.start : within.end]):
        for edge in (found.start, found.end):
            inside = word.start() < edge - within.start < word.end()
            assert not inside or blank_is_missing(body, edge) or mark_at(body, edge) or mark_before(body, edge)
    if any(mark.isalnum() for mark in span.of(body)):
        assert any(mark.isalnum() for mark in found.of(body))


@given(places())
def test_figures_are_whole(place: tuple[str, Span, Span]) -> None:
    body, span, within = place
    stated = numbers(body, within)
    found = tidy(understand(MANY), body, span, within, stated)
    for number in stated:
        outside = number.end <= found.start or found.end <= number.start
        assert outside or (found.start <= number.start and number.end <= found.end)


def test_how_exactly_a_number_is_meant_is_part_of_an_answer() -> None:
    body = "In all nearly 38,000 and a record 70 came."
    stated = figures(body, date(2025, 3, 4))
    asked, whole = understand("How many came?"), Span(0, len(body))
    place = Span(body.index("38"), body.index(" and"))
    assert completed(asked, body, place, whole, stated).of(body) == "nearly 38,000"
    assert completed(asked, body, place, Span(place.start, len(body)), stated) == place  # the passage begins with it
    grant = "They may get up to £500 each."
    limit = figures(grant, date(2025, 3, 4))
    place = Span(grant.index("£"), grant.index(" each"))
    for question, words in (("How much will they get?", "up to £500"), ("What is the most they get?", "£500")):
        assert completed(understand(question), grant, place, Span(0, len(grant)), limit).of(grant) == words
    record = Span(body.index("70"), body.index(" came"))
    assert completed(asked, body, record, whole, stated) == record


@pytest.mark.parametrize(
    ("question", "body", "expected"),
    [
        ("Where do they meet?", "They meet in «the Guildhall, which dates from 1720».", "the Guildhall"),
        ("Which body ran it?", "It was run by «Tern Trust and funded by the council».", "Tern Trust"),
        ("When will they qualify?", "They will qualify in «2031, when the course ends».", "2031"),
        ("What does GULL mean?", "It means «guarded lighting, known as the glow».", "guarded lighting"),
        ("Which plan is it?", "«The New Quay Plan, must be agreed» by all.", "The New Quay Plan"),
        # what it is takes more words, and what was put in belongs to what it interrupts
        ("What is Tern?", "Tern is «a trust, which runs three piers».", "a trust, which runs three piers"),
        ("Who may go?", "It is open to «those who, when asked, said yes».", "those who, when asked, said yes"),
    ],
)
def test_what_is_only_added_is_no_part_of_an_answer(question: str, body: str, expected: str) -> None:
    before, chosen, after = re.split("[«»]", body)
    assert tidied(question, before + chosen + after, chosen) == expected
