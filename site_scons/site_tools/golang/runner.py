"""The only place of the core that starts processes."""

from __future__ import annotations

import os
import queue
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from .errors import ToolchainError


@dataclass(frozen=True, slots=True)
class Completed:
    """How a process ended: its exit status and what it wrote, decoded as UTF-8."""

    status: int
    stdout: str
    stderr: str


class Runner(Protocol):
    """Runs a program to its end."""

    def __call__(
        self,
        argv: Sequence[str],
        *,
        cwd: str | None = None,
        environ: Mapping[str, str],
        stdin: str = "",
    ) -> Completed:
        """Return how it ended. Raises ToolchainError if it cannot be started."""


def run(
    argv: Sequence[str],
    *,
    cwd: str | None = None,
    environ: Mapping[str, str],
    stdin: str = "",
) -> Completed:
    """Run ``argv`` with exactly ``environ``; see :class:`Runner`."""
    try:
        done = subprocess.run(
            list(argv),
            cwd=cwd,
            env=dict(environ),
            input=stdin,
            capture_output=True,
            check=False,
            encoding="utf-8",
            errors="replace",
        )
    except OSError as error:
        msg = f"cannot run {argv[0]}: {error.strerror or error}"
        raise ToolchainError(msg) from error
    return Completed(done.returncode, done.stdout, done.stderr)


def follow(
    argv: Sequence[str], *, environ: Mapping[str, str], heard: Callable[[str | None], None], every: float
) -> int:
    """Run ``argv``, and call ``heard`` with each line that it writes, and with None after ``every`` seconds of silence.

    Returns its exit status, negative if a signal ended it. Raises ToolchainError if it cannot be started.
    """
    try:
        process = subprocess.Popen(
            list(argv),
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
    except OSError as error:
        msg = f"cannot run {argv[0]}: {error.strerror or error}"
        raise ToolchainError(msg) from error
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    reader = threading.Thread(target=_read, args=(process, lines), daemon=True)
    reader.start()
    with process:
        try:
            _listen(lines, heard, every)
        except BaseException:
            process.kill()
            raise
    return process.returncode


def _read(process: subprocess.Popen[str], lines: queue.SimpleQueue[str]) -> None:
    # A thread, because not every system can wait for a pipe with a timeout.
    for line in process.stdout or ():
        lines.put(line)
    lines.put("")


def _listen(lines: queue.SimpleQueue[str], heard: Callable[[str | None], None], every: float) -> None:
    while True:
        try:
            line = lines.get(timeout=every)
        except queue.Empty:
            heard(None)
            continue
        if not line:
            return
        heard(line.rstrip("\r\n"))


def is_alive(process: int) -> bool:
    """Return whether a process of this machine still runs, as far as can be told."""
    if os.name != "posix":
        # Elsewhere asking is killing.
        return True
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
