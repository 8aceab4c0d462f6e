"""Opening a model on ONNX Runtime with a limited number of threads."""

import os
from functools import cache
from pathlib import Path

import onnxruntime


def open_session(model: Path | bytes, threads: int | None) -> onnxruntime.InferenceSession:
    """Open a model on ONNX Runtime from its file or its content.

    ``threads`` is the number of threads of one run; None takes one for each physical core that this process may use.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = _allowed() if threads is None else threads
    # Worker threads spin between two operators, which saves a fifth of a question's time. They must stop when the run
    # is over, or they would take the processors from every other thread.
    options.add_session_config_entry("session.force_spinning_stop", "1")
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(
        model if isinstance(model, bytes) else str(model), options, providers=["CPUExecutionProvider"]
    )


def _allowed() -> int:
    """Return how many processors this process is limited to; if it is not, 0: ONNX Runtime takes the physical cores."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 0
    return allowed if allowed < (os.cpu_count() or 1) else 0


def cores() -> int:
    """Return how many cores this process may use: those it is limited to, else the physical ones if they are known."""
    return _allowed() or _physical_cores() or os.cpu_count() or 1


@cache
def _physical_cores() -> int:
    siblings = Path("/sys/devices/system/cpu").glob("cpu[0-9]*/topology/thread_siblings_list")
    try:
        return len({path.read_text(encoding="ascii") for path in siblings})
    except OSError:
        return 0
