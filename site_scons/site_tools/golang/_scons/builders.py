"""GoProgram and GoModule: what a SConstruct declares. Validates at read time, starts no process."""

from __future__ import annotations

import difflib
import os
from collections.abc import Sequence
from typing import Any

import SCons.Action
import SCons.Builder
import SCons.Errors
import SCons.Node.FS
import SCons.Util
from SCons.Script import ARGUMENTS

from ..errors import GolangError, RequestError
from ..gosource import tags_of
from ..linkage import Linkage, parse_choice
from ..plan import build_tags
from ..policy import SCHEMA
from ..workspace import find_main_packages, find_module_root, module_path, program_name
from .actions import BUILD_ACTION
from .gate import REJECTED, UNPROVED
from .messages import user_error, warn
from .programs import PROGRAMS, Program, program_of, refuse
from .reverify import POLICY_PIN
from .scanner import PROGRAM_SCANNER
from .settings import Env, options_of, permissions_of, platform_of, request_of, text
from .variables import VARIABLES

_PROGRAM_BUILDER = SCons.Builder.Builder(action=BUILD_ACTION, target_scanner=PROGRAM_SCANNER)


def go_program(env: Env, target: Any, source: Any, linkage: Any = None, **overrides: Any) -> Any:
    """Declare a Go program; returns its nodes, one for each linkage.

    ``source`` is the directory of a main package (or Go files in it). ``target`` is a path, in which $GOLINKAGE
    stands for the linkage; left out, the program goes to $GOTARGETDIR. ``linkage`` is one of the values of
    $GOLINKAGE or a list of them. Every other keyword overrides a construction variable. Adds the aliases
    ``NAME-LINKAGE`` for each linkage and ``NAME`` for $GOLINKAGE. Raises SCons.Errors.UserError.
    """
    try:
        _check_names(env, overrides)
        directory = _package_dir(env, source)
        module_root = find_module_root(directory)
        return _declare(env, _path(target), directory, module_root, linkage, overrides)
    except GolangError as error:
        raise user_error(str(error)) from error


def go_module(env: Env, target: Any, source: Any, linkage: Any = None, **overrides: Any) -> Any:
    """Declare every main package of the Go module or workspace in ``source``; returns all their nodes.

    Programs go to $GOTARGETDIR, or to ``target`` if that is given, under the names that ``go build`` gives them;
    see ``workspace.name_programs`` for two of one name. Raises SCons.Errors.UserError.
    """
    try:
        _check_names(env, overrides)
        root = env.Dir(_path(source) or ".").srcnode().abspath
        folder = _path(target) or "$GOTARGETDIR"
        linkage = overrides.pop("GOLINKAGE", None) if linkage is None else linkage
        nodes = SCons.Util.NodeList()
        places: dict[str, tuple[Any, list[str]]] = {}
        for one in _linkages(env, linkage):
            linked = env.Override({**overrides, "GOLINKAGE": one.value})
            request, options = request_of(linked), options_of(linked)
            tags = tags_of(platform_of(linked), cgo=one.uses_cgo, tags=build_tags(request, options))
            for main in find_main_packages(root, tags):
                places.setdefault(main.directory, (main, []))[1].append(one.value)
        for directory in sorted(places):
            main, asked = places[directory]
            path = folder.File(main.name) if isinstance(folder, SCons.Node.FS.Dir) else f"{folder}/{main.name}"
            nodes += _declare(env, path, directory, main.module_root, asked, overrides)
    except GolangError as error:
        raise user_error(str(error)) from error
    if not places:
        msg = f"GoModule: {root} has no main package\n  wanted: a Go module or workspace with programs"
        raise user_error(msg)
    return nodes


def _check_names(env: Env, overrides: dict[str, Any]) -> None:
    """Refuse a misspelt keyword, which SCons would take for a variable that nothing reads."""
    known = {variable.name for variable in VARIABLES}
    for name in overrides:
        if name not in known and name not in env and (name.startswith(("GO", "CGO_")) or name.islower()):
            near = difflib.get_close_matches(name, ["linkage", *known], 1)
            fix = f"\n  fix:    {near[0]}=" if near else ""
            msg = f"unknown keyword {name}=\n  wanted: linkage=, or a construction variable (docs/variables.md){fix}"
            raise RequestError(msg)
    for name in sorted(set(ARGUMENTS) & known - PROGRAMS.offered):
        if str(overrides.get(name, env.get(name))) != ARGUMENTS[name]:
            PROGRAMS.offered.add(name)
            warn(
                f"golang: warning: {name}={ARGUMENTS[name]} on the command line has no effect\n"
                "  fix:    golang.add_variables(variables), variables.Update(env) in the SConstruct (README)"
            )


