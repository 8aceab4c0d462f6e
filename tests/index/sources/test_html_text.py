import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.sources.clean import clean_body
from index.sources.html.text import html_body, html_title


@pytest.mark.parametrize(
    ("html", "body"),
    [
        ("<h2>Next steps</h2><p>A <b>new</b>ly built&nbsp;pier<br>opens &amp; stays.</p>",
         "Next steps\n\nA newly built pier\nopens & stays."),
        ("<ul><li>one<li>two<ol start=3><li>three</ol></ul>after", "• one\n• two\n3. three\n\nafter"),
        ("<ol><li>1. already numbered</ol>", "1. already numbered"),
        ("<p>·&nbsp;&nbsp; from Word</p><p>· again</p>", "• from Word\n• again"),
        ("<blockquote><p>We will build it.</p><footer>Mayor Ada Pell</footer></blockquote>",
         "We will build it.\n\nMayor Ada Pell"),
        ("She said <q>yes</q>.", "She said “yes”."),
        ("4,812<sup>3</sup> on the 4<sup>th</sup>, as told<sup>[note 1]</sup>", "4,812³ on the 4th, as told [note 1]"),
        ("<table><tr><th>Ward<th>Homes<tr><td>North<td>41</table>", "| Ward | Homes |\n|---|---|\n| North | 41 |"),
        ("<table><tr><td><h1>Pier opens</h1><td><table><tr><td>a<td>b<tr><td>1<td>2</table></table>",
         "Pier opens\n\n| a | b |\n|---|---|\n| 1 | 2 |"),
        ("<dl><dt>When<dd>3 May</dl>", "When\n3 May"),
        ("<form><p>In ASP pages all is a form.<input value=no><select><option>no</select></form>",
         "In ASP pages all is a form."),
        ("<p>Seen</p><nav>no</nav><p hidden>no</p><p style='display:none'>no</p><script>no</script><style>no</style>"
         "<p class='govuk-visually-hidden'>no</p><div role=navigation>no</div><noscript>no</noscript>", "Seen"),
        ("<pre>a  b\nc</pre>", "a b\nc"),
        ("", ""),
    ],
)  # fmt: skip
def test_html_becomes_the_text_that_readers_see(html: str, body: str) -> None:
    assert html_body(html) == body


def test_the_way_back_to_the_page_itself_is_left_out() -> None:
    feed = (
        "<p>The pier opens.</p><p><a href='/n/1/?utm=x'>The plan</a> <a href='//a.test/n/1/#more'>Read more</a></p>"
        "<p>The post <a href='https://a.test/n/1/'>Pier</a> appeared first on <a href='https://a.test'>A</a>.</p>"
    )
    assert html_body(feed, "http://a.test/n/1") == "The pier opens.\n\nThe plan"
    assert "Read more" in html_body(feed)


@pytest.mark.parametrize(
    ("html", "title"),
    [
        ("Homes &amp; roads<br>open", "Homes & roads open"),
        ("The mayor&amp;#8217;s <em>plan</em>", "The mayor’s plan"),
        ("Costs below 5 < 6", "Costs below 5 < 6"),
        ("AT&T", "AT&T"),
    ],
)
def test_a_title_is_one_line_without_tags(html: str, title: str) -> None:
    assert html_title(html) == title


_PIECES = st.sampled_from(
    "<p> </p> <div> </div> <ul> <li> </ul> <ol> <table> <tr> <td> <th> </table> <b> </b> <a href=x> </a> <br> <sup> 3 "
    "</sup> <q> <script> </script> <nav> </nav> <!-- --> <svg> </svg> <pre> &amp; &# < > word | \ud800 \0".split(" ")
)


@given(st.lists(_PIECES, max_size=60).map("".join) | st.text())
def test_any_html_gives_a_clean_body(html: str) -> None:
    body = html_body(html)
    assert body == clean_body(body)
    assert html_body(html) == body


@pytest.mark.parametrize(
    "hostile",
    [
        "<div>" * 200_000,
        "<p>" + "".join(f"<b a={i}>" for i in range(390)) + "</p><p>x" * 20_000,
        "<table><tr><td>" * 50_000,
        "<ul><li>" * 50_000,
        "<script>" * 100_000,
        "<" * 500_000,
    ],
    ids=["deep", "copies", "tables", "lists", "scripts", "brackets"],
)
def test_hostile_html_costs_little_time(hostile: str) -> None:
    begin = time.perf_counter()
    html_body(hostile)
    assert time.perf_counter() - begin < 20  # without limits: minutes, or gigabytes


@pytest.mark.parametrize(
    ("html", "body"),
    [
        ("<p>[vc_row][vc_column]The pier opens.[/vc_column][/vc_row]</p>", "The pier opens."),
        ('<p>[caption id="a" width="3"]<img> The pier[/caption]</p><p>It opens.</p>', "The pier\n\nIt opens."),
        ("<p>It opens.</p><p>[gallery ids=&#8221;1,2&#8243;]</p>", "It opens."),
        ("<p>“They [the piers] is [sic] open” [1].</p>", "“They [the piers] is [sic] open” [1]."),
    ],
)
def test_marks_of_plugins_are_no_text_and_brackets_of_editors_are(html: str, body: str) -> None:
    assert html_body(html) == body
