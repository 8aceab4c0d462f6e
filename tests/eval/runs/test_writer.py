"""``pressqa eval writer``: what is shown of a language model's text, with a stub of one on loopback."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from eval.cli import app
from index.errors import InputError

ORDERED = "The ministry has ordered 12 ferries for the northern islands."


@pytest.fixture
def writer(gold: Path, corpus: Path, tmp_path: Path, language_model: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    for name, value in language_model.settings().items():
        monkeypatch.setenv(name, value)

    def call(*more: str) -> Result:
        places = ("--corpus", str(corpus), "--cache", str(tmp_path / "cache"), "--set", "threshold=0")
        return CliRunner().invoke(app, ["writer", str(gold), *places, *more])

    return call


def test_what_is_shown_and_why_the_rest_is_not_is_counted(writer: Any, language_model: Any) -> None:
    language_model.text = f'{ORDERED} [1: "{ORDERED}"]\nNobody knows. There were 900 of them. [1: "nowhere at all"]'
    done = writer("--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["answered"] > 0
    assert found["answered"] == len(language_model.asked)
    assert found["shown"] == found["answers_with_sentences"] > 0
    assert found["shown"] + found["dropped"] == 3 * found["answered"]
    assert found["dropped"] == sum(found["reasons"].values())
    assert found["reasons"]["no citation"] == found["answered"]
    assert found["problems"] == {}
    shown = writer().stdout
    assert f"{found['shown']} of {3 * found['answered']} sentences shown" in shown
    assert f"no citation: {found['answered']}" in shown


def test_a_model_that_fails_is_told_and_ends_nothing(writer: Any, language_model: Any) -> None:
    language_model.status, language_model.headers = 429, {"Retry-After": "9"}
    done = writer("--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert (found["shown"], found["dropped"], found["claims_per_answer"]) == (0, 0, 0.0)
    ((problem, times),) = found["problems"].items()
    assert "try again in 9 s" in problem
    assert times == found["answered"] > 0


def test_without_a_model_what_to_set_is_told(writer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PRESSQA_LLM_URL")
    done = writer()
    assert isinstance(done.exception, InputError)
    assert "PRESSQA_LLM_URL" in (done.exception.hint or "")
