"""What settings come to: toolchains, configurations, and the lines that stand for them in SCons's database."""

from __future__ import annotations

import itertools
import os
import sysconfig
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from ..configuration import Configuration
from ..contradictions import contradictions
from ..emulation import Emulation, find_emulation
from ..errors import RequestError
from ..goflags import flag_name, split_words
from ..gosource import tags_of
from ..linkage import Request
from ..needs import CNeeds
from ..plan import build_tags
from ..policy import SCHEMA
from ..probes import Answer, Probes
from ..report import describe
from ..toolchain import GoToolchain, find_go, probe_go
from .csettings import c_settings
from .fingerprint import Env, text
from .settings import drivers_of, options_of, permissions_of, platform_of, process_environ, request_of
from .target import LINKED, LINKER_FLAGS, POLICY_PIN, Node, Program
from .variables import VARIABLES

_PLACES = ("GOARCH", "GOLINKAGE", "GOOS", "GOPLATFORM", "GOTARGETDIR", "GOTESTDIR")
"""Variables that say what a target is, which is told by other names, and where it goes."""


def declaration(env: Env) -> Answer:
    """Return what an environment asks for and permits. Raises RequestError for every contradiction in it."""
    request = request_of(env)
    refuse(request, env)
    options, platform = options_of(env), platform_of(env)
    drivers_of(env, platform, options.settings)
    tags = tags_of(platform, cgo=request.linkage.uses_cgo, tags=build_tags(request, options))
    return Answer(
        {
            "libc": request.libc.value,
            "resolver": request.resolver.value,
            "policy": f"{POLICY_PIN}{permissions_of(env)} {SCHEMA}",
            "tags": sorted(tags),
            "suffix": ".exe" if platform.goos == "windows" else "",
        }
    )


def refuse(request: Request, env: Env, toolchain: GoToolchain | None = None) -> None:
    """Raise RequestError for every contradiction in what an environment asks for."""
    found = contradictions(request, platform_of(env), options_of(env, toolchain))
    if found:
        msg = f"linkage {request} cannot be had with these settings\n{describe(found)}"
        raise RequestError(msg)


def find_toolchain(env: Env, probes: Probes) -> GoToolchain:
    """Return the Go toolchain of an environment. Raises ToolchainError."""
    environ = process_environ(env)
    wanted = text(env, "GO")
    if os.path.dirname(wanted) or wanted.startswith("#"):
        # What a folder is taken for is told where all places are.
        wanted = str(env.Entry(wanted).srcnode().abspath)
    go = find_go(wanted, environ.get("PATH", ""), os.environ.get("PATH", ""))
    return probe_go(go, environ, text(env, "GOVERSION"), probes=probes)


def find_emulated(env: Env, toolchain: GoToolchain, probes: Probes) -> Emulation | None:
    """Return the toolchain of the platform itself, if that is what builds. Raises RequestError or ToolchainError."""
    folder = options_of(env, toolchain).emulate
    if not folder:
        return None
    environ = process_environ(env)
    path = os.pathsep.join(filter(None, (environ.get("PATH"), os.environ.get("PATH"))))
    return find_emulation(platform_of(env), folder, toolchain, environ=environ, path=path, probes=probes)


def outline(program: Program, config: Configuration, probes: Probes) -> Answer:
    """Return what a run that builds nothing needs of a configuration, for as long as nothing behind it changes."""
    value = {"listing": config.listing_name, "signature": f"{config.plan.signature}\n{program.request}"}
    top = str(program.env.Dir("#").abspath)
    return probes.depending(value, _looked_at(config, program.module_root, top))


def _looked_at(config: Configuration, module_root: str, top: str) -> Iterator[str]:
    """Yield where toolchains and the workspace were looked for: something nearer may appear there."""
    for path in (config.base.get("PATH", ""), config.process_path):
        yield from filter(None, path.split(os.pathsep))
    yield sysconfig.get_paths()["purelib"]
    for name in itertools.chain.from_iterable(config.drivers):
        yield from (word for word in split_words(name)[:1] if os.path.dirname(word))
    current = module_root
    while True:
        yield os.path.join(current, "go.work")
        parent = os.path.dirname(current)
        if current in (top, parent):
            return
        current = parent


def settings_text(config: Configuration, needs: CNeeds | None, command: str) -> str:
    """Return the settings and tools that a program is made with, one on a line. Raises ToolchainError."""
    environ = (f"{name}={value}" for name, value in sorted(config.plan.environ.items()) if value)
    lines = {
        "go": config.go_identity,
        "C": config.c.compiler_identity(needs).replace("\n", "; "),
        LINKED: config.c.linked(needs),
        "flags": " ".join(flag for flag in config.plan.signed_flags if flag_name(flag) != "-ldflags"),
        LINKER_FLAGS: " ".join(flag for flag in config.plan.signed_flags if flag_name(flag) == "-ldflags"),
        "environment": " ".join(environ),
        "command": command,
    }
    return "\n".join(f"{name} {value}" for name, value in lines.items() if value)


def refuse_another(node: Node, known: Program, wanted: Program) -> None:
    """Raise RequestError if two declarations of one target differ, saying in what."""
    asked, fix = _difference(node, known, wanted)
    if asked:
        msg = f"{node} is declared twice\n  wanted: one program at one path\n  found:  {asked}\n  fix:    {fix}"
        raise RequestError(msg)


def _difference(node: Node, known: Program, wanted: Program) -> tuple[str, str]:
    """Return in what two declarations differ, empty if in nothing, and what to do about it."""
    fix = "give each a path of its own"
    if wanted.is_test:
        fix = "give each a GOTESTDIR of its own"
    elif node.dir.get_abspath() == wanted.env.Dir(text(wanted.env, "GOTARGETDIR")).get_abspath():
        fix = "give each a GOTARGETDIR of its own; or, of GoRelease, a name="
    if known.request != wanted.request:
        return f"linkage {known.request} and linkage {wanted.request}", "put $GOLINKAGE into the path"
    if known.package_dir != wanted.package_dir:
        return f"{known.package_dir} and {wanted.package_dir}", fix
    before, now = _settings(known), _settings(wanted)
    if text(known.env, "GOPLATFORM") != text(wanted.env, "GOPLATFORM"):
        fix = "put $GOPLATFORM into the path"
    differing = [name for name in now if before[name] != now[name]]
    # As the user gave them, where they were given; what they come to is another matter.
    given = [one.name for one in VARIABLES if one.name not in _PLACES] if differing else []
    shown = [name for name in given if known.env.get(name) != wanted.env.get(name)]
    found = [f"{name}={known.env.get(name)!r} and {name}={wanted.env.get(name)!r}" for name in shown]
    if before["platform"] != now["platform"]:
        found.insert(0, f"platform {before['platform']} and {now['platform']}")
    return ", ".join(found or (f"{name} {before[name]!r} and {now[name]!r}" for name in differing)), fix


def _settings(program: Program) -> dict[str, Any]:
    """Return what makes two declarations of one program different programs."""
    env = program.env
    options = options_of(env)
    return {
        "generated files": {place: str(node) for place, node in sorted(program.viewer.generated.items())},
        "platform": str(platform_of(env)),
        "command": env["GOCOM"],
        "LIBS, CPPPATH and the like": c_settings(env, None).text,
        **{field.name: getattr(options, field.name) for field in fields(options) if field.compare},
    }
