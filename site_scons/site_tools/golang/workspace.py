"""Modules, workspaces and main packages, read without a Go toolchain.

A SConstruct must be readable where Go is missing, so what targets there are is found here; what they
consist of is asked of Go later.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from .errors import PackageError
from .gosource import is_selected, package_name, read_source

_SKIPPED = frozenset({"testdata", "vendor"})
_VERSION_ELEMENT = re.compile(r"v(?:[2-9]|[1-9][0-9]+)$")
_MODULE = re.compile(r'^[ \t]*module[ \t]+(?:"([^"]+)"|`([^`]+)`|(\S+))', re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class MainPackage:
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
    match = _MODULE.search(read_source(os.path.join(module_root, "go.mod")))
    if not match:
        msg = f"{os.path.join(module_root, 'go.mod')} has no module line"
        raise PackageError(msg)
    return match[1] or match[2] or match[3]


def used_modules(work_file: str) -> tuple[str, ...]:
    """Return the directories that a go.work file uses, absolute, in order (go.dev/ref/mod#go-work-file)."""
    root, used, in_block = os.path.dirname(os.path.abspath(work_file)), [], False
    for raw in read_source(work_file).splitlines():
        line = raw.partition("//")[0].strip()
        if in_block and line == ")":
            in_block = False
        elif re.match(r"use\s*\($", line):
            in_block = True
        elif line and (in_block or line.startswith(("use ", "use\t"))):
            path = line if in_block else line[3:].strip()
            used.append(os.path.normpath(os.path.join(root, path.strip('"`'))))
    return tuple(used)


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


def find_main_packages(directory: str, tags: Collection[str]) -> tuple[MainPackage, ...]:
    """Return every main package of the module or workspace at ``directory``, sorted by directory, with names.

    ``tags`` are those that hold, as from ``gosource.tags_of``. Skips ``testdata``, ``vendor`` and directories that
    start with ``_`` or ``.`` as the go command does, and modules nested in another. Raises PackageError if there is
    neither go.mod nor go.work.
    """
    work_file = os.path.join(directory, "go.work")
    if os.path.isfile(work_file):
        roots: Sequence[str] = used_modules(work_file)
        for root in roots:
            if not os.path.isfile(os.path.join(root, "go.mod")):
                msg = f"{work_file}\n  wanted: a Go module in each `use`\n  found:  no go.mod in {root}"
                raise PackageError(msg)
    elif os.path.isfile(os.path.join(directory, "go.mod")):
        roots = (os.path.abspath(directory),)
    else:
        msg = f"{directory} has neither go.mod nor go.work\n  fix:    name the root of a Go module or workspace"
        raise PackageError(msg)
    found = [main for root in roots for main in _mains_of_module(root, tags)]
    return name_programs(sorted(found, key=lambda main: main.directory))


def _mains_of_module(root: str, tags: Collection[str]) -> Iterator[MainPackage]:
    prefix = module_path(root)
    for current, directories, files in os.walk(root):
        directories[:] = sorted(
            name
            for name in directories
            if name not in _SKIPPED
            and not name.startswith(("_", "."))
            and not os.path.isfile(os.path.join(current, name, "go.mod"))
        )
        if _has_main(current, files, tags):
            relative = os.path.relpath(current, root).replace(os.sep, "/")
            path = prefix if relative == "." else f"{prefix}/{relative}"
            yield MainPackage(directory=current, module_root=root, import_path=path)


def _has_main(directory: str, files: Sequence[str], tags: Collection[str]) -> bool:
    for name in sorted(files):
        if name.endswith(".go") and not name.endswith("_test.go"):
            text = read_source(os.path.join(directory, name))
            if package_name(text) == "main" and is_selected(name, text, tags):
                return True
    return False


def program_name(import_path: str) -> str:
    """Return what ``go build`` calls the program: the last element of the path that is no major version."""
    *before, last = import_path.split("/")
    return before[-1] if before and _VERSION_ELEMENT.match(last) else last


def name_programs(mains: Sequence[MainPackage]) -> tuple[MainPackage, ...]:
    """Give every program a name of its own.

    A program is called as ``go build`` calls it. Those that would share a name put as many elements of their
    import path before it, joined with ``-``, as tell all of them apart: ``svc/cmd/admin`` and ``tools/cmd/admin``
    become ``svc-cmd-admin`` and ``tools-cmd-admin``.
    """
    paths = sorted({main.import_path for main in mains})
    names = {path: program_name(path) for path in paths}
    for name in sorted(set(names.values())):
        sharing = [path for path in paths if program_name(path) == name]
        if len(sharing) > 1:
            taken = {other for path, other in names.items() if path not in sharing}
            names.update(_tell_apart(sharing, taken))
    return tuple(
        MainPackage(
            directory=main.directory,
            module_root=main.module_root,
            import_path=main.import_path,
            name=names[main.import_path],
        )
        for main in mains
    )


def _tell_apart(paths: Sequence[str], taken: Collection[str]) -> dict[str, str]:
    """Name programs by as few elements of their paths as do; a major version counts where nothing else differs."""
    longest = max(path.count("/") + 1 for path in paths)
    for versions in (False, True):
        for depth in range(1, longest + 1):
            names = {path: _tail(path, depth, versions=versions) for path in paths}
            if len(set(names.values())) == len(paths) and not set(names.values()) & set(taken):
                return names
    return {path: path.replace("/", "-") for path in paths}


def _tail(import_path: str, depth: int, *, versions: bool) -> str:
    elements = import_path.split("/")
    version = [elements.pop()] if len(elements) > 1 and _VERSION_ELEMENT.match(elements[-1]) else []
    return "-".join([*elements[-depth:], *(version if versions else ())])
