"""Words of change: each rule finds its own example, and the words beside a thing say whether it still holds."""

import pytest

from index.types import Span
from qa.facts.changes import CHANGED, OLD_AFTER, OLD_BEFORE, Cue, in_force, is_old, says_changed


@pytest.mark.parametrize("cue", CHANGED, ids=lambda cue: cue.name)
def test_each_example_says_that_something_changed(cue: Cue) -> None:
    assert says_changed(cue.example)


@pytest.mark.parametrize("cue", [*OLD_AFTER, *OLD_BEFORE], ids=lambda cue: cue.name)
def test_each_example_says_of_its_mark_that_it_is_over(cue: Cue) -> None:
    body = cue.example
    at = body.index("#")
    assert is_old(body, Span(at, at + 1), Span(0, len(body)))


@pytest.mark.parametrize(
    "body",
    [
        "The vote is on #.",
        "It will not be finished until #.",
        "The fair runs from # to Sunday.",
        "She has taken over #.",
        "A letter from # said so.",
    ],
)
def test_what_still_holds_is_not_taken_for_old(body: str) -> None:
    at = body.index("#")
    assert not is_old(body, Span(at, at + 1), Span(0, len(body)))


def test_of_two_things_the_one_that_took_the_place_of_the_other_holds() -> None:
    body = "The vote was moved from Monday to Friday."
    monday, friday = (Span(body.index(day), body.index(day) + 6) for day in ("Monday", "Friday"))
    whole = Span(0, len(body))
    assert in_force(body, monday, whole, [friday]) == friday
    assert in_force(body, friday, whole, [monday]) == friday
    assert in_force(body, monday, whole, [friday, Span(0, 3)]) == monday
