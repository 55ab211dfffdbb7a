"""What cannot be had together in a request: found when it is declared, before any process starts.

Pure, like ``plan``: a request, a platform and options in, findings out.
"""

from __future__ import annotations

from .environment import contradicting
from .facts import PARSERS
from .finding import Finding
from .goflags import flag_name, join_flag_values, split_words, take_flag
from .linkage import Level, Libc, Linkage, Product, Request
from .plan import BUILD_VALUED, Options
from .platform import ARCH_VARIANTS, Platform, why_no_platform
from .threadstack import MUSL_LIMIT, asked_stack

_OWNED_BUILD_FLAGS = {
    "-ldflags": "put them into GOLDFLAGS: of two -ldflags the go command silently drops the first",
    "-o": "the target is the output",
    "-C": "the package directory is the source of the target",
    "-overlay": "golang writes the overlay itself, to make the go command see changed C headers",
    "-n": "use `scons -n`",
    "-modfile": "declare the program in the module that it shall be built in",
    "-tags": "put them into GOTAGS",
    "-race": "set GORACE=True",
    "-pgo": "set GOPGO",
}
_SANITIZERS = ("-race", "-msan", "-asan")


def contradictions(request: Request, platform: Platform, options: Options) -> tuple[Finding, ...]:
    """Return everything in the request that cannot be had together, each with its fix."""
    checks = (
        _platform, _library, _words, _static_flags, _link_mode, _build_flags, _build_mode, _sanitizers, _stacks,
        contradicting, _emulation, _archives,
    )  # fmt: skip
    return tuple(found for check in checks for found in check(request, platform, options))


def _refuse(case: str, wanted: str, found: str, why: str, fix: str) -> Finding:
    return Finding(case=case, wanted=wanted, found=found, why=why, fix=fix)


def _platform(request: Request, platform: Platform, options: Options) -> list[Finding]:
    wanted = f"linkage {request.linkage.value}"
    name = ARCH_VARIANTS.get(platform.goarch, "")
    variant = {name: options.settings[name]} if name in options.settings else {}
    unknown = why_no_platform({"GOOS": platform.goos, "GOARCH": platform.goarch, **variant})
    if unknown:
        return [_refuse("C20", "a platform that Go builds for", f"platform {platform}", unknown.why, unknown.fix)]
    unprovable = platform.format not in PARSERS and options.permissions.enforce is Level.ERROR
    why = platform.why_not_static
    if request.linkage.is_static and why:
        fix = "linkage='dynamic'; with GORESOLVER='go' it needs no C compiler unless a package of yours uses cgo"
        if unprovable:
            fix = f"linkage='dynamic', and GOVERIFY='warn': {platform.format} programs cannot be proved"
        return [_refuse("C20", wanted, f"platform {platform}", why, fix)]
    why = platform.why_not_static_libc
    if request.linkage.links_libc_statically and why:
        without = "" if request.product.is_library else "linkage='static' (no cgo), or "
        fix = f"{without}linkage='dynamic' (cgo)"
        return [_refuse("C20", wanted, f"platform {platform}", why, fix)]
    if unprovable:
        why = f"only {', '.join(PARSERS)} programs can be proved; those of {platform.goos} are {platform.format}"
        return [_refuse("C28", "a proof", f"platform {platform}", why, "GOVERIFY='warn' builds it, unproved")]
    return []


