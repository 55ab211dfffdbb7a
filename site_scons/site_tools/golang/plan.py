"""How Go is driven for a request: flags, environment and signature, as pure functions.

Every rule that makes a linkage is here, with the reason for it. Nothing here reads a file or starts a process.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from .goflags import flag_name, flag_value, join_flag_values, join_tool_flags, join_words, split_words, take_flag
from .linkage import Level, Linkage, Permissions, Product, Request, Resolver
from .platform import ARCH_VARIANTS, Platform
from .threadstack import asked_stack, stack_flag

SCHEMA = 1
"""Raise it when a change of this package must rebuild what an older version built."""

_LD_VALUED = frozenset(
    [
        "-B",
        "-D",
        "-E",
        "-H",
        "-I",
        "-L",
        "-R",
        "-T",
        "-X",
        "-buildid",
        "-buildmode",
        "-extar",
        "-extld",
        "-extldflags",
        "-funcalign",
        "-installsuffix",
        "-k",
        "-libgcc",
        "-linkmode",
        "-r",
        "-randlayout",
        "-tmpdir",
    ]
)
"""The flags of cmd/link that take a value."""

BUILD_VALUED = frozenset(
    [
        "-C",
        "-asmflags",
        "-buildmode",
        "-compiler",
        "-covermode",
        "-coverpkg",
        "-gccgoflags",
        "-gcflags",
        "-installsuffix",
        "-ldflags",
        "-mod",
        "-modfile",
        "-o",
        "-overlay",
        "-p",
        "-pgo",
        "-pkgdir",
        "-tags",
        "-toolexec",
    ]
)
"""The flags of ``go build`` whose value may be the next word."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """The settings of a target that select or shape the build, as the construction variables give them."""

    tags: tuple[str, ...] = ()
    ldflags: tuple[str, ...] = ()
    gcflags: tuple[str, ...] = ()
    asmflags: tuple[str, ...] = ()
    build_flags: tuple[str, ...] = ()
    xdefs: Mapping[str, str] = field(default_factory=dict)
    signed_xdefs: Mapping[str, str] | None = None
    """The same without what causes no rebuild, such as the time; None if all does."""
    trimpath: bool = True
    buildvcs: bool = False
    race: bool = False
    pgo: str = ""
    dynamic_libraries: tuple[str, ...] | None = None
    """The C libraries that a dynamic program may load besides libc, which are all but archives; None for any."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Go environment variables that can change a binary: GOAMD64, GOEXPERIMENT, CGO_CFLAGS ..."""
    goflags: tuple[str, ...] = ()
    """Adopted GOFLAGS, each a flag."""
    goflags_from: str = ""
    """Where they come from, for messages."""
    toolchain: str = "local"
    soname: str = ""
    """What a shared library is called by what loads it (DT_SONAME)."""
    asked: Mapping[str, str] = field(default_factory=dict, compare=False)
    """DECIDED settings in the build's environment, which must not contradict the others: then they change nothing."""
    test_flags: tuple[str, ...] = ()
    """Flags of ``go test -c`` that ``go list`` does not take."""
    permissions: Permissions = field(default_factory=Permissions)
    emulate: str = ""
    """The folder of the Go toolchain of the platform itself, to be run under an emulator; empty for none."""
    sysroot: str = ""
    """The folder with the files of the platform's own system; empty for none."""

    @property
    def user_flags(self) -> tuple[str, ...]:
        """Adopted GOFLAGS, then GOBUILDFLAGS, each flag with its value in one word."""
        return join_flag_values((*self.goflags, *self.build_flags), BUILD_VALUED)

    def links_archives(self, request: Request) -> bool:
        """Return whether everything is linked statically but libc and what may be dynamic."""
        return request.linkage is Linkage.DYNAMIC and self.dynamic_libraries is not None

    @property
    def linker_words(self) -> tuple[str, ...]:
        """GOLDFLAGS, each flag with its value in one word."""
        return join_flag_values(self.ldflags, _LD_VALUED)

    @property
    def external_flags(self) -> tuple[str, ...]:
        """What the user passes on to the external linker, through GOLDFLAGS."""
        values, _ = take_flag(self.linker_words, "-extldflags")
        return tuple(word for value in values for word in split_words(value))

    @property
    def c_linker_flags(self) -> Mapping[str, tuple[str, ...]]:
        """All that the user passes on to the external linker, by where it is set."""
        words = split_words(self.settings.get("CGO_LDFLAGS", ""))
        return {"GOLDFLAGS -extldflags": self.external_flags, "CGO_LDFLAGS": words}


