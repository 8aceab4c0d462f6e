"""Merging and training after publishing, while others write: nothing waits, is lost, or comes back once removed.

Long because each thing that may happen meanwhile has its case here.
"""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.disk.lock import writing
from index.errors import IndexLockedError, StorageError
from index.search import files, lists, maintenance, parts, publishing, vectors
from index.search.files import FOLDER, LocalFiles
from index.search.legs import KeywordWeights, Snapshot
from index.search.lists import Codebook
from index.search.pointer import Pointer, read_pointer
from index.types import Release, SearchFilter

Make = Callable[..., Release]
FOLDERS = count()
WEIGHTS = KeywordWeights(0.3, 0.8)
ALL = SearchFilter()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two parts of up to 8 passages are merged, none has more than 64, and any that is changed is marked first."""
    for owner, name, value in (
        (parts, "FULL", 64),
        (publishing, "FULL", 64),
        (parts, "_FAN", 2),
        (parts, "_SMALLEST", 8),
        (publishing, "_AT_ONCE", 0),
    ):
        monkeypatch.setattr(owner, name, value)


@pytest.fixture
def soon(small: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists from 50 passages on, for parts of 8 and more."""
    monkeypatch.setitem(lists.EXACT, "normal", 50)
    monkeypatch.setitem(vectors._FEW, "normal", 5)
    monkeypatch.setattr(parts, "LISTED", 8)


@pytest.fixture
def plain(lab: Any) -> Any:
    """A lab whose changes are published and no more."""
    lab.maintains = False
    return lab


def pointer(lab: Any) -> Pointer:
    found = read_pointer(lab.data / FOLDER)
    assert found is not None
    return found[0]


def is_tidy(lab: Any) -> bool:
    """Return True if the folder holds what is published, and nothing else."""
    return {path.name for path in (lab.data / FOLDER).iterdir()} == pointer(lab).names


@contextmanager
def loaded(lab: Any) -> Iterator[tuple[Snapshot, Snapshot]]:
    """Open what is published, and make the same from the catalog in memory."""
    with closing(lab.catalog()) as catalog:
        snapshot = LocalFiles(catalog).load()
        assert snapshot is not None
        yield snapshot, LocalFiles(catalog).in_memory()


def vector(seed: int) -> Any:
    made = np.random.default_rng(seed).standard_normal(256).astype(np.float32)
    return made / np.linalg.norm(made)


def agrees(lab: Any, *, merged: bool) -> None:
    """What is published finds what an index made anew finds; words weigh the same once nothing removed is left."""
    with loaded(lab) as (published, anew):
        assert len(published.vectors) == len(published.keywords) == len(anew.vectors)
        for number, where in enumerate((ALL, SearchFilter(publisher="home office"))):
            question = vector(number)
            best = anew.vectors.search(question, 500, where)
            assert published.vectors.search(question, 500, where) == best
            assert published.vectors.compare(question, 4, where) == best[:4]  # type: ignore[attr-defined]
            assert set(published.vectors.search(question, 4, where)) <= set(best), "scored by the stored vectors"
            for words in ("harbour court", "uniq3v0 5%", "ferry pilot"):
                ours = published.keywords.search(words, 500, where, WEIGHTS)
                other = anew.keywords.search(words, 500, where, WEIGHTS)
                assert {i for i, _ in ours} == {i for i, _ in other}
                if merged:
                    assert ours == other
                    assert published.keywords.information(words) == anew.keywords.information(words)


@contextmanager
def meanwhile(*actions: Callable[[], Any], needed: bool = True) -> Iterator[list[str]]:
    """Do something after each of the next builds, before it is published; yields what was built then."""
    done: list[str] = []
    waiting = list(actions)
    flush = maintenance.sync_to_disk

    def flush_then_act(paths: Any) -> None:
        made = list(paths)
        flush(made)
        if waiting:
            done.append(Path(made[0]).name.split("-")[0] if made else "nothing")
            waiting.pop(0)()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(maintenance, "sync_to_disk", flush_then_act)
        yield done
    assert not (waiting and needed), "less was built than expected"


