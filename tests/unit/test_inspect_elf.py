"""inspect: facts from crafted ELF files, and InspectError (nothing else) from damaged ones."""

from __future__ import annotations

import contextlib
import io
import os
import random
import struct
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from elf_image import (
    ABI_TAG,
    DF_1_PIE,
    DF_STATIC_TLS,
    DT_FLAGS_1,
    DT_NEEDED,
    DT_NULL,
    DT_STRSZ,
    DT_STRTAB,
    DT_VERNEEDNUM,
    ET_CORE,
    ET_DYN,
    ET_EXEC,
    ET_REL,
    GO_NOTE,
    LD_LINUX,
    LD_MUSL,
    PT_DYNAMIC,
    PT_INTERP,
    PT_LOAD,
    PT_NOTE,
    PT_TLS,
    ElfImage,
    ElfSpec,
    build_elf,
)

from golang.errors import InspectError
from golang.facts import BinaryFacts, ElfFacts
from golang.inspect import inspect_file, inspect_stream
from golang.inspect.reader import CHUNK, MAX_READ, Reader
from golang.linkage import Kind, Libc
from golang.verdict import classify

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

STATIC_KINDS = (Kind.STATIC, Kind.STATIC_LIBC, Kind.STATIC_PIE)
DYNAMIC = ElfSpec(
    interpreter=LD_LINUX,
    needed=("libc.so.6", "libm.so.6"),
    versions={"libc.so.6": ("GLIBC_2.34", "GLIBC_2.2.5"), "libm.so.6": ("GLIBC_2.29",)},
    notes=(GO_NOTE,),
    tls=True,
)
GLIBC_BYTES = b"\0GLIBC_TUNABLES\0"
MUSL_BYTES = b"\0No error information\0Illegal byte sequence\0"


def inspect_bytes(data: bytes | bytearray) -> BinaryFacts:
    return inspect_stream(io.BytesIO(bytes(data)), "app")


class CountedFile(io.FileIO):
    """A file that counts what is read of it."""

    bytes_read = 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self.bytes_read += len(data)
        return data


def inspect_spec(spec: ElfSpec) -> ElfFacts:
    facts = inspect_bytes(build_elf(spec).data).elf
    assert facts is not None
    return facts


@pytest.mark.parametrize("little", [True, False], ids=["LE", "BE"])
@pytest.mark.parametrize("bits", [32, 64])
def test_reads_every_fact_in_both_classes_and_byte_orders(bits: int, little: bool) -> None:
    facts = inspect_spec(
        ElfSpec(
            bits=bits, little=little, type=ET_DYN, interpreter=LD_LINUX, needed=("libz.so.1", "libc.so.6"),
            soname="libx.so.2", rpath="/a:/b", runpath="$ORIGIN::/c", flags=DF_STATIC_TLS,
            flags_1=DF_1_PIE, versions={"libz.so.1": ("Z_2", "Z_1"), "libc.so.6": ("GLIBC_2.9", "GLIBC_2.34")},
            notes=(ABI_TAG, GO_NOTE), tls=True, stack=0x800000, data=b"\0dlopen\0",
        )
    )  # fmt: skip
    assert facts == ElfFacts(
        type="DYN", machine="X86_64", bits=bits, little_endian=little, interpreter=LD_LINUX,
        has_dynamic=True, needed=("libz.so.1", "libc.so.6"), soname="libx.so.2", rpath=("/a", "/b"),
        runpath=("$ORIGIN", "/c"), pie=True, static_tls=True, has_tls=True, notes=("GNU/1", "Go/4"),
        stack_size=0x800000, libc=Libc.GLIBC, dlopen=True, go=True,
        symbol_versions={"libc.so.6": ("GLIBC_2.34", "GLIBC_2.9"), "libz.so.1": ("Z_1", "Z_2")},
    )  # fmt: skip
    assert facts.glibc_floor == "2.34"


