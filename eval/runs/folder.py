"""Run folders: written completely or not at all; an incomplete one is refused, with the reason.

A folder holds ``run.json`` (what was run), ``questions.jsonl`` (one `Record` a line) and ``metrics.json`` (what
follows from the records; reading computes it again, so that two runs are always scored by the same code).
"""

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from eval.types import Record
from index.errors import InputError, StorageError

FORMAT = 1
"""The format of a run folder, a number that grows whenever code for the old format could misread the new one."""

RUN, QUESTIONS, METRICS = "run.json", "questions.jsonl", "metrics.json"


@dataclass(frozen=True, slots=True)
class RunInfo:
    """What was run, on what, by what code: the content of ``run.json``."""

    name: str
    created: datetime
    gold: dict[str, Any]
    corpus: list[dict[str, Any]]
    settings: dict[str, Any]
    manifest: dict[str, Any]
    releases: int
    passages: int
    left_out: list[str]
    notes: list[str]
    threshold: float
    top_k: int
    ranking_depth: int
    seconds: dict[str, float]
    versions: dict[str, str]
    commit: str | None
    dirty: bool | None
    machine: dict[str, Any]
    questions: int
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class Run:
    """A run: what it was, and one record a question, in the order of the set."""

    info: RunInfo
    records: tuple[Record, ...]


_INFO = TypeAdapter(RunInfo)
_RECORD = TypeAdapter(Record)


def write_run(folder: Path, run: Run, metrics: Mapping[str, Any], *, replace: bool = False) -> None:
    """Write a run folder; raises `StorageError` if it is there and not to be replaced, or cannot be written."""
    check_free(folder, replace=replace)
    draft = folder.with_name(f".{folder.name}.{os.getpid()}")
    try:
        draft.mkdir(parents=True)
        (draft / RUN).write_bytes(_INFO.dump_json(run.info, indent=1) + b"\n")
        (draft / QUESTIONS).write_bytes(b"".join(_RECORD.dump_json(record) + b"\n" for record in run.records))
        text = json.dumps(metrics, ensure_ascii=False, indent=1)
        (draft / METRICS).write_text(text + "\n", encoding="utf-8")
        if folder.exists():
            shutil.rmtree(folder)
        draft.rename(folder)
    except OSError as error:
        raise StorageError(f"cannot write the run {folder}: {error}", "choose another folder: --out DIR") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def check_free(folder: Path, *, replace: bool = False) -> None:
    """Raise `StorageError` if a run cannot be written there; only another run is ever replaced."""
    if folder.exists() and not (replace and (folder / RUN).is_file()):
        hint = "choose another name (--name), or write over it: --replace"
        raise StorageError(f"{folder} is there already", hint if (folder / RUN).is_file() else "choose another name")


def read_run(folder: Path) -> Run:
    """Read a run folder; raises `InputError` naming file and line if it is not a whole run of this format."""
    info = _read_info(folder)
    path = folder / QUESTIONS
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise _half(folder, f"cannot read {path}: {error.strerror or error}") from error
    records = []
    for number, line in enumerate(lines, 1):
        try:
            records.append(_RECORD.validate_json(line))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            field = ".".join(str(part) for part in first["loc"])
            raise _half(folder, f"{path}:{number}: {field + ': ' if field else ''}{first['msg']}") from error
    if len(records) != info.questions:
        raise _half(folder, f"{path}:{len(records)} is the last line, but {RUN} says {info.questions} questions")
    if not (folder / METRICS).is_file():
        raise _half(folder, f"{folder / METRICS} is missing")
    return Run(info, tuple(records))


def read_runs(folders: Sequence[Path]) -> list[Run]:
    """Read several runs, in the order given."""
    return [read_run(folder) for folder in folders]


def _read_info(folder: Path) -> RunInfo:
    path = folder / RUN
    if not path.is_file():
        if (folder / QUESTIONS).is_file():
            raise _half(folder, f"{path} is missing")
        raise InputError(f"{folder} is not a run folder: it has no {RUN}", "make one: pressqa eval run GOLD")
    try:
        stored = json.loads(path.read_bytes())
        found = stored["format"]
    except (ValueError, TypeError, KeyError) as error:
        line = getattr(error, "lineno", 1)
        raise _half(folder, f"{path}:{line}: not the record of a run: {error}") from error
    if found != FORMAT:
        raise InputError(
            f"{path}: the run is of format {found!r}, and this pressqa reads format {FORMAT}",
            "run it again with this version, or read it with the version that wrote it",
        )
    try:
        return _INFO.validate_python(stored)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise _half(folder, f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def _half(folder: Path, reason: str) -> InputError:
    return InputError(f"{folder} is not a whole run: {reason}", "it was cut off or edited: run it again")
