import contextlib
from datetime import date
from pathlib import Path

import pytest

from index.errors import SourceError
from index.sources import FieldMap, clean_body, detect, open_source
from index.sources.clean import EntryError
from index.sources.markdown import MarkdownFiles
from index.sources.markdown_text import plain_markdown
from index.types import Problem, Release, Skipped

HEAD = "title: Ferries to run later\npublisher: Department for Transport\npublished: 2024-03-04\n"


def page(head: str = HEAD, body: str = "They run until midnight.") -> str:
    return f"---\n{head}---\n\n{body}\n"


def read_one(folder: Path, text: str | bytes) -> Release | Skipped | Problem:
    path = folder / "release.md"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    (result,) = MarkdownFiles(path).read()
    return result


def test_a_folder_is_read_in_the_order_of_its_paths(tmp_path: Path) -> None:
    for name in ("b.md", "a/z.MARKDOWN", "a/b/c.md", ".git/no.md", ".hidden.md", "notes.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(page(HEAD + f"id: {name}\n"), "utf-8")
    (tmp_path / "README.md").write_text("No front matter here.\n", "utf-8")

    results = list(open_source(tmp_path).read())

    assert [r.id if isinstance(r, Release) else Path(r.where).name for r in results] == [
        "README.md",
        "a/b/c.md",
        "a/z.MARKDOWN",
        "b.md",
    ]


def test_front_matter_gives_the_fields_as_they_are_written(tmp_path: Path) -> None:
    head = "Title: 2024\norganisation: 'No. 10'\ndate: 4th March 2024\nurl: https://e.org/a\nlayout: post\n"
    assert read_one(tmp_path, "\ufeff" + page(head).replace("\n", "\r\n")) == Release(
        "no-10-2024-03-04-2024",
        "2024",
        "They run until midnight.",
        "No. 10",
        date(2024, 3, 4),
        "https://e.org/a",
    )


TOML = """title = "Ferries to run later"
date = 2024-03-04T22:00:00-05:00
draft = false
tags = ["ferries", "ports"]
[params]
department = "Ferry Office"
"""
JSON = """{
  "title": "Ferries to run {later}", "date": "March 4, 2024", "url": "/news/ferries/",
  "organisation": ["Ferry Office"]
}"""


@pytest.mark.parametrize(
    ("text", "title", "day"),
    [
        (f"+++\r\n{TOML}+++\r\n\r\nThey run.\r\n\r\n+++\r\n", "Ferries to run later", date(2024, 3, 4)),
        (
            f'{JSON}\n\n{{% include a.html src="b" %}}\n{{{{< figure src="c" >}}}}\n\nThey run.\n\n+++\n',
            "Ferries to run {later}",
            date(2024, 3, 4),
        ),
        (
            "---\ntitle: Ferries\norganisation: Ferry Office\npublished: true\ndate: 2024-03-04 09:00:00 -0500\n---\n"
            "They run.\n\n+++",
            "Ferries",
            date(2024, 3, 4),
        ),
    ],
)
def test_front_matter_of_site_generators_is_read(tmp_path: Path, text: str, title: str, day: date) -> None:
    result = read_one(tmp_path, text)
    assert detect(tmp_path / "release.md") == "markdown"
    assert isinstance(result, Release), result
    assert (result.title, result.publisher, result.published, result.url) == (title, "Ferry Office", day, None)
    assert result.body == "They run.\n\n+++"


@pytest.mark.parametrize("head", ["draft: true", "published: false"])
def test_a_draft_is_skipped(tmp_path: Path, head: str) -> None:
    assert isinstance(read_one(tmp_path, f"---\ntitle: A\n{head}\n---\nIt runs.\n"), Skipped)


def test_a_file_in_a_language_that_is_declared_and_not_read_is_skipped(tmp_path: Path) -> None:
    path = tmp_path / "release.md"
    path.write_text(page(f"{HEAD}lang: cy\n"))
    (result,) = open_source(path).read()
    assert isinstance(result, Skipped)


def test_a_file_without_front_matter_has_its_heading_and_the_day_in_its_name(tmp_path: Path) -> None:
    path = tmp_path / "2025-02-03-ferry-opens.md"
    path.write_text("\n# The ferry *opens* #\n\nIt runs until midnight.\n\n# More\n\nOr later.\n")
    (tmp_path / "README.md").write_text("# About\n\nThese are releases.\n")
    release, problem = MarkdownFiles(tmp_path, how=FieldMap(publisher_name="Ferry Office")).read()
    assert isinstance(release, Release)
    assert (release.title, release.published, release.publisher) == (
        "The ferry opens",
        date(2025, 2, 3),
        "Ferry Office",
    )
    assert release.body == "It runs until midnight.\n\nMore\n\nOr later."
    assert isinstance(problem, Problem)
    assert "no published or date" in problem.reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no front matter"),
        ("Just a line\n", "no front matter"),
        ("# Just a heading\n", "no publisher or organisation; or say which: pressqa ingest ... --publisher NAME"),
        ("---\ntitle: A\n", "no closing ---"),
        ('+++\ntitle = "A"\n', "no closing +++"),
        ('+++\ntitle = "A"\n\ndate = soon\n+++\nIt runs.', "not TOML: Invalid value (at line 4"),
        ('{"title": "A"\nIt runs.', "not JSON"),
        (f"+++\nid = 0x{'F' * 5000}\n+++\nIt runs.", "not TOML"),
        (page("title: 'A\n"), "not YAML"),
        (page("title: [A\n"), "line 3"),
        (page("- a\n- b\n"), "names no fields"),
        (page("title: A\n"), "no publisher or organisation"),
        (page(HEAD.replace("title", "colour")), "no title"),
        (page(HEAD.replace("2024-03-04", "2024-02-31")), 'no such day as "2024-02-31"'),
        (page(HEAD.replace("2024-03-04", "spring")), '"spring" is not a date'),
        (
            page(HEAD.replace("Department for Transport", "[A, B]")),
            "publisher must be one line of text, not a list",
        ),
        (
            page(HEAD.replace("Department for Transport", "\n  - Department for Transport\n  - DfT")),
            "publisher must be one line of text, not a list",
        ),
        (page(HEAD.replace("title:", "title: !!python/object/apply:os.system")), None),
        (page(body="<!-- nothing -->"), "the body is empty"),
        (page().encode().replace(b"midnight", b"midn\xefght"), "line 7: byte 0xef at column 20 is not UTF-8"),
        (page(body="> " * 300 + "deep"), "nested more than 49 deep"),
        (page("a: " + "[" * 5000 + "\n"), "not YAML"),
    ],
)
def test_a_file_that_is_no_release_is_a_problem_that_names_it(
    tmp_path: Path, text: str | bytes, reason: str | None
) -> None:
    result = read_one(tmp_path, text)

    if reason is None:  # a tag that asks for code is read as the text it stands before
        assert isinstance(result, Release)
        return
    assert isinstance(result, Problem)
    assert Path(result.where).name == "release.md"
    assert reason in result.reason
    assert "\n" not in result.reason


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Phase #3 of Ardley's bypass", "Phase #3 of Ardley's bypass"),
        ("Ports: six new berths", "Ports: six new berths"),
        ("Ports: berths: six of them #soon", "Ports: berths: six of them #soon"),
        ("#PlasticFree day at Wick", "#PlasticFree day at Wick"),
        ("@Ardley: what we heard", "@Ardley: what we heard"),
        ("&c and other marks", "&c and other marks"),
        ("*Final* figures % of all", "*Final* figures % of all"),
        ("- a dash first", "- a dash first"),
        ("> 5,000 homes: a first", "> 5,000 homes: a first"),
        ('It\'s "open": at last', 'It\'s "open": at last'),
        ("Plans for\n  berth #4: the second\n  part", "Plans for berth #4: the second part"),
        ("\n  Berth #4 opens", "Berth #4 opens"),
        ("'Berth #4: it''s open' # for the editor", "Berth #4: it's open"),
        ('"Ready" #2 of three', '"Ready" #2 of three'),
        ("|\n  Berth #4:\n  open", "Berth #4: open"),
        ("!Attention: works", "!Attention: works"),
    ],
)
def test_no_part_of_a_title_is_lost(tmp_path: Path, written: str, title: str) -> None:
    result = read_one(tmp_path, page(HEAD.replace("Ferries to run later", written)))
    assert isinstance(result, Release)
    assert result.title == title
    assert result.publisher == "Department for Transport"


