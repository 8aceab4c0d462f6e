"""Drawing the timeline of a figure: what was stated, for what time, and when; SVG or PNG, through matplotlib.

A row for each statement, newest first. To the left its number as a bar, to the right on a common axis the time that it
covers and the day it was published. Rows cannot run into each other, however many there are and however they agree.
"""

import io
import re
import textwrap
import warnings
from datetime import date, timedelta
from decimal import Decimal
from typing import Final
from xml.sax.saxutils import escape

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.dates import MONTHLY, AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path
from matplotlib.ticker import FuncFormatter, MaxNLocator

from index.text.dates import long_date
from qa.types import Answer, TimelinePoint
from qa.wording import RELATIONS, in_words, one_line

FORMATS: Final = ("svg", "png")
"""The formats that a picture can have."""

_COLOURS = {"latest": "#1d5ea8", "same": "#6a9bd1", "earlier": "#9a9a9a", "conflict": "#b3282d"}
_CHANGES = {"up": " (a rise)", "down": " (a fall)"}
_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_OPEN_ABOVE = frozenset({"more than", "at least"})
_OPEN_BELOW = frozenset({"up to", "fewer than"})
_ROUGH = frozenset({"nearly", "around"})
_WIDTH = 9.6
_VALUES, _GAP = 4.35, 0.35
"""Inches: the width of the axes with the bars, and the gap between them and the axes with the times."""
_ROW, _LINE = 0.62, 0.2
_INK, _PALE = "#1a1a1a", "#666666"


def draw(answer: Answer, form: str) -> bytes:
    """Return the timeline of an answer as a picture in one of `FORMATS`; the same bytes for the same answer.

    Raises ValueError where the answer has no timeline, or one of dates or names.
    """
    if not answer.timeline:
        raise ValueError("the answer has no timeline")
    with (
        mpl.rc_context({"svg.hashsalt": "pressqa", "svg.fonttype": "none", "font.family": "DejaVu Sans"}),
        warnings.catch_warnings(),
    ):
        # Who opens an SVG has fonts for what ours lacks; a PNG shows a box instead.
        warnings.filterwarnings("ignore", "Glyph .* missing from font", UserWarning)
        figure = _figure(answer)
        target = io.BytesIO()
        if form == "svg":
            FigureCanvasSVG(figure).print_svg(target, metadata={"Date": None, "Creator": "pressqa"})
            return _described(target.getvalue().decode(), answer).encode()
        FigureCanvasAgg(figure)
        figure.savefig(target, format="png", dpi=160, metadata={"Title": answer.question, "Software": "pressqa"})
        return target.getvalue()


def describe(answer: Answer) -> str:
    """Return the timeline in words: the description of the picture for screen readers."""
    return "; ".join(
        f"{long_date(each.published)}: {one_line(each.text)}{_of(each)} ({RELATIONS[each.relation]})"
        for each in answer.timeline
    )


def _figure(answer: Answer) -> Figure:
    rows = list(answer.timeline)
    title = _wrapped(answer.question, 78, _WIDTH - 0.6, 14, "bold")
    measured = next((each.measured for each in rows if each.measured), None)
    subtitle = [_shortened(f"Measured: {one_line(measured)}", 110, _WIDTH - 0.6, 10)] if measured else []
    notes = [line for each in rows for line in _wrapped(_source(each), 128, _WIDTH - 0.6, 7.5, indent="    ")]
    notes = ["Sources", *notes]
    head = 0.35 + 0.3 * len(title) + 0.24 * len(subtitle) + 0.35
    body = _ROW * len(rows)
    foot = 0.75 + _LINE * len(notes)
    height = head + body + foot
    figure = Figure(figsize=(_WIDTH, height), facecolor="white")
    y = height - 0.35
    for line in title:
        figure.text(0.3 / _WIDTH, y / height, line, size=14, weight="bold", color=_INK, va="center", parse_math=False)
        y -= 0.3
    for line in subtitle:
        figure.text(0.3 / _WIDTH, y / height, line, size=10, color=_PALE, va="center", parse_math=False)
        y -= 0.24
    values = figure.add_axes((1.75 / _WIDTH, foot / height, _VALUES / _WIDTH, body / height))
    times = figure.add_axes(((1.75 + _VALUES + _GAP) / _WIDTH, foot / height, 2.85 / _WIDTH, body / height))
    _draw_values(values, rows)
    _draw_times(times, rows, answer.as_of)
    y = foot - 0.68
    for line in notes:
        weight = "bold" if line == "Sources" else "normal"
        figure.text(0.3 / _WIDTH, y / height, line, size=7.5, color=_PALE, weight=weight, va="center", parse_math=False)
        y -= _LINE
    return figure


def _number(value: str | None) -> Decimal:
    if value is None:
        raise ValueError("the timeline is not that of a figure")
    return Decimal(value)


