"""The lines below the text of a release: marks of its end, contacts, buttons of a page, and who signed it."""

import re
from collections.abc import Sequence
from datetime import date

from index.sources.days import day_in, days_in
from index.sources.letterheads import is_office_alone, title_case
from index.sources.wire_contacts import has_number, is_contact, is_street
from index.sources.wire_lines import (
    END,
    KEPT_AFTER,
    MORE,
    closing_source,
    is_label,
    is_released,
    is_sentence,
    is_tail,
    is_update,
)

_SIGNS = re.compile(r"(?:issued|released|published) by:? (?:the )?(?P<name>.{4,150})", re.IGNORECASE)
_ABOUT = re.compile(r"\W*(?i:about) (?:the )?(?P<name>[A-Z][^.;:|]{3,80})(?::|$)")
"""How lines below a text begin that say whose it is."""

_NAME_ENDS = re.compile(r"[,.;:|]")

_LAST = 15
"""How many lines at the end may say so; set by judgement."""

_STARS = re.compile(r"(?:\*\s?){3,}")
_SIGN_OFF = 300
"""Up to how many characters below stars are those who typed a release, and its number; set by judgement."""

_LABEL_WORDS = 4
"""The most words of a heading above contacts; set by judgement."""

_TIME = re.compile(r"\d[:.]\d\d\b(?!\d)(?:\s?[ap]\.?m|\s(?:to|–|-)\s)|\d\s?[ap]\.?m\b", re.IGNORECASE)
_ABOUT_CONTACT = re.compile(r"journalist|press|media|e-?mail|call|phone|enquir|inquir|contact", re.IGNORECASE)
"""What a sentence among contacts speaks of: another states facts, and so does a time of day."""

_AMOUNT = re.compile(r"[£$€]\s?\d")
_NOTE = re.compile(r"\(?\d{1,2}[.)]\s+\S")

_MOST_AFTER = 0.5
"""The largest share of a text that may stand after its end mark: more, and the mark only parts it; set by judgement."""


def before_source(lines: Sequence[str]) -> tuple[list[str], str | None, list[str]]:
    """Return the lines above one that names the source, the name, and the lines below it; all of them without one.

    Below it stand only contacts and links: a table's source has text below it.
    """
    for number in range(len(lines) - 1, -1, -1):
        line = lines[number]
        if (name := closing_source(line)) is not None:
            return list(lines[:number]), name, [each for each in lines[number + 1 :] if each]
        if line and not is_contact(line) and len(line.split()) > 12:
            break
    return list(lines), None, []


