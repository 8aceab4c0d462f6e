"""What comes back from the server itself: its state and its errors. All other responses are nouns of `qa.types`."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from api.examples import EXAMPLE_JOB, EXAMPLE_REQUEST
from qa.types import Answer, IndexInfo, TimelinePoint


class HealthObject(BaseModel):
    """The server is up."""

    status: str = Field("ok", examples=["ok"])


class ReadyObject(BaseModel):
    """The server can answer."""

    status: str = Field("ready", examples=["ready"])
    index: IndexInfo


class FaultObject(BaseModel):
    """One thing that is wrong with a request, and where."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"loc": ["body", "top_k"], "message": "Input should be greater than or equal to 1"}]
        }
    )

    loc: list[str | int] = Field(description="Where: `body`, `query` or `path`, then the names of fields.")
    message: str = Field(description="What is wrong with it.")


class ProblemObject(BaseModel):
    """An error as RFC 9457 problem details."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "/problems/invalid-request",
                    "title": "The request cannot be used as given",
                    "status": 422,
                    "detail": "top_k: Input should be less than or equal to 100",
                    "instance": f"urn:uuid:{EXAMPLE_REQUEST}",
                    "request_id": EXAMPLE_REQUEST,
                    "hint": "what each request takes is described at /docs",
                    "errors": [{"loc": ["body", "top_k"], "message": "Input should be less than or equal to 100"}],
                }
            ]
        }
    )

    type: str = Field(description="An address that explains the problem.", examples=["/problems/invalid-request"])
    title: str
    status: int
    detail: str
    instance: str = Field(description="The request's id as a URN.")
    request_id: str = Field(description="The request's id, as in the header X-Request-ID and in the log.")
    hint: str | None = Field(None, description="What to do next; absent where there is nothing to say.")
    errors: list[FaultObject] | None = Field(None, description="Each fault of a request that does not fit.")


class BatchLine(BaseModel):
    """What came of one question of a batch: one line of the response. Either `answer` or `problem` is null."""

    index: int = Field(description="The place of the question in the batch, from 0.", examples=[0])
    id: str | None = Field(description="The name that the question was given.", examples=["removed"])
    answer: Answer | None
    problem: ProblemObject | None


class LeftOutObject(BaseModel):
    """A release of a job that could not be read."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"where": "releases[1]", "reason": "the title is empty"}]}
    )

    where: str = Field(description="Its place in the request, from 0.", examples=["releases[3]"])
    reason: str


class JobProblemObject(BaseModel):
    """Why a job could not be done at all, or not yet."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "/problems/storage",
                    "detail": "the data folder cannot be written: no space left",
                    "hint": "make room, and send the change again",
                }
            ]
        }
    )

    type: str = Field(description="An address that explains the problem.", examples=["/problems/storage"])
    detail: str
    hint: str


class JobObject(BaseModel):
    """A change of the index, and how far it is."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": EXAMPLE_JOB,
                    "kind": "put",
                    "state": "done",
                    "done": 2,
                    "total": 2,
                    "created": "2025-03-01T12:00:00Z",
                    "started": "2025-03-01T12:00:00Z",
                    "finished": "2025-03-01T12:00:01Z",
                    "added": 1,
                    "changed": 0,
                    "unchanged": 0,
                    "removed": None,
                    "left_out": 1,
                    "problems": [{"where": "releases[1]", "reason": "the title is empty"}],
                    "skipped": [],
                    "problem": None,
                }
            ]
        }
    )

    id: str
    kind: Literal["put", "remove"]
    state: Literal["queued", "running", "done", "failed"] = Field(
        description="`done` also where releases were left out; `failed` if nothing more will come of it."
    )
    done: int = Field(description="How many of its releases are dealt with.")
    total: int = Field(description="How many releases it has.")
    created: datetime
    started: datetime | None
    finished: datetime | None
    added: int | None = None
    changed: int | None = None
    unchanged: int | None = None
    removed: int | None = None
    left_out: int | None = Field(None, description="How many releases could not be read.")
    problems: list[LeftOutObject] = Field([], description="The first hundred of those.")
    skipped: list[LeftOutObject] = Field(
        [], description="The first hundred that were left out because the model does not read their language."
    )
    problem: JobProblemObject | None = Field(
        None, description="Why the job failed, or what it waits for while it is `queued`."
    )


class TimelineObject(BaseModel):
    """The statements of what was asked for in the releases, newest first; none where it is no figure or fact."""

    question: str
    answer: str | None
    timeline: tuple[TimelinePoint, ...]
    as_of: date | None
    index: IndexInfo
    hint: str | None
