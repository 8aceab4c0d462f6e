"""What the embedding model does not read is reported, from files as from the web."""

import json
from datetime import date
from pathlib import Path

import pytest

from index.sources import open_source
from index.sources.languages import readable
from index.types import Release, Skipped

ENGLISH = "Nine piers will be mended before the summer. Work begins in Pellport."
RUSSIAN = "До лета отремонтируют девять причалов."
CHINESE = "夏天之前将修复九个码头。"


def release(body: str, language: str | None = None, title: str = "Piers") -> Release:
    return Release("a", title, body, "Coast Office", date(2024, 7, 4), language=language)


@pytest.mark.parametrize(
    ("body", "language", "languages", "is_read"),
    [
        (ENGLISH, None, ("en",), True),
        (ENGLISH, "en-GB", ("en",), True),
        (ENGLISH, "fr", ("en",), False),
        (ENGLISH, "zh-HK", ("zh-hk",), True),
        (RUSSIAN, "en", ("en",), False),
        (RUSSIAN, None, ("en", "fr"), False),
        (RUSSIAN, "ru", ("en", "ru"), True),
        (CHINESE, None, ("en",), False),
        (f"{ENGLISH} The minister said: {RUSSIAN}", None, ("en",), True),
        ("1 2 3 → 45 €", None, ("en",), True),
    ],
)
def test_a_release_is_read_if_its_language_and_its_letters_are(
    body: str, language: str | None, languages: tuple[str, ...], is_read: bool
) -> None:
    assert isinstance(readable(release(body, language), "here", languages), Release) == is_read


PAGE = """<!doctype html><html lang="{}"><head><title>Piers</title><meta property="og:site_name" content="Coast Office">
<meta property="article:published_time" content="2024-07-04"></head><body><main><h1>Piers</h1><p>{}</p></main></body>"""


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.html", PAGE.format("fr", ENGLISH), 'in the language "fr"'),
        ("a.html", PAGE.format("en", RUSSIAN * 3), "mostly Cyrillic"),
        (
            "a.jsonl",
            json.dumps({"headline": "P", "text": ENGLISH, "date": "2024-07-04", "agency": "Coast", "lang": "de"}),
            'in the language "de"',
        ),
        (
            "a.jsonl",
            json.dumps({"title": "P", "body": RUSSIAN, "published": "2024-07-04", "publisher": "Coast"}),
            "mostly Cyrillic",
        ),
    ],
)
def test_files_are_treated_as_pages_are(tmp_path: Path, name: str, content: str, told: str) -> None:
    path = tmp_path / name
    path.write_text(content, "utf-8")
    entries = list(open_source(path).read())
    assert not [each for each in entries if isinstance(each, Release)]
    assert [told in each.reason for each in entries if isinstance(each, Skipped)] == [True]
    assert [each for each in open_source(path, languages=("en", "fr", "de", "ru")).read() if isinstance(each, Release)]
