"""Search on a Milvus server: what the contract of an index does not ask, above all what may go wrong on the way."""

import re
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.errors import InputError, ManifestMismatchError, SearchServerError
from index.models.hashing_embedder import HashingEmbedder
from index.open import open_index, searched_generation
from index.search.files import LocalFiles
from index.search.legs import KeywordWeights
from index.search.milvus import files, schema, server
from index.search.milvus.address import Address, parse
from index.search.milvus.files import MilvusFiles
from index.search.milvus.server import server_at
from index.search.milvus.state import read_state, write_state
from index.search.milvus.words import stored_words
from index.types import Ranking, Release, SearchFilter

Make = Callable[..., Release]

ALL = SearchFilter()
WORDS = KeywordWeights(0.0, 0.0)
DEEP = Ranking(depth=500)


def shown(lab: Any, question: str = "harbour court 5%") -> list[tuple[str, int, float]]:
    """Return what a person would be shown: releases, places and scores, best first."""
    with closing(lab.open(DEEP)) as index:
        hits = index.search(question, 500).hits
    return [(hit.passage.release.id, hit.passage.span.start, round(hit.score, 6)) for hit in hits]


def on_server(lab: Any) -> tuple[MilvusFiles, Any]:
    catalog = lab.catalog()
    return MilvusFiles(catalog, server_at(lab.server)), catalog


# without a server


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("milvus://db.example", Address("db.example")),
        ("milvus://127.0.0.1:1234/press", Address("127.0.0.1", 1234, "press")),
        ("milvus://me:a%40b@[::1]:7/press/", Address("::1", 7, "press", "me:a@b")),
    ],
)
def test_an_address_is_read_with_its_parts(text: str, address: Address) -> None:
    assert parse(text) == address
    assert parse(str(address)) == replace(address, token="")


@pytest.mark.parametrize(
    "text", ["", "127.0.0.1:19530", "http://h:1", "milvus://", "milvus://h:x", "milvus://h/a-b", "milvus://h/a?b=c"]
)
def test_what_is_no_address_is_refused_without_its_password(text: str) -> None:
    with pytest.raises(InputError, match="PRESSQA_INDEX") as caught:
        parse(text.replace("//", "//me:secret@"))
    assert "secret" not in str(caught.value) + caught.value.hint
    assert "milvus://127.0.0.1:19530" in caught.value.hint


@given(st.text(max_size=80) | st.sampled_from(["£1.5m on 13.5 km", "U.K. e-mail a_b", "Ünï٣.٤ ﬁne ǅ", "नमस्ते 你好"]))
@settings(max_examples=80, deadline=None)
def test_no_tokenizer_divides_or_changes_a_stored_word(text: str) -> None:
    for word in stored_words(text):
        assert re.fullmatch(r"[^\W_]+", word)


