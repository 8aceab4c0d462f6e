"""What a press release carries around its text: "FOR IMMEDIATE RELEASE", dates, contacts, "###".

These lines are for editors. They say when and by whom a release was issued, and are kept apart from the body, so that
no question is answered with a press officer's telephone number. Notes to editors stay in the body: they state facts.
"""

import re
from dataclasses import dataclass
from datetime import date

from index.sources.clean import clean_body
from index.sources.letterheads import is_letterhead, letterhead_above
from index.sources.wire_contacts import is_contact, is_street
from index.sources.wire_end import at_end, before_source, closing, ended_on, signed
from index.sources.wire_head import MAIL, MOST_LINES, Head, dateline
from index.sources.wire_lines import is_sentence, key, without_history

_RULE = re.compile(r"(?:[-=_*~]\s?){3,}|")
"""A line between a title and its text, or none."""

_PERSON = re.compile(r"(?:the )?(?:rt\.? |right )?hon(?:ourable)?\b\.? .{3,60}|[^.:]{3,50} (?:MP|MSP|MLA|MLC|TD|MS)\W*")


_TWO_WORDS = re.compile(
    r"(?!Good\b|Thank\b|Dear\b)[A-Z][\w’'-]+ (?!(?:release|statement|note|notice|briefing|update|speech|version|draft"
    r"|copy|info|information|office|desk|team|contact|article|story|only|you)\b)[a-z][a-z’'-]{2,}",
)
"""A headline of two words, which is no kind of text and no greeting."""


@dataclass(frozen=True, slots=True)
class Wire:
    """A release's text parted from what stands around it.

    ``day`` and ``issuer`` are what labelled lines state, ``alone`` a day that stands on a line of its own without a
    label, ``dateline`` that of the first sentence ("LEEDS, 4 July 2025 - ..."). ``signed`` are publisher and day below
    the text, ``source`` the publisher of a line "SOURCE ..." there, ``letterhead`` the first office named above it.
    ``contacts`` are the lines for editors.
    """

    body: str
    day: date | None = None
    issuer: str | None = None
    alone: date | None = None
    dateline: date | None = None
    contacts: str = ""
    issued: bool = False
    signed: tuple[str | None, date | None] = (None, None)
    letterhead: str | None = None
    source: str | None = None
    closing: str | None = None
    """The office that the lines below the text are about, or that its contacts are of."""


def part(text: str, title: str = "", month_first: bool | None = None) -> Wire:
    """Part the clean text of a release from the lines around it; ``title`` is left out where it stands before the text.

    ``month_first`` is that of `index.sources.days.days_in`. Nothing is cut if nothing would be left.
    """
    lines = without_history(text.split("\n"))
    head = Head(title, month_first)
    begin = head.read(lines)
    while begin < len(lines) and _RULE.fullmatch(lines[begin]):
        begin += 1
    below_title = [head.subheading, ""] if head.subheading else []
    kept, source, below = before_source([*below_title, *lines[begin:]])
    kept, after = at_end(kept)
    after = [*after, *below]
    body = clean_body("\n".join(kept))
    if not any(mark.isalnum() for mark in body):
        kept, after = lines, []
        body = text
    contacts = "\n".join(line for line in [*head.contacts, *after] if line)
    above = [line for line in lines[:begin] if key(line) != key(title)]
    signer, day = signed(kept, month_first)
    return Wire(
        body,
        head.day,
        head.issuer,
        head.alone,
        dateline(body, month_first),
        contacts,
        head.issued,
        (signer, day or ended_on(lines, month_first)),
        letterhead_above(above),
        source,
        closing([*kept, *after]),
    )


def headline(text: str) -> str:
    """Return the first line of more than two words that is no label, day, contact or letterhead; "" without one.

    A letterhead is the name of an office that stands above a line which may be the title. If only sentences have more
    than two words, a first line of two that is no name ("Harbour reopens") is the headline.
    """
    head = Head("", None)
    every = part(text).body.split("\n")
    lines = [line for line in every if len(line.split()) > 2]
    if lines and is_sentence(lines[0]) and _TWO_WORDS.fullmatch(every[0]):
        return every[0]
    told = [
        line
        for number, line in enumerate(lines[:MOST_LINES])
        if (number == 0 and not is_contact(line) and not is_street(line)) or not head.takes(line)
    ]
    told = [line for line in told if not (_PERSON.fullmatch(line) or MAIL.fullmatch(line))] or told or lines[:1]
    for number, line in enumerate(told[:-1]):
        if not (is_letterhead(line, lines) and _may_be_title(told[number + 1])):
            return line
    return told[-1] if told else ""


def _may_be_title(line: str) -> bool:
    return len(line) < 250 and not line.endswith(".") and dateline(line) is None
