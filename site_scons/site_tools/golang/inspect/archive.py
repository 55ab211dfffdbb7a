"""The members of an ``ar`` archive (System V, GNU and BSD names, and thin archives)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .reader import Reader

MAGIC = b"!<arch>\n"
THIN_MAGIC = b"!<thin>\n"
MAX_MEMBERS = 1000
"""Members that are named. A Go c-archive has its go.o first; libc.a has some 1700."""
_HEADER = 60
_MAX_NAMES = 1 << 20
"""Bytes of the table of long names that are read."""
_TABLES = (b"/", b"/SYM64/")


def read_members(reader: Reader) -> tuple[str, ...]:
    """Return the first MAX_MEMBERS names of members. Raises InspectError for a damaged archive."""
    return tuple(name for name, _ in islice(iterate_members(reader), MAX_MEMBERS))


def find_member(reader: Reader, wanted: str) -> Reader | None:
    """Return a reader of the member ``wanted``, if it is among the first ones and in the file itself.

    Raises InspectError.
    """
    return next((found for name, found in islice(iterate_members(reader), MAX_MEMBERS) if name == wanted), None)


def find_in_index(reader: Reader, wanted: Collection[str]) -> frozenset[str]:
    """Return those of ``wanted`` that the archive's index has, by which linkers find symbols. Raises InspectError."""
    if reader.size <= len(MAGIC):
        return frozenset()
    name, size = _read_header(reader, len(MAGIC))
    if name not in _TABLES:
        return frozenset()
    width = 8 if name == b"/SYM64/" else 4
    table = reader.read(len(MAGIC) + _HEADER, size, "archive index")
    count = int.from_bytes(table[:width], "big")
    known = frozenset(table[width * (count + 1) :].split(b"\0"))
    return frozenset(name for name in wanted if name.encode() in known)


def iterate_members(reader: Reader) -> Iterator[tuple[str, Reader | None]]:
    """Yield name and content of each member. Raises InspectError for a damaged archive.

    The members of a thin archive are files of their own: there is None in place of their content.
    """
    thin = reader.read(0, len(MAGIC), "archive header") == THIN_MAGIC
    names = b""
    offset = len(MAGIC)
    while offset < reader.size:
        name, size = _read_header(reader, offset)
        offset += _HEADER
        is_table = name in (*_TABLES, b"//") or name.startswith(b"__.SYMDEF")
        stored = not thin or is_table
        if stored:
            reader.require(offset, size, "archive member")
        if name == b"//":
            names = reader.read(offset, min(size, _MAX_NAMES), "table of long names")
        elif not is_table:
            member = _resolve_name(reader, offset, name, names)
            # BSD puts a long name before the content, that of its symbol table too.
            skipped = min(int(name[3:]), size) if name.startswith(b"#1/") and name[3:].isdigit() else 0
            if not member.startswith("__.SYMDEF"):
                yield member, reader.part(offset + skipped, size - skipped, "archive member") if stored else None
        if stored:
            offset += size + size % 2


def _read_header(reader: Reader, offset: int) -> tuple[bytes, int]:
    header = reader.read(offset, _HEADER, "archive member header")
    size = header[48:58].strip(b" ")
    if header[58:] != b"`\n" or not size.isdigit():
        reader.reject(f"no archive member header at byte {offset}")
    return header[:16].rstrip(b" "), int(size)


def _resolve_name(reader: Reader, offset: int, name: bytes, names: bytes) -> str:
    if name.startswith(b"#1/") and name[3:].isdigit():
        size = min(int(name[3:]), _MAX_NAMES)
        name = reader.read(offset, size, "archive member name").rstrip(b"\0")
    elif name.startswith(b"/") and name[1:].isdigit():
        name = names[int(name[1:]) :].partition(b"\n")[0]
    return name.removesuffix(b"/").decode("utf-8", "backslashreplace")
