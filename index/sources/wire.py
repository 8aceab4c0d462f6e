"""What a press release carries around its text: "FOR IMMEDIATE RELEASE", dates, contacts, "###".

These lines are for editors. They say when and by whom a release was issued, and are kept apart from the body, so that
no question is answered with a press officer's telephone number. Notes to editors stay in the body: they state facts.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from index.sources.days import day_in, days_in
from index.sources.offices import is_organisation

_KINDS = (
    r"(?:(?:joint |official |government |ministerial |new )?(?:press|news|media) (?:release|statement|advisory"
    r"|notice|note|alert)s?"
    r"|news (?:story|article|item|update)|media advisory|press|news|announcements?|statements?|speech(?:es)?|advisory"
    r"|authored article|case study|world news story|government response|communiqu[eé](?: de presse)?|pressemitteilung"
    r"|comunicado de prensa|for the press|newsroom|blog(?: post)?|articles?|updates?)"
)
_RELEASED = re.compile(
    r"\W*(?:(?P<kind>"
    + _KINDS
    + r")\W+)?(?:for (?:immediate )?(?:release|publication|distribution|use)|immediate release"
    r"|embargoed(?: until| till| to| for| for release)?|for release(?: on| at| after)?|release date"
    r"|not for release before"
    r"|hold for release)\b\W*(?P<rest>.{0,160})",
    re.IGNORECASE,
)
_LABEL = re.compile(rf"\W*{_KINDS}(?:\s*[:|–—-]\s*|\W*)(?P<rest>.{{0,60}})", re.IGNORECASE)
_NUMBER = re.compile(
    r"\W*(?:(?:press |news )?(?:release|reference|ref)|notice|document)?\W*(?:no|number|nr|ref|id"
    r"|#)\b\W*[\w./ –-]{1,25}",
    re.IGNORECASE,
)
_DATED = re.compile(
    r"\W*(?:first )?(?P<word>published|released?|issued|posted|publication date|date published|date of (?:issue"
    r"|release)"
    r"|dated?|release date|published on|created|publié(?: le)?|publicado|veröffentlicht)\b(?: on| at"
    r"| by [^:]{0,60})?\W*(?P<rest>.{0,120})",
    re.IGNORECASE,
)
_UPDATED = re.compile(
    r"\W*(?:page |content |this (?:page|content) was )?(?:last )?(?:updated|modified|reviewed|changed|edited"
    r"|revised)\b.{0,100}",
    re.IGNORECASE,
)
_ISSUER = re.compile(
    r"\W*(?P<word>published by|issued by|released by|from|organi[sz]ations?|department|agency|ministry|source|office"
    r"|publisher"
    r"|author(?:ed)? by|delivered by)\s*:\s*(?P<name>.{2,200})",
    re.IGNORECASE,
)
_ISSUED = re.compile(
    r"(?:press|news|media) (?:release|statement|notice) (?:was )?(?:issued|published"
    r"|released) by (?P<name>.{2,150}?) on "
    r"(?P<day>(?:[A-Z][a-z]+day,? )?\d{1,2}(?:st|nd|rd|th)? [A-Z][a-z]+,? \d{4})\W*",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"\W*(?:(?:for )?(?:more|further|additional) (?:information|info|details),? (?:please )?(?:contact|call|email"
    r"|visit)\b"
    r"|(?:media|press|public|news|editorial)(?: and public)? (?:contacts?|enquir(?:y|ies)|inquir(?:y|ies)|office(?:r"
    r"|rs)?|relations"
    r"|affairs|team|desk|liaison)\b|contacts?(?: information| details| person| form| us)?\s*(?:[:|–—-]|$)"
    r"|contacts?\b\W{0,3}$"
    r"|press contact|for (?:media|press) (?:enquiries|inquiries)|(?:tel(?:ephone)?|phone|fax|e-?mail|mobile|cell"
    r"|office|did|website"
    r"|twitter|web)\s*[:.]|out of hours)",
    re.IGNORECASE,
)
_REACH = re.compile(
    r"[\w.+-]+@[\w-]+\.[\w.]+|(?:\+?\d{1,3}[ .-]?)?\(?\d{3}\)?[ .-]{1,2}\d{3}[ .-]\d{4}"
    r"|\b0\d{2,4}[ ]\d{3,4}[ ]?\d{3,4}\b|\+\d{2}[ \d-]{8,}"
)
_END = re.compile(
    r"(?:[-–—*•~_. ]*)(?:(?:#\s?){2,}|[-–—]\s?30\s?[-–—]|[-–—*]\s?ends?\s?[-–—*]|ENDS?\W?|(?:end|fin) of (?:release"
    r"|document|text|statement)"
    r"|xxx)(?:[-–—*•~_. ]*)"
)  # fmt: skip
_KEPT_AFTER = re.compile(
    r"\W*(?:notes?(?: (?:to|for) (?:the )?editors?)?|background|annex\w*|appendix|quotes?|footnotes?|key facts"
    r"|references"
    r"|further information|additional quotes|statistics|supporting .{0,30}|case stud(?:y|ies)|table \d.*"
    r"|sources?)\b.{0,60}",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"\W*(?:share(?: this)?(?: page| article| on.{0,30})?|tweet|e-?mail(?: this)?|print(?: this)?(?: page)?|like|pin it"
    r"|(?:next|previous|older|newer|prev)(?: article| post| release| page| story)?|back(?: to.{0,30})?"
    r"|return to.{0,30}|top"
    r"|related(?: .{0,40})?|more (?:news|from|in|on)\b.{0,40}|see also|you may also.{0,40}|latest (?:news|posts).{0,20}"
    r"|(?:filed|posted|tagged|categori[sz]ed) (?:under|in|with)\b.{0,200}|tags?\s*:.{0,200}|tags|categor(?:y"
    r"|ies)\s*:.{0,200}"
    r"|topics?\s*:.{0,200}|issues?\s*:.{0,200}|follow us.{0,60}|sign up.{0,80}|subscribe.{0,80}|skip to.{0,40}|home"
    r"|image|photo|facebook|twitter|linkedin|whatsapp|youtube|instagram|reddit|rss(?: feed)?|copy link"
    r"|download(?: pdf)?|permalink"
    r"|f|t|x|was this (?:page|article).{0,40}|yes|no|report a problem.{0,60}|is this page useful.{0,20}|©.{0,120}"
    r"|leave a (?:reply|comment).{0,30}|\d* ?comments?|advertisement|posted in.{0,60}|page \d+ of \d+)\W*",
    re.IGNORECASE,
)

_SIGNS = re.compile(r"(?:issued|released|published) by:? (?:the )?(?P<name>.{4,150})", re.IGNORECASE)

_HEAD = 20
"""The most lines at the beginning that may stand before the text; set by judgement."""

_MOST_AFTER = 0.5
"""The largest share of a text that may stand after its end mark: more, and the mark only parts it; set by judgement."""


@dataclass(frozen=True, slots=True)
class Wire:
    """A release's text parted from what stands around it.

    ``day`` and ``issuer`` are what labelled lines state, ``alone`` a day that stands on a line of its own without a
    label, ``dateline`` that of the first sentence ("LEEDS, 4 July 2025 - ..."). ``signed`` are publisher and day below
    the text, ``letterhead`` the first office named above it. ``contacts`` are the lines for editors.
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


