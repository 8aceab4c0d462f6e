from datetime import date
from pathlib import Path

import pytest

from index.errors import SourceError
from index.sources import open_source
from index.sources.tag_page import TagPage
from index.types import Problem, Release

REAL = Path(__file__).parents[3].parent / "shared" / "corpus" / "home-office-tag-page.txt"

ISSUED = "The press release issued by the {} on {}."


def entry(
    title: str = "Ferries to run later [March 2024]",
    issued: str | None = "The press release issued by the Department for Transport on 4 March 2024.",
    body: tuple[str, ...] = ("The last ferry will leave at 23:40.", "Fares stay as they are."),
    *,
    bullet: str = "  • ",
    label: str = "PRESS RELEASE",
    copy: bool = True,
    margin: str = "    ",
) -> str:
    lines = [f"{bullet}{label} : {title}", *([f"{margin}{label} : {title}"] if copy else [])]
    lines += [f"{margin}{line}" for line in ([issued] if issued else []) + list(body)]
    return "\n\n".join(lines) + "\n\n"


def read(folder: Path, page: str | bytes) -> list[Release | Problem]:
    path = folder / "page.txt"
    path.write_bytes(page if isinstance(page, bytes) else page.encode())
    return list(TagPage(path).read())


def one_release(folder: Path, page: str | bytes) -> Release:
    (result,) = read(folder, page)
    assert isinstance(result, Release), result
    return result


def one_problem(folder: Path, page: str | bytes) -> str:
    (result,) = read(folder, page)
    assert isinstance(result, Problem), result
    return f"{Path(result.where).name} {result.reason}"


@pytest.mark.shared
@pytest.mark.skipif(not REAL.exists(), reason="the real releases are not beside the repository (../shared)")
def test_the_real_page_gives_its_ten_releases() -> None:
    releases = list(open_source(REAL).read())

    assert all(isinstance(release, Release) for release in releases)
    assert [(r.published.isoformat(), r.title[:24]) for r in releases if isinstance(r, Release)] == [
        ("2025-01-16", "£3 billion worth of ille"),
        ("2025-01-15", "Britain working at pace "),
        ("2025-01-15", "Home Office and IBM to p"),
        ("2025-01-09", "Government removes highe"),
        ("2025-01-09", "More support for victims"),
        ("2025-01-02", "Serious crime laws to be"),
        ("2024-12-17", "Billion pound funding bo"),
        ("2024-12-17", "Government outlines new "),
        ("2024-12-16", "Huge increase in migrati"),
        ("2024-11-28", "Rogue employers will be "),
    ]
    assert {r.publisher for r in releases if isinstance(r, Release)} == {"Home Office"}
    assert len({r.id for r in releases if isinstance(r, Release)}) == 10
    bodies = [r.body for r in releases if isinstance(r, Release)]
    assert not any("PRESS RELEASE" in body or "issued by the Home Office on" in body for body in bodies)
    assert [sum(line.startswith("• ") for line in body.split("\n")) for body in bodies] == (
        [0, 0, 4, 0, 0, 6, 7, 0, 0, 3]
    )
    assert [part.count("\n") for part in bodies[7].split("\n\n") if "\n" in part] == [4]  # items without a mark


@pytest.mark.shared
@pytest.mark.skipif(not REAL.exists(), reason="the real releases are not beside the repository (../shared)")
def test_no_word_of_the_real_page_is_lost() -> None:
    kept = " ".join(r.body for r in open_source(REAL).read() if isinstance(r, Release)).split()
    page = [
        line
        for line in REAL.read_text("utf-8").split("\n")
        if "PRESS RELEASE :" not in line and "issued by the Home Office on" not in line and "Tag:" not in line
    ]
    assert kept == " ".join(page).split()


def test_an_entry_becomes_a_release(tmp_path: Path) -> None:
    release = one_release(tmp_path, "Tag: Buses and ferries\n\n" + entry())

    assert release == Release(
        id="department-for-transport-2024-03-04-ferries-to-run-later",
        title="Ferries to run later",
        body="The last ferry will leave at 23:40.\n\nFares stay as they are.",
        publisher="Department for Transport",
        published=date(2024, 3, 4),
    )


