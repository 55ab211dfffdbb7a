"""Whether the loader finds the shared libraries of a program where the program is to be (linkage case C13)."""

from __future__ import annotations

import fnmatch
import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from .errors import InspectError
from .facts import ElfFacts
from .finding import Finding
from .inspect import inspect_file
from .linkage import Level

_USUAL = ("/lib", "/usr/lib", "/lib64", "/usr/lib64")
_ORIGIN = ("$ORIGIN", "${ORIGIN}")


class _Object(NamedTuple):
    """A program or library that is loaded."""

    name: str
    place: str
    facts: ElfFacts
    inherited: tuple[str, ...]
    """The run paths of what loads it, which count for it too."""

    @property
    def own(self) -> tuple[str, ...]:
        """Where its own run path leads."""
        return tuple(_expanded(self.facts.runpath or self.facts.rpath, os.path.dirname(self.place)))

    @property
    def folders(self) -> tuple[str, ...]:
        """Where the loader looks for what it needs, before it looks where all programs have their libraries."""
        # DT_RUNPATH counts for one object alone, and makes the loader leave out every DT_RPATH (ld.so(8)).
        return self.own if self.facts.runpath else (*self.own, *self.inherited)


def loading_findings(
    elf: ElfFacts, name: str, place: str, known: Sequence[str], *, here: bool, level: Level
) -> tuple[Finding, ...]:
    """Return which libraries the program ``name``, of which ``elf`` is known, does not find at the path ``place``.

    ``known`` are patterns of libraries that need not be looked for; ``here`` tells whether it is for this machine,
    whose own folders then count. Libraries that are found are asked for what they need themselves.
    """
    if level is Level.OK:
        return ()
    found, seen = [], set[str]()
    usual = tuple(_system_folders()) if here else ()
    ahead = deque([_Object(name, place, elf, ())])
    while ahead:
        current = ahead.popleft()
        inherited = () if current.facts.runpath else current.folders
        for library in current.facts.needed:
            if library in seen or any(fnmatch.fnmatchcase(library, pattern) for pattern in known):
                continue
            seen.add(library)
            path = _path_of(library, (*current.folders, *usual))
            if not path:
                found.append(_missing(library, current, level))
            elif os.path.dirname(path) not in usual:
                facts = _facts(path)
                ahead.extend([_Object(library, path, facts, inherited)] if facts else [])
    return tuple(found)


def _expanded(paths: Iterable[str], origin: str) -> Iterator[str]:
    for path in paths:
        for token in _ORIGIN:
            path = path.replace(token, origin)  # noqa: PLW2901
        yield os.path.normpath(path)


def _path_of(library: str, folders: Iterable[str]) -> str:
    """Return where a library is found; empty if nowhere. One with a slash is not searched for."""
    paths = [library] if "/" in library else [os.path.join(folder, library) for folder in folders]
    return next((path for path in paths if os.path.isabs(path) and os.path.isfile(path)), "")


def _facts(path: str) -> ElfFacts | None:
    try:
        return inspect_file(path).elf
    except InspectError:
        return None


def _missing(library: str, needed_by: _Object, level: Level) -> Finding:
    paths = needed_by.facts.runpath or needed_by.facts.rpath
    relative = [path for path in paths if not path.startswith(("/", "$"))]
    found = "nowhere but where all programs have their libraries: it has no run path"
    # That of a program counts for no library.
    fix = f"RPATH= a folder that has it, where {needed_by.name} is linked"
    if paths:
        found = f"it is not in {', '.join(needed_by.own)}"
    if relative:
        found = f"a run path that is relative, {relative[0]!r}: the loader looks in the folder that a process runs in"
        fix = (
            f"RPATH=[env.Dir({relative[0]!r})] for that folder of this build, or a path from the program's own "
            'folder on, such as [Literal("\\\\$$ORIGIN/../lib")]'
        )
    return Finding(
        case="C13",
        wanted=f"{library}, which {needed_by.name} needs, found where {needed_by.name} is",
        found=found,
        why="run path " + ":".join(paths) if paths else "",
        fix=f"{fix}; GOVERIFYLIBS=[{library!r}] if it is there wherever the program runs; "
        "GOVERIFYRUNPATH='ok' if both are installed elsewhere",
        level=level,
    )


def _system_folders(configuration: str = "/etc/ld.so.conf") -> Iterator[str]:
    """Yield the folders of this machine in which its loader looks (ld.so(8), ldconfig(8))."""
    yield from _USUAL
    yield from _configured(configuration, 0)


def _configured(path: str, depth: int) -> Iterator[str]:
    import glob

    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            lines = [line.partition("#")[0].split() for line in stream]
    except OSError:
        return
    for words in filter(None, lines):
        if words[0] == "include" and depth < 2:  # noqa: PLR2004
            for pattern in words[1:]:
                for file in sorted(glob.glob(os.path.join(os.path.dirname(path), pattern))):
                    yield from _configured(file, depth + 1)
        elif words[0].startswith("/"):
            yield words[0].rstrip("/")
