"""Changing what a Milvus server holds of an index: rebuilt beside readers, killed half way, foreign, away."""

import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from index.errors import ManifestMismatchError, SearchServerError
from index.models.hashing_embedder import HashingEmbedder
from index.open import searched_generation
from index.search.files import FOLDER, LocalFiles
from index.search.milvus import files, schema, server
from index.search.milvus.files import MilvusFiles
from index.search.milvus.server import server_at
from index.search.milvus.state import read_state, write_state
from index.types import Ranking, Release, SearchFilter

Make = Callable[..., Release]

ALL = SearchFilter()
DEEP = Ranking(depth=500)


@pytest.mark.milvus
def test_verify_mends_what_was_changed_behind_its_back(on_milvus: Any, make: Make) -> None:
    lab = on_milvus.lab
    lab.ingest(*(make(number) for number in range(5)))
    expected = on_milvus.shown()
    with on_milvus.files() as published:
        alias = published._alias
    assert not lab.verify().rebuilt
    ask = server_at(on_milvus.address).call
    row = ask(lambda client: client.query(alias, ids=[1], output_fields=["*"]))[0]
    del row["words"]
    for damage in (
        lambda client: client.delete(alias, ids=[1]),
        lambda client: client.upsert(alias, [row | {"valid_to": 7}]),
        lambda client: client.upsert(alias, [row | {"text": "other words"}]),
        lambda client: client.upsert(alias, [row | {"id": 999}]),
    ):
        ask(damage)
        assert lab.verify().rebuilt
        assert on_milvus.shown() == pytest.approx(expected, abs=1e-5)
        assert not lab.verify().rebuilt


@pytest.mark.milvus
def test_a_rebuild_is_not_noticed_by_those_who_search(on_milvus: Any, make: Make) -> None:
    lab = on_milvus.lab
    lab.ingest(*(make(number) for number in range(12)))
    expected = on_milvus.shown()
    stop = threading.Event()
    seen: list[Any] = []

    def ask() -> None:
        with closing(lab.open(DEEP)) as index:
            while not stop.is_set():
                hits = index.search("harbour court 5%", 500).hits
                seen.append({(hit.passage.release.id, hit.passage.span.start): hit.score for hit in hits})

    asking = threading.Thread(target=ask)
    asking.start()
    with on_milvus.files() as published:
        for _ in range(3):
            published.publish(afresh=True)
        left = server_at(on_milvus.address).call(lambda client: client.list_collections())
    stop.set()
    asking.join()
    assert len(seen) > 3
    assert all(each == pytest.approx(expected, abs=1e-5) for each in seen)
    assert len([name for name in left if name.startswith(f"{published._alias}_")]) == 1


