"""Lines around the text of a press release, told by their words: labels, days, publishers, contacts, buttons."""

import re
from collections.abc import Sequence
from datetime import date

from index.sources.days import WrittenDay, day_in, days_in
from index.sources.offices import is_organisation

_LONG = 400
"""From how many characters on a line is text: labels are shorter; set by judgement."""

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
"""A line that releases a text, with what follows on it: "FOR IMMEDIATE RELEASE: July 4, 2024"."""

_AT_ONCE = re.compile(r"immediate|\d[:.]\d\d|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day|midnight|noon", re.IGNORECASE)
"""When a text is released, beside days."""

_LABEL = re.compile(rf"\W*{_KINDS}(?:\s*[:|–—-]\s*|\W*)(?P<rest>.{{0,60}})", re.IGNORECASE)
_CODE = r"(?:[A-Za-z./–-]{0,6}\d[\w./–-]*|[/–-]|of)"
NUMBER = re.compile(
    r"\W*(?:(?:press |news )?(?:release|reference|ref)|notice|document)?\W*(?:no|number|nr|ref|id|#)(?:\b|(?<=#))\W*"
    rf"(?:[A-Z]{{1,6}}\s)?{_CODE}(?:\s{_CODE}){{0,3}}\W*",
    re.IGNORECASE,
)
"""A line that numbers a release; its number has a digit, as "No one was hurt" has not."""

_DATED = re.compile(
    r"\W*(?:first )?(?P<word>published|released?|issued|posted|publication date|date published|date of (?:issue"
    r"|release)"
    r"|dated?|release date|published on|created|publié(?: le)?|publicado|veröffentlicht)\b(?: on| at"
    r"| by [^:]{0,60})?\W*(?P<rest>.{0,120})",
    re.IGNORECASE,
)
_UPDATED = re.compile(
    r"\W*(?P<page>page |content |this (?:page|content) was )?(?P<last>last )?"
    r"(?:updated|modified|reviewed|changed|edited|revised|(?(last)(?:update|review|revision|change)|(?!)))\b"
    r"(?P<rest>.{0,100})",
    re.IGNORECASE,
)
_FEW = 6
"""The most words that a line has beside its label and its day: more are a sentence; set by judgement."""


_ISSUER = re.compile(
    r"\W*(?P<word>published by|issued by|released by|from|organi[sz]ations?|department|agency|ministry|source|office"
    r"|publisher"
    r"|author(?:ed)? by|delivered by)\s*:\s*(?P<name>.{2,200})",
    re.IGNORECASE,
)
_OF_DATA = re.compile(r"\b(?:survey|census|statistics|data|figures|estimates|analysis|n\s?=\s?\d)", re.IGNORECASE)
"""What the source of a table is called, which is no publisher."""

_SENDER = re.compile(r"[\"']?(?P<name>[^<>\"]{2,150}?)[\"']?\s*(?:<[^<>]*@[^<>]*>|\[mailto:[^\]]*\])")

_DAY_WORDS = (
    r"(?:first |last |date )?(?:published|posted|issued|released|updated|modified|reviewed|changed|dated?)"
    r"|publication date|release date|date of (?:issue|release)|publié|publicado|veröffentlicht"
)
_OFFICE_WORDS = (
    r"(?:published|issued|released|authored|delivered) by|from|organi[sz]ations?|department|agency|ministry|source"
    r"|office|publisher"
)
_NEXT_LABEL = re.compile(
    rf"\s*[|•·]\s*|(?<!first)(?<!last)(?<!date)\s+(?=(?:{_DAY_WORDS}|{_OFFICE_WORDS}|contact)\s*:)"
    rf"|(?<!first)(?<!last)(?<!date)\s+(?=(?:{_DAY_WORDS})\s+(?:on )?(?:[a-z]+day,? )?"
    r"(?:\d{1,4}[ /.-]|[a-z]{3,9}\.? \d))",
    re.IGNORECASE,
)
"""Where on a line a second label begins; a label of days needs no colon before a day."""

