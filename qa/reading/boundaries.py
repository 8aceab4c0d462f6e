"""Where an answer begins and ends: whole words, whole figures, and nothing that only surrounds them.

A reader's span may begin or end anywhere. It is grown to whole words, its marks are trimmed, it is begun earlier where
it cuts a name, and its figures are made whole. Each step is a table of rules, tried in order of precedence;
``python -m eval.training.boundaries`` measures what each rule earns.

Long because the tables and the functions that they name belong together.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from index.figures.rules import Chain, Rule, Steps
from index.figures.zeros import predicate_of_none, things_after, whole_of_none
from index.text.note_marks import mark_at, mark_before
from index.text.numerals import inside_grouped
from index.text.terms import stems
from index.types import Figure, Span
from qa.question import NEUTRAL, Asked

_WORD_WITHIN: Final = 24
"""How many characters before a place are searched for the word that ends there: longer than all but chemical names."""

_TITLE_WITHIN: Final = 12
"""How many characters before an answer are searched for a title; the longest is "Councillor "."""

_OWNER_WITHIN: Final = 48
"""How many characters before an answer are searched for its owner: an article, four words and "’s"."""

_ACT_WITHIN: Final = 80
"""How many characters before an answer are searched for the rest of an Act's name: six long words."""

_LEFT = " \t\n,;:.–—-•)]}”’"
_RIGHT = " \t\n,;:–—([{“‘"
_PAIRS = {"“": "”", "‘": "’", "(": ")", "[": "]", '"': '"'}
_JOINERS = "\u200c\u200d"

Bounds = tuple[int, int]
"""Start and end of an answer in its body."""

Verdict = Literal["joined", "apart"]
"""Whether the characters before and after a place belong to one word, number or sign."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to ``question`` from ``start`` to ``end`` of ``body``, nothing of which is before ``floor``.

    ``definition`` if the question asks what something is.
    """

    body: str
    start: int
    end: int
    floor: int
    definition: bool
    question: str = ""

    def before(self, pattern: re.Pattern[str], within: int) -> re.Match[str] | None:
        """Find a pattern that ends right before the answer."""
        return pattern.search(self.body, max(self.floor, self.start - within), self.start)


# --- whole words

_POSSESSIVE = re.compile(r"['’]s(?!\w)")
_RUN_ON = re.compile(r"(?:\b[a-z]{2,}|\b[A-Z][a-z]{3,})$")
_RUNS_ON = re.compile(
    r"(?:and|are|as|at|by|for|from|has|have|in|is|of|on|or|said|that|the|to|was|were|which|will|with)\b"
)


def _capital_after(body: str, at: int) -> Verdict | None:
    """Read "theNHS", "of55", "MinisterBaroness": mark-up between two words is gone."""
    before, after = body[at - 1], body[at]
    if not (before.islower() and (after.isupper() or after.isdigit())):
        return None
    word = _RUN_ON.search(body, max(0, at - _WORD_WITHIN), at)
    return "apart" if word is not None and (after.isupper() or word.group().islower()) else None


def _word_after(body: str, at: int) -> Verdict | None:
    """Read "UKHSAsaid", "55of": as far as the commonest words tell."""
    last_two = body[max(0, at - 2) : at]
    ends = body[at - 1].isdigit() or (len(last_two) == 2 and last_two.isupper())
    return "apart" if ends and _RUNS_ON.match(body, at) else None


def _grouped(body: str, at: int) -> Verdict | None:
    """Read "934 000", "1 064.5"."""
    return "joined" if (body[at - 1] + body[at]).strip().isdigit() and inside_grouped(body, at) else None


def _letters(body: str, at: int) -> Verdict | None:
    return "joined" if _in_word(body[at - 1]) and _in_word(body[at]) else None


def _combined(body: str, at: int) -> Verdict | None:
    """An accent or a skin tone belongs to what it follows, and a joiner to both sides."""
    before, after = body[at - 1], body[at]
    return "joined" if not before.isspace() and (_marks(after) or before in _JOINERS) else None


