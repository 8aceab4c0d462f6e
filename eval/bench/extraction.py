"""How well the text of a page is found: our reader beside trafilatura, over pages whose text is known.

Run it with ``python -m eval.bench.extraction [--shared ../shared] [--write FOLDER]``. The pages are 13 frames, in the
shapes that sites of governments have today, each around four releases (``eval/data/extraction``); where ``../shared``
is there, real bodies in the same frames and 12 real pages. The words of a page's text are told by lxml, not by the code
that is measured.

A page's F1 is that of its words, counted as often as they occur; "boilerplate" is the share of the words found that are
not the text's. Lists, tables and quotes are kept if each item is a line with its mark, each row a line of its cells,
and each block quote there word for word.
"""

import argparse
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from html import escape, unescape
from pathlib import Path
from statistics import mean
from string import Template
from typing import Any

from lxml import html as lxml_html

from eval.bench.timing import end, verdict
from index.sources.clean import EntryError
from index.sources.decode import decode
from index.sources.html.page import read_page

DATA = Path(__file__).parents[1] / "data" / "extraction"
SHARED = Path(__file__).parents[3] / "shared"
_LEAST_BODY = 200
"""From how many characters on a real body is put into a frame: shorter ones are placeholders of a schema's examples."""

MIN_F1, MIN_RIGHT = 0.95, 0.95
"""The targets: mean F1 of the words, and the share of pages whose title, date and publisher are all right."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A page whose text is known: the words, and what its lists, tables and quotes hold."""

    name: str
    content: bytes
    words: Counter[str]
    items: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    quotes: tuple[str, ...]
    title: str | None
    published: str
    publisher: str


@dataclass(slots=True)
class Found:
    """What a reader found on a page."""

    body: str
    title: str = ""
    published: str = ""
    publisher: str = ""


@dataclass(slots=True)
class Scores:
    """The scores of one reader, a value a page; ``wrong`` names the pages whose title, date or publisher is wrong."""

    recall: list[float] = field(default_factory=list)
    boilerplate: list[float] = field(default_factory=list)
    f1: list[float] = field(default_factory=list)
    kept: dict[str, list[float]] = field(default_factory=lambda: {"lists": [], "tables": [], "quotes": []})
    wrong: list[str] = field(default_factory=list)
    worst: list[tuple[float, str]] = field(default_factory=list)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and return 0 when our reader reaches every target, else 1."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench.extraction", description=__doc__)
    parser.add_argument("--shared", type=Path, default=SHARED, help="the folder with fixtures/ (default: %(default)s)")
    parser.add_argument("--write", type=Path, help="a folder for report.md and scores.json")
    chosen = parser.parse_args(arguments)
    labelled = [*framed(), *reframed(chosen.shared), *real(chosen.shared / "fixtures")]
    readers: dict[str, Callable[[bytes], Found]] = {"pressqa": ours, "trafilatura": theirs}
    scores = {name: score(labelled, reader) for name, reader in readers.items()}
    report = table(scores, len(labelled))
    print(report)
    if chosen.write is not None:
        chosen.write.mkdir(parents=True, exist_ok=True)
        (chosen.write / "report.md").write_text(report + "\n", "utf-8")
        (chosen.write / "scores.json").write_text(json.dumps(_plain(scores, labelled), indent=1) + "\n", "utf-8")
    own = scores["pressqa"]
    right = 1 - len(own.wrong) / len(labelled)
    reached = [
        verdict("F1 of the words, mean", mean(own.f1), MIN_F1, "", at_most=False),
        verdict("title, date and publisher right", right, MIN_RIGHT, "", at_most=False),
    ]
    return 0 if all(reached) else 1


def framed() -> Iterator[Labelled]:
    """Yield each of our releases in each site's frame."""
    labels = json.loads((DATA / "labels.json").read_text("utf-8"))
    for frame in _frames():
        for name, told in labels["bodies"].items():
            body = (DATA / "bodies" / f"{name}.html").read_text("utf-8")
            publisher = labels["publishers"][frame.stem]
            yield _in_frame(frame, name, body, **told, publisher=publisher)


