"""What one command costs, and on what machine: wall time, processor time, peak memory."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

PEAK_SETTING = "BENCHMARK_PEAK_FILE"

SCONS = f"""\
import atexit, os, runpy, sys
def tell():
    with open("/proc/self/status") as status, open(os.environ["{PEAK_SETTING}"], "w") as file:
        file.write(next(line.split()[1] for line in status if line.startswith("VmHWM:")))
atexit.register(tell)
runpy.run_module("SCons", run_name="__main__", alter_sys=True)
"""
"""Runs scons as ``python -m SCons`` does, and leaves its own peak memory, without that of what it starts."""


@dataclass(frozen=True)
class Usage:
    """What a command cost: seconds, and kilobytes."""

    wall: float
    cpu: float
    peak: int


def run(argv: Sequence[str], directory: str, environ: Mapping[str, str]) -> tuple[Usage, str]:
    """Run a command to its end; return what it cost and what it printed. Raises SystemExit where it fails.

    Processor time is that of the command and everything it started. Peak memory is that of the largest of these
    processes; where a command tells its own (SCONS above does), it is that.
    """
    log, peak_file = f"{directory}.log", f"{directory}.peak"
    if os.path.exists(peak_file):
        os.remove(peak_file)
    with open(log, "w", encoding="utf-8") as output:
        started = time.perf_counter()
        process = subprocess.Popen(
            argv, cwd=directory, env={**environ, PEAK_SETTING: peak_file}, stdout=output, stderr=subprocess.STDOUT
        )
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    with open(log, encoding="utf-8") as stream:
        printed = stream.read()
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(argv[-4:])} in {directory} exited with {process.returncode}:\n{printed[-4000:]}")
    peak = used.ru_maxrss
    if os.path.exists(peak_file):
        with open(peak_file, encoding="utf-8") as stream:
            peak = int(stream.read())
    return Usage(wall, used.ru_utime + used.ru_stime, peak), printed


def describe_machine() -> dict[str, str]:
    """Return what the numbers hold for."""
    return {
        "processor": _field("/proc/cpuinfo", "model name"),
        "cores": str(os.cpu_count()),
        "memory": f"{int(_field('/proc/meminfo', 'MemTotal').split()[0]) / 2**20:.0f} GiB",
    }


def _field(file: str, name: str) -> str:
    with open(file, encoding="utf-8") as stream:
        return next(line.partition(":")[2].strip() for line in stream if line.startswith(name))


def describe_versions(tool: str) -> dict[str, str]:
    """Return the versions of everything that is measured; ``tool`` is the folder of scons-golang's clone."""
    return {
        "scons-golang": _said("git", "-C", tool, "describe", "--always", "--dirty"),
        "Go": _said("go", "env", "GOVERSION"),
        "SCons": _scons_version(),
        "Python": platform.python_version(),
        "gcc": _said("gcc", "-dumpfullversion"),
        "make": _said("make", "--version").splitlines()[0],
    }


def _said(*argv: str) -> str:
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout.strip()


def _scons_version() -> str:
    import SCons

    return str(SCons.__version__)
