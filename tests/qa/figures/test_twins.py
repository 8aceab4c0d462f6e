"""Two things of one class: which words are a figure's own, and what a timeline and an answer make of it.

Long because most of it is example sentences.

Long because its cases are sentences.
"""

from collections.abc import Sequence
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from index.figures.read import figures
from index.models.hashing_embedder import HASHING_MODEL
from index.text.sentences import sentences
from index.types import Figure, Hit, Passage, Release, Span
from qa.compose import open_engine
from qa.figures.own_words import own_words
from qa.figures.timeline import Timeline, anchor_of, timeline
from qa.question import understand
from qa.reading.exports import SHIPPED
from qa.reading.reader import ScoreLimits
from qa.settings import Settings
from qa.types import Answer, Candidate

EARLIER, LATER = date(2025, 1, 10), date(2025, 2, 20)
LIMITS = ScoreLimits(alone=0.0, repeated=-17.0, below_best=10.0)


def hit(number: int, body: str, published: date, title: str = "News") -> Hit:
    release = Release(f"r{number}", title, body, "Harbour Board", published)
    whole = Span(0, len(body))
    return Hit(Passage(number, release, 1, whole, tuple(sentences(body)), 1), 0.5, 0.5, 0.5)


def candidate(found: Hit, words: str, span_score: float = 5.0) -> Candidate:
    start = found.passage.release.body.index(words)
    return Candidate(found, Span(start, start + len(words)), 0.9, span_score, span_score)


def stated(candidates: Sequence[Candidate]) -> dict[int, Sequence[Figure]]:
    releases = {each.hit.passage.id: each.hit.passage.release for each in candidates}
    return {number: figures(release.body, release.published) for number, release in releases.items()}


def line_of(question: str, *candidates: Candidate) -> Timeline:
    known, asked = stated(candidates), understand(question)
    anchor = anchor_of(asked, candidates, known, LIMITS)
    assert anchor is not None
    return timeline(asked, anchor, candidates, known, LIMITS)


def texts(line: Timeline) -> list[str]:
    return [each.figure.span.of(each.release.body) for each in line.statements]


# words of one's own


@pytest.mark.parametrize(
    ("body", "number", "own", "others"),
    [
        ("They made 150 arrests at Aldmoor and 220 at Brackley.", "220", "arrests Brackley", "Aldmoor 150"),
        ("They made 150 arrests at Aldmoor and 220 at Brackley.", "150", "arrests Aldmoor", "Brackley 220"),
        ("Aldmoor and Brackley lost 12 and 31 trees respectively.", "31", "Brackley lost trees", "Aldmoor 12"),
        ("The north and south piers took 240 and 310 visitors respectively.", "240", "north piers", "south 310"),
        ("In 2022 and 2023 it took 240 and 310 lorries respectively.", "240", "2022 lorries", "2023 310"),
        ("Sales of slate rose from 1,200 tonnes in 2021 to 1,450 tonnes in 2022.", "1,450", "slate 2022", "2021"),
        ("In Aldmoor there were 150 thefts. The figure for Brackley was 220.", "220", "Brackley thefts", "Aldmoor"),
        ("The ferry grant is £410,000 and the bus grant £95,000.", "£95,000", "bus grant", "ferry"),
        ("The ferry grant is £410,000. It rose by £30,000 in May.", "£30,000", "ferry grant May", "bus"),
        ("Crews found 150 boats and 220 lorries were seized at Dover.", "150", "boats", "lorries"),
    ],
)
def test_the_words_of_one_figure_are_not_those_of_the_figure_beside_it(
    body: str, number: str, own: str, others: str
) -> None:
    found = figures(body, LATER)
    figure = next(each for each in found if number in each.span.of(body))
    text = own_words(hit(1, body, LATER).passage, figure, found).text
    said = set(text.replace(".", " ").replace(",", "").split())
    assert all(word in text for word in own.split())
    assert not set(others.split()) & said


# timelines


