"""What a link of C needs because a Go archive takes part: the libraries that its packages ask for.

An archive is linked without its ``#cgo LDFLAGS``: whatever links it has to name them again.
"""

from __future__ import annotations

import os
from typing import Any

import SCons.Subst

from ..errors import GolangError
from ..goflags import split_words
from ..linkage import Product
from .fingerprint import Env, text
from .programs import PROGRAMS
from .target import Node, program_of

CARRIED = "_GOCARRIED"
"""The private construction variable that stands at the end of $_LIBFLAGS."""


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
    needs, own = closure.needs, split_words(text(program_of(archive).env, "CGO_LDFLAGS"))
    words = [*needs.link_flags, *own, *(["-lstdc++"] if needs.cxx else [])] if needs else []
    if for_signature and any(os.sep in word for word in words):
        # Where the checkout is does not count, but what is linked from there does.
        words = [closure.digest, *(word.replace(str(env.Dir("#").abspath), "#") for word in words)]
    return [SCons.Subst.Literal(word) for word in words]
