"""What holds for the project as a whole: where its packages come from, who imports whom, what a question loads."""

import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from index.types import Release

ROOT = Path(__file__).parents[1]
PACKAGES = ["qa", "index", "api", "eval"]

HEAVY = """
import sys
from qa.cli import main
sys.argv = ["pressqa", "ask", "how many ferries sail?"]
try:
    main()
except SystemExit as exit:
    assert exit.code in (0, 1), exit.code
for name in {names!r}:
    assert name not in sys.modules, name
"""
NEVER = ["torch", "transformers", "sentence_transformers", "onnx", "sklearn", "scipy", "fastapi", "uvicorn", "nupunkt"]


@pytest.mark.parametrize("name", PACKAGES)
def test_the_packages_are_the_projects_own(name: str) -> None:
    spec = find_spec(name)
    assert spec is not None
    assert spec.origin == str(ROOT / name / "__init__.py")


def test_nothing_under_tests_shadows_a_package() -> None:
    assert list((ROOT / "tests").rglob("__init__.py")) == []


def test_dependencies_point_one_way() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_question_loads_nothing_heavy(lab: Any, make: Callable[..., Release], python: Callable[..., Any]) -> None:
    lab.ingest(make(1))
    result = python(HEAVY.format(names=NEVER), env={"PRESSQA_DATA": str(lab.data)})
    assert (result.returncode, result.stderr) == (0, b"")


@pytest.mark.model
def test_a_question_to_the_real_model_loads_no_torch(
    tmp_path: Path,
    make: Callable[..., Release],
    write_jsonl: Callable[..., Path],
    pressqa: Callable[..., Any],
    python: Callable[..., Any],
) -> None:
    environment = {"PRESSQA_MODEL": "all-MiniLM-L6-v2", "PRESSQA_DATA": str(tmp_path / "data")}
    source = write_jsonl(tmp_path / "in.jsonl", [make(1)])
    assert pressqa("ingest", source, env=environment).returncode == 0
    result = python(HEAVY.format(names=NEVER), env=environment)
    assert (result.returncode, result.stderr) == (0, b"")
