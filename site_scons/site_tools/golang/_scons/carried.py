"""What is different about a link of C that Go libraries take part in: their headers, and the libraries they ask for.

An archive is linked without its ``#cgo LDFLAGS``: whatever links it has to name them again.
"""

from __future__ import annotations

import os
from typing import Any

import SCons.Node.FS
import SCons.Subst
import SCons.Util

from ..csettings import linked_from
from ..errors import GolangError
from ..goflags import split_words
from ..linkage import Product
from .csettings import remember_folder
from .fingerprint import Env, text
from .messages import user_error
from .programs import PROGRAMS
from .target import Node, library_of, program_of
from .values import shell_environ

CARRIED = "_GOCARRIED"
"""The private construction variable that stands at the end of $_LIBFLAGS."""


def add_to(env: Env) -> None:
    """Have an environment link C with Go libraries. May be called any number of times."""
    _add_flags(env)
    env[CARRIED] = carried
    # SCons's variables for functions that may change what something is made from.
    for name, emitter in (("PROGEMITTER", link_go), ("SHLIBEMITTER", link_go), ("LIBEMITTER", remember_folder)):
        known = env.get(name) or []
        emitters = [*known] if SCons.Util.is_List(known) else [known]
        # Text there names another variable, which SCons looks up only where it stands alone.
        if emitter not in emitters and not isinstance(known, str):
            env[name] = [*emitters, emitter]


def _add_flags(env: Env) -> None:
    if CARRIED not in str(env.get("_LIBFLAGS", "")):
        env["_LIBFLAGS"] = f"{env.get('_LIBFLAGS', '')} ${CARRIED}"


def link_go(target: list[Any], source: list[Any], env: Env) -> tuple[list[Any], list[Any]]:
    """Leave the headers of Go libraries out of what is linked. Raises SCons.Errors.UserError for two archives."""
    # SCons's linkers set it anew: they may have been loaded since.
    _add_flags(env)
    libraries = SCons.Util.flatten([env.get("LIBS") or []])
    named = [one for one in libraries if isinstance(one, SCons.Node.FS.Base)]
    if any(map(library_of, named)):
        # What GoStaticLibrary returns, as it is.
        env["LIBS"] = [one for one in libraries if one not in named or not library_of(one)]
    archives = list(dict.fromkeys(one for one in (*source, *named) if _is_archive(one)))
    if len(archives) > 1:
        msg = (
            f"{target[0]} is linked with {len(archives)} Go archives\n  wanted: one, for each has a Go runtime in it\n"
            f"  found:  {', '.join(map(str, archives))}\n"
            "  fix:    one main package that imports what both export"
        )
        raise user_error(msg)
    return target, [one for one in source if not library_of(one)]


def carried(target: Any, source: Any, env: Env, for_signature: bool) -> Any:  # noqa: FBT001
    """Return the flags that go with the Go archives among what ``target`` is linked from."""
    del source
    archives = [one for node in target or () for one in _inputs(node) if _is_archive(one)]
    return [word for one in dict.fromkeys(archives) for word in _words(one, env, for_signature)]


def _inputs(node: Any) -> list[Any]:
    # Those in LIBS, and those that LIBS and LIBPATH lead to, are found by SCons's scanner.
    return [*(getattr(node, "sources", None) or ()), *(getattr(node, "implicit", None) or ())]


def _is_archive(node: Node) -> bool:
    program = program_of(node)
    return program is not None and program.request.product is Product.C_ARCHIVE


def _words(archive: Node, env: Env, for_signature: bool) -> list[Any]:  # noqa: FBT001
    try:
        closure = PROGRAMS.inputs(archive)[0]
    except GolangError:
        # The archive itself tells.
        return []
    own_env = program_of(archive).env
    given = text(own_env, "CGO_LDFLAGS") if "CGO_LDFLAGS" in own_env else ""
    needs, own = closure.needs, split_words(given or shell_environ(own_env).get("CGO_LDFLAGS", ""))
    words = [*needs.link_flags, *own, *(["-lstdc++"] if needs.cxx else [])] if needs else []
    top = str(env.Dir("#").abspath)
    # A shared library by its name: what has no other would be loaded from the path at which it was linked.
    words = [*linked_from(top, words, top)]
    if for_signature and any(os.sep in word for word in words):
        # Where the checkout is does not count, but what is linked from there does.
        words = [closure.digest, *(word.replace(top, "#") for word in words)]
    return [SCons.Subst.Literal(word) for word in words]
