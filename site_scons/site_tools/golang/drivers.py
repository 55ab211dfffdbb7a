"""Which C and C++ compilers may build for a platform, best first, by the commands that run them.

Nothing here asks a compiler what it is: ``ctoolchain`` does, and takes the first one that suits.
"""

from __future__ import annotations

import enum
import importlib.util
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .errors import RequestError
from .facts import version_key
from .goflags import join_words
from .linkage import Libc, Linkage, Request
from .platform import Platform, host_platform

ZIG_HELP = "`pip install ziglang` into the Python that runs SCons"


class Drivers(NamedTuple):
    """The C and the C++ compiler of one toolchain, each a command with its flags."""

    cc: str
    cxx: str


class Choice(enum.Enum):
    """Where C compilers come from (``$GOCTOOLCHAIN``), but for the name of one."""

    AUTO = "auto"
    SYSTEM = "system"
    MUSL_GCC = "musl-gcc"
    ZIG = "zig"


_PREFIXED = re.compile(r"(?:.*[/\\])?[\w.-]+-gcc(?:-[\d.]+)?")

_ZIG_ARCHS = {
    "386": "x86",
    "amd64": "x86_64",
    "arm": "arm",
    "arm64": "aarch64",
    "loong64": "loongarch64",
    "ppc64": "powerpc64",
    "ppc64le": "powerpc64le",
    "riscv64": "riscv64",
    "s390x": "s390x",
}
"""What zig calls an architecture (``zig targets``), but for those where it cannot build what Go needs for cgo.

zig 0.17.1 does not know the -mhard-float that Go gives it for MIPS, and cannot link what it makes with -msoft-float.
"""

_ZIG_SYSTEMS = {"darwin": "macos", "windows": "windows-gnu", "freebsd": "freebsd", "netbsd": "netbsd"}
"""What zig calls a system and its ABI, for those but Linux whose libc it brings."""

_ZIG_ARMS = {"6": "arm1176jzf_s"}
"""The processor for which zig makes code of ARMv6; its own default is ARMv7, as Go's is."""

_GNU_TRIPLES = {
    "386": "i686-linux-gnu",
    "amd64": "x86_64-linux-gnu",
    "arm": "arm-linux-gnueabihf",
    "arm64": "aarch64-linux-gnu",
    "loong64": "loongarch64-linux-gnu",
    "mips": "mips-linux-gnu",
    "mips64": "mips64-linux-gnuabi64",
    "mips64le": "mips64el-linux-gnuabi64",
    "mipsle": "mipsel-linux-gnu",
    "ppc64": "powerpc64-linux-gnu",
    "ppc64le": "powerpc64le-linux-gnu",
    "riscv64": "riscv64-linux-gnu",
    "s390x": "s390x-linux-gnu",
}
_MINGW_TRIPLES = {"386": "i686-w64-mingw32", "amd64": "x86_64-w64-mingw32"}


def parse_ctoolchain(value: str) -> Choice | str:
    """Return what ``$GOCTOOLCHAIN`` says: a choice, or the name of a cross compiler. Raises RequestError."""
    for choice in Choice:
        if choice.value == value:
            return choice
    if _PREFIXED.fullmatch(value):
        return value
    wanted = ", ".join(choice.value for choice in Choice)
    msg = f"$GOCTOOLCHAIN: wanted one of {wanted}, or a compiler such as aarch64-linux-gnu-gcc; found {value!r}"
    raise RequestError(msg)


def find_zig(path: str) -> str:
    """Return the zig of the ziglang wheel beside the running Python, else the one on ``path``; empty if none."""
    spec = importlib.util.find_spec("ziglang")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        file = shutil.which("zig", path=folder)
        if file:
            return file
    return shutil.which("zig", path=path) or ""


