"""Which places on disk a package graph depends on."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence

from ..goflags import flag_name, flag_value
from ..modules import used_modules
from ..packages import PackageGraph
from ..tree import Tree
from .watch import Watch


def watch_of(
    graph: PackageGraph,
    tree: Tree,
    root: str,
    workspace: str,
    flags: Sequence[str],
    inputs: Iterable[str],
    folders: Iterable[str],
) -> Watch:
    """Return what ``graph`` depends on. ``flags`` are the build flags, ``workspace`` the go.work file or ``off``."""
    local = [package for package in graph.packages.values() if package.local and package.dir]
    directories = sorted({package.dir for package in local})
    return Watch(
        directories=directories,
        files=sorted(
            {
                *_module_files(directories, tree, root, workspace, flags),
                *_would_be_ambiguous(graph),
                *(file for package in graph.packages.values() for file in package.given.pc_files),
            }
        ),
        embeds=sorted([package.dir, list(package.embed_patterns)] for package in local if package.embed_patterns),
        inputs=sorted({*inputs}),
        folders=sorted({*folders}),
    )


def _module_files(
    directories: Sequence[str], tree: Tree, root: str, workspace: str, flags: Sequence[str]
) -> Iterator[str]:
    # Every module of a workspace has a say in the versions of all others.
    used = () if workspace == "off" else used_modules(workspace)
    roots, seen, listed = {root, *used}, set[str](), frozenset(directories)
    for directory in directories:
        current = directory
        while current not in seen:
            seen.add(current)
            file = os.path.join(current, "go.mod")
            if tree.stamp(file):
                roots.add(current)
                break
            if current not in listed:
                # A go.mod that appears here takes the packages below out of their module.
                yield file
            current = os.path.dirname(current)
    for found in roots:
        yield from (os.path.join(found, name) for name in ("go.mod", "go.sum", "vendor/modules.txt"))
    if workspace != "off":
        yield from (workspace, f"{workspace}.sum", os.path.join(os.path.dirname(workspace), "vendor/modules.txt"))
    for flag in flags:
        if flag_name(flag) == "-modfile":
            file = os.path.join(root, flag_value(flag))
            yield from (file, f"{os.path.splitext(file)[0]}.sum")


def _would_be_ambiguous(graph: PackageGraph) -> Iterator[str]:
    """Yield the directories of a main module that would provide a package which another module provides."""
    modules = {package.module for package in graph.packages.values() if package.module}
    mains = {module.path: module.main_root for module in modules if module.main_root}
    for package in graph.packages.values():
        for path, root in mains.items():
            if package.module and not package.module.main_root and package.import_path.startswith(f"{path}/"):
                yield os.path.join(root, package.import_path[len(path) + 1 :])
