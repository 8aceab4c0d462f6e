"""A figure that three releases state on three dates, from ingest to the answer as people and programs see it."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from api.app import create_app
from index.errors import InputError
from index.models.hashing_embedder import HASHING_MODEL
from index.text.dates import MONTHS
from index.types import Hit, Release, SearchFilter
from qa.cli.commands import app
from qa.cli.json_output import as_json
from qa.compose import open_engine
from qa.engine import Engine
from qa.question import Asked, understand
from qa.reading.lexical_reader import LexicalReader
from qa.settings import Settings
from qa.steps import Answered, PassagesFound, PassagesRead, QuestionAsked, TimelineMade
from qa.types import Answer, Candidate, Figures

QUESTION = "How many foreign criminals were removed?"
TEXT = "{} foreign criminals were removed since {}.\n\nThe minister thanked the officers."
STATED = [
    ("november", date(2024, 11, 20), "More than 1,500", "5 July 2024"),
    ("december", date(2024, 12, 16), "More than 2,100", "5 July 2024"),
    ("january", date(2025, 1, 9), "2,580", "the election"),
]
OTHERS = [
    ("cost", "Flights for foreign criminals cost £3 million since 5 July 2024."),
    ("rise", "Returns of foreign criminals rose by 23% since 5 July 2024."),
    ("bees", "Beekeepers counted 310 hives in the capital."),
]
Make = Callable[..., Release]
Run = Callable[..., Any]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory, make: Make, new_lab: Callable[[Path], Any]) -> Path:
    lab = new_lab(tmp_path_factory.mktemp("timeline") / "data")
    lab.ingest(
        *(make(0, id=name, published=day, title=f"In {name}", body=TEXT.format(*said)) for name, day, *said in STATED),
        *(make(1, id=name, published=date(2025, 2, 1), title=f"On {name}", body=body) for name, body in OTHERS),
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
        return CliRunner().invoke(app, list(args), env=settings)

    return invoke


def shown(answer: Answer) -> list[tuple[str, str, str]]:
    return [(point.citation.release_id, point.text, point.relation) for point in answer.timeline]


def check(engine: Engine, answer: Answer) -> None:
    """Check that all parts of an answer speak of the same places, and that the places hold what they say."""
    assert answer.citation is not None
    assert answer.citations[0] == answer.citation
    first = answer.passages[0]
    assert first.release_id == answer.citation.release_id
    assert first.start <= answer.citation.answer_start < answer.citation.answer_end <= first.end
    assert [passage.rank for passage in answer.passages] == list(range(1, len(answer.passages) + 1))
    for cited in [*answer.citations, *(point.citation for point in answer.timeline)]:
        release = engine.release(cited.release_id)
        assert release.body[cited.start : cited.end] == cited.quote
        assert (cited.sha256, cited.published) == (release.sha256, release.published)
    body = engine.release(answer.citation.release_id).body
    assert body[answer.citation.answer_start : answer.citation.answer_end] == answer.answer
    for point in answer.timeline:
        body = engine.release(point.citation.release_id).body
        assert body[point.citation.answer_start : point.citation.answer_end] == point.text
        assert point.published == point.citation.published
    assert {each.release_id for each in answer.citations} <= {each.citation.release_id for each in answer.timeline}


def test_the_newest_statement_answers_and_the_earlier_ones_stand_beside_it(engine: Engine) -> None:
    answer = engine.ask(QUESTION)
    check(engine, answer)
    assert shown(answer) == [
        ("january", "2,580", "latest"),
        ("december", "More than 2,100", "earlier"),
        ("november", "More than 1,500", "earlier"),
    ]
    assert answer.answer is not None
    assert "2,580" in answer.answer
    assert [each.release_id for each in answer.citations] == ["january"]
    periods = [point.period for point in answer.timeline]
    assert [period and (period.start, period.end, period.text) for period in periods] == [
        (None, None, "since the election"),
        (date(2024, 7, 5), None, "since 5 July 2024"),
        (date(2024, 7, 5), None, "since 5 July 2024"),
    ]


@pytest.mark.parametrize(
    ("where", "releases"),
    [
        (SearchFilter(as_of=date(2024, 12, 31)), ["december", "november"]),
        (SearchFilter(as_of=date(2024, 12, 16)), ["december", "november"]),
        (SearchFilter(as_of=date(2024, 12, 15)), ["november"]),
        (SearchFilter(until=date(2024, 12, 31)), ["december", "november"]),
        (SearchFilter(since=date(2024, 12, 1)), ["january", "december"]),
        (SearchFilter(since=date(2024, 12, 1), until=date(2024, 12, 31)), ["december"]),
        (SearchFilter(since=date(2025, 1, 1)), ["january"]),
    ],
)
def test_only_what_may_be_seen_is_in_the_timeline(engine: Engine, where: SearchFilter, releases: list[str]) -> None:
    answer = engine.ask(QUESTION, where=where)
    check(engine, answer)
    assert [point.citation.release_id for point in answer.timeline] == releases
    assert answer.timeline[0].relation == "latest"
    assert answer.as_of == where.as_of


class UndatedReader:
    """Reads a question without the date at its end, as a reader of meaning does: words alone would doubt it."""

    reads = LexicalReader.reads
    score_limits = LexicalReader.score_limits

    def read(self, asked: Asked, hits: Sequence[Hit], figures: Figures, *, again: bool = True) -> list[Candidate]:
        return LexicalReader().read(understand(asked.text.partition(" by ")[0]), hits, figures, again=again)


@pytest.mark.parametrize(
    ("question", "release"),
    [
        (QUESTION, "january"),
        (f"{QUESTION[:-1]} by 16 December 2024?", "december"),
        (f"{QUESTION[:-1]} by 15 December 2024?", "november"),
        (f"{QUESTION[:-1]} by the end of November 2024?", "november"),
    ],
)
@pytest.mark.parametrize("top_k", [1, 5])
def test_a_question_that_names_its_time_is_answered_for_it_with_the_whole_timeline(
    engine: Engine, question: str, release: str, top_k: int
) -> None:
    answer = Engine(engine._index, UndatedReader(), threshold=0.5).ask(question, top_k=top_k)
    check(engine, answer)
    assert answer.citation is not None
    assert answer.citation.release_id == release
    assert [point.relation for point in answer.timeline] == ["latest", "earlier", "earlier"]
    assert len(answer.passages) == top_k


class TimelessReader:
    """Reads a question as if it named no month: words alone would doubt a sentence that does not name it."""

    reads = LexicalReader.reads
    score_limits = LexicalReader.score_limits

    def read(self, asked: Asked, hits: Sequence[Hit], figures: Figures, *, again: bool = True) -> list[Candidate]:
        return LexicalReader().read(understand(asked.text.partition(" in ")[0]), hits, figures, again=again)


def test_the_release_of_the_month_asked_for_is_read_however_many_others_count_the_same(lab: Any, make: Make) -> None:
    counted = [(date(2023 + month // 12, month % 12 + 1, 5), 137 + 11 * month) for month in range(30)]
    lab.ingest(
        *(
            make(0, id=f"{day}", published=day, title="Otters", body=f"Rangers counted {count} otters last month.")
            for day, count in counted
        )
    )
    with closing(lab.open()) as index:
        engine = Engine(index, TimelessReader(), threshold=0.5)
        for month, (_, count) in zip(range(-1, 29), counted, strict=True):
            asked = f"How many otters did rangers count in {MONTHS[month % 12]} {2023 + month // 12}?"
            answer = engine.ask(asked)
            assert answer.answer == f"Rangers counted {count} otters last month."
            assert answer.nearest is None
        missing = engine.ask("How many otters did rangers count in March 2019?")
    assert (missing.answer, missing.timeline) == (None, ())
    assert missing.nearest is not None
    assert missing.nearest.measured == "otters"


def test_what_is_no_figure_or_not_found_has_no_timeline(engine: Engine) -> None:
    found = engine.ask("Who thanked the officers?")
    assert found.answer == "The minister thanked the officers."
    assert found.timeline == ()
    missing = engine.ask("wem gehört der zeppelin?")
    assert (missing.answer, missing.timeline, missing.citations) == (None, (), ())
    assert "timeline" not in missing.timings_ms


class CountingReader:
    """Counts the passages that it reads each time."""

    reads = LexicalReader.reads
    score_limits = LexicalReader.score_limits

    def __init__(self) -> None:
        self.read_passages: list[int] = []
        self._reader = LexicalReader()

    def read(self, asked: Asked, hits: Sequence[Hit], figures: Figures, *, again: bool = True) -> list[Candidate]:
        self.read_passages.append(len(hits))
        return self._reader.read(asked, hits, figures, again=again)


def test_releases_beyond_the_first_reading_are_read_for_the_timeline(lab: Any, make: Make) -> None:
    lab.ingest(
        *(
            make(
                0, id=f"r{i}", published=date(2025, 1, 1 + i), title=f"No {i}", body=TEXT.format(1_000 + i, "May 2024")
            )
            for i in range(LexicalReader.reads + 2)
        ),
    )
    with closing(open_engine(Settings(data=lab.data, model=HASHING_MODEL))) as opened:
        reader = CountingReader()
        engine = Engine(opened._index, reader, threshold=0.1)
        answer = engine.ask(QUESTION, top_k=3)
        check(engine, answer)
        assert len(answer.passages) == 3
        assert len(reader.read_passages) == 2
        assert len(answer.timeline) > LexicalReader.reads
        assert answer.timeline[0].citation.release_id == answer.citations[0].release_id == f"r{LexicalReader.reads + 1}"


def test_the_work_stops_with_the_caller_and_what_cannot_be_asked_is_refused_at_once(engine: Engine) -> None:
    reader = CountingReader()
    counted = Engine(engine._index, reader, threshold=0.1)
    steps = counted.steps(QUESTION)
    assert isinstance(next(steps), QuestionAsked)
    assert isinstance(next(steps), PassagesFound)
    assert reader.read_passages == []
    with pytest.raises(InputError, match="top_k"):
        counted.steps(QUESTION, top_k=0)


@pytest.mark.parametrize("threshold", [0.1, 1.0])
def test_each_step_tells_what_the_answer_will_hold(engine: Engine, threshold: float) -> None:
    steps = list(Engine(engine._index, LexicalReader(), threshold=threshold).steps(QUESTION, top_k=3))
    assert [type(step) for step in steps] == [QuestionAsked, PassagesFound, PassagesRead, TimelineMade, Answered]
    _, found, read, made, answered = steps
    assert isinstance(found, PassagesFound)
    assert isinstance(read, PassagesRead)
    assert isinstance(made, TimelineMade)
    assert isinstance(answered, Answered)
    assert made.points == answered.answer.timeline
    assert round(read.candidates[0].confidence, 4) == answered.answer.confidence
    assert {p.release_id for p in answered.answer.passages} <= {hit.passage.release.id for hit in found.hits}
    assert (answered.answer.answer is None) == (threshold == 1.0)


def test_the_best_guess_is_what_a_threshold_of_nothing_would_answer(engine: Engine) -> None:
    for question in (QUESTION, "Who thanked the officers?", "How many bees?"):
        refusing = Engine(engine._index, LexicalReader(), threshold=1.0)
        daring = Engine(engine._index, LexicalReader(), threshold=0.0).ask(question)
        (read,) = (step for step in refusing.steps(question) if isinstance(step, PassagesRead))
        assert refusing.best_guess(read) == (daring.answer, daring.citation)


def timeless(value: dict[str, Any]) -> dict[str, Any]:
    return value | {"timings_ms": list(value["timings_ms"])}


def test_programs_get_the_same_timeline_from_both_ways_in(engine: Engine, run: Run) -> None:
    printed = json.loads(run("ask", QUESTION, "--json").stdout)
    with TestClient(create_app(engine=engine), base_url="http://localhost") as client:
        posted = client.post("/v1/ask", json={"question": QUESTION}).json()
    assert timeless(printed) == timeless(posted) == timeless(json.loads(json.dumps(as_json(engine.ask(QUESTION)))))
    assert list(printed["timeline"][0]) == (
        "text value value_max unit qualifier measured change period published relation citation".split()
    )
    assert [each["relation"] for each in printed["timeline"]] == ["latest", "earlier", "earlier"]
    assert printed["timeline"][1]["period"] == {"start": "2024-07-05", "end": None, "text": "since 5 July 2024"}
    assert printed["timeline"][1]["published"] == "2024-12-16"


def test_people_see_how_it_changed_where_there_is_more_than_one_statement(run: Run) -> None:
    result = run("ask", QUESTION)
    assert result.exit_code == 0
    head, _, changed = result.stdout.partition("How it changed")
    assert "2,580" in head
    lines = [line for line in changed.splitlines() if "[" in line][:3]
    days = [" ".join(line.split()[:3]) for line in lines]
    assert days == ["9 January 2025", "16 December 2024", "20 November 2024"]
    assert "More than 2,100 foreign criminals, since 5 July 2024  [since superseded]  In december" in lines[1]
    assert "[latest]" in lines[0]
    for args in (["--as-of", "2024-11-30"], ["--since", "2025-01-01"]):
        alone = run("ask", QUESTION, *args)
        assert alone.exit_code == 0
        assert "How it changed" not in alone.stdout
    assert "How it changed" not in run("ask", "Who thanked the officers?").stdout
    assert "How it changed" not in run("ask", "wem gehört der zeppelin?").stdout
