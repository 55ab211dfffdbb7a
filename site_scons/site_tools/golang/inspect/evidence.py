"""Byte evidence in what a program loads. It survives ``strip`` and ``-ldflags '-s -w'``.

Each marker was measured on binaries that have it and on binaries that must not (the tests name
them). Symbol tables are no evidence: ``strip`` removes them.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from ..linkage import Libc

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .reader import Reader


class Marker(enum.Enum):
    """Bytes that are looked for."""

    NSS = b"libnss_%s.so"
    """nss/nss_module.c of glibc: the name of a module it is about to dlopen (case C8)."""
    GLIBC = b"\0GLIBC_TUNABLES\0"
    """elf/dl-tunables.c of glibc since 2.26. The NULs keep out Go strings: they have none."""
    MUSL_ERRORS = b"No error information\0Illegal byte sequence\0"
    """The first texts of strerror in musl (src/errno/__strerror.h); glibc's is ``Success``."""
    MUSL_PRINTF = b"-0X+0X 0X-0x+0x 0x\0"
    """fmt_fp in src/stdio/vfprintf.c of musl: the prefixes of a hexadecimal float."""
    DLOPEN = b"\0dlopen\0"
    """An imported symbol's name in DT_STRTAB, or a text of glibc when dlopen is linked in."""
    MUSL_DLOPEN = b"Dynamic loading not supported\0"
    """src/ldso/dlopen.c of musl: the stub that a static program gets."""
    NET_LIBC = b"\0net._C"
    """pclntab names of net's cgo calls (``net._C2func_getaddrinfo``); netgo has none."""
    USER_LIBC = b"\0os/user._C"
    """pclntab names of os/user's cgo calls (``os/user._C_getpwuid_r``); osusergo has none."""
    FORK_CRYPTO = b"\0vendor/github.com/golang-fips/openssl"
    """pclntab names of the crypto in Go forks, which dlopens libcrypto (case C21)."""
    FIPS_OPENSSL = b"\0github.com/golang-fips/openssl"
    """The same package as a module of the program."""


_LONGEST = max(len(marker.value) for marker in Marker)
PACKER_WINDOW = 4096
"""UPX writes its magic right behind the program headers and again in the last 40 bytes of the file
(l_info and PackHeader in its source). Elsewhere it is data, as in a scanner."""


def find_markers(
    reader: Reader, ranges: Iterable[tuple[int, int]], wanted: Iterable[tuple[Marker, ...]]
) -> frozenset[Marker]:
    """Return which of the ``wanted`` markers are in the ``(offset, size)`` ranges of the file, one of each tuple."""
    missing = list(wanted)
    found: set[Marker] = set()
    for _, data in reader.read_chunks(ranges, _LONGEST - 1):
        hits = (next((marker for marker in same if marker.value in data), None) for same in missing)
        found.update(marker for marker in hits if marker)
        missing = [same for same in missing if found.isdisjoint(same)]
        if not missing:
            break
    return frozenset(found)


def find_packer(reader: Reader) -> str | None:
    """Return the name of the packer that hides the program, or None."""
    size = min(reader.size, PACKER_WINDOW)
    windows = (reader.read(0, size, "header"), reader.read(reader.size - size, size, "trailer"))
    return "UPX" if any(b"UPX!" in window for window in windows) else None


def identify_loaded_libc(interpreter: str | None, needed: tuple[str, ...], notes: tuple[str, ...]) -> Libc | None:
    """Return the C library that a dynamic binary loads. An interpreter decides, if there is one."""
    if interpreter is not None:
        return _identify_loader(interpreter.rpartition("/")[2], needed)
    for library in needed:
        if library == "libc.so.6":
            return Libc.GLIBC
        if library.startswith(("libc.musl-", "ld-musl-")):
            return Libc.MUSL
    # musl-gcc and zig link libraries against plain "libc.so", and so do Android and OpenBSD, which
    # say who they are in a note.
    foreign = ("Android/", "FreeBSD/", "NetBSD/", "OpenBSD/")
    if "libc.so" in needed and not any(note.startswith(foreign) for note in notes):
        return Libc.MUSL
    return None


def _identify_loader(loader: str, needed: tuple[str, ...]) -> Libc | None:
    if loader.startswith("ld-musl-"):
        return Libc.MUSL
    # glibc's loader is ld-linux*.so.N, but ld64.so.N on ppc64 and s390x, and ld.so.1 on others
    # (which Solaris uses too, with another libc).
    if loader.startswith(("ld-linux", "ld64.so.")) or "libc.so.6" in needed:
        return Libc.GLIBC
    return None


def identify_linked_libc(markers: frozenset[Marker], notes: tuple[str, ...]) -> Libc | None:
    """Return the C library that is linked into a program that loads none.

    glibc's crt1.o brings the ABI tag note (``GNU/1``), whatever else is linked: a program that
    ``CC=musl-gcc`` linked with g++ is a glibc program (linkage case C24).
    """
    if "GNU/1" in notes or Marker.GLIBC in markers:
        return Libc.GLIBC
    if Marker.MUSL_ERRORS in markers or Marker.MUSL_PRINTF in markers:
        return Libc.MUSL
    return None
