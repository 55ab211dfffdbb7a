"""The aliases that builders add by themselves: a file of the same name must not be lost to them.

SCons takes a name for an alias, if there is one, wherever a file could be meant.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import SCons.Environment
import SCons.Node.Alias
import SCons.Node.FS

from .fingerprint import Env
from .messages import user_error
from .target import Node, is_go


class GoAlias(SCons.Node.Alias.Alias):  # type: ignore[misc]  # SCons is untyped
    """An alias that nobody declared: what would take it for a file is refused."""

    def builder_set(self, builder: Any) -> None:
        """Take the builder of an alias. Raises SCons.Errors.UserError for one that makes files."""
        # That of an alias with an action has nothing else that tells it from others.
        if getattr(builder, "is_explicit", True):
            raise self._no_file()
        super().builder_set(builder)

    def get_path(self, directory: Any = None) -> str:
        """Raise SCons.Errors.UserError: it is no file."""
        del directory
        raise self._no_file()

    def _no_file(self) -> Any:
        msg = (
            f"{self}\n  wanted: a file of that name\n  found:  the alias of {', '.join(map(str, self.sources))}\n"
            f"  fix:    './{self}' or env.File('{self}'), for the file; or declare what makes it before the Go target, "
            f"then `scons {self}` means the file"
        )
        return user_error(msg)


def add_alias(env: Env, name: str, *nodes: Node) -> None:
    """Add an alias, unless a file of that name is built at the top: then the name is that file's.

    Does what ``env.Alias`` does, without substituting the name and calling a builder for each of many.
    """
    if not nodes:
        # SCons says then that there is nothing to be done for it.
        SCons.Node.Alias.default_ans.Alias(name)
        return
    known = SCons.Node.Alias.default_ans.lookup(name)
    if known is not None and known.has_builder():
        env.Alias(known, [*nodes])
        return
    file = env.fs.Top.entries.get(os.path.normcase(name))
    # A folder has a builder too: that which makes it.
    if file is not None and not isinstance(file, SCons.Node.FS.Dir) and file.has_builder():
        if not is_go(file) or nodes == (file,):
            return
        nodes = (file, *(one for one in nodes if one is not file))
    _make(env, name, nodes)


def _make(env: Env, name: str, nodes: Sequence[Node]) -> None:
    alias = SCons.Node.Alias.default_ans.Alias(name)
    alias.__class__ = GoAlias
    alias.builder_set(SCons.Environment.AliasBuilder)
    alias.env_set(env)
    alias.add_source([*nodes])
