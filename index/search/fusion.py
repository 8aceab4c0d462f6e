"""Fusing the scores of the two legs into one ranking."""

from collections.abc import Mapping
from typing import NamedTuple

_OFFICIAL = 0.85
"""What a share of a question in official words counts; of 0.85 and 1, this found more on the development sets."""


class Fused(NamedTuple):
    """A passage id with its fused score and the scores of the two legs, as in `Hit`."""

    id: int
    score: float
    dense: float
    lexical: float


def normalise(scores: Mapping[int, float]) -> dict[int, float]:
    """Return the scores divided by the largest, so that the best is 1; all are 0 if no score is positive."""
    top = max(scores.values(), default=0.0)
    return {i: (score / top if top > 0 else 0.0) for i, score in scores.items()}


def convex(dense: Mapping[int, float], lexical: Mapping[int, float], weight: float) -> list[Fused]:
    """Rank by ``(1 - weight) * max(cosine, 0) + weight * BM25 / best BM25``, ties by passage id.

    ``dense`` are cosines and ``lexical`` BM25 scores by passage id; ``weight`` in [0, 1] is the keyword leg's share. An
    id that is missing from one of them scores 0 there. Raises ValueError for another weight. The method: Bruch, Gai and
    Ingber, "An analysis of fusion functions for hybrid retrieval", TOIS 2023.
    """
    if not 0 <= weight <= 1:
        raise ValueError(f"fusion weight must lie in [0, 1], not {weight}")
    lexical = normalise(lexical)
    found = [(i, dense.get(i, 0.0), lexical.get(i, 0.0)) for i in dense.keys() | lexical.keys()]
    own = 1 - weight
    return _best_first([(-own * (d if d > 0 else 0.0) - weight * x, i, d, x) for i, d, x in found])


def covered(lexical: Mapping[int, float], information: float) -> dict[int, float]:
    """Return the share of a question that the words of each passage cover: BM25 / ``information``, at most 1.

    ``information`` is what the question's terms are worth in all (`KeywordLeg.information`).
    """
    return {i: (min(1.0, score / information) if information > 0 else 0.0) for i, score in lexical.items()}


def either(own: Mapping[int, float], official: Mapping[int, float]) -> dict[int, float]:
    """Return the larger of the shares that passages cover of a question in its own words and in those of releases.

    The second counts a little less: an everyday word may mean something else than the official one.
    """
    shares = dict(own)
    for i, share in official.items():
        shares[i] = max(shares.get(i, 0.0), _OFFICIAL * share)
    return shares


def coverage(dense: Mapping[int, float], shares: Mapping[int, float], weight: float) -> list[Fused]:
    """Rank by ``(1 - weight) * max(cosine, 0) + weight * share ** 2``, ties by passage id.

    ``shares`` are those that `covered` gives. Their square lets words decide where a passage has most of the
    question's, as for a question worded like the text, and leaves the ranking to meaning where even the best passage
    has few, as for a question in other words. `convex` cannot tell the two apart: the best keyword hit scores 1 either
    way. Raises ValueError for a weight that is not in [0, 1].
    """
    if not 0 <= weight <= 1:
        raise ValueError(f"fusion weight must lie in [0, 1], not {weight}")
    found = [(i, dense.get(i, 0.0), shares.get(i, 0.0)) for i in dense.keys() | shares.keys()]
    own = 1 - weight
    return _best_first([(-own * (d if d > 0 else 0.0) - weight * x * x, i, d, x) for i, d, x in found])


def reciprocal_rank(
    dense: Mapping[int, float], lexical: Mapping[int, float], weight: float, constant: int = 60
) -> list[Fused]:
    """Rank by weighted reciprocal ranks, scaled so that the first passage of both legs scores 1; ties by passage id.

    ``constant`` damps the lead of the first ranks; 60 is the value of the method's authors: Cormack, Clarke and
    Buettcher, "Reciprocal rank fusion", SIGIR 2009. `convex` is the default because it measured better
    (eval/results/README.md); this is kept so that the comparison can be repeated.
    """
    scores: dict[int, float] = {}
    for leg, share in ((dense, 1 - weight), (lexical, weight)):
        for rank, passage_id in enumerate(sorted(leg, key=lambda i: (-leg[i], i)), start=1):
            scores[passage_id] = scores.get(passage_id, 0.0) + share * (constant + 1) / (constant + rank)
    lexical = normalise(lexical)
    return _best_first([(-score, i, dense.get(i, 0.0), lexical.get(i, 0.0)) for i, score in scores.items()])


def _best_first(negated: list[tuple[float, int, float, float]]) -> list[Fused]:
    """Return what is given by its score with the sign turned, id and the scores of the two legs: the best first.

    Ties come by passage id. Tuples sort as they are; by a key, or as `Fused`, it takes two times as long.
    """
    negated.sort()
    return [Fused(i, -score, dense, lexical) for score, i, dense, lexical in negated]