def test_plain_static_program_has_nothing() -> None:
    assert inspect_spec(ElfSpec()) == ElfFacts(type="EXEC", machine="X86_64", bits=64, little_endian=True, stack_size=0)


def test_stack_size_is_none_without_the_header() -> None:
    assert inspect_spec(ElfSpec(stack=None)).stack_size is None


def test_sections_are_never_consulted() -> None:
    image = build_elf(DYNAMIC)
    expected = inspect_bytes(image.data)
    for offset, count in ((0, 0), (2**63, 0xFFFF), (len(image.data) - 1, 7)):
        image.put_header("e_shoff", offset).put_header("e_shnum", count)
        assert inspect_bytes(image.data) == expected


def test_unknown_machine_is_its_number() -> None:
    assert inspect_spec(ElfSpec(machine=0x7ABC)).machine == str(0x7ABC)


def test_name_that_is_not_utf8_is_escaped() -> None:
    image = build_elf(ElfSpec(interpreter="/lib/ld", needed=("libq.so",)))
    start = image.data.index(b"libq")
    image.data[start : start + 4] = b"\xff\xfeib"
    assert inspect_bytes(image.data).elf.needed == ("\\xff\\xfeib.so",)  # type: ignore[union-attr]


# --- the C library, NSS, resolver: byte evidence


@pytest.mark.parametrize(
    ("spec", "libc"),
    [
        (ElfSpec(interpreter=LD_LINUX, needed=("libc.so.6",)), Libc.GLIBC),
        (ElfSpec(interpreter="/lib64/ld64.so.2", needed=("libfoo.so",)), Libc.GLIBC),
        (ElfSpec(interpreter="/lib/ld.so.1", needed=("libc.so.6",)), Libc.GLIBC),
        (ElfSpec(interpreter="/usr/lib/ld.so.1", needed=("libc.so.1",)), None),
        (ElfSpec(interpreter=LD_MUSL, needed=("libc.so",)), Libc.MUSL),
        (ElfSpec(interpreter=LD_MUSL, needed=("libc.so.6",)), Libc.MUSL),
        (ElfSpec(interpreter="/usr/libexec/ld.so", needed=("libc.so",)), None),
        (ElfSpec(interpreter="/system/bin/linker64", needed=("libc.so",)), None),
        (ElfSpec(type=ET_DYN, needed=("libc.so.6",)), Libc.GLIBC),
        (ElfSpec(type=ET_DYN, needed=("libc.musl-x86_64.so.1",)), Libc.MUSL),
        (ElfSpec(type=ET_DYN, needed=("libc.so",)), Libc.MUSL),
        (ElfSpec(type=ET_DYN, needed=("libc.so",), notes=(("Android", 1, b"\x15\0\0\0"),)), None),
        (ElfSpec(type=ET_DYN, needed=("libfoo.so",), notes=(ABI_TAG,)), None),
        (ElfSpec(notes=(ABI_TAG,)), Libc.GLIBC),
        (ElfSpec(data=GLIBC_BYTES), Libc.GLIBC),
        (ElfSpec(data=MUSL_BYTES), Libc.MUSL),
        (ElfSpec(data=b"-0X+0X 0X-0x+0x 0x\0"), Libc.MUSL),
        (ElfSpec(data=MUSL_BYTES, notes=(ABI_TAG,)), Libc.GLIBC),
        (ElfSpec(data=b"GLIBC_TUNABLES"), None),
        (ElfSpec(data=MUSL_BYTES, notes=(GO_NOTE,), tls=True), Libc.MUSL),
    ],
)
def test_finds_the_c_library(spec: ElfSpec, libc: Libc | None) -> None:
    assert inspect_spec(spec).libc is libc


def test_data_of_a_pure_go_program_is_no_c_code() -> None:
    """A Go program may embed another program; without cgo it has no thread-local storage."""
    data = GLIBC_BYTES + b"libnss_%s.so\0dlopen\0net._C2func_getaddrinfo\0"
    facts = inspect_spec(ElfSpec(data=data, notes=(GO_NOTE,)))
    assert (facts.libc, facts.nss, facts.dlopen, facts.libc_resolver) == (None, False, False, False)


