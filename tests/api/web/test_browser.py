"""The pages in a real Chromium: what only a browser can tell. Skipped, saying so, where there is none."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote_plus, urlsplit

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or ""
QUESTION = "how many smugglers were removed from ports?"
ANSWERED = f"?q={quote_plus(QUESTION)}"
PAGES = {
    "ask": "",
    "answer": ANSWERED,
    "not-found": "?q=zebra+xylophone+quixotic",
    "hostile": "?q=how+many+parrots+does+the+committee+keep",
    "mistake": "?q=x&since=soon&publisher=Nobody",
    "table": "?q=how+many+ships+were+inspected+in+Hull",
    "releases": "releases",
    "found": "releases?q=ships",
    "release": "release?id=table-2024&quote=70-90#quote",
    "revised": "release?id=revised-2024",
    "changes": "changes?id=revised-2024",
    "figures": "figures?q=smugglers+removed",
    "missing": "release?id=nothing",
    "nowhere": "nowhere",
    "problem": "problems/busy",
    "docs": "docs",
}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium here: install it, or name its program in CHROMIUM"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as started:
        # Containers often run as root and without the rights that the sandbox needs; only our own pages are opened.
        opened = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield opened
        opened.close()


@pytest.fixture
def visit(browser: Any, site: str) -> Iterator[Callable[..., Any]]:
    """Open an address in a window of its own, 1280 pixels wide; anything that goes wrong in it fails the test."""
    contexts: list[Any] = []
    wrong: list[str] = []

    def open_page(address: str, *, width: int = 1280, **options: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": 800}, **options)
        context.set_default_timeout(120_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda told: wrong.append(told.text) if "Content Security Policy" in told.text else None)
        page.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda asked: wrong.append(asked.url) if not asked.url.startswith(site) else None)
        page.goto(site + address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []


def query_of(page: Any) -> dict[str, str]:
    """Return the query of the address as the page has it: `page.url` hears of a pushed one a moment later."""
    query: dict[str, str] = page.evaluate("Object.fromEntries(new URLSearchParams(location.search))")
    return query


def go_back_to_the_form(page: Any) -> None:
    """Go back to the page without a question: its script has it loaded anew, which `page.go_back` does not wait for."""
    with page.expect_event("load"):
        page.go_back()
    page.get_by_role("heading", name="Newest releases").wait_for()
    assert page.get_by_label("Your question").input_value() == ""


def test_axe_finds_nothing_wrong_with_any_page_in_light_or_dark(visit: Callable[..., Any]) -> None:
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    for scheme in ("light", "dark"):
        page = visit("", color_scheme=scheme, reduced_motion="reduce")
        for name, address in PAGES.items():
            page.goto(urlsplit(page.url)._replace(path="/", query="", fragment="").geturl() + address)
            page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
            found = axe.Axe().run(page, options=rules)
            assert found.violations_count == 0, f"{name}, {scheme}: {found.generate_report()}"


def test_nothing_is_wider_than_a_phone(visit: Callable[..., Any]) -> None:
    page = visit("", width=320)
    base = page.url
    for name, address in PAGES.items():
        page.goto(base + address)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, name


def test_asking_in_place_shows_passages_then_the_answer_and_puts_the_question_in_the_address(
    visit: Callable[..., Any],
) -> None:
    page = visit("")
    page.evaluate(
        "window.told = []; new MutationObserver(() => told.push(document.querySelector('#result h2')?.textContent))"
        ".observe(document.getElementById('result'), {childList: true})"
    )
    page.get_by_label("Your question").fill(QUESTION)
    page.keyboard.press("Enter")
    page.locator("article.answer").wait_for()
    assert "2,580 smugglers" in page.locator(".words").inner_text()
    assert page.evaluate("told")[0] == "Reading these passages", "and the page was not loaded again"
    assert page.get_by_role("status").inner_text().startswith("Answer: Since July, 2,580")
    assert query_of(page) == {"q": QUESTION}
    assert page.title().startswith(QUESTION)
    shared = page.locator("#result").inner_text()
    page.reload()
    assert page.locator("#result").inner_text() == shared
    go_back_to_the_form(page)


def test_a_mistake_while_asking_in_place_becomes_the_page_that_tells_it(visit: Callable[..., Any]) -> None:
    page = visit("")
    page.get_by_label("Your question").fill("???")
    page.get_by_role("button", name="Ask").click()
    page.get_by_role("alert").wait_for()
    page.get_by_role("alert").get_by_role("link").click()
    page.locator("#q:focus").wait_for()


def test_the_question_is_in_the_address_while_it_is_answered_and_there_once(visit: Callable[..., Any]) -> None:
    page = visit("")
    page.evaluate("() => { window.EventSource = class { addEventListener() {} close() {} } }")
    before = page.evaluate("history.length")
    for _ in range(2):
        page.get_by_label("Your question").fill(QUESTION)
        page.keyboard.press("Enter")
        assert query_of(page) == {"q": QUESTION}
    assert page.evaluate("history.length") == before + 1
    go_back_to_the_form(page)


def test_an_answer_in_place_has_the_headings_of_its_page(visit: Callable[..., Any]) -> None:
    page = visit("")
    page.get_by_label("Your question").fill(QUESTION)
    page.keyboard.press("Enter")
    page.locator("article.answer").wait_for()
    headings = page.locator("h1, h2").all_inner_texts()
    assert page.locator("h1").all_inner_texts() == [QUESTION]
    assert page.locator(".lead").count() == 0
    page.reload()
    assert page.locator("h1, h2").all_inner_texts() == headings


@pytest.mark.parametrize("script", [True, False])
def test_a_blank_question_is_told(visit: Callable[..., Any], script: bool) -> None:
    page = visit("", java_script_enabled=script)
    page.get_by_label("Your question").fill("   ")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    assert "There is a problem" in page.get_by_role("alert").inner_text()


@pytest.mark.parametrize("script", [True, False])
def test_days_in_the_wrong_order_are_told_in_the_words_of_the_form(visit: Callable[..., Any], script: bool) -> None:
    page = visit("", java_script_enabled=script)
    page.get_by_label("Your question").fill(QUESTION)
    page.get_by_text("Publisher and dates").click()
    page.get_by_label("Published from").fill("2025-01-02")
    page.get_by_label("Published until").fill("2024-01-02")
    page.get_by_role("button", name="Ask").click()
    page.locator(".summary:focus").wait_for()  # it is once the page is drawn, with its style
    told = "“Published from” (2 January 2025) is after “Published until” (2 January 2024)"
    assert told in page.get_by_role("alert").inner_text()
    field = page.get_by_label("Published from")
    assert (field.get_attribute("type"), field.input_value()) == ("date", "2025-01-02"), "a day that can be read"
    labels = [page.locator(f"label[for={name}]").bounding_box() for name in ("publisher", "since", "until", "as_of")]
    assert len({round(box["y"]) for box in labels}) == 1, "labels stay in line"
    if script:
        page.get_by_label("Published until").fill("2025-02-02")
        page.get_by_role("button", name="Ask").click()
        page.locator("article.answer, .not-found").wait_for()
        assert page.locator(".told, .summary").count() == 0, "nothing of the fault stays"


@pytest.mark.parametrize("script", [True, False])
def test_filters_and_as_of_work_with_and_without_the_script(visit: Callable[..., Any], script: bool) -> None:
    page = visit("", java_script_enabled=script)
    page.get_by_label("Your question").fill(QUESTION)
    page.get_by_text("Publisher and dates").click()
    page.get_by_label("Publisher").select_option("Ports Office")
    page.get_by_label("As known on").fill("2024-11-01")
    page.get_by_role("button", name="Ask").click()
    page.locator("article.answer").wait_for()
    assert "more than 1,450" in page.locator(".words").inner_text()
    assert "known on 1 November 2024" in page.locator(".note").inner_text()
    assert query_of(page)["as_of"] == "2024-11-01"
    page.get_by_text("Cite this").click()
    assert page.locator("#cite-bibtex").inner_text().startswith("@misc{ports20241001")
    assert page.get_by_role("button", name="Copy as BibTeX").is_visible() is script


def test_the_marked_quote_of_a_long_release_is_in_view(visit: Callable[..., Any]) -> None:
    page = visit("?q=how+many+lanterns+along+the+quay")
    page.get_by_role("link", name="Full text, with the quote marked").click()
    playwright.expect(page.locator("mark#quote")).to_be_in_viewport(timeout=120_000)
    box = page.locator("mark#quote").bounding_box()
    assert box is not None
    assert 0 <= box["y"] <= 800 - box["height"]
    assert page.evaluate("scrollY") > 1_000


def test_the_timeline_is_a_chart_with_its_table(visit: Callable[..., Any]) -> None:
    page = visit(ANSWERED, width=360)
    dots = page.locator("svg.chart circle")
    rows = page.locator(".timeline tbody tr")
    assert dots.count() == rows.count() == 3
    places = [dots.nth(n).bounding_box() for n in range(3)]
    assert places[0]["x"] < places[1]["x"] < places[2]["x"]
    assert places[0]["y"] > places[1]["y"] > places[2]["y"]


def test_a_citation_is_copied(visit: Callable[..., Any]) -> None:
    page = visit(ANSWERED, permissions=["clipboard-read", "clipboard-write"])
    page.get_by_text("Cite this").click()
    page.get_by_role("button", name="Copy as Markdown").click()
    page.get_by_text("Copied", exact=False).first.wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#cite-markdown").text_content()


def test_everything_is_reached_by_keyboard_alone(visit: Callable[..., Any]) -> None:
    page = visit(ANSWERED)
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        place = "(e => e === document.body ? '' : e.innerText || e.name || e.tagName)(document.activeElement)"
        reached.append(page.evaluate(place).split("\n")[0])
    assert reached[0] == "Skip to the main content"
    for name in ("q", "Ask", "Publisher and dates", "Original at the quote", "Follow this answer", "Cite this"):
        assert any(each.startswith(name) for each in reached), name
    page.goto(page.url)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("#main:focus").wait_for()


@pytest.mark.parametrize("script", [True, False])
def test_a_language_model_writes_beside_the_answer(
    browser: Any, writing_site: str, language_model: Any, script: bool
) -> None:
    held = "Since July, 2,580 smugglers were removed from ports."
    language_model.text = f'{held} [1: "{held}"]\nSince July, 8,250 smugglers were removed. [1: "{held}"]'
    context = browser.new_context(java_script_enabled=script)
    context.set_default_timeout(120_000)
    page = context.new_page()
    page.goto(writing_site)
    page.get_by_label("Your question").fill(QUESTION)
    page.get_by_role("switch").check()
    page.get_by_role("button", name="Ask").click()
    page.get_by_text("1 sentence left out").wait_for()
    assert "2,580 smugglers" in page.locator(".words").inner_text()
    assert page.locator(".written .said").all_inner_texts() == [held]
    assert "8,250" not in page.content()
    if script:
        assert "checked" in page.get_by_role("status").inner_text()
        found = axe.Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "best-practice"]})
        assert found.violations_count == 0, found.generate_report()
    context.close()


def test_the_page_of_an_answer_is_light(visit: Callable[..., Any]) -> None:
    page = visit(ANSWERED)
    sizes = page.evaluate(
        "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
        ".map(each => each.encodedBodySize)"
    )
    assert 0 < sum(sizes) < 100_000


def test_a_long_title_takes_six_lines_at_most_and_stays_within_a_phone(visit: Callable[..., Any]) -> None:
    page = visit(ANSWERED, width=360)
    page.evaluate("document.querySelector('.source > a').textContent = 'Harbour dredging contracts '.repeat(60)")
    assert page.locator(".source > a").bounding_box()["height"] <= 6 * 30
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    page.emulate_media(media="print")
    assert page.locator(".source > a").bounding_box()["height"] > 6 * 30, "on paper it is whole"


def test_a_paragraph_in_letters_that_run_to_the_left_begins_at_the_right(visit: Callable[..., Any]) -> None:
    page = visit("release?id=table-2024")
    gaps = page.evaluate(
        "() => ['\u0639\u062f\u062f 12.', 'Twelve.'].map(text => { const p = document.querySelector('.body p');"
        " p.textContent = text; const range = document.createRange(); range.selectNodeContents(p);"
        " const [own, all] = [range.getBoundingClientRect(), p.getBoundingClientRect()];"
        " return [own.left - all.left, all.right - own.right]; })"
    )
    to_the_left, to_the_right = ([round(gap) for gap in each] for each in gaps)
    assert to_the_left[1] == to_the_right[0] == 0
    assert min(to_the_left[0], to_the_right[1]) > 100


def test_a_wide_table_keeps_its_columns_readable_on_a_phone(visit: Callable[..., Any]) -> None:
    page = visit("release?id=table-2024", width=360)
    cell = "<td>some words about what happened in this port over the year</td>"
    table = f'<div class="wide"><table><tr>{cell * 6}</tr></table></div>'
    page.evaluate("table => { document.querySelector('.body').innerHTML = table }", table)
    assert page.locator(".wide tr").last.bounding_box()["height"] <= 5 * 30
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
