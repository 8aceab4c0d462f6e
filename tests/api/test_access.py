"""Keys, what they are for, and how much each client may do."""

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from api import cli, keys_cli
from api.app import create_app
from api.keys import FILE, KeyRefusedError, KeyRing, Scope, create_key, read_keys, revoke_key
from api.rate_limits import MAX_CLIENTS, RateLimits
from api.settings import ServerSettings
from index.errors import InputError, StorageError
from qa.engine import Engine
from qa.settings import Settings

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_key_is_kept_as_a_digest_and_found_by_its_text_alone(tmp_path: Path) -> None:
    key, token = create_key(tmp_path, "newsroom", "read", date(2025, 3, 2), NOW)
    kept = (tmp_path / FILE).read_text()
    assert token not in kept
    assert token.rpartition("_")[2] not in kept
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0
    ring = KeyRing(tmp_path)
    assert ring.find(token, date(2025, 3, 2)) == key
    altered = token[:-1] + ("A" if token[-1] != "A" else "B")
    for wrong in (altered, token.replace(key.id, "00000000"), token[:-1], f"{token}x", "", "\ud83d", "pressqa_" * 999):
        with pytest.raises(KeyRefusedError):
            ring.find(wrong, date(2025, 3, 1))
    with pytest.raises(KeyRefusedError, match="expired"):
        ring.find(token, date(2025, 3, 3))
    revoke_key(tmp_path, key.id, NOW)
    with pytest.raises(KeyRefusedError, match="revoked"):
        ring.find(token, date(2025, 3, 1))


@pytest.mark.parametrize(("name", "expires"), [("", None), ("x" * 81, None), ("a\nb", None), ("a", date(2025, 2, 28))])
def test_a_key_that_cannot_be_is_not_made(tmp_path: Path, name: str, expires: date | None) -> None:
    with pytest.raises(InputError):
        create_key(tmp_path, name, "read", expires, NOW)
    assert read_keys(tmp_path) == []


@pytest.mark.parametrize(
    "damage",
    [
        {"sha256": 5},
        {"expires": 5},
        {"expires": "31/12/2026"},  # would never be reached: "2" comes before "3"
        {"expires": "20261231"},
        {"scope": "admin"},
        {"name": None},
    ],
)
def test_a_damaged_file_of_keys_lets_nobody_in(tmp_path: Path, damage: dict[str, object]) -> None:
    (tmp_path / FILE).write_text('[{"id": "x"}]')
    with pytest.raises(StorageError):
        KeyRing(tmp_path).find("pressqa_00000000_" + "x" * 43, date(2025, 3, 1))
    (tmp_path / FILE).unlink()
    _, token = create_key(tmp_path, "desk", "write", None, NOW)
    (entry,) = json.loads((tmp_path / FILE).read_text())
    (tmp_path / FILE).write_text(json.dumps([entry | damage]))
    with pytest.raises(StorageError, match=f"0.{next(iter(damage))}"):
        KeyRing(tmp_path).find(token, date(2025, 3, 1))


def test_a_server_whose_keys_are_damaged_says_so_to_programs_and_in_its_log(
    tmp_path: Path, engine: Engine, make_key: Callable[..., str], caplog: pytest.LogCaptureFixture
) -> None:
    key = make_key()
    (tmp_path / FILE).write_text("[")
    with TestClient(create_app(Settings(data=tmp_path), engine=engine)) as client:
        got = client.get("/v1/releases", headers=bearer(key))
        assert (got.status_code, got.json()["type"]) == (503, "/problems/storage")
        assert FILE in got.json()["detail"]
        assert got.headers["x-request-id"] in caplog.text
        page = client.get("/releases", headers={**bearer(key), "Accept": "text/html"})
        assert page.status_code == 503
        assert str(tmp_path) not in page.text


