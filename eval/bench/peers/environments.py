"""A virtual environment for each peer, with the same versions of what they share: torch, model libraries, FAISS."""

import hashlib
import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.bench.timing import as_installed
from index.errors import InputError

_SHARED = ("torch", "sentence-transformers", "transformers", "tokenizers", "faiss-cpu", "numpy")
"""Packages that every environment has in the version that pressqa has here, where the peer uses them at all."""

_READY = ".ready"
"""The name of the file in an environment that says what was installed."""


@dataclass(frozen=True, slots=True)
class Peer:
    """A tool to compare with: the name of its script in ``inside``, and what its environment needs beside torch."""

    name: str
    script: str
    shown: str
    packages: tuple[str, ...]


PRESSQA = Peer("pressqa", "peer_pressqa", "pressqa", ())
"""pressqa itself: it runs in the environment that the benchmark was started from, which no peer shares."""

PEERS = (
    Peer("txtai", "peer_txtai", "txtai (hybrid)", ("txtai==9.14.0",)),
    Peer(
        "llamaindex",
        "peer_llamaindex",
        "LlamaIndex (FAISS + BM25)",
        (
            "llama-index-core==0.14.25",
            "llama-index-vector-stores-faiss==0.7.0",
            "llama-index-retrievers-bm25==0.8.0",
            "llama-index-embeddings-huggingface==0.8.0",
            "faiss-cpu",
        ),
    ),
    Peer(
        "haystack",
        "peer_haystack",
        "haystack (in memory, BM25 + embedding)",
        ("haystack-ai==3.4.1", "sentence-transformers-haystack==2.0.0"),
    ),
    Peer("plain", "peer_plain", "sentence-transformers + FAISS", ("sentence-transformers", "faiss-cpu")),
)
"""The tools compared with; versions are pinned, so that the benchmark measures tomorrow what it measures today."""


def python_of(environment: Path) -> Path:
    """Return the interpreter of a virtual environment."""
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def make_environment(peer: Peer, folder: Path, torch: str | None) -> Path:
    """Make the virtual environment of a peer in ``folder``, unless it is there, and return its interpreter.

    ``torch`` is a requirement for pip; None takes the version that is here, as a build without CUDA. Raises
    `InputError` with the end of pip's message when something cannot be installed.
    """
    home = folder / peer.name
    python = python_of(home)
    wanted = torch or f"torch=={importlib.metadata.version('torch')}"
    versions = [f"{name}=={importlib.metadata.version(name)}" for name in _SHARED if name != "torch"]
    stamp = hashlib.sha256("\n".join([sys.version, wanted, *versions, *peer.packages]).encode()).hexdigest()
    if python.is_file() and (home / _READY).is_file() and (home / _READY).read_text("utf-8") == stamp:
        return python
    print(f"making the environment of {peer.shown} in {home} (some minutes, once)", flush=True)
    shutil.rmtree(home, ignore_errors=True)
    venv.create(home, with_pip=True)
    limits = home / "constraints.txt"
    limits.write_text("\n".join(versions) + "\n", "utf-8")
    _install_torch(python, wanted)
    _pip(python, ["install", "--constraint", str(limits), *peer.packages])
    (home / _READY).write_text(stamp, "utf-8")
    return python


def versions_in(python: Path | str) -> dict[str, str]:
    """Return the version of every package in an environment; raises `InputError`."""
    script = (
        "import importlib.metadata as m, json;"
        "print(json.dumps({d.metadata['Name']: d.version for d in m.distributions()}))"
    )
    done = subprocess.run([str(python), "-c", script], capture_output=True, text=True, check=False, env=clean())
    if done.returncode != 0:
        raise InputError(f"the packages of {python} cannot be listed", done.stderr.strip()[-300:])
    found: dict[str, str] = json.loads(done.stdout)
    return dict(sorted(found.items(), key=lambda item: item[0].casefold()))


def clean() -> dict[str, str]:
    """Return this process's environment variables without those that would let packages of ours into a peer's."""
    return {name: value for name, value in as_installed().items() if name not in {"PYTHONPATH", "PYTHONHOME"}}


def _install_torch(python: Path, wanted: str) -> None:
    try:
        _pip(python, ["install", wanted])
    except InputError:
        # pip's own index has no "+cpu" builds for Linux; uv knows PyTorch's.
        _pip(python, ["install", "uv"])
        version = wanted.split("+", maxsplit=1)[0]
        command = [str(python), "-m", "uv", "pip", "install", "--python", str(python), "--torch-backend=cpu", version]
        _run(command, "PyTorch cannot be installed; name a build yourself: --torch 'torch==...'")


def _pip(python: Path, arguments: Sequence[str]) -> None:
    _run([str(python), "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments], "see pip's message above")


def _run(command: Sequence[str], hint: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=clean())
    if done.returncode != 0:
        raise InputError(f"{' '.join(command)} failed: {done.stderr.strip()[-600:]}", hint)
