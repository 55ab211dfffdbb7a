"""Which emulator runs a program for another processor, or whether this one does it itself."""

from __future__ import annotations

from collections.abc import Callable

from .platform import Platform

_EMULATORS = {
    "amd64": "x86_64",
    "arm": "arm",
    "arm64": "aarch64",
    "loong64": "loongarch64",
    "mips": "mips",
    "mips64": "mips64",
    "mips64le": "mips64el",
    "mipsle": "mipsel",
    "ppc64": "ppc64",
    "ppc64le": "ppc64le",
    "riscv64": "riscv64",
    "s390x": "s390x",
}
"""What qemu-user calls a GOARCH. Not 386: Go programs crash at times under qemu-i386 (measured with 7.2)."""


def runs_itself(platform: Platform, host: Platform) -> bool:
    """Return whether the processor of ``host`` runs programs for ``platform``."""
    return platform == host or (host.goarch, platform.goarch) == ("amd64", "386")


def find_emulator(platform: Platform, find: Callable[[str], str]) -> str:
    """Return the path of the emulator for a Linux platform; empty without one.

    ``find`` returns the path of a program by its name, empty if there is none.
    """
    called = _EMULATORS.get(platform.goarch, "")
    return (find(f"qemu-{called}-static") or find(f"qemu-{called}")) if called else ""


def why_no_emulator(platform: Platform) -> str:
    """Return why :func:`find_emulator` finds none."""
    called = _EMULATORS.get(platform.goarch, "")
    if not called:
        return f"there is no emulator under which Go programs for {platform} run well"
    return f"no qemu-{called} on PATH (Debian: qemu-user-static)"
