"""Answers that are kept between runs, in a folder of their own. Losing them costs time and nothing else.

Each is a file with plain values, as ``marshal`` writes them, behind a line with this format's version and a checksum.
What is damaged, truncated or of another version counts as absent. A file is replaced as a whole, so that one that is
being read stays what it was.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import marshal
import os
import shutil
import sys
import threading
from typing import Any

_PACKAGE = os.path.dirname(os.path.abspath(__file__))

_KEPT, _KEPT_PROBES = 64, 2000
"""How many answers are kept without being of use: configurations come and go. Those of tools are small."""


def digest_of(*parts: object) -> str:
    """Return a short digest of texts; it names files and stands for what it was made of."""
    return hashlib.blake2b("\0".join(map(str, parts)).encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


class Store:
    """A folder of answers; without a folder nothing is kept."""

    def __init__(self, folder: str = "", *, writable: bool = True) -> None:
        """Use ``folder``, which need not exist. What is not ``writable`` is only read."""
        self._folder = folder
        self._writable = bool(folder) and writable
        self._used = {""}
        """What names end with, after their kind: what is of one configuration is of use together."""
        self._saved = False

    def below(self, name: str) -> Store:
        """Return the store in a folder of this one's."""
        return Store(os.path.join(self._folder, name) if self._folder else "", writable=self._writable)

    def load(self, name: str) -> Any:
        """Return what was saved under a name; None if that is nothing, or cannot be trusted."""
        if not self._folder:
            return None
        self._used.add(name.partition("-")[2])
        try:
            with open(os.path.join(self._folder, name), "rb") as stream:
                first, _, body = stream.read().partition(b"\n")
            if first != _first_line(body):
                return None
            # Damage does not come this far, and whoever could forge a checksum here could edit the SConstruct.
            return marshal.loads(body)  # noqa: S302
        except (OSError, ValueError, EOFError, TypeError):
            return None

    def save(self, name: str, value: Any) -> None:
        """Keep a value of plain types under a name, unless the folder cannot be written to, which is no error."""
        if not self._writable:
            return
        # Others that save the same at the same time have files of their own.
        temporary = os.path.join(self._folder, f"{name}.{threading.get_ident()}.{os.getpid()}")
        body = marshal.dumps(value)
        try:
            self._prepare()
            with open(temporary, "wb") as stream:
                stream.write(_first_line(body) + b"\n" + body)
            self._replace(temporary, os.path.join(self._folder, name))
            self._used.add(name.partition("-")[2])
            self._saved = True
        except OSError:
            # A full disk, or a folder in the way.
            self._writable = False
            with contextlib.suppress(OSError):
                os.unlink(temporary)

    def _replace(self, temporary: str, path: str) -> None:
        if os.path.isdir(path) and not os.path.islink(path):
            # Nothing else belongs here.
            shutil.rmtree(path, ignore_errors=True)
        os.replace(temporary, path)

    def _prepare(self) -> None:
        if self._saved:
            return
        if os.path.isdir(self._folder):
            self._sweep()
            return
        os.makedirs(self._folder, exist_ok=True)
        # It is of no use to anybody else.
        with open(os.path.join(self._folder, ".gitignore"), "w", encoding="utf-8") as stream:
            stream.write("*\n")

    def _sweep(self) -> None:
        """Remove what killed processes had begun to write."""
        from .runner import is_alive

        for name in os.listdir(self._folder):
            process = name.rpartition(".")[2]
            if process.isdigit() and int(process) != os.getpid() and not is_alive(int(process)):
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(os.path.join(self._folder, name))

    def forget_oldest(self) -> None:
        """Remove the oldest of what was of no use in this run, where that is much."""
        if not self._saved:
            return
        with contextlib.suppress(OSError):
            kept = [entry for entry in os.scandir(self._folder) if entry.name.partition("-")[2] not in self._used]
            kept.sort(key=lambda entry: entry.stat().st_mtime, reverse=True)
            probes = [entry for entry in kept if entry.name.startswith("probe-")]
            others = [entry for entry in kept if entry not in probes and entry.name[0] != "."]
            for entry in (*probes[_KEPT_PROBES:], *others[_KEPT:]):
                os.unlink(entry.path)


@functools.cache
def _version() -> str:
    """Return a digest that changes with the code of this package, and with it the meaning of what is kept.

    It changes with the version of Python too: ``marshal`` may be another.
    """
    folders = (
        _PACKAGE,
        os.path.join(_PACKAGE, "index"),
        os.path.join(_PACKAGE, "inspect"),
        os.path.join(_PACKAGE, "_scons"),
    )
    entries = (entry for folder in folders for entry in os.scandir(folder) if entry.name.endswith(".py"))
    stamps = (f"{entry.path} {entry.stat().st_size} {entry.stat().st_mtime_ns}" for entry in entries)
    return digest_of(sys.implementation.cache_tag, *sorted(stamps))


def _first_line(body: bytes) -> bytes:
    return f"golang {_version()} {hashlib.blake2b(body, digest_size=16).hexdigest()}".encode()
