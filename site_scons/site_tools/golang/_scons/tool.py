"""The SCons tool: ``generate`` and ``exists``."""

from __future__ import annotations

import importlib
import inspect
from typing import Any

from ..errors import ToolchainError
from ..platform import PLATFORM_SETTINGS, platform_name
from .builders import go_module, go_program
from .carried import add_to
from .fingerprint import Env, text
from .messages import user_error
from .programs import PROGRAMS
from .variables import VARIABLES, Variable, defaults


def generate(env: Env, **kwargs: Any) -> None:
    """Add the builders and the defaults of the construction variables to ``env``.

    Keyword arguments (``tools=[("golang", {...})]``) set construction variables. Never fails because Go is
    missing: only what needs Go does. May be called any number of times.
    """
    known = {variable.name for variable in VARIABLES}
    unknown = sorted(set(kwargs) - known)
    if unknown:
        wanted = ", ".join(sorted(known))
        msg = f"golang: unknown argument of the tool: {', '.join(unknown)}\n  wanted: any of {wanted}"
        raise user_error(msg)
    env.Replace(**kwargs)
    env.SetDefault(**defaults(), _GOOVERLAY="", _GOPLATFORM=_platform, **{name: _expansion(name) for name in _EXPANDED})
    add_to(env)
    # SCons's own variables, for an environment that loads no other tool.
    env["BUILDERS"]["GoProgram"] = go_program
    env["BUILDERS"]["GoModule"] = go_module
    for name, (module, function) in _BUILDERS.items():
        env["BUILDERS"][name] = _method(module, function, name)
    for name, (module, function) in _METHODS.items():
        env.AddMethod(_method(module, function, name), name)


_BUILDERS = {
    "GoStaticLibrary": ("libraries", "go_static_library"),
    "GoSharedLibrary": ("libraries", "go_shared_library"),
    "GoLinkageReport": ("linkage_report", "go_linkage_report"),
}
_METHODS = {
    "GoVerify": ("verify", "go_verify"),
    "GoRelease": ("release", "go_release"),
    "GoTool": ("go_tool", "go_tool"),
    "GoOverlay": ("overlay_file", "go_overlay"),
    "GoTest": ("tests", "go_test"),
    "GoVet": ("checks", "go_vet"),
    "GoFmt": ("checks", "go_fmt"),
}
"""What is imported when it is called: module and function by name."""

_EXPANDED = ("_GOMODULEROOT", "_GOPACKAGE", "_GOFLAGS", "_GOJOBS")
"""The private construction variables that are computed for each target."""


def _expansion(name: str) -> Any:
    """Return a callable construction variable. What it takes is imported only when a command needs it."""

    def expand(target: list[Any], source: list[Any], env: Env, for_signature: bool) -> Any:  # noqa: FBT001
        from .expansions import EXPANSIONS

        return EXPANSIONS[name](target, source, env, for_signature)

    return expand


def _platform(target: list[Any], source: list[Any], env: Env, for_signature: bool) -> str:  # noqa: FBT001
    """Return what the platform of an environment is called."""
    del target, source, for_signature
    return platform_name({name: text(env, name) for name in PLATFORM_SETTINGS})


def _method(module: str, function: str, name: str) -> Any:
    """Return a method of environments that is a function of a module, which is imported when it is called."""

    def declare(env: Env, *args: Any, **kwargs: Any) -> Any:
        method = getattr(importlib.import_module(f".{module}", __package__), function)
        try:
            return method(env, *args, **kwargs)
        except TypeError as error:
            signature = inspect.signature(method)
            try:
                signature.bind(env, *args, **kwargs)
            except TypeError as wrong:
                names = [str(one).partition(":")[0] for one in signature.parameters.values()][1:]
                msg = f"{name}: {wrong}\n  wanted: {name}({', '.join(names)})"
                raise user_error(msg) from error
            raise

    return declare


def exists(env: Env) -> bool:
    """Return whether there is a Go toolchain that could build."""
    env = env.Clone()
    generate(env)
    try:
        PROGRAMS.outlines.toolchain(env)
    except ToolchainError:
        return False
    return True


def add_variables(variables: Any) -> Any:
    """Add the settings that are useful on the command line to ``variables``, and return it.

    ``variables`` is a SCons ``Variables`` object. With it ``scons GOLINKAGE=static`` works and the help text
    lists the choices.
    """
    for variable in VARIABLES:
        if variable.choices or variable.name in OFFERED:
            variables.Add(_offer(variable))
            PROGRAMS.offered.add(variable.name)
    return variables


OFFERED = (
    "GO", "GOVERSION", "GOOS", "GOARCH", "GOLIBC", "GOCTOOLCHAIN", "GOTAGS", "GORACE", "GOVERIFYGLIBC",
    "GOTESTRUN", "GOTESTSKIP", "GOTESTCOUNT", "GOTESTTIMEOUT", "GOTESTSHORT", "GOTESTVERBOSE", "GOTESTCOVER",
)  # fmt: skip
"""What the command line takes besides all that have choices."""


def _offer(variable: Variable) -> Any:
    from SCons.Variables import EnumVariable

    default = f" ({variable.default} unless the SConstruct says otherwise)" if variable.default else ""
    help_text = variable.doc.replace("`", "") + default
    # No default: what the environment says already must hold unless the command line says otherwise.
    if variable.choices:
        return EnumVariable(variable.name, help_text, None, allowed_values=variable.choices)
    return (variable.name, help_text, None)