def test_keys_are_made_listed_and_revoked_on_the_command_line(tmp_path: Path) -> None:
    def run(*arguments: str) -> str:
        done = CliRunner().invoke(keys_cli.app, [*arguments, "--data", str(tmp_path)])
        assert done.exit_code == 0, done.output
        return done.stdout

    token = run("create", "--name", "desk", "--scope", "write", "--expires", "2999-12-31").strip()
    (entry,) = [json.loads(line) for line in run("list", "--json").splitlines()]
    assert (entry["name"], entry["scope"], entry["expires"]) == ("desk", "write", "2999-12-31")
    assert "sha256" not in entry
    assert KeyRing(tmp_path).find(token, NOW.date()).id == entry["id"]
    assert "until 2999-12-31" in run("list")
    run("revoke", entry["id"])
    assert "revoked" in run("list")
    with pytest.raises(InputError):
        revoke_key(tmp_path, "none", NOW)
    with pytest.raises(InputError):
        revoke_key(tmp_path / "mistyped", "none", NOW)
    assert not (tmp_path / "mistyped").exists()


@pytest.fixture
def make_key(tmp_path: Path) -> Callable[..., str]:
    def make(scope: Scope = "read", days: int = 1) -> str:
        _, token = create_key(tmp_path, "test", scope, None, NOW)
        if days < 0:
            past = (datetime.now(UTC) + timedelta(days=days)).date().isoformat()
            path = tmp_path / FILE
            path.write_text(path.read_text().replace("null", f'"{past}"', 1))
        return token

    return make


def test_a_server_that_wants_keys_answers_to_good_ones_alone(
    tmp_path: Path, engine: Engine, make_key: Callable[..., str]
) -> None:
    expired = make_key(days=-1)
    good, gone = make_key(), make_key()
    revoke_key(tmp_path, read_keys(tmp_path)[-1].id, NOW)
    app = create_app(Settings(data=tmp_path), engine=engine, server=ServerSettings(require_key=True))
    with TestClient(app) as client:
        for address in ("/v1/ask?q=why", "/v1/releases", "/metrics", "/v1/jobs/1", "/nowhere"):
            got = client.get(address)
            assert got.status_code == 401
            assert got.json()["type"] == "/problems/key-required"
            assert got.headers["www-authenticate"] == 'Bearer realm="pressqa"'
        for refused in (expired, gone, good + "x", "x"):
            got = client.get("/v1/releases", headers=bearer(refused))
            assert (got.status_code, got.json()["type"]) == (401, "/problems/key-refused")
            assert "invalid_token" in got.headers["www-authenticate"]
        assert client.get("/v1/releases", headers=bearer(good)).status_code == 200
        for address in ("/healthz", "/readyz", "/docs", "/openapi.json", "/problems/busy"):
            assert client.get(address).status_code == 200


def test_a_person_is_told_what_to_do_and_gives_the_key_as_a_password(
    tmp_path: Path, engine: Engine, make_key: Callable[..., str]
) -> None:
    key = make_key("write")
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    app = create_app(Settings(data=tmp_path), engine=engine, server=ServerSettings(require_key=True))
    with TestClient(app) as client:
        got = client.get("/releases", headers=browser)
        assert (got.status_code, got.headers["content-type"]) == (401, "text/html; charset=utf-8")
        assert got.headers["www-authenticate"].startswith("Basic ")
        assert "<h1>This needs a key</h1>" in got.text
        assert "give the key as the password" in got.text
        assert "default-src 'none'" in got.headers["content-security-policy"]
        (style,) = re.findall(r'<link rel="stylesheet" href="([^"]*)">', got.text)
        assert client.get(f"/{style}").status_code == 200
        assert "<h1>The key is not accepted</h1>" in client.get("/", headers=browser, auth=("", key + "x")).text
        for wrong in ("Basic", "Basic !", "Basic /w==", "Digest x"):
            assert client.get("/", headers={**browser, "Authorization": wrong}).status_code == 401
        assert client.get("/releases", headers=browser, auth=("anything", key)).status_code == 200
        assert client.get("/v1/releases", auth=("", key)).status_code == 200
        # A browser sends a password along with whatever the page of another site makes it send.
        refused = client.delete("/v1/releases/a", auth=("", key))
        assert refused.status_code == 403
        assert "as a password" in refused.json()["detail"], "the key is for writing"
        # What programs ask for is JSON, whoever asks.
        assert client.get("/v1/ask?q=why", headers=browser).json()["type"] == "/problems/key-required"