@pytest.mark.parametrize(
    ("spec", "nss"),
    [
        (ElfSpec(notes=(ABI_TAG,), data=b"libnss_%s.so%s\0"), True),
        (ElfSpec(notes=(ABI_TAG,)), False),
        (ElfSpec(data=b"libnss_%s.so%s\0"), False),
        (ElfSpec(data=b"libnss_%s.so%s\0", interpreter=LD_LINUX, needed=("libc.so.6",)), False),
    ],
)
def test_nss_is_of_a_static_glibc_only(spec: ElfSpec, nss: bool) -> None:
    assert inspect_spec(spec).nss is nss


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\0net._C2func_getaddrinfo\0", True),
        (b"\0os/user._C_getpwuid_r\0", True),
        (b"\0net.cgoLookupHost\0", False),
        (b"\0example.com/net._C_mine\0", False),
    ],
)
def test_libc_resolver_is_seen_by_its_cgo_calls(data: bytes, expected: bool) -> None:
    assert inspect_spec(ElfSpec(data=data, tls=True)).libc_resolver is expected


@pytest.mark.parametrize("shift", [-40, -13, -7, -1, 0])
def test_evidence_across_the_border_of_chunks_is_found(shift: int) -> None:
    spec = ElfSpec(tls=True)
    start = build_elf(spec).at["data"]
    data = b"x" * (CHUNK - start + shift) + MUSL_BYTES + b"\0net._C\0"
    aligned = ElfSpec(tls=True, data=data)
    assert build_elf(aligned).at["data"] == start
    facts = inspect_spec(aligned)
    assert facts.libc is Libc.MUSL
    assert facts.libc_resolver


def test_evidence_that_begins_with_the_last_zero_of_a_chunk_is_found() -> None:
    start = build_elf(ElfSpec(tls=True)).at["data"]
    data = bytes(2 * CHUNK - start) + b"net._C"
    assert inspect_spec(ElfSpec(tls=True, data=data)).libc_resolver


def test_bytes_that_are_not_loaded_are_no_evidence() -> None:
    image = build_elf(ElfSpec())
    image.data += GLIBC_BYTES + b"libnss_%s.so"
    assert inspect_bytes(image.data).elf.libc is None  # type: ignore[union-attr]


def test_packed_program_is_read_no_further() -> None:
    image = build_elf(ElfSpec())
    image.data += b"UPX!" + bytes(32)
    image.put_segment(PT_LOAD, "p_filesz", 1 << 40)
    facts = inspect_bytes(image.data).elf
    assert facts is not None
    assert facts.packed == "UPX"


@pytest.mark.parametrize(("before", "after"), [(0, 9000), (9000, 0)])
def test_packer_is_seen_at_either_end(before: int, after: int) -> None:
    image = build_elf(ElfSpec())
    image.data += b"y" * before + b"UPX!" + b"y" * after
    assert inspect_bytes(image.data).elf.packed == "UPX"  # type: ignore[union-attr]


def test_packer_text_inside_is_data() -> None:
    facts = inspect_spec(ElfSpec(data=b"y" * 8192 + b"UPX!" + b"y" * 8192))
    assert facts.packed is None


# --- what is no program


@pytest.mark.parametrize(("kind", "name"), [(ET_REL, "REL"), (ET_CORE, "CORE")])
def test_objects_and_dumps_need_no_segments(kind: int, name: str) -> None:
    image = build_elf(ElfSpec()).put_header("e_type", kind).put_header("e_phnum", 0)
    assert inspect_bytes(image.data).elf.type == name  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "spec",
    [ElfSpec(executable=False), ElfSpec(entry=0), ElfSpec(entry=0x10), ElfSpec(entry=2**64 - 1)],
)
def test_program_without_its_code(spec: ElfSpec) -> None:
    assert not inspect_spec(spec).executable_code