def test_windows_line_ends_byte_order_mark_and_hard_spaces_change_nothing(tmp_path: Path) -> None:
    page = "Tag: Transport\n\n" + entry()
    plain = one_release(tmp_path, page)

    hard = (
        page.replace("issued by the ", "issued by the\u00a0")
        .replace("    ", "\u00a0   ")
        .replace("4 March", "4\u00a0March")
    )
    assert one_release(tmp_path, "\ufeff" + hard.replace("\n", "\r\n")) == plain
    assert one_release(tmp_path, page.replace("\n", "\r")) == plain
    assert one_release(tmp_path, "\x0c" + page) == plain
    assert one_release(tmp_path, "\ufeff\ufeff" + page) == plain


@pytest.mark.parametrize(
    "page",
    [
        entry(copy=False),
        entry(bullet="* "),
        entry(bullet="- ", margin="  "),
        entry(bullet="• ", margin=""),
        entry(bullet="", margin=""),
        entry(bullet="\t•\t", margin="\t\t"),
        entry(title="Ferries to run later"),
        entry(title="Ferries to run later [Mar 2024]"),
        "Tag: A\n\nTag: B\n\n" + entry(),
        "# A page saved on Monday.\n# Summaries, not the releases.\n\nTag: A\n\n" + entry(),
        entry(issued="The press release issued by the Department for Transport on 4th March 2024"),
        entry().replace("PRESS RELEASE :", "PRESS RELEASE:"),
    ],
)
def test_forms_of_a_page_that_say_the_same(tmp_path: Path, page: str) -> None:
    release = one_release(tmp_path, page)

    assert release.id == "department-for-transport-2024-03-04-ferries-to-run-later"
    assert release.body == "The last ferry will leave at 23:40.\n\nFares stay as they are."


def test_other_kinds_departments_and_sections_on_one_page(tmp_path: Path) -> None:
    speech = entry(
        "A speech on rivers [May 2023]",
        "The speech given by the Environment Agency on 2 May 2023.",
        label="SPEECH",
    )
    story = entry("Rates held [May 2023]", "The news story published by HM Treasury on 3 May 2023.", label="NEWS STORY")
    other = entry(
        "Visas [May 2023]", "The travel note issued by the Foreign Office on 4 May 2023.", label="TRAVEL NOTE"
    )
    results = read(tmp_path, f"Tag: One\n\n{speech}Tag: Two\n\n{story}{other}")

    assert [(r.publisher, r.title) for r in results if isinstance(r, Release)] == [
        ("Environment Agency", "A speech on rivers"),
        ("HM Treasury", "Rates held"),
        ("Foreign Office", "Visas"),
    ]
    assert len(results) == 3


def test_lists_stay_in_the_body_whatever_their_items_look_like(tmp_path: Path) -> None:
    items = (
        "We will:",
        "• hire drivers\n    • NHS: cut waits\n    • Tag: not a section",
        "first plain line\n    second",
    )
    release = one_release(tmp_path, entry(body=items))

    assert release.body == (
        "We will:\n\n• hire drivers\n• NHS: cut waits\n• Tag: not a section\n\nfirst plain line\nsecond"
    )


