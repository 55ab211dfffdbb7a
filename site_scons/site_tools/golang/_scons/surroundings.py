"""What SCons knows of the files around Go packages: which of them it makes itself, and what C files include."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from ..index import CInputs, Surroundings
from ..index.watch import Watch
from .derived import DerivedFiles, SeenFiles
from .fingerprint import Env
from .target import Node, Program, Viewer

if TYPE_CHECKING:
    from ..configuration import Configuration
    from ..packages import Package
    from .outlines import Outlines


class Around(Surroundings):
    """The surroundings of the packages of one configuration."""

    def __init__(self, env: Env, seen: SeenFiles, configure: Callable[[], Configuration]) -> None:
        """Answer for an environment; ``configure`` is called only where something is to be looked for."""
        self._env, self._seen, self._configure = env, seen, configure
        self.overlay, self.makes_files = seen.overlay, bool(seen)
        self._c_nodes: dict[str, list[Any]] = {}

    def c_inputs(self, package: Package) -> CInputs:
        """Return what a package with C or assembly files is built from besides its directory."""
        from .cinputs import searched_folders

        nodes = self.c_nodes(package)
        folders = searched_folders(package, self._configure().c_flags, nodes)
        return CInputs(tuple(str(node.get_abspath()) for node in nodes), folders)

    def c_nodes(self, package: Package) -> list[Any]:
        """Return the same as nodes, those that are still to be made among them."""
        from .cinputs import c_inputs

        if package.import_path not in self._c_nodes:
            self._c_nodes[package.import_path] = c_inputs(self._env, package, self._configure().c_flags)
        return self._c_nodes[package.import_path]

    def makes(self, path: str) -> bool:
        """Return whether the build itself makes a file."""
        return self._seen.makes(os.path.normpath(path))

    def derived(self, watch: Watch) -> list[str]:
        """Return where the files are seen that SCons itself makes in the places of ``watch``, sorted."""
        return self._seen.in_places(watch)

    def derived_of(self, package: Package, *, tests: bool = False) -> Iterable[str]:
        """Return where those of a package are seen, be they there yet or not; with its ``tests``, or without."""
        return self._seen.of_package(package, tests=tests)

    def derived_in(self, directory: str, *, tests: bool = False) -> Iterable[str]:
        """Return the same of a directory of which Go does not know yet that it is a package."""
        return self._seen.in_directory(directory, tests=tests)

    def nodes(self, places: Iterable[str]) -> list[Node]:
        """Return what SCons makes that is seen in some places, in order of their paths."""
        return sorted({self._seen[place] for place in places}, key=lambda node: str(node.get_abspath()))


class AllAround:
    """The surroundings of all programs, which hold until SCons has built something more."""

    def __init__(self, fs: Any) -> None:
        """Look through all nodes that there are now."""
        self._files = DerivedFiles(fs)
        self._arounds: dict[str, Around] = {}
        self._of: dict[Program, Around] = {}

    def seen_by(self, viewer: Viewer) -> SeenFiles:
        """Return the files that SCons makes, where a program sees them. Raises RequestError."""
        return self._files.seen_by(viewer)

    def of(self, program: Program, outlines: Outlines) -> Around:
        """Return the surroundings of a program. Raises RequestError or ToolchainError."""
        if program not in self._of:
            seen = self.seen_by(program.viewer)
            name = seen.overlay.name(outlines.outline(program).listing)
            if name not in self._arounds:
                self._arounds[name] = Around(program.env, seen, lambda: outlines.configuration(program))
            self._of[program] = self._arounds[name]
        return self._of[program]

    def built(self) -> int:
        """Return how many files were built by now."""
        return self._files.built()
