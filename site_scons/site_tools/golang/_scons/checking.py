"""Carrying out GoVet and GoFmt: what is found fails the target, and is told."""

from __future__ import annotations

import os
import tempfile
from typing import Any

from ..checks import gofmt, vet
from ..errors import GolangError
from ..golist import relative_package
from ..packages import Package
from .checked import checked_by, go_files
from .fingerprint import Env
from .gate import obstructed
from .messages import failure, tell, warn
from .overlay import show_inputs
from .programs import PROGRAMS
from .target import Node
from .test_settings import vet_flags_of
from .written_file import write_whole


def vet_packages(node: Node, env: Env) -> Any:
    """Run go vet on packages and their tests. Returns None or a BuildError."""
    programs = checked_by(node).programs
    try:
        scans = [PROGRAMS.scan_of(program) for program in programs]
        # Where C takes part in one package, the others do not see it.
        scan = next((one for one in scans if one.prediction.needs_c), scans[0])
        config = scan.configuration
        missing = next(
            (one for each in scans for one in each.closure if one.local and not os.path.isdir(one.dir)), None
        )
        if missing:
            return failure(node, _no_folder(missing))
        config.c.prepare(scan.prediction)
        with_c = {package.dir: package for one in scans for package in one.cgo_packages}
        inputs = [(package, PROGRAMS.c_nodes(programs[0], package)) for package in with_c.values()]
        with tempfile.TemporaryDirectory(prefix="golang-") as scratch:
            shown = show_inputs(scratch, scan.overlay, inputs, config, asking=False)
            wrong, said = vet(
                config.toolchain.path,
                config.root,
                [relative_package(config.root, program.package_dir) for program in programs],
                # Go would tell again what it found in another copy of the files, where those were.
                [*(flag for flag in config.plan.flags if flag != "-trimpath"), *vet_flags_of(env)],
                shown.overlay,
                {**config.build_environ(scan.prediction), **shown.environ},
            )
        if wrong:
            return failure(node, wrong)
        warn(said)
        return _pass(node, "go vet found nothing", [program.package_dir for program in programs])
    except GolangError as error:
        return failure(node, str(error))
    except OSError as error:
        return obstructed(node, error)


def _no_folder(package: Package) -> str:
    return (
        f"failed\n  wanted: the folder of each package, for go vet works in it\n  found:  no {package.dir}\n"
        f"  why:    all files of {package.import_path} are made elsewhere\n"
        f"  fix:    make that folder, with a file in it such as doc.go: `package {package.name}`"
    )


def check_format(node: Node) -> Any:
    """Run gofmt on the files of packages. Returns None or a BuildError."""
    checked = checked_by(node)
    try:
        root = os.path.relpath(checked.first.module_root)
        files = [os.path.normpath(os.path.join(root, path)) for path in go_files(checked)]
        config = PROGRAMS.outlines.configuration(checked.first)
        wrong = gofmt(config.toolchain, files, config.base)
        return failure(node, wrong) if wrong else _pass(node, "files as gofmt writes them", files)
    except GolangError as error:
        return failure(node, str(error))
    except OSError as error:
        return obstructed(node, error)


def _pass(node: Node, what: str, checked: list[str]) -> Any:
    def write(path: str) -> None:
        with open(path, "w", encoding="utf-8", errors="surrogateescape") as stream:
            stream.writelines(f"{one}\n" for one in checked)

    failed = write_whole(node, write)
    if not failed:
        tell(f"{node}: {what} ({len(checked)})")
    return failed
