"""The main packages of modules, and what their programs are called, read without a Go toolchain."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping, Sequence

from .contents import Contents, Sources
from .errors import PackageError
from .gosource import is_permitted, read_source
from .modules import MainPackage

_VERSION_ELEMENT = re.compile(r"v(?:[2-9]|[1-9][0-9]+)$")
_MODULE = re.compile(r'^[ \t]*module[ \t]+(?:"([^"]+)"|`([^`]+)`|(\S+))', re.MULTILINE)


def module_path(module_root: str) -> str:
    """Return the module path that go.mod declares. Raises PackageError if it declares none."""
    match = _MODULE.search(read_source(os.path.join(module_root, "go.mod")))
    if not match:
        msg = f"{os.path.join(module_root, 'go.mod')} has no module line"
        raise PackageError(msg)
    return match[1] or match[2] or match[3]


def find_main_packages(
    root_of: Mapping[str, str], tags: Collection[str], contents: Contents
) -> tuple[MainPackage, ...]:
    """Return the main packages among directories, sorted by directory, with names.

    ``root_of`` is the module root of each directory, as from :func:`walk_modules`; ``tags`` are those that hold, as
    from ``gosource.tags_of``. Raises PackageError if a go.mod cannot be read.
    """
    prefixes = {root: module_path(root) for root in set(root_of.values())}
    found = []
    for directory in sorted(root_of):
        if _has_main(contents.sources(directory), tags):
            root = root_of[directory]
            relative = os.path.relpath(directory, root).replace(os.sep, "/")
            path = prefixes[root] if relative == "." else f"{prefixes[root]}/{relative}"
            found.append(MainPackage(directory=directory, module_root=root, import_path=path))
    return name_programs(found)


def _has_main(sources: Sources, tags: Collection[str]) -> bool:
    return any(
        is_permitted(name, constraint, tags) and ("cgo" in tags or not cgo) for name, constraint, cgo in sources.mains
    )


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
    called: dict[str, list[str]] = {}
    for path in sorted({main.import_path for main in mains}):
        called.setdefault(program_name(path), []).append(path)
    names = {path: name for name, paths in called.items() for path in paths}
    for _, sharing in sorted(called.items()):
        if len(sharing) > 1:
            taken = {other for path, other in names.items() if path not in sharing}
            names.update(_tell_apart(sharing, taken))
    return tuple(main._replace(name=names[main.import_path]) for main in mains)


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
