"""What programs are called: as ``go build`` calls them, differently where two share a name. And libraries. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

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


class LibraryName(NamedTuple):
    """What the files of a library are called."""

    stem: str
    """Its name alone: ``api`` of ``libapi.so.1.2``."""
    file: str
    header: str
    soname: str = ""
    """What a shared library is called by what loads it."""
    links: tuple[str, ...] = ()
    """Other names of a shared library, as symbolic links."""


def library_name(
    name: str, prefix: str, suffix: str, version: str = "", *, soname: str = "", so: str = ""
) -> LibraryName:
    """Return what the files of a library are called by SCons's conventions, with or without prefix and suffix.

    ``version`` is $SHLIBVERSION, ``soname`` $SONAME and ``so`` $SOVERSION, in place of the first part of the version.
    """
    versioned = f"{suffix}.{version}" if version else suffix
    stem = name.removesuffix(versioned).removesuffix(suffix)
    if stem != prefix:
        stem = stem.removeprefix(prefix)
    base, file = f"{prefix}{stem}{suffix}", f"{prefix}{stem}{versioned}"
    major = so or version.partition(".")[0]
    soname = soname or (f"{base}.{major}" if major else file)
    links = tuple(link for link in dict.fromkeys((soname, base)) if link != file)
    return LibraryName(stem, file, f"{prefix}{stem}.h", soname, links)
