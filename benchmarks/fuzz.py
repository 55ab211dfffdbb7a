"""Differential fuzz: after any edits, an incremental build must give what a clean build gives, byte for byte.

``python3 benchmarks/fuzz.py --steps 500 --seed 1 [--keep DIR] [--toolpath DIR]``

Every step edits a generated Go module, builds it with scons, and compares each program with a clean build of the same
files. Which edits, which targets and which options is a pure function of the seed. Needs scons, go, gcc and ar.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence

from fuzzing.builds import CleanBuilds, Scons
from fuzzing.run import Run, WrongBuildError
from fuzzing.trees import AGES, OLD

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def main(arguments: Sequence[str] | None = None) -> int:
    """Fuzz with each seed; stop at the first failure and keep its folder."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--steps", type=int, default=100, help="steps for each seed (default 100)")
    parser.add_argument("--seed", type=int, nargs="+", default=[1], help="one or more (default 1)")
    parser.add_argument("--keep", metavar="DIR", help="work there, and leave everything")
    parser.add_argument("--toolpath", default=os.path.join(ROOT, "site_scons", "site_tools"), help="the tool to fuzz")
    parser.add_argument("--generated", action="store_true", help="let SCons generate one of the Go files")
    parser.add_argument("--old", action="store_true", help="with files older than SCons's max_drift (two days)")
    parser.add_argument("--quiet", action="store_true", help="print no line for a step")
    options = parser.parse_args(arguments)

    started = time.monotonic()
    work = os.path.abspath(options.keep or tempfile.mkdtemp(prefix="golang-fuzz-"))
    os.makedirs(work, exist_ok=True)
    scons = Scons(work, os.path.abspath(options.toolpath), generated=options.generated)
    clean_builds = CleanBuilds(scons)
    ages = (*AGES, OLD) if options.old else AGES
    for seed in options.seed:
        run = Run(seed, scons, clean_builds, ages=ages, tell=(lambda _: None) if options.quiet else print)
        try:
            for _ in range(options.steps):
                run.step()
        except WrongBuildError as wrong:
            print(f"seed {seed}, step {run.number}: {wrong}\n\nthe last steps:", *run.log[-12:], sep="\n  ")
            print(f"\nthe project: {run.tree.folder}\na clean build of it: {os.path.join(work, 'clean')}")
            print(f"reproduce: python3 benchmarks/fuzz.py --seed {seed} --steps {run.number} --keep DIR")
            return 1
        print(f"seed {seed}: {options.steps} steps; {run.summary}")
    print(f"{time.monotonic() - started:.0f} s")
    if not options.keep:
        shutil.rmtree(work)
    return 0


if __name__ == "__main__":
    sys.exit(main())
