"""verdict: every row of the signature table, and what must never be called static."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from golang.facts import BinaryFacts, ElfFacts, ImageFacts
from golang.linkage import Kind, Libc, Verdict
from golang.verdict import classify

LD = "/lib64/ld-linux-x86-64.so.2"
STATIC_KINDS = (Kind.STATIC, Kind.STATIC_LIBC, Kind.STATIC_PIE)


def judge(**fields: Any) -> Verdict:
    elf = ElfFacts(**{"type": "EXEC", "machine": "X86_64", "bits": 64, "little_endian": True, **fields})
    return classify(BinaryFacts(format="ELF", size=1, elf=elf))


LOADED = {"interpreter": LD, "has_dynamic": True}
ROWS: dict[str, tuple[dict[str, Any], Kind]] = {
    "pure": ({}, Kind.STATIC),
    "default cgo": ({**LOADED, "needed": ("libc.so.6",), "has_tls": True}, Kind.DYNAMIC),
    "static glibc": ({"has_tls": True, "libc": Libc.GLIBC}, Kind.STATIC_LIBC),
    "static musl": ({"has_tls": True, "libc": Libc.MUSL}, Kind.STATIC_LIBC),
    "static musl without TLS": ({"libc": Libc.MUSL}, Kind.STATIC_LIBC),
    "static, libc not known": ({"has_tls": True}, Kind.STATIC_LIBC),
    "pie, no cgo": ({**LOADED, "type": "DYN", "pie": True, "has_tls": True}, Kind.INTERPRETER_ONLY),
    "pie -d": ({"type": "DYN"}, Kind.BROKEN),
    "pie without dynamic, with interpreter": ({"type": "DYN", "interpreter": LD}, Kind.BROKEN),
    "static-pie": (
        {"type": "DYN", "pie": True, "has_dynamic": True, "libc": Libc.GLIBC}, Kind.STATIC_PIE,
    ),
    "pie": ({**LOADED, "type": "DYN", "pie": True, "needed": ("libc.so.6",)}, Kind.DYNAMIC),
    "pie of old binutils": ({**LOADED, "type": "DYN", "needed": ("libc.so.6",)}, Kind.DYNAMIC),
    "musl-gcc -static-pie": (
        {**LOADED, "type": "DYN", "pie": True, "interpreter": "/lib/ld-musl-x86_64.so.1",
         "needed": ("libc.so",), "libc": Libc.MUSL},
        Kind.DYNAMIC,
    ),
    "pie that nothing loads for": (
        {"type": "DYN", "pie": True, "has_dynamic": True, "needed": ("libc.so.6",)}, Kind.BROKEN,
    ),
    "c-shared": ({"type": "DYN", "has_dynamic": True, "needed": ("libc.so.6",)}, Kind.SHARED_LIBRARY),
    "library that needs nothing": ({"type": "DYN", "has_dynamic": True}, Kind.SHARED_LIBRARY),
    "libc.so.6": (
        {**LOADED, "type": "DYN", "soname": "libc.so.6", "needed": ("ld-linux-x86-64.so.2",)},
        Kind.SHARED_LIBRARY,
    ),
    "library of data only": (
        {"type": "DYN", "has_dynamic": True, "soname": "libicudata.so", "executable_code": False},
        Kind.SHARED_LIBRARY,
    ),
    "exec that nothing loads for": ({"has_dynamic": True, "needed": ("libc.so.6",)}, Kind.BROKEN),
    "exec with a dynamic segment only": ({"has_dynamic": True}, Kind.BROKEN),
    "exec with an interpreter only": (LOADED, Kind.INTERPRETER_ONLY),
    "exec with an interpreter for nothing": ({"interpreter": LD}, Kind.BROKEN),
    "debug file": ({"executable_code": False}, Kind.UNPROVABLE),
    "object": ({"type": "REL"}, Kind.UNPROVABLE),
    "dump": ({"type": "CORE"}, Kind.UNPROVABLE),
    "packed": ({"packed": "UPX"}, Kind.UNPROVABLE),
}  # fmt: skip


@pytest.mark.parametrize(("fields", "kind"), ROWS.values(), ids=ROWS)
def test_row(fields: dict[str, Any], kind: Kind) -> None:
    verdict = judge(**fields)
    assert verdict.kind is kind
    assert verdict.evidence


def test_static_only_without_interpreter_needed_and_in_the_right_shape() -> None:
    """All combinations of the deciding facts: the three static kinds have one signature each."""
    for kind, interpreter, dynamic, needed, pie, tls in itertools.product(
        ("EXEC", "DYN"),
        (None, LD),
        (False, True),
        ((), ("libc.so.6",)),
        (False, True),
        (False, True),
    ):
        verdict = judge(
            type=kind,
            interpreter=interpreter,
            has_dynamic=dynamic,
            needed=needed,
            pie=pie,
            has_tls=tls,
        )
        fixed = kind == "EXEC" and not dynamic
        position_independent = kind == "DYN" and dynamic and pie
        alone = interpreter is None and not needed
        assert (verdict.kind in STATIC_KINDS) == (alone and (fixed or position_independent))
        if verdict.kind is Kind.STATIC:
            assert not tls


@pytest.mark.parametrize("kind", ["PE", "Mach-O", "wasm"])
def test_other_formats_are_unprovable_and_named(kind: str) -> None:
    verdict = classify(BinaryFacts(format=kind, size=1))
    assert verdict.kind is Kind.UNPROVABLE
    assert verdict.evidence[0].startswith(f"{kind}: ")


def test_archive_tells_whether_it_is_go() -> None:
    assert classify(BinaryFacts(format="ar", size=1, members=("go.o", "x.o"))) == Verdict(
        kind=Kind.ARCHIVE, evidence=("ar archive", "has the Go member go.o")
    )
    assert classify(BinaryFacts(format="ar", size=1, members=("x.o",))).evidence == (
        "ar archive",
        "has no member go.o: not a Go c-archive",
    )


def test_evidence_states_each_deciding_fact() -> None:
    assert judge().evidence == (
        "ELF EXEC",
        "no interpreter",
        "no NEEDED libraries",
        "no dynamic segment",
        "no C library found in its bytes",
    )
    assert judge(**LOADED, needed=("libc.so.6", "libm.so.6")).evidence == (
        "ELF EXEC",
        f"interpreter {LD}",
        "needs libc.so.6",
        "needs libm.so.6",
        "dynamic segment",
    )


def test_libc_and_nss_of_a_static_program() -> None:
    verdict = judge(has_tls=True, libc=Libc.GLIBC, nss=True)
    assert str(verdict) == "static-libc (glibc; nss-dependent)"
    assert str(judge(has_tls=True)) == "static-libc (unknown libc)"


def test_dynamic_program_is_not_nss_dependent() -> None:
    verdict = judge(**LOADED, needed=("libc.so.6",), libc=Libc.GLIBC, nss=True)
    assert (verdict.libc, verdict.nss) == (Libc.GLIBC, False)


SYSTEM, OTHER = "/usr/lib/libSystem.B.dylib", "@rpath/libother.dylib"
MACHO: dict[str, Any] = {
    "type": "EXECUTE", "machine": "ARM64", "libraries": (SYSTEM,), "loader": "/usr/lib/dyld", "signed": True,
}  # fmt: skip
PE: dict[str, Any] = {
    "type": "EXE",
    "machine": "AMD64",
    "libraries": ("KERNEL32.dll", "api-ms-win-crt-heap-l1-1-0.dll"),
}
IMAGES: dict[str, tuple[str, tuple[dict[str, Any], ...], Kind]] = {
    "macOS": ("Mach-O", (MACHO,), Kind.SYSTEM_ONLY),
    "macOS, another library": ("Mach-O", ({**MACHO, "libraries": (SYSTEM, OTHER)},), Kind.DYNAMIC),
    "macOS, a framework": (
        "Mach-O", ({**MACHO, "libraries": ("/System/Library/Frameworks/AppKit.framework/Versions/C/AppKit",)},), Kind.DYNAMIC
    ),
    "macOS, nothing loads for it": ("Mach-O", ({**MACHO, "loader": None},), Kind.BROKEN),
    "macOS, arm64 without a signature": ("Mach-O", ({**MACHO, "signed": False},), Kind.BROKEN),
    "macOS, amd64 without a signature": (
        "Mach-O", ({**MACHO, "machine": "X86_64", "signed": False},), Kind.SYSTEM_ONLY
    ),
    "macOS, loads nothing": ("Mach-O", ({**MACHO, "libraries": ()},), Kind.UNPROVABLE),
    "dylib": ("Mach-O", ({**MACHO, "type": "DYLIB"},), Kind.SHARED_LIBRARY),
    "bundle": ("Mach-O", ({**MACHO, "type": "BUNDLE"},), Kind.SHARED_LIBRARY),
    "object": ("Mach-O", ({**MACHO, "type": "OBJECT"},), Kind.UNPROVABLE),
    "universal": ("Mach-O", (MACHO, {**MACHO, "machine": "X86_64"}), Kind.SYSTEM_ONLY),
    "universal, one with another library": (
        "Mach-O", (MACHO, {**MACHO, "machine": "X86_64", "libraries": (OTHER,)}), Kind.DYNAMIC
    ),
    "universal, one broken": ("Mach-O", ({**MACHO, "signed": False}, {**MACHO, "machine": "X86_64"}), Kind.BROKEN),
    "windows": ("PE", (PE,), Kind.SYSTEM_ONLY),
    "windows, another library": ("PE", ({**PE, "libraries": ("kernel32.dll", "libwinpthread-1.dll")},), Kind.DYNAMIC),
    "windows, loads nothing": ("PE", ({**PE, "libraries": ()},), Kind.UNPROVABLE),
    "dll": ("PE", ({**PE, "type": "DLL"},), Kind.SHARED_LIBRARY),
    "packed": ("PE", ({**PE, "packed": "UPX"},), Kind.UNPROVABLE),
    "not read": ("PE", (), Kind.UNPROVABLE),
}  # fmt: skip


@pytest.mark.parametrize(("file_format", "images", "kind"), IMAGES.values(), ids=IMAGES)
def test_image(file_format: str, images: tuple[dict[str, Any], ...], kind: Kind) -> None:
    """C19, C28."""
    verdict = classify(BinaryFacts(format=file_format, size=1, images=tuple(ImageFacts(**fields) for fields in images)))
    assert verdict.kind is kind
    assert verdict.evidence
    assert all(f"loads {library}" in verdict.evidence for fields in images for library in fields["libraries"])


def test_what_is_missing_to_read_a_program_is_named() -> None:
    texts = {
        file_format: classify(BinaryFacts(format=file_format, size=1)).evidence[0] for file_format in ("PE", "wasm")
    }
    assert texts["PE"] == "PE: pefile, which reads it, is not installed"
    assert texts["wasm"] == "wasm: only the linkage of ELF, Mach-O and PE files can be proved"
