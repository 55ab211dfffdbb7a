"""GoProgram and GoModule: what a SConstruct declares. Validates at read time, starts no process."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import SCons.Node.FS
import SCons.Util

from ..errors import GolangError, RequestError
from ..modules import MainPackage, find_module_root, import_path, module_path
from .calls import check_call
from .fingerprint import Env
from .generated import generated_files, is_made, standing_for
from .messages import user_error
from .paths import expecting
from .places import Place, add_aliases, declarations, declare, file_at, one_path
from .programs import PROGRAMS


def go_program(env: Env, target: Any, source: Any, linkage: Any = None, platform: Any = None, **overrides: Any) -> Any:
    """Declare a Go program; returns its nodes, one for each linkage and platform.

    ``source`` is the directory of a main package (or Go files in it). ``target`` is a path, in which $GOLINKAGE
    stands for the linkage; left out, the program goes to $GOTARGETDIR. ``linkage`` is one of the values of
    $GOLINKAGE or a list of them; ``platform`` is one such as ``linux/arm64`` or a list, for which $GOPLATFORM stands in
    a path. Every other keyword overrides a construction variable. Adds the aliases ``NAME-LINKAGE`` for each linkage,
    ``NAME-LINKAGE-PLATFORM`` for each platform, and ``NAME`` for $GOLINKAGE. Raises SCons.Errors.UserError.
    """
    try:
        check_call(env, "GoProgram", overrides, target=target, source=source)
        directory = package_dir(env.Override(overrides), source, "GoProgram")
        module_root = find_module_root(directory)
        path = one_path(target)
        places = [
            Place(linked, declaration, _target(linked, path, declaration.suffix, directory, module_root), named)
            for linked, declaration, named in declarations(env, linkage, platform, overrides)
        ]
        return _declare_with_aliases(env, directory, module_root, places)
    except GolangError as error:
        raise user_error(str(error)) from error


def go_module(env: Env, target: Any, source: Any, linkage: Any = None, platform: Any = None, **overrides: Any) -> Any:
    """Declare every main package of the Go module or workspace in ``source``; returns all their nodes.

    Programs go to $GOTARGETDIR, or to ``target`` if that is given, under the names that ``go build`` gives them;
    see ``naming.name_programs`` for two of one name. Raises SCons.Errors.UserError.
    """
    try:
        check_call(env, "GoModule", overrides, target=target, source=source)
        with expecting("the folder of a Go module or workspace", "GoModule: source", "name the folder"):
            root = env.Dir(one_path(source) or ".").srcnode().abspath
        folder = one_path(target) or "$GOTARGETDIR"
        nodes = SCons.Util.NodeList()
        places: dict[str, tuple[Any, list[Place]]] = {}
        for linked, declaration, named in declarations(env, linkage, platform, overrides):
            into = _folder(linked, folder)
            for main in PROGRAMS.index(env).main_packages(root, declaration.tags):
                node = file_at(env, os.path.join(into, main.name + declaration.suffix))
                places.setdefault(main.directory, (main, []))[1].append(Place(linked, declaration, node, named))
        for directory in sorted(places):
            main, wanted = places[directory]
            nodes += _declare_with_aliases(env, directory, main.module_root, wanted)
    except GolangError as error:
        raise user_error(str(error)) from error
    if not places:
        msg = f"GoModule: {root} has no main package\n  wanted: a Go module or workspace with programs"
        raise user_error(msg)
    return nodes


def declare_in_folders(
    env: Env, mains: Sequence[MainPackage], linkage: Any, platform: Any, overrides: dict[str, Any]
) -> list[Place]:
    """Declare programs that go to $GOTARGETDIR under their names, with no aliases; return where each goes.

    Raises RequestError.
    """
    places = []
    for linked, declaration, named in declarations(env, linkage, platform, overrides):
        into = _folder(linked, "$GOTARGETDIR")
        for main in mains:
            node = file_at(env, os.path.join(into, main.name + declaration.suffix))
            places.append(Place(linked, declaration, node, named))
            declare(env, main.directory, main.module_root, places[-1])
    return places


def package_dir(env: Env, source: Any, call: str, what: str = "main package") -> str:
    """Return the directory of the package that a call names, which must be there. Raises RequestError."""
    try:
        nodes = [_node_of(env, one) for one in SCons.Util.flatten([source]) if one]
    except TypeError as error:
        msg = f"{call}\n  wanted: the directory of a {what} as source\n  found:  {str(error).rstrip(':')}"
        raise RequestError(msg) from error
    other = next((one for one in nodes if not isinstance(one, SCons.Node.FS.Base)), None)
    if other is not None:
        found = f"{other}, of type {type(other).__name__}"
        msg = f"{call}\n  wanted: the directory of a {what} as source\n  found:  {found}"
        raise RequestError(msg)
    named = [one if isinstance(one, SCons.Node.FS.Dir) else one.dir for one in nodes]
    directories = {one.srcnode().abspath for one in named}
    if len(directories) != 1:
        found = ", ".join(sorted(directories)) or "nothing"
        msg = f"{call}\n  wanted: the directory of one {what} as source\n  found:  {found}"
        raise RequestError(msg)
    directory = str(directories.pop())
    if not os.path.isdir(directory) and not _will_be_there(env, directory, named):
        msg = f"{call}\n  wanted: the directory of a {what} as source\n  found:  no directory {directory}"
        remote = env.fs.Dir(directory).rdir().get_abspath()
        if remote != directory:
            msg += f", only {remote} in a Repository\n  fix:    copy the Go module here: the go command reads one tree"
        raise RequestError(msg)
    absent = [one for one in nodes if one not in named and not _is_seen(env, one.srcnode())]
    if absent:
        fix = f"correct it, or name the directory {absent[0].dir}; what makes a file is to be declared before"
        found = f"no file {absent[0]}, and nothing makes it"
        msg = (
            f"{call}\n  wanted: the directory of a {what} as source, or files in it\n  found:  {found}\n  fix:    {fix}"
        )
        raise RequestError(msg)
    return directory


def _will_be_there(env: Env, directory: str, named: Sequence[Any]) -> bool:
    """Return whether SCons makes files that programs see in a directory, which need not stand."""
    made = any(map(is_made, (*named, env.fs.Dir(directory))))
    return made or any(os.path.dirname(path) == directory for path in generated_files(env))


def _is_seen(env: Env, file: Any) -> bool:
    """Return whether programs will see a file of the source tree there, be it made elsewhere."""
    if os.path.exists(file.get_abspath()) or file.get_abspath() in generated_files(env):
        return True
    made = (folder.entries.get(file.name) for folder in standing_for(file.dir))
    return any(one is not None and one.is_derived() for one in made)


def _node_of(env: Env, source: Any) -> Any:
    if isinstance(source, str):
        source = env.subst(source)
        return env.fs.File(source) if source.endswith(".go") else env.fs.Dir(source)
    return source


def _declare_with_aliases(env: Env, directory: str, module_root: str, places: Sequence[Place]) -> Any:
    for place in places:
        declare(env, directory, module_root, place)
    add_aliases(env, places, lambda place: str(place.node.name).removesuffix(".exe"))
    return SCons.Util.NodeList([place.node for place in places])


def _folder(linked: Env, folder: Any) -> str:
    """Return the path of a folder for programs, in which linkage and platform may stand."""
    named = folder if isinstance(folder, SCons.Node.FS.Base) else linked.subst(folder)
    with expecting("a folder for programs", str(named), "remove what is there, or choose another path"):
        return str(linked.fs.Dir(named).get_abspath())


def _target(env: Env, target: Any, suffix: str, directory: str, module_root: str) -> Any:
    if target is None:
        from ..naming import program_name

        path = import_path(module_path(module_root), module_root, directory)
        target = f"$GOTARGETDIR/{program_name(path)}"
    suffix = "" if str(target).endswith(suffix) else suffix
    if isinstance(target, SCons.Node.FS.Base):
        with expecting("a path for a program", str(target)):
            return target.dir.File(target.name + suffix)
    return file_at(env, str(env.subst(str(target))) + suffix)
