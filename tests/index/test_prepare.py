import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

import index.figures.read
import index.prepare
import index.text.passages
from index.catalog.writer import text_key
from index.figures.read import figures
from index.models.hashing_embedder import HashingEmbedder
from index.prepare import EmbeddingAhead
from index.text.passages import passage_prefix, split
from index.text.sentences import sentences
from index.types import Manifest, Release, Vectors


def test_a_release_is_cut_into_sentences_once(make: Callable[..., Release], monkeypatch: pytest.MonkeyPatch) -> None:
    cut: list[str] = []

    def counted(body: str) -> Any:
        cut.append(body)
        return sentences(body)

    for module in (index.prepare, index.text.passages, index.figures.read):
        monkeypatch.setattr(module, "sentences", counted)
    release, model = make(3), HashingEmbedder()
    manifest = Manifest(3, model.name, model.fingerprint, model.dimension, 40, 0, "words")
    made = index.prepare.counted(index.prepare.prepare(release, model, manifest), lambda texts: [1] * len(texts))
    assert cut == [release.body]
    prefix = passage_prefix(release, count_tokens=model.count_tokens, max_tokens=model.max_tokens)
    alone = split(
        release.body, count_tokens=model.count_tokens, max_tokens=model.max_tokens, target=40, overlap=0, prefix=prefix
    )
    assert made.chunks == tuple(alone)
    assert made.figures == tuple(figures(release.body, release.published)) != ()


class Cached:
    """A catalog that holds the vectors of some texts."""

    def __init__(self, *texts: str) -> None:
        self.keys = set(map(text_key, texts))

    def embedded(self, keys: Sequence[bytes], fingerprint: str) -> set[bytes]:
        return self.keys & set(keys)


class Watched(HashingEmbedder):
    """A model that tells what it embeds and in which thread, and waits until it may."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.threads: set[str] = set()
        self.may = threading.Event()

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        assert self.may.wait(30)
        self.asked.append(list(texts))
        self.threads.add(threading.current_thread().name)
        if "bad" in texts:
            raise ValueError("bad")
        return super().encode_passages(texts)


def test_texts_are_embedded_once_in_another_thread_while_more_are_added(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index.prepare, "_AHEAD_TEXTS", 3)
    model = Watched()
    ahead: Any = EmbeddingAhead(Cached("known"), model)  # type: ignore[arg-type]
    ahead.add(["a", "b", "known"])
    ahead.add(["b", "c"])  # is taken although the model has not begun
    model.may.set()
    vectors = ahead.take()
    assert model.asked == [["a", "b"], ["c"]]
    assert model.threads.isdisjoint({threading.current_thread().name})
    alone = HashingEmbedder().encode_passages(["a", "b", "c"])
    assert vectors.keys() == set(map(text_key, "abc"))
    assert all(np.array_equal(vectors[text_key(text)], row) for text, row in zip("abc", alone, strict=True))
    assert ahead.take() == {}
    ahead.add(["a"])  # of another batch: the catalog says whether it is stored by now
    assert ahead.take().keys() == {text_key("a")}
    ahead.close()


def test_what_the_model_raises_is_raised_to_whoever_takes_the_vectors() -> None:
    model = Watched()
    model.may.set()
    ahead: Any = EmbeddingAhead(Cached(), model)  # type: ignore[arg-type]
    ahead.add(["bad"])
    with pytest.raises(ValueError, match="bad"):
        ahead.take()
    ahead.close()
