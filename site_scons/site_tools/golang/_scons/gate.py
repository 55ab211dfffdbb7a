"""The gate: a target either stands proved, or does not stand. Shared by every way to attach it to a target."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

import SCons.Action
import SCons.Errors

from ..errors import GolangError
from ..facts import BinaryFacts
from ..finding import Finding, errors
from ..inspect import inspect_file
from ..report import rejection, success, warning

REJECTED = ".rejected"
"""What is appended to the path of a rejected target."""


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


def read_facts(node: Any) -> BinaryFacts:
    """Return the facts about a target. Raises InspectError."""
    return inspect_file(node.get_abspath())


def discard(node: Any) -> None:
    """Remove a target whose build failed: half a program must not stand as if good."""
    path = node.get_abspath()
    if os.path.lexists(path):
        os.unlink(path)


def pass_or_reject(node: Any, facts: BinaryFacts, findings: Sequence[Finding]) -> Any:
    """Let the target stand, with one line that says so, or move it aside. Returns None or a BuildError."""
    if errors(tuple(findings)):
        return reject(node, lambda aside: rejection(str(node), findings, aside))
    aside = node.get_abspath() + REJECTED
    if os.path.lexists(aside):
        os.unlink(aside)
    warn(warning(str(node), findings))
    tell(success(str(node), facts))
    return None


def reject_unreadable(node: Any, error: GolangError) -> Any:
    """Move aside a target that is no readable binary. Returns a BuildError."""
    return reject(node, lambda aside: f"{node}: rejected{f'; moved to {aside}' if aside else ''}\n  {error}")


def reject(node: Any, message: Any) -> Any:
    """Move a target to ``<target>.rejected``; return the BuildError with ``message(that path)``."""
    path = node.get_abspath()
    try:
        os.replace(path, path + REJECTED)
    except FileNotFoundError:
        return failure(node, message(""))
    except OSError:
        os.unlink(path)
        return failure(node, message(""))
    return failure(node, message(str(node) + REJECTED))
