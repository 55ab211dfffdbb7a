"""How a built program is run before it stands, and what is made of how it ended (``$GOSMOKE``). Pure.

What is to need nothing at run time is run where there is nothing: in an empty root.
"""

from __future__ import annotations

import shlex
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from .drivers import triple
from .emulators import find_emulator, runs_itself, why_no_emulator
from .facts import BinaryFacts, ElfFacts
from .finding import Finding
from .linkage import Kind, Libc, Request, Smoke
from .platform import ELF_TARGETS, ElfTarget, Platform
from .verdict import classify

SLOWER = 10
"""How much more time a program has under an emulator."""

NSSWITCH = "passwd: absent files\ngroup: absent files\nhosts: absent [NOTFOUND=return] dns\n"
"""The nsswitch.conf of an empty root: it names a module that is nowhere."""

_LACKING = "This program can only be run on"
"""How Go's runtime begins to say that a processor lacks what GOAMD64 asks for (runtime/asm_amd64.s)."""

_NO_FORMAT = "Exec format error"
"""What ENOEXEC is in words."""

_UNKNOWN_FLAG = ("flag provided but not defined", "unknown flag", "unrecognized option", "invalid option")
"""How programs begin to say that they do not know a flag (flag.FlagSet, getopt, spf13/pflag)."""

_SHOWN, _WIDTH = 12, 200


