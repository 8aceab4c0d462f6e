"""pressqa itself, from the same releases: it reads, splits and stores them and finds their figures, as for a user."""

import os
from datetime import date
from pathlib import Path

from index.types import SyncProgress
from qa.compose import open_engine
from qa.settings import Settings
from qa.upkeep import ingest


class _Nobody:
    wants_total = False

    def expect(self, entries: int) -> None:
        """Ignore it."""

    def update(self, progress: SyncProgress) -> None:
        """Ignore it."""


def prepare(model: str) -> None:
    """Do nothing: an ingest loads its model itself."""


def build(folder: str, model: str, passages: str) -> None:
    """Ingest the releases; the file beside the passages holds them."""
    releases = Path(passages).with_name("releases.jsonl")
    ingest(Settings(data=Path(folder), catalog=None), [releases], None, _Nobody(), today=date.today())


class Searcher:
    """The index, open."""

    def __init__(self, folder: str, model: str) -> None:
        os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
        self._engine = open_engine(Settings(data=Path(folder), catalog=None), reads=False)

    def search(self, question: str, k: int) -> list[tuple[str, str]]:
        """Return the ids and texts of the best passages."""
        found = self._engine.search(question, top_k=k).passages
        return [(f"{each.release_id}:{each.start}", each.text) for each in found]
