"""The noun phrase right after a place, and the last one before it.

No part-of-speech tagger: a noun phrase is a run of words up to the first one of a closed class, or to a verb that
its form or its place gives away. That is enough for the head of the phrase, which is what tells two measures apart.
"""

import re
from dataclasses import dataclass
from itertools import islice
from typing import Final

from index.figures.rules import Chain, Rule, unlabelled
from index.figures.subject_patterns import DOWN, UP
from index.text.number_words import SPACE
from index.types import Span

_STOPS: Final = frozenset(
    """a about above across after again against ago all almost along alone already also although always am among
    amounting an and annually any are around as at available away back be because been before behind being below
    between beyond both but by can compared could despite did do does due during each either equal every except
    following for from had has have he her here his how however if in including instead into is it its itself just
    least less like may me might more most must my near nearly never new no nor not now of off often on once only onto
    or other our out outside over overall own per plus rather same she should since so some soon still such than that
    the their them then there therefore these they this those through throughout thus to today together too towards
    under unless until up upon us was we well were what when where whether which while who whom whose why will with
    within without worth would yet you your last next past previous old long high respectively compared worldwide
    nationwide nationally globally yesterday tomorrow each annually yearly monthly weekly daily following down
    ensuring meaning making means live need come go get make take face receive keep keeps gain gains goes
    worth combined alike apart responsible able available likely up year years month
    months week weeks day days time times total one two million billion thousand
    percent cent same best record brings another prior earlier later already currently permanently now each
    aged""".split()
)
_MAY_LEAD: Final = frozenset("new more other additional extra further fewer less such same long high old live".split())
"""Stop words that may start a noun phrase but never continue one ("new homes")."""

_IRREGULAR: Final = frozenset(
    """made took taken seen saw said lost left came went gone fell fallen rose risen given gave held set found brought
    sent sold built paid won spent known grew grown cut put shown stood stopped met began begun led died rises falls
    remains represents includes comes goes takes makes gets sees helps covers means reflects follows equates amounts
    totals stands supports provides benefits shows hit become became drawn driven written chosen""".split()
)
_PLURALS: Final = frozenset(
    "people children men women staff police personnel offspring lives wives thieves youth cattle sheep".split()
)
_BASE_VERBS: Final = frozenset(
    """buy sell save spend give pay earn invest provide deliver reach cost create build hold bring add employ recruit
    hire train fund award allocate commit raise announce publish expect carry cover treat use run offer win lose
    """.split()
)
"""Verbs before a number ("invest £5m") are not what it counts; after a number the same words may be nouns."""

_TAKING_VERBS: Final = frozenset("cost earn employ spend raise save pay owe hold own weigh".split())
"""Verbs that a number follows in the form for one thing, too: "a permit costs £12"."""

_WORD = re.compile(rf"(?P<gap>{SPACE}|-)(?P<word>[^\W\d_](?:[\w’'&/-]*\w)?)(?P<possessive>[’'](?=\s))?")
_BACK_WORD = re.compile(r"[^\W\d_](?:[\w’'&/-]*\w)?")
_CLAUSE_START = re.compile(r"[.;:!?•\n–—(“\"]|,(?!\s*which)")
_WIDER_START = re.compile(r"[.;!?•\n(“\"]")
_BACK: Final = 160
"""How many characters before a number are searched for its noun, bounded so that time stays linear. With 100 to 400 the
labelled dev releases are read alike."""

_WORDS: Final = 6
"""The longest noun phrase, in words. Of 1,000 labelled ones in the dev releases 30 are longer; with 3, twelve phrases
fewer are right to the word, with 5 to 8 none."""

_WORDS_BACK: Final = 24
"""How many words before a number are looked through for its noun: about what `_BACK` characters hold. With 12 to 48 the
labelled dev releases are read alike."""

_ARTICLE_BEFORE = re.compile(r"\b(?:the|an?|its|our|their)\s(?:[\w’'-]+\s)?$", re.IGNORECASE)
_LAST_END = re.compile(r"[.!?\n•]")
_AND = re.compile(rf"{SPACE}and{SPACE}(?=[a-z])")
_CHANGES = re.compile(f"{UP}|{DOWN}|reach(?:ed|es|ing)|total(?:led|ling)")

_SHORT_WORD: Final = 4
"""Words of up to this many letters that end in "ed" or "ly" are mostly nouns ("bed", "fly"). With 5, one phrase more of
the labelled dev releases is right."""


def _stop_word(word: str, number: int, after_plural: bool) -> bool:
    return word in _STOPS and not (number == 0 and word in _MAY_LEAD)


def _irregular_verb(word: str, number: int, after_plural: bool) -> bool:
    return number > 0 and word in _IRREGULAR


def _participle(word: str, number: int, after_plural: bool) -> bool:
    return number > 0 and _ends_as_verb(word)


def _after_plural(word: str, number: int, after_plural: bool) -> bool:
    return after_plural and not _plural(word)


def _ends_as_verb(word: str) -> bool:
    """Whether the word ends as a participle or an adverb does."""
    return word.endswith(("ed", "ly")) and len(word) > _SHORT_WORD


