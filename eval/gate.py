"""The regression gate: the sample corpus run again and compared with the values committed in ``eval/results``."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from eval.metrics import mean
from eval.runs.ask import Plan, Progress, execute
from eval.runs.folder import Run
from eval.scoring.compare import Difference, differences
from eval.scoring.measures import HEADLINE, METRICS, Values, per_question
from eval.sets.load import load_set
from index.errors import InputError, StorageError
from qa.settings import Settings

FORMAT = 1
"""The format of a baseline; a file of another one must be accepted again."""

HERE = Path(__file__).parent
GOLD, CORPUS = HERE / "data" / "home-office-gold.jsonl", HERE / "data" / "home-office-summaries.txt"
BASELINE = HERE / "results" / "sample-baseline.json"


@dataclass(frozen=True, slots=True)
class Baseline:
    """The values of each question when they were last accepted, and what they were measured with."""

    gold: str
    settings: dict[str, Any]
    manifest: dict[str, Any]
    versions: dict[str, str]
    means: dict[str, float]
    questions: dict[str, Values]
    format: int = FORMAT


_BASELINE = TypeAdapter(Baseline)


def run_sample(settings: Settings, cache: Path, progress: Progress = lambda done, of: None) -> Run:
    """Ask the questions of the sample set over the sample corpus."""
    return execute(Plan("sample", load_set(GOLD, "gold"), settings, cache, (CORPUS,)), progress)


def baseline_of(run: Run) -> Baseline:
    """Return a run as a baseline: its values, rounded to 6 digits, and no words of a release."""
    questions = {
        name: {metric: None if value is None else round(value, 6) for metric, value in values.items()}
        for name, values in per_question(run.records).items()
    }
    means = {metric: mean(values[metric] for values in questions.values()) for metric in METRICS}
    overall = {metric: round(value, 6) for metric, value in means.items() if value is not None}
    info = run.info
    return Baseline(info.gold["sha256"], info.settings, info.manifest, info.versions, overall, questions)


def write_baseline(path: Path, baseline: Baseline) -> None:
    """Write a baseline, completely or not at all, one question on each line; raises `StorageError`."""
    content = _BASELINE.dump_python(baseline, mode="json")
    questions = content.pop("questions")
    head = json.dumps(content, ensure_ascii=False, indent=1).removesuffix("\n}")
    lines = [f"  {json.dumps(name)}: {json.dumps(_without_none(values))}" for name, values in questions.items()]
    text = head + ',\n "questions": {\n' + ",\n".join(lines) + "\n }\n}\n"
    draft = path.with_name(path.name + ".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise StorageError(f"cannot write {path}: {error}", "choose another file: --baseline FILE") from error


def read_baseline(path: Path) -> Baseline:
    """Read a baseline; raises `InputError` if it is missing or of another format."""
    update = "accept what is now: pressqa eval gate --update"
    if not path.is_file():
        raise InputError(f"there is no baseline {path}", update)
    try:
        stored = json.loads(path.read_bytes())
        if stored.get("format") != FORMAT:
            raise InputError(f"{path} is of format {stored.get('format')!r}, not {FORMAT}", update)
        return _BASELINE.validate_python(stored)
    except json.JSONDecodeError as error:
        raise InputError(f"{path}:{error.lineno}: not JSON: {error.msg}", update) from error
    except (ValidationError, AttributeError) as error:
        raise InputError(f"{path} is not a baseline: {error}", update) from error


def hold(baseline: Baseline, fresh: Baseline) -> tuple[Difference, ...]:
    """Return how the headline metrics differ; raises `InputError` if the questions are not the same."""
    if baseline.questions.keys() != fresh.questions.keys() or baseline.gold != fresh.gold:
        raise InputError(
            "the baseline is of other questions than the sample set now has",
            "the set was changed: accept it with pressqa eval gate --update",
        )
    return differences(_complete(baseline.questions), _complete(fresh.questions), HEADLINE)


def _complete(questions: Mapping[str, Values]) -> dict[str, Values]:
    return {name: {metric: values.get(metric) for metric in METRICS} for name, values in questions.items()}


def _without_none(values: Values) -> Values:
    return {metric: value for metric, value in values.items() if value is not None}