@pytest.mark.parametrize(("kind", "base", "expected"), [(ET_DYN, 0x10000, True), (ET_EXEC, 0, False)])
def test_only_a_library_needs_no_entry_point(kind: int, base: int, expected: bool) -> None:
    facts = inspect_spec(ElfSpec(type=kind, base=base, needed=("libc.so.6",), entry=0))
    assert facts.executable_code is expected


def test_notes_are_padded_as_their_segment_is_aligned() -> None:
    for align in (4, 8):
        notes = (("GNU", 5, b"12345678abcd"), GO_NOTE, ABI_TAG)
        assert inspect_spec(ElfSpec(notes=notes, note_align=align)).notes == ("GNU/5", "Go/4", "GNU/1")


# --- damage


def change(offset_of: Callable[[ElfImage], int], kind: str, value: int) -> Callable[[ElfImage], object]:
    return lambda image: image.put(offset_of(image), kind, value)


DAMAGE: dict[str, tuple[str, Callable[[ElfImage], object]]] = {
    "class 3": (
        "ELF class 3",
        lambda image: image.put(4, "B", 3),
    ),
    "encoding 0": (
        "encoding 0",
        lambda image: image.put(5, "B", 0),
    ),
    "version 0": (
        "version 0",
        lambda image: image.put(6, "B", 0),
    ),
    "type NONE": (
        "type ET_NONE",
        lambda image: image.put_header("e_type", 0),
    ),
    "type of a processor": (
        "type ET_LOPROC",
        lambda image: image.put_header("e_type", 0xFF00),
    ),
    "no program headers": (
        "0 program headers",
        lambda image: image.put_header("e_phnum", 0),
    ),
    "PN_XNUM": (
        "65535 program headers",
        lambda image: image.put_header("e_phnum", 0xFFFF),
    ),
    "more headers than bytes": (
        "program headers of 56000 bytes",
        lambda image: image.put_header("e_phnum", 1000),
    ),
    "size of program headers": (
        "program headers of 32 bytes",
        lambda image: image.put_header("e_phentsize", 32),
    ),
    "program headers outside": (
        "program headers of",
        lambda image: image.put_header("e_phoff", 2**64 - 1),
    ),
    "load beyond the end": (
        "PT_LOAD segment of 1048576 bytes",
        lambda image: image.put_segment(PT_LOAD, "p_filesz", 1 << 20),
    ),
    "load at the end of everything": (
        "PT_LOAD segment of",
        lambda image: image.put_segment(PT_LOAD, "p_offset", 2**64 - 1),
    ),
    "load of everything": (
        "PT_LOAD segment of",
        lambda image: image.put_segment(PT_LOAD, "p_filesz", 2**64 - 1),
    ),
    "load larger than its memory": (
        "larger in the file than in memory",
        lambda image: image.put_segment(PT_LOAD, "p_memsz", 1),
    ),
    "loads that overlap": (
        "overlap in memory",
        lambda image: image.put_segment(PT_LOAD, "p_memsz", 1 << 30),
    ),
    "no loads": (
        "no PT_LOAD segment",
        lambda image: image.put(image.at["PT_1"], "I", 0).put(image.at["PT_1"] + 56, "I", 0),
    ),
    "two interpreters": (
        "more than one PT_INTERP",
        lambda image: image.put_segment(PT_TLS, "p_type", PT_INTERP),
    ),
    "two dynamic segments": (
        "more than one PT_DYNAMIC",
        lambda image: image.put_segment(PT_TLS, "p_type", PT_DYNAMIC),
    ),
    "interpreter beyond the end": (
        "PT_INTERP segment of",
        lambda image: image.put_segment(PT_INTERP, "p_offset", 1 << 40),
    ),
    "interpreter without an end": (
        "empty or without an end",
        lambda image: image.put_segment(PT_INTERP, "p_filesz", 5),
    ),
    "interpreter of 0 bytes": (
        "name of 0 bytes.*debug file",
        lambda image: image.put_segment(PT_INTERP, "p_filesz", 0),
    ),
    "interpreter of 1 GiB": (
        "PT_INTERP segment of",
        lambda image: image.put_segment(PT_INTERP, "p_filesz", 1 << 30),
    ),
    "empty interpreter": (
        "empty or without an end",
        lambda image: image.put(image.at["interpreter"], "B", 0),
    ),
    "dynamic beyond the end": (
        "PT_DYNAMIC segment of",
        lambda image: image.put_segment(PT_DYNAMIC, "p_filesz", 1 << 40),
    ),
    "dynamic of 0 bytes": (
        "an empty dynamic segment, as in a separate debug file",
        lambda image: image.put_segment(PT_DYNAMIC, "p_filesz", 0),
    ),
    "dynamic without an end": (
        "without an end within",
        lambda image: image.put_segment(PT_DYNAMIC, "p_filesz", 16),
    ),
    "dynamic elsewhere in memory": (
        "that is loaded from byte 0",
        lambda image: image.put_segment(PT_DYNAMIC, "p_vaddr", 0x400000),
    ),
    "dynamic outside memory": (
        "dynamic segment of .* outside the file",
        lambda image: image.put_segment(PT_DYNAMIC, "p_vaddr", 2**64 - 8),
    ),
    "no string table": (
        "without its string table",
        change(lambda image: image.find_dynamic(DT_STRTAB), "Q", 99),
    ),
    "no size of strings": (
        "without its string table",
        change(lambda image: image.find_dynamic(DT_STRSZ), "Q", 99),
    ),
    "strings outside": (
        "string table of .* outside the file",
        change(lambda image: image.find_dynamic(DT_STRTAB) + 8, "Q", 2**64 - 1),
    ),
    "strings beyond the end": (
        "string table of .* outside the file",
        change(lambda image: image.find_dynamic(DT_STRSZ) + 8, "Q", 1 << 40),
    ),
    "name outside the strings": (
        "DT_NEEDED name outside",
        change(lambda image: image.find_dynamic(DT_NEEDED) + 8, "Q", 2**64 - 1),
    ),
    "name without an end": (
        "name without an end",
        change(lambda image: image.find_dynamic(DT_STRSZ) + 8, "Q", 4),
    ),
    "two string tables": (
        "more than one DT_STRTAB",
        change(lambda image: image.find_dynamic(DT_NEEDED), "Q", DT_STRTAB),
    ),
    "0 versions": (
        "0 version requirements",
        change(lambda image: image.find_dynamic(DT_VERNEEDNUM) + 8, "Q", 0),
    ),
    "2**64 versions": (
        "18446744073709551615 version requirements",
        change(lambda image: image.find_dynamic(DT_VERNEEDNUM) + 8, "Q", 2**64 - 1),
    ),
    "more versions than chained": (
        "contradict their count",
        change(lambda image: image.find_dynamic(DT_VERNEEDNUM) + 8, "Q", 9),
    ),
    "fewer versions than chained": (
        "contradict their count",
        change(lambda image: image.find_dynamic(DT_VERNEEDNUM) + 8, "Q", 1),
    ),
    "65535 names of a version": (
        "more than 4096 required versions",
        change(lambda image: image.at["versions"] + 2, "H", 0xFFFF),
    ),
    "version name outside": (
        "name of a required version outside",
        change(lambda image: image.at["versions"] + 24, "I", 0xFFFFFFFF),
    ),
    "next version outside": (
        "version requirement of .* outside the file",
        change(lambda image: image.at["versions"] + 12, "I", 0xFFFFFFFF),
    ),
    "names of a version outside": (
        "required version of .* outside the file",
        change(lambda image: image.at["versions"] + 8, "I", 0xFFFFFFFF),
    ),
    "chain of names that ends early": (
        "required versions that contradict",
        change(lambda image: image.at["versions"] + 28, "I", 0),
    ),
    "notes beyond the end": (
        "PT_NOTE segment of",
        lambda image: image.put_segment(PT_NOTE, "p_filesz", 1 << 40),
    ),
    "note name of 4 GiB": (
        "does not fit",
        change(lambda image: image.at["notes"], "I", 0xFFFFFFFF),
    ),
    "note of 4 GiB": (
        "does not fit",
        change(lambda image: image.at["notes"] + 4, "I", 0xFFFFFFFF),
    ),
}


