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
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from .errors import ToolchainError
from .goflags import join_words
from .linkage import Libc
from .probes import Answer, Probes
from .runner import Completed, Runner, run

_ARCH_MACROS = (
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
    r"(?:cannot find|unable to find library|library not found for) -l(\S+?)(?::|$)", re.MULTILINE
)
_TRACED_FILE = re.compile(r"^(/\S.*\.(?:a|o|so(?:\.[\d.]+)?))$", re.MULTILINE)
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

    def __str__(self) -> str:
        libc = f"{self.libc.value} {self.libc_version}".strip() if self.libc else "unknown libc"
        return f"{os.path.basename(self.command[0])} ({self.version}; {libc})"

    @property
    def as_setting(self) -> str:
        """The value for ``CC`` or ``CXX``, as the go command splits it."""
        return join_words(self.command)


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
        """Digest of the content of every file that the linker read."""
        digest = hashlib.sha256()
        for file in self.files:
            with open(file, "rb") as stream:
                digest.update(os.path.basename(file).encode() + hashlib.sha256(stream.read()).digest())
        return digest.hexdigest()[:16]


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
        msg = f"{shlex.join(command)} does not work: {answer.stderr.strip()[-500:]}"
        raise ToolchainError(msg)
    macros = dict(line.split(" ", 2)[1:] for line in answer.stdout.splitlines() if line.count(" ") > 1)
    libc, libc_version = _libc_of(macros)
    goarch = next((arch for macro, arch in _ARCH_MACROS if macro in macros), "")
    if goarch == "ppc64le" and "__LITTLE_ENDIAN__" not in macros:
        goarch = "ppc64"
    version = next((line for line in answer.stderr.splitlines() if " version " in line), "unknown version")
    with open(os.path.realpath(command[0]), "rb") as stream:
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
    )


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
    output: str = os.devnull,
    runner: Runner = run,
) -> LinkTrial:
    """Link an empty program with ``flags`` (``-static``, ``-L``, ``-l`` ...), without keeping it.

    This is what tells whether a toolchain can do what it is asked for, whatever it is called, and it
    reports every missing library at once (linkage case C12). ``output`` is where to keep the program.
    """
    argv = [*compiler.command, "-x", "c", "-", "-x", "none", *flags, "-o", output]
    done: Completed = runner([*argv, "-Wl,-t"], environ=environ, stdin=_EMPTY_PROGRAM)
    if done.status and "unsupported linker arg" in done.stderr:
        # zig cc cannot trace; what it links is its own, of the version that it says.
        done = runner(argv, environ=environ, stdin=_EMPTY_PROGRAM)
    text = done.stdout + done.stderr
    files = {file for file in _TRACED_FILE.findall(text) if os.path.isfile(file)}
    return LinkTrial(
        ok=done.status == 0,
        output=done.stderr.strip(),
        missing=tuple(dict.fromkeys(_MISSING_LIBRARY.findall(text))),
        files=tuple(sorted(files)),
    )


class CompilerMemo:
    """Compilers of this process: each is asked once, and links each set of flags once."""

    def __init__(self, runner: Runner = run, probes: Probes | None = None) -> None:
        """Start with nothing asked; keep answers for other runs with ``probes``."""
        self._runner = runner
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
    return [
        *own,
        *([installed[1]] if installed else ()),
        *filter(os.path.isfile, words),
        *filter(os.path.isfile, headers),
    ]
