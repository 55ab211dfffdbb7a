"""GoTool: a Go program that the build itself runs, built from the module that it is a tool of."""

from __future__ import annotations

import os
from typing import Any

import SCons.Util

from ..errors import GolangError, PackageError, RequestError
from ..linkage import Linkage
from ..modules import MainPackage, find_module_root, tool_paths
from ..naming import program_name
from .builders import declare_in_folders
from .calls import check_call
from .fingerprint import Env
from .messages import user_error
from .paths import expecting
from .variables import DEFAULTS, VARIABLES

_FOLDER = "#build/tools"
_KEPT = ("GO", "GOVERSION", "GOTOOLCHAIN", "GOWORK", "GOBUILDFLAGS", "GOCOM", "GOTRIMPATH", "GOBUILDVCS")
"""What a tool has in common with the programs of an environment: the toolchain, what selects modules, and what GOFLAGS
may say too.
"""


def go_tool(env: Env, name: Any, target: Any = None, linkage: Any = None, module: Any = None, **overrides: Any) -> Any:
    """Declare a tool; returns its node, to be used as a source of what it makes.

    ``name`` is what ``go tool`` calls it, one of the ``tool`` lines of go.mod; or the import path of any program in
    the modules that go.mod requires, or in the module itself. ``module`` is a directory in the module, if it is not
    that of the SConscript. It is built for the machine that builds, in linkage ``static`` unless ``linkage`` says
    otherwise, and with none of the environment's build flags but ``$GOBUILDFLAGS``; every other keyword overrides a
    construction variable. ``target`` is ``build/tools/NAME`` if it is left out. Raises SCons.Errors.UserError.
    """
    try:
        own = ("linkage", "module", "target")
        check_call(env, "GoTool", overrides, own, name=name, target=target, module=module)
        root = _module_root(env, module)
        path = _import_path(root, str(env.subst(str(name))))
        usual = {one.name: DEFAULTS[one.name] for one in VARIABLES if one.rebuilds and one.name not in _KEPT}
        folder, called = os.path.split(str(env.subst(str(target)))) if target else (_FOLDER, program_name(path))
        tool = MainPackage(path, root, path, called)
        settings = {**usual, "GOTARGETDIR": folder or ".", **overrides, **_environment(env.Override(overrides))}
        places = declare_in_folders(env, [tool], linkage or Linkage.STATIC.value, None, settings)
        return SCons.Util.NodeList([place.node for place in places])
    except GolangError as error:
        raise user_error(str(error)) from error


def _environment(env: Env) -> dict[str, Any]:
    """Return what to override so that the environment asks for no platform and linkage: they are of other programs."""
    given = env.get("ENV") or {}
    asked = [name for name in ("GOOS", "GOARCH", "CGO_ENABLED") if name in given]
    return {"ENV": {name: value for name, value in given.items() if name not in asked}} if asked else {}


def _module_root(env: Env, module: Any) -> str:
    with expecting("a folder in a Go module", "GoTool: module=", "name the folder"):
        folder = str(env.Dir(module or ".").srcnode().get_abspath())
    try:
        return find_module_root(folder)
    except PackageError as error:
        hint = "" if module else ", or name its folder: module="
        msg = f"{error}{hint}"
        raise RequestError(msg) from error


def _import_path(root: str, name: str) -> str:
    if "/" in name:
        return name
    tools = tool_paths(root)
    found = [path for path in tools if name in (path, program_name(path))]
    if len(found) != 1:
        has = ", ".join(found or tools) or "no tool line"
        fix = "name the import path" if found else "`go get -tool IMPORT/PATH` (Go 1.24), or name the import path"
        msg = f"GoTool: {name}\n  wanted: one tool that {root}/go.mod names so\n  found:  {has}\n  fix:    {fix}"
        raise RequestError(msg)
    return found[0]
