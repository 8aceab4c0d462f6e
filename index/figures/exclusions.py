"""What looks like a figure and is none: dates, times, labels, addresses, telephones, list markers, names."""

import re
from typing import Final

from index.figures.amounts import Amount
from index.figures.qualifiers import EXACTLY, qualifier_after
from index.figures.units import DURATIONS
from index.text.number_words import SPACE

_WINDOW: Final = 48
"""How many characters before a number are looked at: what binds it stands close."""

_MONTHS = (
    "January|February|March|April|May|June|July|August|September|October|November|December"
    "|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec"
)
_DAY_OF_MONTH = re.compile(
    rf"(?:{SPACE}?(?:,|and|or|to|&|-|–|/){SPACE}?[0-9]{{1,2}}){{0,4}}{SPACE}(?:of{SPACE})?"
    rf"(?:{_MONTHS}|{_MONTHS.upper()})\b"
)
_MONTH_BEFORE = re.compile(rf"\b(?:{_MONTHS}){SPACE}$")
_TIME = re.compile(
    rf"(?:{SPACE}?(?:to|and|or|-|–){SPACE}?[0-9.:]{{1,5}})?{SPACE}?(?:[ap]\.?m\b|o[’']clock\b|noon\b|midnight\b)"
    r"|:[0-9]",
    re.IGNORECASE,
)
_TIMES = re.compile(rf"[012]?[0-9]\.[0-5][05]{SPACE}?[-–]{SPACE}?[012]?[0-9]\.[0-5][05]")
"""With points, only a range is surely one of times: "10.00-16.30"."""
_MORE_DIGITS = re.compile(rf"(?:(?:{SPACE}|-)[0-9]+(?![\w%]|[.,][0-9]))+")
_MARKER_BEFORE = re.compile(r"(?:^|\n)[ \t•*]*[(\[]?$")
_MARKER_AFTER = re.compile(r"[.)\]](?=\s|$|[A-Z])| [-–—] ")

