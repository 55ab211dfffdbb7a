"""What a linkage report tells of each program: read from the binaries when the report is written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..ccompiler import CCompiler
from ..errors import GolangError
from ..finding import Finding
from ..linkage import Permissions, Request
from ..policy import check
from ..report import Evidence, report_json, report_table
from .gate import read_facts
from .messages import failure, tell
from .permitted import own_findings, with_system_libraries
from .programs import PROGRAMS
from .settings import permissions_of, platform_of
from .target import Node, program_of
from .written_file import write_whole


def write_report(target: Node, names: Mapping[Node, str]) -> Any:
    """Write the report on programs, and print it as a table; ``names`` is what each is called in it.

    Returns None or a BuildError.
    """
    try:
        evidence = [_evidence(node, name) for node, name in names.items()]
    except GolangError as error:
        return failure(target, str(error))

    def write(path: str) -> None:
        with open(path, "w", encoding="utf-8") as stream:
            json.dump(report_json(evidence), stream, indent=2)
            stream.write("\n")

    failed = write_whole(target, write)
    if not failed:
        tell(report_table(evidence))
    return failed


def _evidence(node: Node, name: str) -> Evidence:
    program, facts = program_of(node), read_facts(node.get_abspath())
    asked: Request | None = program.request if program else None
    findings: tuple[Finding, ...] = ()
    used: tuple[CCompiler, ...] = ()
    permissions = Permissions()
    if program:
        env = node.get_build_env()
        scan = PROGRAMS.scan(node)
        permissions = with_system_libraries(permissions_of(env), scan)
        if scan.prediction.needs_c:
            cxx = scan.prediction.needs_cxx
            used = scan.configuration.c.compilers(cxx=cxx)[: 2 if cxx else 1]
        known = scan.prediction if scan.prediction.complete else None
        findings = check(facts, program.request, permissions=permissions, platform=platform_of(env), prediction=known)
    elif hasattr(node.attributes, "golang_verified"):
        asked, permissions, platform = node.attributes.golang_verified
        findings = own_findings(node, facts, asked, permissions, platform)
    return Evidence(
        program=name,
        facts=facts,
        asked=asked,
        findings=findings,
        c_toolchain=", ".join(map(str, used)),
        max_glibc=permissions.max_glibc,
    )
