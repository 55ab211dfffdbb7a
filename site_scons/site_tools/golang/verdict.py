"""Facts about a binary to a verdict: how it is linked. Pure; what was asked for is not known here.

The rows of the table that decides were measured (linkage cases C1 to C29). PT_INTERP alone proves
nothing: a shared library and a broken PIE have none either. So it is the type, interpreter, dynamic
segment, NEEDED and DF_1_PIE together, and what no row covers is never called static.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .facts import PARSERS
from .linkage import Kind, Verdict
from .system_libraries import is_always_loaded

if TYPE_CHECKING:
    from .facts import BinaryFacts, ElfFacts, ImageFacts

_STATIC_KINDS = (Kind.STATIC_LIBC, Kind.STATIC_PIE)


def classify(facts: BinaryFacts) -> Verdict:
    """Return what the binary is, with one statement of evidence for each fact that decided."""
    if facts.format == "ar":
        member = "go.o" in facts.members
        text = "has the Go member go.o" if member else "has no member go.o: not a Go c-archive"
        return Verdict(kind=Kind.ARCHIVE, evidence=("ar archive", text, *_describe_symbols(facts)))
    if facts.images:
        return _classify_images(facts)
    if facts.elf is None:
        return Verdict(kind=Kind.UNPROVABLE, evidence=(f"{facts.format}: {_why_unread(facts.format)}",))
    elf = facts.elf
    kind, reason = _classify_elf(elf)
    if kind is Kind.UNPROVABLE:
        return Verdict(kind=kind, evidence=reason)
    return Verdict(
        kind=kind,
        libc=elf.libc,
        nss=elf.nss and kind in _STATIC_KINDS,
        evidence=(*_describe(elf), *reason, *_describe_symbols(facts)),
    )


def _describe_symbols(facts: BinaryFacts) -> tuple[str, ...]:
    return () if facts.symbols is None else (f"exports {', '.join(sorted(facts.symbols))}",)


def _why_unread(file_format: str) -> str:
    if file_format in PARSERS:
        return f"{PARSERS[file_format].package}, which reads it, is not installed"
    return "only the linkage of ELF, Mach-O and PE files can be proved"


NOT_LINKED = "not a linked program"
"""What is said of object files."""
_WORST_FIRST = (Kind.UNPROVABLE, Kind.BROKEN, Kind.SHARED_LIBRARY, Kind.DYNAMIC, Kind.SYSTEM_ONLY)


def _classify_images(facts: BinaryFacts) -> Verdict:
    """Return the verdict on a Mach-O or PE file; a universal one is what the worst of its architectures is."""
    found = [(image, *_classify_image(facts.format, image)) for image in facts.images]
    kind = min((kind for _, kind, _ in found), key=_WORST_FIRST.index)
    evidence = [
        text
        for image, _, reason in found
        for text in (f"{facts.format} {image.type} {image.machine}", *_describe_image(image), reason)
    ]
    return Verdict(kind=kind, evidence=tuple(dict.fromkeys(evidence)))


def _classify_image(file_format: str, image: ImageFacts) -> tuple[Kind, str]:
    """Return the kind of one architecture and the fact that decided."""
    if image.packed:
        return Kind.UNPROVABLE, f"packed by {image.packed}: the program is hidden"
    if image.type not in ("EXE", "EXECUTE"):
        library = image.type in ("DLL", "DYLIB", "BUNDLE")
        return (Kind.SHARED_LIBRARY, "not an executable") if library else (Kind.UNPROVABLE, NOT_LINKED)
    if not image.libraries:
        return Kind.UNPROVABLE, "loads nothing, as no program does there"
    broken = _why_not_started(image) if file_format == "Mach-O" else ""
    if broken:
        return Kind.BROKEN, broken
    if all(is_always_loaded(file_format, library) for library in image.libraries):
        return Kind.SYSTEM_ONLY, "no library that the system does not load anyway"
    return Kind.DYNAMIC, "loads more than the system does anyway"


def _why_not_started(image: ImageFacts) -> str:
    """Return why macOS would not start the program; empty if it would."""
    if image.loader is None:
        return "nothing would load the libraries"
    # "Code Signing on Apple silicon" in the release notes of macOS 11.
    unsigned = image.machine == "ARM64" and not image.signed
    return "no code signature, without which macOS starts no arm64 program" if unsigned else ""


def _describe_image(image: ImageFacts) -> tuple[str, ...]:
    system = (f"for {image.system} and later",) if image.system else ()
    return (*system, *(f"loads {library}" for library in image.libraries))


def _classify_elf(elf: ElfFacts) -> tuple[Kind, tuple[str, ...]]:
    """Return the kind and what decided beyond the facts that ``_describe`` states for all."""
    if elf.packed:
        return Kind.UNPROVABLE, (f"packed by {elf.packed}: the program is hidden",)
    if elf.type not in ("EXEC", "DYN"):
        return Kind.UNPROVABLE, (f"ELF {elf.type} file, {NOT_LINKED}",)
    if not elf.executable_code and not _is_shared_library(elf):
        return Kind.UNPROVABLE, ("no code in the file: a separate debug file has none",)
    if elf.type == "EXEC":
        return _classify_fixed(elf)
    return _classify_relocatable(elf)


def _classify_fixed(elf: ElfFacts) -> tuple[Kind, tuple[str, ...]]:
    """Classify ET_EXEC."""
    if elf.interpreter is not None:
        return _classify_interpreted(elf)
    if elf.needed:
        return Kind.BROKEN, ("nothing would load the needed libraries",)
    if elf.has_dynamic:
        return Kind.BROKEN, ("nothing would process the dynamic segment",)
    if elf.libc is not None:
        return Kind.STATIC_LIBC, (f"{elf.libc.value} in its bytes",)
    if elf.has_tls:
        # Go's own linker makes no TLS segment in a static program: C code brought it.
        return Kind.STATIC_LIBC, ("thread-local storage of C code", "C library not recognised")
    return Kind.STATIC, ("no C library found in its bytes",)


def _classify_relocatable(elf: ElfFacts) -> tuple[Kind, tuple[str, ...]]:
    """Classify ET_DYN: a library, a PIE, or a PIE that cannot run."""
    if not elf.has_dynamic:
        # ``-buildmode=pie -ldflags=-d``: nothing relocates it, and it crashes (golang/go#80464).
        return Kind.BROKEN, ("nothing would relocate it",)
    if _is_shared_library(elf):
        soname = (f"SONAME {elf.soname}",) if elf.soname else ()
        return Kind.SHARED_LIBRARY, ("not an executable: no DF_1_PIE", *soname)
    if elf.interpreter is not None:
        return _classify_interpreted(elf)
    if elf.needed:
        return Kind.BROKEN, ("nothing would load the needed libraries",)
    libc = (f"{elf.libc.value} in its bytes",) if elf.libc else ()
    return Kind.STATIC_PIE, ("DF_1_PIE", *libc)


def _classify_interpreted(elf: ElfFacts) -> tuple[Kind, tuple[str, ...]]:
    if not elf.has_dynamic:
        return Kind.BROKEN, ("an interpreter without anything to interpret",)
    if elf.needed:
        return Kind.DYNAMIC, ()
    return Kind.INTERPRETER_ONLY, ("starts only where the interpreter exists",)


def _is_shared_library(elf: ElfFacts) -> bool:
    """Whether ET_DYN is a library: libc.so.6 has an interpreter, and old PIE have no DF_1_PIE."""
    is_library = elf.interpreter is None or elf.soname is not None
    return elf.type == "DYN" and elf.has_dynamic and not elf.pie and is_library


def _describe(elf: ElfFacts) -> tuple[str, ...]:
    """State the facts that decide for every linked file."""
    interpreter = "no interpreter" if elf.interpreter is None else f"interpreter {elf.interpreter}"
    needed = tuple(f"needs {library}" for library in elf.needed) or ("no NEEDED libraries",)
    dynamic = "dynamic segment" if elf.has_dynamic else "no dynamic segment"
    return (f"ELF {elf.type}", interpreter, *needed, dynamic)
