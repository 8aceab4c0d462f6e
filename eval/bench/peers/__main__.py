"""pressqa side by side with other tools: cold start, warm search, ingest, memory, and what is found.

Run it with ``python -m eval.bench.peers [--folder DIR] [--output FILE]``. It makes a virtual environment for each peer
in the folder (once, some gigabytes), gives all the same model, passages, threads and questions, measures them in turn,
prints a table for each corpus, and writes everything with the versions of all packages as JSON. Passages are those that
pressqa splits, given to the others ready: who splits how is not what is compared. Each leg hands 100 candidates to its
fusion. A model is loaded before the time of an ingest begins, except pressqa's. Ends with 1 if a target is missed.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from eval.bench.peers.cases import Plan, copy_model, plans, prepare
from eval.bench.peers.environments import PEERS, PRESSQA, make_environment, versions_in
from eval.bench.peers.measure import measure
from eval.bench.peers.running import Setting
from eval.bench.peers.tables import table, verdicts
from eval.bench.timing import end
from eval.runs import provenance
from index.models.load import load_embedder
from index.models.names import DEFAULT_MODEL

_ROOT = Path(__file__).parents[3]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print and write; return 0 when every target is reached, 1 when one is missed, 2 for what fails."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench.peers", description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path(".pressqa/peers"), help="where environments and indexes go")
    parser.add_argument("--output", type=Path, help="where the figures go (default: peers.json in that folder)")
    parser.add_argument("--shared", type=Path, default=_ROOT.parent / "shared", help="where the real releases are")
    parser.add_argument("--only", help="names of peers, separated by commas (default: all)")
    parser.add_argument("--corpus", help="sample or news (default: all that are there)")
    parser.add_argument("--distractors", type=int, help="releases beside those asked about, at most (default: all)")
    parser.add_argument("--torch", help="a requirement for pip, if pressqa's own build of PyTorch cannot be had")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)), help="threads of every peer")
    parser.add_argument("--rounds", type=int, default=5, help="cold starts of each")
    parser.add_argument("--ingests", type=int, default=2, help="ingests of each; the fastest counts")
    parser.add_argument("--searches", type=int, default=200, help="warm searches of each, at least")
    chosen = parser.parse_args(arguments)
    names = chosen.only.split(",") if chosen.only else [peer.name for peer in PEERS]
    unknown = set(names) - {peer.name for peer in PEERS}
    if unknown:
        parser.error(f"no peer is called {', '.join(unknown)}; they are {', '.join(peer.name for peer in PEERS)}")
    found = [plan for plan in plans(chosen.shared) if chosen.corpus in (None, plan.name)]
    if not found:
        parser.error(f"there is no corpus {chosen.corpus}; give sample, or news with --shared DIR")
    return _run(chosen, names, found)


def _run(chosen: argparse.Namespace, names: list[str], found: list[Plan]) -> int:
    folder: Path = chosen.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    model, models = copy_model(folder), folder / "models"
    load_embedder(DEFAULT_MODEL, models)  # exported before any clock starts
    settings = [Setting(PRESSQA, sys.executable, model, models, chosen.threads)]
    for peer in PEERS:
        if peer.name in names:
            python = make_environment(peer, folder / "environments", chosen.torch)
            settings.append(Setting(peer, str(python), model, models, chosen.threads))
    commit, dirty = provenance.commit()
    result: dict[str, Any] = {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": provenance.machine(),
        "threads": chosen.threads,
        "commit": commit,
        "dirty": dirty,
        "versions": {each.peer.name: versions_in(each.python) for each in settings},
        "load_before": os.getloadavg(),
        "cases": [],
    }
    output: Path = chosen.output or folder / "peers.json"
    reached = True
    for plan in found:
        case = prepare(plan, folder / "cases", models, chosen.distractors)
        print(f"{case.name}: {case.releases} releases, {case.passages} passages, {len(case.questions)} questions")
        measured = measure(case, settings, rounds=chosen.rounds, ingests=chosen.ingests, asked=chosen.searches)
        print("\n".join(table(measured, case.passages)))
        for text, good in verdicts(measured, case.passages):
            print(f"{'reached' if good else 'MISSED '}  {text}")
            reached = reached and good
        result["cases"].append(
            {"name": case.name, "releases": case.releases, "passages": case.passages, "peers": [*map(asdict, measured)]}
        )
        result["load_after"] = os.getloadavg()
        output.write_text(json.dumps(result, indent=1) + "\n", "utf-8")  # after each: the next may take long
    print(f"load on {provenance.machine()['cores']} processors: {result['load_before']} to {result['load_after']}")
    print(f"wrote {output}")
    return 0 if reached else 1


if __name__ == "__main__":
    end(main)
