"""Values of construction variables as plain ones: words, truth values, text by name."""

from __future__ import annotations

import os
from collections import UserList
from collections.abc import Mapping

import SCons.Util

from ..errors import RequestError
from ..goflags import split_words
from .fingerprint import DEFINITIONS, Env, text

TRUE, FALSE = ("1", "true", "yes", "on"), ("", "0", "false", "no", "off")
"""How truth values are spelled on the command line."""


def words(env: Env, name: str) -> tuple[str, ...]:
    """Return a variable as words: a list as it stands, a string split as the go command splits flags."""
    value = env.get(name)
    if not value:
        return ()
    if isinstance(value, str):
        return split_words(text(env, name))
    if not isinstance(value, (list, tuple, UserList)):
        msg = f"${name}: wanted a list of words, or a string; found {value!r}"
        raise RequestError(msg)
    # What builders return is a list in the list.
    flat = SCons.Util.flatten(value)
    if any(word is None or isinstance(word, bool) for word in flat):
        msg = f"${name}: wanted words, each a text or a node; found {value!r}"
        raise RequestError(msg)
    return tuple(str(env.subst(str(word))) for word in flat)


def flag(env: Env, name: str) -> bool:
    """Return a variable as a truth value; from the command line it may be text. Raises RequestError."""
    value = env.get(name)
    if isinstance(value, str):
        lowered = value.lower()
        if lowered in TRUE:
            return True
        if lowered not in FALSE:
            msg = f"${name}: wanted True or False; found {value!r}"
            raise RequestError(msg)
        return False
    return bool(value)


def shell_environ(env: Env) -> dict[str, str]:
    """Return ``env['ENV']`` as strings, the way SCons itself passes it to commands."""
    values = env.get("ENV") or {}
    return {
        name: os.pathsep.join(map(str, value)) if isinstance(value, (list, tuple)) else str(env.subst(str(value)))
        for name, value in values.items()
    }


def definitions(env: Env, mode: int) -> dict[str, str]:
    """Return what $GOXDEFS gives to variables of Go; ``mode`` is one of SCons.Subst. Raises RequestError."""
    value = env.get(DEFINITIONS) or {}
    if not isinstance(value, Mapping) or not all("." in str(name) for name in value):
        msg = (
            f"$GOXDEFS: wanted a dict from importpath.name to text, such as {{'main.version': '1.2'}}; found {value!r}"
        )
        raise RequestError(msg)
    absent = [name for name, one in value.items() if one is None]
    if absent:
        msg = f"$GOXDEFS: wanted text for {absent[0]}; found None"
        raise RequestError(msg)
    return {str(name): str(env.subst(str(one), mode)) for name, one in value.items()}
