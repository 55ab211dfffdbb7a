"""The C side of a configuration: which compilers take part, what they are, and what keeps them from doing it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from .c_findings import c_findings, missing_library, other_libc_than_c, toolchains_for, without_apple, without_c
from .ccompiler import LINK_FAILED, CCompiler, LinkTrial, find_compiler, try_link
from .compiler_memo import CompilerMemo
from .csettings import is_shared_file, shared_stem
from .drivers import LIBC_LIBRARIES, Drivers
from .errors import GolangError, InspectError, ToolchainError
from .facts import version_key
from .finding import Finding
from .inspect import inspect_file
from .linkage import Libc, Linkage, Request
from .needs import CNeeds
from .packages import Package
from .platform import Platform
from .predict import Prediction
from .sonames import loaded_as
from .verdict import classify

_C_SEARCH = (
    "CPATH", "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH", "LIBRARY_PATH", "LD_RUN_PATH", "COMPILER_PATH", "GCC_EXEC_PREFIX",
    "PKG_CONFIG_PATH", "PKG_CONFIG_LIBDIR", "PKG_CONFIG_SYSROOT_DIR", "SOURCE_DATE_EPOCH",
)  # fmt: skip
"""Variables by which C tools find their inputs: passed on, and part of the C toolchain's identity."""

_STATIC_FLAGS = {Linkage.STATIC_LIBC: ("-static",), Linkage.STATIC_PIE: ("-static-pie",)}


def search_path(path: str, process_path: str, *programs: str) -> str:
    """Return the PATH to build with: compilers find their assembler and linker there; a build's own may lack both."""
    extra = [os.path.dirname(program) for program in programs]
    parts = [*path.split(os.pathsep), *extra, *process_path.split(os.pathsep)]
    return os.pathsep.join(dict.fromkeys(part for part in parts if part))


