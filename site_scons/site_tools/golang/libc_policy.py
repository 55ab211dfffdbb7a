"""What the C library in a program makes of it: which one it is, what it loads, how large stacks are. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from .facts import ElfFacts
from .finding import Finding
from .linkage import Kind, Level, Libc, Permissions, Request, Resolver, Verdict
from .predict import NSS_FIX
from .threadstack import stack_flag


def check_libc(
    elf: ElfFacts,
    verdict: Verdict,
    request: Request,
    permissions: Permissions,
    resolver: Resolver | None = None,
    *,
    right: bool,
) -> Iterable[Finding]:
    """Yield what is wrong with the C library of a program, and of what it asks it for.

    ``right`` tells whether the program is of the kind that was asked for: of another kind its libc says nothing more.
    ``resolver`` is who resolves in Go according to its packages, if they are known.
    """
    if right:
        yield from _linked(elf, verdict, request)
        yield from _foreign_archive(elf, verdict)
    # C that Go's packages bring is linked even where no Go calls it.
    by_go = elf.libc_resolver or resolver is Resolver.LIBC
    yield from _nss(verdict, request, permissions, by_go=by_go)
    yield from _stack(elf, request, permissions)


def _linked(elf: ElfFacts, verdict: Verdict, request: Request) -> Iterable[Finding]:
    if not request.linkage.links_libc_statically:
        yield from _loaded(elf, verdict, request)
        return
    wanted = f"{request.libc.value}, linked statically"
    fix = f"a C toolchain for {request.libc.value} (GOCTOOLCHAIN)"
    both = f"musl's marks beside those of {Libc.GLIBC.value}"
    if verdict.libc is None:
        yield Finding(case="C24", wanted=wanted, found="a libc that is neither glibc nor musl", fix=fix)
    elif verdict.libc is not request.libc:
        fix += f", or GOLIBC={verdict.libc.value!r}"
        why = f"{both}: code of both is linked" if elf.also_musl else ""
        yield Finding(case="C24", wanted=wanted, found=verdict.libc.value, why=why, fix=fix)
    elif elf.also_musl:
        yield Finding(
            case="C15",
            wanted=f"{wanted}, and no other libc",
            found=both,
            why="an archive has musl's own code in it; or the program embeds another one, which is harmless",
            fix="do without the archive that brings it (`nm -A` says which defines functions of libc)",
            level=Level.WARN,
        )


def _loaded(elf: ElfFacts, verdict: Verdict, request: Request) -> Iterable[Finding]:
    """Yield whether a program loads another C library than GOLIBC."""
    if request.product.is_library or elf.interpreter is None or verdict.libc in (None, request.libc):
        return
    fix = f"a C toolchain for {request.libc.value}"
    if verdict.kind is Kind.INTERPRETER_ONLY and elf.go:
        # Go's own linker knows no other loader, and asks for it in every position independent program.
        fix = "do without -buildmode=pie, for without cgo a program needs no C library"
    yield Finding(
        case="C24",
        wanted=f"{request.libc.value}, loaded when it starts (GOLIBC)",
        found=f"{verdict.libc.value}, of PT_INTERP {elf.interpreter}",
        fix=f"{fix}, or GOLIBC={verdict.libc.value!r}",
    )


def _foreign_archive(elf: ElfFacts, verdict: Verdict) -> Iterable[Finding]:
    """Yield whether a C program with musl has a Go archive in it: its start-up code crashes there."""
    mode = elf.build_info.settings.get("-buildmode") if elf.build_info else None
    if mode == "c-archive" and verdict.libc is Libc.MUSL:
        yield Finding(
            case="C24",
            wanted="glibc, for which Go makes its archives",
            found=f"{Libc.MUSL.value}, and a Go archive (-buildmode=c-archive)",
            why="Go's runtime takes the arguments that glibc gives to what starts before main; musl gives none",
            fix="link the program with a C compiler for glibc, such as CC='gcc'",
        )


def _nss(verdict: Verdict, request: Request, permissions: Permissions, *, by_go: bool) -> Iterable[Finding]:
    if verdict.nss and request.linkage.is_static and permissions.nss is not Level.OK:
        # Who resolves in Go is no matter for C code.
        why, fix = "net or os/user resolve through it", NSS_FIX
        if not by_go:
            why, fix = "C code in the program resolves through it", NSS_FIX.partition(", or ")[2]
        yield Finding(
            case="C8",
            wanted="a static program that loads nothing at run time",
            found="its glibc loads NSS modules (libnss_*.so) of the machine that it runs on",
            why=why,
            fix=fix,
            level=permissions.nss,
        )


def _stack(elf: ElfFacts, request: Request, permissions: Permissions) -> Iterable[Finding]:
    least = permissions.min_thread_stack
    # The threads of a library are those of the program that loads it.
    if not least or (elf.stack_size or 0) >= least or request.product.is_library:
        return
    if not elf.go:
        why, fix = "", f"link it with {stack_flag(least)}"
    elif request.linkage.uses_cgo:
        why = "Go's own linker linked it, which asks for none"
        fix = "GOLDFLAGS=['-linkmode=external'] has the C toolchain link it, with that size; or GOMINSTACK=0"
    else:
        why = "cgo is off: Go's own linker asks for none, and Go makes and grows the stacks"
        fix = "GOMINSTACK=0, for there is no thread of C; or linkage='static-libc'"
    yield Finding(
        case="C16",
        wanted=f"thread stacks of at least {least} bytes",
        found=f"PT_GNU_STACK asks for {elf.stack_size or 0} bytes (0: the libc's default)",
        why=why,
        fix=fix,
    )
