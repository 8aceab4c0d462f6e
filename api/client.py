"""A client for the HTTP API in Python. Its results are the same nouns of `qa.types` that the engine itself returns.

    with Client("http://127.0.0.1:8000") as pressqa:
        answer = pressqa.ask("how many foreign criminals were removed?", where=SearchFilter(as_of=date(2025, 1, 31)))
        print(answer.answer, answer.citation)

A server that is busy (429 or 503 with ``Retry-After``) is asked again, as long as the client's patience lasts.
"""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import quote

import httpx2
from pydantic import TypeAdapter, ValidationError

from api.responses import BatchLine, JobObject, ProblemObject
from index.errors import PressqaError
from index.sources import dump_line
from index.types import Release, SearchFilter
from qa.types import Answer, FigureFilter, FigureResult, FullRelease, ReleasePage, SearchResult

T = TypeVar("T")

_EVERYTHING = SearchFilter()
_ANY = FigureFilter()
_LOOK = 0.2
"""Seconds between looks at a job that is waited for."""

_BUSY = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


class ServerError(PressqaError):
    """The server could not be reached, or what it sent is no response of pressqa."""


class UnreachableError(ServerError):
    """The server could not be reached, or has not answered in time."""


class RefusedError(PressqaError):
    """The server refused a request; ``problem`` says why, as RFC 9457 problem details."""

    def __init__(self, problem: ProblemObject) -> None:
        super().__init__(problem.detail or problem.title, problem.hint or "")
        self.problem = problem


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What came of the question at a place of a batch, from 0: an answer, or the problem that it had."""

    place: int
    answer: Answer | None
    problem: ProblemObject | None


class Client:
    """Asks a server of pressqa. May be used from several threads at once; close it, or use it with ``with``."""

    def __init__(
        self, url: str, *, key: str | None = None, timeout: float = 60.0, patience: float = 60.0, trust_env: bool = True
    ) -> None:
        """Take the server's address and a key, if it wants one.

        ``timeout`` is the longest wait for a response and ``patience`` the longest for a busy server, both in seconds;
        ``trust_env`` takes proxies from the environment.
        """
        try:
            base = httpx2.URL(url)
        except httpx2.InvalidURL:
            base = httpx2.URL()
        if base.scheme not in ("http", "https") or not base.host:
            raise ServerError(f"{url!r} is not the address of a server", "one is http://127.0.0.1:8000")
        key = (key or "").strip()  # one that was read from a file ends its line
        if not (key.isascii() and key.isprintable()):
            raise ServerError("the key has characters that no key has", "copy it as pressqa keys create printed it")
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._http = httpx2.Client(base_url=base, headers=headers, timeout=timeout, trust_env=trust_env)
        self._url = url
        self._timeout = timeout
        self._patience = patience

    def __enter__(self) -> Self:
        """Return the client itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def ask(
        self,
        question: str,
        *,
        top_k: int = 5,
        where: SearchFilter = _EVERYTHING,
        max_tokens: int | None = None,
        explain: bool = False,
        write: bool = False,
    ) -> Answer:
        """Return the answer to a question, as `qa.engine.Engine.ask` does; raises `RefusedError` or `ServerError`."""
        body = _question(question, top_k, where, max_tokens) | {"explain": explain, "write": write}
        return self._read(Answer, "POST", "/v1/ask", body=body)

    def ask_many(
        self, questions: Sequence[str], *, top_k: int = 5, where: SearchFilter = _EVERYTHING
    ) -> Iterator[BatchResult]:
        """Yield what comes of up to 100 questions, as soon as each is done; raises `RefusedError` or `ServerError`."""
        body = {"questions": [_question(each, top_k, where, None) for each in questions]}
        lines = TypeAdapter(BatchLine)
        response = self._send(self._request("POST", "/v1/ask/batch", body=body), stream=True)
        try:
            for line in response.iter_lines():
                if line:
                    each = _parsed(lines, line)
                    yield BatchResult(each.index, each.answer, each.problem)
        except httpx2.HTTPError as error:
            raise self._unreachable(error) from error
        finally:
            response.close()

    def search(
        self, question: str, *, top_k: int = 5, where: SearchFilter = _EVERYTHING, max_tokens: int | None = None
    ) -> SearchResult:
        """Return the best passages for a question; raises `RefusedError` or `ServerError`."""
        return self._read(SearchResult, "POST", "/v1/search", body=_question(question, top_k, where, max_tokens))

    def figures(
        self, query: str, *, wanted: FigureFilter = _ANY, where: SearchFilter = _EVERYTHING, limit: int = 20
    ) -> FigureResult:
        """Return figures that are stated about something; raises `RefusedError` or `ServerError`."""
        values = {"q": query, "limit": limit, **_given(wanted), **_given(where)}
        return self._read(FigureResult, "GET", "/v1/figures", values=values)

    def release(self, release_id: str, *, where: SearchFilter = _EVERYTHING) -> FullRelease:
        """Return a release in full; raises `RefusedError` or `ServerError`."""
        values = {"as_of": where.as_of.isoformat()} if where.as_of else {}
        return self._read(FullRelease, "GET", _address(release_id), values=values)

    def releases(self, *, limit: int = 50, cursor: str | None = None, where: SearchFilter = _EVERYTHING) -> ReleasePage:
        """Return a page of the list of releases; raises `RefusedError` or `ServerError`."""
        values = {"limit": limit, **({"cursor": cursor} if cursor else {}), **_given(where)}
        return self._read(ReleasePage, "GET", "/v1/releases", values=values)

    def put(self, release: Release) -> JobObject:
        """Add a release, or a new revision of one, and return how far that is: mostly done; see `wait`.

        Needs a key with the scope ``write``. Raises `RefusedError` or `ServerError`.
        """
        body = json.loads(dump_line(release))
        del body["id"]
        return self._read(JobObject, "PUT", _address(release.id), body=body)

    def put_many(self, releases: Sequence[Release]) -> JobObject:
        """Add up to 1,000 releases as a job, and return it, begun or not: see `wait`. Errors are those of `put`."""
        body = {"releases": [json.loads(dump_line(release)) for release in releases]}
        return self._read(JobObject, "POST", "/v1/releases:batch", body=body)

    def remove(self, release_id: str) -> JobObject:
        """Delete a release with all its revisions, and return how far that is. Errors are those of `put`."""
        return self._read(JobObject, "DELETE", _address(release_id))

    def job(self, job_id: str) -> JobObject:
        """Return how far a job is. Errors are those of `put`."""
        return self._read(JobObject, "GET", f"/v1/jobs/{quote(job_id, safe='')}")

    def wait(self, job: JobObject, seconds: float = 600.0) -> JobObject:
        """Return a job once it is done or failed; raises `ServerError` if that takes more than so many seconds.

        Jobs outlive their server: one that cannot be reached, as while it is started anew, is waited for too.
        """
        deadline = time.monotonic() + seconds
        while job.finished is None:
            if time.monotonic() > deadline:
                raise ServerError(f"the job {job.id} is not done after {seconds:g} s", "ask for it again later")
            time.sleep(_LOOK)
            with suppress(UnreachableError):
                job = self.job(job.id)
        return job

    def _read(
        self,
        noun: type[T],
        method: str,
        address: str,
        *,
        values: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> T:
        response = self._send(self._request(method, address, values=values, body=body))
        return _parsed(TypeAdapter(noun), response.text)

    def _request(
        self,
        method: str,
        address: str,
        *,
        values: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> httpx2.Request:
        if body is None:
            return self._http.build_request(method, address, params=values or None)
        # In ASCII, so that what is no text reaches the server too, which says what is wrong with it.
        return self._http.build_request(
            method, address, content=json.dumps(body), headers={"Content-Type": "application/json"}
        )

    def _send(self, request: httpx2.Request, *, stream: bool = False) -> httpx2.Response:
        deadline = time.monotonic() + self._patience
        while True:
            try:
                response = self._http.send(request, stream=stream)
                if response.is_success:
                    return response
                response.read()
            except httpx2.HTTPError as error:
                raise self._unreachable(error) from error
            told = response.headers.get("retry-after", "")
            pause = int(told) if told.isdecimal() else None
            if response.status_code in _BUSY and pause is not None and time.monotonic() + pause < deadline:
                time.sleep(pause)
                continue
            try:
                raise RefusedError(ProblemObject.model_validate_json(response.content))
            except ValidationError as error:
                told = f"{self._url} answers {response.status_code}, and not as pressqa does"
                raise ServerError(told, "check the address and what is in front of the server") from error

    def _unreachable(self, error: Exception) -> UnreachableError:
        if isinstance(error, httpx2.TimeoutException):
            told = f"{self._url} has not answered in {self._timeout:g} s"
            return UnreachableError(told, "give it longer, as a written answer needs: Client(url, timeout=300)")
        return UnreachableError(f"{self._url} cannot be reached: {error}", "start the server: pressqa serve")


def _parsed(adapter: TypeAdapter[T], text: str) -> T:
    try:
        return adapter.validate_json(text)
    except ValidationError as error:
        hint = "use the client of the server's own version"
        raise ServerError(f"the server sent what this client cannot read: {error.errors()[0]['msg']}", hint) from error


def _question(question: str, top_k: int, where: SearchFilter, max_tokens: int | None) -> dict[str, Any]:
    return {"question": question, "top_k": top_k, "max_tokens": max_tokens, **_given(where)}


def _given(options: SearchFilter | FigureFilter) -> dict[str, str]:
    """Return the options that are not left open, as text: days in ISO 8601."""
    return {name: str(value) for name, value in asdict(options).items() if value is not None}


def _address(release_id: str) -> str:
    return f"/v1/releases/{quote(release_id, safe='')}"
