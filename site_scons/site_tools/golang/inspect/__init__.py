"""Bytes of a binary to frozen facts. Nothing else reads binaries; nothing is decided here.

``reader`` bounds every read, ``image`` and ``dynamic`` read ELF programs, ``objects`` ELF objects, ``macho`` and
``pe`` what their names say, ``evidence`` searches bytes.
"""

from __future__ import annotations

import importlib.util
import os
import stat
import sys
from collections.abc import Collection
from typing import TYPE_CHECKING, BinaryIO

from ..errors import InspectError
from ..facts import PARSERS, BinaryFacts
from .archive import MAGIC as AR_MAGIC
from .archive import THIN_MAGIC, find_in_index, find_member, read_members
from .reader import Reader

if TYPE_CHECKING:
    from ..facts import ElfFacts, ImageFacts, ObjectSymbols
    from ..platform import ElfTarget

__all__ = [
    "elf_target_of",
    "find_symbols",
    "inspect_archive",
    "inspect_file",
    "inspect_stream",
    "load_reader",
    "require_reader",
]

GO_MEMBER = "go.o"
"""The member of a Go c-archive that all Go code is in."""
_LONGEST_MAGIC = 8
_ELF_MAGIC = b"\x7fELF"
_FAT_MAGICS = (b"\xca\xfe\xba\xbe", b"\xca\xfe\xba\xbf")
_MAX_FAT = 43
"""Architectures of a fat Mach-O file. A Java class has the same magic and, in the same place, a
version that is never below 43 (as file(1) tells them apart)."""
_OTHER_MAGICS = {
    b"MZ": "PE",
    b"\xfe\xed\xfa\xce": "Mach-O",
    b"\xfe\xed\xfa\xcf": "Mach-O",
    b"\xce\xfa\xed\xfe": "Mach-O",
    b"\xcf\xfa\xed\xfe": "Mach-O",
    b"\0asm": "wasm",
}


def require_reader(file_format: str = "ELF") -> None:
    """Raise InspectError where files of a format (ELF, Mach-O, PE) could not be read, for want of a package."""
    if not _has_reader(file_format):
        raise InspectError(_no_reader(file_format))


def _has_reader(file_format: str) -> bool:
    return importlib.util.find_spec(PARSERS[file_format].module) is not None


def load_reader() -> None:
    """Import what reads ELF files ahead of the first one. Raises ImportError."""
    from . import elf

    del elf


def _no_reader(file_format: str) -> str:
    python, package = sys.executable, PARSERS[file_format].package
    return f"no {package} in {python}, to read {file_format} files with\n  fix:    {python} -m pip install {package}"


def inspect_archive(path: str) -> tuple[ObjectSymbols, ...]:
    """Return the symbols of the ELF objects in an archive; empty for what is none, such as a linker script.

    Raises InspectError where it is unreadable or damaged.
    """
    try:
        with open(path, "rb", opener=_open_without_waiting) as stream:
            reader = Reader(stream, path)
            if reader.read(0, min(reader.size, _LONGEST_MAGIC), "header") != AR_MAGIC:
                return ()
            from .objects import read_objects

            return read_objects(reader)
    except OSError as error:
        msg = f"{path}: wanted an archive to inspect; found that it cannot be opened: {error.strerror or error}"
        raise InspectError(msg) from error


def elf_target_of(path: str) -> ElfTarget | None:
    """Return what an ELF file, or the first ELF object of an archive, is for; None for what is neither.

    Raises InspectError where it is unreadable or damaged.
    """
    try:
        with open(path, "rb", opener=_open_without_waiting) as stream:
            reader = Reader(stream, path)
            magic = reader.read(0, min(reader.size, _LONGEST_MAGIC), "header")
            if magic == AR_MAGIC:
                from .objects import first_target

                return first_target(reader)
            if not magic.startswith(_ELF_MAGIC):
                return None
            from .objects import target_of

            return target_of(reader)
    except OSError as error:
        msg = f"{path}: wanted a library to inspect; found that it cannot be opened: {error.strerror or error}"
        raise InspectError(msg) from error