def marked(lab: Any, *release_ids: str) -> None:
    """Remove releases as a writer does that dies before it makes their parts anew."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LocalFiles, "clean", lambda self: None)
        lab.remove(*release_ids)


def test_publishing_costs_what_changed_and_maintaining_comes_later(plain: Any, make: Make, soon: None) -> None:
    for number in range(0, 48, 4):
        before = pointer(plain).parts if number else ()
        plain.ingest(*(make(i) for i in range(number, number + 4)))
        assert pointer(plain).parts[: len(before)] == before
        assert len(pointer(plain).parts) == len(before) + 1
    assert pointer(plain).structure is None
    agrees(plain, merged=True)
    plain.maintain()
    assert len(pointer(plain).parts) == 2
    structure = pointer(plain).structure
    assert structure is not None
    assert all(part.codebook == structure.file for part in pointer(plain).parts)
    agrees(plain, merged=True)
    assert is_tidy(plain)
    before = pointer(plain).parts
    plain.maintain()
    assert pointer(plain).parts == before, "nothing is due"


def test_parts_that_come_after_the_training_are_compared_until_they_have_lists(
    plain: Any, make: Make, soon: None
) -> None:
    plain.ingest(*(make(i) for i in range(40)))
    plain.maintain()
    plain.ingest(*(make(i) for i in range(40, 50)))
    assert pointer(plain).parts[-1].lists is None
    agrees(plain, merged=True)
    assert plain.ids("uniq45v0", 1) == ["release/45"]
    plain.maintain()
    assert all(part.lists for part in pointer(plain).parts if part.count >= 8)
    agrees(plain, merged=True)


def test_what_is_changed_while_parts_are_merged_is_carried_over(plain: Any, make: Make, small: None) -> None:
    for number in range(0, 12, 3):
        plain.ingest(*(make(i) for i in range(number, number + 3)))
    generation = pointer(plain).generation

    def change() -> None:
        plain.ingest(make(1, version=1), make(20))
        marked(plain, "release/2")

    with meanwhile(change) as built:
        plain.maintain()
    assert built
    assert pointer(plain).generation == generation + 2
    assert not any(part.removed for part in pointer(plain).parts), "what came meanwhile is made anew next"
    agrees(plain, merged=True)
    assert plain.ids("uniq1v1", 1) == ["release/1"]
    assert "release/2" not in plain.ids("uniq2v0", 50)
    assert is_tidy(plain)


def test_a_merge_that_removals_overtake_is_published_with_them_marked(plain: Any, make: Make, small: None) -> None:
    for number in range(0, 12, 3):
        plain.ingest(*(make(i) for i in range(number, number + 3)))
    before = {part.vectors for part in pointer(plain).parts}
    with closing(plain.catalog()) as catalog, meanwhile(lambda: marked(plain, "release/2")):
        held = maintenance.Maintenance(
            plain.data / FOLDER, catalog, lambda: LocalFiles(catalog)._published(), memory="normal"
        )
        published = pointer(plain)
        step = held._next(published)
        assert step is not None
        step()
    after = pointer(plain)
    assert not {part.vectors for part in after.parts} >= before, "it was not given up"
    assert [part.removed for part in after.parts if part.vectors not in before] == [2]
    agrees(plain, merged=False)
    assert "release/2" not in plain.ids("uniq2v0", 50)
    plain.maintain()
    agrees(plain, merged=True)


@pytest.mark.parametrize("release_id", ["release/1", "release/4"])
def test_a_merge_whose_parts_were_made_anew_meanwhile_is_given_up_and_tried_again(
    plain: Any, make: Make, small: None, release_id: str
) -> None:
    for number in range(0, 12, 3):
        plain.ingest(*(make(i) for i in range(number, number + 3)))
    with meanwhile(lambda: plain.remove(release_id)):
        plain.maintain()
    assert len(pointer(plain).parts) == 1
    agrees(plain, merged=True)
    assert is_tidy(plain)


@pytest.mark.parametrize("how", ["added", "marked", "removed", "superseded"])
def test_what_is_changed_while_lists_are_trained_is_carried_over(plain: Any, make: Make, soon: None, how: str) -> None:
    plain.ingest(*(make(i) for i in range(40)))
    actions = {
        "added": lambda: plain.ingest(make(60), make(61)),
        "marked": lambda: marked(plain, "release/7"),
        "removed": lambda: plain.remove("release/7"),
        "superseded": lambda: plain.ingest(make(7, version=1)),
    }
    with meanwhile(actions[how]) as built:
        plain.maintain()
    assert built == ["codebook"]
    structure = pointer(plain).structure
    assert structure is not None
    assert all(part.codebook == structure.file for part in pointer(plain).parts if part.count >= 8)
    agrees(plain, merged=True)
    assert ("release/7" in plain.ids("uniq7v0", 90)) == (how not in ("marked", "removed"))
    assert is_tidy(plain)


def test_training_for_an_index_that_became_another_is_given_up_and_begun_anew(
    plain: Any, make: Make, soon: None
) -> None:
    plain.ingest(*(make(i) for i in range(40)))
    with meanwhile(lambda: plain.ingest(*(make(i) for i in range(40, 120)))):
        plain.maintain()
    structure = pointer(plain).structure
    assert structure is not None
    assert structure.passages == 240, "trained on all of it"
    agrees(plain, merged=True)


def test_an_index_embedded_with_another_model_meanwhile_takes_nothing_of_the_earlier_one(
    plain: Any, make: Make, soon: None, models: Any
) -> None:
    plain.ingest(*(make(i) for i in range(40)))
    with meanwhile(lambda: plain.reembed(models[1](), chunk_tokens=20)):
        plain.maintain()
    assert pointer(plain).structure is not None
    with closing(plain.open(embedder=models[1]())) as index:
        assert index.search("uniq7v0", 1).hits[0].passage.release.id == "release/7"
    assert is_tidy(plain)
    assert not plain.verify().rebuilt


def test_nobody_waits_while_lists_are_trained(
    plain: Any, make: Make, soon: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain.ingest(*(make(i) for i in range(40)))
    train = Codebook.train
    training, go = threading.Event(), threading.Event()

    def slow(*given: Any) -> Any:
        training.set()
        assert go.wait(60)
        return train(*given)

    monkeypatch.setattr(Codebook, "train", slow)
    thread = threading.Thread(target=plain.maintain)
    with closing(plain.open()) as index:
        thread.start()
        assert training.wait(60)
        assert index.search("uniq7v0", 1).hits[0].passage.release.id == "release/7"
        plain.ingest(make(50))
        assert index.search("uniq50v0", 1).hits[0].passage.release.id == "release/50", "published meanwhile"
        plain.remove("release/3")
        assert "release/3" not in {hit.passage.release.id for hit in index.search("uniq3v0", 99).hits}
        plain.maintain()  # somebody is at it
        assert pointer(plain).structure is None
        go.set()
        thread.join()
        assert pointer(plain).structure is not None
        assert index.search("uniq50v0", 1).hits[0].passage.release.id == "release/50"
    agrees(plain, merged=True)


def test_what_is_stored_but_not_published_yet_is_left_to_who_stored_it(
    plain: Any, make: Make, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(0, 12, 3):
        plain.ingest(*(make(i) for i in range(number, number + 3)))
    before = pointer(plain)
    with monkeypatch.context() as patch:  # a writer that dies before it publishes, or goes on storing
        patch.setattr(LocalFiles, "publish", lambda self: None)
        plain.ingest(make(1, version=1), make(20))
        plain.remove("release/2", "release/5")
    plain.maintain()
    after = pointer(plain)
    assert (len(after.parts), after.generation, after.stamp) == (1, before.generation, before.stamp)
    with monkeypatch.context() as patch:
        patch.setattr(LocalFiles, "in_memory", lambda self: pytest.fail("what is published is searched"))
        found = plain.ids("uniq4v0 harbour", 90)
    assert {f"release/{i}" for i in range(12)} - {"release/2", "release/5"} == set(found)
    plain.ingest(make(21))
    assert not any(part.removed for part in pointer(plain).parts), "what was removed is not in the merged part"
    agrees(plain, merged=True)
    assert plain.ids("uniq1v1", 1) == ["release/1"]
    assert {"release/2", "release/5"}.isdisjoint(plain.ids("uniq2v0 uniq5v0", 90))


def test_what_is_told_to_stop_gives_up_soon_and_leaves_nothing(plain: Any, make: Make, soon: None) -> None:
    plain.ingest(*(make(i) for i in range(40)))
    before = pointer(plain)
    stop = threading.Event()
    with meanwhile(stop.set), closing(plain.writer()) as writer:
        writer.maintain(stop.is_set)
    assert pointer(plain) == before
    assert is_tidy(plain)


def test_a_lock_that_another_process_keeps_is_named(
    plain: Any, make: Make, soon: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain.ingest(*(make(i) for i in range(40)))
    monkeypatch.setattr(maintenance, "_WAIT", 0.0)
    monkeypatch.setattr(maintenance, "PATIENCE", 0.05)
    with writing(plain.data), pytest.raises(IndexLockedError, match="is writing to"):
        plain.maintain()
    plain.maintain()
    assert pointer(plain).structure is not None


@pytest.mark.parametrize("step", ["merging", "training", "publishing"])
def test_a_full_disk_leaves_what_was_there_and_no_litter(
    plain: Any, make: Make, soon: None, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    for number in range(0, 40, 4):
        plain.ingest(*(make(i) for i in range(number, number + 4)))
    plain.remove("release/39")
    before = pointer(plain)

    def full(*given: Any, **options: Any) -> Any:
        for each in given:
            if isinstance(each, Path):
                (each if each.suffix else each / "half").write_bytes(b"half")
        raise OSError(28, "No space left on device")

    owner, name = {
        "merging": (parts, "write_vectors"),
        "training": (Codebook, "write"),
        "publishing": (publishing.Publisher, "_swap"),
    }[step]
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, full)
        if step == "training":
            patch.setattr(maintenance, "due", lambda parts: None)
        with pytest.raises(StorageError, match=r"cannot merge .*space") as caught:
            plain.maintain()
    assert "it answers as before" in caught.value.hint
    assert pointer(plain) == before
    agrees(plain, merged=True)
    assert is_tidy(plain)
    plain.ingest(make(70))
    assert is_tidy(plain)
    plain.maintain()
    assert pointer(plain).structure is not None
    agrees(plain, merged=True)


def test_readers_are_never_left_without_files_by_a_writer_that_publishes_fast(
    plain: Any, make: Make, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain.ingest(*(make(i) for i in range(10)))
    added = iter(range(100, 112))
    open_part = files.map_part

    def overtaken(*given: Any) -> Any:
        number = next(added, None)
        if number is not None:
            with monkeypatch.context() as patch:
                patch.setattr(files, "map_part", open_part)
                plain.ingest(make(number))
                plain.maintain()
        return open_part(*given)

    def unwanted(self: LocalFiles) -> Any:
        raise AssertionError("made in memory")

    monkeypatch.setattr(files, "map_part", overtaken)
    monkeypatch.setattr(LocalFiles, "in_memory", unwanted)
    assert plain.ids("uniq111v0", 1) == ["release/111"]
    assert next(added, None) is None


STEPS = st.one_of(
    st.tuples(st.just("put"), st.integers(0, 30), st.integers(1, 12)),
    st.tuples(st.sampled_from(["change", "remove", "mark"]), st.integers(0, 40), st.integers(1, 3)),
    st.tuples(st.just("maintain"), st.just(0), st.just(0)),
)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(st.tuples(STEPS, st.none() | STEPS), min_size=3, max_size=9))
def test_whatever_is_done_and_meanwhile_the_index_is_what_its_end_would_be_made_as(
    labs: Any, make: Make, soon: None, steps: list[Any]
) -> None:
    lab = labs(f"folder {next(FOLDERS)}")
    lab.maintains = False
    lab.ingest(*(make(i) for i in range(50, 54)))
    held: dict[str, int] = {}

    def do(step: tuple[str, int, int]) -> None:
        what, number, some = step
        names = [name for name in (f"release/{i}" for i in range(number, number + some)) if name in held]
        if what == "put":
            lab.ingest(*(make(i, version=held.setdefault(f"release/{i}", 0)) for i in range(number, number + some)))
        elif what == "change" and names:
            for name in names:
                held[name] += 1
            lab.ingest(*(make(int(name.split("/")[1]), version=held[name]) for name in names))
        elif what in ("remove", "mark") and names:
            lab.remove(*names) if what == "remove" else marked(lab, *names)
            for name in names:
                del held[name]
        elif what == "maintain":
            lab.maintain()

    for step, inside in steps:
        if step[0] == "maintain" and inside is not None:
            with meanwhile(partial(do, inside), needed=False):
                do(step)
        else:
            do(step)
        agrees(lab, merged=not any(part.removed for part in pointer(lab).parts))
        assert is_tidy(lab)
        found = {hit.passage.release for hit in lab.search("harbour court", 400)}
        assert {release.id for release in found} >= held.keys()
        for release in found:
            number = int(release.id.split("/")[1])
            assert release == make(number, version=held.get(release.id, 0))
            assert release.id in held or number >= 50, "what was removed is not found"


CHILD = """
import os, sys
from pathlib import Path
from index.open import open_writer
from index.search import lists, maintenance, parts, publishing, vectors
parts.FULL = publishing.FULL = 64
parts._FAN, parts._SMALLEST, parts.LISTED = 2, 8, 8
publishing._AT_ONCE = 0
lists.EXACT["normal"] = 50
flush = maintenance.sync_to_disk
def wait(paths):
    flush(paths)
    print("built", flush=True)
    if sys.stdin.readline() == "die\\n":
        os.kill(os.getpid(), 9)