_LABELLED = re.compile(rf"\W*(?:(?:{_DAY_WORDS})\b|(?:{_OFFICE_WORDS}|contact)\s*:)", re.IGNORECASE)
_ONLY_LABEL = re.compile(rf"\W*(?:{_DAY_WORDS}|{_OFFICE_WORDS}|topics?|categor(?:y|ies))\s*:\s*", re.IGNORECASE)
_SOURCE = re.compile(r"SOURCE(?:\s*:)?\s+(?P<name>\S.{1,150})")
_HISTORY = re.compile(
    r"\W*(?:updates? to this page|(?:page|publication|update|change|revision|document) (?:updates|history)"
    r"|history of (?:changes|updates)|full (?:page )?history)\W*",
    re.IGNORECASE,
)
_ISSUED = re.compile(
    r"(?:press|news|media) (?:release|statement|notice) (?:was )?(?:issued|published"
    r"|released) by (?P<name>.{2,150}?) on "
    r"(?P<day>(?:[A-Z][a-z]+day,? )?\d{1,2}(?:st|nd|rd|th)? [A-Z][a-z]+,? \d{4})\W*",
    re.IGNORECASE,
)
_ISSUED_LINE = re.compile(
    r"(?:issued|published|released) by (?P<name>[^:]{2,150}?),? on (?P<day>[\w ,]{8,30})\W*", re.IGNORECASE
)
END = re.compile(
    r"(?:[-–—*•~_. ]*)(?:(?:#\s?){2,}|[-–—]\s?30\s?[-–—]|[-–—*]\s?[Ee]nds?\s?[-–—*]|ENDS?\W?"
    r"|(?:end|fin) of (?:release"
    r"|document|text|statement)"
    r"|xxx|N{4}|Ends?\s?/\s?[A-Z][^.]{5,40})(?:[-–—*•~_. ]*)"
)  # fmt: skip
"""A line that ends a release: "###", "-30-", "ENDS", "Ends/Thursday, March 14, 2024"."""

KEPT_AFTER = re.compile(
    r"\W*(?:notes?(?: (?:to|for) (?:the )?editors?)?|background|annex\w*|appendix|quotes?|footnotes?|key facts"
    r"|references"
    r"|further information|additional quotes|statistics|supporting .{0,30}|case stud(?:y|ies)|table \d.*"
    r"|sources?)\b.{0,60}",
    re.IGNORECASE,
)
"""The heading of a part that states facts, though it stands after the end: "Notes to editors"."""

_TAIL = re.compile(
    r"\W*(?:share(?: this)?(?: page| article| on.{0,30})?|tweet|e-?mail(?: this)?|print(?: this)?(?: page)?|like|pin it"
    r"|(?:next|previous|older|newer|prev)(?: article| post| release| page| story)?|back(?: to.{0,30})?"
    r"|return to.{0,30}|top"
    r"|related(?: .{0,40})?|more (?:news|from|in|on)\b.{0,40}|see also|you may also.{0,40}|latest (?:news|posts).{0,20}"
    r"|(?:filed|posted|tagged|categori[sz]ed) (?:under|in|with)\b.{0,200}|tags?\s*:.{0,200}|tags|categor(?:y"
    r"|ies)\s*:.{0,200}"
    r"|topics?\s*:.{0,200}|issues?\s*:.{0,200}|follow us.{0,60}|sign up.{0,80}|subscribe.{0,80}|skip to.{0,40}|home"
    r"|image|photo|facebook|twitter|linkedin|whatsapp|youtube|instagram|reddit|rss(?: feed)?|copy link"
    r"|download(?: pdf)?|(?:\w{1,20} )?\(?(?:(?:pdf|docx?|xlsx?)\W{1,3})?[\d.,]+ ?[km]i?b\b.{0,20}|permalink"
    r"|f|t|x|was this (?:page|article).{0,40}|yes|no|report a problem.{0,60}|is this page useful.{0,20}"
    r"|(?:©|copyright (?:©|\(c\)|\d{4})).{0,160}"
    r"|page details|about this page|(?:tell|send to) a friend.{0,40}|.{0,40}\bunsubscribe\b.{0,60}"
    r"|(?:you (?:have )?received|this e-?mail was sent|having trouble viewing)\b.{0,200}"
    r"|leave a (?:reply|comment).{0,30}|\d* ?comments?|advertisement|posted in.{0,60}|page \d+ of \d+)\W*",
    re.IGNORECASE,
)
"""A button or heading of a page around the text: "Share this page", "Related"."""

