"""The operations of the API as people read them: made from its OpenAPI document, for the page that describes it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

Json = Mapping[str, Any]

_LIMITS = (
    ("minimum", "at least {}"),
    ("maximum", "at most {}"),
    ("minLength", "at least {} characters"),
    ("maxLength", "at most {} characters"),
    ("minItems", "at least {}"),
    ("maxItems", "at most {}"),
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of what a value may be; ``schema`` names the object that it is, and is empty for any other word."""

    text: str
    schema: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter or a field of an object; ``place`` is that of a parameter (query, path, header), else empty."""

    name: str
    place: str
    kind: tuple[Word, ...]
    limits: str
    required: bool
    description: str
    example: str


@dataclass(frozen=True, slots=True)
class Body:
    """What is sent, or comes back, in one media type; the example is JSON or text, empty if there is none."""

    media_types: str
    kind: tuple[Word, ...]
    example: str


@dataclass(frozen=True, slots=True)
class Reply:
    """A response with a status; ``body`` is None where it has none, ``slugs`` are the kinds of problem it may be."""

    status: str
    description: str
    headers: tuple[str, ...]
    body: Body | None
    slugs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: ``anchor`` is its place on the page, ``call`` a command that does it.

    ``link`` is the address of an example that a browser can open, empty if there is none.
    """

    anchor: str
    method: str
    path: str
    summary: str
    description: str
    needs_key: bool
    parameters: tuple[Field, ...]
    body: Body | None
    replies: tuple[Reply, ...]
    call: str
    link: str


@dataclass(frozen=True, slots=True)
class Group:
    """Operations that belong together."""

    name: str
    description: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """An object that is sent or comes back."""

    name: str
    description: str
    fields: tuple[Field, ...]
    example: str


def groups(document: Json, server: str) -> tuple[Group, ...]:
    """Return the operations of an OpenAPI document by their tags; ``server`` is the address in commands."""
    schemas = document["components"]["schemas"]
    named = [
        (operation["tags"][0], _operation(path, method, operation, schemas, server))
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    return tuple(
        Group(tag["name"], tag["description"], tuple(each for name, each in named if name == tag["name"]))
        for tag in document["tags"]
    )


def shapes(document: Json) -> tuple[Shape, ...]:
    """Return the objects that the document describes, by name."""
    schemas = document["components"]["schemas"]
    return tuple(
        Shape(
            name,
            schema.get("description", ""),
            tuple(_field(key, each, required=key in schema.get("required", ())) for key, each in _properties(schema)),
            _pretty(_example(schema, schemas)),
        )
        for name, schema in schemas.items()
    )


def _properties(schema: Json) -> Sequence[tuple[str, Json]]:
    return tuple(schema.get("properties", {}).items())


def _operation(path: str, method: str, operation: Json, schemas: Json, server: str) -> Operation:
    parameters = operation.get("parameters", ())
    address = _address(path, parameters)
    needs_key = bool(operation.get("security"))
    content = operation.get("requestBody", {}).get("content", {})
    body = _body(content, schemas) if content else None
    readable = method == "get" and "{" not in path and not needs_key
    return Operation(
        operation["operationId"].replace("_", "-"),
        method.upper(),
        path,
        operation["summary"],
        operation.get("description", ""),
        needs_key,
        tuple(
            _field(
                each["name"],
                each["schema"],
                required=each.get("required", False),
                place=each["in"],
                told=each.get("description", ""),
            )
            for each in parameters
        ),
        body,
        tuple(_reply(status, each, schemas) for status, each in operation["responses"].items()),
        _call(method, f"{server}{address}", body, needs_key=needs_key),
        address.removeprefix("/") if readable else "",
    )


def _address(path: str, parameters: Sequence[Json]) -> str:
    """Return the address of an operation with the examples of the parameters that it needs."""
    asked = {}
    for each in parameters:
        if each.get("required"):
            example = str(each["schema"]["examples"][0])
            if each["in"] == "path":
                path = path.replace(f"{{{each['name']}}}", quote(example, safe=""))
            else:
                asked[each["name"]] = example
    return f"{path}?{urlencode(asked)}" if asked else path


def _call(method: str, address: str, body: Body | None, *, needs_key: bool) -> str:
    parts = ["curl"] if method == "get" else [f"curl -X {method.upper()}"]
    parts[0] += f" '{address}'"
    if needs_key:
        parts.append("-H 'Authorization: Bearer KEY'")
    if body is not None:
        parts.append(f"-H 'Content-Type: {body.media_types}'")
        parts.append("-d '" + body.example.replace("'", "'\\''") + "'")
    return " \\\n  ".join(parts)


def _reply(status: str, reply: Json, schemas: Json) -> Reply:
    content = reply.get("content", {})
    slugs = tuple(next(iter(content.values())).get("examples", {})) if content and status[0] in "45" else ()
    body = _body(content, schemas) if content else None
    return Reply(status, reply.get("description", ""), tuple(reply.get("headers", ())), body, slugs)


def _body(content: Json, schemas: Json) -> Body:
    media = next(iter(content.values()))
    schema = media.get("schema") or media.get("itemSchema", {})
    shown = media.get("example", _example(schema, schemas))
    return Body(", ".join(content), tuple(_kind(schema)), _pretty(shown))


def _field(name: str, schema: Json, *, required: bool, place: str = "", told: str = "") -> Field:
    example = _example(schema, {}) if "$ref" not in schema else None
    return Field(
        name,
        place,
        tuple(_kind(schema)),
        "; ".join(_limits(schema)),
        required,
        told or schema.get("description", ""),
        "" if example is None or isinstance(example, (list, dict)) else _pretty(example),
    )


def _example(schema: Json, schemas: Json) -> Any:
    """Return the first example of a schema, None if there is none."""
    resolved = schemas.get(_name(schema), schema) if "$ref" in schema else schema
    return next(iter(resolved.get("examples", ())), None)


def _name(schema: Json) -> str:
    return str(schema["$ref"]).rpartition("/")[2]


def _kind(schema: Json) -> Iterator[Word]:
    """Yield what a value may be, in words."""
    if "$ref" in schema:
        yield Word(_name(schema), _name(schema))
    elif "anyOf" in schema:
        for place, each in enumerate(schema["anyOf"]):
            yield from [Word(" or ")] if place else []
            yield from _kind(each)
    elif "enum" in schema or "const" in schema:
        yield Word(" or ".join(json.dumps(each) for each in schema.get("enum", [schema.get("const")])))
    elif schema.get("type") == "array":
        yield Word("list of ")
        yield from _kind(schema.get("items", {}))
    elif isinstance(schema.get("additionalProperties"), dict):
        yield Word("object of ")
        yield from _kind(schema["additionalProperties"])
    else:
        yield Word(schema.get("format") or schema.get("type") or "anything")


def _limits(schema: Json) -> Iterator[str]:
    for each in (schema, *schema.get("anyOf", ())):
        yield from (told.format(f"{each[key]:,}") for key, told in _LIMITS if key in each)
    if schema.get("default") not in (None, []):
        yield f"by default {json.dumps(schema['default'])}"


def _pretty(example: Any) -> str:
    if example is None or isinstance(example, str):
        return example or ""
    return json.dumps(example, indent=2, ensure_ascii=False)
