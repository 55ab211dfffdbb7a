"""The symbols of the ELF objects in an archive: what each defines, and what it wants of others."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from ..facts import ObjectSymbols
from ..platform import ElfTarget
from .archive import iterate_members
from .image import Image

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .reader import Reader

MAX_OBJECTS = 50_000
"""Members that are read; libc.a has some 1700."""
_MAX_SECTIONS = 1 << 16
_ELF_MAGIC = b"\x7fELF"
_SYMTAB = 2
_GLOBAL, _WEAK = 1, 2
_UNDEFINED = 0
_SECTIONS = {32: "10I", 64: "IIQQQQIIQQ"}
"""Elf32_Shdr and Elf64_Shdr by bits (gABI, Sections)."""
_SYMBOLS = {32: "IIIBBH", 64: "IBBHQQ"}
"""Elf32_Sym and Elf64_Sym (gABI, Symbol Table)."""
_PLACES = {32: (0, 3, 5), 64: (0, 1, 3)}
"""Where st_name, st_info and st_shndx are in them."""


def read_objects(reader: Reader) -> tuple[ObjectSymbols, ...]:
    """Return the symbols of each ELF object in an archive. Raises InspectError where it is damaged.

    Left out is what is no ELF object, such as bitcode, and every member of a thin archive.
    """
    return tuple(_read_object(name, Image(member)) for name, member in _members(reader))


def first_target(reader: Reader) -> ElfTarget | None:
    """Return what the first ELF object in an archive is for; None if there is none. Raises InspectError."""
    return next((target_of(member) for _, member in _members(reader)), None)


def target_of(reader: Reader) -> ElfTarget:
    """Return what an ELF file is for. Raises InspectError."""
    image = Image(reader)
    return ElfTarget(image.machine, image.bits, image.little_endian)


def _members(reader: Reader) -> Iterator[tuple[str, Reader]]:
    """Yield name and bytes of each ELF object in an archive."""
    for number, (name, member) in enumerate(iterate_members(reader)):
        if number == MAX_OBJECTS:
            reader.reject(f"more than {MAX_OBJECTS} members")
        if member is not None and member.size > len(_ELF_MAGIC) and member.read(0, 4, "magic") == _ELF_MAGIC:
            yield name, member


def _read_object(name: str, image: Image) -> ObjectSymbols:
    defined, undefined = set(), set()
    for symbol, info, section in _symbols(image):
        if info >> 4 not in (_GLOBAL, _WEAK):
            continue
        if section != _UNDEFINED:
            defined.add(symbol)
        elif info >> 4 == _GLOBAL:
            # A weak one may stay undefined.
            undefined.add(symbol)
    return ObjectSymbols(name=name, defined=frozenset(defined), undefined=frozenset(undefined))


def _symbols(image: Image) -> Iterator[tuple[str, int, int]]:
    """Yield name, st_info and st_shndx of each named symbol."""
    header = image.parse("Elf_Ehdr", 0, "ELF header")
    offset, count = header["e_shoff"], header["e_shnum"]
    if offset == 0:
        return
    layout = _layout(image, _SECTIONS)
    if count == 0:
        # An object with many sections has their number in the first one.
        count = layout.unpack(image.reader.read(offset, layout.size, "section header"))[5]
    if count > _MAX_SECTIONS:
        image.reader.reject(f"{count} section headers, more than the {_MAX_SECTIONS} that are read")
    sections = [*layout.iter_unpack(image.reader.read(offset, count * layout.size, "section headers"))]
    for _, kind, _, _, start, size, link, *_ in sections:
        if kind == _SYMTAB and link < count:
            names, names_size = sections[link][4:6]
            yield from _entries(
                image,
                image.reader.read(start, size, "symbol table"),
                image.reader.read(names, names_size, "names of symbols"),
            )


def _layout(image: Image, layouts: Mapping[int, str]) -> struct.Struct:
    return struct.Struct(("<" if image.little_endian else ">") + layouts[image.bits])


def _entries(image: Image, table: bytes, names: bytes) -> Iterator[tuple[str, int, int]]:
    layout = _layout(image, _SYMBOLS)
    name, info, section = _PLACES[image.bits]
    for entry in layout.iter_unpack(table[: len(table) - len(table) % layout.size]):
        start = entry[name]
        text = names[start : names.find(b"\0", start)]
        if text:
            yield text.decode("utf-8", "backslashreplace"), entry[info], entry[section]