class Machine(NamedTuple):
    """What the machine has that runs a program."""

    host: Platform
    find: Callable[[str], str]
    """The path of a program on PATH; empty if there is none."""
    exists: Callable[[str], bool]
    is_static: Callable[[str], bool]
    """Whether the program at a path needs nothing at run time."""
    sysroot: str = ""
    """Where the loader and the libraries of another platform are, if that was said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a program is run."""

    emulator: str = ""
    """The path of a qemu; empty for the processor itself."""
    sysroot: str = ""
    """Where the emulator finds the loader and the libraries; empty for nowhere else."""
    empty_root: bool = False
    outside: str = ""
    """Why it is not run in an empty root, although it should be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How it ended: its exit status (negative: a signal; None: its time was over), or why it was not started."""

    status: int | None = None
    output: str = ""
    start_error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of it: one of these is set."""

    ran: str = ""
    """In words, how it was run successfully."""
    obstacle: str = ""
    """Why it could not be run here, which says nothing about the program."""
    finding: Finding | None = None


def way_to_run(facts: BinaryFacts, request: Request, machine: Machine) -> Way | str:
    """Return how a machine can run a program; or, as text, why it cannot."""
    elf, host = facts.elf, machine.host
    if elf is None or classify(facts).kind is Kind.SHARED_LIBRARY:
        return f"{facts.format} {'file' if elf is None else 'library'}, no program for {host}"
    platform = _platform_of(elf, host)
    if platform is None or not host.goos == platform.goos == "linux":
        return f"{host} runs no programs for {platform or elf.machine}"
    emulator = ""
    if not runs_itself(platform, host):
        emulator = find_emulator(platform, machine.find)
        if not emulator:
            return why_no_emulator(platform)
    if request.linkage.is_static:
        outside = f"{_base(emulator)} is not static" if emulator and not machine.is_static(emulator) else ""
        return Way(emulator=emulator, empty_root=not outside, outside=outside)
    return _dynamic_way(elf, platform, emulator, machine)


def _dynamic_way(elf: ElfFacts, platform: Platform, emulator: str, machine: Machine) -> Way | str:
    if not elf.interpreter:
        return Way(emulator=emulator)
    variants: tuple[dict[str, str], ...] = ({}, {"GOARM": "5"})
    sysroots = [""]
    if emulator and machine.sysroot and not machine.exists(machine.sysroot):
        return f"there is no folder {machine.sysroot} (GOSYSROOT)"
    if emulator:
        usual = (f"/usr/{triple(platform, variant)}" for variant in variants)
        sysroots = [machine.sysroot] if machine.sysroot else ["", *dict.fromkeys(usual)]
    for sysroot in sysroots:
        if machine.exists(sysroot + elf.interpreter):
            return Way(emulator=emulator, sysroot=sysroot)
    places = " nor ".join(f"in {sysroot}" if sysroot else "here" for sysroot in sysroots)
    return f"its interpreter {elf.interpreter} is {'neither' if len(sysroots) > 1 else 'not'} {places}"


def _platform_of(elf: ElfFacts, host: Platform) -> Platform | None:
    """Return what a program is for: Go's build info names the system, and of others it is taken to be the host's."""
    header = ElfTarget(elf.machine, elf.bits, elf.little_endian)
    goos = (elf.build_info.settings.get("GOOS") if elf.build_info else "") or host.goos
    return next((Platform(goos, goarch) for goarch, target in ELF_TARGETS.items() if target == header), None)


def judge(ended: Ended, name: str, smoke: Smoke, way: Way, facts: BinaryFacts) -> Outcome:
    """Return what is made of how a program ended that was run under some ``name``."""
    lacking = next((line for line in ended.output.splitlines() if line.startswith(_LACKING)), "")
    if ended.status and lacking:
        return Outcome(obstacle=f"this processor lacks what it was built for: {lacking}")
    if ended.start_error == _NO_FORMAT and not way.emulator and facts.elf and facts.elf.bits == 32:  # noqa: PLR2004
        return Outcome(obstacle="this kernel starts no programs of 32 bits")
    where = _where(way)
    if not ended.start_error and ended.status == 0:
        outside = f", but not in an empty root: {way.outside}" if way.outside else ""
        return Outcome(ran=f"ran {shlex.join(smoke.arguments) or 'without arguments'}{where}{outside}")
    found, why, fix = _failure(ended, smoke, way, facts)
    wanted = f"`{shlex.join([name, *smoke.arguments])}` to end with exit status 0{where}"
    return Outcome(finding=Finding(case="smoke", wanted=wanted, found=found + _said(ended.output), why=why, fix=fix))


def _where(way: Way) -> str:
    return (f" under {_base(way.emulator)}" if way.emulator else "") + (" in an empty root" if way.empty_root else "")


def _failure(ended: Ended, smoke: Smoke, way: Way, facts: BinaryFacts) -> tuple[str, str, str]:
    """Return what was found, why, and the fix."""
    interpreter, relink = facts.elf and facts.elf.interpreter, "remove the flags that change how it is linked"
    loader = f"it asks for the interpreter {interpreter}, and there is none" if interpreter and way.empty_root else ""
    if ended.start_error:
        return f"it does not start: {ended.start_error}", loader, relink if loader else ""
    if ended.status is None:
        limit = smoke.limit * (SLOWER if way.emulator else 1)
        return (
            f"still running after {limit} s",
            "",
            "GOSMOKE: arguments that make it end; or GOSMOKETIMEOUT: more seconds",
        )
    if ended.status < 0:
        deep = "GOMINSTACK, if its C needs deep stacks, " if classify(facts).libc is Libc.MUSL else ""
        return f"ended by {_signal(-ended.status)}", "", f"{deep}{relink}, or mend the program"
    if classify(facts).nss and way.empty_root:
        why = "perhaps that its glibc resolves hosts and users through NSS modules, of which there are none"
        fix = "GORESOLVER='go', or GOLIBC='musl', or GOSMOKE: arguments that look up no hosts and no users"
        return f"exit status {ended.status}", why, fix
    return f"exit status {ended.status}", loader, _arguments_for(ended, way)


def _arguments_for(ended: Ended, way: Way) -> str:
    """Return what to do about a program that ended with another status than 0."""
    if any(mark in ended.output for mark in _UNKNOWN_FLAG):
        return "GOSMOKE: arguments that the program knows"
    fix = "GOSMOKE: arguments that need no files, no environment and no network"
    if not way.empty_root:
        fix = "GOSMOKE: arguments that need no environment and no standard input"
    return f"mend the program, or {fix}"


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _said(output: str) -> str:
    """Return the beginning and the end of what a program wrote, to be appended to what was found."""
    clean = ("".join(char if char.isprintable() else " " for char in line) for line in output.splitlines())
    lines = [line.rstrip()[:_WIDTH] for line in clean if line.strip()]
    if len(lines) > _SHOWN:
        lines = [*lines[: _SHOWN // 2], "...", *lines[-_SHOWN // 2 :]]
    return "".join(["; it said:" if lines else "", *(f"\n          {line}" for line in lines)])


def _base(path: str) -> str:
    return path.rpartition("/")[2]
