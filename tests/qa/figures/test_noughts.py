"""Questions whose answer is that there was none, in many words, and others that the same releases answer."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from index.models.hashing_embedder import HASHING_MODEL
from index.sources.build import build_release
from qa.compose import open_engine
from qa.engine import Engine
from qa.reading.exports import SHIPPED, SHIPPED_FOLDER
from qa.settings import Settings

LINES = Path(__file__).with_name("noughts.jsonl").read_text("utf-8").splitlines()
ENTRIES = [json.loads(line) for line in LINES]
QUESTIONS = [(question, right) for entry in ENTRIES for question, right in entry["questions"]]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, new_lab: Callable[[Path], Any]) -> Iterator[Engine]:
    lab = new_lab(tmp_path_factory.mktemp("noughts") / "data")
    fields = [entry["release"] | {"published": date.fromisoformat(entry["release"]["published"])} for entry in ENTRIES]
    lab.ingest(*(build_release(**each) for each in fields))
    with closing(open_engine(Settings(data=lab.data, model=HASHING_MODEL, reader=SHIPPED))) as made:
        yield made


@pytest.mark.model
@pytest.mark.skipif(not SHIPPED_FOLDER.is_dir(), reason="the weights are not in this working tree")
@pytest.mark.parametrize(("question", "right"), QUESTIONS)
def test_none_is_answered_in_the_words_that_say_it(engine: Engine, question: str, right: str) -> None:
    answer = engine.ask(question).answer
    # A reader may choose fewer or more of the words that say it: "No one" of "No one was injured".
    assert answer is not None
    assert answer in right or right in answer
