"""The words around a number that show it to be no figure, as patterns: months, labels, streets, ages, army units.

A pattern that ends in ``$`` is searched before the number, the others are matched after it.
`index.figures.exclusions` says what each one decides.
"""

import re

from index.figures.qualifiers import EXACTLY
from index.text.dates import MONTH_NUMBERS
from index.text.number_words import SPACE

_MONTH = "|".join(MONTH_NUMBERS)
DAY_OF_MONTH = re.compile(
    rf"(?:{SPACE}?(?:,|and|or|to|&|-|–|/){SPACE}?[0-9]{{1,2}}){{0,4}}{SPACE}(?:of{SPACE})?"
    rf"(?:{_MONTH}|{_MONTH.upper()})\b"
)
TIME = re.compile(
    rf"(?:{SPACE}?(?:to|and|or|-|–){SPACE}?[0-9.:]{{1,5}})?{SPACE}?(?:[ap]\.?m\b|o[’']clock\b|noon\b|midnight\b)"
    r"|:[0-9]",
    re.IGNORECASE,
)
TELEPHONE_GROUPS = re.compile(rf"(?:{SPACE}[0-9]{{3,}})+")
MORE_DIGITS = re.compile(rf"(?:(?:{SPACE}|-)[0-9]+(?![\w%]|[.,][0-9]))+")
MARKER_BEFORE = re.compile(r"(?:^|\n)[ \t•*]*[(\[]?$")
MARKER_AFTER = re.compile(r"[.)\]](?=\s|$|[A-Z])| [-–—] ")

