"""What the tests behind each result read besides what SCons knows of: a result holds as long as that is as it was."""

from __future__ import annotations

import atexit
from collections.abc import Callable, Mapping
from typing import Any

from ..contents import digest_of_file
from ..store import Store
from ..testlog import Reads, reads_in

_NAME = "reads"


class ReadFiles:
    """The files and variables that were read, and how they were, by the path of each result."""

    def __init__(self, store: Store) -> None:
        """Begin with what earlier runs noted."""
        self._store = store
        self._known: dict[str, Any] = store.load(_NAME) or {}
        self._changed: dict[str, Any] = {}
        atexit.register(self.save)

    def record(self, result: str, root: str, reads: Reads, environ: Mapping[str, str]) -> None:
        """Note what was read for a result in the module at ``root``, and how it is now.

        ``environ`` is as from ``testlog.digests_of``.
        """
        self._known[result] = self._changed[result] = reads.state(root, digest_of_file, environ)

    def changes(
        self, result: str, root: str, digest: Callable[[str], str], environ: Mapping[str, str]
    ) -> list[str] | None:
        """Return what was read for a result and is not as it was; None if it is not known what was read."""
        known = self._known.get(result)
        if known is None:
            return None
        now = reads_in(known).state(root, digest, environ)
        return [what.partition(" ")[2] for what, state in known.items() if now[what] != state]

    def save(self) -> None:
        """Keep it for later runs, with what other processes have noted meanwhile."""
        if self._changed:
            self._store.save(_NAME, {**(self._store.load(_NAME) or {}), **self._changed})
            self._changed.clear()
