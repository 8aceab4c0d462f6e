"""A sweep: every point of a grid of settings, over one or several sets, into one table.

Points that differ only in settings of the question share an index. Every point is stored as soon as it is measured,
so that a sweep that was stopped can be resumed; a point that other code measured is measured again.
"""

import hashlib
import itertools
import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from eval.metrics import Interval, holm
from eval.runs import provenance
from eval.runs.ask import Progress, ask_all, asking, open_model, with_models
from eval.runs.corpus import Corpus, gather, indexed
from eval.runs.settings import settings_with
from eval.runs.vector_cache import CachingEmbedder, EmbeddingCache
from eval.scoring.compare import ALPHA, check_metrics, differences
from eval.scoring.measures import Values, per_question
from eval.scoring.score import means
from eval.sets.load import load_set
from eval.types import GoldSet
from index.errors import InputError, StorageError

POINTS, TABLE, TABLE_JSON = "points.jsonl", "table.md", "table.json"
OF_THE_INDEX = frozenset({"model", "encoding", "chunk_tokens", "chunk_overlap"})
"""Settings that need an index of their own; the others are chosen when a question is asked."""


class SweepSet(BaseModel):
    """A question set of a sweep; paths are relative to the configuration."""

    model_config = ConfigDict(extra="forbid")

    name: str
    gold: str
    corpus: list[str] = []
    distractors: list[str] = []
    form: str | None = None
    split: str | None = None
    sample: int | None = Field(None, ge=1)


class SweepConfig(BaseModel):
    """The content of a sweep's TOML file.

    ``metric`` decides which point is best, ``metrics`` are shown. ``read`` = false measures the search alone,
    which is much quicker. ``fixed`` holds for every point, ``grid`` gives each setting its values.
    """

    model_config = ConfigDict(extra="forbid")

    name: str
    metric: str = "mrr"
    metrics: list[str] = ["hit@1", "hit@5", "mrr", "evidence@1", "evidence@5"]
    read: bool = True
    sets: list[SweepSet] = Field(min_length=1)
    fixed: dict[str, Any] = {}
    grid: dict[str, list[Any]] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Point:
    """One measurement: a set under the settings of one point.

    ``key`` is a digest of all that decides the result: code, packages, set, releases and settings.
    """

    key: str
    set: str
    settings: dict[str, Any]
    passages: int
    questions: dict[str, Values]
    errors: list[str]


_POINT = TypeAdapter(Point)


def read_config(path: Path) -> SweepConfig:
    """Read a sweep's configuration; raises `InputError` saying what is wrong with it."""
    hint = "a sweep needs name, [[sets]] with name and gold, and [grid] with lists of values"
    try:
        config = SweepConfig.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}", "check the path") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path} is not TOML: {error}", hint) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise InputError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}", hint) from error
    check_metrics([config.metric, *config.metrics])
    for settings in points(config):
        settings_with(settings)
    if len({each.name for each in config.sets}) < len(config.sets):
        raise InputError(f"{path}: two sets have one name", "name each set differently")
    return config


def points(config: SweepConfig) -> list[dict[str, Any]]:
    """Return the settings of every point, in the order of the file."""
    names = list(config.grid)
    return [
        config.fixed | dict(zip(names, values, strict=True))
        for values in itertools.product(*(config.grid[name] for name in names))
    ]


