"""What people typed into the forms: read leniently, and refused field by field where it cannot be understood."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from api.requests import Filters
from index.errors import InputError, PressqaError
from index.text.dates import long_date
from index.types import SearchFilter
from qa.limits import clean_question, exceeded_by_since

LABELS = {
    "since": "Published from",
    "until": "Published until",
    "as_of": "As known on",
    "period_from": "About a time from",
    "period_to": "About a time until",
}
"""The fields for days -> what the forms call them."""

F = TypeVar("F", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Form(Generic[F]):
    """A form as it came: its fields as they were typed, what they mean, and what is wrong with them.

    ``read`` is None where ``faults``, field -> message, is not empty or where a field that is needed is empty.
    """

    typed: Mapping[str, str]
    read: F | None
    faults: Mapping[str, str]

    @property
    def filtered(self) -> bool:
        """Whether any filter is set."""
        return any(self.typed.get(name) for name in Filters.model_fields)


def read_form(kind: type[F], query: Mapping[str, str], *, needs: str | None = None) -> Form[F]:
    """Read the parameters of an address as a form.

    An empty field is one that is not set, and parameters that the form does not have are ignored: people add such
    things to links they share. While the field ``needs`` is empty there is nothing to read yet, which is no fault; that
    it has blanks alone is one.
    """
    typed = {name: query[name].strip() for name in kind.model_fields if query.get(name, "").strip()}
    faults = (
        {needs: "Only blanks were given: write some words"} if needs and needs not in typed and query.get(needs) else {}
    )
    try:
        # Without the field that is needed, the others are still checked, so that a mistake in them is told.
        given = typed if needs is None or needs in typed else {**typed, needs: "?"}
        read = kind.model_validate(given)
    except ValidationError as error:
        for fault in error.errors():
            name = str(fault["loc"][0]) if fault["loc"] else ""
            faults.setdefault(name, _message(name, fault["type"], fault["msg"]))
        return Form(typed, None, faults)
    return Form(typed, None if needs is not None and needs not in typed else read, faults)


def read_whole(kind: type[F], query: Mapping[str, str]) -> F:
    """Read the parameters of an address as a form for programs; raises `InputError` that names the first fault."""
    form = read_form(kind, query)
    if form.read is None:
        name, told = next(iter(form.faults.items()))
        raise InputError(f"{name}: {told}")
    return form.read


def faults_of(question: str, where: SearchFilter) -> dict[str, str]:
    """Return what the engine would refuse of a question and its dates, by the field of the form to correct."""
    faults: dict[str, str] = {}
    try:
        clean_question(question)
    except InputError as error:
        faults["q"] = fault_of(error)
    exceeded = exceeded_by_since(where)
    if exceeded is not None and where.since is not None:
        name, bound = exceeded
        faults["since"] = reversed_days("since", where.since, name, bound)
    return faults


def fault_of(error: PressqaError) -> str:
    """Return what an error says as a form tells it: with a capital, and without a full stop."""
    return _with_capital(str(error))


def reversed_days(first: str, begins: date, last: str, ends: date) -> str:
    """Return what is wrong with two days in the wrong order, in the words of the labels of their fields."""
    return f"“{LABELS[first]}” ({long_date(begins)}) is after “{LABELS[last]}” ({long_date(ends)}): swap the two days"


def _message(name: str, kind: str, message: str) -> str:
    if kind == "missing":
        return "Write some words"
    if kind == "string_too_long":
        return "This is too long: shorten it"
    text = message.removeprefix("Value error, ")
    if name in LABELS:
        # Named, as the list of faults at the top of the page is away from the fields.
        told = text if "no such day" in text else "write the day as YYYY-MM-DD, such as 2025-01-31"
        return f"“{LABELS[name]}”: {told}"
    return _with_capital(text)


def _with_capital(text: str) -> str:
    return text[:1].upper() + text[1:]
