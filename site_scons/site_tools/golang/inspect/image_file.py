"""What Mach-O and PE files have in common: ranges of the file in, what Go left in them out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .buildinfo import find_build_info
from .evidence import Marker, find_markers, find_packer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .reader import Reader

_BUILD_ID = b'\xff Go build ID: "'
_BUILD_ID_WITHIN = 64 << 10
"""Bytes from the begin of the file in which Go's linker puts the build id where a format has no notes (go/src/cmd/
internal/buildid reads the first 32 KiB)."""


def find_go(reader: Reader, contents: Sequence[tuple[int, int]], writable: Sequence[tuple[int, int]]) -> dict[str, Any]:
    """Return the fields of ImageFacts about Go. ``contents`` and ``writable`` are ``(offset, size)`` ranges."""
    for offset, size in contents:
        reader.require(offset, size, "contents of a segment")
    info = find_build_info(reader, writable)
    begin = reader.read(0, min(reader.size, _BUILD_ID_WITHIN), "begin of the file")
    go = info is not None or _BUILD_ID in begin
    crypto = (Marker.FORK_CRYPTO, Marker.FIPS_OPENSSL)
    return {
        "go": go,
        "build_info": info,
        "openssl": go and bool(find_markers(reader, contents, [crypto])),
        "packed": find_packer(reader),
    }
