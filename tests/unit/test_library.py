"""Libraries for C: how Go is driven for one, what is refused, what its sources must have, what its bytes must show."""

from __future__ import annotations

import io
import shutil
import struct
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from elf_image import DF_1_NODELETE, DF_1_PIE, ET_DYN, ET_REL, ElfSpec, build_elf

from golang.contradictions import contradictions
from golang.exports import declares_main, exported_to_c
from golang.facts import BinaryFacts, BuildInfo, ElfFacts
from golang.index.closures import c_needs
from golang.inspect import find_symbols, inspect_stream
from golang.library_policy import Promise, check_sources
from golang.linkage import Kind, Level, Libc, Linkage, Permissions, Product, Request, Resolver
from golang.naming import LibraryName, library_name
from golang.packages import Package, PackageGraph
from golang.plan import Options, Plan, make_plan
from golang.platform import Platform
from golang.policy import check
from golang.predict import Prediction, predict

LINUX = Platform("linux", "amd64")
LIBRARIES = (Product.C_ARCHIVE, Product.C_SHARED)


def request(product: Product, linkage: str = "dynamic", **fields: Any) -> Request:
    return Request(linkage=Linkage(linkage), product=product, **fields)


def plan(product: Product, linkage: str = "dynamic", **options: Any) -> Plan:
    return make_plan(request(product, linkage), LINUX, Options(**options))


@pytest.mark.parametrize("linkage", ["dynamic", "static-libc", "static-pie"])
def test_archive_is_driven_alike_for_every_linkage(linkage: str) -> None:
    """Nothing links it: what a C linker will make of it is in the C compiler only."""
    made = plan(Product.C_ARCHIVE, linkage, ldflags=("-s",), soname="ignored")
    assert made.flags == ("-trimpath", "-buildvcs=false", "-buildmode=c-archive", "-ldflags=-s")
    assert made.environ["CGO_ENABLED"] == "1"
    assert not made.position_independent


def test_shared_library_has_its_soname_behind_the_flags_of_the_user() -> None:
    made = plan(Product.C_SHARED, soname="libapi.so.1", ldflags=("-extldflags=-Wl,-soname=other",))
    assert made.flags[-2:] == (
        "-buildmode=c-shared", "-ldflags=-extldflags '-Wl,-soname=other -Wl,-soname=libapi.so.1'",
    )  # fmt: skip
    assert "soname" not in str(make_plan(request(Product.C_SHARED), Platform("windows", "amd64"), Options(soname="x")))
    assert "-buildmode=c-shared" in plan(Product.C_SHARED, goflags=("-buildmode=c-shared",)).flags


@pytest.mark.parametrize("product", LIBRARIES)
@pytest.mark.parametrize("linkage", [one.value for one in Linkage])
def test_linkages_of_libraries(product: Product, linkage: str) -> None:
    """C11: cgo is needed; ld makes no static shared library; an archive may be for a static program."""
    found = contradictions(request(product, linkage), LINUX, Options())
    accepted = linkage == "dynamic" or (product is Product.C_ARCHIVE and linkage != "static")
    assert [finding.case for finding in found] == ([] if accepted else ["C11"])
    if not accepted:
        assert ("CGO_ENABLED=0" in found[0].found) == (linkage == "static")
        assert "linkage='dynamic'" in found[0].fix


@pytest.mark.parametrize("product", LIBRARIES)
def test_musl_and_build_modes(product: Product) -> None:
    """C11: golang/go#13492; a patched Go may be had with GOVERIFY='warn'. C27: the builder says what is made."""
    musl = request(product, libc=Libc.MUSL)
    assert "crashes before main" in contradictions(musl, LINUX, Options())[0].why
    assert not contradictions(musl, LINUX, Options(permissions=Permissions(enforce=Level.WARN)))
    for mode in ("pie", "exe", "plugin"):
        found = contradictions(request(product), LINUX, Options(build_flags=(f"-buildmode={mode}",)))
        assert [(one.case, one.wanted) for one in found] == [("C27", f"-buildmode={product.value}")]
    assert not contradictions(request(product), LINUX, Options(build_flags=(f"-buildmode={product.value}",), race=True))


