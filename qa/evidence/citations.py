"""Citations: cut from the stored text, and checked against it before anyone sees them."""

from index.types import Hit, Passage, Release, Span
from qa.evidence.text_fragments import link_to
from qa.types import Citation, CitedPassage


class CitationError(RuntimeError):
    """A quotation does not equal the text at its offsets. A bug, never a user's mistake: it must not be shown."""


def cite(passage: Passage, answer: Span) -> Citation:
    """Return the citation of an answer in a passage: the sentences that contain it, with its offsets in the release.

    Raises `CitationError` for an answer that does not lie in the passage.
    """
    if not passage.span.holds(answer):
        raise CitationError(f"answer {answer} lies outside its passage {passage.span} of {passage.release.id!r}")
    return cite_span(passage.release, _sentences_around(passage, answer), answer)


def cite_span(release: Release, quote: Span, answer: Span) -> Citation:
    """Return the citation of ``answer`` within ``quote`` of a release, checked; raises `CitationError`."""
    citation = Citation(
        release_id=release.id,
        title=release.title,
        publisher=release.publisher,
        published=release.published,
        url=release.url,
        link=link_to(release.url, release.body, quote) if release.url else None,
        quote=quote.of(release.body),
        start=quote.start,
        end=quote.end,
        answer_start=answer.start,
        answer_end=answer.end,
        sha256=release.sha256,
        withdrawn=release.withdrawn,
    )
    check(citation, release.body, answer.of(release.body))
    return citation


def check(citation: Citation, body: str, answer: str) -> None:
    """Raise `CitationError` unless quotation and answer equal ``body`` at their offsets, one inside the other."""
    holds = (
        citation.quote == body[citation.start : citation.end] != ""
        and answer == body[citation.answer_start : citation.answer_end] != ""
        and citation.start <= citation.answer_start
        and citation.answer_end <= citation.end <= len(body)
    )
    if not holds:
        raise CitationError(f"the citation of {citation.release_id!r} does not equal the text at its offsets")


def cite_passages(hits: list[Hit], tokens: list[int]) -> tuple[CitedPassage, ...]:
    """Return passages as they are shown, in the order given; ``tokens`` are their lengths."""
    return tuple(
        CitedPassage(
            rank=rank,
            score=round(hit.score, 6),
            text=hit.passage.text,
            start=hit.passage.span.start,
            end=hit.passage.span.end,
            tokens=count,
            release_id=hit.passage.release.id,
            title=hit.passage.release.title,
            publisher=hit.passage.release.publisher,
            published=hit.passage.release.published,
            url=hit.passage.release.url,
            withdrawn=hit.passage.release.withdrawn,
        )
        for rank, (hit, count) in enumerate(zip(hits, tokens, strict=True), start=1)
    )


def _sentences_around(passage: Passage, answer: Span) -> Span:
    touched = [s for s in passage.sentences if s.touches(answer)]
    return Span(min([answer.start, *(s.start for s in touched)]), max([answer.end, *(s.end for s in touched)]))
