"""What a number counts or measures, and whether it is a change: read from the words around it.

Each way in which releases say so is a rule with a name; the words themselves are in `index.figures.subject_patterns`,
and where a noun phrase begins and ends in `index.figures.noun_phrases`.

Long because every rule has a function, an example and the reason why it is kept.
"""

import re
from dataclasses import dataclass
from typing import Final

from index.figures.noun_phrases import PHRASES, PhraseRules, phrase_at, phrase_before
from index.figures.rules import Chain, Rule
from index.figures.subject_patterns import (
    APPOSED,
    ARTICLES,
    CHANGE_AFTER,
    CHANGE_BEFORE,
    EVENT_FOR,
    EXTRA_AFTER,
    EXTRA_BEFORE,
    FOR,
    IN_PRISON,
    JOINS_CLAUSE,
    MORE_AFTER,
    MORE_OF,
    NAMED_BEFORE,
    OF,
    ON_THE_YEAR,
    OPENED,
    PLACE_BEFORE,
    SAID_OF_IT,
    THE_NUMBER_OF,
)
from index.figures.units import DURATIONS
from index.types import Change, Span

_CHANGE_WITHIN: Final = 80
"""How many characters after a number may name its change ("a 23% increase in"): two words between, and the noun.
With 40 to 160 the labelled dev releases are read alike."""

_CHANGE_BACK: Final = 90
"""How many characters before a number are searched for its change ("cut crime across the country by"): seven words.
With 45, one change of the labelled dev releases is missed; with 180, none is found more."""

_APPOSED_WITHIN: Final = 40
"""How many characters before a number are searched for what makes it say more of the number before it. With 20 to 80
the labelled dev releases are read alike."""

_EVENT_BACK: Final = 40
"""How many characters before a noun phrase are searched for the event that it belongs to: two words and "against"."""

_JOINING_WITHIN: Final = 24
"""How many characters before a number are searched for "although": it, and "almost"."""

_NAMING_WITHIN: Final = 16
"""How many characters before a number are searched for "totalling" or "reached": the word, blanks and an article. With
12 to 32 the labelled dev releases are read alike."""

_RELATIVE: Final = ("percent", "percentage points", "basis points", "times")
"""Units in which a change is given rather than what changed."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A quantity in its sentence.

    ``earlier`` is the change of the quantity before it in the sentence ("visits are up 32% and arrests 29% on the
    year"). ``change`` is its own, once that is known, and ``after`` where what changes may be named after it.
    """

    body: str
    sentence: Span
    span: Span
    unit: str
    nouns: PhraseRules
    earlier: Change | None = None
    change: Change | None = None
    after: int = 0

    @property
    def end(self) -> int:
        """Where the quantity ends."""
        return self.span.end

    def following(self, pattern: re.Pattern[str], within: int | None = None) -> re.Match[str] | None:
        """Find a pattern that begins right after the quantity, at most ``within`` characters long."""
        stop = self.sentence.end if within is None else min(self.sentence.end, self.end + within)
        return pattern.match(self.body, self.end, stop)

    def before(self, pattern: re.Pattern[str], within: int) -> re.Match[str] | None:
        """Find a pattern that ends right before the quantity, within the sentence."""
        return pattern.search(self.body, max(self.sentence.start, self.span.start - within), self.span.start)

    def phrase(self, at: int) -> Span | None:
        """Return the noun phrase that begins at ``at``."""
        return phrase_at(self.body, at, self.sentence.end, self.nouns)

    def before_it(self) -> Span | None:
        """Return the last noun phrase before the quantity, with the event that it is part of: "arrests for theft"."""
        found = phrase_before(self.body, self.sentence, self.span.start, self.nouns)
        if found is None:
            return None
        place = PLACE_BEFORE.search(self.body, max(self.sentence.start, found.start - _EVENT_BACK), found.start)
        if place is not None and self.body[found.start].isupper():  # "the count at Leeds fell to 12"
            thing = phrase_before(self.body, self.sentence, place.start(), self.nouns)
            # "case rates were highest in the North East at 1,410"
            is_thing = thing is not None and thing.end == place.start() and not thing.of(self.body).endswith("est")
            found = thing if is_thing and thing is not None else found
        event = EVENT_FOR.search(self.body, max(self.sentence.start, found.start - _EVENT_BACK), found.start)
        return Span(event.start("event"), found.end) if event else found


