"""The packages of a Go module for one configuration, as ``go list`` says.

Raw JSON becomes a frozen graph here, and nowhere else. ``GoList.load`` is the one interface of the scan: what
answers it may change (a persistent index), what it answers may not.
"""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from .errors import PackageError
from .goflags import flag_name, flag_value
from .gosource import (
    DynamicImport,
    build_constraint,
    dynamic_imports,
    exported_names,
    imports_c,
    is_selected,
    read_source,
    stub_text,
    tags_of,
)
from .platform import Platform
from .runner import Runner, run

_SANITIZERS = ("runtime/race", "runtime/msan", "runtime/asan")
"""What the go command links into a program for -race and the like, without an import that says so."""

_COMPILED = ("GoFiles", "CgoFiles")
_NATIVE = ("CFiles", "CXXFiles", "MFiles", "HFiles", "FFiles", "SFiles", "SwigFiles", "SwigCXXFiles", "SysoFiles")
_HEADERS = (".h", ".hh", ".hpp", ".hxx")
_FIELDS = (
    "ImportPath,Dir,Name,Standard,DepOnly,Module,Imports,ImportMap,EmbedFiles,IgnoredGoFiles,DefaultGODEBUG,Error,"
    "CgoCFLAGS,CgoCPPFLAGS,CgoCXXFLAGS,CgoLDFLAGS,CgoPkgConfig," + ",".join(_COMPILED + _NATIVE)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """The module that a package comes from; ``replaced_by`` is the module version or folder it is replaced with."""

    path: str
    version: str = ""
    go_version: str = ""
    replaced_by: str = ""
    sum: str = ""

    def __str__(self) -> str:
        replaced = f" => {self.replaced_by}" if self.replaced_by else ""
        return f"{self.path}{'@' if self.version else ''}{self.version}{replaced} {self.sum}".rstrip()


@dataclass(frozen=True, kw_only=True)
class Package:
    """One package as this configuration selects it. File names are relative to ``dir``."""

    import_path: str
    dir: str
    name: str
    standard: bool = False
    local: bool = True
    """Whether its files may change: it is neither of the standard library nor of the module cache."""
    module: Module | None = None
    go_files: tuple[str, ...] = ()
    cgo_files: tuple[str, ...] = ()
    cxx_files: tuple[str, ...] = ()
    native_files: tuple[str, ...] = ()
    embed_files: tuple[str, ...] = ()
    ignored_go_files: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    cgo_cflags: tuple[str, ...] = ()
    cgo_ldflags: tuple[str, ...] = ()
    godebug: str = ""
    error: str = ""
    cgo_tags: frozenset[str] = frozenset()
    """The build tags that would hold if cgo were on."""

    @property
    def files(self) -> tuple[str, ...]:
        """Absolute paths of every file that Go reads to build it."""
        return tuple(os.path.join(self.dir, name) for name in self._names)

    @property
    def has_assembly(self) -> bool:
        """Whether it has files for Go's assembler, which may include headers."""
        return any(name.endswith(".s") for name in self.native_files)

    @property
    def file_names(self) -> str:
        """The names of those files, sorted."""
        return ", ".join(sorted(self._names))

    @property
    def _names(self) -> tuple[str, ...]:
        names = (*self.go_files, *self.cgo_files, *self.native_files, *self.embed_files)
        if self.cgo_files or self.has_assembly:
            return names
        # Go lists headers even where nothing that it builds includes them.
        return tuple(name for name in names if name in self.embed_files or not name.endswith(_HEADERS))

    @cached_property
    def dynamic_imports(self) -> tuple[DynamicImport, ...]:
        """The linker pragmas in its Go files that load shared libraries (linkage case C1)."""
        if self.standard:
            return ()
        paths = [os.path.join(self.dir, name) for name in self.go_files]
        return tuple(found for path in paths for found in dynamic_imports(path, read_source(path)))

    @cached_property
    def dropped_cgo(self) -> DroppedCgo | None:
        """What is lost where this configuration leaves out its cgo files; None where it leaves out none."""
        if self.standard or not self.ignored_go_files:
            return None
        texts = {name: read_source(os.path.join(self.dir, name)) for name in self.ignored_go_files}
        dropped = tuple(
            name for name, text in texts.items() if imports_c(text) and is_selected(name, text, self.cgo_tags)
        )
        if not dropped:
            return None
        kept = {name: read_source(os.path.join(self.dir, name)) for name in self.go_files}
        instead = {
            name: text
            for name, text in kept.items()
            if "cgo" in build_constraint(text) and not is_selected(name, text, self.cgo_tags)
        }
        offered = frozenset[str]().union(*map(exported_names, kept.values()))
        wanted = frozenset[str]().union(*(exported_names(texts[name]) for name in dropped))
        return DroppedCgo(
            files=dropped,
            replaced_by=tuple(instead),
            stub=next(filter(None, map(stub_text, instead.values())), ""),
            lost=tuple(sorted(wanted - offered)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DroppedCgo:
    """The cgo files of a package that a build without cgo leaves out, and what stands in for them."""

    files: tuple[str, ...]
    replaced_by: tuple[str, ...] = ()
    """The files that only a build without cgo has, with a constraint such as ``!cgo``."""
    stub: str = ""
    """The line by which a replacement owns to be a stub."""
    lost: tuple[str, ...] = ()
    """Exported names that no file declares any more."""


@dataclass(frozen=True, kw_only=True)
class PackageGraph:
    """The packages that some programs consist of, and which directory is which package."""

    packages: Mapping[str, Package]
    mains: Mapping[str, str] = field(default_factory=dict)
    """Absolute package directory to import path."""

    def main(self, directory: str) -> Package:
        """Return the main package in ``directory``. Raises PackageError if there is none."""
        path = self.mains.get(os.path.realpath(directory))
        if path is None:
            msg = f"{directory} is not a package that `go list` knows"
            raise PackageError(msg)
        return self.packages[path]

    def closure(self, main: Package) -> tuple[Package, ...]:
        """Return ``main`` and every package that it imports, directly or not, nearest first."""
        return tuple(self.packages[path] for path in self._parents(main))

    def chain(self, main: Package, wanted: str) -> tuple[str, ...]:
        """Return the shortest import chain from ``main`` to the import path ``wanted``; empty if there is none."""
        parents = self._parents(main)
        chain: list[str] = []
        step: str | None = wanted if wanted in parents else None
        while step is not None:
            chain.append(step)
            step = parents[step]
        return tuple(reversed(chain))

    def _parents(self, main: Package) -> dict[str, str | None]:
        parents: dict[str, str | None] = {main.import_path: None}
        queue = deque([main.import_path])
        while queue:
            path = queue.popleft()
            for imported in self.packages[path].imports:
                if imported not in parents and imported in self.packages:
                    parents[imported] = path
                    queue.append(imported)
        return parents


def decode_stream(text: str) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects that ``go list -json`` prints one after the other."""
    decoder, position = json.JSONDecoder(), 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        value, position = decoder.raw_decode(text, position)
        yield value


def build_graph(listing: Iterable[Mapping[str, Any]], module_cache: str, cgo_tags: frozenset[str]) -> PackageGraph:
    """Turn the objects of ``go list -deps -json`` into a graph.

    ``module_cache`` is GOMODCACHE, ``cgo_tags`` the build tags that would hold if cgo were on.
    """
    packages: dict[str, Package] = {}
    mains: dict[str, str] = {}
    for raw in listing:
        package = _package(raw, module_cache, cgo_tags)
        packages[package.import_path] = package
        if not raw.get("DepOnly") and package.dir:
            mains[os.path.realpath(package.dir)] = package.import_path
    sanitizers = tuple(path for path in _SANITIZERS if path in packages)
    for path in mains.values() if sanitizers else ():
        packages[path] = replace(packages[path], imports=(*packages[path].imports, *sanitizers))
    return PackageGraph(packages=packages, mains=mains)


def _package(raw: Mapping[str, Any], module_cache: str, cgo_tags: frozenset[str]) -> Package:
    directory, standard = raw.get("Dir", ""), bool(raw.get("Standard"))
    renamed = raw.get("ImportMap") or {}
    # "C" and "unsafe" have no package behind them that could matter here.
    imports = [renamed.get(path, path) for path in raw.get("Imports") or ()]
    return Package(
        import_path=raw["ImportPath"],
        dir=directory,
        name=raw.get("Name", ""),
        standard=standard,
        local=not (standard or (module_cache and directory.startswith(os.path.join(module_cache, "")))),
        module=_module(raw.get("Module")),
        go_files=_names(raw, "GoFiles"),
        cgo_files=_names(raw, "CgoFiles"),
        cxx_files=_names(raw, "CXXFiles"),
        native_files=tuple(name for kind in _NATIVE for name in _names(raw, kind)),
        embed_files=_names(raw, "EmbedFiles"),
        ignored_go_files=_names(raw, "IgnoredGoFiles"),
        imports=tuple(path for path in imports if path not in ("C", "unsafe")),
        cgo_cflags=(*_names(raw, "CgoCPPFLAGS"), *_names(raw, "CgoCFLAGS"), *_names(raw, "CgoCXXFLAGS")),
        cgo_ldflags=_names(raw, "CgoLDFLAGS"),
        godebug=raw.get("DefaultGODEBUG", ""),
        error=(raw.get("Error") or {}).get("Err", ""),
        cgo_tags=cgo_tags,
    )


def _names(raw: Mapping[str, Any], name: str) -> tuple[str, ...]:
    return tuple(raw.get(name) or ())


def _module(raw: Mapping[str, Any] | None) -> Module | None:
    if raw is None:
        return None
    replace = raw.get("Replace") or {}
    return Module(
        path=raw["Path"],
        version=raw.get("Version", ""),
        go_version=raw.get("GoVersion", ""),
        replaced_by=f"{replace.get('Path', '')} {replace.get('Version', '')}".strip(),
        sum=raw.get("Sum", ""),
    )


def load_graph(
    go: str,
    flags: Sequence[str],
    environ: Mapping[str, str],
    module_root: str,
    directories: Iterable[str],
    runner: Runner = run,
) -> PackageGraph:
    """Run ``go list -deps`` once for the packages in ``directories`` of the module at ``module_root``.

    ``flags`` are the build flags, which select files and dependencies. Errors inside packages stay with the
    packages, for the compiler to show; raises PackageError if the module itself cannot be read.
    """
    wanted = sorted({relative_package(module_root, directory) for directory in directories})
    argv = [go, "list", "-e", "-deps", f"-json={_FIELDS}", *flags, *wanted]
    answer = runner(argv, cwd=module_root, environ=environ)
    if answer.status:
        msg = f"go list in {module_root}: {answer.stderr.strip()}"
        raise PackageError(msg)
    platform = Platform(environ.get("GOOS", ""), environ.get("GOARCH", ""))
    tags = [tag for flag in flags if flag_name(flag) == "-tags" for tag in flag_value(flag).split(",")]
    cgo_tags = tags_of(platform, cgo=True, tags=tags)
    return build_graph(decode_stream(answer.stdout), environ.get("GOMODCACHE", ""), cgo_tags)


def relative_package(module_root: str, directory: str) -> str:
    """Return the package in ``directory`` as an argument for the go command run in ``module_root``."""
    relative = os.path.relpath(directory, module_root).replace(os.sep, "/")
    return "." if relative == "." else f"./{relative}"