def test_an_address_that_there_is_not_is_a_page_for_a_person(client: TestClient) -> None:
    got = client.get("/a/<b>/c", headers={"Accept": "text/html"})
    assert got.status_code == 404
    assert 'href="../../static/site.css?v=' in got.text
    for address in ("./", "releases", "figures", "docs"):
        assert f'href="../../{address}"' in got.text, "it is no dead end"
    assert '<a href="../../docs">/docs</a>' in got.text
    assert "<b>" not in got.text
    assert client.get("/a/b/c").json()["type"] == "/problems/not-found"


def test_writing_needs_a_key_for_it_everywhere(tmp_path: Path, engine: Engine, make_key: Callable[..., str]) -> None:
    reading = make_key()
    with TestClient(create_app(Settings(data=tmp_path), engine=engine)) as client:
        for method, address in (("PUT", "/v1/releases/a"), ("DELETE", "/v1/releases/a"), ("GET", "/v1/jobs/1")):
            assert client.request(method, address).status_code == 401
            got = client.request(method, address, headers=bearer(reading))
            assert (got.status_code, got.json()["type"]) == (403, "/problems/wrong-scope")
            assert 'scope="write"' in got.headers["www-authenticate"]
        assert client.post("/v1/releases:batch", json={"releases": []}).status_code in (401, 422)
        assert client.get("/v1/releases").status_code == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_others_are_not_let_in_before_someone_said_so(tmp_path: Path, host: str) -> None:
    server = ServerSettings(host=host)
    with pytest.raises(InputError, match="no key") as refused:
        cli._check_reach(server, tmp_path)
    assert "--public" in refused.value.hint
    cli._check_reach(ServerSettings(host=host, public=True), tmp_path)
    cli._check_reach(ServerSettings(host="127.0.0.1"), tmp_path)
    create_key(tmp_path, "desk", "read", None, NOW)
    cli._check_reach(server, tmp_path)
    assert not server.is_open


def test_a_client_that_asks_too_much_is_told_when_to_come_back(
    tmp_path: Path, engine: Engine, make_key: Callable[..., str]
) -> None:
    token = make_key()
    server = ServerSettings(rate_limit=3)
    with TestClient(create_app(Settings(data=tmp_path), engine=engine, server=server)) as client:
        left = [client.get("/v1/releases").headers["ratelimit"] for _ in range(3)]
        assert [each.partition(";t=")[0] for each in left] == [f'"minute";r={n}' for n in (2, 1, 0)]
        got = client.get("/v1/releases")
        assert (got.status_code, got.json()["type"]) == (429, "/problems/too-many-requests")
        assert got.headers["ratelimit-policy"] == '"minute";q=3;w=60'
        assert 1 <= int(got.headers["retry-after"]) <= 20
        assert client.get("/healthz").status_code == 200
        assert client.get("/v1/releases", headers=bearer(token)).status_code == 200, "a key has a quota of its own"
        batch = {"questions": [{"question": "why"}] * 3}
        assert client.post("/v1/ask/batch", json=batch, headers=bearer(token)).status_code == 429


def test_a_quota_comes_back_evenly_and_the_quiet_are_forgotten() -> None:
    now = [0.0]
    limits = RateLimits(60, lambda: now[0])
    assert [limits.take("a").retry_after for _ in range(61)] == [None] * 60 + [1]
    now[0] += 10
    assert [limits.take("a").retry_after for _ in range(11)] == [None] * 10 + [1]
    assert limits.take("b", 100).retry_after is None, "a client with all of it left may send one long batch"
    assert limits.take("b").retry_after == 1
    for number in range(MAX_CLIENTS + 5):
        limits.take(str(number))
    assert len(limits._paid) == MAX_CLIENTS
