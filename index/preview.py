"""What an ingest would do: the decisions of `index.decisions`, with nothing split, embedded or stored."""

from collections import Counter
from collections.abc import Iterable

from index.catalog.changes import Withdrawal
from index.catalog.reader import Catalog
from index.decisions import Decisions, News
from index.errors import SourceError
from index.protocols import Source
from index.types import SyncReport


def preview(catalog: Catalog, sources: Iterable[Source]) -> SyncReport:
    """Return what `index.ingest.sync` would do with the sources, with ``recognise``, and change nothing.

    Nothing is embedded, so passages are not counted. Raises `SourceError` if no source can be read.
    """
    decisions = Decisions(catalog, recognise=True)
    counts: Counter[str] = Counter()
    for source in sources:
        try:
            for entry in source.read(decisions.begin(source)):
                item = decisions.decide(entry, source)
                if isinstance(item, News):
                    counts["added" if item.is_new else "changed"] += 1
                elif isinstance(item, Withdrawal):
                    counts["withdrawn"] += 1
        except SourceError as error:
            decisions.end(source, error)
        else:
            decisions.end(source)
    decisions.check()
    problems, skipped = tuple(decisions.problems), tuple(decisions.skipped)
    return SyncReport(**counts, **decisions.counts, problems=problems, skipped=skipped)