@pytest.mark.parametrize(
    ("question", "first", "second"),
    [
        (
            "How much is the ferry grant for Skarra worth?",
            "The ferry grant for Skarra is worth £410,000.",
            "The bus grant for Skarra is worth £95,000.",
        ),
        (
            "How long is the north pier at Corran?",
            "The north pier at Corran is 340 metres long.",
            "The south pier at Corran is 290 metres long.",
        ),
        (
            "How many night trains run to Corran each week?",
            "There are 14 night trains to Corran each week.",
            "There are 60 day trains to Corran each week.",
        ),
        (
            "How many homes were built in Aldmoor?",
            "Builders finished 410 homes in Aldmoor.",
            "Builders finished 95 homes in Brackley.",
        ),
        (
            "How much does phase 2 of the tram cost?",
            "Phase 2 of the tram costs £41 million.",
            "Phase 3 of the tram costs £95 million.",
        ),
        (
            "How many primary school places does Skarra need?",
            "Skarra needs 410 primary school places.",
            "Skarra needs 95 secondary school places.",
        ),
    ],
)
@pytest.mark.parametrize("later", ["first", "second"])
def test_a_timeline_has_no_statement_of_the_other_thing(question: str, first: str, second: str, later: str) -> None:
    days = (LATER, EARLIER) if later == "first" else (EARLIER, LATER)
    one, other = hit(1, first, days[0]), hit(2, second, days[1])
    line = line_of(question, whole(one, 9.0), whole(other, 8.0))
    assert [each.release.id for each in line.statements] == ["r1"]
    assert line.answer.release.id == "r1"


def whole(found: Hit, span_score: float) -> Candidate:
    return Candidate(found, found.passage.span, 0.9, span_score, span_score)


@pytest.mark.parametrize(
    ("question", "first", "second"),
    [
        (
            "How much is the ferry grant for Skarra worth?",
            "The ferry grant for Skarra is worth £410,000.",
            "Skarra's ferry grant now comes to £450,000.",
        ),
        (
            "How long is the north pier at Corran?",
            "The north pier at Corran is 340 metres long.",
            "After the storm Corran's north pier is 310 metres long.",
        ),
        (
            "How many homes were built in Aldmoor?",
            "Builders finished 410 homes in Aldmoor.",
            "In Aldmoor builders have now finished 495 new homes.",
        ),
        (
            "How many jobs has the wage scheme protected?",
            "The wage scheme has protected 8.4 million jobs.",
            "So far 9.6 million jobs have been protected by the wage scheme.",
        ),
        (
            "How many people have been removed since the general election?",
            "1,400 people have been removed since the general election.",
            "Almost 1,600 people were returned since the election and removed.",
        ),
        (
            "How much does phase 2 of the tram cost?",
            "Phase 2 of the tram costs £41 million.",
            "The bill for phase 2 of the tram has reached £48 million.",
        ),
    ],
)
def test_the_same_thing_restated_is_the_answer(question: str, first: str, second: str) -> None:
    line = line_of(question, whole(hit(1, first, EARLIER), 9.0), whole(hit(2, second, LATER), 3.0))
    assert [each.release.id for each in line.statements] == ["r2", "r1"]
    assert line.answer.release.id == "r2"


def test_of_two_things_in_one_later_release_the_one_asked_for_is_taken() -> None:
    both = "The north pier is 320 metres long. The south pier is 290 metres long."
    later = hit(2, both, LATER)
    line = line_of(
        "How long is the south pier?",
        candidate(hit(1, "The south pier is 300 metres long.", EARLIER), "300 metres", 9.0),
        candidate(later, "320 metres", 8.0),
        candidate(later, "290 metres", 7.0),
    )
    assert texts(line) == ["290 metres", "300 metres"]


def test_the_same_number_in_other_words_is_restated() -> None:
    line = line_of(
        "How long should people rinse the nets for to stop the spread of mussels?",
        candidate(hit(1, "Rinse the nets for 20 minutes to stop the spread of mussels.", LATER), "20 minutes", 9.0),
        candidate(hit(2, "Fishers should rinse nets for 20 minutes.", EARLIER, "Mussels spread"), "20 minutes", 6.0),
    )
    assert texts(line) == ["20 minutes", "20 minutes"]


# the answer itself


