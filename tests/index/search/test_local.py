import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.catalog.reader import Catalog
from index.catalog.writer import CatalogWriter
from index.disk.lock import writing
from index.errors import IndexLockedError, UnknownPublisherError
from index.models.hashing_embedder import HashingEmbedder
from index.prepare import counted, embed_missing, prepare
from index.search import files
from index.types import Hit, Ranking, Release, SearchFilter

Make = Callable[..., Release]
Models = tuple[type[Any], type[Any]]


def lean(hits: tuple[Hit, ...]) -> list[tuple[Any, ...]]:
    return [(hit.passage.release.id, hit.passage.span, hit.score) for hit in hits]


# ranking


def test_a_hit_carries_the_parts_of_its_score(lab: Any, make: Make) -> None:
    lab.ingest(*(make(i) for i in range(12)))
    with closing(lab.open(Ranking(fusion="convex", weight=0.3))) as index:
        found = index.search("uniq4v0 harbour", 5)
    assert found.hits[0].passage.release.id == "release/4"
    assert "uniq4v0" in found.hits[0].passage.text
    assert found.generation == 1
    assert set(found.timings_ms) == {"filter", "embed", "vectors", "keywords", "fuse"}
    for hit in found.hits:
        assert hit.score == pytest.approx(0.7 * max(hit.dense, 0) + 0.3 * hit.lexical)
    assert found.hits[0].lexical == 1.0


def test_ranks_can_be_fused_instead(lab: Any, make: Make) -> None:
    lab.ingest(*(make(i) for i in range(12)))
    with closing(lab.open(Ranking(fusion="rrf"))) as index:
        assert index.search("uniq4v0", 3).hits[0].passage.release.id == "release/4"


def test_equal_passages_come_in_the_order_of_their_ids(lab: Any, make: Make) -> None:
    lab.ingest(*(make(1, id=f"same/{i}") for i in (3, 1, 2)))
    hits = lab.search("uniq1v0", 6)
    assert [hit.passage.id for hit in hits[:3]] == sorted(hit.passage.id for hit in hits[:3])
    assert [hit.passage.release.id for hit in hits[:3]] == ["same/3", "same/1", "same/2"]


def test_an_index_without_releases_finds_nothing(lab: Any) -> None:
    lab.writer().close()
    assert lab.search("anything") == []
    with pytest.raises(UnknownPublisherError, match="no release is published"):
        lab.search("anything", publisher="Home Office")


# filters

days = st.none() | st.dates(date(2023, 12, 30), date(2025, 1, 3))
filters = st.builds(
    SearchFilter, days, days, days, st.sampled_from([None, "home office", "MINISTÈRE DE L’ÉTÉ", "Straßenverkehrsamt"])
)


@given(filters, st.integers(1, 12))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_filter_lets_through_what_an_index_of_the_allowed_releases_has(
    shared: Any, where: SearchFilter, k: int
) -> None:
    index, everything = shared
    allowed = {
        each.id
        for each in everything
        if (where.as_of is None or each.published <= where.as_of)
        and (where.since is None or each.published >= where.since)
        and (where.until is None or each.published <= where.until)
        and (where.publisher is None or each.publisher.casefold() == where.publisher.casefold())
    }
    found = index.search("harbour court 5%", 500, where).hits
    assert {hit.passage.release.id for hit in found} == allowed, "every passage has a cosine, so all allowed are found"
    first = index.search("harbour court 5%", k, where).hits
    assert len(first) == min(k, len(found))
    assert lean(first) == lean(found[:k])


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, make: Make, new_lab: Callable[..., Any]) -> Any:
    lab = new_lab(tmp_path_factory.mktemp("shared") / "data")
    releases = [make(i) for i in range(48)]
    lab.ingest(*releases)
    with closing(lab.open(Ranking(depth=500))) as index:
        yield index, releases


def test_the_legs_fill_their_depth_from_what_the_filter_allows(lab: Any, make: Make) -> None:
    near = [make(1, id=f"near/{i}", published=date(2024, 6, 1)) for i in range(30)]
    far = [make(i, published=date(2024, 6, 2)) for i in range(40, 45)]
    lab.ingest(*near, *far)
    with closing(lab.open(Ranking(fusion="convex", depth=3))) as index:
        question = near[0].body[:150]
        free = index.search(question, 10).hits
        bound = index.search(question, 10, SearchFilter(since=date(2024, 6, 2))).hits
    assert all(hit.passage.release.id.startswith("near/") for hit in free)
    assert len(bound) == 10
    assert {hit.passage.release.id for hit in bound} == {release.id for release in far}


