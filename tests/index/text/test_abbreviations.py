import pytest

from index.text.abbreviations import ABBREVIATIONS
from index.text.sentences import sentences

WORDS = [(kind, word) for kind in ABBREVIATIONS for word in kind.words.split()]


def cut(text: str) -> list[str]:
    return [span.of(text) for span in sentences(text)]


@pytest.mark.parametrize("kind", ABBREVIATIONS, ids=lambda kind: kind.name)
def test_an_example_is_one_sentence(kind) -> None:
    assert cut(f"{kind.example} It rained.") == [kind.example, "It rained."]


@pytest.mark.parametrize(("kind", "word"), WORDS, ids=[f"{kind.name}: {word}" for kind, word in WORDS])
def test_no_abbreviation_ends_a_sentence_before_what_follows_it(kind, word) -> None:
    follower = "7" if kind.follows == "number" else "Poole"
    text = f"They wrote of {word.capitalize()}. {follower} and went on."
    assert cut(text) == [text]


@pytest.mark.parametrize(
    "sentence",
    [
        "Work near jct. 7 of the A38 goes on.",
        "Cllr. Ann Poole met Insp. Tom Ash there.",
        "It ends on 3 Mar. 2025 at noon.",
        "The firm sold it to Yahoo! News in May.",
        "Readers of Which? Magazine agreed.",
        "Ch. Insp. Ash and Det. Con. Roe came.",
        "PC. Roe stopped 12 cars.",
        "Fees excl. VAT rose by 2%.",
        "See vol. 2, para. 14 and fig. 3 of it.",
        "Officers of Notts. County came.",
        "A ship lay off St. Helens nr. Ardley.",
        "The Rt. Hon. The Lord Poole spoke.",
        "A rise of 12%² was seen.",
    ],
)
def test_one_sentence_stays_one(sentence: str) -> None:
    assert cut(f"{sentence} It rained.") == [sentence, "It rained."]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Ask your GP.", "You will get a letter."),
        ("They met the Supt.", "Later he left."),
        ("The house is in King St.", "The minister came."),
        ("It opened in Mar.", "The rest opens in May."),
        ("He joined Yahoo!", "The firm grew."),
        ("They said no.", "20 people left."),
        ("It is a work of art.", "People like it."),
        ("Work is done in Wilts.", "Officers thanked all."),
        ("It fell by 12%.²", "They met."),
        ("It fell by 12%.[4]", "They met."),
        ("It fell by 12%.[^b]", "They met."),
        ("It fell by 12%.†", "They met."),
    ],
)
def test_two_sentences_stay_two(first: str, second: str) -> None:
    assert cut(f"{first} {second}") == [first, second]
