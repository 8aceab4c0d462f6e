"""Writing decimal numbers as text."""

from decimal import Decimal


def plain(value: Decimal) -> str:
    """Return a decimal exactly, without an exponent."""
    return format(value, "f")
