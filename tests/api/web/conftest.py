"""A small index with all that pages show: a figure that changed, a table, a list, a long and a hostile release."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.app import create_app
from qa.compose import open_engine
from qa.engine import Engine
from qa.settings import Settings

HOSTILE = "<script>alert('owned')</script> & \"friends\""

_WORDS = "harbour ferry pilot beacon cargo customs border patrol warden shelter grant library school nurse".split()


def _long_body() -> str:
    """Return 5,000 words in 100 paragraphs; the number of lanterns is stated deep inside."""
    paragraphs = [
        " ".join(_WORDS[(n * 5 + i * (n % 4 + 1)) % len(_WORDS)] for i in range(49)).capitalize() + f" {n}."
        for n in range(100)
    ]
    paragraphs[80] = f"Inspectors counted 4,321 lanterns along the quay. {paragraphs[80]}"
    return "\n\n".join(paragraphs)


def _removals(day: str, number: str, words: str) -> dict[str, str]:
    return {
        "id": f"removals-{day}",
        "title": f"Removals of smugglers reach {number}",
        "body": (
            "The minister spoke in Dover.\n\n"
            f"Since July, {words} smugglers were removed from ports. Staff were thanked."
        ),
        "publisher": "Ports Office",
        "published": day,
        "url": f"https://example.org/news/removals-{day}",
    }


RELEASES: list[dict[str, Any]] = [
    _removals("2024-08-20", "900", "900"),
    _removals("2024-10-01", "1,450", "more than 1,450"),
    _removals("2024-12-12", "2,580", "2,580"),
    {
        "id": "lamps-2024",
        "title": "Lamps for lighthouses",
        "body": "The lighthouse board bought 61 lamps for its lighthouses.",
        "publisher": "Lighthouse Board",
        "published": "2024-02-05",
        "withdrawn": "2024-03-06",
        "withdrawn_notice": "The scheme has <b>ended</b>.",
        "language": "en",
        "changes": [{"day": "2024-02-20", "note": "The number of lamps was corrected."}],
        "government": "2022 <b>Conservative</b> government",
    },
    {
        "id": "table-2024",
        "title": "Ships inspected by port",
        "body": (
            "Inspectors boarded ships in three ports this year.\n\n"
            "Port | Ships inspected | Fines\nDover | 312 | £40,000\nHull | 87 | £9,500\n\n"
            "The next round will look at:\n• engines and fuel\n• safety of the crew\n• papers"
        ),
        "publisher": "Ships Agency",
        "published": "2024-11-05",
        "url": "https://example.org/news/ships",
    },
    {
        "id": "hostile-2024",
        "title": HOSTILE,
        "body": (
            "Bulletin boards carry <b>bold</b> claims.\n\n"
            "The committee keeps 77 <img src=x onerror=alert(1)> parrots & cats."
        ),
        "publisher": "Office of <i>Markup</i>",
        "published": "2024-03-03",
        "url": 'https://example.org/?a=<b>&c="onload=d',
    },
    {
        "id": "/news/long",
        "title": "The long report on the quay",
        "body": _long_body(),
        "publisher": "Ports Office",
        "published": "2024-05-05",
        "url": "https://example.org/news/long",
    },
    {
        "id": "revised-2024",
        "title": "Grants for lighthouses",
        "body": "Lighthouses share grants of £7 million.\n\nThe scheme opens in May.",
        "publisher": "Ships Agency",
        "published": "2024-02-01",
    },
]

REVISED = RELEASES[-1] | {
    "body": "Lighthouses share grants of £9 million.\n\nThe scheme opens in May.\n\nApplications are made online."
}

QUESTION = "how many smugglers were removed from ports?"


@pytest.fixture(scope="session")
def shown_settings(tmp_path_factory: pytest.TempPathFactory, ingest: Callable[..., Settings]) -> Settings:
    folder = tmp_path_factory.mktemp("pages")
    ingest(folder, RELEASES)
    return ingest(folder, [REVISED])


@pytest.fixture(scope="session")
def shown(shown_settings: Settings) -> Iterator[Engine]:
    engine = open_engine(shown_settings)
    yield engine
    engine.close()


@pytest.fixture
def pages(shown: Engine) -> Iterator[TestClient]:
    """A client that asks for pages, as browsers do."""
    with TestClient(create_app(engine=shown), headers={"Accept": "text/html"}) as client:
        yield client


@pytest.fixture(scope="session")
def site(shown: Engine) -> Iterator[str]:
    """The pages on a free port of this machine; the address ends in a slash."""
    with serving(create_app(engine=shown)) as address:
        yield address


@pytest.fixture
def writing_site(shown: Engine, shown_settings: Settings, language_model: Any) -> Iterator[str]:
    """The same with a language model."""
    chosen = shown_settings.model_copy(update={"llm_url": language_model.url, "llm_model": "stub", "llm_timeout": 20.0})
    with serving(create_app(chosen, engine=shown)) as address:
        yield address


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        server.should_exit = True
        thread.join()
