"""``python -m eval.training CONFIG --out FOLDER``: train a reader, or go on with a training that was cut off."""

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path


def main(arguments: Sequence[str] | None = None) -> int:
    """Train; the finished model is in the folder ``model`` of the output folder."""
    # With OpenMP's default, threads that wait spin: on a shared machine that more than halves the speed.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    parser = argparse.ArgumentParser(prog="python -m eval.training", description=__doc__)
    parser.add_argument("config", type=Path, help="a TOML file such as eval/training/reader.toml")
    parser.add_argument("--out", type=Path, required=True, help="folder for checkpoints, dev metrics and the model")
    chosen = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    from eval.training.config import read_config
    from eval.training.loop import Training
    from index.errors import PressqaError

    try:
        folder = Training(read_config(chosen.config), chosen.out).run()
    except PressqaError as error:
        print(f"{error}\n{error.hint}", file=sys.stderr)
        return 1
    print(f"the reader is in {folder}; try it: PRESSQA_READER={folder} pressqa ask '...'")
    return 0


if __name__ == "__main__":
    sys.exit(main())
