import csv
import io
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import fields
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from index.errors import InputError, UnknownPublisherError
from index.models.hashing_embedder import HASHING_MODEL
from index.types import Figure, Hit, Period, Release, SearchFilter, Span
from qa.cli.commands import app
from qa.cli.json_output import as_json
from qa.compose import open_engine
from qa.engine import Engine
from qa.evidence.citations import CitationError
from qa.figures.csv_file import CSV_COLUMNS, figures_csv
from qa.figures.search import fits, rank, unit_key
from qa.figures.shown import Ranked, statement
from qa.question import understand
from qa.settings import Settings
from qa.types import FigureFilter, FigureStatement

STATEMENT = "text value value_max unit qualifier counted change period published cell score citation".split()
RELEASES = [
    (
        "returns-december",
        date(2024, 12, 16),
        "More than 2,100 foreign criminals have been removed since 5 July 2024, a rise of 20% on last year.\n\n"
        "The minister spoke of 7 flights to Albania.",
    ),
    (
        "returns-january",
        date(2025, 1, 9),
        "Since the election, 2,580 foreign criminals have been removed, 23% more than a year earlier.",
    ),
    ("drugs", date(2025, 1, 16), "Over 74 tonnes of cannabis were seized in the year ending March 2024."),
    ("formula", date(2023, 5, 1), "=1+1 costs between £5 and £10 million for drains in 2022."),
]

Make = Callable[..., Release]
Run = Callable[..., Any]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory, make: Make, new_lab: Callable[[Path], Any]) -> Path:
    lab = new_lab(tmp_path_factory.mktemp("figures") / "data")
    lab.ingest(
        *(
            make(0, id=name, body=body, published=day, url=f"https://example.org/{name}", title=f"About {name}")
            for name, day, body in RELEASES
        )
    )
    folder: Path = lab.data
    return folder


@pytest.fixture
def engine(data: Path) -> Iterator[Engine]:
    with closing(open_engine(Settings(data=data, model=HASHING_MODEL))) as made:
        yield made


@pytest.fixture
def run(data: Path) -> Run:
    def invoke(*args: str) -> Any:
        settings = {"PRESSQA_DATA": str(data), "PRESSQA_MODEL": HASHING_MODEL, "NO_COLOR": None}
        return CliRunner().invoke(app, ["figures", *args], env=settings)

    return invoke


def said(found: tuple[FigureStatement, ...]) -> list[str]:
    return [figure.text for figure in found]


def test_figures_whose_counted_words_fit_come_first_each_with_a_checked_citation(engine: Engine) -> None:
    found = engine.figures("foreign criminals removed")
    assert said(found.figures)[:4] == ["2,580", "23%", "More than 2,100", "20%"]  # of equals the newest
    assert len(found.figures) == 4, "and those without a word of the query are left out"
    assert found.hint is None
    for figure in found.figures:
        body = engine.release(figure.citation.release_id).body
        assert body[figure.citation.start : figure.citation.end] == figure.citation.quote
        assert body[figure.citation.answer_start : figure.citation.answer_end] == figure.text
    first = found.figures[2]
    assert (first.value, first.unit, first.qualifier, first.counted) == ("2100", "", "more than", "foreign criminals")
    assert first.period is not None
    assert (first.period.start, first.period.end, first.period.text) == (date(2024, 7, 5), None, "since 5 July 2024")
    assert [figure.change for figure in found.figures[:4]] == [None, "up", None, "up"]
    assert engine.figures("foreign criminals removed").figures == found.figures


