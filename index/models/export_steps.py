"""The steps of exporting any model: lock the folder, fetch the original, and publish the result whole."""

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
"""The name of the folder in which an export is made before it gets its own name."""

_REPLACED = ".export-old"
"""The name that a damaged export gets while its replacement is put in its place."""

_LOCK_FILE = ".export.lock"
"""The name of the lock file in the folder of exports."""

_HUB_FILES = ["*.json", "*.safetensors", "*.txt", "*.model"]
"""The patterns of the files that are downloaded: weights, tokenizer and settings, but no pickled weights or code."""

_HUB_IGNORED = ["onnx/*", "openvino/*", "*/onnx/*", "*/openvino/*"]
"""The patterns of files that are not downloaded: exports for other runtimes that some models come with."""

logger = logging.getLogger(__name__)


@contextmanager
def exclusive(models: Path) -> Iterator[None]:
    """Let one process at a time export to ``models``; the others wait. Delete what a crashed export left."""
    lock = FileLock(models / _LOCK_FILE)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        logger.info("another process is exporting a model to %s; waiting for it", models)
        lock.acquire()
    try:
        # The lock is held, so no export is running and these folders were left by a crash.
        for leftover in (TEMPORARY, _REPLACED):
            shutil.rmtree(models / leftover, ignore_errors=True)
        yield
    finally:
        lock.release()


def fetch(name: str, owner: str, otherwise: str) -> Path:
    """Return the folder of a model's own files; if ``name`` is not a folder, download them from the Hugging Face hub.

    ``owner`` is the hub owner to assume if ``name`` has none, and ``otherwise`` a model that the error's hint suggests
    instead. Raises `ModelError`.
    """
    folder = Path(name)
    if folder.is_dir():
        return folder
    repository = name if "/" in name or not owner else f"{owner}/{name}"
    try:
        hub = import_module("huggingface_hub")
        path = hub.snapshot_download(repository, allow_patterns=_HUB_FILES, ignore_patterns=_HUB_IGNORED)
    except Exception as error:  # the hub's client raises its own errors, those of its HTTP library, and plain OSErrors
        raise ModelError(
            f"the model {name} is not a folder here and could not be downloaded: {first_line(error)}",
            hint=f"check the name and the network, give the path of a saved model, or use {otherwise}",
        ) from error
    return Path(path)


def publish(temporary: Path, folder: Path, models: Path) -> Path:
    """Rename the complete export ``temporary`` to ``folder``, replacing a damaged one there; return ``folder``."""
    sync_to_disk([*temporary.iterdir(), temporary])
    if folder.exists():
        folder.rename(models / _REPLACED)
    temporary.rename(folder)
    sync_to_disk([models])
    shutil.rmtree(models / _REPLACED, ignore_errors=True)
    return folder


@contextmanager
def quiet() -> Iterator[None]:
    """Hide the warnings and progress bars of torch and transformers, which mean nothing to a user of pressqa."""
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
    """Return the first line of an error's message, or the name of its class if it has no message."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]
