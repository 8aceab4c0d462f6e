"""Which candidates are of another thing of the class that a question asks about."""

from collections.abc import Callable

import pytest

from index.types import Hit, Span
from qa.figures.covers import CONTRADICTED
from qa.question import understand
from qa.twins import hold_to_thing
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
    left = hold_to_thing(understand(question), made)
    return [(each.span.of(each.hit.passage.release.body), round(each.confidence, 3)) for each in left]


UPPER = ("Grant for Fennick's upper lock", "The lock, built in 1821, is owned by the Fennick Trust.", "Fennick Trust")
LOWER = ("Grant for Fennick's lower lock", "The lock belongs to the town council.", "town council")
ERLEND = ("Saint Erlend returns", "She is back after her overhaul at Kessock yard.", "Kessock yard")
OLAF = ("Overhaul of Saint Olaf complete", "Engineers at the Gorrie Dock found cracks.", "Gorrie Dock")


@pytest.mark.parametrize(
    ("question", "first", "second"),
    [
        ("Who owns the lower lock at Fennick?", UPPER, LOWER),
        ("fennick lower lock owner", UPPER, LOWER),
        ("Where was the Saint Olaf overhauled?", ERLEND, OLAF),
    ],
)
def test_what_is_said_of_its_twin_comes_last(hit: MakeHit, question: str, first: Said, second: Said) -> None:
    assert answers(hit, question, first, second) == [(second[2], 0.8), (first[2], round(0.9 * CONTRADICTED, 3))]


@pytest.mark.parametrize(
    ("question", "first", "second"),
    [
        ("Who owns the lock at Fennick?", UPPER, LOWER),  # either may be meant
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
        ("Who is the registrar?", ("Births", "Ann Roe, the acting registrar, said so.", "Ann Roe")),
    ],
)
def test_a_deputy_is_not_the_head(hit: MakeHit, question: str, said: Said) -> None:
    assert answers(hit, question, said) == [(said[2], round(0.9 * CONTRADICTED, 3))]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Who is the Deputy Water Minister?", DEPUTY),
        ("Which minister spoke at the summit?", DEPUTY),
        ("Who acted as stopgap chair?", ("Rail", "The interim chair, John Wood, left.", "John Wood")),
        ("Who is the registrar?", ("Births", "Ann Roe, the registrar, met the deputy registrar.", "Ann Roe")),
        ("Who is the registrar?", ("Births", "The deputy registrar spoke to Ann Roe.", "Ann Roe")),
        ("Who opened the hall?", DEPUTY),
    ],
)
def test_a_deputy_is_who_may_be_asked_for(hit: MakeHit, question: str, said: Said) -> None:
    assert answers(hit, question, said) == [(said[2], 0.9)]
