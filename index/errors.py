"""The errors that pressqa raises on purpose.

The message of each says what is wrong and names the bad value; its ``hint`` says what to do next. The command line
prints both and exits with 2; the HTTP API maps each class to one problem type (``api/problems.py``).
"""

RECOVER = "restore the file from a backup, or ingest the releases again into a new folder (--data)"
"""The hint of every error about a damaged catalog."""

STORAGE = "check the folder's permissions and free space, or choose another: --data DIR"
"""The hint of every error about a folder that cannot be written."""


class PressqaError(Exception):
    """Base of every deliberate error: ``str(error)`` says what is wrong, ``hint`` what to do next."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class InputError(PressqaError):
    """A question, filter or option that cannot be used as given."""


class UnknownPublisherError(InputError):
    """A publisher filter that names no publisher in the index."""


class UnknownReleaseError(PressqaError):
    """A release id that is not in the index."""


class UnknownRevisionError(PressqaError):
    """A revision that a release in the index does not have."""


class SourceError(PressqaError):
    """An input that cannot be read as releases at all (single bad entries are `Problem` values)."""


class IndexMissingError(PressqaError):
    """The data folder holds no index yet."""


class CatalogDamagedError(PressqaError):
    """The catalog, from which everything else in the index can be made again, is damaged."""


class IndexLockedError(PressqaError):
    """Another process is writing to this index."""


class StorageError(PressqaError):
    """The data folder cannot be written: read-only, full, or not a folder."""


class SearchServerError(PressqaError):
    """The server that searches (Milvus) cannot be reached or refuses; the catalog is whole, and can be read."""


class CatalogServerError(PressqaError):
    """The server that keeps the catalog (PostgreSQL) cannot be reached, was lost on the way, or refuses."""


class ManifestMismatchError(PressqaError):
    """The index was built with another model, passage length or schema than the one asked for."""


class ModelError(PressqaError):
    """A model cannot be found, its weights are not the published ones, or its export gives other results."""


class LanguageNotReadError(PressqaError):
    """A release is in a language that the embedding model does not read, so that no search would find it."""
