"""What is wrong with the C compilers that a program would be built with. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from .ccompiler import CCompiler
from .csettings import is_shared_file
from .drivers import ZIG_HELP, triple, zig_target
from .finding import Finding
from .linkage import Request
from .packages import Package
from .platform import Platform
from .predict import Prediction


def beyond_reach(closure: Iterable[Package], dynamic: Collection[str]) -> tuple[Finding, ...]:
    """Return which packages ask for libraries that GODYNAMICLIBS does not name (linkage case C23)."""
    found = []
    for package in closure:
        if package.cgo_files and not package.local and not package.standard:
            names = [flag[2:] for flag in package.library_flags if flag.startswith("-l") and flag[2:3] != ":"]
            wrong = [name for name in names if name not in dynamic]
            if wrong:
                found.append(
                    Finding(
                        case="C23",
                        wanted=f"lib{wrong[0]}.a linked, not lib{wrong[0]}.so (GODYNAMICLIBS)",
                        found=f"package {package.import_path} asks for -l{' -l'.join(wrong)}",
                        why="it is in Go's module cache, whose packages nothing can change for a build",
                        fix=f"vendor it (`go mod vendor`), or GODYNAMICLIBS={wrong!r} if it may be loaded",
                    )
                )
    return tuple(found)


def only_shared(closure: Iterable[Package]) -> tuple[Finding, ...]:
    """Return which shared libraries a program is to be linked with statically (linkage case C12)."""
    files = dict.fromkeys(word for package in closure for word in package.given.ldflags if is_shared_file(word))
    return tuple(
        Finding(
            case="C12",
            wanted="archives, to link them statically",
            found=f"LIBS names the shared library {file}",
            fix="LIBS= what StaticLibrary makes, or linkage='dynamic'",
        )
        for file in files
    )


def _no_cxx(prediction: Prediction) -> Finding:
    return Finding(
        case="C25",
        wanted="a C++ compiler, for C++ in a cgo package",
        found="none that works",
        why=str(prediction.cxx[0]),
        fix="install one (Debian: g++) or set GOCXX to it",
    )


def c_findings(
    prediction: Prediction, request: Request, platform: Platform, compilers: Sequence[CCompiler]
) -> tuple[Finding, ...]:
    """Return what is wrong with the C toolchain for this program: other machine, other libc (linkage case C24)."""
    used = compilers[: 2 if prediction.needs_cxx else 1]
    found = [_no_cxx(prediction)] if prediction.needs_cxx and len(used) == 1 else []
    for name, compiler in zip(("CC", "CXX"), used, strict=False):
        if not compiler.makes_code_for(platform):
            found.append(
                Finding(
                    case="C20",
                    wanted=f"a C compiler for {platform}",
                    found=f"{name}: {compiler} makes code for {compiler.goos}/{compiler.goarch}",
                    why="; ".join(map(str, prediction.cgo[:1])),
                    fix=(f"{ZIG_HELP}, which builds for it; or " if zig_target(platform, {}, request.libc) else "")
                    + "set CC and CXX to a cross compiler"
                    + ("" if platform.why_not_static else "; or linkage='static'"),
                )
            )
        elif request.linkage.links_libc_statically and compiler.libc is not request.libc:
            found.append(
                Finding(
                    case="C24",
                    wanted=f"{request.libc.value}, linked statically",
                    found=f"{name}: {compiler}",
                    why=f"Go links a program with C++ in it with CXX: {prediction.cxx[0]}" if name == "CXX" else "",
                    fix=f"set {name} to a compiler for {request.libc.value}, or GOLIBC to the libc of that compiler",
                )
            )
        elif request.linkage.links_libc_statically and not compiler.links_statically(request.libc):
            prefix = triple(platform, {})
            cross = f"GOCTOOLCHAIN='{prefix}-gcc' (Debian: gcc-{prefix.replace('_', '-')})" if prefix else "a GNU one"
            found.append(
                Finding(
                    case="C17",
                    wanted="glibc, linked statically",
                    found=f"{name}: {compiler}",
                    why="zig has glibc as a shared library only",
                    fix=f"GOLIBC='musl', or {cross}",
                )
            )
    return tuple(found)
