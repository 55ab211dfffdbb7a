"""GoVerify: the gate on targets that anything else builds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import SCons.Action
import SCons.Node.FS
import SCons.Util

from ..errors import GolangError, InspectError, RequestError
from ..linkage import Linkage, Permissions, Request, parse_choice
from ..platform import Platform, parse_platform
from ..policy import SCHEMA
from .calls import check_call
from .fingerprint import Env
from .gate import pass_or_reject, read_facts, reject_unreadable
from .messages import user_error
from .paths import expecting
from .settings import permissions_of, platform_of, request_of
from .target import REJECTED, library_of


class _Asked(NamedTuple):
    """What a target is asked for; of no platform in particular if that is None."""

    request: Request
    permissions: Permissions
    platform: Platform | None


class _GateAction(SCons.Action.FunctionAction):  # type: ignore[misc]  # SCons is untyped
    """A gate as a post-action. SCons does not see arguments of actions change, so it says them itself."""

    def __init__(self, asked: _Asked, nodes: Sequence[Any]) -> None:
        self._nodes = frozenset(nodes)
        self._asked = asked
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
        from .permitted import own_findings

        try:
            facts = read_facts(node.get_abspath())
        except InspectError as error:
            return reject_unreadable(node.get_abspath(), node, error)
        findings = own_findings(node, facts, *self._asked)
        request, permissions, _ = self._asked
        return pass_or_reject(node.get_abspath(), node, facts, request, findings, permissions.smoke)

    def get_presig(self, target: Any, source: Any, env: Env, executor: Any = None) -> bytes:
        del target, source, env, executor
        return " ".join(map(str, ("GoVerify", SCHEMA, *self._asked))).encode()


def _platform_settings(env: Env, platform: Any) -> dict[str, str]:
    if platform is None:
        return {}
    if not isinstance(platform, str):
        msg = f"GoVerify: platform={platform!r}\n  wanted: one, such as 'linux/arm64', which the targets are for"
        raise RequestError(msg)
    return parse_platform(env.subst(platform))


def _why_not(node: Any) -> str:
    """Return what is wrong with a target, and how to mend it; empty if nothing is."""
    # A folder has a builder too: that which makes it.
    if not isinstance(node, SCons.Node.FS.Base) or isinstance(node, SCons.Node.FS.Dir):
        return f"  found:  of type {type(node).__name__}\n  fix:    name the files"
    if node.has_builder():
        return ""
    if node.rexists():
        return (
            "  found:  a file that is there already\n"
            f"  fix:    env.GoVerify(env.InstallAs('build/{node.name}', '{node}')) proves it where it is installed; "
            "`golinkage verify` proves it without SCons"
        )
    return "  found:  no such file\n  fix:    call GoVerify after the call that declares how it is built"


def go_verify(env: Env, target: Any = None, linkage: Any = None, platform: Any = None, **overrides: Any) -> Any:
    """Attach the gate to targets that anything builds; returns their nodes.

    ``linkage`` is what they must have, $GOLINKAGE if left out; ``platform`` is one such as ``linux/arm64`` that they
    must be for, any if left out; other keywords override construction variables, such as GOVERIFYLIBS. Raises
    SCons.Errors.UserError if a target is built by nothing.
    """
    try:
        asked = {"GOLINKAGE": parse_choice(Linkage, linkage, "linkage").value} if linkage is not None else {}
        check_call(env, "GoVerify", overrides, target=target)
        with expecting("files that a builder makes", "GoVerify: target", "name the files"):
            named = env.arg2nodes(target, env.fs.File)
        # What GoStaticLibrary returns has the header in it, which is proved with its library.
        nodes = [node for node in named if not library_of(node)]
        if not nodes:
            msg = f"GoVerify\n  wanted: files that a builder makes\n  found:  {target!r}"
            raise RequestError(msg)
        judging = env.Override({**overrides, **asked, **_platform_settings(env, platform)})
        platform = platform_of(judging) if platform else None
        verified = _Asked(request_of(judging), permissions_of(judging), platform)
    except GolangError as error:
        raise user_error(str(error)) from error
    fresh = []
    for node in nodes:
        if found := _why_not(node):
            msg = f"GoVerify: nothing builds {node}\n  wanted: a file that a builder makes\n{found}"
            raise user_error(msg)
        if not hasattr(node.attributes, "golang_verified"):
            fresh.append(node)
        elif node.attributes.golang_verified != verified:
            known = node.attributes.golang_verified.request
            msg = (
                f"GoVerify: {node} is asked for linkage {known} and linkage {verified.request}, or permits different "
                "things"
            )
            raise user_error(msg + "\n  fix:    call GoVerify once for each target")
        node.attributes.golang_verified = verified
        # SCons cleans what belongs to the first target of a command.
        env.Clean(node.get_executor().get_all_targets()[0], node.dir.Entry(node.name + REJECTED))
    if fresh:
        # Others are judged so already.
        env.AddPostAction(fresh, _GateAction(verified, fresh))
    return SCons.Util.NodeList(nodes)
