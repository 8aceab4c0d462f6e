"""When two texts are the same release: copies are, releases from one template are not."""

from typing import Any

import pytest

from index.same_release import are_nearly_equal, titles_agree
from index.text.addresses import canonical_address, joined

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
