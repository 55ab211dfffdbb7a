"""The files that SCons itself makes: what a Go program takes of them are its real dependencies."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import SCons.Node
import SCons.Node.FS

from ..index.watch import Watch, would_embed

if TYPE_CHECKING:
    from ..packages import Package
from ..tree import READ
from .target import program_of


class DerivedFiles:
    """Every file that a builder makes, by absolute path, but for Go programs."""

    def __init__(self, fs: Any) -> None:
        """Look through all nodes that there are now."""
        self._nodes: dict[str, Any] = {}
        self._known: dict[int, tuple[Watch, list[str]]] = {}
        stack = list({id(root): root for root in fs.Root.values()}.values())
        while stack:
            for name, node in stack.pop().entries.items():
                if isinstance(node, SCons.Node.FS.Dir):
                    if name not in (".", ".."):
                        stack.append(node)
                elif node.has_builder() and program_of(node) is None:
                    self._nodes[node.get_abspath()] = node

    def in_places(self, watch: Watch) -> list[str]:
        """Return those that may be part of what ``watch`` looks at, sorted."""
        if not self._nodes:
            return []
        if id(watch) in self._known:
            return self._known[id(watch)][1]
        folders = {*watch.directories, *watch.folders}
        inputs = frozenset(watch.inputs)
        found = sorted(
            path
            for path in self._nodes
            if os.path.dirname(path) in folders
            or path in inputs
            or any(_embeds(patterns, directory, path) for directory, patterns in watch.embeds)
        )
        self._known[id(watch)] = (watch, found)
        return found

    def of_package(self, package: Package) -> Iterator[Any]:
        """Yield the nodes of a package's own files, whether they are there yet or not."""
        for path, node in self._nodes.items():
            folder, name = os.path.split(path)
            if (folder == package.dir and name.endswith(READ) and not name.endswith("_test.go")) or _embeds(
                package.embed_patterns, package.dir, path
            ):
                yield node

    def built(self) -> int:
        """Return how many were built by now."""
        return sum(node.get_state() == SCons.Node.executed for node in self._nodes.values())


def _embeds(patterns: Any, directory: str, path: str) -> bool:
    inside = path.startswith(os.path.join(directory, ""))
    return inside and would_embed(patterns, os.path.relpath(path, directory))
