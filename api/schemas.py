"""The wire: what a request may say, and the JSON that comes back. Types and ranges stand in OpenAPI too.

The response models repeat the fields of `qa.types`, in their order: the command line prints the same object.
"""

import hashlib
import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, WithJsonSchema

from index.types import SearchFilter
from qa.figures.search import MAX_FIGURES
from qa.question import MAX_QUESTION, MAX_TOP_K
from qa.types import FigureFilter

MAX_PAGE = 200
"""How many releases one page of the list may hold."""
EXAMPLE = "how many foreign criminals were removed?"
_QUOTE = "Removals of foreign criminals came to 2,580, up 23% on the year before."
_BODY = f"Figures on returns were published today.\n\n{_QUOTE}"
_START, _ANSWER = _BODY.index(_QUOTE), _BODY.index("2,580")


def _iso_date(value: object) -> object:
    """Read ``YYYY-MM-DD`` and nothing else: pydantic alone would also take a time or a Unix timestamp."""
    if isinstance(value, date) or value is None:
        return value
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError("a date is written YYYY-MM-DD")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"there is no such day as {value}") from None


def _json_number(value: object) -> object:
    """Refuse ``"5"`` and ``true`` where JSON has numbers; 5.0 is the same JSON number as 5."""
    if isinstance(value, (str, bool)):
        raise ValueError("Input should be a number")
    return value


IsoDate = Annotated[
    date, BeforeValidator(_iso_date), WithJsonSchema({"type": "string", "format": "date"}, mode="validation")
]
Number = Annotated[int, BeforeValidator(_json_number)]
# On the number, not on the field: pydantic leaves the bound of a field that may be null out of the JSON schema.
Tokens = Annotated[int, Field(ge=1)]
JsonTokens = Annotated[Tokens, BeforeValidator(_json_number)]
Question = Annotated[str, Field(min_length=1, max_length=MAX_QUESTION, description="The question.", examples=[EXAMPLE])]
TopK = Field(5, ge=1, le=MAX_TOP_K, description="How many passages to return at most.")
MaxTokens = Field(None, description="How many tokens the passages may have in all, counted by tiktoken.")

Explain = Field(False, description="Whether to show what was read, and the spans weighed in it.")


class Filters(BaseModel):
    """Which releases count, before anything is scored; every bound is inclusive."""

    model_config = ConfigDict(extra="forbid")

    as_of: IsoDate | None = Field(None, description="Answer as the index stood at the end of this day.")
    since: IsoDate | None = Field(None, description="Only releases published on or after this day.")
    until: IsoDate | None = Field(None, description="Only releases published on or before this day.")
    publisher: str | None = Field(
        None, min_length=1, max_length=300, description="Only releases by this publisher, named in full."
    )

    def where(self) -> SearchFilter:
        """Return the filter as the engine takes it."""
        return SearchFilter(self.as_of, self.since, self.until, self.publisher)


class AskBody(Filters):
    """A question as a JSON body."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"question": EXAMPLE}, {"question": EXAMPLE, "top_k": 3}]}
    )

    question: Question
    top_k: Number = TopK
    max_tokens: JsonTokens | None = MaxTokens


class ExplainedAskBody(AskBody):
    """A question that is to be answered."""

    explain: StrictBool = Explain


class AskQuery(Filters):
    """A question as query parameters, which are all text."""

    q: Question
    top_k: int = TopK
    max_tokens: Tokens | None = MaxTokens
    explain: bool = Explain


class FiguresQuery(Filters):
    """What is counted, and which figures of it."""

    q: Question
    unit: str | None = Field(
        None,
        max_length=40,
        description="Only figures of this unit: `percent`, `GBP`, `tonnes`, `years`; `count` for things counted.",
        examples=["percent"],
    )
    period_from: IsoDate | None = Field(None, description="Only figures for a time that reaches this day.")
    period_to: IsoDate | None = Field(None, description="Only figures for a time that began by this day.")
    limit: int = Field(20, ge=1, le=MAX_FIGURES, description="How many figures to return at most.")

    def wanted(self) -> FigureFilter:
        """Return the figures that count as the engine takes them."""
        return FigureFilter(self.unit, self.period_from, self.period_to)


class ReleaseQuery(BaseModel):
    """Which revision of a release."""

    model_config = ConfigDict(extra="forbid")

    as_of: IsoDate | None = Field(None, description="The release as it stood at the end of this day.")


class ReleasesQuery(Filters):
    """Which page of the list of releases."""

    limit: int = Field(50, ge=1, le=MAX_PAGE, description="How many releases to return at most.")
    cursor: str | None = Field(None, min_length=1, max_length=2000, description="`next` of the page before.")


class _FromEngine(BaseModel):
    """A response that is read off the engine's own value."""

    model_config = ConfigDict(from_attributes=True)


class CitationObject(_FromEngine):
    """Where the answer stands: `body[start:end] == quote`, in code points of the release's body."""

    release_id: str
    title: str
    publisher: str
    published: date
    url: str | None
    link: str | None = Field(description="The URL with a text fragment that finds the quote on the page.")
    quote: str = Field(description="The words around the answer, as they stand in the release.")
    start: int
    end: int
    answer_start: int
    answer_end: int = Field(description="`body[answer_start:answer_end]` is the answer.")
    sha256: str = Field(description="SHA-256 of the body in UTF-8, in hexadecimal.")


