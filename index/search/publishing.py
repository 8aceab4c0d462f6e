"""Writing search files: what changed since the last publication, in place of it by one rename.

Every publication leaves the one before in use until its files are written and flushed; then the pointer is replaced.
The files are made in a folder of their own (`index.disk.staging`), and moved beside the others just before that.
"""

import contextlib
import shutil
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from index.catalog.reader import Catalog
from index.disk.atomic import sync_to_disk
from index.disk.links import link
from index.disk.staging import PREFIX, staging, sweep
from index.disk.stamps import FileStamp, stamp_file
from index.search import pointer as pointers
from index.search.keywords import META, empty_list, join
from index.search.parts import FULL, Part, Written, map_part, write_part, write_rows
from index.search.pointer import Pointer, Structure
from index.search.rows import REMOVED, Columns, amended, carried, removed
from index.search.soundness import check_list, check_part, check_structure
from index.types import Ids

_AT_ONCE = 1_024
"""The size of a part up to which it is made anew at once if something in it is removed, and not once that is visible.

Set by judgement: that many passages take some tenths of a second, in which a larger part is only marked.
"""


@dataclass
class _Draft:
    """A publication that is being made in ``folder``: its parts, the new ``files``, and where each file of words is.

    ``listed`` is tantivy's list of the words of any part that is new.
    """

    folder: Path
    parts: list[Part] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    words: dict[str, Path] = field(default_factory=dict)
    listed: dict[str, Any] | None = None

    def keep(self, part: Part, words: Path, *files: Path) -> None:
        """Take a part whose words are in a folder already, and those of its files that are new."""
        self.parts.append(part)
        self.files += files
        self.words |= dict.fromkeys(part.words, words)

    def add(self, new: Written) -> None:
        """Take a part that was just written."""
        self.keep(new.part, new.words, *(new.folder / name for name in sorted(new.part.files)))
        self.listed = new.listed


