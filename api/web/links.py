"""The addresses of pages. All are relative and one level deep, so the pages work under any prefix of a proxy."""

from dataclasses import replace
from datetime import date
from urllib.parse import urlencode

from index.types import Release, SearchFilter
from qa.types import Citation, CitedPassage

DIGEST = 16
"""How many hexadecimal digits of a body's SHA-256 a link carries, to tell whether its offsets still hold."""


def filters_of(where: SearchFilter) -> dict[str, str]:
    """Return a filter as the parameters of an address; parts that are not set are left out."""
    fields = {"publisher": where.publisher, "since": where.since, "until": where.until, "as_of": where.as_of}
    return {name: str(value) for name, value in fields.items() if value is not None}


def ask_link(question: str, where: SearchFilter) -> str:
    """Return the address of a question's answer."""
    return f"./?{urlencode({'q': question, **filters_of(where)})}"


def ask_today_link(question: str, where: SearchFilter) -> str:
    """Return the address of a question's answer as it is known today, with the other filters kept."""
    return ask_link(question, replace(where, as_of=None))


def ask_unfiltered_link(question: str) -> str:
    """Return the address of a question's answer from all releases."""
    return ask_link(question, SearchFilter())


def json_link(question: str, where: SearchFilter) -> str:
    """Return the address of the same answer for programs."""
    return f"v1/ask?{urlencode({'q': question, **filters_of(where)})}"


def feed_link(question: str, where: SearchFilter) -> str:
    """Return the address of the feed of a question's answer: as it is now, whatever day was asked about."""
    return f"feed?{urlencode({'q': question, **filters_of(replace(where, as_of=None))})}"


def release_link(release_id: str, *, as_of: date | None = None, revision: int | None = None) -> str:
    """Return the address of a release's page: the text of today, of a day, or of a revision."""
    query: dict[str, str] = {"id": release_id}
    query |= {"as_of": str(as_of)} if as_of else {}
    query |= {"revision": str(revision)} if revision else {}
    return f"release?{urlencode(query, safe='/')}"


def quote_link(citation: Citation) -> str:
    """Return the address of the cited release's page that opens at the quote, marked with its answer."""
    query = {
        "id": citation.release_id,
        "quote": f"{citation.start}-{citation.end}",
        "answer": f"{citation.answer_start}-{citation.answer_end}",
        "text": citation.sha256[:DIGEST],
    }
    return f"release?{urlencode(query, safe='/')}#quote"


def passage_link(passage: CitedPassage, as_of: date | None = None) -> str:
    """Return the address of the release's page that opens at a passage, marked."""
    query = {"id": passage.release_id, "quote": f"{passage.start}-{passage.end}"}
    query |= {"as_of": str(as_of)} if as_of else {}
    return f"release?{urlencode(query, safe='/')}#quote"


def changes_link(release_id: str, earlier: int, later: int) -> str:
    """Return the address of the page with the differences between two revisions of a release."""
    return f"changes?{urlencode({'id': release_id, 'from': earlier, 'to': later}, safe='/')}"


def same_text(release: Release, digest: str) -> bool:
    """Return True if a link's digest is that of a release's body."""
    return release.sha256.startswith(digest.lower())