# a number after one of these is a name, however many things follow it ("sections 5 and 6")
_LABEL = re.compile(
    r"\b(?:(?<!this\s)(?<!last\s)(?<!next\s)(?<!per\s)(?<!a\s)(?<!each\s)(?<!every\s)(?<!the\s)year"
    r"|numbers?|nos?|№|(?:sub-?)?sections?|articles?|chapters?|annex(?:e|es)?|appendix|paragraphs?|paras?|clauses?"
    r"|schedules?|regulations?|rules?|figures?|fig|tables?|pages?|pp?|acts?|vol|volume|version|junctions?|class"
    r"|tiers?|phases?|stages|levels|key\sstages?|weeks|covid|grade|aged?|ages|per|endnotes?|footnotes?|doi:|s\.)\.?"
    rf"(?:{SPACE}[0-9]{{1,4}}[a-z]?(?:,|{SPACE}(?:and|or|to|&))){{0,4}}{SPACE}?$",
    re.IGNORECASE,
)
# with a capital they name one of a series: "Year 6 pupils", "Key Stage 2 results", "Levels 4 and 5"
_SERIES = re.compile(
    r"(?:\b|(?<=[a-z0-9A-Z])(?=[A-Z][a-z]))(?:Years?|Stages?|Levels?|Bands?|Categor(?:y|ies)|Groups?|Forms?|Platforms?|Terminals?|Gates?|Lots?|Parts?|Rounds?"
    r"|Waves?|Pillars?|Types?|Priority|Objectives?|Missions?|Goals?|Targets?|Operation|Channel|Radio|Routes?|Units?"
    r"|Steps?|Items?|Questions?|Options?|Zones?|Blocks?|Batch|Strands?|Windows?|Formula|Phases?|Tiers?|Class)"
    rf"(?:{SPACE}[0-9]{{1,2}}(?:,|{SPACE}(?:and|or|to|&))){{0,4}}{SPACE}$"
    rf"|(?<=[a-z])Number{SPACE}$"  # a link's text: "theNumber 10 website"
)
AGES: Final = re.compile(
    rf"(?:[0-9]{{1,3}}|[A-Za-z]{{3,9}}(?:-[a-z]{{3,5}})?)(?:-?{SPACE}?(?:,|and|to|or|-|–){SPACE}?[0-9]{{1,3}}){{0,3}}"
    rf"(?:{SPACE}|-)(?:year|month|week)s?(?:{SPACE}|-)olds?\b",
    re.IGNORECASE,
)
"""Ages used as identity: "16-year-old", "16 and 17 year olds"."""
THING: Final = re.compile(
    rf"\b(?:it|story|which|building)(?:[’']s|{SPACE}(?:is|was|are|were)){SPACE}(?:over|more{SPACE}than|nearly|almost){SPACE}$",
    re.IGNORECASE,
)
"""Before "years old" it says that no person is meant: "withdrawn because it’s over 4 years old"."""
_AGE_LIMIT = re.compile(
    rf"\b(?:ages?{SPACE}of(?:{SPACE}between)?|(?:children|people|women|men|those|anyone|adults|pupils|girls|boys"
    rf"|students|everyone|is|are|was|were)(?:{SPACE}aged)?){SPACE}$"
    rf"|\bage{SPACE}\($",
    re.IGNORECASE,
)
_CHILD_IS = re.compile(
    rf"\b(?:child|son|daughter|baby|boy|girl|pupil){SPACE}(?:is|was|turns|reaches){SPACE}$", re.IGNORECASE
)
_COMES_OF_AGE = re.compile(
    rf"\b(?:turn(?:s|ed|ing)?|reach(?:es|ed|ing)?|(?:he|she|I|they)(?:[’'](?:s|m|re)|{SPACE}(?:is|am|are|was|were)))"
    rf"(?:{SPACE}(?:just|only))?{SPACE}$",
    re.IGNORECASE,
)
_THAN_BEFORE = re.compile(rf"{SPACE}(?:earlier|before|previously|ago)\b(?!{SPACE}[\w‘“])", re.IGNORECASE)
"""Behind "more than a year" it says what is compared with."""
_FILE_BEFORE = re.compile(rf"\b(?:PDF|Word|Excel|ODT|ODS|CSV|ZIP|file),?{SPACE}$", re.IGNORECASE)
_PLAN_UNIT = re.compile(rf"{SPACE}Year\b{SPACE}[A-Za-z]")
"""A capital makes it a name: "the 25 Year Environment Plan"."""
_AGED = re.compile(rf"\bage(?:[ds]|d?{SPACE}of){SPACE}$", re.IGNORECASE)
_SCHOOL_AGES = re.compile(r"(?P<from>[0-9]{1,2})[-–](?P<to>[0-9]{1,2})")
_SCHOOLED = re.compile(
    rf"{SPACE}(?:schools?|education|tuition|funding|provision|study|studies|learners?|learning|qualifications?|curriculum"
    r"|bursar(?:y|ies)|academ(?:y|ies)|participation|diplomas?)\b",
    re.IGNORECASE,
)
"""Behind a range of ages it says whose: "16-19 education"."""
_OWNS = re.compile(r"[’']s\b")
_CITED = re.compile(r"(?<=; )[0-9]+\([0-9]+\)")
"""Volume and issue of a journal: "2020; 382(16)"."""
_OWN = re.compile(rf"\bown{SPACE}$", re.IGNORECASE)
_BOUNDS = ("under", "over", "below", "above")
# after one of these it may be: then only a noun in the plural shows that it counts
_PERHAPS_LABEL = re.compile(
    r"\b(?:room|floor|flat|platform|route|lane|type|formula|channel|radio|zone|catch|area|top|under|mark|mk|model"
    r"|resolution|protocol|items?|questions?|notes?|box|unit|gate|pillar|objective|priority|principle|budget"
    rf"|recommendations?|rank(?:ed)?|levels?|stages?|steps?|parts?|rounds?|sheet|group|day|week|year|at){SPACE}$",
    re.IGNORECASE,
)
_CALL = re.compile(
    r"\b(?:call|dial|text|phone|telephone|tel|fax|mobile|helpline|ring|NHS|calling|dialling|texting|ringing|via|on)"
    rf"(?:{SPACE}us)?(?:{SPACE}on)?[:.]?{SPACE}?$",
    re.IGNORECASE,
)
_CALLS_AFTER = re.compile(rf"{SPACE}(?:calls?|operators?|services?)\b", re.IGNORECASE)
_SHORT_NUMBERS = frozenset({"101", "105", "111", "112", "119", "999"})
_NAME_BEFORE = re.compile(
    rf"(?P<opening>(?:^|[.!?:;•\n“\"‘(–]){SPACE}*)?(?<![\w’'-])[A-Z][\w’'&.-]*(?<![’']s){SPACE}$"
    rf"|\([A-Z]{{2,6}}\){SPACE}$"  # "Combined Task Force (CTF) 150"
)
_OLD_YEAR = re.compile(r"1[0-5][0-9]{2}")
_IN_BEFORE = re.compile(rf"\bin{SPACE}$", re.IGNORECASE)
_WEEKDAY_BEFORE = re.compile(rf"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,?{SPACE}$")
# "at 1745hrs", "a three time winner"
_CLOCK_BEFORE = re.compile(rf"\b(?:at|until|by|from|to|till|before|after|about|around){SPACE}$", re.IGNORECASE)
_TIME_AFTER = re.compile(rf"{SPACE}time\b|{SPACE}of{SPACE}(?:the|our|its|their|Britain|England|only)\b")
_AGE_AFTER = re.compile(rf",|{SPACE}from\b")
_AGE_BEFORE = re.compile(rf"[A-Z][\w’'-]*,{SPACE}$")
# a noun in the plural, and not a short word that only ends like one
_PLURAL = r"(?!(?:has|is|was|its|this|as|us|thus|does|always|across|plus|towards|perhaps)\b)[a-z]{2,}(?<!s)s\b"
_NAMED_AFTER = re.compile(
    rf"{SPACE}(?:Downing|Commando|Squadron|Sqn|Regiment|Rifles|Battalion|Brigade|Division|Signals?|Naval|Wing|Platoon"
    rf"|Corps|PARA|SCOTS|(?:[A-Z][\w’']*{SPACE}){{1,3}}(?:Battalion|Brigade|Regiment|Division|Squadron|Unit|Company|Corps"
    r"|Wing|Group|Troop|Party|Force|Battery|Flight|Hospital))(?:\b|(?=[A-Z]))"
    # "2 TPS searched", "(2 R WELSH)", "15 (UK) Group"; but "5 MPs", "20 NHS trusts"
    rf"|{SPACE}(?:[A-Z]{SPACE})?(?!(?:UK|US|EU|UN|NHS|NATO|RAF|MOD|BBC)\b)[A-Z]{{2,9}}\b(?![-/&])"
    rf"(?!{SPACE}(?:[A-Za-z-]+{SPACE}){{0,3}}(?:{_PLURAL}|[A-Z][a-z]+s\b))"
    rf"|{SPACE}\((?:[A-Z]{{2,4}}\)|[A-Z][a-z]+(?:{SPACE}[A-Z][a-z]+)*\){SPACE}[A-Z])"
    # an adjective: "a two state solution"
    rf"|{SPACE}(?:state|tier|way|star|step|piece|point(?={SPACE}plan)){SPACE}[a-z]+"
)
_STREET_AFTER = re.compile(
    rf"{SPACE}(?:[A-Z][\w’']*{SPACE}){{1,3}}(?:Street|Road|Avenue|Lane|Square|Place|Drive|Terrace|Crescent|Way|House"
    r"|Gardens|Colonnade|Wharf|Court|Row|Buildings?|Yard)(?:\b|(?=[A-Z]))"
    rf"|{SPACE}Whitehall\b"
)
_VERB = r"(?:are|is|were|was|have|has|had|will|would|who|which|that)\b"
_COUNTED_AFTER = re.compile(
    rf"{SPACE}of{SPACE}(?:which|whom|them|these|those)\b"
    rf"|{SPACE}(?:(?!{_VERB})[a-z]+[ -]){{0,2}}(?:{_PLURAL}|(?:people|children|men|women|staff|police)\b)"
)
_OF_THEM = re.compile(rf"{SPACE}of{SPACE}(?:which|whom|them|these|those)\b")
# "one" is mostly a pronoun or an article: it counts where "two" could stand for it without a second thought
_ONE_THING = re.compile(
    rf"{SPACE}(?:single|person|individual|man|woman|child|boy|girl|baby|adult|driver|officer|soldier|victim|suspect|pupil"
    r"|student|patient|passenger|worker|employee|director|member|civilian|serviceman|contact|arrest|death|fatality"
    r"|injury|conviction|vessel|boat|ship|aircraft|helicopter|vehicle|lorry|firearm|weapon|organisation)\b"
    rf"|{SPACE}[A-Z][a-z]+(?:an|ish|ese|ch|i|qi){SPACE}(?:man|woman|national|person|boy|girl|child|citizen)\b"
)
_ONE_PART = re.compile(rf"(?:half|(?:an?|one)(?:{SPACE}|-)[a-z]+)", re.IGNORECASE)
_WHICH_HALF = re.compile(
    rf"\b(?:first|second|other|last|latter|each|every|this|that|next|final|better|previous|past|rear|front"
    rf"|upper|lower|top|bottom|back|northern|southern|eastern|western){SPACE}$",
    re.IGNORECASE,
)
_DIVIDES_AFTER = re.compile(
    rf"$|[.;)]|{SPACE}(?:of|the|all|its|their|these|those|our|as|more|less|fewer|higher|lower|from|on|since|compared"
    # what they do or are
    r"|over|said|say(?:s|ing)?|showed|showing|report(?:ed|ing)|believed?|thought|think|felt|feel|agreed?|want(?:ed)?"
    r"|expect(?:ed)?|would|will|were|are|had|have|having|did|do|used?|using|supported)\b",
    re.IGNORECASE,
)
_DIVIDES_BEFORE = re.compile(rf"\b(?:by|in|to){SPACE}$", re.IGNORECASE)
_LINE_OR_SENTENCE = re.compile(r"(?:^|[.!?:;•\n“\"‘(–])\s*$")
_STANDING = frozenset({EXACTLY, "up to", "at least", "around", "a record"})
"""Qualifiers that also stand before a year ("up to 2020", "around 2010")."""


