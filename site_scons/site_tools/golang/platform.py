"""GOOS and GOARCH: what they are called here, in the headers of programs, and what ``static`` can mean on them.

Sources: ``go tool dist list``; the ELF machine of each port in cmd/link/internal/*/obj.go; the linkage
that a pure Go program gets was measured by cross builds with go1.27.3 (linkage cases C19, C20).
"""

from __future__ import annotations

import platform as _host
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from .errors import RequestError


@dataclass(frozen=True, slots=True)
class ElfTarget:
    """What an ELF header must say for a GOARCH: e_machine, EI_CLASS in bits, EI_DATA."""

    machine: str
    bits: int
    little_endian: bool = True


ELF_TARGETS = {
    "386": ElfTarget("386", 32),
    "amd64": ElfTarget("X86_64", 64),
    "arm": ElfTarget("ARM", 32),
    "arm64": ElfTarget("AARCH64", 64),
    "loong64": ElfTarget("LOONGARCH", 64),
    "mips": ElfTarget("MIPS", 32, little_endian=False),
    "mipsle": ElfTarget("MIPS", 32),
    "mips64": ElfTarget("MIPS", 64, little_endian=False),
    "mips64le": ElfTarget("MIPS", 64),
    "ppc64": ElfTarget("PPC64", 64, little_endian=False),
    "ppc64le": ElfTarget("PPC64", 64),
    "riscv64": ElfTarget("RISCV", 64),
    "s390x": ElfTarget("S390", 64, little_endian=False),
}

_IMAGE_MACHINES = {
    "Mach-O": {"amd64": "X86_64", "arm64": "ARM64"},
    "PE": {"386": "I386", "amd64": "AMD64", "arm": "ARMNT", "arm64": "ARM64"},
}
"""What the header of a program for a GOARCH must say, by format (cputype, Machine)."""
_OTHER_FORMATS = {
    "aix": "XCOFF", "darwin": "Mach-O", "ios": "Mach-O", "js": "wasm", "plan9": "Plan 9 a.out", "wasip1": "wasm",
    "windows": "PE",
}  # fmt: skip
"""The format of the programs of each GOOS whose format is not ELF (cmd/link/internal/ld: HeadType)."""

ARCH_VARIANTS = {
    "386": "GO386",
    "amd64": "GOAMD64",
    "arm": "GOARM",
    "arm64": "GOARM64",
    "mips": "GOMIPS",
    "mipsle": "GOMIPS",
    "mips64": "GOMIPS64",
    "mips64le": "GOMIPS64",
    "ppc64": "GOPPC64",
    "ppc64le": "GOPPC64",
    "riscv64": "GORISCV64",
}
"""The environment variable that selects the micro-architecture of a GOARCH."""

PLATFORM_SETTINGS = ("GOOS", "GOARCH", *dict.fromkeys(ARCH_VARIANTS.values()))
"""Every Go setting that a platform stands for."""

PORTS = {
    "aix": ("ppc64",),
    "android": ("386", "amd64", "arm", "arm64"),
    "darwin": ("amd64", "arm64"),
    "dragonfly": ("amd64",),
    "freebsd": ("386", "amd64", "arm", "arm64", "riscv64"),
    "illumos": ("amd64",),
    "ios": ("amd64", "arm64"),
    "js": ("wasm",),
    "linux": (
        "386", "amd64", "arm", "arm64", "loong64", "mips", "mips64", "mips64le", "mipsle", "ppc64", "ppc64le",
        "riscv64", "s390x",
    ),
    "netbsd": ("386", "amd64", "arm", "arm64"),
    "openbsd": ("386", "amd64", "arm", "arm64", "ppc64", "riscv64"),
    "plan9": ("386", "amd64", "arm"),
    "solaris": ("amd64",),
    "wasip1": ("wasm",),
    "windows": ("386", "amd64", "arm", "arm64"),
}  # fmt: skip
"""The GOARCHs of each GOOS: ``go tool dist list`` of every Go that is supported. One of them may lack a few."""

_VARIANTS = {
    "GO386": ("sse2|softfloat", "sse2, softfloat"),
    "GOAMD64": ("v[1-4]", "v1 to v4"),
    "GOARM": ("[567](,(soft|hard)float)?", "5, 6, 7, each with ,softfloat or ,hardfloat or neither"),
    "GOARM64": (
        r"v(8\.\d|9\.[0-5])(,lse)?(,crypto)?",
        "v8.0 to v8.9 and v9.0 to v9.5, each with ,lse or ,crypto or both or neither",
    ),
    "GOMIPS": ("(hard|soft)float", "hardfloat, softfloat"),
    "GOMIPS64": ("(hard|soft)float", "hardfloat, softfloat"),
    "GOPPC64": ("power(8|9|10)", "power8, power9, power10"),
    "GORISCV64": ("rva(20|22|23)u64", "rva20u64, rva22u64, rva23u64"),
}
"""What the micro-architecture variables may be (internal/buildcfg), as a pattern and in words."""

