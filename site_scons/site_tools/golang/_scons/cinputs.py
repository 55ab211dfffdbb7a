"""The C files, headers and archives that the go command does not see change (linkage case D1, golang/go#24355).

Go's cache keys a cgo package by the files of its own directory. What they include from elsewhere, and the
archives that ``#cgo LDFLAGS`` names, are found here, with SCons's own C scanner.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Sequence
from typing import Any

from ..cincludes import includes_of_flags, includes_of_preambles
from ..csettings import is_library_file, library_places, values_of
from ..gosource import read_source
from ..packages import Package
from .cscanner import C_SCANNER, find
from .fingerprint import Env

_INCLUDE_FLAGS = ("-I", "-iquote", "-isystem", "-idirafter")
_SEARCH = threading.Lock()
"""SCons's search for files keeps state between calls; scanners and actions run at the same time."""


def c_inputs(env: Env, package: Package, extra_flags: Sequence[str] = ()) -> list[Any]:
    """Return the nodes of headers and archives that a cgo package is built from, sorted by path.

    Those found by ``-I`` and ``-L`` are returned; what belongs to the compiler's own directories is part of its
    identity. ``extra_flags`` are CGO_CFLAGS and CGO_LDFLAGS.
    """
    flags = (*package.cgo_cflags, *extra_flags)
    include_dirs = tuple(env.fs.Dir(path) for path in (package.dir, *_include_dirs(flags, package.dir)))
    with _SEARCH:
        found = set(_headers(env, package, include_dirs, flags))
    found.update(_libraries(env, package, (*package.cgo_ldflags, *extra_flags)))
    # A variant folder without copies has none of the sources.
    real = {node if node.has_builder() else node.srcnode() for node in found}
    return sorted(real, key=lambda node: node.get_abspath())


def searched_folders(package: Package, extra_flags: Sequence[str], nodes: Iterable[Any]) -> tuple[str, ...]:
    """Return the folders in which a new file could take the place of one of ``nodes``, from :func:`c_inputs`."""
    flags = (*package.cgo_cflags, *extra_flags)
    included = [package.dir, *_include_dirs(flags, package.dir)]
    found = {os.path.dirname(node.get_abspath()) for node in nodes}
    below = {os.path.relpath(path, base) for path in found for base in included if path.startswith(base + os.sep)}
    folders = {os.path.normpath(os.path.join(base, name)) for base in included for name in (".", *below)}
    return tuple(sorted({*folders, *found, *values_of((*package.cgo_ldflags, *extra_flags), "-L", package.dir)}))


def _include_dirs(flags: Sequence[str], base: str) -> list[str]:
    return [value for name in _INCLUDE_FLAGS for value in values_of(flags, name, base)]


def _headers(env: Env, package: Package, include_dirs: tuple[Any, ...], flags: Sequence[str]) -> Iterable[Any]:
    sources = (name for name in package.native_files if not name.endswith(".syso"))
    roots = [env.fs.File(package.path(name)) for name in sources]
    texts = (read_source(package.path(name)) for name in package.cgo_files)
    named = {*includes_of_flags(flags), *(one for text in texts for one in includes_of_preambles(text))}
    # cgo preprocesses a preamble twice: its own way the package comes last for <...>, then it comes first.
    for order in (include_dirs, (*include_dirs[1:], include_dirs[0])):
        headers = find(named, order[0], order)
        yield from headers
        roots += headers
    for root in dict.fromkeys(roots):
        # A header's own directory is searched first by the C scanner itself.
        yield from root.get_implicit_deps(env, C_SCANNER, lambda _: include_dirs)


def _libraries(env: Env, package: Package, flags: Sequence[str]) -> Iterable[Any]:
    candidates = [path for places in library_places(flags, package.dir).values() for path in places]
    candidates += [os.path.join(package.dir, flag) for flag in flags if is_library_file(flag)]
    for path in (*candidates, *package.given.pc_files):
        try:
            node = env.fs.File(path)
        except TypeError:
            # A folder is called so.
            continue
        if node.exists() or node.has_builder():
            yield node
