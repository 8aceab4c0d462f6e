"""Other people's sets, made up small: what becomes of their documents, questions and judgements."""

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from eval.runs.corpus import gather
from eval.sets.lines import GoldError
from eval.sets.load import load_set
from index.errors import InputError, SourceError
from index.types import Span


def lines(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    folder = tmp_path / "beir"
    (folder / "qrels").mkdir(parents=True)
    documents = [
        {"_id": "d1", "title": "Tides", "text": "The tide turns."},
        {"_id": "d2", "title": "", "text": "Salt."},
    ]
    (folder / "corpus.jsonl.gz").write_bytes(gzip.compress(lines(documents).encode()))
    (folder / "queries.jsonl").write_text(
        lines([{"_id": "1", "text": "when does it turn"}, {"_id": "2", "text": "salt"}])
    )
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n1\td1\t2\n1\td2\t0\n")
    (folder / "qrels" / "train.tsv").write_text("query-id\tcorpus-id\tscore\n2\td2\t1\n")
    return folder


def test_beir_takes_the_queries_of_a_split(beir: Path) -> None:
    test = load_set(beir)
    assert [(q.id, q.answers, [(t.release, t.grade) for t in q.labels]) for q in test.questions] == [
        ("1", None, [("d1", 2)])
    ]
    assert [release.title for release in test.releases] == ["Tides", "Untitled"]
    assert [q.id for q in load_set(beir, split="train").questions] == ["2"]
    assert gather(test, [], []).resolved["1"].targets[0].spans == ()
    with pytest.raises(InputError, match="no split 'dev'; it has: test, train"):
        load_set(beir, split="dev")


def test_beir_names_bad_judgements(beir: Path) -> None:
    qrels = beir / "qrels" / "test.tsv"
    qrels.write_text("1\td1\tyes\n9\td1\t1\n1\td9\t1\n")
    with pytest.raises(GoldError) as caught:
        load_set(beir)
    assert f"{qrels}:1: not 'query-id TAB corpus-id TAB score'" in str(caught.value)
    assert "query '9' is not in queries.jsonl" in str(caught.value)
    assert "document 'd9' of query '1'" in str(caught.value)


CONTEXT = "  Ten  men rowed.\r\n\r\nTen men slept, and Ten woke. "


def squad_file(path: Path, **change: Any) -> Path:
    item = {"id": "a", "question": "Who slept?", "answers": [{"text": "Ten men", "answer_start": 21}]} | change
    never = {"id": "b", "question": "Who swam?", "answers": [], "is_impossible": True}
    article = {"title": "Rowers", "paragraphs": [{"context": CONTEXT, "qas": [item, never]}]}
    path.write_text(json.dumps({"version": "v2.0", "data": [article]}))
    return path


def test_squad_keeps_the_place_of_an_answer_that_stands_twice(tmp_path: Path) -> None:
    """Cleaning moves the offsets, and the words are in the paragraph before too: only the labelled place counts."""
    loaded = load_set(squad_file(tmp_path / "dev.json"))
    assert [(q.id, q.answers, q.kind) for q in loaded.questions] == [
        ("a", ("Ten men",), "answerable"),
        ("b", (), "unanswerable"),
    ]
    found = gather(loaded, [], [])
    (target,) = found.resolved["a"].targets
    (release,) = found.releases
    assert release.body == "Ten men rowed.\n\nTen men slept, and Ten woke."
    assert [(span.start, span.of(release.body)) for span in target.spans] == [(16, "Ten men")]


def test_squad_refuses_an_answer_that_is_not_where_it_says(tmp_path: Path) -> None:
    path = squad_file(tmp_path / "dev.json", answers=[{"text": "Ten men", "answer_start": 3}])
    with pytest.raises(GoldError, match="'Ten men' is not at 3"):
        load_set(path)
    path.write_text('{"data": [\n{"title": }]}')
    with pytest.raises(GoldError, match=r"dev\.json:2: not JSON"):
        load_set(path)


def test_reading_examples_become_open_retrieval(tmp_path: Path) -> None:
    rows = [
        {"id": "a", "question": "Who slept?", "context": CONTEXT, "answers": [{"text": "Ten men", "start": 21}]},
        {"id": "b", "question": "Who swam?", "context": "Nobody swam at all.", "answers": []},
        {"id": "c", "question": "Who woke?", "context": CONTEXT, "answers": [{"text": "Ten", "start": 40}]},
    ]
    path = tmp_path / "dev.jsonl.gz"
    path.write_bytes(gzip.compress(lines(rows).encode()))
    loaded = load_set(path)
    assert [q.id for q in loaded.questions] == ["a", "c"]
    assert len(loaded.releases) == 2, "the paragraph of an unanswerable question stays, as one that is not the answer"
    assert loaded.left_out[0].where == f"{path}:2"
    assert gather(loaded, [], []).resolved["c"].targets[0].spans[0].start == 35
    assert len(load_set(path, sample=1).questions) == 1


def test_known_item_search_hides_title_and_subtitle(tmp_path: Path) -> None:
    rows = [
        {"id": "1", "title": "Tram opens", "subtitle": "A tram for all", "published": "2024-01-01", "publisher": "P"}
        | {"body": "A tram for all\n\nIt runs daily."},
        {"id": "2", "title": "Bus", "subtitle": "", "published": "2024-01-02", "publisher": "P", "body": "A bus."},
    ]
    path = tmp_path / "items.jsonl"
    path.write_text(lines(rows))
    loaded = load_set(path)
    assert [(q.text, [t.release for t in q.labels]) for q in loaded.questions] == [("A tram for all", ["1"])]
    assert [(release.title, release.body) for release in loaded.releases] == [
        ("Untitled", "It runs daily."),
        ("Untitled", "A bus."),
    ]


def test_unknown_form_and_missing_path(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no form of question set is called 'trec'"):
        load_set(tmp_path, "trec")
    with pytest.raises(SourceError, match="no such file"):
        load_set(tmp_path / "nothing.jsonl")
    with pytest.raises(SourceError, match=r"without queries\.jsonl"):
        load_set(tmp_path)


def offsets_set(folder: Path, **other: Any) -> tuple[Path, Path]:
    body = "The pier is 90 metres long.\n\nIt was built in 1901."
    release = {"id": "pier", "title": "Pier", "body": body, "publisher": "Harbour", "published": "2024-05-01"}
    (folder / "releases.jsonl").write_text(lines([release]))
    digest = hashlib.sha256(body.encode()).hexdigest()[:16]
    row = {"id": "1", "question": "How long is the pier?", "kind": "number", "release": "pier", "sha256": digest}
    row |= {"answers": [[12, 21], [12, 14]], "passage": [0, 27], "why": None, "split": "dev"} | other
    none = row | {"id": "2", "question": "How wide is the pier?", "answers": [], "split": "test"}
    (folder / "offsets.jsonl").write_text(lines([row, none]))
    return folder / "offsets.jsonl", folder / "releases.jsonl"


def test_offsets_are_answers_and_evidence_in_a_body_that_is_elsewhere(tmp_path: Path) -> None:
    gold, corpus = offsets_set(tmp_path)
    loaded = load_set(gold)
    found = gather(loaded, [corpus], []).resolved
    assert loaded.form == "offsets"
    assert found["1"].answers == ("90 metres", "90")
    assert found["1"].targets[0].spans == (Span(12, 21), Span(12, 14))
    assert found["2"].answers == ()
    assert found["2"].targets == ()
    assert [q.id for q in load_set(gold, split="dev").questions] == ["1"]
    with pytest.raises(InputError, match="no split 'train'"):
        load_set(gold, split="train")


def test_offsets_into_a_body_that_has_changed_are_refused(tmp_path: Path) -> None:
    gold, corpus = offsets_set(tmp_path, sha256="0" * 16)
    with pytest.raises(GoldError, match="not the text that was labelled"):
        gather(load_set(gold), [corpus], [])


def test_offsets_that_are_no_spans_are_refused(tmp_path: Path) -> None:
    gold, _ = offsets_set(tmp_path, answers=[[9, 3]])
    with pytest.raises(GoldError, match=r"offsets.jsonl:1.*not a span"):
        load_set(gold)
