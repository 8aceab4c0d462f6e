"""Which database keeps a catalog: a file in the data folder, or a PostgreSQL server where an address names one."""

from pathlib import Path

from index.catalog.connection import Store
from index.catalog.sqlite import SqliteStore


def store_of(folder: Path, catalog: str | None) -> Store:
    """Return the store at ``catalog``, an address, or the file in ``folder`` if that is None.

    Raises `InputError` if it is no address, or if the library that speaks to the server is not installed.
    """
    if catalog is None:
        return SqliteStore(folder)
    from index.catalog.postgres.store import postgres_at

    return postgres_at(catalog)


def exists(folder: Path, catalog: str | None = None) -> bool:
    """Return True if there is a catalog at ``catalog``, an address, or in ``folder`` if that is None.

    Raises `StorageError` if the folder may not be read, and `CatalogServerError`.
    """
    return store_of(folder, catalog).exists()
