"""The C files, headers and archives that the go command does not see change (linkage case D1, golang/go#24355).

Go's cache keys a cgo package by the files of its own directory. What they include from elsewhere, and the
archives that ``#cgo LDFLAGS`` names, are found here, with SCons's own C scanner.
"""

from __future__ import annotations

import hashlib
import os
import re
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import SCons.Node.FS
import SCons.Scanner.C

from ..gosource import read_source
from ..overlay import Overlay, write_json
from ..packages import Package
from .fingerprint import Env

_INCLUDE = re.compile(r'^[ \t]*(?:/[/*][ \t]*)?#[ \t]*include[ \t]*[<"]([^>"]+)[>"]', re.MULTILINE)
_INCLUDE_FLAGS = ("-I", "-iquote", "-isystem", "-idirafter")
_LIBRARY_NAMES = ("lib{}.a", "lib{}.so", "lib{}.dylib")
_OVERLAID = "zz_golang_inputs.go"
_SCANNER = SCons.Scanner.C.CScanner()
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
        found = set(_headers(env, package, include_dirs, _values(flags, "-include", "")))
    found.update(_libraries(env, package, (*package.cgo_ldflags, *extra_flags)))
    return sorted(found, key=lambda node: node.get_abspath())


def searched_folders(package: Package, extra_flags: Sequence[str], nodes: Iterable[Any]) -> tuple[str, ...]:
    """Return the folders in which a new file could take the place of one of ``nodes``, from :func:`c_inputs`."""
    flags = (*package.cgo_cflags, *extra_flags)
    included = [package.dir, *_include_dirs(flags, package.dir)]
    found = {os.path.dirname(node.get_abspath()) for node in nodes}
    below = {os.path.relpath(path, base) for path in found for base in included if path.startswith(base + os.sep)}
    folders = {os.path.normpath(os.path.join(base, name)) for base in included for name in (".", *below)}
    return tuple(sorted({*folders, *found, *_values((*package.cgo_ldflags, *extra_flags), "-L", package.dir)}))


def _values(flags: Sequence[str], name: str, base: str) -> list[str]:
    """Return the directories of ``-Idir`` and ``-I dir``."""
    values = []
    for index, flag in enumerate(flags):
        value = flag[len(name) :] if flag != name else "".join(flags[index + 1 : index + 2])
        if flag.startswith(name) and value:
            values.append(os.path.join(base, value))
    return list(dict.fromkeys(values))


def _include_dirs(flags: Sequence[str], base: str) -> list[str]:
    return [value for name in _INCLUDE_FLAGS for value in _values(flags, name, base)]


def _headers(env: Env, package: Package, include_dirs: tuple[Any, ...], forced: Sequence[str]) -> Iterable[Any]:
    sources = (name for name in package.native_files if not name.endswith(".syso"))
    roots = [env.fs.File(package.path(name)) for name in sources]
    texts = (read_source(package.path(name)) for name in package.cgo_files)
    # cgo preprocesses a preamble twice: its own way the package comes last for <...>, then it comes first.
    orders = (include_dirs, (*include_dirs[1:], include_dirs[0]))
    for included in (*forced, *(name for text in texts for name in _INCLUDE.findall(text))):
        for order in orders:
            header = SCons.Node.FS.find_file(included, order)
            if header is not None:
                yield header
                roots.append(header)
    for root in roots:
        # A header's own directory is searched first by the C scanner itself.
        yield from root.get_implicit_deps(env, _SCANNER, lambda _: include_dirs)


def _libraries(env: Env, package: Package, flags: Sequence[str]) -> Iterable[Any]:
    directories = _values(flags, "-L", package.dir)
    names = [flag[3:] for flag in flags if flag.startswith("-l:")]
    names += [pattern.format(flag[2:]) for flag in flags if flag.startswith("-l") for pattern in _LIBRARY_NAMES]
    candidates = [os.path.join(directory, name) for directory in directories for name in names]
    candidates += [os.path.join(package.dir, flag) for flag in flags if flag.endswith((".a", ".so", ".o"))]
    for path in candidates:
        node = env.fs.File(path)
        if node.exists() or node.has_builder():
            yield node


def write_overlay(
    directory: str,
    shown: Overlay,
    inputs: Iterable[tuple[Package, Sequence[Any]]],
    c_identity: Callable[[Package], str],
) -> str:
    """Write an overlay for the go command; return its path, empty if none is needed.

    It shows what ``shown`` does, and the content of C inputs: each package gets one more Go file, in the overlay only,
    with nothing but a digest in a comment: the cheapest change that makes Go rebuild just this package (measured in
    linkage case D1). What ``c_identity`` says of the package is in it because Go knows a C compiler only by its path
    and version: a wrapper script or a libc may change behind both (E9). Nothing of a program is in it, for programs
    share packages.
    """
    replace = shown.present()
    for number, (package, nodes) in enumerate(inputs):
        unseen = [node for node in nodes if node.get_abspath() not in package.files]
        identity = c_identity(package)
        if not unseen and not identity:
            continue
        digest = hashlib.sha256(identity.encode())
        for node in unseen:
            with open(node.get_abspath(), "rb") as stream:
                digest.update(hashlib.sha256(stream.read()).digest())
        file = os.path.join(directory, f"{number}.go")
        with open(file, "w", encoding="utf-8") as stream_out:
            stream_out.write(f"package {package.name}\n\n// C inputs {digest.hexdigest()}\n")
        replace[os.path.join(package.dir, _OVERLAID)] = file
    if not replace:
        return ""
    overlay = os.path.join(directory, "overlay.json")
    write_json(replace, overlay)
    return overlay
