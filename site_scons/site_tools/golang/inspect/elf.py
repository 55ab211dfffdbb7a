"""ELF bytes to ElfFacts, from the program headers and what they lead to; never from sections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..facts import ElfFacts
from ..linkage import Libc
from .buildinfo import find_build_info
from .dynamic import Dynamic, read_dynamic
from .evidence import Marker, find_markers, identify_linked_libc, identify_loaded_libc
from .image import Image, Segment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..facts import BuildInfo
    from .reader import Reader

MAX_INTERPRETER = 4096
"""Bytes of PT_INTERP: the kernel takes at most PATH_MAX."""
MAX_NOTES = 1024
"""Notes of a program; real ones have fewer than ten."""
_NOTE_HEADER = 12
_ALIGN, _WIDE_ALIGN = 4, 8


def read_elf(reader: Reader) -> ElfFacts:
    """Return the facts of an ELF file. Raises InspectError where it is malformed or truncated.

    Of an object, a core dump and a packed program only the header is read: the rest says nothing.
    """
    image = Image(reader)
    if not image.is_program:
        return _make_facts(image)
    interpreter = _read_interpreter(image)
    segment = image.find_segment("PT_DYNAMIC")
    dynamic = Dynamic() if segment is None else read_dynamic(image, segment)
    return _make_facts(image, interpreter, dynamic, _read_notes(image))


def _make_facts(
    image: Image,
    interpreter: str | None = None,
    dynamic: Dynamic | None = None,
    notes: tuple[str, ...] = (),
) -> ElfFacts:
    dynamic = dynamic or Dynamic()
    stack = image.find_segment("PT_GNU_STACK")
    loads = image.find_segments("PT_LOAD")
    info = _find_build_info(image.reader, loads)
    is_go = info is not None or any(note.startswith("Go/") for note in notes)
    has_tls = image.find_segment("PT_TLS") is not None
    # cgo always brings thread-local storage. Without it, what looks like C code in a Go program is
    # data, such as another program that it embeds.
    has_c = has_tls or not is_go
    loads_libraries = interpreter is not None or bool(dynamic.needed)
    wanted = _wanted_markers(is_go=is_go, has_c=has_c, loads_libraries=loads_libraries, glibc="GNU/1" in notes)
    markers = find_markers(image.reader, _get_ranges(loads), wanted)
    if loads_libraries:
        libc = identify_loaded_libc(interpreter, dynamic.needed, notes)
    else:
        libc = identify_linked_libc(markers if has_c else frozenset(), notes)
    return ElfFacts(
        type=image.type,
        machine=image.machine,
        bits=image.bits,
        little_endian=image.little_endian,
        interpreter=interpreter,
        has_dynamic=image.find_segment("PT_DYNAMIC") is not None,
        needed=dynamic.needed,
        soname=dynamic.soname,
        rpath=dynamic.rpath,
        runpath=dynamic.runpath,
        pie=dynamic.pie,
        nodelete=dynamic.nodelete,
        text_relocations=dynamic.text_relocations,
        static_tls=dynamic.static_tls,
        has_tls=has_tls,
        executable_code=image.has_code(),
        notes=notes,
        stack_size=None if stack is None else stack.memory_size,
        symbol_versions=dynamic.symbol_versions,
        libc=libc,
        also_musl=not loads_libraries
        and libc is Libc.GLIBC
        and bool(markers & {Marker.MUSL_ERRORS, Marker.MUSL_PRINTF}),
        nss=not loads_libraries and libc is Libc.GLIBC and Marker.NSS in markers,
        dlopen=has_c and bool(markers & {Marker.DLOPEN, Marker.MUSL_DLOPEN}),
        libc_resolver=has_c and bool(markers & {Marker.NET_LIBC, Marker.USER_LIBC}),
        openssl=is_go and bool(markers & {Marker.FORK_CRYPTO, Marker.FIPS_OPENSSL}),
        go=is_go,
        build_info=info,
        packed=image.packer,
    )


def _wanted_markers(*, is_go: bool, has_c: bool, loads_libraries: bool, glibc: bool) -> Iterator[tuple[Marker, ...]]:
    """Yield the markers that say something of such a binary, those together that say the same.

    Each costs a search of the whole of it.
    """
    if is_go:
        yield (Marker.FORK_CRYPTO, Marker.FIPS_OPENSSL)
    if has_c:
        yield (Marker.DLOPEN, Marker.MUSL_DLOPEN)
        yield (Marker.NET_LIBC, Marker.USER_LIBC)
        if not loads_libraries:
            yield (Marker.GLIBC,)
            yield (Marker.MUSL_ERRORS, Marker.MUSL_PRINTF)
    if not loads_libraries and (has_c or glibc):
        yield (Marker.NSS,)


def _get_ranges(loads: tuple[Segment, ...]) -> tuple[tuple[int, int], ...]:
    return tuple((load.offset, load.file_size) for load in loads)


def _find_build_info(reader: Reader, loads: tuple[Segment, ...]) -> BuildInfo | None:
    """Search the writable segments only, as Go does: elsewhere it may be an embedded program's."""
    return find_build_info(reader, _get_ranges(tuple(load for load in loads if load.writable)))


def _read_interpreter(image: Image) -> str | None:
    segment = image.find_segment("PT_INTERP")
    if segment is None:
        return None
    if not 1 < segment.file_size <= MAX_INTERPRETER:
        image.reader.reject(
            f"an interpreter name of {segment.file_size} bytes, not 2 to {MAX_INTERPRETER}"
            + ("; a separate debug file has 0" if segment.file_size == 0 else "")
        )
    data = image.reader.read(segment.offset, segment.file_size, "interpreter name")
    text, end, _ = data.partition(b"\0")
    if not end or not text:
        image.reader.reject("an interpreter name that is empty or without an end")
    return text.decode("utf-8", "backslashreplace")


def _read_notes(image: Image) -> tuple[str, ...]:
    notes: list[str] = []
    for segment in image.find_segments("PT_NOTE"):
        # Notes are padded to 4 bytes, but to 8 in a segment of that alignment (.note.gnu.property).
        align = _WIDE_ALIGN if segment.align == _WIDE_ALIGN else _ALIGN
        offset, end = segment.offset, segment.offset + segment.file_size
        while end - offset >= _NOTE_HEADER:
            note, offset = _read_note(image, offset, end, align)
            notes.append(note)
            if len(notes) > MAX_NOTES:
                image.reader.reject(f"more than {MAX_NOTES} notes")
    return tuple(notes)


def _read_note(image: Image, offset: int, end: int, align: int) -> tuple[str, int]:
    """Return ``NAME/TYPE`` of the note at ``offset`` and the offset behind it."""
    header = image.reader.read(offset, _NOTE_HEADER, "note")
    name_size, size, kind = (
        int.from_bytes(header[i : i + 4], "little" if image.little_endian else "big") for i in range(0, _NOTE_HEADER, 4)
    )
    start = offset + _NOTE_HEADER
    description = offset + _round_up(_NOTE_HEADER + name_size, align)
    if description + size > end:
        image.reader.reject("a note that does not fit into its segment")
    name = image.reader.read(start, name_size, "note name").rstrip(b"\0")
    text = name.decode("utf-8", "backslashreplace")
    return f"{text}/{kind}", description + _round_up(size, align)


def _round_up(value: int, align: int) -> int:
    return (value + align - 1) // align * align
