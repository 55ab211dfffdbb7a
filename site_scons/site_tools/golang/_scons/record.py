"""Telling SCons that a target was built, where another target's action built it and SCons stops before its turn."""

from __future__ import annotations

import contextlib
import threading
from typing import Any

import SCons.Node

from .target import Node


def scons_lock() -> Any:
    """Return the lock under which SCons's own threads look for work; None where it has none to share."""
    thread = threading.current_thread()
    if thread is threading.main_thread():
        # It looks for work itself, and runs this action meanwhile.
        return contextlib.nullcontext()
    return getattr(getattr(thread, "owner", None), "tm_lock", None)


def evaluate(node: Node) -> Any:
    """Have SCons see what a target depends on, as before a task of its own; return its build information."""
    for child in node.children():
        if child.get_state() == SCons.Node.no_state:
            child.get_executor()
            child.visited()
    node.changed()
    return node.get_binfo()


def record(node: Node, *, built: bool) -> None:
    """Leave a target as after a task of its own; if it was built, store from what."""
    node.set_state(SCons.Node.executed if built else SCons.Node.no_state)
    if built:
        node.built()
        node.visited()
    owner = getattr(threading.current_thread(), "owner", None)
    if owner:
        # What waits for it waits in vain: no task of its own tells SCons that it is done.
        owner.taskmaster.will_not_build([node])
