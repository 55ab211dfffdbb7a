"""libc_symbols, mixed_libc and inspect.objects: which libc an archive was compiled against (C15)."""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path

import pytest

from golang.errors import InspectError
from golang.facts import ObjectSymbols
from golang.inspect import inspect_archive
from golang.libc_symbols import Mixed, find_mixed, mixed_finding
from golang.linkage import Level
from golang.mixed_libc import archives_of, mixed_archives
from golang.packages import Package
from golang.predict import CgoUse


def member(name: str, defined: str = "", undefined: str = "") -> ObjectSymbols:
    return ObjectSymbols(name=name, defined=frozenset(defined.split()), undefined=frozenset(undefined.split()))


@pytest.mark.parametrize(
    ("symbol", "lacking"),
    [
        ("__memcpy_chk", True),
        ("__isoc23_strtol", True),
        ("__strdup", True),
        ("__isoc99_sscanf", False),
        ("__ctype_b_loc", False),
        ("__xpg_strerror_r", False),
        ("__fxstat64", False),
        # What objects for musl refer to as well.
        ("__stack_chk_fail", None),
        ("__errno_location", None),
        ("sscanf", None),
        ("memcpy", None),
        ("my__memcpy_chk", None),
    ],
)
def test_symbols_that_give_glibc_away(symbol: str, lacking: bool | None) -> None:
    found = find_mixed({"a.a": [member("a.o", "one", symbol)]}, {"one"})
    expected = [] if lacking is None else [Mixed("a.a", "a.o", (symbol,), lacking=lacking, linked=True)]
    assert list(found) == expected
    levels = [mixed_finding(one, "").level for one in found]
    assert levels == ([] if lacking is None else [Level.ERROR if lacking else Level.WARN])


CHAIN = {
    "a.a": [member("a.o", "one", "two"), member("idle.o", "idle", "__memcpy_chk")],
    "b.a": [member("b.o", "two", "__printf_chk __isoc99_sscanf")],
}


def test_what_a_linker_would_take() -> None:
    """An object is needed if the program names what it defines, or if a needed one does."""
    found = {one.archive: one for one in find_mixed(CHAIN, {"one"})}
    assert found["a.a"] == Mixed("a.a", "idle.o", ("__memcpy_chk",), lacking=True, linked=False)
    assert found["b.a"] == Mixed("b.a", "b.o", ("__printf_chk", "__isoc99_sscanf"), lacking=True, linked=True)
    assert mixed_finding(found["a.a"], "").level is Level.WARN
    assert mixed_finding(found["b.a"], "").level is Level.ERROR
    assert not any(one.linked for one in find_mixed(CHAIN, ()))


def test_of_two_that_define_a_symbol_neither_is_certain() -> None:
    twice = {"a.a": [member("a.o", "one", "__x_chk")], "b.a": [member("b.o", "one")]}
    assert [one.linked for one in find_mixed(twice, {"one"})] == [False]


def test_the_worst_object_is_told() -> None:
    members = [member("1.o", "", "__x_chk"), member("2.o", "two", "__y_chk"), member("3.o", "three", "__strdup")]
    assert [one.member for one in find_mixed({"a.a": members}, {"three"})] == ["3.o"]


def test_what_something_else_defines_is_not_missed() -> None:
    shim = {"shim.a": [member("shim.o", "__printf_chk")]}
    assert find_mixed({**CHAIN, **shim}, {"one"}, {"__memcpy_chk"}) == (
        Mixed("b.a", "b.o", ("__isoc99_sscanf",), lacking=False, linked=True),
    )


