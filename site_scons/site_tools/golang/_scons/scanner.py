"""What a Go program depends on, as SCons nodes. Errors are kept for the build, where they fail one target only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import SCons.Scanner
import SCons.Util

from ..errors import GolangError
from .fingerprint import Env
from .programs import PROGRAMS
from .target import Program, program_of

if TYPE_CHECKING:
    from ..packages import Package
    from ..scan import ProgramScan


def scan_program(node: Any, env: Env, path: Any) -> list[Any]:
    """Return what a program depends on.

    Only what SCons itself makes are nodes. One digest of all files stands in the signature of its action, with the
    settings and tools that it is made with.
    """
    del path
    if program_of(node) is None:
        return []
    if not PROGRAMS.begin_scan(node, env):
        return _built_from(node)
    found = program_inputs(node, env)
    wait_for(node, awaited_nodes(program_of(node)))
    return found


def _built_from(node: Any) -> list[Any]:
    """Return what SCons made for a target when it was built: `scons -c` removes that with it, and needs no Go."""
    try:
        info = node.get_stored_info().binfo
        info.prepare_dependencies()
        return [one for one in info.bimplicit if one.is_derived()]
    except AttributeError:
        # It was never built.
        return []


def awaited_nodes(program: Program) -> list[Any]:
    """Return the nodes that have to be made before it is certain of what a program consists."""
    try:
        return PROGRAMS.awaited(program)
    except GolangError:
        return []


def wait_for(node: Any, others: list[Any]) -> None:
    """Have others made before a target, though they are in no signature: another scan tells then what they are."""
    if others:
        node.prerequisites = SCons.Util.UniqueList([*(node.prerequisites or ()), *others])


def program_inputs(node: Any, env: Env) -> list[Any]:
    """Return the nodes of what SCons makes that the binary of a program depends on."""
    try:
        return PROGRAMS.inputs(node)[2]
    except GolangError as error:
        # An input like any other: the target is out of date, and building it tells why it cannot be built.
        return [env.Value(str(error))]


def cgo_inputs(node: Any, scan: ProgramScan) -> list[tuple[Package, list[Any]]]:
    """Return the C inputs of every cgo package of a program that may change."""
    return [(package, PROGRAMS.c_nodes(program_of(node), package)) for package in scan.cgo_packages]


PROGRAM_SCANNER = SCons.Scanner.ScannerBase(scan_program, name="GoProgramScanner", node_class=None)