Changed = tuple[Change, int]
"""The direction of a change, and where what changes may be named after it."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a rule says that a quantity counts; None if it says that nothing near is counted."""

    words: Span | None


# --- whether it is a change


def _change_after(said: Stated) -> Changed | None:
    """Read "a 23% increase in removals"."""
    match = said.following(CHANGE_AFTER, _CHANGE_WITHIN)
    if match is None or (not said.unit and match.group().count(" ") > 1):
        return None
    return "up" if match["up"] else "down", match.end()


def _more_after(said: Stated) -> Changed | None:
    """Read "20% more than"."""
    match = said.following(MORE_AFTER, _CHANGE_WITHIN)
    return ("up" if match["up"] else "down", match.end()) if match else None


def _extra_after(said: Stated) -> Changed | None:
    """Read "£5 million more"; a boost is one of money only."""
    match = said.following(EXTRA_AFTER)
    counts_or_money = said.unit in ("", "percent") or len(said.unit) == len("GBP")
    if match is None or not counts_or_money or (match["boost"] and not said.unit):
        return None
    return "down" if match["down"] else "up", said.end if match["boost"] else match.end()


def _change_before(said: Stated) -> Changed | None:
    """Read "up by almost a third", "fell 4%".

    A number right after the word is the size of the change ("fell 4%"), or what was changed ("raised £5").
    """
    match = said.before(CHANGE_BEFORE, _CHANGE_BACK)
    if match is None or not (match["by"] or said.unit in _RELATIVE):
        return None
    return "up" if match["up"] else "down", said.end


def _extra_before(said: Stated) -> Changed | None:
    """Read "an extra 500", "a further £65 million"."""
    match = said.before(EXTRA_BEFORE, _CHANGE_BACK)
    if match is None or not (said.unit or not match.group().lower().startswith("further")):
        return None
    return "up", said.end


def _on_the_year(said: Stated) -> Changed | None:
    """Read "(visits are up 32% and) arrests 29% on the year"."""
    same = said.unit == "percent" and said.earlier is not None and said.following(ON_THE_YEAR)
    return (said.earlier, said.end) if same and said.earlier else None


# --- what is counted


def _prison(said: Stated) -> Subject | None:
    served = said.following(IN_PRISON) if said.unit in DURATIONS else None
    return Subject(Span(*served.span(served.lastgroup or 0))) if served else None


def _duration(said: Stated) -> Subject | None:
    """A length of time is one of what follows it, or of nothing: "two years of work"."""
    if said.unit not in DURATIONS:
        return None
    of = said.following(OF)
    return Subject(said.phrase(of.end() if of else said.end))


def _is_relative(said: Stated) -> bool:
    """Whether the quantity is how much something else changed, not what was added or taken away."""
    return said.change is not None and (said.after > said.end or said.unit in _RELATIVE)


def _what_changes(said: Stated) -> Subject | None:
    if not _is_relative(said) or said.after == said.end:
        return None
    end = said.sentence.end
    found = said.phrase(_skip(said.body, said.after, end)) or _served(said, said.after)
    return Subject(found) if found else None


def _apposed(said: Stated) -> Subject | None:
    """It says more of the quantity before it: "500 boats, up 5%"."""
    return Subject(None) if _is_relative(said) and said.before(APPOSED, _APPOSED_WITHIN) else None


def _what_changed(said: Stated) -> Subject | None:
    return Subject(said.before_it()) if _is_relative(said) else None


def _opened(said: Stated) -> Subject | None:
    """Read "The quantity of cocaine that police seized rose to 28 tonnes": what the sentence opens with."""
    opened = OPENED.match(said.body, said.sentence.start, said.span.start)
    if opened is None or not said.before(SAID_OF_IT, _CHANGE_BACK):
        return None
    found = said.phrase(opened.end())
    return Subject(found) if found and found.end <= said.span.start else None


def _of(said: Stated) -> Subject | None:
    of = said.following(OF)
    return Subject(said.phrase(_skip(said.body, of.end(), said.sentence.end))) if of else None


def _more_of(said: Stated) -> Subject | None:
    more = None if said.unit else said.following(MORE_OF)
    found = said.phrase(more.end()) if more else None
    return Subject(found) if found else None


def _named_before(said: Stated) -> Subject | None:
    found = said.before_it() if said.unit and said.before(NAMED_BEFORE, _NAMING_WITHIN) else None
    return Subject(found) if found else None


