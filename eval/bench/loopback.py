"""Sites on loopback that speak what publishers speak: HTTP with validators, GOV.UK's two APIs, WordPress's REST API.

Tests and benchmarks read from them, because they use no network. Shapes, names of fields and habits (paging, sorting,
limits, status codes) are those of the documented APIs; the content is the caller's.
"""

import hashlib
import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

Item = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: its path with the query, its headers in lower case, and the status it was answered with."""

    path: str
    headers: Mapping[str, str]
    status: int

    @property
    def is_conditional(self) -> bool:
        """True if the request asked only for another version."""
        return "if-none-match" in self.headers or "if-modified-since" in self.headers


@dataclass(slots=True)
class Reply:
    """An answer; `Site` adds an ETag of the content, and answers 304 to a request that names it."""

    content: bytes
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    etag: bool = True


class Site:
    """A web site on a free port of 127.0.0.1; use it in a ``with`` statement.

    ``pages`` maps paths to content. ``faults`` maps paths to functions that take the connection's handler and answer by
    themselves. Everything that was asked is in ``asked``.
    """

    def __init__(self) -> None:
        self.pages: dict[str, Reply] = {}
        self.faults: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {}
        self.asked: list[Asked] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def do_GET(self) -> None:
                site._serve(self)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients go away: that is tested
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def put(self, path: str, content: str | bytes, content_type: str = "text/html; charset=utf-8") -> str:
        """Set a page, and return its address."""
        data = content.encode() if isinstance(content, str) else content
        self.pages[path] = Reply(data, content_type)
        return self.address + path

    def reply(self, path: str, query: Mapping[str, list[str]]) -> Reply:
        """Return the answer to a request; subclasses add their addresses."""
        return self.pages.get(path) or Reply(b"no such page", "text/plain", 404, etag=False)

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        headers = {name.lower(): value for name, value in handler.headers.items()}
        fault = self.faults.get(parts.path)
        if fault is not None:
            self.asked.append(Asked(handler.path, headers, 0))
            fault(handler)
            return
        reply = self.reply(parts.path, parse_qs(parts.query))
        etag = f'"{hashlib.sha256(reply.content).hexdigest()[:20]}"' if reply.etag and reply.status == 200 else None
        if etag and headers.get("if-none-match") == etag:
            reply = Reply(b"", reply.content_type, 304)
        self.asked.append(Asked(handler.path, headers, reply.status))
        handler.send_response(reply.status)
        if reply.status != 304:
            handler.send_header("Content-Type", reply.content_type)
            handler.send_header("Content-Length", str(len(reply.content)))
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        if etag:
            handler.send_header("ETag", etag)
        handler.end_headers()
        handler.wfile.write(reply.content)


def _json(value: object, status: int = 200, headers: dict[str, str] | None = None) -> Reply:
    return Reply(json.dumps(value).encode(), "application/json; charset=utf-8", status, headers or {})


class GovukSite(Site):
    """GOV.UK's Search API and Content API over items of content, by their ``base_path``."""

    MOST_ROWS = 1_500
    KNOWN = frozenset(
        "q count start order fields filter_organisations filter_content_store_document_type"
        " filter_public_timestamp".split()
    )

    def __init__(self) -> None:
        super().__init__()
        self.items: dict[str, Item] = {}

    def publish(self, item: Item) -> None:
        """Add or replace an item."""
        self.items[str(item["base_path"])] = item

    def reply(self, path: str, query: Mapping[str, list[str]]) -> Reply:
        """Answer `/api/search.json` and `/api/content/PATH`, and other addresses as a plain site."""
        if path == "/api/search.json":
            return self._search({name.removesuffix("[]"): values for name, values in query.items()})
        if path.startswith("/api/content/"):
            item = self.items.get(path.removeprefix("/api/content"))
            if item is None:
                return _json({"error": "not found"}, 404)
            return _json(item, 410 if item.get("document_type") == "gone" else 200)
        return super().reply(path, query)

    def _search(self, query: dict[str, list[str]]) -> Reply:
        if unknown := query.keys() - self.KNOWN:
            return _json({"error": f"Unexpected parameters: {', '.join(sorted(unknown))}"}, 422)
        count, start = int(query.get("count", ["10"])[0]), int(query.get("start", ["0"])[0])
        if count > self.MOST_ROWS:
            return _json({"error": f"count must be at most {self.MOST_ROWS}"}, 422)
        rows = [row for item in self.items.values() if (row := _search_row(item, query)) is not None]
        order = query.get("order", [""])[0]
        rows.sort(key=lambda row: (row["public_timestamp"], row["link"]), reverse=order.startswith("-"))
        found = {"results": rows[start : start + count], "total": len(rows), "start": start, "aggregates": {}}
        return _json(found | {"suggested_queries": []})


