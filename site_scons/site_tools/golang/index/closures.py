"""What a program is made of, as one digest: it changes exactly when a file, a package or a module of it does.

The packages form a tree of digests: that of a package is of its own inputs and of the digests of its imports. So all
programs of a module cost one pass over its packages, and two states of a program are compared by descending only where
they differ.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from ..contents import Contents
from ..csettings import is_below
from ..needs import CNeeds
from ..packages import Package, PackageGraph
from ..store import digest_of

if TYPE_CHECKING:
    from collections.abc import Mapping


_RUNTIME = "runtime/cgo"
SETTINGS = "C settings (LIBS, CPPPATH and the like)"
"""What the inputs of a package call what the build's variables for C give it."""


@dataclass(frozen=True, slots=True)
class Part:
    """One package of a program: what it is itself, and the digests of the packages it imports."""

    import_path: str
    inputs: Mapping[str, str]
    """What it is built from, and the digest or version of that: files relative to its directory, its module."""
    imports: Sequence[str]


class Row(NamedTuple):
    """What is kept of a package, so that it is looked into again only if its own inputs may have changed."""

    import_path: str
    directory: str
    """Empty if its files never change."""
    seal: str
    """What the files of the directory were told by; empty if other files count too."""
    own: str
    """Digest of its own inputs."""
    imports: Sequence[int]
    """The numbers of other rows, which all come before this one."""


class Closures:
    """The digests of all packages of a graph."""

    def __init__(
        self,
        graph: PackageGraph,
        contents: Contents,
        outside: Callable[[Package], Iterable[str]],
        rows: Iterable[Sequence[Any]] = (),
        top: str = "",
    ) -> None:
        """Digest a graph. What is below ``top``, all if it is empty, may be anywhere.

        ``outside`` returns the files of a package that are neither in its directory nor embedded. ``rows`` are those
        of an earlier state of the files, but of the same graph.
        """
        self._graph, self._contents, self._outside, self._top = graph, contents, outside, top
        self._mains = frozenset(graph.mains.values())
        known = [Row(*row) for row in rows]
        self.rows = [self._renewed(row) for row in known] if known else self._draw()
        self.digests: dict[str, str] = {}
        """By import path; Go's own packages have none: the toolchain says what they are."""
        self._numbers: dict[str, int] = {}
        for number, row in enumerate(self.rows):
            digest = digest_of(row.import_path, row.own, *self._imports(row))
            self.digests[row.import_path] = digest
            self._numbers[digest] = number

    def part(self, digest: str) -> Part | None:
        """Return the package with a digest; None if it is none of these."""
        number = self._numbers.get(digest)
        if number is None:
            return None
        row = self.rows[number]
        return Part(row.import_path, self._inputs(self._graph.packages[row.import_path]), self._imports(row))

    def has_more_than(self, most: int, digest: str, known: Callable[[str], bool]) -> bool:
        """Return whether a package and all that it imports are more than ``most``, without what is known and below."""
        found: set[str] = set()
        stack = [digest]
        while stack and len(found) <= most:
            current = stack.pop()
            if current in self._numbers and current not in found and not known(current):
                found.add(current)
                stack.extend(self._imports(self.rows[self._numbers[current]]))
        return len(found) > most

    def _imports(self, row: Row) -> list[str]:
        return sorted({self.digests[self.rows[number].import_path] for number in row.imports})

    def _draw(self) -> list[Row]:
        numbers: dict[str, int] = {}
        rows: list[Row] = []
        for package in in_order(self._graph):
            if not package.standard or package.error:
                imports = sorted({numbers[path] for path in package.imports if path in numbers})
                numbers[package.import_path] = len(rows)
                rows.append(self._row(package, imports))
        return rows

    def _renewed(self, row: Row) -> Row:
        if not row.directory or (row.seal and row.seal == self._contents.seal(row.directory)):
            return row
        return self._row(self._graph.packages[row.import_path], row.imports)

    def _row(self, package: Package, imports: Sequence[int]) -> Row:
        outer = package.embed_files or package.reads_headers or [*self._outside(package)]
        sealed = package.local and not outer
        return Row(
            package.import_path,
            package.dir if package.local else "",
            self._contents.seal(package.dir) if sealed else "",
            digest_of(*(f"{name} {value}" for name, value in self._inputs(package).items())),
            imports,
        )

    def _inputs(self, package: Package) -> dict[str, str]:
        inputs: dict[str, str] = {}
        if package.module:
            inputs[f"module {package.module.path}"] = f"{package.module} go{package.module.go_version}"
        if package.error:
            inputs["error"] = package.error
        if package.import_path in self._mains:
            inputs["GODEBUG"] = package.godebug
        if package.given.settings:
            inputs[SETTINGS] = package.given.settings
        if package.local:
            inputs.update(sorted(self._files(package)))
        return inputs

    def _files(self, package: Package) -> Iterator[tuple[str, str]]:
        digests = self._contents.sources(package.dir).digests
        for name in package.file_names:
            yield name, digests.get(name) or self._contents.digest(os.path.join(package.dir, name))
        for file in self._outside(package):
            # A name that does not tell where the checkout is.
            name = os.path.relpath(file, package.dir) if not self._top or is_below(file, self._top) else file
            yield name, self._contents.digest(file)


def in_order(graph: PackageGraph) -> Iterator[Package]:
    """Yield the packages of all programs, imports first. Import cycles, which do not compile, end where they close."""
    done: set[str] = set()
    for main in graph.mains.values():
        begun = {main}
        stack = [(main, iter(graph.packages[main].imports))]
        while stack:
            current, imports = stack[-1]
            for imported in imports:
                if imported in graph.packages and imported not in done and imported not in begun:
                    begun.add(imported)
                    stack.append((imported, iter(graph.packages[imported].imports)))
                    break
            else:
                stack.pop()
                if current not in done:
                    done.add(current)
                    yield graph.packages[current]


def c_needs(graph: PackageGraph, *, links_c: bool, libraries: bool = False) -> dict[str, CNeeds | None]:
    """Return what each program needs of the C toolchain by import path; None if nothing.

    ``links_c`` tells that all link it, ``libraries`` that they are for C to link.
    """
    masks: dict[str, int] = {}
    with_cgo: list[Package] = []
    for package in in_order(graph):
        mask = 0
        for path in package.imports:
            mask |= masks.get(path, 0)
        if package.cgo_files:
            mask |= 1 << len(with_cgo)
            with_cgo.append(package)
        masks[package.import_path] = mask
    needs: dict[str, CNeeds | None] = {}
    for main in graph.mains.values():
        used = [package for number, package in enumerate(with_cgo) if masks[main] >> number & 1]
        if libraries and _RUNTIME in graph.packages and graph.packages[_RUNTIME] not in used:
            # It is in all of them, whatever they import.
            used.insert(0, graph.packages[_RUNTIME])
        needs[main] = CNeeds(
            cxx=any(package.cxx_files for package in used),
            library_flags=tuple(flag for package in used for flag in package.library_flags),
            link_flags=tuple(flag for package in reversed(used) for flag in package.cgo_ldflags) if libraries else (),
        )
        if not used and not links_c:
            needs[main] = None
    return needs
