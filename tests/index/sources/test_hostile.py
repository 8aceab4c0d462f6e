"""Damaged inputs through every reader: releases, problems or a `SourceError`, soon, and nothing else."""

import pytest

from eval.bench.extraction import framed
from eval.bench.mutations import run
from tests.index.sources.conftest import make_pdf

PAGES = [page.content for page in framed()][::5]
PDF = make_pdf(
    [[(70, 700, "Nine seaside piers to be mended", 18), (70, 680, "4 July 2024"), (70, 660, "A grant mends them.")]]
)
RECORD = (
    b'{"headline": "Piers", "text": "<p>A grant.</p>", "pubDate": "2024-07-04", "agency": {"name": "Coast Office"}}'
)
SEEDS = {
    "html": PAGES,
    "pdf": [PDF],
    "json": [
        b"[" + RECORD + b"," + RECORD + b"]",
        b'[{"id": 1, "date": "2024-07-04T09:00:00", "link": "https://example.org/piers",'
        b'"title": {"rendered": "Piers"}, "content": {"rendered": "<p>A grant.</p>", "protected": false}}]',
    ],
    "jsonl": [RECORD + b"\n" + RECORD],
    "csv": [b'title;text;date;agency\nPiers;"A grant\nof ""much""";4 July 2024;Coast Office\n'],
    "text": [b"FOR IMMEDIATE RELEASE: July 4, 2024\n\nContact: Jo\n\nNine piers mended\n\nLEEDS - A grant.\n\n###\n"],
    "markdown": [
        b"---\ntitle: Piers\ndate: 2024-07-04\n---\n\n{:a}\nA **grant**<br>\n\n- x\n  - y\n\n|a|b|\n|-|-|\n|1|2|\n"
    ],
    "feed": [
        b'<rss version="2.0"><channel><title>Coast Office</title><item><title>Piers</title><link>/piers</link>'
        b"<pubDate>Thu, 04 Jul 2024 09:00:00 GMT</pubDate><description>A &lt;b&gt;grant&lt;/b&gt;.</description>"
        b"</item></channel></rss>"
    ],
    "govuk-item": [
        b'{"base_path": "/piers", "document_type": "press_release", "title": "Piers", "locale": "en",'
        b'"first_published_at": "2024-07-04T09:00:00Z", "public_updated_at": "2024-07-04T09:00:00Z",'
        b'"details": {"body": "<p>A grant.</p>"}, "links": {"organisations": [{"title": "Coast Office"}]}}'
    ],
}


@pytest.mark.parametrize("kind", [*SEEDS, "docx"])
def test_damaged_inputs_do_no_harm(kind: str, word_file: bytes) -> None:
    outcome = run({kind: SEEDS.get(kind, [word_file])}, 120, seed=20)
    assert not outcome.faults
    assert outcome.slowest < 10
    assert outcome.ends
