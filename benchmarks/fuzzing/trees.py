"""A project on disk: writes what a module renders to, in the ways that files get changed."""

from __future__ import annotations

import os
import random
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass

from .model import Content, Link

AGES = (0, 3600, -3600)
OLD = 40 * 24 * 3600


@dataclass(frozen=True)
class Way:
    """How files get new content: in place or as new files; with what times."""

    in_place: bool = True
    times: str = "now"

    @classmethod
    def drawn(cls, rng: random.Random) -> Way:
        """Return a way: ``kept`` times need content of the same size, ``earlier`` ones come back with it."""
        return cls(in_place=rng.random() < 0.6, times=rng.choices(("now", "kept", "earlier"), (6, 3, 2))[0])

    def __str__(self) -> str:
        return f"{'in place' if self.in_place else 'replaced'}, times {self.times}"


Identity = tuple[int, int, int]


class Tree:
    """A folder, and the files in it that no build may write to."""

    def __init__(self, folder: str, files: Mapping[str, Content], age: int = 0) -> None:
        """Write ``files`` into a fresh folder, all ``age`` seconds old."""
        shutil.rmtree(folder, ignore_errors=True)
        self.folder = folder
        self.files: dict[str, Content] = {}
        self._times: dict[tuple[str, Content], int] = {}
        self.update(files, Way())
        if age:
            self.touch(list(files), age)

    def path(self, name: str) -> str:
        """Return the absolute path of a file."""
        return os.path.join(self.folder, name)

    def update(self, files: Mapping[str, Content], way: Way) -> None:
        """Make the folder hold exactly ``files``, and whatever builds left."""
        gone = {name: content for name, content in self.files.items() if name not in files}
        changed = {name: content for name, content in files.items() if self.files.get(name) != content}
        for name, content in changed.items():
            if name in self.files:
                continue
            os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
            source = next((old for old, known in gone.items() if known == content), None)
            if source is not None and not isinstance(content, Link):
                os.rename(self.path(source), self.path(name))
                self._times[name, content] = os.stat(self.path(name)).st_mtime_ns
                del gone[source]
            else:
                self._write(name, content, way)
        for name in gone:
            self._remove(name)
        for name in changed.keys() & self.files.keys():
            self._write(name, changed[name], way)
        self.files = dict(files)

    def _remove(self, name: str) -> None:
        os.unlink(self.path(name))
        folder = os.path.dirname(self.path(name))
        while not os.listdir(folder):
            os.rmdir(folder)
            folder = os.path.dirname(folder)

    def _write(self, name: str, content: Content, way: Way) -> None:
        path, before = self.path(name), self.files.get(name)
        if isinstance(content, Link) or isinstance(before, Link):
            if before is not None:
                os.unlink(path)
            before = None
        if isinstance(content, Link):
            os.symlink(content.target, path)
            return
        time_before = os.stat(path).st_mtime_ns if before is not None else 0
        if way.in_place or before is None:
            with open(path, "r+b" if before is not None else "wb") as stream:
                stream.write(content)
                stream.truncate()
        else:
            with open(path + ".new", "wb") as stream:
                stream.write(content)
            os.replace(path + ".new", path)
        restored = None
        if way.times == "kept" and isinstance(before, bytes) and len(before) == len(content):
            restored = time_before
        elif way.times == "earlier":
            restored = self._times.get((name, content))
        if restored is not None:
            os.utime(path, ns=(restored, restored))
        self._times[name, content] = os.stat(path).st_mtime_ns

    def touch(self, names: list[str], age: int) -> None:
        """Set the modification time of files; their content stays."""
        stamp = time.time_ns() - age * 10**9
        for name in names:
            if not isinstance(self.files[name], Link):
                os.utime(self.path(name), ns=(stamp, stamp))

    def identities(self, names: list[str]) -> dict[str, Identity]:
        """Return what tells whether somebody wrote a file, of those files that there are."""
        stats = {name: os.lstat(self.path(name)) for name in names if os.path.lexists(self.path(name))}
        return {name: (stat.st_ino, stat.st_mtime_ns, stat.st_size) for name, stat in stats.items()}

    def left(self, known: set[str]) -> list[str]:
        """Return the files that builds left which are neither ``known`` nor SCons's own, sorted: a tool's caches."""
        found = []
        for folder, _, names in os.walk(self.folder):
            relative = [os.path.relpath(os.path.join(folder, name), self.folder) for name in names]
            found += [name for name in relative if name not in self.files and name not in known]
        return sorted(name for name in found if not name.startswith(".sconsign"))
