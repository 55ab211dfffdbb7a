"""What stands on disk now, told by the identity of files and without reading them.

A file's identity is its size, its time of modification, the time of its last change of any kind (which nothing can
set back) and its inode. It is trusted only once it is old enough: a file that was changed a moment ago may change again
within one tick of the file system's clock, and look the same.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import stat
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

Stamp = tuple[int, int, int, int]
"""Size in bytes, modification and change time in nanoseconds since the epoch, and inode."""

_TICK = 2_000_000_000
"""Nanoseconds: the coarsest clock of a file system in use (FAT); it also covers kernel clocks that lag a little."""

READ = (
    ".go", ".c", ".cc", ".cpp", ".cxx", ".m", ".h", ".hh", ".hpp", ".hxx", ".f", ".F", ".for", ".f90", ".s", ".S",
    ".sx", ".swig", ".swigcxx", ".syso", ".pgo",
)  # fmt: skip
"""The file names that the go command may take into a package (go/build: matchFile, cmd/go: default.pgo)."""

_READ = frozenset(READ)


class Directory(NamedTuple):
    """What a directory holds: the files that could be part of a Go package, and the folders."""

    files: dict[str, Stamp]
    """By name, sorted. With go.mod and go.work; without tests, which no build of a program reads, unless asked for."""
    folders: list[str]
    """Without symbolic links, which the go command does not follow."""
    identity: bytes
    """The files, as bytes."""
    is_busy: bool = False
    """Whether SCons writes to it in every run, so that its own times say nothing."""


def stamp_of(status: os.stat_result) -> Stamp:
    """Return the identity in a file's status."""
    return (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


class Tree:
    """Files and directories, each looked at once."""

    def __init__(self, known: Mapping[str, Any] | None = None, *, tests: bool = False) -> None:
        """Start with nothing looked at.

        ``known`` is what :meth:`export` returned to an earlier run; ``tests``: the files of tests count too.
        """
        self.tests = tests
        self.begun = time.time_ns()
        """Nanoseconds since the epoch; nothing was looked at before."""
        self.trusted_before = self.begun - _TICK
        """Nanoseconds since the epoch; what changed later may change again without looking different."""
        self._directories: dict[str, Directory | None] = {}
        # Which names a directory holds changes its own times; elsewhere than on POSIX they may lag.
        self._known: dict[str, Any] = dict(known or {}) if os.name == "posix" else {}
        self._glanced: dict[str, tuple[list[int], list[Stamp]]] = {}
        self.changed = False
        """Whether there is more to export than what was known."""
        self._stamps: dict[str, Stamp | None] = {}
        self._names: dict[str, tuple[str, ...]] = {}
        self._below: dict[str, dict[str, Stamp]] = {}
        self.expanded: dict[tuple[str, ...], Mapping[str, Stamp]] = {}
        """What patterns take below a directory, by that directory and the patterns."""

    def trusts(self, stamp: Stamp | None) -> bool:
        """Return whether every later change would show in the stamp."""
        # Elsewhere than on POSIX the third number is when the file was made.
        return stamp is not None and (stamp[2] if os.name == "posix" else stamp[1]) < self.trusted_before

    def stamp(self, path: str) -> Stamp | None:
        """Return the identity of what a path leads to; None if that is nothing."""
        if path not in self._stamps:
            folder, name = os.path.split(path)
            known = self._directories.get(folder)
            found = known.files.get(name) if known else None
            if found is None:
                try:
                    found = stamp_of(os.stat(path))
                except (OSError, ValueError):
                    found = None
            self._stamps[path] = found
        return self._stamps[path]

    def anew(self) -> Tree:
        """Return a tree in which nothing was looked at yet."""
        return Tree(tests=self.tests)

    def actual(self, path: str) -> str:
        """Return where the file is that is seen at ``path``: here, nothing is seen but what stands there."""
        return path

    def shown(self) -> list[tuple[str, Stamp | None]]:
        """Return the places of what does not stand where it is seen, and its identities."""
        return []

    def directory(self, path: str) -> Directory | None:
        """Return what a directory holds; None if it cannot be read."""
        if path not in self._directories:
            self._directories[path] = self._look_into(path)
        return self._directories[path]

    def on_disk(self, path: str) -> Directory | None:
        """Return the same of what stands there."""
        return self.directory(path)

    def _look_into(self, path: str) -> Directory | None:
        return self._recall(path) or self._read(path)

    def glance(self) -> str:
        """Look at everything that was known, without asking for new names; return the digest of all identities.

        It is that of :meth:`export` if nothing changed; empty if something is gone.
        """
        look, complete = os.stat, True
        for path, (identity, names, folders) in self._known.items():
            try:
                if not identity:
                    found = _read_directory(path, tests=self.tests)
                    complete = complete and found is not None and (list(found.files), found.folders) == (names, folders)
                    self._directories[path] = found
                    self._glanced[path] = ([], list(found.files.values()) if found else [])
                    continue
                status = look(path)
                stamps = []
                for name in names:
                    file = look(f"{path}/{name}")
                    stamps.append((file.st_size, file.st_mtime_ns, file.st_ctime_ns, file.st_ino))
            except OSError:
                complete = False
                continue
            self._glanced[path] = ([status.st_mtime_ns, status.st_ctime_ns, status.st_ino], stamps)
        return _digest(self._glanced) if complete else ""

    def _recall(self, path: str) -> Directory | None:
        """Return what a directory holds if it still holds the same names: looking at each is cheaper than listing."""
        known, glanced = self._known.get(path), self._glanced.get(path)
        if known is None or glanced is None or known[0] != glanced[0]:
            return None
        found = list(zip(known[1], glanced[1], strict=True))
        return Directory(dict(found), known[2], as_bytes(found))

    def _read(self, path: str) -> Directory | None:
        self.changed = True
        self._known.pop(path, None)
        try:
            status = os.stat(path)
        except OSError:
            return None
        found = _read_directory(path, tests=self.tests)
        if found and (found.is_busy or status.st_ctime_ns < self.trusted_before):
            identity = [] if found.is_busy else [status.st_mtime_ns, status.st_ctime_ns, status.st_ino]
            self._known[path] = [identity, list(found.files), found.folders]
        return found

    def export(self) -> tuple[dict[str, Any], str]:
        """Return what directories hold, for a later run, and the digest of the identities of all that.

        The digest is empty if there are directories whose identity does not tell yet whether they change again.
        """
        complete, self.changed = True, False
        for path, found in self._directories.items():
            if found and path in self._known:
                self._glanced[path] = (self._known[path][0], list(found.files.values()))
            else:
                complete = False
        kept = {path: known for path, known in self._known.items() if path in self._glanced}
        return kept, _digest({path: self._glanced[path] for path in kept}) if complete else ""

    def names(self, path: str) -> tuple[str, ...]:
        """Return the names in a directory, sorted; without hidden ones, which build tools keep changing."""
        if path not in self._names:
            self._names[path] = tuple(name for name in self.entries(path) if name[0] != ".")
        return self._names[path]

    def entries(self, path: str) -> tuple[str, ...]:
        """Return all names in a directory, sorted; of what is none, nothing."""
        try:
            return tuple(sorted(os.listdir(path)))
        except OSError:
            return ()

    def below(self, path: str) -> dict[str, Stamp]:
        """Return every file under a directory by path, whatever its name; of a file, itself."""
        if path not in self._below:
            found: dict[str, Stamp] = {}
            stack = [path]
            while stack:
                current = stack.pop()
                try:
                    with os.scandir(current) as entries:
                        for entry in entries:
                            if entry.is_dir(follow_symlinks=False):
                                stack.append(entry.path)
                            else:
                                found[entry.path] = stamp_of(entry.stat(follow_symlinks=False))
                except NotADirectoryError:
                    # A file, or a path through one.
                    if alone := self.stamp(current):
                        found[current] = alone
                except OSError:
                    continue
            self._below[path] = dict(sorted(found.items()))
        return self._below[path]


def _read_directory(path: str, *, tests: bool) -> Directory | None:
    found: list[tuple[str, Stamp]] = []
    folders: list[str] = []
    busy = False
    try:
        with os.scandir(path) as entries:
            for entry in entries:
                name = entry.name
                if may_read(name, tests=tests):
                    stamp = _stamp_of_entry(entry)
                    if stamp:
                        found.append((name, stamp))
                        continue
                if entry.is_dir(follow_symlinks=False):
                    folders.append(name)
                busy = busy or name.startswith(".sconsign")
    except OSError:
        return None
    found.sort()
    folders.sort()
    return Directory(dict(found), folders, as_bytes(found), busy)


def may_read(name: str, *, tests: bool = False) -> bool:
    """Return whether Go may take a file of this name into a package or module; those of ``tests`` or not."""
    taken = name[name.rfind(".") :] in _READ or name in ("go.mod", "go.work")
    return taken and (tests or not name.endswith("_test.go")) and name[0] not in "._"


def _stamp_of_entry(entry: os.DirEntry[str]) -> Stamp | None:
    """Return the identity of a file that Go may read; None for folders such as nats.go."""
    try:
        status = entry.stat()
    except OSError:
        # The go command fails to read a link to nothing, but for go.mod.
        return (0, 0, 0, 0) if entry.is_symlink() and entry.name != "go.mod" else None
    return None if stat.S_ISDIR(status.st_mode) else stamp_of(status)


def _digest(looked: Mapping[str, tuple[list[int], list[Stamp]]]) -> str:
    return hashlib.blake2b(as_bytes(list(looked.items())), digest_size=16).hexdigest()


def as_bytes(value: Any) -> bytes:
    """Return bytes that are equal for equal values of plain types."""
    # Later versions of the format write which objects are the same one.
    return marshal.dumps(value, 2)
