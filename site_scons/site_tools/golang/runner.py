"""The only place of the core that starts processes."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from .errors import ToolchainError

_LAST_WORDS = 1.0
"""Seconds that a process has to end itself after it was interrupted."""


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
    if cwd is not None:
        # Go names files by it, where it is a symbolic link; a shell's would be that of another directory.
        environ = {**environ, "PWD": cwd}
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


@dataclass(frozen=True, slots=True)
class Limited:
    """How a process ended that had limited time: its status, negative for a signal, None if its time was over.

    ``output`` is what it wrote, its errors among it: the beginning and the end where that was much.
    """

    status: int | None
    output: str


def run_limited(
    argv: Sequence[str],
    *,
    cwd: str,
    environ: Mapping[str, str],
    limit: float,
    keep: int,
    interrupted: Callable[[], bool] = bool,
) -> Limited:
    """Run ``argv`` for at most ``limit`` seconds, then end whatever is left of its process group (POSIX only).

    That is not the group that a terminal interrupts, so ``interrupted`` is asked whether to end it before that.
    Keeps the first and the last ``keep`` bytes that it writes. Raises ToolchainError if it cannot be started.
    """
    reading, writing = os.pipe()
    try:
        process = subprocess.Popen(
            list(argv),
            cwd=cwd,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=writing,
            stderr=writing,
            start_new_session=True,
        )
    except OSError as error:
        os.close(reading)
        msg = f"cannot run {argv[0]}: {error.strerror or error}"
        raise ToolchainError(msg) from error
    finally:
        os.close(writing)
    output = _Output(keep)
    reader = threading.Thread(target=output.read, args=(reading,), daemon=True)
    reader.start()
    status, deadline = None, time.monotonic() + limit
    try:
        while status is None and (left := deadline - time.monotonic()) > 0:
            if interrupted():
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGINT)
                deadline = time.monotonic() + _LAST_WORDS
                interrupted = bool
            with contextlib.suppress(subprocess.TimeoutExpired):
                status = process.wait(min(left, _LAST_WORDS))
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    # What has left the group may keep the pipe open for ever.
    reader.join(1)
    return Limited(status, output.text)


class _Output:
    """The beginning and the end of what a process writes."""

    def __init__(self, keep: int) -> None:
        self._keep = keep
        self._head = self._tail = b""
        self._gap = False

    def read(self, pipe: int) -> None:
        with open(pipe, "rb", buffering=0) as stream:
            while chunk := stream.read(1 << 16):
                room = self._keep - len(self._head)
                rest = self._tail + chunk[room:]
                self._head += chunk[:room]
                self._tail, self._gap = rest[-self._keep :], self._gap or len(rest) > self._keep

    @property
    def text(self) -> str:
        return (self._head + (b"\n...\n" if self._gap else b"") + self._tail).decode("utf-8", "replace")


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
