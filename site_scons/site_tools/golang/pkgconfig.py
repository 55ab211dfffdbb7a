"""What pkg-config says of the packages that ``#cgo pkg-config`` names, and which ``.pc`` files it says that from."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .errors import RequestError, ToolchainError
from .goflags import split_words
from .runner import Runner, run


@dataclass(frozen=True, slots=True, kw_only=True)
class PkgConfig:
    """The answer for one Go package."""

    cflags: tuple[str, ...] = ()
    ldflags: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    """Every ``.pc`` file that was read, or would be read if it were there."""
    error: str = ""


def ask_pkg_config(
    command: str, words: Sequence[str], environ: Mapping[str, str], cwd: str, *, static: bool, runner: Runner = run
) -> PkgConfig:
    """Ask for the flags of the packages in ``words``, which may hold flags of pkg-config too, as the go command does.

    ``command`` is Go's setting PKG_CONFIG, of which Go takes the first word. With ``static`` private libraries are
    among the flags (linkage case D10).
    """
    tool = [*split_words(command), "pkg-config"][0]
    names = [word for word in words if not word.startswith("--")]
    options = [word for word in words if word.startswith("--") and word != "--"]

    def ask(*question: str) -> str:
        answer = runner([tool, *question], cwd=cwd, environ=environ)
        if answer.status:
            raise ToolchainError(answer.stderr.strip() or f"{tool} ended with status {answer.status}")
        return answer.stdout

    kind = ["--static"] if static else []
    files: tuple[str, ...] = ()
    try:
        files = tuple(_files(tool, names, ask, environ))
        cflags, ldflags = (shlex.split(ask(what, *kind, *options, "--", *names)) for what in ("--cflags", "--libs"))
    except (ToolchainError, RequestError, ValueError) as error:
        return PkgConfig(files=files, error=str(error))
    return PkgConfig(cflags=tuple(cflags), ldflags=tuple(ldflags), files=files)


def _required(file: str) -> Iterator[str]:
    """Yield the packages that a ``.pc`` file requires, as far as it says so in plain words (pc(5))."""
    try:
        with open(file, encoding="utf-8", errors="replace") as stream:
            text = stream.read()
    except OSError:
        return
    for line in re.findall(r"(?m)^Requires(?:\.private)?:(.*)$", text):
        yield from re.findall(r"[^\s,<>=!]+", re.sub(r"[<>=!]+\s*[^\s,]+", "", line))


def _files(tool: str, names: Sequence[str], ask: Callable[..., str], environ: Mapping[str, str]) -> Iterator[str]:
    """Yield where the ``.pc`` files of packages are looked for, and of all that those require."""
    if os.path.isabs(tool):
        # A script of one's own, perhaps.
        yield tool
    folders = [path for path in environ.get("PKG_CONFIG_PATH", "").split(os.pathsep) if path]
    libdir = environ.get("PKG_CONFIG_LIBDIR")
    usual = ask("--variable=pc_path", "pkg-config") if libdir is None else libdir
    folders += [path for path in usual.strip().split(os.pathsep) if path]
    known: set[str] = set()
    ahead = list(names)
    while ahead:
        name = ahead.pop()
        if name in known:
            continue
        known.add(name)
        yield from (os.path.join(folder, f"{name}.pc") for folder in folders)
        for question in ("--print-requires", "--print-requires-private"):
            try:
                ahead += [line.split()[0] for line in ask(question, name).splitlines() if line.strip()]
            except ToolchainError:
                # One of those is not there, or too old, of which it is said below.
                ahead += (one for folder in folders for one in _required(os.path.join(folder, f"{name}.pc")))
