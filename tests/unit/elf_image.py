"""Build minimal ELF files byte by byte, so that tests need neither Go nor a C compiler.

The layout is fixed: header, program headers, interpreter, notes, string table, versions, dynamic
segment, code, then a writable segment with ``data``. There are no sections.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PT_LOAD, PT_DYNAMIC, PT_INTERP, PT_NOTE, PT_TLS, PT_GNU_STACK = 1, 2, 3, 4, 7, 0x6474E551
ET_REL, ET_EXEC, ET_DYN, ET_CORE = 1, 2, 3, 4
DT_NULL, DT_NEEDED, DT_STRTAB, DT_STRSZ, DT_SONAME, DT_RPATH = 0, 1, 5, 10, 14, 15
DT_RUNPATH, DT_FLAGS, DT_FLAGS_1 = 29, 30, 0x6FFFFFFB
DT_VERNEED, DT_VERNEEDNUM = 0x6FFFFFFE, 0x6FFFFFFF
DF_1_PIE, DF_1_NODELETE, DF_STATIC_TLS = 0x08000000, 8, 0x10
EM_X86_64 = 62

LD_LINUX = "/lib64/ld-linux-x86-64.so.2"
LD_MUSL = "/lib/ld-musl-x86_64.so.1"
GO_NOTE = ("Go", 4, b"build/id")
ABI_TAG = ("GNU", 1, struct.pack("<4I", 0, 3, 2, 0))


@dataclass(frozen=True, kw_only=True)
class ElfSpec:
    """What to build. ``dynamic`` forces (or, if False, leaves out) PT_DYNAMIC; else it follows."""

    bits: int = 64
    little: bool = True
    type: int = ET_EXEC
    machine: int = EM_X86_64
    interpreter: str | None = None
    needed: Sequence[str] = ()
    soname: str | None = None
    rpath: str | None = None
    runpath: str | None = None
    flags: int = 0
    flags_1: int = 0
    versions: Mapping[str, Sequence[str]] = field(default_factory=dict)
    notes: Sequence[tuple[str, int, bytes]] = ()
    tls: bool = False
    stack: int | None = 0
    data: bytes = b""
    dynamic: bool | None = None
    extra_dynamic: Sequence[tuple[int, int]] = ()
    entry: int | None = None
    executable: bool = True
    base: int | None = None
    note_align: int = 4

    @property
    def has_dynamic(self) -> bool:
        """Whether there is a PT_DYNAMIC."""
        implied = self.needed or self.soname or self.rpath or self.runpath or self.versions
        wanted = bool(implied or self.flags or self.flags_1 or self.interpreter)
        return wanted if self.dynamic is None else self.dynamic


@dataclass(kw_only=True)
class ElfImage:
    """The file, and where its parts are: the names of ``at`` are parts or ``PT_n`` program headers."""

    spec: ElfSpec
    data: bytearray
    at: dict[str, int]

    def put(self, offset: int, kind: str, value: int) -> ElfImage:
        """Overwrite one number; ``kind`` is of struct: H, I or Q."""
        struct.pack_into(("<" if self.spec.little else ">") + kind, self.data, offset, value)
        return self

    def put_header(self, name: str, value: int) -> ElfImage:
        """Overwrite a field of the ELF header (64 bit)."""
        offset, kind = {
            "e_type": (16, "H"), "e_entry": (24, "Q"), "e_phoff": (32, "Q"), "e_shoff": (40, "Q"),
            "e_phentsize": (54, "H"), "e_phnum": (56, "H"), "e_shnum": (60, "H"),
        }[name]  # fmt: skip
        return self.put(offset, kind, value)

    def put_segment(self, kind: int, name: str, value: int) -> ElfImage:
        """Overwrite a field of the first program header of that type (64 bit)."""
        offset, code = {
            "p_type": (0, "I"), "p_flags": (4, "I"), "p_offset": (8, "Q"), "p_vaddr": (16, "Q"),
            "p_filesz": (32, "Q"), "p_memsz": (40, "Q"), "p_align": (48, "Q"),
        }[name]  # fmt: skip
        return self.put(self.at[f"PT_{kind}"] + offset, code, value)

    def find_dynamic(self, tag: int) -> int:
        """Return where the entry of the dynamic segment with that tag is (64 bit)."""
        offset = self.at["dynamic"]
        while struct.unpack_from("<Q", self.data, offset)[0] != tag:
            offset += 16
        return offset


class _Strings:
    def __init__(self) -> None:
        self.data = bytearray(1)

    def add(self, text: str) -> int:
        offset = len(self.data)
        self.data += text.encode() + b"\0"
        return offset


def build_elf(spec: ElfSpec) -> ElfImage:
    """Return the file that ``spec`` describes."""
    order = "<" if spec.little else ">"
    word = "Q" if spec.bits == 64 else "I"
    header_size, entry_size = (64, 56) if spec.bits == 64 else (52, 32)
    base = spec.base if spec.base is not None else 0x400000 * (spec.type == ET_EXEC)
    strings = _Strings()
    entries = _make_entries(spec, strings)
    needs = _make_verneed(spec, strings, order)
    notes = b"".join(_make_note(order, note, spec.note_align) for note in spec.notes)
    interpreter = b"" if spec.interpreter is None else spec.interpreter.encode() + b"\0"
    kinds = [PT_LOAD, PT_LOAD]
    kinds += [PT_INTERP] if spec.interpreter is not None else []
    kinds += [PT_NOTE] if notes else []
    kinds += [PT_DYNAMIC] if spec.has_dynamic else []
    kinds += [PT_TLS] if spec.tls else []
    kinds += [PT_GNU_STACK] if spec.stack is not None else []
    at: dict[str, int] = {}
    body = bytearray(header_size + entry_size * len(kinds))
    for name, part in (
        ("interpreter", interpreter),
        ("notes", notes),
        ("strings", bytes(strings.data)),
        ("versions", needs),
    ):
        body += bytes(-len(body) % 8)
        at[name] = len(body)
        body += part
    body += bytes(-len(body) % 8)
    at["dynamic"] = len(body)
    if spec.has_dynamic:
        entries += [(DT_STRTAB, base + at["strings"]), (DT_STRSZ, len(strings.data))]
        if needs:
            entries += [
                (DT_VERNEED, base + at["versions"]),
                (DT_VERNEEDNUM, len(spec.versions)),
            ]
        for entry in (*entries, *spec.extra_dynamic, (DT_NULL, 0)):
            body += struct.pack(order + 2 * word, *entry)
    dynamic_size = len(body) - at["dynamic"]
    at["code"] = len(body)
    body += b"\x90" * 8
    body += bytes(-len(body) % 16)
    at["data"] = len(body)
    body += spec.data or bytes(16)
    spans = {
        PT_INTERP: (at["interpreter"], len(interpreter), 4, 1),
        PT_NOTE: (at["notes"], len(notes), 4, spec.note_align),
        PT_DYNAMIC: (at["dynamic"], dynamic_size, 6, 8),
        PT_TLS: (at["data"], 0, 4, 8),
    }
    loads = [
        (0, at["data"], 5 if spec.executable else 4, 16),
        (at["data"], len(body) - at["data"], 6, 16),
    ]
    for i, kind in enumerate(kinds):
        offset = header_size + entry_size * i
        at.setdefault(f"PT_{kind}", offset)
        if kind == PT_GNU_STACK:
            record = (kind, 0, 0, 0, spec.stack or 0, 6, 16)
        else:
            start, size, flags, align = loads[i] if kind == PT_LOAD else spans[kind]
            memory = 8 if kind == PT_TLS else size
            record = (kind, start, base + start, size, memory, flags, align)
        _put_segment(body, offset, spec, record)
    entry_point = base + at["code"] if spec.entry is None else spec.entry
    ident = b"\x7fELF" + bytes((spec.bits // 32, 1 if spec.little else 2, 1)) + bytes(9)
    body[:16] = ident
    struct.pack_into(
        f"{order}HHI{3 * word}I6H", body, 16, spec.type, spec.machine, 1, entry_point,
        header_size, 0, 0, header_size, entry_size, len(kinds), 0, 0, 0,
    )  # fmt: skip
    return ElfImage(spec=spec, data=body, at=at)


def _make_entries(spec: ElfSpec, strings: _Strings) -> list[tuple[int, int]]:
    entries = [(DT_NEEDED, strings.add(name)) for name in spec.needed]
    for tag, text in (
        (DT_SONAME, spec.soname),
        (DT_RPATH, spec.rpath),
        (DT_RUNPATH, spec.runpath),
    ):
        if text is not None:
            entries.append((tag, strings.add(text)))
    for tag, value in ((DT_FLAGS, spec.flags), (DT_FLAGS_1, spec.flags_1)):
        if value:
            entries.append((tag, value))
    return entries


def _make_verneed(spec: ElfSpec, strings: _Strings, order: str) -> bytes:
    data = b""
    for i, (library, names) in enumerate(spec.versions.items()):
        size = 16 + 16 * len(names)
        following = 0 if i == len(spec.versions) - 1 else size
        data += struct.pack(order + "HHIII", 1, len(names), strings.add(library), 16, following)
        for j, name in enumerate(names):
            step = 0 if j == len(names) - 1 else 16
            data += struct.pack(order + "IHHII", 0, 0, 2, strings.add(name), step)
    return data


def _make_note(order: str, note: tuple[str, int, bytes], align: int) -> bytes:
    name, kind, content = note
    text = name.encode() + b"\0"
    data = struct.pack(order + "III", len(text), len(content), kind) + text
    data += bytes(-len(data) % align) + content
    return data + bytes(-len(data) % align)


def _put_segment(body: bytearray, offset: int, spec: ElfSpec, record: tuple[int, ...]) -> None:
    kind, start, address, size, memory, flags, align = record
    order = "<" if spec.little else ">"
    if spec.bits == 64:
        struct.pack_into(
            order + "IIQQQQQQ",
            body,
            offset,
            kind,
            flags,
            start,
            address,
            address,
            size,
            memory,
            align,
        )
    else:
        struct.pack_into(order + "8I", body, offset, kind, start, address, address, size, memory, flags, align)
