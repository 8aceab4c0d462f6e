import re
from html import unescape
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from fastapi.testclient import TestClient

from api.admission import TimeLimitError
from api.app import create_app
from api.web.ask import ShownAnswer
from api.web.pages import render
from index.errors import IndexMissingError, StorageError
from index.types import SearchFilter
from qa.engine import Engine
from qa.evidence.web_addresses import web_url

QUESTION = "how many smugglers were removed from ports?"
HOSTILE = "<script>alert('owned')</script> & \"friends\""
ADDRESSES = [
    "/",
    f"/?q={QUESTION}",
    "/?q=zebra xylophone quixotic?",
    "/?q=how many parrots does the committee keep?",
    "/?q=how many ships were inspected in Hull?",
    "/?q=x&since=tomorrow",
    "/releases",
    "/releases?q=parrots",
    "/release?id=hostile-2024",
    "/release?id=table-2024",
    "/release?id=/news/long",
    "/release?id=revised-2024",
    "/release?id=nothing",
    "/changes?id=revised-2024",
    "/figures",
    "/figures?q=smugglers removed",
]


class Outline(HTMLParser):
    """What a page is made of: its tags in order, the attributes of each, and whether every tag is closed."""

    VOID = frozenset({"meta", "link", "input", "br", "line", "circle"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag


def words(html: str) -> str:
    """Return the text of a page, without tags."""
    return " ".join(unescape(re.sub(r"<[^>]*>", "", html)).split())


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_page_is_well_formed_and_loads_only_its_own_files(pages: TestClient, address: str) -> None:
    got = pages.get(address)
    assert got.headers["content-type"].startswith("text/html")
    assert "'unsafe" not in got.headers["content-security-policy"]
    assert got.headers["content-security-policy"].startswith("default-src 'none'")
    outline = Outline(got.text)
    assert outline.open == []
    for tag, attributes in outline.tags:
        assert not [name for name in attributes if name == "style" or name.startswith("on")], (tag, attributes)
        if tag == "script":
            assert (attributes["src"] or "").startswith("static/page.js?v=")
        assert "javascript:" not in (attributes.get("href") or "")
    headings = [int(tag[1]) for tag, _ in outline.tags if re.fullmatch("h[1-6]", tag)]
    assert headings.count(1) == 1
    assert len(got.content) < 100_000
    ids = [attributes["id"] for _, attributes in outline.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for tag, attributes in outline.tags:
        if tag in {"link", "script"}:
            assert pages.get(attributes.get("href") or attributes.get("src") or "").status_code == 200


def test_the_answer_is_shown_with_its_quote_source_and_timeline(pages: TestClient) -> None:
    html = pages.get("/", params={"q": QUESTION}).text
    shown = words(html)
    assert '<mark class="answer" id="quote"' in html
    assert "2,580 smugglers were removed from ports." in shown
    assert "The minister spoke in Dover" not in shown.split("Original at the quote")[0], "only its own paragraph"
    assert "Ports Office, 12 December 2024" in shown
    assert "https://example.org/news/removals-2024-12-12#:~:text=" in html
    assert "more than 1,450" in shown
    assert "<svg" in html
    assert "since superseded" in shown
    assert f'value="{QUESTION}"' in html


def test_the_link_to_the_full_release_marks_the_quote(pages: TestClient) -> None:
    html = pages.get("/", params={"q": "how many lanterns along the quay?"}).text
    link = unescape(re.findall(r'href="(release\?id=/news/long&amp;quote=[^"]*#quote)"', html)[0])
    release = pages.get(f"/{link}").text
    marked = re.findall(r'<mark class="answer" id="quote"[^>]*>([^<]*)</mark>', release)
    assert marked == ["Inspectors counted 4,321 lanterns along the quay."]
    assert len(words(release).split()) > 5_000


def test_not_found_says_what_is_covered_and_shows_what_is_near(pages: TestClient) -> None:
    got = pages.get("/", params={"q": "zebra xylophone quixotic?"})
    assert got.status_code == 200
    shown = words(got.text)
    assert "Not found in the releases" in shown
    assert "Searched: 8 releases by 4 publishers" in shown
    assert "from 1 February 2024 to 12 December 2024" in shown
    assert "Nearest passages" in shown
    filtered = words(pages.get("/", params={"q": "zebra?", "publisher": "ports office"}).text)
    assert "Ask again without the filters" in filtered


def test_what_a_release_says_is_never_markup(pages: TestClient) -> None:
    html = pages.get("/", params={"q": "how many parrots does the committee keep?"}).text
    shown = words(html)
    assert HOSTILE in shown
    assert "77 <img src=x onerror=alert(1)> parrots & cats." in shown
    tags = {tag for tag, _ in Outline(html).tags}
    assert not tags & {"img", "b", "i"}
    assert html.count("<script") == 1


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//example.org", "https://", "https://[", None]
)
def test_only_addresses_of_the_web_become_links(url: str | None) -> None:
    assert web_url(url) is None
    assert web_url("https://example.org/a?b") == "https://example.org/a?b"


def test_a_question_that_is_html_is_shown_as_it_was_typed(pages: TestClient) -> None:
    html = pages.get("/", params={"q": '"><script>alert(1)</script>'}).text
    assert html.count("<script") == 1
    assert "&lt;script&gt;alert(1)" in html


def test_filters_and_the_day_of_knowledge_are_in_the_address(pages: TestClient) -> None:
    got = pages.get("/", params={"q": QUESTION, "as_of": "2024-11-01", "publisher": "Ports Office", "since": ""})
    shown = words(got.text)
    assert "more than 1,450 smugglers were removed" in shown
    assert "2,580" not in shown
    assert "This is what was known on 1 November 2024" in shown
    assert re.search(r'<option value="Ports Office" selected>Ports Office</option>', got.text)
    assert 'value="2024-11-01"' in got.text
    assert "<details" in got.text
    assert " open>" in got.text, "filters that are set are seen"


@pytest.mark.parametrize(
    ("query", "field", "told"),
    [
        ({"q": "???"}, "q", "The question is empty"),
        ({"q": "x" * 4001}, "q", "too long"),
        ({"q": "ships", "since": "soon"}, "since", "YYYY-MM-DD"),
        ({"q": "ships", "since": "2025-02-31"}, "since", "no such day"),
        ({"q": "ships", "since": "2025-01-02", "until": "2025-01-01"}, "since", ") is after “Published until”"),
        ({"q": "ships", "publisher": "Ministry of Silly Walks"}, "publisher", "Ministry of Silly Walks"),
    ],
)
def test_a_mistake_is_told_beside_its_field_and_what_was_typed_stays(
    pages: TestClient, query: dict[str, str], field: str, told: str
) -> None:
    got = pages.get("/", params=query)
    assert got.status_code == 422
    assert "There is a problem" in got.text
    assert f'<a href="#{field}">' in got.text
    assert re.search(rf'id="{field}-told".*{re.escape(told)}', got.text)
    assert pages.get("/ask/fragments", params=query).status_code in (200, 422)
    for name, value in query.items():
        assert value in unescape(got.text), name


def test_what_people_add_to_shared_links_does_not_matter(pages: TestClient) -> None:
    assert pages.get("/", params={"q": QUESTION, "utm_source": "mail", "since": " "}).status_code == 200


def test_the_pieces_of_an_answer_come_in_order_and_are_those_of_the_page(pages: TestClient) -> None:
    got = pages.get("/ask/fragments", params={"q": QUESTION})
    assert got.headers["content-type"].startswith("text/event-stream")
    events = [event.split("\n") for event in got.text.strip().split("\n\n")]
    assert [lines[0] for lines in events] == ["event: passages", "event: answer"]
    answer = "\n".join(line.removeprefix("data: ") for line in events[1][1:])
    assert answer in pages.get("/", params={"q": QUESTION}).text
    refused = pages.get("/ask/fragments", params={"q": QUESTION, "publisher": "Nobody"})
    assert refused.text.startswith("event: problem\n")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (StorageError("/secret/disk is gone"), "The server's data folder cannot be read or written"),
        (TimeLimitError("the secret request took longer"), "was not done within the time that the server allows"),
    ],
)
def test_a_page_that_breaks_off_says_so_and_why(
    pages: TestClient, shown: Engine, monkeypatch: pytest.MonkeyPatch, error: Exception, told: str
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(shown._answering, "read", fail)
    got = pages.get("/", params={"q": QUESTION})
    assert "The answer could not be read" in words(got.text)
    assert told in words(got.text)
    assert "secret" not in got.text
    assert Outline(got.text).open == []


def test_an_engine_that_is_not_there_is_a_page_that_says_so() -> None:
    def missing() -> Engine:
        raise IndexMissingError("no index in /home/someone/secret", "run it")

    with TestClient(create_app(opener=missing), headers={"Accept": "text/html"}) as client:
        got = client.get("/")
    assert got.status_code == 503
    assert "There is no index yet" in words(got.text)
    assert "secret" not in got.text
    assert "What to do Run it." in words(got.text)


def test_parts_and_cells_are_shown_where_an_answer_has_them(shown: Engine) -> None:
    answer = shown.ask(QUESTION)
    fields = {name: getattr(answer, name) for name in answer.__slots__}
    fields["parts"] = (SimpleNamespace(text="engines & fuel"), SimpleNamespace(text="papers"))
    fields["cell"] = SimpleNamespace(row="Dover", column=None)
    html = render(
        "result.html",
        answer=SimpleNamespace(**fields),
        shown=ShownAnswer((), None, (), ()),
        writing="",
        where=SearchFilter(),
        filtered=False,
        coverage=shown.coverage(),
        releases=7,
    )
    assert "<li>engines &amp; fuel</li>" in html
    assert ">Dover</p>" in html


def test_a_question_of_blanks_is_a_fault_and_no_question_is_not(pages: TestClient) -> None:
    for address in ("/?q=+++", "/figures?q=%20"):
        blank = pages.get(address)
        assert blank.status_code == 422
        assert "There is a problem" in blank.text
        assert "Only blanks were given" in blank.text
    for address in ("/", "/?q=", "/figures"):
        home = pages.get(address)
        assert home.status_code == 200
        assert "There is a problem" not in home.text


def test_days_in_the_wrong_order_are_told_in_the_words_of_the_form(pages: TestClient) -> None:
    html = pages.get("/?q=x&since=2025-01-02&as_of=2024-01-02").text
    assert "“Published from” (2 January 2025) is after “As known on” (2 January 2024): swap the two days" in html
    assert 'name="since" type="date"' in html
    html = pages.get("/figures?q=x&period_from=2025-01-02&period_to=2024-01-02").text
    assert "“About a time from” (2 January 2025) is after “About a time until” (2 January 2024)" in html
    assert 'name="since" type="text"' in pages.get("/?q=x&since=soon").text
