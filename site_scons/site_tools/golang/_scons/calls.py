"""The arguments of a builder call: paths are paths, and a misspelt keyword is not taken for a construction variable."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any

import SCons.Node
import SCons.Util
from SCons.Script import ARGUMENTS

from ..errors import RequestError
from .fingerprint import C_VARIABLES, Env
from .messages import warn
from .programs import PROGRAMS
from .target import is_go
from .variables import VARIABLES

_KNOWN = frozenset((*(variable.name for variable in VARIABLES), *C_VARIABLES))

_NEAR = 0.83
"""How alike two names must be for one to be taken for the other, misspelt (difflib)."""


def check_call(
    env: Env, call: str, overrides: dict[str, Any], own: Sequence[str] = ("linkage", "platform"), **paths: Any
) -> None:
    """Refuse what a call cannot mean: keywords that nothing reads, and ``paths`` that are none. Raises RequestError.

    ``own`` are the keywords that the call has besides construction variables.
    """
    for name in overrides:
        if name == "GOPLATFORM" or (name not in _KNOWN and name not in env):
            _refuse_misspelt(call, name, own)
    for name, value in paths.items():
        _check_paths(call, name, value)
    _refuse_go(call, SCons.Util.flatten([overrides.get("LIBS") or []]))
    _tell_of_arguments(env, overrides)


def _refuse_misspelt(call: str, name: str, own: Sequence[str]) -> None:
    """Refuse a keyword that SCons would take for a variable which nothing reads."""
    near = next((one for one in own if one == name.lower().removeprefix("go")), "")
    near = near or _nearest(name, [*own, *_KNOWN], 0.6)
    ours = name.startswith(("GO", "CGO_")) or name.islower() or name.lower() in own
    if not ours:
        near = _nearest(name, C_VARIABLES, _NEAR)
        if not near:
            return
    fix = f"\n  fix:    {near}=" if near else ""
    if name == "CGO_ENABLED":
        fix = "\n  fix:    linkage= or GOLINKAGE=, which says whether cgo is on"
    wanted = ", ".join(
        [*(f"{one}=" for one in own), f"{'or ' if own else ''}a construction variable (docs/variables.md)"]
    )
    msg = f"{call}: unknown keyword {name}=\n  wanted: {wanted}{fix}"
    raise RequestError(msg)


def _nearest(name: str, known: Iterable[str], cutoff: float) -> str:
    import difflib

    return next(iter(difflib.get_close_matches(name, list(known), 1, cutoff)), "")


def _check_paths(call: str, name: str, value: Any) -> None:
    for one in SCons.Util.flatten([value]):
        if one is not None and not isinstance(one, (str, SCons.Node.Node)):
            fix = f"\n  fix:    {str(one)!r}" if isinstance(one, os.PathLike) else ""
            msg = f"{call}: {name}\n  wanted: paths as text, or nodes\n  found:  {one!r}{fix}"
            raise RequestError(msg)


def _refuse_go(call: str, libraries: Iterable[Any]) -> None:
    """Refuse libraries of Go for cgo: each has a Go runtime in it, and a process can have one."""
    for one in libraries:
        if isinstance(one, SCons.Node.Node) and is_go(one):
            msg = (
                f"{call}\n  wanted: C libraries as LIBS\n  found:  {one}, made of Go, with a Go runtime of its own\n"
                "  fix:    import its packages"
            )
            raise RequestError(msg)


def _tell_of_arguments(env: Env, overrides: dict[str, Any]) -> None:
    """Warn once of each variable on SCons's command line that the SConstruct does not take from there."""
    for name in sorted(name for name in ARGUMENTS if name.startswith(("GO", "CGO_")) and name not in PROGRAMS.offered):
        if name not in _KNOWN:
            PROGRAMS.offered.add(name)
            near = _nearest(name, _KNOWN, _NEAR)
            if near and name not in env:
                warn(_without_effect(name, f"{near}="))
        elif str(overrides.get(name, env.get(name))) != ARGUMENTS[name]:
            PROGRAMS.offered.add(name)
            fix = "golang.add_variables(variables), variables.Update(env) in the SConstruct (README)"
            warn(_without_effect(name, fix))


def _without_effect(name: str, fix: str) -> str:
    return f"golang: warning: {name}={ARGUMENTS[name]} on the command line has no effect\n  fix:    {fix}"
