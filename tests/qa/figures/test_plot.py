"""The picture of a timeline: whole, legible, the same every time, whatever a release says.

Long because it reads its pictures back, mark by mark.
"""

import itertools
import json
import warnings
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from typer.testing import CliRunner

from index.models.hashing_embedder import HASHING_MODEL
from index.types import Release
from qa.cli.commands import app
from qa.figures.plot import FORMATS, _figure, describe, draw, in_words
from qa.types import Answer, Citation, FigurePeriod, IndexInfo, TimelinePoint
from qa.wording import RELATIONS

SVG = "{http://www.w3.org/2000/svg}"
JANUARY = date(2025, 1, 9)
SINCE_JULY = FigurePeriod(date(2024, 7, 5), None, "since 5 July 2024")
MARKUP = 'Did $x_1$ & $y^2 cost <b>"£5_m"</b> \\frac{1}{2} %s {0}?'
HEBREW = "כמה אנשים הוסרו مليون ١٢٣"
SCRIPTS = f"{HEBREW} 🚢👩‍👩‍👧 二千五百"
Make = Callable[..., Release]


def stated(
    value: str = "2580",
    relation: str = "latest",
    *,
    text: str | None = None,
    published: date = JANUARY,
    title: str = "Returns of foreign criminals rise",
    **fields: Any,
) -> TimelinePoint:
    text = value if text is None else text
    cited = Citation("r", title, "Home Office", published, None, None, text, 0, len(text), 0, len(text), "")
    plain = TimelinePoint(
        text, value, None, "", "exactly", "foreign criminals", None, None, published, relation, cited
    )  # fmt: skip
    return replace(plain, **fields)


def answered(*timeline: TimelinePoint, question: str = "How many were removed?", as_of: date | None = None) -> Answer:
    cited = timeline[0].citation
    return Answer(
        question,
        timeline[0].text,
        0.9,
        cited,
        (cited,),
        (),
        None,
        None,
        timeline,
        (),
        None,
        as_of,
        IndexInfo(1, 1, 1, "m"),
        {},
        None,
        None,
    )


def many(count: int) -> Answer:
    kinds = "same", "earlier", "conflict"
    return answered(
        stated(period=SINCE_JULY),
        *(
            stated(
                f"{2000 - number}",
                kinds[number % 3],
                text=f"more than {2000 - number:,}",
                qualifier="more than",
                published=JANUARY - timedelta(9 * number + 1),
                title=f"Release {number}, on returns of foreign criminals and on much else that it tells at length",
                period=SINCE_JULY,
                change=("up", "down", None)[number % 3],
            )
            for number in range(count - 1)
        ),
    )


