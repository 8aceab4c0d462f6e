import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text.note_marks import mark_at, mark_before, note_marks, unmark
from index.text.terms import terms
from index.types import Span


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("In all 4,812³ visits came.", "In all 4,812 visits came."),
        ("A rise of 12%¹,² was seen.", "A rise of 12% was seen."),
        ("They sent 967[4] letters.", "They sent 967 letters."),
        ("They sent 967 [4] letters.", "They sent 967 letters."),
        ("They sent 58[^5][^b] letters.", "They sent 58 letters."),
        ("They sent 58 [note 3] letters.", "They sent 58 letters."),
        ("Visits* fell and calls† rose**.", "Visits fell and calls rose."),
        ("It fell.[12] It rose.", "It fell. It rose."),
        ("Ports [3, 4] and docks[1–3] grew.", "Ports [3, 4] and docks grew."),
    ],
)
def test_marks_are_left_out(text: str, plain: str) -> None:
    found = unmark(text)
    assert found is not None
    assert found.text == plain


@pytest.mark.parametrize(
    "text",
    [
        "The pool is 300 m² and the tank 5 m³.",
        "It is 10⁶ times as large, on 5 km² of land.",
        "They got an A* in it.",
        "We have [3] ships and the ship[s] sail.",
        "³ Excludes visits by others.",
        "[4] Provisional.\n* One.\n† Two.",
        "5 * 3 * 2 and snake_case.",
    ],
)
def test_what_only_looks_like_a_mark_stays(text: str) -> None:
    assert unmark(text) is None


def test_terms_have_no_marks() -> None:
    assert terms("4,812³ visits² and 967[4] letters") == terms("4,812 visits and 967 letters")


pieces = st.sampled_from(
    ["visits", "4,812", "³", "[4]", "[^b]", "*", "†", " ", ".", "12%", "m²", "\n", "A*", " [note 2]"]
)


@given(st.lists(pieces, max_size=20).map("".join))
def test_offsets_lead_there_and_back(text: str) -> None:
    found = unmark(text)
    marks = list(note_marks(text))
    if found is None:
        assert not marks
        return
    inside = {at for mark in marks for at in range(mark.start, mark.end)}
    kept = [at for at in range(len(text)) if at not in inside]
    assert found.text == "".join(text[at] for at in kept)
    for short, at in enumerate(kept):
        assert found.unmarked(at) == short
        assert found.marked(Span(short, short + 1)) == Span(at, at + 1)
    for mark in marks:
        assert mark_at(text, mark.start) == mark
        assert mark_before(text, mark.end) == mark
