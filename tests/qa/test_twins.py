"""Which candidates are of another thing of the class that a question asks about.

Long because each kind of twin has cases of its own.
"""

from collections.abc import Callable
from datetime import date

import pytest

from index.figures.read import figures as read_figures
from index.types import Hit, Span
from qa.figures.hold_to_time import CONTRADICTED
from qa.question import understand
from qa.twins import hold_to_thing, without_twins
from qa.types import Candidate

MakeHit = Callable[..., Hit]
Said = tuple[str, str, str]
"""The title and the body of a release, and the words in it that may answer."""


def answers(hit: MakeHit, question: str, *said: Said) -> list[tuple[str, float]]:
    """Return the words of the candidates and their confidence, in the order in which they are left."""
    made = []
    for number, (title, body, words) in enumerate(said):
        at = body.index(words)
        confidence = 0.9 - number / 10
        made.append(Candidate(hit(number, body, title=title), Span(at, at + len(words)), confidence, 1.0, 1.0))
    stated = {each.hit.passage.id: read_figures(each.hit.passage.release.body, date(2025, 1, 9)) for each in made}
    left = hold_to_thing(understand(question), made, stated)
    return [(each.span.of(each.hit.passage.release.body), round(each.confidence, 3)) for each in left]


UPPER = ("Grant for Fennick's upper lock", "The lock, built in 1821, is owned by the Fennick Trust.", "Fennick Trust")
LOWER = ("Grant for Fennick's lower lock", "The lock belongs to the town council.", "town council")
ERLEND = ("Saint Erlend returns", "She is back after her overhaul at Kessock yard.", "Kessock yard")
SISTER = (
    "Overhaul of Saint Olaf complete",
    "The Saint Olaf, sister of the Saint Erlend, is back on her crossing. Her overhaul took 31 days.",
    "31 days",
)
TWENTY_FOUR = ("Ferry Saint Erlend returns to service", "Her overhaul took 24 days.", "24 days")
OLAF = ("Overhaul of Saint Olaf complete", "Engineers at the Gorrie Dock found cracks.", "Gorrie Dock")


@pytest.mark.parametrize(
    ("question", "first", "second"),
    [
        ("Who owns the lower lock at Fennick?", UPPER, LOWER),
        ("fennick lower lock owner", UPPER, LOWER),
        ("Where was the Saint Olaf overhauled?", ERLEND, OLAF),
        ("How many days did the overhaul of the Saint Erlend take?", SISTER, TWENTY_FOUR),
    ],
)
def test_what_is_said_of_its_twin_comes_last(hit: MakeHit, question: str, first: Said, second: Said) -> None:
    assert answers(hit, question, first, second) == [(second[2], 0.8), (first[2], round(0.9 * CONTRADICTED, 3))]


@pytest.mark.parametrize(
    ("question", "first", "second"),
    [
        ("Who owns the lock at Fennick?", UPPER, LOWER),  # either may be meant
        (
            "Who is the sister of the Saint Erlend?",
            (*SISTER[:2], "The Saint Olaf"),  # said in a sentence that names her
            TWENTY_FOUR,
        ),
        ("Who owns the middle lock at Fennick?", UPPER, LOWER),  # nothing is of it
        (
            "Who owns the lower lock at Fennick?",
            ("Upper lock closed", "The lower lock is owned by the Fennick Trust.", "Fennick Trust"),
            LOWER,
        ),
        (
            "Who met Jim Paice at the creamery?",
            ("Mr Paice at the creamery", "He met Ann Roe.", "Ann Roe"),
            ("Jim Paice speaks", "He met Omar Field.", "Omar Field"),
        ),
    ],
)
def test_what_may_be_meant_stays(hit: MakeHit, question: str, first: Said, second: Said) -> None:
    assert answers(hit, question, first, second) == [(first[2], 0.9), (second[2], 0.8)]


JOINT = ("Catch", "Action by police and the Tide Patrol led to 900 seizures. Fenby and Ockley have 12 boats.", "900")
BOATS = (*JOINT[:2], "12")


@pytest.mark.parametrize(
    ("question", "said", "is_kept"),
    [
        ("how many seizures did the tide patrol make", JOINT, False),
        ("how many seizures did police and tide patrol make", JOINT, True),
        ("how many seizures were there", JOINT, True),
        ("How many boats has Ockley?", BOATS, False),
        ("How many boats have Fenby and Ockley?", BOATS, True),
    ],
)
def test_the_figure_of_several_together_is_not_that_of_one(
    hit: MakeHit, question: str, said: Said, is_kept: bool
) -> None:
    assert answers(hit, question, said) == [(said[2], 0.9 if is_kept else round(0.9 * CONTRADICTED, 3))]


