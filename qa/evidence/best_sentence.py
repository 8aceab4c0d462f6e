"""The sentence that stands for a passage where there is room for one line only."""

from collections.abc import Collection

from index.text.terms import content_stems
from index.types import Passage, Span


def best_sentence(passage: Passage, stems: Collection[str]) -> Span:
    """Return the sentence of a passage that has most of a question's ``stems``, the first of several.

    This is the choice of query-biased summaries (Tombros and Sanderson 1998, "Advantages of query biased summaries in
    information retrieval"). Without sentences it is the passage itself.
    """
    wanted, body = set(stems), passage.release.body
    return max(
        passage.sentences,
        key=lambda sentence: len(wanted.intersection(content_stems(sentence.of(body)))),
        default=passage.span,
    )
