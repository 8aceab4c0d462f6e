"""How nouns describe themselves to programs: their JSON schemas hold what their docstrings say."""

import ast
import inspect
import textwrap
from collections.abc import Callable
from itertools import pairwise
from typing import Any, Protocol


class _SchemaHandler(Protocol):
    """What pydantic gives those that describe their own JSON schema."""

    def __call__(self, schema: object) -> dict[str, object]: ...

    def resolve_ref_schema(self, schema: dict[str, object]) -> dict[str, Any]: ...


def _parsed(noun: type) -> ast.ClassDef | None:
    """Return the syntax tree of a class; None where no source is kept."""
    for again in (True, True, False):
        try:
            (made,) = ast.parse(textwrap.dedent(inspect.getsource(noun))).body
        except OSError:
            return None
        except SystemError:  # Python 3.11 counts depth for all threads together (python/cpython#106905)
            if not again:
                raise
        else:
            assert isinstance(made, ast.ClassDef)
            return made
    raise AssertionError("the last try returns or raises")


def _field_docstrings(noun: type) -> dict[str, str]:
    """Return the string after each field of a class: field -> what it says; {} where no source is kept."""
    made = _parsed(noun)
    if made is None:
        return {}
    found = {}
    for field, after in pairwise(made.body):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
            and isinstance(after.value.value, str)
        ):
            found[field.target.id] = inspect.cleandoc(after.value.value)
    return found


class Described:
    """A noun that programs receive as JSON. The docstrings of the class and of its fields, in Markdown, describe it.

    Nothing here imports pydantic: a question from the command line does without it.
    """

    __slots__ = ()

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: object, handler: _SchemaHandler) -> dict[str, object]:
        """Return the noun's JSON schema with the docstrings of its fields; pydantic calls this.

        pydantic can read them by itself, but does so for every noun when a server starts (its setting
        ``use_attribute_docstrings``).
        """
        made = handler(schema)
        properties = handler.resolve_ref_schema(made)["properties"]
        for name, words in _field_docstrings(cls).items():
            properties[name]["description"] = words
        return made


class Keywords:
    """Keywords of JSON Schema that a field's type does not say, such as ``minimum`` and ``examples``."""

    def __init__(self, **keywords: object) -> None:
        self.keywords = keywords

    def __get_pydantic_json_schema__(
        self, schema: object, handler: Callable[[object], dict[str, object]]
    ) -> dict[str, object]:
        """Return the field's JSON schema with the keywords; pydantic calls this."""
        return handler(schema) | self.keywords