def test_unit_and_period_choose_among_figures(engine: Engine) -> None:
    def ask(**wanted: Any) -> list[str]:
        return sorted(said(engine.figures("criminals cannabis drains", wanted=FigureFilter(**wanted)).figures))

    assert ask(unit="percent") == ask(unit="%") == ["20%", "23%"]
    assert ask(unit="TONNES") == ["Over 74 tonnes"]
    assert ask(unit="£") == ask(unit="gbp") == ["between £5 and £10 million"]
    assert ask(unit="count") == ["2,580", "More than 2,100"]
    assert ask(unit="furlongs") == []
    assert ask(period_from=date(2022, 12, 31), period_to=date(2022, 12, 31)) == ["between £5 and £10 million"]
    assert ask(period_from=date(2024, 8, 1)) == ["20%", "More than 2,100"]
    assert ask(period_from=date(2024, 12, 17)) == []  # "since 5 July" ends on the day of publication
    assert ask(period_to=date(2023, 4, 1), period_from=date(2023, 1, 1)) == ["Over 74 tonnes"]


def test_releases_are_filtered_before_figures_are_looked_for(engine: Engine) -> None:
    def ask(**where: Any) -> list[str]:
        return said(engine.figures("foreign criminals", where=SearchFilter(**where), limit=1).figures)

    assert ask() == ["2,580"]
    assert ask(as_of=date(2024, 12, 31)) == ["More than 2,100"]
    assert ask(since=date(2025, 1, 10)) == ["Over 74 tonnes"]
    with pytest.raises(UnknownPublisherError):
        ask(publisher="Nobody")


def test_figures_without_a_word_of_the_query_are_the_nearest_and_no_row_of_a_table(engine: Engine) -> None:
    found = engine.figures("zebra xylophone")
    assert len(found.figures) == 7
    assert found.hint is not None
    assert "nearest" in found.hint
    assert figures_csv(found).splitlines() == [",".join(CSV_COLUMNS)]
    assert said(engine.figures("about drugs").figures) == ["Over 74 tonnes"], "a word of the title counts"


def test_filters_that_leave_no_release_are_why_no_figure_is_found(engine: Engine) -> None:
    found = engine.figures("foreign criminals", where=SearchFilter(until=date(1900, 1, 1)))
    assert found.figures == ()
    assert found.hint == (
        "nothing was searched, because no release here is published until 1 January 1900: choose days from 1 May 2023"
        " to 16 January 2025, or leave the filters out"
    )


def test_what_cannot_be_asked_is_said(engine: Engine) -> None:
    for limit in (0, 1_001):
        with pytest.raises(InputError, match=f"limit is {limit}"):
            engine.figures("x", limit=limit)
    with pytest.raises(InputError, match=r"begins .* after it ends"):
        engine.figures("x", wanted=FigureFilter(period_from=date(2025, 1, 2), period_to=date(2025, 1, 1)))
    with pytest.raises(InputError, match="empty"):
        engine.figures("?")


def test_a_rare_unit_is_found_behind_many_passages(new_lab: Callable[[Path], Any], make: Make, tmp_path: Path) -> None:
    lab = new_lab(tmp_path / "data")
    lab.ingest(
        *(make(i, id=f"many/{i}", body=f"We hired {i + 3} nurses nurses nurses.") for i in range(300)),
        make(1, id="rare", body="It weighs 5 tonnes, and nurses know."),
    )
    with closing(open_engine(Settings(data=lab.data, model=HASHING_MODEL))) as engine:
        assert said(engine.figures("nurses", wanted=FigureFilter(unit="tonnes")).figures) == ["5 tonnes"]


# fitting and citing


def figure(**given: Any) -> Figure:
    span = given.pop("span", Span(0, 3))
    fixed: dict[str, Any] = {
        "span": span, "number": span, "value": Decimal(1), "value_max": None, "unit": "", "qualifier": "exactly",
        "counted": None, "change": None, "period": None, "sentence": Span(0, 3),
    }  # fmt: skip
    return Figure(**(fixed | given))


