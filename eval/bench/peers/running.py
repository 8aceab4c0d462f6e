"""A peer's process: started alone in its environment, told what to do in JSON lines, and watched."""

import json
import os
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from eval.bench.peers.environments import PRESSQA, Peer, clean
from eval.bench.timing import PRESSQA as COMMAND
from eval.bench.timing import as_installed
from index.errors import InputError

_MAIN = Path(__file__).parent / "inside" / "peer_main.py"


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a peer runs: its interpreter, the model that it loads, and how many threads it may use."""

    peer: Peer
    python: str
    model: Path
    models: Path
    threads: int

    def command(self, *arguments: str) -> list[str]:
        """Return the command that runs this peer."""
        return [self.python, str(_MAIN), self.peer.script, *arguments]

    def once(self, index: Path, question: str, k: int) -> list[str]:
        """Return the command that opens an index, searches once, prints what it found and ends."""
        if self.peer is PRESSQA:
            return [COMMAND, "search", question, "--top-k", str(k), "--json", "--data", str(index)]
        return self.command("once", str(index), str(self.model), question, str(k))

    def environment(self) -> dict[str, str]:
        """Return environment variables: the same threads for all, and no network."""
        count = str(self.threads)
        threads = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), count)
        # Threads that spin while they wait cost the more, the busier the machine is: that would measure the others.
        threads["OMP_WAIT_POLICY"] = "PASSIVE"
        ours = {"PRESSQA_THREADS": count, "PRESSQA_MODELS": str(self.models)}
        offline = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HAYSTACK_TELEMETRY_ENABLED": "False"}
        base = as_installed() if self.peer is PRESSQA else clean()
        return base | threads | offline | (ours if self.peer is PRESSQA else {})


@dataclass(frozen=True, slots=True)
class Taken:
    """What a command took: seconds on the clock, and seconds of processor time, which a busy machine changes less."""

    seconds: float
    cpu: float


def run_once(setting: Setting, index: Path, question: str, k: int) -> Taken:
    """Run a cold start, from process start to end; raises `InputError` with the end of its error output."""
    before = os.times()
    begun = time.perf_counter()
    done = subprocess.run(
        setting.once(index, question, k), capture_output=True, text=True, check=False, env=setting.environment()
    )
    seconds = time.perf_counter() - begun
    after = os.times()
    if done.returncode != 0 or not done.stdout.strip():
        raise InputError(f"{setting.peer.name} found nothing ({done.returncode})", done.stderr.strip()[-800:])
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Taken(seconds, cpu)


class Process:
    """A peer that waits for commands."""

    def __init__(self, setting: Setting) -> None:
        """Start it."""
        self._setting = setting
        # A file and no pipe: a peer that warns a lot must not wait for a reader.
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115
        self._process = subprocess.Popen(
            setting.command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            env=setting.environment(),
        )

    def tell(self, **command: Any) -> dict[str, Any]:
        """Send a command and return the answer; raises `InputError` with the end of the peer's error output."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(command) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            self._errors.seek(0)
            said = self._errors.read().strip()[-800:]
            raise InputError(f"{self._setting.peer.name} ended while it was told to {command['do']}", said)
        answer: dict[str, Any] = json.loads(line)
        return answer

    def __enter__(self) -> Self:
        """Return the process."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it: its input ends."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(BrokenPipeError):  # it has ended already
            self._process.stdin.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._errors.close()
