"""GoOverlay: what SCons generates in build folders, shown to other tools: plain ``go build``, ``go vet``, gopls."""

from __future__ import annotations

from typing import Any

import SCons.Action
import SCons.Builder
import SCons.Scanner
import SCons.Util

from ..errors import GolangError
from ..overlay import write_json
from .calls import check_call
from .fingerprint import Env
from .generated import generated_files, variant_dir
from .messages import failure, user_error
from .paths import expecting
from .programs import PROGRAMS
from .target import Viewer, note_evidence
from .written_file import WrittenFile, write_whole


def go_overlay(env: Env, target: Any, **overrides: Any) -> Any:
    """Declare the file that the go command takes as ``-overlay``; returns its node.

    In it is what the programs of ``env`` see that are declared in the same SConscript, whether they use it or not. To
    build it generates all of that. Raises SCons.Errors.UserError.
    """
    try:
        check_call(env, "GoOverlay", overrides, (), target=target)
        env = env.Override(overrides)
        with expecting("a path for a file", "GoOverlay: target"):
            nodes = env.arg2nodes(SCons.Util.flatten([target]), env.fs.File)
        viewer = Viewer(variant_dir(env), generated_files(env))
    except GolangError as error:
        raise user_error(str(error)) from error
    for node in nodes:
        node.__class__ = WrittenFile
        node.attributes.golang_viewer = viewer
        _BUILDER(env, node, [])
    # In a variant folder it would show itself.
    note_evidence(nodes)
    return SCons.Util.NodeList(nodes)


def _scan(node: Any, env: Env, path: Any) -> list[Any]:
    del path
    if PROGRAMS.outlines.cleans(env):
        return []
    try:
        shown = PROGRAMS.shown_to(env, node.attributes.golang_viewer)
    except GolangError as error:
        return [env.Value(str(error))]
    # Where they are is in the file, and not what is in them.
    node.prerequisites = SCons.Util.UniqueList([*(node.prerequisites or ()), *shown.values()])
    return [env.Value(f"{place} {file.get_abspath()}") for place, file in sorted(shown.items())]


def _write(target: list[Any], source: list[Any], env: Env) -> Any:
    del source
    try:
        shown = PROGRAMS.shown_to(env, target[0].attributes.golang_viewer)
    except GolangError as error:
        return failure(target[0], str(error))
    replace = {place: str(node.get_abspath()) for place, node in shown.items()}
    return write_whole(target[0], lambda path: write_json(replace, path))


_BUILDER = SCons.Builder.Builder(
    action=SCons.Action.Action(_write, "Writing $TARGET"),
    target_scanner=SCons.Scanner.ScannerBase(_scan, name="GoOverlayScanner", node_class=None),
)