def inspect_file(path: str | os.PathLike[str]) -> BinaryFacts:
    """Return the facts of the binary at ``path``.

    Raises InspectError where it is missing, unreadable, not a regular file, not a binary of a known
    format, malformed or truncated; and where pyelftools is not installed. Where macholib or pefile is not, Mach-O and
    PE files have no facts but their format.
    """
    name = os.fspath(path)
    try:
        with open(name, "rb", opener=_open_without_waiting) as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                msg = f"{name}: wanted a binary; found something that is not a regular file"
                raise InspectError(msg)
            return inspect_stream(stream, name)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        msg = f"{name}: wanted a binary to inspect; found that it cannot be opened: {reason}"
        raise InspectError(msg) from error


def inspect_stream(stream: BinaryIO, name: str) -> BinaryFacts:
    """Return the facts of the binary in a seekable ``stream``; ``name`` is what messages call it.

    Raises InspectError as inspect_file does.
    """
    reader = Reader(stream, name)
    magic = reader.read(0, min(reader.size, _LONGEST_MAGIC), "header")
    if magic.startswith(_ELF_MAGIC):
        return BinaryFacts(format="ELF", size=reader.size, elf=_read_elf(reader))
    if magic in (AR_MAGIC, THIN_MAGIC):
        return _read_archive(reader)
    kind = _name_format(magic)
    if kind is None:
        begin = f"a file that begins with {magic!r}" if magic else "an empty file"
        msg = (
            f"{name}: wanted a binary (ELF, ar archive, PE, Mach-O or wasm); found {begin}. "
            "Name a file that a linker made"
        )
        raise InspectError(msg)
    return _read_other(reader, kind)


def find_symbols(path: str, wanted: Collection[str]) -> frozenset[str] | None:
    """Return those of ``wanted`` that a linker or loader finds in a library; None for one that is neither ELF nor ar.

    Raises InspectError.
    """
    with open(path, "rb") as stream:
        reader = Reader(stream, path)
        magic = reader.read(0, min(reader.size, _LONGEST_MAGIC), "header")
        if magic == AR_MAGIC:
            return find_in_index(reader, wanted)
        if not magic.startswith(_ELF_MAGIC):
            return None
        from .symbols import find_exported

        return find_exported(reader, wanted)


def _read_archive(reader: Reader) -> BinaryFacts:
    members = read_members(reader)
    code = find_member(reader, GO_MEMBER) if GO_MEMBER in members else None
    is_elf = code is not None and code.size > _LONGEST_MAGIC and code.read(0, 4, "header") == _ELF_MAGIC
    return BinaryFacts(
        format="ar", size=reader.size, members=members, object=_read_elf(code) if code and is_elf else None
    )


def _read_other(reader: Reader, kind: str) -> BinaryFacts:
    """Return the facts of what is neither ELF nor an archive: those that the installed packages can read."""
    if kind not in PARSERS or not _has_reader(kind):
        return BinaryFacts(format=kind, size=reader.size)
    if kind == "PE":
        from .pe import read_pe

        return BinaryFacts(format=kind, size=reader.size, images=(read_pe(reader),))
    from .macho import read_macho, split_universal

    parts = split_universal(reader)
    if all(part.read(0, min(part.size, len(AR_MAGIC)), "header") == AR_MAGIC for part in parts):
        return BinaryFacts(format="ar", size=reader.size, members=read_members(parts[0]))
    images: tuple[ImageFacts, ...] = tuple(read_macho(part) for part in parts)
    return BinaryFacts(format=kind, size=reader.size, images=images)


def _open_without_waiting(path: str, flags: int) -> int:
    """Open for ``open``; a named pipe without a writer would wait for ever."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _read_elf(reader: Reader) -> ElfFacts:
    try:
        from .elf import read_elf
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "elftools":
            raise
        msg = f"{reader.name}: {_no_reader('ELF')}"
        raise InspectError(msg) from error
    return read_elf(reader)


def _name_format(magic: bytes) -> str | None:
    if magic[:4] in _FAT_MAGICS and 0 < int.from_bytes(magic[4:8], "big") < _MAX_FAT:
        return "Mach-O"
    return next((kind for start, kind in _OTHER_MAGICS.items() if magic.startswith(start)), None)
