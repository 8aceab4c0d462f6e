"""The search files on disk: parts of vectors and words, made from the catalog at one of its generations.

Each publication writes files under new names, those of what changed, and then replaces one pointer by a rename. A crash
therefore leaves the earlier publication in use, and a reader that has it open keeps it. The pointer ties the files to
one state of the catalog and records the size and SHA-256 of each: files that do not match are not used, and a writer
makes their parts again from the catalog. Merging parts and training lists waits until a change is visible, and then
holds nobody up (`index.search.maintenance`).
"""

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from index.catalog.reader import Catalog
from index.disk.lock import alone
from index.disk.stamps import FileMark, mark_file
from index.errors import STORAGE, StorageError
from index.search import pointer as pointers
from index.search.keywords import META, KeywordIndex, LocalKeywordLeg, index_files
from index.search.legs import Snapshot
from index.search.lists import Codebook
from index.search.maintenance import Maintenance
from index.search.parts import FULL, Mapped, Part, map_part
from index.search.pointer import Pointer, Structure
from index.search.publishing import Publisher
from index.search.rows import Held, columns_of
from index.search.soundness import check_list, check_part, check_structure, part_files
from index.search.vectors import LocalVectorLeg
from index.types import Memory

FOLDER = "derived"
"""The name of the folder of the search files in a data folder."""

_TRIES = 20
"""How often a reader begins anew whose files a writer has replaced while it opened them (set by judgement)."""

_MAINTAINED = "maintenance.lock"
"""The name of the lock file in a data folder that is held while parts are merged and lists are trained."""


def published_at(folder: Path) -> float | None:
    """Return when the search files of a data folder were published last, as a Unix time; None if they never were."""
    try:
        return (folder / FOLDER / pointers.NAME).stat().st_mtime
    except OSError:
        return None


_LOOK = 0.02
"""Seconds: a million passages have 16 parts, and looking at all before each search would take a tenth of its time."""

_Key = tuple[str, str, str | None]
"""What names a part that is open: its numbers, its vectors, its lists."""


@dataclass(frozen=True, slots=True)
class _Opened:
    """A part that is open, and its files, those of its words too, as they were before they were checked and mapped."""

    mapped: Mapped
    marks: tuple[FileMark, ...]

    def is_still(self, marks: Sequence[FileMark]) -> bool:
        """Return True if these are its files as they were; those of words get another path with each publication."""
        return [(mark.size, mark.mtime_ns) for mark in self.marks] == [(mark.size, mark.mtime_ns) for mark in marks]


@dataclass(slots=True)
class _Watch:
    """Whether something was found damaged; it is looked at again only after `_LOOK` seconds."""

    look: Callable[[], bool]
    found: bool = False
    due: float = 0.0

    def __call__(self) -> bool:
        """Return True once it was."""
        now = time.monotonic()
        if not self.found and now >= self.due:
            self.found, self.due = self.look(), now + _LOOK
        return self.found


