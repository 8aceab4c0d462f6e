"""Showing an answer."""

def as_json(value: Answer | SearchResult) -> dict[str, object]:
    """Return the JSON object of an answer: the same from the command line and over HTTP. Dates are ISO 8601."""
    return {key: _plain(item) for key, item in asdict(value).items()}


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
