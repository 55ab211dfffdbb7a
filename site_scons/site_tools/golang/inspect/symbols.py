"""Looking up names in a shared library as a loader does: through its hash table. Sections are not read."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from .dynamic import Strings, read_entries
from .image import Image

if TYPE_CHECKING:
    from .reader import Reader

_WORD = 4
_LONGEST_CHAIN = 1 << 16
"""Symbols with one hash. A chain has a handful."""


def find_exported(reader: Reader, wanted: Collection[str]) -> frozenset[str]:
    """Return those names that the dynamic symbol table of an ELF file defines. Raises InspectError."""
    image = Image(reader)
    segment = image.find_segment("PT_DYNAMIC")
    if segment is None:
        return frozenset()
    values = dict(read_entries(image, segment))
    if "DT_SYMTAB" not in values:
        return frozenset()
    table = _Table(image, values)
    return frozenset(name for name in wanted if table.defines(name))


class _Table:
    """DT_SYMTAB with DT_GNU_HASH, else DT_HASH."""

    def __init__(self, image: Image, values: Mapping[str, int]) -> None:
        self._image = image
        self._strings = Strings(image, values)
        self._symbols = values["DT_SYMTAB"]
        self._gnu, self._sysv = values.get("DT_GNU_HASH"), values.get("DT_HASH")

    def defines(self, name: str) -> bool:
        """Return whether a loader finds the name in it."""
        if self._gnu is not None:
            return self._in_gnu(self._gnu, name)
        return self._sysv is not None and self._in_sysv(self._sysv, name)

    def _word(self, address: int) -> int:
        offset = self._image.find_offset(address, _WORD, "hash table")
        data = self._image.reader.read(offset, _WORD, "hash table")
        return int.from_bytes(data, "little" if self._image.little_endian else "big")

    def _in_gnu(self, table: int, name: str) -> bool:
        """Look up by the rules of glibc's dl-lookup.c, without the Bloom filter, which only saves time."""
        buckets, first, words = (self._word(table + _WORD * i) for i in range(3))
        wanted = 5381
        for byte in name.encode():
            wanted = (wanted * 33 + byte) & 0xFFFFFFFF
        if not buckets:
            return False
        start = table + 4 * _WORD + words * self._image.bits // 8
        index = self._word(start + _WORD * (wanted % buckets))
        chains = start + _WORD * buckets
        for number in range(index, index + _LONGEST_CHAIN) if index >= first else ():
            found = self._word(chains + _WORD * (number - first))
            if found | 1 == wanted | 1 and self._is(number, name):
                return True
            if found & 1:
                break
        return False

    def _in_sysv(self, table: int, name: str) -> bool:
        """Look up by the rules of the System V ABI, chapter 5."""
        buckets = self._word(table)
        wanted = 0
        for byte in name.encode():
            wanted = (wanted << 4) + byte
            wanted = (wanted ^ (wanted & 0xF0000000) >> 24) & 0x0FFFFFFF
        number = self._word(table + _WORD * (2 + wanted % buckets)) if buckets else 0
        for _ in range(_LONGEST_CHAIN):
            if number == 0:
                break
            if self._is(number, name):
                return True
            number = self._word(table + _WORD * (2 + buckets + number))
        return False

    def _is(self, number: int, name: str) -> bool:
        """Return whether a symbol has this name and is defined here."""
        size = self._image.size_of("Elf_Sym")
        offset = self._image.find_offset(self._symbols + number * size, size, "dynamic symbol")
        symbol = self._image.parse("Elf_Sym", offset, "dynamic symbol")
        undefined = symbol["st_shndx"] == "SHN_UNDEF"
        return not undefined and self._strings.get(symbol["st_name"], "name of a dynamic symbol") == name