def _number(body: str, at: int) -> Verdict | None:
    """Read "2,580", "10:30", "2023/24"."""
    inside = any(m in ",.:/" and a.isdigit() and b.isdigit() for a, m, b in _marks_at(body, at))
    return "joined" if inside else None


def _apostrophe(body: str, at: int) -> Verdict | None:
    """Read "don’t", "O’Brien"."""
    inside = any(m in "'’" and _in_word(a) and _in_word(b) for a, m, b in _marks_at(body, at))
    return "joined" if inside else None


def _full_stop(body: str, at: int) -> Verdict | None:
    """Read "U.S", "gov.uk"; "said.The" are two words with a blank missing."""
    for place in (at, at - 1):
        if not 0 < place < len(body) - 1 or body[place] != ".":
            continue
        single = place == 1 or not _in_word(body[place - 2])
        if body[place - 1].isalpha() and body[place + 1].isalpha() and (single or body[place + 1].islower()):
            return "joined"
    return None


def _marks_at(body: str, at: int) -> Iterator[tuple[str, str, str]]:
    """Yield the characters on each side of a place, with their neighbours."""
    for place in (at, at - 1):
        if 0 < place < len(body) - 1:
            yield body[place - 1], body[place], body[place + 1]


def _in_word(mark: str) -> bool:
    return mark.isalnum() or unicodedata.category(mark) in ("Mn", "Mc")


def _marks(mark: str) -> bool:
    return mark in _JOINERS or unicodedata.category(mark) in ("Mn", "Mc", "Me", "Sk")


def _possessive(body: str, at: int) -> bool:
    """Whether a possessive begins there, which an answer may leave out."""
    return _POSSESSIVE.match(body, at) is not None


# --- marks at the ends


def _note_before(body: str, start: int, end: int) -> Bounds | None:
    mark = mark_at(body, start)
    return (mark.end, end) if mark is not None and _says(body, mark.end, end) else None


def _note_after(body: str, start: int, end: int) -> Bounds | None:
    mark = mark_before(body, end)
    return (start, mark.start) if mark is not None and _says(body, start, mark.start) else None


def _says(body: str, start: int, end: int) -> bool:
    return any(sign.isalnum() for sign in body[start:end])


def _left_mark(body: str, start: int, end: int) -> Bounds | None:
    return (start + 1, end) if body[start] in _LEFT and body[start] not in _PAIRS else None


def _right_mark(body: str, start: int, end: int) -> Bounds | None:
    return (start, end - 1) if body[end - 1] in _RIGHT else None


def _last_stop(body: str, start: int, end: int) -> Bounds | None:
    return (start, end - 1) if body[end - 1] == "." and not _abbreviates(body[start:end]) else None


def _abbreviates(text: str) -> bool:
    """Whether a full stop at the end belongs to the last word, as in "U.S." or "P.C.C."."""
    return re.search(r"(?:^|[\s(])(?:[A-Za-z]\.){2,}$", text) is not None


def _unclosed(body: str, start: int, end: int) -> Bounds | None:
    closing = _PAIRS.get(body[start])
    return (start + 1, end) if closing and closing not in body[start + 1 : end] else None


def _unopened(body: str, start: int, end: int) -> Bounds | None:
    opening = [first for first, last in _PAIRS.items() if last == body[end - 1]]
    return (start, end - 1) if opening and not any(mark in body[start : end - 1] for mark in opening) else None


def _enclosed(body: str, start: int, end: int) -> Bounds | None:
    closing = _PAIRS.get(body[start])
    around = closing == body[end - 1] and closing is not None and closing not in body[start + 1 : end - 1]
    return (start + 1, end - 1) if around else None


# --- names that the span cuts

