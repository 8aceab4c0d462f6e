"""Who holds an office: whether the words beside a name give its bearer the office that a question names."""

import re
from collections.abc import Sequence
from typing import Final

from index.text.terms import content_stems, question_stems
from index.text.verbs import based, word_stems
from index.types import Release, Span
from qa.facts.changes import says_changed
from qa.facts.values import TITLES

_AROUND_OFFICE: Final = 6
"""How many words may stand between an office and its holder: "the Minister, the Right Honourable Jane Roe"."""

_POST: Final = (
    r"(?:minister|secretary|chancellor|chair|chairman|chairwoman|chairperson|president|director|commissioner|ambassador"
    r"|chief|head|leader|governor|general|lord|registrar|inspector|envoy|adviser|advisor|mayor|speaker|officer|manager"
    r"|principal|warden|controller|comptroller|ombudsman|master|captain|commander|constable|executive|tsar|champion)"
)
POST = re.compile(rf"\b{_POST}\b", re.IGNORECASE)
"""Words of which at least one is in the name of an office."""

_LESSER_WORDS: Final = "deputy shadow former vice assistant junior associate outgoing"
_LESSER: Final = rf"(?:{'|'.join(_LESSER_WORDS.split())}|deputies|spokes(?:man|woman|person))"
"""Who acts for the head is not among them: while that lasts, nobody else is."""

_OTHER_OFFICE = frozenset(f"{_LESSER_WORDS} acting ex then late sub under".split())
_WORD = re.compile(r"[\w’'&-]+")
_MANY: Final = word_stems(
    "chief constable executive chair chairman chairwoman chairperson director general mayor ambassador high"
    " commissioner minister secretary state head leader officer spokesman spokeswoman deputy senior manager president"
    " governor judge inspector managing commander captain headteacher warden registrar adviser champion envoy permanent"
)
"""Words of offices of which there are many: others must say which one is meant."""

_WORD_WITHIN: Final = 40
"""How many characters before an office are searched for the word before it."""

_BREAK = re.compile(r"[.,;:()“”\n]")
_NAME_AND = re.compile(r"\b[A-Z]\w+\s+(?:and|&)\s+$")
_IS = re.compile(
    r"[\s,:–-]*(?:\b(?:is|was|be|becomes|will|who|now|today|named|called|the|new|as|passed|went|goes|to|Ms|Mr)\b[\s,:–-]*)*"
)
"""Words between an office and the name of its holder."""

_MAY_BE = re.compile(
    r"(?!.*\b(?:met|meets|with|and|told|thanked|visited|joined|by|alongside|wrote|asked|welcomed)\b)", re.DOTALL
)
"""What is between a name and an office that its bearer holds: no word, such as "met", that makes it somebody else's."""

_NAMED_NEXT = re.compile(r"\s+(?:(?:Sir|Dame|Lord|Dr|Mr|Ms)\s+)?[A-Z][\w’'-]+")
"""A name right after an office, whose bearer holds it."""

_OTHER_NAME = re.compile(r"(?:^|(?<=\W))[A-Z][\w’'-]+")
_OF_ANOTHER = re.compile(r"\s+(?:of|for|to|at)\s+(?:the\s+)?(?P<name>[A-Z][\w’'-]*)")
_OPEN_OFFICE = frozenset(
    "the a an our new today uk british current and when while as that but said with by from to of".split()
)