@pytest.mark.parametrize(
    ("question", "body", "best", "expected"),
    [
        (
            "How many tonnes of slate were sold in 2022?",
            "Sales of slate rose from 1,200 tonnes in 2021 to 1,450 tonnes in 2022. Sales of coal were 3,900 tonnes.",
            "3,900 tonnes",
            "1,450 tonnes",
        ),
        (
            "How many cycle thefts were recorded in Brackley?",
            "In 2023 there were 410 recorded cycle thefts in Aldmoor. The figure for Brackley was 95.",
            "410",
            "95",
        ),
        (
            "how much tea was seized",
            "The total quantity of tea seized rose by 5% to over 28 tonnes. Coffee was up too, with 74 tonnes seized.",
            "74 tonnes",
            "28 tonnes",
        ),
        (
            "How much is the bus grant?",
            "The ferry grant is worth £410,000 and the bus grant £95,000.",
            "£410,000",
            "£95,000",
        ),
        (
            "How many visitors did the south pier take?",
            "The north pier took 240 visitors. The south pier took 310 visitors.",
            "240",
            "310",
        ),
        (
            "How much can farmers in Nether Ferne claim?",
            "Farmers in Over Ferne can claim up to £4,000 for walls, and those in Nether Ferne up to £2,600.",
            "up to £4,000",
            "up to £2,600",
        ),
        (
            "How many shops in Brackley were searched?",
            "Officers searched 73 shops in Aldmoor; in nearby Brackley they searched 40.",
            "73",
            "40",
        ),
    ],
)
def test_a_figure_of_something_else_gives_way_to_that_of_what_is_named(
    question: str, body: str, best: str, expected: str
) -> None:
    found = hit(1, body, LATER)
    line = line_of(question, candidate(found, best, 14.0), candidate(found, expected, -2.0))
    assert expected in texts(line)[0]


@pytest.mark.parametrize(
    ("question", "body", "best", "other"),
    [
        (
            "How many inspections of water firms must the Agency make by April 2026?",
            "The Agency has made 930 inspections of water firms. They will rise to 10,000 by April 2026.",
            "10,000",
            "930",
        ),
        (
            "How many homes did the council of Aldmoor build?",
            "It built 410 homes. The council of Aldmoor owns 95 lorries.",
            "410",
            "95",
        ),
        (
            "How many beds does the charity's house have?",
            "The house has three beds. The charity helps 4,400 sailors.",
            "three",
            "4,400",
        ),
    ],
)
def test_more_of_the_questions_words_alone_do_not_replace_the_best(
    question: str, body: str, best: str, other: str
) -> None:
    found = hit(1, body, LATER)
    line = line_of(question, candidate(found, best, 14.0), candidate(found, other, 2.0))
    assert texts(line) == [best]


def test_a_question_for_the_most_is_answered_with_a_limit() -> None:
    body = "Firms have claimed £6.8 million so far. Each grant is capped at £6,570."
    found = hit(1, body, LATER)
    line = line_of(
        "What is the most a firm can get from a grant?",
        candidate(found, "£6.8 million", 14.0),
        candidate(found, "£6,570", -1.5),
    )
    assert texts(line) == ["£6,570"]


RATES = "The rate dropped 40 basis points to 4.9% in July, and rents fell by £30 to £610 a month."


@pytest.mark.parametrize(
    ("question", "best", "expected"),
    [
        ("By how much did the rate drop?", "4.9%", "40 basis points"),
        ("What did the rate drop to?", "4.9%", "4.9%"),
        ("By how much did rents fall?", "£610", "£30"),
        ("By how much did rents fall?", "£30", "£30"),
        ("How high are rents now?", "£610", "£610"),
    ],
)
def test_how_much_something_changed_is_not_where_it_ended(question: str, best: str, expected: str) -> None:
    line = line_of(question, candidate(hit(1, RATES, LATER), best, 14.0))
    assert expected in texts(line)[0]


SPORT = "Clubs get a further £3 million for pitches, building on last year's £10 million, up from £12 million then."


@pytest.mark.parametrize(
    ("question", "best", "expected"),
    [
        ("How much more do clubs get for pitches?", "£10 million", "£3 million"),
        ("How much did clubs get last year?", "£10 million", "£10 million"),
        ("How much did clubs get before?", "£12 million", "£12 million"),
        ("How much do clubs get?", "£12 million", "£10 million"),
        ("How much did clubs get in 2023?", "£10 million", "£10 million"),
        ("How much more do clubs get for pitches?", "£3 million", "£3 million"),
    ],
)
def test_an_amount_is_not_the_one_that_it_adds_to(question: str, best: str, expected: str) -> None:
    line = line_of(question, candidate(hit(1, SPORT, LATER), best, 14.0))
    assert expected in texts(line)[0]


