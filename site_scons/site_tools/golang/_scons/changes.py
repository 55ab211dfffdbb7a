"""What tells a target from what it was when it was last built."""

from __future__ import annotations

from .programs import PROGRAMS
from .target import LINKER_FLAGS, Node

LITTLE = 8
"""Packages that two builds may both compile, so that they need not wait for each other."""


def settings_before(node: Node) -> tuple[str, str]:
    """Return the settings that a target was built with, empty if they are not known, and those it is built with."""
    with PROGRAMS.lock:
        history, name = PROGRAMS.history(node)
        return history.last(name)[1], PROGRAMS.inputs(node)[1]


def compiles_little(node: Node) -> bool:
    """Return whether few packages of a target are new: it takes longer to link it than to compile those."""
    with PROGRAMS.lock:
        (history, _), closures = PROGRAMS.history(node), PROGRAMS.listed(node).parts
        before, now = map(_compiling, settings_before(node))
        return before == now and not closures.has_more_than(LITTLE, PROGRAMS.inputs(node)[0].digest, history.has)


def _compiling(settings: str) -> list[str]:
    """Return those settings that packages are compiled with."""
    return [line for line in settings.splitlines() if not line.startswith(f"{LINKER_FLAGS} ")]


def changed_files(node: Node) -> list[tuple[str, str, str, str]] | None:
    """Return what tells the files of a target from those it was built from.

    Each change is a path, an import path, a file or other input, and how it changed; None if it is not known.
    """
    with PROGRAMS.lock:
        listed, (history, name) = PROGRAMS.listed(node), PROGRAMS.history(node)
        old, _ = history.last(name)
        changes = history.changes(old, PROGRAMS.inputs(node)[0].digest, listed.parts.part)
        known = listed.graph.packages
        found = [(known[one[0]].path(one[1]) if one[0] in known else "", *one) for one in changes or ()]
        return None if changes is None else found
