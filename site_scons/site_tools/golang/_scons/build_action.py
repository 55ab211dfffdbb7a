"""The Action of a Go program, without what carries it out: most runs only ask for its signature."""

from __future__ import annotations

from typing import Any

import SCons.Action

from ..errors import GolangError
from .fingerprint import Env, is_own_command
from .programs import PROGRAMS


class _BuildAction(SCons.Action.FunctionAction):  # type: ignore[misc]  # SCons is untyped
    """The Action: its signature is what the program is built of and built with, whatever function builds it."""

    def get_presig(self, target: list[Any], source: list[Any], env: Env, executor: Any = None) -> bytes:
        del executor
        try:
            signature = PROGRAMS.signature(target[0])
        except GolangError:
            # The scan meets the same error, and the build reports it.
            return b"unknown"
        if not is_own_command(env):
            from .command import command_signature

            signature += command_signature(target[0], source, env)
        return signature.encode()


def _build(target: list[Any], source: list[Any], env: Env) -> Any:
    from .actions import build_program

    return build_program(target, source, env)


def _show(target: list[Any], source: list[Any], env: Env) -> str:
    from .command import show_command

    return show_command(target, source, env)


BUILD_ACTION = _BuildAction(_build, {"strfunction": _show})