def test_where_pymilvus_is_missing_the_command_that_installs_it_is_named(
    lab: Any, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    with pytest.raises(InputError, match="pymilvus is not installed") as caught:
        lab.on("milvus://127.0.0.1:9").ingest(make(1))
    assert "pip install 'pressqa[milvus]'" in caught.value.hint
    assert [release.id for release in lab.everything()] == ["release/1"], "the catalog has it"


# scores


@pytest.mark.milvus
def test_the_scores_are_those_of_the_files_on_one_machine(on_milvus: Any, make: Make) -> None:
    on_milvus.lab.ingest(*(make(number) for number in range(30)))
    on_milvus.lab.ingest(make(3, version=1), make(31), make(32))
    with on_milvus.legs() as legs, closing(on_milvus.lab.catalog()) as catalog:
        local = LocalFiles(catalog).in_memory()
        vector = HashingEmbedder().encode_question("harbour")
        for question in ("harbour ferry court", "uniq3v0 5%", "13.5 pilots of the beacon"):
            for where in (ALL, SearchFilter(publisher="home office"), SearchFilter(as_of=date(2024, 9, 1))):
                # tantivy keeps the lengths of passages as one byte, exactly up to 40 words
                ours, theirs = (dict(each.keywords.search(question, 100, where, WORDS)) for each in (legs, local))
                assert ours == pytest.approx(theirs, rel=1e-5)
                ours, theirs = (dict(each.vectors.search(vector, 100, where)) for each in (legs, local))
                assert ours == pytest.approx(theirs, abs=1e-5)
            assert legs.keywords.information(question) == pytest.approx(local.keywords.information(question))


@pytest.mark.milvus
def test_what_milvus_cannot_count_is_refused(on_milvus: Any, make: Make) -> None:
    on_milvus.lab.ingest(make(1))
    with pytest.raises(InputError, match=r"PRESSQA_TITLE_WEIGHT is 0\.5"):
        open_index(on_milvus.lab.data, HashingEmbedder, Ranking(title_weight=0.5), on_milvus.address)


@pytest.mark.milvus
def test_any_history_ends_in_what_would_be_built_at_once(on_milvus: Any, make: Make) -> None:
    steps = st.lists(
        st.tuples(st.sampled_from(["put", "put", "remove"]), st.sets(st.integers(0, 9), min_size=1, max_size=4)),
        min_size=1,
        max_size=5,
    )
    lab = on_milvus.lab
    version = iter(range(10_000))

    @given(steps)
    @settings(max_examples=6, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def check(taken: list[tuple[str, set[int]]]) -> None:
        for step, numbers in taken:
            if step == "put":
                lab.ingest(*(make(number, version=next(version) % 7) for number in numbers))
            else:
                held = {release.id for release in lab.everything()}
                lab.remove(*sorted(held & {f"release/{number}" for number in numbers}))
        published, catalog = on_server(lab)
        with closing(catalog):
            before = shown(lab)
            assert published.load(thorough=True) is not None
            published.publish(afresh=True)
            assert shown(lab) == before

    check()


# changing


@pytest.mark.milvus
def test_verify_mends_what_was_changed_behind_its_back(on_milvus: Any, make: Make) -> None:
    lab = on_milvus.lab
    lab.ingest(*(make(number) for number in range(5)))
    expected = shown(lab)
    alias = on_server(lab)[0]._alias
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
        assert shown(lab) == expected
        assert not lab.verify().rebuilt


@pytest.mark.milvus
def test_a_rebuild_is_not_noticed_by_those_who_search(on_milvus: Any, make: Make) -> None:
    lab = on_milvus.lab
    lab.ingest(*(make(number) for number in range(12)))
    expected = shown(lab)
    stop = threading.Event()
    seen: list[Any] = []

    def ask() -> None:
        with closing(lab.open(DEEP)) as index:
            while not stop.is_set():
                hits = index.search("harbour court 5%", 500).hits
                seen.append([(hit.passage.release.id, hit.passage.span.start, round(hit.score, 6)) for hit in hits])

    asking = threading.Thread(target=ask)
    asking.start()
    published, catalog = on_server(lab)
    with closing(catalog):
        for _ in range(3):
            published.publish(afresh=True)
        left = server_at(on_milvus.address).call(lambda client: client.list_collections())
    stop.set()
    asking.join()
    assert len(seen) > 3
    assert all(each == expected for each in seen)
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
    published, catalog = on_server(lab)
    with closing(catalog):
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
    other = labs("other").on(on_milvus.address)
    on_milvus.lab.ingest(make(1))
    other.ingest(make(2))
    assert {release for release, _, _ in shown(on_milvus.lab)} == {"release/1"}
    assert {release for release, _, _ in shown(other)} == {"release/2"}


# what may go wrong


@pytest.mark.milvus
def test_a_server_that_is_away_is_named_and_costs_nothing(
    on_milvus: Any, milvus: Any, make: Make, monkeypatch: pytest.MonkeyPatch, pressqa: Callable[..., Any]
) -> None:
    lab = on_milvus.lab
    lab.ingest(make(1), make(2))
    with closing(lab.open(DEEP)) as index:
        before = index.search("harbour", 10).hits
        assert before
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
            status = pressqa("status", data=lab.data, env={"PRESSQA_INDEX": on_milvus.address})
            assert status.returncode == 0
            assert "does not answer" in status.stdout.decode()
        finally:
            milvus.start()
        assert {release.id for release in lab.everything()} == {"release/1", "release/2", "release/3"}
        # it had published two of them, and answers from these until somebody publishes the third
        assert index.search("harbour", 10).hits == before
        lab.ingest(make(4))
        assert len({release for release, _, _ in shown(lab)}) == 4
        assert {hit.passage.release.id for hit in index.search("harbour", 500).hits} >= {"release/3", "release/4"}
    assert not lab.verify().rebuilt


@pytest.mark.milvus
def test_a_search_outlasts_a_restart(on_milvus: Any, milvus: Any, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "READ_PATIENCE", 60.0)  # a busy machine starts the server slowly
    on_milvus.lab.ingest(make(1))
    with closing(on_milvus.lab.open()) as index:
        before = index.search("harbour", 5).hits
        milvus.kill()
        starting = threading.Timer(0.5, milvus.start)
        starting.start()
        assert index.search("harbour", 5).hits == before
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
    incremental = shown(lab)
    assert not lab.verify().rebuilt, "every row is what the catalog gives"
    published, catalog = on_server(lab)
    with closing(catalog):
        published.publish(afresh=True)
    assert shown(lab) == incremental


@pytest.mark.milvus
def test_a_collection_of_another_schema_or_model_is_refused(on_milvus: Any, make: Make) -> None:
    lab = on_milvus.lab
    lab.ingest(make(1))
    expected = shown(lab)
    published, catalog = on_server(lab)
    with closing(catalog):
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
    assert {release for release, _, _ in expected} < {release for release, _, _ in shown(lab)}


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
    assert {release for release, _, _ in shown(lab)} == {"release/1"}, "from memory: the server holds a later state"
    lab.ingest(make(3))
    assert {release for release, _, _ in shown(lab)} == {"release/1", "release/3"}
    assert not lab.verify().rebuilt


@pytest.mark.milvus
def test_the_record_of_a_collection_that_cannot_be_read_is_as_none(on_milvus: Any, make: Make) -> None:
    on_milvus.lab.ingest(make(1))
    published, catalog = on_server(on_milvus.lab)
    with closing(catalog):
        collection, _ = published._published()
        assert collection is not None
        row = {"collection": collection, "state": "{}", "unused": [1.0, 0.0]}
        server_at(on_milvus.address).call(lambda client: client.upsert("pressqa_state", [row]))
        assert read_state(server_at(on_milvus.address), collection) is None
    assert on_milvus.lab.verify().rebuilt
