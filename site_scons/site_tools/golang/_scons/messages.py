"""How this tool speaks in SCons: lines on the terminal, and errors of the build and of a SConstruct."""

from __future__ import annotations

import os
import sys
import traceback
import types
from typing import Any

import SCons.Action
import SCons.Errors


def tell(text: str) -> None:
    """Print a line about a result, unless SCons is told to be silent."""
    if text and SCons.Action.print_actions:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


def warn(text: str) -> None:
    """Print a warning."""
    if text:
        sys.stderr.write(text + "\n")
        sys.stderr.flush()


_circles: set[str] = set()


def warn_of_circle(program: Any, package_dir: str) -> None:
    """Warn once of a program that embeds another, of the package in a directory, which embeds it in turn."""
    if package_dir not in _circles:
        _circles.add(package_dir)
        warn(
            f"golang: warning: {program}\n  wanted: programs that do not embed each other\n"
            f"  found:  the one of {package_dir} embeds it, and it that one\n"
            "  why:    each has in it what an earlier build left of the other, and is built again with it\n"
            "  fix:    put programs outside of what //go:embed takes"
        )


def failure(node: Any, text: str) -> Any:
    """Return the BuildError that fails ``node`` with a message of any number of lines."""
    return SCons.Errors.BuildError(node=node, errstr=text)


def user_error(message: str) -> Any:
    """Return the UserError for what a SConstruct asks, to be raised, where SCons will name the SConstruct's line.

    SCons names the innermost frame of the traceback that is not its own, which would be a line of this package.
    """
    error = SCons.Errors.UserError(message)
    own = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    for frame, line in traceback.walk_stack(None):
        file = frame.f_code.co_filename
        if f"{os.sep}SCons{os.sep}" not in file and not file.startswith(own):
            return error.with_traceback(types.TracebackType(None, frame, frame.f_lasti, line))
    return error
