"""A question in the report: what was expected, what was answered, and the passages, with the evidence marked."""

from collections.abc import Iterable, Sequence
from html import escape

from eval.scoring.outcome import Outcome
from eval.types import Record, Target
from index.types import Span
from qa.types import CitedPassage

Side = tuple[int, str, Record, Outcome]
"""The place of a run in the report, its name, the question's record in it, and how the question ended."""

_TARGETS = 4
"""How many targets of a question are shown at most."""


def question_card(sides: Sequence[Side]) -> str:
    """Return the card of a question with its record in each run; all text is escaped."""
    record = sides[0][2]
    outcomes = "|".join(dict.fromkeys(side[3] for side in sides))
    as_of = f", as of {record.as_of}" if record.as_of else ""
    rows = [("expected", _expected(record))]
    rows += [
        (f'<span class="key run{place}" aria-hidden="true"></span>{escape(name)}', _answered(held, ended))
        for place, name, held, ended in sides
    ]
    return (
        f'<article class="question" tabindex="-1" data-kind="{escape(record.kind, quote=True)}"'
        f' data-outcomes="{escape(outcomes, quote=True)}">'
        f"<h3>{escape(record.question)} <small>{escape(record.id)}, {escape(record.kind)}{as_of}</small></h3>"
        f"<dl>{''.join(f'<dt>{head}</dt><dd>{content}</dd>' for head, content in rows)}</dl></article>"
    )


def _expected(record: Record) -> str:
    if record.answers is None:
        answers = ""
    elif record.answers:
        answers = f"<strong>{escape(' / '.join(record.answers))}</strong>"
    else:
        answers = "<strong>no answer in the releases</strong>"
    more = len(record.targets) - _TARGETS
    rest = f"<small>and {more} more</small>" if more > 0 else ""
    return answers + "".join(map(_target, record.targets[:_TARGETS])) + rest


def _target(target: Target) -> str:
    source = f"<small>{escape(target.title)}, {target.published}</small>"
    if not target.spans:
        return f"<div>{source}</div>"
    text = marked(target.paragraph, target.paragraph_start, target.spans)
    return f"<blockquote>{text}</blockquote>{source}"


def _answered(record: Record, ended: Outcome) -> str:
    mark = "good" if ended is Outcome.RIGHT else "bad"
    parts = [f'<span class="{mark}">{escape(ended)}</span>']
    if record.error is not None:
        return parts[0] + f"<div>{escape(record.error)}</div>"
    if record.fault is not None:
        parts.append(f"<div>{escape(record.fault)}</div>")
    if record.given is not None:
        citation = record.given.citation
        quote = marked(citation.quote, citation.start, [Span(citation.answer_start, citation.answer_end)])
        parts.append(
            f"<blockquote>{quote}</blockquote><small>{escape(citation.title)}, {citation.published};"
            f" confidence {record.confidence:.2f}</small>"
        )
    elif record.answers is not None:
        best = f"; its best guess was: {escape(record.best.answer)}" if record.best else ""
        parts.append(f"<div>not found <small>(confidence {record.confidence:.2f}{best})</small></div>")
    if record.passages:
        items = "".join(_passage(passage, record) for passage in record.passages)
        parts.append(
            f"<details><summary>the {len(record.passages)} passages shown</summary>"
            f'<ol class="passages">{items}</ol></details>'
        )
    return "".join(parts)


def _passage(passage: CitedPassage, record: Record) -> str:
    evidence = record.evidence.get(passage.release_id, [])
    return (
        f"<li><blockquote>{marked(passage.text, passage.start, evidence)}</blockquote>"
        f"<small>{escape(passage.title)}, {passage.published}; score {passage.score:.3f}</small></li>"
    )


def marked(text: str, start: int, spans: Iterable[Span]) -> str:
    """Return a text, which begins at ``start`` of its body, as HTML with the parts that the spans cover marked."""
    parts, at = [], 0
    for span in sorted(spans):
        low, high = max(span.start - start, at), min(span.end - start, len(text))
        if low < high:
            parts += [escape(text[at:low]), f"<mark>{escape(text[low:high])}</mark>"]
            at = high
    return "".join(parts) + escape(text[at:])
