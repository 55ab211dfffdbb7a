"""What a package graph was read from, so that a later run can tell whether it would be the same.

Two digests say so. The *stamps* are of the identities of all files: equal, and nothing changed at all. The *shape* is
of what ``go list`` reads of them: equal, and the graph is the same, whatever else is in the files.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ..store import digest_of
from ..tree import Stamp, Tree, as_bytes

if TYPE_CHECKING:
    from ..contents import Contents

_META = re.compile(r"[*?[\\]")
_TERM = re.compile(r"\[(?P<negated>\^?)(?P<members>(?:\\.|[^\]\\])+)\]|\\.|.", re.DOTALL)
_NO_NAMES = frozenset({"", ".", ".."})


class Watch(NamedTuple):
    """The places on disk that a graph and its closures depend on, as absolute paths."""

    directories: Sequence[str] = ()
    """Those of packages that may change: every file in them that Go may take into a package."""
    files: Sequence[str] = ()
    """go.mod, .pc files and the like, whether they are there or not: they decide what a package is and links."""
    embeds: Sequence[Sequence[Any]] = ()
    """Directory and patterns of ``//go:embed``."""
    inputs: Sequence[str] = ()
    """Headers, archives and profiles: their content is in a binary, but the graph does not depend on it."""
    folders: Sequence[str] = ()
    """Where headers and archives are looked for."""

    def stamps(self, tree: Tree, directories: str = "") -> str:
        """Return the digest of the identities of everything; ``directories`` is that of the directories, if known."""
        digest = hashlib.blake2b((directories or self.stamps_of_directories(tree)).encode(), digest_size=16)
        single = [(path, tree.stamp(path)) for path in (*self.files, *self.inputs)]
        named = [(path, tree.names(path)) for path in self.folders]
        embedded = [expand(tree, directory, patterns) for directory, patterns in self.embeds]
        digest.update(as_bytes([single, named, embedded, tree.shown()]))
        return digest.hexdigest()

    def stamps_of_directories(self, tree: Tree) -> str:
        """Return the digest of the identities of the files that stand in the directories."""
        digest = hashlib.blake2b(digest_size=16)
        for path in self.directories:
            found = tree.on_disk(path)
            digest.update(path.encode("utf-8", "surrogateescape"))
            digest.update(found.identity if found else b"")
        return digest.hexdigest()

    def shape(self, tree: Tree, contents: Contents) -> str:
        """Return the digest of what ``go list`` reads."""
        parts: list[object] = []
        for directory in self.directories:
            parts += [directory, contents.sources(directory).shape]
        for file in self.files:
            parts += [file, tree.stamp(file) is not None and contents.digest(file)]
        parts += [name for directory, patterns in self.embeds for name in expand(tree, directory, patterns)]
        return digest_of(*parts)

    def young(self, tree: Tree, contents: Contents) -> Iterator[str]:
        """Yield every file whose identity does not tell yet whether it changes again."""
        for directory in self.directories:
            if not contents.seal(directory):
                found = tree.directory(directory)
                yield from (tree.actual(os.path.join(directory, name)) for name in (found.files if found else ()))
        for path, stamp in self._single(tree):
            if stamp and not tree.trusts(stamp):
                yield tree.actual(path)

    def times(self, tree: Tree) -> Iterator[int]:
        """Yield when each file last changed that stands where it is seen, in nanoseconds.

        The time of a directory tells of files that are gone.
        """
        directories = (tree.on_disk(path) for path in self.directories)
        for stamp in (
            *map(tree.stamp, self.directories),
            *(stamp for found in directories if found for stamp in found.files.values()),
            *(stamp for path, stamp in self._single(tree) if tree.actual(path) == path),
        ):
            if stamp:
                yield max(stamp[1:3])

    def each(self, tree: Tree) -> Iterator[tuple[str, Stamp | None]]:
        """Yield every file, where it stands on disk, with its identity."""
        for path in self.directories:
            found = tree.on_disk(path)
            yield from ((os.path.join(path, name), stamp) for name, stamp in (found.files if found else {}).items())
        yield from self._single(tree)

    def _single(self, tree: Tree) -> Iterator[tuple[str, Stamp | None]]:
        for path in (*self.files, *self.inputs):
            yield path, tree.stamp(path)
        for directory, patterns in self.embeds:
            yield from expand(tree, directory, patterns).items()

    def export(self) -> dict[str, Any]:
        """Return it as plain values; the constructor takes them back."""
        return self._asdict()


def expand(tree: Tree, directory: str, patterns: Iterable[str]) -> Mapping[str, Stamp]:
    """Return the files that ``//go:embed`` patterns may take, by path; a few that it leaves out are among them."""
    key = (directory, *patterns)
    if key not in tree.expanded:
        tree.expanded[key] = _expanded(tree, directory, key[1:])
    return tree.expanded[key]


def _expanded(tree: Tree, directory: str, patterns: Iterable[str]) -> Mapping[str, Stamp]:
    found: dict[str, Stamp] = {}
    for pattern in patterns:
        elements = pattern.removeprefix("all:").split("/")
        # Go refuses patterns that are no plain paths; `..` could lead anywhere.
        if _NO_NAMES.isdisjoint(elements):
            for path in _matching(tree, directory, elements):
                found.update(tree.below(path))
    return found


def _matching(tree: Tree, directory: str, elements: Sequence[str]) -> Iterator[str]:
    if not elements:
        yield directory
    elif not _META.search(elements[0]):
        yield from _matching(tree, os.path.join(directory, elements[0]), elements[1:])
    else:
        expression = _expression(elements[0])
        for name in tree.entries(directory):
            if expression.fullmatch(name):
                yield from _matching(tree, os.path.join(directory, name), elements[1:])


def would_embed(patterns: Iterable[str], file: str) -> bool:
    """Return whether ``//go:embed`` patterns would take a file, given relative to the directory of the package."""
    names = file.split(os.sep)
    for pattern in patterns:
        elements = pattern.removeprefix("all:").split("/")
        pairs = zip(elements, names, strict=False)
        if len(names) >= len(elements) and all(_expression(one).fullmatch(name) for one, name in pairs):
            return True
    return False


def _expression(pattern: str) -> re.Pattern[str]:
    """Return the regular expression for one element of a pattern (grammar: Go's path.Match)."""
    try:
        return re.compile(_TERM.sub(_translated, pattern), re.DOTALL)
    except re.error:
        # A range that ends before it begins.
        return re.compile(".*", re.DOTALL)


def _translated(term: re.Match[str]) -> str:
    text, members = term[0], term["members"]
    if text in "*?":
        return ".*" if text == "*" else "."
    if not members:
        return re.escape(text[-1])
    each = (one if one == "-" else re.escape(one[-1]) for one in re.findall(r"\\.|.", members, re.DOTALL))
    return f"[{term['negated']}{''.join(each)}]"
