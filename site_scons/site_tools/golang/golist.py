"""The package graph, as ``go list`` says. Raw JSON becomes a frozen graph here, and nowhere else."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from .errors import PackageError
from .goflags import flag_name, flag_value
from .gosource import tags_of
from .packages import TEST, GivenFlags, Module, Package, PackageGraph, plain_path
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


_TEST_FIELDS = ",ForTest,TestEmbedPatterns,XTestEmbedPatterns"


LOADING = "Loading"
"""What the index adds to the objects of ``go list``: the Go files with pragmas that may load shared libraries."""


GIVEN = "Given"
"""What the index adds too: GivenFlags as plain values."""


def decode_stream(text: str) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects that ``go list -json`` prints one after the other."""
    decoder, position = json.JSONDecoder(), 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        value, position = decoder.raw_decode(text, position)
        yield value


class _Packages(Mapping[str, Package]):
    """The packages of a listing by import path, each made of its JSON when it is first asked for."""

    def __init__(
        self,
        listing: Iterable[Mapping[str, Any]],
        module_cache: str,
        cgo_tags: frozenset[str],
        shown: Mapping[str, Mapping[str, str]],
    ) -> None:
        self._raw = {raw["ImportPath"]: raw for raw in listing}
        self._module_cache, self._cgo_tags, self._shown = module_cache, cgo_tags, shown
        self._made: dict[str, Package] = {}
        self._sanitizers = tuple(path for path in _SANITIZERS if path in self._raw)

    def __getitem__(self, path: str) -> Package:
        if path not in self._made:
            raw = self._raw[path]
            linked = () if raw.get("DepOnly") else self._sanitizers
            self._made[path] = _package(raw, self._module_cache, self._cgo_tags, linked, self._shown)
            if "ForTest" in raw or is_test_main(raw):
                self._made[path] = self._of_test(raw, self._made[path])
        return self._made[path]

    def _of_test(self, raw: Mapping[str, Any], package: Package) -> Package:
        """Return a package that ``go list -test`` makes up, with what it does not say of it."""
        if is_test_main(raw):
            # Its one file is in Go's cache, and says which tests there are.
            return replace(package, tested=raw["ImportPath"].removesuffix(TEST), go_files=())
        tested = self._raw.get(raw["ForTest"], {})
        own = (
            ("EmbedPatterns", "TestEmbedPatterns") if raw.get("Name") == tested.get("Name") else ("XTestEmbedPatterns",)
        )
        if plain_path(raw["ImportPath"]) not in (raw["ForTest"], f"{raw['ForTest']}_test"):
            # It is compiled again because it imports the package that is tested.
            return package
        patterns = tuple(pattern for name in own for pattern in _names(tested, name))
        return replace(package, tested=raw["ForTest"], embed_patterns=patterns)

    def __contains__(self, path: object) -> bool:
        return path in self._raw

    def __iter__(self) -> Iterator[str]:
        return iter(self._raw)

    def __len__(self) -> int:
        return len(self._raw)


def build_graph(
    listing: Sequence[Mapping[str, Any]],
    module_cache: str,
    cgo_tags: frozenset[str],
    shown: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
) -> PackageGraph:
    """Turn the objects of ``go list -deps -json`` into a graph.

    ``module_cache`` is GOMODCACHE, ``cgo_tags`` the build tags that would hold if cgo were on. ``shown`` are the files
    that an overlay shows in a folder, by name.
    """
    named = [raw for raw in listing if not raw.get("DepOnly") and raw.get("Dir") and not raw.get("ForTest")]
    # The program with the tests of a package stands for it.
    named.sort(key=is_test_main)
    mains = {os.path.realpath(raw["Dir"]): raw["ImportPath"] for raw in named}
    return PackageGraph(packages=_Packages(listing, module_cache, cgo_tags, shown), mains=mains)


def is_test_main(raw: Mapping[str, Any]) -> bool:
    """Return whether ``go list -test`` made a package up, of one file that it generates: the program with its tests."""
    files = raw.get("GoFiles") or [""]
    generated = os.path.isabs(files[0]) or files == ["_testmain.go"]
    return bool(generated and raw["ImportPath"].endswith(TEST) and raw.get("Name") == "main")


