"""Measures the reader alone: each question is asked of its own paragraph, without a search.

Run it with ``python -m eval.training.paragraphs FILE [--reader NAME]``: FILE is JSON Lines of ``{id, question, context,
answers[{text, start}]}``, gzipped or not. Exact match and F1 are over the questions that have an answer; the AUROC
is that of the best span's score, for telling these questions from the others.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from eval.runs.ask import with_models
from eval.runs.vector_cache import default_cache
from eval.training.dev import measure_paragraphs
from eval.training.examples import read_examples
from index.errors import PressqaError
from qa.reading.exports import SHIPPED
from qa.reading.load import load_model
from qa.settings import Settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure the reader and print the result; return 0, or 2 for bad input."""
    parser = argparse.ArgumentParser(prog="python -m eval.training.paragraphs", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--reader", default=SHIPPED, help="the shipped reader, or another by name or path")
    parser.add_argument("--take", type=int, help="the first so many questions")
    chosen = parser.parse_args(arguments)
    try:
        examples = read_examples(chosen.file)[: chosen.take]
        model = load_model(chosen.reader, with_models(Settings(), default_cache()).models_folder)
    except PressqaError as error:
        print(f"{error}\n{error.hint}", file=sys.stderr)
        return 2
    answerable = sum(bool(example.accepted) for example in examples)
    print(f"{chosen.reader} on {len(examples)} paragraphs, {answerable} with an answer:", end=" ")
    print(measure_paragraphs(examples, model.score, model.windows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
