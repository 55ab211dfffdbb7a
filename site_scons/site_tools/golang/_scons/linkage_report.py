"""GoLinkageReport: the evidence of many programs, as JSON and as a table."""

from __future__ import annotations

import json
from typing import Any

import SCons.Action
import SCons.Builder

from ..errors import GolangError
from ..finding import Finding
from ..linkage import Request
from ..policy import SCHEMA, check
from ..report import SCHEMA as REPORT_SCHEMA
from ..report import Evidence, report_json, report_table
from .actions import with_system_libraries
from .fingerprint import Env
from .gate import read_facts
from .messages import failure, tell
from .programs import PROGRAMS
from .settings import permissions_of, platform_of
from .target import program_of


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
    program, facts = program_of(node), read_facts(node.get_abspath())
    asked: Request | None = program.request if program else None
    findings: tuple[Finding, ...] = ()
    if program:
        env = node.get_build_env()
        permissions = with_system_libraries(permissions_of(env), PROGRAMS.scan(node))
        findings = check(facts, program.request, permissions=permissions, platform=platform_of(env))
    elif hasattr(node.attributes, "golang_verified"):
        asked, permissions = node.attributes.golang_verified
        findings = check(facts, asked, permissions=permissions, go=False)
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
