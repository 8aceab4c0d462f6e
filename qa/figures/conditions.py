"""What a question adds to a figure: in a year, on average, alone; a release must say so too.

A reader takes the cost of a scheme for its cost a year. Of 6,867 near misses over GOV.UK items in the train and dev
parts of our sets 173 have such a word that their passage lacks, and of 5,902 answers with a number 12.
"""

import re
from functools import lru_cache
from typing import Final

_YEAR: Final = r"years?|annual(?:ly)?|yearly|annum"

_CONDITIONS: Final = tuple(
    (re.compile(rf"\b(?:{asked})\b", re.IGNORECASE), re.compile(rf"\b(?:{said})\b", re.IGNORECASE))
    for asked, said in (
        (
            r"alone|on\s(?:its|their|his|her)\sown|by\s(?:itself|themselves)",
            r"alone|on\s(?:its|their|his|her)\sown|itself|themselves|single|solo|only|just|sole(?:ly)?|individual(?:ly)?"
            r"|separate(?:ly)?",
        ),
        (r"on\saverage|average", r"averag\w*|mean|median|typical(?:ly)?|usual(?:ly)?|per|each|every"),
        (
            r"(?:a|per|each|every)\syear|yearly|annual(?:ly)?|per\sannum",
            rf"{_YEAR}|(?:12|twelve)\smonths|20\d\d(?:[-–/]\d\d)?",
        ),
        (r"(?:a|per|each|every)\smonth|monthly", r"months?|monthly"),
        (r"(?:a|per|each|every)\sweek|weekly", r"weeks?|weekly"),
        (r"(?:a|per|each|every)\sday|daily", r"days?|daily|24\shours|today"),
        (r"(?:an|per|each|every)\shour|hourly", r"hours?|hourly|minutes?"),
    )
)
"""Words of a question, and those of which its answer's passage must have one."""


def lacks_condition(question: str, around: str) -> bool:
    """Return True if a question asks for a figure in a year, on average or alone, and nothing around a figure says so.

    ``around`` is the title and the passage of the figure.
    """
    return any(not said.search(around) for said in _said_of(question))


@lru_cache(maxsize=32)
def _said_of(question: str) -> tuple[re.Pattern[str], ...]:
    return tuple(said for asked, said in _CONDITIONS if asked.search(question))