def test_what_is_found_at_a_day_is_the_revision_of_that_day(lab: Any, make: Make) -> None:
    lab.ingest(make(1), make(2), today=date(2025, 1, 1))
    lab.ingest(make(1, version=1), today=date(2025, 2, 1))
    assert "uniq1v0" not in " ".join(hit.passage.text for hit in lab.search("uniq1v0", 20))
    assert "uniq1v0" in lab.search("uniq1v0", as_of=date(2025, 1, 31))[0].passage.text
    assert "uniq1v1" in lab.search("uniq1v1", as_of=date(2025, 2, 1))[0].passage.text
    assert lab.search("uniq1v0", as_of=date(2025, 1, 31))[0].passage.revision == 1


def test_search_files_that_are_behind_are_searched_as_they_were(lab: Any, make: Make) -> None:
    lab.ingest(make(1), make(2), make(3), today=date(2025, 1, 1))
    filters = SearchFilter(), SearchFilter(as_of=date(2025, 2, 1)), SearchFilter(publisher=make(1).publisher)
    with closing(lab.open()) as index:
        before = [lean(index.search("nothing", 50, where).hits) for where in filters]
    with closing(CatalogWriter(lab.data)) as catalog:  # a writer that dies before it publishes
        model = HashingEmbedder()
        item = counted(prepare(make(1, version=1), model, catalog.manifest), lambda texts: [1] * len(texts))
        catalog.put([item], embed_missing(catalog, model, item.texts), date(2025, 2, 1))
    with closing(lab.open()) as index:
        assert [lean(index.search("nothing", 50, where).hits) for where in filters] == before
    lab.verify()
    with closing(lab.open()) as index:
        hits = [hit for where in filters for hit in index.search("nothing", 50, where).hits]
    assert {hit.passage.revision for hit in hits if hit.passage.release.id == "release/1"} == {2}


# another process or thread writes


INGEST = """
import sys
from datetime import date
from pathlib import Path
from index.open import open_writer
from index.models.hashing_embedder import HashingEmbedder
from index.sources import open_source
writer = open_writer(Path(sys.argv[1]))
exec(sys.argv[3])
writer.sync(HashingEmbedder(), [open_source(Path(sys.argv[2]))],
    count_tokens=lambda texts: [len(t.split()) for t in texts], today=date(2025, 3, 1))
print("done", flush=True)
"""


def test_an_open_index_sees_what_another_process_ingests(
    lab: Any, make: Make, python: Callable[..., Any], write_jsonl: Callable[..., Any], tmp_path: Any
) -> None:
    lab.ingest(make(1))
    file = write_jsonl(tmp_path / "more.jsonl", [make(2), make(1, version=1)])
    with closing(lab.open()) as index:
        assert index.search("uniq2v0", 1).hits[0].passage.release.id == "release/1"
        assert python(INGEST, str(lab.data), str(file), "").stdout == b"done\n"
        found = index.search("uniq2v0", 1)
        assert found.hits[0].passage.release.id == "release/2"
        assert found.generation == index.status().generation == 2
        assert index.status().releases == 2
        assert "uniq1v1" in index.search("uniq1v1", 1).hits[0].passage.text
        lab.remove("release/2")
        assert {hit.passage.release.id for hit in index.search("uniq2v0", 9).hits} == {"release/1"}


def test_of_a_writer_that_dies_before_it_publishes_the_next_one_publishes_the_work(
    lab: Any, make: Make, python: Callable[..., Any], write_jsonl: Callable[..., Any], tmp_path: Any
) -> None:
    lab.ingest(make(1))
    file = write_jsonl(tmp_path / "more.jsonl", [make(2)])
    die = "import os, index.search.files as d; d.LocalFiles.publish = lambda self: os.kill(os.getpid(), 9)"
    with closing(lab.open()) as index:
        assert python(INGEST, str(lab.data), str(file), die).returncode == -9
        for reader in (index, lab.open()):  # the state before, and nothing is written
            assert reader.search("uniq2v0", 1).generation == 1
        reader.close()
        assert python(INGEST, str(lab.data), str(file), "").stdout == b"done\n"
        assert index.search("uniq2v0", 1).hits[0].passage.release.id == "release/2"
    assert not lab.verify().rebuilt