def zig_target(platform: Platform, settings: Mapping[str, str], request: Request, floor: str = "") -> tuple[str, ...]:
    """Return the flags that make zig build for a platform; none where it cannot.

    ``settings`` are Go's micro-architecture variables; ``floor`` is the oldest glibc that must do, such as ``2.17``.
    """
    libc = request.libc
    arch, system = _ZIG_ARCHS.get(platform.goarch, ""), _ZIG_SYSTEMS.get(platform.goos, "")
    # What zig brings for ARMv5 lacks the atomic operations that it itself calls.
    without_atomics = platform.goarch == "arm" and settings.get("GOARM", "").startswith("5")
    if not arch or without_atomics or not (system or platform.goos == "linux"):
        return ()
    if system:
        return ("-target", f"{arch}-{system}")
    abi = _zig_abi(platform.goarch, settings, libc)
    version = f".{floor}" if floor and libc is Libc.GLIBC else ""
    processor = _ZIG_ARMS.get(settings.get("GOARM", "")[:1], "") if platform.goarch == "arm" else ""
    # With musl zig links statically unless it is told not to.
    dynamic = libc is Libc.MUSL and request.linkage is Linkage.DYNAMIC
    flags = [*([f"-mcpu={processor}"] if processor else ()), *(["-dynamic"] if dynamic else ())]
    return ("-target", f"{arch}-linux-{abi}{version}", *flags)


def _zig_abi(goarch: str, settings: Mapping[str, str], libc: Libc) -> str:
    base = "musl" if libc is Libc.MUSL else "gnu"
    if goarch == "arm":
        return base + ("eabi" if settings.get("GOARM", "").endswith("softfloat") else "eabihf")
    return base


def triple(platform: Platform, settings: Mapping[str, str]) -> str:
    """Return what GNU toolchains, such as Debian's cross compilers, call a platform; empty where unknown."""
    if platform.goos == "windows":
        return _MINGW_TRIPLES.get(platform.goarch, "")
    found = _GNU_TRIPLES.get(platform.goarch, "") if platform.goos == "linux" else ""
    soft = settings.get("GOARM", "").startswith("5") or settings.get("GOARM", "").endswith("softfloat")
    return found.removesuffix("hf") if platform.goarch == "arm" and soft else found


_FIRST_GLIBC = {"arm": "2.4", "arm64": "2.17", "loong64": "2.36", "ppc64le": "2.17", "riscv64": "2.27"}
"""The first glibc of those GOARCHs that are younger than 2.3 (DEFAULT of shlib-versions in glibc's sysdeps)."""


def at_least_first(version: str, platform: Platform) -> str:
    """Return a version of glibc, or the first one for a platform: what does with that does with all that there are."""
    first = _FIRST_GLIBC.get(platform.goarch, "") if platform.goos == "linux" else ""
    return max(version, first, key=version_key) if version else ""


LIBC_LIBRARIES = frozenset({"c", "crypt", "dl", "m", "pthread", "resolv", "rt", "util"})
"""The libraries that a C library consists of, as ``-l`` names them."""


def cross_gcc(name: str) -> Drivers:
    """Return the compilers that belong to a cross gcc of this name."""
    folder, base = os.path.split(name)
    stem, _, version = base.rpartition("gcc")
    return Drivers(join_words([name]), join_words([os.path.join(folder, f"{stem}g++{version}")]))


def candidates(
    choice: Choice | str,
    platform: Platform,
    settings: Mapping[str, str],
    request: Request,
    floor: str,
    own: Drivers,
    path: str,
) -> tuple[Drivers, ...]:
    """Return the compilers to try, best first, whether they are there or not.

    ``own`` are those of the environment (CC and CXX), ``path`` is where zig is looked for. There are none where zig is
    asked for, and cannot: that matters only to what needs C.
    """
    if isinstance(choice, str):
        return (cross_gcc(choice),)
    musl = Drivers("musl-gcc", own.cxx)
    if choice in (Choice.SYSTEM, Choice.MUSL_GCC):
        return (own,) if choice is Choice.SYSTEM else (musl,)
    target, zig = zig_target(platform, settings, request, floor), find_zig(path)
    if choice is Choice.ZIG:
        return (_zig(zig or "zig", target),) if target else ()
    here = platform == host_platform()
    prefix = "" if here else triple(platform, settings)
    return (
        own,
        *((musl,) if request.libc is Libc.MUSL and here else ()),
        *((_zig(zig, target),) if zig and target else ()),
        *((cross_gcc(f"{prefix}-gcc"),) if prefix else ()),
    )


def _zig(zig: str, target: Sequence[str]) -> Drivers:
    return Drivers(join_words([zig, "cc", *target]), join_words([zig, "c++", *target]))