_HONOUR = re.compile(
    r"\b(?:Dame|Sir|Lord|Lady|Baroness|Dr|Prof|Professor|Cllr|Councillor|Judge|Rev|Reverend|Prince|Princess)\.? $"
)
_BOUNDED = re.compile(
    r"\b(?:most|max|maximum|limit|ceiling|cap|capped|top|longest|highest|largest|least|minimum|min|below|under|above|over"
    r"|(?:more|fewer|less|other) than)\b",
    re.IGNORECASE,
)
"""What asks for the most, or the least: its answer is "£500", where the text has "up to £500"."""

_PURPOSE = re.compile(
    r"\b(?:why|purpose|aim(?:s|ed)?|meant to|designed to|intended to|what for|to what ends?)\b", re.IGNORECASE
)
_TO = re.compile(r"(?<!due )(?<!owing )(?<!thanks )\b[Tt]o $")
_MANNER = re.compile(
    r"\bhow\b(?! (?:many|much|long|old|big|large|far|high|often|late|soon|few|tall|deep|wide|fast)\b)", re.IGNORECASE
)
_BY = re.compile(r"\b[Bb]y $")
_DOING = re.compile(r"[a-z]+ing\b")
_DO = re.compile(
    r"(?!(?:the|a|an|this|that|these|those|our|its|their|his|her|all|some|any|it|them|us|you|me)\b)[a-z]+\b(?! to\b)"
)
_OWNER = re.compile(r"\b(?:[Tt]he )?[A-Z][\w.]*(?: [A-Z][\w.]*){0,3}['’]s $")
_LETTER = re.compile(r"(?:[A-HJ-Z]|[IVX]{2,4})(?![\w’'.-])")
_NAME_BEFORE = re.compile(r"(?<![\w’'])(?:[A-Z][’'])?[A-Z][a-z]+ $")
_ACT = re.compile(r"\b(?:Act|Regulations|Order|Bill)(?: [12][0-9]{3})?$")
_OF_AN_ACT = re.compile(
    r"(?:(?!(?:The|A|An|Under|In|By|Section|Part|Schedule)\b)[A-Z][\w’'-]*,? (?:(?:and|of|for|to|in) )?){1,6}$"
)


_ASIDE = re.compile(
    r", (?:which|who|whom|whose|when|where|known|called|nicknamed|dubbed"
    r"|must|will|would|is|are|was|were|has|have|had)\b"
    r"| and [a-z]+ed by\b"
)
_HANGING = re.compile(
    r"(?:^|[\s(])(?:a|an|the|this|that|these|those|who|which|what|if|when|where|of|to|for|in|on|at|by|with|and|or|but|as|than)$",
    re.IGNORECASE,
)
"""The end of words that cannot stand alone, because something was put in after them: "those who, when asked, ..."."""


_SURNAME = re.compile(r" (?:May|March|June|April|August)\b(?!,? [0-9])")
_FIRST_NAME = re.compile(r"(?<![\w’'])(?!(?:In|On|By|To|Of|The|Early|Late|Last|Since|Until|From)\b)[A-Z][a-zé’'-]+$")


def _aside(answer: Answer) -> Answer | None:
    """What is only added about the answer, or said of it, is no part of it: "the Hub, which opened in May".

    Of 7,862 answers of our training questions two have such words inside, besides two that say what a thing is.
    """
    if answer.definition:
        return None
    added = _ASIDE.search(answer.body, answer.start, answer.end)
    if added is None or _HANGING.search(answer.body[answer.start : added.start()]):
        return None
    return replace(answer, end=added.start()) if _says(answer.body, answer.start, added.start()) else None


def _surname(answer: Answer) -> Answer | None:
    """A month after a first name is a surname: "Theresa May"."""
    month = _SURNAME.match(answer.body, answer.end)
    first = _FIRST_NAME.search(answer.body, answer.start, answer.end) if month else None
    return replace(answer, end=month.end()) if month and first else None


