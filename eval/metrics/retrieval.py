"""Metrics of the search: the standard ones, through ir_measures, and whether the first passages hold the evidence."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import ir_measures

from index.types import Span

RETRIEVAL_METRICS: Final[dict[str, Any]] = {
    "hit@1": ir_measures.Success @ 1,
    "hit@3": ir_measures.Success @ 3,
    "hit@5": ir_measures.Success @ 5,
    "hit@10": ir_measures.Success @ 10,
    "recall@1": ir_measures.R @ 1,
    "recall@3": ir_measures.R @ 3,
    "recall@5": ir_measures.R @ 5,
    "recall@10": ir_measures.R @ 10,
    "mrr": ir_measures.RR,
    "ndcg@10": ir_measures.nDCG @ 10,
    "map": ir_measures.AP,
}
"""Name -> measure of ir_measures (MacAvaney et al. 2022), computed by trec_eval's own code.

hit@k (Success@k): 1 if any of the first k is relevant. recall@k: share of the relevant among the first k.
mrr: mean of 1/rank of the first relevant (Voorhees 1999). ndcg@10: gains discounted by log2(rank + 1), over
the best possible (Järvelin and Kekäläinen 2002). map: mean of the precision at each relevant item.
Pitfalls: recall@k cannot reach 1 where more than k items are relevant; map and recall count what was not
retrieved as missed, so run and qrels must name the same kind of item.
"""


def retrieval_scores(
    qrels: Mapping[str, Mapping[str, int]], run: Mapping[str, Mapping[str, float]]
) -> dict[str, dict[str, float]]:
    """Return question id -> metric name -> value, for every question of ``qrels`` that has a relevant item.

    ``qrels`` maps question -> item -> grade (above 0 is relevant), ``run`` question -> item -> score. A
    question that the run lacks, or for which it found nothing, scores 0 everywhere: it never vanishes from
    a mean. A question without a relevant item (unanswerable) is left out, for no ranking of it is better than
    another. Ties are in the order of their ids, as in the product (trec_eval reverses it, and keeps scores
    in single precision only): therefore ranks, not scores, are handed on.
    """
    judged = {question: dict(grades) for question, grades in qrels.items() if any(g > 0 for g in grades.values())}
    ranked = {question: _by_rank(run.get(question, {})) for question in judged}
    values: dict[str, dict[str, float]] = {question: {} for question in judged}
    names = {measure: name for name, measure in RETRIEVAL_METRICS.items()}
    if judged:
        for result in ir_measures.iter_calc(list(names), judged, ranked):
            values[result.query_id][names[result.measure]] = float(result.value)
    return {question: {name: scores[name] for name in RETRIEVAL_METRICS} for question, scores in values.items()}


def _by_rank(scores: Mapping[str, float]) -> dict[str, float]:
    order = sorted(scores, key=lambda item: (-scores[item], item))
    return {item: float(len(order) - rank) for rank, item in enumerate(order)}


def evidence_in_passages(
    evidence: Mapping[str, Sequence[Span]], passages: Sequence[tuple[str, Span]], k: int
) -> float | None:
    """Return 1.0 if one of the first ``k`` passages holds a whole evidence span, else 0.0.

    ``evidence`` maps release id -> spans in its body that answer the question; ``passages`` are (release id,
    span), best first. ``None`` where there is no evidence (unanswerable). Definition: answer recall of open
    question answering (Chen et al. 2017), but by offsets in the release instead of by string, so that the
    same number elsewhere is no hit. Pitfall: longer passages score higher; compare at one size.
    """
    if not any(evidence.values()):
        return None
    found = any(
        passage.start <= span.start and span.end <= passage.end
        for release, passage in passages[:k]
        for span in evidence.get(release, ())
    )
    return float(found)
