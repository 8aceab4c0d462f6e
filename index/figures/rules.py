"""Rules with names: each can be listed, tried on its own example, and switched off to see what it earns.

A family holds the rules that answer one question, in order of precedence. `pressqa eval figures --by-rule` reads the
labelled releases with and without each rule; the tests do so with its example. Neither costs anything elsewhere: they
read with other families, made from the usual ones by `without` and `watched`.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Generic, ParamSpec, Protocol, Self, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
B = TypeVar("B")
Note = Callable[[str], None]
"""Told the id of a rule each time that the rule decides."""


def unlabelled(right: int, of: int, looked_at: int | None = None) -> str:
    """Return why a rule is kept that changes ``of`` figures of the 601 unlabelled development releases.

    ``right`` is how many of those looked at are read better with it; all were looked at unless ``looked_at`` is given.
    """
    seen = f"{right} of {looked_at} looked at" if looked_at else f"{right}"
    return f"changes {of} figures of 601 unlabelled development releases, {seen} for the better"


class Row(Protocol):
    """What every rule has, whatever it decides."""

    @property
    def name(self) -> str:
        """The rule's name, unique in its family."""
        ...

    @property
    def example(self) -> str:
        """A text that is read differently without the rule."""
        ...

    @property
    def kept(self) -> str:
        """Why the rule stays although the labelled dev releases are read no worse without it; empty if it earns."""
        ...


class Family(ABC):
    """Rules of one kind."""

    title: str
    """The first part of the ids of its rules."""

    @property
    @abstractmethod
    def rows(self) -> tuple[Row, ...]:
        """The rules, in order of precedence."""

    @abstractmethod
    def without(self, name: str) -> Self:
        """Return the family without the rule of that name."""

    @abstractmethod
    def watched(self, note: Note) -> Self:
        """Return a family that decides the same, and tells ``note`` which rule did."""

    def id_of(self, name: str) -> str:
        """Return the id of a rule: "unit.kg"."""
        return f"{self.title}.{name}"


@dataclass(frozen=True, slots=True)
class Rule(Generic[P, T]):
    """A rule that is a function; it returns None or False where it has nothing to say."""

    name: str
    example: str
    decide: Callable[P, T | None]
    kept: str = ""


@dataclass(frozen=True)
class _Functions(Family, Generic[P, T]):
    """Rules that are functions of the same things."""

    title: str
    rules: tuple[Rule[P, T], ...]
    decides: tuple[Callable[P, T | None], ...] = field(init=False, repr=False, compare=False)
    """What each rule decides by: looked up once, as rules are asked of every number."""

    def __post_init__(self) -> None:
        """Look up what each rule decides by."""
        object.__setattr__(self, "decides", tuple(rule.decide for rule in self.rules))

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rules, in order of precedence."""
        return self.rules

    def without(self, name: str) -> Self:
        """Return the family without the rule of that name."""
        return replace(self, rules=tuple(rule for rule in self.rules if rule.name != name))

    def watched(self, note: Note) -> Self:
        """Return a family that decides the same, and tells ``note`` which rule did."""
        return replace(self, rules=tuple(replace(rule, decide=self._telling(rule, note)) for rule in self.rules))

    def _telling(self, rule: Rule[P, T], note: Note) -> Callable[P, T | None]:
        def decide(*args: P.args, **kwargs: P.kwargs) -> T | None:
            outcome = rule.decide(*args, **kwargs)
            if outcome is not None and outcome is not False:
                note(self.id_of(rule.name))
            return outcome

        return decide


class Chain(_Functions[P, T]):
    """Rules in order of precedence: the first one that decides has the last word."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T | None:
        """Return what the first rule says that has something to say, or None."""
        for decide in self.decides:
            outcome = decide(*args, **kwargs)
            if outcome is not None and outcome is not False:
                return outcome
        return None


class Steps(_Functions[[T], T], Generic[T]):
    """Rules that are all applied, each to what the one before it left."""

    def __call__(self, value: T) -> T:
        """Return what the rules make of ``value``."""
        for decide in self.decides:
            outcome = decide(value)
            value = value if outcome is None else outcome
        return value


def families(rules: object) -> Iterator[Family]:
    """Yield the families of a dataclass of families, or of such dataclasses."""
    if isinstance(rules, Family):
        yield rules
    else:
        for _, value in _parts(rules):
            yield from families(value)


def rows(rules: object) -> Mapping[str, Row]:
    """Return every rule by its id, family by family and in order of precedence."""
    return {family.id_of(row.name): row for family in families(rules) for row in family.rows}


def without(rules: B, rule_id: str) -> B:
    """Return the same rules but for the one with that id."""
    title, _, name = rule_id.partition(".")
    changed: B = _each(rules, lambda family: family.without(name) if family.title == title else family)
    return changed


def watched(rules: B, note: Note) -> B:
    """Return rules that decide the same, and tell ``note`` the id of each rule that does."""
    changed: B = _each(rules, lambda family: family.watched(note))
    return changed


def _each(rules: Any, change: Callable[[Family], Family]) -> Any:
    if isinstance(rules, Family):
        return change(rules)
    return replace(rules, **{name: _each(value, change) for name, value in _parts(rules)})


def _parts(rules: Any) -> Iterator[tuple[str, Any]]:
    for part in fields(rules):
        yield part.name, getattr(rules, part.name)
