"""Whether a Mach-O or PE program, of the kind that was asked for, is for the platform and finds its libraries. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from .facts import BinaryFacts, ImageFacts
from .finding import Finding
from .linkage import Permissions
from .platform import Platform
from .system_libraries import is_installed, matches

PLATFORM_FIX = "GOOS and GOARCH select the platform; a changed GOCOM must not"
_SYSTEMS = {"darwin": "macOS", "windows": "Windows", "ios": "iOS"}


def check_images(facts: BinaryFacts, permissions: Permissions, platform: Platform | None) -> Iterable[Finding]:
    """Yield what is wrong with the libraries and the platform of a program."""
    for image in facts.images:
        yield from _libraries(facts.format, image, permissions)
    if platform and platform.format == facts.format and not any(_is_for(image, platform) for image in facts.images):
        yield Finding(
            case="machine",
            wanted=f"a program for {platform} ({platform.image_machine}, {_SYSTEMS[platform.goos]})",
            found=", ".join(f"{image.machine} for {image.system or 'an unknown system'}" for image in facts.images),
            fix=PLATFORM_FIX,
        )


def _is_for(image: ImageFacts, platform: Platform) -> bool:
    return (image.machine, image.system.partition(" ")[0]) == (platform.image_machine, _SYSTEMS[platform.goos])


def _libraries(file_format: str, image: ImageFacts, permissions: Permissions) -> Iterable[Finding]:
    for library in image.libraries:
        if not is_installed(file_format, library) and not matches(file_format, library, permissions.libraries):
            yield Finding(
                case="library",
                wanted="only the system's own libraries and those in GOVERIFYLIBS",
                found=f"it loads {library}",
                fix=f"GOVERIFYLIBS=[{library!r}] if it is there wherever the program runs, or link it statically",
            )
