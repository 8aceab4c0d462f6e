"""Questions over one or two little releases each, through the reader that ships with pressqa.

The file beside this one holds the releases, made up, with their questions. An empty answer is "not found"; an answer
with bars is a list. A timeline is newest first; where none is given, any will do.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from index.models.hashing_embedder import HASHING_MODEL
from index.types import Release
from qa.compose import open_engine
from qa.engine import Engine
from qa.reading.exports import SHIPPED, SHIPPED_FOLDER
from qa.settings import Settings

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(not SHIPPED_FOLDER.is_dir(), reason="the weights are not in this working tree"),
]

LINES = Path(__file__).with_name("little_releases.jsonl").read_text("utf-8").splitlines()
ENTRIES = [json.loads(line) for line in LINES]


@pytest.fixture(params=ENTRIES, ids=lambda entry: entry["name"])
def entry(request: pytest.FixtureRequest) -> dict[str, Any]:
    given: dict[str, Any] = request.param
    return given


@pytest.fixture
def engine(entry: dict[str, Any], tmp_path: Path, new_lab: Callable[[Path], Any]) -> Iterator[Engine]:
    lab = new_lab(tmp_path / "data")
    lab.ingest(
        *(
            Release(f"r{number}", each["title"], each["body"], "Home Office", date.fromisoformat(each["published"]))
            for number, each in enumerate(entry["releases"])
        )
    )
    with closing(open_engine(Settings(data=lab.data, model=HASHING_MODEL, reader=SHIPPED, threads=1))) as made:
        yield made


def test_a_little_release_is_read_as_a_person_reads_it(entry: dict[str, Any], engine: Engine) -> None:
    for question in entry["questions"]:
        given = engine.ask(question["ask"])
        said = "|".join(part.text for part in given.parts) or given.answer or ""
        assert said == question["answer"]
        if "timeline" in question:
            assert [point.text for point in given.timeline] == question["timeline"]
        if "nearest" in question:
            assert given.nearest is not None
            assert given.nearest.text == question["nearest"]
