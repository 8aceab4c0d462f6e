"""The addresses that change the index, for keys with the scope `write`. Each change is a job, kept on the disk."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.security import HTTPBearer
from starlette.concurrency import run_in_threadpool

from api.access import need_write
from api.examples import EXAMPLE_ID, EXAMPLE_JOB
from api.job_store import Job, JobFailedError
from api.requests import ReleaseBody, ReleasesBody
from api.responses import JobObject
from api.state import ServerState
from api.work import State, documented, look_up_release
from index.errors import InputError, LanguageNotReadError
from index.types import Problem, Release

PATIENCE = 5.0
"""Seconds that a change of one release is waited for, before the client is told where to ask for it (202)."""

_LOOK = 0.02
"""Seconds between looks at a job that is waited for."""

router = APIRouter(
    tags=["writing"],
    dependencies=[
        Depends(HTTPBearer(auto_error=False, description="A key with the scope `write`.")),
        Depends(need_write),
    ],
)

ReleaseId = Annotated[
    str, Path(min_length=1, description="The id, percent-encoded: a slash in it is `%2F`.", examples=[EXAMPLE_ID])
]
JobId = Annotated[
    str, Path(max_length=100, description="The id of the job, as the change gave it.", examples=[EXAMPLE_JOB])
]
_ACCEPTED: dict[int | str, dict[str, Any]] = {
    202: {"model": JobObject, "description": "Accepted: it will be done, also if the server stops meanwhile."}
}


@router.post(
    "/v1/releases:batch",
    summary="Add releases",
    status_code=202,
    response_description="Accepted: it will be done, also if the server stops meanwhile.",
    responses={**documented(400, 401, 403, 413, 415, 422, 503)},
)
async def put_releases(body: ReleasesBody, state: State, response: Response) -> JobObject:
    """Add up to 1,000 releases, or new revisions of them, as a job; `Location` is where to ask how far it is.

    Each entry has the fields of a line of JSON Lines: `title`, `body`, `publisher`, `published`, and, if there are,
    `id`, `url`, `language` and the others that `PUT` takes. One that cannot be read, or is in a language that the model
    does not read, is left out and reported in the job; the others are stored.
    """
    entries = [json.dumps(entry) for entry in body.releases]
    job = await run_in_threadpool(state.jobs.add, "put", entries)
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    return job_object(state, job)


@router.put(
    "/v1/releases/{release_id:path}",
    summary="Put a release",
    response_description="Done.",
    # 404: an id with a line break in it is no address
    responses={**_ACCEPTED, **documented(400, 401, 403, 404, 409, 413, 415, 422, 500, 503)},
)
async def put_release(release_id: ReleaseId, body: ReleaseBody, state: State, response: Response) -> JobObject:
    """Add a release under an id, or a new revision of it; the same text once more changes nothing.

    The response comes when it is stored and found by searches (200), or else when it is accepted (202).
    """
    from index.sources.jsonl import read_text
    from index.sources.languages import readable

    entry = json.dumps({"id": release_id, **body.model_dump(mode="json", exclude_none=True)})
    read, *_ = read_text(entry, release_id)  # its day has no time, so that no time zone matters
    if not isinstance(read, Release):
        reason = read.reason if isinstance(read, Problem) else "it is a withdrawal"
        raise InputError(reason, "correct the release and send it again")
    if read.id != release_id:
        raise InputError(f"the id {release_id!r} would be stored as {read.id!r}", "use that one")
    told = readable(read, release_id, state.settings.languages)
    if not isinstance(told, Release):
        raise LanguageNotReadError(
            told.reason, "whoever runs the server names the languages it takes (PRESSQA_LANGUAGES)"
        )
    job = await run_in_threadpool(state.jobs.add, "put", [entry])
    return await _waited(state, job, response)


@router.delete(
    "/v1/releases/{release_id:path}",
    summary="Delete a release",
    response_description="Done.",
    responses={**_ACCEPTED, **documented(401, 403, 404, 413, 422, 500, 503)},
)
async def delete_release(release_id: ReleaseId, state: State, request: Request, response: Response) -> JobObject:
    """Delete a release with all its revisions, also one that was put and is not stored yet.

    The response comes when searches do not find it any more (200), or else when that is accepted (202).
    """
    # Asked first: what is stored meanwhile is in the index after that.
    if not await run_in_threadpool(state.jobs.will_put, release_id):
        engine = await state.gate.get(state.settings.patience)
        await look_up_release(request, state, engine, release_id)
    job = await run_in_threadpool(state.jobs.add, "remove", [release_id])
    return await _waited(state, job, response)


@router.get(
    "/v1/jobs/{job_id}",
    summary="Ask for a job",
    response_description="How far it is.",
    responses=documented(401, 403, 404, 422, 503),
)
async def job(job_id: JobId, state: State, response: Response) -> JobObject:
    """Say how far a job is, and what came of it."""
    response.headers["Cache-Control"] = "no-store"
    found = await run_in_threadpool(state.jobs.job, job_id)
    if found.finished is None:
        response.headers["Retry-After"] = "1"
    return job_object(state, found)


async def _waited(state: ServerState, job: Job, response: Response) -> JobObject:
    """Wait a while for a job and describe it; 202 if it is not done by then."""
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    loop = asyncio.get_running_loop()
    deadline = loop.time() + PATIENCE
    while job.finished is None and loop.time() < deadline:
        await asyncio.sleep(_LOOK)
        job = await run_in_threadpool(state.jobs.job, job.id)
    if job.finished is None:
        response.status_code = 202
    result = job.result or {}
    if job.state == "failed":
        raise JobFailedError(result["problem"]["detail"], result["problem"]["hint"])
    if left_out := result.get("problems"):
        raise InputError(left_out[0]["reason"], "correct the release and send it again")
    return job_object(state, job)


def job_object(state: ServerState, job: Job) -> JobObject:
    """Return a job as clients see it."""
    return JobObject(
        id=job.id,
        kind=job.kind,
        state=job.state,
        done=state.jobs.done(job),
        total=job.total,
        created=datetime.fromtimestamp(job.created, UTC),
        started=_time(job.started),
        finished=_time(job.finished),
        **(job.result or {}),
    )


def _time(at: float | None) -> datetime | None:
    return None if at is None else datetime.fromtimestamp(at, UTC)
