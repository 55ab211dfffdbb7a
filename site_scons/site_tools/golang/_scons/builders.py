"""GoProgram and GoModule: what a SConstruct declares. Validates at read time, starts no process."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, NamedTuple

import SCons.Builder
import SCons.Environment
import SCons.Node.Alias
import SCons.Node.FS
import SCons.Util
from SCons.Script import ARGUMENTS

from ..errors import GolangError, RequestError
from ..linkage import Linkage, parse_choice
from ..modules import MainPackage, find_module_root, import_path, module_path
from ..platform import parse_platform
from .build_action import BUILD_ACTION
from .fingerprint import Env, text
from .messages import user_error, warn
from .outlines import Declaration
from .program_file import ProgramFile
from .programs import PROGRAMS
from .scanner import PROGRAM_SCANNER
from .target import REJECTED, Program, program_of
from .variables import DEFAULTS, VARIABLES

_PROGRAM_BUILDER = SCons.Builder.Builder(action=BUILD_ACTION, target_scanner=PROGRAM_SCANNER)
_KNOWN = frozenset(variable.name for variable in VARIABLES)


class Place(NamedTuple):
    """Where a program goes that is declared with an environment."""

    env: Env
    declaration: Declaration
    node: Any
    platform: str
    """What the platform is called, if it was named."""


def go_program(env: Env, target: Any, source: Any, linkage: Any = None, platform: Any = None, **overrides: Any) -> Any:
    """Declare a Go program; returns its nodes, one for each linkage and platform.

    ``source`` is the directory of a main package (or Go files in it). ``target`` is a path, in which $GOLINKAGE
    stands for the linkage; left out, the program goes to $GOTARGETDIR. ``linkage`` is one of the values of
    $GOLINKAGE or a list of them; ``platform`` is one such as ``linux/arm64`` or a list, for which $GOPLATFORM stands in
    a path. Every other keyword overrides a construction variable. Adds the aliases ``NAME-LINKAGE`` for each linkage,
    ``NAME-LINKAGE-PLATFORM`` for each platform, and ``NAME`` for $GOLINKAGE. Raises SCons.Errors.UserError.
    """
    try:
        check_keywords(env, overrides)
        directory = package_dir(env, source, "GoProgram")
        module_root = find_module_root(directory)
        path = _path(target)
        places = [
            Place(linked, declaration, _target(linked, path, declaration.suffix, directory, module_root), named)
            for linked, declaration, named in _declarations(env, linkage, platform, overrides)
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
        check_keywords(env, overrides)
        root = env.Dir(_path(source) or ".").srcnode().abspath
        folder = _path(target) or "$GOTARGETDIR"
        declarations = _declarations(env, linkage, platform, overrides)
        nodes = SCons.Util.NodeList()
        places: dict[str, tuple[Any, list[Place]]] = {}
        for linked, declaration, named in declarations:
            into = _folder(linked, folder)
            for main in PROGRAMS.index(env).main_packages(root, declaration.tags):
                node = _file(env, os.path.join(into, main.name + declaration.suffix))
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
    for linked, declaration, named in _declarations(env, linkage, platform, overrides):
        into = _folder(linked, "$GOTARGETDIR")
        for main in mains:
            node = _file(env, os.path.join(into, main.name + declaration.suffix))
            places.append(Place(linked, declaration, node, named))
            _declare(env, main.directory, main.module_root, places[-1])
    return places


def check_keywords(env: Env, overrides: dict[str, Any], own: Sequence[str] = ("linkage", "platform")) -> None:
    """Refuse a misspelt keyword, which SCons would take for a variable that nothing reads. Raises RequestError.

    ``own`` are those that the call has besides construction variables.
    """
    for name in overrides:
        if name not in _KNOWN and name not in env and (name.startswith(("GO", "CGO_")) or name.islower()):
            import difflib

            near = difflib.get_close_matches(name, [*own, *_KNOWN], 1)
            fix = f"\n  fix:    {near[0]}=" if near else ""
            wanted = f"{', '.join(f'{one}=' for one in own)}, or a construction variable (docs/variables.md)"
            msg = f"unknown keyword {name}=\n  wanted: {wanted}{fix}"
            raise RequestError(msg)
    for name in sorted(set(ARGUMENTS) & _KNOWN - PROGRAMS.offered):
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


def package_dir(env: Env, source: Any, call: str) -> str:
    """Return the directory of the main package that a call names, which must be there. Raises RequestError."""
    directories = {_directory_of(env, one).srcnode().abspath for one in SCons.Util.flatten([source]) if one}
    if len(directories) != 1:
        found = ", ".join(sorted(directories)) or "nothing"
        msg = f"{call}\n  wanted: the directory of one main package as source\n  found:  {found}"
        raise RequestError(msg)
    directory = str(directories.pop())
    if not os.path.isdir(directory):
        msg = f"{call}\n  wanted: the directory of a main package as source\n  found:  no directory {directory}"
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


def _declarations(
    env: Env, linkage: Any, platform: Any, overrides: dict[str, Any]
) -> list[tuple[Env, Declaration, str]]:
    if "GOLINKAGE" in overrides:
        linkage = overrides.pop("GOLINKAGE") if linkage is None else linkage
    if platform is not None and env["GOTARGETDIR"] == DEFAULTS["GOTARGETDIR"]:
        overrides = {"GOTARGETDIR": "build/$GOPLATFORM/$GOLINKAGE", **overrides}
    found = []
    for settings in _platforms(env, platform, overrides):
        for one in _linkages(env, linkage):
            linked = env.Override({**overrides, **settings, "GOLINKAGE": one.value})
            named = text(linked, "GOPLATFORM") if settings else ""
            found.append((linked, PROGRAMS.outlines.declaration(linked), named))
    return found


def _platforms(env: Env, platform: Any, overrides: dict[str, Any]) -> list[dict[str, str]]:
    """Return the settings of each platform; of none but the environment's own, nothing."""
    if platform is None:
        return [{}]
    found = {one: parse_platform(one) for one in (str(env.subst(str(one))) for one in SCons.Util.flatten([platform]))}
    twice = [name for settings in found.values() for name in settings if name in overrides]
    if twice or not found:
        what = f"{twice[0]}= beside it" if twice else "none"
        msg = f"platform={platform!r}\n  wanted: one or several, such as 'linux/arm64'\n  found:  {what}"
        raise RequestError(msg)
    return list(found.values())