def _path(value: Any) -> Any:
    if SCons.Util.is_List(value):
        if len(value) > 1:
            msg = f"wanted one path; found {len(value)}: {', '.join(map(str, value))}"
            raise RequestError(msg)
        return value[0] if value else None
    return value


def _package_dir(env: Env, source: Any) -> str:
    directories = {_directory_of(env, one).srcnode().abspath for one in SCons.Util.flatten([source]) if one}
    if len(directories) != 1:
        found = ", ".join(sorted(directories)) or "nothing"
        msg = f"GoProgram\n  wanted: the directory of one main package as source\n  found:  {found}"
        raise RequestError(msg)
    directory = str(directories.pop())
    if not os.path.isdir(directory):
        msg = f"GoProgram\n  wanted: the directory of a main package as source\n  found:  no directory {directory}"
        remote = env.fs.Dir(directory).rdir().get_abspath()
        if remote != directory:
            msg += f", only {remote} in a Repository\n  fix:    copy the Go module here: the go command reads one tree"
        raise RequestError(msg)
    return directory


def _directory_of(env: Env, source: Any) -> Any:
    if isinstance(source, str):
        source = env.subst(source)
        return env.fs.File(source).dir if source.endswith(".go") else env.fs.Dir(source)
    return source if isinstance(source, SCons.Node.FS.Dir) else source.dir


def _linkages(env: Env, linkage: Any) -> list[Linkage]:
    asked = SCons.Util.flatten([linkage]) if linkage is not None else [text(env, "GOLINKAGE")]
    if not asked:
        parse_choice(Linkage, linkage, "linkage")
    return list(dict.fromkeys(parse_choice(Linkage, one, "linkage") for one in asked))


def _declare(env: Env, target: Any, directory: str, module_root: str, linkage: Any, overrides: dict[str, Any]) -> Any:
    if "GOLINKAGE" in overrides:
        linkage = overrides.pop("GOLINKAGE") if linkage is None else linkage
    nodes: list[Any] = []
    for one in _linkages(env, linkage):
        override = {**overrides, "GOLINKAGE": one.value}
        linked = env.Override(override)
        request = request_of(linked)
        refuse(request, linked)
        permissions = permissions_of(linked)
        path = _target_path(linked, target, directory, module_root)
        program = Program(request=request, package_dir=directory, module_root=module_root)
        node = path if isinstance(path, SCons.Node.FS.File) else _file(env, path)
        if PROGRAMS.declare(node, program, linked):
            _PROGRAM_BUILDER(env, node, [], **override)
            env.Clean(node, [node.dir.Entry(node.name + suffix) for suffix in (REJECTED, UNPROVED)])
            # SCons must leave it where it is: if only the policy changed, it is what gets proved again.
            env.Precious(node)
            # No scan is needed to know it, so --implicit-cache does not hide a change of it.
            env.Depends(node, env.Value(f"{POLICY_PIN}{permissions} {SCHEMA}"))
        env.Alias(f"{_name(node)}-{one.value}", node)
        nodes.append(node)
    env.Alias(_name(nodes[0]), _default(env, nodes))
    return SCons.Util.NodeList(nodes)


def _file(env: Env, path: str) -> Any:
    try:
        return env.fs.File(path)
    except TypeError as error:
        # SCons's own error for a directory in the place of a file, or the other way round.
        fix = "remove what is there, or choose another path"
        msg = f"{path}\n  wanted: a path for a program\n  found:  {error}\n  fix:    {fix}"
        raise RequestError(msg) from error


def _target_path(env: Env, target: Any, directory: str, module_root: str) -> Any:
    if target is None:
        relative = os.path.relpath(directory, module_root).replace(os.sep, "/")
        prefix = module_path(module_root)
        target = f"$GOTARGETDIR/{program_name(prefix if relative == '.' else f'{prefix}/{relative}')}"
    suffix = "" if text(env, "GOOS") != "windows" or str(target).endswith(".exe") else ".exe"
    if isinstance(target, SCons.Node.FS.Base):
        return target.dir.File(target.name + suffix)
    return str(env.subst(str(target))) + suffix


def _name(node: Any) -> str:
    return str(node.name).removesuffix(".exe")


def _default(env: Env, nodes: Sequence[Any]) -> Any:
    """Return the node in the environment's own linkage, else the one that was declared first."""
    wanted = text(env, "GOLINKAGE")
    return next((node for node in nodes if program_of(node).request.linkage.value == wanted), nodes[0])