def _plural(word: str) -> bool:
    return word in _PLURALS or (len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is", "’s")))


def _verb_of(body: str, word: str, opens: int, closes: int, start: int) -> bool:
    """Whether the word right before a number is the verb that takes it ("earn £5"): nouns there are plural or names."""
    if not (body[closes:start].isspace() and body[opens].islower()) or _plural(word) or word in _STOPS:
        return False
    return not _said_again(body, word, opens)


def _verb_in_s(body: str, word: str, opens: int, closes: int, start: int) -> bool:
    """Whether the word right before a number is a verb of one thing: "costs £5"; as nouns such words are not there."""
    return body[closes:start].isspace() and body[opens].islower() and word.removesuffix("s") in _TAKING_VERBS


def _said_again(body: str, word: str, opens: int) -> bool:
    """Whether a word before a number repeats a noun: "The ferry grant is £5 and the bus grant £3"."""
    before = body[max(0, opens - _BACK) : opens]
    return (
        _ARTICLE_BEFORE.search(before) is not None
        and re.search(rf"\b{word}\b", _LAST_END.split(before)[-1]) is not None
    )


@dataclass(frozen=True, slots=True)
class PhraseRules:
    """The rules by which a run of words is a noun phrase.

    ``ends`` says that a word ends the phrase before it, asked with the word, its number in the phrase and whether a
    plural precedes it. ``lone`` says that one word by itself is no noun. ``passed`` says that a word before a number
    belongs to no phrase, and ``verbs`` that the last of them takes the number.
    """

    ends: Chain[[str, int, bool], bool]
    lone: Chain[[str], bool]
    passed: Chain[[str], bool]
    verbs: Chain[[str, str, int, int, int], bool]


_GOLD: Final = "labels disagree with it, but it is how published answers say what is counted"

PHRASES: Final = PhraseRules(
    ends=Chain(
        "phrase end",
        (
            Rule("stop word", "They took 12 boat at sea.", _stop_word),
            Rule("irregular verb", "Then 12 crew took it.", _irregular_verb),
            Rule("participle", "They took 12 boat loaded barges.", _participle, _GOLD),
            Rule("after plural", "They met 12 ships deep below.", _after_plural),
        ),
    ),
    lone=Chain(
        "lone verb",
        (
            Rule("irregular verb", "Of the boats 12 sold.", lambda word: word in _IRREGULAR),
            Rule(
                "participle", "Of the boats 12 landed.", _ends_as_verb, "one phrase more is right to the word with it"
            ),
        ),
    ),
    passed=Chain(
        "passed word",
        (
            Rule("stop word", "Removals of that are 12.", lambda word: word in _STOPS),
            Rule("irregular verb", "The fleet lost ships numbering 12.", lambda word: word in _IRREGULAR),
            Rule("verb", "The ports that spend most have 12.", lambda word: word in _BASE_VERBS, _GOLD),
            Rule("change", "Visits increase by 12%.", lambda word: _CHANGES.fullmatch(word) is not None),
            Rule(
                "participle",
                "Visits recorded were 12.",
                _ends_as_verb,
                "the words counted are found more often with it",
            ),
        ),
    ),
    verbs=Chain(
        "verb before",
        (
            Rule("takes the number", "Companies contribute £5 million.", _verb_of),
            Rule("of one thing", "A permit for the lake costs £5.", _verb_in_s, unlabelled(1, 1)),
        ),
    ),
)


def phrase_at(body: str, at: int, end: int, rules: PhraseRules) -> Span | None:
    """Return the noun phrase that begins at ``at``, where a blank may come first; nothing from ``end`` on is read."""
    if at >= end:
        return None
    if not body[at].isspace():
        at -= 1  # the pattern of a word wants the gap before it
    if not body[at].isspace() and body[at] != "-":
        return None
    start = stop = at
    plural = False
    count = 0
    for number in range(_WORDS):
        match = _WORD.match(body, stop, end)
        if match is None:
            break
        word = match["word"].lower()
        if rules.ends(word, number, plural):
            break
        start = match.start("word") if number == 0 else start
        stop = match.end("word")
        plural = _plural(word) and not match["possessive"]
        count = number + 1
    joined = None if plural or stop == start else _AND.match(body, stop, end)
    if joined is not None:  # "military and civilian personnel"
        rest = phrase_at(body, joined.end(), end, rules)
        if rest is not None and _plural(rest.of(body).split()[-1].lower()):
            return Span(start, rest.end)
    if stop == start or (count == 1 and rules.lone(body[start:stop].lower())):
        return None
    return Span(start, stop)


def phrase_before(body: str, sentence: Span, start: int, rules: PhraseRules) -> Span | None:
    """Return the last noun phrase before ``start`` in its clause: the subject of "removals rose by 5%"."""
    for edge in (_CLAUSE_START, _WIDER_START):
        begin = max(sentence.start, start - _BACK)
        for clause in edge.finditer(body, begin, max(begin, start - 1)):
            begin = clause.end()
        found = _last_phrase(body, begin, start, rules)
        if found is not None:
            return found
    return None


def _last_phrase(body: str, begin: int, start: int, rules: PhraseRules) -> Span | None:
    words = [(m.group().lower(), m.start(), m.end()) for m in _BACK_WORD.finditer(body, begin, start)]
    if words and rules.verbs(body, *words[-1], start):
        words.pop()
    first = last = None
    for word, opens, closes in islice(reversed(words), _WORDS_BACK):
        joined = first is not None and body[closes:first].strip(" \u00a0-") == ""
        if rules.passed(word):
            if first is not None:
                break
            continue
        if first is not None and not joined:
            break
        if first is None:
            last = closes
        first = opens
    return Span(first, last) if first is not None and last is not None else None