def _honour(answer: Answer) -> Answer | None:
    """Titles are part of a name, as an office ("Minister") is not.

    In the answers of our training questions 78 of 79 doctors and professors have theirs, or may; of ranks before a
    name 34 must be there and 24 must not, and on the development questions five answers are lost with them.
    """
    title = answer.before(_HONOUR, _TITLE_WITHIN) if answer.body[answer.start].isupper() else None
    return replace(answer, start=title.start()) if title else None


def _purpose(answer: Answer) -> Answer | None:
    """What a thing is for is said with "to": in 13 of 18 such answers of our training questions."""
    asks = _PURPOSE.search(answer.question) and _DO.match(answer.body, answer.start, answer.end)
    to = answer.before(_TO, _WORD_WITHIN) if asks else None
    return replace(answer, start=to.start()) if to else None


def _means(answer: Answer) -> Answer | None:
    """How a thing is done is said with "by": in all eight such answers of our training questions."""
    asks = _MANNER.search(answer.question) and _DOING.match(answer.body, answer.start, answer.end)
    by = answer.before(_BY, _WORD_WITHIN) if asks else None
    return replace(answer, start=by.start()) if by else None


def _last_letter(answer: Answer) -> Answer | None:
    """A letter or numeral after a name is its end: "Class C", "Grade II", "John F Kennedy"."""
    name = answer.before(_NAME_BEFORE, _WORD_WITHIN) if _LETTER.match(answer.body, answer.start) else None
    return replace(answer, start=name.start()) if name else None


def _act(answer: Answer) -> Answer | None:
    """Words before the end of an Act's name belong to it: "Protection of", "Crime and"."""
    body, start = answer.body, answer.start
    is_act = body[start].isupper() and _ACT.search(body[start : answer.end])
    name = answer.before(_OF_AN_ACT, _ACT_WITHIN) if is_act else None
    return replace(answer, start=name.start()) if name else None


def _owner(answer: Answer) -> Answer | None:
    """For "What is Prevent?" the owner is included: "the UK’s programme which ..."."""
    owner = answer.before(_OWNER, _OWNER_WITHIN) if answer.definition else None
    return replace(answer, start=owner.start()) if owner else None


def _nought(answer: Answer) -> Answer | None:
    """ "No" alone says less than its words: "No arrests"."""
    things = things_after(answer.body, Span(answer.start, answer.end))
    return replace(answer, end=things.end) if things else None


# --- figures

_MEANT: Final = frozenset({"more than", "at least", "up to", "nearly", "around", "fewer than"})
_BOUNDS: Final = _MEANT - {"nearly", "around"}
_CLAUSE_END = re.compile(r"[.;:!?\n](?!\d)")
_COMPOUND = re.compile(r"\s+(?:(?:and|to|or)\s+)?")
_COUNTED = re.compile(r"\s+(?:of\s+)?[^\W\d_][\w’'-]*(?:\s+[^\W\d_][\w’'-]*){0,5}")


def _counted(body: str, start: int, end: int, number: Span) -> int | None:
    """The answer to a question for a figure leaves out the words for what is counted."""
    mark = mark_at(body, number.end)
    after = mark.end if mark else number.end
    return number.end if start <= number.start and _COUNTED.fullmatch(body[after:end]) else None


def _compound(body: str, first: Span, second: Span) -> bool:
    """Whether two figures are one answer: "one year and two months", "6 months to 2 years"."""
    return _COMPOUND.fullmatch(body, first.end, second.start) is not None


@dataclass(frozen=True, slots=True)
class EndRules:
    """The rules by which an answer begins and ends.

    ``words`` says whether two characters belong to one word, and ``stops`` that the end of an answer grows no further.
    ``trims`` take marks away until none of them applies. Each of ``names`` may begin the answer earlier, or end it
    elsewhere. ``figures`` say where the answer to a question for a figure ends, and ``compounds`` that two figures are
    one answer.
    """

    words: Chain[[str, int], Verdict]
    stops: Chain[[str, int], bool]
    trims: Chain[[str, int, int], Bounds]
    names: Steps[Answer]
    figures: Chain[[str, int, int, Span], int]
    compounds: Chain[[str, Span, Span], bool]