class PassageObject(_FromEngine):
    """A passage that was found: `body[start:end] == text`."""

    rank: int
    score: float = Field(description="The retriever's; passages that were read stand in the order of their answers.")
    text: str
    start: int
    end: int
    tokens: int
    release_id: str
    title: str
    publisher: str
    published: date
    url: str | None


class IndexObject(_FromEngine):
    """The state of the index that the response came from."""

    generation: int
    releases: int
    passages: int
    model: str


class SearchObject(_FromEngine):
    """The passages found for a question, best first."""

    question: str
    passages: list[PassageObject]
    as_of: date | None
    index: IndexObject
    timings_ms: dict[str, float]


class PeriodObject(_FromEngine):
    """The time that a figure covers; a bound is null where it is open, or where the text does not settle it."""

    start: date | None
    end: date | None
    text: str = Field(description="The words of the period, as they stand in the release.")


class FigureObject(_FromEngine):
    """A figure as a release states it."""

    text: str = Field(description="The statement with its qualifier, as it stands in the release.")
    value: str = Field(
        description="The exact number in `unit`, as a decimal in text, so that none is rounded; a range's low end.",
        examples=["19500000000"],
    )
    value_max: str | None = Field(description="The high end of a range.")
    unit: str = Field(description="Empty for a count of things and for a part of a whole.", examples=["GBP"])
    qualifier: str = Field(examples=["more than"])
    counted: str | None = Field(description="The words that say what is counted.")
    change: Literal["up", "down"] | None = Field(description="Set where the figure is a rise or a fall.")
    period: PeriodObject | None
    published: date
    score: float
    citation: CitationObject


class FiguresObject(_FromEngine):
    """The figures found for a query, best first."""

    query: str
    figures: list[FigureObject]
    as_of: date | None
    index: IndexObject
    timings_ms: dict[str, float]


def _example_answer() -> dict[str, Any]:
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
    }
    return {
        "question": EXAMPLE,
        "answer": "2,580",
        "confidence": 0.93,
        "citation": citation,
        "citations": [citation],
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
        "passages": [{"rank": 1, "score": 0.81, "text": _QUOTE, **span, "tokens": 22, **release}],
        "as_of": None,
        "index": {"generation": 1, "releases": 10, "passages": 57, "model": "all-MiniLM-L6-v2"},
        "timings_ms": {"search": 4.1, "read": 0.3, "total": 4.6},
    }


class ReadSpanObject(_FromEngine):
    """A span that was weighed as the answer."""

    text: str
    start: int
    end: int
    span_score: float = Field(description="What the words are worth to the reader; 0 is as good as no answer.")
    again_score: float = Field(description="What they are worth at the second reading, beside the other best spans.")
    score: float = Field(description="Both and the retriever's score, weighted: what candidates are ranked by.")
    confidence: float


class ReadPassageObject(_FromEngine):
    """A passage that was read, how it was found, and the spans weighed in it."""

    release_id: str
    title: str
    published: date
    start: int
    end: int
    score: float
    dense: float
    lexical: float
    spans: list[ReadSpanObject]


class TimelineObject(_FromEngine):
    """One release's statement of the figure asked for."""

    text: str = Field(description="The statement with its qualifier, as it stands in the release.")
    value: str = Field(description="The number, exact, in `unit`; of a range the low end.")
    value_max: str | None
    unit: str
    qualifier: str
    measured: str | None = Field(description="The words for what is counted.")
    change: Literal["up", "down"] | None
    period: PeriodObject | None
    published: date
    relation: Literal["latest", "same", "earlier", "conflict"] = Field(description="To the newest statement.")
    citation: CitationObject


class AnswerObject(_FromEngine):
    """The answer, or an honest none: `answer` and `citation` are null together."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [_example_answer()]})

    question: str
    answer: str | None
    confidence: float = Field(ge=0, le=1)
    citation: CitationObject | None
    citations: list[CitationObject] = Field(description="The places that give this answer, best first.")
    timeline: list[TimelineObject] = Field(description="Where the answer is a figure: its statements, newest first.")
    passages: list[PassageObject]
    explanation: list[ReadPassageObject] | None = Field(description="What was read, where `explain` asked for it.")
    as_of: date | None
    index: IndexObject
    timings_ms: dict[str, float]


class ReleaseItem(_FromEngine):
    """A release in the list."""

    id: str
    title: str
    publisher: str
    published: date
    url: str | None
    revision: int
    passages: int


class ReleasesObject(_FromEngine):
    """One page of the list of releases."""

    releases: list[ReleaseItem]
    next: str | None = Field(description="The `cursor` of the next page; null on the last one.")


class ReleaseObject(_FromEngine):
    """A release in full: every offset in the API counts code points of `body`."""

    id: str
    title: str
    body: str
    publisher: str
    published: date
    url: str | None
    sha256: str


class HealthObject(BaseModel):
    """The server is up."""

    status: str = Field("ok", examples=["ok"])


class ReadyObject(BaseModel):
    """The server can answer."""

    status: str = Field("ready", examples=["ready"])
    index: IndexObject


class FaultObject(BaseModel):
    """One thing that is wrong with a request, and where."""

    loc: list[str | int]
    message: str


class ProblemObject(BaseModel):
    """An error as RFC 9457 problem details."""

    type: str = Field(examples=["/problems/invalid-request"])
    title: str
    status: int
    detail: str
    instance: str = Field(description="The request's id, as in the header X-Request-ID and in the log.")
    hint: str | None = Field(None, description="What to do next; absent where there is nothing to say.")
    errors: list[FaultObject] | None = Field(None, description="Each fault of a request that does not fit.")
