"""What a run must say of itself so that another can be held against it: code, packages, machine, files."""

import os
import platform
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any

from eval.sets.gold import digest

_PACKAGES = (
    "pressqa faiss-cpu tantivy onnxruntime tokenizers numpy nupunkt tiktoken ir_measures scipy scikit-learn"
).split()


def versions() -> dict[str, str]:
    """Return package -> version, for those installed that can move a metric."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def machine() -> dict[str, Any]:
    """Return what the latencies of a run depend on."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {"system": platform.platform(), "processor": _processor(), "cores": allowed}


def commit() -> tuple[str | None, bool | None]:
    """Return the commit of this code and whether it was changed since; None where it is not a checkout."""
    here = Path(__file__).parent
    head = _git(here, "rev-parse", "HEAD")
    changes = _git(here, "status", "--porcelain", "--untracked-files=no") if head else None
    return head, None if changes is None else bool(changes)


def files(role: str, paths: list[Path]) -> list[dict[str, Any]]:
    """Return role, path and digest of each input; of a folder, over its files by name."""
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
