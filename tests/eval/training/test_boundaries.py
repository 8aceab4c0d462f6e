from eval.training.boundaries import ReadAnswer, earned
from index.types import Span
from qa.question import understand


def test_a_rule_earns_the_answers_that_are_better_with_it() -> None:
    body = "She met Dame Louise Casey there."
    read = [
        ReadAnswer(understand("Who?"), body, Span(13, 25), (), ("Dame Louise Casey",)),
        ReadAnswer(understand("Who?"), body, Span(13, 25), (), ("Louise Casey",)),
        ReadAnswer(understand("Who?"), body, Span(4, 7), (), ("met",)),
    ]
    assert earned(read)["name.honour"] == (2, 1, 1)
    assert earned(read)["name.owner"] == (0, 0, 0)
