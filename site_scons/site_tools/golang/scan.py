"""The scan: what a program consists of in one configuration, and what its linkage will be.

``Scans`` is the one interface to it. It lists a module once for each configuration, for all programs of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from .configuration import Configuration
from .finding import Finding
from .index import Index, Listed, Surroundings
from .packages import Package, PackageGraph
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
        return (*found, *self.configuration.c.findings(self.prediction))

    @cached_property
    def cgo_packages(self) -> tuple[Package, ...]:
        """The packages with cgo or assembly files, whose includes may change without Go seeing it."""
        return tuple(package for package in self.closure if package.reads_headers)


class Scans:
    """Scans of this process, each made once."""

    def __init__(self, index: Index | None = None) -> None:
        """Scan with an index; without one nothing is kept for later."""
        self.index = index or Index()
        self._programs: dict[tuple[int, str], ProgramScan] = {}

    def listed(self, config: Configuration, directories: Iterable[str], around: Surroundings | None = None) -> Listed:
        """Return what is known of the programs in ``directories``. Raises PackageError or ToolchainError."""
        return self.index.listed(config.listing_name, directories, lambda: config, around or Surroundings())

    def scan(
        self,
        config: Configuration,
        directory: str,
        together: Iterable[str] = (),
        around: Surroundings | None = None,
    ) -> ProgramScan:
        """Return the scan of the program in ``directory``.

        ``together`` are directories of other programs of the configuration, which are listed in the same go.
        Raises PackageError or ToolchainError.
        """
        graph = self.listed(config, {directory, *together}, around).graph
        # The graph is shared by equal keys. A program is not: libc, compilers and permissions are outside the key.
        program = self._programs.get((id(config), directory))
        if program is None or program.graph is not graph:
            program = ProgramScan(configuration=config, graph=graph, main=graph.main(directory))
            self._programs[id(config), directory] = program
        return program
