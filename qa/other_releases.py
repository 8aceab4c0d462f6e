"""Releases about another thing than the one that a question names, as titles and passages of the best candidates tell.

What one release calls by the question's name, another that calls a like thing otherwise is not about.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from index.text.terms import stems
from index.types import Release
from qa.abbreviations import explained_in
from qa.figures.said_of_table import said_of_table
from qa.question import Asked
from qa.types import Candidate
from qa.word_pairs import Pair, has_pair, pairs_in, twins_among

_LOOKED_AT: Final = 8
"""How many of the best candidates show which releases name what the question names; set by judgement."""


def twin_releases(asked: Asked, candidates: Sequence[Candidate]) -> set[str]:
    """Return the ids of the releases that are of a twin of what the question names; none if all would be."""
    asked_for = set(pairs_in(asked.text))
    if not asked_for:
        return set()
    releases: dict[str, Release] = {}
    named: dict[str, set[Pair]] = {}
    for each in candidates[:_LOOKED_AT]:
        release = each.hit.passage.release
        releases[release.id] = release
        known = named.setdefault(release.id, set(pairs_in(release.title)))
        known.update(pairs_in(each.hit.passage.text))
    words = frozenset(stems(asked.text))
    others = {
        key
        for key, release in releases.items()
        for pair in asked_for
        if any(has_pair(pair, pairs) for other, pairs in named.items() if other != key)
        and _is_twin(pair, release, words)
    }
    return others if len(others) < len(releases) else set()


def without_the_name(asked: Asked, candidates: Sequence[Candidate]) -> set[str]:
    """Return the ids of the releases that have nothing of a name in the question, where another has it; none if all.

    A name is two words with capitals, which may be small in a question. Its first word may be left out ("Mr Paice"),
    and all of it where it is abbreviated.
    """
    asked_for = {(each.first, each.second) for each in pairs_in(asked.text)}
    looked_at = candidates[:_LOOKED_AT] if asked_for else ()
    releases = {each.hit.passage.release.id: each.hit.passage.release for each in looked_at}
    lacking: set[str] = set()
    for each in looked_at:
        known = each.hit.passage.release
        text = f"{known.title}\n{each.hit.passage.text}"
        for pair in asked_for & {(pair.first, pair.second) for pair in pairs_in(text) if pair.is_name}:
            lacking |= {
                key
                for key, release in releases.items()
                if key != known.id and pair[1] not in _words_of(release) and not _abbreviates(release, pair, known)
            }
    return lacking if len(lacking) < len(releases) else set()


def _abbreviates(release: Release, pair: tuple[str, str], other: Release) -> bool:
    """Return True if a release has the abbreviation that another one explains for a name with a pair of words."""
    return any(
        re.search(rf"\b{re.escape(short)}\b", release.body) is not None
        for short, name in explained_in(other)
        if pair in {(each.first, each.second) for each in pairs_in(name)}
    )


@lru_cache(maxsize=256)
def _words_of(release: Release) -> frozenset[str]:
    """Return the stems of a release with its title and publisher."""
    return frozenset(stems(f"{release.publisher}\n{release.title}\n{release.body}"))


def about_others(asked: Asked, candidates: Sequence[Candidate]) -> dict[str, frozenset[str]]:
    """Return for each release that is titled with a twin, where another has the thing's name as title, its words."""
    asked_for = set(pairs_in(asked.text))
    titles = {each.hit.passage.release.id: each.hit.passage.release for each in candidates[:_LOOKED_AT]}
    titled = {key: set(pairs_in(release.title)) for key, release in titles.items()}
    words = frozenset(stems(asked.text))
    found: dict[str, frozenset[str]] = {}
    for pair in asked_for:
        if any(has_pair(pair, {each for each in pairs if each.is_name}) for pairs in titled.values()):
            for key in titles:
                if not has_pair(pair, titled[key]) and (twins := twins_among(pair, titled[key], words)):
                    found[key] = found.get(key, frozenset()) | twins
    return found if len(found) < len(titles) else {}


def of_other_tables(asked: Asked, candidates: Sequence[Candidate]) -> set[str]:
    """Return the ids of releases whose table tells of less that the question names than the table of another one."""
    named: dict[str, frozenset[str]] = {}
    for each in candidates[:_LOOKED_AT]:
        said = said_of_table(asked.text, each.hit.passage.release, each.span)
        if said is not None:
            named[each.hit.passage.release.id] = said
    return {key for key, said in named.items() if any(said < more for more in named.values())}


def _is_twin(pair: Pair, release: Release, words: frozenset[str]) -> bool:
    """Return True if a title has a pair that differs in one word, and nothing in the release has the question's."""
    twins = twins_among(pair, set(pairs_in(release.title)), words)
    return bool(twins) and not twins & frozenset(stems(f"{release.title}\n{release.body}"))
