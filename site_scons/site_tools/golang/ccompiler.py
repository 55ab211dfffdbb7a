"""Which C and C++ compilers cgo uses, and what they really make.

A compiler is judged by what it says and links, never by its name: a wrapper called ``musl-gcc`` says the
same ``-dumpmachine`` as the gcc under it.
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from .errors import ToolchainError
from .goflags import join_words
from .linkage import Libc
from .platform import Platform
from .runner import Completed, Runner, run

_ARCH_MACROS = (
    ("__mips64", "mips64"),
    ("__mips__", "mips"),
    ("__x86_64__", "amd64"),
    ("__i386__", "386"),
    ("__aarch64__", "arm64"),
    ("__arm__", "arm"),
    ("__loongarch64", "loong64"),
    ("__powerpc64__", "ppc64le"),
    ("__s390x__", "s390x"),
    ("__riscv", "riscv64"),
)
_OS_MACROS = (
    ("__ANDROID__", "android"),
    ("__linux__", "linux"),
    ("__APPLE__", "darwin"),
    ("__FreeBSD__", "freebsd"),
    ("__NetBSD__", "netbsd"),
    ("__OpenBSD__", "openbsd"),
    ("__DragonFly__", "dragonfly"),
    ("__sun", "solaris"),
    ("_WIN32", "windows"),
)
_MISSING_LIBRARY = re.compile(
    r'(?:(?:cannot find|unable to find library|library not found for) -l|unable to find \w+ system library ")'
    r'(\S+?)(?:[:"]|$)',
    re.MULTILINE,
)
_TRACED_FILE = re.compile(r"^(/\S.*\.(?:a|o|so(?:\.[\d.]+)?))$", re.MULTILINE)
_ZIG = re.compile(r'^ *"?([^"\n]*[/\\]zig(?:\.exe)?)"? -cc1\b', re.MULTILINE)
"""How zig, which is clang and its own linker in one program, starts itself; clang does not say that it is zig's."""
_EMPTY_PROGRAM = "int main(void) { return 0; }\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class CCompiler:
    """A C or C++ compiler driver that answered."""

    command: tuple[str, ...]
    """The driver, by absolute path, with the flags that belong to it (``zig cc -target ...``)."""
    version: str
    libc: Libc | None
    """The C library of its headers; None where it is neither glibc nor musl."""
    libc_version: str
    goarch: str
    """The GOARCH of the code that it makes; empty where unknown."""
    goos: str
    """The GOOS of the code that it makes; empty where unknown."""
    identity: str
    is_zig: bool = False
    """Whether it is zig's, which brings the C libraries of all targets as sources and builds them when first used."""

    def __str__(self) -> str:
        unknown = self.goos if self.goos not in ("", "linux") else "unknown libc"
        libc = f"{self.libc.value} {self.libc_version}".strip() if self.libc else unknown
        name = f"zig {' '.join(self.command[1:])}" if self.is_zig else os.path.basename(self.command[0])
        return f"{name} ({self.version}; {libc})"

    @property
    def as_setting(self) -> str:
        """The value for ``CC`` or ``CXX``, as the go command splits it."""
        return join_words(self.command)

    def makes_code_for(self, platform: Platform) -> bool:
        """Return whether nothing shows that it is for another platform."""
        systems = {platform.goos, {"illumos": "solaris", "ios": "darwin"}.get(platform.goos, platform.goos)}
        return self.goarch in ("", platform.goarch) and (not self.goos or self.goos in systems)

    def links_statically(self, libc: Libc) -> bool:
        """Return whether it can link that C library statically: zig has no archive of glibc (linkage case C17)."""
        return not (self.is_zig and libc is Libc.GLIBC)


_WIDTH = 500
"""How many characters of what a compiler says are told."""

LINK_FAILED = "link=failed"
"""What the identity of a trial ends with that linked nothing."""


@dataclass(frozen=True, kw_only=True)
class LinkTrial:
    """What came of linking an empty program.

    ``files`` are the libraries and start files that the linker read; ``missing`` the ``-l`` names it could not find.
    """

    ok: bool
    output: str
    missing: tuple[str, ...]
    files: tuple[str, ...]

    @cached_property
    def identity(self) -> str:
        """Name and digest of every file that the linker read: ``crt1.o=... libc.so.6=...``; and if it failed, that."""
        read = (f"{os.path.basename(file)}={_digest(file)}" for file in self.files)
        return " ".join([*read, *([] if self.ok else [LINK_FAILED])])


def _digest(file: str) -> str:
    with open(file, "rb") as stream:
        return hashlib.sha256(stream.read()).hexdigest()[:16]