_NEAR = 0.85
"""How like each other a platform and a wrong spelling of it are, at most 1 (difflib)."""

_UNIX = frozenset(
    "aix android darwin dragonfly freebsd hurd illumos ios linux netbsd openbsd solaris".split()  # noqa: SIM905 - a list of words
)
_STATIC_GOOS = frozenset({"linux", "freebsd", "netbsd", "dragonfly"})
_NOT_STATIC = {
    "android": "its programs are position independent and started by /system/bin/linker64",
    "ios": "the kernel's interface is libSystem, which every program loads",
    "illumos": "the system call interface is libc.so, which every Go program loads",
    "openbsd": "system calls are permitted from libc.so only, which every Go program loads",
    "solaris": "the system call interface is libc.so, which every Go program loads",
    "aix": "the system call interface is libc.a(shr.o), which every Go program loads",
}
_SYSTEM_ONLY_GOOS = frozenset({"darwin", "windows"})
_NOT_STATIC_LIBC = {
    "darwin": "libSystem, its libc, exists as a shared library only",
    "windows": "the C run-time library is part of the system, as ucrtbase.dll or msvcrt.dll",
}
_SYSTEM_LIBRARIES = {
    **dict.fromkeys(("illumos", "solaris"), ("libc.so*", "libsocket.so*", "libsendfile.so*")),
    "freebsd": ("libc.so*", "libm.so*", "libsys.so*", "libthr.so*"),
    "netbsd": ("libc.so*", "libm.so*", "libpthread.so*"),
    "openbsd": ("libc.so*", "libpthread.so*"),
}
_MACHINES = {
    "x86_64": "amd64",
    "amd64": "amd64",
    "i386": "386",
    "i686": "386",
    "aarch64": "arm64",
    "arm64": "arm64",
    "armv6l": "arm",
    "armv7l": "arm",
    "loongarch64": "loong64",
    "ppc64le": "ppc64le",
    "ppc64": "ppc64",
    "riscv64": "riscv64",
    "s390x": "s390x",
}


@dataclass(frozen=True, slots=True)
class Platform:
    """A target platform, named as Go names it."""

    goos: str
    goarch: str

    def __str__(self) -> str:
        return f"{self.goos}/{self.goarch}"

    @property
    def is_unix(self) -> bool:
        """Whether the ``unix`` build constraint holds (cmd/go: go help buildconstraint)."""
        return self.goos in _UNIX

    @property
    def format(self) -> str:
        """The format of its programs: ``ELF``, ``Mach-O``, ``PE``, or another one, which cannot be proved."""
        return _OTHER_FORMATS.get(self.goos, "ELF")

    @property
    def elf(self) -> ElfTarget | None:
        """What the ELF header of a program for it must say; None where unknown or not ELF."""
        return ELF_TARGETS.get(self.goarch) if self.format == "ELF" else None

    @property
    def image_machine(self) -> str:
        """What the Mach-O or PE header of a program for it must say; empty where unknown or another format."""
        return _IMAGE_MACHINES.get(self.format, {}).get(self.goarch, "")

    @property
    def system_only(self) -> bool:
        """Whether ``static`` means there: nothing but the libraries that every program loads (linkage case C19)."""
        return self.goos in _SYSTEM_ONLY_GOOS

    @property
    def why_not_static(self) -> str | None:
        """Why no program can be static on it (linkage cases C19, C20); None where one can."""
        if self.goos in _STATIC_GOOS or self.system_only:
            return None
        return _NOT_STATIC.get(self.goos, "a static program is not defined there")

    @property
    def why_not_static_libc(self) -> str | None:
        """Why libc cannot be linked statically into Go programs for it; None where it can."""
        if self.goos == "linux":
            return None
        return _NOT_STATIC_LIBC.get(
            self.goos, "only Linux C toolchains are known to link libc statically into Go programs"
        )

    @property
    def system_libraries(self) -> tuple[str, ...]:
        """Patterns of the libraries that make up libc there, which Go may load without cgo (linkage case C20)."""
        return _SYSTEM_LIBRARIES.get(self.goos, ())