# with the reader that comes with pressqa


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory, new_lab):  # type: ignore[no-untyped-def]
    def asked(question: str, *releases: Release) -> Answer:
        lab = new_lab(tmp_path_factory.mktemp("twins") / "data")
        lab.ingest(*releases)
        settings = Settings(data=Path(lab.data), model=HASHING_MODEL, reader=SHIPPED, threshold=0.0)
        with closing(open_engine(settings)) as engine:
            return engine.ask(question)

    return asked


def release(name: str, published: date, title: str, body: str) -> Release:
    return Release(name, title, body, "Harbour Board", published)


TWINS = [
    (
        "How much is the ferry grant for Corran worth?",
        [("Ferry grants", "The ferry grant for Corran is worth £510,000. It is paid in May."),
         ("Bus grants", "The bus grant for Corran is worth £85,000.")],
        "£510,000",
    ),
    (
        "How long is the north pier?",
        [("North pier opens", "The north pier is 340 metres long."),
         ("South pier opens", "The south pier is 290 metres long.")],
        "340 metres",
    ),
    (
        "How many beds does the women's hostel have?",
        [("Hostel for women", "The women's hostel in Aldmoor has 44 beds."),
         ("Hostel for men", "The men's hostel in Aldmoor has 61 beds.")],
        "44",
    ),
    (
        "How many visitors did the castle museum have?",
        [("Castle museum", "The castle museum had 18,200 visitors last year."),
         ("Railway museum", "The railway museum had 22,900 visitors last year.")],
        "18,200",
    ),
    (
        "What does an adult ticket cost?",
        [("Fares", "An adult ticket costs £4.20."), ("Child fares", "A child ticket costs £2.10.")],
        "£4.20",
    ),
]  # fmt: skip


def test_a_later_release_that_found_none_supersedes_the_number() -> None:
    """The reader picks the bats tested, and no nought."""
    found = hit(1, "Vets tested 104 bats. Two cases of rabies were found.", EARLIER, "Bats tested")
    none = hit(2, "Vets tested 118 bats. No cases of rabies were found.", LATER, "Bats tested")
    said = [candidate(found, "Two"), candidate(none, "118", -3.0)]
    line = line_of("How many cases of rabies were found in bats?", *said)
    assert texts(line) == ["No cases", "Two"]
    assert line.answer is line.statements[0]
    assert texts(line_of("How many bats were tested?", candidate(none, "118"), candidate(found, "104"))) == [
        "118",
        "104",
    ]


@pytest.mark.model
@pytest.mark.parametrize("later", [0, 1])
@pytest.mark.parametrize(("question", "said", "expected"), TWINS)
def test_twins_are_told_apart_whichever_is_newer(ask, question, said, expected, later) -> None:  # type: ignore[no-untyped-def]
    days = [LATER if number == later else EARLIER for number in (0, 1)]
    made = [release(f"r{number}", days[number], *said[number]) for number in (0, 1)]
    answer = ask(question, *made)
    assert answer.answer == expected
    assert [point.citation.release_id for point in answer.timeline] == ["r0"]


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "body", "expected"),
    [
        (
            "How many tonnes of slate were exported in 2022–23?",
            "Exports of slate rose from 81,000 tonnes worth £43 million in 2021–22 to 93,000 tonnes worth £64 million"
            " in 2022–23.\n\nExports of granite were 27,500 tonnes in 2022–23.",
            "93,000 tonnes",
        ),
        (
            "How many burglaries were recorded in Brackley in 2023?",
            "In 2023 there were 1,400 recorded burglaries in the county of Aldmoor. The figure for Brackley was 890.",
            "890",
        ),
        (
            "How many visitors did the south pier take?",
            "The north and south piers took 2,400 and 3,100 visitors respectively.",
            "3,100",
        ),
        (
            "How many arrests were made at Brackley?",
            "Officers made 150 arrests at Aldmoor and 220 at Brackley.",
            "220",
        ),
        (
            "How much did Brackley receive?",
            "Aldmoor and Brackley received £240,000 and £310,000 respectively.",
            "£310,000",
        ),
        (
            "How many passengers did the ferry carry in 2022?",
            "Passengers on the ferry rose from 24,000 in 2022 to 31,000 in 2023.",
            "24,000",
        ),
    ],
)
def test_each_number_goes_with_its_own_name_and_year(ask, question, body, expected) -> None:  # type: ignore[no-untyped-def]
    assert ask(question, release("r1", LATER, "Figures published", body)).answer == expected
