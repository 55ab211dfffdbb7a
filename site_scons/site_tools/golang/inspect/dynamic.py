"""The dynamic segment of an ELF image: what it needs and which versions. Sections are not read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .image import Image, Segment
    from .reader import Reader

MAX_ENTRIES = 4096
"""Entries of a dynamic segment. Large programs have some hundred."""
MAX_VERSIONS = 4096
"""Version requirements. Programs have tens, against libraries with some hundred versions."""
MAX_NAME = 4096
"""Bytes of a library name, path list or version (PATH_MAX on linux)."""
_DF_TEXTREL = 0x4
_DF_STATIC_TLS = 0x10
_DF_1_NODELETE = 0x8
_DF_1_PIE = 0x08000000
_READ_ONCE = (
    "DT_STRTAB", "DT_STRSZ", "DT_SONAME", "DT_RPATH", "DT_RUNPATH", "DT_FLAGS", "DT_FLAGS_1",
    "DT_VERNEED", "DT_VERNEEDNUM",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Dynamic:
    """What the dynamic segment says; the fields are those of ElfFacts."""

    needed: tuple[str, ...] = ()
    soname: str | None = None
    rpath: tuple[str, ...] = ()
    runpath: tuple[str, ...] = ()
    pie: bool = False
    nodelete: bool = False
    text_relocations: bool = False
    static_tls: bool = False
    symbol_versions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Strings:
    """DT_STRTAB: strings by offset, each within the table."""

    def __init__(self, image: Image, values: Mapping[str, int]) -> None:
        """Find the table. Raises InspectError where there is none."""
        self._reader: Reader = image.reader
        if "DT_STRTAB" not in values or "DT_STRSZ" not in values:
            self._reader.reject("a dynamic segment without its string table")
        self._size = values["DT_STRSZ"]
        self._start = image.find_offset(values["DT_STRTAB"], self._size, "dynamic string table")

    def get(self, offset: int, what: str) -> str:
        """Return the string at ``offset``; ``what`` names it in the InspectError."""
        size = min(self._size - offset, MAX_NAME)
        if size <= 0:
            self._reader.reject(f"{what} outside the dynamic string table")
        text, end, _ = self._reader.read(self._start + offset, size, what).partition(b"\0")
        if not end:
            self._reader.reject(f"{what} without an end")
        return text.decode("utf-8", "backslashreplace")


def read_dynamic(image: Image, segment: Segment) -> Dynamic:
    """Return the facts of PT_DYNAMIC.

    Raises InspectError where a loader would fail, or would see other facts than readelf.
    """
    entries = read_entries(image, segment)
    values = dict(entries)
    for tag in _READ_ONCE:
        if sum(name == tag for name, _ in entries) > 1:
            image.reader.reject(f"more than one {tag} entry")
    strings = Strings(image, values)
    needed = [strings.get(value, "DT_NEEDED name") for tag, value in entries if tag == "DT_NEEDED"]
    soname = values.get("DT_SONAME")
    return Dynamic(
        needed=tuple(needed),
        soname=None if soname is None else strings.get(soname, "DT_SONAME name"),
        rpath=_split_paths(strings, values.get("DT_RPATH")),
        runpath=_split_paths(strings, values.get("DT_RUNPATH")),
        pie=bool(values.get("DT_FLAGS_1", 0) & _DF_1_PIE),
        nodelete=bool(values.get("DT_FLAGS_1", 0) & _DF_1_NODELETE),
        text_relocations="DT_TEXTREL" in values or bool(values.get("DT_FLAGS", 0) & _DF_TEXTREL),
        static_tls=bool(values.get("DT_FLAGS", 0) & _DF_STATIC_TLS),
        symbol_versions=_read_versions(image, strings, values),
    )


def read_entries(image: Image, segment: Segment) -> list[tuple[str, int]]:
    """Return ``(tag, value)`` up to DT_NULL. Raises InspectError."""
    reader = image.reader
    if segment.file_size == 0:
        reader.reject("an empty dynamic segment, as in a separate debug file")
    # A loader goes by address, readelf by offset: they must be the same bytes.
    mapped = image.find_offset(segment.address, segment.file_size, "dynamic segment")
    if mapped != segment.offset:
        reader.reject(f"a dynamic segment at byte {segment.offset} that is loaded from byte {mapped}")
    size = image.size_of("Elf_Dyn")
    entries: list[tuple[str, int]] = []
    for i in range(min(segment.file_size // size, MAX_ENTRIES)):
        record = image.parse("Elf_Dyn", segment.offset + i * size, "dynamic entry")
        if record["d_tag"] == "DT_NULL":
            break
        entries.append((str(record["d_tag"]), record["d_val"]))
    else:
        reader.reject(f"a dynamic segment without an end within {MAX_ENTRIES} entries")
    return entries


def _split_paths(strings: Strings, offset: int | None) -> tuple[str, ...]:
    if offset is None:
        return ()
    return tuple(part for part in strings.get(offset, "search path").split(":") if part)


def _read_versions(image: Image, strings: Strings, values: Mapping[str, int]) -> dict[str, tuple[str, ...]]:
    """Return DT_VERNEED: library to sorted versions.

    Each step is counted, and offsets only lead forward, so no chain is endless.
    """
    address, count = values.get("DT_VERNEED"), values.get("DT_VERNEEDNUM", 0)
    if address is None:
        return {}
    if not 0 < count <= MAX_VERSIONS:
        image.reader.reject(f"{count} version requirements, not 1 to {MAX_VERSIONS}")
    found: dict[str, set[str]] = {}
    total = 0
    for i in range(count):
        offset = image.find_offset(address, image.size_of("Elf_Verneed"), "version requirement")
        record = image.parse("Elf_Verneed", offset, "version requirement")
        total += record["vn_cnt"]
        if total > MAX_VERSIONS:
            image.reader.reject(f"more than {MAX_VERSIONS} required versions")
        library = strings.get(record["vn_file"], "library of a version")
        versions = _read_chain(image, strings, address + record["vn_aux"], record["vn_cnt"])
        found.setdefault(library, set()).update(versions)
        # glibc's loader goes on until vn_next is 0, readelf until the count: they must agree.
        if (record["vn_next"] == 0) != (i == count - 1):
            image.reader.reject("version requirements that contradict their count")
        address += record["vn_next"]
    return {library: tuple(sorted(found[library])) for library in sorted(found)}


def _read_chain(image: Image, strings: Strings, address: int, count: int) -> list[str]:
    versions: list[str] = []
    for i in range(count):
        offset = image.find_offset(address, image.size_of("Elf_Vernaux"), "required version")
        record = image.parse("Elf_Vernaux", offset, "required version")
        versions.append(strings.get(record["vna_name"], "name of a required version"))
        if (record["vna_next"] == 0) != (i == count - 1):
            image.reader.reject("required versions that contradict their count")
        address += record["vna_next"]
    return versions
