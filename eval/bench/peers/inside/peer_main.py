"""Runs one peer in its own environment: ``python peer_main.py PEER`` answers commands in JSON, a line each.

``python peer_main.py PEER once FOLDER MODEL QUESTION K`` instead opens an index, searches once, prints what it found
and ends: the cold start. A peer is a module beside this one. Its ``prepare`` loads the model, its ``build`` makes an
index of passages in a folder, and its ``Searcher`` opens it and searches. This file and the peers import nothing of
pressqa, except pressqa's own.
"""

import importlib
import json
import os
import sys
import time
from pathlib import Path
from typing import Any


def main() -> None:
    """Answer commands until the input ends, or search once."""
    # What libraries print must not come between the lines of the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    peer = importlib.import_module(sys.argv[1])
    if sys.argv[2:3] == ["once"]:
        folder, model, question, k = sys.argv[3:7]
        for name, text in peer.Searcher(folder, model).search(question, int(k)):
            print(name, text, file=answers)
        answers.flush()
        return
    searcher: Any = None
    for line in sys.stdin:
        command = json.loads(line)
        begun, cpu = time.perf_counter(), time.process_time()
        answer: dict[str, Any] = {}
        if command["do"] == "prepare":
            peer.prepare(command["model"])
        elif command["do"] == "build":
            peer.build(command["folder"], command["model"], command["passages"])
        elif command["do"] == "open":
            searcher = peer.Searcher(command["folder"], command["model"])
        else:
            answer["ids"] = [name for name, _ in searcher.search(command["question"], command["k"])]
        answer |= {"seconds": time.perf_counter() - begun, "cpu": time.process_time() - cpu, "peak": peak_bytes()}
        print(json.dumps(answer), file=answers, flush=True)


def peak_bytes() -> int:
    """Return the largest resident memory of this process so far."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) * 1024
    except (OSError, StopIteration):
        import resource  # noqa: PLC0415  # not on Windows

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    main()
