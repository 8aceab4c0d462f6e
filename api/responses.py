"""The wire: what a request may say, and the JSON that comes back. Types and ranges stand in OpenAPI too.

The response models repeat the fields of `qa.types`, in their order: the command line prints the same object.
"""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from api.examples import example_answer


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

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [example_answer()]})

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
