"""Writing the files of a release: its archives, and their digests."""

from __future__ import annotations

import os
from typing import Any

import SCons.Action

from ..release import SCHEMA
from .fingerprint import Env
from .messages import warn
from .target import Node, program_of
from .written_file import write_whole


class PackAction(SCons.Action.FunctionAction):  # type: ignore[misc]  # SCons is untyped
    """Packs its sources into an archive. SCons does not see arguments of actions change, so it says them itself."""

    def __init__(self, folder: str, seconds: int) -> None:
        self._folder, self._seconds = folder, seconds
        super().__init__(self._pack, {"cmdstr": "Packing $TARGET"})

    def _pack(self, target: list[Any], source: list[Any], env: Env) -> Any:
        from ..archives import Entry, write_archive

        del env
        entries = [Entry(node.name, _path(node), _is_executable(node)) for node in source]
        return write_whole(target[0], lambda path: write_archive(path, self._folder, entries, self._seconds))

    def get_presig(self, target: Any, source: Any, env: Env, executor: Any = None) -> bytes:
        """Return what an archive depends on besides the contents of the files in it."""
        del target, env, executor
        settings = [f"format: {SCHEMA}", f"folder: {self._folder}", f"SOURCE_DATE_EPOCH: {self._seconds}"]
        entries = (f"mode of {node.name}: {'' if _is_executable(node) else 'not '}executable" for node in source)
        return "\n".join([*settings, *entries]).encode()


class SumsAction(SCons.Action.FunctionAction):  # type: ignore[misc]  # SCons is untyped
    """Writes the digests of the archives of a release, and warns of others that look as if they belonged to it."""

    def __init__(self, release: str) -> None:
        self._release = release
        super().__init__(self._sum, {"cmdstr": "Writing $TARGET"})

    def _sum(self, target: list[Any], source: list[Any], env: Env) -> Any:
        from ..archives import write_sums

        del env
        failed = write_whole(target[0], lambda path: write_sums(path, [_path(node) for node in source]))
        strays = self._strays(target[0].dir)
        if strays and not failed:
            found = ", ".join(os.path.join(str(target[0].dir), name) for name in strays)
            warn(
                f"golang: warning: {target[0]}\n  wanted: no other archives of {self._release} beside it\n"
                f"  found:  {found}\n  fix:    remove what an earlier build left there"
            )
        return failed

    def _strays(self, folder: Node) -> list[str]:
        looks = (f"{self._release}-", (".tar.gz", ".zip"))
        names = (name for name in os.listdir(folder.get_abspath()) if name.startswith(looks[0]))
        return sorted(name for name in names if name.endswith(looks[1]) and not folder.File(name).has_builder())

    def get_presig(self, target: Any, source: Any, env: Env, executor: Any = None) -> bytes:
        """Return what the digests depend on besides the contents of the files."""
        del target, source, env, executor
        return b"format: GoRelease sums"


def _path(node: Node) -> str:
    return str(node.rfile().get_abspath())


def _is_executable(node: Node) -> bool:
    """Return whether a file is one that can be run by its owner, as git sees it."""
    if program_of(node):
        return True
    try:
        return bool(os.stat(_path(node)).st_mode & 0o100)
    except OSError:
        return False
