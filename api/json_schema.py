"""The JSON schemas of what comes back, made from the nouns in `qa.types`, under the names that clients know."""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from api.examples import examples
from index.types import ReleaseEntry
from qa.types import (
    Answer,
    AnswerCell,
    AnswerPart,
    Citation,
    CitedPassage,
    FigurePeriod,
    FigureResult,
    FigureStatement,
    FullRelease,
    IndexInfo,
    NearestStatement,
    ReadPassage,
    ReadSpan,
    ReleasePage,
    SearchResult,
    StatedChange,
    TimelinePoint,
    WrittenAnswer,
    WrittenSentence,
)

WIRE_NAMES: Mapping[str, str] = {
    noun.__name__: name
    for noun, name in (
        (Answer, "AnswerObject"),
        (AnswerCell, "CellObject"),
        (AnswerPart, "PartObject"),
        (Citation, "CitationObject"),
        (CitedPassage, "PassageObject"),
        (FigurePeriod, "PeriodObject"),
        (FigureResult, "FiguresObject"),
        (FigureStatement, "FigureObject"),
        (FullRelease, "ReleaseObject"),
        (IndexInfo, "IndexObject"),
        (NearestStatement, "NearestObject"),
        (ReadPassage, "ReadPassageObject"),
        (ReadSpan, "ReadSpanObject"),
        (ReleaseEntry, "ReleaseItem"),
        (ReleasePage, "ReleasesObject"),
        (SearchResult, "SearchObject"),
        (StatedChange, "ChangeObject"),
        (TimelinePoint, "TimelineObject"),
        (WrittenAnswer, "WrittenObject"),
        (WrittenSentence, "WrittenSentenceObject"),
    )
}
"""Name of a noun -> name of its schema in OpenAPI. Generated clients name classes after it: it must not change."""


def schema_of(noun: type) -> dict[str, Any]:
    """Return the JSON schema (draft 2020-12) of what a client receives.

    It is complete in itself: all that it refers to is under ``$defs``, and it holds a worked example.
    """
    schema = TypeAdapter(noun).json_schema(mode="serialization")
    definitions = on_the_wire(schema.pop("$defs", {}))
    (own,) = on_the_wire({noun.__name__: schema}).values()
    return {**own, "$defs": definitions} if definitions else own


def on_the_wire(schemas: Mapping[str, Any]) -> dict[str, Any]:
    """Return named schemas with every noun's under its name on the wire, sorted; responses have an example."""
    named = {name: with_wire_names(schema) for name, schema in schemas.items()}
    for noun, name in WIRE_NAMES.items():
        if noun in named:
            schema = named.pop(noun)
            # Every field is always there, also one that may be left out where the noun is made.
            named[name] = schema | {"title": name, "required": list(schema["properties"])}
    for name, example in examples().items():
        if name in named:
            named[name]["examples"] = [example]
    return dict(sorted(named.items()))


def with_wire_names(document: Any) -> Any:
    """Return a part of a JSON document in which each reference to a noun's schema has its name on the wire."""
    if isinstance(document, list):
        return [with_wire_names(item) for item in document]
    if not isinstance(document, dict):
        return document
    renamed = {key: with_wire_names(item) for key, item in document.items()}
    if isinstance(reference := renamed.get("$ref"), str):
        folder, _, name = reference.rpartition("/")
        renamed["$ref"] = f"{folder}/{WIRE_NAMES.get(name, name)}"
    return renamed