def test_a_title_that_is_there_twice_is_a_problem(tmp_path: Path) -> None:
    result = read_one(tmp_path, page(f"{HEAD}title: Ferries to run earlier\n"))
    assert isinstance(result, Problem)
    assert result.reason == "the front matter has title twice: leave one of them out"


def test_what_is_no_yaml_says_what_to_do(tmp_path: Path) -> None:
    result = read_one(tmp_path, page(f"{HEAD}url: https://e.org: the page\n"))
    assert isinstance(result, Problem)
    assert "line 5" in result.reason
    assert "quotation marks" in result.reason


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("They sent 967[4] letters.\n\n[4]: Provisional.", "They sent 967[4] letters.\n\n[4]: Provisional."),
        ("They sent 967[4] letters.\n\n[4]: https://e.org/n", "They sent 967[4] letters.\n\n[4]: https://e.org/n"),
        ("Then 58[^5] came.\n\n[^5]: Provisional.", "Then 58[^5] came.\n\n[^5]: Provisional."),
        ("[Note]: Provisional.", "[Note]: Provisional."),
        ("See [the plan][p].\n\n[p]: https://e.org/p", "See the plan."),
        ("In all 4,812<sup>3</sup> visits to 30 m<sup>2</sup>.", "In all 4,812³ visits to 30 m²."),
        ("On the 19<sup>th</sup>, CO<sub>2</sub> fell.", "On the 19th, CO2 fell."),
        ("<p>In all 4,812<sup>3</sup> visits.</p>", "In all 4,812³ visits."),
        ("<p>In all 4,812<sup><a href='#f'>3</a></sup> visits, 7 late.</p>", "In all 4,812³ visits, 7 late."),
        ("Ask <press office> for it.", "Ask <press office> for it."),
        ("<p>Ask <press office> for it.</p>", "Ask <press office> for it."),
    ],
)
def test_no_part_of_a_body_is_lost(markdown: str, words: str) -> None:
    assert clean_body(plain_markdown(markdown)) == words


