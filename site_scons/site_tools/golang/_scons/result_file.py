"""The node of a test result: a file that is out of date, too, where something else changed that the tests read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import SCons.Scanner

from .fingerprint import Env
from .patterns import derived_below
from .programs import PROGRAMS
from .reads import ReadFiles
from .staging import is_staged
from .target import Node, Program
from .written_file import NOT_WRITTEN, WrittenFile

FAILED = ".failed.xml"
"""How the file ends in which the result of tests is that failed."""


class Tested(NamedTuple):
    """What the node of a result carries."""

    program: Program
    package: str
    """The import path."""
    signature: str
    """What the result depends on, of how the tests are run."""
    environ: Mapping[str, str]
    """Digests of the environment that the tests see."""
    data: tuple[Node, ...]
    """Folders, all files in which are inputs."""


def tested_by(node: Node) -> Any:
    """Return the Tested that a node carries, or None."""
    return getattr(node.attributes, "golang_tested", None)


_reads: list[ReadFiles] = []


def read_files(env: Env) -> ReadFiles:
    """Return what the tests behind results read; ``env`` is any environment."""
    if not _reads:
        _reads.append(ReadFiles(PROGRAMS.outlines.probes(env).store))
    return _reads[0]


class ResultFile(WrittenFile):
    """The file of a result. SCons makes nodes when it first meets a path, so this class is given to them later."""

    __slots__ = ()

    def get_stored_implicit(self) -> None:
        """Return nothing: with --implicit-cache SCons would believe inputs of the last build."""
        return

    def is_up_to_date(self) -> bool:
        """Return whether it is as SCons says and was written, and all else that the tests read is as it was."""
        return super().is_up_to_date() and self._changes() == []

    def explain(self) -> str | None:
        """Return why the tests run again."""
        said = super().explain()
        changes = self._changes()
        if (said and not said.endswith(NOT_WRITTEN)) or not self.exists() or changes == []:
            return said
        if changes is None:
            return f"rebuilding `{self}' because what its tests read is not on record\n"
        return f"rebuilding `{self}' because its tests read what changed: {', '.join(changes)}\n"

    def _changes(self) -> list[str] | None:
        tested = tested_by(self)
        root = tested.program.module_root
        known = read_files(tested.program.env)
        with PROGRAMS.lock:
            digest = PROGRAMS.index(tested.program.env, tests=True).contents(root).digest
            return known.changes(str(self.get_internal_path()), root, digest, tested.environ)


def scan_data(node: Node, env: Env, path: Any) -> list[Node]:
    """Return the files that tests may read: all in the folders that are for them, whether they are there yet or not."""
    del path
    tested = tested_by(node)
    if tested is None or PROGRAMS.outlines.cleans(env):
        return []
    with PROGRAMS.lock:
        tree = PROGRAMS.index(env, tests=True).tree
        paths = [path for folder in tested.data for path in tree.below(folder.get_abspath()) if not is_staged(path)]
    made = (node for folder in tested.data for node in derived_below(folder))
    found = {node.get_abspath(): node for node in (*map(env.fs.File, paths), *made)}
    return [found[path] for path in sorted(found)]


DATA_SCANNER = SCons.Scanner.ScannerBase(scan_data, name="GoTestDataScanner", node_class=None)
