"""verdict: every row of the signature table, and what must never be called static."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from golang.facts import BinaryFacts, ElfFacts
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
    assert verdict == Verdict(kind=Kind.UNPROVABLE, evidence=(f"{kind}: only ELF linkage can be proved",))


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
