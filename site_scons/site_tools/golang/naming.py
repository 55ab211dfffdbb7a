"""What programs are called: as ``go build`` calls them, and differently where two would share a name. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from .modules import MainPackage

_VERSION_ELEMENT = re.compile(r"v(?:[2-9]|[1-9][0-9]+)$")


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
