"""GoVet and GoFmt: checks of packages as targets. Start no process."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import SCons.Action
import SCons.Builder
import SCons.Scanner
import SCons.Util

from ..errors import GolangError, RequestError
from ..modules import MainPackage, module_path
from ..naming import program_name
from .aliases import add_alias
from .calls import check_call
from .checked import Checked, checked_by, go_files
from .fingerprint import Env, frozen
from .generated import variant_dir
from .messages import user_error
from .patterns import find_packages
from .places import declarations, file_at, folder_of
from .programs import PROGRAMS
from .scanner import awaited_nodes, wait_for
from .target import Node, Program, Viewer, note_evidence
from .unfinished import leave_nothing_failed
from .variables import DEFAULTS
from .written_file import WrittenFile


class _VetAction(SCons.Action.FunctionAction):  # type: ignore[misc]  # SCons is untyped
    """Runs go vet; its signature is what the packages and their tests are made of and made with."""

    def get_presig(self, target: list[Any], source: list[Any], env: Env, executor: Any = None) -> bytes:
        del source, executor
        try:
            made_of = {one.package_dir: PROGRAMS.inputs_of(one) for one in checked_by(target[0]).programs}
        except GolangError:
            # The scan meets the same error, and the build reports it.
            return b"unknown"
        settings = (line.replace(" ", ": ", 1) for _, lines, _ in made_of.values() for line in lines.splitlines())
        files = (f"`{os.path.relpath(path)}' or what it imports: {made.digest}" for path, (made, *_) in made_of.items())
        flags = f"GOVETFLAGS: {next(frozen(env, ['GOVETFLAGS']))}"
        return "\n".join(["format: GoVet", flags, *dict.fromkeys(settings), *files]).encode()


class _FmtAction(SCons.Action.FunctionAction):  # type: ignore[misc]  # SCons is untyped
    """Runs gofmt; its signature is which Go it is of, and the files."""

    def get_presig(self, target: list[Any], source: list[Any], env: Env, executor: Any = None) -> bytes:
        del source, env, executor
        checked = checked_by(target[0])
        try:
            settings = PROGRAMS.outlines.settings_text(checked.first, None)
        except GolangError:
            return b"unknown"
        go = settings.partition("\n")[0].replace(" ", ": ", 1)
        files = (f"`{path}': {digest}" for path, digest in go_files(checked).items())
        return "\n".join(["format: GoFmt", go, *files]).encode()


def _vet(target: list[Any], source: list[Any], env: Env) -> Any:
    from .checking import vet_packages

    del source
    return vet_packages(target[0], env)


def _fmt(target: list[Any], source: list[Any], env: Env) -> Any:
    from .checking import check_format

    del source, env
    return check_format(target[0])


def scan_checked(node: Node, env: Env, path: Any) -> list[Node]:
    """Return what SCons itself makes of the packages that are checked."""
    del path
    if checked_by(node) is None or not PROGRAMS.begin_scan(node, env):
        return []
    programs = checked_by(node).programs
    wait_for(node, [one for program in programs for one in awaited_nodes(program)])
    try:
        made = [one for program in programs for one in PROGRAMS.inputs_of(program)[2]]
    except GolangError as error:
        # An input like any other: the target is out of date, and building it tells why.
        return [env.Value(str(error))]
    return list(dict.fromkeys(made))


_VET = SCons.Builder.Builder(
    action=_VetAction(_vet, {"cmdstr": "Vetting into $TARGET"}),
    target_scanner=SCons.Scanner.ScannerBase(scan_checked, name="GoVetScanner", node_class=None),
)
_FMT = SCons.Builder.Builder(action=_FmtAction(_fmt, {"cmdstr": "Checking the format into $TARGET"}))


def go_vet(env: Env, packages: Any = None, linkage: Any = None, platform: Any = None, **overrides: Any) -> Any:
    """Declare ``go vet`` of packages and their tests; returns the nodes that stand once it finds nothing.

    ``packages`` are as of GoTest; there is a node for each module, linkage and platform. Every other keyword overrides
    a construction variable. Adds the alias ``vet``. Raises SCons.Errors.UserError.
    """
    return _check(env, "GoVet", packages, (linkage, platform), overrides)


def go_fmt(env: Env, packages: Any = None, **overrides: Any) -> Any:
    """Declare that Go files are to be as gofmt writes them; returns the nodes that stand while they are.

    ``packages`` are as of GoTest. Files that a build constraint leaves out count, too. Nothing is written to them.
    Every keyword overrides a construction variable. Adds the alias ``fmt``. Raises SCons.Errors.UserError.
    """
    return _check(env, "GoFmt", packages, (None, None), overrides)


def _check(env: Env, call: str, packages: Any, wanted: tuple[Any, Any], overrides: dict[str, Any]) -> Any:
    linkage, platform = wanted
    try:
        check_call(env, call, overrides, ("linkage", "platform") if call == "GoVet" else (), packages=packages)
        if platform is not None and env["GOCHECKDIR"] == DEFAULTS["GOCHECKDIR"]:
            overrides = {"GOCHECKDIR": "build/$GOPLATFORM/$GOLINKAGE", **overrides}
        asked = {**overrides, **PROGRAMS.outlines.as_test(env.Override(overrides))}
        nodes = SCons.Util.NodeList()
        for linked, declaration, _ in declarations(env, linkage, platform, asked):
            if linked["GOVETFLAGS"]:
                from .test_settings import vet_flags_of

                vet_flags_of(linked)
            kind = "all" if call == "GoVet" else "any"
            found = find_packages(linked, packages, call, kind, declaration.tags)
            for root in dict.fromkeys(package.module_root for package in found):
                own = [package for package in found if package.module_root == root]
                viewer = Viewer(variant_dir(env), declaration.generated)
                programs = tuple(
                    Program(linked, declaration.request, one.directory, root, viewer=viewer) for one in own
                )
                nodes.append(_declare(linked, call, own, programs))
    except GolangError as error:
        raise user_error(str(error)) from error
    add_alias(env, call.removeprefix("Go").lower(), *nodes)
    leave_nothing_failed(env, nodes)
    return nodes


def _declare(env: Env, call: str, packages: Sequence[MainPackage], programs: tuple[Program, ...]) -> Node:
    name = program_name(module_path(packages[0].module_root))
    folder = folder_of(env, "GOCHECKDIR")
    node = file_at(env, os.path.join(folder, f"{name}{'.vet' if call == 'GoVet' else '.fmt'}"))
    if node.has_builder():
        known = checked_by(node)
        if known is None or [one.package_dir for one in known.programs] != [one.package_dir for one in programs]:
            msg = (
                f"{call}: {node} is declared twice\n  wanted: one check at one path\n  found:  other packages\n"
                "  fix:    name all in one call, or give each call a GOCHECKDIR of its own"
            )
            raise RequestError(msg)
        return node
    node.__class__ = WrittenFile
    node.attributes.golang_checked = Checked(programs)
    if call == "GoVet":
        PROGRAMS.enlist(programs)
        _VET(env, node, [])
    else:
        _FMT(env, node, [])
    env.NoCache(node)
    note_evidence([node])
    return node
