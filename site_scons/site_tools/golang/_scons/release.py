"""GoRelease: programs for many platforms, packed for those who have no SConstruct, with digests and evidence."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import SCons.Errors
import SCons.Node.FS
import SCons.Scanner
import SCons.Util

from ..errors import GolangError, RequestError
from ..modules import MainPackage, main_package, module_path
from ..naming import name_programs, program_name
from ..release import REPORT, SUMS, check_entries, check_word, time_of
from .aliases import add_alias
from .builders import declare_in_folders, package_dir
from .calls import check_call
from .fingerprint import Env, text
from .linkage_report import go_linkage_report
from .messages import user_error
from .packing import PackAction, SumsAction
from .paths import expecting
from .places import Place
from .target import note_evidence
from .unfinished import leave_nothing_unfinished
from .written_file import WrittenFile

_KEYWORDS = ("version", "programs", "platforms", "linkage", "name", "files", "target")


def go_release(
    env: Env,
    version: Any = None,
    programs: Any = None,
    platforms: Any = None,
    linkage: Any = None,
    *,
    name: Any = None,
    files: Any = (),
    target: Any = None,
    **overrides: Any,
) -> Any:
    """Declare a release; returns its nodes: the archives, the linkage report and SHA256SUMS.

    ``version`` is text, which names files and is not stamped into programs. ``programs`` are directories of main
    packages; ``platforms`` and ``linkage`` one or several, as of GoProgram. There is an archive for each of both, in
    which all programs are, and ``files``. ``name`` is what all is called, if not as the program, or the module of
    several. The folder ``target`` is ``dist/NAME-VERSION`` if it is left out. Every other keyword overrides a
    construction variable. Adds the alias ``release``. Raises SCons.Errors.UserError.
    """
    try:
        check_call(env, "GoRelease", overrides, _KEYWORDS, programs=programs, files=files, target=target)
        version = check_word("version", _substituted(env, version))
        mains = _mains(env.Override(overrides), programs)
        name = check_word("name", _substituted(env, name) or _usual_name(mains))
        called, seconds = f"{name}-{version}", time_of(_epoch(env, overrides))
        folder = _folder(env, target or f"dist/{called}")
        # Not where a GoProgram of the same package goes, which may well be built with other settings.
        overrides = {"GOTARGETDIR": f"build/release/{name}/$GOPLATFORM/$GOLINKAGE", **overrides}
        places = declare_in_folders(env, mains, linkage, platforms, overrides)
        extra = _files(env, files)
        archives, names = [], {}
        for archive, nodes in _archives(called, places).items():
            archives.append(_pack(env, _file(folder, archive), [*nodes, *extra], seconds))
            names.update({node: f"{_stem(archive)}/{node.name}" for node in nodes})
        return _complete(env, folder, called, archives, names)
    except GolangError as error:
        raise user_error(str(error)) from error


def _substituted(env: Env, value: Any) -> Any:
    return env.subst(value) if isinstance(value, str) else value


def _mains(env: Env, programs: Any) -> Sequence[MainPackage]:
    directories = [package_dir(env, one, "GoRelease: programs=") for one in SCons.Util.flatten([programs]) if one]
    if not directories:
        msg = "GoRelease: programs=\n  wanted: directories of main packages, such as ['cmd/app']\n  found:  none"
        raise RequestError(msg)
    return name_programs([main_package(directory) for directory in dict.fromkeys(directories)])


def _usual_name(mains: Sequence[MainPackage]) -> str:
    return mains[0].name if len(mains) == 1 else program_name(module_path(mains[0].module_root))


def _epoch(env: Env, overrides: dict[str, Any]) -> str:
    environ = overrides.get("ENV", env.get("ENV")) or {}
    return str(environ.get("SOURCE_DATE_EPOCH") or os.environ.get("SOURCE_DATE_EPOCH", ""))


def _folder(env: Env, target: Any) -> Any:
    with expecting("a path for a folder", "GoRelease: target="):
        folder = env.Dir(target)
    if _file(folder, SUMS).has_builder():
        msg = (
            f"GoRelease: {folder} is declared twice\n  wanted: a folder for each release\n"
            "  found:  another release that goes there\n  fix:    name= or target="
        )
        raise RequestError(msg)
    return folder


def _file(folder: Any, name: str) -> Any:
    with expecting("a path for a file", "GoRelease: target=", "remove what is there"):
        return folder.File(name)


def _files(env: Env, files: Any) -> list[Any]:
    with expecting("paths of files", "GoRelease: files="):
        nodes = env.arg2nodes(SCons.Util.flatten([files]), env.fs.File)
    for node in nodes:
        if not isinstance(node, SCons.Node.FS.File):
            msg = f"GoRelease: files=\n  wanted: paths of files\n  found:  {node}, a {type(node).__name__}"
            raise RequestError(msg)
    return list(dict.fromkeys(nodes))


def _archives(prefix: str, places: Sequence[Place]) -> dict[str, list[Any]]:
    """Return the programs in each archive, by its name; both in order of their names."""
    several = len({place.declaration.request.linkage for place in places}) > 1
    found: dict[str, list[Any]] = {}
    for place in sorted(places, key=lambda place: str(place.node.name)):
        linkage = f"-{place.declaration.request.linkage.value}" if several else ""
        suffix = ".zip" if place.declaration.suffix else ".tar.gz"
        nodes = found.setdefault(f"{prefix}-{text(place.env, 'GOPLATFORM')}{linkage}{suffix}", [])
        if place.node not in nodes:
            nodes.append(place.node)
    return dict(sorted(found.items()))


def _stem(archive: str) -> str:
    return archive.removesuffix(".zip").removesuffix(".tar.gz")


def _pack(env: Env, archive: Any, entries: Sequence[Any], seconds: int) -> Any:
    check_entries(archive.name, [(node.name, str(node)) for node in entries])
    archive.__class__ = WrittenFile
    return env.Command(archive, entries, PackAction(_stem(archive.name), seconds), target_scanner=_ABSENT)[0]


def _refuse_absent(node: Any, env: Env, path: Any) -> list[Any]:
    """Refuse a file that is nowhere when SCons comes to the archive, which is before it builds the programs for it."""
    del env, path
    absent = [str(one) for one in node.sources if not one.has_builder() and not one.rexists()]
    if absent:
        msg = f"GoRelease: files=\n  wanted: files for {node}\n  found:  no {', no '.join(absent)}"
        raise SCons.Errors.UserError(msg)
    return []


_ABSENT = SCons.Scanner.ScannerBase(_refuse_absent, name="files of a GoRelease")


def _complete(env: Env, folder: Any, called: str, archives: Sequence[Any], names: dict[Any, str]) -> Any:
    """Declare what tells of the archives; return the nodes of the release."""
    report = go_linkage_report(env, _file(folder, REPORT), sorted(names, key=names.__getitem__), names)[0]
    sums = env.Command(_file(folder, SUMS), [*archives, report], SumsAction(called))[0]
    sums.__class__ = WrittenFile
    # First the file that depends on all others: so SCons has begun with all of them before it builds any.
    note_evidence([sums, *archives, report])
    add_alias(env, "release", sums, *archives, report)
    leave_nothing_unfinished(env, sums, [*archives, report])
    return SCons.Util.NodeList([*archives, report, sums])
