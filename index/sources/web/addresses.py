"""Which addresses may be read: http and https only, and no network that is not public.

A page may redirect to a name that leads into the network of the machine that reads it, and a name may lead to another
address each time it is asked for. So a name is resolved once for each connection, every address that it has must be
public, and the connection is made to the address that was checked.
"""

import ipaddress
import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network
from urllib.parse import urlsplit

from index.sources.web.types import FetchError, RefusedAddressError, TryAgainError

Address = IPv4Address | IPv6Address

_LONGEST = 2_000
"""The longest address that is read, in characters (set by judgement: browsers and servers agree on about this)."""

_NAT64 = IPv6Network("64:ff9b::/96")
"""IPv6 addresses whose last 32 bits are an IPv4 address (RFC 6052)."""


def check_address(address: str) -> str:
    """Return a web address without its fragment; raises `RefusedAddressError` if it is not one that may be read."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise _refused(address, f"is not a web address: {error}") from None
    if parts.scheme not in ("http", "https"):
        raise _refused(address, "is neither http nor https")
    if not host:
        raise _refused(address, "names no host")
    if parts.username is not None or parts.password is not None:
        raise _refused(address, "holds a user name or password")
    if len(address) > _LONGEST or any(mark.isspace() or not mark.isprintable() for mark in address):
        raise _refused(address, "is too long, or holds blanks or control characters")
    return parts._replace(fragment="").geturl()


def public_addresses(host: str, port: int, allowed: Sequence[str] = ()) -> list[str]:
    """Resolve a host once, and return its addresses, each of which may be connected to.

    Raises:
        RefusedAddressError: one of them is private, loopback, link-local or otherwise not public, and in none of the
            networks that are ``allowed``.
        TryAgainError: the name cannot be resolved.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise TryAgainError(f"{host} cannot be resolved: {getattr(error, 'strerror', None) or error}") from None
    networks = [ipaddress.ip_network(network, strict=False) for network in allowed]
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for text in addresses:
        address = ipaddress.ip_address(text.partition("%")[0])
        if not is_public(address) and not any(address in network for network in networks):
            raise RefusedAddressError(
                f"{text} is not a public address" if host == text else f"{host} leads to {text}, which is not public",
                f"if you trust it: pressqa ingest --allow {address} URL,"
                f' or in pressqa.toml [web] allow = ["{address}"]',
            )
    return addresses


def is_public(address: Address) -> bool:
    """Return True for an address of the public internet, also one that carries an IPv4 address inside."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in _NAT64:
            inner = IPv4Address(int(address) & 0xFFFF_FFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast


def check_networks(networks: Sequence[str]) -> None:
    """Raise `FetchError` for a network that is not written as one."""
    for network in networks:
        try:
            ipaddress.ip_network(network, strict=False)
        except ValueError:
            raise FetchError(f'"{network}" is not an address or network', "write 127.0.0.1 or 10.0.0.0/8") from None


def _refused(address: str, reason: str) -> RefusedAddressError:
    shown = address if len(address) <= 80 else f"{address[:77]}..."
    return RefusedAddressError(f"{shown} {reason}", "give an address that begins with https:// or http://")
