"""report: stable text and stable JSON."""

from __future__ import annotations

import json

from golang.errors import InspectError
from golang.facts import BinaryFacts, BuildInfo, ElfFacts, ImageFacts
from golang.finding import Finding, errors, warnings
from golang.linkage import Level, Libc, Linkage, Request, Resolver
from golang.report import (
    SCHEMA,
    Evidence,
    describe,
    refusal,
    rejection,
    report_json,
    report_table,
    resolver_of,
    success,
    unreadable,
    warning,
)

FULL = Finding(case="C1", wanted="this", found="that", why="because", fix="do so")
SHORT = Finding(case="C2", wanted="more", found="less")
WARNED = Finding(case="C8", wanted="quiet", found="noise", level=Level.WARN)
STATIC = BinaryFacts(
    format="ELF",
    size=3 << 20,
    elf=ElfFacts(
        type="EXEC",
        machine="X86_64",
        bits=64,
        little_endian=True,
        go=True,
        libc=Libc.MUSL,
        has_tls=True,
        stack_size=0,
        notes=("Go/4",),
        build_info=BuildInfo(go_version="go1.26.8", path="m/cmd/a", module="m", settings={"b": "2", "a": "1"}),
    ),
)
DYNAMIC = BinaryFacts(
    format="ELF",
    size=2048,
    elf=ElfFacts(
        type="DYN",
        machine="AARCH64",
        bits=64,
        little_endian=True,
        interpreter="/lib/ld-linux-aarch64.so.1",
        has_dynamic=True,
        needed=("libx.so.1", "libc.so.6"),
        rpath=("/a",),
        runpath=("/b", "/c"),
        pie=True,
        libc=Libc.GLIBC,
        libc_resolver=True,
        go=True,
        symbol_versions={"libx.so.1": ("X_1",), "libc.so.6": ("GLIBC_2.17", "GLIBC_2.34")},
    ),
)
PURE = BinaryFacts(
    format="ELF", size=1536, elf=ElfFacts(type="EXEC", machine="X86_64", bits=64, little_endian=True, go=False)
)


def test_finding_as_text() -> None:
    assert describe([FULL, SHORT]) == (
        "  wanted: this\n  found:  that\n  why:    because\n  fix:    do so\n  wanted: more\n  found:  less"
    )
    assert describe([]) == ""


def test_levels_are_told_apart() -> None:
    assert errors((FULL, WARNED, SHORT)) == (FULL, SHORT)
    assert warnings((FULL, WARNED, SHORT)) == (WARNED,)


def test_messages_tell_errors_only() -> None:
    request = Request(linkage=Linkage.STATIC_LIBC, libc=Libc.MUSL)
    assert refusal(request, [SHORT, WARNED]) == (
        "linkage static-libc (musl) cannot be had\n  wanted: more\n  found:  less"
    )
    assert rejection([SHORT, WARNED]) == "rejected\n  wanted: more\n  found:  less"
    assert rejection([SHORT], "a.rejected") == "rejected; moved to a.rejected\n  wanted: more\n  found:  less"
    assert unreadable(InspectError("a: not ELF"), "a.rejected") == "rejected; moved to a.rejected\n  a: not ELF"


def test_warning_tells_warnings_only() -> None:
    assert warning("a", [FULL, WARNED]) == "golang: warning: a\n  wanted: quiet\n  found:  noise"
    assert warning("a", [FULL]) == ""


MUSL = Request(linkage=Linkage.STATIC_LIBC, libc=Libc.MUSL)


def test_success_is_one_line() -> None:
    evidence = "ELF EXEC, no interpreter, no NEEDED libraries, no dynamic segment, musl in its bytes"
    assert success("build/a", STATIC, MUSL) == f"build/a: static-libc (musl): {evidence}"


def test_success_tells_a_naturally_static_program() -> None:
    """Asked for dynamic, there was nothing to link dynamically."""
    assert success("a", PURE, Request(linkage=Linkage.DYNAMIC)).startswith("a: static (naturally): ELF EXEC")
    assert success("a", PURE, Request(linkage=Linkage.STATIC)).startswith("a: static: ELF EXEC")


def test_resolver() -> None:
    assert resolver_of(DYNAMIC) is Resolver.LIBC
    assert resolver_of(STATIC) is Resolver.GO
    assert resolver_of(PURE) is None
    assert resolver_of(BinaryFacts(format="PE", size=1)) is None


