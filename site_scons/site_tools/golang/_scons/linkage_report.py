"""GoLinkageReport: the evidence of many programs, as JSON and as a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import SCons.Action
import SCons.Builder

from ..errors import GolangError, RequestError
from ..probes import Answer
from .calls import check_call
from .fingerprint import Env
from .messages import user_error
from .paths import expecting
from .programs import PROGRAMS
from .target import Node, library_of, note_evidence, program_of
from .written_file import WrittenFile


class _ReportAction(SCons.Action.FunctionAction):  # type: ignore[misc]  # SCons is untyped
    """Writes a report. What only writing takes is imported then."""

    def __init__(self, names: Mapping[Node, str]) -> None:
        self._names = names
        super().__init__(self._write, {"cmdstr": "Writing $TARGET"})

    def _write(self, target: list[Any], source: list[Any], env: Env) -> Any:
        from .evidence import write_report

        del env
        return write_report(target[0], {node: self._name(node) for node in source})

    def _name(self, node: Node) -> str:
        return self._names.get(node) or str(node)

    def get_presig(self, target: Any, source: Any, env: Env, executor: Any = None) -> bytes:
        """Return what a report depends on besides the bytes of its programs: what was asked of them."""
        del target, executor
        asked = (f"what is asked of {self._name(node)}: {_asked(node)}" for node in source)
        return "\n".join([f"format: {_schema(env)}", *asked]).encode()


def _asked(node: Node) -> str:
    program = program_of(node)
    if program:
        return f"{program.request} {PROGRAMS.outlines.declaration(program.env).policy}"
    return " ".join(map(str, getattr(node.attributes, "golang_verified", ())))


def _schema(env: Env) -> str:
    """Return the version of the report; what is kept of it between runs changes with the code."""

    def ask() -> Answer:
        from ..policy import SCHEMA
        from ..report import SCHEMA as REPORT_SCHEMA

        return Answer(f"{SCHEMA} {REPORT_SCHEMA}")

    return str(PROGRAMS.outlines.probes(env).ask(("report",), ask))


def go_linkage_report(
    env: Env, target: Any, source: Any, names: Mapping[Node, str] | None = None, **overrides: Any
) -> Any:
    """Declare a report: the evidence of ``source`` (programs) as JSON in ``target``; returns its node.

    ``names`` is what programs are called in it, instead of by their paths. It also prints a table. It is made from the
    binaries themselves, so it never comes from a CacheDir.
    """
    builder = SCons.Builder.Builder(action=_ReportAction(names or {}))
    try:
        check_call(env, "GoLinkageReport", overrides, (), target=target, source=source)
        if not target:
            fix = "GoLinkageReport(target, source)"
            msg = f"GoLinkageReport: target\n  wanted: a path for the report\n  found:  none\n  fix:    {fix}"
            raise RequestError(msg)
        with expecting("programs to tell of", "GoLinkageReport: source", "name the files"):
            named = env.Override(overrides).arg2nodes(source, env.fs.File)
        # What GoStaticLibrary returns has the header in it, of which there is nothing to tell.
        programs = [node for node in named if not library_of(node)]
        with expecting("a path for a file", "GoLinkageReport: target"):
            nodes = builder(env, target, programs, **overrides)
    except GolangError as error:
        raise user_error(str(error)) from error
    for node in nodes:
        node.__class__ = WrittenFile
    env.NoCache(nodes)
    note_evidence(nodes)
    return nodes
