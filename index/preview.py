"""What an ingest would do: the same decisions, with nothing split, embedded or stored."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from index.catalog.changes import Withdrawal, is_news, release_digest, withdraws
from index.catalog.reader import Catalog
from index.errors import SourceError
from index.ingest import refusal
from index.protocols import Source
from index.same_release import Recognition
from index.types import PageRead, Problem, Release, Skipped, SyncReport, Withdrawn


def preview(catalog: Catalog, sources: Iterable[Source]) -> SyncReport:
    """Return what `index.ingest.sync` would do with the sources, with ``recognise``, and change nothing.

    Nothing is embedded, so passages are not counted. Raises `SourceError` if no source can be read.
    """
    recognition = Recognition(catalog)
    counts: Counter[str] = Counter()
    problems: list[Problem] = []
    skipped: list[Skipped] = []
    seen: dict[str, str] = {}
    failed: list[SourceError] = []
    number = 0
    for source in sources:
        number += 1
        try:
            for entry in source.read(catalog.cursor(source.name)):
                if isinstance(entry, Release):
                    match = recognition.match(source, entry)
                    release = replace(entry, id=match.release_id)
                    digest, current = release_digest(release), catalog.current(release.id)
                    if (
                        match.takes_text
                        and seen.get(release.id) != digest
                        and is_news(digest, release.updated, current)
                    ):
                        counts["changed" if current or release.id in seen else "added"] += 1
                        seen[release.id] = digest
                    else:
                        counts["unchanged"] += 1
                elif isinstance(entry, Withdrawn):
                    name = recognition.release_id(source, entry.release_id)
                    if recognition.gives_text(source, name):
                        counts["withdrawn"] += withdraws(Withdrawal(name, entry.day, None, None), catalog.current(name))
                elif isinstance(entry, Problem):
                    problems.append(entry)
                elif isinstance(entry, Skipped):
                    skipped.append(entry)
                elif isinstance(entry, PageRead):
                    counts["unchanged"] += entry.is_unchanged
                    problems += [Problem(entry.address, entry.failure)] if entry.failure else []
        except SourceError as error:
            failed.append(error)
            problems.append(refusal(source.name, error))
    if failed and len(failed) == number:
        raise failed[0]
    return SyncReport(**counts, problems=tuple(problems), skipped=tuple(skipped))
