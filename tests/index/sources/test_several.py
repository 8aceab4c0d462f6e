"""Several releases in one plain text file, and what only looks like several."""

import re
from datetime import date
from itertools import chain
from pathlib import Path

import pytest

from index.sources import FieldMap, open_source
from index.types import Problem, Release

PIERS = (
    "A grant will mend nine piers before the summer, the Coast Office said. Work begins in Pellport, where the pier has"
    " been closed for two years, and ends in Ness."
)
FERRY = (
    "The ferry to Ness will run every hour from May on, the Coast Office said. It takes forty minutes and carries"
    " ninety cars, of which ten may be lorries."
)
RULE, TITLE = "-" * 50, "Nine piers to be mended"
PARTED = ["###\n\n", "# # #\n", f"{RULE}\n\n", "====================\n", "\f", "ENDS\n\n\n"]


def read(folder: Path, text: str) -> list[Release | Problem]:
    path = folder / "releases.txt"
    path.write_text(text, "utf-8")
    found = list(open_source(path, how=FieldMap(publisher_name="Coast Office")).read())
    assert all(isinstance(each, Release | Problem) for each in found)
    return [each for each in found if isinstance(each, Release | Problem)]


def told(found: list[Release | Problem]) -> list[tuple[str, date, str]]:
    return [(each.title, each.published, each.body) for each in found if isinstance(each, Release)]


TWO = [(TITLE, date(2024, 7, 4), PIERS), ("A ferry every hour", date(2024, 7, 9), FERRY)]


@pytest.mark.parametrize("mark", PARTED, ids=repr)
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("FOR IMMEDIATE RELEASE\n4 July 2024\n\n{0}\n\n{2}", "FOR IMMEDIATE RELEASE: July 9, 2024\n\n{0}\n\n{2}"),
        ("{0}\nPublished: 4 July 2024\n\n{2}", "{0}\nPublished: 9 July 2024\n\n{2}"),
        (
            "Coast Office\nNews release\n\n{0}\n\n4 July 2024\n\n{2}",
            "Coast Office\nNews release\n\n{0}\n9 July 2024\n\n{2}",
        ),
    ],
    ids=["wire", "published", "letterhead"],
)
def test_each_release_of_a_file_is_read(tmp_path: Path, mark: str, first: str, second: str) -> None:
    mark = f"\n\n{mark}"
    text = mark.join(form.format(*each) for form, each in zip((first, second), TWO, strict=True))
    assert told(read(tmp_path, text)) == TWO
    assert told(read(tmp_path, f"Press releases, summer of 2024\n{'=' * 30}\n\n{text}{mark}")) == TWO


def test_datelines_contacts_notes_and_rules_around_titles_are_parted_with_their_release(tmp_path: Path) -> None:
    text = (
        f"{RULE}\nNINE PIERS TO BE MENDED\n{RULE}\nPELLPORT, 4 July 2024 – {PIERS}\n\nENDS\n\nNotes to editors\n\n"
        f"1. There are 41 piers.\n\nMedia contact: Jo Quay, 020 7946 0018\n\n{RULE}\nA FERRY EVERY HOUR\n{RULE}\n"
        f"NESS, 9 July 2024 – {FERRY}\n\n{RULE}\nContact: Jo Quay, 020 7946 0018\n"
    )
    first, second = told(read(tmp_path, text))
    assert (first[:2], second[:2]) == (("NINE PIERS TO BE MENDED", TWO[0][1]), ("A FERRY EVERY HOUR", TWO[1][1]))
    assert first[2].endswith("1. There are 41 piers.")
    assert second[2].endswith("lorries.")
    assert "0018" not in first[2] + second[2]


@pytest.mark.parametrize(
    "text",
    [
        # a rule above dates of the plan
        f"FOR IMMEDIATE RELEASE\n4 July 2024\n\n{TITLE}\n\n{PIERS}\n\n{RULE}\n\nDates for all\n9 July 2024\n\n{FERRY}",
        # pages of a document, each with its header
        f"FOR IMMEDIATE RELEASE\n4 July 2024\n\n{TITLE}\n\n{PIERS}\n\fFOR IMMEDIATE RELEASE\nPage 2\n\n{FERRY}\n",
        f"News release, 4 July 2024\n\n{TITLE}\n\n{PIERS}\n\fNews release, 4 July 2024\n\nWhat comes next\n\n{FERRY}",
        # two lines that release it
        f"FOR IMMEDIATE RELEASE\nRelease date: 4 July 2024\n\n{TITLE}\n\n{PIERS}\n\n{FERRY}\n",
        # notes and what the office is below the end
        f"{TITLE}\n\nPublished: 4 July 2024\n\n{PIERS}\n\n###\n\nAbout the Coast Office\n\n{FERRY}\n",
        f"{TITLE}\n\nPublished: 4 July 2024\n\n{PIERS}\n\n***\n\nRead this as well\n\nPublished: 1 May 2024\n",
        # a box around title and day
        f"{RULE}\n{TITLE}\n{RULE}\nPublished: 4 July 2024\n{RULE}\n{PIERS}\n{FERRY}\n",
    ],
    ids=["dates", "pages", "headers", "released", "about", "teaser", "box"],
)
def test_marks_inside_a_release_part_nothing(tmp_path: Path, text: str) -> None:
    (release,) = read(tmp_path, text)
    assert isinstance(release, Release)
    assert (release.title, release.published) == TWO[0][:2]


def test_releases_that_nothing_parts_are_told_of_and_not_taken_for_one(tmp_path: Path) -> None:
    form = "FOR IMMEDIATE RELEASE\n{1:%-d %B %Y}\n\n{0}\n\n{2}\n\n"
    (problem,) = read(tmp_path, "".join(form.format(*each) for each in TWO))
    assert isinstance(problem, Problem)
    assert re.search(r"2 releases, .* \(lines 1, 8\): put a line of ###", problem.reason)


def test_one_of_many_that_is_short_or_undated_costs_the_others_nothing(tmp_path: Path) -> None:
    made = [
        (f"Pier number {number} opens", date(2024, 7, number), f"It opens {number} days late.") for number in (1, 2, 3)
    ]
    form = "{0}\nPublished: {1:%-d %B %Y}\n\n{2}\n\n###\n"
    texts = [form.format(*each) for each in made]
    assert told(read(tmp_path, "\n".join(texts))) == made
    undated = texts[1].replace("Published: 2 July 2024\n", "")
    found = told(read(tmp_path, "\n".join(chain(texts, texts[:1], [undated]))))
    assert [each[0] for each in found] == [each[0] for each in [*made, made[0]]]


def test_many_marks_take_no_long_time(tmp_path: Path) -> None:
    text = f"Nine piers to be mended\nPublished: 4 July 2024\n\n{PIERS}\n\n" + "###\nwords\n" * 30_000
    (release,) = read(tmp_path, text)
    assert isinstance(release, Release)
