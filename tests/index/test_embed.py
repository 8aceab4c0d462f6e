"""Vectors that one process computes and another takes: any split gives the index that none gives; damage is told."""

import json
import zipfile
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import embed as embedding
from index.embed import EmbedReport, Share, StoredVectors, embed, parse_share
from index.errors import InputError, ManifestMismatchError, SourceError, StorageError
from index.models.hashing_embedder import HashingEmbedder
from index.models.vector_files import MOST_SHARES, VectorsHeader, write_vectors
from index.types import Cursor, Release, Vectors

Make = Callable[..., Release]

FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


class Listed:
    name = "listed"

    def __init__(self, releases: Sequence[Release]) -> None:
        self._releases = releases

    def expected(self) -> int:
        return len(self._releases)

    def read(self, since: Cursor | None = None) -> Any:
        yield from self._releases


class Exact(HashingEmbedder):
    """Counts what it embeds."""

    def __init__(self) -> None:
        self.embedded = 0

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self.embedded += len(texts)
        return super().encode_passages(texts)


def write(path: Path, releases: Sequence[Release], share: str = "1/1", model: Any = None) -> EmbedReport:
    made = parse_share(share)
    return embed([Listed(releases)], model or HashingEmbedder(), made, path, chunk_tokens=40, chunk_overlap=0)


def held(lab: Any) -> Any:
    """Return everything that the catalog holds of passages and vectors, without row ids."""
    with closing(lab.catalog()) as catalog:
        vectors = catalog.connection.execute(
            "SELECT text_key, fingerprint, vector FROM embedding ORDER BY 1"
        ).fetchall()
        passages = catalog.connection.execute(
            'SELECT r.release_id, p.start, p."end", p.text_key FROM passage p JOIN revision r ON r.id = p.revision_id'
            " ORDER BY 1, 2"
        ).fetchall()
    return [tuple(row) for row in vectors], [tuple(row) for row in passages]


@FEW
@given(data=st.data())
def test_any_split_gives_the_index_that_none_gives(data: st.DataObject, make: Make, new_lab: Any) -> None:
    numbers = data.draw(st.lists(st.integers(1, 30), min_size=1, max_size=12, unique=True))
    releases = [make(number) for number in numbers]
    shares = data.draw(st.integers(1, 4))
    kept = data.draw(st.sets(st.integers(1, shares)))
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patched:
        patched.setattr(embedding, "_BLOCK", data.draw(st.integers(1, 5)))
        plain = new_lab(Path(folder) / "plain")
        plain.ingest(*releases)
        paths = []
        for number in sorted(kept):
            paths.append(Path(folder) / f"{number}.npz")
            write(paths[-1], data.draw(st.permutations(releases)), f"{number}/{shares}")
        split, model = new_lab(Path(folder) / "split"), Exact()
        with closing(StoredVectors(paths)) as stored:
            split.ingest(*data.draw(st.permutations(releases)), embedder=stored.over(model))
            summary = stored.summary()
        assert held(split) == held(plain)
        assert split.ids("harbour ferry pilot") == plain.ids("harbour ferry pilot")
        lacking = [release for release in releases if not any(Share(n, shares).has(release.id) for n in kept)]
        assert bool(model.embedded) == bool(lacking), "what a share holds is not computed again"
        assert (stored.taken + stored.computed, stored.computed) == (len(held(plain)[0]), model.embedded)
        if lacking and kept:
            absent = next(n for n in range(1, shares + 1) if Share(n, shares).has(lacking[0].id))
            assert f"{absent}/{shares}" in summary


def test_each_release_is_in_one_share(make: Make) -> None:
    ids = [make(number).id for number in range(1000)]
    sizes = [sum(Share(number, 7).has(each) for each in ids) for number in range(1, 8)]
    assert sum(sizes) == 1000
    assert min(sizes) > 100