@pytest.mark.parametrize(
    ("start", "end", "overlaps"),
    [
        (date(2024, 7, 5), None, True),
        (None, date(2024, 11, 30), False),
        (None, date(2024, 12, 3), True),
        (date(2024, 1, 1), date(2024, 11, 30), False),
        (date(2025, 1, 1), date(2025, 12, 31), False),
        (None, None, False),
    ],
)
def test_a_period_overlaps_the_one_that_is_wanted(start: date | None, end: date | None, overlaps: bool) -> None:
    wanted = FigureFilter(period_from=date(2024, 12, 1), period_to=date(2024, 12, 5))
    made = figure(period=Period(Span(0, 2), start, end))
    assert fits(made, date(2024, 12, 16), wanted) is overlaps
    assert fits(made, date(2024, 12, 16), FigureFilter())
    assert not fits(figure(), date(2024, 12, 16), wanted)


def test_overlapping_passages_yield_a_figure_once(engine: Engine) -> None:
    (hit, *_) = engine._index.search("foreign criminals", 1).hits
    found = engine._index.figures([hit.passage, hit.passage])
    weaker = Hit(hit.passage, 0.0, 0.0, 0.0)
    assert len(rank(understand("criminals"), [hit, weaker], found, FigureFilter())) == len(found[0]) > 0


def test_a_record_that_does_not_fit_the_text_is_never_shown(make: Make) -> None:
    release = make(1, body="500 people came.")
    with pytest.raises(CitationError):
        statement(Ranked(release, figure(span=Span(12, 99), sentence=Span(0, 99)), 1.0, named=True))


def test_units_have_other_names() -> None:
    assert unit_key(" Per  Cent ") == unit_key("%") == unit_key("percent")
    assert unit_key("count") == ""


# the command


def test_the_json_is_the_object_with_exact_values_as_text(run: Run, engine: Engine) -> None:
    result = run("foreign", "criminals", "--json", "--limit", "2")
    found = json.loads(result.stdout)
    assert result.exit_code == 0
    assert list(found) == ["query", "figures", "as_of", "index", "timings_ms", "hint"]
    assert [list(each) for each in found["figures"]] == [STATEMENT] * 2
    assert [field.name for field in fields(FigureStatement)] == STATEMENT
    assert found["figures"][0]["value"] == "2580"
    assert found["figures"][0]["period"] == {"start": None, "end": None, "text": "Since the election"}
    assert found["figures"] == as_json(engine.figures("foreign criminals", limit=2))["figures"]


def test_csv_has_a_header_and_a_line_a_figure_and_runs_nothing(run: Run) -> None:
    result = run("drains", "--csv", "--unit", "GBP")
    (row,) = csv.DictReader(io.StringIO(result.stdout, newline=""))
    assert tuple(row) == CSV_COLUMNS
    assert (row["value"], row["value_max"], row["unit"]) == ("5000000", "10000000", "GBP")
    assert (row["period_start"], row["period_end"], row["period_text"]) == ("2022-01-01", "2022-12-31", "in 2022")
    assert row["quote"].startswith("'=1+1")
    assert row["release_id"] == "formula"


def test_people_see_figure_noun_period_sentence_and_source(run: Run) -> None:
    shown = run("foreign criminals", "--until", "2024-12-31", "--limit", "1").stdout
    for part in ("More than 2,100", "foreign criminals", "[since 5 July 2024]", "16 December 2024"):
        assert part in shown
    assert "https://example.org/returns-december" in shown


def test_nothing_found_is_exit_code_1_and_bad_input_2(run: Run) -> None:
    nothing = run("criminals", "--unit", "furlongs")
    assert (nothing.exit_code, nothing.stdout) == (1, "No such figures in the releases.\n")
    assert json.loads(run("criminals", "--unit", "furlongs", "--json").stdout)["figures"] == []
    nearest = run("zebra")
    assert nearest.exit_code == 1
    assert nearest.stdout.startswith("No such figures in the releases: no figure here has a word of the query")
    for options in (("--json", "--csv"), ("--limit", "0"), ("--period-from", "soon"), ("--publisher", "Nobody")):
        result = run("criminals", *options)
        assert result.exit_code == 2, options
        assert result.stderr.startswith("pressqa: ")
        assert len(result.stderr.splitlines()) == 2
