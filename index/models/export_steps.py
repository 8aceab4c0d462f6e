"""What any export of a model does: fetch the original, one process at a time, and publish the result whole."""

import logging
import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from filelock import FileLock, Timeout

from index.disk.atomic import sync_to_disk
from index.errors import ModelError

TEMPORARY = ".export-new"
"""The folder in which an export is made before it gets its name."""

_REPLACED = ".export-old"
_LOCK_FILE = ".export.lock"
_HUB_FILES = ["*.json", "*.safetensors", "*.txt", "*.model"]
_HUB_IGNORED = ["onnx/*", "openvino/*", "*/onnx/*", "*/openvino/*"]

logger = logging.getLogger(__name__)


@contextmanager
def exclusive(models: Path) -> Iterator[None]:
    """Let one process at a time export to ``models``; the others wait. Clears what a crash left."""
    lock = FileLock(models / _LOCK_FILE)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        logger.info("another process is exporting a model to %s; waiting for it", models)
        lock.acquire()
    try:
        # Whoever holds the lock knows that no export is under way: what lies here was left by a crash.
        for leftover in (TEMPORARY, _REPLACED):
            shutil.rmtree(models / leftover, ignore_errors=True)
        yield
    finally:
        lock.release()


def fetch(name: str, owner: str, otherwise: str) -> Path:
    """Return the folder of a model's own files, downloading them where ``name`` is on the hub.

    ``owner`` is whose model a name without one is, ``otherwise`` the model to name in the hint. Raises `ModelError`.
    """
    folder = Path(name)
    if folder.is_dir():
        return folder
    repository = name if "/" in name or not owner else f"{owner}/{name}"
    try:
        hub = import_module("huggingface_hub")
        path = hub.snapshot_download(repository, allow_patterns=_HUB_FILES, ignore_patterns=_HUB_IGNORED)
    except Exception as error:  # the hub's client raises its own, its HTTP library's and plain OSErrors
        raise ModelError(
            f"the model {name} is not a folder here and could not be downloaded: {first_line(error)}",
            hint=f"check the name and the network, give the path of a saved model, or use {otherwise}",
        ) from error
    return Path(path)


def publish(temporary: Path, folder: Path, models: Path) -> Path:
    """Give a complete export its name, in place of a damaged one if there is one."""
    sync_to_disk([*temporary.iterdir(), temporary])
    if folder.exists():
        folder.rename(models / _REPLACED)
    temporary.rename(folder)
    sync_to_disk([models])
    shutil.rmtree(models / _REPLACED, ignore_errors=True)
    return folder


@contextmanager
def quiet() -> Iterator[None]:
    """Keep the tracer's warnings and the loader's progress bar from the person who asked a question."""
    progress = import_module("transformers.utils.logging")
    shown = progress.is_progress_bar_enabled()
    progress.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        if shown:
            progress.enable_progress_bar()


def first_line(error: Exception) -> str:
    """Return the first line of what an error says, or its name where it says nothing."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]
