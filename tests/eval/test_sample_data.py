"""The sample corpus and its gold sets: labels that resolve, and words that are our own.

Read here with plain string operations on purpose: the checks must not depend on the code that they feed.
"""

import json
import re
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "eval" / "data"
REAL_RELEASES = ROOT.parent / "shared" / "corpus" / "home-office-tag-page.txt"
REAL_GOLD = ROOT.parent / "shared" / "gold" / "home-office.jsonl"

ISSUED = re.compile(r"The press release issued by the Home Office on (\d{1,2} \w+ \d{4})\.")
HEADING = re.compile(r"PRESS RELEASE : (?P<title>.+) \[(?P<month>\w+ \d{4})\]")
KINDS = {"number", "number-dated", "name", "date", "phrase", "unanswerable"}
RELATIONS = {"latest", "earlier", "same"}

# Longer names that no summary can put in other words. They may be shared; nothing around them may.
OFFICIAL_NAMES = (
    "Border Security, Asylum and Immigration Bill",
    "Global Coalition to Address Synthetic Drug Threats",
    "Independent Reviewer of Terrorism Legislation",
    "Minister for Policing, Fire and Crime Prevention",
    "Minister for Victims and Violence Against Women and Girls",
    "Misuse of Drugs Act 1971",
    "National and International Capital City",
    "Victims’ Commissioner for England and Wales",
)
SHARED_RUN = 6
"""This many consecutive words in common with a real release are too many."""

# Numbers that a release writes as words and its summary in digits.
SPELT_OUT = {"Thirty-three": "33"}

FIGURE_IN_WORDS = re.compile(r"(\d[\d,.]*\d|\d) ?(million|billion)? ?(%|\w+)?")
UNIT_WORDS = {"%": "percent", "tonnes": "tonnes", "years": "years"}

Key = tuple[str, str]


def entries(path: Path) -> dict[Key, str]:
    """Return the body of each release of a tag page by (title, ISO date)."""
    found: dict[Key, str] = {}
    for entry in path.read_text(encoding="utf-8").split("\n  • ")[1:]:
        headings = HEADING.findall(entry)
        assert len(headings) == 2, entry[:100]
        assert headings[0] == headings[1], "the title line is printed twice"
        issued = ISSUED.search(entry)
        assert issued, entry[:100]
        published = datetime.strptime(issued[1], "%d %B %Y").date()
        title, month = headings[0]
        assert f"{published:%B %Y}" == month, title
        key = (title, published.isoformat())
        assert key not in found, key
        found[key] = entry[issued.end() :]
    return found


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


def key_of(release: dict[str, str]) -> Key:
    return release["title"], release["date"]


SUMMARIES = entries(DATA / "home-office-summaries.txt")
GOLD = lines("home-office-gold.jsonl")
TIMELINES = lines("home-office-timelines.jsonl")


def assert_resolves(evidence: str, release: dict[str, str]) -> None:
    """Evidence must stand exactly once in its own release and in no other."""
    counts = {key: body.count(evidence) for key, body in SUMMARIES.items() if evidence in body}
    assert counts == {key_of(release): 1}, evidence


def test_the_page_says_what_it_is_before_it_begins() -> None:
    preamble, tag, _ = (DATA / "home-office-summaries.txt").read_text(encoding="utf-8").partition("\nTag: ")
    assert tag
    assert "written for the pressqa project" in preamble
    assert len(SUMMARIES) == 10
    for key, body in SUMMARIES.items():
        assert 150 <= len(body.split()) <= 350, key


@pytest.mark.parametrize("item", GOLD, ids=lambda item: item["id"])
def test_gold_label_resolves(item: dict[str, Any]) -> None:
    figure = ["value", "unit"] if "value" in item else []
    assert list(item) == ["id", "question", "answers", *figure, "release", "evidence", "kind"]
    assert item["kind"] in KINDS
    if item["kind"] == "unanswerable":
        assert (item["answers"], item["release"], item["evidence"]) == ([], None, None)
    else:
        assert item["answers"]
        whole_words = rf"(?<!\w){re.escape(item['answers'][0])}(?!\w)"
        assert len(re.findall(whole_words, item["evidence"])) == 1
        assert_resolves(item["evidence"], item["release"])


@pytest.mark.parametrize("item", [item for item in GOLD if "value" in item], ids=lambda item: item["id"])
def test_the_stored_figure_is_the_one_that_every_answer_states(item: dict[str, Any]) -> None:
    for answer in item["answers"]:
        number, scale, after = FIGURE_IN_WORDS.search(answer).groups()  # type: ignore[union-attr]
        value = float(number.replace(",", "")) * {"million": 10**6, "billion": 10**9}.get(scale, 1)
        assert value == item["value"], answer
        unit = "GBP" if "£" in answer else UNIT_WORDS.get(after, "")
        assert unit == item["unit"], answer