def sweep(path: Path, out: Path, cache: Path, progress: Progress = lambda done, of: None) -> list[Point]:
    """Measure every point of a configuration that is not yet stored in ``out`` by the same code, and return all.

    Raises what `read_config`, `load_set` and `gather` raise, before anything is measured.
    """
    config = read_config(path)
    loaded = [(each, *_load(path.parent, each)) for each in config.sets]
    grid = points(config)
    held = _held(out / POINTS)
    code = [provenance.code_digest(), provenance.versions()]
    found: list[Point] = []
    for chosen, gold, corpus in loaded:
        inputs = [gold.sha256, [question.id for question in gold.questions], [r.sha256 for r in corpus.releases]]
        keys = [_key(code, chosen.name, inputs, config.read, settings) for settings in grid]
        for _, group in _by_index(list(zip(keys, grid, strict=True))):
            missing = [(key, settings) for key, settings in group if key not in held]
            for point in _measure(chosen.name, gold, corpus, missing, cache, read=config.read):
                held[point.key] = point
                _append(out / POINTS, point)
                progress(len(found) + sum(key in held for key, _ in group), len(loaded) * len(grid))
            found += [held[key] for key, _ in group]
    return found


def _load(folder: Path, chosen: SweepSet) -> tuple[GoldSet, Corpus]:
    gold = load_set(folder / chosen.gold, chosen.form, chosen.split, chosen.sample)
    return gold, gather(gold, [folder / each for each in chosen.corpus], [folder / each for each in chosen.distractors])


def _key(*facts: object) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode()).hexdigest()[:16]


def _by_index(
    grid: Sequence[tuple[str, dict[str, Any]]],
) -> Iterator[tuple[str, list[tuple[str, dict[str, Any]]]]]:
    """Yield groups of points that can use the same index."""
    groups: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for key, settings in grid:
        groups.setdefault(_key({n: settings[n] for n in OF_THE_INDEX & settings.keys()}), []).append((key, settings))
    yield from groups.items()


def _measure(
    name: str,
    gold: GoldSet,
    corpus: Corpus,
    group: Sequence[tuple[str, dict[str, Any]]],
    cache: Path,
    *,
    read: bool,
) -> Iterator[Point]:
    if not group:
        return
    with ExitStack() as stack:
        settings = with_models(settings_with(group[0][1]), cache)
        model = open_model(settings)
        vectors = EmbeddingCache(cache)
        stack.callback(vectors.close)
        # Latency is not measured here, so that questions and sentences may come from the cache too.
        embedder = CachingEmbedder(model, vectors)
        placed = stack.enter_context(indexed(corpus, settings, model, cache))
        for key, overrides in group:
            chosen = settings_with(overrides, placed.data)
            with asking(chosen, embedder, read=read) as (engine, asker):
                records = ask_all(gold, corpus.resolved, asker)
                errors = [f"{record.id}: {record.error}" for record in records if record.error is not None]
                yield Point(key, name, overrides, engine.status().passages, per_question(records), errors)


def _held(path: Path) -> dict[str, Point]:
    """Return the points that were measured before; a line that was cut off is measured again."""
    found: dict[str, Point] = {}
    if path.is_file():
        for line in path.read_bytes().splitlines():
            try:
                point = _POINT.validate_json(line)
            except ValidationError:
                continue
            found[point.key] = point
    return found


def _append(path: Path, point: Point) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            # A line that was cut off has no end: begin a new one, or this point would be lost with it.
            if file.tell() and not path.read_bytes().endswith(b"\n"):
                file.write(b"\n")
            file.write(_POINT.dump_json(point) + b"\n")
    except OSError as error:
        raise StorageError(f"cannot write {path}: {error}", "choose another folder: --out DIR") from error


@dataclass(frozen=True, slots=True)
class Row:
    """A point over all sets. ``tied``: sets on which it is not significantly worse than their best point."""

    settings: dict[str, Any]
    means: dict[str, dict[str, Interval]]
    overall: float
    best: list[str]
    tied: list[str]


