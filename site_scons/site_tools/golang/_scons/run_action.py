"""The Actions of test results and coverage profiles, without what carries them out: most runs do neither."""

from __future__ import annotations

from typing import Any

import SCons.Action
import SCons.Builder

from .fingerprint import Env
from .result_file import DATA_SCANNER, tested_by

_SCHEMA = 1
"""Raise it when a change of this package must run tests again."""


class _RunAction(SCons.Action.FunctionAction):  # type: ignore[misc]  # SCons is untyped
    """Runs the tests of a package; its signature is how they are run."""

    def get_presig(self, target: list[Any], source: list[Any], env: Env, executor: Any = None) -> bytes:
        del source, env, executor
        return f"format: GoTest {_SCHEMA}\n{tested_by(target[0]).signature}".encode()


def _run(target: list[Any], source: list[Any], env: Env) -> Any:
    from .running import run_package

    return run_package(target, source, env)


def _merge(target: list[Any], source: list[Any], env: Env) -> Any:
    from .running import merge_coverage

    del env
    return merge_coverage(target[0], source)


RUN_BUILDER = SCons.Builder.Builder(action=_RunAction(_run, {"cmdstr": "Running $SOURCE"}), target_scanner=DATA_SCANNER)
MERGE_BUILDER = SCons.Builder.Builder(action=SCons.Action.Action(_merge, cmdstr="Merging coverage into $TARGET"))
