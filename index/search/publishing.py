"""Writing search files: what changed since the last publication, and what is to be tidied once that is visible.

Every publication leaves the one before in use until its files are written and flushed; then the pointer is replaced.
"""

import contextlib
import shutil
import uuid
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from index.catalog.reader import Catalog
from index.disk.atomic import sync_to_disk
from index.disk.links import link
from index.disk.stamps import stamp_file
from index.search import pointer as pointers
from index.search.keywords import META, empty_list, join
from index.search.lists import Codebook, is_due, is_small, lists_for
from index.search.parts import FULL, Part, due, map_part, with_lists, write_part, write_rows
from index.search.pointer import Pointer, Structure
from index.search.rows import REMOVED, amended, removed
from index.search.soundness import check_list, check_part, check_structure
from index.types import Ids

_AT_ONCE = 1_024
"""The size of a part up to which it is made anew at once if something in it is removed, and not once that is visible.

Set by judgement: that many passages take some tenths of a second, in which a larger part is only marked.
"""


class Publisher:
    """Brings the search files in a folder up to date with a catalog. The caller must hold the write lock."""

    def __init__(self, folder: Path, catalog: Catalog) -> None:
        self._folder = folder
        self._catalog = catalog

    def catch_up(self, pointer: Pointer | None) -> Pointer:
        """Publish the catalog's generation, if it is not published, with the parts that are sound and what changed."""
        if pointer is None:
            return self._write(None, _batches(self._catalog.delta(0).put), None)
        delta = self._catalog.delta(pointer.generation)
        known = pointer.parts[-1].last if pointer.parts else 0
        structure = pointer.structure if _is_sound(check_structure, self._folder, pointer) else None
        parts: list[Part | Ids] = []
        for part in pointer.parts:
            put, gone = (ids[(part.first <= ids) & (ids <= part.last)] for ids in (delta.put, delta.removed))
            is_sound = _is_sound(check_part, self._folder, pointer, part)
            if not is_sound or (len(gone) and part.count <= _AT_ONCE):
                parts += self._again(part)
            elif len(put) + len(gone):
                parts += self._amend(part, put, gone)
            else:
                parts.append(part)
        parts += _batches(delta.put[delta.put > known])
        is_whole = structure == pointer.structure and _is_sound(check_list, self._folder, pointer)
        is_same = len(parts) == len(pointer.parts) and all(a is b for a, b in zip(parts, pointer.parts, strict=True))
        if is_whole and is_same and delta.generation == pointer.generation:
            return pointer
        return self._write(pointer, parts, structure)

    def tidy(self, pointer: Pointer) -> Pointer:
        """Remake and merge the parts that are due, then arrange the vectors by the index's size; publish each step."""
        while (group := due(pointer.parts)) is not None:
            some = pointer.parts[group]
            ids = self._catalog.ids_between(some[0].first, some[-1].last)
            parts = [*pointer.parts[: group.start], *_batches(ids), *pointer.parts[group.stop :]]
            pointer = self._write(pointer, parts, pointer.structure)
        return self._arrange(pointer)

    def clear(self, keep: set[str]) -> None:
        """Delete whatever is in the folder but these names."""
        for path in self._folder.iterdir():
            if path.name not in keep:
                # Some systems cannot delete an open file; the next publication tries again.
                with contextlib.suppress(OSError):
                    shutil.rmtree(path) if path.is_dir() else path.unlink()

    def _again(self, part: Part) -> list[Part | Ids]:
        return _batches(self._catalog.ids_between(part.first, part.last))

    def _amend(self, part: Part, put: Ids, gone: Ids) -> list[Part | Ids]:
        """Write a part's numbers anew, where the passages ``put`` were superseded and those ``gone`` removed."""
        columns = map_part(self._folder, part, self._catalog.manifest.dimension).columns
        if not np.isin(put, columns[0]).all():  # not what this code has published
            return self._again(part)
        ends = [(document.id, document.valid_to) for document in self._catalog.documents(put)]
        columns = amended(columns, ends + [(passage_id, REMOVED) for passage_id in gone.tolist()])
        dead = removed(columns)
        if dead == part.count:
            return []
        name, stamp = write_rows(self._folder, self._tag(), columns)
        stamps = {each: stamp for each, stamp in part.stamps.items() if each != part.rows}
        return [replace(part, rows=name, removed=dead, stamps=stamps | {name: stamp})]

    def _arrange(self, pointer: Pointer) -> Pointer:
        """Give a large index lists, and an index that has grown new ones; take them from one that is small again."""
        passages = sum(part.count for part in pointer.parts)
        trained = pointer.structure.passages if pointer.structure is not None else None
        if trained is not None and is_small(passages):
            return self._write(pointer, [part.without_lists() for part in pointer.parts], None)
        if not is_due(passages, trained):
            return pointer
        dimension = self._catalog.manifest.dimension
        vectors = [map_part(self._folder, part, dimension).vectors for part in pointer.parts]
        codebook = Codebook.train(vectors, lists_for(passages))
        path = self._folder / f"codebook-{self._tag()}.faiss"
        codebook.write(path)
        named = path.name, codebook
        pairs = zip(pointer.parts, vectors, strict=True)
        parts = [with_lists(self._folder, self._tag(), part, some, named) for part, some in pairs]
        structure = Structure(path.name, stamp_file(path), codebook.lists, passages)
        return self._write(pointer, parts, structure)

    def _write(self, base: Pointer | None, parts: Sequence[Part | Ids], structure: Structure | None) -> Pointer:
        """Publish these parts, after those that are given as ids are written; what ``base`` published is in use yet."""
        made: list[Part] = []
        flush: list[Path] = []
        sources: dict[str, Path] = {}
        template: dict[str, Any] | None = None
        codebook = None
        if structure is not None:
            path = self._folder / structure.file
            codebook = structure.file, Codebook.read(path, self._catalog.manifest.dimension)
            flush += [] if base is not None and base.structure == structure else [path]
        known = set[str]() if base is None else base.names
        for each in parts:
            if isinstance(each, Part):
                made.append(each if structure is not None and each.codebook == structure.file else each.without_lists())
                sources |= dict.fromkeys(each.words, self._folder / base.keywords if base else self._folder)
                flush += [self._folder / name for name in made[-1].files - known]
                continue
            new = write_part(self._folder, self._tag(), self._catalog, each, codebook)
            made.append(new.part)
            sources |= dict.fromkeys(new.part.words, new.words)
            flush += new.files
            template = new.listed
        if base is not None and sources.keys() == _words(base.parts) and _is_sound(check_list, self._folder, base):
            keywords, listed = base.keywords, base.list_stamp
        else:
            keywords = f"keywords-{self._tag()}"
            folder = self._folder / keywords
            folder.mkdir()
            for name, source in sources.items():
                link(source / name, folder / name)
            join(folder, template or empty_list(folder), [segment for part in made for segment in part.segments])
            listed = stamp_file(folder / META)
            flush += [folder / META, folder]
        generation, catalog = self._catalog.generation(), self._catalog
        stamp, fingerprint = catalog.stamp(generation), catalog.manifest.fingerprint
        pointer = Pointer(catalog.id, stamp, fingerprint, generation, keywords, listed, tuple(made), structure)
        self._swap(pointer, flush)
        self.clear(pointer.names)
        return pointer

    def _swap(self, pointer: Pointer, flush: list[Path]) -> None:
        """Flush what was written to the disk, then replace the pointer."""
        draft = self._folder / f"{pointers.NAME}.new"
        pointers.write_pointer(draft, pointer)
        sync_to_disk([*flush, draft])
        draft.replace(self._folder / pointers.NAME)
        sync_to_disk([self._folder])

    def _tag(self) -> str:
        return f"{self._catalog.generation()}-{uuid.uuid4().hex[:8]}"


def _is_sound(check: Any, *given: Any) -> bool:
    try:
        check(*given)
    except (OSError, ValueError):
        return False
    return True


def _batches(ids: Ids) -> list[Part | Ids]:
    return [ids[begin : begin + FULL] for begin in range(0, len(ids), FULL)]


def _words(parts: Sequence[Part]) -> set[str]:
    return {name for part in parts for name in part.words}
