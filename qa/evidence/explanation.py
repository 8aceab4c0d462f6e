"""What was read for an answer, and how each span was weighed."""

from collections.abc import Iterable, Sequence

from index.types import Hit
from qa.reading.agreement import answer_text
from qa.types import Candidate, ReadPassage, ReadSpan


def reordered(hits: Sequence[Hit], first: Iterable[Hit]) -> list[Hit]:
    """Return the hits ``first``, each once, and then the other ``hits`` in their order."""
    order = {hit.passage.id: hit for hit in first}
    return [*order.values(), *(hit for hit in hits if hit.passage.id not in order)]


def explained(hits: Sequence[Hit], candidates: Sequence[Candidate]) -> tuple[ReadPassage, ...]:
    """Return the passages that were read, in the order of their best candidates, with the spans weighed in each."""
    return tuple(
        ReadPassage(
            release_id=hit.passage.release.id,
            title=hit.passage.release.title,
            published=hit.passage.release.published,
            start=hit.passage.span.start,
            end=hit.passage.span.end,
            score=round(hit.score, 6),
            dense=round(hit.dense, 6),
            lexical=round(hit.lexical, 6),
            spans=tuple(
                ReadSpan(
                    text=answer_text(each),
                    start=each.span.start,
                    end=each.span.end,
                    span_score=round(each.span_score, 4),
                    again_score=round(each.again_score, 4),
                    score=round(each.score, 4),
                    confidence=round(each.confidence, 4),
                )
                for each in candidates
                if each.hit.passage.id == hit.passage.id
            ),
        )
        for hit in reordered(hits, (each.hit for each in candidates))
    )
