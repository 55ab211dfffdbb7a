"""Archives that a program links which were compiled against another C library than its own (linkage case C15)."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Iterable, Iterator, Sequence

from .errors import InspectError
from .facts import ObjectSymbols
from .finding import Finding
from .gosource import read_source
from .inspect import inspect_archive
from .libc_symbols import find_mixed, mixed_finding
from .packages import Package
from .predict import CgoUse

_C_NAME = re.compile(r"\bC\.([A-Za-z_]\w*)")
_WORD = re.compile(r"\b_\w+")


def mixed_archives(
    packages: Sequence[Package], uses: Sequence[CgoUse], extra_flags: Sequence[str], *, static: bool
) -> tuple[Finding, ...]:
    """Return a finding for each archive of glibc that cgo ``packages`` of a program for musl link.

    ``extra_flags`` are those of CGO_LDFLAGS; ``static`` tells whether no shared library is taken instead. What cannot
    be read is left to the linker.
    """
    own = [package for package in packages if not package.standard]
    chains = {use.package: str(use) for use in uses}
    brought = dict.fromkeys(archives_of(extra_flags, "", static=static), "")
    for package in reversed(own):
        named = archives_of(package.cgo_ldflags, package.dir, static=static)
        brought.update(dict.fromkeys(named, chains.get(package.import_path, "")))
    archives = {path: _objects(path) for path in brought}
    if not any(archives.values()):
        return ()
    go = [read_source(package.path(name)) for package in own for name in package.cgo_files]
    c = [read_source(package.path(name)) for package in own for name in package.native_files]
    wanted = {name for text in go for name in _C_NAME.findall(text)}
    defined = {name for text in (*go, *c) for name in _WORD.findall(text)}
    return tuple(mixed_finding(mixed, brought[mixed.archive]) for mixed in find_mixed(archives, wanted, defined))


def archives_of(flags: Iterable[str], base: str, *, static: bool) -> Iterator[str]:
    """Yield the archives that flags for the linker name, as far as they are in folders that the flags name too."""
    words = iter(flags)
    folders, names = [], []
    for word in words:
        if word.startswith("-L"):
            folders.append(os.path.join(base, word[2:] or next(words, "")))
        elif word.startswith("-l"):
            names.append(word[2:] or next(words, ""))
        elif word.endswith(".a") and not word.startswith("-") and os.path.isfile(os.path.join(base, word)):
            yield os.path.normpath(os.path.join(base, word))
    for name in names:
        files = [name[1:]] if name.startswith(":") else [*([] if static else [f"lib{name}.so"]), f"lib{name}.a"]
        paths = (os.path.join(folder, file) for folder in folders for file in files)
        found = next(filter(os.path.isfile, paths), "")
        if found.endswith(".a"):
            yield os.path.normpath(found)


def _objects(path: str) -> tuple[ObjectSymbols, ...]:
    try:
        status = os.stat(path)
        return _read(path, status.st_size, status.st_mtime_ns)
    except (InspectError, OSError):
        return ()


@functools.lru_cache(maxsize=64)
def _read(path: str, size: int, changed: int) -> tuple[ObjectSymbols, ...]:
    # Once for all programs of a build; size and time tell another archive at the same path.
    del size, changed
    return inspect_archive(path)
