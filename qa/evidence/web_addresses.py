"""Which addresses of releases may be followed."""

from urllib.parse import urlsplit


def web_url(url: str | None) -> str | None:
    """Return a release's own address if a browser may follow it: a release can claim any, such as "javascript:"."""
    if url is None:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None
