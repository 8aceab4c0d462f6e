"""Timing commands and calls in turn, so that a busy moment of the machine slows every side."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from index.errors import InputError, PressqaError

PRESSQA = str(Path(sys.executable).with_name("pressqa"))
"""The path of the command ``pressqa`` in this environment."""


def as_installed() -> dict[str, str]:
    """Return this process's environment variables, but let Python keep what it compiles.

    An installed pressqa has its modules compiled, and so have the tools it is compared with. Where
    PYTHONDONTWRITEBYTECODE is set (in many containers), a checkout alone would be compiled at every start.
    """
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def time_commands(commands: Mapping[str, Sequence[str]], rounds: int) -> dict[str, float]:
    """Run each command once to warm the disk cache, then in turn; return the median seconds of each.

    Raises `InputError` with the end of the command's error output when one fails.
    """
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(rounds + 1):
        for name, command in commands.items():
            started = time.perf_counter()
            done = subprocess.run(command, capture_output=True, text=True, check=False, env=as_installed())
            seconds = time.perf_counter() - started
            if done.returncode != 0:
                raise InputError(f"{name} failed with {done.returncode}", done.stderr.strip()[-300:])
            if number:
                taken[name].append(seconds)
    return {name: statistics.median(values) for name, values in taken.items()}


def time_calls(call: Callable[[], object], count: int) -> list[float]:
    """Return the seconds of each of ``count`` calls, after one that is not counted."""
    call()
    taken = []
    for _ in range(count):
        started = time.perf_counter()
        call()
        taken.append(time.perf_counter() - started)
    return taken


def verdict(label: str, value: float, target: float, unit: str, *, at_most: bool) -> bool:
    """Print a measured value next to its target; return True if the target is reached."""
    reached = value <= target if at_most else value >= target
    sign = "<=" if at_most else ">="
    print(f"{label:<58}{value:>9.2f} {unit:<3} target {sign} {target:g} {unit:<3} {'' if reached else 'MISSED'}")
    return reached


def end(main: Callable[[], int]) -> NoReturn:
    """Run a benchmark and end the process with its status: 2, and a line of what to do, if something is not there."""
    try:
        status = main()
    except PressqaError as error:
        print(f"{error}\n{error.hint}", file=sys.stderr)
        status = 2
    sys.exit(status)
