"""Trying out a built program: in an empty root, on this machine as it is, or under an emulator.

How, and what is made of it, ``smoke`` decides. This is a proof, not a sandbox: a program is run with the user's rights.
"""

from __future__ import annotations

import functools
import os
import shutil
import sys
from dataclasses import replace

from .errors import GolangError, InspectError, ToolchainError
from .facts import BinaryFacts
from .inspect import inspect_file
from .linkage import Kind, Request, Smoke
from .platform import host_platform
from .runner import run_limited
from .smoke import NSSWITCH, SLOWER, Ended, Machine, Outcome, Way, judge, way_to_run
from .verdict import classify

_KEEP = 1 << 14
"""How many bytes are kept of the beginning and of the end of what a program writes."""

_LAUNCHER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "launcher.py")


def try_out(
    binary: str, name: str, *, folder: str, path: str, facts: BinaryFacts, request: Request, smoke: Smoke
) -> Outcome:
    """Run the program at ``binary``, which is called ``name``, and return what came of it.

    ``folder`` is an empty one of this run's own, on the file system of the binary; ``path`` is where emulators are
    looked for. All paths are absolute. Raises OSError if the folder cannot be written to.
    """
    try:
        way = way_to_run(facts, request, machine_of(path, smoke.sysroot))
        if isinstance(way, str):
            return Outcome(obstacle=way)
        if not way.emulator and os.statvfs(folder).f_flag & os.ST_NOEXEC:
            return Outcome(obstacle="no program starts in its folder (mounted noexec)")
        way, ended = _Trial(binary, name, folder, smoke).run(way)
        return judge(ended, name, smoke, way, facts)
    except GolangError as error:
        return Outcome(obstacle=str(error))


def machine_of(path: str, sysroot: str) -> Machine:
    """Return what this machine has that runs a program; emulators are looked for on ``path``."""
    return Machine(
        host=host_platform(),
        find=lambda called: shutil.which(called, path=path) or "",
        exists=os.path.exists,
        is_static=_is_static,
        sysroot=sysroot,
    )


@functools.cache
def _is_static(program: str) -> bool:
    try:
        kind = classify(inspect_file(program)).kind
    except InspectError:
        return False
    return kind in (Kind.STATIC, Kind.STATIC_LIBC, Kind.STATIC_PIE)


class _Trial:
    """One program, to be run one way or, where that is not permitted, another."""

    def __init__(self, binary: str, name: str, folder: str, smoke: Smoke) -> None:
        self._binary, self._name, self._smoke = binary, name, smoke
        self._reports = folder
        self._root = os.path.join(folder, "root")
        os.makedirs(self._root)

    def run(self, way: Way) -> tuple[Way, Ended]:
        """Run the program; return how it was run after all, and how it ended. Raises ToolchainError and OSError."""
        if way.empty_root:
            program = self._furnish()
            for isolation in ("namespace", "chroot"):
                ended, error = self._launch(way, isolation, program)
                if not error:
                    return way, ended
            way = replace(way, empty_root=False, outside=f"no namespace, no chroot: {error}")
        return way, self._launch(way, "none", self._binary)[0]

    def _furnish(self) -> str:
        """Put into the root what there is to be in it; return where the program is there."""
        for directory in ("bin", "etc"):
            os.mkdir(os.path.join(self._root, directory))
        with open(os.path.join(self._root, "etc", "nsswitch.conf"), "w", encoding="ascii") as stream:
            stream.write(NSSWITCH)
        program = os.path.join(self._root, "bin", self._name)
        binary = os.path.realpath(self._binary)
        try:
            os.link(binary, program)
        except OSError:
            shutil.copy(binary, program)
        return f"/bin/{self._name}"

    def _launch(self, way: Way, isolation: str, program: str) -> tuple[Ended, str]:
        """Return how the program ended, and why that isolation was not to be had, if it was not."""
        argv = [self._name, *self._smoke.arguments]
        if way.emulator:
            sysroot = ["-L", way.sysroot] if way.sysroot else []
            argv = [way.emulator, *sysroot, program, *self._smoke.arguments]
        report = os.path.join(self._reports, isolation)
        done = run_limited(
            # Nothing of the user's Python takes part, and it starts quickest so.
            [sys.executable, "-I", "-S", _LAUNCHER, report, isolation, way.emulator, program, *argv],
            cwd=self._root,
            # For Python itself, which may need some of it to start; the program gets none.
            environ=os.environ,
            limit=self._smoke.limit * (SLOWER if way.emulator else 1),
            keep=_KEEP,
        )
        step, error = _read(report)
        if not step:
            msg = f"Python cannot start it: {done.output.strip() or 'no time was left'}"
            raise ToolchainError(msg)
        if step == "isolate":
            return Ended(), os.strerror(error)
        return Ended(status=done.status, output=done.output, start_error=os.strerror(error) if error else ""), ""


def _read(report: str) -> tuple[str, int]:
    """Return the last step that the launcher reports, and the number of its error; 0 if it did not fail."""
    try:
        with open(report, encoding="ascii") as stream:
            step, _, number = stream.read().partition(" ")
    except FileNotFoundError:
        return "", 0
    return step, int(number or 0)
