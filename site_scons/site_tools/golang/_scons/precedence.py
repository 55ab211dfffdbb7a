"""Which thread of SCons goes first: one that is about to start the go command.

Go runs beside Python, but threads of Python share one processor. What SCons looks for next it can look for while go
runs; if it did so before, go would start later, and with it whatever is longest.
"""

from __future__ import annotations

import threading
import time

LIMIT = 0.1
"""Seconds for which others wait at most: what keeps go from starting is not to keep SCons from anything else."""


class Precedence:
    """The threads that are about to start go, each with the time until which others let it go first."""

    def __init__(self) -> None:
        """Start with none."""
        self._changed = threading.Condition()
        self._until: dict[int, float] = {}

    def claim(self) -> None:
        """Go first from now on."""
        with self._changed:
            self._until[threading.get_ident()] = time.monotonic() + LIMIT

    def release(self) -> None:
        """Be done with it: go runs, or will not soon."""
        if self._until:
            with self._changed:
                self._until.pop(threading.get_ident(), None)
                self._changed.notify_all()

    def respect(self) -> None:
        """Let the others go first. Who has time for that is done with its own."""
        self.release()
        if self._until:
            with self._changed:
                wait = max(self._until.values(), default=0) - time.monotonic()
                self._changed.wait_for(lambda: not self._until, max(0, wait))


PRECEDENCE = Precedence()
"""That of this process."""
