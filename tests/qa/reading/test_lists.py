import pytest

from qa.reading.lists import lists_in, neighbours, several


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("Which four ports get scanners?", 4),
        ("What are the three tests?", 3),
        ("Name the 12 wards", 12),
        ("Who are the two new judges?", 2),
        ("What are the penalties for fly-tipping?", None),
        ("which towns were chosen", None),
        ("Which police forces took part?", None),
        ("What must breeders do?", None),
        ("What does the grant pay for?", None),
        ("What can councils apply for?", None),
        ("What can residents recycle?", None),
        ("Who can apply to the fund?", None),
        ("What will schools in the trial receive?", None),
        ("What penalties do they face?", None),
        ("Who were the winners?", None),
        ("List all the harbours", None),
        ("What will skippers who moor here be offered?", None),
    ],
)
def test_a_question_asks_for_several_things(question: str, count: int | None) -> None:
    wants = several(question)
    assert wants is not None
    assert wants.count == count


@pytest.mark.parametrize(
    "question",
    [
        "Which port gets a scanner?",
        "What is the plan?",
        "How many ports are there?",
        "Who is the minister?",
        "What are exports worth?",
        "What did she say?",
        "Who will lead it?",
        "Which company runs the ferries?",
        "What share of ports was closed?",
        "When does it open?",
        "What was announced in 2024?",
        "Which two-year plan is it?",
        "Which company owns closed mines?",
        "Which minister backs planned reforms?",
        "Which series was cancelled?",
        "Which 2 per cent of homes lack heating?",
    ],
)
def test_a_question_asks_for_one_thing(question: str) -> None:
    assert several(question) is None


BODY = """Ports were told of it. They get:

• scanners;
• dogs, two each; and
• a boat.

They also get:
1. paint
2. rope

The minister said:

It is a fine day. We are glad.

Owners must:

keep a log

show it to officers

It ends there. Towns on the route are:
Pell
Ness"""


def test_lists_are_found_with_what_introduces_them() -> None:
    found = lists_in(BODY)
    assert [each.lead.of(BODY) if each.lead else None for each in found] == [
        "They get:",
        "They also get:",
        "Owners must:",
        "Towns on the route are:",
    ]
    assert [[item.of(BODY) for item in each.items] for each in found] == [
        ["scanners", "dogs, two each", "a boat"],
        ["paint", "rope"],
        ["keep a log", "show it to officers"],
        ["Pell", "Ness"],
    ]
    assert neighbours(found) == [(found[0], found[1])]


def test_rows_of_a_table_are_no_items() -> None:
    assert lists_in("Wards:\n\n| A | B |\n|---|---|\n| x | 1 |\n| y | 2 |") == ()


def test_runs_of_blanks_and_marks_take_no_more_than_linear_time() -> None:
    for run in (" ", ".", " and", ";  "):
        assert len(lists_in(f"Intro:\n• item{run * 30_000}x\n• two")) == 1
    assert lists_in(f"{'welcomed ' * 30_000}: -\nand one\nand two")