TRIALS = ("Trials", "The first trial cut crashes by 14%, on the third busiest road.", "14%")
ENVOY = ("Fans", "British Ambassador Jane Roe met fans.", "Jane Roe")


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("By how much did the second trial cut crashes?", TRIALS),
        ("how much fewer crashes on second-busiest road", TRIALS),
        ("who is the irish ambassador", ENVOY),
        ("Which council has most of its children adopted?", ("Homes", "Two per cent are adopted.", "Two per cent")),
        ("helpline number of staff", ("Help", "Call 0800 496 0123 to talk to staff.", "0800 496 0123")),
        ("What four conditions must kennels meet?", ("Kennels", "Kennels must meet four conditions.", "four")),
    ],
)
def test_another_in_a_row_office_or_kind_of_answer_is_refused(hit: MakeHit, question: str, said: Said) -> None:
    assert answers(hit, question, said) == [(said[2], round(0.9 * CONTRADICTED, 3))]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("By how much did the first trial cut crashes?", TRIALS),
        ("What did the trial cut crashes by?", TRIALS),
        ("who is the british ambassador", ENVOY),
        ("who is our ambassador", ENVOY),
        ("who is the fans ambassador", ENVOY),  # the title has it
        ("what is the number of the helpline", ("Help", "Call us on 0800 496 0123.", "on 0800 496 0123")),
        ("Who gave most?", ("Homes", "Two Sisters Ltd gave most.", "Two Sisters Ltd")),
    ],
)
def test_the_one_that_is_asked_for_is_not(hit: MakeHit, question: str, said: Said) -> None:
    assert answers(hit, question, said) == [(said[2], 0.9)]


GARDENS = ("Locks", "Ann Roe, Executive Director of Gardens at the Fennick Trust, said so.", "Ann Roe")
STAFF = ("New officers at the border", "It moved 1,000 staff to enforcement last week.", "1,000")
PATROL = ("Record catch", "The Tide Patrol Force (TPF) seized 40 boats.", "40")


@pytest.mark.parametrize("question", ["how many staff does patrol force have", "How many staff has the Patrol Force?"])
def test_a_release_that_names_nothing_of_the_body_asked_about_comes_last(hit: MakeHit, question: str) -> None:
    assert answers(hit, question, STAFF, PATROL) == [("40", 0.8), ("1,000", round(0.9 * CONTRADICTED, 3))]


@pytest.mark.parametrize(
    "body",
    [
        "It moved 1,000 staff of the patrol force last week.",
        "It moved 1,000 staff last week. The force agreed.",  # what it is after it was named
        "It moved 1,000 staff of the TPF last week.",
    ],
)
def test_a_body_may_be_named_in_short(hit: MakeHit, body: str) -> None:
    said = "New officers", body, "1,000"
    assert answers(hit, "how many staff does patrol force have", said, PATROL) == [("1,000", 0.9), ("40", 0.8)]


DEPUTY = ("Summit", "Deputy Water Minister Rhona Keir told a summit so.", "Rhona Keir")


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Who is the Water Minister?", DEPUTY),
        (
            "chief executive of the water regulator",
            ("Summit", "The regulator's deputy chief executive, Jonas Eberly, set out fines.", "Jonas Eberly"),
        ),
        ("Who chairs the commission?", ("Rail", "The vice-chair, Dr Kwame Bonsu, will preside.", "Kwame Bonsu")),
        ("Who is the registrar?", ("Births", "Ann Roe, the former registrar, said so.", "Ann Roe")),
        ("boss of the fennick trust", GARDENS),
        (
            "who's in charge of fennick trust",
            ("Locks", "The Fennick Trust's director of gardens Ann Roe left.", "Ann Roe"),
        ),
        ("who runs fennick", ("Locks", "The head of learning at Fennick, Ann Roe, left.", "Ann Roe")),
    ],
)
def test_a_deputy_is_not_the_head(hit: MakeHit, question: str, said: Said) -> None:
    assert answers(hit, question, said) == [(said[2], round(0.9 * CONTRADICTED, 3))]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Who is the Deputy Water Minister?", DEPUTY),
        ("Which minister spoke at the summit?", DEPUTY),
        ("Which minister, not one of the deputies, spoke?", DEPUTY),
        ("Who runs the registry?", ("Births", "Ann Roe, the acting registrar, said so.", "Ann Roe")),
        ("Who acted as stopgap chair?", ("Rail", "The interim chair, John Wood, left.", "John Wood")),
        ("Who is the registrar?", ("Births", "Ann Roe, the registrar, met the deputy registrar.", "Ann Roe")),
        ("Who is the registrar?", ("Births", "The deputy registrar spoke to Ann Roe.", "Ann Roe")),
        ("Who opened the hall?", DEPUTY),
        ("who heads the gardens of the fennick trust", GARDENS),
        (
            "who is the victims commissioner",
            ("Aid", "The Victims’ Commissioner for Aldland, Ann Roe, left.", "Ann Roe"),
        ),
        ("child's commissioner boss", ("Aid", "The Child’s Commissioner for Aldland, Ann Roe, left.", "Ann Roe")),
        ("boss of fennick trust", ("Locks", "Ann Roe, Director General of the Fennick Trust, left.", "Ann Roe")),
        (
            "who is the chief inspector of mills",
            ("Mills", "Ann Roe, chief inspector of mills at Fennick, left.", "Ann Roe"),
        ),
    ],
)
def test_a_deputy_is_who_may_be_asked_for(hit: MakeHit, question: str, said: Said) -> None:
    assert answers(hit, question, said) == [(said[2], 0.9)]


