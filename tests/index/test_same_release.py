"""When two texts are the same release: copies are, releases from one template are not."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.models.hashing_embedder import HashingEmbedder
from index.same_release import are_nearly_equal, titles_agree
from index.text.addresses import canonical_address, joined
from index.types import Cursor, Entry, Release, Withdrawn

TEXT = " ".join(
    f"Paragraph {n} says that {word} services will get {n * 137} pounds for the work that they do in the county."
    for n, word in enumerate("harbour ferry pilot school nurse court river forest bridge tunnel farm grant".split(), 2)
)


@pytest.mark.parametrize(
    "copy",
    [
        TEXT.upper(),
        f"The press release issued by the Home Office on 4 January 2025.\n\n{TEXT}",
        f"{TEXT}\n\nNotes to editors: call the press office.",
        TEXT.replace(". ", ".\n\n").replace("’", "'"),
    ],
)
def test_a_copy_is_the_same_release(copy: str) -> None:
    assert are_nearly_equal(TEXT, copy)
    assert are_nearly_equal(copy, TEXT)


@pytest.mark.parametrize(
    "other",
    [
        TEXT.replace("137", "138").replace("274", "299").replace("411", "422").replace("548", "577"),
        TEXT[: len(TEXT) // 2],
        TEXT.replace("services", "schools").replace("pounds", "euros").replace("county", "city"),
        "Ferry fares rise.",
    ],
)
def test_a_release_from_the_same_template_is_another(other: str) -> None:
    assert not are_nearly_equal(TEXT, other)


def test_short_texts_are_the_same_only_word_by_word() -> None:
    assert are_nearly_equal("Ferry fares rise by 5%.", "Ferry fares  rise, by 5%")
    assert not are_nearly_equal("Ferry fares rise by 5%.", "Ferry fares rise by 6%.")


def test_addresses_of_one_page_are_equal() -> None:
    same = [
        "https://www.gov.uk/news/a",
        "http://gov.uk/news/a/",
        "https://WWW.GOV.UK/news/a#top",
        "https://www.gov.uk/news/a?utm_source=x&fbclid=7",
    ]
    assert {canonical_address(each) for each in same} == {"gov.uk/news/a"}
    assert canonical_address("https://x.org/p?id=2&a=1") == canonical_address("https://x.org/p?a=1&id=2")
    assert canonical_address("https://x.org/p?id=2") != canonical_address("https://x.org/p?id=3")


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("/a b", "https://x.org/a%20b"),
        ("//[", None),
        ("javascript:alert(1)", None),
        ("mailto:a@b", None),
        ("HTTPS://y.org/", "https://y.org/"),
    ],
)
def test_only_what_leads_to_the_web_is_a_link(link: str, address: Any) -> None:
    assert joined("https://x.org/news/", link) == address


def test_one_other_figure_is_another_release() -> None:
    assert len({word for word in TEXT.split() if word.isdecimal()}) > 10
    assert not are_nearly_equal(TEXT, TEXT.replace("274", "299"))
    assert not are_nearly_equal(TEXT.replace("274", "299"), TEXT)


def test_titles_tell_two_releases_from_one_template_apart() -> None:
    assert titles_agree("Press release: Ferry fares rise", "Ferry fares  rise")
    assert not titles_agree("New funding for Leeds", "New funding for York")


TEMPLATE = [
    "The Coastguard was called at 4 minutes past six to the harbour of Port Ellen, where a boat had lost its engine.",
    "Two lifeboats and a helicopter from Prestwick were sent, and reached the boat within the hour in a heavy swell.",
    "They took {number} people off the boat, which was towed to {place} by the lifeboat and is being looked at there.",
    "All of them are well, and nobody had to be taken to hospital, said {person}, who was on duty at the station.",
    "The Coastguard asks everybody who goes to sea to wear a life jacket, to carry a radio and to tell somebody.",
    "A boat should have its engine looked at before the season, and its crew should know how the flares are used.",
]
COPIES = {
    "intro": ("The press release issued by the Coastguard on 4 January 2025.", ""),
    "notes": ("", "Notes to editors: for pictures call 0300 123 4567, or write to Anne Bell."),
    "both": ("Press release, 14:05", "Contact Anne Bell, 24 hours."),
    "neither": ("", ""),
}
NUMBERS = st.sampled_from(["12", "14", "five", "six", "twenty", "3m", "4m", "1,200", "1,300", "2.5", "3.5"])
NAMES = st.sampled_from(["Largs", "Oban", "Fort William", "Millport"])
PEOPLE = st.sampled_from(["Morag Hay", "Iain Muir", "Ms Gow", "Mr Gow"])


def filled(number: str, place: str, person: str) -> str:
    return "\n\n".join(TEMPLATE).format(number=number, place=place, person=person)


@settings(deadline=None, derandomize=True, max_examples=150)
@given(st.tuples(NUMBERS, NAMES, PEOPLE), st.tuples(NUMBERS, NAMES, PEOPLE), st.sampled_from(sorted(COPIES)))
def test_one_other_number_or_name_makes_another_release_and_nothing_around_it_does(
    facts: Any, others: Any, around: str
) -> None:
    before, after = COPIES[around]
    copy = f"{before}\n\n{filled(*others)}\n\n{after}".strip()
    assert are_nearly_equal(filled(*facts), copy) == (facts == others)
    assert are_nearly_equal(copy, filled(*facts)) == (facts == others)


def test_a_text_that_repeats_itself_is_compared_in_time() -> None:
    text = "the same five words again " * 20_000
    assert are_nearly_equal(text, text.upper())
    assert not are_nearly_equal(text + "12 people were saved by the boat", text + "14 people were saved by the boat")


class From:
    """A source of a rank that yields what it is given."""

    def __init__(self, name: str, rank: int, *entries: Entry) -> None:
        self.name, self.rank, self._entries = name, rank, entries

    def expected(self) -> int | None:
        return None

    def read(self, since: Cursor | None = None) -> Iterator[Entry]:
        yield from self._entries


def ingest(lab: Any, *sources: From) -> Any:
    with closing(lab.writer()) as writer:
        return writer.sync(
            HashingEmbedder(), sources, count_tokens=lambda t: [1] * len(t), today=date(2025, 3, 1), recognise=True
        )


def test_releases_of_a_file_that_all_name_the_page_of_their_list_are_all_stored(
    lab: Any, make: Callable[..., Release]
) -> None:
    listed = [replace(make(number), url="https://example.org/news") for number in range(5)]
    report = ingest(lab, From("dump", 9, *listed))
    assert (report.added, report.problems) == (5, ())
    assert ingest(lab, From("dump", 9, *listed)).unchanged == 5
    page = replace(make(7), url="https://example.org/news")
    assert ingest(lab, From("web", 1, page)).added == 1, "the address of many releases is that of none"
    again = [replace(each, id=f"other/{each.id}") for each in listed]
    assert ingest(lab, From("another dump", 9, *again)).unchanged == 5, "they are known by their texts"


def test_an_entry_that_was_refused_hides_no_other(lab: Any, make: Callable[..., Release]) -> None:
    withdrawn = Withdrawn("release/1", date(2025, 2, 1))
    ours = replace(make(1), url="https://example.org/1")
    report = ingest(lab, From("odd", 1, withdrawn, ours), From("good", 2, replace(ours, id="a copy")))
    assert (report.added, len(report.problems)) == (1, 1), "the first was withdrawn before it came"
    assert [release.body for release in lab.everything()] == [ours.body]
