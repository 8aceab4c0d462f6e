"""The words of periods as patterns: dates, years of all kinds, lengths, and the prepositions before them."""

import re

from index.text.dates import MONTH_NUMBERS, WEEKDAY
from index.text.number_words import ONES, SPACE, TENS

_MONTH = "|".join(
    rf"{name}(?!{SPACE}Day\b)" if name == "May" else name for name in sorted(MONTH_NUMBERS, key=len, reverse=True)
)
_YEAR = r"(?:19|20)[0-9]{2}"
_DAY = r"(?:[12][0-9]|3[01]|0?[1-9])(?:st|nd|rd|th)?"
_DASH = rf"(?:[-–—]|{SPACE}[–—]{SPACE})"
_ONE_YEAR = rf"(?P<year>{_YEAR})(?!,[0-9]{{3}}|[0-9])"
_OF_YEAR = rf"(?:,?{SPACE}(?:of{SPACE})?(?:{_ONE_YEAR}(?![-/–][0-9])|(?P<which>this|last|next){SPACE}year\b))"

DATE = re.compile(
    rf"(?:{WEEKDAY},?{SPACE}(?:the{SPACE})?)?"
    rf"(?:(?P<day>{_DAY}){SPACE}(?:of{SPACE})?)?(?P<month>{_MONTH})\b(?:\.(?={SPACE}[0-9]))?{_OF_YEAR}?"
)
MONTH_DAY = re.compile(rf"(?P<month>{_MONTH}){SPACE}(?P<day>{_DAY})\b(?![-–/,.][0-9])")
AMERICAN = re.compile(rf"(?P<month>{_MONTH}){SPACE}(?P<day>{_DAY}),{SPACE}{_ONE_YEAR}")
DAY_ALONE = re.compile(rf"(?P<day>{_DAY})\b(?=(?:{SPACE}(?:and|to|until){SPACE}|{_DASH}){_DAY}{SPACE}(?:{_MONTH})\b)")
YEAR_ALONE = re.compile(_ONE_YEAR)
TWO_YEARS = re.compile(
    rf"(?P<year>{_YEAR})(?:(?P<slash>/)|[-–]|{SPACE}to{SPACE})(?P<next>{_YEAR}|[0-9]{{2}})(?![-/0-9]|[.,][0-9])"
)
KIND_OF_YEAR = re.compile(rf"(?:the{SPACE})?(?P<kind>financial|fiscal|tax|academic|school|calendar){SPACE}year{SPACE}")
WHICH = re.compile(
    rf"(?:(?:so{SPACE}far|(?P<vague>earlier|later)){SPACE})?(?P<which>this|last|next"
    rf"|the{SPACE}(?:last|next)(?={SPACE}(?:financial|fiscal|tax|calendar|academic|school))|the{SPACE}(?:current|coming|past))"
    rf"{SPACE}(?P<kind>financial{SPACE}|fiscal{SPACE}|tax{SPACE}|calendar{SPACE}|academic{SPACE}|school{SPACE})?"
    rf"(?P<unit>year|month|week|quarter|summer|autumn|winter|spring|weekend|decade|parliament|century"
    rf"|spending{SPACE}review|season|half-term|{_MONTH})\b(?:{SPACE}alone\b)?(?!['’])",
    re.IGNORECASE,
)
ROLLING = re.compile(
    rf"(?:each{SPACE}of{SPACE})?(?:the{SPACE})?(?P<which>past|last|previous|preceding|next|coming|following"
    rf"|(?:(?<=the{SPACE})|(?<=its{SPACE})|(?<=their{SPACE}))first)"
    rf"(?:{SPACE}(?P<count>[0-9]{{1,3}}|few|couple{SPACE}of|several|{'|'.join([*ONES, *TENS])}))?"
    rf"(?:{SPACE}(?:financial|fiscal|tax|academic|school|calendar)(?={SPACE}years))?"
    rf"(?:{SPACE}|-)(?P<unit>hour|day|week|fortnight|month|year|decade|parliament|century)s?\b(?!['’])",
    re.IGNORECASE,
)
AGO = re.compile(
    rf"(?:an?(?:{SPACE}(?:few|couple{SPACE}of))?|several|[0-9]{{1,3}}|{'|'.join([*ONES, *TENS])}){SPACE}"
    rf"(?:hour|day|week|month|year|decade)s?{SPACE}"
    r"(?:ago|earlier|before|previously|prior|beforehand)\b",
    re.IGNORECASE,
)
# a length without a beginning, in which something is done: "within 6 months"
WITHIN = re.compile(
    rf"within{SPACE}(?:just{SPACE}|only{SPACE}|the{SPACE}space{SPACE}of{SPACE}|a{SPACE})?"
    rf"(?:(?:first|next|last|past){SPACE})?(?:(?:[0-9]{{1,3}}|{'|'.join([*ONES, *TENS])}){SPACE})?"
    rf"(?:week|month|year|decade)s?\b",
    re.IGNORECASE,
)
SEASON = re.compile(rf"(?:the{SPACE})?(?:spring|summer|autumn|winter){SPACE}(?:of{SPACE})?{_ONE_YEAR}", re.IGNORECASE)
THE_YEAR = re.compile(
    rf"(?:the{SPACE}year|(?:the{SPACE})?calendar{SPACE}year){SPACE}(?={_YEAR}\b(?![-/–]))", re.IGNORECASE
)
THE_UNIT = re.compile(
    rf"(?P<which>the|this|that){SPACE}(?P<unit>year|month|decade|century|parliament|period|summer|autumn|winter|spring"
    rf"|pandemic|financial{SPACE}year|spending{SPACE}review(?:{SPACE}period)?)\b(?!['’]|{SPACE}(?:ahead|before|ending|ended)\b"
    rf"|{SPACE}(?-i:[A-Z]))",
    re.IGNORECASE,
)
PART_OF = re.compile(
    rf"(?:the{SPACE})?(?:(?P<nth>first|second|third|fourth|last|final|1st|2nd|3rd|4th)(?:{SPACE}|-)"
    rf"(?:(?P<count>[0-9]{{1,2}}|{'|'.join(list(ONES)[2:])}){SPACE})?(?P<unit>quarter|half|months)|Q(?P<q>[1-4]))"
    rf"{SPACE}?(?:(?:of|in|for){SPACE})?(?:(?P<fy>{_YEAR}[/–-][0-9]{{2,4}})|{_ONE_YEAR}"
    rf"|(?:the{SPACE})?(?P<which>this{SPACE}|last{SPACE}|)year\b)",
    re.IGNORECASE,
)
EDGE = re.compile(
    rf"(?:the{SPACE})?(?P<edge>very{SPACE}end|end|start|beginning|close|turn|middle){SPACE}of{SPACE}", re.IGNORECASE
)
ROUGHLY = re.compile(rf"(?P<rough>early|mid|late)(?:{SPACE}|-)", re.IGNORECASE)
ENDING = re.compile(
    rf"(?:the{SPACE})?(?:(?P<count>[0-9]{{1,2}}|{'|'.join(list(ONES)[1:])})(?:{SPACE}|-))?"
    rf"(?P<unit>year|months?|weeks?|quarter|period)"
    rf"(?:{SPACE}(?:period))?{SPACE}(?P<how>ending|ended|to|up{SPACE}to|until)"
    rf"(?:{SPACE}in)?(?:{SPACE}the)?(?:{SPACE}end{SPACE}of)?{SPACE}(?=(?-i:[0-9A-Z]))",
    re.IGNORECASE,
)