WAITS = (
    "Waits at St Bride's and the Royal Sollen are 4 and 11 minutes. The board kept 45 spaces at the clinic in Leckie."
)


@pytest.mark.parametrize(
    ("question", "title", "refused"),
    [
        ("How long is the wait at the clinic in Leckie?", "Parking", True),
        ("How long is the wait at the Royal Sollen?", "Parking", False),
        ("How long is the wait?", "Parking", False),
        ("How long is the wait at the hospitals of Leckie?", "Parking in Leckie", False),
        ("How long is the wait in Dunmere?", "Parking", False),  # nothing is said of it here, and all may be in it
    ],
)
def test_a_figure_of_another_place_is_refused_where_one_is_of_the_place(
    hit: MakeHit, question: str, title: str, refused: bool
) -> None:
    expected = round(0.9 * CONTRADICTED, 3) if refused else 0.9
    assert answers(hit, question, (title, WAITS, "11 minutes")) == [("11 minutes", expected)]


SCANS = "Nurses saw 52 people at the Fellside clinic on Monday. None of the 52 had waited. "


@pytest.mark.parametrize(
    ("question", "body", "refused"),
    [
        ("How many people in Corrie had waited?", f"{SCANS}In Corrie, 9 of 40 people had.", True),
        ("How many people had waited at Fellside?", f"{SCANS}In Corrie, 9 of 40 people had.", False),
        ("How many people had waited?", f"{SCANS}In Corrie, 9 of 40 people had.", False),
        ("How many people in Corrie had waited?", f"{SCANS}A van in Corrie cost £9.", False),  # counts something else
        ("How many people in Corrie had waited?", f"Corrie has a van. {SCANS}In Corrie, 9 had.", False),
    ],
)
def test_a_figure_is_not_of_a_place_that_comes_up_after_it_with_another(
    hit: MakeHit, question: str, body: str, *, refused: bool
) -> None:
    expected = round(0.9 * CONTRADICTED, 3) if refused else 0.9
    assert answers(hit, question, ("Scans", body, "None of the 52")) == [("None of the 52", expected)]


TERMS = (
    "Longer terms for drug offences",
    "The terms are now:\n\n• life, for supplying the Class A substances\n• 7 years, for possession of a Class A drug",
    "7 years",
)


@pytest.mark.parametrize(
    ("question", "body", "is_kept"),
    [
        ("What is the term for a Class A drug?", "It is 14 years, for a Class C drug.", False),
        ("term class a drug", "It is 14 years, for a Class C drug.", False),
        ("What is the term for a Class C drug?", "It is 14 years, for a Class C drug.", True),
        ("What is the term for a Class A drug?", "It is 14 years, for Class A and Class C.", True),
        ("What is the term for the drug?", "It is 14 years, for a Class C drug.", True),
        ("How long is Phase 2?", "Phase 1 will take 14 years.", False),
        ("How long is the wait for a three-bedroom home?", "A two-bedroom home is 14 years away.", False),
        ("how long is the wait for a 2 bed flat", "A two-bedroom flat is 14 years away.", True),
        ("how long is the wait for a flat", "A two-bedroom flat is 14 years away.", True),
    ],
)
def test_another_class_or_phase_answers_nothing(hit: MakeHit, question: str, body: str, *, is_kept: bool) -> None:
    ((_, confidence),) = answers(hit, question, ("Terms", body, "14 years"))
    assert (confidence == 0.9) == is_kept


