"""Errors in a line of JSON: what pydantic found, as sentences."""

from pydantic_core import ErrorDetails


def sentence(detail: ErrorDetails) -> str:
    """Return one of the errors of a pydantic `ValidationError` as the sentence of a `Problem`."""
    field = ".".join(str(part) for part in detail["loc"])
    if detail["type"] == "json_invalid":
        # "ident" is the parser's own word, for a value that begins like null, true or false
        found = detail["ctx"]["error"].replace("expected ident", "expected value")
        told = f"not JSON: {found}".replace("at line 1 column", "at column")
        return f"{told}; write one JSON object a line"
    if detail["type"] == "missing":
        return f'"{field}" is missing'
    if detail["type"] == "string_type":
        return f'"{field}" must be a string, not {_json_type(detail["input"])}'
    return f'"{field}": {detail["msg"]}' if field else f"not a JSON object but {_json_type(detail['input'])}"


def _json_type(value: object) -> str:
    names = {bool: "true or false", dict: "an object", list: "an array", str: "a string", type(None): "null"}
    return names.get(type(value), "a number")
