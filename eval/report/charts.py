"""Charts as inline SVG. Colours come from the page's style sheet, so they follow its light and dark schemes."""

from collections.abc import Mapping, Sequence
from html import escape

from eval.metrics import Interval, ReliabilityBin, RiskCoveragePoint

_SIZE, _LEFT, _BOTTOM, _TOP, _RIGHT = 300, 44, 42, 10, 12
_BAR, _GAP, _LABELS, _VALUES = 13, 12, 128, 46
"""Lengths in pixels, before the browser scales the picture."""


def bars(title: str, kinds: Mapping[str, Sequence[Interval | None]]) -> str:
    """Draw for each kind a bar for each run, with its interval as a line; values lie in [0, 1]."""
    width, plot = 420, 420 - _LABELS - _VALUES
    rows: list[str] = []
    y = float(_TOP)
    for kind, values in kinds.items():
        height = _BAR * len(values)
        middle = y + height / 2
        rows.append(f'<text class="label" x="{_LABELS - 8}" y="{middle:.1f}" dy=".35em">{escape(kind)}</text>')
        for place, value in enumerate(values):
            top = y + place * _BAR
            if value is not None:
                rows.append(_bar(value, top, plot, place))
        y += height + _GAP
    grid = "".join(
        f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP - 4}" y2="{y:.1f}"/>'
        f'<text class="tick" x="{x:.1f}" y="{y + 12:.1f}">{at:g}</text>'
        for at, x in ((at, _LABELS + plot * at) for at in (0, 0.5, 1))
    )
    return _svg(title, width, y + 16, grid + "".join(rows), "bars")


def _bar(value: Interval, top: float, plot: int, run: int) -> str:
    middle = top + _BAR / 2
    low, high = (_LABELS + plot * end for end in (value.low, value.high))
    return (
        f'<rect class="run{run}" x="{_LABELS}" y="{top + 1:.1f}" width="{max(plot * value.mean, 1):.1f}"'
        f' height="{_BAR - 2}"/>'
        f'<line class="whisker" x1="{low:.1f}" x2="{high:.1f}" y1="{middle:.1f}" y2="{middle:.1f}"/>'
        f'<text class="value" x="{_LABELS + plot + 6}" y="{middle:.1f}" dy=".35em">{value.mean:.2f}</text>'
    )


def risk_coverage(title: str, runs: Sequence[Sequence[RiskCoveragePoint]]) -> str:
    """Draw risk against coverage, with a line for each run: the lower, the better."""
    lines = []
    for place, points in enumerate(runs):
        path = " ".join(f"{_x(point.coverage):.1f},{_y(point.risk):.1f}" for point in points)
        lines.append(f'<polyline class="line run{place}" points="{path}"/>')
    return _square(title, "share of questions answered", "share of them wrong", "".join(lines))


def calibration(title: str, runs: Sequence[Sequence[ReliabilityBin]]) -> str:
    """Draw how often answers were right against how sure they were; the diagonal is perfect, size is count."""
    marks = [f'<line class="ideal" x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}"/>']
    for place, bins in enumerate(runs):
        path = " ".join(f"{_x(each.confidence):.1f},{_y(each.accuracy):.1f}" for each in bins)
        marks.append(f'<polyline class="line run{place}" points="{path}"/>')
        total = sum(each.count for each in bins)
        marks += [
            f'<circle class="dot run{place}" cx="{_x(each.confidence):.1f}" cy="{_y(each.accuracy):.1f}"'
            f' r="{2.5 + 7 * (each.count / total) ** 0.5:.1f}"><title>{each.count} questions, confidence'
            f" {each.confidence:.2f}, right {each.accuracy:.2f}</title></circle>"
            for each in bins
        ]
    return _square(title, "confidence", "share right", "".join(marks))


def _square(title: str, across: str, up: str, content: str) -> str:
    axes = "".join(
        f'<line class="grid" x1="{_x(0)}" x2="{_x(1)}" y1="{_y(at):.1f}" y2="{_y(at):.1f}"/>'
        f'<text class="tick end" x="{_x(0) - 6}" y="{_y(at):.1f}" dy=".35em">{at:g}</text>'
        f'<text class="tick" x="{_x(at):.1f}" y="{_y(0) + 16}">{at:g}</text>'
        for at in (0, 0.25, 0.5, 0.75, 1)
    )
    middle = _y(0.5)
    names = (
        f'<text class="axis" x="{_x(0.5):.1f}" y="{_SIZE - 6}">{escape(across)}</text>'
        f'<text class="axis" x="12" y="{middle:.1f}" transform="rotate(-90 12 {middle:.1f})">{escape(up)}</text>'
    )
    return _svg(title, _SIZE, _SIZE, axes + names + content, "square")


def _x(value: float) -> float:
    return _LEFT + value * (_SIZE - _LEFT - _RIGHT)


def _y(value: float) -> float:
    return _SIZE - _BOTTOM - value * (_SIZE - _BOTTOM - _TOP)


def _svg(title: str, width: float, height: float, content: str, kind: str) -> str:
    name = escape(title, quote=True)
    return f'<svg class="{kind}" role="img" aria-label="{name}" viewBox="0 0 {width:g} {height:g}">{content}</svg>'