def reframed(shared: Path) -> Iterator[Labelled]:
    """Yield real bodies, of GOV.UK's content schemas and of the REST API of WordPress, each in one of the frames."""
    publishers = json.loads((DATA / "labels.json").read_text("utf-8"))["publishers"]
    frames = _frames()
    bodies: list[tuple[str, str, str, str]] = []
    for path in sorted((shared / "corpus" / "govuk-content-examples").glob("*.json")):
        item = json.loads(path.read_text("utf-8"))
        day = item.get("first_published_at") or item.get("public_updated_at") or "2020-01-01"
        bodies.append((path.stem, item["title"], item.get("details", {}).get("body") or "", day[:10]))
    for path in sorted((shared / "fixtures" / "wordpress").glob("webaquebec-wp-v2-posts.json")):
        for post in json.loads(path.read_text("utf-8")):
            title = unescape(re.sub("<[^<>]*>", "", post["title"]["rendered"]))
            bodies.append((f"post-{post['id']}", title, post["content"]["rendered"], post["date"][:10]))
    for number, (name, title, body, day) in enumerate(bodies):
        frame = frames[number % len(frames)]
        if len(re.sub("<[^<>]*>", "", body)) > _LEAST_BODY:
            told = {"title": " ".join(title.split()), "lead": "", "published": day}
            yield _in_frame(frame, name, body, **told, publisher=publishers[frame.stem])


def _frames() -> list[Path]:
    return sorted((DATA / "sites").glob("*.html"))


def _in_frame(frame: Path, name: str, body: str, *, title: str, lead: str, published: str, publisher: str) -> Labelled:
    day = date.fromisoformat(published)
    page = Template(frame.read_text("utf-8")).substitute(
        title=escape(title),
        lead=escape(lead),
        slug=name,
        iso=published,
        long=f"{day.day} {day:%B %Y}",
        us=f"{day:%B} {day.day}, {day.year}",
        publisher=escape(publisher),
        body=body,
    )
    tree = lxml_html.fromstring(f"<div>{body}</div>")
    for each in tree.xpath("//script | //style | //iframe | //noscript"):
        each.drop_tree()
    full = f"{frame.stem}/{name}"
    return _labelled(full, page.encode(), [tree], title=title, published=published, publisher=publisher)


def real(fixtures: Path) -> Iterator[Labelled]:
    """Yield the labelled pages of the fixtures; none where they are absent."""
    for told in json.loads((DATA / "labels.json").read_text("utf-8"))["real"]:
        path = fixtures / told["file"]
        if not path.exists():
            continue
        content = path.read_bytes()
        tree = lxml_html.fromstring(decode(content).encode(), parser=lxml_html.HTMLParser(encoding="utf-8"))
        for each in tree.xpath("//script | //style | //noscript"):
            each.drop_tree()
        tops = tree.xpath(told["text"])
        for top in tops:
            for each in top.xpath(told.get("without", "./no-such-element")):
                each.drop_tree()
        yield _labelled(
            told["file"],
            content,
            tops,
            title=told.get("title"),
            published=told["published"],
            publisher=told["publisher"],
        )


def ours(content: bytes) -> Found:
    """Return what our reader finds."""
    try:
        page = read_page(content)
    except EntryError:
        return Found("")
    published = page.published.isoformat() if page.published else ""
    return Found(page.body, page.title, published, page.publisher or "")


def theirs(content: bytes) -> Found:
    """Return what trafilatura finds, its XML written as a body: only that form keeps block quotes."""
    import trafilatura

    text = decode(content)
    xml = trafilatura.extract(text, output_format="xml", include_tables=True, include_comments=False)
    about = trafilatura.extract_metadata(text)
    if xml is None:
        return Found("")
    tree = lxml_html.fromstring(xml.encode(), parser=lxml_html.HTMLParser(encoding="utf-8"))
    lines: list[str] = []
    for node in tree.iter("p", "head", "item", "row", "quote"):
        words = " ".join(node.text_content().split())
        if node.tag == "item":
            lines.append(f"• {words}")
        elif node.tag == "row":
            lines.append("| " + " | ".join(" ".join(cell.text_content().split()) for cell in node.iter("cell")) + " |")
        elif not any(above.tag in ("item", "row", "quote") for above in node.iterancestors()):
            lines.append(words)
    publisher = about.sitename or about.author or "" if about else ""
    return Found("\n".join(lines), about.title or "" if about else "", about.date or "" if about else "", publisher)


