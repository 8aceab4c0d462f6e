import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from index import ingest
from index.catalog.writer import CatalogWriter
from index.errors import CatalogServerError, SourceError, StorageError, UnknownReleaseError
from index.figures.read import figures
from index.models.hashing_embedder import HashingEmbedder
from index.search import files
from index.search.files import LocalFiles
from index.search.legs import KeywordWeights
from index.types import Hit, Problem, Ranking, Release, SearchFilter

Make = Callable[..., Release]
Models = tuple[type[Any], type[Any]]


@pytest.fixture
def kept_at(every_catalog: Any) -> Any:
    """All of this is so of every database."""
    return every_catalog


def test_an_unchanged_release_costs_no_embedding_and_no_generation(lab: Any, make: Make, models: Models) -> None:
    spy = models[0]()
    first = lab.ingest(*(make(i) for i in range(9)), embedder=spy)
    assert (first.added, first.embedded, first.passages) == (9, spy.embedded, 18)
    spy = models[0]()
    again = lab.ingest(*(make(i) for i in range(9)), embedder=spy)
    assert (again.added, again.changed, again.unchanged, again.embedded, spy.embedded) == (0, 0, 9, 0, 0)
    with closing(lab.catalog()) as catalog:
        assert catalog.generation() == 1


def test_the_same_text_is_embedded_once_whoever_publishes_it(lab: Any, make: Make, models: Models) -> None:
    spy = models[0]()
    report = lab.ingest(make(1), make(1, id="copy/1", publisher="Other Office"), embedder=spy)
    assert (report.passages, report.embedded, spy.embedded) == (4, 2, 2)
    lab.ingest(make(1, id="copy/2"), embedder=spy)
    assert spy.embedded == 2


def test_a_removed_release_leaves_no_vector_and_is_embedded_again(lab: Any, make: Make, models: Models) -> None:
    lab.ingest(make(1), make(2))
    lab.remove("release/1")
    assert lab.ids("uniq1v0", 9) == ["release/2"]
    assert lab.ids("uniq1v0", 9, as_of=date.max) == ["release/2"], "with all its revisions"
    spy = models[0]()
    assert lab.ingest(make(1), embedder=spy).added == 1
    assert spy.embedded == 2
    assert lab.ids("uniq1v0", 1) == ["release/1"]


def test_a_changed_release_embeds_only_what_is_new_in_it(lab: Any, make: Make, models: Models) -> None:
    first = make(1)
    lab.ingest(first)
    spy = models[0]()
    report = lab.ingest(replace(first, body=first.body.replace("uniq1v0", "uniq1v9")), embedder=spy)
    assert (report.changed, report.passages, report.embedded, spy.embedded) == (1, 2, 1, 1)
    texts = [hit.passage.text for hit in lab.search("uniq1v0 uniq1v9", 9)]
    assert not any("uniq1v0" in text for text in texts)
    assert "uniq1v0" in lab.search("uniq1v0", 9, as_of=date(2025, 2, 28))[0].passage.text


@pytest.mark.parametrize(
    "change",
    [{"title": "Another"}, {"published": date(2020, 1, 1)}, {"url": "https://example.org"}, {"publisher": "X"}],
)
def test_a_change_of_any_field_makes_a_revision(lab: Any, make: Make, change: dict[str, Any]) -> None:
    lab.ingest(make(1))
    assert lab.ingest(make(1, **change)).changed == 1
    assert lab.everything() == [make(1, **change)]


def test_bad_entries_and_repeated_ids_are_reported_and_the_rest_is_stored(lab: Any, make: Make) -> None:
    problem = Problem("here:3", "no date")
    report = lab.ingest(make(1), problem, make(2), make(1, version=5))
    assert (report.added, len(report.problems)) == (2, 2)
    assert report.problems[0] is problem
    assert "duplicate id 'release/1'" in report.problems[1].reason
    assert sorted(release.id for release in lab.everything()) == ["release/1", "release/2"]
    assert make(1) in lab.everything()


def test_an_unknown_id_stops_a_removal_before_anything_is_removed(lab: Any, make: Make) -> None:
    lab.ingest(make(1))
    with pytest.raises(UnknownReleaseError, match="release/2"):
        lab.remove("release/1", "release/2")
    assert lab.ids("uniq1v0") == ["release/1"]


