"""Abbreviations that a text explains by the initials of a name."""

import pytest

from index.text.initials import explained


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Harbour Lights Board (HLB) met.", [("HLB", "Harbour Lights Board")]),
        ("The Department for Works and Ways (DWW)", [("DWW", "Department for Works and Ways")]),
        (
            "Harbour Lights Officers (HLOs) and the Tide Patrol Force (TPF)",
            [("HLO", "Harbour Lights Officers"), ("TPF", "Tide Patrol Force")],
        ),
        ("The Keepers’ Council (“KC”) agreed", [("KC", "Keepers’ Council")]),
        ("Said the board. Lights (HLB) went on", []),
        ("a harbour lights board (HLB)", []),  # not a name
        ("B Company (Suffolk), the Harbour Board (2019)", []),
        ("(HLB) is the Harbour Lights Board", []),
        ("", []),
    ],
)
def test_a_name_is_what_has_the_initials(text: str, expected: list[tuple[str, str]]) -> None:
    assert list(explained(text)) == expected
