"""The indexes of one look at the files: of packages as programs have them, and of packages with their tests."""

from __future__ import annotations

import atexit
import gc
from typing import TYPE_CHECKING

from ..index import Index
from ..store import Store

if TYPE_CHECKING:
    from ..scan import Scans


class Indexes:
    """Each is made when it is first asked for, and kept at the end of the run."""

    def __init__(self) -> None:
        """Start with nothing looked at."""
        self._indexes: dict[bool, Index] = {}
        self._scans: dict[bool, Scans] = {}

    def index(self, store: Store, *, tests: bool) -> Index:
        """Return the index of packages, with their ``tests`` or without; ``store`` is that of the run."""
        if tests not in self._indexes:
            # All that there is by now stays: the collector need not go through it again and again.
            gc.freeze()
            self._indexes[tests] = Index(store.below("tests") if tests else store, tests=tests)
            atexit.register(self._indexes[tests].close)
        return self._indexes[tests]

    def scans(self, store: Store, *, tests: bool) -> Scans:
        """Return the scans of programs, or of those with the tests of packages."""
        from ..scan import Scans

        if tests not in self._scans:
            self._scans[tests] = Scans(self.index(store, tests=tests))
        return self._scans[tests]

    def save(self) -> None:
        """Keep what is known of files, while there is time."""
        for index in self._indexes.values():
            index.save()