maintenance.sync_to_disk = wait
open_writer(Path(sys.argv[1])).maintain()
print("done", flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
@pytest.mark.parametrize("ends", ["it goes on", "it is killed"])
@pytest.mark.parametrize("builds", [1, 3])
@pytest.mark.usefixtures("soon")
def test_another_process_writes_while_one_maintains(
    plain: Any, make: Make, python: Callable[..., Any], ends: str, builds: int
) -> None:
    for number in range(0, 40, 4):
        plain.ingest(*(make(i) for i in range(number, number + 4)))
    with python(CHILD, str(plain.data), wait=False, stdin=-1, stdout=-1, text=True) as process:
        for _ in range(builds - 1):
            assert process.stdout.readline() == "built\n"
            process.stdin.write("go on\n")
            process.stdin.flush()
        assert process.stdout.readline() == "built\n"
        plain.ingest(make(2, version=1), make(60))
        marked(plain, "release/1")
        agrees(plain, merged=False)
        if ends == "it goes on":
            process.stdin.write("go on\n" * 99)
            process.stdin.flush()
            assert process.communicate()[0].endswith("done\n")
            assert process.returncode == 0
            assert pointer(plain).structure is not None
        else:
            process.stdin.write("die\n")
            process.stdin.flush()
            process.wait()
            assert process.returncode == -9
            agrees(plain, merged=False)
    plain.ingest(make(61))
    assert is_tidy(plain), "the next writer has swept what was left"
    plain.maintain()
    agrees(plain, merged=True)
    assert plain.ids("uniq2v1", 1) == ["release/2"]
    assert plain.ids("uniq61v0", 1) == ["release/61"]
    assert "release/1" not in plain.ids("uniq1v0", 400)


def test_what_is_removed_is_in_no_file_though_another_process_has_just_merged_it(
    plain: Any, make: Make, small: None, python: Callable[..., Any]
) -> None:
    plain.ingest(make(1), make(2), make(3))
    for number in range(4, 40, 4):
        plain.ingest(*(make(i) for i in range(number, number + 4)))

    with closing(plain.catalog()) as catalog:
        ids = [passage.id for passage in catalog.every_passage() if passage.release.id == "release/3"]
        secret = catalog.vectors(np.array(ids[:1], dtype=np.int64)).tobytes()

    def holding(folder: str) -> list[Path]:
        return [path for path in plain.data.glob(folder) if path.is_file() and secret in path.read_bytes()]

    with python(CHILD, str(plain.data), wait=False, stdin=-1, stdout=-1, text=True) as process:
        assert process.stdout.readline() == "built\n"
        assert holding(f"{FOLDER}/staging-*/**/*")
        plain.remove("release/3")
        assert process.poll() is None
        assert holding("**/*") == []
        assert process.communicate("go on\n" * 99)[0].endswith("done\n")
        assert process.returncode == 0
    assert holding("**/*") == []
    assert plain.ids("uniq7v0", 1) == ["release/7"]
    agrees(plain, merged=True)
    assert is_tidy(plain)
