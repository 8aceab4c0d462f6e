"""What comes back from the server itself: its state and its errors. All other responses are nouns of `qa.types`."""

from pydantic import BaseModel, Field

from qa.types import IndexInfo


class HealthObject(BaseModel):
    """The server is up."""

    status: str = Field("ok", examples=["ok"])


class ReadyObject(BaseModel):
    """The server can answer."""

    status: str = Field("ready", examples=["ready"])
    index: IndexInfo


class FaultObject(BaseModel):
    """One thing that is wrong with a request, and where."""

    loc: list[str | int]
    message: str


class ProblemObject(BaseModel):
    """An error as RFC 9457 problem details."""

    type: str = Field(description="An address that explains the problem.", examples=["/problems/invalid-request"])
    title: str
    status: int
    detail: str
    instance: str = Field(description="The request's id, as in the header X-Request-ID and in the log.")
    hint: str | None = Field(None, description="What to do next; absent where there is nothing to say.")
    errors: list[FaultObject] | None = Field(None, description="Each fault of a request that does not fit.")
