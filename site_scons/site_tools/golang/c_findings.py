"""What is wrong with the C compilers that a program would be built with. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from .ccompiler import CCompiler
from .csettings import is_shared_file
from .drivers import ZIG_HELP, triple, zig_target
from .finding import Finding
from .linkage import Libc, Linkage, Request
from .packages import Package
from .platform import Platform, host_platform
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


def toolchains_for(
    platform: Platform,
    request: Request,
    chosen_by: str,
    settings: Mapping[str, str] | None = None,
    *,
    cxx: bool = False,
    missing: str = "",
) -> str:
    """Return which C toolchains make what is asked for, and how to get them, in words.

    ``chosen_by`` is the variable that says which one builds, if any does; ``settings`` are Go's micro-architecture
    variables; ``cxx`` tells whether it is to have C++; ``missing`` is the compiler that was chosen and is not there.
    """
    glibc, here = request.libc is Libc.GLIBC or platform.goos != "linux", platform == host_platform()
    static_glibc = glibc and request.linkage.links_libc_statically
    found = []
    if zig_target(platform, settings or {}, request) and not static_glibc and request.linkage is not Linkage.STATIC_PIE:
        found.append(f"GOCTOOLCHAIN='zig' ({ZIG_HELP})" if chosen_by else ZIG_HELP)
    prefix = triple(platform, settings or {})
    if glibc and here:
        own = "gcc with GOCTOOLCHAIN='system'" if chosen_by == "GOCTOOLCHAIN" else "gcc as CC"
        found.append(f"{own} (Debian: {'g++' if cxx else 'gcc libc6-dev'})")
    elif glibc and prefix:
        way = "install it" if missing == f"{prefix}-gcc" else f"GOCTOOLCHAIN='{prefix}-gcc'"
        found.append(f"{way} (Debian: {'g++' if cxx else 'gcc'}-{prefix.replace('_', '-')})")
    elif here and not glibc and not cxx and request.linkage is not Linkage.STATIC_PIE:
        way = "install it" if missing == "musl-gcc" else "GOCTOOLCHAIN='musl-gcc'"
        found.append(f"{way} (Debian: musl-tools)")
    if static_glibc and platform.goos == "linux" and not here and not request.product.is_library:
        found.append(f"GOLIBC='musl' with zig ({ZIG_HELP})")
    if chosen_by == "GOSYSROOT":
        found.insert(0, f"put gcc and libc6-dev for {platform} into GOSYSROOT (docs/emulation.md)")
    if chosen_by == "GOCC" or not found:
        libc = f" and {request.libc.value}" if platform.goos == "linux" else ""
        own = f"GOCC and GOCXX: compilers for {platform}{libc}"
        return f"{own}; or without them {' or '.join(found)}" if found else own
    return " or ".join(found)


def without_c(prediction: Prediction, request: Request, platform: Platform) -> str:
    """Return the setting with which a program needs no C compiler; empty where there is none."""
    if not prediction.does_without_c or request.product.is_library:
        return ""
    return "GORESOLVER='go'" if platform.why_not_static else "linkage='static'"


def _no_cxx(prediction: Prediction, fix: str) -> Finding:
    return Finding(
        case="C25",
        wanted="a C++ compiler, for C++ in a cgo package",
        found="none that works",
        why=str(prediction.cxx[0]),
        fix=fix,
    )


def c_findings(
    prediction: Prediction,
    request: Request,
    platform: Platform,
    compilers: Sequence[CCompiler],
    chosen_by: str = "",
    settings: Mapping[str, str] | None = None,
) -> tuple[Finding, ...]:
    """Return what is wrong with the C toolchain for this program: other machine, other libc (linkage case C24).

    ``chosen_by`` is the variable that says which one builds, if any does; ``settings`` are as of toolchains_for.
    """
    used = compilers[: 2 if prediction.needs_cxx else 1]
    # Go makes no libraries for musl.
    library = request.product.is_library
    advice = toolchains_for(platform, request, chosen_by, settings, cxx=prediction.needs_cxx)
    found = [_no_cxx(prediction, f"{advice}; or GOCXX")] if prediction.needs_cxx and len(used) == 1 else []
    for name, compiler in zip(("CC", "CXX"), used, strict=False):
        if not compiler.makes_code_for(platform):
            found.append(
                Finding(
                    case="C20",
                    wanted=f"a C compiler for {platform}",
                    found=f"{name}: {compiler} makes code for {compiler.goos}/{compiler.goarch}",
                    why="; ".join(map(str, prediction.cgo[:1])),
                    fix="; or ".join(filter(None, (advice, without_c(prediction, request, platform)))),
                )
            )
        elif _has_another_libc(compiler, request, platform):
            how = "statically" if request.linkage.is_static else "dynamically"
            known = f", or GOLIBC={compiler.libc.value!r}" if compiler.libc and not library else ""
            found.append(
                Finding(
                    case="C24",
                    wanted=f"{request.libc.value}, linked {how}",
                    found=f"{name}: {compiler}",
                    why=f"Go links a program with C++ in it with CXX: {prediction.cxx[0]}" if name == "CXX" else "",
                    fix=f"{advice}{known}",
                )
            )
        elif request.linkage.links_libc_statically and not compiler.links_statically(request.libc):
            found.append(
                Finding(
                    case="C17",
                    wanted="glibc, linked statically",
                    found=f"{name}: {compiler}",
                    why="zig has glibc as a shared library only",
                    fix=advice if library else f"GOLIBC='musl', or {advice}",
                )
            )
    return tuple(found)


def other_libc_than_c(
    own: CCompiler | None, used: CCompiler, request: Request, platform: Platform
) -> tuple[Finding, ...]:
    """Return whether a library would have another libc than the C code that it is for, which ``own`` compiles."""
    if own is None or own is used or not request.product.is_library or platform.goos != "linux":
        return ()
    if not own.makes_code_for(platform) or own.libc in (None, request.libc):
        return ()
    return (
        Finding(
            case="C24",
            wanted=f"the same C library in a {request.product.value} as in what it is for: {request.libc.value}",
            found=f"CC: {own}",
            why="with two of them the program does not link, or crashes; Go's own libraries do not work with musl",
            fix="a CC for glibc, such as gcc, for both; or GOCC, where another compiler makes the program",
        ),
    )


def _has_another_libc(compiler: CCompiler, request: Request, platform: Platform) -> bool:
    if request.linkage.links_libc_statically:
        return compiler.libc is not request.libc
    return platform.goos == "linux" and compiler.libc not in (None, request.libc)


def missing_library(name: str, prediction: Prediction, compiler: CCompiler, *, dynamic: bool = False) -> Finding:
    """Tell of a library that the linker does not find, by its name for ``-l``: ``m``, or ``:libm.a`` for a file.

    ``dynamic`` tells whether the program may be linked with a shared library, too.
    """
    archive = name[1:] if name.startswith(":") else f"lib{name}.a"
    wanted, found = f"{archive}, to link it statically", f"no {archive}"
    fix = "install the static library, give its folder with -L or LIBPATH, or linkage='dynamic'"
    if dynamic and archive == name[1:]:
        fix = "install it, give its folder with -L or LIBPATH, or name it in GODYNAMICLIBS"
    elif dynamic:
        wanted, found = f"the library {name}", f"no lib{name}.so or {archive}"
        fix = "install it, give its folder with -L or LIBPATH, or name in LIBS the node of what builds it"
    return Finding(
        case="C12",
        wanted=wanted,
        found=f"{found} for {compiler.goos}/{compiler.goarch} where {compiler.command[0]} looks",
        why="; ".join(str(use) for use in prediction.cgo if use.package not in ("runtime/cgo", "net", "os/user")),
        fix=fix,
    )


def without_apple(missing: Sequence[str], prediction: Prediction, platform: Platform, compiler: CCompiler) -> Finding:
    """Tell of libraries of macOS that the linker does not find, by their names for ``-l`` (linkage case C19)."""
    without = "" if prediction.does_without_c else f", if {prediction.cgo[-1].package} works without"
    return Finding(
        case="C19",
        wanted=f"the libraries of macOS, to link cgo for {platform}: {', '.join(missing)}",
        found=f"{compiler}, which has libSystem only" if compiler.is_zig else str(compiler),
        why="; ".join(map(str, prediction.cgo[:1])),
        fix=f"GOCC with the flags that name Apple's SDK (--sysroot, -L, -F); or linkage='static' (no cgo){without}",
    )