_ANY_READER: Final = "safety: the spans of another reader may begin and end anywhere"

ENDS: Final = EndRules(
    words=Chain(
        "word",
        (
            Rule("capital after", "Who? Ask the«NHS» now.", _capital_after),
            Rule("word after", "Who? The «UKHSA»said so.", _word_after),
            Rule("grouped", "What is it? Use code 12 «345» 678 now.", _grouped, _ANY_READER),
            Rule("letters", "What is it? The C«rime and Pol»icing Bill.", _letters, _ANY_READER),
            Rule("combined", "What is it? It is 👋«🏽» now.", _combined, _ANY_READER),
            Rule("number", "When? It starts at «10»:30 on Monday.", _number, _ANY_READER),
            Rule("apostrophe", "What is it? They «don»’t know.", _apostrophe, _ANY_READER),
            Rule("full stop", "What is it? Ask the U.«S» embassy.", _full_stop, _ANY_READER),
        ),
    ),
    stops=Chain(
        "word end", (Rule("possessive", "Whose plan? The «Home Secretary»’s plan.", _possessive, _ANY_READER),)
    ),
    trims=Chain(
        "trim",
        (
            Rule("note before", "How many? In all«³ visits» came.", _note_before, _ANY_READER),
            Rule("note after", "How many? It met «4,812[4]» in all.", _note_after, _ANY_READER),
            Rule("left mark", "What is it? First«, Dover» then Kent.", _left_mark, _ANY_READER),
            Rule("right mark", "What is it? First «Dover;» then Kent.", _right_mark, _ANY_READER),
            Rule("last stop", "What is it? It ended in «Dover.»", _last_stop, _ANY_READER),
            Rule("unclosed", "What is it? She said «“it is Dover» and” left.", _unclosed, _ANY_READER),
            Rule("unopened", "What is it? It is “so «it is”» he said.", _unopened, _ANY_READER),
            Rule("enclosed", "What is it? It was «“so”» he said.", _enclosed, _ANY_READER),
        ),
    ),
    names=Steps(
        "name",
        (
            Rule("aside", "Where? Ask at «the Hub, which opened» in May.", _aside),
            Rule("surname", "Who? She met Anna «Theresa» May there.", _surname),
            Rule("honour", "Who? She met Dame «Louise Casey» there.", _honour),
            Rule("purpose", "Why? They did it to «win the race».", _purpose),
            Rule("means", "How? They won by «leaving early».", _means),
            Rule("last letter", "What is it? It is a Class «C drug» now.", _last_letter),
            Rule("Act", "Under what? The Crime and «Courts Act 2013» it is.", _act),
            Rule("nought", "How many? There will be «no» arrests then.", _nought),
            Rule("owner", "What is Airwave? Airwave, the Home Office’s «network», ends.", _owner),
        ),
    ),
    figures=Chain(
        "figure end", (Rule("counted", "How many? In all «2,580 foreign criminals» left.", _counted, _ANY_READER),)
    ),
    compounds=Chain("compound", (Rule("compound", "How long? It took «6 months to 2 years» then.", _compound),)),
)


def tidy(asked: Asked, body: str, span: Span, within: Span, numbers: Sequence[Span], *, rules: EndRules = ENDS) -> Span:
    """Return ``span`` of ``body`` without ragged ends; the result lies in ``within`` and is never empty.

    ``numbers`` are those of the figures in ``within``, with their currency, scale word and measure, in their order.

    Words and figures are never cut, but for a possessive "’s": a figure keeps its currency, percent sign, scale word
    and measure, and the answer to a question for a figure leaves out the words for what is counted. Marks at the ends
    go, unless they belong to a pair inside.
    """
    start, end = _whole_words(body, span, within, rules)
    start, end = _trimmed(body, start, end, rules)
    if start >= end:
        start, end = span.start, span.end
    numbers = [_asked_of(asked, body, Span(start, end), within, each) for each in numbers]
    return _whole_figures(body, start, end, numbers, rules, counted=asked.wants_figure)


