"""Plans: what will or may be done is no answer to a question about what was done."""

import re
from collections import deque
from typing import Final

from index.text.terms import stems
from index.text.verbs import PAST, based, word_stems
from qa.figures.statements import Statement
from qa.question import Asked
from qa.reading.lists import lists_in

_ASKS_WHAT_WAS = re.compile(
    r"\b(?:was|were|been|have|has|had|got|did|(?P<by_now>so\sfar|to\sdate|already))\b", re.IGNORECASE
)
_ASKS_FOR_A_PLAN = frozenset(
    stems("plan promise pledge announce propose expect target aim intend commit agree order allocate earmark approve")
)
_MODAL: Final = (
    r"\b(?:will|shall|would|may|might|could|can|should|(?:due|set|plan(?:s|ned|ning)?|aim(?:s|ing)?|intends?|hop(?:es?|ing)"
    r"|expect(?:s|ed)|pledged|promised|committed|agreed|wants?|going|about)\sto)\s(?:not\s)?(?:also\s|then\s|soon\s)?"
    r"(?:be\s|have\s)?(?P<verb>[a-z]+)"
)
_PLANNED = re.compile(_MODAL)
_PLANNED_AFTER = re.compile(rf"[^.,;:()]{{0,60}}?{_MODAL}")
"""The same after a figure that is what will be dealt with: "450 farms may be visited"."""

_OTHER_CLAUSE = re.compile(r"[;:,]\s(?:and|but|while)\b")
_PARTICIPLE = re.compile(r"\b[a-z]+ing\b")
"""What comes with what is planned: "will fund a next phase, vaccinating 15 million children"."""

_HELPED_TO = re.compile(r"\b(?:helped|enabled|allowed|managed|able)\s(?:[a-z]+\s){0,3}?to\s(?P<verb>[a-z]+)")
"""What a question asks about was helped: "has aid helped to vaccinate"."""


def is_plan(asked: Asked, statement: Statement) -> bool:
    """Return True if the question asks what was done, and the statement says that it will or may be done."""
    asks = _ASKS_WHAT_WAS.search(asked.text)
    if asks is None or _ASKS_FOR_A_PLAN & set(asked.stems):
        return False
    # In a search box the verb may come first: "trees planted so far".
    words = re.findall(r"[a-z]+", asked.text[0 if asks["by_now"] else asks.end() :].lower())
    done = word_stems(" ".join(word for word in words if word in PAST or word.endswith("ed")))
    if asks.group().lower() == "did":
        done |= based(asked.stems)
    if helped := _HELPED_TO.search(asked.text, asks.end()):
        done |= word_stems(helped["verb"])
    body, sentence, figure = statement.release.body, statement.figure.sentence, statement.figure.span
    before = next(iter(deque(_PLANNED.finditer(body, sentence.start, figure.start), maxlen=1)), None)
    if before is not None and _OTHER_CLAUSE.search(body, before.end(), figure.start):
        before = None
    planned = before or _PLANNED_AFTER.match(body, figure.end, sentence.end) or _planned_in_list(statement)
    if planned is None:
        return False
    verbs = [planned["verb"], *(_PARTICIPLE.findall(body, before.end(), figure.start) if before else ())]
    return bool(done & word_stems(" ".join(verbs)))


def _planned_in_list(statement: Statement) -> re.Match[str] | None:
    """Return what the lead of a list says will be done of an item: "The council will also: plant 1,200 trees"."""
    body, figure = statement.release.body, statement.figure.span
    for each in lists_in(body):
        item = next((one for one in each.items if one.holds(figure)), None) if each.span.holds(figure) else None
        if item is not None and each.lead is not None:
            said = f"{each.lead.of(body).rstrip(' :')} {body[item.start : figure.start]}"
            return next(iter(deque(_PLANNED.finditer(said), maxlen=1)), None)
    return None


def speaks_of_plans(statement: Statement) -> bool:
    """Return True if the sentence of a statement says what will or may be done."""
    figure = statement.figure
    return _PLANNED.search(statement.release.body, figure.sentence.start, figure.sentence.end) is not None