_ASKS_FOR_POST = re.compile(rf"\b(?:{_POST}|boss|ceo|in charge|chairs|heads|leads|runs)\b", re.IGNORECASE)
_ASKS_FOR_ANOTHER = re.compile(
    rf"\b(?:{_LESSER}|acting|interim|ex|temporary|temporarily|stopgap|caretaker|stand-?in|stood|stands|standing"
    r"|number two|second|until|before|after|previous(?:ly)?|predecessor|used to|last|past|under|quoted|speaks?|spoke"
    r"|said|says|deputi[sz]\w+)\b",
    re.IGNORECASE,
)
_LESSER_BEFORE = re.compile(
    rf"\b{_LESSER}[\s-](?:(?!(?:to|and|by|with|for)\b)[\w’'-]+\s){{0,5}}?{_POST}\b(?:\s(?:of|for|at)\s[^.,;:()]{{1,50}})?"
    r",?\s$",
    re.IGNORECASE,
)
_LESSER_AFTER = re.compile(
    rf",\s(?:(?:the|its|their|his|her|a|an)\s)?(?:[\w’'-]+\s){{0,4}}?{_LESSER}[\s-](?:[\w’'-]+\s){{0,3}}?{_POST}\b",
    re.IGNORECASE,
)
_PART: Final = rf"(?P<post>{_POST})\s(?:of|for)\s(?P<part>[^.,;:()]{{2,60}}?)"
_TITLED: Final = r"(?:(?:the|its|their|his|her|a|an)\s)?(?:[\w’'-]+\s){0,4}?"
_OF_PART_AFTER = re.compile(rf",\s{_TITLED}{_PART}\s(?:at|with)\s(?:the\s)?(?P<whole>[A-Z][\w’'-]*)", re.IGNORECASE)
_OF_PART_BEFORE = re.compile(
    rf"\b{_PART}\s(?:at|with)\s(?:the\s)?(?P<whole>[A-Z][^.,;:()]{{1,60}}?),?\s$", re.IGNORECASE
)
_WHOLES_PART = re.compile(rf"(?P<whole>[A-Z][\w-]*)[’']s\s(?:[\w’'-]+\s){{0,3}}?{_PART},?\s$", re.IGNORECASE)
"""Who heads a part of something: "Director of Programmes at the Fennick Trust", "the Trust's head of gardens"."""

_BARE_NAME = re.compile(r"[A-Z][\w’'-]+(?:\s[A-Z][\w’'-]+){0,3}")
_POST_WITHIN: Final = 120
"""How many characters before a name are searched for its bearer's office."""


def is_lesser_office(question: str, body: str, name: Span, sentence: Span) -> bool:
    """Return True if a question asks for the holder of an office, and a name is that of a deputy or the like.

    "Who is the Water Minister?" is not answered by "Deputy Water Minister Rhona Keir", and "who runs the trust?" not by
    its director of gardens.
    """
    if not _ASKS_FOR_POST.search(question) or _ASKS_FOR_ANOTHER.search(question):
        return False
    if not _BARE_NAME.fullmatch(TITLES.sub("", name.of(body)).strip()):
        return False
    before = TITLES.sub("", body[max(sentence.start, name.start - _POST_WITHIN) : name.start])
    if _LESSER_BEFORE.search(before) is not None or _LESSER_AFTER.match(body, name.end, sentence.end) is not None:
        return True
    part = _OF_PART_AFTER.match(body, name.end, sentence.end) or _OF_PART_BEFORE.search(before)
    if part is None:
        # "The Children's Commissioner for Aldland" is who a question for the children's commissioner means.
        part = _WHOLES_PART.search(before)
        if part is not None and part["post"].lower() in question.lower():
            return False
    return part is not None and _is_part(question, part["part"], part["whole"])


_WORD_BEFORE_POST = re.compile(rf"(?P<word>[\w’'-]+)\s+(?P<post>{_POST})\b", re.IGNORECASE)
_BEFORE_ANY_POST: Final = word_stems(f"{' '.join(_OPEN_OFFICE)} which what who is was top first name s") | _MANY
"""Stems of words before the name of a post that do not say which one is meant."""


