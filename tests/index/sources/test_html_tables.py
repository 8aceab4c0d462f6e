from pathlib import Path

import pytest

from index.sources import open_source
from index.sources.html.tables import with_pipe_tables
from index.sources.markdown_text import plain_markdown
from index.types import Release


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        (
            "<table><tr><th>Town</th><th>Opens</th></tr><tr><td>Pell<br>Green</td><td>3 <b>Ma</b>y</td></tr></table>",
            ["| Town | Opens |", "|---|---|", "| Pell Green | 3 May |"],
        ),
        (  # merged cells, and a header of two rows
            "<table><thead><tr><th rowspan=2>Ward<th colspan=2>2023<th>2024<tr><th>Q1<th>Q2<th>Q1</thead>"
            "<tr><td rowspan='2'>North<td>1<td>2<td>3<tr><td colspan=3>none</table>",
            ["| Ward | 2023 Q1 | 2023 Q2 | 2024 Q1 |", "|---|---|---|---|", "| North | 1 | 2 | 3 |",
             "| North | none | none | none |"],
        ),
        (  # ragged rows, bars and entities
            "<TABLE><tr><th>A<th>B</tr><tr><td>x | y</tr><tr><td>1<td>2 &amp; 3<td>4</tr></TABLE>",
            ["| A | B | |", "|---|---|---|", "| x \\| y | | |", "| 1 | 2 & 3 | 4 |"],
        ),
        (  # names and what belongs to them: no header
            "<table><tr><th>Opens</th><td>3 May</td></tr><tr><th>Place</th><td>Pell</td></tr></table>",
            ["| | |", "|---|---|", "| Opens | 3 May |", "| Place | Pell |"],
        ),
        (  # a first row of years is a header, though nothing marks it
            "<table><tr><td>Ward</td><td>2023</td></tr><tr><td>North</td><td>41</td></tr></table>",
            ["| Ward | 2023 |", "|---|---|", "| North | 41 |"],
        ),
        (
            "<table><caption>Homes built</caption><tr><th>A<th>B<tr><td>1<td><table><tr><td>in<td>side</table></table>",
            ["Homes built", "| A | B |", "|---|---|", "| 1 | in side |"],
        ),
        (
            "<table><tr><td>One column</td></tr><tr><td>lays out a page.</td></tr></table>",
            ["One column", "lays out a page."],
        ),
        ("<table><tr><td colspan=99999999 rowspan=99999999>x<td>y</table>", None),
        (  # raised digits are notes, also where they are links
            "<table><tr><th>Ward<th>2024<tr><td>North<td>4,812<sup>3</sup><tr><td>South"
            "<td>967<sup><a href='#f4'>4</a></sup></table>",
            ["| Ward | 2024 |", "|---|---|", "| North | 4,812³ |", "| South | 967⁴ |"],
        ),
        ("<table><tr><td>never closed", ["<table><tr><td>never closed"]),
    ],
)  # fmt: skip
def test_an_html_table_becomes_lines_of_cells(html: str, lines: list[str] | None) -> None:
    text = with_pipe_tables(f"Before.{html}")
    assert text.startswith("Before.")
    if lines is None:
        assert len(text) < 10_000
        return
    assert [" ".join(line.split()) for line in text.removeprefix("Before.").split("\n") if line.strip()] == lines


def test_a_table_of_a_thousand_rows_is_read_whole() -> None:
    rows = "".join(f"<tr><td>Ward {number}</td><td>{number}</td></tr>\n\n" for number in range(1000))
    lines = (
        plain_markdown(f"<table><tr><th>Ward</th><th>Homes</th></tr>{rows}</table>").replace("\u2028", "\n").split("\n")
    )
    assert len(lines) == 1002
    assert lines[-1] == "| Ward 999 | 999 |"


def test_a_release_in_json_lines_may_hold_an_html_table(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"title": "A", "publisher": "B", "published": "2025-01-01",'
        ' "body": "Homes:<table><tr><th>Ward</th><th>2023</th></tr><tr><td>North</td><td>41</td></tr></table>So."}',
        "utf-8",
    )
    (release,) = open_source(path).read()
    assert isinstance(release, Release)
    assert release.body == "Homes:\n\n| Ward | 2023 |\n|---|---|\n| North | 41 |\n\nSo."