def _library(request: Request, platform: Platform, options: Options) -> list[Finding]:
    if not request.product.is_library:
        return []
    wanted, mode = f"linkage {request} of a {request.product.value}", f"-buildmode={request.product.value}"
    if request.linkage is Linkage.STATIC:
        why = "C calls Go through cgo, which `static` turns off"
        has_static = request.product is Product.C_ARCHIVE and not platform.why_not_static_libc
        static = "linkage='static-libc' (for a static C program) or " if has_static else ""
        fix = f"{static}linkage='dynamic', in its own call: GOLINKAGE is for all that have none"
        return [_refuse("C11", wanted, f"{mode} with CGO_ENABLED=0", why, fix)]
    if request.product is Product.C_SHARED and request.linkage.links_libc_statically:
        why = "a linker makes no shared library with -static (ld: failed to set dynamic section sizes)"
        fix = "linkage='dynamic'; or GoStaticLibrary, which a static C program can link"
        return [_refuse("C11", wanted, f"{mode} with -extldflags=-static", why, fix)]
    if platform.goos == "linux" and request.libc is Libc.MUSL and options.permissions.enforce is Level.ERROR:
        why = (
            "Go's runtime takes the program's arguments from what glibc passes to constructors; musl passes nothing, "
            "and the program crashes before main (golang/go#13492, golang/go#54805)"
        )
        fix = "GOLIBC='glibc'; GOVERIFY='warn' builds it for a Go toolchain that is patched for this"
        return [_refuse("C11", "a library that C can use", f"{mode} for musl", why, fix)]
    return []


def _archives(request: Request, platform: Platform, options: Options) -> list[Finding]:
    if not options.links_archives(request) or platform.format == "ELF":
        return []
    why = "its linker has no flag that names the file of an archive (-l:libfoo.a)"
    fix = "GODYNAMICLIBS=None, and GOVERIFYLIBS for what it may load; or linkage='static'"
    return [_refuse("C23", "C libraries linked from archives (GODYNAMICLIBS)", f"platform {platform}", why, fix)]


def _words(request: Request, platform: Platform, options: Options) -> list[Finding]:
    del request, platform
    places = {
        "GOLDFLAGS": options.linker_words,
        "GOGCFLAGS": options.gcflags,
        "GOASMFLAGS": options.asmflags,
        "GOBUILDFLAGS": join_flag_values(options.build_flags, BUILD_VALUED),
    }
    return [
        _refuse(
            "E5", f"one flag in each word of {place}", repr(word), "it would be taken for one flag",
            f"{place}={list(split_words(word))!r}",
        )
        for place, words in places.items()
        for word in words
        if word.startswith("-") and len(flag_name(word).split()) > 1
    ]  # fmt: skip


def _static_flags(request: Request, platform: Platform, options: Options) -> list[Finding]:
    allowed = {Linkage.STATIC_LIBC: "-static", Linkage.STATIC_PIE: "-static-pie"}.get(request.linkage)
    found = []
    for place, words in options.c_linker_flags.items():
        for word in dict.fromkeys(words):
            ours = word.replace("--static", "-static") == allowed and place != "CGO_LDFLAGS"
            if word in ("-static", "-static-pie", "--static") and not ours:
                case = "C14" if place == "CGO_LDFLAGS" else "C5" if allowed else "C3"
                why = (
                    "what Go makes of it there depends on its version; the linkage alone decides"
                    if place == "CGO_LDFLAGS"
                    else "it contradicts what the linkage passes to the linker"
                    if allowed
                    else "with -linkmode external it links libc statically, which is a linkage of its own"
                    if "-linkmode=external" in options.linker_words
                    else "without -linkmode external Go's own linker ignores it and the result is silently dynamic"
                )
                without = allowed or platform.why_not_static_libc
                fix = f"remove {word}" + ("" if without else "; linkage='static-libc' links libc statically")
                if request.linkage is Linkage.STATIC:
                    fix = f"remove {word}: linkage='static' is static without it"
                found.append(_refuse(case, f"linkage {request}", f"{word} in {place}", why, fix))
    return found


