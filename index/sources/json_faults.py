"""What is wrong with a line of JSON, in words: the errors of pydantic as sentences."""

from pydantic_core import ErrorDetails


def sentence(detail: ErrorDetails) -> str:
    """Return one error of a model that a line of JSON was validated against, as a `Problem` says it."""
    field = ".".join(str(part) for part in detail["loc"])
    if detail["type"] == "json_invalid":
        return f"not JSON: {detail['ctx']['error']}".replace("at line 1 column", "at column")
    if detail["type"] == "missing":
        return f'"{field}" is missing'
    if detail["type"] == "string_type":
        return f'"{field}" must be a string, not {_json_type(detail["input"])}'
    return f'"{field}": {detail["msg"]}' if field else f"not a JSON object but {_json_type(detail['input'])}"


def _json_type(value: object) -> str:
    names = {bool: "true or false", dict: "an object", list: "an array", str: "a string", type(None): "null"}
    return names.get(type(value), "a number")