def test_prediction_is_the_kind_of_library_and_c_takes_part() -> None:
    main = Package(import_path="m", dir="", name="main")
    for product, kind in ((Product.C_ARCHIVE, Kind.ARCHIVE), (Product.C_SHARED, Kind.SHARED_LIBRARY)):
        asked = request(product)
        found = predict(PackageGraph(packages={"m": main}), main, asked, make_plan(asked, LINUX, Options()))
        assert (found.kind, found.needs_c) == (kind, True)


def test_flags_that_go_with_an_archive_are_in_the_order_of_linkers() -> None:
    packages = [
        Package(import_path="m", dir="", name="main", cgo_files=("m.go",), cgo_ldflags=("-lm1", "-Wl,-x"), imports=("d",)),
        Package(import_path="d", dir="", name="d", cgo_files=("d.go",), cgo_ldflags=("-L/d", "-ld")),
        Package(import_path="runtime/cgo", dir="", name="cgo", standard=True, cgo_files=("c.go",), cgo_ldflags=("-lpthread",)),
    ]  # fmt: skip
    graph = PackageGraph(packages={one.import_path: one for one in packages}, mains={"/m": "m"})
    needs = c_needs(graph, links_c=False, libraries=True)["m"]
    assert needs is not None
    assert needs.link_flags == ("-lm1", "-Wl,-x", "-L/d", "-ld", "-lpthread")
    plain = c_needs(graph, links_c=False)["m"]
    assert plain is not None
    assert (plain.link_flags, plain.library_flags) == ((), ("-L/d", "-ld", "-lm1"))


@pytest.mark.parametrize(
    ("text", "exports"),
    [
        ("//export A\nfunc A() {}\n", ["A"]),
        ("//export\tB\n//go:noinline\nfunc B() {}\n", ["B"]),
        ("//export A b\nfunc A() {}\n", ["A"]),
        (" //export A\n// export B\n//exported C\n/* \n//export D\n*/\n", []),
        ('var x = `\n//export A\n`\nvar y = "//export B"\n//export C\n', ["C"]),
    ],
)
def test_exports_are_read_as_cgo_reads_them(text: str, exports: list[str]) -> None:
    assert exported_to_c(f"package main\n\n{text}") == exports


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("func main() {}\n", True),
        ("func  main  () {\n}\n", True),
        ("/*\nfunc main() {}\n*/\nvar x = `\nfunc main() {}\n`\n", False),
        ("func (t T) main() {}\nfunc mainly() {}\n", False),
        ("var half = 1 / 2 // '\nfunc main() {}\n", True),
    ],
)
def test_main_is_found_in_code_only(text: str, expected: bool) -> None:
    assert declares_main(f"package main\n\n{text}") is expected


def test_sources_of_a_library() -> None:
    assert not check_sources(["A"], "/d", has_main=True)
    assert [one.case for one in check_sources([], "/d", has_main=False)] == ["export", "main"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("api", "lib", ".a"), ("api", "libapi.a", "libapi.h")),
        (("libapi.a", "lib", ".a"), ("api", "libapi.a", "libapi.h")),
        (("lib", "lib", ".a"), ("lib", "liblib.a", "liblib.h")),
        (("api.dll", "", ".dll"), ("api", "api.dll", "api.h")),
    ],
)
def test_names_of_archives(arguments: Any, expected: tuple[str, str, str]) -> None:
    assert library_name(*arguments)[:3] == expected


@pytest.mark.parametrize(
    ("name", "version", "soname", "so", "expected"),
    [
        ("api", "", "", "", ("libapi.so", "libapi.so", ())),
        ("api", "1.2.3", "", "", ("libapi.so.1.2.3", "libapi.so.1", ("libapi.so.1", "libapi.so"))),
        ("libapi.so.1.2.3", "1.2.3", "", "", ("libapi.so.1.2.3", "libapi.so.1", ("libapi.so.1", "libapi.so"))),
        ("libapi.so", "4", "", "", ("libapi.so.4", "libapi.so.4", ("libapi.so",))),
        ("api", "1.2.3", "own.so", "", ("libapi.so.1.2.3", "own.so", ("own.so", "libapi.so"))),
        ("api", "1.2.3", "", "1.2", ("libapi.so.1.2.3", "libapi.so.1.2", ("libapi.so.1.2", "libapi.so"))),
    ],
)  # fmt: skip
def test_names_of_shared_libraries(
    name: str, version: str, soname: str, so: str, expected: tuple[str, str, Sequence[str]]
) -> None:
    found = library_name(name, "lib", ".so", version, soname=soname, so=so)
    assert found == LibraryName("api", expected[0], "libapi.h", expected[1], tuple(expected[2]))


