import base64
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from index.errors import CatalogDamagedError, IndexMissingError, InputError, ManifestMismatchError
from index.models.hashing_embedder import HASHING_MODEL
from index.types import Hit, Release, SearchFilter, Span, Withdrawn
from qa.cli.json_output import as_json
from qa.compose import open_engine
from qa.engine import Engine
from qa.evidence.citations import CitationError
from qa.question import Asked
from qa.reading.lexical_reader import LexicalReader
from qa.settings import Settings
from qa.types import Answer, Candidate, Citation, CitedPassage, Figures, IndexInfo

Make = Callable[..., Release]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, make: Make, new_lab: Callable[[Path], Any]) -> Path:
    lab = new_lab(tmp_path_factory.mktemp("engine") / "data")
    lab.ingest(*(make(i) for i in range(15)), *(make(3, id=f"again/{i}") for i in range(40)))
    data: Path = lab.data
    return data


@pytest.fixture
def engine(folder: Path) -> Iterator[Engine]:
    with closing(open_engine(settings(folder))) as made:
        yield made


def settings(folder: Path, **given: Any) -> Settings:
    return Settings(data=folder, model=HASHING_MODEL, **given)


def names(kind: type) -> list[str]:
    return [field.name for field in fields(kind)]


def test_the_answer_object_has_the_fields_that_were_promised_in_their_order() -> None:
    assert names(Answer) == (
        "question answer confidence citation citations parts cell nearest timeline passages explanation as_of index"
        " timings_ms hint written".split()
    )
    assert names(Citation) == (
        "release_id title publisher published url link quote start end answer_start answer_end sha256 withdrawn".split()
    )
    assert names(CitedPassage) == (
        "rank score text start end tokens release_id title publisher published url withdrawn".split()
    )
    assert names(IndexInfo) == "generation releases passages model".split()


def test_an_answer_is_cited_and_dated(engine: Engine) -> None:
    answer = engine.ask("what is uniq4v0?", top_k=3)
    assert answer.citation is not None
    assert answer.answer is not None
    assert "uniq4v0" in answer.answer
    body = engine.release(answer.citation.release_id).body
    assert body[answer.citation.answer_start : answer.citation.answer_end] == answer.answer
    assert 0 <= answer.confidence <= 1
    assert len(answer.passages) == 3
    assert answer.index == IndexInfo(1, 55, 110, HASHING_MODEL)
    stages = {"filter", "embed", "vectors", "keywords", "fuse", "read", "timeline", "total"}
    assert answer.timings_ms.keys() == stages
    json.dumps(as_json(answer), allow_nan=False)


@pytest.mark.parametrize("where", [SearchFilter(since=date(2999, 1, 1)), SearchFilter(as_of=date(1900, 1, 1))])
def test_filters_that_leave_no_release_are_why_nothing_is_found(engine: Engine, where: SearchFilter) -> None:
    for found in (engine.ask("what is uniq4v0?", where=where), engine.search("what is uniq4v0?", where=where)):
        assert found.passages == ()
        assert found.hint is not None
        assert found.hint.startswith("nothing was searched, because no release here is ")
        assert "choose days from" in found.hint
    assert engine.ask("zebra xylophone quixotic").hint is None, "without a filter that is not why"


def test_repeated_passages_do_not_fill_the_list_however_many_there_are(engine: Engine) -> None:
    found = engine.search("uniq3v0", top_k=8).passages
    assert len(found) == 8
    assert len({passage.text for passage in found}) == 8


def test_fewer_passages_than_asked_for_are_all_there_are(engine: Engine) -> None:
    assert len(engine.search("harbour", top_k=100).passages) == 30


def test_nothing_allowed_is_nothing_found(engine: Engine) -> None:
    answer = engine.ask("uniq4v0", where=SearchFilter(until=date(1999, 1, 1)))
    assert (answer.answer, answer.citation, answer.passages, answer.confidence) == (None, None, (), 0.0)


def test_a_threshold_decides_what_counts_as_found(folder: Path) -> None:
    with closing(open_engine(settings(folder, threshold=1.0))) as engine:
        answer = engine.ask("what is uniq4v0?")
        assert answer.answer is None
        assert 0 < answer.confidence < 1
        assert answer.passages


