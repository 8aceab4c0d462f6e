"""What is done to the search files after a publication, in the background: parts are merged, and lists are trained.

Nothing waits for it. Each step reads what is published at its beginning, which stays as it is, and makes new files in a
folder of their own without any lock. Then, under the write lock, they take the place of what they were made of, for
which a few small files are written: what was removed or superseded meanwhile is carried over. If what they were made
of is not published any more, or if too much else has changed, they are given up, and the step begins anew. Until then,
or if the process dies or the disk is full, what was published before is searched.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import numpy as np

from index.catalog.reader import Catalog
from index.disk.atomic import sync_to_disk
from index.disk.lock import PATIENCE
from index.disk.staging import staging
from index.disk.stamps import stamp_file
from index.errors import IndexLockedError
from index.search.lists import Codebook, is_due, is_small, lists_for
from index.search.parts import Mapped, Part, Written, due, has_no_lists, map_part, with_lists, write_part
from index.search.pointer import Pointer, Structure
from index.search.publishing import Publisher, batches
from index.search.rows import held_ids
from index.types import Memory

_TRIES = 5
"""How often in a row a step is given up before the next writer is left to do it (set by judgement)."""

_WAIT = 60.0
"""How many seconds the files of a step wait for the write lock, which an embedding anew holds for long."""

_COVERED = 0.75
"""Which share of the passages must be in parts that are still those whose lists were made, for lists to be published.