def part(text: str, title: str = "", month_first: bool | None = None) -> Wire:
    """Part the clean text of a release from the lines around it; ``title`` is left out where it stands before the text.

    ``month_first`` is that of `index.sources.days.days_in`. Nothing is cut if nothing would be left.
    """
    lines = text.split("\n")
    head = _Head(title, month_first)
    begin = head.read(lines)
    kept, after = _at_end(lines[begin:])
    body = "\n".join(kept).strip("\n")
    if not any(mark.isalnum() for mark in body):
        kept, after = lines, []
        body = text
    contacts = "\n".join(line for line in [*head.contacts, *after] if line)
    signed = _signed(kept, month_first)
    letterhead = next((line for line in lines[:begin] if len(line.split()) < 12 and _is_office(line)), None)
    return Wire(
        body,
        head.day,
        head.issuer,
        head.alone,
        dateline(body, month_first),
        contacts,
        head.issued,
        signed,
        _title_case(letterhead) if letterhead else None,
    )


def labelled_day(line: str, month_first: bool | None = None) -> date | None:
    """Return the day that a line states as that of publication, with a label ("Published 4 July 2025"), or None."""
    found = _DATED.match(line) or _RELEASED.match(line)
    if found is None or (found.re is _DATED and found["word"].lower() in ("date", "dated", "created")):
        return None
    first = next(days_in(found["rest"], month_first), None)
    return first.day if first is not None and first.start < 30 else None