def glued_before(text: str, start: int) -> bool:
    """Whether what begins at ``start`` goes on a word, a number or an address that began earlier."""
    before = text[max(0, start - 2) : start]
    if not before:
        return False
    last, earlier = before[-1], before[-2:-1]
    if last.islower() and text[start] in "£€$":
        return False  # a space is missing: "contributed£1.6 billion"
    if last == "," and earlier.isalpha() and text[start].isalpha():
        return False  # "Strategy,nine new"
    if last in "'’":
        return earlier.isalnum()
    if last == "–":  # a minus or a pause: who knows
        return not earlier or earlier.isspace()
    return last.isalnum() or last in "_@#\\/.,:-−&=+"


def no_figure(text: str, amount: Amount, qualifier: str, begin: int, *, alone: bool, years: bool) -> int | None:
    """Return where to read on if the surroundings show that ``amount`` is no figure, else ``None``.

    ``begin`` is where the statement starts, its qualifier included. ``alone`` lifts the doubts that only a
    sentence raises (labels, names, markers, "one"); ``years`` lets four digits that look like a year pass.
    """
    if not amount.bare:
        return amount.end if _idle_measure(text, amount, begin, qualifier, alone=alone) else None
    end = amount.end
    counted = _COUNTED_AFTER.match(text, end) is not None
    if amount.like_a_year and not years and (qualifier in _STANDING or not counted):
        return end
    if not counted and _OLD_YEAR.fullmatch(amount.numeral) and _IN_BEFORE.search(text, max(0, begin - 4), begin):
        return end
    if amount.numeral.isdigit():
        for pattern in (_TIME, _MORE_DIGITS):
            if match := pattern.match(text, end):
                return match.end()
    if _DAY_OF_MONTH.match(text, end) or _TIMES.fullmatch(text, amount.start, end):
        return end
    if _dated_before(text, begin) and not counted:
        return end
    return end if not alone and _named(text, amount, begin, qualifier, counted) else None


