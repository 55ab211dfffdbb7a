"""Running the tests of a package: on this machine or under an emulator, in the directory of the package."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .errors import GolangError, InspectError
from .inspect import inspect_file
from .linkage import Request
from .platform import Platform, host_platform
from .runner import run, run_limited
from .smoke import SLOWER, Way, way_to_run
from .testflags import RunOptions
from .testlog import Reads, read_log
from .testresult import Result, read_events
from .toolchain import GoToolchain
from .trial import machine_of

_KEEP = 1 << 24
"""How many bytes are kept of the beginning and of the end of what tests write."""

_GRACE = 30.0
"""Seconds that a test binary has to tell why it ends itself, once its time is over."""

_FOR_EVER = 1e7

_QUIET = {"GOFLAGS": " ", "GOENV": "off", "GOTOOLCHAIN": "local", "GOWORK": "off", "GO111MODULE": "on"}
"""What keeps the go command from being told anything else by its surroundings."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """The tests of one package, compiled. Paths are absolute."""

    binary: str
    package: str
    """The import path."""
    directory: str
    module_root: str
    toolchain: GoToolchain
    environ: Mapping[str, str]
    """What the tests see."""
    tools: Mapping[str, str]
    """The environment for the go command."""
    platform: Platform
    request: Request
    sysroot: str
    """The folder with the files of the platform's own system; empty for none."""
    run: RunOptions
    interrupted: Callable[[], bool] = bool
    """Whether the user wants no more of it."""


def run_tests(job: Job, scratch: str, profile: str = "") -> tuple[Result, Reads]:
    """Run the tests; return what became of them, and what they read.

    ``scratch`` is a folder of this run's own that was just made, ``profile`` where the coverage profile goes. Raises
    GolangError if they cannot be run here or to their end, or what they said cannot be read.
    """
    way = _way(job)
    slower = SLOWER if way.emulator else 1
    log = os.path.join(scratch, "log")
    sysroot = ["-L", way.sysroot] if way.sysroot else []
    emulated = [way.emulator, *sysroot] if way.emulator else []
    limit = job.run.timeout * slower + _GRACE if job.run.timeout else _FOR_EVER
    command = (*emulated, job.binary)
    begun, began = time.monotonic(), os.stat(scratch).st_ctime_ns
    ended = run_limited(
        [*command, *job.run.argv(slower=slower, profile=profile, log=log)],
        cwd=job.directory,
        environ=job.environ,
        limit=limit,
        keep=_KEEP,
        interrupted=job.interrupted,
    )
    seconds = time.monotonic() - begun
    environ = ["env", *(f"{name}={value}" for name, value in job.run.environ.items())] if job.run.environ else []
    how = f"under {os.path.basename(way.emulator)}" if way.emulator else ""
    told = "" if job.interrupted() else _told(job, ended.output)
    # That is in the group that a terminal interrupts.
    if job.interrupted():
        msg = f"the tests of {job.package} were interrupted"
        raise GolangError(msg)
    try:
        cases, output = read_events(told)
    except (ValueError, KeyError) as error:
        msg = f"what the tests of {job.package} said cannot be read: {error}"
        raise GolangError(msg) from error
    result = Result(
        package=job.package,
        cases=cases,
        output=output,
        exit=_exit(ended.status, limit),
        seconds=seconds,
        how=how,
        command=(*environ, *command, *job.run.again),
        arguments=job.run.arguments,
    )
    return result, read_log(_text(log), job.directory, job.module_root, began)


def _way(job: Job) -> Way:
    if job.platform == host_platform():
        return Way()
    try:
        way = way_to_run(inspect_file(job.binary), job.request, machine_of(job.tools.get("PATH", ""), job.sysroot))
    except InspectError as error:
        raise GolangError(str(error)) from error
    if isinstance(way, str):
        msg = (
            f"not run\n  wanted: to run the tests of {job.package} for {job.platform}\n  found:  {way}\n"
            "  fix:    install what runs them, or leave this platform out of platform="
        )
        raise GolangError(msg)
    return way


def _told(job: Job, output: str) -> str:
    """Return what a test binary wrote as events, which is the go command's own to tell (cmd/test2json)."""
    done = run(
        [job.toolchain.path, "tool", "test2json", "-t", "-p", job.package],
        cwd=job.toolchain.goroot,
        environ={**job.tools, **_QUIET},
        stdin=output,
    )
    if done.status and not job.interrupted():
        msg = f"go tool test2json: {done.stderr.strip() or f'exit status {done.status}'}"
        raise GolangError(msg)
    return done.stdout


def _exit(status: int | None, limit: float) -> str:
    if status is None:
        return f"SIGKILL: it still ran after {limit:g} s"
    if status < 0:
        return signal.Signals(-status).name if -status in set(signal.Signals) else f"signal {-status}"
    return f"exit status {status}" if status else ""


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as stream:
            return stream.read()
    except OSError:
        return ""
