"""Giving a file a second name, where the file system can, and copying it where it cannot."""

import os
import shutil
from pathlib import Path


def link(source: Path, target: Path) -> None:
    """Make ``target`` the same file as ``source``, or a copy of it; raises OSError."""
    try:
        os.link(source, target)
    except OSError:  # a file system without hard links
        shutil.copy2(source, target)  # with its time


def refer(source: Path, target: Path) -> None:
    """Make ``target`` a link that leads to the absolute path ``source``, or a copy of it; raises OSError."""
    try:
        target.symlink_to(source)
    except OSError:  # a system that lets only administrators make links
        shutil.copyfile(source, target)