@pytest.mark.parametrize(("found", "damage"), DAMAGE.values(), ids=DAMAGE)
def test_damage_is_one_clear_error(found: str, damage: Callable[[ElfImage], object]) -> None:
    image = build_elf(DYNAMIC)
    inspect_bytes(image.data)
    damage(image)
    with pytest.raises(InspectError, match=rf"^app: wanted .*; found .*{found}.*\. The file is truncated"):
        inspect_bytes(image.data)


@pytest.mark.parametrize("step", [0, 16, 32])
def test_versions_that_lead_into_themselves_end(step: int) -> None:
    """vn_next only leads forward, but a small step reads the same bytes as other records."""
    image = build_elf(DYNAMIC)
    image.put(image.at["versions"] + 12, "I", step)
    image.put(image.find_dynamic(DT_VERNEEDNUM) + 8, "Q", 4096)
    with pytest.raises(InspectError):
        inspect_bytes(image.data)


@pytest.mark.parametrize("spec", [DYNAMIC, ElfSpec(bits=32, little=False, needed=("libc.so.6",))])
def test_every_truncation_is_an_error(spec: ElfSpec) -> None:
    data = bytes(build_elf(spec).data)
    for size in range(len(data)):
        with pytest.raises(InspectError, match=r"^app: wanted"):
            inspect_bytes(data[:size])


