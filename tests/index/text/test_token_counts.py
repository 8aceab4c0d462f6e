import importlib.util
import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest
import tiktoken
from hypothesis import given
from hypothesis import strategies as st

from index.errors import InputError, ModelError
from index.text.token_counts import TokenCounter, load_encoding


@pytest.fixture(scope="module")
def counter() -> TokenCounter:
    return load_encoding()


def test_counts_are_tekkens(counter: TokenCounter) -> None:
    assert counter.name == "tekken"
    # Tekken has one token a digit, and splits a pound sign from the number after it.
    assert counter.count("") == 0
    assert counter.count("2580") == 4
    assert counter.count(" London") == 1
    assert counter.count_batch(["2580", "", " London"]) == [4, 0, 1]


@given(st.text(alphabet=st.characters(codec=None)))
def test_any_string_is_counted(counter: TokenCounter, text: str) -> None:
    assert 0 <= counter.count(text) <= len(text.encode("utf-8", "replace")) * 3
    assert (counter.count(text) == 0) == (text == "")


@pytest.mark.parametrize("text", ["<|endoftext|>", "[INST]</s>", "\ud800", "a\x00b"])
def test_what_looks_special_or_broken_is_text(counter: TokenCounter, text: str) -> None:
    assert counter.count(text) >= 1


def test_a_run_that_overflows_the_regex_engine_is_counted(counter: TokenCounter) -> None:
    assert 0 < counter.count(" " * 1_000_000) < 1_000_000


def test_an_unknown_encoding_names_the_choices() -> None:
    with pytest.raises(InputError, match="'nonesuch'") as caught:
        load_encoding("nonesuch")
    assert "tekken" in caught.value.hint
    assert "cl100k_base" in caught.value.hint


@pytest.mark.parametrize("fault", [OSError("no route to host"), ValueError("Hash mismatch")])
def test_a_vocabulary_that_cannot_be_downloaded_is_a_clear_error(
    monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def refuse(name: str) -> tiktoken.Encoding:
        raise fault

    monkeypatch.setattr(tiktoken, "get_encoding", refuse)
    with pytest.raises(ModelError, match="cl100k_base") as caught:
        load_encoding("cl100k_base")
    assert "tekken" in caught.value.hint


def test_a_package_that_is_missing_or_damaged_is_a_clear_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    spec = ModuleSpec("mistral_common", None, is_package=True)
    spec.submodule_search_locations = [str(tmp_path)]
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)
    with pytest.raises(ModelError, match="not installed"):
        load_encoding()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "tekken_240718.json").write_text('{"config": {}, "vocab": []}')
    with pytest.raises(ModelError, match="not a Tekken vocabulary"):
        load_encoding()


def test_the_package_that_carries_the_vocabulary_is_not_imported() -> None:
    code = "import sys, index.text.token_counts as t; t.load_encoding(); print('mistral_common' in sys.modules)"
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, check=True, capture_output=True, text=True)
    assert done.stdout == "False\n"
