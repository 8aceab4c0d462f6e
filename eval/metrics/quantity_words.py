"""The closed lists of words that `eval.metrics.quantities` knows: numbers, scales, qualifiers, months."""

from typing import Final

ONES: Final = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
NUMBERS: Final = {word: n for n, word in enumerate(ONES)} | {word: 10 * n for n, word in enumerate(_TENS, start=2)}
SCALES: Final = {"dozen": 12, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
SCALE_SIGNS: Final = {"k": 10**3, "m": 10**6, "mn": 10**6, "bn": 10**9, "tn": 10**12}
"""Scale signs after money ("£20m"). After other numbers only the last three: "m" is metres there."""
_PART_WORDS = "half third quarter fifth sixth seventh eighth ninth tenth".split()
PARTS: Final = {word: n for n, word in enumerate(_PART_WORDS, start=2)}
MULTIPLES: Final = {"twice": 2, "double": 2, "triple": 3, "treble": 3, "quadruple": 4}

EXACTLY: Final = "exactly"
QUALIFIERS: Final = {
    "more than": "more than|just over|well over|over|above|in excess of|exceeding|upwards of|greater than|higher than",
    "at least": "at least|minimum of|minimum|no fewer than|no less than|not less than|as little as|as few as",
    "up to": "up to and including|up to a maximum of|up to|maximum of|maximum|at most|no more than|not more than"
    "|as many as|as much as",
    "nearly": "nearly|almost|close to|approaching|just under|just short of",
    "around": "around|about|approximately|approx|roughly|some|circa|c[.]|estimated|in the region of",
    "fewer than": "fewer than|less than|under|below|lower than|well under",
    "a record": "record-breaking|record high of|record",
}
"""Every qualifier besides `EXACTLY` -> the phrases before a number that mean it, as a pattern."""

MONTHS: Final = (
    "(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b"
)
NO_NAMES: Final = frozenset("A All An And At By For From In Just Of On Only The These They This Those To With".split())
"""Words that begin a sentence: their capital does not make the number after them a name ("All 480 birds")."""