def find_compiler(command: str, path: str, process_path: str) -> tuple[str, ...]:
    """Return ``command`` split as a shell does, its program by absolute path.

    Looks on ``path`` (the build's PATH), then on ``process_path``. Raises ToolchainError.
    """
    try:
        words = shlex.split(command)
    except ValueError as error:
        msg = f"no C compiler: {command!r} cannot be split into words: {error}"
        raise ToolchainError(msg) from error
    if not words:
        msg = "no C compiler is named: CC is empty"
        raise ToolchainError(msg)
    for directories in (path, process_path):
        found = shutil.which(words[0], path=directories)
        if found:
            return (os.path.abspath(found), *words[1:])
    where = "there is no such program" if os.path.dirname(words[0]) else f"it is not on PATH ({path})"
    msg = f"{words[0]}: {where}"
    raise ToolchainError(msg)


def probe_compiler(
    command: Sequence[str],
    environ: Mapping[str, str],
    *,
    language: str = "c",
    runner: Runner = run,
) -> CCompiler:
    """Ask a compiler for its version, its target and the libc of its headers.

    ``language`` is ``c`` or ``c++``. Raises ToolchainError if it cannot preprocess one line.
    """
    argv = [*command, "-v", "-E", "-dM", "-x", language, "-"]
    probe = "#if __has_include(<features.h>)\n#include <features.h>\n#endif\n"
    answer = runner(argv, environ=environ, stdin=probe)
    if answer.status:
        # What -v tells is long, and stands after the errors as well.
        wrong = [line for line in answer.stderr.splitlines() if re.search(r"\berror\b", line) and len(line) < _WIDTH]
        said = "; ".join(wrong[:3]) or answer.stderr.strip()[-_WIDTH:]
        msg = f"{shlex.join(command)} does not work: {said}"
        raise ToolchainError(msg)
    macros = dict(line.split(" ", 2)[1:] for line in answer.stdout.splitlines() if line.count(" ") > 1)
    libc, libc_version = _libc_of(macros)
    goarch = next((arch for macro, arch in _ARCH_MACROS if macro in macros), "")
    if goarch == "ppc64le" and "__LITTLE_ENDIAN__" not in macros:
        goarch = "ppc64"
    if "_MIPSEL" in macros:
        goarch += "le"
    version = next((line for line in answer.stderr.splitlines() if " version " in line), "unknown version")
    zig = zig_that_said(answer.stderr)
    with open(zig or os.path.realpath(command[0]), "rb") as stream:
        driver = hashlib.sha256(stream.read()).hexdigest()[:16]
    flags = " ".join(command[1:])
    return CCompiler(
        command=tuple(command),
        version=version.strip(),
        libc=libc,
        libc_version=libc_version,
        goarch=goarch,
        goos=next((system for macro, system in _OS_MACROS if macro in macros), ""),
        identity=f"{os.path.basename(command[0])} {flags} {version.strip()} {goarch} {libc_version} {driver}",
        is_zig=bool(zig),
    )


def zig_that_said(text: str) -> str:
    """Return the path of the zig that printed ``text`` for ``-v``; empty if it was another compiler."""
    found = _ZIG.search(text)
    return found[1] if found else ""


def _libc_of(macros: Mapping[str, str]) -> tuple[Libc | None, str]:
    # uClibc claims to be a glibc.
    if "__GLIBC__" in macros and "__UCLIBC__" not in macros:
        return Libc.GLIBC, f"{macros['__GLIBC__']}.{macros.get('__GLIBC_MINOR__', '0')}"
    # musl defines no macro of its own on purpose; its features.h is the only other one without __UCLIBC__.
    if "__linux__" in macros and "_FEATURES_H" in macros and "__UCLIBC__" not in macros:
        return Libc.MUSL, ""
    return None, ""


def try_link(
    compiler: CCompiler,
    flags: Sequence[str],
    environ: Mapping[str, str],
    output: str = "",
    runner: Runner = run,
    language: str = "c",
) -> LinkTrial:
    """Link an empty program with ``flags`` (``-static``, ``-L``, ``-l`` ...), without keeping it.

    This is what tells whether a toolchain can do what it is asked for, whatever it is called, and it
    reports every missing library at once (linkage case C12). ``output`` is where to keep the program, if anywhere.
    """
    if not output:
        # Not /dev/null: zig puts what it makes in its place by a rename.
        with tempfile.TemporaryDirectory() as scratch:
            return try_link(compiler, flags, environ, os.path.join(scratch, "empty"), runner, language)
    # zig cannot trace; what it links is its own, of the version that it says.
    trace = [] if compiler.is_zig else ["-Wl,-t"]
    argv = [*compiler.command, "-x", language, "-", "-x", "none", *flags, "-o", output, *trace]
    done: Completed = runner(argv, environ=environ, stdin=_EMPTY_PROGRAM)
    text = done.stdout + done.stderr
    files = {file for file in _TRACED_FILE.findall(text) if os.path.isfile(file)}
    return LinkTrial(
        ok=done.status == 0,
        output=done.stderr.strip(),
        missing=tuple(dict.fromkeys(_MISSING_LIBRARY.findall(text))),
        files=tuple(sorted(files)),
    )
