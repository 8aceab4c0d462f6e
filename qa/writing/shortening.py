"""Whether one sentence says no more than another: it must be the same words in the same order, shortened.

This is sentence compression (Knight and Marcu 2002; Clarke and Lapata 2008) used the other way round: a compression
leaves words out, and here the places are fixed where that cannot turn the meaning. The sentence begins where the other
begins; it may end at a mark of punctuation if what follows takes nothing back ("..., but not in York"); it may leave
out an abbreviation in brackets, an apposition ("Ann Poole, the minister, said"), and articles. Whatever else is
changed, added, moved or left out makes it another sentence: a digit, a unit, a year, a name, "not", "could", "rose"
for "fell", the figure of one town with the name of another.
"""

from collections.abc import Sequence
from functools import cache
from typing import Final

from qa.writing.words import Token

_FREE: Final = frozenset({"the", "a", "an", "that"})
"""Words that may be left out or put in, but not before `_HELD`."""

_HELD: Final = frozenset({"few", "little", "number", "lot", "bit", "couple"})
"""After an article these say something else: "few" and "a few"."""

_DISCOURSE: Final = frozenset({"also", "however", "meanwhile", "moreover", "furthermore", "separately", "additionally"})
"""Words that begin a sentence and only join it to the one before."""

DENIES: Final = frozenset(
    """not no never none nobody nothing neither nor without except excluding unless until if whether but or although
    though however otherwise pending instead rather only just alone apart provided providing subject respectively
    deny denies denied denying false falsely untrue wrong wrongly mistaken incorrect myth hoax rumour rumours
    refuse refuses refused reject rejects rejected fail fails failed failing n't error errors mistake mistakes
    retracted withdrawn corrected correction invented fabricated fake cancelled scrapped abandoned reversed overturned
    quashed dropped shelved""".split()
)
"""Words that can take back, or bind to a condition, what was said before or after them."""

TURNS: Final = DENIES | frozenset(
    """than compared each together jointly between could would should might may must can cannot will shall
    say says said tell tells told claim claims claimed argue argues argued warn warns warned believe believes believed
    allege alleges alleged allegedly reportedly according estimate estimates estimated expect expects expected
    suggest suggests suggested think thinks thought insist insists insisted maintain maintains maintained assert asserts
    asserted report reports reported predict predicts predicted forecast forecasts fear fears feared suspect suspects
    add adds added appear appears appeared seem seems seemed
    propose proposes proposed plan plans planned hope hopes hoped aim aims aimed
    rise rises rose risen increase increases increased fall falls fell fallen decrease decreases decreased up down
    hardly barely scarcely less fewer most least""".split()
)
"""Words that can turn what was said before or after them; what holds one of them is not left out."""

_CLOSED_BY: Final = {",": ",", "(": ")", "–": "–", "—": "—"}
_APPOSITION: Final = frozenset({"the", "a", "an", "who", "which", "whose"})
_PREDICATE: Final = frozenset(
    """is are was were be been has have had will would could should may might must can said says called told added
    announced welcomed thanked praised met went visited confirmed joined led leads pointed promised""".split()
)
"""After an apposition the sentence goes on with one of these; after an item of a list it does not."""

_APPOSITION_WORDS: Final = 14
_GOES_ON: Final = frozenset("which who whose where up down a an the more making bringing taking including".split())
"""A word or a number after a comma; what begins with one of them is not the next item of a list."""

_RELATIVE: Final = frozenset({"which", "who", "whose", "where"})
_LIST_WITHIN: Final = 6
_QUOTES: Final = ("'", '"')


def shortens(claim: Sequence[Token], said: Sequence[Token], quoted: range) -> bool:
    """Whether ``claim`` says only what the sentence ``said`` says, in words from its tokens ``quoted``.

    Time is bounded by the product of the two lengths.
    """
    wanted = [each for each in claim if each.kind != "mark"]
    if not wanted or quoted.start >= quoted.stop or _asks(said) != _asks(claim):
        return False

    @cache
    def follows(i: int, j: int) -> bool:
        """Whether the words from ``i`` on shorten the tokens from ``j`` on."""
        if i == len(wanted):
            aside = _aside(said, j) if j < len(said) else None
            return _may_end(said, j) or (aside is not None and follows(i, aside))
        if j < len(said):
            if j in quoted and wanted[i].same(said[j]) and follows(i + 1, j + 1):
                return True
            if (said[j].kind == "mark" or _is_free(said, j)) and follows(i, j + 1):
                return True
            stop = _aside(said, j)
            if i > 0 and stop is not None and follows(i, stop):
                return True
        return _is_free(wanted, i) and follows(i + 1, j)

    return any(follows(0, start) for start in _beginnings(said))


def _asks(of: Sequence[Token]) -> bool:
    return any(each.kind == "mark" and each.key == "?" for each in of[-3:])


def _is_free(of: Sequence[Token], at: int) -> bool:
    following = of[at + 1].key if at + 1 < len(of) else None
    return of[at].key in _FREE and of[at].kind == "word" and following not in _HELD


def _beginnings(said: Sequence[Token]) -> list[int]:
    """Return where a shortened sentence may begin: at the first word, or after "However,"."""
    first = next((at for at, each in enumerate(said) if each.kind != "mark"), len(said))
    joined = first < len(said) and said[first].key in _DISCOURSE
    return [0, first + 1] if joined else [0]


def _may_end(said: Sequence[Token], at: int) -> bool:
    """Whether a shortened sentence may leave out everything from ``at`` on."""
    while at < len(said) and said[at].kind == "mark" and said[at].key in _QUOTES:
        at += 1
    rest = said[at:]
    words = [each for each in rest if each.kind != "mark"]
    if not words:
        return True
    if rest[0].kind != "mark" or rest[0].key not in (",", ";", ":", "–", "—"):
        return False
    head = words[0]
    # "..., which will cost £5" says more of what was said, whatever may be; "..., which is untrue" takes it back.
    turning = DENIES if rest[0].key == "," and head.key in _RELATIVE else TURNS
    if any(each.key in turning for each in words if each.kind == "word" and not _is_a_rise(words, each)):
        return False
    if rest[0].key in (";", ":"):
        return True
    if head.kind == "number" and said[at - 1].kind == "number":
        return False  # "3, 4 or 5 days"
    if head.kind != "number" and head.key not in _GOES_ON:
        return False
    following = [each.key for each in rest[1 : 1 + _LIST_WITHIN]]
    return head.key in _RELATIVE or not {"and", "or"} & set(following)


def _is_a_rise(words: Sequence[Token], each: Token) -> bool:
    """Whether a word only says how what was stated had changed: "..., up 5% on 2023", "..., 13% more than in 2023"."""
    sized = words[0].kind == "number" or words[0].key in ("up", "down", "a", "an", "the")
    return sized and each.key in ("up", "down", "rise", "fall", "increase", "decrease", "than", "most")


def _aside(said: Sequence[Token], at: int) -> int | None:
    """Return where the sentence goes on after brackets or an apposition that opens at ``at``; None if none does."""
    opening = said[at]
    closing = _CLOSED_BY.get(str(opening.key)) if opening.kind == "mark" else None
    if closing is None:
        return None
    stop = at + 1
    while stop < len(said) and not (said[stop].kind == "mark" and said[stop].key in (closing, ",", ";", ":", "(")):
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