MORE = re.compile(
    r"\W*(?:related(?: (?:news|stories|articles|content|posts|links|releases|pages|items|reading))?"
    r"|(?:more|other|latest|recent|further|recommended) (?:news|stories|articles|posts|releases)\b.{0,30}"
    r"|you (?:may|might) also (?:like|be interested in)|read next|recommended(?: for you)?)\W*",
    re.IGNORECASE,
)
"""The heading of a list of other releases."""

_ALWAYS_TAIL = re.compile(
    r"\W*(?:follow us|sign up (?:to|for) (?:our|the|updates|news|e-?mail|alerts)|subscribe|(?:filed|posted|tagged"
    r"|categori[sz]ed) (?:under|in|with)|was this|report a problem|©|copyright|you may also|tags?\s*:|topics?\s*:"
    r"|you (?:have )?received|this e-?mail was sent|having trouble viewing)",
    re.IGNORECASE,
)
"""The beginning of one that stays a button though it is a sentence."""

_SENTENCE = 4
"""From how many words on a line that ends as sentences do is one; set by judgement."""


def is_tail(line: str) -> bool:
    """Return True for a button or heading of a page around the text; a sentence with a figure is none."""
    if not _TAIL.fullmatch(line):
        return False
    if not is_sentence(line):
        return True
    return _ALWAYS_TAIL.match(line) is not None and (re.search(r"[£$€]\s?\d|\d\s?%", line) is None)


def is_sentence(line: str) -> bool:
    """Return True for several words that end as a sentence does."""
    return len(re.findall(r"\w+", line)) >= _SENTENCE and re.search(r"[.!?][”’\"')]*$", line) is not None


def is_update(line: str) -> bool:
    """Return True for a line that says when a page was last changed, but not for a sentence about what was."""
    found = _UPDATED.fullmatch(line)
    if found is None:
        return False
    first = next(days_in(found["rest"]), None)
    if first is None:
        return len(found["rest"].split()) < (_FEW if found["page"] or found["last"] else 3)
    beside = f"{found['rest'][: first.start]} {found['rest'][first.end :]}"
    return len(re.findall(r"[^\W\d_]{2,}", beside)) < _FEW


def is_released(line: str) -> bool:
    """Return True for a line that releases a text: "FOR IMMEDIATE RELEASE: July 4, 2024"."""
    found = _RELEASED.match(line)
    if found is None or len(found["rest"].split()) > 11:
        return False
    return not is_sentence(line) or next(days_in(found["rest"]), None) is not None or _AT_ONCE.search(line) is not None


def labelled_day(line: str, month_first: bool | None = None) -> date | None:
    """Return the day that a line states as that of publication, with a label ("Published 4 July 2025"), or None."""
    for each in statements(line[:_LONG]):
        found = _DATED.match(each) or _RELEASED.match(each)
        if found is None or (found.re is _DATED and found["word"].lower() in ("date", "dated", "created")):
            continue
        first = next(days_in(found["rest"], month_first), None)
        if first is not None and first.start < 30 and not _goes_on(found["rest"], first):
            return first.day
    return None


def _goes_on(rest: str, day: WrittenDay) -> bool:
    """Return True if a label's day stands in a sentence: "Published today, the plan runs from 1 May 2025 on."."""
    beside = f"{rest[: day.start]} {rest[day.end :]}"
    return is_sentence(rest) and len(re.findall(r"[^\W\d_]{2,}", beside)) > _FEW


def shown_day(lines: Sequence[str], month_first: bool | None = None) -> date | None:
    """Return the first day that lines state as that of publication, on a line with a label or on the one after it."""
    for number, line in enumerate(lines):
        if len(line) < 160 and (day := labelled_day(line, month_first)) is not None:
            return day
        if is_bare(line) and number + 1 < len(lines) and len(lines[number + 1]) < 60:
            first = next(days_in(lines[number + 1], month_first), None)
            if first is not None and first.start < 14:
                return first.day
    return None


def is_bare(line: str) -> bool:
    """Return True for a label of a day without a day: "Published:"."""
    found = _DATED.fullmatch(line) if len(line) < _LONG else None
    if found is None or next(days_in(line), None) is not None:
        return False
    return not found["rest"] and found["word"].lower() not in ("date", "dated", "created")


