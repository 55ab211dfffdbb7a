"""What is kept of targets between runs: which binaries were proved, and what they were built from."""

from __future__ import annotations

import atexit
from functools import cached_property
from typing import TYPE_CHECKING

from ..store import Store
from .standing import Standing

if TYPE_CHECKING:
    from ..index.history import History


class Kept:
    """What is kept in one store; it is saved when the process ends."""

    def __init__(self, store: Store) -> None:
        """Read nothing yet."""
        self._store = store

    @cached_property
    def standing(self) -> Standing:
        """What was proved last, by target."""
        standing = Standing(self._store)
        atexit.register(standing.save)
        return standing

    @cached_property
    def history(self) -> History:
        """What targets were built from, which a run that builds nothing does without."""
        from ..index.history import History

        history = History(self._store)
        atexit.register(history.save)
        return history
