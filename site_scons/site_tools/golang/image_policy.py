"""Whether a Mach-O or PE program, of the kind that was asked for, finds its libraries. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from .facts import BinaryFacts, ImageFacts
from .finding import Finding
from .linkage import Permissions
from .system_libraries import is_installed, matches


def check_images(facts: BinaryFacts, permissions: Permissions) -> Iterable[Finding]:
    """Yield what is wrong with the libraries of a program."""
    for image in facts.images:
        yield from _libraries(facts.format, image, permissions)


def _libraries(file_format: str, image: ImageFacts, permissions: Permissions) -> Iterable[Finding]:
    for library in image.libraries:
        if not is_installed(file_format, library) and not matches(file_format, library, permissions.libraries):
            yield Finding(
                case="library",
                wanted="only the system's own libraries and those in GOVERIFYLIBS",
                found=f"it loads {library}",
                fix=f"GOVERIFYLIBS=[{library!r}] if it is there wherever the program runs, or link it statically",
            )
