"""The SCons tool: ``generate`` and ``exists``."""

from __future__ import annotations

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
    env["BUILDERS"]["GoStaticLibrary"] = _go_static_library
    env["BUILDERS"]["GoSharedLibrary"] = _go_shared_library
    env["BUILDERS"]["GoLinkageReport"] = _go_linkage_report
    env.AddMethod(_go_verify, "GoVerify")
    env.AddMethod(_go_release, "GoRelease")
    env.AddMethod(_go_tool, "GoTool")
    env.AddMethod(_go_overlay, "GoOverlay")
    env.AddMethod(_go_test, "GoTest")
    env.AddMethod(_go_vet, "GoVet")
    env.AddMethod(_go_fmt, "GoFmt")


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


def _go_static_library(env: Env, target: Any, source: Any, **overrides: Any) -> Any:
    from .libraries import go_static_library

    return go_static_library(env, target, source, **overrides)


def _go_shared_library(env: Env, target: Any, source: Any, **overrides: Any) -> Any:
    from .libraries import go_shared_library

    return go_shared_library(env, target, source, **overrides)


def _go_linkage_report(env: Env, target: Any, source: Any, **overrides: Any) -> Any:
    from .linkage_report import go_linkage_report

    return go_linkage_report(env, target, source, **overrides)


def _go_verify(env: Env, target: Any = None, linkage: Any = None, **overrides: Any) -> Any:
    from .verify import go_verify

    return go_verify(env, target, linkage, **overrides)


def _go_release(env: Env, *args: Any, **kwargs: Any) -> Any:
    from .release import go_release

    return go_release(env, *args, **kwargs)


def _go_tool(env: Env, *args: Any, **kwargs: Any) -> Any:
    from .go_tool import go_tool

    return go_tool(env, *args, **kwargs)


def _go_overlay(env: Env, *args: Any, **kwargs: Any) -> Any:
    from .overlay_file import go_overlay

    return go_overlay(env, *args, **kwargs)


def _go_test(env: Env, *args: Any, **kwargs: Any) -> Any:
    from .tests import go_test

    return go_test(env, *args, **kwargs)


def _go_vet(env: Env, *args: Any, **kwargs: Any) -> Any:
    from .checks import go_vet

    return go_vet(env, *args, **kwargs)


def _go_fmt(env: Env, *args: Any, **kwargs: Any) -> Any:
    from .checks import go_fmt

    return go_fmt(env, *args, **kwargs)


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
