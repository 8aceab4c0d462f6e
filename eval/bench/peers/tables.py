"""The tables of a run, for a person and for a page, and which targets were reached."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from eval.bench.peers.environments import PEERS, PRESSQA
from eval.bench.peers.measure import Measured

MIN_COLD, MIN_WARM = 6.0, 4.0
"""The targets: how many times faster than every peer a cold start and a warm search must be."""

_SHOWN = {peer.name: peer.shown for peer in (PRESSQA, *PEERS)}


@dataclass(frozen=True, slots=True)
class Row:
    """One thing measured: how it reads, and whether more or less of it is better."""

    label: str
    value: Callable[[Measured], float]
    form: str
    more: bool


def rows(groups: Sequence[str], passages: int) -> list[Row]:
    """Return the rows of a table over ``passages`` passages; ``groups`` are the names of the question sets."""
    fixed = [
        Row("cold start to first result, s", lambda each: each.cold.seconds, ".2f", False),
        Row("... processor time, s", lambda each: each.cold.cpu, ".2f", False),
        Row("warm search, median, ms", lambda each: each.warm.seconds * 1e3, ".1f", False),
        Row("... processor time, ms", lambda each: each.warm.cpu * 1e3, ".1f", False),
        Row("ingest, passages a second", lambda each: passages / each.ingest.seconds, ".0f", True),
        Row("... a second of processor time", lambda each: passages / each.ingest.cpu, ".0f", True),
        Row("peak memory, searching, MB", lambda each: each.search_peak / 1e6, ".0f", False),
        Row("peak memory, ingesting, MB", lambda each: each.ingest_peak / 1e6, ".0f", False),
    ]
    found = [
        Row(f"{group}: {label}", lambda each, g=group, v=value: v(each.quality[g]), ".3f", True)  # type: ignore[misc]
        for group in groups
        for label, value in (
            ("hit@1", lambda quality: quality.hit1),
            ("hit@5", lambda quality: quality.hit5),
            ("MRR@10", lambda quality: quality.mrr),
        )
    ]
    return [*fixed, *found]


def table(measured: Sequence[Measured], passages: int) -> Iterator[str]:
    """Yield the lines of a table in Markdown; the best of each row is bold, whoever it is."""
    yield f"| | {' | '.join(_SHOWN[each.peer] for each in measured)} |"
    yield f"|---|{'---|' * len(measured)}"
    for row in rows(list(measured[0].quality), passages):
        shown = [format(row.value(each), row.form) for each in measured]
        best = (max if row.more else min)(map(float, shown))
        yield f"| {row.label} | {' | '.join(f'**{cell}**' if float(cell) == best else cell for cell in shown)} |"


def verdicts(measured: Sequence[Measured], passages: int) -> Iterator[tuple[str, bool]]:
    """Yield each target with what pressqa reached of it against the best of the others."""
    ours = next(each for each in measured if each.peer == PRESSQA.name)
    others = [each for each in measured if each is not ours]
    if not others:
        return
    for row in rows(list(ours.quality), passages):
        if row.label.startswith("..."):
            continue
        mine = row.value(ours)
        best = (max if row.more else min)(others, key=row.value)
        theirs = row.value(best)
        ratio = (mine / theirs if theirs else 1.0) if row.more else theirs / mine
        least = MIN_COLD if row.label.startswith("cold") else MIN_WARM if row.label.startswith("warm") else 1.0
        against = f"{mine:{row.form}} against {theirs:{row.form}} of the best other, {best.peer}"
        yield f"{row.label}: {against}; {ratio:.2f}x, target {least:g}x", ratio >= least - 1e-9
