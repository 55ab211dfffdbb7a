"""What the index does where something changed: ask Go if the graph may be another, and digest the programs anew."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..csettings import CSettings, from_archives, library_places
from ..errors import PackageError
from ..golist import GIVEN, LOADING, is_local, list_packages, read_listing
from ..gosource import may_load_libraries, read_source
from ..linkage import Product
from ..modules import tool_paths
from ..overlay import write_json
from ..packages import GivenFlags
from ..pkgconfig import PkgConfig, ask_pkg_config
from ..store import digest_of
from . import CInputs, Closure, Listed, Surroundings, closures_of
from .closures import Closures, c_needs
from .watch import Watch
from .watched import watch_of

if TYPE_CHECKING:
    from ..configuration import Configuration
    from ..packages import Package, PackageGraph
    from ..tree import Tree
    from . import Index

KNOWS_TOOLS = (1, 24)
"""The first Go that knows `tool` lines in go.mod (go.dev/doc/go1.24)."""

_LAG, _COARSE = 50_000_000, 2_000_000_000
"""Nanoseconds by which the time of a file may lag: kernels tick, and some file systems know whole seconds only."""


class Look:
    """A look at the packages of one configuration."""

    def __init__(self, index: Index, config: Configuration, name: str, around: Surroundings) -> None:
        """Look at the packages of ``config``, and keep what is found under ``name``."""
        self._index, self._config, self._name, self._around = index, config, name, around
        self._tests = config.request.product is Product.TEST
        self._tree = index.tree_of(around.overlay)
        self._contents = index.contents(config.root, around.overlay)

    def listed(self, wanted: frozenset[str]) -> Listed:
        """Return the packages of the programs in ``wanted``. Raises PackageError or ToolchainError."""
        known = self._index.store.load(f"closures-{self._name}")
        if known and wanted <= known["closures"].keys():
            # What the files say is settled before Go reads them: a change in between shows as one next time.
            watch = Watch(**known["watch"])
            if watch.shape(self._tree, self._contents) == known["shape"]:
                listing = self._kept("listing", known)
                if listing:
                    return self._again(known, watch, self._read(listing))
        return self._first(wanted)

    def graph(self, known: Mapping[str, Any]) -> PackageGraph:
        """Return the graph that ``known`` was made of. Raises PackageError or ToolchainError."""
        return self._read(self._kept("listing", known) or self._list(known["closures"]))

    def closures(self, known: Mapping[str, Any], graph: PackageGraph) -> Closures:
        """Return the digests of all packages of the graph that ``known`` was made of."""
        c_inputs = {path: CInputs(*found) for path, found in known["c_inputs"].items()}
        return self._closures(graph, c_inputs, self._kept("rows", known) or ())

    def _closures(
        self, graph: PackageGraph, c_inputs: Mapping[str, CInputs], rows: Iterable[Sequence[Any]] = ()
    ) -> Closures:
        return Closures(graph, self._contents, self._outside(graph, c_inputs), rows, self._config.c_settings.top)

    def _first(self, wanted: frozenset[str]) -> Listed:
        listing = self._list(wanted)
        graph = self._read(listing)
        packages = list(graph.packages.values())
        c_inputs = {one.import_path: self._around.c_inputs(one) for one in packages if one.reads_headers}
        watch = self._watch(graph, c_inputs)
        # Before the files are read, so that a change in between shows next time, whatever the clock says.
        stamps = self._index.new_stamps(self._name, watch, self._tree)
        closures = self._closures(graph, c_inputs)
        request = self._config.request
        needs = c_needs(graph, links_c=request.linkage.links_libc_statically, libraries=request.product.is_library)
        mains = {directory: graph.main_path(directory) for directory in wanted}
        # One that Go does not know fails alone, when it is built.
        programs = {
            directory: Closure(closures.digests.get(path, ""), needs.get(path)) for directory, path in mains.items()
        }
        broken = not all(mains.values()) or any(package.error for package in packages)
        # Go is asked again next time if it said that something is wrong, or may have read what was changed since.
        settled = not broken and not _changed_since(self._tree, watch)
        shape = watch.shape(self._tree, self._contents) if settled else ""
        known = {
            "stamps": stamps if settled else "",
            "shape": shape,
            # Another process may replace one of the files that belong together.
            "graph": digest_of(shape, *sorted(wanted)),
            "mains": mains,
        }
        self._keep("listing", known, listing)
        return self._found(known, watch, graph, c_inputs, closures, programs)

    def _again(self, known: Mapping[str, Any], watch: Watch, graph: PackageGraph) -> Listed:
        """Return the same packages of the same graph: only the content of files has changed."""
        c_inputs = {path: self._around.c_inputs(graph.packages[path]) for path in known["c_inputs"]}
        inputs, folders = self._outer_places(c_inputs)
        watch = watch._replace(inputs=inputs, folders=folders)
        stamps = self._index.stamps(self._name, watch, self._tree)
        closures = self._closures(graph, c_inputs, self._kept("rows", known) or ())
        programs = {
            directory: found._replace(digest=closures.digests[known["mains"][directory]])
            for directory, found in closures_of(known).items()
        }
        return self._found({**known, "stamps": stamps}, watch, graph, c_inputs, closures, programs)

    def _found(
        self,
        known: Mapping[str, Any],
        watch: Watch,
        graph: PackageGraph,
        c_inputs: Mapping[str, CInputs],
        closures: Closures,
        programs: Mapping[str, Closure],
    ) -> Listed:
        self._keep("rows", known, list(map(tuple, closures.rows)))
        derived = self._around.derived(watch)
        if derived or (self._around.makes_files and not known["shape"]):
            programs = {
                directory: self._with_derived(one, directory, graph, known["mains"][directory], c_inputs, derived)
                for directory, one in programs.items()
            }
        found = {
            **known,
            "young": self._index.young(self._config.root, watch, self._around.overlay),
            "closures": {
                path: (found.digest, found.needs and tuple(found.needs), found.derived, found.awaited)
                for path, found in programs.items()
            },
            "c_inputs": {path: tuple(found) for path, found in c_inputs.items()},
            "derived": derived,
            "misleads": any(map(self._contents.may_mislead_go, watch.directories)),
            "watch": watch.export(),
        }
        self._index.store.save(f"closures-{self._name}", found)
        return Listed(
            programs,
            watch,
            self._tree,
            lambda: graph,
            lambda _: closures,
            lambda: self._contents,
            # Where the graph is new, nothing is known of what Go remembers.
            misleads_go=found["misleads"] or "misleads" not in known,
        )

    def _with_derived(
        self,
        program: Closure,
        directory: str,
        graph: PackageGraph,
        main: str,
        c_inputs: Mapping[str, CInputs],
        derived: Sequence[str],
    ) -> Closure:
        """Return a program with what the build makes for it. Go does not know a package that is yet to be made."""
        if not main:
            return program._replace(awaited=sorted(self._around.derived_in(directory, tests=self._tests)))
        made, used = set[str](), set[str]()
        # A package that has no tests yet may get some.
        tested = graph.packages[main] if self._tests else None
        for package in graph.closure(graph.packages[main]):
            if package.local:
                made.update(self._around.derived_of(package, tests=bool(package.tested) or package is tested))
                used.update(package.places)
                used.update(c_inputs.get(package.import_path, CInputs()).files)
        return program._replace(
            derived=sorted(used.intersection(derived)), awaited=sorted(made.difference(used.intersection(derived)))
        )

    def _keep(self, kind: str, known: Mapping[str, Any], value: Any) -> None:
        self._index.store.save(f"{kind}-{self._name}", {"graph": known["graph"], kind: value})

    def _kept(self, kind: str, known: Mapping[str, Any]) -> Any:
        found = self._index.store.load(f"{kind}-{self._name}")
        return found[kind] if found and found["graph"] == known["graph"] else None

    def _list(self, directories: Iterable[str]) -> list[dict[str, Any]]:
        config, shown = self._config, self._around.overlay.present()
        _refuse_tool_lines(config)
        with tempfile.TemporaryDirectory(prefix="golang-") if shown else contextlib.nullcontext("") as scratch:
            flags = list(config.plan.flags)
            if shown:
                file = os.path.join(scratch, "overlay.json")
                write_json(shown, file)
                flags.append(f"-overlay={file}")
            listing = list_packages(
                config.toolchain.path, flags, config.environ, config.root, directories, tests=self._tests
            )
        for package in listing:
            package[LOADING] = [] if package.get("Standard") else self._loading(package)
            if package.get("CgoFiles"):
                given = self._given(package)
                package[GIVEN] = (*given[:-1], self._made(package, given))
        return listing

    def _given(self, package: dict[str, Any]) -> GivenFlags:
        """Return the C flags of a package that go list does not know; change those that it will be shown otherwise."""
        config = self._config
        named, found = package.get("CgoPkgConfig"), PkgConfig()
        local = is_local(package, config.environ.get("GOMODCACHE", ""))
        if named:
            environ = config.tool_environ
            static = config.request.linkage.links_libc_statically or config.dynamic_libraries is not None
            # For a package of the module cache Go itself asks, and keeps one answer for all linkages.
            found = ask_pkg_config(
                environ.get("PKG_CONFIG", ""), named, environ, package["Dir"], static=static and local
            )
        own = config.c_settings if local else CSettings()
        ldflags = [*found.ldflags, *own.ldflags]
        if local and config.dynamic_libraries is not None:
            ldflags = [*from_archives(ldflags, config.dynamic_libraries)]
            package["CgoLDFLAGS"] = [*from_archives(package.get("CgoLDFLAGS") or (), config.dynamic_libraries)]
        return GivenFlags(
            cflags=(*found.cflags, *own.cflags),
            ldflags=tuple(ldflags),
            settings=own.text,
            pc_files=found.files,
            error=found.error,
        )

    def _made(self, package: Mapping[str, Any], given: GivenFlags) -> list[str]:
        """Return the ``-l`` flags of a package whose libraries the build itself makes."""
        places = library_places([*(package.get("CgoLDFLAGS") or ()), *given.ldflags], package["Dir"])
        # Where libc is linked statically, one that is made as a shared library only is missing.
        end = ".a" if self._config.request.linkage.links_libc_statically else ""
        return [flag for flag, paths in places.items() if any(p.endswith(end) and self._around.makes(p) for p in paths)]

    def _loading(self, package: Mapping[str, Any]) -> list[str]:
        """Return which Go files of a package may have the program load shared libraries."""
        directory, names = package.get("Dir", ""), package.get("GoFiles") or ()
        if is_local(package, self._config.environ.get("GOMODCACHE", "")):
            return [name for name in self._contents.sources(directory).loading if name in names]
        return [name for name in names if may_load_libraries(read_source(os.path.join(directory, name)))]

    def _read(self, listing: Sequence[Mapping[str, Any]]) -> PackageGraph:
        return read_listing(listing, self._config.plan.flags, self._config.environ, self._around.overlay.folders)

    def _watch(self, graph: PackageGraph, c_inputs: Mapping[str, CInputs]) -> Watch:
        config, places = self._config, self._outer_places(c_inputs)
        return watch_of(graph, self._tree, config.root, config.workspace, config.plan.flags, *places)

    def _outer_places(self, c_inputs: Mapping[str, CInputs]) -> tuple[list[str], list[str]]:
        """Return the files outside of packages that they are built from, and the folders where those were found."""
        named = self._config.options.pgo
        profile = [named] if named not in ("", "auto", "off") else []
        files = {*profile, *(file for found in c_inputs.values() for file in found.files)}
        folders = {folder for found in c_inputs.values() for folder in found.folders}
        return sorted(files), sorted(folders)

    def _outside(self, graph: PackageGraph, c_inputs: Mapping[str, CInputs]) -> Callable[[Package], list[str]]:
        """Return what tells the files of a package that Go does not list."""
        named = self._config.options.pgo
        mains = frozenset(graph.mains.values())

        def outside(package: Package) -> list[str]:
            found = c_inputs.get(package.import_path)
            files = list(found.files) if found else []
            if package.import_path in mains:
                profile = os.path.join(package.dir, "default.pgo") if named in ("", "auto") else named
                files += [profile] if os.path.isfile(profile) else []
            return files

        return outside


def _refuse_tool_lines(config: Configuration) -> None:
    """Say what an older Go would take for a mistake in go.mod. Raises PackageError."""
    toolchain = config.toolchain
    if not (0,) < toolchain.release < KNOWS_TOOLS:
        return
    if tools := tool_paths(config.module_root):
        file = os.path.join(config.module_root, "go.mod")
        msg = (
            f"{file}\n  wanted: Go 1.24 or newer, which knows `tool` lines\n"
            f"  found:  {toolchain.version}, and `tool {tools[0]}`\n"
            "  fix:    use Go 1.24 or newer; or remove the tool lines, and name tools by their import paths"
        )
        raise PackageError(msg)


def _changed_since(tree: Tree, watch: Watch) -> bool:
    """Return whether a file may have changed since ``tree`` was begun."""
    now = tree.anew()
    # What the build itself makes was finished before; if it changes now, the clock has gone on.
    if any(stamp and max(stamp[1:3]) > tree.begun for _, stamp in now.shown()):
        return True
    lags = ((time, _LAG if time % 1_000_000_000 else _COARSE) for time in watch.times(now))
    return any(time > tree.begun - lag for time, lag in lags)
