"""The package graph, as ``go list`` says. Raw JSON becomes a frozen graph here, and nowhere else."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from .errors import PackageError
from .goflags import flag_name, flag_value
from .gosource import tags_of
from .packages import Module, Package, PackageGraph
from .platform import Platform
from .runner import Runner, run

_SANITIZERS = ("runtime/race", "runtime/msan", "runtime/asan")
"""What the go command links into a program for -race and the like, without an import that says so."""

_COMPILED = ("GoFiles", "CgoFiles")
_NATIVE = ("CFiles", "CXXFiles", "MFiles", "HFiles", "FFiles", "SFiles", "SwigFiles", "SwigCXXFiles", "SysoFiles")
_FIELDS = (
    "ImportPath,Dir,Name,Standard,DepOnly,Module,Imports,ImportMap,EmbedFiles,EmbedPatterns,IgnoredGoFiles,"
    "DefaultGODEBUG,Error,CgoCFLAGS,CgoCPPFLAGS,CgoCXXFLAGS,CgoLDFLAGS,CgoPkgConfig," + ",".join(_COMPILED + _NATIVE)
)


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
        embed_patterns=_names(raw, "EmbedPatterns"),
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
        main_root=raw.get("Dir", "") if raw.get("Main") else "",
    )


def list_packages(
    go: str,
    flags: Sequence[str],
    environ: Mapping[str, str],
    root: str,
    directories: Iterable[str],
    runner: Runner = run,
) -> str:
    """Run ``go list -deps`` in ``root`` once for the packages in ``directories``; return what it prints.

    ``flags`` are the build flags, which select files and dependencies. Errors inside packages stay with the
    packages, for the compiler to show; raises PackageError if the module itself cannot be read.
    """
    wanted = sorted({relative_package(root, directory) for directory in directories})
    argv = [go, "list", "-e", "-deps", f"-json={_FIELDS}", *flags, *wanted]
    answer = runner(argv, cwd=root, environ=environ)
    if answer.status:
        msg = f"go list in {root}: {answer.stderr.strip()}"
        raise PackageError(msg)
    return answer.stdout


def read_listing(text: str, flags: Sequence[str], environ: Mapping[str, str]) -> PackageGraph:
    """Turn what :func:`list_packages` returned for these flags and environment into a graph."""
    platform = Platform(environ.get("GOOS", ""), environ.get("GOARCH", ""))
    tags = [tag for flag in flags if flag_name(flag) == "-tags" for tag in flag_value(flag).split(",")]
    cgo_tags = tags_of(platform, cgo=True, tags=tags)
    return build_graph(decode_stream(text), environ.get("GOMODCACHE", ""), cgo_tags)


def relative_package(root: str, directory: str) -> str:
    """Return the package in ``directory`` as an argument for the go command run in ``root``."""
    relative = os.path.relpath(directory, root).replace(os.sep, "/")
    return relative if relative == "." or relative.startswith("../") else f"./{relative}"