def test_a_second_writer_is_told_who_the_first_is(
    lab: Any, make: Make, python: Callable[..., Any], write_jsonl: Callable[..., Any], tmp_path: Any
) -> None:
    lab.ingest(make(1))
    file = write_jsonl(tmp_path / "more.jsonl", [make(2)])
    wait = "from index.search.files import LocalFiles as D; old = D.publish; " + (
        "D.publish = lambda self: (print('holding', flush=True), sys.stdin.readline(), old(self))[2]"
    )
    with python(INGEST, str(lab.data), str(file), wait, wait=False, stdin=-1, stdout=-1, text=True) as writer:
        assert writer.stdout.readline() == "holding\n"
        with pytest.raises(IndexLockedError, match=rf"process {writer.pid}\b") as caught:
            lab.ingest(make(3))
        assert "wait" in caught.value.hint
        with closing(lab.open()) as index:  # reading goes on, from the state before
            assert index.search("uniq2v0", 1).generation == 1
        output, _ = writer.communicate("\n")
    assert output == "done\n"
    assert lab.ids("uniq2v0", 1) == ["release/2"]


def test_an_index_opens_while_the_first_ingest_has_published_nothing(lab: Any, make: Make) -> None:
    lab.ingest(make(1), make(2))
    for path in sorted((lab.data / files.FOLDER).rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    with writing(lab.data), closing(lab.open()) as index:
        assert index.search("uniq2v0", 1).hits[0].passage.release.id == "release/2"
        assert not list((lab.data / files.FOLDER).iterdir())


def test_while_an_index_is_embedded_anew_questions_are_still_answered(
    lab: Any, make: Make, models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.ingest(*(make(i) for i in range(9)))
    publish = files.LocalFiles.publish
    seen = []
    with closing(lab.open()) as index:
        before = {hit.passage.id for hit in index.search("uniq3v0", 50).hits}

        def slow(self: files.LocalFiles, **options: Any) -> Any:
            hits = index.search("uniq3v0", 50).hits  # committed, and nothing published yet
            seen.append([hit.passage for hit in hits])
            return publish(self, **options)

        monkeypatch.setattr(files.LocalFiles, "publish", slow)
        lab.reembed(models[0](), chunk_tokens=20)
    (passages,) = seen
    assert "uniq3v0" in passages[0].text
    assert not before & {passage.id for passage in passages}


def test_passages_replaced_during_a_search_are_searched_again(
    lab: Any, make: Make, models: Models, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.ingest(*(make(i) for i in range(9)))
    read = Catalog.passages
    with closing(lab.open()) as index:

        def late(self: Catalog, *asked: Any) -> Any:
            monkeypatch.setattr(Catalog, "passages", read)
            lab.reembed(models[0](), chunk_tokens=20)
            return read(self, *asked)

        monkeypatch.setattr(Catalog, "passages", late)
        assert "uniq3v0" in index.search("uniq3v0", 5).hits[0].passage.text


def test_what_is_removed_during_a_search_leaves_its_place_to_the_next(
    lab: Any, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.ingest(*(make(i) for i in range(9)))
    read = Catalog.passages
    with closing(lab.open()) as index:

        def late(self: Catalog, *asked: Any) -> Any:
            monkeypatch.setattr(Catalog, "passages", read)
            lab.remove("release/3")
            return read(self, *asked)

        monkeypatch.setattr(Catalog, "passages", late)
        hits = index.search("uniq3v0", 4).hits
    assert len(hits) == 4
    assert "release/3" not in {hit.passage.release.id for hit in hits}


def test_threads_that_search_during_ingests_always_find_true_passages(lab: Any, make: Make) -> None:
    lab.ingest(*(make(i) for i in range(20)))
    stop = threading.Event()
    errors: list[BaseException] = []
    counts = [0, 0, 0]

    def search(number: int, index: Any) -> None:
        try:
            while not stop.is_set():
                where = SearchFilter(publisher="home office") if counts[number] % 3 == 0 else SearchFilter()
                hits = index.search(f"uniq{counts[number] % 20}v0 harbour", 5, where).hits
                assert hits
                for hit in hits:
                    passage = hit.passage
                    release = passage.release
                    versions = [make(int(release.id.split("/")[1]), version=v) for v in range(8)]
                    assert release in versions
                    assert release.body[passage.span.start : passage.span.end] == passage.text
                counts[number] += 1
        except BaseException as error:
            errors.append(error)

    with closing(lab.open()) as index:
        threads = [threading.Thread(target=search, args=(number, index)) for number in range(3)]
        for thread in threads:
            thread.start()
        for version in range(1, 7):
            lab.ingest(*(make(i, version=version) for i in range(version, 20, 3)), make(100 + version))
            time.sleep(0.01)
        lab.remove("release/5", "release/6")
        stop.set()
        for thread in threads:
            thread.join()
        assert errors == []
        assert min(counts) > 0
        assert index.status().generation == 8
