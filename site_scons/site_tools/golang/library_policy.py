"""Whether a library that C links or loads is what was asked for: machine, exports, and how it is to be loaded. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .facts import BinaryFacts, ElfFacts
from .finding import Finding
from .linkage import Level, Libc, Permissions, Product, Request, Resolver
from .platform import Platform
from .platform_policy import PLATFORM_FIX
from .predict import Prediction

_SHOWN = 5
"""Names that a message tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What a library has to offer, as its sources and its declaration say."""

    exports: tuple[str, ...]
    """The functions that C may call."""
    soname: str = ""
    """DT_SONAME; empty for any."""


def check_sources(exports: Sequence[str], directory: str, *, has_main: bool) -> tuple[Finding, ...]:
    """Return what keeps a main package from being a library for C, before it is compiled."""
    found = []
    if not exports:
        found.append(
            Finding(
                case="export",
                wanted="a function that C can call",
                found=f'no //export line in a file of {directory} that imports "C"',
                why="without one Go writes no header; those of imported packages are not in the header either",
                fix='import "C", and a line "//export Name" directly above func Name',
            )
        )
    if not has_main:
        found.append(
            Finding(
                case="main",
                wanted="a function main, which every main package must have",
                found=f"none in {directory}",
                why="C never calls it, but Go's linker looks for it",
                fix="add: func main() {}",
            )
        )
    return tuple(found)


def check_library(
    facts: BinaryFacts,
    request: Request,
    permissions: Permissions,
    platform: Platform | None,
    prediction: Prediction | None,
    promise: Promise | None,
) -> Iterable[Finding]:
    """Yield what is wrong with a library of the right kind."""
    if request.product is Product.C_ARCHIVE:
        yield from _archive(facts, platform)
        yield from _nss(request, permissions, prediction)
    elif facts.elf is not None:
        yield from _shared(facts.elf, promise)
    if promise and facts.symbols is not None:
        yield from _exports(promise, facts.symbols)


def _archive(facts: BinaryFacts, platform: Platform | None) -> Iterable[Finding]:
    if "go.o" not in facts.members:
        yield Finding(
            case="go",
            wanted="an archive of Go code",
            found=f"no member go.o among its {len(facts.members)}",
            fix="a changed GOCOM must build with $_GOFLAGS",
        )
    target, code = platform.elf if platform else None, facts.object
    if target and code and (code.machine, code.bits, code.little_endian) != (
        target.machine, target.bits, target.little_endian,
    ):  # fmt: skip
        yield Finding(
            case="machine",
            wanted=f"a library for {platform} ({target.machine}, {target.bits} bits)",
            found=f"go.o is for {code.machine}, {code.bits} bits",
            fix=PLATFORM_FIX,
        )


def _nss(request: Request, permissions: Permissions, prediction: Prediction | None) -> Iterable[Finding]:
    """Tell what the C linker will warn of, where the archive is for a static program (linkage case C8)."""
    for_static = request.linkage.links_libc_statically and request.libc is Libc.GLIBC
    resolves = prediction is not None and prediction.resolver is Resolver.LIBC
    if for_static and resolves and permissions.nss is not Level.OK:
        yield Finding(
            case="C8",
            wanted="a static program that loads nothing at run time",
            found="net or os/user, which resolve through glibc",
            why="a program that is linked with -static and this archive loads NSS modules (libnss_*.so)",
            fix="GORESOLVER='go', or GOVERIFYNSS='ok' if every machine it runs on has the same glibc",
            level=permissions.nss,
        )


def _shared(elf: ElfFacts, promise: Promise | None) -> Iterable[Finding]:
    if promise and promise.soname and elf.soname != promise.soname:
        yield Finding(
            case="soname",
            wanted=f"DT_SONAME {promise.soname}",
            found=f"DT_SONAME {elf.soname}" if elf.soname else "no DT_SONAME",
            why="it is what programs that are linked with it will look for",
            fix="remove -soname from GOLDFLAGS and CGO_LDFLAGS; $SHLIBVERSION, $SOVERSION or $SONAME say what it is",
        )
    if not elf.nodelete:
        yield Finding(
            case="nodelete",
            wanted="DF_1_NODELETE: Go's threads go on in the library, so that dlclose must not unload it",
            found="none in DT_FLAGS_1",
            fix="remove the flags that change the link",
        )
    if elf.text_relocations:
        yield Finding(
            case="textrel",
            wanted="position independent code",
            found="text relocations (DT_TEXTREL), which hardened systems refuse to load",
            fix="compile the C code of its packages, and the archives that it links, with -fPIC",
        )


def _exports(promise: Promise, symbols: frozenset[str]) -> Iterable[Finding]:
    missing = [name for name in promise.exports if name not in symbols]
    if missing:
        more = " ..." if len(missing) > _SHOWN else ""
        yield Finding(
            case="export",
            wanted=f"every //export function: {len(promise.exports)}",
            found=f"{', '.join(missing[:_SHOWN])}{more} cannot be linked against",
            fix="remove what hides them: a version script, -fvisibility, or a step that strips the library",
        )