def test_tokens_are_counted_in_the_encoding_asked_for(folder: Path) -> None:
    with closing(open_engine(settings(folder, encoding="tekken"))) as engine:
        other = engine.search("uniq4v0", top_k=1).passages[0]
    with closing(open_engine(settings(folder))) as engine:
        assert engine.search("uniq4v0", top_k=1).passages[0].tokens == len(other.text.split()) < other.tokens


def test_a_long_passage_makes_room_for_a_shorter_one_behind_it(engine: Engine) -> None:
    passages = engine.search("harbour uniq4v0", top_k=10).passages
    budget = min(passage.tokens for passage in passages)
    kept = engine.search("harbour uniq4v0", top_k=10, max_tokens=budget).passages
    assert sum(passage.tokens for passage in kept) <= budget
    assert engine.search("harbour", max_tokens=1).passages == ()


class LyingReader:
    """Says that the answer is where it is not."""

    reads = LexicalReader.reads
    score_limits = LexicalReader.score_limits

    def read(self, asked: Asked, hits: Sequence[Hit], figures: Figures, *, again: bool = True) -> list[Candidate]:
        end = hits[0].passage.span.end
        return [Candidate(hits[0], Span(end, end + 5), 0.99)]


def test_a_reader_that_points_outside_its_passage_raises(engine: Engine) -> None:
    with pytest.raises(CitationError):
        Engine(engine._index, LyingReader(), threshold=0.5).ask("harbour")


def test_pages_of_releases(engine: Engine) -> None:
    seen, cursor = [], None
    while True:
        page = engine.releases(limit=7, cursor=cursor)
        seen += [entry.id for entry in page.releases]
        if page.next is None:
            break
        cursor = page.next
    assert len(seen) == len(set(seen)) == 55
    assert engine.releases(limit=55).next is None
    with pytest.raises(InputError):
        engine.releases(limit=0)


def encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "é", "%%%", encoded("5"), encoded("[]"), encoded('["2025-01-01"]'), encoded('["x", "y"]'),
     encoded("[1, 2]"), encoded('["2025-01-01", "\\ud800"]'), encoded("[" * 50_000), "A" * 99],
)  # fmt: skip
def test_a_cursor_that_is_none(engine: Engine, cursor: str) -> None:
    with pytest.raises(InputError, match="not a cursor"):
        engine.releases(cursor=cursor)


def test_what_cannot_be_opened_says_why(tmp_path: Path, lab: Any, make: Make, models: Any) -> None:
    with pytest.raises(IndexMissingError):
        open_engine(settings(tmp_path))
    lab.ingest(make(1))
    lab.reembed(models[1]())
    with pytest.raises(ManifestMismatchError):
        open_engine(settings(lab.data))
    (lab.data / "catalog.sqlite3").write_bytes(b"nothing" * 1000)
    with pytest.raises(CatalogDamagedError):
        open_engine(settings(lab.data))


def test_an_open_engine_sees_new_releases(lab: Any, make: Make) -> None:
    lab.ingest(make(1))
    with closing(open_engine(settings(lab.data))) as engine:
        lab.ingest(replace(make(2), url="https://example.org/2"))
        answer = engine.ask("what is uniq2v0?")
        assert answer.citation is not None
        assert (answer.citation.url, answer.index.generation, answer.index.releases) == ("https://example.org/2", 2, 2)


@pytest.mark.parametrize("withdrawn", ["one", "two"])
def test_what_was_withdrawn_is_cited_after_what_says_the_same(lab: Any, withdrawn: str) -> None:
    texts = {
        "one": "The Coast Board sank 12 old ferries.",
        "two": "In all, 12 old ferries were sunk by the Coast Board.",
    }
    lab.ingest(
        *(
            Release(id=key, title=f"Ferries {key}", body=text, publisher="Coast Board", published=date(2024, 5, 1))
            for key, text in texts.items()
        ),
        Withdrawn(withdrawn, date(2024, 6, 1)),
    )
    with closing(open_engine(settings(lab.data, threshold=0.0))) as engine:
        answer = engine.ask("How many old ferries did the Coast Board sink?")
    (other,) = texts.keys() - {withdrawn}
    assert [each.release_id for each in answer.citations] == [other, withdrawn]
