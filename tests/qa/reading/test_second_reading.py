"""The second reading: what is put into one text, where the spans stand in it, and what their scores are there."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from index.types import Hit, Span
from qa.reading.agreement import answer_text
from qa.reading.calibration import SHIPPED_CALIBRATION, Calibration, Weights
from qa.reading.second_reading import excerpts, scores_of
from qa.reading.span_reader import SpanReader
from qa.reading.windows import Text, Window, windows
from qa.types import Candidate

MakeHit = Callable[..., Hit]
Ask = Callable[..., list[Candidate]]
BODY = "Nobody sailed. Then 12 ferries came. It rained. The harbour was full. 15 more waited. Night fell."


def found(hit: Hit, words: str) -> tuple[Hit, Span]:
    start = hit.passage.release.body.index(words)
    return hit, Span(start, start + len(words))


def test_sentences_and_their_neighbours_are_read_again_none_of_them_twice(hit: MakeHit) -> None:
    first, second = hit(1, BODY), hit(2, "A storm of 40 knots. It went by.")
    rivals = [found(second, "40 knots"), found(first, "15"), found(first, "12 ferries"), found(first, "harbour")]
    part = excerpts(rivals)
    assert part.text == Text("", f"A storm of 40 knots. It went by.\n{BODY}\n"), "what touches is one part"
    assert [place.of(part.text.body) for place in part.places] == ["40 knots", "15", "12 ferries", "harbour"]


def test_the_best_ones_part_comes_first(hit: MakeHit) -> None:
    long = hit(1, "Nobody sailed. Then 12 ferries came. " + "It rained. " * 8 + "At night 15 waited. The end.")
    part = excerpts([found(long, "15"), found(long, "12")])
    assert (
        part.text.body == "It rained. At night 15 waited. The end.\nNobody sailed. Then 12 ferries came. It rained.\n"
    )
    begins = [part.text.body[place:].split()[0] for place in part.breaks()]
    assert begins == ["At", "The", "Nobody", "Then", "It"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_every_span_stands_in_the_text_where_it_is_said_to(hit: MakeHit, data: st.DataObject) -> None:
    sentences = st.sampled_from(
        ["One came. ", "👩🏽‍🚀 flew on. ", "• 3 items\n", "Été in Dover. ", "\n\nA line ", "£3.5 billion. "]
    )
    hits = [hit(number, "".join(data.draw(st.lists(sentences, min_size=1, max_size=9))).strip()) for number in range(3)]
    rivals = []
    for _ in range(data.draw(st.integers(1, 6))):
        chosen = data.draw(st.sampled_from(hits))
        start = data.draw(st.integers(0, len(chosen.passage.release.body) - 1))
        end = data.draw(st.integers(start + 1, len(chosen.passage.release.body)))
        rivals.append((chosen, Span(start, end)))
    part = excerpts(rivals)
    for (chosen, span), place in zip(rivals, part.places, strict=True):
        assert place.of(part.text.body) == span.of(chosen.passage.release.body)
        home = part.part_of(place)
        assert home is not None
        assert (home.hit, home.in_body(place)) == (chosen, span)
        beyond = Span(place.start, home.in_text(home.span).end + 1)
        assert part.part_of(beyond) is None, "what reaches beyond its sentences is of no passage"
    assert len(part.text.body) <= sum(len(each.passage.release.body) + 1 for each in hits) + len(rivals)


def test_a_span_that_no_window_holds_whole_has_no_score(tokenizer: Tokenizer) -> None:
    (read,) = windows(tokenizer, "How many?", [Text("", "ferries " * 60)], length=32, stride=4)
    zeros = [np.zeros(len(window), dtype=np.float32) for window in read]
    whole = Span(0, 8 * 60 - 1)
    assert len(read) > 1
    assert scores_of([Span(0, 7), whole], read, zeros, zeros) == [0.0, None]


class Changeable:
    """Likes one word in a passage that is read by itself, another one in passages that are read together."""

    name = "changeable"
    fingerprint = "0" * 64

    def __init__(self, tokenizer: Tokenizer, alone: str, together: str) -> None:
        self._tokenizer = tokenizer
        self._liked = {False: tokenizer.token_to_id(alone), True: tokenizer.token_to_id(together)}

    def windows(self, question: str, texts: Sequence[Text]) -> list[list[Window]]:
        return windows(self._tokenizer, question, texts, length=256, stride=16)

    def score(self, every: Sequence[Window]) -> tuple[list[np.ndarray], list[np.ndarray]]:
        both = list(self._liked.values())
        scores = []
        for window in every:
            liked = self._liked[bool(np.isin(both, window.ids).all())]
            found = np.where(window.ids == liked, 6.0, np.where(np.isin(window.ids, both), 5.0, -4.0))
            found[0] = 0
            scores.append(found.astype(np.float32))
        return scores, scores


def test_what_is_better_beside_the_others_overtakes_and_what_was_not_read_again_does_not(
    ask: Ask, tokenizer: Tokenizer, hit: MakeHit
) -> None:
    hits = [hit(1, "They saw 12 of them."), hit(2, "They saw 15 of them.")]
    hits += [hit(number, "They saw nothing there.") for number in range(3, 12)]
    model = Changeable(tokenizer, "12", "15")
    alone, beside = (
        ask(SpanReader(model, Calibration(Weights(0.0, 1.0, weight), 0.5, 0.2, 0.0, 0.0)), "How many?", hits)
        for weight in (0.0, 2.0)
    )
    assert [each.hit.passage.id for each in alone[:2]] == [1, 2]
    assert [each.hit.passage.id for each in beside[:2]] == [2, 1]
    assert (beside[0].span_score, beside[0].again_score) == (10.0, 12.0)
    rivals = SHIPPED_CALIBRATION.rivals
    assert len(beside) > rivals
    lowest = min(each.again_score for each in beside)
    assert sum(each.again_score > lowest for each in beside) <= rivals
    assert [each.hit.passage.id for each in beside[2:]] == [each.hit.passage.id for each in alone[2:]]


def test_what_only_the_second_reading_sees_is_a_candidate_with_the_scores_of_both(
    ask: Ask, tokenizer: Tokenizer, hit: MakeHit
) -> None:
    first, second = (Liking(tokenizer, word) for word in ("12", "many"))
    hits = [hit(1, "They saw 12 of them. There were many more."), hit(2, "Nothing came.")]
    calibration = Calibration(Weights(0.0, 1.0, 2.0), 0.5, 0.2, 0.0, 0.0)

    def best(proposals: int) -> Candidate:
        reader = SpanReader(first, replace(calibration, proposals=proposals), second=second)
        return ask(reader, "How large?", hits)[0]

    assert answer_text(best(0)) != "many", "the first reading has better ones, which leave no room for it"
    assert answer_text(best(4)) == "many"
    assert (best(4).span_score, best(4).again_score) == (-8.0, 12.0)


class Liking(Changeable):
    """Likes one word alone, and among the others every token that comes before a full stop."""

    def __init__(self, tokenizer: Tokenizer, word: str) -> None:
        super().__init__(tokenizer, word, word)
        self._word = tokenizer.token_to_id(word)
        self._dot = tokenizer.token_to_id(".")

    def score(self, every: Sequence[Window]) -> tuple[list[np.ndarray], list[np.ndarray]]:
        scores = []
        for window in every:
            last = np.append(window.ids[1:] == self._dot, False)
            found = np.where(window.ids == self._word, 6.0, np.where(last, -1.0, -4.0))
            found[0] = 0
            scores.append(found.astype(np.float32))
        return scores, scores
