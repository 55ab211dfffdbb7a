"""What files contain: their digests, and what ``go list`` reads of them. A file is read once for each identity."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from .gosource import TOKENS, build_constraint
from .store import digest_of
from .tree import Tree

_DECLARATIONS = frozenset({"func", "type", "var", "const"})
_DIRECTIVE = re.compile(r"(?://go:debug|#cgo)\b.*")
_EMBED = re.compile(r"//go:embed\b.*")


class Content(NamedTuple):
    """The content of one file."""

    digest: str
    header: str
    """Digest of what the go command reads of it to know its package; nothing else in it changes the package graph."""
    package: str
    """The name in the package clause; empty if it is no Go file."""
    constraint: str
    """Its build constraint."""
    cgo: bool
    """Whether it imports "C"."""


_ABSENT = Content("absent", "absent", "", "", cgo=False)


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
        return Content(digest, constraint, "", constraint, cgo=False)
    text = data.decode("utf-8-sig", "replace")
    constraint = build_constraint(text)
    words, directives = _listed(text)
    package = words[1] if words[:1] == ["package"] and len(words) > 1 else ""
    header = digest_of(constraint, *words, *directives)
    return Content(digest, header, package, constraint, cgo='"C"' in words or "`C`" in words)


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
    """The contents of files, by path, that hold as long as the identities of the files do."""

    def __init__(self, tree: Tree, known: Mapping[str, Any] | None = None) -> None:
        """Begin with ``known``, which :meth:`export` made."""
        self._tree = tree
        self._known = dict(known or {})
        self._read: dict[str, Content] = {}

    @property
    def changed(self) -> bool:
        """Whether there is more than what it began with."""
        return bool(self._read)

    def content(self, path: str) -> Content:
        """Return the content of a file, and read it only if its identity is a new one."""
        if path in self._read:
            return self._read[path]
        known = self._known.get(path)
        if known is not None and tuple(known[0]) == self._tree.stamp(path):
            return Content(*known[1])
        self._read[path] = read_content(path)
        return self._read[path]

    def export(self) -> dict[str, Any]:
        """Return what may be believed next time."""
        known = {path: entry for path, entry in self._known.items() if self._tree.stamp(path)}
        for path, content in self._read.items():
            stamp = self._tree.stamp(path)
            if self._tree.trusts(stamp):
                known[path] = (stamp, content)
            else:
                known.pop(path, None)
        return known
