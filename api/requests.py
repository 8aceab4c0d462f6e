"""What clients send: bodies and query parameters, and what is refused in them."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, WithJsonSchema

from api import unknown_publisher
from api.examples import EXAMPLE, EXAMPLE_CURSOR, EXAMPLE_ID, example_release
from index.sources.build import MAX_CODE, MAX_GOVERNMENT, MAX_NOTES, MAX_NOTICE
from index.types import SearchFilter
from qa.engine import Engine
from qa.figures.search import MAX_FIGURES
from qa.limits import MAX_QUESTION, MAX_TOP_K
from qa.steps import Step
from qa.types import FigureFilter

MAX_PAGE = 200
"""How many releases one page of the list may hold."""

MAX_RELEASES = 1_000
"""How many releases may be added at a time."""

MAX_BATCH = 100
"""How many questions one batch may hold."""

Asking = Callable[[], Iterator[Step]]
"""A question put to an engine: called in a thread, it gives the steps to the answer."""


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

# On the text, for the same reason.
WebAddress = Annotated[str, Field(max_length=2000, pattern=r"^\s*[Hh][Tt][Tt][Pp][Ss]?://\S+\s*$")]

Question = Annotated[str, Field(min_length=1, max_length=MAX_QUESTION, description="The question.", examples=[EXAMPLE])]

TopK = Field(5, ge=1, le=MAX_TOP_K, description="How many passages to return at most.", examples=[3])

MaxTokens = Field(
    None, description="How many tokens the passages may have in all, counted by tiktoken.", examples=[2_000]
)

Write = Field(
    False,
    description="Whether a language model also writes an answer, where the server has one: only sentences that their"
    " quotes bear out are in `written`.",
    examples=[False],
)

Explain = Field(False, description="Whether to show what was read, and the spans weighed in it.", examples=[True])


class Filters(BaseModel):
    """Which releases count, before anything is scored; every bound is inclusive."""

    model_config = ConfigDict(extra="forbid")

    as_of: IsoDate | None = Field(
        None, description="Answer as the index stood at the end of this day.", examples=["2024-12-31"]
    )
    since: IsoDate | None = Field(
        None, description="Only releases published on or after this day.", examples=["2024-07-05"]
    )
    until: IsoDate | None = Field(
        None, description="Only releases published on or before this day.", examples=["2025-01-31"]
    )
    publisher: str | None = Field(
        None,
        min_length=1,
        max_length=300,
        description="Only releases by this publisher, named in full.",
        examples=["Home Office"],
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
    """A question that is to be answered, as a JSON body."""

    explain: StrictBool = Explain

    def asked_of(self, engine: Engine) -> Asking:
        """Return the question as it is put to an engine."""
        return partial(
            unknown_publisher.steps,
            engine,
            self.question,
            top_k=self.top_k,
            where=self.where(),
            max_tokens=self.max_tokens,
            explain=self.explain,
        )


class WriteAskBody(ExplainedAskBody):
    """A question that is to be answered, as a JSON body, and what is to be written beside the answer."""

    write: StrictBool = Write


class BatchQuestion(ExplainedAskBody):
    """One question of a batch."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"id": "removed", "question": EXAMPLE}]})

    id: str | None = Field(None, max_length=100, description="A name of your own, which comes back with the answer.")


class BatchBody(BaseModel):
    """Questions that are to be answered together, as a JSON body."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"questions": [{"id": "removed", "question": EXAMPLE}, {"question": EXAMPLE}]}]
        },
    )

    questions: list[BatchQuestion] = Field(min_length=1, max_length=MAX_BATCH, description="The questions.")


class AskQuery(Filters):
    """A question as query parameters, which are all text."""

    q: Question
    top_k: int = TopK
    max_tokens: Tokens | None = MaxTokens
    explain: bool = Explain

    def asked_of(self, engine: Engine) -> Asking:
        """Return the question as it is put to an engine."""
        return partial(
            unknown_publisher.steps,
            engine,
            self.q,
            top_k=self.top_k,
            where=self.where(),
            max_tokens=self.max_tokens,
            explain=self.explain,
        )


class StreamQuery(AskQuery):
    """A question that is to be answered step by step, as query parameters."""

    write: bool = Write


class FiguresQuery(Filters):
    """A query for figures as query parameters: what is counted, and which figures of it."""

    q: Question
    unit: str | None = Field(
        None,
        max_length=40,
        description="Only figures of this unit: `percent`, `GBP`, `tonnes`, `years`; `count` for things counted.",
        examples=["percent"],
    )
    period_from: IsoDate | None = Field(
        None, description="Only figures for a time that reaches this day.", examples=["2024-01-01"]
    )
    period_to: IsoDate | None = Field(
        None, description="Only figures for a time that began by this day.", examples=["2024-12-31"]
    )
    limit: int = Field(20, ge=1, le=MAX_FIGURES, description="How many figures to return at most.", examples=[20])

    def wanted(self) -> FigureFilter:
        """Return the figures that count as the engine takes them."""
        return FigureFilter(self.unit, self.period_from, self.period_to)


class ChangeBody(BaseModel):
    """A publisher's note of a change."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"day": "2025-02-03", "note": "A figure was corrected."}]}
    )

    day: IsoDate
    note: str = Field(min_length=1, max_length=MAX_NOTICE)


class ReleaseBody(BaseModel):
    """A release as a JSON body; its id is in the address."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [example_release()]})

    title: str = Field(min_length=1, max_length=1000, description="The headline.")
    body: str = Field(min_length=1, description="The text, paragraphs separated by blank lines.")
    publisher: str = Field(min_length=1, max_length=200, description="Who published it, named in full.")
    published: IsoDate = Field(description="The day of publication.")
    url: WebAddress | None = Field(None, description="Where the release was published: http or https.")
    updated: IsoDate | None = Field(None, description="The day on which the publisher last changed it.")
    withdrawn: IsoDate | None = Field(None, description="The day on which the publisher withdrew it.")
    withdrawn_notice: str | None = Field(
        None, max_length=MAX_NOTICE, description="What the publisher said of the withdrawal."
    )
    language: str | None = Field(None, max_length=MAX_CODE, description="The code of its language, such as `en`.")
    content_id: str | None = Field(None, max_length=MAX_CODE, description="The publisher's own id of the document.")
    changes: list[ChangeBody] | None = Field(
        None, max_length=MAX_NOTES, description="The publisher's notes of changes, oldest first."
    )
    government: str | None = Field(
        None, max_length=MAX_GOVERNMENT, description="The government under which a political release was published."
    )


class ReleasesBody(BaseModel):
    """Releases that are to be added, as a JSON body."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"releases": [{"id": EXAMPLE_ID, **example_release()}]}]}
    )

    releases: list[dict[str, Any]] = Field(
        min_length=1,
        max_length=MAX_RELEASES,
        description="Each with `title`, `body`, `publisher`, `published`, and, if there are, `id`, `url` and"
        " `language`.",
    )


class ReleaseQuery(BaseModel):
    """Which revision of a release to show."""

    model_config = ConfigDict(extra="forbid")

    as_of: IsoDate | None = Field(
        None, description="The release as it stood at the end of this day.", examples=["2024-12-31"]
    )


class ReleasesQuery(Filters):
    """Which page of the list of releases to show, and which releases are in it."""

    limit: int = Field(50, ge=1, le=MAX_PAGE, description="How many releases to return at most.", examples=[50])
    cursor: str | None = Field(
        None, min_length=1, max_length=2000, description="`next` of the page before.", examples=[EXAMPLE_CURSOR]
    )
