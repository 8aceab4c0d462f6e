from collections.abc import Sequence

import numpy as np
import pytest
from tokenizers import Tokenizer

from eval.training.dev import Cut, Logits, measure_paragraphs, measure_questions
from eval.training.examples import Example, Mined, Shown
from qa.reading.windows import Text, Window, windows


def cutting(tokenizer: Tokenizer) -> Cut:
    return lambda question, texts: windows(tokenizer, question, texts, length=96, stride=16)


def liking(tokenizer: Tokenizer, *words: str) -> Logits:
    """A model that sees nothing but these words."""
    liked = [tokenizer.token_to_id(word) for word in words]

    def score(every: Sequence[Window]) -> tuple[list[np.ndarray], list[np.ndarray]]:
        found = [np.where(np.isin(w.ids, liked), 5.0, -5.0).astype(np.float32) for w in every]
        for scores in found:
            scores[0] = 0
        return found, [scores.copy() for scores in found]

    return score


def paragraph(number: int, body: str, answer: str | None) -> Example:
    spans = ((body.index(answer), body.index(answer) + len(answer)),) if answer else ()
    return Example(str(number), "Where?", (Shown(Text("", body), spans),), (answer,) if answer else ())


def test_paragraphs_are_measured_by_exact_words_f1_and_whether_they_can_be_answered(tokenizer: Tokenizer) -> None:
    examples = [
        paragraph(1, "They sailed to Dover.", "Dover"),
        paragraph(2, "Nobody sailed. " * 20 + "All came to Dover Castle.", "Dover Castle"),
        paragraph(3, "Nobody sailed.", None),
        paragraph(4, "", None),
    ]
    found = measure_paragraphs(examples, liking(tokenizer, "dover"), cutting(tokenizer))
    assert (found.exact, found.f1, found.auroc) == (0.5, pytest.approx((1 + 2 / 3) / 2), 1.0)
    assert str(found) == "EM 0.500 F1 0.833 AUROC 1.000"
    assert measure_paragraphs(examples[:2], liking(tokenizer, "dover"), cutting(tokenizer)).auroc is None


def test_questions_are_read_with_what_was_found_for_them(tokenizer: Tokenizer) -> None:
    texts = [Text("Dover", f"They sailed to {place}.") for place in ("Dover", "Kent", "Hull", "Deal", "Bath", "York")]
    found = tuple((text, 0.5) for text in texts)
    far = (Text("", "They sailed to Leeds."), 0.4)
    questions = [
        Mined("a", "Where?", ("Kent",), (), (), found),
        Mined("b", "Where?", ("Leeds",), (), (), (*found, far)),
        Mined("c", "Where?", (), (), (), ((Text("", "Nobody did."), 0.9),)),
    ]
    made = measure_questions(questions, liking(tokenizer, "kent", "leeds"), cutting(tokenizer))
    assert made.exact == 0.5, "what was found too far down is not read"
    ranked = measure_questions(
        [Mined("a", "Where?", ("Hull",), (), (), ((texts[1], 0.2), (texts[2], 0.9)))],
        liking(tokenizer, "kent", "hull"),
        cutting(tokenizer),
    )
    assert ranked.exact == 1.0, "the retriever's score counts too"
