"""``pressqa.toml``: the sources that ``pressqa sync`` keeps the index in step with, as people write them."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator

from index.errors import InputError
from index.sources.languages import READ
from index.sources.web.reading import Rechecks

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0, "w": 604_800.0}


def seconds_of(text: object) -> object:
    """Return the seconds of a time such as "100ms", "15m" or "7d"; anything else as it is, for pydantic to refuse."""
    found = re.fullmatch(r"\s*([0-9]+(?:\.[0-9]+)?)\s*(ms|s|m|h|d|w)\s*", text) if isinstance(text, str) else None
    if isinstance(text, str) and found is None:
        raise ValueError('write a time as "100ms", "30s", "15m", "2h" or "7d"')
    return float(found[1]) * _UNITS[found[2]] if found else text


Seconds = Annotated[float, BeforeValidator(seconds_of), Field(ge=0, le=10 * 365 * 86_400)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WebSettings(_Strict):
    """``[web]``: how sites are treated."""

    contact: str = ""
    delay: Seconds = 0.1
    concurrency: int = Field(4, ge=1, le=32)
    allow: tuple[str, ...] = ()
    timeout: Annotated[Seconds, Field(gt=0)] = 60.0
    attempts: int = Field(4, ge=1, le=10)


class _Source(_Strict):
    every: Seconds | None = None
    """The schedule hint: with ``sync --every`` a source is not read again before."""
    timezone: str | None = None

    @field_validator("timezone")
    @classmethod
    def _is_a_time_zone(cls, name: str | None) -> str | None:
        try:
            _ = ZoneInfo(name) if name else None
        except (ValueError, OSError, KeyError):
            raise ValueError('there is no such time zone; one is "Europe/London"') from None
        return name


class _Rechecked(_Source):
    """A source whose lists do not say what was taken away: known releases are asked for again from time to time."""

    recheck: Seconds | Literal["never"] = 7 * 86_400.0
    recheck_most: int = Field(1_000, ge=0)

    @field_validator("recheck", mode="before")
    @classmethod
    def _or_never(cls, value: object) -> object:
        return value if value == "never" else seconds_of(value)

    def rechecks(self) -> Rechecks:
        """Return how often, and how many at most."""
        return Rechecks(None if self.recheck == "never" else self.recheck, self.recheck_most)


class GovukSource(_Rechecked):
    """GOV.UK, listed with its Search API and read with its Content API."""

    kind: Literal["govuk"]
    since: date | None = None
    languages: tuple[str, ...] = READ
    organisations: tuple[str, ...] = ()
    document_types: tuple[str, ...] = ("press_release", "news_story", "government_response", "world_news_story")
    site: str = "https://www.gov.uk"


class FeedSource(_Source):
    """An Atom or RSS feed."""

    kind: Literal["feed"]
    since: date | None = None
    languages: tuple[str, ...] = READ
    url: str
    publisher: str | None = None
    follow: Literal["auto", "always", "never"] = "auto"


class WordPressSource(_Rechecked):
    """A WordPress site, read with its REST API."""

    kind: Literal["wordpress"]
    since: date | None = None
    languages: tuple[str, ...] = READ
    url: str
    publisher: str | None = None
    tags: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    post_type: str = Field("posts", pattern=r"^[a-z0-9_-]+$")


class PagesSource(_Source):
    """Single pages."""

    kind: Literal["pages"]
    languages: tuple[str, ...] = READ
    urls: tuple[str, ...] = Field(min_length=1)
    publisher: str | None = None
    recheck: Seconds = 86_400.0


class FilesSource(_Source):
    """A file or folder that something else keeps up to date."""

    kind: Literal["files"]
    languages: tuple[str, ...] = READ
    path: Path
    format: str | None = None
    publisher: str | None = None
    fields: dict[Literal["title", "body", "publisher", "published", "id", "url", "updated"], str] = Field(
        default_factory=dict
    )


AnySource = Annotated[
    GovukSource | FeedSource | WordPressSource | PagesSource | FilesSource, Field(discriminator="kind")
]


_KINDS: Mapping[str, type[_Source]] = {
    "govuk": GovukSource,
    "feed": FeedSource,
    "wordpress": WordPressSource,
    "pages": PagesSource,
    "files": FilesSource,
}
"""The kinds of sources, which pydantic names in the place of a fault beside what people wrote."""


class SourcesFile(_Strict):
    """The whole file."""

    web: WebSettings = WebSettings()
    sources: dict[str, AnySource] = Field(default_factory=dict)


def read_sources_file(path: Path) -> SourcesFile:
    """Return the file's sources; raises `InputError` that names what is wrong and where."""
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise InputError(f"there is no {path}", "write one with comments: pressqa init") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read {path}: {error}", "check the file") from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(
            f"{path} is not TOML: {error}", "pressqa init --output OTHER writes one to compare with"
        ) from None
    try:
        return SourcesFile.model_validate(found)
    except ValidationError as error:
        raise InputError(f"{path}: {_fault(error)}", "pressqa init --output OTHER shows every setting") from None