BASE = {"machine": "X86_64", "bits": 64, "little_endian": True, "go": True}
OBJECT = ElfFacts(**{**BASE, "type": "REL"})  # type: ignore[arg-type]
SHARED = {
    **BASE, "type": "DYN", "has_dynamic": True, "nodelete": True, "static_tls": True, "soname": "libapi.so",
    "needed": ("libc.so.6",), "build_info": BuildInfo(go_version="go1.26", settings={"CGO_ENABLED": "1"}),
}  # fmt: skip
PROMISE = Promise(exports=("A", "B"), soname="libapi.so")


def judged(facts: BinaryFacts, product: Product, linkage: str = "dynamic", **how: Any) -> list[str]:
    return [
        finding.case
        for finding in check(
            facts,
            request(product, linkage),
            **{"permissions": Permissions(), "platform": LINUX, "promise": PROMISE, **how},
        )
    ]


def archive(**fields: Any) -> BinaryFacts:
    return BinaryFacts(**{"format": "ar", "size": 1, "members": ("go.o",), "object": OBJECT, **fields})


@pytest.mark.parametrize(
    ("facts", "cases"),
    [
        (archive(symbols=frozenset("AB")), []),
        (archive(symbols=frozenset("A")), ["export"]),
        (archive(members=("a.o",), object=None), ["go"]),
        (archive(object=ElfFacts(**{**BASE, "type": "REL", "machine": "AARCH64"})), ["machine"]),  # type: ignore[arg-type]
        (BinaryFacts(format="ELF", size=1, elf=ElfFacts(**SHARED)), ["kind", "needed", "dynamic-segment"]),  # type: ignore[arg-type]
    ],
)
def test_what_an_archive_must_be(facts: BinaryFacts, cases: list[str]) -> None:
    found = judged(facts, Product.C_ARCHIVE)
    assert found == cases


@pytest.mark.parametrize(
    ("fields", "cases"),
    [
        ({}, []),
        ({"soname": None}, ["soname"]),
        ({"soname": "libother.so"}, ["soname"]),
        ({"nodelete": False}, ["nodelete"]),
        ({"text_relocations": True}, ["textrel"]),
        ({"needed": ("libc.so.6", "libodd.so")}, ["library"]),
        ({"machine": "AARCH64"}, ["machine"]),
        ({"pie": True, "interpreter": "/ld"}, ["kind", "interpreter"]),
        ({"build_info": BuildInfo(go_version="go1.26", settings={"CGO_ENABLED": "0"})}, ["cgo"]),
        ({"go": False, "build_info": None}, ["go"]),
    ],
)
def test_what_a_shared_library_must_be(fields: dict[str, Any], cases: list[str]) -> None:
    facts = BinaryFacts(format="ELF", size=1, elf=ElfFacts(**{**SHARED, **fields}), symbols=frozenset("AB"))
    assert judged(facts, Product.C_SHARED) == cases
    assert judged(archive(), Product.C_SHARED) == ["kind"]


@pytest.mark.parametrize(
    ("linkage", "resolver", "level", "cases"),
    [
        ("static-libc", Resolver.LIBC, Level.WARN, ["C8"]),
        ("static-libc", Resolver.LIBC, Level.OK, []),
        ("static-libc", Resolver.GO, Level.WARN, []),
        ("static-pie", Resolver.LIBC, Level.WARN, ["C8"]),
        ("dynamic", Resolver.LIBC, Level.WARN, []),
    ],
)
def test_name_service_of_an_archive_for_static_programs(
    linkage: str, resolver: Resolver, level: Level, cases: list[str]
) -> None:
    prediction = Prediction(kind=Kind.ARCHIVE, resolver=resolver)
    how = {"permissions": Permissions(nss=level), "prediction": prediction, "promise": None}
    assert judged(archive(), Product.C_ARCHIVE, linkage, **how) == cases


