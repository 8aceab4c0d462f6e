"""Answers of web APIs that were saved as files: read as a sync reads them, or told what they are."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from index.errors import SourceError
from index.sources import FieldMap, open_source, parse_fields
from index.types import Problem, Release, Skipped, Withdrawn

SHARED = Path(__file__).parents[3].parent / "shared"
FILES = sorted(
    path
    for folder in ("corpus/govuk-content-examples", "fixtures/govuk", "fixtures/wordpress")
    for path in (SHARED / folder).glob("*.json")
)

PATH = "/government/news/nine-piers"
ITEM: dict[str, Any] = {
    "base_path": PATH,
    "content_id": "5f0c1d5c-7631-4c8f-a3a5-2b0f2d3c1e11",
    "document_type": "press_release",
    "locale": "en",
    "title": "Nine piers will be mended",
    "description": "A grant pays for them.",
    "first_published_at": "2024-07-04T23:30:00+00:00",
    "public_updated_at": "2024-08-01T09:00:00+00:00",
    "withdrawn_notice": {"withdrawn_at": "2025-01-02T10:00:00Z", "explanation": "<p>The grant was not paid.</p>"},
    "details": {
        "body": "<p>Work begins in Pellport before the summer.</p>",
        "change_history": [{"public_timestamp": "2024-08-01T09:00:00+00:00", "note": "Added a pier."}],
    },
    "links": {"organisations": [{"title": "Coast Office", "base_path": "/x"}]},
}
POST: dict[str, Any] = {
    "id": 7,
    "date": "2024-07-04T10:30:00",
    "modified": "2024-07-09T10:30:00",
    "link": "https://c.test/piers/",
    "author": 12,
    "title": {"rendered": "Piers &#8211; a grant"},
    "content": {"rendered": "<p>Nine piers will be mended.</p>"},
}


def read(path: Path, data: object, how: FieldMap | None = None, indent: int | None = 1) -> list[Any]:
    path.write_text(json.dumps(data, indent=indent), "utf-8")
    return list(open_source(path, how=how or FieldMap()).read())


@pytest.mark.parametrize(
    ("data", "indent"), [(ITEM, 1), (ITEM, None), ([ITEM], 1), ({"results": [ITEM], "total": 1, "start": 0}, 1)]
)
def test_an_item_of_the_content_api_is_the_release_that_a_sync_reads(
    tmp_path: Path, data: object, indent: int | None
) -> None:
    release, withdrawn = read(tmp_path / "item.json", data, indent=indent)
    assert isinstance(release, Release)
    assert (release.id, release.title, release.publisher, release.published, release.updated, release.language) == (
        "gov.uk" + PATH,
        "Nine piers will be mended",
        "Coast Office",
        date(2024, 7, 5),
        date(2024, 8, 1),
        "en",
    )
    assert (release.url, release.content_id) == ("https://www.gov.uk" + PATH, ITEM["content_id"])
    assert release.body == "A grant pays for them.\n\nWork begins in Pellport before the summer."
    assert [each.note for each in release.changes] == ["Added a pier."]
    assert withdrawn == Withdrawn(release.id, date(2025, 1, 2), "The grant was not paid.")


def test_items_in_json_lines_stand_beside_other_releases(tmp_path: Path) -> None:
    other = {"headline": "Locks", "text": "Two locks will open.", "date": "2024-07-04", "agency": "Canal Board"}
    path = tmp_path / "dump.jsonl"
    path.write_text("\n".join(map(json.dumps, [other, ITEM | {"withdrawn_notice": {}}, other | {"text": ""}])))
    first, second, problem = open_source(path).read()
    assert isinstance(first, Release)
    assert isinstance(second, Release)
    assert (first.publisher, second.publisher) == ("Canal Board", "Coast Office")
    assert isinstance(problem, Problem)
    assert "no words" in problem.reason


def test_an_item_that_is_gone_or_moved_says_so(tmp_path: Path) -> None:
    gone = {
        "base_path": PATH,
        "document_type": "gone",
        "public_updated_at": "2024-09-26T09:50:56Z",
        "details": {"explanation": "<p>Published in error</p>"},
    }
    withdrawn, told = read(tmp_path / "gone.json", gone)
    assert withdrawn == Withdrawn("gov.uk" + PATH, date(2024, 9, 26), "Published in error")
    assert isinstance(told, Skipped)
    assert told.reason == "it is gone since 2024-09-26: Published in error"

    moved = {
        "base_path": PATH,
        "document_type": "redirect",
        "redirects": [{"path": PATH, "destination": "/piers"}, {"path": f"{PATH}/more", "destination": "/more"}],
    }
    (told,) = read(tmp_path / "moved.json", moved)
    assert isinstance(told, Skipped)
    assert told.reason == "it has moved to https://www.gov.uk/piers"


def test_an_item_without_what_a_release_needs_is_a_problem(tmp_path: Path) -> None:
    (problem,) = read(tmp_path / "a.json", ITEM | {"details": {}, "description": None})
    assert isinstance(problem, Problem)
    assert "the body is empty" in problem.reason


@pytest.mark.parametrize("data", [POST, [POST, POST | {"id": 8, "link": "/locks", "title": {"rendered": "Locks"}}]])
def test_posts_of_wordpress_take_their_publisher_from_the_text_or_as_given(tmp_path: Path, data: object) -> None:
    releases = read(tmp_path / "posts.json", data, FieldMap(publisher_name="Coast Office"))
    assert [each.publisher for each in releases] == ["Coast Office"] * len(releases)
    release = releases[0]
    assert (release.id, release.title, release.body) == (
        "c.test/piers",
        "Piers – a grant",
        "Nine piers will be mended.",
    )
    assert (release.published, release.updated, release.url) == (
        date(2024, 7, 4),
        date(2024, 7, 9),
        "https://c.test/piers/",
    )
    if len(releases) > 1:
        assert releases[1].url is None, "the file does not say on which site it is"

    (problem,) = read(tmp_path / "posts.json", data)
    assert isinstance(problem, Problem)
    assert "no publisher: entry 1" in problem.reason
    assert "--publisher NAME" in problem.reason

    issued = "<p>The press release issued by the Canal Board on 2 July 2024.</p><p>Two locks open.</p>"
    (release,) = read(tmp_path / "posts.json", POST | {"content": {"rendered": issued}})
    assert (release.publisher, release.published, release.body) == ("Canal Board", date(2024, 7, 2), "Two locks open.")


def test_a_post_that_is_not_for_everyone_is_skipped(tmp_path: Path) -> None:
    (told,) = read(tmp_path / "posts.json", POST | {"status": "private"}, FieldMap(publisher_name="Coast Office"))
    assert isinstance(told, Skipped)


def test_fields_that_are_named_are_taken(tmp_path: Path) -> None:
    (release,) = read(tmp_path / "posts.json", POST | {"team": "Harbour Team"}, parse_fields(["publisher=team"]))
    assert release.publisher == "Harbour Team"


@pytest.mark.parametrize("indent", [None, 1])
def test_a_page_of_search_results_is_no_list_of_tiny_releases(tmp_path: Path, indent: int | None) -> None:
    row = {
        "title": "Piers",
        "description": "About piers",
        "link": PATH,
        "organisations": [{"title": "Coast Office"}],
        "public_timestamp": "2024-07-04T09:31:18Z",
    }
    old = {"title": "Piers", "url": PATH, "organisations": "CO", "updated_at": "2012-12-04T11:58:44+00:00"}
    for answer in (
        {"results": [row, row], "total": 2, "start": 0, "suggested_queries": []},
        {"count": 2, "current_page": 1, "total_count": 2, "results": [old, old]},
        {"results": [], "total": 0, "start": 0},
    ):
        with pytest.raises(SourceError, match="list of search results without their texts") as caught:
            read(tmp_path / "search.json", answer, indent=indent)
        assert (f"https://www.gov.uk{PATH}" in caught.value.hint) == bool(answer["results"])


def test_the_contents_of_an_api_are_told_from_posts(tmp_path: Path) -> None:
    index = {"name": "Coast", "url": "https://c.test", "namespaces": ["wp/v2"], "routes": {"/": {"methods": ["GET"]}}}
    with pytest.raises(SourceError, match="table of contents") as caught:
        read(tmp_path / "index.json", index)
    assert "https://c.test/wp-json/wp/v2/posts" in caught.value.hint


@pytest.mark.shared
@pytest.mark.skipif(not FILES, reason="the real answers are not beside the repository (../shared)")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_real_answer_gives_releases_or_is_told_what_it_is(path: Path) -> None:
    if path.name.startswith(("search-", "old-", "capitolcode-")):
        with pytest.raises(SourceError, match=r"without their texts|table of contents"):
            list(open_source(path).read())
        return
    entries = list(open_source(path, how=FieldMap(publisher_name="Whoever")).read())
    assert entries
    for each in entries:
        if isinstance(each, Release):
            assert not {each.title, each.publisher} & {each.content_id, each.id}
            assert "<" not in each.body
        elif isinstance(each, Skipped):
            assert any(words in each.reason for words in ("it is gone", "it has moved to", "in the language"))
        else:
            assert isinstance(each, Withdrawn)