def test_a_file_that_is_too_large_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(page(), "utf-8")
    (result,) = MarkdownFiles(path, max_bytes=50).read()

    assert isinstance(result, Problem)
    assert "larger than 50 bytes" in result.reason


def test_a_folder_without_markdown_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x", "utf-8")
    with pytest.raises(SourceError, match="no Markdown"):
        list(open_source(tmp_path, "markdown").read())


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("## A *big* **head**\n\nText", "A big head\n\nText"),
        (
            'See [the plan](https://e.org/p "t"), <https://e.org> and ![a chart](c.png).',
            "See the plan, https://e.org and .",
        ),
        ("A line that\nis wrapped\nthree times", "A line that is wrapped three times"),
        ("One  \ntwo\\\nthree", "One\ntwo\nthree"),
        (
            "5 * 3 * 2 = 30, snake_case, \\*kept\\*, &pound;5 &amp; up",
            "5 * 3 * 2 = 30, snake_case, *kept*, £5 & up",
        ),
        (
            "We will:\n- hire\n  drivers\n- buy\n\n  buses\n\nEnd",
            "We will:\n\n- hire drivers\n- buy buses\n\nEnd",
        ),
        ("* a\n\n* b\n    * c\n* d", "* a\n* b\n* c\n* d"),
        ("1. first\n2. second\n   - inner", "1. first\n2. second\n- inner"),
        ("• one\n• two\n  on", "• one\n• two on"),
        ("> Quoted\n> words.\n>\n> More.", "Quoted words.\n\nMore."),
        (
            "| Year | Seized |\n|---|--:|\n| 2023 | **78** tonnes |\n| 2024 | 119 |",
            "| Year | Seized |\n|---|---|\n| 2023 | 78 tonnes |\n| 2024 | 119 |",
        ),
        ("```\nfixed  text\n```", "fixed text"),
        ("a<br>b <b>c</b><!-- no -->", "a\nb c"),
        (
            "<div>\n<p>One &lt; two\nthree</p><ul><li>x</li><li>y</li></ul>\n<script>no()</script></div>",
            "One < two three\n\n- x\n- y",
        ),
        ("Line one.\n\n---\n\nLine two.", "Line one.\n\nLine two."),
    ],
)
def test_markdown_becomes_the_words_of_the_page(markdown: str, words: str) -> None:
    assert clean_body(plain_markdown(markdown)) == words


@pytest.mark.parametrize("mark", ["> ", "- ", "> - "])
def test_deep_nesting_is_read_or_refused_but_never_lost(mark: str) -> None:
    for depth in (1, 24, 25, 48, 49, 50, 97, 98, 99, 100, 101):
        with contextlib.suppress(EntryError):
            assert "deep" in plain_markdown(mark * depth + "deep")
