"""Which environments build the same: told without knowing what their settings mean."""

from __future__ import annotations

from collections import UserList, deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import SCons.Node
import SCons.Node.FS
from SCons.Subst import SUBST_CMD, SUBST_SIG, Literal

from ..goenv import BINARY_SETTINGS
from .variables import DEFAULTS, TESTS, VARIABLES

PRODUCT = "_GOPRODUCT"
"""The private construction variable by which a builder says what it makes: a Product."""

DEFINITIONS = "GOXDEFS"
"""The construction variable in whose values ``$( $)`` marks what causes no rebuild."""

LIBRARY_NAME = "_GOSONAME"
"""The private construction variable by which a builder says what a shared library is called by what loads it."""

_NOWHERE = (
    "GOCOM", "GOCOMSTR", "GOGC", "GOGENERATED", "GOJOBS", "GOPLATFORM", "GOTARGETDIR",
    *(one.name for one in VARIABLES if one.group == TESTS and not one.rebuilds),
)  # fmt: skip

C_VARIABLES = ("LIBS", "LIBPATH", "CPPPATH", "CPPDEFINES", "RPATH", "FRAMEWORKS", "FRAMEWORKPATH")
"""SCons's own variables for C that reach cgo."""

_SETTINGS = (
    *(one.name for one in VARIABLES if one.name not in _NOWHERE),
    *BINARY_SETTINGS, "ENV", "CC", "CXX", PRODUCT, LIBRARY_NAME, *C_VARIABLES,
)  # fmt: skip

Env = Any
"""A SCons construction environment, which is untyped."""


def text(env: Env, name: str) -> str:
    """Return a variable as substituted text."""
    return str(env.subst(f"${name}")).strip()


def is_own_command(env: Env) -> bool:
    """Return whether a program is built by a command of this tool, not of the user's."""
    return env["GOCOM"] in (DEFAULTS["GOCOM"], DEFAULTS["GOTESTCOM"])


def fingerprint(env: Env) -> tuple[Any, ...]:
    """Return everything that the tool reads of an environment; equal ones give equal results."""
    # What the command consists of is expanded for each target.
    command = env.get("GOCOM")
    return (command if isinstance(command, str) else id(command), *frozen(env, _SETTINGS))


def frozen(env: Env, names: Iterable[str]) -> Iterator[Any]:
    """Yield variables as values that can be compared and hashed, with what they refer to."""
    return (_frozen(env, env.get(name)) for name in names)


def lasting(env: Env, found: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the fingerprint ``found`` of an environment without what causes no rebuild."""
    definitions = env.get(DEFINITIONS)
    if not definitions:
        return found
    place = 1 + _SETTINGS.index(DEFINITIONS)
    return (*found[:place], _frozen(env, definitions, SUBST_SIG), *found[place + 1 :])


def _frozen(env: Env, value: Any, mode: int = SUBST_CMD) -> Any:
    """Return a value as one that can be compared and hashed, with what it refers to."""
    if isinstance(value, str):
        return env.subst(value, mode) if "$" in value else value
    if isinstance(value, Mapping):
        return tuple(sorted((str(name), str(_frozen(env, one, mode))) for name, one in value.items()))
    if isinstance(value, (list, tuple, UserList, deque)):
        return tuple(_frozen(env, one, mode) for one in value)
    if isinstance(value, SCons.Node.Node):
        return str(value.get_abspath() if isinstance(value, SCons.Node.FS.Base) else value)
    return value.lstr if isinstance(value, Literal) else repr(value)
