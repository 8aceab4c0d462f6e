"""Questions over tables and lists of our own: cells by row, column and time; items of lists, all of them.

The file beside this one holds the releases with their questions. An answer with bars between its items must have them
for its parts; an empty one means that the releases do not say.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from index.models.hashing_embedder import HASHING_MODEL
from index.sources.build import build_release
from index.types import Release, SearchFilter
from qa.answering import words_at
from qa.cli.json_output import as_json
from qa.compose import open_engine
from qa.engine import Engine
from qa.question import understand
from qa.reading.exports import SHIPPED, SHIPPED_FOLDER
from qa.settings import Settings
from qa.types import Answer

LINES = Path(__file__).with_name("tables_and_lists.jsonl").read_text("utf-8").splitlines()
ENTRIES = [json.loads(line) for line in LINES]
QUESTIONS = [(question, right) for entry in ENTRIES for question, right in entry["questions"]]
DOUBTED = {
    "What are the penalties for breeders who fail to comply?": "the reader takes one item of a list in a sentence",
    "How many passengers did the Skarra to Brae route carry in 2022/23?": "the readers doubt the right cell",
    "How much do the scanners cost?": "the readers are not sure that the sentence after the list is about its scanners",
}
"""Questions that the readers answer in part or not at all."""

WARDS = [f"{first}{last}" for first in ("Ash", "Cole", "Dun", "Fern", "Gold") for last in ("by", "ford", "ham", "ley")]


def made(fields: dict[str, str]) -> Release:
    return build_release(**(fields | {"published": date.fromisoformat(fields["published"])}))  # type: ignore[arg-type]


def long_table() -> Release:
    rows = "".join(f"| {ward} {end} | {number + 1000:,} | {number + 4000:,} |\n" for number, (ward, end) in enumerate(
        (ward, end) for end in range(1, 51) for ward in WARDS
    ))  # fmt: skip
    body = f"Visits to libraries, by ward:\n\n| Ward | 2023 | 2024 |\n|---|---|---|\n{rows}\nCouncils count them."
    return Release("wards", "Library visits by ward", body, "Arts Board", date(2025, 3, 3))


def long_list() -> Release:
    items = "\n".join(
        f"• {ward} pays £{number + 301:,} for each load that is left beside a road there"
        for number, ward in enumerate(WARDS)
    )
    body = f"Fines for fly-tipping now differ from ward to ward:\n\n{items}\n\nCouncils set them."
    return Release("fines", "Fines for fly-tipping", body, "Arts Board", date(2025, 3, 4))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, new_lab: Callable[[Path], Any]) -> Path:
    lab = new_lab(tmp_path_factory.mktemp("tables") / "data")
    lab.ingest(*(made(entry["release"]) for entry in ENTRIES), long_table(), long_list())
    data: Path = lab.data
    return data


@pytest.fixture(scope="module")
def engine(folder: Path) -> Iterator[Engine]:
    with closing(open_engine(Settings(data=folder, model=HASHING_MODEL))) as made:
        yield made


@pytest.fixture(scope="module")
def reading(folder: Path) -> Iterator[Engine]:
    with closing(open_engine(Settings(data=folder, model=HASHING_MODEL, reader=SHIPPED))) as made:
        yield made


def said(answer: Answer) -> str:
    return "|".join(part.text for part in answer.parts) or answer.answer or ""


@pytest.mark.parametrize(
    ("question", "answer", "cell"),
    [
        ("How many passengers were carried from Skarra to Holm in 2023/24?", "44.9", ("Skarra to Holm", "2023/24")),
        ("How many passengers were carried in total in 2023/24?", "65.4", ("Total", "2023/24")),
        ("How many burglaries were recorded in Wexbridge in 2022?", "790", ("2022", "Burglary")),
        ("How many shoplifting offences were recorded in Wexbridge?", "2,630", ("2023", "Shoplifting")),
        ("How much rain fell at Tarn Head in February 2024?", "120", ("February", "2024")),
        ("What was the median wait for hips at St Bride's in Q4 2024?", "21", ("St Bride's", "Q4 2024")),
        ("What was Covid-19 uptake in the 50 to 64 age group in autumn 2023?", "38.2%",
         ("50 to 64", "Autumn 2023 Covid-19")),
        ("When does the passport office in Pell Green open?", "17 March 2025", ("Pell Green", "Opens")),
        ("Which town's passport office is managed by Ivan Holt?", "Little Thorley", (None, "Town")),
        ("How many library visits were there in Fernham 37 in 2024?", "4,734", ("Fernham 37", "2024")),
    ],
)  # fmt: skip
def test_a_cell_is_read_by_its_row_and_column(
    engine: Engine, question: str, answer: str, cell: tuple[str | None, str]
) -> None:
    given = engine.ask(question)
    assert given.answer == answer
    assert given.cell is not None
    assert (given.cell.row, given.cell.column) == cell
    assert given.citation is not None
    assert given.citation.quote.startswith("| ")
    assert given.citation.quote.count("\n") == 0
    assert as_json(given)["cell"] == {"row": cell[0], "column": cell[1]}


@pytest.mark.parametrize(
    "question",
    [
        "How many ferry passengers were there from Brae to Lunna in 2023/24?",
        "How many passengers were carried from Holm to Brae in 2021/22?",
        "How many robberies were recorded in Wexbridge in 2020?",
        "How much rain fell at Tarn Head in April 2024?",
        "How many new homes were built in North Arden in 2024?",
        "How many library visits were there in Snowdrop in 2024?",
        "How many library visits were there in Fernham 37 in 2019?",
    ],
)
def test_a_row_or_a_time_that_a_table_lacks_is_not_answered_from_another(engine: Engine, question: str) -> None:
    assert engine.ask(question, top_k=3).cell is None


def test_a_release_is_shown_with_its_table(engine: Engine) -> None:
    body = engine.release("html").body
    assert (
        "| Age group | Autumn 2023 Flu | Autumn 2023 Covid-19 | Autumn 2024 Flu | Autumn 2024 Covid-19 |\n|---|" in body
    )


def test_figures_of_a_table_have_row_and_column(engine: Engine) -> None:
    found = engine.figures("grant for Tarn End village hall", limit=2).figures
    assert [(each.text, each.unit, each.counted) for each in found] == [
        ("18,500", "GBP", "Tarn End"),
        ("4,250", "GBP", "Tarn End"),
    ]
    assert [each.cell and each.cell.column for each in found] == ["Grant (£)", "Match funding (£)"]


@pytest.mark.model
@pytest.mark.skipif(not SHIPPED_FOLDER.is_dir(), reason="the weights are not in this working tree")
@pytest.mark.parametrize(("question", "right"), QUESTIONS)
def test_questions_over_tables_and_lists(
    reading: Engine, request: pytest.FixtureRequest, question: str, right: str
) -> None:
    if question in DOUBTED:
        request.applymarker(pytest.mark.xfail(reason=DOUBTED[question], strict=True))
    answer = reading.ask(question)
    assert said(answer) == right
    for part in answer.parts:
        assert answer.citation is not None
        body = reading.release(answer.citation.release_id).body
        assert body[part.start : part.end] == part.text
        assert {"text": part.text, "start": part.start, "end": part.end} in as_json(answer)["parts"]  # type: ignore[operator]
        assert answer.citation.answer_start <= part.start < part.end <= answer.citation.answer_end


def test_a_row_that_the_search_did_not_find_is_a_figure_too(engine: Engine) -> None:
    asked = understand("How many library visits were there in Goldley 50 in 2024?")
    found = engine._index.search(asked.text, 200, SearchFilter()).hits
    first = next(hit for hit in found if "Ashby 1 |" in hit.passage.text)
    assert "Goldley 50" not in first.passage.text
    read = engine._answering.read(asked, [first], [first], SearchFilter())
    result = engine._answering.result(read)
    assert words_at(result.places[0]) == "4,999"
    assert [(point.value, point.measured) for point in result.timeline] == [("4999", "Goldley 50")]


def test_a_list_that_is_read_whole_has_the_figures_of_all_its_items(engine: Engine) -> None:
    asked = understand("What are the fines for fly-tipping in each ward?")
    found = engine._index.search(asked.text, 200, SearchFilter()).hits
    first = next(hit for hit in found if "Ashby pays" in hit.passage.text)
    assert WARDS[-1] not in first.passage.text
    read = engine._answering.read(asked, [first], [first], SearchFilter())
    assert WARDS[-1] in read.candidates[0].hit.passage.text
    assert len(read.figures[first.passage.id]) == len(WARDS)
