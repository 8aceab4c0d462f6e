"""Files that are changed in their place while a process has them mapped: to read what was cut off ends it."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from index.search import lists, parts
from index.search.files import FOLDER
from index.types import Release

Make = Callable[..., Release]

READER = """
import json, sys
from datetime import date
from pathlib import Path
from index.models.hashing_embedder import HashingEmbedder
from index.open import open_index
from index.search import vectors
from index.types import Ranking, SearchFilter

vectors._FEW["normal"] = 5
FILTERS = SearchFilter(), SearchFilter(as_of=date(2025, 2, 28)), SearchFilter(publisher="home office")

def answers(index):
    found = [index.search("uniq3v0 harbour", 12, where).hits for where in FILTERS]
    return [[(hit.passage.id, hit.passage.text, hit.score) for hit in hits] for hits in found]

indexes = [open_index(Path(folder), HashingEmbedder, Ranking()) for folder in sys.argv[1:]]
for index in indexes:
    answers(index)
print("searched", flush=True)
sys.stdin.readline()
for index in indexes:
    print(json.dumps(answers(index)), flush=True)
"""

PUBLISHER = """
import sys
from pathlib import Path
from tests.conftest import Lab, make_release

for folder in sys.argv[1:]:
    lab = Lab(Path(folder))
    lab.maintains = False
    lab.ingest(make_release(70))
"""


def cut_off(path: Path) -> None:
    os.truncate(path, 0)


def halve(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def overwrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))


@pytest.fixture
def listed(labs: Callable[[str], Any], make: Make, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An index with lists, and with revisions, which filters ask the rows for."""
    monkeypatch.setitem(lists.EXACT, "normal", 50)
    monkeypatch.setattr(parts, "LISTED", 8)
    lab = labs("listed")
    lab.ingest(*(make(i) for i in range(60)))
    lab.ingest(make(3, version=1))
    lab.maintains = False
    return lab


@pytest.mark.parametrize("is_published_since", [False, True])
def test_files_changed_in_their_place_beside_a_reader_are_given_up(
    listed: Any, labs: Callable[[str], Any], make: Make, python: Callable[..., Any], is_published_since: bool
) -> None:
    damages = [(kind, cut_off) for kind in ("rows-", "vectors-", "lists-", ".term", ".idx", ".pos", ".fast")]
    damages += [("vectors-", halve), (".idx", halve), ("rows-", overwrite), (".term", overwrite)]
    cases = [(kind, how, labs(f"{kind}{how.__name__}")) for kind, how in damages]
    for _, _, lab in cases:
        shutil.copytree(listed.data, lab.data)
        lab.maintains = False
    folders = [str(lab.data) for _, _, lab in cases]
    with python(READER, *folders, wait=False, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as reader:
        assert reader.stdout.readline() == b"searched\n"
        if is_published_since:  # other names for the files of words that the reader has mapped
            # In a process of its own: a thread that still reads its files would end this one when they are cut off.
            assert python(PUBLISHER, *folders).returncode == 0
        for kind, how, lab in cases:
            damaged = [path for path in lab.data.rglob("*") if path.name.startswith(kind) or path.suffix == kind]
            assert damaged
            for path in damaged:
                how(path)
        found = reader.communicate(b"\n", timeout=240)[0].splitlines()
    assert reader.returncode == 0, f"ended by {cases[len(found)][:2]}"
    if is_published_since:
        listed.ingest(make(70))
    shutil.rmtree(listed.data / FOLDER)
    anew = python(READER, str(listed.data), input=b"\n").stdout.splitlines()[1]
    assert found == [anew] * len(cases), "from the catalog alone"
