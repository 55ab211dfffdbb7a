"""Archives whose bytes depend on nothing but the names, modes and contents of the files in them."""

from __future__ import annotations

import gzip
import hashlib
import os
import tarfile
import time
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

_LEVEL = 6
"""Of compression: 9 takes three times as long, and makes a Go program half a percent smaller."""


class Entry(NamedTuple):
    """A file that goes into an archive."""

    name: str
    path: str
    executable: bool

    @property
    def mode(self) -> int:
        """The permissions that it has in the archive."""
        return 0o755 if self.executable else 0o644


def write_archive(path: str, folder: str, entries: Iterable[Entry], seconds: int) -> None:
    """Write a zip or tar.gz archive, as the end of ``path`` says, with all ``entries`` in one ``folder``.

    Everything in it belongs to user and group 0 and is ``seconds`` since 1970 old. Raises OSError.
    """
    write = _write_zip if path.endswith(".zip") else _write_tar
    with open(path, "wb") as stream:
        write(stream, folder, sorted(entries), seconds)


def _write_tar(stream: BinaryIO, folder: str, entries: Sequence[Entry], seconds: int) -> None:
    # Neither a name nor a time: gzip's own header would tell archives apart that have the same in them.
    with (
        gzip.GzipFile(filename="", mode="wb", compresslevel=_LEVEL, fileobj=stream, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT, encoding="utf-8") as archive,
    ):
        for entry in entries:
            with open(entry.path, "rb") as file:
                info = tarfile.TarInfo(f"{folder}/{entry.name}")
                info.size, info.mode, info.mtime = os.fstat(file.fileno()).st_size, entry.mode, seconds
                archive.addfile(info, file)


def _write_zip(stream: BinaryIO, folder: str, entries: Sequence[Entry], seconds: int) -> None:
    with zipfile.ZipFile(stream, "w") as archive:
        for entry in entries:
            info = zipfile.ZipInfo(f"{folder}/{entry.name}", time.gmtime(seconds)[:6])
            # Unix, wherever it is written: the mode is in the upper half of the attributes (APPNOTE.TXT 4.4.15).
            info.create_system = 3
            info.external_attr = (0o100000 | entry.mode) << 16
            archive.writestr(info, Path(entry.path).read_bytes(), zipfile.ZIP_DEFLATED, _LEVEL)


def write_sums(path: str, files: Sequence[str]) -> None:
    """Write the SHA-256 digests of ``files``, which are beside ``path``, as sha256sum(1) does. Raises OSError."""
    lines = sorted((Path(file).name, _digest(file)) for file in files)
    with open(path, "w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(f"{digest}  {name}\n" for name, digest in lines)


def _digest(file: str) -> str:
    digest = hashlib.sha256()
    with open(file, "rb") as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()