def _asked_of(asked: Asked, body: str, span: Span, within: Span, number: Span) -> Span:
    """Return the "230" of "none of the 230" if a question asks only for that; otherwise ``number``.

    It does if all its words are around the number, and none of them in what is said of none: "how many were seized?",
    where "none of the 230 seized was genuine".
    """
    whole = whole_of_none(body, number) if number.start < span.end and span.start < number.end else None
    if whole is None or span.start <= number.start:
        return number
    stop = _CLAUSE_END.search(body, number.end, within.end)
    end = stop.start() if stop else within.end
    said = predicate_of_none(body, number, end)
    if said is None:
        return number
    asks = set(asked.stems) - NEUTRAL
    around = {*stems(body[within.start : said.start]), *stems(body[said.end : within.end])}
    return whole if asks and asks <= around and not asks & set(stems(said.of(body))) else number


def completed(
    asked: Asked, body: str, span: Span, within: Span, figures: Sequence[Figure], *, rules: EndRules = ENDS
) -> Span:
    """Return a tidy answer with what belongs to it and without what does not, whatever a reader chose, in ``within``.

    What is added about it after a comma goes. Honours ("Dame"), Acts and names ending in a letter ("Class C") are
    whole, "no" has what there was none of, and for "What is Prevent?" the owner is included ("the UK’s programme
    ..."). A number has the words before it that say how exactly it is meant, "nearly 38,000": without them it would
    say more than the release does. (Writers of questions differ: of our training answers whose text has such words,
    538 are accepted with and without them, 89 only with, and 149 only without.) It comes after scoring, since a
    reader's scores are of the words that it chose.
    """
    named = rules.names(Answer(body, span.start, span.end, within.start, asked.wants_definition, asked.text))
    start, end = named.start, min(named.end, within.end)
    for figure in figures:
        meant = figure.qualifier in _MEANT and not (figure.qualifier in _BOUNDS and _BOUNDED.search(asked.text))
        some = body[figure.span.start : figure.number.start].casefold().startswith("some")  # says next to nothing
        if figure.number.start == start and meant and not some and within.start <= figure.span.start:
            return Span(figure.span.start, end)
    return Span(start, end)


def apart(asked: Asked, body: str, span: Span, numbers: Sequence[Span], *, rules: EndRules = ENDS) -> list[Span]:
    """Return the numbers in a span that runs across several, if the question asks for one; otherwise an empty list.

    Start and end are scored apart, so each may fall on another figure ("204, 68"). Of 1,707 answers to such questions
    in our train and dev parts, three hold two figures, all of them a compound or a range.
    """
    if not asked.wants_figure:
        return []
    found = [each for each in numbers if span.start <= each.start and each.end <= span.end]
    return [] if all(rules.compounds(body, a, b) for a, b in itertools.pairwise(found)) else found


def _whole_words(body: str, span: Span, within: Span, rules: EndRules) -> Bounds:
    start, end = span.start, span.end
    while start > within.start and rules.words(body, start) == "joined":
        start -= 1
    while end < within.end and rules.words(body, end) == "joined" and not rules.stops(body, end):
        end += 1
    return start, end


def _trimmed(body: str, start: int, end: int, rules: EndRules) -> Bounds:
    while start < end and (trimmed := rules.trims(body, start, end)) is not None:
        start, end = trimmed
    return start, end


def _whole_figures(body: str, start: int, end: int, numbers: Sequence[Span], rules: EndRules, *, counted: bool) -> Span:
    """Give an answer the whole of each figure that it cuts; ``counted`` says that the question asks for a figure."""
    for number in numbers:
        if number.start < end and start < number.end:
            start, end = min(start, number.start), max(end, number.end)
            stop = rules.figures(body, start, end, number) if counted else None
            end = end if stop is None else stop
    return Span(start, end)
