"""The worked example that the API's documentation shows: a question, its answer, and all that belongs to it."""

import hashlib
import json
from datetime import date
from typing import Any

from qa.cursors import make_cursor

EXAMPLE = "how many foreign criminals were removed?"

_QUOTE = "Removals of foreign criminals came to 2,580, up 23% on the year before."

_BODY = f"Figures on returns were published today.\n\n{_QUOTE}"

_START, _ANSWER = _BODY.index(_QUOTE), _BODY.index("2,580")


EXAMPLE_ID = "/government/news/returns-figures"

EXAMPLE_JOB = "5f0c1d2e3a4b4c5d8e9f0a1b2c3d4e5f"

EXAMPLE_REQUEST = "2f1b6c3e-7d5c-4aaa-8000-5d0c9d1f2e3a"

EXAMPLE_CURSOR = make_cursor(date(2024, 12, 12), EXAMPLE_ID)

EXAMPLE_METRICS = """\
# HELP pressqa_http_requests_total Requests, by address and status.
# TYPE pressqa_http_requests_total counter
pressqa_http_requests_total{method="POST",route="/v1/ask",status="200"} 42.0
"""


def example_release() -> dict[str, Any]:
    """Return the release that answers `EXAMPLE` as JSON, without its id."""
    return {
        "title": "New figures on returns",
        "body": _BODY,
        "publisher": "Home Office",
        "published": "2024-12-12",
        "url": f"https://www.gov.uk{EXAMPLE_ID}",
    }


def example_answer() -> dict[str, Any]:
    """Return the answer to `EXAMPLE` as JSON."""
    release = {
        "release_id": EXAMPLE_ID,
        "title": "New figures on returns",
        "publisher": "Home Office",
        "published": "2024-12-12",
        "url": f"https://www.gov.uk{EXAMPLE_ID}",
    }
    span = {"start": _START, "end": _START + len(_QUOTE)}
    citation = {
        **release,
        "link": f"{release['url']}#:~:text=Removals%20of%20foreign,the%20year%20before.",
        "quote": _QUOTE,
        **span,
        "answer_start": _ANSWER,
        "answer_end": _ANSWER + len("2,580"),
        "sha256": hashlib.sha256(_BODY.encode()).hexdigest(),
        "withdrawn": None,
    }
    return {
        "question": EXAMPLE,
        "answer": "2,580",
        "confidence": 0.93,
        "citation": citation,
        "citations": [citation],
        "parts": [],
        "cell": None,
        "nearest": None,
        "timeline": [
            {
                "text": "2,580",
                "value": "2580",
                "value_max": None,
                "unit": "",
                "qualifier": "exactly",
                "measured": "foreign criminals",
                "change": None,
                "period": None,
                "published": release["published"],
                "relation": "latest",
                "citation": citation,
            }
        ],
        "explanation": None,
        "passages": [{"rank": 1, "score": 0.81, "text": _QUOTE, **span, "tokens": 22, **release, "withdrawn": None}],
        "as_of": None,
        "index": {"generation": 1, "releases": 10, "passages": 57, "model": "all-MiniLM-L6-v2"},
        "timings_ms": {"search": 4.1, "read": 0.3, "total": 4.6},
        "hint": None,
        "written": None,
    }


def example_events() -> str:
    """Return the events of the stream that answers `EXAMPLE`."""
    answer = example_answer()
    events = {
        "asked": {"question": EXAMPLE, "as_of": None},
        "passages": {"passages": answer["passages"]},
        "timeline": {"timeline": answer["timeline"]},
        "answer": answer,
    }
    last = {"answer": "id: last\n"}
    return "".join(f"event: {name}\ndata: {json.dumps(data)}\n{last.get(name, '')}\n" for name, data in events.items())


def example_lines() -> str:
    """Return the lines of a batch of `EXAMPLE` and a question that is refused."""
    return "".join(f"{json.dumps(line)}\n" for line in (_batch_line(), _REFUSED_LINE))


_REFUSED_LINE = {
    "index": 1,
    "id": None,
    "answer": None,
    "problem": {
        "type": "/problems/invalid-request",
        "title": "The request cannot be used as given",
        "status": 422,
        "detail": "the question is empty: '?'",
        "instance": f"urn:uuid:{EXAMPLE_REQUEST}",
        "request_id": EXAMPLE_REQUEST,
        "hint": 'ask something, such as "how many ... were ...?"',
    },
}


def _batch_line() -> dict[str, Any]:
    return {"index": 0, "id": "removed", "answer": example_answer(), "problem": None}


def examples() -> dict[str, dict[str, Any]]:
    """Return for each kind of JSON object, by its name on the wire, one that belongs to the same release."""
    answer = example_answer()
    point, citation, index = answer["timeline"][0], answer["citation"], answer["index"]
    period = {"start": "2024-01-01", "end": "2024-12-31", "text": "in 2024"}
    span = {"text": "2,580", "start": _ANSWER, "end": _ANSWER + len("2,580")}
    read = {**span, "span_score": 9.1, "again_score": 4.2, "score": 6.3, "confidence": 0.93}
    place = {name: citation[name] for name in ("release_id", "title", "published", "start", "end")}
    sentence = {"text": _QUOTE, "citations": [citation]}
    written = {"sentences": [sentence], "dropped": 0, "reasons": {}, "model": "a-language-model", "problem": None}
    before = {"start": "2023-01-01", "end": "2023-12-31", "text": "in 2023"}
    statement = {"text": "1,900", "measured": "foreign criminals", "period": before}
    shared = {"as_of": None, "index": answer["index"], "timings_ms": {"embed": 3.2, "total": 4.1}, "hint": None}
    release = {"id": EXAMPLE_ID, **example_release()}
    entry = {name: release[name] for name in ("id", "title", "publisher", "published", "url")}
    figure = {
        name: point[name]
        for name in ("text", "value", "value_max", "unit", "qualifier", "change", "period", "published")
    }
    found = {**figure, "counted": "foreign criminals", "cell": None, "score": 0.9, "citation": citation}
    listed = {**entry, "revision": 1, "passages": 1, "withdrawn": None}
    return {
        "AnswerObject": answer,
        "BatchLine": _batch_line(),
        "CellObject": {"row": "Hull", "column": "Ships"},
        "ChangeObject": {"day": "2024-12-13", "note": "A figure was corrected."},
        "CitationObject": citation,
        "FigureObject": found,
        "IndexObject": index,
        "NearestObject": {**statement, "published": citation["published"], "citation": citation},
        "PartObject": span,
        "PassageObject": answer["passages"][0],
        "PeriodObject": period,
        "ReadPassageObject": {**place, "score": 0.81, "dense": 0.74, "lexical": 0.9, "spans": [read]},
        "ReadSpanObject": read,
        "ReadyObject": {"status": "ready", "index": index},
        "HealthObject": {"status": "ok"},
        "ReleaseItem": listed,
        "TimelineObject": point,
        "WrittenObject": written,
        "WrittenSentenceObject": sentence,
        "SearchObject": {"question": EXAMPLE, "passages": answer["passages"], **shared},
        "FiguresObject": {
            "query": "foreign criminals removed",
            "figures": [found],
            **shared,
        },
        "ReleaseObject": {
            **release,
            "sha256": answer["citation"]["sha256"],
            "updated": None,
            "withdrawn": None,
            "withdrawn_notice": None,
            "language": "en",
            "content_id": None,
            "changes": [],
            "government": None,
        },
        "ReleasesObject": {
            "releases": [listed],
            "next": EXAMPLE_CURSOR,
            "hint": None,
        },
    }