def _link_mode(request: Request, platform: Platform, options: Options) -> list[Finding]:
    found = []
    modes, _ = take_flag(options.linker_words, "-linkmode")
    for mode in dict.fromkeys(modes):
        if request.linkage is Linkage.STATIC and mode == "external":
            why = "external linking needs cgo; before Go 1.22 it printed a warning and linked a broken program"
            fix = f"remove it, or ask for linkage={'dynamic' if platform.why_not_static_libc else 'static-libc'!r}"
            found.append(_refuse("C7", f"linkage {request} (cgo off)", f"-linkmode {mode} in GOLDFLAGS", why, fix))
        if request.linkage.links_libc_statically and mode != "external":
            why = "Go's internal linker cannot link libc statically"
            found.append(_refuse("C3", f"linkage {request}", f"-linkmode {mode} in GOLDFLAGS", why, "remove it"))
    if "-d" in options.linker_words and (_pie(request, options) or request.linkage is not Linkage.STATIC):
        why = "-d leaves out the dynamic segment, which a position independent program crashes without"
        found.append(_refuse("C4", f"linkage {request}", "-d in GOLDFLAGS", why, "remove it"))
    return found


def _pie(request: Request, options: Options) -> bool:
    if request.product.is_library:
        return False
    modes, _ = take_flag(options.user_flags, "-buildmode")
    linker_modes, _ = take_flag(options.linker_words, "-buildmode")
    return request.linkage is Linkage.STATIC_PIE or "pie" in (*modes[-1:], *linker_modes[-1:])


def _build_flags(request: Request, platform: Platform, options: Options) -> list[Finding]:
    del platform
    found = []
    for place, words in (("GOBUILDFLAGS", options.build_flags), (options.goflags_from, options.goflags)):
        for flag in join_flag_values(words, BUILD_VALUED):
            name = flag_name(flag)
            if not flag.startswith("-"):
                why = "it would be taken for a package"
                found.append(_refuse("E4", f"flags in {place}", repr(flag), why, "start flags with -"))
            elif name == "-tags" and place == options.goflags_from:
                continue
            elif name in _SANITIZERS and not request.linkage.uses_cgo:
                continue  # _sanitizers tells what is wrong with it there
            elif name in _OWNED_BUILD_FLAGS:
                fix = f"remove it from {place}; {_OWNED_BUILD_FLAGS[name]}"
                case = "E5" if name == "-ldflags" else "E4"
                why = "golang sets this flag itself, and the go command would take only one of the two"
                found.append(_refuse(case, f"{name} set in one place", f"{flag} in {place}", why, fix))
            elif flag == "-mod=mod":
                why = "it lets the build write go.mod and go.sum, which are sources"
                fix = f"remove it from {place} and run `go mod tidy` when imports change"
                found.append(_refuse("E4", "a build that only reads sources", f"{flag} in {place}", why, fix))
    return found


def _build_mode(request: Request, platform: Platform, options: Options) -> list[Finding]:
    found = []
    modes, _ = take_flag(options.user_flags, "-buildmode")
    linker_modes, _ = take_flag(options.linker_words, "-buildmode")
    if linker_modes:
        why = "packages must be compiled for the mode that they are linked in"
        have = f"-buildmode={linker_modes[-1]} in GOLDFLAGS"
        found.append(_refuse("E5", "-buildmode set in one place", have, why, "put it into GOBUILDFLAGS"))
    if request.linkage.is_static and any(flag_name(flag) == "-linkshared" for flag in options.user_flags):
        why = "it links Go's own packages as shared libraries"
        have = f"-linkshared ({_origin(options, '-linkshared')})"
        found.append(_refuse("C27", f"linkage {request}", have, why, "remove it, or ask for linkage='dynamic'"))
    for mode in dict.fromkeys(modes):
        if request.product.is_library:
            if mode != request.product.value:
                ours = f"-buildmode={request.product.value}"
                have = f"-buildmode={mode} ({_origin(options, '-buildmode')})"
                found.append(_refuse("C27", ours, have, "the builder says what is made", "remove it"))
        elif mode not in ("default", "exe", "pie"):
            why = "GoProgram builds executables"
            found.append(_refuse("C27", "-buildmode exe or pie", f"-buildmode={mode}", why, "remove it"))
        elif mode == "pie" and platform.format == "ELF" and request.linkage in (Linkage.STATIC, Linkage.STATIC_LIBC):
            why = (
                "a position independent program without cgo asks for the dynamic loader"
                if request.linkage is Linkage.STATIC
                else "gcc drops PIE when it links with -static"
            )
            fix = "remove it, or ask for linkage='static-pie'"
            case = "C6" if request.linkage is Linkage.STATIC else "C5"
            have = f"-buildmode=pie ({_origin(options, '-buildmode')})"
            found.append(_refuse(case, f"linkage {request}", have, why, fix))
        elif mode != "pie" and request.linkage is Linkage.STATIC_PIE:
            why = "static-pie is built with -buildmode=pie"
            found.append(_refuse("C5", f"linkage {request}", f"-buildmode={mode}", why, "remove it"))
    return found