@pytest.mark.parametrize("text", ["", "0/1", "2/1", "1", "1/0", "a/b", "1/2/3", "-1/2", "1.0/2", "１/２"])
def test_a_share_that_is_none_is_named(text: str) -> None:
    with pytest.raises(InputError, match="is no share of an input"):
        parse_share(text)


KEYS = [bytes([number]) * 32 for number in range(6)]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes, Vectors]:
    """Where a file of vectors may be written, what a sound one holds, and its vectors."""
    path = tmp_path_factory.mktemp("damaged") / "vectors.npz"
    vectors = HashingEmbedder().encode_passages([f"ferry {number}" for number in range(6)])
    header = VectorsHeader("hashing", HashingEmbedder.fingerprint, 256, 1, 1)
    write_vectors(path, header, [(KEYS[:4], vectors[:4]), (KEYS[4:], vectors[4:])])
    return path, path.read_bytes(), vectors


def check_told_or_the_same(path: Path, content: bytes, vectors: Vectors) -> None:
    path.write_bytes(content)
    try:
        stored = StoredVectors([path])
    except SourceError:
        return
    with closing(stored):
        found = stored.files.places(KEYS)
        assert (found >= 0).all()
        assert np.array_equal(stored.files.take(found, 256), vectors)
        assert stored.files.files[0].header == VectorsHeader("hashing", HashingEmbedder.fingerprint, 256, 1, 1)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_damaged_file_is_told_or_gives_the_same_vectors(
    data: st.DataObject, whole: tuple[Path, bytes, Vectors]
) -> None:
    path, sound, vectors = whole
    content = bytearray(sound)
    # what describes the archive is at its end, and near the beginning of each member
    describing = [at + offset for at in range(len(sound)) if sound[at : at + 2] == b"PK" for offset in range(46)]
    places = st.integers(0, len(sound) - 1) | st.sampled_from([at for at in describing if at < len(sound)])
    for place, byte in data.draw(st.lists(st.tuples(places, st.integers(0, 255)), max_size=3)):
        content[place] = byte
    del content[data.draw(st.just(len(sound)) | st.integers(0, len(sound) - 1)) :]
    check_told_or_the_same(path, bytes(content), vectors)


def test_every_byte_that_describes_the_archive_may_be_damaged(whole: tuple[Path, bytes, Vectors]) -> None:
    path, sound, vectors = whole
    for place in range(sound.index(b"PK\x01\x02"), len(sound)):
        for mask in (0x7F, 0x01):
            check_told_or_the_same(path, sound[:place] + bytes([sound[place] ^ mask]) + sound[place + 1 :], vectors)


