"""Which company runs or builds something, where releases say whom a contract is with."""

from collections.abc import Callable

import pytest

from index.types import Hit, Span
from qa.facts.suppliers import with_supplier
from qa.question import understand
from qa.types import Candidate

MakeHit = Callable[..., Hit]
ASKED = "which firm will build the Skarra ferry terminal"


def first(
    hit: MakeHit, question: str, body: str, *, title: str = "Work at the harbour", confidence: float = 0.2
) -> str:
    """Return the words of the best candidate, where a reader likes the first word of the release best."""
    found = Candidate(hit(1, body, title=title), Span(0, len(body.split(maxsplit=1)[0])), confidence, -5.0, -5.0)
    best = with_supplier(understand(question), [found])[0]
    return best.span.of(best.hit.passage.release.body)


@pytest.mark.parametrize(
    ("body", "supplier"),
    [
        ("Work on the Skarra ferry terminal starts after a contract was signed with Orrin Marine.", "Orrin Marine"),
        ("Work on the Skarra ferry terminal starts after Orrin Marine won the contract.", "Orrin Marine"),
        ("Orrin Marine, of Dale, has been awarded the contract for the Skarra ferry terminal.", "Orrin Marine"),
        ("Work on the Skarra ferry terminal: as the main contractor, Orrin Marine starts in May.", "Orrin Marine"),
        ("Work on the Skarra ferry terminal starts; the Harbour Trust signed a contract for it in May.", "Work"),
        ("Work on the Skarra ferry terminal: the Harbour Trust awarded a contract in May.", "Work"),
        ("Work on the Brae ferry terminal starts after a contract was signed with Orrin Marine.", "Work"),
        ("Work on the Skarra ferry terminal: contracts went to Orrin Marine and to Dale Steel.", "Work"),
    ],
)
def test_whom_the_contract_is_with_answers_who_builds_it(hit: MakeHit, body: str, supplier: str) -> None:
    assert first(hit, ASKED, body) == supplier


def test_of_two_suppliers_the_one_in_the_title_answers_and_without_it_none(hit: MakeHit) -> None:
    body = "Builders of the Skarra ferry terminal: a contract with Orrin Marine, and a contract with Dale Steel."
    assert first(hit, ASKED, body) == "Builders"
    assert first(hit, ASKED, body, title="Skarra chooses Dale Steel") == "Dale Steel"


@pytest.mark.parametrize(
    "question",
    [
        "which firm was to build the Skarra ferry terminal before",
        "which firm won the 2014 contract for the Skarra ferry terminal",
        "who opened the Skarra ferry terminal",
    ],
)
def test_other_questions_are_left_alone(hit: MakeHit, question: str) -> None:
    body = "Work on the Skarra ferry terminal starts after a contract was signed with Orrin Marine."
    assert first(hit, question, body) == "Work"


def test_a_sure_answer_is_left_alone(hit: MakeHit) -> None:
    body = "Work on the Skarra ferry terminal starts after a contract was signed with Orrin Marine."
    assert first(hit, ASKED, body, confidence=0.6) == "Work"


def test_a_supplier_that_was_refused_is_not_brought_back(hit: MakeHit) -> None:
    body = "Work on the Skarra ferry terminal starts after a contract was signed with Orrin Marine."
    found, start = hit(1, body, title="Work at the harbour"), body.index("Orrin")
    best = Candidate(found, Span(0, 4), 0.2)
    other = Candidate(found, Span(start, start + len("Orrin Marine")), 0.01, is_other=True)
    assert with_supplier(understand(ASKED), [best, other]) == [best, other]
