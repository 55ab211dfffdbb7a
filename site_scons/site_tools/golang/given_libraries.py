"""Libraries that a build gives to cgo as files (``LIBS``), as they are once all has been built (linkage case C12)."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable

from .csettings import is_library_file
from .errors import InspectError
from .finding import Finding
from .inspect import elf_target_of
from .packages import Package
from .platform import ElfTarget, Platform


def unusable_libraries(packages: Iterable[Package], platform: Platform) -> tuple[Finding, ...]:
    """Return a finding for each file that a linker for ``platform`` cannot take for a library."""
    files = dict.fromkeys(word for package in packages for word in package.given.ldflags if is_library_file(word))
    return tuple(finding for file in files for finding in _unusable(file, platform))


def _unusable(file: str, platform: Platform) -> Iterable[Finding]:
    wanted = f"the library {file}, which LIBS names"
    try:
        status = os.stat(file)
        target = _target_of(file, status.st_size, status.st_mtime_ns)
    except OSError as error:
        fix = "LIBS= what builds it, such as the node that StaticLibrary returns, or correct the path"
        yield Finding(case="C12", wanted=wanted, found=f"{error.strerror}, and nothing builds it", fix=fix)
    else:
        if target and platform.elf and target != platform.elf:
            fix = "build it for that platform, with a cross compiler, and name that one in this call's LIBS"
            found = f"it is for {target.machine}, {target.bits} bits"
            yield Finding(case="C12", wanted=f"{wanted}, for {platform}", found=found, fix=fix)


@functools.lru_cache(maxsize=64)
def _target_of(file: str, size: int, changed: int) -> ElfTarget | None:
    # Once for all programs of a build; size and time tell another library at the same path.
    del size, changed
    try:
        return elf_target_of(file)
    except InspectError:
        # Perhaps a linker script; what it makes of it the linker tells.
        return None
