"""What clients send: bodies and query parameters, and what is refused in them."""

import re
from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, WithJsonSchema

from api.examples import EXAMPLE
from index.types import SearchFilter
from qa.figures.search import MAX_FIGURES
from qa.limits import MAX_QUESTION, MAX_TOP_K
from qa.types import FigureFilter

MAX_PAGE = 200
"""How many releases one page of the list may hold."""


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
    """A question that is to be answered, as a JSON body."""

    explain: StrictBool = Explain


class AskQuery(Filters):
    """A question as query parameters, which are all text."""

    q: Question
    top_k: int = TopK
    max_tokens: Tokens | None = MaxTokens
    explain: bool = Explain


class FiguresQuery(Filters):
    """A query for figures as query parameters: what is counted, and which figures of it."""

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
    """Which revision of a release to show."""

    model_config = ConfigDict(extra="forbid")

    as_of: IsoDate | None = Field(None, description="The release as it stood at the end of this day.")


class ReleasesQuery(Filters):
    """Which page of the list of releases to show, and which releases are in it."""

    limit: int = Field(50, ge=1, le=MAX_PAGE, description="How many releases to return at most.")
    cursor: str | None = Field(None, min_length=1, max_length=2000, description="`next` of the page before.")