Set by judgement: the vectors of others are all compared until they have lists too.
"""


class _GivenUpError(Exception):
    """What a step was made of has changed too much, or it was told to stop."""


class Maintenance:
    """Keeps the search files in a folder few and quick to search. It takes the write lock itself, for moments."""

    def __init__(
        self,
        folder: Path,
        catalog: Catalog,
        published: Callable[[], Pointer | None],
        *,
        memory: Memory,
        stop: Callable[[], bool] = lambda: False,
    ) -> None:
        """Take the folder and its catalog, and what reads the pointer in it.

        ``memory`` says from how many passages on an index gets lists. Once ``stop`` returns True, the step under way is
        given up.
        """
        self._folder = folder
        self._catalog = catalog
        self._published = published
        self._publisher = Publisher(folder, catalog)
        self._memory = memory
        self._stop = stop

    def clean(self) -> None:
        """Make parts anew of which something was removed, until there are none.

        Raises OSError or ValueError, and `IndexLockedError` if other processes keep the write lock, or change the parts
        again and again.
        """
        self._repeat(self._cleaning)

    def run(self) -> None:
        """Do all that is due; raises what `clean` raises."""
        self._repeat(self._next)

    def _repeat(self, choose: Callable[[Pointer], Callable[[], None] | None]) -> None:
        given_up = 0
        while not self._stop():
            self._catalog.read_manifest()  # another process may have embedded the index again
            pointer = self._published()
            step = choose(pointer) if pointer is not None else None
            if step is None:
                return
            try:
                step()
                given_up = 0
            except (_GivenUpError, OSError, ValueError) as error:
                if not isinstance(error, _GivenUpError) and self._published() == pointer:
                    raise  # not because the files that it read were replaced
                given_up += 1
                if given_up == _TRIES and not self._stop():
                    raise IndexLockedError(
                        f"the index in {self._folder.parent} was changed again and again while its parts were merged",
                        "it answers all the same; when the others are done: pressqa verify",
                    ) from None

    def _cleaning(self, pointer: Pointer) -> Callable[[], None] | None:
        if not any(part.removed for part in pointer.parts):
            return None
        return self._next(pointer)  # what was removed comes first

    def _next(self, pointer: Pointer) -> Callable[[], None] | None:
        """Return what is to be done next; None if nothing is."""
        group = due(pointer.parts)
        if group is not None:
            return lambda: self._merge(pointer, pointer.parts[group])
        structure = pointer.structure
        passages = sum(part.count for part in pointer.parts)
        if structure is not None and is_small(passages):
            return lambda: self._drop(pointer)
        if is_due(passages, structure.passages if structure is not None else None, self._memory):
            return lambda: self._train(pointer, passages)
        if structure is not None:
            name = structure.file
            some = [part for part in pointer.parts if has_no_lists(part, name)]
            if some:
                return lambda: self._list(structure, some)
        return None

    def _merge(self, pointer: Pointer, some: Sequence[Part]) -> None:
        """Make parts anew as one, from the catalog, so that no damage of a file goes on into another."""
        with staging(self._folder, {part.vectors for part in some}) as folder:
            ids = np.concatenate([held_ids(self._map(part).columns) for part in some])
            codebook = self._codebook(pointer)
            made: list[Written] = []
            for each in batches(ids):
                self._check()
                new = write_part(folder, self._publisher.tag(), self._catalog, each, codebook)
                made += [new] if new is not None else []
            sync_to_disk(path for new in made for path in new.files)
            with self._writing() as current:
                if self._publisher.exchange(current, some, made) is None:
                    raise _GivenUpError

    def _drop(self, pointer: Pointer) -> None:
        """Take the lists from an index that is small again."""
        with self._writing() as current:
            if current != pointer:
                raise _GivenUpError
            self._publisher.arrange(current, None, None, {})

    def _train(self, pointer: Pointer, passages: int) -> None:
        """Train centres for an index that has none or has grown, and make the lists of its parts."""
        with staging(self._folder) as folder, ExitStack() as stack:
            vectors = [self._map(part).vectors for part in pointer.parts]
            codebook = Codebook.train(vectors, lists_for(passages))
            path = folder / f"codebook-{self._publisher.tag()}.faiss"
            codebook.write(path)
            structure = Structure(path.name, stamp_file(path), codebook.lists, passages)
            sync_to_disk([path])
            made = self._lists(stack, pointer.parts, (path.name, codebook))
            with self._writing() as current:
                covered = sum(
                    part.count for part in current.parts if part.vectors in made or not has_no_lists(part, path.name)
                )
                held = sum(part.count for part in current.parts)
                if current.structure != pointer.structure or is_small(held) or covered < _COVERED * held:
                    raise _GivenUpError
                self._publisher.arrange(current, structure, path, made)

    def _list(self, structure: Structure, some: Sequence[Part]) -> None:
        """Make the lists of parts that came after the centres were trained."""
        codebook = structure.file, Codebook.read(self._folder / structure.file, self._catalog.manifest.dimension)
        with ExitStack() as stack:
            made = self._lists(stack, some, codebook)
            with self._writing() as current:
                if current.structure != structure or not made.keys() & {part.vectors for part in current.parts}:
                    raise _GivenUpError
                self._publisher.arrange(current, structure, None, made)

    def _lists(
        self, stack: ExitStack, parts: Sequence[Part], codebook: tuple[str, Codebook]
    ) -> dict[str, tuple[Part, Path]]:
        """Make the lists of parts, each in a folder of its own that lasts as long as ``stack``.

        A part that is made anew meanwhile loses its folder, because that may hold what was removed, and has no lists.
        """
        made: dict[str, tuple[Part, Path]] = {}
        for part in parts:
            if not has_no_lists(part, codebook[0]):
                continue
            self._check()
            folder = stack.enter_context(staging(self._folder, {part.vectors}))
            try:
                new = with_lists(folder, self._publisher.tag(), part, self._map(part).vectors, codebook)
                assert new.lists is not None
                made[part.vectors] = new, folder / new.lists
                sync_to_disk([folder / new.lists])
            except (OSError, ValueError):
                if self._is_published(part):
                    raise
                made.pop(part.vectors, None)
        return made

    @contextmanager
    def _writing(self) -> Iterator[Pointer]:
        """Hold the write lock, with what is published then; give up if that is nothing."""
        begun = time.monotonic()
        with ExitStack() as stack:
            while True:
                self._check()
                try:
                    stack.enter_context(self._catalog.writing(wait=PATIENCE))
                    break
                except IndexLockedError:
                    if time.monotonic() - begun > _WAIT:
                        raise
            self._catalog.read_manifest()
            current = self._published()
            if current is None:
                raise _GivenUpError
            try:
                yield current
            except OSError:
                with suppress(OSError):  # what was moved beside what is published would fill the disk further
                    self._publisher.clear(self._published())
                raise

    def _check(self) -> None:
        if self._stop():
            raise _GivenUpError

    def _is_published(self, part: Part) -> bool:
        pointer = self._published()
        return pointer is not None and part.vectors in {each.vectors for each in pointer.parts}

    def _map(self, part: Part) -> Mapped:
        return map_part(self._folder, part, self._catalog.manifest.dimension)

    def _codebook(self, pointer: Pointer) -> tuple[str, Codebook] | None:
        if pointer.structure is None:
            return None
        path = self._folder / pointer.structure.file
        return path.name, Codebook.read(path, self._catalog.manifest.dimension)