def _draw_values(axes: Axes, rows: list[TimelinePoint]) -> None:
    unit = rows[0].unit
    lows = [_number(each.value) for each in rows]
    highs = [_number(each.value_max or each.value) for each in rows]
    reach = float(max(*highs, *(-low for low in lows), Decimal(0))) or 1.0
    left = float(min(*lows, Decimal(0)))
    right = float(max(*highs, Decimal(0)))
    left -= 0.1 * reach if left < 0 else 0
    words = [_shortened(one_line(each.text), 26, 2.4, 10.5, "bold") for each in rows]
    notes = [RELATIONS[each.relation] + (_CHANGES[each.change] if each.change else "") for each in rows]
    widest = max(*(_inches(each, 10.5, "bold") for each in words), *(_inches(each, 7.5, "normal") for each in notes))
    # What the widest text needs after the longest bar; it may reach into the gap, but a number must not be cut off.
    needed = max(0.0, widest - _GAP + 0.08) / _VALUES
    axes.set_xlim(left, max(right + 0.62 * reach, (right + 0.05 * reach - needed * left) / (1 - needed)))
    for row, (each, low, high) in enumerate(zip(rows, lows, highs, strict=True)):
        colour = _COLOURS[each.relation]
        begin, end = (low, high) if each.value_max is not None else (Decimal(0), high)
        rough = each.qualifier in _ROUGH or each.qualifier in _OPEN_BELOW
        bar = axes.barh(
            row,
            float(end - begin),
            left=float(begin),
            height=0.42,
            color="white" if rough else colour,
            edgecolor=colour,
            linewidth=1.4,
            hatch="////" if each.qualifier in _ROUGH else None,
        )
        bar[0].set_gid(f"bar-{row}")
        if each.qualifier in _OPEN_ABOVE:
            axes.plot([float(end) + 0.02 * reach], [row], marker=">", color=colour, markersize=9, clip_on=False)
        elif each.qualifier in _OPEN_BELOW:
            axes.plot([float(end)], [row], marker="|", color=colour, markersize=17, markeredgewidth=2.4)
        place = max(float(end), 0.0) + 0.05 * reach
        axes.text(place, row - 0.13, words[row], size=10.5, weight="bold", color=_INK, va="center", parse_math=False)
        axes.text(place, row + 0.2, notes[row], size=7.5, color=_PALE, va="center")
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks(range(len(rows)), [long_date(each.published) for each in rows], size=9)
    axes.xaxis.set_major_locator(MaxNLocator(3))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: in_words(Decimal(repr(float(value))), unit)))
    axes.axvline(0, color=_INK, linewidth=0.8)
    _bare(axes)


def _draw_times(axes: Axes, rows: list[TimelinePoint], as_of: date | None) -> None:
    days = [each.published for each in rows]
    for each in rows:
        if each.period:
            days += [day for day in (each.period.start, each.period.end) if day]
    first, last = min(days), max(days)
    if as_of and as_of - last <= max(last - first, timedelta(days=92)):  # a later one would leave no room for the rest
        last = max(last, as_of)
        axes.axvline(date2num(as_of), color=_PALE, linewidth=0.8, linestyle=":")
    margin = max(12.0, (last - first).days * 0.12)
    edge = max(date2num(first) - margin, date2num(date.min))
    axes.set_xlim(edge, min(date2num(last) + margin, date2num(date.max)))
    for row, each in enumerate(rows):
        colour = _COLOURS[each.relation]
        period = each.period
        if period and (period.start or period.end):
            begin = date2num(period.start) if period.start else edge
            end = date2num(period.end or each.published) + (1 if period.end else 0)
            axes.plot([begin, max(end, begin + 1)], [row, row], color=colour, linewidth=5, alpha=0.45, zorder=1)
        axes.plot([date2num(each.published)], [row], marker="D", color=colour, markersize=6, zorder=2)
        if period:
            axes.text(
                0.0,
                row + 0.33,
                _shortened(one_line(period.text), 42, 2.8, 7.5),
                size=7.5,
                color=_PALE,
                va="center",
                parse_math=False,
                transform=axes.get_yaxis_transform(),
            )
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks([])
    locator = AutoDateLocator(minticks=2, maxticks=4)
    locator.intervald[MONTHLY] = [1, 2, 3, 4, 6, 12]  # without the last it warns of stretches of about two years
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))
    axes.set_title("time covered, and day of publication (◆)", size=8, color=_PALE, loc="left", pad=4)
    _bare(axes)


def _bare(axes: Axes) -> None:
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(axis="y", length=0, labelcolor=_INK)
    axes.tick_params(axis="x", labelsize=7.5, colors=_PALE)


def _of(point: TimelinePoint) -> str:
    return f", {one_line(point.period.text)}" if point.period else ""


def _source(point: TimelinePoint) -> str:
    cited = point.citation
    return f"{long_date(point.published)}: “{one_line(cited.title)}”, {one_line(cited.publisher)}"


def _shortened(text: str, most: int, inches: float, size: float, weight: str = "normal") -> str:
    """Return the beginning of a text, ``most`` characters that are no wider than ``inches``."""
    for count in range(min(most, len(text)), 0, -1):
        shown = text if count == len(text) else f"{text[: count - 1].rstrip()}…"
        if _inches(shown, size, weight) <= inches:
            return shown
    return text


def _wrapped(
    text: str, most: int, inches: float, size: float, weight: str = "normal", *, indent: str = ""
) -> list[str]:
    """Return a text in lines of at most ``most`` characters, none wider than ``inches``."""
    while True:
        lines = textwrap.wrap(text, most, subsequent_indent=indent)
        if most <= 2 * len(indent) + 2 or all(_inches(line, size, weight) <= inches for line in lines):
            return lines
        most -= max(1, most // 12)


def _inches(text: str, size: float, weight: str) -> float:
    font = FontProperties(family="DejaVu Sans", size=size, weight=weight)
    width, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return float(width) / 72


def _described(svg: str, answer: Answer) -> str:
    """Return the picture with a title and a description for screen readers."""
    svg = _NOT_XML.sub("\ufffd", svg)
    opened = svg.index("<svg")
    end = svg.index(">", opened)
    words = f"<title>{escape(answer.question)}</title>\n <desc>{escape(describe(answer))}</desc>"
    words = _NOT_XML.sub("\ufffd", words)
    return f'{svg[:end]} role="img">\n {words}{svg[end + 1 :]}'
