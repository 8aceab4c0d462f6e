"""What belongs to an answer although a reader need not choose it, and what a reader may choose that does not.

A name is whole, a number keeps the words that say how exactly it is meant, and what is only added after a comma goes.
It comes after scoring, since a reader's scores are of the words that it chose.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from index.figures.rules import Rule, Steps
from index.figures.zeros import things_after
from index.types import Figure, Span
from qa.question import Asked

_WORD_WITHIN: Final = 24
"""How many characters before an answer are searched for the word that ends there: longer than nearly all words."""

_TITLE_WITHIN: Final = 12
"""How many characters before an answer are searched for a title; the longest is "Councillor "."""

_OWNER_WITHIN: Final = 48
"""How many characters before an answer are searched for its owner: an article, four words and "’s"."""

_ACT_WITHIN: Final = 80
"""How many characters before an answer are searched for the rest of an Act's name: six long words."""


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

    @property
    def text(self) -> str:
        """The words of the answer."""
        return self.body[self.start : self.end]

    def before(self, pattern: re.Pattern[str], within: int) -> re.Match[str] | None:
        """Find a pattern that ends right before the answer."""
        return pattern.search(self.body, max(self.floor, self.start - within), self.start)


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


_SMALLER: Final = r"(?:months?|weeks?|days?|hours?|minutes?|seconds?)"
_LENGTH_END = re.compile(r"\b(?:years?|months?|weeks?|days?|hours?|minutes?)$")
_REST_OF_LENGTH = re.compile(
    rf" and (?:a half|(?:[0-9]{{1,2}}|a|one|two|three|four|five|six|seven|eight|nine|ten|eleven) {_SMALLER})\b"
)
_BETWEEN = re.compile(r"\b(?:between|both) $", re.IGNORECASE)
_BODY_END = re.compile(
    r"\b(?:Council|Trust|Agency|Board|Commission|Committee|Authority|Office|Service|Society|Foundation|Association"
    r"|Institute|Inspectorate|Constabulary|University|College|Hospital|Museum|Union|Federation|Partnership|Fund|Party)$"
)
_NO_NAME: Final = (
    r"(?!(?:The|A|An|In|At|On|By|For|From|To|Of|But|And|When|While|As|If|This|That|Its?|Our|Their|Last|Next|Today|Both|Now"
    r"|Mr|Mrs|Ms|Dr|Sir|Dame|Lord|Lady|US|UK|EU|UN|Right|Honourable|Commons)\b)"
)
_BODY_BEFORE = re.compile(rf"(?:(?<![\w’'.]){_NO_NAME}[A-Z][\w’'-]*(?<![’']s) )+$")


def _length(answer: Answer) -> Answer | None:
    """A length of time has all its parts: "five years and four months"."""
    whole = _LENGTH_END.search(answer.body, answer.start, answer.end) and not answer.before(_BETWEEN, _WORD_WITHIN)
    rest = _REST_OF_LENGTH.match(answer.body, answer.end) if whole else None
    return replace(answer, end=rest.end()) if rest else None


def _body(answer: Answer) -> Answer | None:
    """The name of a body begins with its first name: "Carrow Haven Town Council"."""
    body, start = answer.body, answer.start
    is_body = body[start].isupper() and _BODY_END.search(body[start : answer.end]) and " of " not in answer.text
    name = answer.before(_BODY_BEFORE, _OWNER_WITHIN) if is_body else None
    return replace(answer, start=name.start()) if name else None


def _aside(answer: Answer) -> Answer | None:
    """What is only added about the answer, or said of it, is no part of it: "the Hub, which opened in May".

    Of 7,862 answers of our training questions two have such words inside, besides two that say what a thing is.
    """
    if answer.definition:
        return None
    added = _ASIDE.search(answer.body, answer.start, answer.end)
    if added is None or _HANGING.search(answer.body[answer.start : added.start()]):
        return None
    says = any(sign.isalnum() for sign in answer.body[answer.start : added.start()])
    return replace(answer, end=added.start()) if says else None


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


_MEANT: Final = frozenset({"more than", "at least", "up to", "nearly", "around", "fewer than"})
_BOUNDS: Final = _MEANT - {"nearly", "around"}

COMPLETIONS: Final = Steps(
    "name",
    (
        Rule("aside", "Where? Ask at «the Hub, which opened» in May.", _aside),
        Rule("surname", "Who? She met Anna «Theresa» May there.", _surname),
        Rule("length", "How long? They got «five years» and four months.", _length),
        Rule("body", "Who gave it? Carrow Haven «Town Council» gave it.", _body),
        Rule("honour", "Who? She met Dame «Louise Casey» there.", _honour),
        Rule("purpose", "Why? They did it to «win the race».", _purpose),
        Rule("means", "How? They won by «leaving early».", _means),
        Rule("last letter", "What is it? It is a Class «C drug» now.", _last_letter),
        Rule("Act", "Under what? The Crime and «Courts Act 2013» it is.", _act),
        Rule("nought", "How many? There will be «no» arrests then.", _nought),
        Rule("owner", "What is Airwave? Airwave, the Home Office’s «network», ends.", _owner),
    ),
)
"""What may begin an answer earlier, or end it elsewhere, in this order."""


def completed(
    asked: Asked, body: str, span: Span, within: Span, figures: Sequence[Figure], *, rules: Steps[Answer] = COMPLETIONS
) -> Span:
    """Return a tidy answer with what belongs to it and without what does not, whatever a reader chose, in ``within``.

    What is added about it after a comma goes. Honours ("Dame"), Acts and names ending in a letter ("Class C") are
    whole, "no" has what there was none of, and for "What is Prevent?" the owner is included ("the UK’s programme
    ..."). A number has the words before it that say how exactly it is meant, "nearly 38,000": without them it would
    say more than the release does. (Writers of questions differ: of our training answers whose text has such words,
    538 are accepted with and without them, 89 only with, and 149 only without.)
    """
    named = rules(Answer(body, span.start, span.end, within.start, asked.wants_definition, asked.text))
    start, end = named.start, min(named.end, within.end)
    for figure in figures:
        meant = figure.qualifier in _MEANT and not (figure.qualifier in _BOUNDS and _BOUNDED.search(asked.text))
        some = body[figure.span.start : figure.number.start].casefold().startswith("some")  # says next to nothing
        if figure.number.start == start and meant and not some and within.start <= figure.span.start:
            return Span(figure.span.start, end)
    return Span(start, end)
