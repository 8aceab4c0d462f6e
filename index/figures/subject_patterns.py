"""The words of changes and of what is counted, as patterns: "a 23% increase in", "up by", "of the", "in prison"."""

import re

from index.text.number_words import SPACE

OF = re.compile(
    rf"{SPACE}of{SPACE}(?:(?:all|the|these|those|our|its|their|his|her|this|that|both|any|such|a|an)\b"
    rf"(?:{SPACE}of)?(?:{SPACE}the)?{SPACE})*",
    re.IGNORECASE,
)
MORE_OF = re.compile(
    rf"{SPACE}(?:(?:more|fewer|less|extra|additional|further|new|other|different|separate|individual){SPACE})+"
    rf"(?!than\b)",
    re.IGNORECASE,
)
UP = (
    "increas(?:e|es|ed|ing)|rise|rises|rose|risen|rising|gr[eo]w(?:s|n|th|ing)?|jump(?:s|ed|ing)?|surg(?:e|es|ed|ing)"
    "|climb(?:s|ed|ing)?|soar(?:s|ed|ing)?|uplift|expand(?:s|ed|ing)?|expansion|boost(?:s|ed|ing)?|rais(?:e|es|ed|ing)"
    "|gain(?:s|ed)?|improv(?:e|es|ed|ing|ement)"
    r"|(?<!\bmake\s)(?<!\bmakes\s)(?<!\bmaking\s)(?<!\bmade\s)(?<!\bset\s)(?<!\bsetting\s)up"
)
DOWN = (
    "decreas(?:e|es|ed|ing)|reduc(?:e|es|ed|ing|tion)|fall|falls|fell|fallen|falling|drop(?:s|ped|ping)?"
    "|declin(?:e|es|ed|ing)|cut(?:s|ting)?|slash(?:ed|es|ing)?|lower(?:s|ed|ing)?|shr[aiu]nk(?:s|ing)?|down"
)
DIRECTION = rf"(?:(?P<up>{UP})|(?P<down>{DOWN}))"
# a change named after the number, as in "a 23% increase in removals"
CHANGE_AFTER = re.compile(
    rf"(?:(?:{SPACE}|-)(?!in\b|of\b|and\b|to\b|for\b|on\b|by\b|from\b)[a-z-]+){{0,2}}?(?:{SPACE}|-)"
    r"(?:(?P<up>increases?|rises?|growth|jump|surge|uplift|uptick|improvement|hike)"
    r"|(?P<down>decreases?|reductions?|falls?|drops?|declines?|cuts?))\b"
    rf"(?:{SPACE}(?:in|of|to|for|across){SPACE}(?=[a-zA-Z]))?",
    re.IGNORECASE,
)
MORE_AFTER = re.compile(
    rf"{SPACE}(?:(?P<up>more|higher|greater|larger|up|above|faster|bigger)|(?P<down>fewer|less|lower|down|below|smaller"
    rf"|cheaper|slower))\b(?={SPACE}[a-z]+{SPACE}than\b|{SPACE}than\b|{SPACE}on\b|{SPACE}[a-z]+{SPACE}[a-z]+{SPACE}than"
    rf"\b|{SPACE}(?:from|compared|year)\b|[.,;)]|$)",
    re.IGNORECASE,
)
PLACE_BEFORE = re.compile(rf"{SPACE}(?:at|in|across){SPACE}(?:the{SPACE})?$")
# what is added is a rise: "an extra 500", "a further £65 million", "£5 million more"
EXTRA_BEFORE = re.compile(rf"\b(?:additional|extra|further){SPACE}$", re.IGNORECASE)
EXTRA_AFTER = re.compile(
    rf"{SPACE}(?:(?P<up>more|additional|extra)|(?P<down>fewer))\b(?!{SPACE}(?:times|or)\b)|{SPACE}(?P<boost>boost|uplift)\b",
    re.IGNORECASE,
)
ON_THE_YEAR = re.compile(
    rf"{SPACE}(?:on|from|compared{SPACE}(?:to|with)){SPACE}(?:the{SPACE})?(?:year|last|previous|same|month|quarter)\b"
)
# a change named before it: "up by almost a third", "fell 4%", "cut crime by 20%"
CHANGE_BEFORE = re.compile(
    rf"\b{DIRECTION}(?P<by>(?:{SPACE}[\w’'-]+){{0,7}}?{SPACE}by|{SPACE}of|)"
    rf"{SPACE}?(?:(?:a|an|the|some|another|(?:a{SPACE})?(?:massive|further|total|staggering|whopping|huge)){SPACE})?"
    rf"(?:of{SPACE})?$",
    re.IGNORECASE,
)
THE_NUMBER_OF = re.compile(
    rf"(?:the{SPACE})?(?:total{SPACE}|overall{SPACE}|average{SPACE})?(?:numbers?|levels?|amounts?|rates?|volumes?"
    rf"|proportion|share|value|total){SPACE}of{SPACE}",
    re.IGNORECASE,
)
# what a sentence opens with is what its number counts: "The quantity of cocaine seized by police rose to 28 tonnes"
OPENED = re.compile(
    rf"The{SPACE}(?:total{SPACE}|overall{SPACE}|average{SPACE})?"
    rf"(?:number|quantity|amount|volume|value|cost|price){SPACE}of{SPACE}(?:(?:the|all){SPACE})?"
)
SAID_OF_IT = re.compile(
    rf"\b(?:was|is|were|are|stood{SPACE}at|reached|(?:rose|risen|fell|fallen|grew|grown|increased|decreased|dropped|doubled)"
    rf"(?:{SPACE}[\w%.,’'-]+){{0,4}}{SPACE}(?:to|by|from)){SPACE}(?:(?:just|over|about|around|almost|nearly){SPACE})*$"
)
# what comes before a preposition is counted, not what comes after it: "arrests for theft rose from 88 to 131"
EVENT_FOR = re.compile(
    rf"(?:^|(?<=\n)|(?<=[.;:,]{SPACE})|(?<=[0-9]{{4}}{SPACE}))(?:(?:The|the|Total|All|And|and){SPACE})?"
    rf"(?P<event>(?:[\w-]*[a-z](?<!s)s|spending|Spending|funding|Funding|demand|Demand))"
    rf"{SPACE}(?:for|about|from|against|on){SPACE}(?:the{SPACE})?$"
)
ARTICLES = re.compile(rf"(?:(?:a|an|the|these|those|our|its|their|his|her|this|that|all){SPACE})+", re.IGNORECASE)
FOR = re.compile(
    rf"(?:{SPACE}(?:will|is|are|was|were|has|have|had|be|been|being|to|goes|go|going|[a-z]+ing|[a-z]+ed)){{0,4}}?"
    rf"{SPACE}(?:of|for|in|on|to|towards|into|across){SPACE}"
    rf"(?:(?:a|an|the|these|those|our|its|their|this|that|all|new){SPACE})*"
    rf"(?:(?:help|fund|support|build|deliver|improve|tackle|boost|upgrade|protect|start|kickstart|expand|create|provide"
    rf"|develop|recruit|hire|train|modernise|restore|transform|reform|repair|cover|pay{SPACE}for){SPACE}"
    rf"(?:(?:the|a|an|our|more|new|local){SPACE})*)?",
)
NAMED_BEFORE = re.compile(
    rf"\b(?:of|worth|totalling|totals?|cost(?:s|ing)?|at|by|is|was|to|reach(?:ed|es)?|stood{SPACE}at){SPACE}"
    rf"(?:(?:a|an|the){SPACE})?$",
    re.IGNORECASE,
)
APPOSED = re.compile(
    rf"(?:(?:,|[–—]|\b(?:and|or|with)){SPACE}(?:an?{SPACE})?|\b(?:is|was|represents?|marks){SPACE}an?{SPACE})"
    rf"(?:(?:rise|increase|fall|drop|reduction|decrease|growth|jump|surge|uplift){SPACE}of{SPACE}|up{SPACE}|down{SPACE}"
    rf"|up{SPACE}by{SPACE}|down{SPACE}by{SPACE})?$",
    re.IGNORECASE,
)
IN_PRISON = re.compile(
    rf"{SPACE}(?:in|behind|of){SPACE}(?P<what>prison|jail|custody|bars|imprisonment|detention)\b"
    rf"|(?:[’']|){SPACE}(?P<glued>imprisonment|jail|detention|custody)\b"
)
JOINS_CLAUSE = re.compile(
    rf"\b(?:although|though|while|whilst|whereas|but|because){SPACE}(?:(?:just|only|over|about|around|almost|nearly|some){SPACE})?$",
    re.IGNORECASE,
)
