"""What holds for the project as a whole: where its packages come from, who imports whom, what a question loads."""

import ast
import graphlib
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import grimp
import pytest

from index.types import Release
from qa.reading.exports import SHIPPED_FOLDER

ROOT = Path(__file__).parents[1]
PACKAGES = ["qa", "index", "api", "eval"]

HEAVY = """
import sys
from qa.cli.commands import main
sys.argv = ["pressqa", "ask", "how many ferries sail?"]
try:
    main()
except SystemExit as exit:
    assert exit.code in (0, 1), exit.code
for name in {names!r}:
    assert name not in sys.modules, name
"""
READER = """
import sys
from pathlib import Path
from shutil import copy
from transformers import BertConfig, BertForQuestionAnswering
from index.models.names import find_default_model
config = BertConfig(hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64)
BertForQuestionAnswering(config).save_pretrained(sys.argv[1])
copy(find_default_model() / "tokenizer.json", sys.argv[1])
"""
MODELS_AND_SEARCH = ["torch", "onnx", "onnxruntime", "tokenizers", "faiss", "tantivy", "pymilvus", "psycopg", "fastapi"]
MODELS_AND_SEARCH += ["uvicorn"]
CATALOG = """
import sys
from datetime import date
from pathlib import Path
from index.catalog.reader import Catalog
catalog = Catalog(Path(sys.argv[1]))
assert len(list(catalog.export())) == 1
catalog.close()
for name in ("tantivy", "faiss"):
    assert name not in sys.modules, name
"""
HELP = """
import sys
from qa.cli.commands import main
sys.argv = ["pressqa", "--help"]
try:
    main()
except SystemExit as exit:
    assert exit.code == 0, exit.code
for name in {names!r}:
    assert name not in sys.modules, name
"""
MOST_LINES = 350
REASON = "Long because "
"""How a sentence in the docstring of a longer module begins."""
NEVER = ["torch", "transformers", "sentence_transformers", "onnx", "sklearn", "scipy", "fastapi", "uvicorn", "nupunkt"]
NEVER += ["pymilvus", "psycopg", "openai", "mcp", "httpx2", "tiktoken", "qa.writing"]


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


def test_no_circle_between_modules() -> None:
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    graphlib.TopologicalSorter(imports).prepare()  # raises CycleError, which names the circle


def test_a_long_module_says_why() -> None:
    files = [path for folder in (*PACKAGES, "tests") for path in (ROOT / folder).rglob("*.py")]
    long = {path: text for path in files if (text := path.read_text("utf-8")).count("\n") > MOST_LINES}
    silent = [str(path) for path, text in long.items() if REASON not in (ast.get_docstring(ast.parse(text)) or "")]
    assert silent == [], f"split it, or say why in its docstring: {REASON}..."


def test_opening_the_catalog_loads_no_search_engine(
    lab: Any, make: Callable[..., Release], python: Callable[..., Any]
) -> None:
    lab.ingest(make(1))
    result = python(CATALOG, str(lab.data))
    assert (result.returncode, result.stderr) == (0, b"")


def test_the_help_loads_no_model_no_search_engine_and_no_server(python: Callable[..., Any]) -> None:
    result = python(HELP.format(names=MODELS_AND_SEARCH))
    assert (result.returncode, result.stderr) == (0, b"")
    assert b"serve" in result.stdout, "commands of the packages above are listed too"


def test_a_question_loads_nothing_heavy(lab: Any, make: Callable[..., Release], python: Callable[..., Any]) -> None:
    lab.ingest(make(1))
    result = python(HEAVY.format(names=NEVER), env={"PRESSQA_DATA": str(lab.data)})
    assert (result.returncode, result.stderr) == (0, b"")


def test_a_search_loads_nothing_that_reads_answers(lab: Any, make: Callable[..., Release], python: Any) -> None:
    lab.ingest(make(1))
    code = """
import sys
from qa.compose import open_engine
from qa.settings import Settings
engine = open_engine(Settings(data=sys.argv[1]), reads=False)
assert engine.search("ferries").passages
for name in ("qa.answering", "qa.question", "qa.reading.structure_reader", "index.figures.quantities"):
    assert name not in sys.modules, name
engine.ask("How many ferries?")
engine.close()
"""
    result = python(code, str(lab.data))
    assert (result.returncode, result.stderr) == (0, b"")


def test_reading_what_is_stored_loads_no_search_library(lab: Any, make: Callable[..., Release], python: Any) -> None:
    lab.ingest(make(1))
    code = """
import sys
from pathlib import Path
from index.open import manifest_of, open_releases
assert manifest_of(Path(sys.argv[1])) == open_releases(Path(sys.argv[1])).status().manifest
for name in ("faiss", "tantivy", "onnxruntime", "tokenizers"):
    assert name not in sys.modules, name
"""
    result = python(code, str(lab.data))
    assert (result.returncode, result.stderr) == (0, b"")


@pytest.fixture(params=["the shipped reader", "another reader"])
def environment(request: pytest.FixtureRequest, tmp_path: Path, python: Callable[..., Any]) -> dict[str, str]:
    made = {"PRESSQA_MODEL": "all-MiniLM-L6-v2", "PRESSQA_DATA": str(tmp_path / "data")}
    if request.param == "another reader":
        assert python(READER, str(tmp_path / "tiny")).returncode == 0
        return made | {"PRESSQA_READER": str(tmp_path / "tiny")}
    if not SHIPPED_FOLDER.is_dir():
        pytest.skip("the reader's weights are not in this working tree")
    return made


@pytest.mark.model
def test_a_question_to_the_real_models_loads_no_torch(
    environment: dict[str, str],
    make: Callable[..., Release],
    write_jsonl: Callable[..., Path],
    pressqa: Callable[..., Any],
    python: Callable[..., Any],
) -> None:
    source = write_jsonl(Path(environment["PRESSQA_DATA"]).with_name("in.jsonl"), [make(1)])
    assert pressqa("ingest", source, env=environment).returncode == 0
    # Another reader is exported by the first question to it.
    assert pressqa("ask", "how many ferries sail?", env=environment).returncode in (0, 1)
    result = python(HEAVY.format(names=NEVER), env=environment)
    assert (result.returncode, result.stderr) == (0, b"")
