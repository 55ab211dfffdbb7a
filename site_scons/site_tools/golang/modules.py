"""Modules and workspaces: where they begin, and which directories belong to them.

A SConstruct must be readable where Go is missing, so what targets there are is found here; what they
consist of is asked of Go later.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .errors import PackageError
from .tree import Tree

_SKIPPED = frozenset({"testdata", "vendor"})
_MODULE = re.compile(r'^[ \t]*module[ \t]+(?:"([^"]+)"|`([^`]+)`|(\S+))', re.MULTILINE)


class MainPackage(NamedTuple):
    """A directory that holds a program: where it is, and what the program is called."""

    directory: str
    module_root: str
    import_path: str
    name: str = ""


def find_module_root(directory: str) -> str:
    """Return the nearest directory at or above ``directory`` with a go.mod. Raises PackageError."""
    current = os.path.abspath(directory)
    while True:
        if os.path.isfile(os.path.join(current, "go.mod")):
            return current
        parent = os.path.dirname(current)
        if parent == current:
            msg = (
                f"{directory} is in no Go module\n  wanted: a go.mod in it or above it\n  found:  none\n"
                f"  fix:    run `go mod init` in the root of your Go code"
            )
            raise PackageError(msg)
        current = parent


def module_path(module_root: str) -> str:
    """Return the module path that go.mod declares. Raises PackageError if it declares none."""
    file = os.path.join(module_root, "go.mod")
    match = _MODULE.search(_read(file))
    if not match:
        msg = f"{file} has no module line"
        raise PackageError(msg)
    return match[1] or match[2] or match[3]


def import_path(prefix: str, module_root: str, directory: str) -> str:
    """Return the import path of a directory of the module whose path is ``prefix``."""
    relative = os.path.relpath(directory, module_root).replace(os.sep, "/")
    return prefix if relative == "." else f"{prefix}/{relative}"


def main_package(directory: str) -> MainPackage:
    """Return the main package in a directory, which is not looked into, without a name. Raises PackageError."""
    root = find_module_root(directory)
    return MainPackage(directory, root, import_path(module_path(root), root, directory))


def _read(file: str) -> str:
    """Return the text of a go.mod or go.work, empty if it cannot be read."""
    try:
        with open(file, encoding="utf-8-sig", errors="replace") as stream:
            return stream.read()
    except OSError:
        return ""


def _values(file: str, word: str) -> Iterator[str]:
    """Yield what the lines of a go.mod or go.work say after ``word``, in blocks too."""
    in_block = False
    for raw in _read(file).splitlines():
        line = raw.partition("//")[0].strip()
        if in_block and line == ")":
            in_block = False
        elif re.match(rf"{word}\s*\($", line):
            in_block = True
        elif line and (in_block or line.startswith((f"{word} ", f"{word}\t"))):
            yield (line if in_block else line[len(word) :].strip()).strip('"`')


def used_modules(work_file: str) -> tuple[str, ...]:
    """Return the directories that a go.work file uses, absolute, in order (go.dev/ref/mod#go-work-file)."""
    root = os.path.dirname(os.path.abspath(work_file))
    return tuple(os.path.normpath(os.path.join(root, path)) for path in _values(work_file, "use"))


def tool_paths(module_root: str) -> tuple[str, ...]:
    """Return the import paths that the ``tool`` lines of go.mod name, in order (go.dev/ref/mod#go-mod-file-tool)."""
    return tuple(_values(os.path.join(module_root, "go.mod"), "tool"))


def find_workspace(module_root: str, top: str) -> str | None:
    """Return the go.work file that governs a module, or None.

    Only files between the module and ``top`` (the directory of the SConstruct) count, and only the nearest,
    and only if it uses the module: one that lies above the project must not reach into it (linkage case E7).
    """
    current, top = os.path.realpath(module_root), os.path.realpath(top)
    while True:
        work_file = os.path.join(current, "go.work")
        if os.path.isfile(work_file):
            used = {os.path.realpath(path) for path in used_modules(work_file)}
            return work_file if os.path.realpath(module_root) in used else None
        parent = os.path.dirname(current)
        if current in (top, parent):
            return None
        current = parent


def walk_modules(directory: str, tree: Tree) -> dict[str, str]:
    """Return every directory with Go files of the module or workspace at ``directory``, and its module's root.

    Skips ``testdata``, ``vendor`` and directories that start with ``_`` or ``.`` as the go command does, and modules
    nested in another. Raises PackageError if there is neither go.mod nor go.work.
    """
    return {found: root for root in _module_roots(directory) for found in _walk_module(root, tree)}


def walk_packages(directory: str, tree: Tree) -> dict[str, str]:
    """Return the same of the directories at and below ``directory``, which need not be the root of its module.

    Raises PackageError if it is in no module.
    """
    if any(os.path.isfile(os.path.join(directory, name)) for name in ("go.work", "go.mod")):
        below = os.path.join(os.path.abspath(directory), "")
        return {found: root for found, root in walk_modules(directory, tree).items() if f"{found}/".startswith(below)}
    root = find_module_root(directory)
    return dict.fromkeys(_walk_module(os.path.abspath(directory), tree), root)


def _module_roots(directory: str) -> Sequence[str]:
    work_file = os.path.join(directory, "go.work")
    if os.path.isfile(work_file):
        roots = used_modules(work_file)
        for root in roots:
            if not os.path.isfile(os.path.join(root, "go.mod")):
                msg = f"{work_file}\n  wanted: a Go module in each `use`\n  found:  no go.mod in {root}"
                raise PackageError(msg)
    elif os.path.isfile(os.path.join(directory, "go.mod")):
        return (os.path.abspath(directory),)
    else:
        msg = f"{directory} has neither go.mod nor go.work\n  fix:    name the root of a Go module or workspace"
        raise PackageError(msg)
    return roots


def _walk_module(root: str, tree: Tree) -> Iterator[str]:
    stack = [root]
    while stack:
        current = stack.pop()
        found = tree.directory(current)
        if found is None or (current != root and "go.mod" in found.files):
            continue
        if any(name.endswith(".go") for name in found.files):
            yield current
        stack.extend(
            os.path.join(current, name) for name in found.folders if name not in _SKIPPED and name[0] not in "_."
        )