SMALL, GREAT = "0.0000001", "9" * 24 + "0" * 12
CASES: dict[str, Answer] = {
    "one": answered(stated()),
    "three": many(3),
    "thirty": many(30),
    "markup": answered(
        stated(text="£5_m $x$ <&>", title=MARKUP, measured=MARKUP, period=FigurePeriod(None, None, MARKUP)),
        question=MARKUP,
    ),
    "scripts": answered(stated(text="2,580 🚢", title=SCRIPTS, measured=SCRIPTS), question=f"{SCRIPTS} عدد"),
    "not in XML": answered(stated(text="2\ufffe580", title="\uffff\x0b"), question="How \ufffe many \uffff?"),
    "range": answered(
        stated("5", text="between 5 and 10", value_max="10"), stated("7.5", "earlier", value_max="8", unit="")
    ),
    "long range": answered(stated("5000", text="between 5,000 and 10,000", value_max="10000")),
    "fractions": answered(stated("0.3333333333", text="a third"), stated("0.5", "earlier", text="half")),
    "below zero": answered(stated("-5", text="-5%", unit="percent"), stated("3", "earlier", text="3%", unit="percent")),
    "range below zero": answered(stated("-10", text="-10 to -5", value_max="-5")),
    "only zero": answered(stated("0", text="none"), stated("0", "same", text="no")),
    "small": answered(stated(SMALL, unit="GBP"), stated("0.0000002", "earlier", unit="GBP")),
    "great": answered(stated(GREAT, text="£" + GREAT, unit="GBP"), stated("1", "earlier", text="£1", unit="GBP")),
    "money": answered(stated("19500000000", text="£19.5 billion", unit="GBP"), stated("5", "earlier", unit="GBP")),
    "long unit": answered(*(stated("2500000", unit="square kilometres", text="2.5 million square kilometres"),) * 2),
    "unresolved": answered(stated(period=FigurePeriod(None, None, "since the election"))),
    "open start": answered(stated(period=FigurePeriod(None, date(2024, 11, 30), "by the end of November 2024"))),
    "to come": answered(stated(period=FigurePeriod(date(2029, 1, 1), date(2030, 12, 31), "between 2029 and 2030"))),
    "starts after": answered(stated(period=FigurePeriod(date(2029, 1, 1), None, "from 2029"))),
    "long ago": answered(stated(published=date(1, 1, 2), period=FigurePeriod(date(1, 1, 1), None, "since then"))),
    "as of": answered(stated(), as_of=date(2025, 2, 1)),
    "as of the end": answered(stated(), as_of=date.max),
    "qualifiers": answered(
        *(
            stated("900", "conflict", text=f"{word} 900", qualifier=word, period=SINCE_JULY, change="down")
            for word in ("more than", "at least", "up to", "fewer than", "nearly", "around", "exactly", "a record")
        )
    ),
    "long words": answered(
        stated(text="more than " + "very " * 30 + "many", measured="people " * 60, title="A" * 600, change="up"),
        stated("2400", "conflict", text="W" * 90, period=FigurePeriod(None, None, "W" * 300), change="down"),
        question="W" * 700 + "?",
    ),
}  # fmt: skip


@cache
def drawn(name: str, form: str) -> bytes:
    return draw(CASES[name], form)


def spoken(name: str) -> tuple[str, str, str]:
    """Return an SVG's title and description, and all that is written in it."""
    root = ElementTree.fromstring(drawn(name, "svg"))
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert description is not None
    written = " ".join(each for node in root.iter(f"{SVG}text") for each in node.itertext())
    return title.text or "", description.text or "", written


