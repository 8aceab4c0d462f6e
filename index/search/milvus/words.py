"""The words of a passage as Milvus stores them: our stems, spelt so that any of its tokenizers leaves them whole."""

from index.text.terms import question_stems, stems


def stored_words(text: str) -> list[str]:
    """Return the stems of a text in order, as they are stored."""
    return [_spelt(stem) for stem in stems(text)]


def asked_words(question: str) -> list[str]:
    """Return the distinct stems of a question in the same spelling; [] if it has none."""
    return [_spelt(stem) for stem in question_stems(question)]


def _spelt(stem: str) -> str:
    # Tokenizers split "13.5" at the point. No other stem is spelt so: one that begins with a digit has no letter.
    return stem.replace(".", "p")
