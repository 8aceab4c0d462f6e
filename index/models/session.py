"""ONNX Runtime sessions on a bounded number of threads."""

import os
from pathlib import Path

import onnxruntime


def open_session(model: Path | bytes, threads: int | None) -> onnxruntime.InferenceSession:
    """Open a model, a file or its content, on ONNX Runtime; ``threads`` as `load_embedder` has them."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = _default_threads() if threads is None else threads
    # Worker threads that spin between two operators save a fifth of a question's time; once the run is over they stop,
    # or they would starve every other thread of the machine.
    options.add_session_config_entry("session.force_spinning_stop", "1")
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(
        model if isinstance(model, bytes) else str(model), options, providers=["CPUExecutionProvider"]
    )


def _default_threads() -> int:
    """Return the threads of a session: 0 (ONNX Runtime's own choice, the physical cores) or those allowed."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 0
    return allowed if allowed < (os.cpu_count() or 1) else 0
