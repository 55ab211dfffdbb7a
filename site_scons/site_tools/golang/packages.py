"""The packages that the programs of a Go module consist of in one configuration: a frozen graph."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from .errors import PackageError
from .gosource import (
    DynamicImport,
    build_constraint,
    dynamic_imports,
    exported_names,
    imports_c,
    is_selected,
    read_source,
    stub_text,
)

TEST = ".test"
"""How the import path of the program with the tests of a package ends."""

_HEADERS = (".h", ".hh", ".hpp", ".hxx")


def plain_path(import_path: str) -> str:
    """Return an import path without the program for whose tests the package is compiled: ``a [a.test]`` is ``a``."""
    return import_path.partition(" ")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """The module that a package comes from; ``replaced_by`` is the module version or folder it is replaced with."""

    path: str
    version: str = ""
    go_version: str = ""
    replaced_by: str = ""
    sum: str = ""
    main_root: str = ""
    """The directory of the module, if it is the main module or one of the workspace."""

    def __str__(self) -> str:
        replaced = f" => {self.replaced_by}" if self.replaced_by else ""
        return f"{self.path}{'@' if self.version else ''}{self.version}{replaced} {self.sum}".rstrip()


class GivenFlags(NamedTuple):
    """The C flags of a package that come from elsewhere than its own files and Go's settings."""

    cflags: tuple[str, ...] = ()
    ldflags: tuple[str, ...] = ()
    settings: str = ""
    """The text of those that the build's variables for C give."""
    pc_files: tuple[str, ...] = ()
    """Every ``.pc`` file that ``#cgo pkg-config`` led to, or would lead to if it were there."""
    error: str = ""
    """Why pkg-config gave none."""
    made: tuple[str, ...] = ()
    """Those ``-l`` flags, of all, whose libraries the build itself makes: they need not be there yet."""