# a number after one of these is a name, however many things follow it ("sections 5 and 6")
LABEL = re.compile(
    r"\b(?:(?<!this\s)(?<!last\s)(?<!next\s)(?<!per\s)(?<!a\s)(?<!each\s)(?<!every\s)(?<!the\s)(?<!past\s)(?<!previous\s)"
    r"(?<!financial\s)(?<!calendar\s)(?<!full\s)(?<!whole\s)(?<!same\s)(?<!that\s)year"
    r"|(?<!now\s)numbers?|nos?|№|(?:sub-?)?sections?|articles?|chapters?|annex(?:e|es)?|appendix|paragraphs?|paras?|clauses?"
    r"|schedules?|regulations?|rules?|figures?|fig|tables?|pages?|pp?|acts?|vol|volume|version|junctions?|class"
    r"|tiers?|phases?|stages|levels|key\sstages?|weeks|covid|grade|aged?|ages|per|endnotes?|footnotes?|doi:|s\.)\.?"
    rf"(?:{SPACE}[0-9]{{1,4}}[a-z]?(?:,|{SPACE}(?:and|or|to|&))){{0,4}}{SPACE}?$",
    re.IGNORECASE,
)
# with a capital they name one of a series: "Year 6 pupils", "Key Stage 2 results", "Levels 4 and 5"
SERIES = re.compile(
    r"(?:\b|(?<=[a-z0-9A-Z])(?=[A-Z][a-z]))(?:Years?|Stages?|Levels?|Bands?|Categor(?:y|ies)|Groups?|Forms?|Platforms?|Terminals?|Gates?|Lots?|Parts?|Rounds?"
    r"|Waves?|Pillars?|Types?|Priority|Objectives?|Missions?|Goals?|Targets?|Operation|Channel|Radio|Routes?|Units?"
    r"|Steps?|Items?|Questions?|Options?|Zones?|Blocks?|Batch|Strands?|Windows?|Formula|Phases?|Tiers?|Class)"
    rf"(?:{SPACE}[0-9]{{1,2}}(?:,|{SPACE}(?:and|or|to|&))){{0,4}}{SPACE}$"
)
RUN_ON_NUMBER = re.compile(rf"(?<=[a-z])Number{SPACE}$")
AGES = re.compile(
    rf"(?:[0-9]{{1,3}}|[A-Za-z]{{3,9}}(?:-[a-z]{{3,5}})?)(?:-?{SPACE}?(?:,|and|to|or|-|–){SPACE}?[0-9]{{1,3}}){{0,3}}"
    rf"(?:{SPACE}|-)(?:year|month|week)s?(?:{SPACE}|-)olds?\b",
    re.IGNORECASE,
)
"""Ages used as identity: "16-year-old", "16 and 17 year olds"."""
THING = re.compile(
    rf"\b(?:it|story|which|building)(?:[’']s|{SPACE}(?:is|was|are|were)){SPACE}(?:over|more{SPACE}than|nearly|almost){SPACE}$",
    re.IGNORECASE,
)
"""Before "years old" it says that no person is meant: "withdrawn because it’s over 4 years old"."""
AGE_OF = re.compile(rf"\b(?:ages?{SPACE}of(?:{SPACE}between)?{SPACE}|age{SPACE}\()$", re.IGNORECASE)
SOMEONE_BEFORE = re.compile(
    rf"\b(?:children|people|women|men|those|anyone|adults|pupils|girls|boys|students|everyone|is|are|was|were)"
    rf"(?:{SPACE}aged)?{SPACE}$",
    re.IGNORECASE,
)
CHILD_IS = re.compile(
    rf"\b(?:child|son|daughter|baby|boy|girl|pupil){SPACE}(?:is|was|turns|reaches){SPACE}$", re.IGNORECASE
)
COMES_OF_AGE = re.compile(
    rf"\b(?:turn(?:s|ed|ing)?|reach(?:es|ed|ing)?|(?:he|she|I|they)(?:[’'](?:s|m|re)|{SPACE}(?:is|am|are|was|were)))"
    rf"(?:{SPACE}(?:just|only))?{SPACE}$",
    re.IGNORECASE,
)
THAN_BEFORE = re.compile(rf"{SPACE}(?:earlier|before|previously|ago)\b(?!{SPACE}[\w‘“])", re.IGNORECASE)
"""After "more than a year" it says that the length is how long ago something was, and measures nothing else."""
FILE_BEFORE = re.compile(rf"\b(?:PDF|Word|Excel|ODT|ODS|CSV|ZIP|file),?{SPACE}$", re.IGNORECASE)
PLAN_UNIT = re.compile(rf"{SPACE}Year\b{SPACE}[A-Za-z]")
"""A capital makes it a name: "the 25 Year Environment Plan"."""
AGED = re.compile(rf"\bage(?:[ds]|d?{SPACE}of){SPACE}$", re.IGNORECASE)
OWN = re.compile(rf"\bown{SPACE}$", re.IGNORECASE)
BOUNDS = ("under", "over", "below", "above")
# after one of these it may be: then only a noun in the plural shows that it counts
PERHAPS_LABEL = re.compile(
    r"\b(?:room|floor|flat|platform|route|lane|type|formula|channel|radio|zone|catch|area|top|under|mark|mk|model"
    r"|resolution|protocol|items?|questions?|notes?|box|unit|gate|pillar|objective|priority|principle|budget"
    rf"|recommendations?|rank(?:ed)?|levels?|stages?|steps?|parts?|rounds?|sheet|group|day|week|year|at){SPACE}$",
    re.IGNORECASE,
)
# a level, not the number of a room or an hour: "the backlog stood at 877"
STOOD_AT = re.compile(
    rf"\b(?:stood|stands|standing|remain(?:s|ed|ing)?|peak(?:s|ed|ing)?|{SPACE}put|estimated){SPACE}(?:currently{SPACE}|now{SPACE})?at{SPACE}$",
    re.IGNORECASE,
)
NO_ADDRESS = re.compile(rf"\s*[.,;:)]|\s*$|{SPACE}(?:[a-z]|[A-Z][a-z]+{SPACE}(?:19|20)[0-9]{{2}})")
CALL = re.compile(
    r"\b(?:call|dial|text|phone|telephone|tel|fax|mobile|helpline|ring|NHS|calling|dialling|texting|ringing|via|on)"
    rf"(?:{SPACE}us)?(?:{SPACE}on)?[:.]?{SPACE}?$",
    re.IGNORECASE,
)
CODES_BEFORE = re.compile(
    rf"\b(?:codes?|ref(?:erence)?s?|accounts?|registrations?|registered|charity|company|licen[cs]es?|passports?|permits?"
    rf"|serial|postcodes?|VAT|ISBN|patents?)[:.]?{SPACE}(?:(?:are|is|of|no\.?|numbers?){SPACE})?"
    rf"(?:[0-9](?:[0-9,]|{SPACE})*(?:and|or|to){SPACE}|[0-9](?:[0-9,]|{SPACE})*,{SPACE})?$",
    re.IGNORECASE,
)
SHORT_OF_GROUPED = re.compile(rf"[0-9]{{1,3}}(?={SPACE}[0-9]{{3}}(?![0-9]))")
NUMBERED_BEFORE = re.compile(
    rf"\b(?:weeks?|days?|years?|months?|quarter|phase|stage|tier|junction|section|article|schedule|part|chapter|table"
    rf"|annex|platform|terminal|gate|route|level|step|band|zone|ward|unit|room|aged?|covid){SPACE}$",
    re.IGNORECASE,
)
CALLS_AFTER = re.compile(rf"{SPACE}(?:calls?|operators?|services?)\b", re.IGNORECASE)
SHORT_NUMBERS = frozenset({"101", "105", "111", "112", "119", "999"})
NAME_BEFORE = re.compile(rf"(?P<opening>(?:^|[.!?:;•\n“\"‘(–]){SPACE}*)?(?<![\w’'-])[A-Z][\w’'&.-]*(?<![’']s){SPACE}$")
RESPECTIVELY_AFTER = re.compile(
    rf"(?:,{SPACE}[0-9][0-9,.]*){{0,4}},?{SPACE}and{SPACE}[0-9][^.;\n]{{0,60}}?\brespectively\b"
)
AND_IN_NAME = re.compile(
    rf"(?:\b(?:and|but|while)|,){SPACE}(?:in|at|for){SPACE}(?:the{SPACE})?(?:[A-Z][\w’'-]*,?{SPACE})+$"
)
CLAUSE_END = re.compile(r"\s*(?:[.,;]|$)")
OLD_YEAR = re.compile(r"1[0-5][0-9]{2}")
IN_BEFORE = re.compile(rf"\bin{SPACE}$", re.IGNORECASE)
# "at 1745hrs", "a three time winner"
CLOCK_BEFORE = re.compile(rf"\b(?:at|until|by|from|to|till|before|after|about|around){SPACE}$", re.IGNORECASE)
TIME_WON = re.compile(rf"{SPACE}time\b")
ONE_OF = re.compile(rf"{SPACE}of{SPACE}(?:the|our|its|their|Britain|England|only)\b")
AGE_AFTER = re.compile(rf",|{SPACE}from\b")
AGE_BEFORE = re.compile(rf"[A-Z][\w’'-]*,{SPACE}$")
# a noun in the plural, and not a short word that only ends like one
_PLURAL = r"(?!(?:has|is|was|its|this|as|us|thus|does|always|across|plus|towards|perhaps)\b)[a-z]{2,}(?<!s)s\b"
ARMY_UNIT_AFTER = re.compile(
    rf"{SPACE}(?:Downing|Commando|Squadron|Sqn|Regiment|Rifles|Battalion|Brigade|Division|Signals?|Naval|Wing|Platoon"
    rf"|Corps|PARA|SCOTS|(?:[A-Z][\w’']*{SPACE}){{1,3}}(?:Battalion|Brigade|Regiment|Division|Squadron|Unit|Company|Corps"
    r"|Wing|Group|Troop|Party|Force|Battery|Flight|Hospital))(?:\b|(?=[A-Z]))"
)
# "2 TPS searched", "(2 R WELSH)"; but "5 MPs", "20 NHS trusts"
CAPITALS_AFTER = re.compile(
    rf"{SPACE}(?:[A-Z]{SPACE})?(?!(?:UK|US|EU|UN|NHS|NATO|RAF|MOD|BBC)\b)[A-Z]{{2,9}}\b(?![-/&])"
    rf"(?!{SPACE}(?:[A-Za-z-]+{SPACE}){{0,3}}(?:{_PLURAL}|[A-Z][a-z]+s\b))"
)
BRACKETED_NAME_AFTER = re.compile(
    rf"{SPACE}\((?:[A-Z]{{2,4}}\)|[A-Z][a-z]+(?:{SPACE}[A-Z][a-z]+)*\){SPACE}[A-Z])"  # "15 (UK) Group"
)
DENIED_BEFORE = re.compile(
    rf"\b(?:not|rather{SPACE}than|instead{SPACE}of|in{SPACE}place{SPACE}of){SPACE}(?:the{SPACE}|an?{SPACE})?$",
    re.IGNORECASE,
)
"""What denies the number after it, or says what takes its place: "£2.60, not £2.40"."""