def at_end(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the lines of the text, and those after it that are for editors; buttons of a page are in neither."""
    lines = [line for line in lines if not (is_update(line) and len(line) < 60 and day_in(line))]
    kept = list(lines)
    after: list[str] = []
    total = left = sum(map(len, lines))
    for number, line in enumerate(lines):
        left -= len(line)
        if line and len(line) < 40 and _ends_text(lines, number, left <= _MOST_AFTER * total):
            facts, after = _parted(lines[number if is_contact(line) else number + 1 :])
            kept = [*lines[:number], *([""] if facts else []), *facts]
            break
    kept = _without_tails(kept)
    if kept:
        kept[-1] = re.sub(r"\s+(?:#\s?){3,}$", "", kept[-1])
    kept, after = _without_contacts(kept, after)
    return _without_tails(kept), after


def _ends_text(lines: Sequence[str], number: int, is_late: bool) -> bool:
    """Return True if a line ends the text: a mark with little or notes below it, or a heading with contacts only.

    Stars mostly part a text: they end it above a few words that are no sentences.
    """
    line, rest = lines[number], lines[number + 1 :]
    if END.fullmatch(line):
        return is_late or KEPT_AFTER.fullmatch(next(filter(None, rest), "")) is not None
    if is_late and _STARS.fullmatch(line):
        return sum(map(len, rest)) < _SIGN_OFF and not any(map(is_sentence, rest))
    if not is_late or not is_contact(line) or re.search(r"[\d@]", line) or len(line.split()) > _LABEL_WORDS:
        return False
    after = [each for each in _parted([line, *rest])[1] if each]
    prose = [each for each in after if _TIME.search(each) or (is_sentence(each) and not _ABOUT_CONTACT.search(each))]
    return any(map(has_number, after)) and not prose


def _without_tails(lines: Sequence[str]) -> list[str]:
    """Return lines without the buttons of a page, and the headings of other releases, below them."""
    kept = list(lines)
    for number in range(len(kept) - 1, -1, -1):
        if kept[number] and is_sentence(kept[number]):
            break
        if MORE.fullmatch(kept[number]):
            del kept[number:]
    while kept and (not kept[-1] or is_tail(kept[-1]) or is_update(kept[-1]) or END.fullmatch(kept[-1])):
        kept.pop()
    return kept


def _parted(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """Part what stands after an end mark into what states facts, such as notes to editors, and the rest.

    A list of amounts and numbered notes are facts too, unless they are about whoever issued the release.
    """
    facts: list[str] = []
    rest: list[str] = []
    to_facts = to_rest = False
    for line in lines:
        if KEPT_AFTER.fullmatch(line):
            to_facts, to_rest = True, False
        elif is_contact(line) or re.match(r"\W*about (?:the |us)?", line, re.IGNORECASE):
            to_facts, to_rest = False, True
        if to_facts or (not to_rest and (_AMOUNT.search(line) or (_NOTE.match(line) and not has_number(line)))):
            facts += [""] if facts and not to_facts else []
            facts.append(line)
        else:
            rest.append(line)
    return facts, [line for line in rest if not is_tail(line)]


def _without_contacts(kept: list[str], after: list[str]) -> tuple[list[str], list[str]]:
    end = len(kept)
    found = False
    for number in range(len(kept) - 1, max(len(kept) - 16, 0), -1):
        line = kept[number]
        if line and is_contact(line):
            end, found = number, True
        elif line and not is_street(line) and (len(line.split()) > 6 or line.endswith((".", "”", '"', ":"))):
            break
    if not found:
        return kept, after
    contacts = [*filter(None, kept[end:]), *after]
    kept = kept[:end]
    while kept and not kept[-1]:
        kept.pop()
    return kept, contacts


def ended_on(lines: Sequence[str], month_first: bool | None) -> date | None:
    """Return the day of the mark of an end: "Ends/Thursday, March 14, 2024"."""
    marks = (line for line in lines if len(line) < 60 and END.fullmatch(line))
    return next((day for line in marks if (day := day_in(line, month_first)) is not None), None)


def signed(lines: Sequence[str], month_first: bool | None) -> tuple[str | None, date | None]:
    """Return publisher and day of the lines below a text: "ISSUED BY THE MINISTRY OF LAW", "19 January 2009".

    Those of the first such block count: annexes may have others.
    """
    filled = [line for line in lines if line]
    for number, line in enumerate(filled):
        found = next(days_in(line, month_first), None) if len(line) < 200 and not is_released(line) else None
        if found is None:
            continue
        around = f"{line[: found.start]} {line[found.end :]}".strip(" ,.")
        beside = [around, *filled[max(number - 1, 0) : number], *filled[number + 1 : number + 2]]
        beside = [name for name in beside if not is_released(name) and not is_label(name) and not END.fullmatch(name)]
        if around and not _SIGNS.fullmatch(around) and not around.isupper():
            continue
        for name in beside:
            signs = _SIGNS.fullmatch(name)
            if 1 < len(name.split()) < 20 and (signs or name.isupper()) and next(days_in(name), None) is None:
                return title_case(signs["name"] if signs else name), found.day
    return None, None


def closing(lines: Sequence[str]) -> str | None:
    """Return the office that lines say who issued a text, or are about, or are the contacts of; None without one."""
    last = [line for line in lines if line][-_LAST:]
    signs = (_NAME_ENDS.split(found["name"])[0] for line in last if (found := _SIGNS.match(line)))
    about = (found["name"] for line in last if (found := _ABOUT.match(line)))
    pieces = (piece for line in last if is_contact(line) for piece in re.split(r"[,|;:–]\s", line))
    names = (*(name for name in signs if name[:1].isupper()), *about, *pieces)
    return next((name.strip() for name in names if is_office_alone(name.strip())), None)
