"""Fits the adapter of question vectors: run ``python -m eval.training.adapter``, with ``--help`` for its arguments.

A matrix M is fitted so that the moved question v + v @ M is nearer to the passages with its answer than to all other
passages of the corpus: softmax over their cosines divided by a temperature (InfoNCE, van den Oord et al. 2018), with
the passages' own vectors left as they are. What a question loses of the model's own vector is held down. The ``train``
parts are learned from. Passages of releases that other parts, or the sets given by ``--held``, ask about are left out
altogether: as wrong answers they would be pushed away from all questions. It takes a minute.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from eval.runs.ask import open_model
from eval.runs.corpus import gather
from eval.runs.vector_cache import CachingEmbedder, EmbeddingCache, default_cache
from eval.sets.load import load_set
from eval.training.mining import searchable, settings_in_use
from index.text.passages import embedded_text, passage_prefix
from index.types import Vectors

EPOCHS, BATCH, RATE, TEMPERATURE, KEEP = 12, 128, 1e-3, 0.05, 4.0
"""How often each question is seen, how many at once, the learning rate at the start, which falls to 0, the temperature,
and the weight of one less the cosine to the model's own vector. Chosen by evidence among the passages read on the dev
sets of both registers (eval/results/README.md); neighbours differ by less than a question in a hundred."""


@dataclass(frozen=True, slots=True)
class Material:
    """Vectors of questions (n, d) and passages (m, d), the places of each question's passages, and which count."""

    questions: Vectors
    passages: Vectors
    right: tuple[tuple[int, ...], ...]
    allowed: tuple[bool, ...]


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit an adapter, write it as float16, and return 0."""
    parser = argparse.ArgumentParser(prog="python -m eval.training.adapter", description=__doc__)
    parser.add_argument("--questions", type=Path, action="append", required=True, help="sets with a part train")
    parser.add_argument("--corpus", type=Path, action="append", required=True, help="the releases that they ask about")
    parser.add_argument("--held", type=Path, action="append", default=[], help="sets whose releases are left out")
    parser.add_argument("--out", type=Path, required=True, help="the file to write, .npy")
    chosen = parser.parse_args(arguments)
    material = collect(chosen.questions, chosen.corpus, chosen.held)
    print(f"{len(material.questions)} questions, {sum(material.allowed)} of {len(material.passages)} passages")
    change = fit(material)
    np.save(chosen.out, change.astype(np.float16), allow_pickle=False)
    print(f"written: {chosen.out}; try it: PRESSQA_ADAPTER={chosen.out} pressqa eval run ...")
    return 0


def collect(questions: Sequence[Path], corpus: Sequence[Path], held: Sequence[Path]) -> Material:
    """Return the vectors of the train questions and of all passages, and which passages answer which question."""
    sets = [load_set(path, split="train") for path in questions]
    away = {
        target.release_id
        for path, parts in [*((path, ("dev", "test")) for path in questions), *((path, (None,)) for path in held)]
        for part in parts
        for resolved in gather(load_set(path, split=part), corpus, []).resolved.values()
        for target in resolved.targets
    }
    cache = EmbeddingCache(default_cache())
    model = open_model(settings_in_use())
    embedder = CachingEmbedder(model, cache)
    try:
        with searchable(sets[0], corpus, []) as found:
            every = [passage for of_release in found.passages.values() for passage in of_release]
        first = {passage.release.id: place for place, passage in reversed(list(enumerate(every)))}
        texts = []
        for passage in every:
            prefix = passage_prefix(passage.release, count_tokens=model.count_tokens, max_tokens=model.max_tokens)
            texts.append(embedded_text(prefix, passage.release.body, passage))
        passages = embedder.encode_passages(texts)
        vectors, right = [], []
        for gold in sets:
            resolved = gather(gold, corpus, []).resolved
            for question in gold.questions:
                spans = {target.release_id: target.spans for target in resolved[question.id].targets}
                places = tuple(
                    place
                    for release_id, of_release in spans.items()
                    for place, passage in enumerate(found.passages.get(release_id, ()), first.get(release_id, 0))
                    if any(passage.span.start <= span.start and span.end <= passage.span.end for span in of_release)
                )
                if places and not away & spans.keys():
                    vectors.append(embedder.encode_question(question.text))
                    right.append(places)
    finally:
        cache.close()
    allowed = tuple(passage.release.id not in away for passage in every)
    return Material(np.stack(vectors), passages, tuple(right), allowed)


def fit(material: Material, *, epochs: int = EPOCHS, seed: int = 0) -> Vectors:
    """Return the matrix M, shape (d, d)."""
    torch.manual_seed(seed)
    questions, passages = torch.from_numpy(material.questions), torch.from_numpy(material.passages)
    dimension = questions.shape[1]
    left_out = torch.zeros(len(passages)).masked_fill(~torch.tensor(material.allowed), -1e4)
    change = torch.zeros(dimension, dimension, requires_grad=True)
    optimizer = torch.optim.AdamW([change], lr=RATE, weight_decay=0.0)
    steps = epochs * -(-len(questions) // BATCH)
    for step, places in enumerate(_batches(len(questions), epochs)):
        own = questions[places]
        moved = torch.nn.functional.normalize(own + own @ change, dim=-1)
        scores = moved @ passages.T / TEMPERATURE + left_out
        right = torch.zeros_like(scores, dtype=torch.bool)
        for row, place in enumerate(places.tolist()):
            right[row, list(material.right[place])] = True
        missed = torch.logsumexp(scores, 1) - torch.logsumexp(scores.masked_fill(~right, -1e4), 1)
        loss = missed.mean() + KEEP * (1 - (moved * own).sum(1)).mean()
        for group in optimizer.param_groups:
            group["lr"] = RATE * (1 - step / steps)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    fitted: Vectors = change.detach().numpy()
    return fitted


def _batches(count: int, epochs: int) -> Iterator[torch.Tensor]:
    for _ in range(epochs):
        yield from torch.split(torch.randperm(count), BATCH)


if __name__ == "__main__":
    sys.exit(main())
