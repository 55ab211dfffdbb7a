"""What the build system knows of the files around Go packages, as far as an index asks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from ..overlay import NOTHING, Overlay
from .watch import Watch

if TYPE_CHECKING:
    from ..packages import Package


class CInputs(NamedTuple):
    """What a package with C or assembly files is built from besides its directory: paths."""

    files: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    """Where they were looked for."""


class Surroundings:
    """What the build system knows of the files around Go packages. This one knows nothing."""

    overlay: Overlay = NOTHING
    """What is to be seen where it does not stand."""
    makes_files = False
    """Whether the build itself makes files at all."""

    def c_inputs(self, package: Package) -> CInputs:
        """Return what a package with C or assembly files is built from besides its directory."""
        del package
        return CInputs()

    def makes(self, path: str) -> bool:
        """Return whether the build itself makes a file."""
        del path
        return False

    def derived(self, watch: Watch) -> list[str]:
        """Return the files that the build itself makes in the places of ``watch``, sorted."""
        del watch
        return []

    def derived_of(self, package: Package, *, tests: bool = False) -> Iterable[str]:
        """Return where those of a package are seen that the build itself makes, whether they are there yet or not."""
        del package, tests
        return ()

    def derived_in(self, directory: str, *, tests: bool = False) -> Iterable[str]:
        """Return the same of a directory of which Go does not know yet that it is a package."""
        del directory, tests
        return ()