def test_no_single_changed_byte_makes_a_dynamic_program_static() -> None:
    data = bytes(build_elf(DYNAMIC).data)
    generator = random.Random(20)
    verdicts = 0
    for offset in range(len(data)):
        for value in {0, 0xFF, data[offset] ^ (1 << generator.randrange(8))} - {data[offset]}:
            try:
                verdict = classify(inspect_bytes(data[:offset] + bytes((value,)) + data[offset + 1 :]))
            except InspectError:
                continue
            verdicts += 1
            assert verdict.kind not in STATIC_KINDS, (offset, value, verdict)
    assert verdicts > 100


@pytest.mark.parametrize("seed", range(20))
def test_random_damage_is_an_error_or_a_verdict(seed: int) -> None:
    generator = random.Random(seed)
    specs = (
        DYNAMIC,
        ElfSpec(type=ET_DYN, flags_1=DF_1_PIE),
        ElfSpec(bits=32, little=seed % 2 == 0),
    )
    image = build_elf(specs[seed % len(specs)]).data
    for _ in range(100):
        data = bytearray(image)
        for _ in range(generator.randint(1, 12)):
            data[generator.randrange(4, len(data))] = generator.choice((0, 1, 0x7F, 0x80, 0xFF))
        with contextlib.suppress(InspectError):
            assert classify(inspect_bytes(data)).evidence


def test_huge_sparse_file_is_refused_at_once(tmp_path: Path) -> None:
    image = build_elf(ElfSpec())
    size = 1 << 40
    start = image.at["data"]
    second = image.at[f"PT_{PT_LOAD}"] + 56
    image.put(second + 32, "Q", size - start).put(second + 40, "Q", size)
    path = tmp_path / "sparse"
    path.write_bytes(image.data)
    try:
        os.truncate(path, size)
    except OSError:
        pytest.skip("the file system has no files of 1 TiB")
    with CountedFile(path) as stream, pytest.raises(InspectError, match="more than the"):
        inspect_stream(stream, "app")
    assert stream.bytes_read < CHUNK