def labelled_issuer(line: str) -> str | None:
    """Return the publisher that a line states with a label ("From: Home Office"), or None."""
    found = _ISSUER.match(line)
    return _issuer(found["name"]) if found is not None else None


def issued(text: str) -> tuple[str, date] | None:
    """Return publisher and day of a sentence like "The press release issued by the Home Office on 4 July 2025."."""
    found = _ISSUED.search(text[:2_000])
    day = day_in(found["day"]) if found else None
    return (re.sub(r"^the ", "", found["name"], flags=re.IGNORECASE), day) if found and day else None


def dateline(body: str, month_first: bool | None = None) -> date | None:
    """Return the day of a dateline in the first lines: "LEEDS, 4 July 2025 - ...", "May 3, 2024 (OTTAWA) - ..."."""
    for line in list(filter(None, body.split("\n")))[:4]:
        for found in days_in(line[:140], month_first):
            before, after = line[: found.start], line[found.end : found.end + 30]
            opens = len(before.strip(" ([–—-")) < 2 and re.match(r"\W*(?:\([^)]{2,25}\)?|[A-Z]|[–—-])", after)
            placed = re.match(r"\W*[A-Z]", before) and len(before) < 70 and re.match(r"[^.!?]{0,20}?[–—:-]", after)
            if (opens or placed) and len(line) > 60:
                return found.day
    return None


def is_label(line: str) -> bool:
    """Return True if a line only says what kind of document it stands in ("Press release")."""
    found = _LABEL.fullmatch(line)
    return (
        found is not None
        and re.fullmatch(r"(?:(?:no|number|nr|ref)\b)?\W*(?:[\w./-]*\d[\w./-]*)?\W*", found["rest"]) is not None
    )


def is_contact(line: str) -> bool:
    """Return True if a line says whom editors may call: its label says so, or it is little more than a number."""
    words = len(line.split())
    if _CONTACT.match(line):
        return words <= 30
    return _REACH.search(line) is not None and words <= 12 and not line.endswith((".", "”", '"'))


class _Head:
    """Reads the lines before the text."""

    def __init__(self, title: str, month_first: bool | None) -> None:
        self.day: date | None = None
        self.issuer: str | None = None
        self.alone: date | None = None
        self.contacts: list[str] = []
        self.issued = False
        self._title = key(title)
        self._month_first = month_first

    def read(self, lines: Sequence[str]) -> int:
        """Return the number of the line where the text begins."""
        begin = self._after_title(lines)
        seen = 0
        in_contacts = False
        for number, line in enumerate(lines):
            if not line:
                continue
            seen += 1
            if seen > _HEAD + begin:
                break
            if self._is_head(line, in_contacts):
                in_contacts = bool(self.contacts) and self.contacts[-1] == line
                begin = max(begin, number + 1) if number >= begin else begin
            elif number >= begin:
                break
        return begin

    def _after_title(self, lines: Sequence[str]) -> int:
        """Return the number of the line after the title, if it stands near the beginning; what is before is no text."""
        words = 0
        for number, line in enumerate(lines[: 2 * _HEAD]):
            if self._title and key(line) == self._title:
                return number + 1
            words += len(line.split())
            if words > 60:
                break
        return 0

    def _is_head(self, line: str, in_contacts: bool) -> bool:
        if self._title and key(line) == self._title:
            return True
        if (found := issued(line)) is not None and len(line) < 250:
            self.issuer, self.day, self.issued = *found, True
            return True
        if is_contact(line) or (in_contacts and len(line.split()) < 7 and not line.endswith((".", ":"))):
            self.contacts.append(line)
            return True
        if len(line) > 200:
            return False
        if (name := labelled_issuer(line)) is not None:
            self.issuer = self.issuer or name
            return True
        if (day := labelled_day(line, self._month_first)) is not None:
            self.day = self.day or day
            return True
        return self._is_day(line) or self._is_label(line)

    def _is_day(self, line: str) -> bool:
        found = next(days_in(line, self._month_first), None)
        if found is None or len(line) > 90:
            return False
        around = f"{line[: found.start]} {line[found.end :]}"
        words = re.findall(r"[^\W\d_]{2,}", around)
        plain = [
            word
            for word in words
            if not re.fullmatch(r"(?i)[a-z]+day|date|am|pm|at|on|posted|in|bst|gmt|est|edt|et", word)
        ]
        if len(plain) > 6 or (len(plain) > 2 and line.endswith(".")):
            return False
        self.alone = self.alone or found.day
        return True

    def _is_label(self, line: str) -> bool:
        if _UPDATED.fullmatch(line) or _NUMBER.fullmatch(line) or _TAIL.fullmatch(line) or is_label(line):
            return True
        found = _RELEASED.match(line)
        return found is not None and len(found["rest"].split()) < 12


