"""Whether a binary is what was asked for: facts against the request, the prediction and what is permitted.

The requirements of each linkage are data; ``check`` is the only judge, and reports everything it finds. Pure.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable
from dataclasses import replace

from .drivers import ZIG_HELP
from .facts import BinaryFacts, ElfFacts, ImageFacts, version_key
from .finding import Finding
from .image_policy import check_images
from .libc_policy import check_libc
from .library_policy import Promise, check_library
from .linkage import Kind, Level, Linkage, Permissions, Request, Verdict
from .platform import Platform
from .platform_policy import check_platform
from .policies import LIBRARY_POLICIES, POLICIES, Policy
from .predict import Prediction
from .verdict import NOT_LINKED, classify

SCHEMA = 3
"""Raise it when the proof gets stricter: every binary is then verified again."""


_UNPROVABLE_FIX = (
    "leave out what packs or converts the program, and install what reads it (`pip install macholib pefile`); "
    "GOVERIFY='warn' builds what cannot be proved, unproved"
)
_PROGRAM_FIX = "the linkage is that of programs: ask for that of the one that this is linked into"
_LIBRARIES = (Kind.ARCHIVE, Kind.SHARED_LIBRARY)
LIBC_LIBRARIES = (
    "libc.so.6", "libm.so.6", "libpthread.so.0", "libdl.so.2", "librt.so.1", "libresolv.so.2", "libutil.so.1",
    "ld-linux*.so.*", "ld64.so.*", "ld.so.1", "ld-musl-*.so.1", "libc.musl-*.so.1", "libc.so",
)  # fmt: skip
CXX_LIBRARIES = ("libstdc++.so.6", "libgcc_s.so.1", "libc++.so.1", "libc++abi.so.1", "libunwind.so.1")


def check(
    facts: BinaryFacts,
    request: Request,
    *,
    permissions: Permissions,
    platform: Platform | None = None,
    prediction: Prediction | None = None,
    promise: Promise | None = None,
    go: bool = True,
) -> tuple[Finding, ...]:
    """Return everything that keeps the binary from being what was asked for.

    ``prediction`` is None for binaries that something else built, ``promise`` where nobody knows what a library has to
    offer; ``go`` says whether it must be a Go program. Findings of lower level than ERROR are to be told only.
    """
    if permissions.enforce is Level.OK:
        return ()
    verdict = classify(facts)
    policy = _policy_for(facts, request, go=go)
    found = [*_kind(verdict, request, policy, prediction), *(check_platform(facts, platform) if platform else ())]
    for image in facts.images:
        found += [*_cgo(image, request, policy, go=go), *_crypto(image, request, permissions)]
    if facts.elf is not None:
        found += [
            *_segments(facts.elf, request, policy, prediction),
            *_needed(facts.elf, policy, permissions, platform, prediction),
            *_glibc(facts.elf, policy, permissions, go=go),
            *_cgo(facts.elf, request, policy, go=go),
            *_crypto(facts.elf, request, permissions),
            *check_libc(
                facts.elf,
                verdict,
                request,
                permissions,
                prediction.resolver if prediction else None,
                right=verdict.kind in policy.kinds,
            ),
        ]
    elif verdict.kind in policy.kinds:
        found += check_images(facts, permissions)
    if request.product.is_library and verdict.kind in policy.kinds:
        found += check_library(facts, request, permissions, platform, prediction, promise)
    if permissions.enforce is Level.WARN:
        found = [_lower(finding) for finding in found]
    return tuple(found)


def _policy_for(facts: BinaryFacts, request: Request, *, go: bool) -> Policy:
    if request.product.is_library:
        return LIBRARY_POLICIES[request.product]
    policy = POLICIES[request.linkage]
    if facts.images and request.linkage in (Linkage.DYNAMIC, Linkage.STATIC):
        # What loads nothing at all does not exist there (linkage case C19).
        if request.linkage is Linkage.DYNAMIC:
            return replace(policy, kinds=frozenset({Kind.SYSTEM_ONLY, Kind.DYNAMIC}))
        fix = "do without the packages and flags that bring in shared libraries, or ask for linkage='dynamic'"
        return replace(policy, kinds=frozenset({Kind.SYSTEM_ONLY}), fix=fix)
    if request.linkage.is_static and not go and facts.elf is not None and _is_c(facts.elf):
        # There is no C program without libc: static, for it, is libc linked in.
        libc = {Kind.STATIC_LIBC} if request.linkage is Linkage.STATIC else set()
        word = "-static-pie" if request.linkage is Linkage.STATIC_PIE else "-static"
        fix = f"link it with {word} (LINKFLAGS), and with archives only"
        if classify(facts).kind is Kind.STATIC and request.linkage is Linkage.STATIC_LIBC:
            fix = "linkage='static' proves that it needs nothing: there is too little of a libc in it to tell which"
        return replace(policy, kinds=policy.kinds | libc, fix=fix)
    return policy


def _is_c(elf: ElfFacts) -> bool:
    """Return whether it is a C program, with or without Go that was linked into it as a library."""
    mode = elf.build_info.settings.get("-buildmode") if elf.build_info else None
    return mode == "c-archive" or not elf.go


def _lower(finding: Finding) -> Finding:
    return replace(finding, level=Level.WARN)


def _because(prediction: Prediction | None) -> str:
    if prediction is None or not prediction.cgo:
        return ""
    return "cgo comes in because " + "; ".join(map(str, prediction.cgo))


def _kind(verdict: Verdict, request: Request, policy: Policy, prediction: Prediction | None) -> Iterable[Finding]:
    evidence = ", ".join(verdict.evidence)
    if verdict.kind not in policy.kinds:
        why = _because(prediction)
        fix = _UNPROVABLE_FIX if verdict.kind is Kind.UNPROVABLE else policy.fix
        if not request.product.is_library and (verdict.kind in _LIBRARIES or NOT_LINKED in evidence):
            fix = _PROGRAM_FIX
        yield Finding(case="kind", wanted=f"linkage {request}", found=f"{verdict} ({evidence})", why=why, fix=fix)
    elif prediction is not None and not _agree(prediction.kind, verdict.kind):
        yield Finding(
            case="prediction",
            wanted=f"{prediction.kind.value}, as the imports predict",
            found=f"{verdict} ({evidence})",
            why=_because(prediction) or "no package of the program uses cgo",
            fix="find the flag or tool that changes the link; if there is none, report it as a bug of scons-golang",
        )


def _agree(predicted: Kind, found: Kind) -> bool:
    # cgo may come to load a library, and may do with those of the system: its flags do not say.
    return found is predicted or (predicted is Kind.DYNAMIC and found is Kind.SYSTEM_ONLY)


def _segments(elf: ElfFacts, request: Request, policy: Policy, prediction: Prediction | None) -> Iterable[Finding]:
    wanted = f"linkage {request}"
    if elf.interpreter is not None and not policy.interpreter:
        yield Finding(
            case="interpreter", wanted=f"{wanted}: no interpreter", found=f"PT_INTERP {elf.interpreter}",
            why=_because(prediction), fix=policy.fix,
        )  # fmt: skip
    if elf.needed and not policy.needed:
        yield Finding(
            case="needed", wanted=f"{wanted}: no NEEDED libraries", found=f"DT_NEEDED {', '.join(elf.needed)}",
            why=_because(prediction), fix=policy.fix,
        )  # fmt: skip
    if elf.has_dynamic and not policy.dynamic_segment:
        yield Finding(
            case="dynamic-segment", wanted=f"{wanted}: no dynamic segment", found="PT_DYNAMIC", fix=policy.fix
        )


def _permitting(variable: str, library: str) -> str:
    """Return the setting that permits a library: GODYNAMICLIBS has names for linkers, GOVERIFYLIBS those of files."""
    linked = library.removeprefix("lib").partition(".so")[0]
    return f"{variable}=[{(linked if variable == 'GODYNAMICLIBS' else library)!r}]"


def _needed(
    elf: ElfFacts, policy: Policy, permissions: Permissions, platform: Platform | None, prediction: Prediction | None
) -> Iterable[Finding]:
    if not policy.needed:
        return
    permitted = [*LIBC_LIBRARIES, *(platform.system_libraries if platform else ()), *permissions.libraries]
    if not permissions.archives and (prediction is None or prediction.needs_cxx):
        permitted += CXX_LIBRARIES
    name = "GODYNAMICLIBS" if permissions.archives else "GOVERIFYLIBS"
    found = permissions.archives or elf.runpath or elf.rpath
    own = "" if found else "RPATH, and its node in LIBS, if this build makes it; "
    for library in elf.needed:
        permit = _permitting(name, library)
        if not any(fnmatch.fnmatchcase(library, pattern) for pattern in permitted):
            yield Finding(
                case="library",
                wanted=f"only libc's own libraries and those in {name}",
                found=f"DT_NEEDED {library}",
                why=_because(prediction),
                fix=f"{permit} if it is there wherever the program runs; {own}otherwise link its .a",
            )


def _glibc(elf: ElfFacts, policy: Policy, permissions: Permissions, *, go: bool) -> Iterable[Finding]:
    floor, highest = elf.glibc_floor, permissions.max_glibc
    if not (policy.needed and highest and floor) or version_key(floor) <= version_key(highest):
        return
    way = f"GOLIBC='glibc-{highest}' with GOCTOOLCHAIN='zig'"
    if not go and _is_c(elf):
        # Those settings are for what Go builds.
        way = f"`python3 -m ziglang cc -target ARCH-linux-gnu.{highest}` as CC"
    yield Finding(
        case="C18",
        wanted=f"glibc {highest} to be enough",
        found=f"GLIBC_{floor} is required",
        fix=f"{way} links against it ({ZIG_HELP}); or link statically",
    )


def _cgo(program: ElfFacts | ImageFacts, request: Request, policy: Policy, *, go: bool) -> Iterable[Finding]:
    if go and not program.go:
        yield Finding(case="go", wanted="a Go program", found="no Go build id and no Go build info in it")
    recorded = program.build_info.cgo_enabled if program.build_info else None
    if go and policy.cgo is not None and recorded is not None and recorded is not policy.cgo:
        yield Finding(
            case="cgo",
            wanted=f"linkage {request}: built with CGO_ENABLED={int(policy.cgo)}",
            found=f"the build info says CGO_ENABLED={int(recorded)}",
            fix="find what sets CGO_ENABLED behind the build, such as a changed GOCOM",
        )


def _crypto(program: ElfFacts | ImageFacts, request: Request, permissions: Permissions) -> Iterable[Finding]:
    told = program.build_info is not None and program.build_info.loads_openssl
    permitted = any(fnmatch.fnmatchcase("libcrypto.so", pattern) for pattern in permissions.libraries)
    if request.linkage.is_static and (program.openssl or told) and not permitted:
        yield Finding(
            case="C21",
            wanted="a static program that loads nothing at run time",
            found="its crypto loads OpenSSL (libcrypto.so) of the machine that it runs on",
            why="the package golang-fips/openssl is linked in" if program.openssl else "GOEXPERIMENT in the build info",
            fix="build with Go's own crypto (GOFIPS140), or GOVERIFYLIBS=['libcrypto.so*'] if it is there everywhere",
        )
