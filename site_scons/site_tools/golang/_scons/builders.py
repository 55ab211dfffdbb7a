"""What users call: GoProgram, GoModule, GoVerify and GoLinkageReport. Validates at read time, starts no process."""

from __future__ import annotations

import json
import os
import traceback
from collections.abc import Sequence
from typing import Any

import SCons.Action
import SCons.Builder
import SCons.Errors
import SCons.Node.FS
import SCons.Util

from ..errors import GolangError, InspectError, RequestError
from ..finding import Finding
from ..gosource import tags_of
from ..linkage import Linkage, Request, parse_choice
from ..plan import build_tags
from ..policy import SCHEMA, check
from ..report import SCHEMA as REPORT_SCHEMA
from ..report import Evidence, report_json, report_table
from ..workspace import find_main_packages, find_module_root, module_path, program_name
from .actions import BUILD_ACTION, with_system_libraries
from .gate import REJECTED, UNPROVED, failure, pass_or_reject, read_facts, reject_unreadable, tell
from .programs import PROGRAMS, Program, program_of, refuse
from .reverify import POLICY_PIN
from .scanner import PROGRAM_SCANNER
from .settings import Env, options_of, permissions_of, platform_of, request_of, text

_PROGRAM_BUILDER = SCons.Builder.Builder(action=BUILD_ACTION, target_scanner=PROGRAM_SCANNER)


def user_error(message: str) -> Any:
    """Return the UserError for what a SConstruct asks, and where: SCons would name a line of this package."""
    own = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    for frame in reversed(traceback.extract_stack()):
        if f"{os.sep}SCons{os.sep}" not in frame.filename and not frame.filename.startswith(own):
            file = os.path.relpath(frame.filename, SCons.Node.FS.get_default_fs().Top.get_abspath())
            return SCons.Errors.UserError(f"{message}\n  at:     {file}, line {frame.lineno}")
    return SCons.Errors.UserError(message)


def go_program(env: Env, target: Any, source: Any, linkage: Any = None, **overrides: Any) -> Any:
    """Declare a Go program; returns its nodes, one for each linkage.

    ``source`` is the directory of a main package (or Go files in it). ``target`` is a path, in which $GOLINKAGE
    stands for the linkage; left out, the program goes to $GOTARGETDIR. ``linkage`` is one of the values of
    $GOLINKAGE or a list of them. Every other keyword overrides a construction variable. Adds the aliases
    ``NAME-LINKAGE`` for each linkage and ``NAME`` for $GOLINKAGE. Raises SCons.Errors.UserError.
    """
    try:
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
        node = path if isinstance(path, SCons.Node.FS.File) else env.fs.File(path)
        if PROGRAMS.declare(node, program, linked):
            _PROGRAM_BUILDER(env, node, [], **override)
            env.Clean(node, [node.dir.File(node.name + suffix) for suffix in (REJECTED, UNPROVED)])
            # SCons must leave it where it is: if only the policy changed, it is what gets proved again.
            env.Precious(node)
            # No scan is needed to know it, so --implicit-cache does not hide a change of it.
            env.Depends(node, env.Value(f"{POLICY_PIN}{permissions} {SCHEMA}"))
        env.Alias(f"{_name(node)}-{one.value}", node)
        nodes.append(node)
    env.Alias(_name(nodes[0]), _default(env, nodes))
    return SCons.Util.NodeList(nodes)


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


