"""How this tool speaks in SCons: lines on the terminal, and errors of the build and of a SConstruct."""

from __future__ import annotations

import os
import sys
import traceback
from typing import Any

import SCons.Action
import SCons.Errors
import SCons.Node.FS


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


def failure(node: Any, text: str) -> Any:
    """Return the BuildError that fails ``node`` with a message of any number of lines."""
    return SCons.Errors.BuildError(node=node, errstr=text)


def user_error(message: str) -> Any:
    """Return the UserError for what a SConstruct asks, and where: SCons would name a line of this package."""
    own = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    for frame in reversed(traceback.extract_stack()):
        if f"{os.sep}SCons{os.sep}" not in frame.filename and not frame.filename.startswith(own):
            file = os.path.relpath(frame.filename, SCons.Node.FS.get_default_fs().Top.get_abspath())
            return SCons.Errors.UserError(f"{message}\n  at:     {file}, line {frame.lineno}")
    return SCons.Errors.UserError(message)
