"""What files contain: their digests, and what ``go list`` reads of them. A file is read once for each identity."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from .gosource import TOKENS, build_constraint, may_load_libraries
from .store import digest_of
from .tree import Tree

_DECLARATIONS = frozenset({"func", "type", "var", "const"})
_DIRECTIVE = re.compile(r"(?://go:debug|#cgo)\b.*")
_EMBED = re.compile(r"//go:embed\b.*")


class Content(NamedTuple):
    """The content of one file."""

    digest: str
    header: str
    """Digest of what decides about its package; nothing else in the file changes the package graph."""
    package: str
    """The name in the package clause; empty if it is no Go file."""
    constraint: str
    """Its build constraint."""
    cgo: bool
    """Whether it imports "C"."""
    loads: bool
    """Whether there may be a pragma in it that has the program load a shared library."""


class Sources(NamedTuple):
    """What the files of a directory contain that Go may take into a package."""

    shape: str
    """Digest of the names of the files and of what decides about the package."""
    digests: Mapping[str, str]
    """The digest of each file by name."""
    mains: Sequence[Sequence[Any]]
    """Name, build constraint, and whether it imports "C", of each Go file of a package main."""
    loading: Sequence[str]
    """The names of Go files with pragmas that may have the program load a shared library."""
    files: Sequence[Sequence[Any]] = ()
    """Name, build constraint, and whether it imports "C", of each Go file, where tests are among them."""


_SEEN = 4
"""How many former states of a directory are remembered."""

_ABSENT = Content("absent", "absent", "", "", cgo=False, loads=False)


def read_content(path: str) -> Content:
    """Read a file; one that cannot be read has a content of its own."""
    try:
        with open(path, "rb") as stream:
            data = stream.read()
    except OSError:
        return _ABSENT
    digest = hashlib.blake2b(data, digest_size=16).hexdigest()
    if not path.endswith(".go"):
        # Build constraints stand in the files of C and assembly too (go/build: matchFile).
        constraint = build_constraint(data.decode("utf-8", "replace")) if b"build" in data else ""
        return Content(digest, constraint, "", constraint, cgo=False, loads=False)
    text = data.decode("utf-8-sig", "replace")
    constraint, loads = build_constraint(text), may_load_libraries(text)
    words, directives = _listed(text)
    package = words[1] if words[:1] == ["package"] and len(words) > 1 else ""
    header = digest_of(constraint, loads, *words, *directives)
    return Content(digest, header, package, constraint, cgo='"C"' in words or "`C`" in words, loads=loads)


def digest_of_file(path: str) -> str:
    """Return the digest of a file; one that cannot be read has a digest of its own."""
    try:
        with open(path, "rb") as stream:
            return hashlib.blake2b(stream.read(), digest_size=16).hexdigest()
    except OSError:
        return _ABSENT.digest


def _listed(text: str) -> tuple[list[str], list[str]]:
    """Return the words of the package clause and imports, and the comments that ``go list`` obeys."""
    words, end = [], len(text)
    for match in TOKENS.finditer(text):
        word = match[0]
        if word in _DECLARATIONS:
            end = match.start()
            break
        if not word.startswith(("//", "/*")):
            words.append(word)
    directives = _DIRECTIVE.findall(text, 0, end)
    if '"embed"' in words or "`embed`" in words:
        directives += _EMBED.findall(text)
    return words, directives


class Contents:
    """The contents of files and directories, by path, that hold as long as the identities of the files do."""

    def __init__(self, tree: Tree, known: Mapping[str, Any] | None = None) -> None:
        """Begin with ``known``, which :meth:`export` made."""
        self._tree = tree
        self._known_files: dict[str, Any] = dict(known["files"]) if known else {}
        self._known_directories: dict[str, Any] = dict(known["directories"]) if known else {}
        self._files: dict[str, str] = {}
        self._directories: dict[str, Sources] = {}
        self._seals: dict[str, str] = {}
        self.changed = False
        """Whether there is more than what it began with."""

    def digest(self, path: str) -> str:
        """Return the digest of a file, and read it only if its identity is a new one."""
        if path not in self._files:
            stamp, known = self._tree.stamp(path), self._known_files.get(path)
            if known and tuple(known[0]) == stamp:
                self._files[path] = known[1]
                return str(known[1])
            self.changed = True
            self._files[path] = digest_of_file(self._tree.actual(path))
            self._known_files.pop(path, None)
            if self._tree.trusts(stamp):
                self._known_files[path] = [stamp, self._files[path]]
        return self._files[path]

    def read(self, path: str) -> str:
        """Return the digest of a file as it was when the tree was looked at; empty if it was not read then."""
        directory, name = os.path.split(path)
        if directory in self._directories or self._recalls(directory):
            found = self.sources(directory).digests.get(name)
            if found:
                return found
        known = self._known_files.get(path)
        return self._files.get(path, known[1] if known and tuple(known[0]) == self._tree.stamp(path) else "")

    def _recalls(self, directory: str) -> bool:
        seal, known = self.seal(directory), self._known_directories.get(directory)
        return bool(known and seal and known[0] == seal)

    def sources(self, directory: str) -> Sources:
        """Return what the files of a directory contain, and read them only if one of them has a new identity."""
        if directory not in self._directories:
            known = self._known_directories.get(directory)
            if known and self._recalls(directory):
                self._directories[directory] = Sources(*known[2:])
            else:
                self.changed = True
                self._directories[directory] = found = self._read(directory)
                seen = [*(known[1] if known else ())][-_SEEN:]
                stamps = self._stamps_for_go(directory)
                if all(one != stamps for one, _ in seen):
                    seen.append((stamps, found.shape))
                self._known_directories[directory] = [self.seal(directory), seen, *found]
        return self._directories[directory]

    def may_mislead_go(self, directory: str) -> bool:
        """Return whether a directory was seen to hold something else that looked the same to the go command.

        It keeps an index of each directory for as long as sizes and modification times of its files stay the same
        (cmd/go/internal/modindex), though a file may have been replaced and its time restored.
        """
        shape = self.sources(directory).shape
        others = [stamps for stamps, other in self._known_directories[directory][1] if other != shape]
        return bool(others) and self._stamps_for_go(directory) in others

    def _stamps_for_go(self, directory: str) -> str:
        found = self._tree.directory(directory)
        return digest_of(*((name, *stamp[:2]) for name, stamp in (found.files.items() if found else ())))

    def seal(self, directory: str) -> str:
        """Return a digest that changes with any of the files of a directory; empty if they are too young to tell."""
        if directory not in self._seals:
            found = self._tree.directory(directory)
            old = found and all(map(self._tree.trusts, found.files.values()))
            self._seals[directory] = (
                hashlib.blake2b(found.identity, digest_size=16).hexdigest() if found and old else ""
            )
        return self._seals[directory]

    def _read(self, directory: str) -> Sources:
        found = self._tree.directory(directory)
        paths = {name: os.path.join(directory, name) for name in (found.files if found else ())}
        read = {name: read_content(self._tree.actual(path)) for name, path in paths.items()}
        return Sources(
            shape=digest_of(*(f"{name} {content.header}" for name, content in read.items())),
            digests={name: content.digest for name, content in read.items()},
            mains=[
                [name, content.constraint, content.cgo] for name, content in read.items() if content.package == "main"
            ],
            loading=[name for name, content in read.items() if content.loads],
            files=[
                [name, content.constraint, content.cgo]
                for name, content in read.items()
                if self._tree.tests and name.endswith(".go")
            ],
        )

    def export(self) -> dict[str, Any]:
        """Return what may be believed next time."""
        self.changed = False
        return {
            "files": {path: known for path, known in self._known_files.items() if self._tree.stamp(path)},
            "directories": {
                path: known for path, known in self._known_directories.items() if self._tree.directory(path)
            },
        }
