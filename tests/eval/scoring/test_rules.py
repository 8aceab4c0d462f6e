from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from eval.metrics.figures import FigureLabel
from eval.scoring.figures import Read, read_figures
from eval.scoring.rules import Earned, by_rule
from eval.sets.figure_labels import read_labels
from index.figures.read import GRAMMAR, figures
from index.figures.rules import rows
from index.types import Release, Span

DATA = Path(__file__).parents[3] / "eval" / "data"
CORPUS = DATA.parents[1].parent / "shared" / "corpus"


def label(span: tuple[int, int], value: int, counted: tuple[int, int]) -> FigureLabel:
    return FigureLabel(Span(*span), Decimal(value), None, "", "exactly", Span(*counted), None, None)


def earned(body: str, labels: Sequence[FigureLabel]) -> dict[str, Earned]:
    release = Release("one", "One", body, "Home Office", date(2024, 12, 16))
    read = Read(release, tuple(labels), tuple(figures(body, release.published)))
    return {each.rule: each for each in by_rule([read])}


def test_a_rule_is_right_where_figures_are_read_better_with_it_and_wrong_where_worse() -> None:
    body = "In section 5 of it 40 boats came."
    labelled = [label((19, 21), 40, (22, 27))]
    rule = earned(body, labelled)["no count.label"]
    assert (rule.fires, rule.right, rule.wrong, rule.neither) == (1, 1, 0, 0)
    rule = earned(body, [*labelled, label((11, 12), 5, (3, 10))])["no count.label"]
    assert (rule.fires, rule.right, rule.wrong, rule.neither) == (1, 0, 1, 0)


def test_rules_are_listed_in_order_and_those_that_are_silent_earn_nothing() -> None:
    found = earned("In section 5 of it 40 boats came.", [])
    assert list(found) == list(rows(GRAMMAR))
    silent = found["unit.kg"]
    assert (silent.fires, silent.right, silent.wrong, silent.neither) == (0, 0, 0, 0)


@pytest.mark.shared
def test_every_rule_earns_its_place_on_the_development_releases_or_says_why_it_is_kept() -> None:
    if not CORPUS.is_dir():
        pytest.skip("needs the real releases: ../shared/corpus is absent")
    labels = read_labels([DATA / "figure-labels-govuk.jsonl", DATA / "figure-labels-home-office.jsonl"], "dev")
    corpora = [CORPUS / "govuk-news-dev.jsonl", CORPUS / "home-office-tag-page.txt", DATA / "home-office-summaries.txt"]
    found = by_rule(read_figures(labels, corpora))
    assert [each.rule for each in found if each.right <= each.wrong and not each.kept] == []
