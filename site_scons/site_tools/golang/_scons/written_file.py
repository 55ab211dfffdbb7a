"""The node of what tells of programs or packs them, written as a whole and held to what was written, as a program is.

SCons never looks at what stands: an archive that something else damaged would be summed up and shipped as if good.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import SCons.Node.FS

from ..store import digest_of
from .messages import failure
from .programs import PROGRAMS
from .staging import staging_folder, sweep
from .standing import Standing, content_of, identity_of
from .target import Node

_INPUTS = "inputs "
"""How the line begins on the files that something is made of; the others are those of the action: ``what: value``."""

NOT_WRITTEN = " is not what was written there\n"
"""How an explanation ends where everything that it was made of is as it was."""


class WrittenFile(SCons.Node.FS.File):  # type: ignore[misc]  # SCons is untyped
    """The file. SCons makes nodes when it first meets a path, so this class is given to them later."""

    __slots__ = ()

    def is_up_to_date(self) -> bool:
        """Return whether it is as SCons says, and is still what was written of what it is made of now."""
        return bool(super().is_up_to_date()) and self._stands()

    def _stands(self) -> bool:
        if self.get_executor().post_actions:
            # They may change it.
            return True
        with PROGRAMS.lock:
            return _standing(self).stands(*_name(self), _made_of(self))

    def explain(self) -> str | None:
        """Return why it is written again, where SCons says only that something changed."""
        said: str | None = super().explain()
        if not said or not self.exists() or not ("build action" in said or said.endswith("for unknown reasons\n")):
            return said
        with PROGRAMS.lock:
            before = _standing(self).made_of(_name(self)[0])
            reasons = list(_changes(_settings(before), _settings(_made_of(self)))) if before else []
        if not reasons:
            reasons = [said.partition("because ")[2].strip() or f"`{self}'{NOT_WRITTEN.rstrip()}"]
        return f"rebuilding `{self}' because {', '.join(reasons)}\n"

    def get_csig(self) -> str:
        """Return the digest of its content, which may have been taken when it was written."""
        ninfo = self.get_ninfo()
        if not hasattr(ninfo, "csig"):
            with PROGRAMS.lock:
                known = _standing(self).content(*_name(self))
            if not known:
                return str(super().get_csig())
            ninfo.csig = known
        return str(ninfo.csig)

    def retrieve_from_cache(self) -> bool:
        """Take the file from a CacheDir; return whether it was there."""
        retrieved = bool(super().retrieve_from_cache())
        if retrieved:
            note_written(self)
        return retrieved


def write_whole(node: Node, write: Callable[[str], None]) -> Any:
    """Have ``write`` make a file at a path that is given to it, then put it where it belongs.

    Returns None or a BuildError, for what raised OSError; half a file never stands.
    """
    path = node.get_abspath()
    try:
        sweep([os.path.dirname(path)])
        with staging_folder(os.path.dirname(path)) as folder:
            made = os.path.join(folder, os.path.basename(path))
            write(made)
            content, identity = content_of(made), identity_of(made)
            os.replace(made, path)
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        fix = "make room, and the folder writable; nothing that was written now is left"
        found = f"{error.strerror}{where}"
        return failure(node, f"cannot be written\n  wanted: to write {node}\n  found:  {found}\n  fix:    {fix}")
    note_written(node, content, displaced=identity_of(path) != identity)
    return None


def note_written(node: Node, content: str = "", *, displaced: bool = False) -> None:
    """Take note of what stands now; if it is ``displaced``, another process has put its own there."""
    made_of = "" if displaced else _made_of(node)
    with PROGRAMS.lock:
        _standing(node).record(*_name(node), made_of, content)


def _standing(node: Node) -> Standing:
    return PROGRAMS.kept(node.get_build_env()).standing


def _name(node: Node) -> tuple[str, str]:
    return str(node.get_internal_path()), str(node.get_abspath())


def _made_of(node: Node) -> str:
    """Return what a file is made of, in lines: what its action says, and its inputs."""
    contents = bytes(node.get_executor().get_contents()).decode("utf-8", "replace")
    return f"{contents}\n{_INPUTS}{digest_of(*(f'{child.get_csig()} {child}' for child in node.children()))}"


def _settings(made_of: str) -> dict[str, str]:
    lines = (line for line in made_of.splitlines() if not line.startswith(_INPUTS))
    return {name: value for name, _, value in (line.partition(": ") for line in lines)}


def _changes(before: dict[str, str], now: dict[str, str]) -> Iterator[str]:
    for name in {**before, **now}:
        old, new = before.get(name), now.get(name)
        if old == new:
            continue
        if name.startswith("`"):
            # A file, the digest of which says nothing.
            yield f"{name} {'is new' if old is None else 'is gone' if new is None else 'changed'}"
        else:
            yield f"{name} changed from {old or 'none'!r} to {new or 'none'!r}"
