"""Which answers are about the opposite of what a question asks, and which only look so."""

import pytest

from qa.opposites import asked_change, asked_side, is_former, is_of_opposite, is_of_other_side


@pytest.mark.parametrize(
    ("question", "sentence", "around"),
    [
        ("how many people were killed in the Stourby fire", "Nine people were injured.", "Fire at Stourby market"),
        ("How many women joined the Fennick crew?", "Forty men joined it in May.", "The Fennick crew"),
        ("What did Orrin's exports come to?", "Imports of Orrin came to £4 million.", "Trade of Orrin"),
        ("number convicted of wool fraud", "Eleven were charged with wool fraud.", "Wool fraud"),
        ("What share of Scottish pupils walk to school?", "Of pupils in England 41% walk to school.", "Walking"),
        ("What does the new press cost?", "The new press saves £3,000 a month.", "A press for Stourby"),
    ],
)
def test_a_sentence_of_the_opposite_answers_nothing(question: str, sentence: str, around: str) -> None:
    assert is_of_opposite(question, sentence, f"{around}\n{sentence}")


@pytest.mark.parametrize(
    ("question", "sentence", "around"),
    [
        ("how many were killed", "Of 12 people nine were injured.", "Three deaths at Stourby"),  # the passage has both
        ("how many were killed or injured", "Nine people were injured.", "Fire"),  # the question has both
        ("how many were killed", "Nine people lost their lives, and four were injured.", "Fire"),  # in other words
        ("How many grown-ups swim?", "Of adults 41 swim, of children 80.", "Swimming"),
        ("How long can a thief be jailed?", "Anyone caught faces 4 years in prison.", "Theft"),  # in other words, too
        ("Who runs the public library?", "The Trust runs it.", "Library"),  # no word of either
    ],
)
def test_a_sentence_that_may_be_of_it_stays(question: str, sentence: str, around: str) -> None:
    assert not is_of_opposite(question, sentence, f"{around}\n{sentence}")


@pytest.mark.parametrize(
    ("question", "sentence", "date"),
    [
        ("When is the closing date for applications?", "Applications will open on 3 May 2031.", "3 May 2031"),
        ("ferry grant deadline", "The grant scheme started in 2031.", "2031"),
        ("When do the new fares start?", "The old ones are valid until 30 June.", "30 June"),
        ("When did Ms Roe's term run out?", "Ms Roe was appointed in March 2029.", "March 2029"),
    ],
)
def test_the_other_end_of_a_thing_is_not_when_it_ends_or_begins(question: str, sentence: str, date: str) -> None:
    assert is_of_other_side(question, sentence, date)


@pytest.mark.parametrize(
    ("question", "sentence", "date"),
    [
        ("When did the consultation close?", "The consultation ran from 3 May to 9 June 2031.", "9 June 2031"),
        ("When does the bridge open again?", "The bridge is closed until 30 June.", "30 June"),
        ("When does the scheme close?", "The scheme, launched in May, closes on 9 June.", "9 June"),
        ("deadline for comments", "Comments are welcome, now that it is launched, by 9 June.", "9 June"),
        ("When did the scheme that began in May end?", "It was launched on 3 May.", "3 May"),  # both are asked about
        ("When will the lock open?", "It will be in place by the end of June.", "the end of June"),
        ("Who opened the bridge?", "The bridge stays until June.", "June"),  # no date is asked for
        ("When did the fair end?", "The fair began with a parade.", "a parade"),  # no date answers
    ],
)
def test_a_date_that_may_be_of_the_end_asked_for_stays(question: str, sentence: str, date: str) -> None:
    assert not is_of_other_side(question, sentence, date)


@pytest.mark.parametrize(
    ("question", "side"),
    [
        ("When does the scheme start?", "start"),
        ("date the fair opened", "start"),
        ("Until when is the lock shut?", "end"),
        ("When will the end of year figures come?", None),
        ("How much is the opening balance?", None),
    ],
)
def test_which_end_a_question_asks_about(question: str, side: str | None) -> None:
    assert asked_side(question) == side


@pytest.mark.parametrize(
    ("question", "sentence", "name", "expected"),
    [
        ("Who took over from Ivo Pell at the port?", "She takes over from the port's chair Ann Roe.", "Ann Roe", True),
        ("who will succeed Pell", "Ann Roe succeeds Ivo Pell as chair of the port.", "Ivo Pell", True),
        ("who will succeed Pell", "Ann Roe succeeds Ivo Pell as chair of the port.", "Ann Roe", False),
        ("Who replaced Ivo Pell?", "Ivo Pell was replaced by Ann Roe.", "Ann Roe", False),
        ("Who replaced Ivo Pell?", "Replacing Ivo Pell, Ann Roe takes office in May.", "Ann Roe", False),
        ("Who did Ann Roe replace?", "Ann Roe replaces Ivo Pell.", "Ivo Pell", False),
        ("Who was Ann Roe replaced by?", "Ann Roe replaced Ivo Pell.", "Ivo Pell", False),
        ("Who is she taking over from?", "She takes over from Ivo Pell.", "Ivo Pell", False),
        ("Who chairs the port?", "She takes over from Ivo Pell.", "Ivo Pell", False),
    ],
)
def test_the_one_who_was_followed_did_not_follow(question: str, sentence: str, name: str, expected: bool) -> None:
    assert is_former(question, sentence, name) is expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("By how much did thefts fall?", "down"),
        ("what percent rise in thefts", "up"),
        ("How many thefts were there?", None),
        ("Did thefts rise or fall?", None),
        ("how much off a grown-up's passport", None),
    ],
)
def test_a_rise_or_a_fall_is_asked_for(question: str, expected: str | None) -> None:
    assert asked_change(question) == expected
