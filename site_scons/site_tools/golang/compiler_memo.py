"""What the C compilers of this process are and link: each is asked once, and answers are kept between runs."""

from __future__ import annotations

import os
import re
import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from .ccompiler import CCompiler, LinkTrial, probe_compiler, try_link, zig_that_said
from .errors import ToolchainError
from .linkage import Libc
from .probes import Answer, Probes
from .runner import Completed, Runner, run

_SLOW = 2.0
"""Seconds after which the user is told what takes so long."""


_CGO_LDFLAGS = ("-O2", "-g")
"""What Go passes to every link (cmd/go: envvars of cgo)."""
_TRIAL_FLAGS = {"arm": ("-marm", "-pie"), "s390x": ("-m64", "-march=z13")}
"""What it adds, besides -fPIC, to link each cgo package by itself and see which symbols it needs, where that makes
another C library of it (cmd/go: gccArchArgs, dynimport)."""


class CompilerMemo:
    """Compilers of this process: each is asked once, and links each set of flags once."""

    def __init__(
        self, runner: Runner = run, probes: Probes | None = None, announce: Callable[[str], None] = lambda _: None
    ) -> None:
        """Start with nothing asked; keep answers for other runs with ``probes``, ``announce`` what takes minutes."""
        self._runner = runner
        self._announce = announce
        self._warm: set[tuple[object, ...]] = set()
        self._warming = threading.Lock()
        self._kept = probes or Probes()
        self._probes: dict[tuple[object, ...], CCompiler | ToolchainError] = {}
        self._trials: dict[tuple[object, ...], LinkTrial] = {}
        self._identities: dict[tuple[object, ...], str] = {}

    def probe(self, command: Sequence[str], environ: Mapping[str, str], language: str) -> CCompiler:
        """Return what :func:`probe_compiler` says. Raises ToolchainError, every time anew."""
        key = (tuple(command), language, tuple(sorted(environ.items())))
        if key not in self._probes:
            try:
                found = self._kept.ask(("compiler", *key), lambda: self._ask(command, environ, language))
                libc = Libc(found["libc"]) if found["libc"] else None
                self._probes[key] = CCompiler(**{**found, "libc": libc, "command": tuple(command)})
            except ToolchainError as error:
                self._probes[key] = error
        known = self._probes[key]
        if isinstance(known, ToolchainError):
            raise known
        return known

    def _ask(self, command: Sequence[str], environ: Mapping[str, str], language: str) -> Answer:
        said: list[str] = []

        def listen(argv: Sequence[str], **how: Any) -> Completed:
            done = self._runner(argv, **how)
            said.append(done.stderr)
            return done

        compiler = probe_compiler(command, environ, language=language, runner=listen)
        files = _files_behind(command, "".join(said), environ)
        return Answer({**asdict(compiler), "libc": compiler.libc and compiler.libc.value}, files, certain=bool(files))

    def warm_up(self, compilers: Sequence[CCompiler], flags: Sequence[str], environ: Mapping[str, str]) -> None:
        """Have zig build its C library for a target before many links need it at once; zig keeps it for all builds."""
        with self._warming:
            for compiler, language in zip(compilers, ("c", "c++"), strict=False):
                key = (compiler, *flags, tuple(sorted(environ.items())))
                if compiler.is_zig and key not in self._warm:
                    self._link_slowly(compiler, flags, environ, language)
                    self._warm.add(key)

    def _link_slowly(
        self, compiler: CCompiler, flags: Sequence[str], environ: Mapping[str, str], language: str
    ) -> None:
        text = f"golang: {compiler} builds its C library for this target: minutes, once, kept in zig's cache"
        timer = threading.Timer(_SLOW, self._announce, [text])
        timer.start()
        try:
            # With each of them zig's C library is another one.
            for used in (flags, ("-fPIC", *_TRIAL_FLAGS.get(compiler.goarch, ()))):
                try_link(compiler, [*_CGO_LDFLAGS, *used], environ, runner=self._runner, language=language)
        finally:
            timer.cancel()

    def link(self, compiler: CCompiler, flags: Sequence[str], environ: Mapping[str, str]) -> LinkTrial:
        """Return what :func:`try_link` says."""
        key = (compiler, tuple(flags), tuple(sorted(environ.items())))
        if key not in self._trials:
            self._trials[key] = try_link(compiler, flags, environ, runner=self._runner)
        return self._trials[key]

    def link_identity(self, compiler: CCompiler, flags: Sequence[str], environ: Mapping[str, str]) -> str:
        """Return the identity of what :func:`try_link` links in."""
        key = (compiler.identity, *compiler.command, "", *flags, "", *sorted(environ.items()))
        if key not in self._identities:
            self._identities[key] = self._kept.ask(("link", *key), lambda: self._identify(compiler, flags, environ))
        return self._identities[key]

    def _identify(self, compiler: CCompiler, flags: Sequence[str], environ: Mapping[str, str]) -> Answer:
        if compiler.is_zig:
            # Of it zig says nothing, but all is its own; archives in -L folders are inputs of their own.
            return Answer("", [compiler.command[0]])
        trial = self.link(compiler, flags, environ)
        searched = self._runner([*compiler.command, "-print-search-dirs"], environ=environ).stdout
        folders = [os.path.normpath(path) for path in re.findall(r"(?<=[=:])/[^:\n]*", searched)]
        folders += [flag[2:] for flag in flags if flag.startswith("-L/")]
        certain = trial.ok and bool(trial.files) and bool(folders)
        return Answer(trial.identity, [*trial.files, *folders], certain=certain)


def _files_behind(command: Sequence[str], said: str, environ: Mapping[str, str]) -> list[str]:
    """Return the files that make a compiler what it is, from what ``-v`` prints; nothing where it does not tell.

    A wrapper says through the compiler that it runs which one that is. The libc is known by its ``features.h``.
    """
    driver = re.search(r"^COLLECT_GCC=(.+)$", said, re.MULTILINE)
    installed = re.search(r"^InstalledDir: (.+)$", said, re.MULTILINE)
    if not driver and not installed:
        return []
    named = shutil.which(driver[1], path=environ.get("PATH")) if driver else None
    words = [word for word in re.split(r"[\s=]+", said) if word.startswith("/")]
    headers = [os.path.join(word, "features.h") for word in words]
    own = [command[0], os.path.realpath(command[0]), *([named, os.path.realpath(named)] if named else ())]
    zig = zig_that_said(said)
    return [
        *own,
        *([installed[1]] if installed else ()),
        # All other files that zig names it has made for this answer.
        *([zig] if zig else filter(os.path.isfile, words)),
        *filter(os.path.isfile, headers),
    ]