def _next_words(said: Stated) -> Subject | None:
    found = said.phrase(said.end)
    return Subject(found) if found else None


def _purpose(said: Stated) -> Subject | None:
    found = _served(said, said.end) if said.unit else None
    return Subject(found) if found else None


def _alone(said: Stated) -> Subject | None:
    """Read "although nine were late": whatever they are, it is not what the clause before ends with."""
    return None if said.unit or not said.before(JOINS_CLAUSE, _JOINING_WITHIN) else Subject(None)


def _last_words(said: Stated) -> Subject | None:
    found = said.before_it()
    return Subject(found) if found else None


@dataclass(frozen=True, slots=True)
class SubjectRules:
    """The rules by which a quantity is a change, and by which something is what it counts."""

    changes: Chain[[Stated], Changed]
    subjects: Chain[[Stated], Subject]
    nouns: PhraseRules


_GOLD: Final = "labels disagree with it, but it is how published answers say what is counted, and what is a rise"

SUBJECTS: Final = SubjectRules(
    changes=Chain(
        "change",
        (
            Rule("named after", "There was a 23% increase in removals.", _change_after),
            Rule("more than", "Removals are 12% higher.", _more_after),
            Rule("more", "They gave £5 million more to ports.", _extra_after, _GOLD),
            Rule("named before", "Knife crime fell 4%.", _change_before),
            Rule("extra", "An extra 500 nurses came.", _extra_before, _GOLD),
            Rule("on the year", "Visits are up 32% and arrests 29% on the year.", _on_the_year),
        ),
    ),
    subjects=Chain(
        "subject",
        (
            Rule("prison", "They face up to 5 years in prison.", _prison),
            Rule("duration", "Work on it lasted 5 years.", _duration),
            Rule("what changes", "There was a 23% increase in removals.", _what_changes),
            Rule(
                "apposed",
                "It met 40 boats, the most since records began and a 5% increase from the previous year.",
                _apposed,
            ),
            Rule(
                "opened",
                "The number of boats the ports took rose to 12.",
                _opened,
                "what a sentence opens with is counted by its other numbers too: from siblings of a bug report",
            ),
            Rule("what changed", "Removals rose 12% across ports.", _what_changed),
            Rule("of", "They took 12 of the boats.", _of),
            Rule("more of", "They met 12 other boats.", _more_of, _GOLD),
            Rule("named before", "Exports totalling £5 million in trade", _named_before),
            Rule("next words", "They took 12 boats.", _next_words),
            Rule("purpose", "They gave £5 million to help rebuild schools.", _purpose),
            Rule(
                "alone",
                "None of the 57 had issued a false certificate, although nine were told to keep better records.",
                _alone,
                "from siblings of a bug report: none of what a number counts",
            ),
            Rule("last words", "Their boats are 12.", _last_words),
        ),
    ),
    nouns=PHRASES,
)


def change_at(
    body: str, sentence: Span, span: Span, unit: str, earlier: Change | None, *, rules: SubjectRules = SUBJECTS
) -> tuple[Change | None, int]:
    """Return whether the quantity at ``span`` is a rise or a fall, and where what changes may be named after it.

    ``earlier`` is the change of the quantity before it in the sentence.
    """
    return rules.changes(Stated(body, sentence, span, unit, rules.nouns, earlier)) or (None, span.end)


def counted_at(
    body: str,
    sentence: Span,
    span: Span,
    unit: str,
    *,
    after: int,
    change: Change | None,
    rules: SubjectRules = SUBJECTS,
) -> Span | None:
    """Return the words that say what the quantity at ``span`` counts or measures; None if nothing near it does.

    ``change`` and ``after`` are what `change_at` returned.
    """
    subject = rules.subjects(Stated(body, sentence, span, unit, rules.nouns, None, change, after))
    return subject.words if subject else None


def _served(said: Stated, at: int) -> Span | None:
    """Return what money or the like is for: "£5 million to help rebuild schools"."""
    leading = FOR.match(said.body, at, said.sentence.end)
    return said.phrase(leading.end()) if leading else None


def _skip(body: str, at: int, end: int) -> int:
    """Pass over "the number of" and articles."""
    for pattern in (THE_NUMBER_OF, ARTICLES):
        match = pattern.match(body, at, end)
        at = match.end() if match else at
    return at
