"""Checking the whole catalog: the database's own checks, every text against its digests, every span against it."""

import numpy as np

from index.catalog.changes import release_digest
from index.catalog.figure_rows import COLUMNS, from_row
from index.catalog.reader import PASSAGE, Catalog
from index.types import Release


def check(catalog: Catalog) -> list[str]:
    """Read the whole catalog and return one message for each fault; an empty list if it is sound."""
    # In one snapshot, with the manifest of that snapshot, because another process may write meanwhile.
    with catalog.snapshot():
        catalog.read_manifest()
        faults = catalog.store.faults(catalog.connection)
        faults += catalog.store.dangling(catalog.connection)
        for revision, release in catalog.revisions():
            faults += _check_revision(catalog, revision, release)
        sql = (
            "SELECT count(*) FROM passage p LEFT JOIN embedding e ON e.text_key = p.text_key"
            " AND e.fingerprint = ? WHERE e.text_key IS NULL"
        )
        missing = catalog.connection.execute(sql, (catalog.manifest.fingerprint,)).fetchone()[0]
        faults += [f"{missing} passages have no vector"] if missing else []
        return faults + _check_vectors(catalog)


def _check_revision(catalog: Catalog, revision: int, release: Release) -> list[str]:
    row = catalog.connection.execute("SELECT digest FROM revision WHERE id = ?", (revision,)).fetchone()
    faults = []
    if row[0] != release_digest(release):
        faults.append(f"release {release.id!r} no longer has its recorded digest")
    rows = catalog.connection.execute(PASSAGE + "WHERE p.revision_id = ?", (revision,)).fetchall()
    for passage in catalog.read_passages(rows):
        span = passage.span
        inside = all(map(span.holds, passage.sentences))
        if span.end > len(release.body) or not inside:
            faults.append(f"passage {passage.id} lies outside release {release.id!r}")
    sql = f"SELECT {COLUMNS} FROM figure WHERE revision_id = ?"
    for row in catalog.connection.execute(sql, (revision,)):
        figure = from_row(row)
        spans = [figure.number, figure.sentence, figure.counted, figure.period and figure.period.span]
        if any(span.end > len(release.body) for span in [figure.span, *spans] if span):
            faults.append(f"a figure lies outside release {release.id!r}")
    return faults


def _check_vectors(catalog: Catalog) -> list[str]:
    faults = []
    sql = "SELECT text_key, vector FROM embedding WHERE fingerprint = ?"
    for key, data in catalog.connection.stream(sql, (catalog.manifest.fingerprint,)):
        vector = np.frombuffer(data, dtype="<f4") if len(data) == 4 * catalog.manifest.dimension else np.zeros(1)
        # A database may keep no checksums, but every stored vector has unit length: one that has not was changed since.
        if not abs(float(np.linalg.norm(vector)) - 1) < 1e-3:
            faults.append(f"the vector of text {key.hex()[:12]} is damaged")
    return faults
