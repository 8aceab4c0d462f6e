from dataclasses import replace
from datetime import date

from markdown_it import MarkdownIt

from api.web.citation_formats import bibtex, citation_texts, markdown, plain
from qa.types import Citation

READ = date(2025, 3, 4)
QUOTE = "Fees rose by 5% to £7_000 & *more*."
CITED = Citation(
    "r/1",
    "Fees [up] & away",
    "Ports {Office}",
    date(2025, 1, 9),
    None,
    None,
    QUOTE,
    0,
    len(QUOTE),
    0,
    4,
    "ab12cd34" * 8,
)


def test_plain_text_has_everything_a_reader_needs() -> None:
    expected = f"“{QUOTE}” Ports {{Office}}, “Fees [up] & away”, 9 January 2025"
    assert plain(CITED, None, READ) == expected
    assert plain(CITED, "https://example.org/x", READ) == f"{expected}, https://example.org/x (accessed 4 March 2025)"


def test_markdown_renders_as_the_words_of_the_release() -> None:
    html = MarkdownIt().render(markdown(CITED, "https://example.org/a_(b)?c=d", READ))
    assert "<blockquote>" in html
    assert "Fees rose by 5% to £7_000 &amp; *more*." in html
    assert '<a href="https://example.org/a_(b)?c=d">Fees [up] &amp; away</a>' in html


def test_an_address_cannot_end_its_markdown_link() -> None:
    url = "https://example.org/'><img src=x>?a=b&c \\d"
    html = MarkdownIt().render(markdown(CITED, url, READ))
    assert "<img" not in html
    assert html.count("<a href=") == 1
    assert "https://example.org/'%3E%3Cimg%20src=x%3E?a=b&amp;c%20%5Cd" in html


def test_bibtex_has_balanced_braces_and_escapes_what_tex_would_read() -> None:
    entry = bibtex(replace(CITED, quote="100% of \\input{x} $5 #1"), "https://example.org/100%25{", READ)
    assert entry.startswith("@misc{ports20250109ab12cd,\n")
    unescaped = entry.replace("\\{", "").replace("\\}", "")
    assert unescaped.count("{") == unescaped.count("}")
    assert "100\\% of \\textbackslash{}input\\{x\\} \\$5 \\#1" in entry
    assert "url = {https://example.org/100%25%7B}" in entry


def test_each_form_has_a_key_of_its_own() -> None:
    assert [each.key for each in citation_texts(CITED, None, READ)] == ["plain", "markdown", "bibtex"]
