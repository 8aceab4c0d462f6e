"""What a browser keeps of pages and files, and when it is sent anew."""

import re

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from index.errors import StorageError
from qa.engine import Engine
from qa.settings import Settings


@pytest.mark.parametrize(
    "address",
    [
        "",
        "?q=how+many+smugglers+were+removed",
        "releases",
        "releases?q=ships",
        "release?id=revised-2024",
        "changes?id=revised-2024",
        "figures",
        "figures?q=smugglers+removed",
        "figures.csv?q=smugglers+removed",
    ],
)
def test_a_page_is_not_sent_again_while_the_index_is_the_same(pages: TestClient, address: str) -> None:
    got = pages.get(f"/{address}")
    assert got.headers["cache-control"] == "no-cache"
    again = pages.get(f"/{address}", headers={"If-None-Match": got.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", got.headers["etag"])
    policy = "content-security-policy"
    if got.headers["content-type"].startswith("text/html"):
        assert again.headers[policy] == got.headers[policy], "a browser takes it for that of the page it has"
    assert pages.get(f"/{address}", headers={"If-None-Match": '"other"'}).text == got.text


@pytest.mark.parametrize(
    "address", ["?since=soon", "?q=x&write=1", "releases?since=soon", "figures?q=x&since=soon", "release?id=none"]
)
def test_a_page_that_tells_of_a_fault_or_is_written_anew_has_no_tag(pages: TestClient, address: str) -> None:
    assert "etag" not in pages.get(f"/{address}").headers


def test_a_page_that_broke_off_is_not_taken_for_the_answer(pages: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    address = "/?q=how+many+smugglers+were+removed"

    def fails(*given: object, **named: object) -> str:
        raise StorageError("the disk went away", "mend it")

    with monkeypatch.context() as patch:
        patch.setattr("api.web.ask._result", fails)
        got = pages.get(address)
    assert "could not be read" in got.text
    again = pages.get(address, headers={"If-None-Match": got.headers["etag"]})
    assert again.status_code == 200
    assert "2,580" in again.text


def test_a_feed_is_made_anew_by_a_server_with_other_settings(
    shown: Engine, shown_settings: Settings, pages: TestClient
) -> None:
    tag = pages.get("/feed?q=ships").headers["etag"]
    stricter = shown_settings.model_copy(update={"threshold": 0.9})
    with TestClient(create_app(stricter, engine=shown)) as client:
        assert client.get("/feed?q=ships", headers={"If-None-Match": tag}).status_code == 200


def test_a_style_is_kept_for_a_year_only_under_the_address_with_its_digest(pages: TestClient) -> None:
    (dated,) = re.findall(r'href="(static/site.css[^"]*)"', pages.get("/releases").text)
    assert "immutable" in pages.get(f"/{dated}").headers["cache-control"]
    for address in ("static/site.css", "static/site.css?v=of-another-version", "static/icon.svg"):
        assert pages.get(f"/{address}").headers["cache-control"] == "no-cache", "another version may differ"
    assert re.findall(r'href="(static/site.css[^"]*)"', pages.get("/no").text) == [dated]


def test_static_files_are_files_alone(pages: TestClient) -> None:
    assert pages.options("/static/site.css").headers["allow"] == "GET, HEAD, OPTIONS"
    assert pages.head("/static/site.css").status_code == 200
    for address in ("static/", "static/none.css", "static/%2e%2e/pages.py", "static/..%2fpages.py", "static/%00"):
        assert pages.get(f"/{address}").status_code == 404, address