def test_the_same_bytes_in_many_segments_are_searched_once(tmp_path: Path) -> None:
    """1000 segments over one content: without merging, 1000 times the work."""
    image = build_elf(ElfSpec(data=b"z" * (8 << 20)))
    loads = [image.data[image.at["PT_1"] : image.at["PT_1"] + 56]]
    record = image.data[image.at["PT_1"] + 56 : image.at["PT_1"] + 112]
    for i in range(1000):
        struct.pack_into("<QQ", record, 16, 0x10000000 * (i + 1), 0)
        loads.append(bytearray(record))
    offset = len(image.data)
    image.put_header("e_phoff", offset).put_header("e_phnum", len(loads))
    image.data += b"".join(loads)
    path = tmp_path / "many"
    path.write_bytes(image.data)
    with CountedFile(path) as stream:
        assert inspect_stream(stream, "app").format == "ELF"
    assert stream.bytes_read < 10 * len(image.data)


def test_1024_notes_are_enough() -> None:
    with pytest.raises(InspectError, match="more than 1024 notes"):
        inspect_spec(ElfSpec(notes=(GO_NOTE,) * 1025))


def test_4096_dynamic_entries_are_enough() -> None:
    with pytest.raises(InspectError, match="without an end within 4096 entries"):
        inspect_spec(ElfSpec(needed=("a",), extra_dynamic=((0x6FFFFEF5, 0),) * 5000))


def test_dynamic_entries_behind_the_end_do_not_count() -> None:
    spec = ElfSpec(interpreter=LD_LINUX, needed=("a.so",), extra_dynamic=((DT_NULL, 0), (DT_FLAGS_1, DF_1_PIE)))
    assert not inspect_spec(spec).pie


# --- other formats and files that cannot be read


def test_other_formats_are_only_named() -> None:
    data = b"\0asm\1\0\0\0"
    assert inspect_bytes(data) == BinaryFacts(format="wasm", size=len(data))


@pytest.mark.parametrize(
    "data",
    [
        b"MZ\x90\0",
        b"MZ" + bytes(1024),
        b"\xcf\xfa\xed\xfe\7\0\0\1",
        b"\xfe\xed\xfa\xce" + b"\xff" * 1024,
        b"\xca\xfe\xba\xbe\0\0\0\2",
        b"\xca\xfe\xba\xbf\0\0\0\2" + b"\xff" * 1024,
        b"\xca\xfe\xba\xbe\0\0\0\1" + bytes(1024),
    ],
)
def test_damaged_image_is_an_error(data: bytes) -> None:
    with pytest.raises(InspectError, match=r"^app: wanted a well-formed binary; found"):
        inspect_bytes(data)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", "found an empty file"),
        (b"#!/bin/sh\n", r"begins with b'#!/bin/s'"),
        (b"\x7fEL", "begins with"),
        (b"\xca\xfe\xba\xbe\0\0\0\x34", "begins with"),
        (b"\x7fELF", "ELF identification of 16 bytes at byte 0 in a file of 4 bytes"),
    ],
)
def test_what_is_no_binary_is_an_error(data: bytes, found: str) -> None:
    with pytest.raises(InspectError, match=found):
        inspect_bytes(data)


def make_member(name: bytes, content: bytes) -> bytes:
    header = name.ljust(16) + b"0".ljust(32) + str(len(content)).encode().ljust(10) + b"`\n"
    return header + content + b"\n" * (len(content) % 2)


