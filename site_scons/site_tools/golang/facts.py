"""Frozen facts about a binary, as plain data. ``inspect`` fills them, everything else only reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from .linkage import Libc


class Parser(NamedTuple):
    """What reads a format: a module, and the package of PyPI that it is in."""

    module: str
    package: str


PARSERS = {
    "ELF": Parser("elftools", "pyelftools"),
    "Mach-O": Parser("macholib", "macholib"),
    "PE": Parser("pefile", "pefile"),
}
"""The formats of programs that can be proved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildInfo:
    """What the Go linker recorded about the build (``go version -m``; debug/buildinfo).

    ``settings`` maps build settings such as ``CGO_ENABLED``, ``-buildmode``, ``-tags``, ``GOARCH``,
    ``GOEXPERIMENT`` to their values. It says what was intended, so it is evidence, never proof.
    """

    go_version: str
    path: str = ""
    module: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def cgo_enabled(self) -> bool | None:
        """The recorded ``CGO_ENABLED``, or None where it was not recorded."""
        value = self.settings.get("CGO_ENABLED")
        return None if value is None else value == "1"

    @property
    def loads_openssl(self) -> bool:
        """Whether a Go fork was told to take its crypto from the system's OpenSSL (linkage case C21)."""
        experiments = self.settings.get("GOEXPERIMENT", "").split(",")
        return self.settings.get("microsoft_systemcrypto") == "1" or any(
            name in ("systemcrypto", "opensslcrypto", "ms_nocgo_opensslcrypto") for name in experiments
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ElfFacts:
    """What the headers and segments of an ELF file say. Sections are never consulted: they can be stripped."""

    type: str
    """``EXEC``, ``DYN``, ``REL`` or ``CORE`` (e_type without its prefix)."""
    machine: str
    """e_machine without its prefix, such as ``X86_64`` or ``AARCH64``."""
    bits: int
    """32 or 64 (EI_CLASS)."""
    little_endian: bool
    """EI_DATA."""
    interpreter: str | None = None
    """PT_INTERP: the dynamic loader the kernel must find."""
    has_dynamic: bool = False
    """Whether there is a PT_DYNAMIC segment."""
    needed: tuple[str, ...] = ()
    """DT_NEEDED, in file order."""
    soname: str | None = None
    """DT_SONAME."""
    rpath: tuple[str, ...] = ()
    """DT_RPATH, split at colons."""
    runpath: tuple[str, ...] = ()
    """DT_RUNPATH, split at colons."""
    pie: bool = False
    """DF_1_PIE in DT_FLAGS_1."""
    nodelete: bool = False
    """DF_1_NODELETE in DT_FLAGS_1: ``dlclose`` leaves it in memory."""
    text_relocations: bool = False
    """DT_TEXTREL or DF_TEXTREL: the loader has to write to the code."""
    static_tls: bool = False
    """DF_STATIC_TLS in DT_FLAGS: initial-exec TLS, which dlopen may refuse (linkage case C11)."""
    has_tls: bool = False
    """Whether there is a PT_TLS segment."""
    executable_code: bool = True
    """Whether the file has the code it would run: an executable PT_LOAD, and the entry point, with content."""
    notes: tuple[str, ...] = ()
    """PT_NOTE entries as ``NAME/TYPE`` with the numeric type, such as ``GNU/1`` (the ABI tag) or ``Go/4``."""
    stack_size: int | None = None
    """PT_GNU_STACK p_memsz in bytes (0: the libc's default); None without such a header."""
    symbol_versions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """DT_VERNEED: library to the sorted versions that are required of it."""
    libc: Libc | None = None
    """The C library found in the bytes: linked in statically, or loaded according to interpreter and NEEDED."""
    also_musl: bool = False
    """Whether musl's marks are in a static program with glibc in it, too (linkage case C15)."""
    nss: bool = False
    """Whether a static glibc in it loads NSS modules (``libnss_%s.so`` in the loaded bytes)."""
    dlopen: bool = False
    """Whether it carries or imports ``dlopen``."""
    libc_resolver: bool = False
    """Whether Go's cgo resolver (``net._C2func_getaddrinfo`` and the like) is linked in."""
    openssl: bool = False
    """Whether a package that dlopens OpenSSL's libcrypto is linked in, as by Go forks for FIPS (linkage case C21)."""
    go: bool = False
    """Whether the Go linker made it (Go build id note, or Go build info)."""
    build_info: BuildInfo | None = None
    """Go build info where it is present."""
    packed: str | None = None
    """The name of the packer (``UPX``) where one hides the real program."""

    @property
    def glibc_floor(self) -> str | None:
        """The highest ``GLIBC_x.y`` version that is required, such as ``2.34``; None where none is."""
        versions = [
            version.removeprefix("GLIBC_")
            for required in self.symbol_versions.values()
            for version in required
            if version.startswith("GLIBC_") and version[6:7].isdigit()
        ]
        return max(versions, key=version_key, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFacts:
    """What the headers of a Mach-O or PE file say, or of one architecture of a universal Mach-O file."""

    type: str
    """Mach-O: filetype, such as ``EXECUTE``, ``DYLIB`` or ``BUNDLE``. PE: ``EXE``, ``DLL`` or ``OBJECT``."""
    machine: str
    """Mach-O: cputype, such as ``X86_64`` or ``ARM64``. PE: Machine, such as ``AMD64``, ``I386`` or ``ARM64``."""
    system: str = ""
    """What it is for and the oldest version that must do, such as ``macOS 12.0`` or ``Windows 6.1``."""
    libraries: tuple[str, ...] = ()
    """What it loads when it starts or is first used, in file order: load commands, or imports and delayed imports."""
    loader: str | None = None
    """LC_LOAD_DYLINKER; None for PE, which the kernel loads."""
    signed: bool = False
    """Whether there is a code signature (LC_CODE_SIGNATURE, or the certificate table)."""
    openssl: bool = False
    """As in ElfFacts."""
    go: bool = False
    """Whether the Go linker made it (Go build id, or Go build info)."""
    build_info: BuildInfo | None = None
    """Go build info where it is present."""
    packed: str | None = None
    """The name of the packer (``UPX``) where one hides the real program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectSymbols:
    """What the symbol table of one object in an archive says."""

    name: str
    """The archive's name of the object, such as ``foo.o``."""
    defined: frozenset[str]
    """Symbols that others may use, weak ones included."""
    undefined: frozenset[str]
    """Symbols that something else must define: weak ones need not be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BinaryFacts:
    """One inspected file.

    ``format`` is ``ELF``, ``ar`` (archive), ``PE``, ``Mach-O`` or ``wasm``. ``elf`` is set for ELF only, ``images`` for
    Mach-O and PE (one for each architecture) where the package that reads them is installed; ``members`` names an
    archive's first members (at most 1000), ``object`` is what its Go code (``go.o``) is, where that is ELF.
    """

    format: str
    size: int
    """Bytes."""
    elf: ElfFacts | None = None
    images: tuple[ImageFacts, ...] = ()
    members: tuple[str, ...] = ()
    object: ElfFacts | None = None
    symbols: frozenset[str] | None = None
    """Those names that were looked for and that a linker or loader finds; None where none were."""

    @property
    def programs(self) -> tuple[ElfFacts | ImageFacts, ...]:
        """What the file is for each architecture in it; none where it could not be read."""
        return self.images if self.elf is None else (self.elf,)

    @property
    def build_info(self) -> BuildInfo | None:
        """Go build info where it is present."""
        return next((program.build_info for program in self.programs if program.build_info), None)


def version_key(version: str) -> tuple[int, ...]:
    """Sort key of a dotted numeric version (``2.9`` before ``2.34``); other parts count as 0."""
    return tuple(int(part) if part.isdigit() else 0 for part in version.split("."))