def score(pages: Sequence[Labelled], reader: Callable[[bytes], Found]) -> Scores:
    """Return the scores of a reader over the pages."""
    scores = Scores()
    for page in pages:
        found = reader(page.content)
        words = words_in(re.sub(r"^\d{1,2}[.)] ", "", found.body, flags=re.MULTILINE))  # numbers of lists are no text
        both = (words & page.words).total()
        recall = both / max(page.words.total(), 1)
        precision = both / max(words.total(), 1)
        f1 = 2 * recall * precision / (recall + precision) if both else 0.0
        scores.recall.append(recall)
        scores.boilerplate.append(1 - precision)
        scores.f1.append(f1)
        scores.worst.append((round(f1, 3), page.name))
        marked = [line for line in found.body.split("\n") if re.match(r"\W?\s?[•*-]\s|\(?\w{1,3}[.)]\s", line)]
        listed = [_flat(line) for line in marked]
        rows = [_flat(line) for line in found.body.split("\n") if line.count("|") > 2]
        whole = _flat(found.body)
        for kind, kept in (
            ("lists", [any(_flat(item) in line for line in listed) for item in page.items]),
            ("tables", [any(all(_flat(cell) in line for cell in row) for line in rows) for row in page.rows]),
            ("quotes", [_flat(quote) in whole for quote in page.quotes]),
        ):
            if kept:
                scores.kept[kind].append(mean(kept))
        faults = [
            name
            for name, right in (
                ("title", page.title is None or _flat(found.title) == _flat(page.title)),
                ("date", found.published == page.published),
                ("publisher", _flat(page.publisher) in _flat(found.publisher)),
            )
            if not right
        ]
        if faults:
            scores.wrong.append(f"{page.name}: {', '.join(faults)}")
    scores.worst.sort()
    return scores


def table(scores: dict[str, Scores], pages: int) -> str:
    """Return the scores as a table in Markdown."""
    rows = [f"{pages} labelled pages", "", f"| | {' | '.join(scores)} |", "|---|" + "---|" * len(scores)]
    measures: list[tuple[str, Callable[[Scores], str]]] = [
        ("F1 of the words, mean", lambda each: f"{mean(each.f1):.3f}"),
        ("F1 of the words, worst page", lambda each: f"{each.worst[0][0]:.3f} ({each.worst[0][1]})"),
        ("words kept", lambda each: f"{mean(each.recall):.3f}"),
        ("boilerplate let in", lambda each: f"{mean(each.boilerplate):.3f}"),
        ("lists kept", lambda each: f"{mean(each.kept['lists']):.3f}"),
        ("tables kept", lambda each: f"{mean(each.kept['tables']):.3f}"),
        ("quotes kept", lambda each: f"{mean(each.kept['quotes']):.3f}"),
        ("title, date and publisher all right", lambda each: f"{pages - len(each.wrong)} of {pages}"),
    ]
    rows += [f"| {name} | {' | '.join(told(each) for each in scores.values())} |" for name, told in measures]
    return "\n".join(rows)


def _labelled(
    name: str, content: bytes, tops: Sequence[Any], *, title: str | None, published: str, publisher: str
) -> Labelled:
    words: Counter[str] = Counter()
    items: list[str] = []
    rows: list[tuple[str, ...]] = []
    quotes: list[str] = []
    for top in tops:
        words += words_in(_spaced(top))
        items += [_spaced(each) for each in top.iter("li") if not any(True for _ in each.iter("ul", "ol"))]
        rows += [tuple(_spaced(cell) for cell in row.iter("td", "th")) for row in top.iter("tr")]
        quotes += [_spaced(each) for each in top.iter("blockquote")]
    return Labelled(name, content, words, tuple(items), tuple(rows), tuple(quotes), title, published, publisher)


def _spaced(node: Any) -> str:
    """Return the text of an element, its blocks parted by spaces."""
    return " ".join(_with_breaks(node).split())


_BLOCKS = frozenset("p div li ul ol h1 h2 h3 h4 h5 h6 table tr td th caption blockquote br section article".split())


def _with_breaks(node: Any) -> str:
    text = lxml_html.tostring(node, encoding="unicode")
    blocks = "|".join(sorted(_BLOCKS))
    text = re.sub(rf"</?(?:{blocks})\b[^<>]*>", " ", re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL))
    return unescape(re.sub(r"<[^<>]*>", "", text))


def words_in(text: str) -> Counter[str]:
    """Return how often each word occurs; raised digits count as digits."""
    return Counter(re.findall(r"\w+", text.lower().translate(_LOWERED)))


_LOWERED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


def _flat(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower().translate(_LOWERED)))


def _plain(scores: dict[str, Scores], pages: Sequence[Labelled]) -> dict[str, object]:
    return {
        "pages": [page.name for page in pages],
        "readers": {
            name: {
                "f1": [round(value, 4) for value in each.f1],
                "kept": [round(value, 4) for value in each.recall],
                "boilerplate": [round(value, 4) for value in each.boilerplate],
                "wrong": each.wrong,
            }
            for name, each in scores.items()
        },
    }


if __name__ == "__main__":
    end(main)
