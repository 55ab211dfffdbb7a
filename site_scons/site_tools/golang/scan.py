"""The scan: what a program consists of in one configuration, and what its linkage will be.

``Scans`` is the one interface to it. It lists a module once for each configuration, for all programs of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from .c_findings import beyond_reach, only_shared
from .configuration import Configuration
from .finding import Finding
from .go_support import unsupported
from .index import Index, Listed, Surroundings
from .linkage import Libc
from .overlay import NOTHING, Overlay
from .packages import Package, PackageGraph
from .predict import Prediction, predict

EMBEDS_SHOWN = (1, 24)
"""The first Go that embeds what is in an overlay only; measured with 1.21, 1.23, 1.24, 1.25 and 1.26."""

NOWHERE = Surroundings()
"""Nothing is known of what is around packages."""


@dataclass(frozen=True, kw_only=True)
class ProgramScan:
    """One program in one configuration."""

    configuration: Configuration
    graph: PackageGraph
    main: Package
    overlay: Overlay = NOTHING
    """What of its files is seen where it does not stand."""

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
        found = (*self._unsupported(), *self.prediction.findings)
        if not self.prediction.complete:
            return found
        dynamic = self.configuration.dynamic_libraries
        beyond = () if dynamic is None else beyond_reach(self.closure, dynamic)
        beyond += only_shared(self.closure) if self.configuration.request.linkage.links_libc_statically else ()
        by_c = self.configuration.c.findings(self.prediction)
        return (*found, *self._cannot_embed(), *beyond, *by_c, *self._mixed_libcs())

    def unusable(self) -> tuple[Finding, ...]:
        """Return which libraries of ``LIBS`` cannot be linked: to be asked when they have been built."""
        from .given_libraries import unusable_libraries

        return unusable_libraries(self.closure, self.configuration.platform)

    def _unsupported(self) -> Iterator[Finding]:
        config = self.configuration
        return unsupported(config.platform, config.plan.environ, config.toolchain.version, config.toolchain.release)

    def _cannot_embed(self) -> Iterator[Finding]:
        """Yield what the compiler would say of it in a riddle: an older one looks for embedded files on disk."""
        toolchain = self.configuration.toolchain
        if not (0,) < toolchain.release < EMBEDS_SHOWN:
            return
        for package in self.closure:
            for name in package.embeds_shown[:1]:
                yield Finding(
                    case="D3",
                    wanted=f"{package.import_path} to embed {name}, which is made outside of the source tree",
                    found=f"{toolchain.version}",
                    why="before Go 1.24 the compiler reads embedded files from the source tree only",
                    fix="use Go 1.24 or newer, or have the file made in the source tree",
                )

    def _mixed_libcs(self) -> tuple[Finding, ...]:
        request, platform = self.configuration.request, self.configuration.platform
        packages = [package for package in self.closure if package.cgo_files]
        if not packages or request.libc is not Libc.MUSL or platform.goos != "linux":
            return ()
        from .mixed_libc import mixed_archives

        static = request.linkage.links_libc_statically
        return mixed_archives(packages, self.prediction.cgo, self.configuration.c_flags, static=static)

    @cached_property
    def cgo_packages(self) -> tuple[Package, ...]:
        """The packages with cgo or assembly files, whose includes may change without Go seeing it."""
        return tuple(package for package in self.closure if package.reads_headers)


class Scans:
    """Scans of this process, each made once."""

    def __init__(self, index: Index | None = None) -> None:
        """Scan with an index; without one nothing is kept for later."""
        self.index = index or Index()
        self._programs: dict[tuple[int, str, str], ProgramScan] = {}

    def listed(self, config: Configuration, directories: Iterable[str], around: Surroundings = NOWHERE) -> Listed:
        """Return what is known of the programs in ``directories``. Raises PackageError or ToolchainError."""
        return self.index.listed(config.listing_name, directories, lambda: config, around)

    def scan(
        self,
        config: Configuration,
        directory: str,
        together: Iterable[str] = (),
        around: Surroundings = NOWHERE,
    ) -> ProgramScan:
        """Return the scan of the program in ``directory``.

        ``together`` are directories of other programs of the configuration, which are listed in the same go.
        Raises PackageError or ToolchainError.
        """
        graph, overlay = self.listed(config, {directory, *together}, around).graph, around.overlay
        # The graph is shared by equal keys. A program is not: libc, compilers and permissions are outside the key.
        key = (id(config), directory, overlay.digest)
        program = self._programs.get(key)
        if program is None or program.graph is not graph:
            program = ProgramScan(configuration=config, graph=graph, main=graph.main(directory), overlay=overlay)
            self._programs[key] = program
        return program
