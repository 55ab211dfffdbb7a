"""The Go programs that were declared, and what is known of each: the memo between read time and build time.

SCons runs scanners and actions on several threads, scanners one at a time; a lock keeps actions apart too.
"""

from __future__ import annotations

import os
import threading
from collections import defaultdict
from dataclasses import dataclass, fields
from typing import Any

from ..ccompiler import CompilerMemo
from ..configuration import Configuration
from ..contradictions import contradictions
from ..errors import GolangError, RequestError
from ..linkage import Request
from ..report import describe
from ..scan import ProgramScan, Scans
from ..toolchain import GoToolchain, find_go, probe_go
from .settings import Env, configuration_of, options_of, platform_of, process_environ, request_of, text

Node = Any
"""A SCons node, which is untyped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What a target node carries: the request it was declared with, and its package."""

    request: Request
    package_dir: str
    module_root: str


class Programs:
    """Every program of this SCons process."""

    def __init__(self) -> None:
        """Start with no program."""
        self._lock = threading.RLock()
        self._scans = Scans()
        self._compilers = CompilerMemo()
        self._toolchains: dict[tuple[str, ...], GoToolchain | GolangError] = {}
        self._configurations: dict[Node, Configuration] = {}
        self._of_module: defaultdict[str, dict[Node, Env]] = defaultdict(dict)
        self.offered: set[str] = set()
        """Names of construction variables that the command line sets."""

    def declare(self, node: Node, program: Program, env: Env) -> bool:
        """Attach ``program`` to its target; return whether it is new. Raises RequestError if the path is taken."""
        known = program_of(node)
        if known is None:
            node.attributes.golang = program
            self._of_module[program.module_root][node] = env
            return True
        asked, fix = "", "give each a path of its own"
        if known.request != program.request:
            asked, fix = f"linkage {known.request} and linkage {program.request}", "put $GOLINKAGE into the path"
        elif known.package_dir != program.package_dir:
            asked = f"{known.package_dir} and {program.package_dir}"
        else:
            settings = _settings(self._of_module[program.module_root][node])
            differing = [name for name, value in _settings(env).items() if settings[name] != value]
            asked = ", ".join(f"{name} {settings[name]!r} and {_settings(env)[name]!r}" for name in differing)
        if asked:
            msg = f"{node} is declared twice\n  wanted: one program at one path\n  found:  {asked}\n  fix:    {fix}"
            raise RequestError(msg)
        return False

    def toolchain(self, env: Env) -> GoToolchain:
        """Return the Go toolchain of an environment, found and asked once. Raises ToolchainError."""
        environ = process_environ(env)
        wanted = text(env, "GO")
        if os.path.dirname(wanted) or wanted.startswith("#"):
            wanted = str(env.File(wanted).srcnode().abspath)
        version = text(env, "GOVERSION")
        key = (wanted, version, *(f"{name}={value}" for name, value in sorted(environ.items())))
        with self._lock:
            if key not in self._toolchains:
                self._toolchains[key] = _find_toolchain(wanted, version, environ)
            known = self._toolchains[key]
        if isinstance(known, GolangError):
            raise known
        return known

    def configuration(self, node: Node) -> Configuration:
        """Return the configuration of a target. Raises RequestError or ToolchainError."""
        with self._lock:
            if node not in self._configurations:
                root = program_of(node).module_root
                env = self._of_module[root][node]
                toolchain = self.toolchain(env)
                refuse(request_of(env), env, toolchain)
                self._configurations[node] = configuration_of(env, toolchain, root, self._compilers)
            return self._configurations[node]

    def scan(self, node: Node) -> ProgramScan:
        """Return the scan of a target. Raises GolangError."""
        program = program_of(node)
        with self._lock:
            config = self.configuration(node)
            others = self._of_module[program.module_root]
            together = [program_of(other).package_dir for other in others if self._key(other) == config.key]
            return self._scans.scan(config, program.package_dir, together)

    def forget(self) -> None:
        """Forget the scans: files may have changed since."""
        with self._lock:
            self._scans = Scans()

    def _key(self, node: Node) -> tuple[str, ...]:
        try:
            return self.configuration(node).key
        except GolangError:
            return ()


def _settings(env: Env) -> dict[str, Any]:
    """Return what makes two declarations of one program different programs."""
    options = options_of(env)
    return {
        "platform": str(platform_of(env)),
        "command": env["GOCOM"],
        **{field.name: getattr(options, field.name) for field in fields(options)},
    }


def _find_toolchain(wanted: str, version: str, environ: dict[str, str]) -> GoToolchain | GolangError:
    try:
        go = find_go(wanted, environ.get("PATH", ""), os.environ.get("PATH", ""))
        return probe_go(go, environ, version)
    except GolangError as error:
        return error


def refuse(request: Request, env: Env, toolchain: GoToolchain | None = None) -> None:
    """Raise RequestError for every contradiction in what an environment asks for."""
    found = contradictions(request, platform_of(env), options_of(env, toolchain))
    if found:
        msg = f"linkage {request} cannot be had with these settings\n{describe(found)}"
        raise RequestError(msg)


def program_of(node: Node) -> Any:
    """Return the Program that a node carries, or None."""
    return getattr(node.attributes, "golang", None)


PROGRAMS = Programs()
"""The documented memo of this process."""
