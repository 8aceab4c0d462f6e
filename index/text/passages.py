"""Splitting a release into passages: spans of whole sentences that fit the embedding model.

The text that is embedded is longer than the passage: `embedded_text` puts the title and the date in front of it and, if
the passage continues a list, a quotation or a table, the line that introduces that. All of it counts against the
model's limit.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from index.errors import InputError
from index.text.dates import long_date
from index.text.sentences import CountTokens, cut, sentences
from index.text.tables import tables
from index.types import Chunk, Passage, Release, Span

# The costs of beginning a passage at a place; 1 is the cost of a whole passage left empty (see `_pack`). All seven were
# set by judgement: the sweep in eval/results/passages varied only the length and overlap of passages. Higher costs keep
# more of what belongs together in one passage; lower ones let passages come closer to their target length.

_INSIDE_SENTENCE = 1.0
"""The cost of beginning inside a sentence that was cut because it is too long to embed."""

_AFTER_HEADING = 1.0
"""The cost of parting a heading from the paragraph below it."""

_AFTER_SENTENCE = 0.35
"""The cost of beginning at a later sentence of the same line."""

_AFTER_LINE = 0.15
"""The cost of beginning at a later line of the same paragraph, such as another item of a list."""

_INSIDE_QUOTATION = 0.12
"""The cost of beginning at a paragraph that continues what an earlier line introduced, such as a quotation."""

_AFTER_PARAGRAPH = 0.05
"""The cost of beginning at any other paragraph, or at the first line after a list that ends within its paragraph."""

_AT_LEAD_IN = 0.0
"""The cost of beginning at a paragraph that introduces a list or a quotation: the best place there is."""

_LONG_CAPTION = 40
"""The most tokens of a table's caption that are embedded, with the header, in front of each further passage of it.

Set by judgement, like the costs: the title is embedded with each passage too.
"""

_LEAD_IN = re.compile(r":\s*[-–—]?$")
_ITEM = re.compile(r"[•◦▪·*–—-]\s|\(?(?:\d{1,2}|[a-z]|[ivx]{2,4})[.)]\s|[a-z]")
_FIRST_PERSON = re.compile(r"\b(?:I|[Ww]e|[Oo]urs?|[Uu]s|[Mm]y|[Mm]e|[Oo]urselves|[Mm]yself)\b")
_OPENING_QUOTES = ("“", "‘", '"')
_CLOSING_QUOTES = ("”", "’", '"')
_HEADING_WORDS = 12
"""The most words of a paragraph that may be taken for a heading.