class LocalFiles:
    """The `SearchFiles` in one data folder."""

    def __init__(self, catalog: Catalog, memory: Memory = "normal") -> None:
        self._memory: Memory = memory
        self._folder = catalog.folder / FOLDER
        self._catalog = catalog
        self._opened: dict[_Key, _Opened] = {}
        self._codebook: tuple[str, Codebook] | None = None

    def generation(self) -> int | None:
        """Return the generation that the pointer names, without opening an index; None if there is no valid pointer."""
        found = self._pointer()
        return None if found is None else found[0].generation

    def structure(self) -> Structure | None:
        """Return how the vectors are arranged; None if every vector is compared, or if nothing is published."""
        found = self._pointer()
        return None if found is None else found[0].structure

    def load(self, *, thorough: bool = False) -> Snapshot | None:
        """Open what is published; None if it is absent, damaged, of another catalog, or newer than the catalog.

        What this object has open already is not opened again, unless it was changed since. With ``thorough`` every file
        is hashed, whatever its size. Nothing is written but the lock file without which tantivy cannot open an index.
        """
        for _ in range(_TRIES):
            found = self._pointer()
            if found is None or found[0].generation > self._catalog.generation():
                return None
            try:
                return self._open(*found, thorough=thorough)
            except (OSError, ValueError):
                # A writer may have published and deleted these files since the pointer was read. What was opened is
                # kept, so that the next try has less to open, however often one publishes.
                if self._pointer() == found:
                    return None
        return None

    def publish(self, *, afresh: bool = False) -> Snapshot:
        """Bring the files up to the catalog's generation and publish them. The caller must hold the write lock.

        Parts that are published already are kept if they are sound; with ``afresh`` all are made from the catalog.
        Raises `StorageError`.
        """
        self._catalog.read_manifest()  # another process may have embedded the index again since the catalog was opened
        publisher = Publisher(self._folder, self._catalog)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            found = None if afresh else self._pointer()
            if found is not None and found[0].generation > self._catalog.generation():
                found = None
            pointer = publisher.catch_up(None if found is None else found[0])
            with contextlib.suppress(OSError):  # files left by a writer that died after it published
                publisher.clear(pointer)
            published = self._pointer()
            if published is None:
                raise OSError("what was just written cannot be read")
            return self._open(*published, thorough=False)
        except OSError as error:
            self._clear()  # half-written files would fill the disk further
            raise StorageError(f"cannot write the index files in {self._folder}: {error}", STORAGE) from error

    def clean(self) -> None:
        """Leave nothing of what was removed in any file; the caller must not hold the write lock.

        Raises `StorageError`, and `IndexLockedError` if other processes keep the write lock.
        """
        with self._maintaining():
            self._maintenance(lambda: False).clean()

    def maintain(self, stop: Callable[[], bool] = lambda: False) -> None:
        """Merge parts and train lists as far as that is due; see `index.search.maintenance`.

        The caller must not hold the write lock. If another process is at it already, nothing is done. Once ``stop``
        returns True, what is under way is given up, though the training itself cannot be. Raises what `clean` raises.
        """
        with alone(self._catalog.folder / _MAINTAINED) as is_alone:
            if is_alone:
                with self._maintaining():
                    self._maintenance(stop).run()

    def _maintenance(self, stop: Callable[[], bool]) -> Maintenance:
        return Maintenance(self._folder, self._catalog, self._published, memory=self._memory, stop=stop)

    def _published(self) -> Pointer | None:
        found = self._pointer()
        return None if found is None else found[0]

    @contextlib.contextmanager
    def _maintaining(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            hint = f"it answers as before; {STORAGE}"
            raise StorageError(f"cannot merge the index files in {self._folder}: {error}", hint) from error
        except ValueError as error:
            raise StorageError(f"an index file is damaged: {error}", "make it again: pressqa verify") from error

    def _clear(self) -> None:
        with contextlib.suppress(OSError):
            Publisher(self._folder, self._catalog).clear(self._published())

    def in_memory(self) -> Snapshot:
        """Make both indexes from the whole catalog, in memory only."""
        with self._catalog.snapshot():  # another process may be writing
            delta = self._catalog.delta(0)
            parts = [delta.put[begin : begin + FULL] for begin in range(0, len(delta.put), FULL)]
            held = Held([columns_of(self._catalog.documents(ids)) for ids in parts])
            vectors = [self._catalog.vectors(ids) for ids in parts]
            keywords = KeywordIndex(None)
            keywords.add(self._catalog.documents(delta.put))
        return Snapshot(delta.generation, LocalVectorLeg(held, vectors), LocalKeywordLeg(keywords, held))

    def _pointer(self) -> tuple[Pointer, tuple[int, int]] | None:
        """Return the pointer and its identity; None if there is none that can be read, or it is of another catalog."""
        found = pointers.read_pointer(self._folder)
        if found is None:
            return None
        pointer, catalog = found[0], self._catalog
        mine = (
            pointer.catalog == catalog.id
            and pointer.fingerprint == catalog.manifest.fingerprint
            # A restored or copied catalog has the same id, but may have had other contents at that generation.
            and pointer.stamp == catalog.stamp(pointer.generation)
        )
        return found if mine else None

    def _open(self, pointer: Pointer, mark: tuple[int, int], *, thorough: bool) -> Snapshot:
        keywords = self._folder / pointer.keywords
        names = {META} | {name for part in pointer.parts for name in part.words}
        if {path.name for path in index_files(keywords)} != names:
            raise ValueError(f"files are missing from or foreign to {keywords}")
        check_list(self._folder, pointer, thorough=thorough)
        dimension = self._catalog.manifest.dimension
        codebook = None
        if pointer.structure is not None:
            check_structure(self._folder, pointer, thorough=thorough)
            codebook = self._codebook
            if codebook is None or codebook[0] != pointer.structure.file:
                path = self._folder / pointer.structure.file
                codebook = pointer.structure.file, Codebook.read(path, dimension)
        opened: dict[_Key, _Opened] = {}
        for part in pointer.parts:
            opened[_key(part)] = self._open_part(pointer, part, codebook, thorough=thorough)
            self._opened[_key(part)] = opened[_key(part)]
        parts = [each.mapped for each in opened.values()]
        held = Held([part.columns for part in parts], self._memory)
        lists = [part.lists for part in parts]
        vectors = LocalVectorLeg(
            held, [part.vectors for part in parts], codebook[1] if codebook else None, lists, memory=self._memory
        )
        leg = LocalKeywordLeg(KeywordIndex(keywords), held)
        self._opened, self._codebook = opened, codebook
        marks = tuple(mark for each in opened.values() for mark in each.marks)
        is_damaged = _Watch(partial(_is_damaged, self._folder, marks))
        return Snapshot(pointer.generation, vectors, leg, partial(_is_replaced, self._folder, mark), is_damaged)

    def _open_part(
        self, pointer: Pointer, part: Part, codebook: tuple[str, Codebook] | None, *, thorough: bool
    ) -> _Opened:
        """Open a part, if it is not open yet or its files were changed since; raises OSError or ValueError."""
        # Before anything of them is read: what is changed from here on is noticed before the next search.
        marks = tuple(mark_file(path) for path in part_files(self._folder, pointer, part))
        known = self._opened.get(_key(part))
        is_known = known is not None and known.is_still(marks)
        if not is_known or thorough:
            check_part(self._folder, pointer, part, thorough=thorough)
        if known is not None and is_known:
            return replace(known, marks=marks)
        return _Opened(map_part(self._folder, part, self._catalog.manifest.dimension, codebook), marks)


def _key(part: Part) -> _Key:
    return part.rows, part.vectors, part.lists


def _is_replaced(folder: Path, mark: tuple[int, int]) -> bool:
    return pointers.identity(folder) not in (None, mark)


def _is_damaged(folder: Path, marks: Sequence[FileMark]) -> bool:
    """Return True if a mapped file was changed in its place; some tens of microseconds for a part."""
    for mark in marks:
        is_changed = mark.is_changed(mark.path)
        if is_changed is None:  # deleted, but the words of a part may have another name in a later publication
            is_changed = any(mark.is_changed(path) for path in _named(folder, Path(mark.path).name))
        if is_changed:
            return True
    return False


def _named(folder: Path, name: str) -> list[str]:
    """Return the files of this name in the folders of words."""
    with contextlib.suppress(OSError):
        return [str(path) for path in folder.glob(f"*/{name}")]
    return []
