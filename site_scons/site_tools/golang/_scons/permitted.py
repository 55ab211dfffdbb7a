"""Which shared libraries a program may load besides those that the user lists, and whether it finds them."""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import SCons.Node
import SCons.Util

from ..csettings import is_shared_file
from ..errors import RequestError
from ..facts import BinaryFacts, ElfFacts
from ..finding import Finding
from ..linkage import Level, Linkage, Permissions, Request
from ..loading import loading_findings
from ..platform import ElfTarget, Platform, host_platform
from ..policy import CXX_LIBRARIES, LIBC_LIBRARIES, check
from ..scan import ProgramScan
from ..sonames import loaded_as
from .target import is_go


def with_system_libraries(permissions: Permissions, scan: ProgramScan, facts: BinaryFacts | None = None) -> Permissions:
    """Permit what ``#cgo LDFLAGS: -lfoo`` asks of the system, and the run-time library of a sanitizer.

    Of a library that is found in a ``-L`` folder nothing says that it is to be loaded, or installed anywhere. One that
    the build names as a file in LIBS is to be loaded; it must be found through a run path, so there must be one.
    """
    if permissions.archives:
        return permissions
    config = scan.configuration
    libraries = [*permissions.libraries, *_of_the_system(scan, facts, permissions.libraries)]
    libraries += [f"lib{flag[1:]}.so*" for flag in config.plan.flags if flag in ("-asan", "-msan")]
    if {"stdc++", "c++"}.intersection(scan.prediction.libraries):
        libraries += CXX_LIBRARIES
    if facts is None or facts.elf is None or facts.elf.runpath or facts.elf.rpath:
        libraries += loaded_as(config.c_settings.shared_libraries)
    return replace(permissions, libraries=tuple(libraries))


def _of_the_system(scan: ProgramScan, facts: BinaryFacts | None, listed: Sequence[str]) -> tuple[str, ...]:
    """Return which libraries of the system cgo packages ask for; none where a program needs no others than known ones.

    For it takes the linker to tell.
    """
    needed = facts.elf.needed if facts and facts.elf else None
    known = (*LIBC_LIBRARIES, *listed)
    if needed is not None and all(_is_any(one, known) for one in needed):
        return ()
    return scan.configuration.c.system_libraries(scan.prediction)


def not_found(node: Any, facts: BinaryFacts, scan: ProgramScan) -> tuple[Finding, ...]:
    """Return which libraries a program will not find where it stands."""
    config, elf = scan.configuration, facts.elf
    permissions = config.options.permissions
    if elf is None or not elf.needed or config.request.linkage is not Linkage.DYNAMIC:
        return ()
    # That a library may be dynamic says nothing of where it is.
    dynamic = [f"lib{name}.so*" for name in config.options.dynamic_libraries or ()]
    listed = [pattern for pattern in permissions.libraries if pattern not in dynamic]
    system = () if permissions.archives else _of_the_system(scan, facts, listed)
    sanitizers = ("libasan.so*", "libmsan.so*")
    known = (*LIBC_LIBRARIES, *CXX_LIBRARIES, *sanitizers, *config.platform.system_libraries, *listed, *system)
    level = Level.OK if permissions.enforce is Level.OK else permissions.run_path
    return loading_findings(elf, str(node), str(node.get_abspath()), known, here=_is_here(scan), level=level)


def own_findings(
    node: Any, facts: BinaryFacts, request: Request, permissions: Permissions, platform: Platform | None
) -> tuple[Finding, ...]:
    """Check anything but Go: what it is linked with as a file of this build is permitted, but must be found."""
    own, elf = _own_libraries(node), facts.elf
    permitted = permissions
    if elf and (elf.runpath or elf.rpath) and not permissions.archives:
        permitted = replace(permissions, libraries=(*permissions.libraries, *own))
    findings = check(facts, request, permissions=permitted, platform=platform, go=False)
    if elf is None:
        return findings
    needed = [one for one in elf.needed if _is_any(one, own) and not _is_any(one, permissions.libraries)]
    known = (*LIBC_LIBRARIES, *CXX_LIBRARIES, *permissions.libraries)
    level = Level.OK if permissions.enforce is Level.OK else permissions.run_path
    asked, path = replace(elf, needed=tuple(needed)), str(node.get_abspath())
    return (*findings, *loading_findings(asked, str(node), path, known, here=_is_for_here(elf), level=level))


def _own_libraries(node: Any) -> tuple[str, ...]:
    """Return patterns of the shared libraries that anything but Go is linked with as files of this build."""
    env = node.get_build_env()
    named = {one for one in SCons.Util.flatten([env.get("LIBS") or []]) if isinstance(one, SCons.Node.Node)}
    given = [*node.sources, *(one for one in node.children() if one in named or one.is_derived() or is_go(one))]
    return loaded_as(one.get_abspath() for one in given if is_shared_file(str(one)))


def _is_any(library: str, patterns: Sequence[str]) -> bool:
    return any(fnmatch.fnmatchcase(library, pattern) for pattern in patterns)


def _is_for_here(elf: ElfFacts) -> bool:
    try:
        return host_platform().elf == ElfTarget(elf.machine, elf.bits, elf.little_endian)
    except RequestError:
        return False


def _is_here(scan: ProgramScan) -> bool:
    try:
        return scan.configuration.platform == host_platform()
    except RequestError:
        return False
