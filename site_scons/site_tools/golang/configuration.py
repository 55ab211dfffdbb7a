"""One configuration: a request on a platform with options and a toolchain, and the environment it is built in.

The environment is owned: what a build inherits is a short list that cannot change a binary, everything
else is set explicitly by the plan (linkage cases E1 to E11).
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from .ccompiler import CCompiler, CompilerMemo, LinkTrial, find_compiler, try_link
from .errors import GolangError, InspectError, ToolchainError
from .finding import Finding
from .goenv import CACHE_SETTINGS, INHERITED
from .goflags import flag_name, join_words, split_words
from .inspect import inspect_file
from .linkage import Libc, Linkage, Request
from .needs import CNeeds
from .packages import Package
from .plan import Options, Plan, make_plan
from .platform import Platform
from .predict import Prediction, c_findings
from .store import digest_of
from .toolchain import GoToolchain
from .verdict import classify

_C_SEARCH = (
    "CPATH", "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH", "LIBRARY_PATH", "LD_RUN_PATH", "COMPILER_PATH", "GCC_EXEC_PREFIX",
    "PKG_CONFIG_PATH", "PKG_CONFIG_LIBDIR", "PKG_CONFIG_SYSROOT_DIR", "SOURCE_DATE_EPOCH",
)  # fmt: skip
"""Variables by which C tools find their inputs: passed on, and part of the C toolchain's identity."""

_COMPILES = frozenset({"-asmflags", "-buildvcs", "-gcflags", "-ldflags", "-trimpath"})
"""The flags of ``go build`` that select no file and no package."""

_OWNED = frozenset({"CC", "CXX", "FC", "AR", "PKG_CONFIG"})


def base_environ(environ: Mapping[str, str], process: Mapping[str, str], caches: Mapping[str, str]) -> dict[str, str]:
    """Return the environment without any setting of Go.

    ``environ`` is the build's (``env['ENV']``), ``process`` this process's, ``caches`` the CACHE_SETTINGS that the
    user gave as construction variables.
    """
    base = {name: value for name, value in environ.items() if not _is_owned(name)}
    for name in (*INHERITED, *CACHE_SETTINGS):
        value = environ.get(name) or process.get(name)
        if value:
            base[name] = value
    # Without a home directory there is no build cache, and without that no build (E3).
    base.setdefault(
        "HOME", os.path.expanduser("~") if "HOME" in process or os.name == "posix" else tempfile.gettempdir()
    )
    base.update({name: value for name, value in caches.items() if value})
    return base


def _is_owned(name: str) -> bool:
    # GOOGLE_* are credentials, which a GOAUTH command may need.
    return (name.startswith(("GO", "CGO_")) and not name.startswith("GOOGLE_")) or name in _OWNED


