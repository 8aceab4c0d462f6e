"""Names of offices and companies, told from those of people, pages and accounts by their words."""

import re

_ORGANISATION = re.compile(
    r"\b(?:office|department|ministry|agency|government|gouvernement|commission(?:er)?s?|council|authority|service|bureau"
    r"|board|city|county|state|administration|institute|committee|senat(?:e|or)|house|parliament|court|police|embassy"
    r"|ministers?|premier|chancellor|governor|mayor|attorney general|treasury|bank|centre|center|trust"
    r"|association|foundation|university|nhs|ltd|inc|plc|company|corporation|secretariat|directorate|union|nations|organi[sz]ation|group|society|fund|fire)\b",
    re.IGNORECASE,
)


_OF_SOMEBODY = re.compile(
    r"\W*(?:the )?(?:(?:press|news|media|communications?|editorial|web|digital|content|public relations)"
    r"(?: (?:and|&) \w+)? )?(?:press|news|media|communications?|editorial|web|digital|content|public relations)[ ._-]"
    r"(?:office|team|centre|center|desk|department|unit|service|group|section|bureau)s?\W*",
    re.IGNORECASE,
)
"""What every office has, and none is called."""

_ADDRESS = re.compile(r"://|\bwww\.", re.IGNORECASE)

_BODY = re.compile(
    r"\w(?: and | & | of | for )\w"
    r"|(?:^| )(?:Canada|England|Scotland|Wales|Ireland|UK|Australia|Zealand|Europe|International|HM|GOV|US|USA)(?: |$)"
)
"""The words of names that persons do not have."""


def is_organisation(name: str) -> bool:
    """Return True if a name is that of an office or company, by its words, and not of a person, page or account."""
    return (
        _ORGANISATION.search(name) is not None
        and len(name) < 150
        and _ADDRESS.search(name) is None
        and _OF_SOMEBODY.fullmatch(name) is None
    )


def names_body(name: str) -> bool:
    """Return True if a name that stands where a publisher does is none of a person: "Fisheries and Oceans Canada"."""
    if is_organisation(name):
        return True
    return _BODY.search(name) is not None and len(name) < 100 and _ADDRESS.search(name) is None and "@" not in name