def is_other_office(question: str, release: Release, name: Span, sentence: Span) -> bool:
    """Return True if a question asks for the holder of one of several offices, and a sentence is of another of them.

    "Who is the Irish ambassador?" is not answered by "British Ambassador Jane Roe". A word that the sentence or the
    title has anywhere is no other office.
    """
    if not _BARE_NAME.fullmatch(TITLES.sub("", name.of(release.body)).strip()):
        return False
    said = sentence.of(release.body)
    known = word_stems(f"{release.title}\n{said}")
    others = {each["post"].lower() for each in _WORD_BEFORE_POST.finditer(said) if each["word"][0].isupper()}
    return any(
        each["post"].lower() in others and not word_stems(each["word"]) & (known | _BEFORE_ANY_POST)
        for each in _WORD_BEFORE_POST.finditer(question)
    )


def _is_part(question: str, part: str, whole: str) -> bool:
    """Return True if a question names the whole that somebody heads a part of, and nothing of the part."""
    asked = frozenset(question_stems(question))
    return bool(asked & frozenset(content_stems(whole))) and not asked & frozenset(content_stems(part))


def holds_office(office: str, release: Release, name: Span, sentence: Span) -> bool:
    """Return True if the words beside a name say that its bearer holds the office, and no other of a like name.

    "Prime Minister Jane Roe met Omar Field" names no office of the latter, and "Deputy Prime Minister" is another one.
    An office of which there are many ("the chief constable") is nobody's in particular. What the title says of the
    office, its sentence need not say again.
    """
    body, wanted = release.body, based(question_stems(office))
    # "The chair of the inquiry", in a release whose title says of which.
    said = word_stems(sentence.of(body))
    if wanted - said <= word_stems(release.title) and not wanted & said <= _MANY:
        wanted &= said
    if wanted <= _MANY:
        return False
    reach = len(_WORD.findall(office)) + _AROUND_OFFICE
    inside = [*_WORD.finditer(body, name.start, name.end)]
    before = [*_WORD.finditer(body, sentence.start, name.start)][-reach:]
    after = [*_WORD.finditer(body, name.end, sentence.end)][:reach]
    for words in (_nearest([*before, *inside][::-1], wanted)[::-1], _nearest([*inside, *after], wanted)):
        named = [each for each in words if wanted & word_stems(each.group())]
        if named:
            first, last = named[0].start(), named[-1].end()
            leads = last <= name.start
            between = body[last : name.start] if leads else body[name.end : first]
            if not (_IS.fullmatch if leads else _MAY_BE.match)(TITLES.sub(" ", between)):
                return False
            if not leads and _NAMED_NEXT.match(body, last, sentence.end):
                return False
            # "has succeeded Omar Field as Prime Minister"
            apart = _OTHER_NAME.search(TITLES.sub(" ", between)) is not None and not says_changed(between)
            return not apart and not _qualified(body, first, last, sentence, office)
    return False


def _nearest(words: Sequence[re.Match[str]], wanted: frozenset[str]) -> Sequence[re.Match[str]]:
    """Return the fewest first words that hold all that is wanted; none if all of them do not."""
    found: frozenset[str] = frozenset()
    for count, word in enumerate(words, start=1):
        found |= word_stems(word.group())
        if wanted <= found:
            return words[:count]
    return ()


def _qualified(body: str, first: int, last: int, sentence: Span, office: str) -> bool:
    """Return True if words right before or after an office make it another one: "Shadow", "Small", "of Malta"."""
    after = _OF_ANOTHER.match(body, last, sentence.end)
    if after is not None and not word_stems(after["name"]) <= word_stems(office):
        return True
    before = [*_WORD.finditer(body, max(sentence.start, first - _WORD_WITHIN), first)][-1:]
    if not before or _BREAK.search(body, before[0].end(), first):
        return False
    word = before[0].group()
    plain = word.lower().removesuffix("’s").removesuffix("'s")
    if plain in office.lower().split():
        return False
    joined = plain in ("and", "&") and _NAME_AND.search(body[sentence.start : first]) is not None
    named = word[0].isupper() and plain not in _OPEN_OFFICE
    return plain in _OTHER_OFFICE or joined or named
