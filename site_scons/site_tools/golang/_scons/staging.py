"""The folders in which binaries are until they are proved: each of one target and process, beside the target."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import itertools
import os
import platform
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator

from ..runner import is_alive

_numbers = itertools.count()
_FOLDER = re.compile(r"\.golang-(?P<host>.*)-(?P<process>\d+)-[^-]*")


@contextlib.contextmanager
def staging_folder(directory: str) -> Iterator[str]:
    """Make a folder in ``directory``, so that what is in it takes its place by a rename; remove it at the end."""
    os.makedirs(directory, exist_ok=True)
    path = tempfile.mkdtemp(prefix=f".golang-{_host()}-{os.getpid()}-", dir=directory)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def unproved(target: str) -> str:
    """Return where the binary for ``target`` is until it is proved; its place is a rename away.

    No other target has that folder: who removes it would take it from one that is being built.
    """
    directory, name = os.path.split(target)
    # Not the name, which may be as long as the file system has it.
    own = hashlib.sha256(os.fsencode(name)).hexdigest()[:16]
    return os.path.join(directory, f".golang-{_host()}-{os.getpid()}-{own}", name)


def is_staged(path: str) -> bool:
    """Return whether a path leads into a folder in which a binary is until it is proved: it will be gone."""
    return any(map(_FOLDER.fullmatch, path.split(os.sep)))


def discard(path: str) -> None:
    """Remove a file whose build failed: half a program must not stand as if good. Raises OSError."""
    # Another process may be first.
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
    leave(path)


def leave(path: str) -> None:
    """Remove the folder of an unproved binary, if nothing is left in it."""
    folder = os.path.dirname(path)
    if _FOLDER.fullmatch(os.path.basename(folder)):
        with contextlib.suppress(OSError):
            os.rmdir(folder)


@contextlib.contextmanager
def beside(made: str, target: str) -> Iterator[str]:
    """Have the binary ``made`` for ``target`` in the folder of the target, where libraries may be near it.

    Yields a path, which is another name of the file for as long as the context lasts.
    """
    folder = os.path.dirname(target)
    if os.path.dirname(made) == folder:
        yield made
        return
    path = os.path.join(folder, f".golang-{_host()}-{os.getpid()}-{next(_numbers)}")
    try:
        os.link(made, path)
    except OSError:
        # Not every file system has links.
        shutil.copy(made, path)
    try:
        yield path
    finally:
        os.unlink(path)


def _host() -> str:
    # Of a container, too, which has process numbers of its own.
    return re.sub(r"[^\w.]", "_", platform.node())


def sweep(directories: Iterable[str]) -> None:
    """Remove what killed runs left in ``directories``: what processes of this machine had there that are no more."""
    for directory in directories:
        with contextlib.suppress(OSError), os.scandir(directory) as entries:
            for entry in entries:
                match = _FOLDER.fullmatch(entry.name)
                if match and match["host"] == _host() and not is_alive(int(match["process"])):
                    if entry.is_dir(follow_symlinks=False):
                        shutil.rmtree(entry.path, ignore_errors=True)
                    else:
                        os.unlink(entry.path)


def move(source: str, target: str) -> None:
    """Move a file to where nobody takes it for a target yet, be it on another file system. Raises OSError."""
    os.makedirs(os.path.dirname(target), exist_ok=True)
    try:
        os.replace(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        shutil.copy2(source, target)