def parse_platform(text: str) -> dict[str, str]:
    """Return the Go settings that a platform such as ``linux/arm64`` or ``linux/arm/v7`` stands for, by name.

    The third part is the micro-architecture, as Go spells it or as container registries do (``v7`` for ``GOARM=7``,
    ``v8`` for ``GOARM64=v8.0``). Raises RequestError.
    """
    several = re.split(r"[\s,;]+(?=\w+/)", text.strip())
    if len(several) > 1:
        raise _no_platform(text, f"{len(several)} in one text", f"platform={several!r}")
    goos, _, rest = text.partition("/")
    goarch, more, variant = rest.partition("/")
    settings = {"GOOS": goos, "GOARCH": goarch}
    name = ARCH_VARIANTS.get(goarch)
    if variant and name:
        # Go spells a version of ARM 7 and v8.0 where registries say v7 and v8.
        short = {"GOARM": variant.removeprefix("v"), "GOARM64": re.sub(r"^(v[89])(?=,|$)", r"\1.0", variant)}
        settings[name] = short.get(name, variant)
    why = why_no_platform(settings)
    if not why and more and not (variant and name):
        found = "nothing after the second /" if not variant else f"GOARCH {goarch} has no variants"
        why = Unknown(found, f"platform='{goos}/{goarch}'")
    if why:
        near = _nearest(text)
        raise _no_platform(text, why.why, f"platform={near!r}, or another of `go tool dist list`" if near else why.fix)
    return settings


def _nearest(text: str) -> str:
    """Return the platform that is meant by another spelling, such as ``Linux/x86_64``; empty if none is like it."""
    import difflib

    goos, _, rest = (text if "/" in text else f"linux/{text}").strip().lower().partition("/")
    goarch, _, variant = rest.partition("/")
    known = [f"{goos}/{goarch}" for goos, ports in PORTS.items() for goarch in ports]
    asked = f"{goos}/{_MACHINES.get(goarch, goarch)}"
    near = [asked] if asked in known else difflib.get_close_matches(asked, known, 1, _NEAR)
    spelled = "".join(f"{one}/{variant}".rstrip("/") for one in near)
    return spelled if spelled != text else ""


def _no_platform(text: str, found: str, fix: str) -> RequestError:
    wanted = "a platform that Go builds for, such as linux/arm64 or linux/arm/v7"
    return RequestError(f"platform={text!r}\n  wanted: {wanted}\n  found:  {found}\n  fix:    {fix}")


class Unknown(NamedTuple):
    """Why Go builds for no such platform, and what to do about it."""

    why: str
    fix: str


def why_no_platform(settings: Mapping[str, str]) -> Unknown | None:
    """Return why Go cannot build for these settings (GOOS, GOARCH, GOARM and the like); None if it can."""
    goos, goarch = settings["GOOS"], settings["GOARCH"]
    fix = "choose one of `go tool dist list`"
    if goos not in PORTS:
        return Unknown(f"GOOS {goos!r} is none of {', '.join(PORTS)}", fix)
    if goarch not in PORTS[goos]:
        found = f"GOARCH {goarch!r} is none of {goos}'s" if goarch else f"no GOARCH; those of {goos}"
        return Unknown(f"{found}: {', '.join(PORTS[goos])}", fix)
    name = ARCH_VARIANTS.get(goarch, "")
    pattern, words = _VARIANTS.get(name, ("", ""))
    value = settings.get(name, "")
    if value and not re.fullmatch(pattern, value):
        return Unknown(f"{name} {value!r} is no micro-architecture of {goarch}", f"{name} is one of {words}")
    return None


def platform_name(settings: Mapping[str, str]) -> str:
    """Return what a platform is called in names of files and aliases, such as ``linux-arm64`` or ``linux-arm-v7``."""
    goos, goarch = settings["GOOS"], settings["GOARCH"]
    variant = settings.get(ARCH_VARIANTS.get(goarch, ""), "")
    if goarch == "arm" and variant:
        variant = f"v{variant}"
    return "-".join(part.replace(",", "-") for part in (goos, goarch, variant) if part)


def host_platform() -> Platform:
    """Return the platform that this interpreter runs on. Raises RequestError for an unknown machine."""
    goos = "windows" if sys.platform in ("win32", "cygwin") else sys.platform.rstrip("0123456789")
    machine = _host.machine().lower()
    if machine not in _MACHINES:
        msg = f"unknown machine {machine!r}: set GOARCH (see `go tool dist list`)"
        raise RequestError(msg)
    return Platform(goos, _MACHINES[machine])


def host_libc() -> str:
    """Return the name of the C library that this interpreter itself runs on: ``glibc`` or ``musl``."""
    return "musl" if _host.libc_ver()[0] in ("", "musl") and sys.platform == "linux" else "glibc"
