"""Lines that say whom editors may call, told by their words: labels, numbers, addresses of mail and of streets."""

import re

_LONG = 400
"""From how many characters on a line is text: contacts are shorter; set by judgement."""

_LABEL_ONLY = 10
"""Up to how many words a line may have that begins with the label of a number, but has none; set by judgement."""

_STREET = re.compile(
    r"(?:\d{1,5}\w?|P\.?\s?O\.? Box)\b.{4,80}?\b(?:[A-Z]{2}\.? \d{5}(?:-\d{4})?|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})"
)
"""An address of a street in America or Britain."""

_ROAD = re.compile(
    r"\d{1,5}\w? (?:[A-Z][\w’'.]+ ){1,4}(?:Road|Rd|Street|St|Avenue|Ave|Lane|Square|Drive|Way|Place|Terrace"
    r"|Boulevard|Blvd)\b[^.!?]{0,60}"
)

_CONTACT = re.compile(
    r"\W*(?:(?:for )?(?:more|further|additional) (?:information|info|details),? (?:please )?(?:contact|call|email"
    r"|visit)\b"
    r"|(?:media|press|public|news|editorial)(?: and public)? (?:contacts?|enquir(?:y|ies)|inquir(?:y|ies)|office(?:r"
    r"|rs)?|relations"
    r"|affairs|team|desk|liaison)\b|contacts?(?: information| details| person| form| us"
    r"| for (?:the )?(?:media|press|journalists))?\s*(?:[:|–—-]|$)"
    r"|contacts?\b\W{0,3}$"
    r"|press contact|for (?:media|press) (?:enquiries|inquiries)|(?:tel(?:ephone)?|phone|fax|e-?mail|mobile|cell"
    r"|office|did|website"
    r"|twitter|web)\s*[:.]|out of hours)",
    re.IGNORECASE,
)
_REACHED_BY = re.compile(r"\W*(?:tel|phone|fax|e-?mail|mobile|cell|office|did|website|twitter|web)", re.IGNORECASE)
"""The label of a number or address, which a line of many words must have."""

_REACH = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}\.[\w.]+|(?:\+?\d{1,3}[ .-]?)?\(?\d{3}\)?[ .-]{1,2}\d{3}[ .-]\d{4}"
    r"|\b0\d{2,4}[ ]\d{3,4}[ ]?\d{3,4}\b|\+\d{2}[ \d-]{8,}"
)


def has_number(line: str) -> bool:
    """Return True if a line holds a telephone number or an address of electronic mail."""
    return _REACH.search(line[:_LONG]) is not None


def is_street(line: str) -> bool:
    """Return True if a line is an address in a street: that of whoever issued the release, or of what it tells of."""
    return len(line) < _LONG and (_STREET.fullmatch(line) or _ROAD.fullmatch(line)) is not None


def is_contact(line: str) -> bool:
    """Return True if a line says whom editors may call: its label says so, or it is little more than a number."""
    words = len(line.split()) if len(line) < _LONG else _LONG
    if words < _LONG and (label := _CONTACT.match(line)):
        return words <= 30 and (words <= _LABEL_ONLY or not _REACHED_BY.match(label.group()) or has_number(line))
    return has_number(line) and words <= 12 and not line.endswith((".", "”", '"'))
