from collections.abc import Callable
from typing import Any

import pytest

import index.figures.read
import index.prepare
import index.text.passages
from index.figures.read import figures
from index.models.hashing_embedder import HashingEmbedder
from index.text.passages import passage_prefix, split
from index.text.sentences import sentences
from index.types import Manifest, Release


def test_a_release_is_cut_into_sentences_once(make: Callable[..., Release], monkeypatch: pytest.MonkeyPatch) -> None:
    cut: list[str] = []

    def counted(body: str) -> Any:
        cut.append(body)
        return sentences(body)

    for module in (index.prepare, index.text.passages, index.figures.read):
        monkeypatch.setattr(module, "sentences", counted)
    release, model = make(3), HashingEmbedder()
    manifest = Manifest(3, model.name, model.fingerprint, model.dimension, 40, 0, "words")
    made = index.prepare.prepare(release, model, manifest, lambda texts: [1] * len(texts))
    assert cut == [release.body]
    prefix = passage_prefix(release, count_tokens=model.count_tokens, max_tokens=model.max_tokens)
    alone = split(
        release.body, count_tokens=model.count_tokens, max_tokens=model.max_tokens, target=40, overlap=0, prefix=prefix
    )
    assert made.chunks == tuple(alone)
    assert made.figures == tuple(figures(release.body, release.published)) != ()