@pytest.mark.parametrize(
    ("page", "line", "reason"),
    [
        (entry(issued=None), 1, 'no "issued by" line'),
        (entry(issued=None, body=()), 1, 'no "issued by" line'),
        (entry(issued="The press release issued by the Depart", body=()), 5, "no date in"),
        (entry(issued="The press release issued by the Department for Transport on"), 5, "no date in"),
        (entry(body=()), 1, "the body is empty"),
        (entry(issued=ISSUED.format("Cabinet Office", "31 February 2024")), 5, "31 February 2024"),
        (entry(issued=ISSUED.format("Cabinet Office", "a Monday")), 5, '"a Monday" is not a date'),
        (
            entry(issued=ISSUED.format("Cabinet Office", "4 April 2024")),
            5,
            "not in the month of the title, 2024-03",
        ),
        (entry(issued="The press release issued by on 4 March 2024."), 1, "the publisher is empty"),
        (entry(title="[March 2024]"), 1, "the title is empty"),
        (
            entry(body=("One.", ISSUED.format("Cabinet Office", "5 March 2024"), "Two.")),
            9,
            'a second "issued by"',
        ),
        (entry().encode().replace(b"ferry", b"f\xe9rry"), 7, "byte 0xe9 at column 15 is not UTF-8"),
        (entry().encode().replace(b"later", b"l\xe9ter"), 1, "is not UTF-8"),
    ],
)
def test_a_bad_entry_is_a_problem_with_its_place_and_the_others_are_read(
    tmp_path: Path, page: str | bytes, line: int, reason: str
) -> None:
    good = entry("Buses [June 2024]", ISSUED.format("Cabinet Office", "1 June 2024"))
    page = page if isinstance(page, bytes) else page.encode()

    bad, after = read(tmp_path, page + good.encode())
    before, last = read(tmp_path, good.encode() + page)

    assert isinstance(bad, Problem)
    assert isinstance(last, Problem)
    assert isinstance(after, Release)
    assert after == before
    assert Path(bad.where).name == f"page.txt:{line}"
    assert Path(last.where).name == f"page.txt:{line + good.count(chr(10))}"
    assert reason in bad.reason
    assert bad.reason.encode()


@pytest.mark.parametrize("kept", range(1, 60))
def test_wherever_the_last_entry_is_cut_nothing_is_invented_or_dropped(tmp_path: Path, kept: int) -> None:
    first, last = entry("Buses [June 2024]", ISSUED.format("Cabinet Office", "1 June 2024")), entry()
    cut = last[: len(last) * kept // 60]
    results = read(tmp_path, first + cut)

    assert isinstance(results[0], Release)
    assert results[0] == one_release(tmp_path, first)
    assert len(results) == (2 if cut.strip() else 1)
    if isinstance(results[-1], Release) and len(results) == 2:
        assert results[-1].title == "Ferries to run later"
        assert "The last ferry will leave at 23:40.\n\nFares stay as they are.".startswith(results[-1].body)


def test_text_that_belongs_to_no_release_is_reported(tmp_path: Path) -> None:
    good = one_release(tmp_path, entry())

    after = read(tmp_path, entry() + "Older posts\n\nAbout this site\n")
    between = read(tmp_path, entry() + "Tag: Other\n\nWords of no release.\n\n" + entry("B [March 2024]"))
    before = read(tmp_path, "    The rest of a release whose title was cut off.\n\n" + entry())
    inside = read(
        tmp_path,
        entry(issued="A caption.\n\n    " + ISSUED.format("Department for Transport", "4 March 2024")),
    )

    assert after[0] == between[0] == before[1] == inside[0] == good
    problems = [after[1], between[1], before[0], inside[1]]
    assert [(Path(p.where).name, p.reason) for p in problems if isinstance(p, Problem)] == [
        ("page.txt:11", "text that belongs to no release, up to line 13"),
        ("page.txt:13", "text that belongs to no release"),
        ("page.txt:1", "text that belongs to no release"),
        ("page.txt:5", 'text between the title and the "issued by" line'),
    ]
    assert [len(results) for results in (after, between, before, inside)] == [2, 3, 2, 2]


def test_a_line_that_is_too_long_costs_its_entry_only(tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    path.write_text(entry(body=("x" * 5000,)) + entry("Trams [March 2024]"), "utf-8")
    bad, good = TagPage(path, max_line=1000).read()

    assert isinstance(bad, Problem)
    assert "longer than 1,000 characters" in bad.reason
    assert isinstance(good, Release)


def test_a_page_without_entries_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no line like"):
        read(tmp_path, "Tag: Home Office\n\n")
