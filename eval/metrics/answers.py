"""Metrics of the answer: as a string (SQuAD) and, for figures, as a quantity."""

import re
import string
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from eval.metrics.quantities import Quantity, only_quantity, whole_quantity
from eval.types import GoldQuantity

_ARTICLES: Final = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION: Final = str.maketrans("", "", string.punctuation)


def normalise(answer: str) -> str:
    """Lower-case, drop ASCII punctuation and the articles, and join the words by one space.

    Source: the evaluation script of SQuAD 1.1 (Rajpurkar et al. 2016), step for step and in its order.
    Pitfall: "1.5" becomes "15" and "24%" becomes "24"; that is why figures have `figure_match`.
    """
    return " ".join(_ARTICLES.sub(" ", answer.lower().translate(_PUNCTUATION)).split())


@dataclass(frozen=True, slots=True)
class FigureMatch:
    """How a predicted figure compares with the expected one, each aspect by itself."""

    value: bool
    unit: bool
    qualifier: bool


def exact_match(predicted: str | None, golds: Sequence[str]) -> float:
    """Return 1.0 if the normalised answer equals a normalised gold answer, else 0.0.

    Without gold answers the question is unanswerable: 1.0 if nothing was answered. ``None`` or an answer that
    normalises to nothing is no answer. Source: SQuAD 1.1 and 2.0 (Rajpurkar et al. 2016, 2018). Pitfall: a
    system that never answers scores the share of unanswerable questions; read it by kind.
    """
    answer, expected = _normalised(predicted, golds)
    return float(answer in expected)


def token_f1(predicted: str | None, golds: Sequence[str]) -> float:
    """Return the best F1, over the gold answers, of the bags of normalised words.

    If either side is empty, 1.0 if both are, else 0.0: so 1.0 for no answer to an unanswerable question.
    Source:
    SQuAD 1.1 and 2.0 (Rajpurkar et al. 2016, 2018). Pitfall: gives half marks for "19,000 people"
    against "1,900 people", and an answer of another meaning with the same words scores 1.
    """
    answer, expected = _normalised(predicted, golds)
    return max(_bag_f1(answer.split(), gold.split()) for gold in expected)


def _normalised(predicted: str | None, golds: Sequence[str]) -> tuple[str, list[str]]:
    expected = [text for text in map(normalise, golds) if text]
    return normalise(predicted or ""), expected or [""]


def _bag_f1(answer: list[str], gold: list[str]) -> float:
    if not answer or not gold:
        return float(answer == gold)
    common = sum((Counter(answer) & Counter(gold)).values())
    # 2PR/(P+R) of the script, in the form that has no 0/0
    return 2 * common / (len(answer) + len(gold))


def figure_match(predicted: str | None, golds: Sequence[str], quantity: GoldQuantity | None = None) -> float | None:
    """Return 1.0 if the answer states a gold figure in value and unit, whatever its qualifier, else 0.0.

    ``quantity`` is the gold figure as data, where the set states one; otherwise each gold answer that is a quantity
    by itself is one, and the best counts. ``None`` where there is neither: then this is no figure question.
    Definition: ours, by `compare`. Pitfall: without ``quantity`` the reader of quantities decides which questions
    count; an answer with two figures is wrong, for nobody can tell which of them was meant.
    """
    matches = _figure_matches(predicted, golds, quantity)
    return None if matches is None else float(any(m.value and m.unit for m in matches))


def figure_qualifier_match(
    predicted: str | None, golds: Sequence[str], quantity: GoldQuantity | None = None
) -> float | None:
    """Return 1.0 if the answer also carries the qualifier of a gold figure that it matches, else 0.0.

    ``None`` where this is no figure question, or where value and unit are wrong already. Definition: ours.
    Pitfall: a mean over the figures that were right, so its base differs from run to run.
    """
    matches = _figure_matches(predicted, golds, quantity)
    right = [m for m in matches or () if m.value and m.unit]
    return float(any(m.qualifier for m in right)) if right else None


def _figure_matches(
    predicted: str | None, golds: Sequence[str], quantity: GoldQuantity | None
) -> list[FigureMatch] | None:
    figures = [gold for gold in golds if whole_quantity(gold) is not None]
    if quantity is None:
        return [compare(predicted or "", gold) for gold in figures] if figures else None
    found = _stated(predicted or "", years=True)
    if found is None:
        return [FigureMatch(value=False, unit=False, qualifier=False)]
    qualifiers = {gold.qualifier for gold in map(whole_quantity, figures) if gold is not None}
    return [
        FigureMatch(
            value=found.value_max is None and found.value == quantity.value,
            unit=found.unit == quantity.unit,
            qualifier=found.qualifier in qualifiers,
        )
    ]


def compare(predicted: str, gold: str) -> FigureMatch:
    """Compare a predicted answer with the expected one as quantities, not as strings.

    ``gold`` must be a quantity by itself; of ``predicted`` it is enough that it states exactly one. Where
    either is not so, nothing matches. A bare count equals a count of a noun ("22", "22 substances"); a
    number of another unit does not ("24%", "24"). Four digits that might be a year ("2000") are read as a
    number where the other side is one ("2,000"). Both sides are read by `eval.metrics.quantities`.
    """
    expected = whole_quantity(gold)
    found = _stated(predicted, years=expected is not None)
    if expected is None and found is not None:
        expected = whole_quantity(gold, years=True)
    if expected is None or found is None:
        return FigureMatch(value=False, unit=False, qualifier=False)
    return FigureMatch(
        value=(found.value, found.value_max) == (expected.value, expected.value_max),
        unit=found.unit == expected.unit,
        qualifier=found.qualifier == expected.qualifier,
    )


def _stated(answer: str, *, years: bool) -> Quantity | None:
    """Return the quantity that an answer is, or the only one that it mentions; ``years`` reads "2000" as a number."""
    found = whole_quantity(answer) or only_quantity(answer)
    return whole_quantity(answer, years=True) if found is None and years else found