class Publisher:
    """Brings the search files in a folder up to date with a catalog. The caller must hold the write lock."""

    def __init__(self, folder: Path, catalog: Catalog) -> None:
        self._folder = folder
        self._catalog = catalog

    def catch_up(self, pointer: Pointer | None) -> Pointer:
        """Publish the catalog's generation, if it is not published, with the parts that are sound and what changed."""
        with staging(self._folder) as folder:
            draft = _Draft(folder)
            if pointer is None:
                self._write(draft, self._catalog.delta(0).put)
                return self._publish(None, draft, None)
            delta = self._catalog.delta(pointer.generation)
            structure = pointer.structure if is_sound(check_structure, self._folder, pointer) else None
            for part in pointer.parts:
                put, gone = (ids[(part.first <= ids) & (ids <= part.last)] for ids in (delta.put, delta.removed))
                sound = is_sound(check_part, self._folder, pointer, part)
                if not sound or (len(gone) and part.count <= _AT_ONCE):
                    self._write(draft, self._catalog.ids_between(part.first, part.last))
                elif len(put) + len(gone):
                    self._amend(draft, pointer, part, put, gone)
                else:
                    draft.keep(part, self._folder / pointer.keywords)
            known = pointer.parts[-1].last if pointer.parts else 0
            self._write(draft, delta.put[delta.put > known])
            is_whole = structure == pointer.structure and is_sound(check_list, self._folder, pointer)
            if is_whole and tuple(draft.parts) == pointer.parts and delta.generation == pointer.generation:
                return pointer
            return self._publish(pointer, draft, structure)

    def exchange(self, pointer: Pointer, some: Sequence[Part], made: Sequence[Written]) -> Pointer | None:
        """Publish new parts in the place of ``some``, of which they were made; None if those are published no more.

        What was superseded or removed since they were made is carried over. The generation stays what it is.
        """
        names = [part.vectors for part in pointer.parts]
        begin = names.index(some[0].vectors) if some[0].vectors in names else len(names)
        end = begin + len(some)
        if names[begin:end] != [part.vectors for part in some]:
            return None
        dimension = self._catalog.manifest.dimension
        now = [map_part(self._folder, part, dimension).columns for part in pointer.parts[begin:end]]
        keywords = self._folder / pointer.keywords
        with staging(self._folder) as folder:
            draft = _Draft(folder)
            for part in pointer.parts[:begin]:
                draft.keep(part, keywords)
            for new in made:
                newest = self._carried(new, now)
                if newest is not None:
                    draft.add(newest)
            for part in pointer.parts[end:]:
                draft.keep(part, keywords)
            return self._publish(pointer, draft, pointer.structure, catches_up=False)

    def arrange(
        self,
        pointer: Pointer,
        structure: Structure | None,
        codebook: Path | None,
        lists: Mapping[str, tuple[Part, Path]],
    ) -> Pointer:
        """Publish the same parts with other lists; the generation stays what it is.

        ``codebook`` is the file of the structure, if it is new. ``lists`` has new ones by the name of a part's vectors:
        the part with them, and their file, which may be gone by now. Other parts keep those by the same codebook.
        """
        keywords = self._folder / pointer.keywords
        with staging(self._folder) as folder:
            draft = _Draft(folder, files=[codebook] if codebook is not None else [])
            for part in pointer.parts:
                new, path = lists.get(part.vectors, (None, None))
                if new is not None and path is not None and new.lists is not None and path.exists():
                    stamps = part.without_lists().stamps | {new.lists: new.stamps[new.lists]}
                    draft.keep(replace(part, lists=new.lists, codebook=new.codebook, stamps=stamps), keywords, path)
                else:
                    draft.keep(part, keywords)
            return self._publish(pointer, draft, structure, catches_up=False)

    def clear(self, pointer: Pointer | None) -> None:
        """Delete whatever is in the folder but what is published and what is being made of that."""
        keep = pointer.names if pointer is not None else set()
        sweep(self._folder, {part.vectors for part in pointer.parts} if pointer is not None else set())
        for path in self._folder.iterdir():
            if path.name not in keep and not path.name.startswith(PREFIX):
                # Some systems cannot delete an open file; the next publication tries again.
                with contextlib.suppress(OSError):
                    shutil.rmtree(path) if path.is_dir() else path.unlink()

    def tag(self) -> str:
        """Return what makes the name of a new file: no other has it."""
        return f"{self._catalog.generation()}-{uuid.uuid4().hex[:8]}"

    def _write(self, draft: _Draft, ids: Ids) -> None:
        """Add parts of these passages to a draft."""
        for some in batches(ids):
            new = write_part(draft.folder, self.tag(), self._catalog, some)
            if new is not None:
                draft.add(new)

    def _amend(self, draft: _Draft, pointer: Pointer, part: Part, put: Ids, gone: Ids) -> None:
        """Add a part to a draft, in which the passages ``put`` were superseded and those ``gone`` removed."""
        columns = map_part(self._folder, part, self._catalog.manifest.dimension).columns
        if not np.isin(put, columns[0]).all():  # not what this code has published
            self._write(draft, self._catalog.ids_between(part.first, part.last))
            return
        ends = [(document.id, document.valid_to) for document in self._catalog.documents(put)]
        columns = amended(columns, ends + [(passage_id, REMOVED) for passage_id in gone.tolist()])
        if removed(columns) < part.count:
            new, path = self._with_rows(draft.folder, part, columns)
            draft.keep(new, self._folder / pointer.keywords, path)

    def _carried(self, new: Written, now: Sequence[Columns]) -> Written | None:
        """Return a new part as of what is published ``now`` of its passages; None if all of them were removed."""
        columns = np.asarray(np.load(new.folder / new.part.rows, allow_pickle=False))
        newest = carried(columns, now)
        if np.array_equal(newest, columns):
            return new
        if removed(newest) == new.part.count:
            return None
        part, _ = self._with_rows(new.folder, new.part, newest)
        return replace(new, part=part)

    def _with_rows(self, folder: Path, part: Part, columns: Columns) -> tuple[Part, Path]:
        """Write other numbers for a part's passages; return the part with them, and the file."""
        name, stamp = write_rows(folder, self.tag(), columns)
        stamps = {each: known for each, known in part.stamps.items() if each != part.rows} | {name: stamp}
        return replace(part, rows=name, removed=removed(columns), stamps=stamps), folder / name

    def _publish(
        self, base: Pointer | None, draft: _Draft, structure: Structure | None, *, catches_up: bool = True
    ) -> Pointer:
        """Move the files of a draft to their places and replace the pointer; until then ``base`` is in use.

        With ``catches_up`` the draft is of the catalog's generation, otherwise of that of ``base``.
        """
        parts = tuple(
            part if structure is not None and part.codebook == structure.file else part.without_lists()
            for part in draft.parts
        )
        needed = {name for part in parts for name in part.files} | (
            {structure.file} if structure is not None else set()
        )
        moved = [path.rename(self._folder / path.name) for path in draft.files if path.name in needed]
        keywords, listed, folders = self._keywords(base, draft)
        if catches_up:
            generation, catalog = self._catalog.generation(), self._catalog
            stamp, fingerprint = catalog.stamp(generation), catalog.manifest.fingerprint
            pointer = Pointer(catalog.id, stamp, fingerprint, generation, keywords, listed, parts, structure)
        else:
            assert base is not None
            pointer = replace(base, keywords=keywords, list_stamp=listed, parts=parts, structure=structure)
        self._swap(pointer, [*moved, *folders])
        self.clear(pointer)
        return pointer

    def _keywords(self, base: Pointer | None, draft: _Draft) -> tuple[str, FileStamp, list[Path]]:
        """Make one keyword index of the words of a draft, unless that of ``base`` is it.

        Return its name, the stamp of its list, and what of it must be flushed.
        """
        known = {name for part in base.parts for name in part.words} if base is not None else None
        if base is not None and draft.words.keys() == known and is_sound(check_list, self._folder, base):
            return base.keywords, base.list_stamp, []
        made = draft.folder / f"keywords-{self.tag()}"
        made.mkdir()
        fresh = []
        for name, source in draft.words.items():
            link(source / name, made / name)
            if base is None or source != self._folder / base.keywords:
                fresh.append(name)
        segments = [segment for part in draft.parts for segment in part.segments]
        join(made, draft.listed or empty_list(made), segments)
        target = made.rename(self._folder / made.name)
        return target.name, stamp_file(target / META), [target, target / META, *(target / name for name in fresh)]

    def _swap(self, pointer: Pointer, flush: list[Path]) -> None:
        """Flush what was written to the disk, then replace the pointer."""
        draft = self._folder / f"{pointers.NAME}.new"
        pointers.write_pointer(draft, pointer)
        sync_to_disk([*flush, draft, self._folder])
        draft.replace(self._folder / pointers.NAME)
        sync_to_disk([self._folder])


def is_sound(check: Any, *given: Any) -> bool:
    """Return True if a check of `index.search.soundness` finds nothing wrong."""
    try:
        check(*given)
    except (OSError, ValueError):
        return False
    return True


def batches(ids: Ids) -> list[Ids]:
    """Return ids in the portions of which parts are made."""
    return [ids[begin : begin + FULL] for begin in range(0, len(ids), FULL)]