@dataclass(frozen=True, kw_only=True)
class CToolchain:
    """The C compilers of a configuration: of those that may be used, the first ones that suit it."""

    request: Request
    platform: Platform
    floor: str
    """The oldest glibc that a dynamic program must do with, such as ``2.17``; empty for any."""
    settings: Mapping[str, str]
    drivers: Sequence[Drivers]
    """Compilers to try, best first."""
    chosen_by: str = ""
    """The construction variable that says which; empty where the first one that suits is taken."""
    base: Mapping[str, str]
    """The environment without any setting of Go."""
    process_path: str
    memo: CompilerMemo = field(compare=False, repr=False)
    _kinds: dict[CCompiler, str] = field(default_factory=dict, compare=False, repr=False)

    def compilers(self, *, cxx: bool = False) -> tuple[CCompiler, ...]:
        """Return the C compiler and, where there is one, the C++ compiler. Raises ToolchainError.

        ``cxx`` tells whether C++ takes part: musl-gcc, for one, has no C++ compiler for musl.
        """
        return self._with_cxx if cxx else self._plain

    @cached_property
    def _plain(self) -> tuple[CCompiler, ...]:
        return self._choose(cxx=False)

    @cached_property
    def _with_cxx(self) -> tuple[CCompiler, ...]:
        return self._choose(cxx=True)

    @property
    def depends_on_cxx(self) -> bool:
        """Whether programs with C++ in them are built with other compilers than those without."""
        try:
            return self._plain != self._with_cxx
        except ToolchainError:
            return False

    def _choose(self, *, cxx: bool) -> tuple[CCompiler, ...]:
        first_error: GolangError | None = None
        best: tuple[CCompiler, ...] = ()
        for drivers in self.drivers:
            try:
                found = self._ask(drivers)
            except ToolchainError as error:
                first_error = first_error or error
                continue
            if not best or self._merits(found, cxx=cxx) > self._merits(best, cxx=cxx):
                best = found
            if all(self._merits(best, cxx=cxx)):
                break
        if not best:
            # Without any to try, zig was asked for.
            raise first_error or ToolchainError(f"zig makes no C for Go programs for {self.platform}")
        return best

    def _ask(self, drivers: Drivers) -> tuple[CCompiler, ...]:
        compiler = self._probe(drivers.cc, "c")
        try:
            return (compiler, self._probe(drivers.cxx, "c++"))
        except ToolchainError:
            return (compiler,)

    def _merits(self, compilers: Sequence[CCompiler], *, cxx: bool) -> tuple[bool, ...]:
        """Return what speaks for compilers, what matters most first; the first of equals is taken."""
        used = compilers[: 2 if cxx else 1]
        return (
            used[0].makes_code_for(self.platform),
            self._has_libc(used[0]),
            not cxx or len(used) > 1,
            all(one.makes_code_for(self.platform) and self._has_libc(one) for one in used),
            not self.request.linkage.links_libc_statically or used[0].links_statically(self.request.libc),
            not self.floor or version_key(used[0].libc_version) <= version_key(self.floor),
        )

    def _has_libc(self, compiler: CCompiler) -> bool:
        return self.platform.goos != "linux" or compiler.libc is self.request.libc

    def _probe(self, command: str, language: str) -> CCompiler:
        found = find_compiler(command, self.base.get("PATH", ""), self.process_path)
        return self.memo.probe(found, self._environ, language)

    @cached_property
    def _environ(self) -> dict[str, str]:
        return {**self.base, "LC_ALL": "C", "PATH": search_path(self.base.get("PATH", ""), self.process_path)}

    @property
    def _static_flags(self) -> tuple[str, ...]:
        return _STATIC_FLAGS.get(self.request.linkage, ())

    def system_libraries(self, prediction: Prediction) -> tuple[str, ...]:
        """Return patterns of the shared libraries that cgo packages ask for and that the system has.

        Those from a ``-L`` folder are left out: nothing says that they are there where the program runs.
        """
        if not prediction.libraries:
            return ()
        compiler, *_ = self.compilers(cxx=prediction.needs_cxx)
        files = self.memo.link(compiler, [f"-l{name}" for name in prediction.libraries], self._environ).files
        asked = {f"lib{name}" for name in prediction.libraries}
        return loaded_as(
            file for file in files if is_shared_file(file) and shared_stem(os.path.basename(file)) in asked
        )

    def identity(self, needs: CNeeds | None) -> str:
        """Return what the C toolchain is for a program; empty where C takes no part. Raises ToolchainError."""
        return "\n".join(filter(None, (self.compiler_identity(needs), self.linked(needs))))

    def compiler_identity(self, needs: CNeeds | None) -> str:
        """Return the same of the compilers alone, and of where they search."""
        if needs is None:
            return ""
        search = [f"{name}={self.base[name]}" for name in _C_SEARCH if name in self.base]
        return "\n".join([*(compiler.identity for compiler in self._used(needs)), *search])

    def linked(self, needs: CNeeds | None) -> str:
        """Return the same of the files that their linker adds: name and digest of each. Raises ToolchainError."""
        if needs is None:
            return ""
        flags = [*self._static_flags, *needs.library_flags]
        return self.memo.link_identity(self._used(needs)[0], flags, self._environ)

    def _used(self, needs: CNeeds) -> tuple[CCompiler, ...]:
        return self.compilers(cxx=needs.cxx)[: 2 if needs.cxx else 1]

    def package_identity(self, package: Package) -> str:
        """Return what the C toolchain is for a package, whatever program it is compiled for. Raises ToolchainError."""
        if not package.cgo_files:
            return ""
        return self.identity(CNeeds(cxx=bool(package.cxx_files), library_flags=package.library_flags))

    def findings(self, prediction: Prediction) -> tuple[Finding, ...]:
        """Return what keeps the C toolchain from linking this program as asked. Raises ToolchainError."""
        if not prediction.needs_c:
            return ()
        try:
            compilers = self.compilers(cxx=prediction.needs_cxx)
        except ToolchainError as error:
            return (self._no_compiler(error, prediction),)
        found = (
            *other_libc_than_c(self._compiler_of_c, compilers[0], self.request, self.platform),
            *c_findings(prediction, self.request, self.platform, compilers, self.chosen_by, self.settings),
            *(self._darwin_findings(prediction, compilers[0]) if self.platform.goos == "darwin" else ()),
        )
        if found or not self.request.linkage.links_libc_statically:
            return found or self._absent_libraries(prediction, compilers[0])
        return self._static_findings(prediction, compilers[0])

    @property
    def _compiler_of_c(self) -> CCompiler | None:
        """The compiler of the environment's own C code; None if it says which one Go is to take, or has none."""
        try:
            return None if self.chosen_by else self._probe(self.drivers[0].cc, "c")
        except ToolchainError:
            return None

    def _absent_libraries(self, prediction: Prediction, compiler: CCompiler) -> tuple[Finding, ...]:
        """Return which libraries a dynamic program is to be linked with and cannot be (linkage cases C12, C23)."""
        flags = prediction.library_flags
        # zig would build its own C library for this, for minutes.
        if compiler.is_zig or not any(flag.startswith("-l") for flag in flags):
            return ()
        # Known from earlier runs, as long as the files that were linked then are the same.
        if not self.memo.link_identity(compiler, flags, self._environ).endswith(LINK_FAILED):
            return ()
        missing = self.memo.link(compiler, flags, self._environ).missing
        return tuple(missing_library(name, prediction, compiler, dynamic=True) for name in missing)

    def _darwin_findings(self, prediction: Prediction, compiler: CCompiler) -> tuple[Finding, ...]:
        """Go links nearly every program for macOS against libresolv too (internal/syscall/unix: net_darwin.go)."""
        missing = self.memo.link(compiler, ["-lresolv", *prediction.library_flags], self._environ).missing
        return (without_apple(missing, prediction, self.platform, compiler),) if missing else ()

    def prepare(self, prediction: Prediction) -> None:
        """Have everything there that many compilers will need at once. Raises ToolchainError."""
        if prediction.needs_c:
            used = self.compilers(cxx=prediction.needs_cxx)[: 2 if prediction.needs_cxx else 1]
            self.memo.warm_up(used, self._static_flags, self._environ)

    def trial(self, compiler: CCompiler, library_flags: Sequence[str]) -> LinkTrial:
        """Link an empty program the way that a program with these ``-L`` and ``-l`` flags will be linked."""
        return self.memo.link(compiler, [*self._static_flags, *library_flags], self._environ)

    def _static_findings(self, prediction: Prediction, compiler: CCompiler) -> tuple[Finding, ...]:
        if self._brings_all(compiler, prediction):
            return ()
        trial = self.trial(compiler, prediction.library_flags)
        if trial.missing:
            return tuple(missing_library(name, prediction, compiler) for name in trial.missing)
        made = self._makes(compiler)
        # A C program is no Go program with libc in it: where nothing in its bytes names the libc it is just static.
        if made == self.request.linkage.value or (made, self.request.linkage) == ("static", Linkage.STATIC_LIBC):
            return ()
        advice = (
            f"install its static libc, or {toolchains_for(self.platform, self.request, self.chosen_by, self.settings)}"
        )
        if self.request.libc is Libc.MUSL and self.request.linkage is Linkage.STATIC_PIE:
            advice = (
                "linkage='static-libc', or GOLIBC='glibc' with gcc: neither Debian's musl-gcc nor zig makes static-pie"
            )
        return (
            Finding(
                case="C5" if self.request.linkage is Linkage.STATIC_PIE else "C12",
                wanted=f"a C toolchain that makes {self.request}",
                found=f"{compiler} makes {made} of an empty C program",
                fix=advice,
            ),
        )

    def _brings_all(self, compiler: CCompiler, prediction: Prediction) -> bool:
        """Return whether zig links only what is its own: it would build that now, for minutes; the proof tells."""
        own = compiler.is_zig and self.request.linkage is Linkage.STATIC_LIBC
        return own and LIBC_LIBRARIES.issuperset(prediction.libraries)

    def _makes(self, compiler: CCompiler) -> str:
        """Return what the toolchain really makes when it is asked for a static program."""
        if compiler not in self._kinds:
            self._kinds[compiler] = _kind_of_empty_program(compiler, self._static_flags, self._environ)
        return self._kinds[compiler]

    def _no_compiler(self, error: ToolchainError, prediction: Prediction) -> Finding:
        why = "; ".join(map(str, prediction.cgo)) or f"linkage {self.request} is linked by the C toolchain"
        missing = self.drivers[0].cc if self.chosen_by == "GOCTOOLCHAIN" and self.drivers else ""
        cxx = prediction.needs_cxx
        fix = toolchains_for(self.platform, self.request, self.chosen_by, self.settings, cxx=cxx, missing=missing)
        without = without_c(prediction, self.request, self.platform)
        return Finding(
            case="E1",
            wanted=f"a C compiler, for linkage {self.request}",
            found=f"{error}{f' (from {self.chosen_by})' if self.chosen_by else ''}",
            why=why,
            fix=f"{fix}; {without} needs none" if without else fix,
        )


def _kind_of_empty_program(compiler: CCompiler, flags: Sequence[str], environ: Mapping[str, str]) -> str:
    with tempfile.TemporaryDirectory() as directory:
        output = os.path.join(directory, "empty")
        trial = try_link(compiler, flags, environ, output)
        if not trial.ok:
            return f"nothing ({trial.output.splitlines()[0] if trial.output else 'no message'})"
        try:
            return classify(inspect_file(output)).kind.value
        except InspectError as error:
            return str(error)
