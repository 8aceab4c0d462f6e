from datetime import date

import pytest

from index.types import Release, Span
from qa.places import is_of_other_country, is_of_unknown_place

SAID = "Crews in Lowther Vale met 2,318 grass fires."
FIRES = Release(
    "r", "Grass fires", f"Cotham was spared. {SAID} Firefighters meet in Stannick.", "Fire Office", date(2025, 3, 4)
)
PLACE = Span(FIRES.body.index(SAID), FIRES.body.index(SAID) + len(SAID))
TREATY = "The Italian interior minister, Ada Conti, signed the treaty."


@pytest.mark.parametrize(
    ("question", "sentence", "around", "refused"),
    [
        ("german interior minister who signed the treaty", TREATY, "Treaty", True),
        ("Which US minister signed the treaty?", TREATY, "Treaty", True),
        ("Which Italian minister signed the treaty?", TREATY, "Treaty", False),
        ("Which minister signed the treaty?", TREATY, "Treaty", False),
        ("german interior minister who signed the treaty", TREATY, "Treaty of Germany and Italy", False),
        ("german interior minister who signed the treaty", "The minister, Ada Conti, signed it.", "Treaty", False),
        ("Did the French or the German minister sign?", TREATY, "Treaty", False),
        ("Which South American countries signed?", TREATY, "Treaty", False),
    ],
)
def test_a_sentence_is_of_another_country(question: str, sentence: str, around: str, *, refused: bool) -> None:
    assert is_of_other_country(question, sentence, around) is refused


@pytest.mark.parametrize(
    ("question", "refused"),
    [
        ("How many grass fires were there in Drayford in 2024?", True),
        ("How many grass fires were there in Stannick?", True),
        ("How many grass fires were there in Lowther Vale?", False),
        ("How many grass fires were there in Cotham?", False),  # the release knows it: other rules tell the two apart
        ("How many grass fires were there in March?", False),
        ("How many grass fires were there in Britain?", False),
        ("Who put out the fires in Drayford?", False),
    ],
)
def test_a_place_that_a_release_does_not_know(question: str, *, refused: bool) -> None:
    assert is_of_unknown_place(question, PLACE, FIRES) is refused