@pytest.mark.parametrize(("mode", "kind"), [("c-archive", []), ("exe", ["kind"]), ("pie", ["kind"])])
def test_c_program_over_a_go_archive_may_be_static(mode: str, kind: list[str]) -> None:
    """There is no C program without libc; Go that was linked into it as a library does not make it a Go program."""
    info = BuildInfo(go_version="go1.26", settings={"-buildmode": mode, "CGO_ENABLED": "1"})
    elf = ElfFacts(**{**BASE, "type": "EXEC", "has_tls": True, "libc": Libc.GLIBC, "build_info": info})  # type: ignore[arg-type]
    facts = BinaryFacts(format="ELF", size=1, elf=elf)
    found = check(facts, Request(linkage=Linkage.STATIC), permissions=Permissions(), go=False)
    assert [finding.case for finding in found] == kind


def member(name: bytes, content: bytes) -> bytes:
    header = b"%-16s%-12d%-6d%-6d%-8s%-10d`\n" % (name, 0, 0, 0, b"644", len(content))
    return header + content + b"\n" * (len(content) % 2)


def index(names: Sequence[bytes], *, wide: bool = False) -> bytes:
    word = "Q" if wide else "I"
    table = struct.pack(f">{word}{len(names)}{word}", len(names), *(0 for _ in names)) + b"".join(
        one + b"\0" for one in names
    )
    return member(b"/SYM64/" if wide else b"/", table)


@pytest.mark.parametrize("wide", [False, True])
def test_archive_has_its_go_code_and_an_index(tmp_path: Path, wide: bool) -> None:
    go = bytes(build_elf(ElfSpec(type=ET_REL, machine=183)).data)
    data = b"!<arch>\n" + index([b"A", b"_cgo_x"], wide=wide) + member(b"go.o/", go) + member(b"x.o/", b"x")
    facts = inspect_stream(io.BytesIO(data), "lib.a")
    assert facts.members == ("go.o", "x.o")
    assert facts.object is not None
    assert (facts.object.machine, facts.object.type) == ("AARCH64", "REL")
    file = tmp_path / "lib.a"
    file.write_bytes(data)
    assert find_symbols(str(file), ["A", "B", "_cgo"]) == {"A"}
    for damaged in (data[: len(data) - 30], b"!<arch>\n", b"!<arch>\n" + member(b"go.o/", go)):
        file.write_bytes(damaged)
        assert find_symbols(str(file), ["B"]) == frozenset()


def test_bits_of_a_shared_library() -> None:
    spec = ElfSpec(type=ET_DYN, flags=0x4, flags_1=DF_1_NODELETE, soname="x")
    elf = inspect_stream(io.BytesIO(build_elf(spec).data), "x").elf
    assert elf is not None
    assert (elf.nodelete, elf.text_relocations) == (True, True)
    elf = inspect_stream(io.BytesIO(build_elf(ElfSpec(type=ET_DYN, flags_1=DF_1_PIE)).data), "x").elf
    assert elf is not None
    assert (elf.nodelete, elf.text_relocations) == (False, False)


@pytest.mark.skipif(not shutil.which("gcc"), reason="needs gcc")
@pytest.mark.parametrize("style", ["gnu", "sysv", "both"])
def test_symbols_of_a_shared_library_are_found_as_a_loader_finds_them(tmp_path: Path, style: str) -> None:
    names = [f"name{number}" for number in range(50)]
    source = tmp_path / "x.c"
    source.write_text(
        "extern int absent(void);\nint uses(void) { return absent(); }\nstatic int hidden(void) { return 1; }\n"
        + "".join(f"int {name}(void) {{ return hidden(); }}\n" for name in names)
    )
    library = tmp_path / "libx.so"
    subprocess.run(["gcc", "-shared", "-fPIC", f"-Wl,--hash-style={style}", source, "-o", library], check=True)
    wanted = [*names, "uses", "absent", "hidden", "name", "other"]
    assert find_symbols(str(library), wanted) == {*names, "uses"}
