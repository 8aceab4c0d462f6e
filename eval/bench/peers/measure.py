"""The measurements of one case: ingest, cold start, warm search, memory and what is found, of each peer in turn."""

import shutil
import statistics
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.bench.peers.cases import Case
from eval.bench.peers.environments import PRESSQA
from eval.bench.peers.running import Process, Setting, Taken, run_once

K = 10
"""How many passages a search returns."""

_BLOCK = 8
"""How many questions a peer is asked before it is the next one's turn."""


@dataclass(frozen=True, slots=True)
class Quality:
    """What was found of ``questions``: the share with a right passage first, or among five; mean reciprocal rank."""

    questions: int
    hit1: float
    hit5: float
    mrr: float


@dataclass(frozen=True, slots=True)
class Measured:
    """One peer on one case. Seconds are medians; passages a second are of the fastest ingest; memory in bytes."""

    peer: str
    cold: Taken
    warm: Taken
    opened: float
    ingest: Taken
    search_peak: int
    ingest_peak: int
    quality: dict[str, Quality]


def measure(case: Case, settings: list[Setting], *, rounds: int, ingests: int, asked: int) -> list[Measured]:
    """Measure all peers on a case, each alone and in turn; ``asked`` is the least number of searches timed."""
    indexes = {each.peer.name: case.folder / f"index-{each.peer.name}" for each in settings}
    builds = _ingest(case, settings, indexes, ingests)
    colds: dict[str, list[Taken]] = {name: [] for name in indexes}
    questions = [question.text for question in case.questions]
    for number in range(rounds + 1):  # the first only warms the disk cache
        for setting in settings:
            taken = run_once(setting, indexes[setting.peer.name], questions[number % len(questions)], K)
            colds[setting.peer.name] += [taken] if number else []
    found = _search(case, settings, indexes, asked)
    return [
        Measured(
            name,
            _median(colds[name]),
            _median(found[name].times),
            found[name].opened,
            min((Taken(each["seconds"], each["cpu"]) for each in builds[name]), key=lambda each: each.seconds),
            found[name].peak,
            max(each["peak"] for each in builds[name]),
            _quality(case, found[name].ranked),
        )
        for name in indexes
    ]


def _ingest(
    case: Case, settings: list[Setting], indexes: dict[str, Path], ingests: int
) -> dict[str, list[dict[str, Any]]]:
    builds: dict[str, list[dict[str, Any]]] = {name: [] for name in indexes}
    for _ in range(ingests):
        for setting in settings:
            folder = indexes[setting.peer.name]
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            with Process(setting) as process:
                process.tell(do="prepare", model=str(setting.model))
                answer = process.tell(
                    do="build",
                    folder=str(folder),
                    model=str(setting.model),
                    passages=str(case.folder / "passages.jsonl"),
                )
            builds[setting.peer.name].append(answer)
            rate = case.passages / answer["seconds"]
            print(f"  {setting.peer.name}: ingested {case.passages} passages, {rate:.0f} a second", flush=True)
    return builds


@dataclass(slots=True)
class _Searched:
    opened: float
    times: list[Taken]
    ranked: list[list[str]]
    peak: int = 0


def _search(case: Case, settings: list[Setting], indexes: dict[str, Path], asked: int) -> dict[str, _Searched]:
    """Ask every question, in blocks in turn; repeat until ``asked`` were asked. The first pass is what was found."""
    found: dict[str, _Searched] = {}
    with ExitStack() as stack:
        processes: dict[str, Process] = {}
        for setting in settings:
            name = setting.peer.name
            processes[name] = stack.enter_context(Process(setting))
            opened = processes[name].tell(do="open", folder=str(indexes[name]), model=str(setting.model))
            processes[name].tell(do="search", question="How many questions were asked?", k=K)
            found[name] = _Searched(opened["seconds"], [], [])
        passes = -(-asked // len(case.questions))
        for number in range(passes):
            for start in range(0, len(case.questions), _BLOCK):
                for name, process in processes.items():
                    for question in case.questions[start : start + _BLOCK]:
                        answer = process.tell(do="search", question=question.text, k=K)
                        found[name].times.append(Taken(answer["seconds"], answer["cpu"]))
                        found[name].peak = answer["peak"]
                        if not number:
                            found[name].ranked.append(answer["ids"])
    return found


def _median(taken: list[Taken]) -> Taken:
    return Taken(statistics.median(each.seconds for each in taken), statistics.median(each.cpu for each in taken))


def _quality(case: Case, ranked: list[list[str]]) -> dict[str, Quality]:
    """Return what was found for each set of questions; a question whose evidence no passage holds is never found."""
    ranks: dict[str, list[int | None]] = {}
    for question, ids in zip(case.questions, ranked, strict=True):
        rank = next((place for place, name in enumerate(ids, 1) if name in question.right), None)
        ranks.setdefault(question.group, []).append(rank)
    return {
        group: Quality(
            len(places),
            statistics.mean(place == 1 for place in places),
            statistics.mean(place is not None and place <= 5 for place in places),
            statistics.mean(1 / place if place else 0.0 for place in places),
        )
        for group, places in ranks.items()
    }


def is_ours(measured: Measured) -> bool:
    """Return True for pressqa's row."""
    return measured.peer == PRESSQA.name
