"""How long a first sync of GOV.UK takes, and where the time goes; and a second one when nothing changed.

A site on loopback serves the releases (`eval.bench.loopback`), from the same process: what that costs is counted as
fetching. Run it with ``python -m eval.bench.sync [--releases N] [--corpus FILE] [--model NAME]``; it exits with 1 when
a target is missed.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from eval.bench.loopback import GovukSite, Item
from eval.bench.timing import end, verdict
from index.models.load import load_embedder
from index.models.names import DEFAULT_MODEL
from index.protocols import Embedder, KnownPages, Source
from index.sources import open_source
from index.sources.sites.govuk import GovukQuery, GovukReleases
from index.sources.web.client import WebClient
from index.sources.web.reading import Rechecks
from index.sources.web.types import Manners
from index.types import Cursor, Entry, Release, SyncReport, Vectors
from qa.cli.progress import PlainLines
from qa.settings import Settings
from qa.upkeep import OpenSource, ingest_opened

SAMPLE = Path(__file__).parents[1] / "data" / "home-office-summaries.txt"
MIN_SHARE, MAX_AGAIN = 90.0, 5.0
"""The targets: percent of the first sync's time outside of waiting for pages, and seconds of the second sync."""


class _Timed:
    """An embedding model that adds up the seconds it takes."""

    def __init__(self, inner: Embedder) -> None:
        self._inner = inner
        self.name, self.fingerprint = inner.name, inner.fingerprint
        self.dimension, self.max_tokens = inner.dimension, inner.max_tokens
        self.count_tokens = inner.count_tokens
        self.encode_question = inner.encode_question
        self.seconds = 0.0

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of texts."""
        begin = time.perf_counter()
        vectors = self._inner.encode_passages(texts)
        self.seconds += time.perf_counter() - begin
        return vectors


class _Waited:
    """A source that adds up the seconds for which its reader waits for it."""

    def __init__(self, inner: GovukReleases) -> None:
        self._inner = inner
        self.name, self.rank = inner.name, inner.rank
        self.seconds = 0.0

    def expected(self) -> int | None:
        """Return what the source returns."""
        return self._inner.expected()

    def read(self, since: Cursor | None = None) -> Iterator[Entry]:
        """Yield what the source yields."""
        entries = self._inner.read(since)
        while True:
            begin = time.perf_counter()
            entry = next(entries, None)
            self.seconds += time.perf_counter() - begin
            if entry is None:
                return
            yield entry


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and return 0 when every target is reached, else 1."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench.sync", description=__doc__)
    parser.add_argument("--releases", type=int, default=1_000, help="how many releases the site has")
    parser.add_argument("--corpus", type=Path, default=SAMPLE, help="releases whose texts are served, again and again")
    parser.add_argument("--model", default=DEFAULT_MODEL, help="the embedding model")
    chosen = parser.parse_args(arguments)
    source = open_source(chosen.corpus)
    texts = [entry for entry in source.read() if isinstance(entry, Release)]
    with tempfile.TemporaryDirectory() as temporary, GovukSite() as site, WebClient(_MANNERS) as client:
        settings = Settings(data=Path(temporary), model=chosen.model, catalog=None)
        for number in range(chosen.releases):
            site.publish(_item(number, texts[number % len(texts)]))
        model = _Timed(load_embedder(chosen.model, settings.models_folder))
        first, waited, report = _sync(settings, site, client, model)
        if report.added != chosen.releases or report.problems:
            print(f"only {report.added} of {chosen.releases} were added: {report.problems[:3]}")
            return 1
        site.asked.clear()
        again, _, second = _sync(settings, site, client, model)
        asked = [each for each in site.asked if each.path != "/robots.txt"]
    rest = first - waited - model.seconds
    print(
        f"{report.added} releases, {report.passages} passages: {first:.1f} s, of which {model.seconds:.1f} s embedding,"
        f" {waited:.1f} s waiting for pages, {rest:.1f} s splitting, reading figures and storing"
    )
    plain = sum(not each.is_conditional for each in asked)
    print(f"again: {second.unchanged} unchanged, {len(asked)} requests, {plain} of them not conditional")
    kept = 100 * (1 - waited / first)
    keeps_up = verdict("time not spent on waiting for pages", kept, MIN_SHARE, "%", at_most=False)
    is_quick = verdict("second sync, nothing changed", again, MAX_AGAIN, "s", at_most=True)
    return 0 if keeps_up and is_quick and plain == 0 else 1


_MANNERS = Manners(delay=0.0, concurrency=4, allowed=("127.0.0.1",))


def _sync(settings: Settings, site: GovukSite, client: WebClient, model: Embedder) -> tuple[float, float, SyncReport]:
    opened: list[_Waited] = []

    def make(pages: KnownPages) -> Source:
        checks = Rechecks(after=0, most=1_000_000)
        source = GovukReleases(
            "govuk", client, pages, GovukQuery(), today=date.today(), site=site.address, rechecks=checks
        )
        opened.append(_Waited(source))
        return opened[-1]

    begin = time.perf_counter()
    report = ingest_opened(
        settings, [OpenSource("govuk", make)], PlainLines("reading"), today=date.today(), embedder=model
    )
    return time.perf_counter() - begin, opened[0].seconds, report


def _item(number: int, release: Release) -> Item:
    day = f"{date(2024, 1, 1) + timedelta(number % 400)}T{number % 24:02}:00:00Z"
    paragraphs = "".join(f"<p>{part}</p>" for part in release.body.split("\n\n"))
    links: dict[str, Any] = {"organisations": [{"title": release.publisher, "base_path": "/x/home-office"}]}
    return {
        "base_path": f"/government/news/item-{number}",
        "title": f"{release.title} ({number})",
        "document_type": "press_release",
        "locale": "en",
        "first_published_at": day,
        "public_updated_at": day,
        "details": {"body": f"<div><p>Item {number}.</p>{paragraphs}</div>"},
        "links": links,
    }


if __name__ == "__main__":
    end(main)
