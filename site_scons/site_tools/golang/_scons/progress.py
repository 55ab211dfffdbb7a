"""How far a long ``go build`` is: one line that is redrawn on a terminal, a line now and then in a log."""

from __future__ import annotations

import shutil
import sys
import time

import SCons.Action

REDRAWN = 0.1
"""Seconds between two drawings on a terminal."""

LOGGED = 10.0
"""Seconds between two lines in a log, and before the first: a short build has none."""


class Progress:
    """The progress of one ``go build``."""

    def __init__(self, total: int, linkage: str) -> None:
        """Start the clock. ``total`` is the number of programs."""
        self._total = total
        self._linkage = linkage
        self._terminal = sys.stdout.isatty()
        self._started = self._shown = time.monotonic()
        self._drawn = False

    @property
    def is_due(self) -> bool:
        """Whether it is time to show it again."""
        wait = REDRAWN if self._terminal else LOGGED
        return bool(SCons.Action.print_actions) and time.monotonic() - self._shown >= wait

    def show(self, done: int, compiling: str) -> None:
        """Show how many programs are linked, and what is compiled now."""
        self._shown = time.monotonic()
        seconds = int(self._shown - self._started)
        now = f", compiling {compiling}" if compiling else ""
        programs = f"{done} of {self._total} programs of linkage {self._linkage} linked"
        line = f"golang: {programs}{now} ({seconds} s)"
        if not self._terminal:
            self._write(line + "\n")
            return
        self._drawn = True
        # The cursor goes back, so that a line that somebody else prints begins where it should.
        self._write(f"\r{line[: shutil.get_terminal_size().columns - 1]}\x1b[K\r")

    def erase(self) -> None:
        """Leave nothing of it on a terminal."""
        if self._drawn:
            self._write("\r\x1b[K")

    @staticmethod
    def _write(text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()
