"""What SCons knows of the files around Go packages: which of them it makes itself, and what C files include."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..index import CInputs, Surroundings
from ..index.watch import Watch
from .derived import DerivedFiles
from .fingerprint import Env

if TYPE_CHECKING:
    from ..configuration import Configuration
    from ..packages import Package
    from ..scan import ProgramScan


class Around(Surroundings):
    """The surroundings of the packages of one configuration."""

    def __init__(self, env: Env, derived: DerivedFiles, configure: Callable[[], Configuration]) -> None:
        """Answer for an environment; ``configure`` is called only where something is to be looked for."""
        self._env, self._derived, self._configure = env, derived, configure
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

    def derived(self, watch: Watch) -> list[str]:
        """Return the files that SCons itself makes in the places of ``watch``, sorted."""
        return self._derived.in_places(watch)

    def derived_inputs(self, scan: ProgramScan) -> list[Any]:
        """Return the nodes of what SCons itself makes for a program, in order of their paths."""
        found = set[Any]()
        for package in scan.closure:
            if package.local:
                found.update(self._derived.of_package(package))
            if package.reads_headers:
                found.update(node for node in self.c_nodes(package) if node.has_builder())
        return sorted(found, key=lambda node: str(node.get_abspath()))
