"""Files that Go is to see where they do not stand: what a build makes in its own folders, shown in the source tree.

It is what the go command calls an overlay (``go help build``: -overlay). Nothing is written into the source tree.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from .store import digest_of
from .tree import Directory, Stamp, Tree, as_bytes, may_read

_NO_HEADER = r"fatal error: '?([^':\n]+)(?:: No such file|' file not found)"
"""What gcc and clang say."""
_NOT_COVERED = r"\bcover: ([^:\n]+\.go): open "


class Overlay:
    """Where files stand, by the absolute paths at which Go is to see them. Both are there only once they are made."""

    def __init__(self, replace: Mapping[str, str] | None = None) -> None:
        """Show each file of ``replace``, which maps places to files."""
        self.replace = dict(sorted((replace or {}).items()))
        self.folders: dict[str, dict[str, str]] = {}
        """What is to be seen in a folder: files by name."""
        self._subfolders: dict[str, set[str]] = {}
        for place, file in self.replace.items():
            folder, name = os.path.split(place)
            if folder not in self.folders:
                self.folders[folder] = {}
                self._enter(folder)
            self.folders[folder][name] = file
        self.digest = digest_of(*(f"{place} {file}" for place, file in self.replace.items())) if self.replace else ""

    def _enter(self, folder: str) -> None:
        parent, name = os.path.split(folder)
        while name and name not in self._subfolders.setdefault(parent, set()):
            self._subfolders[parent].add(name)
            parent, name = os.path.split(parent)

    def name(self, listing: str) -> str:
        """Return what a listing is called where this is to be seen."""
        return f"{listing}-{self.digest}" if self.digest else listing

    def actual(self, path: str) -> str:
        """Return where the file is that is to be seen at ``path``."""
        return self.replace.get(path, path)

    def subfolders(self, path: str) -> set[str]:
        """Return the names of folders in ``path`` that are to be seen."""
        return self._subfolders.get(path, set())

    def present(self) -> dict[str, str]:
        """Return what can be seen already: the files that are there, by their places."""
        return {place: file for place, file in self.replace.items() if os.path.isfile(file)}


def hidden_header(said: str, overlay: Overlay) -> tuple[str, str] | None:
    """Return the place and the file of a header of an overlay that a C compiler said is not there.

    The go command copies what an overlay shows in the folder of a package beside its C files, and nothing else.
    """
    for match in re.finditer(_NO_HEADER, said):
        for place, file in overlay.replace.items():
            if place.endswith(f"/{match[1]}"):
                return place, file
    return None


def hidden_from_cover(said: str, overlay: Overlay) -> tuple[str, str] | None:
    """Return the place and the file of a Go file of an overlay that cmd/cover did not find, which reads no overlay."""
    for match in re.finditer(_NOT_COVERED, said):
        if match[1] in overlay.replace:
            return match[1], overlay.replace[match[1]]
    return None


NOTHING = Overlay()
"""Everything stands where it is seen."""


def write_json(replace: Mapping[str, str], file: str) -> None:
    """Write what the go command takes as ``-overlay``. Raises OSError."""
    import json

    with open(file, "w", encoding="utf-8") as stream:
        json.dump({"Replace": dict(replace)}, stream, indent=1, sort_keys=True)
        stream.write("\n")


class OverlaidTree(Tree):
    """What stands on disk, and what is to be seen besides."""

    def __init__(self, base: Tree, overlay: Overlay) -> None:
        """Look at ``base``, through an overlay."""
        super().__init__(tests=base.tests)
        self.begun, self.trusted_before = base.begun, base.trusted_before
        self._base, self._overlay = base, overlay

    def anew(self) -> Tree:
        """Return a tree in which nothing was looked at yet."""
        return OverlaidTree(self._base.anew(), self._overlay)

    def actual(self, path: str) -> str:
        """Return where the file is that is to be seen at ``path``."""
        return self._overlay.actual(path)

    def shown(self) -> list[tuple[str, Stamp | None]]:
        """Return the places of what does not stand where it is seen, and its identities."""
        return [(place, self._base.stamp(file)) for place, file in self._overlay.replace.items()]

    def stamp(self, path: str) -> Stamp | None:
        """Return the identity of what is seen at a path; None if that is nothing."""
        return self._base.stamp(self._overlay.actual(path))

    def on_disk(self, path: str) -> Directory | None:
        """Return what a directory holds on disk."""
        return self._base.directory(path)

    def _look_into(self, path: str) -> Directory | None:
        """Return what is seen in a directory; None if that is nothing."""
        found, more = self._base.directory(path), self._overlay.folders.get(path, {})
        stamps = {name: self._base.stamp(file) for name, file in more.items() if may_read(name, tests=self.tests)}
        seen = {name: stamp for name, stamp in stamps.items() if stamp}
        if not seen:
            return found
        files = dict(sorted({**(found.files if found else {}), **seen}.items()))
        folders = sorted({*(found.folders if found else ()), *self._overlay.subfolders(path)})
        return Directory(files, folders, as_bytes([*files.items()]), is_busy=True)

    def entries(self, path: str) -> tuple[str, ...]:
        """Return all names that are seen in a directory, sorted."""
        more = (name for name, file in self._overlay.folders.get(path, {}).items() if self._base.stamp(file))
        return tuple(sorted({*self._base.entries(path), *more, *self._overlay.subfolders(path)}))

    def below(self, path: str) -> dict[str, Stamp]:
        """Return every file that is seen under a directory by path, whatever its name; of a file, itself."""
        inside = os.path.join(path, "")
        found = dict(self._base.below(path))
        for place, file in self._overlay.replace.items():
            stamp = self._base.stamp(file) if place == path or place.startswith(inside) else None
            if stamp:
                found[place] = stamp
        return dict(sorted(found.items()))
