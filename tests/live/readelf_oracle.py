"""Facts from the text of binutils readelf: an independent reading to compare ours with."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from golang.facts import ElfFacts

_MACHINES = {
    "Advanced Micro Devices X86-64": "X86_64",
    "AArch64": "AARCH64",
    "Intel 80386": "386",
    "ARM": "ARM",
    "RISC-V": "RISCV",
    "PowerPC64": "PPC64",
    "IBM S/390": "S390",
    "MIPS R3000": "MIPS",
    "LoongArch": "LOONGARCH",
}


def run_readelf(path: Path) -> str:
    """Return what ``readelf`` prints of header, segments, dynamic segment, notes and versions."""
    return subprocess.run(
        ["readelf", "-hldnVW", str(path)],
        capture_output=True,
        text=True,
        check=True,
        errors="backslashreplace",
        env={"LC_ALL": "C", "PATH": "/usr/local/bin:/usr/bin:/bin"},
    ).stdout


def read_expected(path: Path) -> dict[str, object]:
    """Return the facts that readelf shows, by the names of ElfFacts."""
    text = run_readelf(path)
    machine = _find(r"^  Machine: +(.*)$", text) or ""
    stack = _find(r"^  GNU_STACK +(?:0x\w+ +){4}(0x\w+)", text)
    return {
        "type": _find(r"^  Type: +(\w+)", text),
        "machine": _MACHINES.get(machine, machine),
        "bits": int(_find(r"^  Class: +ELF(\d+)", text) or 0),
        "little_endian": "little endian" in (_find(r"^  Data: +(.*)$", text) or ""),
        "interpreter": _find(r"\[Requesting program interpreter: (.*)\]", text),
        "has_dynamic": bool(re.search(r"^  DYNAMIC +0x", text, re.MULTILINE)),
        "has_tls": bool(re.search(r"^  TLS +0x", text, re.MULTILINE)),
        "stack_size": None if stack is None else int(stack, 16),
        "needed": tuple(re.findall(r"\(NEEDED\) +Shared library: \[(.*)\]", text)),
        "soname": _find(r"\(SONAME\) +Library soname: \[(.*)\]", text),
        "runpath": _split(_find(r"\(RUNPATH\) +Library runpath: \[(.*)\]", text)),
        "rpath": _split(_find(r"\(RPATH\) +Library rpath: \[(.*)\]", text)),
        "pie": "PIE" in (_find(r"\(FLAGS_1\) +Flags: (.*)$", text) or "").split(),
        "static_tls": "STATIC_TLS" in (_find(r"\(FLAGS\) +(.*)$", text) or "").split(),
        "symbol_versions": _read_versions(text),
    }


def get_found(facts: ElfFacts) -> dict[str, object]:
    """Return the same facts out of ours."""
    names = (
        "type", "machine", "bits", "little_endian", "interpreter", "has_dynamic", "has_tls",
        "stack_size", "needed", "soname", "runpath", "rpath", "pie", "static_tls",
    )  # fmt: skip
    found: dict[str, object] = {name: getattr(facts, name) for name in names}
    return {**found, "symbol_versions": dict(facts.symbol_versions)}


def _find(pattern: str, text: str) -> str | None:
    match = re.search(pattern, text, re.MULTILINE)
    return match[1] if match else None


def _split(text: str | None) -> tuple[str, ...]:
    return tuple(part for part in (text or "").split(":") if part)


def _read_versions(text: str) -> dict[str, tuple[str, ...]]:
    """Return the section ``Version needs`` as library to sorted versions."""
    _, _, needs = text.partition("Version needs section")
    versions: dict[str, set[str]] = {}
    library = ""
    for match in re.finditer(r" File: (\S+) +Cnt:| Name: (\S+) +Flags:", needs):
        if match[1]:
            library = match[1]
            versions.setdefault(library, set())
        else:
            versions[library].add(match[2])
    return {name: tuple(sorted(versions[name])) for name in sorted(versions)}