Set by judgement: more would take short paragraphs for headings, fewer would miss long headings.
"""


@dataclass(frozen=True, slots=True)
class _Part:
    """A sentence, or a piece of one that is too long: the smallest thing that a passage is made of.

    ``cost`` is the cost of beginning a passage here. ``is_lead_in`` is True if it introduces what comes next. ``lead``
    is the earlier lead-in that this part continues, which has ``lead_tokens`` tokens; None and 0 if there is none.
    ``row`` is True for a row of a table, whose lead is the table's header.
    """

    span: Span
    tokens: int
    cost: float
    is_lead_in: bool
    lead: Span | None
    lead_tokens: int
    row: bool = False


def passage_prefix(release: Release, *, count_tokens: CountTokens, max_tokens: int) -> str:
    """Return the title and date that are embedded in front of each passage of ``release``.

    Together they have at most a third of ``max_tokens`` tokens: a longer title is cut between words, and if not even
    the date fits, the prefix is empty.
    """
    day = long_date(release.published)
    words = release.title.split()
    kept = len(words)
    share = max_tokens // 3
    while True:
        mark = "…" if kept < len(words) else ""
        prefix = f"{' '.join(words[:kept])}{mark}\n{day}" if kept else day
        size = count_tokens([prefix])[0]
        if size <= share:
            return prefix
        if not kept:
            return ""
        kept = min(kept - 1, kept * share // size)


def embedded_text(prefix: str, body: str, passage: Chunk | Passage) -> str:
    """Return the text to embed for ``passage`` of ``body``: prefix, lead if any, and passage, each on a new line."""
    lead = passage.lead.of(body) if passage.lead else ""
    return "\n".join(filter(None, (prefix, lead, passage.span.of(body))))


def split(
    body: str,
    *,
    count_tokens: CountTokens,
    max_tokens: int,
    target: int,
    overlap: int = 0,
    prefix: str = "",
    spans: Sequence[Span] | None = None,
) -> list[Chunk]:
    """Split ``body`` into chunks whose `embedded_text` with ``prefix`` has at most ``max_tokens`` tokens.

    A passage without its prefix and lead has at most ``target`` tokens, except if one sentence, or a lead-in with the
    sentence it introduces, is longer. A sentence is cut only if it does not fit ``max_tokens`` by itself. A chunk
    repeats at most ``overlap`` tokens, in whole sentences, from the end of the chunk before; they count towards
    ``target``. ``spans`` are the `sentences` of ``body``, if the caller has them already.

    Raises:
        InputError: ``overlap`` is negative or not less than ``target``, or no passage fits into ``max_tokens``.
    """
    if not 0 <= overlap < target:
        message = f"passages of {target} tokens cannot overlap by {overlap}"
        raise InputError(message, "set chunk_tokens to 1 or more, and chunk_overlap to 0 or more and less than it")
    spans = sentences(body) if spans is None else spans
    if not spans:
        return []
    # Each sentence is counted with the white space after it, so that the sizes add up for tokenizers that count it.
    edges = [*(span.start for span in spans), spans[-1].end]
    reserved, *sizes = count_tokens([prefix, *(body[start:end] for start, end in pairwise(edges))])
    outline = _outline(body, spans, sizes)
    room = max_tokens - reserved
    while room > 0:
        parts = _fitted(body, outline, room, count_tokens)
        chunks = _pack(parts, room=room, target=min(target, room), overlap=overlap)
        # With some tokenizers sizes add up only nearly, so the whole text, which must fit, is counted as well.
        excess = max(count_tokens([embedded_text(prefix, body, chunk) for chunk in chunks])) - max_tokens
        if excess <= 0:
            return chunks
        room -= excess
    message = f"no passage fits into the {max_tokens} tokens that the embedding model reads"
    raise InputError(message, "choose a model with a longer input")


def _outline(body: str, spans: Sequence[Span], sizes: Sequence[int]) -> list[_Part]:
    """Return the sentences as parts, each with the lead-in it continues and the cost of beginning a passage there."""
    gaps = [body[before.end : after.start].count("\n") for before, after in pairwise(spans)]
    breaks = [2, *gaps, 2]
    leads = _leads(body, spans, breaks)
    parts: list[_Part] = []
    for index, span in enumerate(spans):
        is_lead_in = breaks[index + 1] > 0 and bool(_LEAD_IN.search(span.of(body)))
        lead = leads[index]
        cost = _AFTER_SENTENCE if breaks[index] == 0 else _AFTER_LINE
        if breaks[index] == 1 and lead is None and leads[index - 1] is not None:
            cost = _AFTER_PARAGRAPH  # the list has ended, but not its paragraph
        elif breaks[index] >= 2:
            follows_paragraph = index > 0 and breaks[index - 1] >= 2
            if is_lead_in:
                cost = _AT_LEAD_IN
            elif lead is not None:
                cost = _INSIDE_QUOTATION
            elif follows_paragraph and _is_heading(spans[index - 1].of(body)):
                cost = _AFTER_HEADING
            else:
                cost = _AFTER_PARAGRAPH
        parts.append(
            _Part(
                span=span,
                tokens=max(1, sizes[index]),
                cost=cost,
                is_lead_in=is_lead_in,
                lead=None if lead is None else spans[lead],
                lead_tokens=0 if lead is None else sizes[lead],
            )
        )
    return _with_headers(body, parts)


def _with_headers(body: str, parts: list[_Part]) -> list[_Part]:
    """Give each row of a table the table's header for its lead, so that no passage holds cells without their columns.

    The header is kept with the caption above it and the first row below it.
    """
    places = {part.span.start: place for place, part in enumerate(parts)}
    for table in tables(body):
        first, header = places[table.lead.start], places[table.header.span.start]
        lead, tokens = table.lead, sum(part.tokens for part in parts[first : header + 1])
        if tokens > _LONG_CAPTION + parts[header].tokens:
            lead, tokens = table.header.span, parts[header].tokens
        for place in range(first, header):
            parts[place] = replace(parts[place], is_lead_in=True)
        above = _AFTER_HEADING if first < header else _AFTER_PARAGRAPH
        parts[header] = replace(parts[header], cost=above, is_lead_in=True, lead=None, lead_tokens=0)
        dashes = header + 1
        parts[dashes] = replace(parts[dashes], cost=_INSIDE_SENTENCE, is_lead_in=True, lead=None, lead_tokens=0)
        for number, row in enumerate(table.rows):
            cost = _AFTER_LINE if number else _INSIDE_SENTENCE
            place = places[row.span.start]
            parts[place] = replace(parts[place], cost=cost, is_lead_in=False, lead=lead, lead_tokens=tokens, row=True)
    return parts


def _leads(body: str, spans: Sequence[Span], breaks: Sequence[int]) -> list[int | None]:
    """Return, for each sentence, the index of the lead-in that it continues, or None.

    A lead-in is a line that ends in a colon. It introduces a list if what follows are lines or paragraphs that look
    like items (they begin with a marker or a small letter), or a paragraph of several lines. Otherwise it introduces a
    quotation. Releases often do not mark the end of a quotation, so it is followed only as far as is safe: through its
    first paragraph, then as long as paragraphs are in the first person or, if it has quotation marks, until they close.
    A quotation that turns to the third person ends too early by this rule: a passage without a lead is better than one
    with the wrong speaker.
    """
    leads: list[int | None] = []
    lead: int | None = None
    looks_like_items = is_block = False
    previous = ""
    first = 0
    for last in range(len(spans)):
        if not breaks[last + 1]:
            continue
        line = body[spans[first].start : spans[last].end]
        is_same_paragraph = breaks[first] == 1
        if lead is not None and lead == first - 1:
            looks_like_items = bool(_ITEM.match(line))
            is_block = is_same_paragraph or breaks[last + 1] == 1
        elif looks_like_items:
            lead = lead if _ITEM.match(line) else None
        elif not is_same_paragraph and (is_block or not _goes_on(previous, line)):
            lead = None
        leads += [lead] * (last + 1 - first)
        if _LEAD_IN.search(line):
            lead = last
        previous, first = line, last + 1
    return leads


def _goes_on(previous: str, line: str) -> bool:
    """Return True if the quotation that contains the paragraph ``previous`` continues in the next one, ``line``."""
    if previous.endswith(_CLOSING_QUOTES):
        return False
    if previous.startswith(_OPENING_QUOTES):
        return line.startswith(previous[0])
    return bool(_FIRST_PERSON.search(line))


def _is_heading(paragraph: str) -> bool:
    return len(paragraph.split()) <= _HEADING_WORDS and (paragraph[-1].isalnum() or paragraph[-1] == ")")


def _fitted(body: str, outline: Sequence[_Part], room: int, count_tokens: CountTokens) -> list[_Part]:
    """Return the parts; one that does not fit into ``room`` tokens together with its lead is cut into several."""
    parts: list[_Part] = []
    for sentence in outline:
        part = sentence
        # A longer lead-in would outweigh what it introduces; without its header a row means nothing.
        if part.lead_tokens > room // (2 if part.row else 3):
            part = replace(part, lead=None, lead_tokens=0)
        if part.tokens <= room - part.lead_tokens:
            parts.append(part)
            continue
        for span, tokens in cut(body, part.span, room - part.lead_tokens, count_tokens):
            cost = part.cost if span.start == part.span.start else _INSIDE_SENTENCE
            is_lead_in = part.is_lead_in and span.end == part.span.end
            parts.append(replace(part, span=span, tokens=tokens, cost=cost, is_lead_in=is_lead_in))
    return parts


def _pack(parts: Sequence[_Part], *, room: int, target: int, overlap: int) -> list[Chunk]:
    """Choose where passages begin so that their total cost is least, and return them as chunks.

    The cost of a passage is the square of the share of its target that it leaves empty, which favours few passages of
    similar length, plus the cost of beginning where it begins. The method is dynamic programming over the places where
    a passage may begin. Its time is linear in the number of parts, because a passage has at most ``target`` of them.
    """
    total = [0, *accumulate(part.tokens for part in parts)]
    starts = _starts(parts, total, room)
    fresh = max(1, target - overlap)
    cheapest = [0.0]
    came_from = [0]
    for end in range(1, len(starts)):
        best = (float("inf"), 0)
        for begin in range(end - 1, -1, -1):
            first = parts[starts[begin]]
            size = total[starts[end]] - total[starts[begin]]
            if begin < end - 1 and size > fresh:
                break
            if begin == end - 1 or size + first.lead_tokens <= room:
                empty = max(0.0, 1 - size / fresh)
                best = min(best, (cheapest[begin] + empty * empty + first.cost, begin))
        cheapest.append(best[0])
        came_from.append(best[1])
    bounds = [len(starts) - 1]
    while bounds[-1]:
        bounds.append(came_from[bounds[-1]])
    chunks: list[Chunk] = []
    for begin, end in pairwise(starts[bound] for bound in reversed(bounds)):
        first_part = begin
        for earlier in range(begin - 1, -1, -1):
            if total[begin] - total[earlier] > overlap:
                break
            if total[end] - total[earlier] + parts[earlier].lead_tokens <= room:
                first_part = earlier
        chunks.append(_chunk(parts[first_part:end]))
    return chunks


def _starts(parts: Sequence[_Part], total: Sequence[int], room: int) -> list[int]:
    """Return the indices where a passage may begin, then the end; a lead-in is kept with the next part if both fit."""
    starts = [0]
    for index in range(1, len(parts)):
        size = total[index + 1] - total[starts[-1]] + parts[starts[-1]].lead_tokens
        if not parts[index - 1].is_lead_in or size > room:
            starts.append(index)
    return [*starts, len(parts)]


def _chunk(parts: Sequence[_Part]) -> Chunk:
    return Chunk(
        span=Span(parts[0].span.start, parts[-1].span.end),
        sentences=tuple(part.span for part in parts),
        lead=parts[0].lead,
    )
