"""The C compiler that is among the files of another platform's system, run on this machine under an emulator.

gcc starts its compilers proper, assembler and linker itself. ``-B`` gives it scripts in their places that run each
under the emulator, so that the kernel need not know of it (binfmt_misc).
"""

from __future__ import annotations

import contextlib
import os
import re
import shlex
from collections.abc import Mapping, Sequence

from .drivers import Drivers
from .errors import ToolchainError
from .goflags import join_words
from .runner import Runner, run
from .store import digest_of

_STARTED = ("cc1", "cc1plus", "collect2", "lto1", "lto-wrapper", "as", "ld")
"""What gcc starts (gcc.gnu.org: Options Controlling the Kind of Output, ``-pipe``; collect2 starts ld)."""

_FOLDERS = ("usr/bin", "bin", "usr/local/bin")


def own_compilers(
    sysroot: str, emulator: str, folder: str, *, environ: Mapping[str, str], runner: Runner = run
) -> Drivers:
    """Return the C compilers of the system in ``sysroot``, as commands for this machine; they need not be there.

    They are scripts below ``folder``, at paths that stay the same from run to run: Go knows a compiler by its path.
    All paths are absolute. Raises ToolchainError where the scripts cannot be written.
    """
    found = {name: _find(sysroot, _FOLDERS, name) for name in ("gcc", "g++")}
    if not found["gcc"]:
        return Drivers(*(join_words([os.path.join(sysroot, _FOLDERS[0], name)]) for name in found))
    emulated = [emulator, "-L", sysroot]
    # What it cannot say here, for want of a loader, it cannot say when it is asked what it is either: that tells.
    said = runner([*emulated, found["gcc"], "-print-search-dirs"], environ={**environ, "LC_ALL": "C"}).stdout
    searched = re.search(r"^programs: =?(.+)$", said, re.MULTILINE)
    places = [os.path.normpath(place) for place in searched[1].split(":")] if searched else []
    started = {name: _find(sysroot, (*places, *_FOLDERS), name) for name in _STARTED}
    scripts = {name: _script([*emulated, file]) for name, file in started.items() if file}
    own = os.path.join(folder, digest_of(sysroot, *scripts.items()))
    for name, file in found.items():
        if file:
            scripts[name] = _script([*emulated, file, f"-B{own}/", f"--sysroot={sysroot}"])
    for name, text in scripts.items():
        _keep(os.path.join(own, name), text)
    return Drivers(*(join_words([os.path.join(own, name)]) for name in found))


def _find(sysroot: str, folders: Sequence[str], name: str) -> str:
    """Return a file of the system in one of ``folders``; empty if there is none."""
    files = (os.path.join(sysroot, folder, name) for folder in folders)
    return next((file for file in files if file.startswith(sysroot) and os.path.isfile(file)), "")


def _script(command: Sequence[str]) -> str:
    return f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n'


def _keep(path: str, text: str) -> None:
    """Have a script stand at a path: another process may use it, or write the same, right now."""
    with contextlib.suppress(OSError), open(path, encoding="utf-8") as stream:
        if stream.read() == text:
            return
    temporary = f"{path}.{os.getpid()}"
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(temporary, "w", encoding="utf-8") as stream:
            stream.write(text)
        os.chmod(temporary, 0o755)  # noqa: S103 - the cache may be shared by users
        os.replace(temporary, path)
    except OSError as error:
        msg = f"{path} cannot be written: {error.strerror}\n  fix:    GOCACHE names a folder that can"
        raise ToolchainError(msg) from error