def test_what_came_before_a_source_broke_is_found(lab: Any, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest, "BATCH_TEXTS", 10)

    class Broken:
        name = "broken"

        def read(self, since: Any = None) -> Any:
            yield from (make(i) for i in range(207))
            raise SourceError("the disk is gone")

    with closing(lab.writer()) as catalog, pytest.raises(SourceError):
        lab_ingest(catalog, Broken())
    kept = lab.everything()
    assert len(kept) == 207
    assert lab.ids("uniq7v0", 1) == ["release/7"]
    assert not lab.verify().rebuilt


@pytest.mark.parametrize("later", [StorageError("the index files"), CatalogServerError("away"), AssertionError("odd")])
def test_of_two_errors_the_first_is_told_and_what_was_stored_is_kept(
    lab: Any, make: Make, monkeypatch: pytest.MonkeyPatch, later: Exception
) -> None:
    monkeypatch.setattr(ingest, "BATCH_TEXTS", 4)
    put = CatalogWriter.put
    stored: list[Any] = []

    def full(self: CatalogWriter, *given: Any) -> Any:
        if stored:
            raise StorageError("cannot use the catalog: database or disk is full")
        stored.append(put(self, *given))
        return stored[0]

    def publish(self: LocalFiles, **given: Any) -> Any:
        raise later

    with monkeypatch.context() as patch:
        patch.setattr(CatalogWriter, "put", full)
        patch.setattr(LocalFiles, "publish", publish)
        with pytest.raises(StorageError, match="cannot use the catalog"):
            lab.ingest(*(make(number) for number in range(6)))
    assert sorted(release.id for release in lab.everything()) == ["release/0", "release/1"]
    assert lab.ids("uniq1v0", 1) == ["release/1"], "from the catalog alone"


def lab_ingest(catalog: Any, source: Any) -> None:
    def count(texts: Any) -> list[int]:
        return [1] * len(texts)

    catalog.sync(HashingEmbedder(), [source], count_tokens=count, today=date(2025, 3, 1))


def test_embedding_anew_keeps_releases_revisions_and_answers(lab: Any, make: Make, models: Models) -> None:
    lab.ingest(make(1), make(2), today=date(2025, 1, 1))
    lab.ingest(make(1, version=1), today=date(2025, 2, 1))
    before = lab.everything()
    old = {hit.passage.id for hit in lab.search("court", 99)}

    report = lab.reembed(models[1](), chunk_tokens=20)

    assert (report.changed, report.embedded) == (3, report.passages)
    assert lab.everything() == before
    with closing(lab.open(embedder=models[1]())) as index:
        hits = index.search("uniq1v1", 99).hits
        assert "uniq1v1" in hits[0].passage.text
        assert not old & {hit.passage.id for hit in hits}
        assert "uniq1v0" in index.search("uniq1v0", 9, SearchFilter(as_of=date(2025, 1, 31))).hits[0].passage.text
        assert index.status().manifest.chunk_tokens == 20
    assert not lab.verify().rebuilt


def test_a_release_of_many_batches_is_one_revision(lab: Any, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest, "BATCH_TEXTS", 2)
    long = make(1, body="\n\n".join(make(i).body for i in range(30)))
    assert lab.ingest(make(0), long, make(2)).passages == 64
    assert {r.id for r in lab.everything()} == {"release/0", "release/1", "release/2"}


# any history of changes gives the index that its end would have been built as


NUMBERS = st.integers(0, 7)
QUESTIONS = ("uniq3v1 harbour", "court 5%", "customs visa pilot")


def lean(hits: tuple[Hit, ...], at: int) -> list[tuple[Any, ...]]:
    return sorted(
        (hit.passage.release.id, hit.passage.span, getattr(hit, ("dense", "lexical", "score")[at])) for hit in hits
    )