ADJECTIVE_AFTER = re.compile(rf"{SPACE}(?:state|tier|way|star|step|piece|point(?={SPACE}plan)){SPACE}[a-z]+")
STREET_AFTER = re.compile(
    rf"{SPACE}(?:[A-Z][\w’']*{SPACE}){{1,3}}(?:Street|Road|Avenue|Lane|Square|Place|Drive|Terrace|Crescent|Way|House"
    r"|Gardens|Colonnade|Wharf|Court|Row|Buildings?|Yard)(?:\b|(?=[A-Z]))"
    rf"|{SPACE}Whitehall\b"
)
_VERB = r"(?:are|is|were|was|have|has|had|will|would|who|which|that)\b"
COUNTED_AFTER = re.compile(
    rf"{SPACE}of{SPACE}(?:which|whom|them|these|those)\b"
    rf"|{SPACE}(?:(?!{_VERB})[a-z]+[ -]){{0,2}}(?:{_PLURAL}|(?:people|children|men|women|staff|police)\b)"
)
OF_THEM = re.compile(rf"{SPACE}of{SPACE}(?:which|whom|them|these|those)\b")
# "one" is mostly a pronoun or an article: it counts where "two" could stand for it without a second thought
ONE_THING = re.compile(
    rf"{SPACE}(?:single|person|individual|man|woman|child|boy|girl|baby|adult|driver|officer|soldier|victim|suspect|pupil"
    r"|student|patient|passenger|worker|employee|director|member|civilian|serviceman|contact|arrest|death|fatality"
    r"|injury|conviction|vessel|boat|ship|aircraft|helicopter|vehicle|lorry|firearm|weapon|organisation)\b"
    rf"|{SPACE}[A-Z][a-z]+(?:an|ish|ese|ch|i|qi){SPACE}(?:man|woman|national|person|boy|girl|child|citizen)\b"
)
ONE_PART = re.compile(rf"(?:half|(?:an?|one)(?:{SPACE}|-)[a-z]+)", re.IGNORECASE)
WHICH_HALF = re.compile(
    rf"\b(?:first|second|other|last|latter|each|every|this|that|next|final|better|previous|past|rear|front"
    rf"|upper|lower|top|bottom|back|northern|southern|eastern|western){SPACE}$",
    re.IGNORECASE,
)
DIVIDES_AFTER = re.compile(
    rf"$|[.;)]|{SPACE}(?:of|the|all|its|their|these|those|our|as|more|less|fewer|higher|lower|from|on|since|compared"
    # what they do or are
    r"|over|said|say(?:s|ing)?|showed|showing|report(?:ed|ing)|believed?|thought|think|felt|feel|agreed?|want(?:ed)?"
    r"|expect(?:ed)?|would|will|were|are|had|have|having|did|do|used?|using|supported)\b",
    re.IGNORECASE,
)
DIVIDES_BEFORE = re.compile(rf"\b(?:by|in|to){SPACE}$", re.IGNORECASE)
LINE_OR_SENTENCE = re.compile(r"(?:^|[.!?:;•\n“\"‘(–])\s*$")
BEFORE_YEARS = frozenset({EXACTLY, "up to", "at least", "around", "a record"})
"""Qualifiers that are also found before a year ("up to 2020", "around 2010")."""
