"""A question with the abbreviations that releases explain spelt out, and the reverse."""

from datetime import date

import pytest

from index.types import Release
from qa.abbreviations import in_other_length


def release(body: str) -> Release:
    return Release(body[:9], "T", body, "P", date(2025, 1, 1))


LIGHTS = release(
    "The Harbour Lights Board (HLB) met. The World Harbour Office (WHO) and the Coast Aid Programme (CAP) too."
)
CAPPED = release("Fees have a cap.")


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("who chairs the HLB?", "who chairs the Harbour Lights Board?"),
        ("hlb boss", "Harbour Lights Board boss"),
        ("boss of harbour lights board", "boss of HLB"),
        ("what did the WHO say", "what did the World Harbour Office say"),
        ("size of CAP", "size of Coast Aid Programme"),
        ("who said so", None),
        ("what is the cap on fees", None),  # a word of a release
        ("hlbs", None),
        ("how many ferries", None),
    ],
)
def test_releases_say_what_is_short_for_what(question: str, expected: str | None) -> None:
    assert in_other_length(question, [LIGHTS, CAPPED]) == expected
    assert in_other_length(question, []) is None