def _search_row(item: Item, query: Mapping[str, list[str]]) -> Item | None:
    """Return an item as a row of the search, or None if it is not found: withdrawn ones are not."""
    stamp = item.get("public_updated_at")
    if item.get("withdrawn_notice") or item.get("document_type") in ("gone", "redirect") or not stamp:
        return None
    organisations = [
        {"slug": str(each.get("base_path", "")).rpartition("/")[2], "title": each.get("title")}
        for each in item.get("links", {}).get("organisations", [])
    ]
    if (wanted := query.get("filter_organisations")) and not {o["slug"] for o in organisations} & set(wanted):
        return None
    if (kinds := query.get("filter_content_store_document_type")) and item.get("document_type") not in kinds:
        return None
    for bound in query.get("filter_public_timestamp", [""])[0].split(","):
        name, _, day = bound.partition(":")
        if (name == "from" and stamp[:10] < day[:10]) or (name == "to" and stamp[:10] > day[:10]):
            return None
    return {
        "title": item.get("title"),
        "link": item["base_path"],
        "public_timestamp": stamp,
        "organisations": organisations,
        "content_store_document_type": item.get("document_type"),
        "index": "government",
        "es_score": None,
        "_id": item["base_path"],
    }


class WordPressSite(Site):
    """WordPress's REST API over posts, as ``/wp-json/wp/v2/posts`` gives them, with tags and categories by ids.

    A site may give fewer posts at a time than is asked for (``most``), and an old one cannot list what changed
    (``filters_changes``).
    """

    def __init__(self) -> None:
        super().__init__()
        self.posts: list[Item] = []
        self.terms: dict[str, list[Item]] = {"tags": [], "categories": []}
        self.most = 100
        self.filters_changes = True

    def reply(self, path: str, query: Mapping[str, list[str]]) -> Reply:
        """Answer posts, tags and categories, page by page, with the headers that count them."""
        name = path.removeprefix("/wp-json/wp/v2/")
        if name in self.terms:
            found = self.terms[name]
            if slugs := query.get("slug"):
                wanted = {slug for each in slugs for slug in each.split(",")}
                found = [term for term in found if term["slug"] in wanted]
            return self._page(found, query)
        if path not in self.pages and (match := re.fullmatch(r"posts/(\d+)", name)):
            post = next((post for post in self.posts if post["id"] == int(match[1])), None)
            gone = {"code": "rest_post_invalid_id", "message": "Invalid post ID.", "data": {"status": 404}}
            return _json(post) if post else _json(gone, 404)
        if name != "posts":
            return super().reply(path, query)
        found = list(self.posts)
        for taxonomy in ("tags", "categories"):
            if numbers := {int(number) for each in query.get(taxonomy, []) for number in each.split(",")}:
                found = [post for post in found if numbers & set(post.get(taxonomy, []))]
        if numbers := {int(number) for each in query.get("include", []) for number in each.split(",")}:
            found = [post for post in found if post["id"] in numbers]
        stamp = query.get("orderby", ["date"])[0]
        if self.filters_changes and (after := query.get("modified_after")):
            found = [post for post in found if post["modified"] > after[0]]
        if after := query.get("after"):
            found = [post for post in found if post["date"] > after[0]]
        found.sort(key=lambda post: (post[stamp], post["id"]), reverse=query.get("order", ["desc"])[0] == "desc")
        return self._page(found, query)

    def _page(self, found: list[Item], query: Mapping[str, list[str]]) -> Reply:
        size, page = int(query.get("per_page", ["10"])[0]), int(query.get("page", ["1"])[0])
        asked, size = size, min(size, self.most)
        pages = -(-len(found) // size)
        if asked > 100 or (page > 1 and page > pages):
            return _json({"code": "rest_post_invalid_page_number", "data": {"status": 400}}, 400)
        headers = {"X-WP-Total": str(len(found)), "X-WP-TotalPages": str(pages)}
        return _json(found[(page - 1) * size : page * size], headers=headers)