EVIDENCE = (
    Evidence(program="z/pure", facts=PURE),
    Evidence(
        program="a/libc",
        facts=STATIC,
        asked=Request(linkage=Linkage.STATIC_LIBC, libc=Libc.MUSL),
        findings=(WARNED,),
        max_glibc="2.17",
    ),
    Evidence(program="b/dyn", facts=DYNAMIC, asked=Request(linkage=Linkage.STATIC), findings=(FULL,)),
)


def test_table_is_sorted_and_aligned() -> None:
    assert report_table(EVIDENCE) == (
        "program  linkage             verdict             libc   resolver  glibc floor  size\n"
        "a/libc   static-libc (musl)  static-libc         musl   go        -            3.0 MiB\n"
        "b/dyn    static              dynamic (rejected)  glibc  libc      2.34         2.0 KiB\n"
        "z/pure   -                   static              -      -         -            1.5 KiB"
    )


def test_json_of_a_report() -> None:
    report = report_json(EVIDENCE)
    assert report["schema"] == SCHEMA
    assert [one["program"] for one in report["programs"]] == ["a/libc", "b/dyn", "z/pure"]
    libc, dynamic, pure = report["programs"]
    assert list(libc) == [
        "program", "asked", "verdict", "libc", "nss", "resolver", "c_toolchain", "evidence", "ok", "findings", "format", "size", "elf",
        "images",
    ]  # fmt: skip
    assert libc["asked"] == {"linkage": "static-libc", "libc": "musl", "resolver": "libc", "max_glibc": "2.17"}
    assert libc["ok"]
    assert libc["findings"] == [
        {"case": "C8", "level": "warn", "wanted": "quiet", "found": "noise", "why": "", "fix": ""}
    ]
    assert libc["elf"]["go"] == {
        "version": "go1.26.8", "path": "m/cmd/a", "module": "m", "settings": {"a": "1", "b": "2"},
    }  # fmt: skip
    assert (dynamic["ok"], dynamic["verdict"], dynamic["libc"], dynamic["resolver"]) == (
        False, "dynamic", "glibc", "libc",
    )  # fmt: skip
    assert dynamic["asked"] == {"linkage": "static", "libc": None, "resolver": "go", "max_glibc": None}
    assert dynamic["elf"]["needed"] == ["libx.so.1", "libc.so.6"]
    assert dynamic["elf"]["glibc_floor"] == "2.34"
    assert list(dynamic["elf"]["symbol_versions"]) == ["libc.so.6", "libx.so.1"]
    assert (dynamic["elf"]["rpath"], dynamic["elf"]["runpath"]) == (["/a"], ["/b", "/c"])
    assert (pure["asked"], pure["libc"], pure["resolver"], pure["elf"]["go"]) == (None, None, None, None)


def test_json_does_not_depend_on_the_order_of_what_goes_in() -> None:
    assert json.dumps(report_json(EVIDENCE)) == json.dumps(report_json(reversed(EVIDENCE)))


def test_json_of_what_is_no_elf() -> None:
    [one] = report_json([Evidence(program="a", facts=BinaryFacts(format="PE", size=7))])["programs"]
    assert (one["verdict"], one["format"], one["size"], one["elf"]) == ("unprovable", "PE", 7, None)
    assert one["images"] == []


def test_json_of_a_program_for_macos() -> None:
    image = ImageFacts(
        type="EXECUTE", machine="ARM64", system="macOS 12.0", libraries=("/usr/lib/libSystem.B.dylib",),
        loader="/usr/lib/dyld", signed=True, go=True, build_info=BuildInfo(go_version="go1.26.8", path="m"),
    )  # fmt: skip
    facts = BinaryFacts(format="Mach-O", size=7, images=(image,))
    [one] = report_json([Evidence(program="a", facts=facts, asked=Request(linkage=Linkage.STATIC))])["programs"]
    assert (one["verdict"], one["ok"], one["elf"], one["resolver"]) == ("system-only", True, None, None)
    assert one["images"] == [
        {
            "type": "EXECUTE", "machine": "ARM64", "system": "macOS 12.0",
            "libraries": ["/usr/lib/libSystem.B.dylib"], "loader": "/usr/lib/dyld", "signed": True, "packed": None,
            "go": {"version": "go1.26.8", "path": "m", "module": "", "settings": {}},
        }
    ]  # fmt: skip
