"""What a failed build leaves of files that belong together: SCons removes only what it builds anew.

It does not come to a file one of whose inputs failed, so that an older one would stand as if it were made of them.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable, Sequence

import SCons.Node

from .fingerprint import Env
from .messages import warn
from .target import Node

_BEGUN = (SCons.Node.pending, SCons.Node.executing, SCons.Node.failed)
_DONE = (SCons.Node.up_to_date, SCons.Node.executed)


def leave_nothing_unfinished(env: Env, whole: Node, parts: Sequence[Node]) -> None:
    """At the end of this run, remove those of ``parts`` that it set out to make and did not.

    ``whole`` depends on all of them; where it was not made, none stands that was not looked at.
    """
    if not any(env.GetOption(option) for option in ("no_exec", "question", "clean")):
        atexit.register(_remove_unfinished, whole, [whole, *parts])


def leave_nothing_failed(env: Env, nodes: Sequence[Node], note: Callable[[Node], None] | None = None) -> None:
    """At the end of this run, remove those of ``nodes`` that were to be made and could not, for an input failed.

    ``note`` is called with each of them.
    """
    if not any(env.GetOption(option) for option in ("no_exec", "question", "clean")):
        atexit.register(_remove_failed, nodes, note)


def _remove_failed(nodes: Sequence[Node], note: Callable[[Node], None] | None) -> None:
    for node in nodes:
        if node.get_state() == SCons.Node.failed:
            _remove(node)
            if note:
                note(node)


def _remove_unfinished(whole: Node, nodes: Sequence[Node]) -> None:
    all_of_them = whole.get_state() in _BEGUN
    removed = [
        str(node)
        for node in nodes
        if (node.get_state() in _BEGUN or (all_of_them and node.get_state() not in _DONE)) and _remove(node)
    ]
    if removed:
        warn(f"golang: {whole.dir} is not complete; removed what an earlier build left: {', '.join(removed)}")


def _remove(node: Node) -> bool:
    try:
        os.unlink(node.get_abspath())
    except OSError:
        return False
    return True