_USUAL = {"GOENV": "off", "GO111MODULE": "on", "GOTOOLCHAIN": "local", "GOFLAGS": " "}
"""What says what is so anyway where a user has set nothing."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How one configuration is built.

    ``flags`` are the build flags, the same for ``go list`` and ``go build``; ``environ`` holds every Go variable
    that can change the binary, set explicitly; ``signature`` changes exactly when either does.
    """

    flags: tuple[str, ...]
    signed_flags: tuple[str, ...]
    """The flags that stand in the signature: without values that cause no rebuild."""
    environ: Mapping[str, str]
    external: bool
    """Whether the C toolchain links, so that libc is in the binary whatever the program imports."""
    test_flags: tuple[str, ...] = ()
    """Flags of ``go test -c`` alone."""

    @property
    def compile_flags(self) -> tuple[str, ...]:
        """The flags of the command that compiles."""
        return (*self.flags, *self.test_flags)

    @property
    def covers(self) -> bool:
        """Whether packages are compiled to tell what of them runs."""
        return any(flag_name(flag) in ("-cover", "-covermode", "-coverpkg") for flag in self.compile_flags)

    @property
    def unusual(self) -> tuple[str, ...]:
        """The names in ``environ`` that a shell without settings of Go's must have set to build the same."""
        return tuple(name for name, value in self.environ.items() if value and _USUAL.get(name) != value)

    @property
    def position_independent(self) -> bool:
        """Whether it asks for ``-buildmode=pie``; of several the last holds."""
        modes, _ = take_flag(self.flags, "-buildmode")
        return modes[-1:] == ("pie",)

    @property
    def signature(self) -> str:
        """The plan as ordered text."""
        environ = (f"{name}={value}" for name, value in sorted(self.environ.items()))
        return "\n".join([f"schema={SCHEMA}", *self.signed_flags, *environ])


def make_plan(request: Request, platform: Platform, options: Options) -> Plan:
    """Return how to build ``request``. Call :func:`contradictions` first: a plan assumes that there are none."""
    linker = linker_words(request, platform, options)
    flags = ["-trimpath"] if options.trimpath else []
    flags.append(f"-buildvcs={'true' if options.buildvcs else 'false'}")
    flags.extend(flag for flag in options.user_flags if flag_name(flag) != "-tags" and flag not in flags)
    if request.product.is_library:
        flags = [*(flag for flag in flags if flag_name(flag) != "-buildmode"), f"-buildmode={request.product.value}"]
    elif request.linkage is Linkage.STATIC_PIE and "-buildmode=pie" not in flags:
        flags.append("-buildmode=pie")
    if options.race:
        flags.append("-race")
    tags = build_tags(request, options)
    for name, value in (
        ("tags", ",".join(tags)),
        ("gcflags", join_tool_flags(options.gcflags)),
        ("asmflags", join_tool_flags(options.asmflags)),
        ("pgo", options.pgo),
    ):
        if value:
            flags.append(f"-{name}={value}")
    signed = linker
    if options.signed_xdefs is not None:
        signed = linker_words(request, platform, replace(options, xdefs=options.signed_xdefs))
    tested = options.test_flags if request.product is Product.TEST else ()
    modes, _ = take_flag(linker, "-linkmode")
    return Plan(
        flags=(*flags, *_linker_flag(linker)),
        signed_flags=(*flags, *_linker_flag(signed), *tested),
        environ=go_environ(request, platform, options),
        external="external" in modes[-1:],
        test_flags=tested,
    )


def _linker_flag(words: tuple[str, ...]) -> tuple[str, ...]:
    return (f"-ldflags={join_tool_flags(words)}",) if words else ()