def _idle_measure(text: str, amount: Amount, begin: int, qualifier: str, *, alone: bool) -> bool:
    """Whether a number with a unit, or a part of a whole, measures nothing: "one day", "a year", "at 1745hrs"."""
    if not alone and (
        text[amount.start : amount.end].lower() == "one day" or _idle_part(text, amount, begin, qualifier)
    ):
        return True
    if amount.unit in DURATIONS:
        if text[amount.start] in "aA" and not amount.scaled:  # a figure only as "more than a year", "a year or more"
            bare = qualifier == EXACTLY and qualifier_after(text, amount.end)[0] == EXACTLY
            if bare or _THAN_BEFORE.match(text, amount.end):
                return True
        plan = amount.value != 1 and _PLAN_UNIT.match(text, amount.end - 5)
        clock = amount.unit == "hours" and _is_clock(text, amount, begin)
        return bool(clock or plan or _AGED.search(text, max(0, begin - 8), begin))
    if amount.unit == "feet":
        return _OWN.search(text, max(0, begin - 4), begin) is not None
    return amount.unit in ("MB", "KB", "GB") and _FILE_BEFORE.search(text, max(0, begin - 12), begin) is not None


def _is_code(text: str, amount: Amount, qualifier: str, counted: bool) -> bool:
    """Whether it is a short code or an identifier ("text 88088"), or counts times won or one of many."""
    if len(amount.numeral) > 4 and amount.numeral.isdigit() and not counted and qualifier == EXACTLY:
        return True  # what counts has separators
    after = _TIME_AFTER.match(text, amount.end)
    return after is not None and ((amount.value == 1 and qualifier == EXACTLY) or after.group().endswith("time"))