def test_archives_that_flags_name(tmp_path: Path) -> None:
    for name in ("lib/libone.a", "lib/libtwo.a", "lib/libtwo.so", "else/libone.a", "own.a", "lib/odd.a"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")

    def named(flags: str, *, static: bool = True) -> list[str]:
        words = flags.replace("ROOT", str(tmp_path)).split()
        return [str(Path(path).relative_to(tmp_path)) for path in archives_of(words, str(tmp_path), static=static)]

    assert named("-LROOT/lib -lone -LROOT/else -lm") == ["lib/libone.a"]
    assert named("-lone -L ROOT/else") == ["else/libone.a"]
    assert named("-LROOT/lib -l:odd.a -l:libtwo.so") == ["lib/odd.a"]
    assert named("ROOT/own.a -Wl,x.a own.a gone.a") == ["own.a", "own.a"]
    assert named("-LROOT/lib -ltwo") == ["lib/libtwo.a"]
    assert named("-LROOT/lib -ltwo -lone", static=False) == ["lib/libone.a"]


def elf_object(bits: int, order: str, symbols: dict[str, tuple[int, int]]) -> bytes:
    """Return a relocatable object with these symbols: binding, and section (0: undefined)."""
    names, entries = b"\0", b""
    for name, (binding, section) in {"": (0, 0), **symbols}.items():
        start = len(names) if name else 0
        names += name.encode() + b"\0" if name else b""
        entry = (start, binding << 4, 0, section, 0, 0) if bits == 64 else (start, 0, 0, binding << 4, 0, section)
        entries += struct.pack(order + ("IBBHQQ" if bits == 64 else "IIIBBH"), *entry)
    header = 64 if bits == 64 else 52
    layout = struct.Struct(order + ("IIQQQQIIQQ" if bits == 64 else "10I"))
    sections = [
        (0,) * 10,
        (0, 2, 0, 0, header, len(entries), 2, 1, 8, 0),
        (0, 3, 0, 0, header + len(entries), len(names), 0, 0, 1, 0),
    ]
    ident = b"\x7fELF" + bytes([bits // 32, 1 if order == "<" else 2, 1]) + bytes(9)
    table = header + len(entries) + len(names)
    word = "Q" if bits == 64 else "I"
    rest = struct.pack(
        order + f"HHI{word}{word}{word}IHHHHHH", 1, 62, 1, 0, 0, table, 0, header, 0, 0, layout.size, 3, 2
    )
    return ident + rest + entries + names + b"".join(layout.pack(*section) for section in sections)


def ar(members: dict[str, bytes]) -> bytes:
    """Return an archive with GNU names."""
    parts = [b"!<arch>\n"]
    for name, data in members.items():
        parts += [
            f"{name + '/':<16}{0:<12}{0:<6}{0:<6}{644:<8}{len(data):<10}`\n".encode(),
            data,
            b"\n" * (len(data) % 2),
        ]
    return b"".join(parts)


def test_which_package_brings_an_archive(tmp_path: Path) -> None:
    """The nearest one is named; none for CGO_LDFLAGS. What cannot be read is for the linker to judge."""
    for name, defined in (("a", "other"), ("b", "one")):
        data = ar({"x.o": elf_object(64, "<", {defined: (1, 1), "__memcpy_chk": (1, 0)})})
        (tmp_path / f"lib{name}.a").write_bytes(data)
    (tmp_path / "libdamaged.a").write_bytes(data[:-20])
    (tmp_path / "main.go").write_text("package main\n\nfunc main() { C.one() }\n")
    flags = (f"-L{tmp_path}", "-la", "-ldamaged")
    near = Package(import_path="m", dir=str(tmp_path), name="main", cgo_files=("main.go",), cgo_ldflags=flags)
    far = Package(import_path="m/far", dir=str(tmp_path), name="far", cgo_files=("far.go",), cgo_ldflags=flags)
    uses = [CgoUse("m", ("m",)), CgoUse("m/far", ("m", "m/far"))]

    found = mixed_archives([near, far], uses, (f"{tmp_path}/libb.a",), static=True)

    assert {Path(one.wanted.split()[0]).name: (one.level, one.why) for one in found} == {
        "liba.a": (
            Level.WARN,
            "musl lacks __memcpy_chk: the link fails if the program needs that object; m uses cgo itself",
        ),
        "libb.a": (Level.ERROR, "musl lacks __memcpy_chk"),
    }
    (tmp_path / "shim.c").write_text("void *__memcpy_chk(void) { return 0; }\n")
    shim = replace(near, native_files=("shim.c",))
    assert not mixed_archives([shim, far], uses, (f"{tmp_path}/libb.a",), static=True)


SYMBOLS = {"local": (0, 1), "one": (1, 1), "weak_one": (2, 1), "__memcpy_chk": (1, 0), "maybe": (2, 0)}


@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("order", ["<", ">"])
def test_symbols_of_objects(tmp_path: Path, bits: int, order: str) -> None:
    file = tmp_path / "liba.a"
    file.write_bytes(ar({"a.o": elf_object(bits, order, SYMBOLS), "text": b"no object", "empty": b""}))
    assert inspect_archive(str(file)) == (member("a.o", "one weak_one", "__memcpy_chk"),)


def complaint(file: Path) -> str:
    """Return what an InspectError about an archive begins with; empty where there is none."""
    try:
        inspect_archive(str(file))
    except InspectError as error:
        return str(error).partition(":")[0]
    return ""


def test_every_cut_archive_is_one_error(tmp_path: Path) -> None:
    file = tmp_path / "liba.a"
    whole = ar({"a.o": elf_object(64, "<", SYMBOLS)})
    for size in range(len(whole)):
        file.write_bytes(whole[:size])
        assert complaint(file) in ("", str(file))


def test_damaged_object_is_no_traceback(tmp_path: Path) -> None:
    file = tmp_path / "liba.a"
    whole = ar({"a.o": elf_object(64, "<", SYMBOLS)})
    for place in range(8, len(whole)):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        assert complaint(file) in ("", str(file))


def test_what_is_no_archive_has_no_objects(tmp_path: Path) -> None:
    """GNU ld takes a script for a library; a thin archive has its members elsewhere."""
    script = tmp_path / "libc.a"
    for text in (b"", b"GROUP ( libm-2.36.a )\n", b"!<thin>\n"):
        script.write_bytes(text)
        assert inspect_archive(str(script)) == ()
    with pytest.raises(InspectError, match="cannot be opened"):
        inspect_archive(str(tmp_path / "gone.a"))
