"""What a shell completes besides commands and options: publishers and the ids of releases.

Both come from releases, and a release can claim any name, so nothing is offered that a shell could take for a command.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from itertools import islice
from typing import Any, TypeVar

from index.errors import PressqaError
from index.open import open_releases
from index.protocols import StoredReleases
from index.types import SearchFilter
from qa.settings import Settings, read_settings

T = TypeVar("T")

_MOST = 100
"""How many values are offered at most, the newest releases first; whoever wants another types more of it."""

_REACH = 20_000
"""How many of the newest releases are looked through for ids; not tuned."""

_HARMLESS = re.compile(r"[\w .,/@%+=–’-]+")
"""What a value may be made of in shells whose completion takes it unescaped, or only in part escaped."""

_ONE_WORD = re.compile(r"[\w./-]+")
"""What a value may be made of where the shell puts it into the line as it is."""

_SPECIAL = re.compile(r"[^\w./@%+,–’-]")
"""What bash must see escaped: blanks, quotes, signs of its own, and those at which it breaks words."""


class _Ready(str):
    """A value as it is put into the command line. Its beginning was compared before it was escaped."""

    __slots__ = ()

    def startswith(self, *_: object) -> bool:
        """Return True: typer must not compare it again."""
        return True


def publishers(ctx: Any, incomplete: str) -> list[str]:
    """Return the publishers in the index whose name begins with what was typed, in capitals or not."""
    begun = incomplete.casefold()
    names = _read(ctx, lambda stored: stored.publishers())
    return _offered(name for name in names if name.casefold().startswith(begun))


def release_ids(ctx: Any, incomplete: str) -> list[str]:
    """Return the ids of releases that begin with what was typed, the newest release first."""
    entries = _read(ctx, lambda stored: stored.entries(SearchFilter(), _REACH))
    return _offered(entry.id for entry in entries if entry.id.startswith(incomplete))


def _read(ctx: Any, read: Callable[[StoredReleases], list[T]]) -> list[T]:
    """Return what ``read`` finds in the index that the command line names; nothing where there is none."""
    try:
        settings = _settings(ctx)
        with closing(open_releases(settings.data, settings.catalog)) as stored:
            return read(stored)
    except PressqaError:
        return []


def _settings(ctx: Any) -> Settings:
    data = ctx.params.get("data")
    return read_settings(Settings, {"data": data} if data else {})


def _offered(values: Iterable[str]) -> list[str]:
    """Return the values as the shell may put them into its command line, without those that could do harm there."""
    values = (value for value in values if not value.startswith("-"))  # it would be an option
    shell = os.environ.get("_PRESSQA_COMPLETE", "").removeprefix("complete_")
    if shell == "bash" and _typed()[:1] not in ("'", '"'):
        kept: Iterator[str] = (_Ready(_SPECIAL.sub(r"\\\g<0>", value)) for value in values)
    elif shell in ("powershell", "pwsh"):
        kept = (_Ready(value) for value in values if _ONE_WORD.fullmatch(value))
    else:
        kept = (_Ready(value) for value in values if _HARMLESS.fullmatch(value))
    return list(islice(kept, _MOST))


def _typed() -> str:
    """Return the word to complete as it stands in bash's command line, with its quotes."""
    words = os.environ.get("COMP_WORDS", "").split("\n")
    place = os.environ.get("COMP_CWORD", "")
    return words[int(place)] if place.isdecimal() and int(place) < len(words) else ""
