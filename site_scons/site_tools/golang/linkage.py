"""The vocabulary of linkage: what can be asked for, and what a binary can be found to be.

Asking and finding use different types. A :class:`Request` is what a target carries; a :class:`Verdict`
is what was read from the bytes of a binary. Only ``policy`` compares them. This module imports nothing
of the package but its errors.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from typing import TypeVar

from .errors import RequestError

_E = TypeVar("_E", bound=enum.Enum)


def parse_choice(kind: type[_E], value: object, name: str) -> _E:
    """Return the member of ``kind`` spelled ``value``.

    ``name`` is what the user knows the setting by (``linkage``, ``$GOLIBC``). Raises RequestError that
    lists the choices.
    """
    if isinstance(value, kind):
        return value
    for member in kind:
        if member.value == str(value):
            return member
    choices = ", ".join(str(member.value) for member in kind)
    msg = f"{name}: wanted one of {choices}; found {value!r}"
    raise RequestError(msg)


class Linkage(enum.Enum):
    """What a target asks for (``$GOLINKAGE``, ``linkage=``)."""

    DYNAMIC = "dynamic"
    STATIC = "static"
    STATIC_LIBC = "static-libc"
    STATIC_PIE = "static-pie"

    @property
    def uses_cgo(self) -> bool:
        """Whether Go is driven with ``CGO_ENABLED=1``."""
        return self is not Linkage.STATIC

    @property
    def links_libc_statically(self) -> bool:
        """Whether the C toolchain's linker makes a static binary (``-linkmode external``)."""
        return self in (Linkage.STATIC_LIBC, Linkage.STATIC_PIE)

    @property
    def is_static(self) -> bool:
        """Whether the result must need nothing at run time."""
        return self is not Linkage.DYNAMIC


class Product(enum.Enum):
    """What is made of a package."""

    PROGRAM = "exe"
    C_ARCHIVE = "c-archive"
    C_SHARED = "c-shared"
    TEST = "test"
    """The package's tests, as a program."""

    @property
    def is_library(self) -> bool:
        """Whether C links or loads it."""
        return self in (Product.C_ARCHIVE, Product.C_SHARED)


class Libc(enum.Enum):
    """A C library (``$GOLIBC``)."""

    GLIBC = "glibc"
    MUSL = "musl"


def parse_libc(value: str) -> tuple[Libc, str]:
    """Return the C library of ``$GOLIBC`` and the oldest version that must do, as in ``glibc-2.17``; empty for any.

    Raises RequestError.
    """
    name, _, version = value.partition("-")
    if name == Libc.GLIBC.value and version and re.fullmatch(r"2\.\d+", version):
        return Libc.GLIBC, version
    for libc in Libc:
        if libc.value == value:
            return libc, ""
    msg = f"$GOLIBC: wanted glibc, musl, or the oldest glibc that must do, such as glibc-2.17; found {value!r}"
    raise RequestError(msg)


class Resolver(enum.Enum):
    """Who resolves hosts and users where cgo is on (``$GORESOLVER``)."""

    GO = "go"
    LIBC = "libc"


class Level(enum.Enum):
    """What becomes of a finding that a user may permit."""

    ERROR = "error"
    WARN = "warn"
    OK = "ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The linkage property of one target."""

    linkage: Linkage
    libc: Libc = Libc.GLIBC
    resolver: Resolver = Resolver.LIBC
    product: Product = Product.PROGRAM

    def __str__(self) -> str:
        if self.linkage.links_libc_statically:
            return f"{self.linkage.value} ({self.libc.value})"
        return str(self.linkage.value)


class Kind(enum.Enum):
    """What a binary is, by how it is linked."""

    STATIC = "static"
    STATIC_LIBC = "static-libc"
    STATIC_PIE = "static-pie"
    DYNAMIC = "dynamic"
    SYSTEM_ONLY = "system-only"
    """Loads libraries of the operating system that no program there can do without, and nothing else."""
    INTERPRETER_ONLY = "interpreter-only"
    SHARED_LIBRARY = "shared-library"
    ARCHIVE = "archive"
    BROKEN = "broken"
    UNPROVABLE = "unprovable"


LIBRARY_KINDS = {Product.C_ARCHIVE: Kind.ARCHIVE, Product.C_SHARED: Kind.SHARED_LIBRARY}
"""What a library must be found to be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was read from the bytes of a binary, never from flags.

    ``libc`` is the C library that is linked in statically (or that a dynamic binary loads), where it
    shows. ``nss``: the statically linked glibc will load NSS modules at run time (linkage case C8).
    ``evidence``: one short statement for each fact that decided.
    """

    kind: Kind
    libc: Libc | None = None
    nss: bool = False
    evidence: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.kind in (Kind.STATIC_LIBC, Kind.STATIC_PIE):
            libc = self.libc.value if self.libc else "unknown libc"
            return f"{self.kind.value} ({libc}{'; nss-dependent' if self.nss else ''})"
        return str(self.kind.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Smoke:
    """A run of the program that was built (``$GOSMOKE``): it must end by itself, with exit status 0."""

    arguments: tuple[str, ...] = ()
    limit: int = 10
    """Seconds that it may take on this machine's own processor."""
    sysroot: str = ""
    """Where the loader and the libraries of another platform are; empty for Debian's place for them."""

    def __str__(self) -> str:
        return f"{list(self.arguments)} within {self.limit} s" + (f" in {self.sysroot}" if self.sysroot else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Permissions:
    """What a target permits beyond its linkage: part of the request, checked by the proof."""

    libraries: tuple[str, ...] = ()
    """Shared libraries (DT_NEEDED names, shell patterns) that a dynamic binary may need besides libc's own."""
    archives: bool = False
    """Whether ``libraries`` and libc's own are all, whatever else the system or the compiler has."""
    max_glibc: str = ""
    """The highest glibc symbol version that may be required, such as ``2.28``; empty for any."""
    nss: Level = Level.WARN
    """A static glibc that will load NSS modules at run time (linkage case C8)."""
    dropped_cgo: Level = Level.WARN
    """A package whose cgo files ``static`` leaves out with nothing in their place (linkage case C30)."""
    run_path: Level = Level.WARN
    """A shared library that a dynamic program does not find where it stands (linkage case C13)."""
    min_thread_stack: int = 0
    """The least default stack of a thread, in bytes (linkage case C16); 0 for any."""
    enforce: Level = Level.ERROR
    """Whether findings of the proof reject the binary, are only told, or are not looked for."""
    smoke: Smoke | None = None
    """How the program is run before it stands; None if it is not."""

    def __str__(self) -> str:
        values = {
            "enforce": self.enforce.value,
            "libraries": ",".join(self.libraries) or "libc only",
            **({"others": "archives only"} if self.archives else {}),
            "glibc": self.max_glibc or "any",
            "nss": self.nss.value,
            "dropped cgo": self.dropped_cgo.value,
            "run path": self.run_path.value,
            "thread stack": self.min_thread_stack or "any",
            "smoke": self.smoke or "none",
        }
        return "; ".join(f"{name} {value}" for name, value in values.items())
