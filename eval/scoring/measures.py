"""Every metric of a question, each a row of one table: its name, how it is computed, and if it is a headline.

To add one, write its function in `eval.metrics` with definition, source and pitfall, and add a row here: runs,
comparisons, sweeps, the gate and the report take it from this table.

hit, recall, mrr, ndcg and map rank releases, each by its best passage, so that they do not depend on how releases
are cut; evidence@k asks whether one of the first k passages holds the evidence whole. ``answer_correct`` is the
figure match where the gold answer is a figure, else the exact match. ``abstention`` is 1 where a question was
answered if and only if it can be.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from eval.metrics import (
    RETRIEVAL_METRICS,
    Member,
    Overlap,
    TimelineScore,
    citation_overlap,
    evidence_in_passages,
    exact_match,
    figure_match,
    figure_qualifier_match,
    retrieval_scores,
    timeline_score,
    token_f1,
)
from eval.types import Attempt, Record
from index.types import Span

Values = dict[str, float | None]
"""Metric -> value of one question; None where the metric does not apply to it."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A metric of one question: ``of`` returns its value in [0, 1], or None where it does not apply.

    ``headline``: runs are compared on these metrics unless others are asked for, and the gate checks them.
    """

    name: str
    of: Callable[[Record], float | None]
    headline: bool = False


def correct(record: Record, attempt: Attempt | None) -> bool:
    """Return True if an attempt is right: as a figure where a figure is asked for, else by exact match."""
    answer, golds = attempt.answer if attempt else None, record.answers or ()
    figure = figure_match(answer, golds, record.quantity)
    return (exact_match(answer, golds) if figure is None else figure) == 1.0


def overlap(record: Record, attempt: Attempt | None) -> Overlap | None:
    """Return how far the quote of an attempt covers the evidence; None where there is no evidence."""
    cited = None
    if attempt is not None:
        citation = attempt.citation
        cited = (citation.release_id, Span(citation.start, citation.end))
    return citation_overlap(cited, record.evidence)


def _evidence_at(k: int, record: Record) -> float | None:
    ranked = [(passage.release_id, Span(passage.start, passage.end)) for passage in record.ranked]
    return evidence_in_passages(record.evidence, ranked, k)


def _answer(score: Callable[[Record, str | None, Sequence[str]], float | None]) -> Callable[[Record], float | None]:
    """Return a measure of the answer given, which applies where answers are labelled."""

    def of(record: Record) -> float | None:
        given = record.given.answer if record.given else None
        return None if record.answers is None else score(record, given, record.answers)

    return of


def _citation(part: Callable[[Overlap], float]) -> Callable[[Record], float | None]:
    def of(record: Record) -> float | None:
        found = overlap(record, record.given) if record.answers is not None else None
        return None if found is None else part(found)

    return of


def _timeline(part: Callable[[TimelineScore], float | None]) -> Callable[[Record], float | None]:
    def of(record: Record) -> float | None:
        gold = [
            Member(point.target.release_id, point.target.spans if point.value is None else point.value, point.relation)
            for point in record.timeline
        ]
        facts = any(point.value is None for point in record.timeline)
        scored = timeline_score(_stated(record) if facts else _counted(record), gold)
        return None if scored is None else part(scored)

    return of


def _counted(record: Record) -> list[Member]:
    return [
        Member(point.citation.release_id, float(point.value), point.relation)
        for point in record.points
        if point.value is not None
    ]


def _stated(record: Record) -> list[Member]:
    """Return the statements of a fact by their places; an answer without a timeline is a timeline of one."""
    cited = [(point.citation, point.relation) for point in record.points]
    if not cited and record.given is not None:
        cited = [(record.given.citation, "latest")]
    return [Member(c.release_id, (Span(c.answer_start, c.answer_end),), relation) for c, relation in cited]


_RETRIEVAL_HEADLINE = frozenset({"hit@1", "hit@5", "mrr"})
"""The headline metrics among those of the search."""

MEASURES = (
    Measure("evidence@1", partial(_evidence_at, 1), headline=True),
    Measure("evidence@3", partial(_evidence_at, 3)),
    Measure("evidence@5", partial(_evidence_at, 5), headline=True),
    Measure("evidence@10", partial(_evidence_at, 10)),
    Measure("answer_correct", _answer(lambda record, *_: float(correct(record, record.given))), headline=True),
    Measure("answer_em", _answer(lambda _, given, golds: exact_match(given, golds))),
    Measure("answer_f1", _answer(lambda _, given, golds: token_f1(given, golds)), headline=True),
    Measure(
        "figure_match", _answer(lambda record, given, golds: figure_match(given, golds, record.quantity)), headline=True
    ),
    Measure(
        "figure_qualifier",
        _answer(lambda record, given, golds: figure_qualifier_match(given, golds, record.quantity)),
    ),
    Measure("citation_precision", _citation(lambda found: found.precision)),
    Measure("citation_recall", _citation(lambda found: found.recall), headline=True),
    Measure("abstention", _answer(lambda _, given, golds: float((given is not None) == bool(golds))), headline=True),
    Measure("timeline_precision", _timeline(lambda scored: scored.precision)),
    Measure("timeline_recall", _timeline(lambda scored: scored.recall)),
    Measure("timeline_f1", _timeline(lambda scored: scored.f1)),
    Measure("timeline_relations", _timeline(lambda scored: scored.relations)),
)
"""The measures that are computed for one question at a time, in the order in which they are shown."""

METRICS = (*RETRIEVAL_METRICS, *(measure.name for measure in MEASURES))
"""The names of all metrics, in the order in which they are shown; those of the search come first."""

HEADLINE = tuple(
    name
    for name in METRICS
    if name in _RETRIEVAL_HEADLINE or any(measure.name == name and measure.headline for measure in MEASURES)
)
"""The names of the headline metrics: runs are compared on them by default, and the gate checks them."""


def per_question(records: Sequence[Record]) -> dict[str, Values]:
    """Return question id -> metric -> value. A question that failed has 0 wherever a metric applies to it."""
    grades = {record.id: _grades(record) for record in records}
    retrieval = retrieval_scores(grades, {record.id: _by_release(record) for record in records})
    found: dict[str, Values] = {}
    for record in records:
        values: Values = dict.fromkeys(METRICS)
        values.update(retrieval.get(record.id, {}))
        values.update({measure.name: measure.of(record) for measure in MEASURES})
        if record.error is not None:
            values = {metric: None if value is None else 0.0 for metric, value in values.items()}
        found[record.id] = values
    return found


def _grades(record: Record) -> dict[str, int]:
    grades: dict[str, int] = {}
    for target in record.targets:
        grades[target.release_id] = max(target.grade, grades.get(target.release_id, 0))
    return grades


def _by_release(record: Record) -> dict[str, float]:
    """Return the releases in the order of their best passages, as scores; the product has already decided ties."""
    order = dict.fromkeys(passage.release_id for passage in record.ranked)
    return {release_id: float(len(order) - rank) for rank, release_id in enumerate(order)}