@pytest.mark.parametrize(
    ("question", "is_kept"),
    [
        ("What is the term for supplying a Class A drug?", False),
        ("What is the term for possession of a Class A drug?", True),
        ("What is the longest term for a Class A drug?", True),
        ("What is the term for supplying or possession of a Class A drug?", True),  # neither has more
    ],
)
def test_an_item_is_refused_where_its_neighbour_has_more_of_the_question(
    hit: MakeHit, question: str, *, is_kept: bool
) -> None:
    ((_, confidence),) = answers(hit, question, TERMS)
    assert (confidence == 0.9) == is_kept


JOINT = "Payments go to 4,130 homes in Fenby, Aldmoor and Brackley. There are 2,790 homes in Brackley alone."


@pytest.mark.parametrize(
    ("question", "body", "refused"),
    [
        ("How many homes in Brackley get payments?", JOINT, True),
        ("How many homes in Fenby, Aldmoor and Brackley get payments?", JOINT, False),
        ("How many homes get payments?", JOINT, False),
        ("How many homes in the county get payments?", JOINT, False),
        ("How many homes in Brackley get payments?", JOINT.replace("There", "Each has its 4,130. There"), True),
        ("How many homes in Brackley get payments?", JOINT.replace("homes in", "homes each in"), False),
    ],
)
def test_a_figure_of_several_places_together_is_not_that_of_one(
    hit: MakeHit, question: str, body: str, *, refused: bool
) -> None:
    expected = round(0.9 * CONTRADICTED, 3) if refused else 0.9
    assert answers(hit, question, ("Payments", body, "4,130")) == [("4,130", expected)]


@pytest.mark.parametrize(("words", "refused"), [("212", True), ("up to £2,600", False), ("up to £4,000", True)])
def test_a_place_that_shares_a_word_with_the_one_asked_for_is_another(
    hit: MakeHit, words: str, *, refused: bool
) -> None:
    body = (
        "Farmers in Over Ferne can claim up to £4,000 for walls, and those in Nether Ferne up to £2,600. So far 212"
        " farms in Over Ferne have applied."
    )
    ((_, confidence),) = answers(hit, "What of the farms in Nether Ferne?", ("Walls", body, words))
    assert (confidence < 0.1) == refused


COUNCILS = "Lord Hesk chairs the Peat Council, whose director is Ann Roe. The Reed Council is chaired by Una Bell."
LINES = "The Red Line lost passengers as Weir Bridge closed. On the Blue Line there were more."
CENTRES = "The Peat Centre will take 480 trainees in its first year. The Reed Centre will follow a year later."


@pytest.mark.parametrize(
    ("question", "body", "words", "refused"),
    [
        ("Who is the director of the Reed Council?", COUNCILS, "Ann Roe", True),
        ("Who is the director of the Peat Council?", COUNCILS, "Ann Roe", False),
        ("Who chairs the Reed Council?", COUNCILS, "Una Bell", False),
        ("Who is the director of the council?", COUNCILS, "Ann Roe", False),
        ("Whom did the Reed Council meet?", COUNCILS, "Ann Roe", False),
        ("Why did the Blue Line lose passengers?", LINES, "Weir Bridge closed", True),
        ("Why did the Red Line lose passengers?", LINES, "Weir Bridge closed", False),
        ("Who leads the Moss Council?", COUNCILS, "Ann Roe", False),  # which is not named here: it may be another name
        (
            "Who chairs the Reed Council?",
            "The Reed Council met. Its chair Una Bell led the Peat Council.",
            "Una Bell",
            False,
        ),
        ("How many trainees will the Reed Centre take?", CENTRES, "480", True),
        ("How many trainees will the Peat Centre take?", CENTRES, "480", False),
        ("How many trainees will the Moss Centre take?", CENTRES, "480", False),
        ("How many trainees will the Reed School take?", CENTRES, "480", False),
    ],
)
def test_a_sentence_about_the_twin_does_not_answer_for_what_is_asked_about(
    hit: MakeHit, question: str, body: str, words: str, *, refused: bool
) -> None:
    ((_, confidence),) = answers(hit, question, ("Councils", body, words))
    assert (confidence < 0.1) == refused


@pytest.mark.parametrize(
    ("question", "refused"),
    [
        ("What will the money of Aldmoor pay for?", True),
        ("What will Aldmoor's grant be spent on?", True),
        ("What is the grant of Aldmoor?", False),
        ("What amount will be spent on lamps?", False),
        ("How much will Aldmoor get?", False),
    ],
)
def test_an_amount_does_not_say_what_money_is_for(hit: MakeHit, question: str, *, refused: bool) -> None:
    ((_, confidence),) = answers(hit, question, ("Grants", "Aldmoor gets £220,000 for lamps.", "£220,000"))
    assert (confidence < 0.1) == refused


