"""An index that is asked with another model than it was built with."""

from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from index.errors import ManifestMismatchError
from index.models.hashing_embedder import HashingEmbedder
from index.types import Release

Make = Callable[..., Release]
Models = tuple[type[Any], type[Any]]


def test_an_index_of_another_model_names_both_and_the_way_out(lab: Any, make: Make, models: Models) -> None:
    lab.ingest(make(1))
    with pytest.raises(ManifestMismatchError, match=r"built with hashing \(.*not with other \(ffff") as caught:
        lab.open(embedder=models[1]())
    assert "PRESSQA_MODEL=hashing" in caught.value.hint
    assert "--reembed" in caught.value.hint


def test_an_index_of_a_model_that_has_changed_is_not_sent_to_the_same_one(lab: Any, make: Make) -> None:
    class Changed(HashingEmbedder):
        @property
        def fingerprint(self) -> str:
            return "c" * 64

    lab.ingest(make(1))
    with pytest.raises(ManifestMismatchError, match=r"not with hashing \(cccc") as caught:
        lab.open(embedder=Changed())
    assert caught.value.hint == "embed it again: pressqa ingest --reembed"


def test_an_open_index_notices_that_it_was_embedded_with_another_model(lab: Any, make: Make, models: Models) -> None:
    lab.ingest(make(1))
    with closing(lab.open()) as index:
        lab.reembed(models[1]())
        with pytest.raises(ManifestMismatchError, match="other"):
            index.search("uniq1v0", 1)
