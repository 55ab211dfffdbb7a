"""Findings and facts as text for people and as stable JSON for machines (schema: docs/report.md). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from .errors import InspectError
from .facts import BinaryFacts, BuildInfo, ElfFacts, ImageFacts
from .finding import Finding, errors, warnings
from .linkage import Kind, Linkage, Request, Resolver, Verdict
from .verdict import classify

SCHEMA = 1
"""The version of the JSON; raised when a field changes its meaning or goes away."""


def describe(findings: Iterable[Finding]) -> str:
    """Return findings as indented text, one below the other; a reason or remedy that they share is said once."""
    lines: list[str] = []
    said: set[str] = set()
    for finding in findings:
        new = [line for line in finding.lines() if line not in said]
        said.update(line for line in new if not line.startswith(("  wanted:", "  found:")))
        lines += new
    return "\n".join(lines)


def refusal(request: Request, findings: Sequence[Finding]) -> str:
    """Return the message for a target that cannot be built: every finding that rules it out."""
    return f"linkage {request} cannot be had\n{describe(errors(tuple(findings)))}"


def rejection(findings: Sequence[Finding], rejected: str = "") -> str:
    """Return the message for a binary that must not stand as its target: every finding that fails it."""
    return f"{_aside(rejected)}\n{describe(errors(tuple(findings)))}"


def unreadable(error: InspectError, rejected: str = "") -> str:
    """Return the message for a target that is no readable binary."""
    return f"{_aside(rejected)}\n  {error}"


def _aside(rejected: str) -> str:
    return f"rejected; moved to {rejected}" if rejected else "rejected"


def warning(target: str, findings: Sequence[Finding]) -> str:
    """Return the text of the warnings about a target; empty if there are none."""
    told = warnings(tuple(findings))
    return f"golang: warning: {target}\n{describe(told)}" if told else ""


def success(target: str, facts: BinaryFacts, asked: Request, ran: str = "") -> str:
    """Return the one line for a target that was proved; ``ran`` says how it was run, if it was."""
    verdict = classify(facts)
    # Nothing of libc in it: asked for dynamic, there was nothing to link dynamically.
    natural = asked.linkage is Linkage.DYNAMIC and verdict.kind is Kind.STATIC
    return f"{target}: {verdict}{' (naturally)' if natural else ''}: {', '.join(verdict.evidence)}" + (
        f"; {ran}" if ran else ""
    )


def resolver_of(facts: BinaryFacts) -> Resolver | None:
    """Return who resolves hosts and users; None where it is no Go program or nothing shows it."""
    # Elsewhere the system's resolver may be called without cgo.
    if facts.elf is None or not facts.elf.go:
        return None
    return Resolver.LIBC if facts.elf.libc_resolver else Resolver.GO


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a report tells of one program."""

    program: str
    facts: BinaryFacts
    asked: Request | None = None
    findings: tuple[Finding, ...] = ()
    c_toolchain: str = ""
    """The C compilers that took part, with version and libc; empty where none did, or nobody knows."""
    max_glibc: str = ""
    """The glibc that it must do with, such as ``2.17``; empty for any."""

    @property
    def verdict(self) -> Verdict:
        """The verdict of the facts."""
        return classify(self.facts)

    @property
    def ok(self) -> bool:
        """Whether nothing was found that rejects the program."""
        return not errors(self.findings)


def evidence_json(evidence: Evidence) -> dict[str, Any]:
    """Return the evidence of one program as JSON data, keys in a fixed order."""
    verdict, facts = evidence.verdict, evidence.facts
    asked = evidence.asked
    resolver = resolver_of(facts)
    return {
        "program": evidence.program,
        "asked": asked and {
            "linkage": asked.linkage.value,
            "libc": asked.libc.value if asked.linkage.links_libc_statically else None,
            "resolver": (asked.resolver if asked.linkage.uses_cgo else Resolver.GO).value,
            "max_glibc": evidence.max_glibc or None,
        },
        "verdict": verdict.kind.value,
        "libc": verdict.libc and verdict.libc.value,
        "nss": verdict.nss,
        "resolver": resolver and resolver.value,
        "c_toolchain": evidence.c_toolchain or None,
        "evidence": list(verdict.evidence),
        "ok": evidence.ok,
        "findings": [finding_json(finding) for finding in evidence.findings],
        "format": facts.format,
        "size": facts.size,
        "elf": facts.elf and _elf_json(facts.elf),
        "images": [_image_json(image) for image in facts.images],
    }  # fmt: skip


def finding_json(finding: Finding) -> dict[str, str]:
    """Return a finding as JSON data."""
    return {
        "case": finding.case,
        "level": finding.level.value,
        "wanted": finding.wanted,
        "found": finding.found,
        "why": finding.why,
        "fix": finding.fix,
    }


def _build_info_json(info: BuildInfo | None) -> dict[str, Any] | None:
    if info is None:
        return None
    return {
        "version": info.go_version,
        "path": info.path,
        "module": info.module,
        "settings": dict(sorted(info.settings.items())),
    }


def _image_json(image: ImageFacts) -> dict[str, Any]:
    return {
        "type": image.type,
        "machine": image.machine,
        "system": image.system,
        "libraries": list(image.libraries),
        "loader": image.loader,
        "signed": image.signed,
        "packed": image.packed,
        "go": _build_info_json(image.build_info),
    }


def _elf_json(elf: ElfFacts) -> dict[str, Any]:
    return {
        "type": elf.type,
        "machine": elf.machine,
        "bits": elf.bits,
        "endianness": "little" if elf.little_endian else "big",
        "interpreter": elf.interpreter,
        "dynamic_segment": elf.has_dynamic,
        "needed": list(elf.needed),
        "soname": elf.soname,
        "rpath": list(elf.rpath),
        "runpath": list(elf.runpath),
        "pie": elf.pie,
        "tls": elf.has_tls,
        "static_tls": elf.static_tls,
        "stack_size": elf.stack_size,
        "notes": list(elf.notes),
        "glibc_floor": elf.glibc_floor,
        "symbol_versions": {name: list(versions) for name, versions in sorted(elf.symbol_versions.items())},
        "dlopen": elf.dlopen,
        "packed": elf.packed,
        "go": _build_info_json(elf.build_info),
    }


def report_json(evidence: Iterable[Evidence]) -> dict[str, Any]:
    """Return the report over many programs as JSON data, sorted by program."""
    programs = sorted(evidence, key=lambda one: one.program)
    return {"schema": SCHEMA, "programs": [evidence_json(one) for one in programs]}


_HEADINGS = ("program", "linkage", "verdict", "libc", "resolver", "glibc floor", "size")


def report_table(evidence: Iterable[Evidence]) -> str:
    """Return the report as a table with one line a program, sorted by program."""
    rows = [_HEADINGS, *(_row(one) for one in sorted(evidence, key=lambda one: one.program))]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)
    return "\n".join(lines)


def _row(one: Evidence) -> tuple[str, ...]:
    resolver, elf = resolver_of(one.facts), one.facts.elf
    libc = one.verdict.libc
    if one.verdict.kind is Kind.STATIC:
        libc = None
    return (
        one.program,
        str(one.asked) if one.asked else "-",
        one.verdict.kind.value + ("" if one.ok else " (rejected)"),
        libc.value if libc else "-",
        resolver.value if resolver else "-",
        (elf.glibc_floor if elf else None) or "-",
        _size(one.facts.size),
    )


def _size(size: int) -> str:
    return f"{size / (1 << 20):.1f} MiB" if size >= 1 << 20 else f"{size / (1 << 10):.1f} KiB"
