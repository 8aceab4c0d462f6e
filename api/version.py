"""Which version of pressqa this is."""

from importlib.metadata import PackageNotFoundError, version


def own_version() -> str:
    """Return the version of the installed package; "0+source" where it runs without being installed."""
    try:
        return version("pressqa")
    except PackageNotFoundError:
        return "0+source"