def test_every_question_for_a_number_stores_its_figure_unless_its_answers_differ_in_unit() -> None:
    missing = [item["answers"] for item in GOLD if item["kind"].startswith("number") and "value" not in item]
    assert missing == [["170 years", "170"]]


def test_gold_is_big_and_varied_enough_to_be_worth_running() -> None:
    kinds = Counter(item["kind"] for item in GOLD)
    assert set(kinds) == KINDS
    assert len(GOLD) >= 48
    assert kinds["unanswerable"] >= 10
    assert {key_of(item["release"]) for item in GOLD if item["release"]} == set(SUMMARIES)


def test_ids_and_questions_are_unique() -> None:
    for field in ("id", "question"):
        assert max(Counter(item[field] for item in GOLD).values()) == 1, field
    assert max(Counter(item["id"] for item in GOLD + TIMELINES).values()) == 1


@pytest.mark.parametrize("item", TIMELINES, ids=lambda item: item["id"])
def test_timeline_resolves_newest_first(item: dict[str, Any]) -> None:
    points = item["timeline"]
    dates = [point["release"]["date"] for point in points]
    assert dates == sorted(dates, reverse=True)
    for position, point in enumerate(points):
        assert_resolves(point["evidence"], point["release"])
        assert f"{point['value']:,}" in point["evidence"]
        assert point["relation"] in RELATIONS
        assert (point["relation"] == "latest") == (position == 0)
        assert (point["relation"] == "same") == (position > 0 and point["value"] == points[0]["value"])
        if point["qualifier"] != "exactly":
            assert point["qualifier"] in point["evidence"].lower()


def test_the_question_of_the_readme_has_its_newest_answer() -> None:
    (item,) = [item for item in GOLD if item["question"] == "How many foreign criminals were removed?"]
    assert item["answers"] == ["2,580"]
    assert item["release"]["date"] == "2025-01-09"


def words(text: str) -> list[str]:
    """Case-folded words and numbers: "2,580" is one word, "Victims’" is "victims"."""
    return re.findall(r"\w+", re.sub(r"(?<=\d),(?=\d)|['’]", "", text.casefold()))


def numbers(text: str) -> set[str]:
    """Numbers in digits with pound sign, scale word and percent sign; "£150million" is "£150 million"."""
    found = re.findall(r"£?\d+(?:,\d{3})*(?:\.\d+)?(?: ?(?:million|billion))?%?", text)
    return {re.sub(r" ?([mb]illion)", r" \1", figure) for figure in found}


def runs(text: str) -> set[tuple[str, ...]]:
    found = words(text)
    return {tuple(found[at : at + SHARED_RUN]) for at in range(len(found) - SHARED_RUN + 1)}


def is_part_of_a_name(run: tuple[str, ...]) -> bool:
    """Whether the run lies inside an official name, an article before it included."""
    return any(f" {' '.join(run)} " in f" the {' '.join(words(name))} " for name in OFFICIAL_NAMES)


@pytest.mark.shared
def test_no_run_of_words_is_taken_from_the_releases() -> None:
    if not REAL_RELEASES.exists():
        pytest.skip("needs the real releases: ../shared/corpus/home-office-tag-page.txt is absent")
    real = entries(REAL_RELEASES)
    assert list(real) == list(SUMMARIES), "same releases, in the same order"
    published = runs(" ".join(real.values()))
    for key, body in SUMMARIES.items():
        taken = sorted(" ".join(run) for run in runs(body) & published if not is_part_of_a_name(run))
        assert taken == [], key


@pytest.mark.shared
def test_every_number_is_in_its_release() -> None:
    """A misremembered digit would be a false statement about the government."""
    if not REAL_RELEASES.exists():
        pytest.skip("needs the real releases: ../shared/corpus/home-office-tag-page.txt is absent")
    for key, body in entries(REAL_RELEASES).items():
        year = int(key[1][:4])
        # Years that a release gives relatively ("last month", "last year"), resolved from its date.
        known = numbers(body) | {str(year), str(year - 1)}
        known |= {figure for word, figure in SPELT_OUT.items() if word in body}
        assert numbers(SUMMARIES[key]) <= known, key


@pytest.mark.shared
def test_the_questions_are_our_own_too() -> None:
    if not REAL_GOLD.exists():
        pytest.skip("needs the development questions: ../shared/gold/home-office.jsonl is absent")
    theirs = {json.loads(line)["question"] for line in REAL_GOLD.read_text(encoding="utf-8").splitlines()}
    assert theirs.isdisjoint(item["question"] for item in GOLD)
