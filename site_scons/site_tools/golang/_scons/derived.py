"""The files that SCons itself makes: what a Go program takes of them are its real dependencies.

One is seen by Go where it stands; or, if that is in a build folder, in the source folder that SCons says it belongs to,
or where ``$GOGENERATED`` says.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import SCons.Node
import SCons.Node.FS

from ..errors import PackageError, RequestError
from ..index.watch import Watch, would_embed
from ..modules import find_module_root, main_package
from ..overlay import Overlay
from ..tree import may_read
from .fingerprint import text
from .target import Node, Viewer, is_evidence, program_of

if TYPE_CHECKING:
    from ..packages import Package

_COMPILED = ("OBJSUFFIX", "SHOBJSUFFIX", "LIBSUFFIX", "SHLIBSUFFIX")
"""The construction variables that say how files are called which C compilers make."""


class DerivedFiles:
    """Every file that a builder makes, by absolute path, but for what tells of Go programs.

    Programs themselves are among them only where one embeds another: there are many, and what others are made of
    need not be looked for again when one is built.
    """

    def __init__(self, fs: Any) -> None:
        """Look through all nodes that there are now."""
        self._nodes: dict[str, Node] = {}
        self._programs = Programs()
        self._seen: dict[Any, SeenFiles] = {}
        # Those of build folders, by where SCons says that they belong.
        variants: dict[str, list[Node]] = {}
        self._suffixes: dict[int, frozenset[str]] = {}
        stack = list({id(root): root for root in fs.Root.values()}.values())
        while stack:
            folder = stack.pop()
            made = []
            for name, node in folder.entries.items():
                if isinstance(node, SCons.Node.FS.Dir):
                    if name not in (".", ".."):
                        stack.append(node)
                elif program_of(node) is not None:
                    self._programs.add(node)
                elif node.has_builder() and not is_evidence(node):
                    self._nodes[node.get_abspath()] = node
                    made.append(node)
            source = folder.srcnode() if made else folder
            if source is not folder and _is_in_module(str(source.get_abspath())):
                for node in made:
                    if not self._is_compiled(node):
                        variants.setdefault(os.path.join(source.get_abspath(), node.name), []).append(node)
        self._shown = {place: nodes[0] for place, nodes in variants.items() if len(nodes) == 1}
        self._contested = {place: nodes for place, nodes in variants.items() if len(nodes) > 1}

    def _is_compiled(self, node: Node) -> bool:
        # That of the builder's call: it costs nothing, and most nodes share it.
        env = node.env or node.get_build_env()
        if id(env) not in self._suffixes:
            self._suffixes[id(env)] = frozenset(text(env, name) for name in _COMPILED)
        return os.path.splitext(node.name)[1] in self._suffixes[id(env)]

    def seen_by(self, viewer: Viewer) -> SeenFiles:
        """Return what a program sees. Raises RequestError."""
        own = {
            place: _nearest(place, nodes, viewer.variant_dir)
            for place, nodes in self._contested.items()
            if place not in viewer.generated
        }
        for place, node in viewer.generated.items():
            # A builder may make it by the way (SideEffect).
            if not node.is_derived() and not node.rexists():
                wanted, fix = "a file that is there, or that SCons makes", "declare what makes it, or correct the path"
                msg = f"$GOGENERATED: {place}\n  wanted: {wanted}\n  found:  {node}, neither\n  fix:    {fix}"
                raise RequestError(msg)
        own.update(viewer.generated)
        # Programs that are shown are embedded, or nothing.
        self._programs.embedded.update(
            {str(node.get_abspath()): node for node in viewer.generated.values() if program_of(node)}
        )
        key = tuple(sorted((place, str(node.get_abspath())) for place, node in own.items()))
        if key not in self._seen:
            self._seen[key] = SeenFiles(self._nodes, {**self._shown, **own}, self._programs)
        return self._seen[key]

    def built(self) -> int:
        """Return how many were built by now."""
        nodes = (*self._nodes.values(), *self._programs.embedded.values())
        return sum(node.get_state() == SCons.Node.executed for node in nodes)


class Programs:
    """The files of Go programs, by absolute path."""

    def __init__(self) -> None:
        """Begin with none."""
        self._nodes: dict[str, Node] = {}
        self.embedded: dict[str, Node] = {}
        """Those that are known to be embedded by another."""

    def add(self, node: Node) -> None:
        """Have one more."""
        self._nodes[node.get_abspath()] = node

    def embedded_by(self, directory: str, patterns: Any) -> Iterator[str]:
        """Yield those that a package embeds. None embeds itself, nor what is the same for another linkage."""
        for path in self._below.get(directory, ()):
            node = self._nodes[path]
            if _embeds(patterns, directory, path) and program_of(node).package_dir != directory:
                self.embedded[path] = node
                yield path

    @cached_property
    def _below(self) -> dict[str, list[str]]:
        """Their paths, by every directory that they are in."""
        found: dict[str, list[str]] = {}
        for path in self._nodes:
            for directory in map(str, PurePath(path).parents):
                found.setdefault(directory, []).append(path)
        return found


class SeenFiles:
    """What SCons makes, as the programs see it that see the same."""

    def __init__(self, standing: Mapping[str, Node], shown: Mapping[str, Node], programs: Programs) -> None:
        """See some files where they stand, and others where they do not; programs where they are embedded."""
        self.shown = shown
        self.overlay = Overlay({place: str(node.get_abspath()) for place, node in shown.items()})
        self._nodes = {**standing, **shown} if shown else standing
        self._programs = programs
        self._known: dict[int, tuple[Watch, list[str]]] = {}

    def __bool__(self) -> bool:
        return bool(self._nodes)

    def __getitem__(self, place: str) -> Node:
        return self._nodes[place] if place in self._nodes else self._programs.embedded[place]

    def makes(self, path: str) -> bool:
        """Return whether a builder makes the file."""
        return path in self._nodes

    def in_places(self, watch: Watch) -> list[str]:
        """Return those that may be part of what ``watch`` looks at, sorted."""
        if id(watch) in self._known:
            return self._known[id(watch)][1]
        folders = {*watch.directories, *watch.folders}
        inputs, files = frozenset(watch.inputs), frozenset(watch.files)
        made = {
            path
            for path in self._nodes
            if os.path.dirname(path) in folders
            or path in inputs
            or path in files
            or any(_embeds(patterns, directory, path) for directory, patterns in watch.embeds)
        }
        found = sorted(made.union(*(self._programs.embedded_by(*embed) for embed in watch.embeds)))
        self._known[id(watch)] = (watch, found)
        return found

    def of_package(self, package: Package, *, tests: bool = False) -> Iterator[str]:
        """Yield where a package's own files are seen, be they there yet or not; with its ``tests``, or without."""
        if not package.dir:
            yield from self._of_import_path(package.import_path)
            return
        yield from self.in_directory(package.dir, tests=tests)
        if package.embed_patterns:
            yield from (path for path in self._nodes if _embeds(package.embed_patterns, package.dir, path))
            yield from self._programs.embedded_by(package.dir, package.embed_patterns)

    def in_directory(self, directory: str, *, tests: bool = False) -> Iterable[str]:
        """Return those in a directory that Go may read, those of ``tests`` or not."""
        return (path for path in self._folders.get(directory, ()) if may_read(os.path.basename(path), tests=tests))

    @cached_property
    def _folders(self) -> dict[str, list[str]]:
        """Those that Go may read, by the folders in which they are seen."""
        found: dict[str, list[str]] = {}
        for path in self._nodes:
            folder, name = os.path.split(path)
            if may_read(name, tests=True):
                found.setdefault(folder, []).append(path)
        return found

    def _of_import_path(self, wanted: str) -> Iterator[str]:
        """Yield those of a package of which Go does not know yet where it is."""
        for folder, paths in self._folders.items():
            with contextlib.suppress(PackageError):
                if main_package(folder).import_path == wanted:
                    yield from paths


def _is_in_module(directory: str) -> bool:
    try:
        return bool(find_module_root(directory))
    except PackageError:
        return False


def _nearest(place: str, nodes: Collection[Node], folder: str) -> Node:
    """Return that one of several files for one place which is nearest to the build ``folder`` of a program, if any."""
    shared = {node: len(os.path.commonpath([node.get_abspath(), folder])) for node in nodes} if folder else {}
    nearest = [node for node, length in shared.items() if length == max(shared.values())]
    if len(nearest) != 1:
        found = ", ".join(sorted(map(str, nodes)))
        fix = "declare the program in the SConscript of one variant_dir, or say which with GOGENERATED"
        msg = f"{place}\n  wanted: one generated file for it\n  found:  {found}\n  fix:    {fix}"
        raise RequestError(msg)
    return nearest[0]


def _embeds(patterns: Any, directory: str, path: str) -> bool:
    inside = path.startswith(os.path.join(directory, ""))
    return inside and would_embed(patterns, os.path.relpath(path, directory))
