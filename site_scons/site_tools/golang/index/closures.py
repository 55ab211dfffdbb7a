"""What a program is made of, as one digest: it changes exactly when a file, a package or a module of it does.

The packages form a tree of digests: that of a package is of its own inputs and of the digests of its imports. So all
programs of a module cost one pass over its packages, and two states of a program are compared by descending only where
they differ.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..contents import Contents
from ..needs import CNeeds
from ..packages import Package, PackageGraph
from ..store import digest_of


@dataclass(frozen=True, slots=True)
class Part:
    """One package of a program: what it is itself, and the digests of the packages it imports."""

    import_path: str
    inputs: Mapping[str, str]
    """What it is built from, and the digest or version of that: files relative to its directory, its module."""
    imports: Sequence[str]


class Closures:
    """The digests of all packages of a graph."""

    def __init__(
        self,
        graph: PackageGraph,
        contents: Contents,
        c_inputs: Mapping[str, Sequence[str]],
        profile: Callable[[Package], str],
    ) -> None:
        """Digest a graph.

        ``c_inputs`` are files from outside of a package by its import path; ``profile`` returns the PGO profile of a
        main package, or nothing.
        """
        self._graph, self._contents, self._c_inputs, self._profile = graph, contents, c_inputs, profile
        self._mains = frozenset(graph.mains.values())
        self.digests: dict[str, str] = {}
        """By import path."""
        self.parts: dict[str, Part] = {}
        """By digest."""
        self._cgo: dict[str, int] = {}
        self._cgo_packages: list[Package] = []
        for path in graph.mains.values():
            for found in self._in_order(path):
                self._digest(graph.packages[found])

    def needs(self, main: Package, *, links_c: bool) -> CNeeds | None:
        """Return what a program needs of the C toolchain; None if nothing. ``links_c``: it links in any case."""
        mask = self._cgo[main.import_path]
        if not mask and not links_c:
            return None
        used = [package for number, package in enumerate(self._cgo_packages) if mask >> number & 1]
        flags = (flag for package in used for flag in package.cgo_ldflags)
        return CNeeds(
            cxx=any(package.cxx_files for package in used),
            library_flags=tuple(flag for flag in flags if flag.startswith(("-L", "-l"))),
        )

    def _in_order(self, path: str) -> Iterator[str]:
        """Yield what is not digested yet, imports first. Import cycles, which do not compile, end where they close."""
        begun = {path}
        stack = [(path, iter(self._graph.packages[path].imports))]
        while stack:
            current, imports = stack[-1]
            for imported in imports:
                if imported in self._graph.packages and imported not in self.digests and imported not in begun:
                    begun.add(imported)
                    stack.append((imported, iter(self._graph.packages[imported].imports)))
                    break
            else:
                stack.pop()
                if current not in self.digests:
                    yield current

    def _digest(self, package: Package) -> None:
        imports = sorted({self.digests[path] for path in package.imports if self.digests.get(path)})
        mask = 0
        for path in package.imports:
            mask |= self._cgo.get(path, 0)
        if package.cgo_files:
            mask |= 1 << len(self._cgo_packages)
            self._cgo_packages.append(package)
        self._cgo[package.import_path] = mask
        if package.standard and not package.error:
            # The toolchain says what Go's own packages are.
            self.digests[package.import_path] = ""
            return
        part = Part(package.import_path, self._inputs(package), imports)
        digest = digest_of(package.import_path, *(f"{name} {value}" for name, value in part.inputs.items()), *imports)
        self.digests[package.import_path] = digest
        self.parts[digest] = part

    def _inputs(self, package: Package) -> dict[str, str]:
        inputs: dict[str, str] = {}
        if package.module:
            inputs[f"module {package.module.path}"] = f"{package.module} go{package.module.go_version}"
        if package.error:
            inputs["error"] = package.error
        main = package.import_path in self._mains
        if main:
            inputs["GODEBUG"] = package.godebug
        if package.local:
            outside = [*self._c_inputs.get(package.import_path, ()), *([self._profile(package)] if main else [])]
            files = {name: os.path.join(package.dir, name) for name in package.file_names}
            files.update((os.path.relpath(file, package.dir), file) for file in outside if file)
            inputs.update((name, self._contents.content(file).digest) for name, file in sorted(files.items()))
        return inputs
