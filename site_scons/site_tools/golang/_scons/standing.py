"""Whether what stands at a target's path is what was proved there.

SCons stores what a target was built from, and never looks at the target itself. So a build that is killed before it
stores that, or another one that builds with other settings, would leave a binary that SCons takes for another.
"""

from __future__ import annotations

import hashlib
import os
from typing import Any

from ..store import Store

_NAME = "standing"


def identity_of(path: str) -> list[int] | None:
    """Return what tells a file from others without reading it, wherever it is moved to; None if there is none."""
    found = _stamp_of(path)
    return found[1:] if found else None


def _stamp_of(path: str) -> list[int] | None:
    """Return the same, and when anything of the file last changed: who sets its own time back cannot set this."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return [status.st_ctime_ns, status.st_size, status.st_mtime_ns, status.st_ino]


class Standing:
    """What was proved last, by the name of its target, and from what it was built."""

    def __init__(self, store: Store) -> None:
        """Begin with what earlier runs proved."""
        self._store = store
        self._known: dict[str, Any] = store.load(_NAME) or {}
        self._changed: dict[str, Any] = {}

    def stands(self, name: str, path: str, inputs: str) -> bool:
        """Return whether the file at ``path`` may be what was proved under this name, of these inputs.

        Of what was never proved here nothing is known; then it is as SCons says.
        """
        known = self._known.get(name)
        if known is None:
            return True
        stamp, content, made_of = known
        if made_of != inputs:
            return False
        if _stamp_of(path) != stamp:
            # It was copied, perhaps, or restored with its database.
            if content_of(path) != content:
                return False
            self._set(name, [_stamp_of(path), content, made_of])
        return True

    def record(self, name: str, path: str, inputs: str, content: str = "") -> None:
        """Note that what stands now is proved, and what it was built from; ``content`` is its digest, if known."""
        stamp = _stamp_of(path)
        content = content or content_of(path)
        # Another process may have put its own there meanwhile.
        self._set(name, [stamp, content if _stamp_of(path) == stamp else "", inputs])

    def content(self, name: str, path: str) -> str:
        """Return the digest of what was proved last, if that is what stands; otherwise nothing."""
        stamp, content, _ = self._known.get(name, (None, "", ""))
        return content if stamp and _stamp_of(path) == stamp else ""

    def made_of(self, name: str) -> str:
        """Return what that was built from which was proved last; empty if nobody knows."""
        return str(self._known.get(name, ("", "", ""))[2])

    def _set(self, name: str, entry: Any) -> None:
        self._known[name] = self._changed[name] = entry

    def save(self) -> None:
        """Keep it for later runs, with what other processes have noted meanwhile."""
        if self._changed:
            self._store.save(_NAME, {**(self._store.load(_NAME) or {}), **self._changed})
            self._changed.clear()


def content_of(path: str) -> str:
    """Return the digest of a file's content; empty if it cannot be read."""
    try:
        with open(path, "rb") as stream:
            # Processors have instructions for it, which makes it the quickest.
            return hashlib.sha256(stream.read()).hexdigest()[:32]
    except OSError:
        return ""