def tabulate(config: SweepConfig, found: Sequence[Point]) -> list[Row]:
    """Return a row for each point, best first, by the mean of ``config.metric`` over the sets.

    On each set the others are compared with the best point by a paired test, corrected (Holm) for their number.
    """
    by_set: dict[str, dict[str, Point]] = {}
    for point in found:
        by_set.setdefault(point.set, {})[_key(point.settings)] = point
    best = {name: _best(config.metric, held) for name, held in by_set.items()}
    tied = {name: _tied(config.metric, held, best[name]) for name, held in by_set.items()}
    rows = []
    for settings in points(config):
        key = _key(settings)
        values = {name: means(list(held[key].questions.values())) for name, held in by_set.items() if key in held}
        main = [each[config.metric].mean for each in values.values() if config.metric in each]
        rows.append(
            Row(
                settings={name: settings[name] for name in config.grid},
                means={name: {m: each[m] for m in config.metrics if m in each} for name, each in values.items()},
                overall=sum(main) / len(main) if main else 0.0,
                best=[name for name, of in best.items() if of == key],
                tied=[name for name, keys in tied.items() if key in keys],
            )
        )
    return sorted(rows, key=lambda row: -row.overall)


def _best(metric: str, held: Mapping[str, Point]) -> str:
    def mean(key: str) -> float:
        found = means(list(held[key].questions.values())).get(metric)
        return found.mean if found else 0.0

    return max(held, key=mean)


def _tied(metric: str, held: Mapping[str, Point], best: str) -> set[str]:
    p_values = {}
    for key, point in held.items():
        for each in differences(held[best].questions, point.questions, [metric]):
            p_values[key] = each.paired.p_value
    p_values.pop(best, None)
    return {best} | {key for key, p in holm(p_values).items() if p >= ALPHA}


def markdown(config: SweepConfig, rows: Sequence[Row], found: Sequence[Point]) -> str:
    """Return the table as Markdown, with the sets and fixed settings that it was measured with."""
    sets = list(dict.fromkeys(point.set for point in found))
    heads = [*config.grid, *(f"{name} {metric}" for name in sets for metric in config.metrics)]
    lines = [f"# Sweep: {config.name}", ""]
    lines += [f"- {name}: {_count(name, found)} questions" for name in sets]
    lines += [f"- fixed: {name} = {value}" for name, value in config.fixed.items()]
    lines += [
        f"- the best first, by the mean of {config.metric} over the sets; bold: the best of a set by {config.metric};"
        " ≈: not significantly worse than it (paired randomisation test, Holm); in brackets: 95 % interval",
        "",
        f"| {' | '.join([config.metric, *heads])} |",
        f"|{'---|' * (len(heads) + 1)}",
    ]
    for row in rows:
        cells = [f"{row.overall:.4f}", *(str(row.settings[name]) for name in config.grid)]
        for name in sets:
            for metric in config.metrics:
                cells.append(_cell(row, name, metric, decides=metric == config.metric))
        lines.append(f"| {' | '.join(cells)} |")
    failed = [f"{point.set}, {point.settings}: {error}" for point in found for error in point.errors]
    lines += ["", *(f"- failed, scores zero: {each}" for each in failed)]
    return "\n".join(lines).rstrip() + "\n"


def _count(name: str, found: Sequence[Point]) -> int:
    return next(len(point.questions) for point in found if point.set == name)


def _cell(row: Row, name: str, metric: str, *, decides: bool) -> str:
    value = row.means.get(name, {}).get(metric)
    if value is None:
        return "–"
    text = f"{value.mean:.3f} ({value.low:.3f} to {value.high:.3f})"
    if decides and name in row.best:
        return f"**{text}**"
    return f"{text} ≈" if decides and name in row.tied else text


def write_tables(out: Path, config: SweepConfig, found: Sequence[Point]) -> list[Row]:
    """Write the table as Markdown and JSON, and return its rows; raises `StorageError`."""
    rows = tabulate(config, found)
    content = {"config": config.model_dump(), "rows": TypeAdapter(list[Row]).dump_python(rows, mode="json")}
    try:
        (out / TABLE).write_text(markdown(config, rows, found), encoding="utf-8")
        (out / TABLE_JSON).write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise StorageError(f"cannot write to {out}: {error}", "choose another folder: --out DIR") from error
    return rows
