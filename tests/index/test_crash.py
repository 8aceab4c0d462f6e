"""Processes that ingest are killed (SIGKILL) at every step and at any moment; the index must not care."""

import multiprocessing
import shutil
import signal
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from index.search import files
from index.search.pointer import read_pointer
from index.types import Hit, Release

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL and a fork server")

Make = Callable[..., Release]

CHILD = """
import os, signal, sys
sys.path.insert(0, root)
from datetime import date
from pathlib import Path
from index import ingest, reembed
from index.search import files, keywords, lists, maintenance, parts, publishing
from index.catalog import schema, sqlite, writer
from index.models.hashing_embedder import HashingEmbedder
from index.open import open_writer
from index.sources import open_source

ingest.BATCH_TEXTS = reembed.BATCH_TEXTS = 30  # several transactions

def die(*args, **options):
    os.kill(os.getpid(), signal.SIGKILL)

def at(owner, name, count=1, first=True):
    # die at the count-th call of a function: before it does its work, or after
    original = getattr(owner, name)
    calls = 0
    def patched(*args, **options):
        nonlocal calls
        calls += 1
        if calls == count and first:
            die()
        result = original(*args, **options)
        if calls == count:
            die()
        return result
    setattr(owner, name, patched)

def count_words(texts):
    return [len(text.split()) for text in texts]

exec(fault)
folder = Path(data)
model = HashingEmbedder()
manifest = writer.Manifest(schema.SCHEMA, model.name, model.fingerprint, model.dimension, 40, 0, "words")
held = open_writer(folder, lambda: manifest)
if mode == "remove":
    held.remove(["release/1", "release/2"])
elif mode == "reembed":
    class Other(HashingEmbedder):
        name, fingerprint = "other", "f" * 64
    import dataclasses
    other = dataclasses.replace(manifest, model="other", fingerprint="f" * 64, chunk_tokens=20)
    held.reembed(Other(), other, count_tokens=count_words)
else:
    held.sync(model, [open_source(Path(source))], count_tokens=count_words, today=date(2025, 3, 1))
held.maintain()
"""

HALF_A_FILE = """
write = parts.write_vectors
def half(path, vectors):
    write(path, vectors)
    os.truncate(path, path.stat().st_size // 2)
    die()
parts.write_vectors = half
"""

LISTED = "lists.EXACT['normal'] = 50; parts.LISTED = 8; "
MERGED = "parts._FAN, parts._SMALLEST = 2, 100; "

FAULTS = {
    "in the first transaction": "at(writer.CatalogWriter, '_insert_passages', 5)",
    "in the second transaction": "at(writer.CatalogWriter, '_insert_passages', 30)",
    "before the first commit": "at(sqlite.SqliteConnection, 'commit')",
    "after the first commit": "at(sqlite.SqliteConnection, 'commit', first=False)",
    "before the third commit": "at(sqlite.SqliteConnection, 'commit', 3)",
    "after the last commit": "at(files.LocalFiles, 'publish')",
    "while vectors are written": HALF_A_FILE,
    "after vectors are written": "at(parts, 'write_vectors', first=False)",
    "while tantivy takes documents": "at(keywords, 'terms', 100)",
    "after tantivy has committed": "at(keywords.KeywordIndex, 'add', first=False)",
    "while centres are trained": "lists.EXACT['normal'] = 50; at(lists.Codebook, 'train')",
    "while lists are written": LISTED + "at(lists.Codebook, 'write_lists', first=False)",
    "before lists are published": LISTED + "at(publishing.Publisher, 'arrange')",
    "after lists are published": LISTED + "at(publishing.Publisher, 'arrange', first=False)",
    "before parts are merged": MERGED + "at(maintenance.Maintenance, '_merge')",
    "while parts are merged": MERGED + "at(maintenance, 'write_part', first=False)",
    "before merged parts are published": MERGED + "at(publishing.Publisher, 'exchange')",
    "while merged parts are published": MERGED + "at(publishing.Publisher, '_swap', 2)",
    "after parts are merged": MERGED + "at(publishing.Publisher, 'exchange', first=False)",
    "before the pointer is written": "at(publishing.Publisher, '_swap')",
    "before files are durable": "at(publishing, 'sync_to_disk')",
    "before the pointer is swapped": "at(Path, 'replace')",
    "after the pointer is swapped": "at(Path, 'replace', first=False)",
    "while earlier files are cleared": "at(Path, 'unlink')",
    "once folders of dead makers are swept": "at(publishing, 'sweep', first=False)",
    "before earlier files are cleared": "at(publishing.Publisher, 'clear')",
    "once it is published": "at(files.LocalFiles, 'publish', first=False)",
    "at the very end": "at(files.LocalFiles, 'maintain', first=False)",
}


