"""What a run records about itself so that another can be compared with it: code, packages, machine, files."""

import hashlib
import os
import platform
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any

from eval.sets.gold import digest

ROOT = Path(__file__).parents[2]
"""The folder that holds the packages: the checkout, or where they are installed."""
DECIDING = ("index/**/*.py", "qa/**/*.py", "eval/**/*.py", "qa/reading/weights/*.onnx")
"""The files below `ROOT` on which results depend; evaluations do not go through `api`."""

_PACKAGES = (
    "pressqa faiss-cpu tantivy onnxruntime tokenizers numpy nupunkt tiktoken ir_measures scipy scikit-learn"
).split()
"""The packages whose version can change a metric."""


def versions() -> dict[str, str]:
    """Return package -> version, for the installed packages that can change a metric, and Python's version."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def machine() -> dict[str, Any]:
    """Return the system, the processor and the number of cores, on which the latencies of a run depend."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {"system": platform.platform(), "processor": _processor(), "cores": allowed}


def commit() -> tuple[str | None, bool | None]:
    """Return the commit of this code and whether it was changed since; None where it is not a checkout."""
    here = Path(__file__).parent
    head = _git(here, "rev-parse", "HEAD")
    changes = _git(here, "status", "--porcelain", "--untracked-files=no") if head else None
    return head, None if changes is None else bool(changes)


def code_digest() -> str:
    """Return a SHA-256 over the code that answers and measures, committed or not, and the reader's weights.

    Needs no git: any edit changes it, a commit that only touches other files does not.
    """
    total = hashlib.sha256()
    for path in sorted({path for pattern in DECIDING for path in ROOT.glob(pattern)}):
        total.update(f"{path.relative_to(ROOT).as_posix()}\0{digest(path)}\n".encode())
    return total.hexdigest()


def files(role: str, paths: list[Path]) -> list[dict[str, Any]]:
    """Return role, path and digest of each input; a folder's digest is over its files, sorted by path."""
    return [{"role": role, "path": str(path), "sha256": digest(*_files(path))} for path in paths]


def _files(path: Path) -> list[Path]:
    return sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True, timeout=10
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
