"""The scan: what a program consists of in one configuration, and what its linkage will be.

``Scans`` is the one interface to it. It lists a module once for each configuration, for all programs of it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from .configuration import Configuration
from .errors import GolangError
from .finding import Finding
from .packages import Package, PackageGraph, load_graph
from .predict import Prediction, predict


@dataclass(frozen=True, kw_only=True)
class ProgramScan:
    """One program in one configuration."""

    configuration: Configuration
    graph: PackageGraph
    main: Package

    @cached_property
    def closure(self) -> tuple[Package, ...]:
        """The main package and all that it imports, nearest first."""
        return self.graph.closure(self.main)

    @cached_property
    def prediction(self) -> Prediction:
        """What the program's linkage will be."""
        config = self.configuration
        return predict(self.graph, self.main, config.request, config.plan, config.options.permissions)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that is known to go wrong before the compile. Raises ToolchainError.

        Empty for a program whose packages cannot all be read: then the compiler says best what is wrong,
        except for packages that only the missing cgo empties.
        """
        found = self.prediction.findings
        if not self.prediction.complete:
            return found
        return (*found, *self.configuration.c_findings(self.prediction))

    @cached_property
    def files(self) -> tuple[str, ...]:
        """Every file that can change and that Go reads, sorted."""
        files = {file for package in self.closure if package.local for file in package.files}
        named = self.configuration.options.pgo
        profile = os.path.join(self.main.dir, "default.pgo") if named in ("", "auto") else named
        if os.path.isfile(profile):
            files.add(profile)
        return tuple(sorted(files))

    @cached_property
    def cgo_packages(self) -> tuple[Package, ...]:
        """The packages with cgo or assembly files, whose includes may change without Go seeing it."""
        local = (package for package in self.closure if package.local)
        return tuple(package for package in local if package.cgo_files or package.has_assembly)

    @cached_property
    def pins(self) -> tuple[str, ...]:
        """What stands for the inputs that are no files of the project, one readable line each.

        The Go toolchain, modules of the closure with their versions and checksums, language versions, the names of
        the files, and the C toolchain where C takes part. Errors of packages are among them: a build must fail when
        they come.
        """
        lines = {f"go {self.configuration.toolchain.identity}", f"GODEBUG {self.main.godebug}"}
        lines.update(
            f"module {package.module} go{package.module.go_version}" for package in self.closure if package.module
        )
        # A file's name is in the binary, an embedded one's is data; SCons compares contents in order, and no names.
        lines.update(f"files {package.import_path}: {package.file_names}" for package in self.closure if package.local)
        lines.update(f"error {package.import_path}: {package.error}" for package in self.closure if package.error)
        try:
            c_identity = self.configuration.c_identity(self.prediction)
        except GolangError as error:
            c_identity = str(error)
        if c_identity:
            lines.add(f"C {c_identity}")
        return tuple(sorted(lines))


class Scans:
    """Scans of this process, each made once."""

    def __init__(self) -> None:
        """Start with nothing scanned."""
        self._graphs: dict[tuple[str, ...], PackageGraph | GolangError] = {}
        self._programs: dict[tuple[int, str], ProgramScan] = {}

    def scan(self, config: Configuration, directory: str, together: Iterable[str] = ()) -> ProgramScan:
        """Return the scan of the program in ``directory``.

        ``together`` are directories of other programs of the configuration, which are listed in the same go.
        Raises PackageError or ToolchainError.
        """
        known = self._graphs.get(config.key)
        if known is None or (isinstance(known, PackageGraph) and os.path.realpath(directory) not in known.mains):
            known = self._load(config, {directory, *together})
            self._graphs[config.key] = known
        if isinstance(known, GolangError):
            raise known
        # The graph is shared by equal keys. A program is not: libc, compilers and permissions are outside the key.
        program = self._programs.get((id(config), directory))
        if program is None or program.graph is not known:
            program = ProgramScan(configuration=config, graph=known, main=known.main(directory))
            self._programs[id(config), directory] = program
        return program

    def _load(self, config: Configuration, directories: Iterable[str]) -> PackageGraph | GolangError:
        try:
            return load_graph(config.toolchain.path, config.plan.flags, config.environ, config.module_root, directories)
        except GolangError as error:
            return error
