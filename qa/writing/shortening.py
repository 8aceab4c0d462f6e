"""Whether one sentence says no more than another: it must be the same words and marks in the same order, shortened.

This is sentence compression (Knight and Marcu 2002; Clarke and Lapata 2008) used the other way round: a compression
leaves words out, and here the places are fixed where that cannot turn the meaning. The sentence begins where the other
begins, or after its "However,"; it may leave out an abbreviation in brackets, an apposition ("Ann Poole, the minister,
said"), and an end that only says how a figure had changed (", up 5% on 2023"). Whatever else is changed, added, moved
or left out makes it another sentence: a comma ("No, arrests were made"), an article ("hepatitis A"), a digit, a unit, a
name, "not", "could", "rose" for "fell".
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from qa.writing.words import Token

_DISCOURSE: Final = frozenset({"also", "however", "meanwhile", "moreover", "furthermore", "separately", "additionally"})
"""Words that begin a sentence and, with a comma, only join it to the one before."""

DENIES: Final = frozenset(
    """not no never none nobody nothing neither nor without except excepted excluding exception exceptions unless until
    if whether but or although though however otherwise pending instead rather only just alone apart provided providing
    subject respectively
    deny denies denied denying false falsely untrue untruth untruths wrong wrongly mistaken incorrect inaccurate
    misleading myth myths hoax rumour rumours rumoured debunk debunked disputes disputed dispute
    refuse refuses refused reject rejects rejected dismiss dismisses dismissed rule rules ruled
    fail fails failed failing n't error errors mistake mistakes halt halted stopped
    retracted withdrawn corrected correction invented fabricated fake fictional cancelled scrapped abandoned reversed
    overturned quashed dropped shelved repealed revoked
    hypothetical scenario scenarios imagine example examples""".split()
)
"""Words that can take back, or bind to a condition, what was said before or after them."""

TURNS: Final = DENIES | frozenset(
    """than compared each together jointly between could would should might may must can cannot will shall
    say says said tell tells told claim claims claimed argue argues argued warn warns warned believe believes believed
    allege alleges alleged allegation allegations allegedly reportedly according estimate estimates estimated expect
    expects expected suggest suggests suggested think thinks thought insist insists insisted maintain maintains
    maintained assert asserts asserted report reports reported predict predicts predicted forecast forecasts fear fears
    feared suspect suspects add adds added appear appears appeared seem seems seemed
    propose proposes proposed proposal proposals plan plans planned hope hopes hoped aim aims aimed option options
    consider considers considered
    rise rises rose risen increase increases increased fall falls fell fallen decrease decreases decreased up down
    hardly barely scarcely less fewer most least""".split()
)
"""Words that can turn what was said before or after them; what holds one of them is not left out."""

_CLOSED_BY: Final = {",": ",", "(": ")"}
_APPOSITION: Final = frozenset({"the", "a", "an", "who", "which", "whose"})
_PREDICATE: Final = frozenset(
    """is are was were be been has have had will would could should may might must can said says called told added
    announced welcomed thanked praised met went visited confirmed joined led leads pointed promised""".split()
)
"""After an apposition the sentence goes on with one of these; after an item of a list it does not."""

_APPOSITION_WORDS: Final = 14
_CHANGES: Final = frozenset("rise fall increase decrease drop reduction".split())
_COMPARES: Final = frozenset("more less fewer higher lower than up down".split())
_COMPARED_WITHIN: Final = 4
_ENDS: Final = frozenset('.!…"' + "'")
"""Marks that may stand after the last word of a sentence."""


def shortens(claim: Sequence[Token], said: Sequence[Token], quoted: range) -> bool:
    """Whether ``claim`` says only what the sentence ``said`` says, in words and marks from its tokens ``quoted``.

    Marks of quotation around either of them, and the stop at their ends, are not compared. Time is bounded by the
    product of the two lengths.
    """
    wanted = _bare(claim)
    if not wanted or quoted.start >= quoted.stop or _asks(said) != _asks(claim):
        return False
    places = set(_beginnings(said))
    for number, token in enumerate(wanted):
        reached = places if number == 0 else _past_asides(said, places)
        places = {at + 1 for at in reached if at in quoted and at < len(said) and token.same(said[at])}
        if not places:
            return False
    return any(_may_end(said, at) for at in _past_asides(said, places))


def _asks(of: Sequence[Token]) -> bool:
    return any(each.kind == "mark" and each.key == "?" for each in of[-3:])


def _bare(of: Sequence[Token]) -> Sequence[Token]:
    """Return the tokens without the stop at the end, and without marks of quotation around all of them."""
    start, end = 0, len(of)
    while end > start and of[end - 1].kind == "mark" and of[end - 1].key in (_ENDS | {"?"}):
        end -= 1
    while start < end and _is_quote(of[start]):
        start += 1
    return of[start:end]


def _is_quote(token: Token) -> bool:
    return token.kind == "mark" and token.key in ('"', "'")


def _beginnings(said: Sequence[Token]) -> list[int]:
    """Return where a shortened sentence may begin: at the first word, or after "However,"."""
    first = next((at for at, each in enumerate(said) if each.kind != "mark"), len(said))
    joins = first + 1 < len(said) and said[first].key in _DISCOURSE and said[first + 1].key == ","
    return [first, first + 2] if joins else [first]


def _past_asides(said: Sequence[Token], places: Iterable[int]) -> set[int]:
    """Return the places, and those after what may be left out at them."""
    found = set(places)
    left = list(found)
    while left:
        at = left.pop()
        stop = _aside(said, at) if at < len(said) else None
        if stop is not None and stop not in found:
            found.add(stop)
            left.append(stop)
    return found


def _may_end(said: Sequence[Token], at: int) -> bool:
    """Whether a shortened sentence may leave out everything from ``at`` on."""
    rest = said[at:]
    if all(each.kind == "mark" and each.key in (_ENDS | {"?"}) for each in rest):
        return True
    words = [each for each in rest if each.kind != "mark"]
    if rest[0].kind != "mark" or rest[0].key != "," or not words or rest[1].kind == "mark":
        return False
    if any(each.key in DENIES for each in words):
        return False
    head, following = words[0], _keys(words[1 : 1 + _COMPARED_WITHIN])
    if head.kind == "number":  # ", 52% more than in 2023", but not "3, 4 or 5 days"
        return said[at - 1].kind != "number" and bool(_COMPARES & following)
    if head.key in ("a", "an"):
        return words[1:2] != [] and words[1].key in _CHANGES
    return head.key in ("up", "down")


def _keys(of: Iterable[Token]) -> frozenset[object]:
    return frozenset(each.key for each in of)


def _aside(said: Sequence[Token], at: int) -> int | None:
    """Return where the sentence goes on after brackets or an apposition that opens at ``at``; None if none does."""
    opening = said[at]
    closing = _CLOSED_BY.get(str(opening.key)) if opening.kind == "mark" else None
    if closing is None:
        return None
    stop = at + 1
    while stop < len(said) and not _is_mark(said[stop], (closing, ",", ";", ":", "(", "–", '"')):
        stop += 1
    if stop >= len(said) or said[stop].key != closing or not 1 < stop - at <= _APPOSITION_WORDS:
        return None
    inside = said[at + 1 : stop]
    if any(each.kind == "number" or each.key in TURNS for each in inside):
        return None
    if opening.key == "(":
        return stop + 1 if len(inside) == 1 and inside[0].written.isupper() else None
    goes_on = stop + 1 < len(said) and said[stop + 1].key in _PREDICATE
    return stop + 1 if goes_on and inside[0].key in _APPOSITION else None


def _is_mark(token: Token, keys: Collection[str]) -> bool:
    return token.kind == "mark" and token.key in keys
