"""What the tests of a package read, as their binary notes it for ``go test`` (``-test.testlogfile``), and how that was.

Go's own cache of test results goes by it (cmd/go/internal/test: computeTestInputsID): a result holds as long as the
files in the module and the environment variables that were read are as they were.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping
from typing import NamedTuple

from .store import digest_of

_FIRST = "# test log\n"
_CHANGED = "changed meanwhile"


class Reads(NamedTuple):
    """What was read: files that were opened, those that were only looked at, and names of variables.

    Paths are relative to the root of the module.
    """

    opened: tuple[str, ...] = ()
    looked_at: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    began: int = 0
    """When they began to read, in nanoseconds by the clock of the file system: what changed since is not known."""

    def state(self, root: str, digest: Callable[[str], str], environ: Mapping[str, str]) -> dict[str, str]:
        """Return how all that is now in the module at ``root``, by what it is.

        ``digest`` returns that of the content of a file; ``environ`` is as from :func:`digests_of`. Nobody knows how
        something was that has changed since they began to read, so it is like nothing later; go keeps no result then.
        """

        def known(kind: str, path: str) -> str:
            if self.began and _changed(kind, path) > self.began:
                return _CHANGED
            return _content(path, digest) if kind == "open" else _look(path)

        now = {f"open {path}": known("open", os.path.join(root, path)) for path in self.opened}
        now.update((f"stat {path}", known("stat", os.path.join(root, path))) for path in self.looked_at)
        now.update((f"getenv {name}", environ.get(name, "unset")) for name in self.variables)
        return now


def read_log(text: str, directory: str, root: str, began: int = 0) -> Reads:
    """Return what a log says. ``directory`` is where the tests began, and ``began`` when.

    Only files in ``root`` count, as for Go.
    """
    found: dict[str, dict[str, None]] = {"open": {}, "stat": {}, "getenv": {}}
    for line in text.removeprefix(_FIRST).splitlines():
        operation, _, name = line.partition(" ")
        if operation == "chdir":
            directory = name
        elif operation == "getenv":
            found[operation][name] = None
        elif operation in found and name:
            path = os.path.normpath(os.path.join(directory, name))
            if path.startswith(os.path.join(root, "")):
                found[operation][os.path.relpath(path, root)] = None
    opened, looked_at, variables = (tuple(sorted(found[kind])) for kind in ("open", "stat", "getenv"))
    return Reads(opened, looked_at, variables, began)


def digests_of(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what stands for the values of environment variables, which may be secrets."""
    return {name: digest_of(name, value) for name, value in environ.items()}


def reads_in(known: Mapping[str, str]) -> Reads:
    """Return what was read, given what :meth:`Reads.state` returned of it."""
    found: dict[str, list[str]] = {"open": [], "stat": [], "getenv": []}
    for what in known:
        operation, _, name = what.partition(" ")
        found[operation].append(name)
    opened, looked_at, variables = map(tuple, found.values())
    return Reads(opened, looked_at, variables)


def _content(path: str, digest: Callable[[str], str]) -> str:
    if not os.path.isdir(path):
        return digest(path)
    try:
        return digest_of(*sorted(os.listdir(path)))
    except OSError:
        return "unreadable"


def _changed(kind: str, path: str) -> int:
    """Return when what a test read last changed, in nanoseconds; 0 if it is not there, or that does not matter.

    Of a folder that was only looked at nothing matters but that it is there.
    """
    try:
        status = os.stat(path)
    except OSError:
        return 0
    return 0 if kind == "stat" and stat.S_ISDIR(status.st_mode) else status.st_ctime_ns


def _look(path: str) -> str:
    """Return what a look at a file tells that does not depend on when it was written."""
    try:
        status = os.stat(path)
    except OSError:
        return "absent"
    return f"{status.st_mode:o}" if stat.S_ISDIR(status.st_mode) else f"{status.st_mode:o} {status.st_size}"
