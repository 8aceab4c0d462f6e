"""The switch on the page, and what a language model wrote: with the page's script and without it."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from qa.engine import Engine
from qa.settings import Settings

QUESTION = "how many smugglers were removed from ports?"
HELD = "Since July, 2,580 smugglers were removed from ports."
TEXT = f'{HELD} [1: "{HELD}"]\nSince July, <b>all</b> smugglers were removed. [1: "{HELD}"]\nNobody was <i>removed</i>.'


@pytest.fixture
def writes(shown: Engine, shown_settings: Settings, language_model: Any) -> Iterator[TestClient]:
    language_model.text = TEXT
    chosen = shown_settings.model_copy(update={"llm_url": language_model.url, "llm_model": "stub", "llm_timeout": 5.0})
    with TestClient(create_app(chosen, engine=shown)) as client:
        yield client


def test_the_switch_is_there_only_where_something_can_write(writes: TestClient, pages: TestClient) -> None:
    assert 'name="write"' in writes.get("/").text
    assert 'name="write"' not in pages.get("/").text
    assert "checked" in writes.get("/", params={"q": QUESTION, "write": "1"}).text


def test_the_page_shows_what_holds_and_how_much_was_left_out(writes: TestClient) -> None:
    html = writes.get("/", params={"q": QUESTION, "write": "1"}).text
    section = html[html.index('<section class="written"') :].partition("</section>")[0]
    assert f'<p class="said">{HELD}</p>' in section
    assert f"<q>{HELD}</q>" in section
    assert "2 sentences left out" in section
    assert "smugglers were removed.<" not in section
    assert "<b>" not in html
    assert html.index('class="words') < html.index('<section class="written"'), "the answer comes first"
    plain = writes.get("/", params={"q": QUESTION}).text
    assert 'class="written"' not in plain


def test_the_script_gets_each_sentence_and_then_the_whole(writes: TestClient) -> None:
    text = writes.get("/ask/fragments", params={"q": QUESTION, "write": "1"}).text
    events = [block.split("\n")[0].removeprefix("event: ") for block in text.strip().split("\n\n")]
    assert events == ["passages", "answer", "sentence", "written"]
    answer = text[text.index("event: answer") : text.index("event: sentence")]
    assert 'aria-busy="true"' in answer
    assert HELD in text[text.index("event: sentence") : text.index("event: written")]


def test_a_model_that_fails_leaves_the_answer_and_says_so(writes: TestClient, language_model: Any) -> None:
    language_model.status = 503
    html = writes.get("/", params={"q": QUESTION, "write": "1"}).text
    assert "2,580" in html
    assert "the language model failed" in html
    assert html.rstrip().endswith("</html>")
