"""Names of offices and companies, told from those of people, pages and accounts by their words."""

import re

_ORGANISATION = re.compile(
    r"\b(?:office|department|ministry|agency|government|gouvernement|commission(?:er)?|council|authority|service|bureau"
    r"|board|city|county|state|administration|institute|committee|senat(?:e|or)|house|parliament|court|police|embassy"
    r"|ministers?|premier|chancellor|governor|mayor|attorney general|treasury|bank|centre|center|trust"
    r"|association|foundation|university|nhs|ltd|inc|plc|company|corporation|secretariat|directorate|union|nations|organi[sz]ation|group|society|fund|fire)\b",
    re.IGNORECASE,
)


def is_organisation(name: str) -> bool:
    """Return True if a name is that of an office or company, by its words, and not of a person, page or account."""
    return _ORGANISATION.search(name) is not None and len(name) < 150 and "://" not in name
