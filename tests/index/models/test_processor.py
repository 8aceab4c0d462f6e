"""What is read of the processor."""

import platform
from pathlib import Path

import pytest

from index.models import processor
from index.models.processor import adds_byte_products

FLAGS = "processor\t: {}\nflags\t\t: fpu sse2 {}\n\n"


@pytest.mark.parametrize(
    ("machine", "flags", "whole"),
    [
        ("x86_64", ["avx2", "avx2"], False),
        ("AMD64", ["avx2 avx512_vnni"], True),
        ("x86_64", ["avx2 avx_vnni", "avx2 avx_vnni"], True),
        ("x86_64", ["avx2 avx512_vnni_of_old"], False),
        ("x86_64", [], False),
        ("x86_64", None, False),
        ("arm64", None, True),
        ("aarch64", [], True),
    ],
)
def test_products_of_bytes_are_added_whole_by_every_processor_but_x86_without_vnni(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, machine: str, flags: list[str] | None, whole: bool
) -> None:
    path = tmp_path / "cpuinfo"
    if flags is not None:
        path.write_text("".join(FLAGS.format(*each) for each in enumerate(flags)), "utf-8")
    monkeypatch.setattr(platform, "machine", lambda: machine)
    monkeypatch.setattr(processor, "_CPUINFO", path)
    assert adds_byte_products.__wrapped__() is whole
