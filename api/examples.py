"""The worked example that the API's documentation shows."""

import hashlib
from typing import Any

EXAMPLE = "how many foreign criminals were removed?"

_QUOTE = "Removals of foreign criminals came to 2,580, up 23% on the year before."

_BODY = f"Figures on returns were published today.\n\n{_QUOTE}"

_START, _ANSWER = _BODY.index(_QUOTE), _BODY.index("2,580")


EXAMPLE_ID = "/government/news/returns-figures"


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
        "release_id": "/government/news/returns-figures",
        "title": "New figures on returns",
        "publisher": "Home Office",
        "published": "2024-12-12",
        "url": "https://www.gov.uk/government/news/returns-figures",
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


def examples() -> dict[str, dict[str, Any]]:
    """Return for each kind of response, by its name on the wire, one that belongs to the same release as JSON."""
    answer = example_answer()
    point = answer["timeline"][0]
    shared = {"as_of": None, "index": answer["index"], "timings_ms": {"embed": 3.2, "total": 4.1}, "hint": None}
    release = {"id": EXAMPLE_ID, **example_release()}
    entry = {name: release[name] for name in ("id", "title", "publisher", "published", "url")}
    figure = {
        name: point[name]
        for name in ("text", "value", "value_max", "unit", "qualifier", "change", "period", "published")
    }
    return {
        "AnswerObject": answer,
        "SearchObject": {"question": EXAMPLE, "passages": answer["passages"], **shared},
        "FiguresObject": {
            "query": "foreign criminals removed",
            "figures": [
                {**figure, "counted": "foreign criminals", "cell": None, "score": 0.9, "citation": answer["citation"]},
            ],
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
        },
        "ReleasesObject": {
            "releases": [{**entry, "revision": 1, "passages": 1, "withdrawn": None}],
            "next": None,
            "hint": None,
        },
    }