def labelled_issuer(line: str) -> str | None:
    """Return the publisher that a line states with a label ("From: Home Office"), or None."""
    found = next(filter(None, map(_ISSUER.match, statements(line[:_LONG]))), None)
    if found is None or re.match(r"(?:the\s+)?\W*[a-z\d]", found["name"]) or _OF_DATA.search(found["name"]):
        return None
    if sender := _SENDER.fullmatch(found["name"]):  # of a message, mostly a person
        return sender["name"] if is_organisation(sender["name"]) else None
    return _issuer(found["name"])


def statements(line: str) -> list[str]:
    """Return what a line states, where it has a label for each: "From: Home Office Published: 4 July 2025" is two.

    Any other line is returned alone.
    """
    parts = [part for part in _NEXT_LABEL.split(line) if part.strip()] if len(line) < _LONG else []
    return parts if len(parts) > 1 and all(map(_LABELLED.match, parts)) else [line]


def begins_with_label(line: str) -> bool:
    """Return True if a line begins with the label of a day or of a publisher."""
    return _LABELLED.match(line) is not None or _RELEASED.match(line) is not None


def only_label(line: str) -> bool:
    """Return True for a label whose value is missing, and may be the next line: "Agency:"."""
    return len(line) < _LONG and _ONLY_LABEL.fullmatch(line) is not None


def closing_source(line: str) -> str | None:
    """Return whose release it is by a line below the text, as agencies write it: "SOURCE National Weather Bureau"."""
    found = _SOURCE.fullmatch(line) if len(line) < _LONG else None
    return found["name"].strip() if found is not None else None


def without_history(lines: Sequence[str]) -> list[str]:
    """Return lines without a page's list of its own changes: a heading ("Updates to this page"), then days and notes.

    A note is the line after one that begins with a day.
    """
    filled = [number for number, line in enumerate(lines) if line]
    for place, number in enumerate(filled):
        if len(lines[number]) > _LONG or not _HISTORY.fullmatch(lines[number]):
            continue
        end = place + 1
        while end < len(filled) and (
            _tells_change(lines[filled[end]]) or (end > place + 1 and _tells_change(lines[filled[end - 1]], alone=True))
        ):
            end += 1
        if end > place + 1:
            rest = lines[filled[end] :] if end < len(filled) else []
            return [*lines[:number], *rest]
    return list(lines)


def _tells_change(line: str, *, alone: bool = False) -> bool:
    """Return True if a line begins with a day of a change, or with ``alone`` is little more than that day."""
    if len(line) > _LONG:
        return False
    words = re.sub(r"^\W*\d{1,2}\.\s(?=.*\d{4})|^[•*-]\s", "", line)
    labelled = _DATED.match(words) or _UPDATED.match(words)
    first = next(days_in(words), None)
    if first is None or first.start > (40 if labelled else 14):
        return False
    return not alone or (not labelled and len(words) - first.end < 14)


def issued(text: str) -> tuple[str, date] | None:
    """Return publisher and day of a sentence like "The press release issued by the Home Office on 4 July 2025."."""
    found = _ISSUED.search(text[:2_000])
    if found is None:
        lines = (_ISSUED_LINE.fullmatch(line) for line in text[:2_000].split("\n"))
        found = next((line for line in lines if line is not None and is_organisation(line["name"])), None)
    day = day_in(found["day"]) if found else None
    return (re.sub(r"^the ", "", found["name"], flags=re.IGNORECASE), day) if found and day else None


def is_label(line: str) -> bool:
    """Return True if a line only says what kind of document it stands in ("Press release")."""
    found = _LABEL.fullmatch(line) if len(line) < _LONG else None
    return (
        found is not None
        and re.fullmatch(r"(?:(?:no|number|nr|ref)\b)?\W*(?:[\w./-]*\d[\w./-]*)?\W*", found["rest"]) is not None
    )


def _issuer(name: str) -> str:
    return re.sub(r",? (?:and|&) (?:The )?(?:Rt|Right) Hon.*|, (?:The )?(?:Rt|Right) Hon.*", "", name).strip(" .,;")


def key(text: str) -> str:
    """Return the letters and digits of a line, to compare titles."""
    return re.sub(r"[\W_]+", " ", text.lower()).strip()
