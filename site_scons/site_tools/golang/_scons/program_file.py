"""The node of a Go program: a file whose inputs are one digest, and that can say what is behind it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import SCons.Action
import SCons.CacheDir
import SCons.Node.FS

from .fingerprint import Env
from .precedence import PRECEDENCE
from .programs import PROGRAMS
from .standing import content_of
from .target import Node


@contextlib.contextmanager
def kept_from_cache(node: Node, proved: Node) -> Iterator[None]:
    """Keep a file out of every CacheDir, if what was ``proved`` with it may not be there."""
    before = node.nocache
    # Without an executor SCons has built it just now, and asked.
    if SCons.CacheDir.cache_force and node.executor is not None and not PROGRAMS.may_be_cached(proved):
        node.nocache = True
    try:
        yield
    finally:
        node.nocache = before


class ProgramFile(SCons.Node.FS.File):  # type: ignore[misc]  # SCons is untyped
    """The file of a program. SCons makes nodes when it first meets a path, so this class is given to them later."""

    __slots__ = ()

    def get_stored_implicit(self) -> None:
        """Return nothing: with --implicit-cache SCons would believe inputs of the last build."""
        return

    def explain(self) -> str | None:
        """Return why it is built again, by name."""
        from .explain import explain

        return explain(self, super().explain())

    def is_up_to_date(self) -> bool:
        """Return whether it is as SCons says, and is still what was proved."""
        current = bool(super().is_up_to_date()) and not PROGRAMS.fallen(self)
        if not current and SCons.Action.execute_actions:
            # This thread builds it next.
            PRECEDENCE.claim()
        return current

    def get_csig(self) -> str:
        """Return the digest of its content, which the proof may have taken already; SCons would take one more."""
        ninfo = self.get_ninfo()
        if not hasattr(ninfo, "csig"):
            known = PROGRAMS.proved_content(self) or self.get_max_drift_csig()
            content = known or content_of(self.get_abspath())
            if not content:
                return str(super().get_csig())
            ninfo.csig = content
        return str(ninfo.csig)

    def push_to_cache(self) -> None:
        """Put the program into a CacheDir, if what stands is made of what SCons believes."""
        if PROGRAMS.may_be_cached(self):
            super().push_to_cache()

    def visited(self) -> None:
        """Note that it was looked at. With --cache-force SCons puts it into a CacheDir then, without asking."""
        with kept_from_cache(self, self):
            super().visited()

    def retrieve_from_cache(self) -> bool:
        """Take the program from a CacheDir, where it was put once it was proved; return whether it was there."""
        retrieved = bool(super().retrieve_from_cache())
        if retrieved:
            PRECEDENCE.release()
            PROGRAMS.proved(self)
        return retrieved

    def get_implicit_deps(self, env: Env, initial_scanner: Any, path_func: Any, kw: Any = None) -> Any:
        """Return what the scanner finds. SCons would look for scanners of that too, one after the other."""
        if self.builder is None or initial_scanner is not self.builder.target_scanner:
            # As a source of something else, such as an alias.
            return super().get_implicit_deps(env, initial_scanner, path_func, kw or {})
        PRECEDENCE.respect()
        return initial_scanner(self, env, path_func(initial_scanner))
