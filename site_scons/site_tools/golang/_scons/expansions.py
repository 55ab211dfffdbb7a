"""The construction variables that are computed for each target."""

from __future__ import annotations

import os
from typing import Any

from ..errors import GolangError
from ..golist import relative_package
from .command import literals
from .fingerprint import Env
from .programs import PROGRAMS
from .target import program_of


def _for_program(compute: Any) -> Any:
    """Make a callable construction variable of ``compute(program, node, env)``; empty without a program."""

    def expand(target: list[Any], source: list[Any], env: Env, for_signature: bool) -> Any:  # noqa: FBT001
        del source, for_signature
        node = target[0] if target else None
        program = program_of(node) if node is not None else None
        if program is None:
            return ""
        try:
            return compute(program, node, env)
        except GolangError:
            # The scan meets the same error, and the build reports it.
            return "unknown"

    return expand


def _jobs(target: list[Any], source: list[Any], env: Env, for_signature: bool) -> str:  # noqa: FBT001
    del target, source, for_signature
    return str(max(1, (os.cpu_count() or 1) // env.GetOption("num_jobs")))


EXPANSIONS = {
    "_GOMODULEROOT": _for_program(lambda _program, node, _env: literals([PROGRAMS.configuration(node).root])),
    "_GOPACKAGE": _for_program(
        lambda program, node, _env: literals([relative_package(PROGRAMS.configuration(node).root, program.package_dir)])
    ),
    "_GOFLAGS": _for_program(lambda _program, node, _env: literals(PROGRAMS.configuration(node).plan.compile_flags)),
    "_GOJOBS": _jobs,
}
"""The private construction variables that are computed for each target."""
