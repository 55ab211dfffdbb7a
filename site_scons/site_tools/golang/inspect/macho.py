"""Mach-O bytes to ImageFacts, through macholib.

Sources: <mach-o/loader.h> and <mach-o/fat.h> of Apple's SDK.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

from macholib import mach_o
from macholib.MachO import MachO, MachOHeader
from macholib.ptypes import sizeof

from ..facts import ImageFacts
from .image_file import find_go

if TYPE_CHECKING:
    from .reader import Reader

FAT_MAGICS = (b"\xca\xfe\xba\xbe", b"\xca\xfe\xba\xbf")
_LONGEST_COMMAND = 1 << 16
"""Bytes of a load command. Paths in them have at most PATH_MAX (1024)."""
_WRITABLE = 2
"""VM_PROT_WRITE."""
_SYSTEMS = {1: "macOS", 2: "iOS", 6: "Mac Catalyst", 7: "iOS simulator"}
"""PLATFORM_ constants of LC_BUILD_VERSION."""
_MIN_VERSIONS = {mach_o.LC_VERSION_MIN_MACOSX: "macOS", mach_o.LC_VERSION_MIN_IPHONEOS: "iOS"}
_DAMAGED = (ValueError, struct.error, OSError, EOFError, OverflowError, KeyError, TypeError, MemoryError)
"""What macholib raises for files that are not as they should be."""


class _Commands:
    """A file for macholib that has the load commands, but not what they point to: a file can claim any size."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._offset = 0

    def seek(self, offset: int) -> None:
        self._offset = offset

    def tell(self) -> int:
        return self._offset

    def read(self, size: int) -> bytes:
        if size > _LONGEST_COMMAND:
            # The contents of a section.
            return b""
        data = self._reader.read(self._offset, size, "load command")
        self._offset += size
        return data


def split_universal(reader: Reader) -> tuple[Reader, ...]:
    """Return the parts of a universal (fat) file, one an architecture; of any other the file itself."""
    magic = reader.read(0, 4, "header")
    if magic not in FAT_MAGICS:
        return (reader,)
    kind = mach_o.fat_arch if magic == FAT_MAGICS[0] else mach_o.fat_arch64
    try:
        stream = _Commands(reader)
        header = mach_o.fat_header.from_fileobj(stream)
        archs = [kind.from_fileobj(stream) for _ in range(header.nfat_arch)]
    except _DAMAGED as error:
        reader.reject(f"a universal file that cannot be read: {error}")
    return tuple(reader.part(int(arch.offset), int(arch.size), "architecture of a universal file") for arch in archs)


def read_macho(reader: Reader) -> ImageFacts:
    """Return the facts of a Mach-O file for one architecture. Raises InspectError where it is malformed."""
    try:
        return _make_facts(reader, _Image(reader).headers[0])
    except _DAMAGED as error:
        reader.reject(f"Mach-O headers that cannot be read: {error}")


class _Image(MachO):  # type: ignore[misc]  # macholib is untyped
    """macholib's class, for a file that is open already."""

    def __init__(self, reader: Reader) -> None:
        self.filename = reader.name
        self.fat = None
        self.headers: list[MachOHeader] = []
        # Go and Apple add commands faster than macholib.
        self.allow_unknown_load_commands = True
        self.load_header(_Commands(reader), 0, reader.size)


def _make_facts(reader: Reader, header: Any) -> ImageFacts:
    segments = [
        (command, int(command.fileoff), int(command.filesize))
        for load, command, _ in header.commands
        if load.cmd in (mach_o.LC_SEGMENT, mach_o.LC_SEGMENT_64)
    ]
    kinds = {int(load.cmd) for load, _, _ in header.commands}
    return ImageFacts(
        type=str(header.filetype).upper(),
        machine=_machine(header),
        system=_system(header),
        libraries=tuple(name for _, _, name in header.walkRelocatables()),
        loader=_loader(header),
        signed=mach_o.LC_CODE_SIGNATURE in kinds,
        **find_go(
            reader,
            [(offset, size) for _, offset, size in segments],
            [(offset, size) for command, offset, size in segments if command.initprot & _WRITABLE],
        ),
    )


def _machine(header: Any) -> str:
    cpu = int(header.header.cputype)
    return str(mach_o.CPU_TYPE_NAMES.get(cpu, cpu)).upper()


def _loader(header: Any) -> str | None:
    for load, command, data in header.commands:
        if load.cmd == mach_o.LC_LOAD_DYLINKER:
            start = int(command.name) - sizeof(load.__class__) - sizeof(command.__class__)
            return bytes(data[start:]).partition(b"\0")[0].decode("utf-8", "backslashreplace")
    return None


def _system(header: Any) -> str:
    for load, command, _ in header.commands:
        if load.cmd == mach_o.LC_BUILD_VERSION:
            platform = int(command.platform)
            return f"{_SYSTEMS.get(platform, f'platform {platform}')} {_version(int(command.minos))}"
        if load.cmd in _MIN_VERSIONS:
            return f"{_MIN_VERSIONS[load.cmd]} {_version(int(command.version))}"
    return ""


def _version(packed: int) -> str:
    """Return ``X.Y`` of a version in nibbles xxxx.yy.zz."""
    return f"{packed >> 16}.{packed >> 8 & 0xFF}"
