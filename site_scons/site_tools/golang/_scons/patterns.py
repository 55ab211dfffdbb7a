"""Which packages a call names: directories, and patterns such as ``./...``. Starts no process."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import SCons.Node.FS
import SCons.Util

from ..errors import RequestError
from ..index import Index
from ..modules import MainPackage, main_package
from .builders import package_dir
from .fingerprint import Env
from .generated import generated_files, standing_for
from .paths import expecting
from .programs import PROGRAMS

_ALL = "..."


def find_packages(env: Env, packages: Any, call: str, kind: str, tags: Sequence[str]) -> list[MainPackage]:
    """Return the packages that a call names, sorted by directory.

    A pattern takes those of a ``kind`` of :meth:`Index.packages`, which for tests may be none; a directory that is
    named itself has to be one.
    Raises RequestError, and PackageError.
    """
    named = [one for one in SCons.Util.flatten([packages]) if one]
    if not named:
        msg = f"{call}\n  wanted: directories of packages, or patterns such as './...'\n  found:  none"
        raise RequestError(msg)
    index = PROGRAMS.index(env, tests=True)
    found: dict[str, MainPackage] = {}
    for one in named:
        pattern = str(env.subst(one)) if isinstance(one, str) else ""
        if _ALL in pattern:
            found.update({package.directory: package for package in _matching(env, pattern, call, kind, tags, index)})
            made = _with_made(env, _root_of(env, pattern), "_test.go") if kind == "tests" else ()
            found.update((directory, main_package(directory)) for directory in made if directory not in found)
        else:
            directory = package_dir(env, one, call, "package")
            if directory not in found:
                _check(env, directory, call, kind, index.packages(kind, directory, tags))
                found[directory] = main_package(directory)
    return [found[directory] for directory in sorted(found)]


def _root_of(env: Env, pattern: str) -> str:
    folder = pattern.partition(_ALL)[0]
    with expecting("a folder before /...", pattern):
        return str(env.Dir(folder.rstrip("/") or (folder and "/") or ".").srcnode().get_abspath())


def _with_made(env: Env, root: str, suffix: str) -> list[str]:
    """Return the folders of packages in ``root`` and below in which files will be seen that builders make."""
    made = (
        os.path.join(str(node.dir.srcnode().get_abspath()), node.name)
        for folder in standing_for(env.fs.Dir(root))
        for node in derived_below(folder)
    )
    folders = {os.path.dirname(path) for path in (*made, *generated_files(env)) if path.endswith(suffix)}
    below = {one: os.path.relpath(one, root).split(os.sep) for one in folders}
    return sorted(one for one, parts in below.items() if parts == [os.curdir] or not any(map(_is_skipped, parts)))


def _is_skipped(name: str) -> bool:
    return name in ("testdata", "vendor") or name.startswith(("_", "."))


def _matching(env: Env, pattern: str, call: str, kind: str, tags: Sequence[str], index: Index) -> Sequence[MainPackage]:
    """Return the packages below the directory before ``/...``."""
    folder, _, rest = pattern.partition(_ALL)
    if rest or (folder and not folder.endswith("/")):
        msg = (
            f"{call}: {pattern}\n  wanted: a pattern that ends with /...\n  found:  {pattern}\n"
            "  fix:    name the directory above: 'go/...' is all packages in it and below"
        )
        raise RequestError(msg)
    root = _root_of(env, pattern)
    if not os.path.isdir(root):
        msg = f"{call}: {pattern}\n  wanted: a directory before /...\n  found:  there is no {root}"
        raise RequestError(msg)
    packages = index.packages(kind, root, tags)
    if packages or (kind == "tests" and index.packages("all", root, tags)):
        return packages
    msg = (
        f"{call}: {pattern}\n  wanted: Go packages in {root} and below\n  found:  no package for this platform and "
        "these build tags\n  fix:    another directory; `testdata`, `vendor`, `_x` and `.x` are skipped"
    )
    raise RequestError(msg)


def _check(env: Env, directory: str, call: str, kind: str, packages: Sequence[MainPackage]) -> None:
    """Raise RequestError if a directory is no package of a kind, and no builder makes one of it."""
    suffix = "_test.go" if kind == "tests" else ".go"
    if all(package.directory != directory for package in packages) and directory not in _with_made(
        env, directory, suffix
    ):
        msg = (
            f"{call}: {os.path.relpath(directory, env.Dir('#').abspath)}\n  wanted: a package with files *{suffix}\n"
            "  found:  none for this platform and these build tags\n"
            "  fix:    name another directory; a pattern such as './...' takes only those that have any"
        )
        raise RequestError(msg)


def derived_below(folder: Any) -> list[Any]:
    """Return the nodes that builders make in a folder and below, which need not be there yet."""
    found, stack = [], [folder]
    while stack:
        for name, node in stack.pop().entries.items():
            if isinstance(node, SCons.Node.FS.Dir):
                if name not in (".", ".."):
                    stack.append(node)
            elif node.has_builder():
                found.append(node)
    return found
