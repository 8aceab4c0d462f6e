"""Web addresses in a form in which two addresses of one page are equal."""

import hashlib
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

_TRACKING = ("utm_", "fbclid", "gclid", "mc_cid", "mc_eid")
"""How parameters begin that say where a reader came from, and not which page it is."""


def canonical_address(address: str | None) -> str | None:
    """Return a web address in the form in which two addresses of one page are equal; None for None.

    Scheme, "www.", the fragment, a last slash and parameters that only track readers make no difference.
    """
    if not address:
        return None
    try:
        parts = urlsplit(address)
    except ValueError:  # no address of the web: "http://[x"
        return address
    query = [pair for pair in parse_qsl(parts.query) if not pair[0].lower().startswith(_TRACKING)]
    host = parts.netloc.lower().removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}" + (f"?{urlencode(sorted(query))}" if query else "")


def joined(base: str, link: str) -> str | None:
    """Return the address that a link on a page leads to; None if it is none, or not of http or https."""
    try:
        address = urljoin(base, link.strip()).replace(" ", "%20")
        return address if urlsplit(address).scheme in ("http", "https") and urlsplit(address).hostname else None
    except ValueError:
        return None


def address_id(address: str, longest: int) -> str:
    """Return the id of a release that is found at a web address: its canonical form, at most ``longest`` characters.

    One that is too long ends in a hash of the whole.
    """
    name = canonical_address(address) or address
    if len(name) <= longest:
        return name
    return f"{name[: longest - 17]}-{hashlib.sha256(name.encode()).hexdigest()[:16]}"
