"""Links to quotations, followed as a browser follows them: an emulation of the algorithm in WICG's specification."""

import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.sources import clean_body
from index.types import Span
from qa.evidence.text_fragments import link_to

URL = "https://www.gov.uk/news"


def parts(link: str) -> dict[str, str]:
    """Take a directive apart, in the order that the specification has: prefix, suffix, start, end."""
    given = link.rsplit(":~:", 1)[1].rsplit("text=", 1)[1].split(",")
    assert 1 <= len(given) <= 4
    found = {}
    if given[0].endswith("-"):
        found["prefix"] = given.pop(0)[:-1]
    if given[-1].startswith("-"):
        found["suffix"] = given.pop()[1:]
    found["start"], *rest = given
    if rest:
        (found["end"],) = rest
    assert not any(mark in part for part in found.values() for mark in "-&, ")
    return {name: unquote(part, errors="strict") for name, part in found.items()}


def bounded(page: str, at: int) -> bool:
    """Whether a word may begin or end here (UAX 29, as far as these texts need it)."""
    if not 0 < at < len(page):
        return True
    left, right = page[at - 1], page[at]
    further = page[at + 1 : at + 2]
    if left.isalnum() and right.isalnum():
        return False
    if left.isalnum() and right in ".'’":
        return not further.isalnum()
    return not (left in ".'’" and right.isalnum() and at > 1 and page[at - 2].isalnum())


def find(page: str, query: str, start: int) -> tuple[int, int] | None:
    """Find a string within one block (a line), whatever the case, at word boundaries."""
    for block in re.finditer(r"[^\n]+", page):
        begin = max(block.start(), start)
        # One character for one: casefold would change lengths.
        line = "".join(mark.lower() if len(mark.lower()) == 1 else mark for mark in page[: block.end()])
        wanted = "".join(mark.lower() if len(mark.lower()) == 1 else mark for mark in query)
        while begin < block.end() and (at := line.find(wanted, begin)) >= 0:
            if bounded(page, at) and bounded(page, at + len(query)):
                return at, at + len(query)
            begin = at + 1
    return None


def skip(page: str, at: int) -> int:
    return at + len(page[at:]) - len(page[at:].lstrip())


def follow(page: str, link: str) -> str | None:
    """Return the words that a browser would mark, after the offsets at which it finds them."""
    place = marked(page, link)
    return page[slice(*place)] if place else None


def marked(page: str, link: str) -> tuple[int, int] | None:
    part = parts(link)
    at = 0
    # The marks of a list are no text of the page.
    page = re.sub(r"^• ", "  ", page, flags=re.MULTILINE)
    while True:
        begin, before = at, None
        if "prefix" in part:
            before = find(page, part["prefix"], at)
            if before is None:
                return None
            begin = skip(page, before[1])
        first = find(page, part["start"], begin)
        if first is None:
            return None
        at = (before or first)[0] + 1
        if before and first[0] != begin:
            continue
        ends = first[1]
        while True:
            if "end" in part:
                last = find(page, part["end"], ends)
                if last is None:
                    return None
                ends = last[1]
            if "suffix" not in part:
                return first[0], ends
            behind = find(page, part["suffix"], ends)
            if behind is None:
                return None
            if behind[0] == skip(page, ends):
                return first[0], ends
            if "end" not in part:
                break


def span_of(body: str, quote: str, nth: int = 0) -> Span:
    starts = [found.start() for found in re.finditer(re.escape(quote), body)]
    return Span(starts[nth], starts[nth] + len(quote))


LONG = "The agency, which has 1,200 staff & 3 offices, said that up to 24% of well-known firms had replied by then."


