"""What the index does where something changed: ask Go if the graph may be another, and digest the programs anew."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ..errors import PackageError
from ..golist import list_packages, read_listing
from ..store import digest_of
from ..tree import Tree
from . import CInputs, Closure, Listed, Surroundings
from .closures import Closures
from .watch import Watch
from .watched import watch_of

if TYPE_CHECKING:
    from ..configuration import Configuration
    from ..packages import Package, PackageGraph
    from . import Index

_LAG, _COARSE = 50_000_000, 2_000_000_000
"""Nanoseconds by which the time of a file may lag: kernels tick, and some file systems know whole seconds only."""


def look(index: Index, config: Configuration, name: str, wanted: frozenset[str], around: Surroundings) -> Listed:
    """Return the packages of the programs in ``wanted``, and keep what is found under ``name``.

    Raises PackageError or ToolchainError.
    """
    known = index.store.load(f"closures-{name}")
    listing = ""
    if known and wanted <= known["closures"].keys():
        # What the files say is settled before Go reads them: a change in between shows as one next time.
        shape = Watch(**known["watch"]).shape(index.tree, index.contents(config.root))
        listing = _kept(index, name, known) if shape == known["shape"] else ""
    begun = time.time_ns()
    fresh = not listing
    listing = listing or _list(config, wanted)
    graph = _read(config, listing)
    native = (package for package in graph.packages.values() if package.reads_headers)
    c_inputs = {package.import_path: around.c_inputs(package) for package in native}
    watch = _watch(index, config, graph, c_inputs)
    # Before the files are read, so that a change in between shows next time, whatever the clock says.
    stamps = index.new_stamps(name, watch)
    parts = digest_closures(index, config, graph, c_inputs)
    closures = _closures_of(graph, parts, wanted, links_c=config.request.linkage.links_libc_statically)
    broken = any(package.error for package in graph.packages.values()) or not all(
        closure.digest for closure in closures.values()
    )
    # Go is asked again next time if it said that something is wrong, or may have read what was changed since.
    settled = not broken and not (fresh and _changed_since(begun, watch))
    if fresh:
        index.store.save(f"listing-{name}", listing)
    index.store.save(
        f"closures-{name}",
        {
            "stamps": stamps if settled else "",
            "shape": watch.shape(index.tree, index.contents(config.root)) if settled else "",
            "young": index.young(config.root, watch),
            "closures": {path: _exported(closure) for path, closure in closures.items()},
            "c_inputs": {path: [one.files, one.folders] for path, one in c_inputs.items()},
            "derived": around.derived(watch),
            "listing": digest_of(listing),
            "watch": watch.export(),
        },
    )
    return Listed(closures, watch, index.tree, lambda: graph, lambda _: parts)


def read_again(index: Index, config: Configuration, name: str, known: Mapping[str, Any]) -> PackageGraph:
    """Return the graph that ``known`` was made of. Raises PackageError or ToolchainError."""
    return _read(config, _kept(index, name, known) or _list(config, known["closures"]))


def digest_closures(
    index: Index, config: Configuration, graph: PackageGraph, c_inputs: Mapping[str, CInputs]
) -> Closures:
    """Return the digests of all packages."""
    outside = {path: found.files for path, found in c_inputs.items()}
    return Closures(graph, index.contents(config.root), outside, lambda main: _profile(config, main))


def _kept(index: Index, name: str, known: Mapping[str, Any]) -> str:
    # Another process may have replaced one of the two files meanwhile.
    listing = index.store.load(f"listing-{name}")
    return listing if isinstance(listing, str) and digest_of(listing) == known["listing"] else ""


def _list(config: Configuration, directories: Iterable[str]) -> str:
    return list_packages(config.toolchain.path, config.plan.flags, config.environ, config.root, directories)


def _read(config: Configuration, listing: str) -> PackageGraph:
    return read_listing(listing, config.plan.flags, config.environ)


def _watch(index: Index, config: Configuration, graph: PackageGraph, c_inputs: Mapping[str, CInputs]) -> Watch:
    named = config.options.pgo
    files = [file for found in c_inputs.values() for file in found.files]
    folders = [folder for found in c_inputs.values() for folder in found.folders]
    profile = [named] if named not in ("", "auto", "off") else []
    return watch_of(graph, index.tree, config.root, config.workspace, config.plan.flags, [*files, *profile], folders)


def _profile(config: Configuration, main: Package) -> str:
    named = config.options.pgo
    file = os.path.join(main.dir, "default.pgo") if named in ("", "auto") else named
    return file if os.path.isfile(file) else ""


def _changed_since(begun: int, watch: Watch) -> bool:
    """Return whether a file may have changed since ``begun``, in nanoseconds since the epoch."""
    tree = Tree()
    # The time of a directory tells of files that are gone.
    for stamp in (*(stamp for _, stamp in watch.paths(tree)), *map(tree.stamp, watch.directories)):
        changed = max(stamp[1:3]) if stamp else 0
        if changed > begun - (_LAG if changed % 1_000_000_000 else _COARSE):
            return True
    return False


def _closures_of(
    graph: PackageGraph, parts: Closures, directories: Iterable[str], *, links_c: bool
) -> dict[str, Closure]:
    found = {}
    for directory in directories:
        try:
            main = graph.main(directory)
        except PackageError:
            # It fails alone, when it is built.
            found[directory] = Closure("", None)
            continue
        found[directory] = Closure(parts.digests[main.import_path], parts.needs(main, links_c=links_c))
    return found


def _exported(closure: Closure) -> Any:
    return [closure.digest, closure.needs and [closure.needs.cxx, closure.needs.library_flags]]