@pytest.fixture(scope="module")
def launch() -> Callable[..., Any]:
    """Start a process that ingests; a fork server has the imports ready, so that it takes some milliseconds."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["index.ingest", "index.models.hashing_embedder", "index.sources"])

    def start(data: Path, source: Path, *, mode: str = "sync", fault: str = "") -> Any:
        given = {"root": str(Path(__file__).parents[2]), "data": str(data), "source": str(source)}
        process = context.Process(target=exec, args=(CHILD, given | {"mode": mode, "fault": fault}))
        process.start()
        return process

    return start


@pytest.fixture(scope="module")
def world(
    tmp_path_factory: pytest.TempPathFactory,
    make: Make,
    new_lab: Callable[[Path], Any],
    write_jsonl: Callable[..., Path],
    launch: Callable[..., Any],
) -> dict[str, Any]:
    """An index of 40 releases, the update that is killed (14 of them change, 40 come new), and what it leads to."""
    folder = tmp_path_factory.mktemp("crash")
    before = [make(i) for i in range(40)]
    after = [make(i, version=int(i % 3 == 0)) for i in range(80)]
    base, done, fresh = (new_lab(folder / name) for name in ("base", "done", "fresh"))
    base.ingest(*before)
    source = write_jsonl(folder / "update.jsonl", after)
    shutil.copytree(base.data, done.data)
    for lab in (done, fresh):
        process = launch(lab.data, source)
        process.join()
        assert process.exitcode == 0
    return {
        "base": base,
        "source": source,
        "before": {r.id: r for r in before},
        "after": {r.id: r for r in after},
        "done": answers(done),
        "fresh": answers(fresh),
    }


def answers(lab: Any) -> list[Any]:
    def lean(hit: Hit) -> tuple[Any, ...]:
        return hit.passage.release, hit.passage.span, hit.score, hit.dense, hit.lexical

    with closing(lab.open()) as index:
        # equal scores stand in the order of ids, which a repeated ingest may give out otherwise
        return [
            sorted(map(lean, index.search(question, 300).hits), key=repr)
            for question in ("uniq3v1 harbour", "uniq77v0 court 5%")
        ]


def check(lab: Any, world: dict[str, Any], *, base: bool, mend: bool = True) -> None:
    """The index opens, holds whole releases only and finds true ones; once it is verified, it finds each of them."""
    if not base and not (lab.data / "catalog.sqlite3").exists():
        return  # killed before there was an index
    stored = {release.id: release for release in lab.everything()}
    known = world["before"] if base else {}
    assert all(release in (known.get(i), world["after"][i]) for i, release in stored.items())
    assert stored.keys() >= known.keys()
    # batches are stored in the order of the file
    new = [i for i in world["after"] if stored.get(i) == world["after"][i] != known.get(i)]
    assert new == [i for i, release in world["after"].items() if release != known.get(i)][: len(new)]
    some = list(stored.values())[:: max(1, len(stored) // 8)]
    with closing(lab.open()) as index:
        assert index.status().releases == len(stored)
        for release in some:
            hit = index.search(unique(release), 1).hits[0]
            assert hit.passage.release in (known.get(hit.passage.release.id), stored[hit.passage.release.id])
    if mend:
        lab.verify()
        assert not lab.verify().rebuilt
        with closing(lab.open()) as index:
            for release in some:
                assert index.search(unique(release), 1).hits[0].passage.release == release


def unique(release: Release) -> str:
    return next(word for word in release.body.split() if word.startswith("uniq"))


def finish(lab: Any, world: dict[str, Any], launch: Callable[..., Any], *, base: bool) -> None:
    """The next ingest completes, equals one that was never killed, and leaves nothing lying about."""
    process = launch(lab.data, world["source"])
    process.join()
    assert process.exitcode == 0
    assert {release.id: release for release in lab.everything()} == world["after"]
    assert answers(lab) == world["done" if base else "fresh"]
    pointer = read_pointer(lab.data / files.FOLDER)
    assert pointer is not None
    assert {path.name for path in (lab.data / files.FOLDER).iterdir()} == pointer[0].names


@pytest.mark.parametrize("fault", FAULTS.values(), ids=list(FAULTS))
def test_killed_at_a_step_of_an_update(lab: Any, world: dict[str, Any], launch: Callable[..., Any], fault: str) -> None:
    shutil.copytree(world["base"].data, lab.data)
    process = launch(lab.data, world["source"], fault=fault)
    process.join()
    assert process.exitcode == -signal.SIGKILL
    check(lab, world, base=True)
    finish(lab, world, launch, base=True)


@pytest.mark.parametrize(
    "fault",
    [
        "at(Path, 'rename')",
        "at(Path, 'rename', first=False)",
        "at(sqlite, 'sync_to_disk')",
        "at(sqlite.SqliteConnection, 'commit')",
        "at(files.LocalFiles, 'publish')",
        "at(publishing.Publisher, '_swap', first=False)",
    ],
)
def test_killed_at_a_step_of_the_first_ingest(
    lab: Any, world: dict[str, Any], launch: Callable[..., Any], fault: str
) -> None:
    process = launch(lab.data, world["source"], fault=fault)
    process.join()
    assert process.exitcode == -signal.SIGKILL
    check(lab, world, base=False)
    finish(lab, world, launch, base=False)


@pytest.mark.parametrize("moment", range(6))
def test_killed_at_any_moment_again_and_again(
    lab: Any, world: dict[str, Any], launch: Callable[..., Any], moment: int
) -> None:
    if moment % 2:
        shutil.copytree(world["base"].data, lab.data)
    for attempt in range(2):
        process = launch(lab.data, world["source"])
        time.sleep(0.02 + 0.037 * ((moment * 5 + attempt * 7) % 9))
        process.kill()
        process.join()
        check(lab, world, base=bool(moment % 2), mend=attempt == 0)
    finish(lab, world, launch, base=bool(moment % 2))


@pytest.mark.parametrize("fault", ["at(sqlite.SqliteConnection, 'commit')", "at(files.LocalFiles, 'publish')"])
def test_killed_while_removing(lab: Any, world: dict[str, Any], launch: Callable[..., Any], fault: str) -> None:
    shutil.copytree(world["base"].data, lab.data)
    process = launch(lab.data, world["source"], mode="remove", fault=fault)
    process.join()
    assert process.exitcode == -signal.SIGKILL
    gone = "publish" in fault
    assert ("release/1" not in lab.ids("uniq1v0", 300)) == gone
    assert len(lab.everything()) == 40 - 2 * gone
    assert lab.verify().rebuilt == gone


@pytest.mark.parametrize(
    "fault",
    [
        ("at(writer.CatalogWriter, 'store_vectors', 2)", False),
        ("at(writer.CatalogWriter, '_insert_passages', 30)", False),
        ("at(writer.CatalogWriter, 'replace_passages', first=False)", True),
    ],
)
def test_killed_while_embedding_anew(
    lab: Any, world: dict[str, Any], launch: Callable[..., Any], models: Any, fault: tuple[str, bool]
) -> None:
    step, done = fault
    shutil.copytree(world["base"].data, lab.data)
    process = launch(lab.data, world["source"], mode="reembed", fault=step)
    process.join()
    assert process.exitcode == -signal.SIGKILL
    with closing(lab.open(embedder=models[1]() if done else None)) as index:
        assert index.status().manifest.model == ("other" if done else "hashing")
        assert index.search("uniq7v0", 1).hits[0].passage.release.id == "release/7"
    lab.verify()
    assert not lab.verify().rebuilt
    with closing(lab.open(embedder=models[1]() if done else None)) as index:
        assert index.search("uniq7v0", 1).hits[0].passage.release.id == "release/7"
    assert lab.everything() == world["base"].everything()