def _is_clock(text: str, amount: Amount, begin: int) -> bool:
    """Whether four digits and "hrs" tell the time of day."""
    digits = amount.numeral
    if len(digits) != 4 or not digits.isdigit() or int(digits[:2]) > 24 or int(digits[2:]) > 59:
        return False
    return (
        _CLOCK_BEFORE.search(text, max(0, begin - 8), begin) is not None or text[amount.end - 3 : amount.end] == "hrs"
    )


def _is_age(text: str, begin: int, qualifier: str, amount: Amount) -> bool:
    """Whether the number is an age that tells who is meant: "the age of 18", "children under 5"."""
    if _CHILD_IS.search(text, max(0, begin - _WINDOW), begin) and amount.value < 20:
        return True
    of_age = amount.numeral.isdigit() and amount.value < 100
    if of_age and _COMES_OF_AGE.search(text, max(0, begin - _WINDOW), begin):
        return True
    bound = _AGE_LIMIT.search(text, max(0, begin - _WINDOW), begin)
    if bound is None:
        return False
    if bound.group().lower().startswith("age"):
        return True
    limits = text[begin : amount.start].strip().lower() in _BOUNDS
    words = amount.value < 20 and text[amount.start : amount.end].isalpha()
    return limits and (of_age or words) and qualifier != EXACTLY


def _idle_part(text: str, amount: Amount, begin: int, qualifier: str) -> bool:
    """Whether "half", "a third", "a quarter" divide nothing: "the first half", "a third runway"."""
    if (
        amount.unit
        or not amount.part
        or not _ONE_PART.fullmatch(text, amount.start, amount.end)
        or qualifier != EXACTLY
    ):
        return False
    if _WHICH_HALF.search(text, max(0, begin - _WINDOW), begin):
        return True
    by = _DIVIDES_BEFORE.search(text, max(0, begin - 6), begin)
    return not (by or _DIVIDES_AFTER.match(text, amount.end))


def _dated_before(text: str, begin: int) -> bool:
    window = max(0, begin - _WINDOW)
    return any(pattern.search(text, window, begin) for pattern in (_MONTH_BEFORE, _WEEKDAY_BEFORE))


def _is_reference(text: str, start: int, end: int) -> bool:
    """Whether digits name a place, a unit ("857’s officer"), an issue of a journal or the ages that a school is for."""
    if _STREET_AFTER.match(text, end) or _OWNS.match(text, end) or _CITED.match(text, start):
        return True
    ages = _SCHOOL_AGES.fullmatch(text, start, end)
    return ages is not None and int(ages["from"]) < int(ages["to"]) <= 25 and _SCHOOLED.match(text, end) is not None


def _marks(text: str, amount: Amount, begin: int) -> bool:
    """Whether a number marks an item of a list, or a note: "1. First", "(2)"."""
    if text[amount.start - 1 : amount.start] in ("(", "[") and text[amount.end : amount.end + 1] in (")", "]"):
        return True
    before = _MARKER_BEFORE.search(text, max(0, begin - _WINDOW), begin)
    return before is not None and _MARKER_AFTER.match(text, amount.end) is not None


def _named(text: str, amount: Amount, begin: int, qualifier: str, counted: bool) -> bool:
    """Whether the number belongs to a name, or may do so and nothing shows that it counts."""
    start, end, window = amount.start, amount.end, max(0, begin - _WINDOW)
    words = text[start:end]
    if _is_code(text, amount, qualifier, counted):
        return True
    if _SERIES.search(text, window, start) or (not counted and _is_age(text, begin, qualifier, amount)):
        return True
    if _LABEL.search(text, window, begin) and not _OF_THEM.match(text, end):
        return True
    if _NAMED_AFTER.match(text, end) or (amount.numeral and _is_reference(text, start, end)):
        return True
    if len(words) < 4 and _marks(text, amount, begin):
        return True
    if qualifier != EXACTLY:
        return words.lower() == "one" and text[begin:start].strip().lower() in ("under", "over", "about", "around")
    if not amount.numeral and words.lower() in ("one", "zero"):
        return words.lower() == "zero" or _ONE_THING.match(text, end) is None
    if words in _SHORT_NUMBERS and (not counted or _CALLS_AFTER.match(text, end)):
        return True
    if _PERHAPS_LABEL.search(text, window, begin) and not counted and "," not in amount.numeral:
        return True
    if _CALL.search(text, window, begin) and not counted and amount.numeral.isdigit():
        return True
    if _AGE_BEFORE.search(text, window, begin) and _AGE_AFTER.match(text, end):
        return True
    if words[0].isupper() and not _LINE_OR_SENTENCE.search(text, window, begin):
        return True  # "the Six Nations"
    name = _NAME_BEFORE.search(text, window, begin)
    return name is not None and name["opening"] is None and not counted
