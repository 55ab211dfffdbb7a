"""predict: what a program's linkage will be, from its package graph, and what rules it out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from golang.c_findings import c_findings, toolchains_for, without_c
from golang.ccompiler import CCompiler
from golang.finding import Finding
from golang.golist import build_graph, decode_stream
from golang.gosource import tags_of
from golang.linkage import Kind, Level, Libc, Linkage, Permissions, Product, Request, Resolver
from golang.packages import Package, PackageGraph
from golang.plan import Options, make_plan
from golang.platform import Platform
from golang.predict import CgoUse, Prediction, predict

DATA = Path(__file__).resolve().parent.parent / "data" / "golist"
LINUX = Platform("linux", "amd64")
ARM64 = Platform("linux", "arm64")
CGO_TAGS = tags_of(LINUX, cgo=True)
STATIC_KINDS = [linkage for linkage in Linkage if linkage.is_static]


def recorded(name: str) -> PackageGraph:
    return build_graph(list(decode_stream((DATA / f"{name}.json").read_text())), "/modcache", CGO_TAGS)


def package(path: str, imports: tuple[str, ...] = (), **fields: Any) -> Package:
    return Package(**{"import_path": path, "dir": "", "name": "p", "imports": imports, "cgo_tags": CGO_TAGS, **fields})


def graph_of(*packages: Package) -> PackageGraph:
    return PackageGraph(packages={one.import_path: one for one in packages})


def prediction(
    graph: PackageGraph,
    linkage: Linkage | str,
    permissions: Permissions | None = None,
    libc: Libc = Libc.GLIBC,
    **options: Any,
) -> Prediction:
    """Predict the first main of ``graph``, else the package called ``m``."""
    request = Request(linkage=Linkage(linkage), libc=libc)
    main = graph.packages[next(iter(graph.mains.values()), "m")]
    return predict(graph, main, request, make_plan(request, LINUX, Options(**options)), permissions)


def cases(found: Prediction) -> list[str]:
    return [finding.case for finding in found.findings]


def test_cgo_of_a_program_and_why() -> None:
    """C2: the packages that bring cgo in, nearest first, each with its shortest chain."""
    found = prediction(recorded("app_cgo"), "dynamic")
    assert found.kind is Kind.DYNAMIC
    assert [str(use) for use in found.cgo] == [
        "example.org/app/cmd/app imports example.org/app/native",
        "example.org/app/cmd/app imports example.org/app/dial imports net",
    ]
    assert found.resolver is Resolver.LIBC
    assert found.libraries == ("foo", "m", "resolv")
    assert found.library_flags == ("-L/src/app/native/lib", "-lfoo", "-lm", "-lresolv")
    assert [use.package for use in found.cxx] == ["example.org/app/native"]
    assert found.needs_cxx
    assert found.needs_c
    assert found.complete
    assert found.findings == ()


def test_resolver_of_go_leaves_other_cgo() -> None:
    found = prediction(recorded("app_netgo"), "dynamic")
    assert found.resolver is Resolver.GO
    assert [use.package for use in found.cgo] == ["example.org/app/native"]
    assert found.kind is Kind.DYNAMIC


def test_pure_program_needs_no_c() -> None:
    found = prediction(recorded("app_pure"), "static")
    assert (found.kind, found.cgo, found.libraries, found.resolver) == (Kind.STATIC, (), (), Resolver.GO)
    assert not found.needs_c
    assert not found.needs_cxx


BARE = recorded("bare")


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        ({}, Kind.STATIC),
        ({"ldflags": ("-linkmode=external",)}, Kind.DYNAMIC),
        # C6: Go's own linker makes it ask for the loader, though nothing is NEEDED.
        ({"build_flags": ("-buildmode=pie",)}, Kind.INTERPRETER_ONLY),
        ({"build_flags": ("-buildmode=pie",), "ldflags": ("-linkmode=external",)}, Kind.DYNAMIC),
        ({"build_flags": ("-buildmode=pie", "-buildmode=exe")}, Kind.STATIC),
    ],
)
def test_dynamic_program_without_cgo(options: dict[str, Any], kind: Kind) -> None:
    found = prediction(BARE, "dynamic", **options)
    assert found.kind is kind
    assert found.resolver is None
    assert not found.needs_c


def test_race_detector_is_cgo() -> None:
    found = prediction(recorded("race"), "dynamic", race=True)
    assert found.kind is Kind.DYNAMIC
    assert [str(use) for use in found.cgo] == ["example.org/bare imports runtime/race"]
    assert found.needs_c


@pytest.mark.parametrize("linkage", STATIC_KINDS)
def test_static_kinds_are_what_was_asked_for(linkage: Linkage) -> None:
    found = prediction(BARE, linkage)
    assert found.kind.value == linkage.value
    assert found.needs_c is linkage.links_libc_statically


@pytest.mark.parametrize("linkage", Linkage)
def test_plugin_is_refused_for_every_static_linkage(linkage: Linkage) -> None:
    """C9."""
    graph = graph_of(package("m", ("a",), name="main"), package("a", ("plugin",)), package("plugin", standard=True))
    found = prediction(graph, linkage)
    if linkage is Linkage.DYNAMIC:
        assert found.findings == ()
    else:
        [finding] = found.findings
        assert finding.case == "C9"
        assert finding.wanted.startswith(f"linkage {linkage.value}")
        assert finding.why == "m imports a imports plugin"
        assert "linkage='dynamic'" in finding.fix


def loading_graph(directory: Path) -> PackageGraph:
    text = 'package a\n\n//go:cgo_import_dynamic _ _ "libx.so.1"\n//go:cgo_import_dynamic _ _ "liby.so.1"\n'
    (directory / "a.go").write_text(text)
    return graph_of(package("m", ("a",), name="main"), package("a", dir=str(directory), go_files=("a.go",)))


def test_pragma_makes_a_dynamic_program(tmp_path: Path) -> None:
    """C1: no cgo, and yet it loads a library."""
    found = prediction(loading_graph(tmp_path), "dynamic")
    assert (found.kind, found.cgo, found.findings) == (Kind.DYNAMIC, (), ())


@pytest.mark.parametrize("linkage", STATIC_KINDS)
def test_pragma_is_refused_for_every_static_linkage(tmp_path: Path, linkage: Linkage) -> None:
    """C1: the message names file, line and chain."""
    [finding] = prediction(loading_graph(tmp_path), linkage).findings
    assert finding.case == "C1"
    assert finding.found == f'//go:cgo_import_dynamic _ _ "libx.so.1" at {tmp_path / "a.go"}:3'
    assert finding.why == "m imports a"
    assert finding.level is Level.ERROR


CGO_FILE = 'package a\n\nimport "C"\n\n' + "".join(f"func F{number}() {{}}\n" for number in range(7))
STUB = '//go:build !cgo\n\npackage a\n\nvar err = errors.New("a requires cgo")\n'
WHOLE = "//go:build !cgo\n\npackage a\n\n" + CGO_FILE.partition('"C"\n\n')[2]


def dropping_graph(directory: Path, files: Mapping[str, str], *go_files: str, **fields: Any) -> PackageGraph:
    for name, text in files.items():
        (directory / name).write_text(text)
    ignored = tuple(name for name in files if name not in go_files)
    one = package("a", dir=str(directory), go_files=go_files, ignored_go_files=ignored, **fields)
    return graph_of(package("m", ("a",), name="main"), one)


def test_dropped_cgo_names_stub_and_lost_names(tmp_path: Path) -> None:
    """C30: by default a warning with package, chain, stub text, what is gone, and the fix."""
    graph = dropping_graph(tmp_path, {"c.go": CGO_FILE, "stub.go": STUB}, "stub.go")
    [finding] = prediction(graph, "static").findings
    assert finding == Finding(
        case="C30",
        level=Level.WARN,
        wanted="every package to work without cgo",
        found=(
            'package a leaves out 1 cgo files; stub.go takes its place, and says "var err = errors.New("a requires cgo")"'
            "; 7 exported names are gone: F0, F1, F2, F3, F4 ..."
        ),
        why="m imports a",
        fix="linkage='static-libc' keeps them; GOVERIFYDROPPEDCGO='ok' if the program works without",
    )


def test_dropped_cgo_with_nothing_in_its_place(tmp_path: Path) -> None:
    graph = dropping_graph(tmp_path, {"c.go": 'package a\n\nimport "C"\n', "doc.go": "package a\n"}, "doc.go")
    [finding] = prediction(graph, "static").findings
    assert finding.found == "package a leaves out 1 cgo files; nothing takes their place"


def test_lost_names_are_told_without_a_stub(tmp_path: Path) -> None:
    part = WHOLE.replace("func F6() {}\n", "")
    graph = dropping_graph(tmp_path, {"c.go": CGO_FILE, "pure.go": part}, "pure.go")
    [finding] = prediction(graph, "static").findings
    assert finding.found.endswith("; pure.go takes its place; 1 exported names are gone: F6")


def test_whole_replacement_is_no_finding(tmp_path: Path) -> None:
    graph = dropping_graph(tmp_path, {"c.go": CGO_FILE, "pure.go": WHOLE}, "pure.go")
    assert prediction(graph, "static").findings == ()


@pytest.mark.parametrize("linkage", ["dynamic", "static-libc", "static-pie"])
def test_cgo_is_dropped_only_without_cgo(tmp_path: Path, linkage: str) -> None:
    graph = dropping_graph(tmp_path, {"c.go": CGO_FILE, "stub.go": STUB}, "stub.go")
    assert prediction(graph, linkage).findings == ()


@pytest.mark.parametrize("level", Level)
def test_level_of_dropped_cgo(tmp_path: Path, level: Level) -> None:
    graph = dropping_graph(tmp_path, {"c.go": CGO_FILE, "stub.go": STUB}, "stub.go")
    found = prediction(graph, "static", Permissions(dropped_cgo=level)).findings
    assert [finding.level for finding in found] == ([] if level is Level.OK else [level])


def test_cgo_for_another_platform_is_not_dropped(tmp_path: Path) -> None:
    graph = dropping_graph(tmp_path, {"c_windows.go": CGO_FILE, "doc.go": "package a\n"}, "doc.go")
    assert prediction(graph, "static").findings == ()


@pytest.mark.parametrize("level", Level)
def test_package_of_cgo_files_only_is_an_error_at_every_level(tmp_path: Path, level: Level) -> None:
    """C30: it could not compile."""
    error = f"build constraints exclude all Go files in {tmp_path}"
    graph = dropping_graph(tmp_path, {"c.go": CGO_FILE}, error=error)
    found = prediction(graph, "static", Permissions(dropped_cgo=level))
    [finding] = found.findings
    assert (finding.case, finding.level, finding.why) == ("C30", Level.ERROR, "m imports a")
    assert finding.found == "package a has only cgo files (c.go)"
    assert "linkage='static-libc'" in finding.fix
    assert not found.complete
    assert prediction(graph, "dynamic").findings == ()


def test_package_for_another_platform_only_is_for_the_compiler_to_tell(tmp_path: Path) -> None:
    error = f"build constraints exclude all Go files in {tmp_path}"
    graph = dropping_graph(tmp_path, {"c_windows.go": CGO_FILE}, error=error)
    found = prediction(graph, "static")
    assert (found.findings, found.complete) == ((), False)


def test_broken_packages_make_the_prediction_incomplete() -> None:
    found = prediction(recorded("broken"), "static")
    assert not found.complete


def test_package_that_is_no_program() -> None:
    [finding] = prediction(graph_of(package("m", name="lib", dir="/m")), "dynamic").findings
    assert finding.found == "package lib in /m"
    assert finding.wanted == "a package main"


@pytest.mark.parametrize("fields", [{"name": ""}, {"name": "lib", "error": "no Go files"}])
def test_unreadable_main_is_for_the_compiler_to_tell(fields: dict[str, str]) -> None:
    assert prediction(graph_of(package("m", **fields)), "dynamic").findings == ()


@pytest.mark.parametrize(("net", "expected"), [(("cgo.go",), Resolver.LIBC), ((), Resolver.GO)])
def test_resolver(net: tuple[str, ...], expected: Resolver) -> None:
    graph = graph_of(package("m", ("net",), name="main"), package("net", standard=True, cgo_files=net))
    assert prediction(graph, "dynamic").resolver is expected


def nss_graph() -> PackageGraph:
    return graph_of(
        package("m", ("a", "os/user"), name="main"),
        package("a", ("net",)),
        package("net", standard=True, cgo_files=("cgo.go",)),
        package("os/user", standard=True, cgo_files=("cgo.go",)),
    )


def test_nss_is_told_before_the_linker_would_at_level_error() -> None:
    """C8."""
    found = prediction(nss_graph(), "static-libc", Permissions(nss=Level.ERROR))
    assert [finding.why for finding in found.findings] == ["m imports os/user", "m imports a imports net"]
    assert set(cases(found)) == {"C8"}


@pytest.mark.parametrize(
    ("linkage", "level", "libc"),
    [
        ("static-libc", Level.WARN, Libc.GLIBC),
        ("static-libc", Level.OK, Libc.GLIBC),
        ("static-libc", Level.ERROR, Libc.MUSL),
        ("dynamic", Level.ERROR, Libc.GLIBC),
    ],
)
def test_nss_is_no_error_otherwise(linkage: str, level: Level, libc: Libc) -> None:
    assert prediction(nss_graph(), linkage, Permissions(nss=level), libc).findings == ()


def test_nss_error_is_for_resolvers_through_libc_only() -> None:
    """C8: other cgo is no matter, nor is net that resolves in Go."""
    graph = graph_of(
        package("m", ("a", "net"), name="main"), package("a", cgo_files=("a.go",)), package("net", standard=True)
    )
    assert prediction(graph, "static-libc", Permissions(nss=Level.ERROR)).findings == ()


@pytest.mark.parametrize(
    ("linkage", "experiment", "expected"),
    [
        ("static", "boringcrypto", ["C21"]),
        ("static", "loopvar,boringcrypto", ["C21"]),
        ("static", "noboringcrypto", []),
        ("static-libc", "boringcrypto", []),
        ("dynamic", "boringcrypto", []),
    ],
)
def test_boringcrypto_needs_cgo(linkage: str, experiment: str, expected: list[str]) -> None:
    """C21: without cgo Go takes its own cryptography, and says nothing."""
    boring = package("crypto/internal/boring", standard=True)
    graph = graph_of(package("m", ("a",), name="main"), package("a", ("crypto/internal/boring",)), boring)
    found = prediction(graph, linkage, settings={"GOEXPERIMENT": experiment})
    assert cases(found) == expected
    if expected:
        assert "m imports a imports crypto/internal/boring" in found.findings[0].why
        assert "linkage='static-libc'" in found.findings[0].fix
    assert cases(prediction(graph_of(package("m", name="main")), linkage, settings={"GOEXPERIMENT": experiment})) == []


def test_only_libraries_and_their_folders_are_library_flags() -> None:
    flags = ("-Wl,-z,now", "-L/x", "-lfoo", "/y/libz.a")
    graph = graph_of(package("m", name="main", cgo_files=("m.go",), cgo_ldflags=flags))
    found = prediction(graph, "dynamic")
    assert (found.library_flags, found.libraries) == (("-L/x", "-lfoo"), ("foo",))


def test_all_findings_are_told(tmp_path: Path) -> None:
    (tmp_path / "c.go").write_text(CGO_FILE)
    (tmp_path / "a.go").write_text('package a\n\n//go:cgo_import_dynamic _ _ "x"\n')
    graph = graph_of(
        package("m", ("a", "plugin"), name="main"),
        package("a", dir=str(tmp_path), go_files=("a.go",), ignored_go_files=("c.go",)),
        package("plugin", standard=True),
    )
    assert cases(prediction(graph, "static")) == ["C9", "C1", "C30"]


def compiler(
    name: str = "/usr/bin/gcc", libc: Libc | None = Libc.GLIBC, goarch: str = "amd64", **fields: Any
) -> CCompiler:
    known = {"command": (name,), "version": "gcc version 12", "libc": libc, "libc_version": "2.36", "goarch": goarch}
    return CCompiler(**{"goos": "linux", "identity": "x", **known, **fields})


def c_cases(
    *compilers: CCompiler, linkage: str = "static-libc", libc: Libc = Libc.GLIBC, cxx: bool = False
) -> list[str]:
    use = (CgoUse("m", ("m",)),)
    known = Prediction(kind=Kind.STATIC_LIBC, cgo=use, cxx=use if cxx else ())
    found = c_findings(known, Request(linkage=Linkage(linkage), libc=libc), LINUX, compilers)
    return [f"{finding.case} {finding.found.partition(':')[0]}" for finding in found]


def test_c_toolchain_of_the_wanted_libc() -> None:
    assert c_cases(compiler()) == []
    assert c_cases(compiler(libc=Libc.MUSL), libc=Libc.MUSL) == []
    assert c_cases(compiler(goarch="", goos="")) == []


def test_c_toolchain_of_another_libc() -> None:
    """C24: whatever the linkage, for what is loaded is another libc too; one that is not known may only be loaded."""
    assert c_cases(compiler(), libc=Libc.MUSL) == ["C24 CC"]
    assert c_cases(compiler(), libc=Libc.MUSL, linkage="dynamic") == ["C24 CC"]
    assert c_cases(compiler(libc=Libc.MUSL), linkage="dynamic") == ["C24 CC"]
    assert c_cases(compiler(libc=None)) == ["C24 CC"]
    assert c_cases(compiler(libc=None), linkage="dynamic") == []


@pytest.mark.parametrize(
    ("goos", "package", "product", "setting"),
    [
        ("linux", "net", Product.PROGRAM, "linkage='static'"),
        ("openbsd", "os/user", Product.PROGRAM, "GORESOLVER='go'"),
        ("linux", "m", Product.PROGRAM, ""),
        ("linux", "runtime/cgo", Product.C_SHARED, ""),
    ],
)
def test_what_needs_no_c_compiler(goos: str, package: str, product: Product, setting: str) -> None:
    known = Prediction(kind=Kind.DYNAMIC, cgo=(CgoUse(package, (package,)),))
    request = Request(linkage=Linkage.DYNAMIC, product=product)
    assert without_c(known, request, Platform(goos, "amd64")) == setting


@pytest.mark.parametrize(
    ("platform", "linkage", "libc", "chosen_by", "advice"),
    [
        (LINUX, "dynamic", Libc.GLIBC, "", "`pip install ziglang` into the Python that runs SCons or gcc as CC (Debian:"),
        (LINUX, "static-libc", Libc.GLIBC, "", "gcc as CC (Debian: gcc libc6-dev)"),
        (LINUX, "static-libc", Libc.GLIBC, "GOCTOOLCHAIN", "gcc with GOCTOOLCHAIN='system' (Debian: gcc libc6-dev)"),
        (LINUX, "static-libc", Libc.MUSL, "GOCTOOLCHAIN", "GOCTOOLCHAIN='zig' (`pip install ziglang` into the Python t"),
        (LINUX, "static-libc", Libc.MUSL, "GOCC", "GOCC and GOCXX: compilers for linux/amd64 and musl; or without them GOCTOOLCHAIN='zig'"),
        (ARM64, "static-libc", Libc.MUSL, "", "`pip install ziglang` into the Python that runs SCons"),
        (ARM64, "static-libc", Libc.GLIBC, "", "GOCTOOLCHAIN='aarch64-linux-gnu-gcc' (Debian: gcc-aarch64-linux-gnu)"),
        (LINUX, "static-libc", Libc.GLIBC, "GOCC", "GOCC and GOCXX: compilers for linux/amd64 and glibc; or without them gcc as CC (D"),
        (ARM64, "static-libc", Libc.GLIBC, "GOSYSROOT", "put gcc and libc6-dev for linux/arm64 into GOSYSROOT (docs/em"),
        (Platform("solaris", "amd64"), "dynamic", Libc.GLIBC, "", "GOCC and GOCXX: compilers for solaris/amd64"),
    ],
)  # fmt: skip
def test_what_would_suit(
    monkeypatch: pytest.MonkeyPatch, platform: Platform, linkage: str, libc: Libc, chosen_by: str, advice: str
) -> None:
    """It is never proposed what is so already, nor what cannot do it."""
    monkeypatch.setattr("golang.c_findings.host_platform", lambda: LINUX)
    request = Request(linkage=Linkage(linkage), libc=libc)
    assert toolchains_for(platform, request, chosen_by).startswith(advice)


def test_what_is_not_installed_is_to_be_installed() -> None:
    """It is never proposed to choose what was chosen."""
    request = Request(linkage=Linkage.STATIC_LIBC)
    advice = toolchains_for(ARM64, request, "GOCTOOLCHAIN", missing="aarch64-linux-gnu-gcc")
    assert advice.startswith("install it (Debian: gcc-aarch64-linux-gnu) or GOLIBC='musl' with zig (`pip install")


def test_musl_has_two_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("golang.c_findings.host_platform", lambda: LINUX)
    musl = Request(linkage=Linkage.DYNAMIC, libc=Libc.MUSL)
    assert toolchains_for(LINUX, musl, "GOCTOOLCHAIN").endswith(" or GOCTOOLCHAIN='musl-gcc' (Debian: musl-tools)")


def test_what_would_suit_for_cxx(monkeypatch: pytest.MonkeyPatch) -> None:
    """musl-gcc has no C++."""
    monkeypatch.setattr("golang.c_findings.host_platform", lambda: LINUX)
    musl = Request(linkage=Linkage.STATIC_LIBC, libc=Libc.MUSL)
    assert "musl-gcc" not in toolchains_for(LINUX, musl, "", cxx=True)
    assert "Debian: g++-aarch64-linux-gnu" in toolchains_for(ARM64, Request(linkage=Linkage.DYNAMIC), "", cxx=True)


def test_cxx_links_a_program_with_cxx_in_it() -> None:
    """C24: musl-gcc for C with the system's g++ would give glibc."""
    pair = (compiler("/usr/bin/musl-gcc", Libc.MUSL), compiler("/usr/bin/g++"))
    assert c_cases(*pair, libc=Libc.MUSL) == []
    assert c_cases(*pair, libc=Libc.MUSL, cxx=True) == ["C24 CXX"]


def test_c_toolchain_for_another_machine_or_system() -> None:
    assert c_cases(compiler(goarch="arm64"), linkage="dynamic") == ["C20 CC"]
    assert c_cases(compiler(goos="windows"), linkage="dynamic") == ["C20 CC"]
