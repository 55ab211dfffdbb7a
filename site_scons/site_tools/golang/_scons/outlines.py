"""What environments come to: toolchains and configurations, and what stands for them where nothing is built.

What only a build needs is imported where it is used: most runs build nothing.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from ..errors import GolangError
from ..goenv import CACHE_SETTINGS, INHERITED
from ..linkage import Libc, Linkage, Product, Request, Resolver
from ..needs import CNeeds
from ..probes import Probes
from ..store import Store, digest_of
from .csettings import c_settings
from .fingerprint import PRODUCT, Env, fingerprint, lasting, text
from .generated import generated_files
from .target import Program

if TYPE_CHECKING:
    from ..compiler_memo import CompilerMemo
    from ..configuration import Configuration
    from ..toolchain import GoToolchain

_T = TypeVar("_T")

FOLDER = ".scons-golang"
"""Where the index is kept, in the directory of the SConstruct."""


class Declaration(NamedTuple):
    """What an environment asks for and permits."""

    request: Request
    policy: str
    tags: list[str]
    suffix: str
    generated: Mapping[str, Any]
    """Nodes by the paths in the source tree at which programs see them."""


class Outline(NamedTuple):
    """What a run that builds nothing needs of a configuration."""

    listing: str
    signature: str
    question: tuple[str, ...]
    """What tells it from others."""


class Outlines:
    """What all environments of this SCons process come to."""

    def __init__(self) -> None:
        """Start with nothing known."""
        self._lock = threading.RLock()
        self._probes: Probes | None = None
        self._compilers: CompilerMemo | None = None
        self._toolchains: dict[tuple[Any, ...], GoToolchain | GolangError] = {}
        self._configurations: dict[tuple[Any, ...], Configuration | GolangError] = {}
        self._outlines: dict[tuple[Any, ...], Outline | GolangError] = {}
        self._fingerprints: dict[int, tuple[Any, ...]] = {}
        self._given: dict[tuple[Any, ...], tuple[str, ...]] = {}
        self._texts: dict[tuple[Any, ...], str] = {}
        self._cleans: bool | None = None
        self._interactive: bool | None = None

    def look_again(self) -> None:
        """Forget what C tools link: what SCons has built since may be among it."""
        with self._lock:
            self._probes = self._probes and self._probes.anew()
            self._compilers = None
            self._configurations.clear()
            self._texts.clear()

    def cleans(self, env: Env) -> bool:
        """Return whether this is ``scons -c``."""
        if self._cleans is None:
            self._cleans = bool(env.GetOption("clean"))
        return self._cleans

    def is_interactive(self, env: Env) -> bool:
        """Return whether this is ``scons --interactive``."""
        if self._interactive is None:
            self._interactive = bool(env.GetOption("interactive"))
        return self._interactive

    def probes(self, env: Env) -> Probes:
        """Return what tools answered; ``env`` is any environment."""
        with self._lock:
            if self._probes is None:
                folder = os.path.join(str(env.Dir("#").abspath), FOLDER)
                looks = env.GetOption("no_exec") or env.GetOption("question")
                self._probes = Probes(Store(folder, writable=not looks))
            return self._probes

    def declaration(self, env: Env) -> Declaration:
        """Return what an environment asks for and permits. Raises RequestError for every contradiction in it."""
        from_env = lasting(env, fingerprint(env))

        def ask() -> Any:
            from .configurations import declaration

            return declaration(env)

        linkage = Linkage(text(env, "GOLINKAGE"))
        found = self.probes(env).ask(("declaration", from_env), ask)
        request = Request(
            linkage=linkage,
            libc=Libc(found["libc"]),
            resolver=Resolver(found["resolver"]),
            product=env.get(PRODUCT, Product.PROGRAM),
        )
        return Declaration(request, found["policy"], found["tags"], found["suffix"], generated_files(env))

    @staticmethod
    def as_test(env: Env) -> dict[str, Any]:
        """Return what to override in an environment for the programs with the tests of packages."""
        # They are run anyway.
        return {PRODUCT: Product.TEST, "GOCOM": env["GOTESTCOM"], "GOSMOKE": None}

    def toolchain(self, env: Env) -> GoToolchain:
        """Return the Go toolchain of an environment, found and asked once. Raises ToolchainError."""
        from .configurations import find_toolchain

        key = fingerprint(env)
        with self._lock:
            if key not in self._toolchains:
                try:
                    self._toolchains[key] = find_toolchain(env, self.probes(env))
                except GolangError as error:
                    self._toolchains[key] = error
            return _raised(self._toolchains[key])

    def configuration(self, program: Program) -> Configuration:
        """Return the configuration of a program. Raises RequestError or ToolchainError."""
        with self._lock:
            key = self._key(program)
            if key not in self._configurations:
                try:
                    self._configurations[key] = self._configure(program)
                except GolangError as error:
                    self._configurations[key] = error
            return _raised(self._configurations[key])

    def _configure(self, program: Program) -> Configuration:
        from ..compiler_memo import CompilerMemo
        from .configurations import find_emulated, refuse
        from .messages import tell
        from .settings import configuration_of, request_of

        env = program.env
        self._compilers = self._compilers or CompilerMemo(probes=self.probes(env), announce=tell)
        toolchain = self.toolchain(env)
        refuse(request_of(env), env, toolchain)
        emulation = find_emulated(env, toolchain, self.probes(env))
        return configuration_of(env, toolchain, program.module_root, self._compilers, emulation)

    def _key(self, program: Program) -> tuple[Any, ...]:
        # Programs that are declared together share an environment, and others have equal ones.
        if id(program.env) not in self._fingerprints:
            self._fingerprints[id(program.env)] = fingerprint(program.env)
        return (self._fingerprints[id(program.env)], program.module_root)

    def outline(self, program: Program) -> Outline:
        """Return what a run that builds nothing needs of a configuration. Raises RequestError or ToolchainError."""
        with self._lock:
            place = (id(program.env), program.module_root)
            if place not in self._outlines:
                try:
                    self._outlines[place] = self._outline(program)
                except GolangError as error:
                    self._outlines[place] = error
            return _raised(self._outlines[place])

    def _outline(self, program: Program) -> Outline:
        probes = self.probes(program.env)
        from_env, root = self._key(program)
        process = (f"{name}={os.environ.get(name)}" for name in ("PATH", *INHERITED, *CACHE_SETTINGS))
        # Which libraries SCons makes is known only now that all SConscript files are read.
        given, place = self._c_settings(program, (from_env, root)), program.env.Dir("#").abspath
        known = (lasting(program.env, from_env), root, *given, program.request, place)
        question = (digest_of(*known, sys.executable, *process),)

        def ask() -> Any:
            from .configurations import outline

            return outline(program, self.configuration(program), probes)

        found = probes.ask(("outline", *question), ask)
        return Outline(found["listing"], found["signature"], question)

    def _c_settings(self, program: Program, key: tuple[Any, ...]) -> tuple[str, ...]:
        """Return all that an environment may give to cgo, whether libraries may be shared ones or not."""
        if key[0] not in self._given:
            self._given[key[0]] = tuple(c_settings(program.env, shared).text for shared in (None, ()))
        return self._given[key[0]]

    def settings_text(self, program: Program, needs: CNeeds | None) -> str:
        """Return the settings and tools that a program is made with, one on a line. Raises GolangError."""
        command = program.env["GOCOM"]
        key = (self.outline(program).question, needs, command if isinstance(command, str) else "")
        with self._lock:
            if key not in self._texts:
                self._texts[key] = self._settings_text(program, key)
            return self._texts[key]

    def _settings_text(self, program: Program, key: tuple[Any, ...]) -> str:
        probes = self.probes(program.env)

        def ask() -> Any:
            from .configurations import settings_text

            config = self.configuration(program)
            return probes.depending(settings_text(config, *key[1:]))

        return str(probes.ask(("settings", *key), ask))


def _raised(found: _T | GolangError) -> _T:
    if isinstance(found, GolangError):
        raise found
    return found