_A_DAY = "write a day as 2025-01-31, without quotes"
_SAID = {
    "union_tag_invalid": f"it is one of: {', '.join(_KINDS)}",
    "union_tag_not_found": f"it is missing: give one of: {', '.join(_KINDS)}",
    "missing": "it is missing",
    "too_short": "it names nothing: give at least one",
    **dict.fromkeys(("date_from_datetime_parsing", "date_parsing", "date_type", "date_from_datetime_inexact"), _A_DAY),
}
"""What is said of a fault in the place of pydantic's own words, which speak of its types."""


def _fault(error: ValidationError) -> str:
    """Return the place and the reason of the first fault, in the words of the file."""
    first = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"] if part not in _KINDS)
    match first["loc"]:
        case ("sources", _, str(kind), name) if kind in _KINDS and first["type"] == "extra_forbidden":
            takers = [other for other, made in _KINDS.items() if name in made.model_fields]
            known = f"; {_listed(takers)} take it" if takers else f"; it takes {', '.join(_KINDS[kind].model_fields)}"
            return f'{place}: a source of kind "{kind}" takes no {name}{known}'
    if (said := _SAID.get(first["type"])) is not None:
        given = first["ctx"].get("tag", first["input"]) if first["type"] == "union_tag_invalid" else first["input"]
        place += ".kind" if first["type"].startswith("union_tag") else ""
        shown = f" = {given!r}" if isinstance(given, str | int | float | bool) else ""
        return f"{place}{shown}: {said}"
    given = first["input"]
    shown = f" = {given!r}" if isinstance(given, str | int | float | bool) else ""
    return f"{place}{shown}: {first['msg'].removeprefix('Value error, ')}"


def _listed(kinds: Sequence[str]) -> str:
    return f"those of kind {', '.join(kinds)}"


TEMPLATE = """\
# The sources that "pressqa sync" keeps the index in step with. Each [sources.NAME] is one of them; the name is yours,
# and stands in reports. Take away the # before what you want.

[web]
# Who reads: named to every site. Give an address by which its people can reach you.
# contact = "https://example.org/contact"
delay = "100ms"        # between two requests to one host; a robots.txt may ask for more
concurrency = 4        # requests to one host that are under way at a time
# allow = ["10.0.0.0/8"]  # networks that may be read although they are not public

# GOV.UK: the slugs of organisations are those in their addresses, www.gov.uk/government/organisations/SLUG.
[sources.home-office]
kind = "govuk"
organisations = ["home-office"]
document_types = ["press_release", "news_story"]
since = 2024-07-01     # the first day that is read
every = "15m"          # with "sync --every", not more often than this
recheck = "7d"         # known pages are asked for again, because withdrawn ones are not listed; or "never"

# An Atom or RSS feed. follow = "auto" reads the linked pages where the feed has summaries only.
# [sources.attorney-general]
# kind = "feed"
# url = "https://www.example.gov/news/feed.xml"
# publisher = "Attorney General of Example"
# timezone = "America/Chicago"
# follow = "auto"      # or "always", "never"
# every = "1h"

# A WordPress site: by the slugs of its tags or categories. An archive that says in the text by whom a release was
# issued needs no publisher.
# [sources.archive]
# kind = "wordpress"
# url = "https://www.example.org"
# tags = ["home-office"]
# every = "6h"
# recheck = "7d"       # as for GOV.UK: posts that were taken away are not listed

# Single pages: HTML, PDF or Word.
# [sources.pages]
# kind = "pages"
# urls = ["https://www.example.gov/news/2025/ferry-fares.html"]
# publisher = "Ferry Authority"

# A file or folder that something else keeps up to date, with the names that its fields have.
# [sources.dump]
# kind = "files"
# path = "dump.jsonl"
# format = "jsonl"      # as "pressqa ingest --source" takes it; left out, it is recognised
# fields = { body = "text", published = "date" }
# publisher = "Ferry Authority"
# languages = ["en"]    # what the embedding model reads, as every kind of source takes it
"""
"""What ``pressqa init`` writes."""
