"""Web addresses in a form in which two addresses of one page are equal."""

import hashlib
from urllib.parse import parse_qsl, urlencode, urlsplit

_TRACKING = ("utm_", "fbclid", "gclid", "mc_cid", "mc_eid")
"""How parameters begin that say where a reader came from, and not which page it is."""


def canonical_address(address: str | None) -> str | None:
    """Return a web address in the form in which two addresses of one page are equal; None for None.

    Scheme, "www.", the fragment, a last slash and parameters that only track readers make no difference.
    """
    if not address:
        return None
    parts = urlsplit(address)
    query = [pair for pair in parse_qsl(parts.query) if not pair[0].lower().startswith(_TRACKING)]
    host = parts.netloc.lower().removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}" + (f"?{urlencode(sorted(query))}" if query else "")


def address_id(address: str, longest: int) -> str:
    """Return the id of a release that is found at a web address: its canonical form, at most ``longest`` characters.

    One that is too long ends in a hash of the whole.
    """
    name = canonical_address(address) or address
    if len(name) <= longest:
        return name
    return f"{name[: longest - 17]}-{hashlib.sha256(name.encode()).hexdigest()[:16]}"
