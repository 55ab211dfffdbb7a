"""What a Go program depends on, as SCons nodes. Errors are kept for the build, where they fail one target only."""

from __future__ import annotations

from typing import Any

import SCons.Scanner

from ..errors import GolangError
from ..goflags import split_words
from ..packages import Package
from ..scan import ProgramScan
from .cinputs import c_inputs
from .programs import PROGRAMS, program_of
from .settings import Env


def scan_program(node: Any, env: Env, path: Any) -> list[Any]:
    """Return the nodes that a program depends on: files of the project, and one Value for each other input."""
    del path
    if env.GetOption("clean") or program_of(node) is None:
        return []
    if env.GetOption("interactive"):
        # Files change between the builds of this process.
        PROGRAMS.forget()
    try:
        scan = PROGRAMS.scan(node)
    except GolangError as error:
        # An input like any other: the target is out of date, and building it tells why it cannot be built.
        return [env.Value(str(error))]
    nodes = {env.fs.File(file) for file in scan.files}
    nodes.update(header for _, headers in cgo_inputs(env, scan) for header in headers)
    nodes.discard(node)
    ordered = sorted(nodes, key=lambda one: one.get_abspath())
    return [*ordered, *(env.Value(pin) for pin in (*scan.pins, *_settings(env, scan)))]


def _settings(env: Env, scan: ProgramScan) -> list[str]:
    """Return what is in the action's signature too, in words: ``--debug=explain`` cannot read a signature."""
    plan, command = scan.configuration.plan, env["GOCOM"]
    environ = (f"{name}={value}" for name, value in sorted(plan.environ.items()) if value)
    lines = [f"flags {' '.join(plan.flags)}", f"environment {' '.join(environ)}"]
    return [*lines, f"command {command}"] if isinstance(command, str) else lines


def cgo_inputs(env: Env, scan: ProgramScan) -> list[tuple[Package, list[Any]]]:
    """Return the C inputs of every cgo package of a program that may change."""
    environ = scan.configuration.plan.environ
    extra = [
        word
        for name in ("CGO_CPPFLAGS", "CGO_CFLAGS", "CGO_CXXFLAGS", "CGO_LDFLAGS")
        for word in split_words(environ.get(name, ""))
    ]
    extra += scan.configuration.searched
    return [(package, c_inputs(env, package, extra)) for package in scan.cgo_packages]


PROGRAM_SCANNER = SCons.Scanner.ScannerBase(scan_program, name="GoProgramScanner", node_class=None)