def _spelled(compiler: CCompiler, search: str) -> str:
    """Return how a compiler is named: by its name alone where PATH finds that very file, as Go itself does.

    Go knows what a C compiler made by its spelling; another one would compile its own packages once more.
    """
    path, *flags = compiler.command
    name = os.path.basename(path)
    found = shutil.which(name, path=search)
    return join_words([name, *flags]) if found and os.path.samefile(found, path) else compiler.as_setting


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """Everything that decides how programs of one module are built. Equal keys list the same packages."""

    request: Request
    platform: Platform
    options: Options
    toolchain: GoToolchain
    module_root: str
    workspace: str
    """The go.work file, or ``off``."""
    base: Mapping[str, str]
    process_path: str
    cc: Sequence[str]
    """Commands to try as C compiler, best first."""
    cxx: str
    memo: CompilerMemo = field(compare=False, repr=False)

    @cached_property
    def plan(self) -> Plan:
        """The plan for the request."""
        return make_plan(self.request, self.platform, self.options)

    @cached_property
    def environ(self) -> dict[str, str]:
        """The whole environment for the go command, but for the C compilers."""
        # Go's index of packages believes size and time of a file, which may have been written anew (cmd/go: modindex).
        own = {"GOWORK": self.workspace, "GODEBUG": "goindex=0"}
        return {**self.base, **self.toolchain.caches, **self.plan.environ, **own}

    @property
    def root(self) -> str:
        """The directory to run Go in: that of the workspace, else of the module."""
        return self.module_root if self.workspace == "off" else os.path.dirname(self.workspace)

    @cached_property
    def key(self) -> tuple[str, ...]:
        """What tells configurations apart."""
        places = (self.root, self.workspace, self.environ.get("GOMODCACHE", ""))
        return (self.toolchain.path, self.toolchain.identity, *places, self.plan.signature)

    @cached_property
    def listing_name(self) -> str:
        """A digest of what decides which packages there are, and from which files of C they are built."""
        flags = (flag for flag in self.plan.flags if flag_name(flag) not in _COMPILES)
        environ = (f"{name}={value}" for name, value in sorted(self.plan.environ.items()))
        static_c = self.request.linkage.links_libc_statically
        return digest_of(*self.key[:-1], static_c, *flags, "", *environ, "", *self.c_flags)

    @cached_property
    def compilers(self) -> tuple[CCompiler, ...]:
        """The C compiler and, where there is one, the C++ compiler. Raises ToolchainError."""
        first_error: GolangError | None = None
        chosen: CCompiler | None = None
        for command in self.cc:
            try:
                compiler = self._probe(command, "c")
            except ToolchainError as error:
                first_error = first_error or error
                continue
            chosen = chosen or compiler
            if compiler.libc is self.request.libc:
                chosen = compiler
                break
        if chosen is None:
            raise first_error or ToolchainError("no C compiler is configured")
        try:
            return (chosen, self._probe(self.cxx, "c++"))
        except ToolchainError:
            return (chosen,)

    def _probe(self, command: str, language: str) -> CCompiler:
        found = find_compiler(command, self.base.get("PATH", ""), self.process_path)
        return self.memo.probe(found, self._probe_environ, language)

    @cached_property
    def _probe_environ(self) -> dict[str, str]:
        return {**self.base, "LC_ALL": "C", "PATH": self._path(self.base.get("PATH", ""))}

    def _path(self, path: str, *programs: str) -> str:
        # Compilers find their assembler and linker on PATH; a build's PATH may lack both.
        extra = [os.path.dirname(program) for program in programs]
        parts = [*path.split(os.pathsep), *extra, *self.process_path.split(os.pathsep)]
        return os.pathsep.join(dict.fromkeys(part for part in parts if part))

    def build_environ(self, prediction: Prediction) -> dict[str, str]:
        """Return the environment to build in: with the C compilers, where C takes part. Raises ToolchainError."""
        environ = dict(self.environ)
        compilers = self.compilers if prediction.needs_c else ()
        environ["PATH"] = self._path(environ.get("PATH", ""), *(compiler.command[0] for compiler in compilers))
        for name, compiler in zip(("CC", "CXX"), compilers, strict=False):
            environ[name] = _spelled(compiler, environ["PATH"])
        return environ

    def trial(self, library_flags: Sequence[str]) -> LinkTrial:
        """Link an empty program the way that a program with these ``-L`` and ``-l`` flags will be linked."""
        flags = [*self._static_flags, *library_flags]
        return self.memo.link(self.compilers[0], flags, self._probe_environ)

    @property
    def _static_flags(self) -> list[str]:
        flags = {Linkage.STATIC_LIBC: ["-static"], Linkage.STATIC_PIE: ["-static-pie"]}
        return flags.get(self.request.linkage, [])

    def system_libraries(self, prediction: Prediction) -> tuple[str, ...]:
        """Return patterns of the shared libraries that cgo packages ask for and that the system has.

        Those from a ``-L`` folder are left out: nothing says that they are there where the program runs.
        """
        if not prediction.libraries:
            return ()
        files = self.memo.link(
            self.compilers[0], [f"-l{name}" for name in prediction.libraries], self._probe_environ
        ).files
        found = {os.path.basename(file).partition(".so")[0] for file in files if ".so" in os.path.basename(file)}
        return tuple(f"lib{name}.so*" for name in prediction.libraries if f"lib{name}" in found)

    @property
    def c_flags(self) -> tuple[str, ...]:
        """The flags for C that all cgo packages are built with."""
        names = ("CGO_CPPFLAGS", "CGO_CFLAGS", "CGO_CXXFLAGS", "CGO_LDFLAGS")
        words = (word for name in names for word in split_words(self.plan.environ.get(name, "")))
        return (*words, *self.searched)

    @property
    def searched(self) -> tuple[str, ...]:
        """The directories that C tools are told to search by variables of the environment, as flags."""
        flags = {"CPATH": "-I", "C_INCLUDE_PATH": "-isystem", "CPLUS_INCLUDE_PATH": "-isystem", "LIBRARY_PATH": "-L"}
        paths = ((flag, path) for name, flag in flags.items() for path in self.base.get(name, "").split(os.pathsep))
        return tuple(f"{flag}{path}" for flag, path in paths if path)

    def c_identity(self, needs: CNeeds | None) -> str:
        """Return what the C toolchain is for a program; empty where C takes no part. Raises ToolchainError."""
        if needs is None:
            return ""
        compilers = self.compilers[: 2 if needs.cxx else 1]
        search = [f"{name}={self.base[name]}" for name in _C_SEARCH if name in self.base]
        flags = [*self._static_flags, *needs.library_flags]
        linked = self.memo.link_identity(compilers[0], flags, self._probe_environ)
        return "\n".join([*(compiler.identity for compiler in compilers), linked, *search])

    def package_c_identity(self, package: Package) -> str:
        """Return what the C toolchain is for a package, whatever program it is compiled for. Raises ToolchainError."""
        if not package.cgo_files:
            return ""
        flags = tuple(flag for flag in package.cgo_ldflags if flag.startswith(("-L", "-l")))
        return self.c_identity(CNeeds(cxx=bool(package.cxx_files), library_flags=flags))

    def c_findings(self, prediction: Prediction) -> tuple[Finding, ...]:
        """Return what keeps the C toolchain from linking this program as asked. Raises ToolchainError."""
        if not prediction.needs_c:
            return ()
        try:
            compilers = self.compilers
        except ToolchainError as error:
            return (self._no_compiler(error, prediction),)
        found = c_findings(prediction, self.request, self.platform, compilers)
        if found or not self.request.linkage.links_libc_statically:
            return found
        return self._static_findings(prediction)

    def _static_findings(self, prediction: Prediction) -> tuple[Finding, ...]:
        trial = self.trial(prediction.library_flags)
        if trial.missing:
            return tuple(self._missing(name, prediction) for name in trial.missing)
        made = self._makes
        # A C program is no Go program with libc in it: where nothing in its bytes names the libc it is just static.
        if made == self.request.linkage.value or (made, self.request.linkage) == ("static", Linkage.STATIC_LIBC):
            return ()
        advice = "install the static libc (Debian: libc6-dev, musl-tools), or set CC to a toolchain that does it"
        if self.request.libc is Libc.MUSL and self.request.linkage is Linkage.STATIC_PIE:
            advice += "; Debian's musl-gcc makes no static-pie: GOLIBC='glibc' does"
        return (
            Finding(
                case="C5" if self.request.linkage is Linkage.STATIC_PIE else "C12",
                wanted=f"a C toolchain that makes {self.request}",
                found=f"{self.compilers[0]} makes {made} of an empty C program",
                fix=advice,
            ),
        )

    @cached_property
    def _makes(self) -> str:
        """What the toolchain really makes when it is asked for a static program."""
        with tempfile.TemporaryDirectory() as directory:
            output = os.path.join(directory, "empty")
            trial = try_link(self.compilers[0], self._static_flags, self._probe_environ, output)
            if not trial.ok:
                return f"nothing ({trial.output.splitlines()[0] if trial.output else 'no message'})"
            try:
                return classify(inspect_file(output)).kind.value
            except InspectError as error:
                return str(error)

    def _no_compiler(self, error: ToolchainError, prediction: Prediction) -> Finding:
        why = "; ".join(map(str, prediction.cgo)) or f"linkage {self.request} is linked by the C toolchain"
        pure = all(use.package in ("net", "os/user", "runtime/cgo") for use in prediction.cgo)
        return Finding(
            case="E1",
            wanted=f"a C compiler, for linkage {self.request}",
            found=f"{error} (from GOCC, else CC)",
            why=why,
            fix="install it (Debian: gcc libc6-dev; musl-tools for musl), or set GOCC to one that is there"
            + ("; linkage='static' needs none" if pure else ""),
        )

    def _missing(self, name: str, prediction: Prediction) -> Finding:
        # `-l:file` names the file itself.
        archive = name[1:] if name.startswith(":") else f"lib{name}.a"
        return Finding(
            case="C12",
            wanted=f"{archive}, to link it statically",
            found=f"no {archive} where {self.compilers[0].command[0]} looks",
            why="; ".join(str(use) for use in prediction.cgo if use.package not in ("runtime/cgo", "net", "os/user")),
            fix="install the static library, give its folder with -L, or linkage='dynamic'",
        )
