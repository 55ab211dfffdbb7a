"""Names of the members of an ``ar`` archive (System V, GNU and BSD names, and thin archives)."""

from __future__ import annotations

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
    thin = reader.read(0, len(MAGIC), "archive header") == THIN_MAGIC
    names = b""
    members: list[str] = []
    offset = len(MAGIC)
    while offset < reader.size and len(members) < MAX_MEMBERS:
        name, size = _read_header(reader, offset)
        offset += _HEADER
        is_table = name in (*_TABLES, b"//") or name.startswith(b"__.SYMDEF")
        # The members of a thin archive are files of their own: only its tables are in it.
        if not thin or is_table:
            reader.require(offset, size, "archive member")
        if name == b"//":
            names = reader.read(offset, min(size, _MAX_NAMES), "table of long names")
        elif not is_table:
            members.append(_resolve_name(reader, offset, name, names))
        if not thin or is_table:
            offset += size + size % 2
    # BSD names its symbol table with a long name, which shows only now.
    return tuple(member for member in members if not member.startswith("__.SYMDEF"))


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