@dataclass(frozen=True, kw_only=True)
class Package:
    """One package as this configuration selects it. File names are relative to ``dir``."""

    import_path: str
    dir: str
    name: str
    standard: bool = False
    local: bool = True
    """Whether its files may change: it is neither of the standard library nor of the module cache."""
    module: Module | None = None
    go_files: tuple[str, ...] = ()
    cgo_files: tuple[str, ...] = ()
    cxx_files: tuple[str, ...] = ()
    native_files: tuple[str, ...] = ()
    embed_files: tuple[str, ...] = ()
    embed_patterns: tuple[str, ...] = ()
    ignored_go_files: tuple[str, ...] = ()
    loading_files: tuple[str, ...] | None = None
    """Those Go files that may have pragmas for the linker; None if that is not known."""
    imports: tuple[str, ...] = ()
    cgo_cflags: tuple[str, ...] = ()
    cgo_ldflags: tuple[str, ...] = ()
    pkg_config: tuple[str, ...] = ()
    """The words of ``#cgo pkg-config``."""
    given: GivenFlags = field(default_factory=GivenFlags)
    """Those of the flags that no Go file spells out."""
    godebug: str = ""
    error: str = ""
    tested: str = ""
    """The import path of the package whose tests are in it; empty if it has none."""
    cgo_tags: frozenset[str] = frozenset()
    """The build tags that would hold if cgo were on."""
    shown: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)
    """What is seen in a folder without standing there: files by name."""

    def path(self, name: str) -> str:
        """Return where one of its files stands, given relative to its directory."""
        place = os.path.join(self.dir, name)
        folder, base = os.path.split(place)
        return self.shown.get(folder, {}).get(base, place)

    @property
    def embeds_shown(self) -> tuple[str, ...]:
        """The embedded files that do not stand where they are seen."""
        return tuple(name for name in self.embed_files if self.path(name) != os.path.join(self.dir, name))

    @cached_property
    def reads_headers(self) -> bool:
        """Whether its cgo or assembly files may include what Go does not see change."""
        return self.local and bool(self.cgo_files or self.has_assembly)

    @property
    def library_flags(self) -> tuple[str, ...]:
        """The ``-L`` and ``-l`` flags for libraries that must be there when anything is built."""
        return tuple(one for one in self.cgo_ldflags if one.startswith(("-L", "-l")) and one not in self.given.made)

    @property
    def files(self) -> tuple[str, ...]:
        """Absolute paths of every file that Go reads to build it."""
        return tuple(map(self.path, self.file_names))

    @property
    def places(self) -> tuple[str, ...]:
        """Absolute paths at which Go sees those files."""
        return tuple(os.path.join(self.dir, name) for name in self.file_names)

    @property
    def has_assembly(self) -> bool:
        """Whether it has files for Go's assembler, which may include headers."""
        return any(name.endswith(".s") for name in self.native_files)

    @property
    def file_names(self) -> tuple[str, ...]:
        """Those files, relative to its directory."""
        names = (*self.go_files, *self.cgo_files, *self.native_files, *self.embed_files)
        if self.cgo_files or self.has_assembly:
            return names
        # Go lists headers even where nothing that it builds includes them.
        return tuple(name for name in names if name in self.embed_files or not name.endswith(_HEADERS))

    @cached_property
    def dynamic_imports(self) -> tuple[DynamicImport, ...]:
        """The linker pragmas in its Go files that load shared libraries (linkage case C1)."""
        if self.standard:
            return ()
        names = self.go_files if self.loading_files is None else self.loading_files
        paths = map(self.path, names)
        return tuple(found for path in paths for found in dynamic_imports(path, read_source(path)))

    @property
    def has_only_cgo(self) -> bool:
        """Whether this configuration leaves out all of its Go files, for they use cgo."""
        return not self.go_files and self.dropped_cgo is not None

    @cached_property
    def dropped_cgo(self) -> DroppedCgo | None:
        """What is lost where this configuration leaves out its cgo files; None where it leaves out none."""
        if self.standard or not self.ignored_go_files:
            return None
        texts = {name: read_source(self.path(name)) for name in self.ignored_go_files}
        dropped = tuple(
            name for name, text in texts.items() if imports_c(text) and is_selected(name, text, self.cgo_tags)
        )
        if not dropped:
            return None
        kept = {name: read_source(self.path(name)) for name in self.go_files}
        instead = {
            name: text
            for name, text in kept.items()
            if "cgo" in build_constraint(text) and not is_selected(name, text, self.cgo_tags)
        }
        offered = frozenset[str]().union(*map(exported_names, kept.values()))
        wanted = frozenset[str]().union(*(exported_names(texts[name]) for name in dropped))
        return DroppedCgo(
            files=dropped,
            replaced_by=tuple(instead),
            stub=next(filter(None, map(stub_text, instead.values())), ""),
            lost=tuple(sorted(wanted - offered)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DroppedCgo:
    """The cgo files of a package that a build without cgo leaves out, and what stands in for them."""

    files: tuple[str, ...]
    replaced_by: tuple[str, ...] = ()
    """The files that only a build without cgo has, with a constraint such as ``!cgo``."""
    stub: str = ""
    """The line by which a replacement owns to be a stub."""
    lost: tuple[str, ...] = ()
    """Exported names that no file declares any more."""


@dataclass(frozen=True, kw_only=True)
class PackageGraph:
    """The packages that some programs consist of, and which directory is which package."""

    packages: Mapping[str, Package]
    mains: Mapping[str, str] = field(default_factory=dict)
    """Absolute package directory to import path."""
    _walks: dict[str, dict[str, str | None]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def main(self, directory: str) -> Package:
        """Return the main package in ``directory``, or of that import path. Raises PackageError if there is none."""
        path = self.main_path(directory)
        if not path:
            msg = f"{directory} is not a package that `go list` knows"
            raise PackageError(msg)
        return self.packages[path]

    def main_path(self, directory: str) -> str:
        """Return the import path of the main package in ``directory``, or of that import path; empty if it is none."""
        if os.path.isabs(directory):
            return self.mains.get(os.path.realpath(directory), "")
        return directory if directory in self.mains.values() else ""

    def closure(self, main: Package) -> tuple[Package, ...]:
        """Return ``main`` and every package that it imports, directly or not, nearest first."""
        return tuple(self.packages[path] for path in self._parents(main))

    def chain(self, main: Package, wanted: str) -> tuple[str, ...]:
        """Return the shortest import chain from ``main`` to the import path ``wanted``; empty if there is none."""
        parents = self._parents(main)
        chain: list[str] = []
        step: str | None = wanted if wanted in parents else None
        while step is not None:
            chain.append(step)
            step = parents[step]
        return tuple(map(plain_path, reversed(chain)))

    def _parents(self, main: Package) -> dict[str, str | None]:
        """Return by which package each one of a program is imported first."""
        if main.import_path not in self._walks:
            parents: dict[str, str | None] = {main.import_path: None}
            self._walks[main.import_path] = parents
            queue = deque([main])
            while queue:
                package = queue.popleft()
                for imported in package.imports:
                    if imported not in parents and imported in self.packages:
                        parents[imported] = package.import_path
                        queue.append(self.packages[imported])
        return self._walks[main.import_path]
