from datetime import date

import pytest

from index.figures.qualifiers import QUALIFIERS, QUALIFYING, Phrase
from index.figures.quantities import QUANTITIES, quantities
from index.figures.read import GRAMMAR, figures
from index.figures.rules import families, rows, watched, without
from index.figures.units import UNITS, Unit

PUBLISHED = date(2024, 12, 16)  # a Monday
RULES = rows(GRAMMAR)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_decides_its_example(rule: str) -> None:
    example = RULES[rule].example
    assert example
    decided: list[str] = []
    read = figures(example, PUBLISHED, grammar=watched(GRAMMAR, decided.append))
    assert rule in decided
    assert read == figures(example, PUBLISHED)
    assert read != figures(example, PUBLISHED, grammar=without(GRAMMAR, rule))


def test_every_rule_has_an_id_of_its_own() -> None:
    titles = [family.title for family in families(GRAMMAR)]
    assert len(set(titles)) == len(titles)
    assert len(RULES) == sum(len(family.rows) for family in families(GRAMMAR))


def test_without_takes_away_one_rule() -> None:
    for rule in RULES:
        assert set(RULES) - set(rows(without(GRAMMAR, rule))) == {rule}


KEEPS = {"no start.numbered"} | {
    f"no count.{name}" for name in ("qualified", "one thing", "elided", "paired", "stood at")
}
EXCLUDES = ("no numeral", "no amount", "no start", "no measure", "no number", "no count")


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.startswith(EXCLUDES) and rule not in KEEPS])
def test_an_example_of_what_is_no_figure_is_left_out(rule: str) -> None:
    example = RULES[rule].example
    assert len(quantities(example)) < len(quantities(example, without(QUANTITIES, rule)))


def test_every_phrase_before_a_number_is_read_as_its_qualifier() -> None:
    for phrase in QUALIFYING.phrases.rows:
        assert isinstance(phrase, Phrase)
        (found,) = quantities(phrase.example)
        assert (found.qualifier, found.text) == (phrase.qualifier, f"{phrase.name} 500")
        assert phrase.qualifier in QUALIFIERS


def test_every_unit_is_read_in_each_spelling() -> None:
    for unit in UNITS.words.rows:
        assert isinstance(unit, Unit)
        for spelling in [*unit.words.split(), *unit.signs.split()]:
            (found,) = quantities(f"They took 30 {spelling} of it.")
            assert (found.value, found.unit) == (30 * unit.many, unit.carried)
