"""The program headers of an ELF file, on pyelftools. The only module that imports elftools.

pyelftools gives the layouts and the names; ``ELFFile`` itself is not used, because it starts from
the section headers, which a binary can be without and a hostile file can fill with anything.
"""

from __future__ import annotations

import functools
import io
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from elftools.common.exceptions import ELFError
from elftools.common.utils import struct_parse
from elftools.elf.structs import ELFStructs

from .evidence import find_packer

if TYPE_CHECKING:
    from .reader import Reader

MAX_SEGMENTS = 1024
"""Program headers. Linkers write about a dozen; e_phnum 0xffff (PN_XNUM) says that a section header
holds the count, which only core dumps need."""
_TYPES = ("ET_EXEC", "ET_DYN", "ET_REL", "ET_CORE")
_SINGLE = ("PT_INTERP", "PT_DYNAMIC", "PT_TLS", "PT_GNU_STACK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One program header; offsets, addresses and sizes in bytes."""

    type: str
    offset: int
    address: int
    file_size: int
    memory_size: int
    align: int
    executable: bool
    writable: bool

    def holds(self, address: int, size: int) -> bool:
        """Whether the ``size`` bytes at ``address`` are in the part of it that the file has."""
        return self.address <= address and address + size <= self.address + self.file_size


class Image:
    """The header and the segments of an ELF file, and reads by address."""

    def __init__(self, reader: Reader) -> None:
        """Raise InspectError where the kernel would refuse the file or it contradicts itself."""
        self.reader = reader
        self.bits, self.little_endian = _read_ident(reader)
        self.structs = _structs(self.bits, self.little_endian)
        header = self.parse("Elf_Ehdr", 0, "ELF header")
        self.type = _name_type(reader, header["e_type"])
        self.machine = _name(header["e_machine"], "EM_")
        self.structs = _structs(self.bits, self.little_endian, header["e_type"], header["e_machine"])
        self.entry: int = header["e_entry"]
        self.packer = find_packer(reader)
        self.is_program = self.type in ("EXEC", "DYN") and self.packer is None
        """Whether segments were read: of an object, a dump, a packed program they say nothing."""
        self.segments = self._read_segments(header) if self.is_program else ()

    def parse(self, layout: str, offset: int, what: str) -> Any:
        """Return the pyelftools record ``layout`` (such as ``Elf_Phdr``) at ``offset``."""
        struct = getattr(self.structs, layout)
        data = self.reader.read(offset, struct.sizeof(), what)
        try:
            record = struct_parse(struct, io.BytesIO(data))
        except ELFError as error:
            self.reader.reject(f"{what} that cannot be read ({error})")
        return record

    def size_of(self, layout: str) -> int:
        """Return the size in bytes of the pyelftools record ``layout``."""
        size: int = getattr(self.structs, layout).sizeof()
        return size

    def find_segment(self, kind: str) -> Segment | None:
        """Return the first segment of that type."""
        return next(iter(self.find_segments(kind)), None)

    def find_segments(self, kind: str) -> tuple[Segment, ...]:
        """Return the segments of that type in file order."""
        return tuple(segment for segment in self.segments if segment.type == kind)

    def find_offset(self, address: int, size: int, what: str) -> int:
        """Return where in the file the ``size`` bytes at ``address`` of the loaded program are."""
        loads = self.find_segments("PT_LOAD")
        load = next((load for load in loads if load.holds(address, size)), None)
        if load is None:
            self.reader.reject(f"{what} of {size} bytes at address {address:#x}, outside the file")
        return load.offset + address - load.address

    def has_code(self) -> bool:
        """Whether the file has the code it would run, unlike a separate debug file.

        The entry point may be a descriptor in a data segment (ppc64), so it need not be executable.
        """
        loads = self.find_segments("PT_LOAD")
        if not any(segment.executable and segment.file_size for segment in loads):
            return False
        if self.entry == 0:
            return self.type == "DYN"
        return any(segment.holds(self.entry, 1) for segment in loads)

    def _read_segments(self, header: Any) -> tuple[Segment, ...]:
        size, count = self.size_of("Elf_Phdr"), header["e_phnum"]
        if header["e_phentsize"] != size:
            self.reader.reject(f"program headers of {header['e_phentsize']} bytes, not {size}")
        if not 0 < count <= MAX_SEGMENTS:
            self.reader.reject(f"{count} program headers, not 1 to {MAX_SEGMENTS}")
        self.reader.require(header["e_phoff"], size * count, "program headers")
        segments = tuple(
            _make_segment(self.parse("Elf_Phdr", header["e_phoff"] + size * i, "program header")) for i in range(count)
        )
        self._check(segments)
        return segments

    def _check(self, segments: tuple[Segment, ...]) -> None:
        """Raise InspectError for segments that no loader would take or that hide one another."""
        for kind in _SINGLE:
            if sum(segment.type == kind for segment in segments) > 1:
                self.reader.reject(f"more than one {kind} segment")
        for segment in segments:
            if segment.type in ("PT_LOAD", "PT_DYNAMIC", "PT_INTERP", "PT_NOTE", "PT_TLS"):
                self.reader.require(segment.offset, segment.file_size, f"{segment.type} segment")
        loads = sorted((segment for segment in segments if segment.type == "PT_LOAD"), key=lambda s: s.address)
        if not loads:
            self.reader.reject("no PT_LOAD segment: nothing that could run")
        if any(load.file_size > load.memory_size for load in loads):
            self.reader.reject("a PT_LOAD segment larger in the file than in memory")
        for load, following in pairwise(loads):
            if load.address + load.memory_size > following.address:
                self.reader.reject("PT_LOAD segments that overlap in memory")


@functools.cache
def _structs(bits: int, little_endian: bool, kind: Any = None, machine: Any = None) -> ELFStructs:  # noqa: FBT001
    """Return pyelftools' records, all of them once the header is read; to make them costs more than to use them."""
    structs = ELFStructs(little_endian=little_endian, elfclass=bits)
    structs.create_basic_structs()
    if kind is not None:
        structs.create_advanced_structs(kind, machine)
    return structs


def _read_ident(reader: Reader) -> tuple[int, bool]:
    ident = reader.read(0, 16, "ELF identification")
    if ident[4] not in (1, 2) or ident[5] not in (1, 2) or ident[6] != 1:
        reader.reject(f"ELF class {ident[4]}, encoding {ident[5]}, version {ident[6]}")
    return 32 * ident[4], ident[5] == 1


def _name_type(reader: Reader, value: str | int) -> str:
    if value not in _TYPES:
        reader.reject(f"ELF type {value}, which is no program, library, object or dump")
    return _name(value, "ET_")


def _name(value: str | int, prefix: str) -> str:
    return value.removeprefix(prefix) if isinstance(value, str) else str(value)


def _make_segment(record: Any) -> Segment:
    return Segment(
        type=str(record["p_type"]),
        offset=record["p_offset"],
        address=record["p_vaddr"],
        file_size=record["p_filesz"],
        memory_size=record["p_memsz"],
        align=record["p_align"],
        executable=bool(record["p_flags"] & 1),
        writable=bool(record["p_flags"] & 2),
    )