def _at_end(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the lines of the text, and those after it that are for editors; buttons of a page are in neither."""
    kept = list(lines)
    after: list[str] = []
    total = sum(map(len, lines))
    for number, line in enumerate(lines):
        if line and len(line) < 40 and _END.fullmatch(line):
            rest = lines[number + 1 :]
            if sum(map(len, rest)) <= _MOST_AFTER * total:
                facts, after = _parted(rest)
                kept = [*lines[:number], *([""] if facts else []), *facts]
                break
    while kept and (
        not kept[-1] or _TAIL.fullmatch(kept[-1]) or _UPDATED.fullmatch(kept[-1]) or _END.fullmatch(kept[-1])
    ):
        kept.pop()
    return _without_contacts(kept, after)


def _parted(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """Part what stands after an end mark into what states facts, such as notes to editors, and the rest."""
    facts: list[str] = []
    rest: list[str] = []
    to_facts = False
    for line in lines:
        if _KEPT_AFTER.fullmatch(line):
            to_facts = True
        elif is_contact(line) or re.match(r"\W*about (?:the |us)?", line, re.IGNORECASE):
            to_facts = False
        (facts if to_facts else rest).append(line)
    return facts, [line for line in rest if not _TAIL.fullmatch(line)]


def _without_contacts(kept: list[str], after: list[str]) -> tuple[list[str], list[str]]:
    end = len(kept)
    found = False
    for number in range(len(kept) - 1, max(len(kept) - 16, 0), -1):
        line = kept[number]
        if line and is_contact(line):
            end, found = number, True
        elif line and (len(line.split()) > 6 or line.endswith((".", "”", '"', ":"))):
            break
    if not found:
        return kept, after
    contacts = [*filter(None, kept[end:]), *after]
    kept = kept[:end]
    while kept and not kept[-1]:
        kept.pop()
    return kept, contacts


def _signed(lines: Sequence[str], month_first: bool | None) -> tuple[str | None, date | None]:
    """Return publisher and day of the lines below a text: "ISSUED BY THE MINISTRY OF LAW", "19 January 2009".

    Those of the first such block count: annexes may have others.
    """
    filled = [line for line in lines if line]
    for number, line in enumerate(filled):
        found = next(days_in(line, month_first), None) if len(line) < 200 else None
        if found is None:
            continue
        around = f"{line[: found.start]} {line[found.end :]}".strip(" ,.")
        beside = [around, *filled[max(number - 1, 0) : number], *filled[number + 1 : number + 2]]
        if around and not _SIGNS.fullmatch(around) and not around.isupper():
            continue
        for name in beside:
            signs = _SIGNS.fullmatch(name)
            if 1 < len(name.split()) < 20 and (signs or name.isupper()) and next(days_in(name), None) is None:
                return _title_case(signs["name"] if signs else name), found.day
    return None, None


def _is_office(line: str) -> bool:
    return is_organisation(line) and not is_label(line) and not is_contact(line) and next(days_in(line), None) is None


def _title_case(name: str) -> str:
    """Return a name that is written in capitals as it is usually written."""
    if not name.isupper():
        return name.strip(" ,.;")
    small = {"of", "and", "the", "for", "in", "on", "to", "de", "du", "des", "la"}
    words = [word if word in small else word[:1].upper() + word[1:] for word in name.lower().strip(" ,.;").split()]
    return " ".join(words)[:1].upper() + " ".join(words)[1:]


def _issuer(name: str) -> str:
    return re.sub(r",? (?:and|&) (?:The )?(?:Rt|Right) Hon.*|, (?:The )?(?:Rt|Right) Hon.*", "", name).strip(" .,;")


def key(text: str) -> str:
    """Return the letters and digits of a line, to compare titles."""
    return re.sub(r"[\W_]+", " ", text.lower()).strip()