@pytest.mark.parametrize(
    ("body", "quote", "nth"),
    [
        ("One is here. Two is there.", "Two is there.", 0),
        (f"Before it.\n\n{LONG}\n\nBehind it.", LONG, 0),
        (f"{LONG} And more: {LONG}", LONG, 1),
        ("The fee is £5.\n\nIn 2024 the fee is £5.", "The fee is £5.", 0),
        ("He said: the fee rose.\n\nThe fee rose.", "The fee rose.", 0),
        ("The fee rose twice. The fee rose.", "The fee rose.", 0),
        ("the fee rose.\n\nAgain:\n\nThe fee rose.", "The fee rose.", 0),
        ("• an item\n• an item\n• another item", "• an item", 1),
        ("• plans\n• costs\n\nText between.\n\n• plans\n• costs", "• plans\n• costs", 1),
        ("A lead:\n• one two\n• three four\n\nThe end.", "A lead:\n• one two\n• three four", 0),
        ("A – b, c & d - e; 100% of #1 + 2/3?", "A – b, c & d - e; 100% of #1 + 2/3?", 0),
        ("👩🏽‍🚀 flies to the moon. 👩🏽‍🚀 flies.", "👩🏽‍🚀 flies.", 0),
        ("“Curly ‘quotes’,” she said.", "“Curly ‘quotes’,” she said.", 0),
        ("It took 13 days. It took 3 days. It took 3.5 days.", "It took 3 days.", 0),
        ("So.\n\nSo. So.\n\nSo. So.", "So.", 2),
        (" ".join(f"word{n % 7}" for n in range(60)) + ".", " ".join(f"word{n % 7}" for n in range(60)) + ".", 0),
    ],
)  # fmt: skip
def test_a_link_finds_its_quotation(body: str, quote: str, nth: int) -> None:
    span = span_of(body, quote, nth)
    link = link_to(URL, body, span)
    assert link.startswith(f"{URL}#:~:text=")
    assert re.fullmatch(r"[!-~]+", link), "an address is ASCII without spaces"
    begin, end = marked(body, link) or (0, 0)
    assert body[begin:end] in (body[span.start : span.end], body[span.start : span.end].removeprefix("• "))
    assert end == span.end


def test_two_places_that_nothing_tells_apart_share_a_link() -> None:
    body = "\n\n".join(["The fee rose."] * 3)
    link = link_to(URL, body, span_of(body, "The fee rose.", 1))
    assert follow(body, link) == "The fee rose."


def test_a_link_stays_short() -> None:
    body = " ".join(f"word{number}" for number in range(5000))
    assert len(link_to(URL, body, Span(0, len(body)))) < 150


@pytest.mark.parametrize(
    ("url", "before"),
    [(URL, "#:~:text="), (f"{URL}?a=b", "#:~:text="), (f"{URL}#part", ":~:text="), (f"{URL}#:~:text=x", "&text=")],
)
def test_a_fragment_that_is_there_stays(url: str, before: str) -> None:
    assert link_to(url, "Two is there.", Span(0, 13)) == f"{url}{before}Two%20is%20there."


words = st.sampled_from(
    [
        "the",
        "The",
        "fee",
        "rose",
        "£5",
        "3.5",
        "3",
        "24%",
        "well-known",
        "a,b",
        "&",
        "don’t",
        "👩🏽‍🚀",
        "été",
        "日本",
        "“so”",
    ]
)
statements = st.lists(words, min_size=1, max_size=18).map(lambda found: " ".join(found) + ".")
blocks = st.lists(
    st.tuples(st.sampled_from(["", "• "]), st.lists(statements, min_size=1, max_size=3)), min_size=1, max_size=5
)


@given(blocks, st.booleans(), st.data())
def test_every_link_finds_its_quotation(made: list[tuple[str, list[str]]], named: bool, data: st.DataObject) -> None:
    """Exactly, where a word in each paragraph tells it from the others; and else something."""
    if named:
        made = [(mark, [f"No{n} is {each[0]}", *each[1:]]) for n, (mark, each) in enumerate(made)]
    body = clean_body("\n\n".join(mark + " ".join(each) for mark, each in made))
    sentences = [statement for _, each in made for statement in each]
    first = data.draw(st.integers(0, len(sentences) - 1))
    last = data.draw(st.integers(first, min(first + 2, len(sentences) - 1)))
    starts, at = [], 0
    for sentence in sentences:
        at = body.index(sentence, at)
        starts.append(at)
        at += len(sentence)
    span = Span(starts[first], starts[last] + len(sentences[last]))
    place = marked(body, link_to(URL, body, span))
    assert place is not None
    assert place == (span.start, span.end) or not named