class History(RuleBasedStateMachine):
    """Adds, changes, removes and re-embeds, and keeps what a person would expect to find."""

    make: Make
    lab_at: Callable[[Path], Any]
    models: Models

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="pressqa-test-", ignore_cleanup_errors=True)
        self.lab = self.lab_at(Path(self.folder.name) / "data")
        self.lab.writer().close()
        self.now: dict[str, Release] = {}
        self.past: dict[str, list[tuple[date, Release]]] = {}
        self.today = date(2025, 3, 1)
        self.chunk_tokens = 40
        self.open = self.lab.open()

    @rule(numbers=st.sets(NUMBERS, min_size=1, max_size=5), version=st.integers(0, 3))
    def ingest(self, numbers: set[int], version: int) -> None:
        self.today += timedelta(days=1)
        releases = [self.make(number, version=version) for number in sorted(numbers)]
        self.lab.ingest(*releases, today=self.today)
        for release in releases:
            if self.now.get(release.id) != release:
                self.now[release.id] = release
                self.past.setdefault(release.id, []).append((self.today, release))

    @rule(number=NUMBERS)
    def remove(self, number: int) -> None:
        if (release_id := f"release/{number}") in self.now:
            self.lab.remove(release_id)
            del self.now[release_id], self.past[release_id]

    @rule(chunk_tokens=st.sampled_from([20, 40]))
    def reembed(self, chunk_tokens: int) -> None:
        # an ingest under other settings is refused: `qa.upkeep` compares the manifests
        self.chunk_tokens = chunk_tokens
        self.lab.reembed(self.models[0](), chunk_tokens)

    @rule()
    def damage(self) -> None:
        for path in (self.lab.data / files.FOLDER).glob("*.faiss"):
            path.unlink()

    @invariant()
    def equals_what_would_be_built_at_once(self) -> None:
        if not hasattr(self, "lab"):
            return
        with closing(self.lab.catalog()) as catalog:
            assert list(catalog.export()) == sorted(self.now.values(), key=lambda r: (r.published, r.id))
            for release in self.now.values():
                passages = [passage for passage in catalog.every_passage() if passage.release.id == release.id]
                held_figures = [figure for some in catalog.figures(passages) for figure in some]
                assert held_figures == figures(release.body, release.published) != []
        with tempfile.TemporaryDirectory(prefix="pressqa-test-", ignore_cleanup_errors=True) as name:
            clean = self.lab_at(Path(name) / "data")
            clean.writer().close()
            if self.chunk_tokens != 40:
                clean.reembed(self.models[0](), self.chunk_tokens)
            clean.ingest(*self.now.values())
            with (
                closing(clean.open(Ranking(depth=500))) as other,
                closing(self.lab.open(Ranking(depth=500))) as index,
                closing(self.lab.catalog()) as catalog,
            ):
                rebuilt = files.LocalFiles(catalog).in_memory()
                where, weights = SearchFilter(), KeywordWeights(title=0.3, pair=0.8)
                for question in QUESTIONS:
                    found = index.search(question, 500)
                    # what a person sees of an index with a past is what one without it shows, score by cosine
                    assert lean(found.hits, 0) == lean(other.search(question, 500).hits, 0)
                    vector = HashingEmbedder().encode_question(question)
                    # and its search files are those that the catalog would give now, to the last bit
                    held = index._snapshot
                    assert held.vectors.search(vector, 500, where) == rebuilt.vectors.search(vector, 500, where)
                    assert held.keywords.search(question, 500, where, weights) == rebuilt.keywords.search(
                        question, 500, where, weights
                    )
                    # an index that was open all along agrees
                    assert lean(self.open.search(question, 500).hits, 2) == lean(found.hits, 2)

    @invariant()
    def earlier_days_are_answered_as_they_were(self) -> None:
        if not hasattr(self, "lab"):
            return
        for ago in (0, 1, 3):
            day = self.today - timedelta(days=ago)
            stood = set()
            for revisions in self.past.values():
                # a first revision stands from its publication on, whenever it was ingested
                stood.add([release for since, release in revisions if since <= day or release is revisions[0][1]][-1])
            where = SearchFilter(as_of=day)
            found = self.open.search("court", 500, where).hits
            assert {hit.passage.release for hit in found} == stood
            for release in stood:
                passages = sorted((hit.passage for hit in found if hit.passage.release == release), key=lambda p: p.id)
                stated = [figure for some in self.open.figures(passages) for figure in some]
                assert stated == figures(release.body, release.published)

    def teardown(self) -> None:
        if hasattr(self, "open"):
            self.open.close()
            self.folder.cleanup()


def test_any_history_ends_in_the_index_that_its_end_would_have_been_built_as(
    make: Make, lab_at: Callable[[Path], Any], models: Models
) -> None:
    class Bound(History):
        pass

    Bound.make, Bound.lab_at, Bound.models = staticmethod(make), staticmethod(lab_at), models
    run_state_machine_as_test(
        Bound,
        settings=settings(
            max_examples=6,
            stateful_step_count=6,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        ),
    )