class _GateAction(SCons.Action.FunctionAction):  # type: ignore[misc]  # SCons is untyped
    """A gate as a post-action. SCons does not see arguments of actions change, so it says them itself."""

    def __init__(self, env: Env, nodes: Sequence[Any]) -> None:
        self._nodes = frozenset(nodes)
        self._request = request_of(env)
        self._permissions = permissions_of(env)
        super().__init__(self._verify, {"strfunction": None})

    def _verify(self, target: list[Any], source: list[Any], env: Env) -> Any:
        del source, env
        # A command may make other files as well, and several binaries: each is judged, whatever became of another.
        results = [self._judge(node) for node in target if node in self._nodes]
        failed = [result for result in results if result is not None]
        for other in failed[1:]:
            failed[0].errstr += f"\n{other.node}: {other.errstr}"
        return failed[0] if failed else None

    def _judge(self, node: Any) -> Any:
        try:
            facts = read_facts(node)
        except InspectError as error:
            return reject_unreadable(node, node, error)
        findings = check(facts, self._request, permissions=self._permissions, go=False)
        return pass_or_reject(node, node, facts, self._request, findings)

    def get_presig(self, target: Any, source: Any, env: Env, executor: Any = None) -> bytes:
        del target, source, env, executor
        return f"GoVerify {SCHEMA} {self._request} {self._permissions}".encode()


def go_verify(env: Env, target: Any, linkage: Any = None, **overrides: Any) -> Any:
    """Attach the gate to targets that anything builds; returns their nodes.

    ``linkage`` is what they must have, $GOLINKAGE if left out; other keywords override construction variables,
    such as GOVERIFYLIBS. Raises SCons.Errors.UserError if a target is built by nothing.
    """
    try:
        asked = {"GOLINKAGE": parse_choice(Linkage, linkage, "linkage").value} if linkage is not None else {}
        nodes = env.arg2nodes(target, env.fs.File)
        gate = _GateAction(env.Override({**overrides, **asked}), nodes)
    except GolangError as error:
        raise user_error(str(error)) from error
    for node in nodes:
        if not isinstance(node, SCons.Node.FS.Base) or not node.has_builder():
            msg = (
                f"GoVerify: nothing builds {node}\n  wanted: a file that a builder makes\n"
                "  fix:    call GoVerify with a file, after the call that declares how it is built"
            )
            raise user_error(msg)
        # SCons cleans what belongs to the first target of a command.
        env.Clean(node.get_executor().get_all_targets()[0], node.dir.File(node.name + REJECTED))
    env.AddPostAction(nodes, gate)
    return SCons.Util.NodeList(nodes)


def _write_report(target: list[Any], source: list[Any], env: Env) -> Any:
    del env
    try:
        evidence = [_evidence(node) for node in source]
    except GolangError as error:
        return failure(target[0], str(error))
    with open(target[0].get_abspath(), "w", encoding="utf-8") as stream:
        json.dump(report_json(evidence), stream, indent=2)
        stream.write("\n")
    tell(report_table(evidence))
    return None


def _evidence(node: Any) -> Evidence:
    program, facts = program_of(node), read_facts(node)
    asked: Request | None = program.request if program else None
    findings: tuple[Finding, ...] = ()
    if program:
        env = node.get_build_env()
        permissions = with_system_libraries(permissions_of(env), PROGRAMS.scan(node, env))
        findings = check(facts, program.request, permissions=permissions, platform=platform_of(env))
    return Evidence(program=str(node), facts=facts, asked=asked, findings=findings)


def report_signature(target: list[Any], source: list[Any], env: Env, for_signature: bool) -> str:  # noqa: FBT001
    """Return what a report depends on besides the bytes of its programs: what was asked of them."""
    del target, env, for_signature
    asked = ((node, program_of(node)) for node in source)
    lines = [f"{node} {program.request} {permissions_of(node.get_build_env())}" for node, program in asked if program]
    return "\n".join([f"{SCHEMA} {REPORT_SCHEMA}", *lines])


REPORT_BUILDER = SCons.Builder.Builder(
    action=SCons.Action.Action(_write_report, "Writing $TARGET", varlist=["_GOREPORTSIGNATURE"])
)


def go_linkage_report(env: Env, target: Any, source: Any, **overrides: Any) -> Any:
    """Declare a report: the evidence of ``source`` (programs) as JSON in ``target``; returns its node.

    It also prints a table. It is made from the binaries themselves, so it never comes from a CacheDir.
    """
    nodes = REPORT_BUILDER(env, target, source, **overrides)
    env.NoCache(nodes)
    return nodes
