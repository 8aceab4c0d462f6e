"""Opening a set of questions, of whatever form."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from eval.sets import gold
from eval.sets.foreign import beir, known_item, reading, sibling, squad
from eval.sets.lines import open_text
from eval.sets.offsets import is_timeline, offsets, timelines
from eval.types import GoldSet
from index.errors import InputError, SourceError


def load_set(path: Path, form: str | None = None, split: str | None = None, sample: int | None = None) -> GoldSet:
    """Read a question set of the form named in `FORMS`, or else of the form that its content shows.

    ``sample`` keeps that many questions, the same ones on every machine, and every release. Raises `GoldError`
    with every problem of the files, `InputError` for an unknown form or split.
    """
    if form is not None and form not in FORMS:
        raise InputError(f"no form of question set is called {form!r}", f"--form takes one of: {', '.join(FORMS)}")
    form = form or _recognise(path)
    loaded = FORMS[form](path, split)
    if sample is not None and sample < len(loaded.questions):
        chosen = sorted(loaded.questions, key=lambda question: hashlib.sha256(question.id.encode()).digest())[:sample]
        ids = {question.id for question in chosen}
        loaded = replace(loaded, questions=tuple(question for question in loaded.questions if question.id in ids))
    return loaded


def _recognise(path: Path) -> str:
    if path.is_dir():
        if sibling(path, "queries.jsonl") is not None:
            return "beir"
        raise SourceError(
            f"{path} is a folder without queries.jsonl", "give a gold set in JSON Lines, or a BEIR folder"
        )
    if not path.exists():
        raise SourceError(f"no such file or folder: {path}", "check the path")
    if path.suffix == ".json":
        return "squad"
    try:
        with open_text(path) as file:
            first = json.loads(next((line for line in file if line.strip()), "{}"))
    except (ValueError, OSError, EOFError):
        return "gold"
    keys = first.keys() if isinstance(first, dict) else frozenset()
    if {"passage", "sha256"} <= keys:
        return "offsets"
    if is_timeline(first):
        return "timelines"
    if "context" in keys:
        return "reading"
    return "known-item" if {"subtitle", "body"} <= keys else "gold"


FORMS = MappingProxyType[str, Callable[[Path, str | None], GoldSet]](
    {
        "gold": gold.load,
        "beir": beir,
        "squad": squad,
        "reading": reading,
        "known-item": known_item,
        "offsets": offsets,
        "timelines": timelines,
    }
)
"""The forms of question sets by the name that ``--form`` takes."""
