"""contradictions: everything that cannot be had together is refused when it is declared, with the fix (C3-C10, E2-E6)."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from golang.contradictions import contradictions
from golang.finding import Finding, errors
from golang.linkage import Level, Libc, Linkage, Permissions, Product, Request
from golang.plan import Options
from golang.platform import Platform

LINUX = Platform("linux", "amd64")
EVERY = tuple(linkage.value for linkage in Linkage)
WITH_CGO = tuple(linkage.value for linkage in Linkage if linkage.uses_cgo)
STATIC_KINDS = ("static", "static-libc", "static-pie")


def refused(linkage: str, platform: Platform = LINUX, **options: Any) -> tuple[Finding, ...]:
    return contradictions(Request(linkage=Linkage(linkage)), platform, Options(**options))


class Rule(NamedTuple):
    """One rule: the linkages that it refuses ``options`` for (all others accept them), and its message."""

    case: str
    linkages: tuple[str, ...]
    options: dict[str, Any]
    found: str
    fix: str
    why: str = ""


RULES = {
    "C3: -static without external linking": Rule(
        "C3", ("dynamic", "static"), {"ldflags": ("-extldflags", "-static")},
        "-static in GOLDFLAGS -extldflags", "remove -static", "silently dynamic",
    ),
    "C3: --static": Rule(
        "C3", ("dynamic", "static"), {"ldflags": ("-extldflags=-s --static",)},
        "--static in GOLDFLAGS -extldflags", "remove --static",
    ),
    "C5: -static-pie": Rule(
        "C5", ("static-libc",), {"ldflags": ("-extldflags=-static-pie",)},
        "-static-pie in GOLDFLAGS -extldflags", "remove -static-pie", "contradicts what the linkage passes",
    ),
    "C5: -static": Rule(
        "C5", ("static-pie",), {"ldflags": ("-extldflags=-static",)},
        "-static in GOLDFLAGS -extldflags", "remove -static", "contradicts what the linkage passes",
    ),
    "C14: CGO_LDFLAGS=-static": Rule(
        "C14", EVERY, {"settings": {"CGO_LDFLAGS": "-lm -static"}},
        "-static in CGO_LDFLAGS", "remove -static", "depends on its version",
    ),
    "C7: external linking without cgo": Rule(
        "C7", ("static",), {"ldflags": ("-linkmode", "external")},
        "-linkmode external in GOLDFLAGS", "linkage='static-libc'", "before Go 1.22",
    ),
    "C3: internal linking of libc": Rule(
        "C3", ("static-libc", "static-pie"), {"ldflags": ("-linkmode=internal",)},
        "-linkmode internal in GOLDFLAGS", "remove it", "internal linker cannot",
    ),
    "C3: automatic linking of libc": Rule(
        "C3", ("static-libc", "static-pie"), {"ldflags": ("-linkmode=auto",)},
        "-linkmode auto in GOLDFLAGS", "remove it", "internal linker cannot",
    ),
    "C4: -d with a dynamic segment": Rule(
        "C4", ("dynamic", "static-libc", "static-pie"), {"ldflags": ("-d",)},
        "-d in GOLDFLAGS", "remove it", "crashes",
    ),
    "C6: pie without cgo": Rule(
        "C6", ("static",), {"build_flags": ("-buildmode=pie",)},
        "-buildmode=pie (GOBUILDFLAGS)", "linkage='static-pie'", "asks for the dynamic loader",
    ),
    "C5: pie with static-libc": Rule(
        "C5", ("static-libc",), {"build_flags": ("-buildmode", "pie")},
        "-buildmode=pie (GOBUILDFLAGS)", "linkage='static-pie'", "gcc drops PIE",
    ),
    "C5: exe with static-pie": Rule(
        "C5", ("static-pie",), {"build_flags": ("-buildmode=exe",)}, "-buildmode=exe", "remove it",
    ),
    "C6: pie from GOFLAGS": Rule(
        "C6", ("static",), {"goflags": ("-buildmode=pie",), "goflags_from": "env['ENV']['GOFLAGS']"},
        "-buildmode=pie (env['ENV']['GOFLAGS'])", "linkage='static-pie'",
    ),
    "E5: -buildmode for the linker": Rule(
        "E5", EVERY, {"ldflags": ("-buildmode=pie",)},
        "-buildmode=pie in GOLDFLAGS", "GOBUILDFLAGS", "must be compiled for the mode",
    ),
    "C27: c-shared": Rule(
        "C27", EVERY, {"build_flags": ("-buildmode=c-shared",)}, "-buildmode=c-shared", "remove it", "executables",
    ),
    "C27: -linkshared": Rule(
        "C27", STATIC_KINDS, {"build_flags": ("-linkshared",)},
        "-linkshared (GOBUILDFLAGS)", "linkage='dynamic'", "shared libraries",
    ),
    "C10: race without cgo": Rule(
        "C10", ("static",), {"race": True}, "GORACE", "linkage='dynamic' or 'static-libc'", "refuses it without cgo",
    ),
    "C10: msan without cgo": Rule(
        "C10", ("static",), {"build_flags": ("-msan",)}, "-msan", "turn it off",
    ),
    "C10: asan without cgo": Rule(
        "C10", ("static",), {"goflags": ("-asan",), "goflags_from": "GOFLAGS"}, "-asan", "turn it off",
        "without cgo",
    ),
    "C10: race in position independent code": Rule(
        "C10", ("static-pie",), {"race": True}, "position independent code", "linkage='static-libc'", "Go refuses",
    ),
    "C10: race and pie": Rule(
        "C10", ("dynamic", "static-libc", "static-pie"), {"race": True, "build_flags": ("-buildmode=pie",)},
        "position independent code", "'dynamic' without -buildmode=pie", "Go refuses",
    ),
    "C10: asan with libc linked in": Rule(
        "C10", ("static-libc", "static-pie"), {"build_flags": ("-asan",)}, "-asan", "linkage='dynamic'", "dynamically only",
    ),
    "E5: two linker flags in a word": Rule(
        "E5", EVERY, {"ldflags": ("-s -w",)}, "'-s -w'", "GOLDFLAGS=['-s', '-w']", "taken for one flag",
    ),
    "E5: a linker flag and its value in a word": Rule(
        "E5", EVERY, {"ldflags": ("-X main.v=1",)}, "'-X main.v=1'", "GOLDFLAGS=['-X', 'main.v=1']",
    ),
    "E5: two compiler flags in a word": Rule(
        "E5", EVERY, {"gcflags": ("-N -l",)}, "'-N -l'", "GOGCFLAGS=['-N', '-l']",
    ),
    "E5: two build flags in a word": Rule(
        "E5", EVERY, {"build_flags": ("-mod vendor",)}, "'-mod vendor'", "GOBUILDFLAGS=['-mod', 'vendor']",
    ),
    "E2: cgo off": Rule(
        "E2", ("dynamic", "static-libc", "static-pie"), {"asked": {"CGO_ENABLED": "0"}},
        "CGO_ENABLED=0 in env['ENV']", "set GOLINKAGE", "sets CGO_ENABLED=1",
    ),
    "E2: cgo on": Rule(
        "E2", ("static",), {"asked": {"CGO_ENABLED": "1"}}, "CGO_ENABLED=1 in env['ENV']", "set GOLINKAGE", "sets CGO_ENABLED=0",
    ),
    "E2: neither 0 nor 1": Rule(
        "E2", EVERY, {"asked": {"CGO_ENABLED": "false"}}, "CGO_ENABLED=false", "remove CGO_ENABLED from env['ENV']",
    ),
    "E6: auto": Rule(
        "E6", EVERY, {"toolchain": "auto"}, "GOTOOLCHAIN=auto", "GOTOOLCHAIN='local'", "swapped in",
    ),
    "E6: path": Rule("E6", EVERY, {"toolchain": "path"}, "GOTOOLCHAIN=path", "GOTOOLCHAIN='local'"),
    "E6: no name of a toolchain": Rule("E6", EVERY, {"toolchain": "1.26.8"}, "GOTOOLCHAIN=1.26.8", "'go1.26.8'"),
    "E6: or newer": Rule(
        "E6", EVERY, {"toolchain": "go1.26.8+auto"}, "GOTOOLCHAIN=go1.26.8+auto", "GOTOOLCHAIN='local'",
    ),
    "E6: another in the environment": Rule(
        "E6", EVERY, {"asked": {"GOTOOLCHAIN": "auto"}}, "GOTOOLCHAIN=auto in env['ENV']",
        "remove GOTOOLCHAIN from env['ENV']", "which one builds ('local')",
    ),
    "E6: an exact one in the environment": Rule(
        "E6", EVERY, {"asked": {"GOTOOLCHAIN": "go1.26.8"}}, "GOTOOLCHAIN=go1.26.8 in env['ENV']",
        "remove GOTOOLCHAIN from env['ENV'], or GOTOOLCHAIN='go1.26.8' in the SConstruct",
    ),
    "E10: another system in the environment": Rule(
        "E10", EVERY, {"asked": {"GOOS": "windows", "GOARCH": "amd64"}}, "GOOS=windows in env['ENV']",
        "remove GOOS from env['ENV']; platform='windows/amd64' builds", "the SConstruct says",
    ),
    "E10: another platform in the environment": Rule(
        "E10", EVERY, {"asked": {"GOOS": "darwin", "GOARCH": "arm64"}}, "GOOS=darwin, GOARCH=arm64 in env['ENV']",
        "remove GOOS and GOARCH from env['ENV']; platform='darwin/arm64' builds",
    ),
    "E5: -ldflags": Rule(
        "E5", EVERY, {"build_flags": ("-ldflags=-s",)}, "-ldflags=-s in GOBUILDFLAGS", "GOLDFLAGS", "sets this flag",
    ),
    "E5: -ldflags in GOFLAGS": Rule(
        "E5", EVERY, {"goflags": ("-ldflags=-s",), "goflags_from": "GOFLAGS of `go env -w` (/x/env)"},
        "-ldflags=-s in GOFLAGS of `go env -w` (/x/env)", "GOLDFLAGS",
    ),
    "E4: -tags": Rule("E4", EVERY, {"build_flags": ("-tags=a",)}, "-tags=a in GOBUILDFLAGS", "GOTAGS"),
    "E4: -o": Rule("E4", EVERY, {"build_flags": ("-o", "x")}, "-o=x in GOBUILDFLAGS", "the target is the output"),
    "E4: -overlay": Rule("E4", EVERY, {"build_flags": ("--overlay=x",)}, "-overlay=x in GOBUILDFLAGS", "overlay"),
    "E4: -race": Rule("E4", WITH_CGO, {"build_flags": ("-race",)}, "-race in GOBUILDFLAGS", "GORACE=True"),
    "E4: -pgo": Rule("E4", EVERY, {"build_flags": ("-pgo=off",)}, "-pgo=off in GOBUILDFLAGS", "GOPGO"),
    "E4: -mod=mod": Rule(
        "E4", EVERY, {"build_flags": ("-mod", "mod")}, "-mod=mod in GOBUILDFLAGS", "go mod tidy", "are sources",
    ),
    "E4: no stamp in GOFLAGS": Rule(
        "E4", EVERY, {"buildvcs": True, "goflags": ("-buildvcs=false",), "goflags_from": "GOFLAGS of `go env -w` (/x/env)"},
        "-buildvcs=false in GOFLAGS of `go env -w` (/x/env)",
        "remove it from GOFLAGS of `go env -w` (/x/env), or GOBUILDVCS=False", "the last of two",
    ),
    "E4: a stamp in GOFLAGS": Rule(
        "E4", EVERY, {"goflags": ("--buildvcs",), "goflags_from": "env['ENV']['GOFLAGS']"},
        "--buildvcs in env['ENV']['GOFLAGS']", "GOBUILDVCS=True",
    ),
    "E4: perhaps a stamp in GOFLAGS": Rule(
        "E4", EVERY, {"buildvcs": True, "goflags": ("-buildvcs=auto",), "goflags_from": "GOFLAGS"},
        "-buildvcs=auto in GOFLAGS", "remove it from GOFLAGS",
    ),
    "E4: paths in GOFLAGS": Rule(
        "E4", EVERY, {"goflags": ("-trimpath=0",), "goflags_from": "GOFLAGS"}, "-trimpath=0 in GOFLAGS", "GOTRIMPATH=False",
    ),
    "E4: version control as it may be": Rule(
        "E4", EVERY, {"goflags": ("-buildvcs=auto",), "goflags_from": "GOFLAGS"},
        "-buildvcs=auto in GOFLAGS", "remove it from GOFLAGS",
    ),
    "E4: version control in GOBUILDFLAGS": Rule(
        "E4", EVERY, {"build_flags": ("-buildvcs=true",)}, "-buildvcs=true in GOBUILDFLAGS", "GOBUILDVCS=True",
    ),
    "E4: no paths in GOFLAGS": Rule(
        "E4", EVERY, {"trimpath": False, "goflags": ("-trimpath",), "goflags_from": "GOFLAGS"},
        "-trimpath in GOFLAGS", "GOTRIMPATH=True",
    ),
    "E4: a package among the flags": Rule(
        "E4", EVERY, {"build_flags": ("./cmd/x",)}, "'./cmd/x'", "start flags with -", "taken for a package",
    ),
    "E4: -toolexec under emulation": Rule(
        "E4", EVERY, {"build_flags": ("-toolexec", "x"), "emulate": "/go"}, "-toolexec=x", "GOEMULATE=False", "emulator",
    ),
}  # fmt: skip


@pytest.mark.parametrize("linkage", EVERY)
@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_rule(rule: Rule, linkage: str) -> None:
    found = refused(linkage, **rule.options)
    if linkage not in rule.linkages:
        assert not [one for one in found if one.case == rule.case and rule.found in one.found and rule.why in one.why]
        return
    finding = next(one for one in found if one.case == rule.case and rule.found in one.found)
    assert rule.fix in finding.fix
    assert rule.why in finding.why
    assert finding.wanted
    assert errors(found) == found


ACCEPTED: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "nothing": (EVERY, {}),
    "race (C10)": (("dynamic", "static-libc"), {"race": True}),
    "address sanitizer": (("dynamic",), {"build_flags": ("-asan",)}),
    "values with spaces": (
        EVERY,
        {
            "ldflags": ("-X=main.v=1 2", "-X", "main.w=-a b", "-extldflags=-lm -lz"),
            "gcflags": ("all=-N -l",),
            "build_flags": ("-mod", "vendor"),
        },
    ),
    "pie with dynamic": (("dynamic", "static-pie"), {"build_flags": ("-buildmode=pie",)}),
    "exe": (("dynamic", "static", "static-libc"), {"build_flags": ("-buildmode=exe",)}),
    "default": (("dynamic", "static", "static-libc"), {"build_flags": ("-buildmode=default",)}),
    "external linking": (("dynamic", "static-libc", "static-pie"), {"ldflags": ("-linkmode=external",)}),
    "internal linking": (("dynamic", "static"), {"ldflags": ("-linkmode=internal",)}),
    "automatic linking": (("dynamic", "static"), {"ldflags": ("-linkmode=auto",)}),
    "-d": (("static",), {"ldflags": ("-d",)}),
    "-static where it holds": (("static-libc",), {"ldflags": ("-extldflags=-static",)}),
    "--static where it holds": (("static-libc",), {"ldflags": ("-extldflags=--static",)}),
    "-static-pie where it holds": (("static-pie",), {"ldflags": ("-extldflags=-static-pie",)}),
    "words like -static": (EVERY, {"ldflags": ("-extldflags=-static-libgcc -static-libstdc++ -Wl,-z,now",)}),
    "plain linker flags": (EVERY, {"ldflags": ("-s", "-w", "-X", "main.v=-static")}),
    "libraries": (EVERY, {"settings": {"CGO_LDFLAGS": "-L/x -lfoo"}}),
    "-linkshared": (("dynamic",), {"build_flags": ("-linkshared",)}),
    "tags from GOFLAGS": (EVERY, {"goflags": ("-tags=a",), "goflags_from": "GOFLAGS"}),
    "GOFLAGS as it is anyway": (EVERY, {"goflags": ("-buildvcs=0", "-trimpath", "--trimpath=true")}),
    "the last of two": (
        EVERY,
        {"goflags": ("-trimpath=false", "-trimpath"), "build_flags": ("-buildvcs", "-buildvcs=0")},
    ),
    "GOFLAGS as is asked": (
        EVERY,
        {"trimpath": False, "buildvcs": True, "goflags": ("-buildvcs", "-trimpath=false", "-buildvcs=true")},
    ),
    "other flags": (EVERY, {"build_flags": ("-mod=vendor", "-v", "-p", "2", "-trimpath=true", "-buildvcs=false")}),
    "cgo said as it is": (("static",), {"asked": {"CGO_ENABLED": "0"}}),
    "cgo said as it is, on": (("dynamic", "static-libc", "static-pie"), {"asked": {"CGO_ENABLED": "1"}}),
    "platform and toolchain said as they are": (
        EVERY,
        {"toolchain": "go1.26.8", "asked": {"GOOS": "linux", "GOARCH": "amd64", "GOTOOLCHAIN": "go1.26.8"}},
    ),
    "local toolchain": (EVERY, {"toolchain": "local"}),
    "exact toolchain": (EVERY, {"toolchain": "go1.26.8"}),
    "exact candidate": (EVERY, {"toolchain": "go1.27rc1"}),
    "exact toolchain of a distributor": (EVERY, {"toolchain": "go1.26.8-bigcorp"}),
}


@pytest.mark.parametrize(("linkages", "options"), ACCEPTED.values(), ids=ACCEPTED)
def test_accepted(linkages: tuple[str, ...], options: dict[str, Any]) -> None:
    for linkage in linkages:
        assert refused(linkage, **options) == ()


@pytest.mark.parametrize("goos", ["openbsd", "android", "solaris", "illumos", "plan9", "aix", "ios", "js"])
@pytest.mark.parametrize("linkage", EVERY)
def test_platform_where_nothing_is_static(goos: str, linkage: str) -> None:
    """C20."""
    place = Platform(goos, {"js": "wasm", "aix": "ppc64"}.get(goos, "amd64"))
    found = refused(linkage, place)
    if linkage != "dynamic":
        [finding] = found
        assert (finding.case, finding.found) == ("C20", f"platform {place}")
        unproved = "linkage='dynamic', and GOVERIFY='warn': "
        proved = "linkage='dynamic'; with GORESOLVER='go' it needs no C compiler"
        assert finding.fix.startswith(unproved if goos in ("plan9", "aix", "js") else proved)
        assert finding.wanted.startswith(f"linkage {linkage}")
        assert finding.why
    else:
        # C28: what has another format cannot be proved.
        assert [one.case for one in found] == (["C28"] if goos in ("plan9", "aix", "js") else [])
        assert refused(linkage, place, permissions=Permissions(enforce=Level.WARN)) == ()


@pytest.mark.parametrize("goos", ["freebsd", "netbsd", "dragonfly", "darwin", "windows"])
@pytest.mark.parametrize("linkage", EVERY)
def test_libc_is_linked_statically_on_linux_only(goos: str, linkage: str) -> None:
    """C19, C20."""
    found = refused(linkage, Platform(goos, "amd64"))
    fix = "linkage='static' (no cgo), or linkage='dynamic' (cgo)"
    assert [finding.fix for finding in found] == ([fix] if "-" in linkage else [])


def test_a_library_is_not_proposed_what_none_can_have() -> None:
    for product in (Product.C_ARCHIVE, Product.C_SHARED):
        request = Request(linkage=Linkage.STATIC_LIBC, product=product)
        found = contradictions(request, Platform("darwin", "arm64"), Options())
        assert "linkage='dynamic' (cgo)" in [finding.fix for finding in found]


@pytest.mark.parametrize("goos", ["windows", "freebsd"])
def test_programs_for_linux_only_are_emulated(goos: str) -> None:
    [finding] = refused("static", Platform(goos, "amd64"), emulate="/go")
    assert finding.found == f"platform {goos}/amd64"
    assert finding.fix.startswith("GOEMULATE=False")
    assert refused("static", emulate="/go") == ()


def test_position_independent_programs_are_usual_elsewhere() -> None:
    """C6 is about ELF."""
    for goos in ("darwin", "windows"):
        assert refused("static", Platform(goos, "amd64"), build_flags=("-buildmode=pie",)) == ()


@pytest.mark.parametrize("linkage", EVERY)
@pytest.mark.parametrize("goarch", ["386", "arm64", "riscv64", "s390x"])
def test_every_linkage_on_linux(goarch: str, linkage: str) -> None:
    assert refused(linkage, Platform("linux", goarch)) == ()


def test_all_contradictions_are_told_at_once() -> None:
    found = refused(
        "static",
        ldflags=("-linkmode=external", "-extldflags=-static"),
        build_flags=("-buildmode=pie", "-ldflags=-s"),
        race=True,
        asked={"CGO_ENABLED": "1"},
        toolchain="auto",
    )
    assert [finding.case for finding in found] == ["C3", "C7", "E5", "C6", "C10", "E2", "E6"]


def test_static_with_pie_and_the_lock_would_crash() -> None:
    """C4: with pie, -d is wrong even for static, which otherwise permits it."""
    cases = [finding.case for finding in refused("static", build_flags=("-buildmode=pie",), ldflags=("-d",))]
    assert cases == ["C4", "C6"]


@pytest.mark.parametrize(
    ("linkage", "fix"),
    [
        ("static", "remove -static: linkage='static' is static without it"),
        ("dynamic", "remove -static; linkage='static-libc' links libc statically"),
        ("static-pie", "remove -static"),
    ],
)
def test_fix_for_static_in_user_flags(linkage: str, fix: str) -> None:
    [finding] = refused(linkage, ldflags=("-extldflags=-static",))
    assert finding.fix == fix


def test_race_in_position_independent_code_is_for_go_to_judge_elsewhere() -> None:
    assert refused("dynamic", Platform("freebsd", "arm64"), race=True, build_flags=("-buildmode=pie",)) == ()


@pytest.mark.parametrize(
    ("linkage", "libc", "options", "found"),
    [
        (
            "static-libc",
            Libc.GLIBC,
            {"ldflags": ("-extldflags=-Wl,-z,stack-size=4096",)},
            "stack-size=4096 in GOLDFLAGS",
        ),
        (
            "dynamic",
            Libc.MUSL,
            {"settings": {"CGO_LDFLAGS": "-Wl,-z,stack-size=0x1000"}},
            "stack-size=4096 in CGO_LDFLAGS",
        ),
        ("static-libc", Libc.GLIBC, {"ldflags": ("-extldflags=-Wl,-z,stack-size=9999999",)}, ""),
        ("static-libc", Libc.MUSL, {}, "GOLIBC='musl', which gives at most 8388608 bytes"),
        ("static-libc", Libc.GLIBC, {}, ""),
        # The proof tells: it has no stacks of C.
        ("static", Libc.MUSL, {}, ""),
    ],
)
def test_thread_stacks_that_cannot_be_had(linkage: str, libc: Libc, options: dict[str, Any], found: str) -> None:
    """C16: less is asked for than is wanted, or more is wanted than musl gives."""
    request = Request(linkage=Linkage(linkage), libc=libc)
    permissions = Permissions(min_thread_stack=8388609)
    told = contradictions(request, LINUX, Options(permissions=permissions, **options))
    assert [finding.case for finding in told] == (["C16"] if found else [])
    assert all(finding.found.startswith(found) and finding.why and finding.fix for finding in told)


def test_repeated_word_is_told_once() -> None:
    assert len(refused("dynamic", ldflags=("-extldflags=-static -static", "-extldflags=-static"))) == 1
