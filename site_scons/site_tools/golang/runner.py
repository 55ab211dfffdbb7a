"""The only place of the core that starts processes."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
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
