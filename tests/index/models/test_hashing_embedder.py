import subprocess
import sys
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from index.models.hashing_embedder import HashingEmbedder
from index.models.load import load_embedder
from index.protocols import Embedder

EMBEDDER: Embedder = HashingEmbedder()


@given(st.lists(st.text(), max_size=8))
def test_any_strings_become_unit_vectors_in_order(texts: list[str]) -> None:
    vectors = EMBEDDER.encode_passages(texts)
    assert vectors.shape == (len(texts), EMBEDDER.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    for text, vector in zip(texts, vectors, strict=True):
        np.testing.assert_array_equal(vector, EMBEDDER.encode_question(text))


def test_texts_that_share_words_are_nearer_and_inflections_are_near() -> None:
    question = EMBEDDER.encode_question("how many offenders were deported?")
    same, inflected, other = EMBEDDER.encode_passages(
        ["Offenders who were deported", "The offender faces deportation", "Ferries sail at noon in spring"]
    )
    assert question @ same > question @ inflected > question @ other


def test_words_past_the_limit_do_not_count() -> None:
    words = [f"w{i}" for i in range(EMBEDDER.max_tokens + 50)]
    whole, cut = EMBEDDER.encode_passages([" ".join(words), " ".join(words[: EMBEDDER.max_tokens])])
    np.testing.assert_array_equal(whole, cut)
    assert EMBEDDER.count_tokens([" ".join(words), "", "a-b c."]) == [len(words), 0, 3]


def test_vectors_are_the_same_in_every_process() -> None:
    code = (
        "from index.models.hashing_embedder import HashingEmbedder;"
        "print(HashingEmbedder().encode_question('Zebra 42').tobytes().hex())"
    )
    root = Path(__file__).parents[3]
    outputs = {
        subprocess.run([sys.executable, "-c", code], cwd=root, check=True, capture_output=True).stdout for _ in range(2)
    }
    assert outputs == {f"{EMBEDDER.encode_question('Zebra 42').tobytes().hex()}\n".encode()}


def test_it_is_selected_by_name(tmp_path: Path) -> None:
    embedder = load_embedder("hashing", tmp_path)
    assert (embedder.name, embedder.fingerprint) == ("hashing", EMBEDDER.fingerprint)
    assert list(tmp_path.iterdir()) == []