ENDED = re.compile(rf"(?:ending|ended){SPACE}(?:in{SPACE}|on{SPACE})?", re.IGNORECASE)

JOIN = re.compile(rf"{SPACE}(?:and|to|until|till|through|up{SPACE}to){SPACE}(?:the{SPACE}end{SPACE}of{SPACE})?|{_DASH}")
ONWARDS = re.compile(rf",?{SPACE}on(?:wards)?\b(?!{SPACE})|{SPACE}onwards?\b", re.IGNORECASE)
# "since the election", "since taking office": an event that the words name without a date
EVENT = re.compile(
    rf"\b(?:since{SPACE}(?=(?:the|this|that|these|our|their|its|his|her|records?|then|it|they|we|being|[a-z]+ing)\b)"
    rf"|(?:during|throughout){SPACE}(?=(?:(?:their|its|his|her|our)|the{SPACE}(?:pandemic|war|campaign|election|crisis"
    rf"|Games|Olympics|lockdown|conflict|outbreak))\b))[A-Za-z]+(?:{SPACE}"
    rf"(?!(?:has|have|had|will|with|which|who|where|when|and|but|more|over|up|nearly|almost|around|about|in|on|to|by"
    rf"|for|as|at|is|are|alone|through|including|leading|resulting|bringing"
    rf"|while|we|they|you|he|she|it|I|there)\b)[A-Za-z][\w’'-]*){{0,8}}"
    rf"(?:{SPACE}(?:to|into){SPACE}(?:office|power|force|effect)\b)?",
    re.IGNORECASE,
)
QUARTER = re.compile(rf"Q(?P<q>[1-4]){SPACE}(?:of{SPACE})?{_ONE_YEAR}")
_COUNT = rf"(?:{'|'.join([*ONES, *TENS])}|[0-9]{{1,3}})"
# "the same month a year before", "a year earlier": a time that lies from another as the words say
SAME_BEFORE = re.compile(
    rf"(?:the{SPACE})?(?:same|corresponding|equivalent|comparable){SPACE}"
    rf"(?P<unit>day|week|weekend|month|quarter|period|year|time|point|date){SPACE}(?:(?:of|in|during){SPACE})?(?:the{SPACE})?"
    rf"(?:(?:a|one|(?P<count>[0-9]{{1,2}}|{'|'.join(list(ONES)[2:])})){SPACE}years?{SPACE}(?:before|earlier|previously|ago|prior)"
    rf"|year{SPACE}(?:before|earlier)|(?:previous|last|preceding|prior){SPACE}year|(?P<year>{_YEAR}))\b(?!['’])",
    re.IGNORECASE,
)
MONTH_BEFORE = re.compile(
    rf"(?P<month>{_MONTH}){SPACE}(?:of|in){SPACE}the{SPACE}(?:year{SPACE}before|(?:previous|preceding){SPACE}year)\b(?!['’])"
)
STEPPED = re.compile(
    rf"(?:(?:a|one|(?P<count>[0-9]{{1,2}}|{'|'.join(list(ONES)[2:])})){SPACE}(?P<length>year|month)s?{SPACE}"
    # "a year earlier it had", but "a year before it opened"
    rf"(?:(?:earlier|previously)\b(?!['’])(?P<alone>)|before|prior|(?P<ago>ago))"
    rf"|the{SPACE}(?P<before>year|month|quarter|week|day){SPACE}before(?:{SPACE}that(?=[.,;:)]|$))?"
    rf"|the{SPACE}(?:following|next){SPACE}(?P<after>day)"
    rf"|the{SPACE}(?:previous|preceding){SPACE}(?P<next>financial{SPACE}year|year|month|quarter|week|day"
    rf"|(?:12|twelve){SPACE}months))"
    rf"\b(?(alone)|(?!['’]|{SPACE}(?:the|that|it|they|we|he|she|of|in|a|an)\b|{SPACE}(?-i:[A-Z0-9])))",
    re.IGNORECASE,
)
ISO_DAY = re.compile(r"(?P<year>(?:19|20)[0-9]{2})-(?P<month>[01][0-9])-(?P<day>[0-3][0-9])(?![0-9-])")
SLASHED_DAY = re.compile(r"(?P<day>[0-3]?[0-9])/(?P<month>[01]?[0-9])/(?P<year>(?:19|20)[0-9]{2})(?![0-9/])")
BOUNDED_BY = re.compile(
    rf"(?<!week{SPACE})(?<!days{SPACE})(?<!weeks{SPACE})\b(?:before|by|since|until){SPACE}$", re.IGNORECASE
)
CHRISTMAS = re.compile(
    rf"(?:Christmas(?:{SPACE}(?P<which>Eve|Day))?|(?P<boxing>Boxing{SPACE}Day)|New{SPACE}Year[’'s]{{0,2}}{SPACE}(?P<new>Eve|Day))\b"
    rf"(?:,?{SPACE}{_ONE_YEAR})?(?!['’]|{SPACE}(?-i:[A-Z]))"
)
ANCHOR = re.compile(
    rf"\b(?:in|during|throughout|for|over|across|on|within|covering|since|from|starting|beginning|after|following|by"
    rf"|until|till|up{SPACE}to|to|before|ahead|prior|as|at|between|so{SPACE}far|earlier|later|this|last"
    rf"|yesterday|tomorrow|{_YEAR}-[0-9]|[0-9]{{1,2}}/[0-9]"
    rf"|next|the|past|previous|an?|several"
    rf"|financial|fiscal|tax|academic|school|calendar|same|year{SPACE}(?:ending|ended|to)|early|mid|late|Q[1-4]"
    rf"|{_COUNT}(?={SPACE}(?:hour|day|week|month|year|decade)s?{SPACE})|{_DAY}(?=[–—-]|{SPACE})"
    rf"|{_YEAR}(?=[/–-]|{SPACE}to{SPACE})|(?:{_MONTH})(?={SPACE}|[–—,.;)]|(?<!May)[’']s{SPACE}[£$€]?[0-9]))",
    re.IGNORECASE,
)
_ABOUT = rf"(?:(?:about|around|some|more{SPACE}than|nearly|over|almost|only|just|at{SPACE}least){SPACE})?"
PAST = re.compile(
    r"\b(?:had|was|were|did|saw"
    # "officers seized 22 kilograms in April", but not "they asked 200 firms to leave in May"
    r"|(?:made|took|gave|found|held|caught|got|sold|built|brought|won|lost|sent|spent|paid|met|[a-z]+ed)"
    rf"(?={SPACE}{_ABOUT}(?:none\b|[£$€]?[0-9])(?![^.;\n]{{0,120}}?{SPACE}(?:to|for){SPACE}[a-z])))\b",
    re.IGNORECASE,
)
FUTURE = re.compile(
    r"\b(?:will|shall|would|due|set|expected|plans?|planned|aims?|intends?|to\s(?:be|open|start|begin)"
    r"|(?-i:may|might|could)(?=\s[a-z]))\b",
    re.I,
)
EVENT_DATED = re.compile(
    rf"(?:{SPACE}(?!(?:has|have|had|was|were|is|are|and|but)\b)[\w’'-]+){{0,8}}?{SPACE}(?:in|on){SPACE}"
    rf"(?=[0-9]|(?:{_MONTH})\b)"
)
"""What is between an event and its date: "since its foundation in Leeds in 1992"."""
