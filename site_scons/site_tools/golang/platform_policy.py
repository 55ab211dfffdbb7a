"""Whether a binary is for the platform that it was built for, as far as its headers say. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from .facts import BinaryFacts, ElfFacts, ImageFacts
from .finding import Finding
from .platform import Platform

PLATFORM_FIX = "GOOS and GOARCH select the platform of Go, the compiler that of C; a changed GOCOM must not"
C_FIX = "build it with a compiler (CC) for that platform, or verify it for the one that it is for"
_SYSTEMS = {"darwin": "macOS", "windows": "Windows", "ios": "iOS"}


def check_platform(facts: BinaryFacts, platform: Platform) -> Iterable[Finding]:
    """Yield in which way a program is one for another platform. Of an archive nothing is known here."""
    if facts.format not in (platform.format, "ar"):
        yield _finding(facts, f"{platform} ({platform.format})", facts.format)
    elif facts.elf is not None:
        yield from _elf(facts, facts.elf, platform)
    elif facts.images and not any(_is_for(image, platform) for image in facts.images):
        found = ", ".join(f"{image.machine} for {image.system or 'an unknown system'}" for image in facts.images)
        yield _finding(facts, f"{platform} ({platform.image_machine}, {_SYSTEMS[platform.goos]})", found)


def _elf(facts: BinaryFacts, elf: ElfFacts, platform: Platform) -> Iterable[Finding]:
    target = platform.elf
    if target and (elf.machine, elf.bits, elf.little_endian) != (target.machine, target.bits, target.little_endian):
        order = "little" if elf.little_endian else "big"
        wanted = f"{platform} ({target.machine}, {target.bits} bits)"
        yield _finding(facts, wanted, f"{elf.machine}, {elf.bits} bits, {order}-endian")


def _is_for(image: ImageFacts, platform: Platform) -> bool:
    return (image.machine, image.system.partition(" ")[0]) == (platform.image_machine, _SYSTEMS[platform.goos])


def _finding(facts: BinaryFacts, wanted: str, found: str) -> Finding:
    go = any(image.go for image in facts.images) or (facts.elf is not None and facts.elf.go)
    fix = PLATFORM_FIX if go else C_FIX
    return Finding(case="machine", wanted=f"a program for {wanted}", found=found, fix=fix)