def is_local(raw: Mapping[str, Any], module_cache: str) -> bool:
    """Return whether the files of a package may change: it is neither Go's own nor in the module cache."""
    cached = module_cache and raw.get("Dir", "").startswith(os.path.join(module_cache, ""))
    return not (raw.get("Standard") or cached)


def _package(
    raw: Mapping[str, Any],
    module_cache: str,
    cgo_tags: frozenset[str],
    linked: Iterable[str],
    shown: Mapping[str, Mapping[str, str]],
) -> Package:
    renamed = raw.get("ImportMap") or {}
    # "C" and "unsafe" have no package behind them that could matter here.
    imports = [renamed.get(path, path) for path in raw.get("Imports") or ()]
    given: list[Any] = [one if isinstance(one, str) else tuple(one) for one in raw.get(GIVEN, ())]
    flags = GivenFlags(*given)
    return Package(
        import_path=raw["ImportPath"],
        dir=raw.get("Dir", ""),
        name=raw.get("Name", ""),
        standard=bool(raw.get("Standard")),
        local=is_local(raw, module_cache),
        module=_module(raw.get("Module")),
        go_files=_names(raw, "GoFiles"),
        cgo_files=_names(raw, "CgoFiles"),
        cxx_files=_names(raw, "CXXFiles"),
        native_files=tuple(name for kind in _NATIVE for name in _names(raw, kind)),
        embed_files=_names(raw, "EmbedFiles"),
        embed_patterns=_names(raw, "EmbedPatterns"),
        ignored_go_files=_names(raw, "IgnoredGoFiles"),
        loading_files=_names(raw, LOADING) if LOADING in raw else None,
        imports=(*(path for path in imports if path not in ("C", "unsafe")), *linked),
        # In the order in which the go command gives them to compilers.
        cgo_cflags=(*_names(raw, "CgoCPPFLAGS"), *flags.cflags, *_names(raw, "CgoCFLAGS"), *_names(raw, "CgoCXXFLAGS")),
        cgo_ldflags=(*_names(raw, "CgoLDFLAGS"), *flags.ldflags),
        pkg_config=_names(raw, "CgoPkgConfig"),
        given=flags,
        godebug=raw.get("DefaultGODEBUG", ""),
        error=(raw.get("Error") or {}).get("Err", ""),
        cgo_tags=cgo_tags,
        shown=shown,
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
    *,
    tests: bool = False,
) -> list[dict[str, Any]]:
    """Run ``go list -deps`` in ``root`` once for the packages in ``directories``; return the objects that it prints.

    With ``tests`` the programs with the tests of each package are among them, and all that those consist of.
    ``flags`` are the build flags, which select files and dependencies. Errors inside packages stay with the
    packages, for the compiler to show; raises PackageError if the module itself cannot be read.
    """
    wanted = sorted({relative_package(root, directory) for directory in directories})
    also = ["-test"] if tests else []
    argv = [go, "list", "-e", "-deps", *also, f"-json={_FIELDS}{_TEST_FIELDS if tests else ''}", *flags, *wanted]
    answer = runner(argv, cwd=root, environ=environ)
    if answer.status:
        msg = f"go list in {root}: {answer.stderr.strip()}"
        raise PackageError(msg)
    return list(decode_stream(answer.stdout))


def read_listing(
    listing: Sequence[Mapping[str, Any]],
    flags: Sequence[str],
    environ: Mapping[str, str],
    shown: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
) -> PackageGraph:
    """Turn what :func:`list_packages` returned for these flags and environment into a graph.

    ``shown`` are the files that an overlay shows in a folder, by name.
    """
    platform = Platform(environ.get("GOOS", ""), environ.get("GOARCH", ""))
    tags = [tag for flag in flags if flag_name(flag) == "-tags" for tag in flag_value(flag).split(",")]
    cgo_tags = tags_of(platform, cgo=True, tags=tags)
    return build_graph(listing, environ.get("GOMODCACHE", ""), cgo_tags, shown)


def relative_package(root: str, directory: str) -> str:
    """Return the package in ``directory``, or of that import path, as an argument for the go command in ``root``."""
    if not os.path.isabs(directory):
        return directory
    relative = os.path.relpath(directory, root).replace(os.sep, "/")
    return relative if relative == "." or relative.startswith("../") else f"./{relative}"
