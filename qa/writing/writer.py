"""A written answer: a language model writes from the passages, and each sentence is judged before anybody sees it."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from typing import Final

from index.types import Release
from qa.types import Answer, WrittenAnswer, WrittenSentence
from qa.writing.check import Judge, Judged, Source
from qa.writing.client import Endpoint, WritingError, stream_text
from qa.writing.draft import Draft, DraftReader
from qa.writing.prompt import BUDGET, NOTHING, messages, sources_of

MOST: Final = 20_000
"""How many characters of a model's text are read: some thirty sentences with their quotes."""

CountTokens = Callable[[str], int]
ReleaseOf = Callable[[str], Release]
"""The id of a release -> the release, as it stood on the day that the question is about."""

_UNSET: Final = "no language model is set; set PRESSQA_LLM_URL and PRESSQA_LLM_MODEL"


def unwritten(problem: str = _UNSET) -> WrittenAnswer:
    """Return a written answer of nothing, and why."""
    return WrittenAnswer((), 0, {}, None, problem)


class Writer:
    """Has a language model write answers, and judges them. Safe to use from several threads."""

    def __init__(self, endpoint: Endpoint, load_counter: Callable[[], CountTokens]) -> None:
        """Take the model, and what loads the counter of tokens: it is loaded for the first answer that is written."""
        self._endpoint = endpoint
        self._load_counter = load_counter
        self._count: CountTokens | None = None

    def judged(
        self, answer: Answer, release_of: ReleaseOf, max_tokens: int | None = None
    ) -> Iterator[Judged | WrittenAnswer | None]:
        """Yield each sentence as soon as it is judged, and the written answer last; never raises what a model does.

        In between comes None for each piece of text, so that a caller for whom nobody waits any more can stop: closing
        the iterator ends the model's work. ``max_tokens`` bounds the passages in the prompt. Where nothing was found,
        nothing is written.
        """
        model = self._endpoint.model
        if answer.answer is None:
            yield WrittenAnswer((), 0, {}, model, "the releases do not answer the question, so nothing is written")
            return
        if self._count is None:
            self._count = self._load_counter()
        sources = sources_of(answer, release_of, self._count, max_tokens or BUDGET)
        shown: list[WrittenSentence] = []
        reasons: Counter[str] = Counter()
        problem = None
        try:
            for one in self._sentences(answer.question, sources):
                if isinstance(one, WrittenSentence):
                    shown.append(one)
                elif one is not None:
                    reasons[one.reason] += 1
                yield one
        except WritingError as error:
            problem = str(error)
        if problem is None and not shown and set(reasons) <= {"no citation"}:
            problem = "the language model wrote nothing that cites a passage; it may have refused, so try another model"
        yield WrittenAnswer(tuple(shown), reasons.total(), dict(reasons.most_common()), model, problem)

    def write(self, answer: Answer, release_of: ReleaseOf, max_tokens: int | None = None) -> WrittenAnswer:
        """Return the written answer, once all of it is judged."""
        *_, last = self.judged(answer, release_of, max_tokens)
        assert isinstance(last, WrittenAnswer)
        return last

    def _sentences(self, question: str, sources: tuple[Source, ...]) -> Iterator[Judged | None]:
        if not sources:
            raise WritingError("no passage fits into the prompt; allow more with max_tokens")
        reader, court = DraftReader(), Judge(sources)
        read = 0
        begun = ""
        broke_off: WritingError | None = None
        with closing(stream_text(self._endpoint, messages(question, sources))) as pieces:
            try:
                for piece in pieces:
                    yield None
                    begun = (begun + piece)[:100]
                    left = MOST - read
                    read += len(piece)
                    for draft in _said(reader.feed(piece[:left])):
                        yield from court.judge(draft)
                    if read >= MOST:
                        raise WritingError(f"the language model wrote over {MOST:,} characters; the rest is left out")
            except WritingError as error:
                broke_off = error
        if broke_off is None and begun.strip().strip(".") == NOTHING:
            raise WritingError("the language model found no passage that answers the question")
        for draft in _said(reader.close()):  # what was complete when it broke off holds or not, as all before
            yield from court.judge(draft)
        if broke_off is not None:
            raise broke_off


def _said(drafts: Iterator[Draft]) -> Iterator[Draft]:
    """Yield the drafts but for the word by which a model says that no passage answers: that is no sentence to judge."""
    return (draft for draft in drafts if draft.text.strip(".") != NOTHING)


def with_written(answer: Answer, written: WrittenAnswer) -> Answer:
    """Return an answer with what was written beside it; nothing else of it changes."""
    return replace(answer, written=written)
