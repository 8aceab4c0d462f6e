"""What is answered where no release is by the publisher asked for: nothing, and a hint.

That can be asked, and is no error. Each function takes an engine and what the engine's method of the same name takes.
"""

from collections.abc import Iterator

from index.errors import UnknownPublisherError
from index.types import SearchFilter
from qa.engine import Engine
from qa.steps import Answered, Step
from qa.types import FigureFilter, FigureResult, ReleasePage, SearchResult


def steps(
    engine: Engine, question: str, *, top_k: int, where: SearchFilter, max_tokens: int | None, explain: bool
) -> Iterator[Step]:
    """Yield the steps to an answer; of a publisher that is not there the answer is the next one."""
    try:
        yield from engine.steps(question, top_k=top_k, where=where, max_tokens=max_tokens, explain=explain)
    except UnknownPublisherError as error:
        yield Answered(engine.nothing(question, where, error))


def search(engine: Engine, question: str, *, top_k: int, where: SearchFilter, max_tokens: int | None) -> SearchResult:
    """Return the passages for a question, or none and a hint."""
    try:
        return engine.search(question, top_k=top_k, where=where, max_tokens=max_tokens)
    except UnknownPublisherError as error:
        none = engine.nothing(question, where, error)
        return SearchResult(none.question, (), none.as_of, none.index, none.timings_ms, none.hint)


def figures(engine: Engine, query: str, *, wanted: FigureFilter, where: SearchFilter, limit: int) -> FigureResult:
    """Return the figures for a query, or none and a hint."""
    try:
        return engine.figures(query, wanted=wanted, where=where, limit=limit)
    except UnknownPublisherError as error:
        none = engine.nothing(query, where, error)
        return FigureResult(none.question, (), none.as_of, none.index, none.timings_ms, none.hint)


def releases(engine: Engine, *, limit: int, cursor: str | None, where: SearchFilter) -> ReleasePage:
    """Return a page of the releases, or an empty one and a hint."""
    try:
        return engine.releases(limit=limit, cursor=cursor, where=where)
    except UnknownPublisherError as error:
        return ReleasePage((), None, f"{error}; {error.hint}")