def _declare_with_aliases(env: Env, directory: str, module_root: str, places: Sequence[Place]) -> Any:
    for place in places:
        _declare(env, directory, module_root, place)
        if place.platform:
            linkage = place.declaration.request.linkage.value
            _alias(env, f"{_name(place.node)}-{linkage}-{place.platform}", place.node)
    usual = _usual(env, places)
    for node in usual:
        _alias(env, f"{_name(node)}-{program_of(node).request.linkage.value}", node)
    _alias(env, _name(places[0].node), _default(env, usual))
    return SCons.Util.NodeList([place.node for place in places])


def _declare(env: Env, directory: str, module_root: str, place: Place) -> None:
    linked, declaration, node, _ = place
    program = Program(env=linked, request=declaration.request, package_dir=directory, module_root=module_root)
    if PROGRAMS.declare(node, program):
        node.__class__ = ProgramFile
        _PROGRAM_BUILDER(linked, node, [])
        if PROGRAMS.outlines.cleans(env):
            env.Clean(node, node.dir.Entry(node.name + REJECTED))
        # SCons must leave it where it is: if only the policy changed, it is what gets proved again.
        node.set_precious()
        # No scan is needed to know it, so --implicit-cache does not hide a change of it.
        node.add_dependency([env.Value(declaration.policy)])


def _usual(env: Env, places: Sequence[Place]) -> list[Any]:
    """Return the nodes for the environment's own platform, else those for the one that was declared first."""
    named = {place.platform for place in places}
    own = text(env, "GOPLATFORM") if len(named) > 1 else ""
    wanted = own if own in named else places[0].platform
    return [place.node for place in places if place.platform == wanted]


def _alias(env: Env, name: str, node: Any) -> None:
    """Do what ``env.Alias`` does, without substituting the name and calling a builder for each of many."""
    alias = SCons.Node.Alias.default_ans.Alias(name)
    if alias.has_builder():
        env.Alias(alias, node)
        return
    alias.builder_set(SCons.Environment.AliasBuilder)
    alias.env_set(env)
    alias.add_source([node])


def _folder(linked: Env, folder: Any) -> str:
    """Return the path of a folder for programs, in which linkage and platform may stand."""
    return str((folder if isinstance(folder, SCons.Node.FS.Dir) else linked.fs.Dir(linked.subst(folder))).get_abspath())


def _file(env: Env, path: str) -> Any:
    try:
        return env.fs.File(path)
    except TypeError as error:
        # SCons's own error for a directory in the place of a file, or the other way round.
        fix = "remove what is there, or choose another path"
        msg = f"{path}\n  wanted: a path for a program\n  found:  {error}\n  fix:    {fix}"
        raise RequestError(msg) from error


def _target(env: Env, target: Any, suffix: str, directory: str, module_root: str) -> Any:
    if target is None:
        from ..naming import program_name

        path = import_path(module_path(module_root), module_root, directory)
        target = f"$GOTARGETDIR/{program_name(path)}"
    suffix = "" if str(target).endswith(suffix) else suffix
    if isinstance(target, SCons.Node.FS.Base):
        return target.dir.File(target.name + suffix)
    return _file(env, str(env.subst(str(target))) + suffix)


def _name(node: Any) -> str:
    return str(node.name).removesuffix(".exe")


def _default(env: Env, nodes: Sequence[Any]) -> Any:
    """Return the node in the environment's own linkage, else the one that was declared first."""
    wanted = text(env, "GOLINKAGE")
    return next((node for node in nodes if program_of(node).request.linkage.value == wanted), nodes[0])