def _origin(options: Options, name: str) -> str:
    adopted = any(flag_name(flag) == name for flag in options.goflags)
    return options.goflags_from if adopted else "GOBUILDFLAGS"


def _sanitizers(request: Request, platform: Platform, options: Options) -> list[Finding]:
    used = [name for name in _SANITIZERS if any(flag_name(flag) == name for flag in options.user_flags)]
    if options.race:
        used.append("GORACE")
    if used and not request.linkage.uses_cgo:
        why = "the sanitizer's run-time library is C: Go refuses it without cgo"
        both = "" if platform.why_not_static_libc else " or 'static-libc' (both work with the race detector)"
        fix = f"ask for linkage='dynamic'{both}, or turn it off"
        return [_refuse("C10", f"linkage {request} (cgo off)", ", ".join(used), why, fix)]
    if options.race and platform.goos == "linux" and _pie(request, options):
        why = "Go refuses the race detector in position independent programs (cmd/go/internal/work: buildModeInit)"
        fix = "GORACE=False, or linkage='static-libc' or 'dynamic' without -buildmode=pie"
        return [_refuse("C10", "the race detector", "position independent code", why, fix)]
    if "-asan" in used and request.linkage.links_libc_statically:
        why = "C compilers link the address sanitizer dynamically only"
        return [_refuse("C10", f"linkage {request}", "-asan", why, "ask for linkage='dynamic', or turn it off")]
    return []


def _stacks(request: Request, platform: Platform, options: Options) -> list[Finding]:
    least = options.permissions.min_thread_stack
    if not least or not request.linkage.uses_cgo or platform.format != "ELF":
        return []
    wanted, found = f"thread stacks of at least {least} bytes (GOMINSTACK)", []
    for place, flags in options.c_linker_flags.items():
        asked = asked_stack(flags)
        if asked is not None and asked < least:
            have = f"stack-size={asked} in {place}"
            found.append(_refuse("C16", wanted, have, "it asks for less", "remove it: GOMINSTACK sets the size itself"))
    if request.linkage.links_libc_statically and request.libc is Libc.MUSL and least > MUSL_LIMIT:
        why = "whatever a program asks for, musl gives a thread no more unless its code sets a size"
        fix = f"GOMINSTACK={MUSL_LIMIT}, or set the size where the thread is made (pthread_attr_setstacksize)"
        found.append(_refuse("C16", wanted, f"GOLIBC='musl', which gives at most {MUSL_LIMIT} bytes", why, fix))
    return found


def _emulation(request: Request, platform: Platform, options: Options) -> list[Finding]:
    del request
    if not options.emulate:
        return []
    if platform.goos != "linux":
        why = "qemu-user runs programs for Linux only"
        have = f"platform {platform}"
        return [_refuse("C19", "Go under emulation", have, why, "GOEMULATE=False: Go cross-compiles for it")]
    given = [flag for flag in options.user_flags if flag_name(flag) == "-toolexec"]
    why = "it is how the go command starts its tools under the emulator"
    return [_refuse("E4", "-toolexec of GOEMULATE", flag, why, "remove it, or GOEMULATE=False") for flag in given]