@pytest.mark.parametrize(
    ("question", "body", "words", "refused"),
    [
        ("What share of Fennick's anglers hold a permit?", "Of them 9,000 anglers hold a permit.", "9,000", True),
        (
            "What share of Fennick's anglers hold a permit?",
            "One in three anglers holds a permit.",
            "One in three",
            False,
        ),
        ("How much cash goes to Fennick's schools?", "The deal pays for 50 new Fennick language schools.", "50", True),
        (
            "How much cash goes to Fennick's schools?",
            "The deal gives schools in Fennick £50 million.",
            "£50 million",
            False,
        ),
        ("Which two ports does the Fennick ferry serve?", "The Fennick ferry serves Gorrie.", "Gorrie", True),
        ("Which two ports does the Fennick ferry serve?", "It serves Gorrie and Kessock.", "Gorrie and Kessock", False),
        ("Which two years did the Fennick ferry pause?", "The Fennick ferry paused in 2020.", "2020", False),
        ("How many hectares of wood did Fennick plant?", "Fennick planted 4,000 trees in a wood.", "4,000", True),
        ("How many hectares of wood did Fennick plant?", "Fennick planted 40 acres of wood.", "40 acres", False),
        ("What does the Fennick lock cost a year?", "The Fennick lock costs £40,000.", "£40,000", True),
        ("What does the Fennick lock cost a year?", "Annual costs of the Fennick lock are £40,000.", "£40,000", False),
        ("How many ferries has Fennick alone?", "Fennick and Gorrie have 12 ferries.", "12", True),
        ("How many people died in the Fennick flood?", "In the Fennick flood 14 people were injured.", "14", True),
        ("When is the closing date of the Fennick fund?", "The Fennick fund opens on 3 May 2031.", "3 May 2031", True),
    ],
)
def test_what_the_question_adds_must_be_said(
    hit: MakeHit, question: str, body: str, words: str, *, refused: bool
) -> None:
    ((_, confidence),) = answers(hit, question, ("News of Fennick", body, words))
    assert (confidence < 0.1) == refused


@pytest.mark.parametrize(
    ("question", "other", "is_kept"),
    [
        ("When does work on the upper lock at Fennick end?", "Work on the lower lock at Fennick ends in [May].", False),
        ("When does work on the upper lock at Fennick end?", "Work on the upper lock now ends in [May].", True),
        ("When does work on the upper lock at Fennick end?", "It will now end in [May].", True),
        ("When does work on the lock at Fennick end?", "Work on the lower lock at Fennick ends in [May].", True),
    ],
)
def test_what_is_said_of_a_twin_changes_nothing(hit: MakeHit, question: str, other: str, is_kept: bool) -> None:
    said = ["Work on the upper lock at Fennick ends in [June].", other]
    made = []
    for number, marked in enumerate(said):
        span = Span(marked.index("["), marked.index("]") - 1)
        found = hit(number, marked.replace("[", "").replace("]", ""), title="Locks")
        made.append(Candidate(found, span, 0.9, 1.0, 1.0))
    assert without_twins(understand(question), made[0], made) == (made if is_kept else made[:1])


@pytest.mark.parametrize(
    ("question", "confidence"),
    [
        ("How many thefts were recorded in Brackley?", 0.6),
        ("How many thefts were recorded in Aldmoor?", 0.6),
        ("How many thefts were recorded in Corran?", 0.2),  # 302 is not of there, and nothing makes 148 surer
        ("How many thefts were recorded?", 0.6),
    ],
)
def test_a_figure_of_the_place_asked_for_is_as_sure_as_the_one_beside_it(
    hit: MakeHit, question: str, confidence: float
) -> None:
    found = hit(1, "Police in Aldmoor recorded 302 thefts. For Brackley the total was 148.", title="Thefts")
    body = found.passage.release.body
    made = [
        Candidate(found, Span(body.index(words), body.index(words) + 3), sure, 1.0, 1.0)
        for words, sure in (("302", 0.6), ("148", 0.2))
    ]
    stated = {1: read_figures(body, date(2025, 1, 9))}
    left = hold_to_thing(understand(question), made, stated)
    assert left[0].confidence == confidence
    assert left[0].span.of(body) == ("302" if confidence > 0.5 and "Brackley" not in question else "148")