def build_tags(request: Request, options: Options) -> tuple[str, ...]:
    """Return the build tags, sorted; the resolver of Go is chosen by tags of net and os/user."""
    adopted = (flag_value(flag) for flag in options.user_flags if flag_name(flag) == "-tags")
    tags = {tag for text in (*adopted, *options.tags) for tag in text.replace(",", " ").split()}
    if request.linkage.uses_cgo and request.resolver is Resolver.GO:
        tags |= {"netgo", "osusergo"}
    return tuple(sorted(tags))


def linker_words(request: Request, platform: Platform, options: Options) -> tuple[str, ...]:
    """Return the one merged ``-ldflags``: a second one would silently replace the first (linkage case E5)."""
    _, words = take_flag(options.linker_words, "-extldflags")
    external = list(options.external_flags)
    linkage = request.linkage
    if options.soname and request.product is Product.C_SHARED and platform.format == "ELF":
        # Without one, what is linked with a path to it would load it from that path (DT_NEEDED).
        external.append(f"-Wl,-soname={options.soname}")
    if linkage is Linkage.STATIC and platform.goos == "linux":
        # The linker's own lock: with -d it refuses every dynamic import (C1). Not with pie, where it
        # makes a program that crashes (C4, golang/go#80464).
        words = _add(words, "-d")
    if options.links_archives(request):
        # Those of the compiler itself; of a program without C++ the latter means nothing.
        external = ["-static-libgcc", "-static-libstdc++", *external]
    if linkage.links_libc_statically and not request.product.is_library:
        # -static alone is ignored by Go's internal linker, silently (C3); hence both, always.
        words = _add(words, "-linkmode=external")
        # gcc drops PIE with -static and the linker drops static with -pie: one word asks for both (C5).
        static = "-static-pie" if linkage is Linkage.STATIC_PIE else "-static"
        external = [static, *(flag for flag in external if flag != static)]
        if options.permissions.nss is Level.ERROR:
            # glibc's archive warns at link time of every function that loads NSS modules (C8).
            external.append("-Wl,--fatal-warnings")
    external += _stack_flags(request, platform, options)
    defines = tuple(f"-X={name}={value}" for name, value in sorted(options.xdefs.items()))
    joined = (f"-extldflags={join_words(external)}",) if external else ()
    return (*words, *defines, *joined)


def _stack_flags(request: Request, platform: Platform, options: Options) -> list[str]:
    """Return what has the C toolchain ask for the stacks that threads are to have; Go's own linker ignores it (C16)."""
    least = options.permissions.min_thread_stack
    if not least or not request.linkage.uses_cgo or platform.format != "ELF":
        return []
    # What the user asks for is enough, or a contradiction.
    asked = any(asked_stack(flags) is not None for flags in options.c_linker_flags.values())
    return [] if asked else [stack_flag(least)]


def _add(words: tuple[str, ...], word: str) -> tuple[str, ...]:
    return words if word in words else (*words, word)


def go_environ(request: Request, platform: Platform, options: Options) -> dict[str, str]:
    """Return the Go variables that can change the binary, each set explicitly (linkage cases E1 to E11)."""
    environ = {
        # Left unset it depends on whether a C compiler is on PATH (E1), and only "0" means no (E2).
        "CGO_ENABLED": "1" if request.linkage.uses_cgo else "0",
        "GOOS": platform.goos,
        "GOARCH": platform.goarch,
        # No flags. Empty it would count as unset, and those of GOROOT/go.env would hold (E4).
        "GOFLAGS": " ",
        "GOENV": "off",
        "GO111MODULE": "on",
        "GOTOOLCHAIN": options.toolchain,
        "GOEXPERIMENT": options.settings.get("GOEXPERIMENT", ""),
    }
    variant = ARCH_VARIANTS.get(platform.goarch)
    used = {
        name: value
        for name, value in options.settings.items()
        if (name.startswith("CGO_") and request.linkage.uses_cgo) or name in (variant, "GOFIPS140", "PKG_CONFIG")
    }
    return {**environ, **used}