@pytest.mark.parametrize("name", CASES)
def test_whatever_is_stated_can_be_drawn_and_comes_out_the_same_twice(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for form in FORMATS:
            assert drawn(name, form) == draw(CASES[name], form)
    ElementTree.fromstring(drawn(name, "svg"))
    assert drawn(name, "png").startswith(b"\x89PNG\r\n\x1a\n")


@pytest.mark.parametrize("name", [name for name in CASES if name != "not in XML"])
def test_those_who_cannot_see_it_are_told_all_that_it_shows(name: str) -> None:
    title, description, _ = spoken(name)
    assert title == CASES[name].question
    assert description == describe(CASES[name])
    for point in CASES[name].timeline:
        assert " ".join(point.text.split()) in description
        assert RELATIONS[point.relation] in description
        assert f"{point.published.day} {point.published:%B}" in description


def test_every_statement_is_written_with_its_relation_day_and_period() -> None:
    answer = CASES["thirty"]
    _, _, written = spoken("thirty")
    for point in answer.timeline:
        assert point.text in written
        assert f"{point.published.day} {point.published:%B %Y}" in written
        assert point.citation.title.split(",")[0] in written
    assert written.count("since 5 July 2024") == 30
    for relation in ("same", "earlier", "conflict"):
        assert written.count(RELATIONS[relation]) == sum(each.relation == relation for each in answer.timeline)


def test_marks_of_mathematics_and_markup_are_only_marks() -> None:
    title, _, written = spoken("markup")
    assert title == MARKUP
    assert "$x_1$ & $y^2" in written
    assert "£5_m $x$ <&>" in written


def test_what_xml_cannot_hold_is_replaced_and_seen_to_be() -> None:
    title, description, _ = spoken("not in XML")
    assert title == "How \ufffd many \ufffd?"
    assert "2\ufffd580" in description


def labels(answer: Answer) -> tuple[list[tuple[str, Bbox]], Bbox]:
    """Return the texts that are drawn and where, and the picture's own box, in pixels."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of signs that the font lacks
        figure = _figure(answer)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        unseen: set[Text] = set()
        for axes in figure.axes:
            for axis in (axes.xaxis, axes.yaxis):
                low, high = sorted(axis.get_view_interval())
                for tick in axis.get_major_ticks():
                    unseen |= {tick.label2} | (set() if low <= tick.get_loc() <= high else {tick.label1})
        visible = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
        renderer = canvas.get_renderer()
        boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in visible if text not in unseen]
        return boxes, figure.bbox


@pytest.mark.parametrize("name", CASES)
def test_no_text_runs_into_another_or_off_the_picture(name: str) -> None:
    texts, picture = labels(CASES[name])
    assert len(texts) > 5
    for (one, a), (other, b) in itertools.combinations(texts, 2):
        apart = a.x1 <= b.x0 + 0.5 or b.x1 <= a.x0 + 0.5 or a.y1 <= b.y0 + 0.5 or b.y1 <= a.y0 + 0.5
        assert apart, (one, other)
    for words, box in texts:
        assert picture.x0 <= box.x0, words
        assert box.x1 <= picture.x1, words
        assert picture.y0 <= box.y0, words
        assert box.y1 <= picture.y1, words


@pytest.mark.parametrize("name", CASES)
def test_no_statement_is_cut_off_where_the_times_begin(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        figure = _figure(CASES[name])
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        values, times = figure.axes
        for text in values.texts:
            assert text.get_window_extent(canvas.get_renderer()).x1 <= times.bbox.x0, text.get_text()


def test_an_answer_without_a_timeline_has_no_picture() -> None:
    with pytest.raises(ValueError, match="no timeline"):
        draw(replace(answered(stated()), timeline=()), "svg")


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        ("2580", "", "2,580"),
        ("19500000000", "GBP", "£19.5 billion"),
        ("-1500000", "USD", "−$1.5 million"),
        ("999999999", "EUR", "€1 billion"),
        ("24", "percent", "24%"),
        ("-0.5", "percent", "−0.5%"),
        ("1E+7", "percent", "10,000,000%"),
        ("119", "tonnes", "119 tonnes"),
        ("0.3333333333", "", "0.333"),
        ("0.0000001", "GBP", "£0.0000001"),
        ("0", "", "0"),
        ("-1.25E+45", "GBP", "−£1.25 × 10^45"),
        ("2.6", "GBP", "£2.60"),
        ("2600000", "GBP", "£2.6 million"),
        ("2.5", "percent", "2.5%"),
    ],
)
def test_numbers_are_put_as_a_newspaper_puts_them(value: str, unit: str, words: str) -> None:
    assert in_words(Decimal(value), unit) == words


# the command

QUESTION = "how many foreign criminals were removed?"


@pytest.fixture
def run(tmp_path: Path, make: Make, new_lab: Callable[[Path], Any]) -> Callable[..., Any]:
    lab = new_lab(tmp_path / "data")
    lab.ingest(
        make(1, id="a", published=date(2024, 12, 16), body="More than 2,100 foreign criminals were removed since May."),
        make(2, id="b", published=JANUARY, body="Since July, 2,580 foreign criminals were removed."),
        make(3, id="c", published=JANUARY, body="The minister for harbours is Dame Ada Brightwell."),
    )

    def invoke(*args: str | Path) -> Any:
        settings = {"PRESSQA_DATA": str(lab.data), "PRESSQA_MODEL": HASHING_MODEL, "NO_COLOR": None}
        return CliRunner().invoke(app, [str(arg) for arg in args], env=settings)

    return invoke


@pytest.mark.parametrize("name", ["x.svg", "x.PNG"])
def test_the_command_writes_a_picture_and_says_what_it_shows(
    run: Callable[..., Any], tmp_path: Path, name: str
) -> None:
    output = tmp_path / name
    output.write_bytes(b"old" * 1_000_000)
    result = run("plot", QUESTION, "-o", output)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "2 statements, the latest 2,580" in result.stdout
    content = output.read_bytes()
    assert b"old" not in content
    if name == "x.svg":
        ElementTree.fromstring(content)
    else:
        assert content.startswith(b"\x89PNG")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", name]
    assert run("plot", QUESTION, "-o", output).exit_code == 0
    assert output.read_bytes() == content


def test_the_command_draws_what_was_known_then(run: Callable[..., Any], tmp_path: Path) -> None:
    output = tmp_path / "x.svg"
    result = run("plot", QUESTION, "-o", output, "--as-of", "2024-12-31")
    assert "1 statement, the latest More than 2,100" in result.stdout
    assert "2,580" not in output.read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("x.pdf", "neither a .svg nor a .png"),
        ("x", "neither a .svg nor a .png"),
        (".svg", "neither a .svg nor a .png"),
        ("none/x.svg", "there is no folder"),
        ("file.txt/x.svg", "there is no folder"),
    ],
)
def test_a_picture_that_cannot_be_written_is_refused_before_anything_is_asked(
    run: Callable[..., Any], tmp_path: Path, name: str, message: str
) -> None:
    (tmp_path / "file.txt").write_text("x")
    result = run("plot", QUESTION, "-o", tmp_path / name, "--data", tmp_path / "nowhere")
    assert isinstance(result.exception, SystemExit)
    assert result.exit_code == 2
    assert message in result.stderr.replace("\n", " ")
    assert not (tmp_path / name).exists()


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("wem gehört der zeppelin?", "not found in the releases"),
        ("who is the minister for harbours?", "the answer is not a figure: The minister for harbours"),
    ],
)
def test_nothing_to_draw_is_exit_code_1_and_no_file(
    run: Callable[..., Any], tmp_path: Path, question: str, said: str
) -> None:
    output = tmp_path / "x.svg"
    result = run("plot", question, "-o", output)
    assert (result.exit_code, result.stdout) == (1, "")
    assert said in result.stderr
    assert not output.exists()
    output.write_text("kept")
    assert run("plot", question, "-o", output).exit_code == 1
    assert output.read_text() == "kept"


def test_a_folder_in_the_pictures_place_is_an_error_and_leaves_nothing(
    pressqa: Callable[..., Any], tmp_path: Path, make: Make, new_lab: Any
) -> None:
    new_lab(tmp_path / "data").ingest(make(1, body="More than 2,100 foreign criminals were removed."))
    (tmp_path / "x.svg").mkdir()
    result = pressqa("plot", QUESTION, "-o", tmp_path / "x.svg", data=tmp_path / "data")
    assert result.returncode == 2
    assert result.stderr.startswith(b"pressqa: ")
    assert b"Traceback" not in result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "x.svg"]


def test_asking_loads_nothing_that_draws(python: Callable[..., Any], tmp_path: Path, make: Make, new_lab: Any) -> None:
    new_lab(tmp_path / "data").ingest(make(1, body="More than 2,100 foreign criminals were removed."))
    code = """
import json, sys
from qa.cli.commands import app
try:
    app(["ask", "how many foreign criminals were removed?", "--json"])
except SystemExit:
    pass
print(json.dumps(sorted(name for name in sys.modules if name.split(".")[0] in ("matplotlib", "PIL"))), file=sys.stderr)
"""
    result = python(code, env={"PRESSQA_DATA": str(tmp_path / "data")})
    assert json.loads(result.stdout)["timeline"]
    assert json.loads(result.stderr.splitlines()[-1]) == []
