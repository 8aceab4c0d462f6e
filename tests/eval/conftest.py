"""A made-up corpus and gold set, small enough to compute by hand, and an index without a model."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

RELEASES = [
    {
        "id": "ferries",
        "title": "More ferries for the islands",
        "published": "2024-03-01",
        "publisher": "Ministry of Boats",
        "body": "The ministry has ordered 12 ferries for the northern islands.\n\nThe first sails\u00a0in  June 2025.",
    },
    {
        "id": "lamps",
        "title": "Street lamps replaced",
        "published": "2024-04-02",
        "publisher": "Ministry of Light",
        "body": "Engineers replaced 4,500 street lamps in a year.\n\nDame Ada Brightwell thanked them.",
    },
    {
        "id": "bees",
        "title": "Bees return to the capital",
        "published": "2024-05-03",
        "publisher": "Ministry of Honey",
        "body": "Beekeepers counted 310 hives on the roofs of the capital, twice as many as before.",
    },
]


def label(release: int, evidence: str) -> dict[str, Any]:
    chosen = RELEASES[release]
    return {"release": {"title": chosen["title"], "date": chosen["published"]}, "evidence": evidence}


QUESTIONS: list[dict[str, Any]] = [
    {"id": "q1", "question": "How many ferries were ordered?", "answers": ["12"], "kind": "number"}
    | label(0, "has ordered 12 ferries"),
    {"id": "q2", "question": "How many street lamps were replaced?", "answers": ["4,500"], "kind": "number"}
    | label(1, "replaced 4,500 street lamps"),
    {"id": "q3", "question": "Who thanked the engineers?", "answers": ["Dame Ada Brightwell"], "kind": "name"}
    | label(1, "Dame Ada Brightwell thanked them"),
    {"id": "q4", "question": "When does the first sail?", "answers": ["June 2025"], "kind": "date"}
    | label(0, "islands. The first sails in June 2025"),
    {"id": "q5", "question": "How many trams were painted green?", "answers": [], "release": None, "evidence": None},
]


@pytest.fixture(autouse=True)
def _no_model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PRESSQA_MODEL", "hashing")
    monkeypatch.setenv("PRESSQA_DATA", str(tmp_path / "unused"))


def write_lines(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write_lines(tmp_path / "corpus.jsonl", RELEASES)


@pytest.fixture
def write_gold(tmp_path: Path) -> Callable[..., Path]:
    def write(*rows: dict[str, Any], name: str = "gold.jsonl") -> Path:
        return write_lines(tmp_path / name, list(rows))

    return write


@pytest.fixture
def questions() -> list[dict[str, Any]]:
    return QUESTIONS


@pytest.fixture
def gold(write_gold: Callable[..., Path]) -> Path:
    return write_gold(*QUESTIONS)