@pytest.mark.parametrize(
    ("data", "members"),
    [
        (b"!<arch>\n", ()),
        (b"!<arch>\n" + make_member(b"/", b"xyz") + make_member(b"go.o/", b"abc"), ("go.o",)),
        (
            b"!<arch>\n" + make_member(b"//", b"one_long_member_name.o/\nb.o/\n") + make_member(b"/24", b""),
            ("b.o",),
        ),
        (b"!<arch>\n" + make_member(b"#1/8", b"go.o\0\0\0\0data"), ("go.o",)),
        (b"!<arch>\n" + make_member(b"#1/12", b"__.SYMDEF\0\0\0"), ()),
        (
            b"!<thin>\n" + make_member(b"//", b"d/go.o/\n") + make_member(b"/0", b"")[:60],
            ("d/go.o",),
        ),
    ],
)
def test_archive_members_are_named(data: bytes, members: tuple[str, ...]) -> None:
    assert inspect_bytes(data) == BinaryFacts(format="ar", size=len(data), members=members)


def test_thin_archive_does_not_hold_its_members() -> None:
    outside = make_member(b"/0", b"")[:48] + b"4096".ljust(10) + b"`\n"
    data = b"!<thin>\n" + make_member(b"//", b"go.o/\n") + outside + outside
    assert inspect_bytes(data).members == ("go.o", "go.o")


def test_archive_names_1000_members_at_most() -> None:
    assert len(inspect_bytes(b"!<arch>\n" + make_member(b"a.o/", b"") * 1200).members) == 1000


@pytest.mark.parametrize(
    "data",
    [
        b"!<arch>\n" + make_member(b"a.o/", b"abcd")[:-1],
        b"!<arch>\n" + make_member(b"a.o/", b"")[:59],
        b"!<arch>\n" + b"x" * 60,
        b"!<arch>\n" + make_member(b"a.o/", b"").replace(b"`\n", b"'\n"),
        b"!<arch>\n" + make_member(b"a.o/", b"").replace(b"0         `", b"-1        `"),
        b"!<arch>\n" + make_member(b"#1/99", b"abc"),
    ],
)
def test_damaged_archive_is_an_error(data: bytes) -> None:
    with pytest.raises(InspectError, match=r"^app: wanted a well-formed binary; found"):
        inspect_bytes(data)


def test_one_read_is_bounded() -> None:
    with pytest.raises(InspectError, match="more than the 16777216 that are read"):
        Reader(io.BytesIO(bytes(MAX_READ + 1)), "app").read(0, MAX_READ + 1, "a table")


def test_file_that_shrinks_while_it_is_read_is_an_error() -> None:
    stream = io.BytesIO(b"12345678")
    reader = Reader(stream, "app")
    stream.truncate(5)
    with pytest.raises(InspectError, match="a table cut short at byte 5"):
        reader.read(2, 4, "a table")


def test_stream_that_cannot_seek_is_an_error() -> None:
    stream = io.BytesIO(b"MZ")
    stream.close()
    with pytest.raises(InspectError, match=r"^app: wanted a file to read"):
        inspect_stream(stream, "app")


def test_missing_file_and_directory_are_errors(tmp_path: Path) -> None:
    with pytest.raises(InspectError, match=r"gone: wanted a binary to inspect; .*No such file"):
        inspect_file(tmp_path / "gone")
    with pytest.raises(InspectError, match="cannot be opened: Is a directory"):
        inspect_file(tmp_path)
    with pytest.raises(InspectError, match="cannot be opened"):
        inspect_file("nul\0byte")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_named_pipe_is_an_error_and_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InspectError, match="not a regular file"):
        inspect_file(tmp_path / "pipe")


def test_missing_pyelftools_is_one_error_with_the_fix() -> None:
    code = (
        "import io, sys; sys.modules['elftools'] = None\n"
        "from golang.inspect import inspect_stream\n"
        "print(inspect_stream(io.BytesIO(b'\\0asm'), 'app').format)\n"
        "from golang.errors import InspectError\n"
        "try: inspect_stream(io.BytesIO(b'\\x7fELF'), 'app')\n"
        "except InspectError as error: print(error)\n"
    )
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environ)
    assert run.stdout == (
        f"wasm\napp: no pyelftools in {sys.executable}, to read ELF files with\n"
        f"  fix:    {sys.executable} -m pip install pyelftools\n"
    )
