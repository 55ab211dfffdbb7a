"""Which programs this run of SCons will build too, told before SCons comes to them.

Read from what SCons knows, without changing it: other threads go on meanwhile. A wrong guess costs time only, for
whoever takes a binary that was built ahead compares what it was built from.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable, Iterator
from types import SimpleNamespace
from typing import Any

import SCons.Node
import SCons.Node.FS
import SCons.Node.Python
import SCons.Script
import SCons.Script.Main
import SCons.Util

from ..configuration import Configuration
from ..errors import GolangError
from ..finding import errors
from ..overlay import Overlay
from ..scan import ProgramScan
from .batch import Member
from .command import can_share_command
from .fingerprint import Env
from .programs import PROGRAMS
from .reverify import looks_changed, pinned
from .scanner import awaited_nodes, program_inputs
from .target import Node, program_of

_DONE = (SCons.Node.up_to_date, SCons.Node.executed)


def run_options() -> Any:
    """Return the options of this run: those of SCons, or of one build of an interactive session.

    None while SConscript files are read, where a Configure test may build something.
    """
    return getattr(SCons.Script.Main.BuildTask, "options", None)


def goes_on() -> bool:
    """Return whether SCons goes on after a failure."""
    options = run_options()
    return options is None or bool(options.keep_going or options.ignore_errors)


def interrupted() -> bool:
    """Return whether SCons was told to stop, as by Ctrl-C: it tells nobody but the object behind its handler."""
    handler = signal.getsignal(signal.SIGINT)
    jobs = (getattr(handler, "__defaults__", None) or (None,))[0]
    return bool(getattr(jobs, "were_interrupted", bool)())


def derived_files() -> tuple[Node, ...]:
    """Return the files that this run is to build, as far as SCons knows; none where -u and the like choose them."""
    options = run_options()
    if options is None or options.climb_up:
        return ()
    found = (node for node in _reachable(_requested()) if isinstance(node, SCons.Node.FS.File) and node.has_builder())
    return tuple(sorted(found, key=lambda node: str(node.get_abspath())))


def _requested() -> list[Node]:
    fs = SCons.Node.FS.get_default_fs()
    targets = SCons.Script.BUILD_TARGETS or SCons.Script.DEFAULT_TARGETS or [fs.Dir(".")]
    nodes = [target if isinstance(target, SCons.Node.Node) else _node_called(target, fs) for target in targets]
    # What SCons builds for a source folder is in its variant folders.
    return [*nodes, *(other for node in nodes for other in node.alter_targets()[0])]


def _node_called(name: str, fs: Any) -> Node:
    found = (lookup(name) for lookup in SCons.Node.arg2nodes_lookups)
    return next((node for node in found if node is not None), None) or fs.Entry(name)


def _reachable(nodes: Iterable[Node]) -> set[Node]:
    seen: set[Node] = set()
    ahead = list(nodes)
    while ahead:
        node = ahead.pop()
        if node not in seen:
            seen.add(node)
            ahead.extend(_below(node))
    return seen


def _below(node: Node) -> Iterator[Node]:
    if isinstance(node, SCons.Node.FS.Dir):
        yield from (entry for name, entry in list(node.entries.items()) if name not in (".", ".."))
    for nodes in (node.sources, node.depends, node.implicit, node.prerequisites):
        yield from list(nodes or ())


def could_start(node: Node) -> bool:
    """Return whether SCons may come at any time to something else than a Go program."""
    known = (*node.sources, *(node.depends or ()))
    return node.get_state() < SCons.Node.executing and not program_of(node) and _is_ready(node, known)


def companions(first: Member, nodes: Iterable[Node]) -> Iterator[Member]:
    """Yield those of ``nodes`` that one ``go build`` can build together with ``first``, and that will be built."""
    names = {first.file_name}
    group = group_of(first.scan.configuration, first.scan.overlay, first.env)
    if not first.scan.prediction.complete:
        # What cannot be read keeps go from compiling anything.
        return
    for node in nodes:
        if node is not first.node and node.get_state() < SCons.Node.up_to_date and program_of(node):
            member = _companion(node, group, first.scan)
            if member and member.file_name not in names:
                names.add(member.file_name)
                yield member


def group_of(config: Configuration, overlay: Overlay, env: Env) -> tuple[Any, ...]:
    """Return what programs that are built together have in common."""
    environ = tuple(sorted(config.environ.items()))
    settings = (config.key, config.plan.flags, config.request, environ, tuple(config.drivers))
    return (*settings, overlay.digest, str(env["GOJOBS"]))


def _group(node: Node, env: Env) -> tuple[Any, ...]:
    return group_of(PROGRAMS.configuration(node), PROGRAMS.overlay(node), env)


def _companion(node: Node, group: tuple[Any, ...], first: ProgramScan) -> Member | None:
    env, executor = node.get_build_env(), node.get_executor()
    try:
        if not can_share_command(node, env) or _group(node, env) != group:
            return None
        children = _children(node, program_inputs(node, env))
        if not _is_ready(node, (*children, *awaited_nodes(program_of(node)))):
            return None
        signature = _signature(node, executor, env)
        if not looks_changed(node, signature, children) or _is_retrievable(node, env, signature, children):
            return None
        scan = PROGRAMS.scan(node)
        if (
            errors((*scan.findings, *scan.unusable()))
            or not scan.prediction.complete
            or not _same_compilers(scan, first)
        ):
            return None
        scan.configuration.build_environ(scan.prediction)
    except (GolangError, OSError):
        # Its own action tells.
        return None
    return Member(node=node, env=env, scan=scan, inputs=pinned(signature, children))


def _same_compilers(scan: ProgramScan, other: ProgramScan) -> bool:
    return scan.prediction.needs_cxx == other.prediction.needs_cxx or not scan.configuration.c.depends_on_cxx


def _signature(node: Node, executor: Any, env: Env) -> str:
    """Return the signature of a target's action as it is now; SCons remembers what it asked for first."""
    contents = (one.get_contents([node], node.sources, env) for one in executor.get_action_list())
    return str(SCons.Util.hash_signature(b"".join(contents)))


def _children(node: Node, implicit: Iterable[Node]) -> list[Node]:
    """Return everything that a target depends on, in SCons's order, given what its scanner finds."""
    ignored = node.ignore_set or ()
    return [one for one in (*node.sources, *(node.depends or ()), *implicit) if one not in ignored]


def _is_ready(node: Node, children: Iterable[Node]) -> bool:
    """Return whether everything that SCons itself makes for a target is there, and no folder is among it."""
    needed = (*children, *(node.prerequisites or ()))
    kinds = (SCons.Node.FS.File, SCons.Node.Python.Value)
    return all(isinstance(one, kinds) and (not one.has_builder() or one.get_state() in _DONE) for one in needed)


def _is_retrievable(node: Node, env: Env, signature: str, children: Iterable[Node]) -> bool:
    """Return whether SCons will take a target from its CacheDir, where it calls files by what they are made of."""
    cache = env.get_CacheDir()
    if node.nocache or not cache.is_enabled():
        return False
    parts = [*(one.get_cachedir_csig() for one in children), signature, node.get_internal_path()]
    name = SCons.Util.hash_collect(parts)
    _, file = cache.cachepath(SimpleNamespace(get_cachedir_bsig=lambda: name))
    return os.path.exists(file)
