"""The tools for assistants at ``/mcp``, with the SDK's own client over streamable HTTP."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from http.client import HTTPConnection
from typing import Any

import anyio
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from mcp.client import Client

from api.app import create_app
from api.settings import ServerSettings
from qa.engine import Engine

QUESTION = "How many foreign criminals were removed?"
CALLS: dict[str, dict[str, Any]] = {
    "ask": {"question": QUESTION},
    "search": {"question": QUESTION},
    "get_release": {"id": "returns-2024"},
    "figures": {"q": "foreign criminals removed"},
    "timeline": {"question": QUESTION},
}
LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
JSON = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}


@pytest.fixture
def address(engine: Engine, live: Callable[[FastAPI], HTTPConnection]) -> Iterator[str]:
    with closing(live(create_app(engine=engine))) as connection:
        yield f"http://127.0.0.1:{connection.port}/mcp"


def talk(address: str, say: Callable[[Client], Awaitable[Any]], **options: Any) -> Any:
    async def main() -> Any:
        async with Client(address, **options) as client:
            return await say(client)

    return anyio.run(main)


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_every_tool_is_listed_and_called(address: str, mode: str) -> None:
    async def say(client: Client) -> dict[str, Any]:
        assert [tool.name for tool in (await client.list_tools()).tools] == list(CALLS)
        assert len((await client.list_resources()).resources) == 3
        results = {name: await client.call_tool(name, arguments) for name, arguments in CALLS.items()}
        assert not [name for name, result in results.items() if result.is_error]
        return {name: result.structured_content for name, result in results.items()}

    told = talk(address, say, mode=mode)
    assert told["ask"]["answer"] == "2,580"
    assert told["get_release"]["title"] == "Returns of foreign criminals rise"
    assert told["timeline"]["timeline"]


def test_what_assistants_ask_is_counted(client: TestClient) -> None:
    for name in ("ask", "search", "figures"):
        call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": CALLS[name]}}
        assert client.post("/mcp", json=call, headers=JSON).status_code == 200
    counted = client.get("/metrics").text
    assert 'pressqa_answers_total{found="true"} 1.0' in counted
    assert 'pressqa_stage_seconds_count{stage="embed"} 3.0' in counted
    assert 'pressqa_http_requests_total{method="POST",route="/mcp",status="200"} 3.0' in counted


def test_the_protocol_is_imported_when_it_is_first_spoken(python: Callable[..., Any]) -> None:
    done = python(
        "import sys; from api.app import create_app; create_app(); "
        "print([name for name in sys.modules if name.partition('.')[0] in ('mcp', 'mcp_types', 'openai')])"
    )
    assert done.stdout.decode().strip() == "[]", done.stderr


def test_other_sites_and_other_hosts_are_refused(client: TestClient) -> None:
    refused = client.post("/mcp", json=LIST, headers={**JSON, "Origin": "https://evil.example"})
    assert refused.status_code == 403
    assert refused.headers["content-type"] == "application/problem+json"
    assert client.post("/mcp", json=LIST, headers={**JSON, "Host": "evil.example"}).status_code == 421
    own = client.post("/mcp", json=LIST, headers={**JSON, "Origin": "http://testserver"})
    assert own.status_code == 200
    assert len(own.json()["result"]["tools"]) == len(CALLS)


def test_a_server_with_keys_wants_one_here_too(engine: Engine) -> None:
    app = create_app(engine=engine, server=ServerSettings(require_key=True))
    with TestClient(app) as client:
        assert client.post("/mcp", json=LIST, headers=JSON).status_code == 401


@pytest.mark.parametrize(
    ("content", "headers"),
    [(b"{", JSON), (b"[]", JSON), (b"\xff", JSON), (b"{}", {"Content-Type": "text/plain"}), (b"", JSON)],
)
def test_what_is_no_message_is_refused(client: TestClient, content: bytes, headers: dict[str, str]) -> None:
    assert client.post("/mcp", content=content, headers=headers).status_code in (400, 406, 415)
    assert client.get("/healthz").status_code == 200


def test_a_long_message_is_refused(client: TestClient) -> None:
    assert client.post("/mcp", content=b" " * 2_000_000, headers=JSON).status_code == 413
