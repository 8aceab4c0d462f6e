"""``pressqa ask --write``: the answer in the release's words, and beside it what a model can prove."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from index.types import Release

BODY = "The ferry office hired 42 pilots in Ardley. Boats from Boxted were late on 7 days."
HIRED = "The ferry office hired 42 pilots in Ardley."
QUESTION = "How many pilots did the ferry office hire in Ardley?"


@pytest.fixture
def ask(lab: Any, pressqa: Callable[..., Any], language_model: Any) -> Callable[..., Any]:
    lab.ingest(Release("r/1", "Pilots hired", BODY, "Ferry Office", date(2025, 1, 16), "https://example.org/1"))

    def run(*options: str, **env: str) -> Any:
        return pressqa("ask", QUESTION, *options, data=lab.data, env=env)

    return run


def test_what_the_model_proves_stands_beside_the_answer(ask: Callable[..., Any], language_model: Any) -> None:
    language_model.text = f'{HIRED} [1: "{HIRED}"]\nIt hired 43 pilots. [1: "{HIRED}"]'
    plain = json.loads(ask("--json").stdout)
    given = json.loads(ask("--json", "--write", **language_model.settings()).stdout)
    written = given.pop("written")
    assert plain.pop("written") is None
    for each in (plain, given):
        each.pop("timings_ms")
    assert given == plain, "the answer does not depend on what is written"
    assert [each["text"] for each in written["sentences"]] == [HIRED]
    cited = written["sentences"][0]["citations"][0]
    assert BODY[cited["start"] : cited["end"]] == cited["quote"] == HIRED
    assert written["dropped"] == 1
    shown = ask("--write", **language_model.settings()).stdout.decode()
    assert "Written by stub, and checked" in shown
    assert "1 sentence left out" in shown
    assert "43" not in shown


def test_without_a_model_the_answer_is_given_and_what_to_set_is_told(ask: Callable[..., Any]) -> None:
    result = ask("--write")
    assert result.returncode == 0
    assert "42" in result.stdout.decode()
    assert "PRESSQA_LLM_URL" in result.stdout.decode()


def test_a_model_that_fails_costs_nothing_but_its_words(ask: Callable[..., Any], language_model: Any) -> None:
    language_model.status, language_model.headers = 429, {"Retry-After": "9"}
    result = ask("--write", **language_model.settings())
    assert result.returncode == 0
    assert "42" in result.stdout.decode()
    assert "try again in 9 s" in result.stdout.decode()


@pytest.mark.parametrize("url", ["ftp://x", "localhost:8080", "http://", "http://a b"])
def test_an_address_that_is_none_is_told(ask: Callable[..., Any], url: str) -> None:
    result = ask(PRESSQA_LLM_URL=url, PRESSQA_LLM_MODEL="m")
    assert result.returncode == 2
    assert b"PRESSQA_LLM_URL" in result.stderr


def test_a_question_without_writing_loads_and_asks_no_model(ask: Callable[..., Any], language_model: Any) -> None:
    assert ask(**language_model.settings()).returncode == 0
    assert not language_model.asked


def test_passages_are_counted_as_in_the_index(ask: Callable[..., Any], lab: Any, language_model: Any) -> None:
    language_model.text = f'{HIRED} [1: "{HIRED}"]'
    # 16 words, which the index counts; in the default encoding the passage has more tokens than that.
    (passage,) = lab.search(QUESTION)
    assert passage.passage.tokens == len(BODY.split())
    shown = ask("--write", "--max-tokens", str(len(BODY.split())), **language_model.settings()).stdout.decode()
    assert "Written by stub, and checked" in shown
    assert json.loads(language_model.asked[0]["messages"][1]["content"].split("\n")[1])["text"] == BODY