@pytest.mark.milvus
def test_a_collection_that_is_outgrown_is_replaced_by_one_with_a_graph(
    on_milvus: Any, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = on_milvus.lab
    small, large = schema.LAYOUTS
    for module in (schema, files):
        monkeypatch.setattr(module, "LAYOUTS", (replace(small, passages=20), large))
    lab.ingest(*(make(number) for number in range(8)))
    with on_milvus.files() as published:
        assert published._published()[1].layout == "flat"  # type: ignore[union-attr]
        lab.ingest(*(make(number) for number in range(8, 20)))
        collection, state = published._published()
        assert state is not None
        assert state.layout == "graph"
        indexed = server_at(on_milvus.address).call(lambda client: client.describe_index(collection, "vector"))
        assert indexed["index_type"] == "HNSW"
    with on_milvus.legs() as legs, closing(lab.catalog()) as catalog:
        local = LocalFiles(catalog).in_memory()
        vector = HashingEmbedder().encode_question("harbour court")
        for where in (ALL, SearchFilter(publisher="home office"), SearchFilter(until=date(2024, 2, 1))):
            ours, theirs = (dict(each.vectors.search(vector, 100, where)) for each in (legs, local))
            assert ours == pytest.approx(theirs, abs=1e-5), "all that the filter lets through, whatever the graph finds"


@pytest.mark.milvus
def test_indexes_that_share_a_database_do_not_meet(on_milvus: Any, labs: Callable[[str], Any], make: Make) -> None:
    other = type(on_milvus)(labs("other"), on_milvus.address)
    on_milvus.lab.ingest(make(1))
    other.lab.ingest(make(2))
    assert {release for release, _ in on_milvus.shown()} == {"release/1"}
    assert {release for release, _ in other.shown()} == {"release/2"}


@pytest.mark.milvus
def test_what_is_removed_is_in_no_file_from_before_the_server(on_milvus: Any, lab: Any, make: Make) -> None:
    lab.ingest(make(1), make(2, body="Ann Quillfeather opened the harbour."))
    assert on_milvus.lab.verify().rebuilt, "moved to the server"
    assert (lab.data / FOLDER).is_dir()
    on_milvus.lab.remove("release/2")
    assert {release for release, _ in on_milvus.shown()} == {"release/1"}
    left = [path for path in lab.data.rglob("*") if path.is_file()]
    assert left
    assert [path.name for path in left if b"quillfeath" in path.read_bytes().lower()] == []
    assert not (lab.data / FOLDER).exists()


# what may go wrong


@pytest.mark.milvus
def test_a_server_that_is_away_is_named_and_costs_nothing(
    on_milvus: Any, milvus: Any, make: Make, monkeypatch: pytest.MonkeyPatch, pressqa: Callable[..., Any]
) -> None:
    lab = on_milvus.lab
    lab.ingest(make(1), make(2))
    with closing(lab.open(DEEP)) as index:
        before = {hit.passage.id for hit in index.search("harbour", 10).hits}
        assert before
        asked = {"data": lab.data, "env": {"PRESSQA_INDEX": on_milvus.address}}
        status = pressqa("status", **asked).stdout.decode()
        assert f"{on_milvus.address}/default" in status
        assert "generation 1" in status
        milvus.kill()
        try:
            for name in ("READ_PATIENCE", "WRITE_PATIENCE"):
                monkeypatch.setattr(server, name, 0.3)
            monkeypatch.setattr(files, "WRITE_PATIENCE", 0.3)
            with pytest.raises(SearchServerError, match=f"{on_milvus.address}/default does not answer") as caught:
                index.search("harbour", 10)
            assert "pressqa verify" in caught.value.hint
            with pytest.raises(SearchServerError):
                lab.ingest(make(3))
            with pytest.raises(SearchServerError):
                lab.open()
            status = pressqa("status", **asked)
            assert status.returncode == 0
            assert "does not answer" in status.stdout.decode()
        finally:
            milvus.start()
        assert {release.id for release in lab.everything()} == {"release/1", "release/2", "release/3"}
        # it had published two of them, and answers from these until somebody publishes the third
        assert {hit.passage.id for hit in index.search("harbour", 10).hits} == before
        lab.ingest(make(4))
        assert len({release for release, _ in on_milvus.shown()}) == 4
        assert {hit.passage.release.id for hit in index.search("harbour", 500).hits} >= {"release/3", "release/4"}
    assert not lab.verify().rebuilt


@pytest.mark.milvus
def test_a_search_outlasts_a_restart(on_milvus: Any, milvus: Any, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "READ_PATIENCE", 60.0)  # a busy machine starts the server slowly
    on_milvus.lab.ingest(make(1))
    with closing(on_milvus.lab.open()) as index:
        before = [hit.passage for hit in index.search("harbour", 5).hits]
        milvus.kill()
        starting = threading.Timer(0.5, milvus.start)
        starting.start()
        assert [hit.passage for hit in index.search("harbour", 5).hits] == before
        starting.join()


@pytest.mark.milvus
@pytest.mark.parametrize("fails", ["_upsert", "_clear", "_rows"])
def test_a_publication_that_ends_half_way_is_made_up_for(
    on_milvus: Any, make: Make, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    lab = on_milvus.lab
    lab.ingest(*(make(number) for number in range(6)))
    monkeypatch.setattr(files, "_BATCH", 3)
    real, calls = getattr(MilvusFiles, fails), []

    def dies(self: MilvusFiles, *args: Any) -> Any:
        calls.append(args)
        if len(calls) == (2 if fails == "_upsert" else 1):
            raise KeyboardInterrupt
        return real(self, *args)

    with monkeypatch.context() as patch:
        patch.setattr(MilvusFiles, fails, dies)
        with pytest.raises(KeyboardInterrupt):
            lab.ingest(*(make(number) for number in range(4, 9)), make(1, version=1))
    lab.ingest(make(20))
    incremental = on_milvus.shown()
    assert not lab.verify().rebuilt, "every row is what the catalog gives"
    with on_milvus.files() as published:
        published.publish(afresh=True)
    assert on_milvus.shown() == pytest.approx(incremental, abs=1e-5)


@pytest.mark.milvus
def test_a_collection_of_another_schema_or_model_is_refused(on_milvus: Any, make: Make) -> None:
    lab = on_milvus.lab
    lab.ingest(make(1))
    expected = on_milvus.shown()
    with on_milvus.files() as published:
        collection, state = published._published()
        assert collection is not None
        assert state is not None
        for foreign, said in (
            (replace(state, schema=state.schema + 1), "in schema 2, and this pressqa reads 1"),
            (replace(state, fingerprint="f" * 64), "vectors of another model"),
        ):
            write_state(server_at(on_milvus.address), collection, foreign)
            with pytest.raises(ManifestMismatchError, match=said) as caught:
                lab.open()
            assert "pressqa verify" in caught.value.hint
            assert searched_generation(lab.data, on_milvus.address) is None
            if foreign.schema != state.schema:
                with pytest.raises(ManifestMismatchError, match=said):
                    lab.ingest(make(2))
            assert lab.verify().rebuilt
            collection, _ = published._published()
            assert collection is not None
    assert {release for release, _ in expected} < {release for release, _ in on_milvus.shown()}


@pytest.mark.milvus
def test_an_index_that_is_embedded_again_is_searched_by_the_new_vectors(
    on_milvus: Any, make: Make, models: tuple[Any, Any]
) -> None:
    lab = on_milvus.lab
    lab.ingest(*(make(number) for number in range(4)))
    lab.reembed(models[1](), 20)
    with closing(lab.open(DEEP, models[1]())) as index:
        hits = index.search("harbour", 500).hits
        assert {hit.passage.release.id for hit in hits} == {f"release/{number}" for number in range(4)}
        assert len(hits) == index.status().passages
    assert not lab.verify().rebuilt


@pytest.mark.milvus
def test_a_catalog_restored_from_a_backup_is_published_anew(on_milvus: Any, make: Make, tmp_path: Any) -> None:
    lab = on_milvus.lab
    lab.ingest(make(1))
    copies = {path.name: path.read_bytes() for path in lab.data.glob("catalog*")}
    lab.ingest(make(2))
    for path in lab.data.glob("catalog*"):
        path.unlink()
    for name, data in copies.items():
        (lab.data / name).write_bytes(data)
    assert {release for release, _ in on_milvus.shown()} == {"release/1"}, "from memory: the server holds a later state"
    lab.ingest(make(3))
    assert {release for release, _ in on_milvus.shown()} == {"release/1", "release/3"}
    assert not lab.verify().rebuilt


@pytest.mark.milvus
def test_the_record_of_a_collection_that_cannot_be_read_is_as_none(on_milvus: Any, make: Make) -> None:
    on_milvus.lab.ingest(make(1))
    with on_milvus.files() as published:
        collection, _ = published._published()
        assert collection is not None
        row = {"collection": collection, "state": "{}", "unused": [1.0, 0.0]}
        server_at(on_milvus.address).call(lambda client: client.upsert("pressqa_state", [row]))
        assert read_state(server_at(on_milvus.address), collection) is None
    assert on_milvus.lab.verify().rebuilt
