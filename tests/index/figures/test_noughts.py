from datetime import date

import pytest

from index.figures.read import figures


def read(body: str) -> list[tuple[str, str, str]]:
    """Return the value and unit, the words, and what is counted, of each figure."""
    return [
        (f"{each.value} {each.unit}".strip(), each.number.of(body), each.counted.of(body) if each.counted else "")
        for each in figures(body, date(2025, 3, 4))
    ]


@pytest.mark.parametrize(
    ("body", "words", "counted"),
    [
        ("None of the 14 vessels met the standard.", "None of the 14", "vessels"),
        ("Not one of the 30 was safe.", "Not one of the 30", ""),
        ("In all, none of those 1 250 homes was flooded.", "none of those 1 250", "homes"),
        ("No fines were issued at Wick.", "No fines", "fines"),
        ("There were no cancellations on Monday.", "no cancellations", "cancellations"),
        ("Police made no arrests.", "no arrests", "arrests"),
        ("No new complaints have been received.", "No new complaints", "new complaints"),
        ("The ferry sailed with no injuries reported.", "no injuries", "injuries"),
        ("The port had no accidents.", "no accidents", "accidents"),
        ("No one was hurt.", "No one", ""),
        ("Some were aboard, and nobody among them needed help.", "nobody", ""),
        ("No one on board was hurt.", "No one", ""),
        ("Nobody died in the fire.", "Nobody", ""),
        ("Not a single ticket was sold.", "Not a single ticket", "ticket"),
        ("Inspectors found zero breaches.", "zero breaches", "breaches"),
        ("None of the vessels was late.", "None of the vessels", "vessels"),
        ("Nobody escaped in the year.", "Nobody", ""),
        ("There was smoke, but no fishing boat was lost.", "no fishing boat", "fishing boat"),
        ("Boats put out. None were lost.", "None", ""),
        ("Boats put out; none of them was lost.", "none of them", ""),
        ("Divers inspected the wall. None reported leaks.", "None", ""),
        ("Divers who saw the wall in May reported no leaks.", "no leaks", "leaks"),
        ("Wasps swarmed. Nobody was stung.", "Nobody", ""),
    ],
)
def test_nought_in_words_is_a_figure(body: str, words: str, counted: str) -> None:
    assert read(body) == [("0", words, counted)]


@pytest.mark.parametrize(
    ("body", "counted"),
    [
        ("Officers made 14 arrests at Wick. In Holm they made none.", "arrests"),
        ("It looked at 14 claims and rejected none.", "claims"),
        ("There were 14 fires in 2022 but none in 2023.", "fires"),
        ("In 2022 there were 14 deaths; in 2023 there were none.", "deaths"),
    ],
)
def test_none_alone_is_none_of_what_was_counted_before(body: str, counted: str) -> None:
    assert [(value, what) for value, _, what in read(body)] == [("14", counted), ("0", counted)]


def test_none_of_an_amount_has_its_unit() -> None:
    assert read("None of the £5 million was spent.")[0][:2] == ("0 GBP", "None of the £5 million")


@pytest.mark.parametrize(
    "body",
    [
        "There are no plans to close it.",
        "It is no longer open, and no less busy.",
        "No details were given.",
        "We want to ensure no one was wrongly charged.",
        "Schools that had no suspensions got a letter.",
        "People with no symptoms were tested.",
        "They had no idea, and no doubt left.",
        "None of this is new, and none of us was there.",
        "The road to net zero means jobs.",
        "No 10 said so.",
        "None was as good as the first.",
        "They are second to none.",
        "They found none of it good.",
        "There are shops but none at hand.",
        "No evidence was found of it, and no effort was spared.",
        "Where there were no trees, they planted some.",
    ],
)
def test_no_is_mostly_no_number(body: str) -> None:
    assert not [each for each in read(body) if each[0].startswith("0")]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("They grew 934 000 tonnes worth £1 064 million.", ["934 000 tonnes", "£1 064 million"]),
        ("They grew 934\u00a0000 tonnes worth £1\u202f064 million.", ["934\u00a0000 tonnes", "£1\u202f064 million"]),
        ("There were 10 250 000 visits in 2023 and 12 345.5 more.", ["10 250 000", "12 345.5"]),
        ("In 2023 450 people and in 2024 12 500 people left.", ["450", "12 500"]),
        ("Between 12 000 and 15 000 homes were built.", ["12 000 and 15 000"]),
        ("One in 10 000 people had it, 4.5 per 100 000 people.", ["One in 10 000", "4.5 per 100 000"]),
        ("Use code 12 345 678 now, or ring 0300 123 123.", []),
        ("The codes are 12 345 678, 23 456 789 and 34 567 890.", []),
        ("In week 12 345 tonnes came by 5 400-seat ferries.", ["345 tonnes"]),
        ("It cost 1 234,5 in all.", []),
        ("Fees rise by 25 basis points, or 30bps.", ["25 basis points", "30bps"]),
        ("In all 4,812³ visits to 300 m² of land.", ["4,812", "300 m²"]),
        ("They sent 967[4] letters and made 58[^5] visits.\n\n4. Provisional.\n\n[^5]: For 2023.", ["967", "58"]),
    ],
)
def test_numbers_are_whole_and_marks_are_none(body: str, expected: list[str]) -> None:
    assert [words for _, words, _ in read(body)] == expected


def test_a_mark_does_not_hide_what_is_counted() -> None:
    assert read("They sent 967[4] letters and made 58[^b] visits² in all.") == [
        ("967", "967", "letters"),
        ("58", "58", "visits"),
    ]
    body = "It rose 12%.² They met 45† boats.[12]"
    assert [each.sentence.of(body) for each in figures(body, date(2025, 3, 4))] == [
        "It rose 12%.²",
        "They met 45† boats.[12]",
    ]
