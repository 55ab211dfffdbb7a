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

from .ccompiler import CCompiler
from .compiler_memo import CompilerMemo
from .csettings import CSettings
from .ctoolchain import CToolchain, search_path
from .drivers import LIBC_LIBRARIES, Drivers
from .emulation import Emulation
from .goenv import CACHE_SETTINGS, INHERITED
from .goflags import flag_name, join_words, split_words
from .linkage import Product, Request
from .plan import Options, Plan, make_plan
from .platform import Platform
from .predict import Prediction
from .store import digest_of
from .toolchain import GoToolchain

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


def _spelled(compilers: Sequence[CCompiler], search: str) -> dict[str, str]:
    """Return CC and CXX: by name alone where that PATH finds the very file, as Go itself does.

    Go knows what a C compiler made by its spelling; another one would compile its own packages once more.
    """
    found = {}
    for variable, compiler in zip(("CC", "CXX"), compilers, strict=False):
        path, *flags = compiler.command
        name = os.path.basename(path)
        file = shutil.which(name, path=search)
        same = file and os.path.samefile(file, path)
        found[variable] = join_words([name, *flags]) if same else compiler.as_setting
    return found


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
    drivers: Sequence[Drivers]
    """C compilers to try, best first."""
    chosen_by: str = ""
    """The construction variable that says which C compilers build; empty where the first one that suits does."""
    floor: str = ""
    """The oldest glibc that a dynamic program must do with, such as ``2.17``; empty for any."""
    c_settings: CSettings = field(default_factory=CSettings)
    """What the build's variables for C give to its cgo packages."""
    emulation: Emulation | None = None
    """The platform's own toolchain, if that is what builds; ``toolchain`` lists the packages all the same."""
    memo: CompilerMemo = field(compare=False, repr=False)

    @property
    def go_command(self) -> tuple[str, ...]:
        """The words that run the go command that builds."""
        return self.emulation.command if self.emulation else (self.toolchain.path,)

    @property
    def go_identity(self) -> str:
        """What changes when the toolchain that builds changes."""
        return self.emulation.identity if self.emulation else self.toolchain.identity

    @property
    def go_environ(self) -> Mapping[str, str]:
        """What the go command that builds has of its own in the environment."""
        return self.emulation.environ(self.environ["GOCACHE"]) if self.emulation else {}

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
        given = (*self.c_settings.cflags, "", *self.c_settings.ldflags)
        built = "\n".join([self.plan.signature, *self.go_command, self.go_identity])
        return (self.toolchain.path, self.toolchain.identity, *places, *given, built)

    @cached_property
    def listing_name(self) -> str:
        """A digest of what decides which packages there are, and from which files of C they are built."""
        flags = (flag for flag in self.plan.flags if flag_name(flag) not in _COMPILES)
        environ = (f"{name}={value}" for name, value in sorted(self.plan.environ.items()))
        static_c = self.request.linkage.links_libc_statically
        pkg_config = (f"{name}={value}" for name, value in sorted(self.base.items()) if name.startswith("PKG_CONFIG"))
        dynamic = sorted(self.dynamic_libraries or ())
        tests = [Product.TEST.value] if self.request.product is Product.TEST else []
        settings = (static_c, *dynamic, *flags, "", *environ, *pkg_config, "", *self.c_flags, *tests)
        return digest_of(*self.key[:-1], *settings)

    @cached_property
    def c(self) -> CToolchain:
        """The C compilers that take part."""
        return CToolchain(
            request=self.request,
            platform=self.platform,
            floor=self.floor,
            settings=self.options.settings,
            drivers=self.drivers,
            chosen_by=self.chosen_by,
            base=self.base,
            process_path=self.process_path,
            memo=self.memo,
        )

    def build_environ(self, prediction: Prediction) -> dict[str, str]:
        """Return the environment to build in: with the C compilers, where C takes part. Raises ToolchainError."""
        environ = {**self.environ, **self.go_environ}
        compilers = self.c.compilers(cxx=prediction.needs_cxx) if prediction.needs_c else ()
        programs = (compiler.command[0] for compiler in compilers)
        environ["PATH"] = search_path(environ.get("PATH", ""), self.process_path, *programs)
        # Go names files by it, which the overlay must too, if the module is behind a symbolic link.
        return {**environ, **_spelled(compilers, environ["PATH"]), "PWD": self.root}

    def compilers_in_words(self, prediction: Prediction) -> dict[str, str]:
        """Return the C compilers that take part, as they are to be called in a shell. Raises ToolchainError."""
        if not prediction.needs_c:
            return {}
        used = self.c.compilers(cxx=prediction.needs_cxx)[: 2 if prediction.needs_cxx else 1]
        return _spelled(used, self.process_path)

    @property
    def dynamic_libraries(self) -> frozenset[str] | None:
        """The libraries that are not linked from archives, as ``-l`` names them; None for any."""
        if not self.options.links_archives(self.request):
            return None
        return LIBC_LIBRARIES.union(self.options.dynamic_libraries or ())

    @property
    def tool_environ(self) -> dict[str, str]:
        """The environment for tools that C needs besides compilers."""
        return {**self.environ, "PATH": search_path(self.environ.get("PATH", ""), self.process_path)}

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
