"""Metrics of the citation: how far it covers the evidence; and a check that its quote is the text at its offsets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from index.types import Span


@dataclass(frozen=True, slots=True)
class Overlap:
    """How far a cited span and the evidence cover each other, each in [0, 1]."""

    precision: float
    recall: float
    f1: float


def citation_overlap(cited: tuple[str, Span] | None, evidence: Mapping[str, Sequence[Span]]) -> Overlap | None:
    """Compare a cited span with the evidence, in characters; the best over the evidence spans, by F1.

    ``cited`` is (release id, span), ``evidence`` release id -> spans. Precision: share of the cited
    characters that are evidence; recall: share of the evidence that is cited; a citation of another release,
    or none, is 0 throughout. ``None`` where there is no evidence (unanswerable). Source: ours, after the
    citation precision and recall of ALCE (Gao et al. 2023), with offsets instead of a model's judgement.
    Pitfall: evidence labelled tightly makes a whole quoted sentence look imprecise; read recall first.
    """
    if not any(evidence.values()):
        return None
    best = Overlap(0.0, 0.0, 0.0)
    if cited is None:
        return best
    release, span = cited
    for gold in evidence.get(release, ()):
        shared = max(0, min(span.end, gold.end) - max(span.start, gold.start))
        size, wanted = span.end - span.start, gold.end - gold.start
        overlap = Overlap(shared / size, shared / wanted, 2 * shared / (size + wanted))
        if overlap.f1 > best.f1:
            best = overlap
    return best


def quote_holds(body: str, start: int, end: int, quote: str) -> bool:
    """Return True if ``quote`` is exactly ``body[start:end]``, in code points, and not empty.

    A hard check, not a metric: one failure fails a run. Offsets outside the body fail too, although a slice
    would forgive them.
    """
    return 0 <= start < end <= len(body) and body[start:end] == quote