def test_damage_after_a_file_was_opened_is_told(whole: tuple[Path, bytes, Vectors]) -> None:
    path, sound, _ = whole
    path.write_bytes(sound)
    with closing(StoredVectors([path])) as stored:
        path.write_bytes(sound[: len(sound) // 3])
        with pytest.raises(SourceError, match="is damaged"):
            stored.files.take(stored.files.places(KEYS), 256)


def described(path: Path, about: Any) -> None:
    """Write a file of no vectors, sound but for what it says of itself."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("about.json", json.dumps(about))


ABOUT = {"format": 1, "model": "m", "fingerprint": "f", "dimension": 8, "number": 1, "shares": 1, "vectors": 0}
VALUES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.just([]) | st.just({"a": None})
)


@settings(max_examples=100, deadline=None)
@given(
    changed=st.dictionaries(st.sampled_from([*ABOUT, "other"]), VALUES, max_size=3),
    lacking=st.sets(st.sampled_from(list(ABOUT)), max_size=1),
)
def test_a_header_is_told_or_can_be_used(
    changed: dict[str, Any], lacking: set[str], whole: tuple[Path, bytes, Vectors]
) -> None:
    path = whole[0]
    described(path, {name: value for name, value in (ABOUT | changed).items() if name not in lacking})
    try:
        stored = StoredVectors([path])
    except SourceError:
        return
    with closing(stored):
        header = stored.files.files[0].header
        assert isinstance(header.model, str)
        assert isinstance(header.fingerprint, str)
        assert header.dimension > 0
        assert 1 <= header.number <= header.shares <= MOST_SHARES
        stored.computed = 1
        assert len(stored.summary()) < 200


@pytest.mark.parametrize(
    "changed",
    [
        {"number": "x", "shares": None}, {"shares": 1_000_000_000}, {"number": 2}, {"number": 0}, {"number": True},
        {"shares": 1.0}, {"dimension": "8"}, {"dimension": 0}, {"model": None}, {"fingerprint": 7}, {"more": 1},
    ],
    ids=str,
)  # fmt: skip
def test_a_wrong_header_is_told_when_the_file_is_opened(changed: dict[str, Any], tmp_path: Path) -> None:
    described(tmp_path / "vectors.npz", ABOUT | changed)
    with pytest.raises(SourceError, match=r"vectors\.npz is damaged"):
        StoredVectors([tmp_path / "vectors.npz"])


@pytest.mark.parametrize("about", [None, 5, "x", [], ["format"], {}], ids=str)
def test_a_header_of_another_shape_is_told(about: Any, tmp_path: Path) -> None:
    described(tmp_path / "vectors.npz", about)
    with pytest.raises(SourceError, match=r"vectors\.npz is damaged"):
        StoredVectors([tmp_path / "vectors.npz"])


def test_of_very_many_missing_shares_the_first_are_named(tmp_path: Path) -> None:
    described(tmp_path / "vectors.npz", ABOUT | {"number": 2, "shares": MOST_SHARES})
    with closing(StoredVectors([tmp_path / "vectors.npz"])) as stored:
        stored.computed = 1
        named = ", ".join(f"{number}/{MOST_SHARES}" for number in (1, 3, 4, 5, 6))
        assert stored.summary().endswith(f"the share {named}, ...")
    assert parse_share(f"{MOST_SHARES}/{MOST_SHARES}").shares == MOST_SHARES
    with pytest.raises(InputError):
        parse_share(f"1/{MOST_SHARES + 1}")


@pytest.mark.parametrize("content", [b"", b"PK", b"no archive", None])
def test_what_is_no_file_of_vectors_is_named(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "other.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SourceError, match=r"other\.npz"):
        StoredVectors([path])


def test_vectors_of_another_model_or_length_are_refused_before_anything_is_stored(
    lab: Any, models: Any, make: Make, tmp_path: Path
) -> None:
    path = tmp_path / "other.npz"
    write(path, [make(1)], model=models[1]())
    with closing(StoredVectors([path])) as stored, pytest.raises(ManifestMismatchError, match="holds vectors of other"):
        stored.over(HashingEmbedder())
    shorter = HashingEmbedder().encode_passages(["a ferry"])[:, :64]
    shorter /= np.linalg.norm(shorter)
    header = VectorsHeader("hashing", HashingEmbedder.fingerprint, 64, 1, 1)
    write_vectors(path, header, [([b"k" * 32], shorter)])
    with closing(StoredVectors([path])) as stored, pytest.raises(ManifestMismatchError, match="64 numbers"):
        stored.over(HashingEmbedder())
    write_vectors(path, replace(header, dimension=256), [([b"k" * 32], shorter)])
    with pytest.raises(SourceError, match="damaged"):
        StoredVectors([path])
    write_vectors(path, header, [([b"k" * 32], shorter * np.nan)])
    with pytest.raises(SourceError, match="damaged"):
        StoredVectors([path])


def test_a_failed_run_leaves_the_file_before(make: Make, tmp_path: Path) -> None:
    path = tmp_path / "vectors.npz"
    write(path, [make(1), make(2)])
    before = path.read_bytes()

    class Failing(HashingEmbedder):
        def encode_passages(self, texts: Sequence[str]) -> Vectors:
            raise MemoryError

    with pytest.raises(MemoryError):
        write(path, [make(3)], model=Failing())
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["vectors.npz"]
    with pytest.raises(StorageError, match="cannot write"):
        write(tmp_path / "nowhere" / "vectors.npz", [make(1)])
