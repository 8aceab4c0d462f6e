"""What a sentence says of a change: that there was one, and which of two things took the place of the other.

Each rule is a row with a name and an example, in which the pattern is found (a test looks).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from index.types import Span


@dataclass(frozen=True, slots=True)
class Cue:
    """Words of a change: a pattern, whatever its case, and an example; "#" in the example is what holds no longer."""

    name: str
    pattern: str
    example: str


CHANGED: Final = (
    Cue("now", r"now|no longer", "it now closes on 9 May"),
    Cue("from today", r"(?:as )?from (?:today|tomorrow|now on|next|this|\d)", "from today Northern Lines sail"),
    Cue("extended", r"exten(?:d(?:s|ed|ing)?|sions?)|longer|more (?:time|days|weeks)|extra", "more time to respond"),
    Cue("later", r"later|delay(?:s|ed)?|postpone(?:s|d|ment)?|held up|slipped|overrun", "a week later than planned"),
    Cue("running late", r"running late|behind (?:schedule|time)", "the work is running late"),
    Cue("put back", r"(?:put|pushed|moved|set) back|brought forward|earlier than", "the vote was put back"),
    Cue("moved", r"move[sd]?|change[sd]?|changing|rescheduled|relocated", "the hearing moves to Holmby"),
    Cue("instead", r"instead|in place of|rather than", "they will play at the Palace instead"),
    Cue(
        "new date",
        r"(?:new|another|different|revised|amended|corrected) (?:\w+ )?(?:date|day|deadline|time|place|venue|home"
        r"|address|base|name|chair|head|chief|minister|director|leader|lead|manager|owner|operator|provider|supplier|contractor|host)",
        "a new closing date",
    ),
    Cue("replaced", r"replac(?:e[sd]?|ing|ement)|succe(?:ed(?:s|ed|ing)?|ssor)", "she succeeds Omar Field"),
    Cue("taken over", r"t(?:ake[sn]?|ook|aking) over", "she took over in May"),
    Cue("took up the post", r"t(?:ake[sn]?|ook) (?:up|on) the (?:post|role|office)", "she took up the post in May"),
    Cue("appointed", r"new (?:\w+ ){0,2}appointed|appointed (?:\w+ ){0,3}as", "she was appointed as registrar"),
    Cue("became", r"became|has become|renamed", "the agency was renamed"),
    Cue("handed over", r"handed (?:over|to)|transferred|passed (?:on )?to|changes? hands", "loans were handed over"),
)
"""How a release says that something is otherwise than before."""

OLD_AFTER: Final = (
    Cue("instead of", r"instead of|rather than|in place of", "on 9 May instead of #"),
    Cue("replacing", r"replac(?:e[sd]|ing)|succeed(?:s|ed|ing)", "she has succeeded #"),
    Cue("taken over from", r"t(?:ake[sn]?|ook|aking) over from", "she has taken over from #"),
    Cue("moved from", r"CHANGE\b[^.;]*\bfrom", "it moved its headquarters from #"),
    Cue("left", r"left", "the unit has left #"),
    Cue("no longer", r"(?:and )?no longer|(?:and )?not", "in Holmby and not in #"),
    Cue("formerly", r"(?:originally|previously|formerly|once)(?: known as| called)?", "the inspectorate, formerly #"),
    Cue(
        "first planned", r"first (?:planned|set|announced)(?: for)?|was (?:due|to)(?: \w+){0,2}", "first planned for #"
    ),
    Cue("had been", r"had been(?: \w+){0,2}", "the vote had been set for #"),
    Cue("the deadline of", r"(?:deadline|closing date|date) of", "the deadline of # was moved"),
)
"""How a sentence says of what follows that it holds no longer; "CHANGE" stands for a verb of `_CHANGE`."""

OLD_BEFORE: Final = (
    Cue(
        "was moved",
        r"(?:moved|extended|postponed|put back|pushed back|brought forward|delayed|changed|rescheduled|handed over)",
        "# has been moved to Thursday",
    ),
    Cue("was replaced by", r"(?:replaced|succeeded) by|stood down|stepped down|left", "# was succeeded by Jane Roe"),
    Cue("became", r"renamed|now called|becomes|became|become", "# is now called the Coast Board"),
)
"""How a sentence says of what precedes that it holds no longer."""

_CHANGE: Final = (
    r"(?:mov(?:e[sd]?|ing)|extend(?:s|ed|ing)?|chang(?:e[sd]?|ing)|transfer(?:s|red)?|postponed?|delayed?|(?:put|pushed)"
    r" back|brought forward|hand(?:s|ed)|pass(?:es|ed)|switch(?:es|ed)?|relocat(?:es|ed|ing)"
    r"|t(?:ake[sn]?|ook|aking) over|renamed|goes|gone|went)"
)

_BEFORE: Final = 160
"""How many characters before a thing are searched: most of a long sentence."""


def _any(cues: Sequence[Cue]) -> str:
    return "|".join(f"(?:{each.pattern})" for each in cues).replace("CHANGE", _CHANGE)


_SAYS_CHANGED = re.compile(rf"\b(?:{_any(CHANGED)})\b", re.IGNORECASE)
_AFTER = re.compile(rf"\b(?:{_any(OLD_AFTER)})\s+(?:on |by |until |in |at |the )*$", re.IGNORECASE)
_AUXILIARY = r"(?:(?:is|was|has been|have been|will be|being|has|have)\s+)?"
_PLAINLY = re.compile(rf"\s*,?\s*{_AUXILIARY}(?:now\s+)?(?:{_any(OLD_BEFORE)})\b", re.IGNORECASE)
_WAS_CALLED = re.compile(r"\s*,?\s*(?:was|has been|had been|used to be) (?:called|known)\b", re.IGNORECASE)
_NOT = re.compile(r"\bnot\b[^.;]*$", re.IGNORECASE)
_BUT = re.compile(r"\s*,?\s*but\b", re.IGNORECASE)


def says_changed(text: str) -> bool:
    """Return True if words say that something is otherwise than before."""
    return _SAYS_CHANGED.search(text) is not None


def is_old(body: str, place: Span, sentence: Span) -> bool:
    """Return True if the sentence says of the thing at a place that it holds no longer."""
    before = body[max(sentence.start, place.start - _BEFORE) : place.start]
    if _AFTER.search(before) or _PLAINLY.match(body, place.end, sentence.end):
        return True
    if _WAS_CALLED.match(body, place.end, sentence.end):
        return True
    # "not on 5 but on 9 May"
    return _NOT.search(before) is not None and _BUT.match(body, place.end, sentence.end) is not None


def in_force(body: str, place: Span, sentence: Span, others: Sequence[Span]) -> Span:
    """Return the place of what holds now: ``place``, or the only other one that is not old if ``place`` is old."""
    if not is_old(body, place, sentence):
        return place
    left = [each for each in others if not is_old(body, each, sentence)]
    return left[0] if len(left) == 1 else place
