"""Bounded reads from a file that may be damaged or hostile. Knows nothing of any format."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, BinaryIO, NoReturn

from ..errors import InspectError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_READ = 16 << 20
"""Bytes one read may return. No table, note or string of a real binary comes near it."""
MAX_SCAN = 1 << 30
"""Bytes that are searched. No program is near it (amd64 code reaches 2 GiB), and a sparse file can
claim any size."""
CHUNK = 1 << 20
"""Bytes searched at a time."""
_GLANCE = 64
"""Bytes that tell of most chunks that they are not all zeros."""


class Reader:
    """A seekable binary stream; every read is within the file or raises InspectError."""

    def __init__(self, stream: BinaryIO, name: str, start: int = 0, size: int | None = None) -> None:
        """``name`` is what messages call the file; ``start`` and ``size`` bound the part of it that is read."""
        self._stream = stream
        self._start = start
        self.name = name
        try:
            self.size = stream.seek(0, os.SEEK_END) if size is None else size
        except (OSError, ValueError) as error:
            msg = f"{name}: wanted a file to read; found that it cannot be searched: {error}"
            raise InspectError(msg) from error

    def part(self, offset: int, size: int, what: str) -> Reader:
        """Return a reader of a part of the file, as if it were the whole; ``what`` names it in the InspectError."""
        self.require(offset, size, what)
        return Reader(self._stream, self.name, self._start + offset, size)

    def read(self, offset: int, size: int, what: str) -> bytes:
        """Return ``size`` bytes at ``offset``; ``what`` names them in the InspectError."""
        self.require(offset, size, what)
        if size > MAX_READ:
            self.reject(f"{what} of {size} bytes, more than the {MAX_READ} that are read")
        return self._fetch(offset, size, what)

    def _fetch(self, offset: int, size: int, what: str) -> bytes:
        try:
            self._stream.seek(self._start + offset)
            data = self._stream.read(size)
        except (OSError, ValueError) as error:
            msg = f"{self.name}: wanted to read {what}; found: {error}"
            raise InspectError(msg) from error
        if len(data) != size:
            # The file shrank since its size was taken: something else is writing it.
            self.reject(f"{what} cut short at byte {offset + len(data)}")
        return data

    def read_whole(self) -> bytes:
        """Return the file, for a library that wants to have it all. Raises InspectError past MAX_SCAN."""
        if self.size > MAX_SCAN:
            self.reject(f"{self.size} bytes, more than the {MAX_SCAN} of any program")
        return self._fetch(0, self.size, "the file")

    def require(self, offset: int, size: int, what: str) -> None:
        """Raise InspectError unless the file has ``size`` bytes at ``offset``."""
        if offset < 0 or size < 0 or offset + size > self.size:
            self.reject(f"{what} of {size} bytes at byte {offset} in a file of {self.size} bytes")

    def reject(self, found: str) -> NoReturn:
        """Raise the InspectError that says what is wrong with the file."""
        msg = (
            f"{self.name}: wanted a well-formed binary; found {found}. "
            "The file is truncated or damaged: build or fetch it again"
        )
        raise InspectError(msg)

    def read_chunks(self, ranges: Iterable[tuple[int, int]], overlap: int) -> Iterator[tuple[int, bytes]]:
        """Yield ``(offset, bytes)`` over ``(offset, size)`` ranges, with ``overlap`` more each.

        Ranges are merged first, so a file cannot have the same bytes searched again and again.
        Chunks of zeros are left out: a sparse file costs little. Raises InspectError past MAX_SCAN.
        """
        merged = merge_ranges(ranges)
        total = sum(size for _, size in merged)
        if total > MAX_SCAN:
            self.reject(f"{total} bytes to load, more than the {MAX_SCAN} of any program")
        for start, size in merged:
            for offset in range(start, start + size, CHUNK):
                wanted = min(CHUNK + overlap, start + size - offset)
                data = self.read(offset, wanted, "a loaded segment")
                if data[:_GLANCE].strip(b"\0") or data.strip(b"\0"):
                    yield offset, data


def merge_ranges(ranges: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Return ``(offset, size)`` ranges sorted, without overlaps and without empty ones."""
    merged: list[tuple[int, int]] = []
    for offset, size in sorted(ranges):
        if size <= 0:
            continue
        if merged and offset <= merged[-1][0] + merged[-1][1]:
            start, length = merged[-1]
            merged[-1] = (start, max(length, offset + size - start))
        else:
            merged.append((offset, size))
    return tuple(merged)
