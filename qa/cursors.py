"""Cursors of pages of releases: where the next page begins, as text that is handed back as it came."""

import base64
import json
from datetime import date

from index.errors import InputError


def make_cursor(published: date, release_id: str) -> str:
    """Return the cursor of the page that begins after a release of that day."""
    return base64.urlsafe_b64encode(json.dumps([published.isoformat(), release_id]).encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> tuple[date, str]:
    """Return the day and the id that a cursor names; raises `InputError` for one that `make_cursor` did not make."""
    try:
        day, release_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        release_id.encode()  # JSON can hold half a surrogate pair, an id cannot
        return date.fromisoformat(day), release_id
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(f"not a cursor: {cursor[:80]!r}", "use the 'next' of the page before, as it came") from error
