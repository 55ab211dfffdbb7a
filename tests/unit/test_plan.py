"""plan: what Go is told for each request, and what is in the signature."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from golang.goflags import split_words
from golang.linkage import Level, Libc, Linkage, Permissions, Request, Resolver
from golang.plan import Options, Plan, build_tags, go_environ, linker_words, make_plan
from golang.platform import Platform

LINUX = Platform("linux", "amd64")


def plan(linkage: str, platform: Platform = LINUX, resolver: str = "libc", **options: Any) -> Plan:
    request = Request(linkage=Linkage(linkage), resolver=Resolver(resolver))
    return make_plan(request, platform, Options(**options))


def linked(linkage: str, platform: Platform = LINUX, **options: Any) -> tuple[str, ...]:
    return linker_words(Request(linkage=Linkage(linkage)), platform, Options(**options))


def test_what_a_shell_must_have_set() -> None:
    """A printed command is to build the same when it is pasted."""
    arm = make_plan(Request(linkage=Linkage.STATIC), Platform("linux", "arm"), Options(settings={"GOARM": "5"}))
    assert arm.unusual == ("CGO_ENABLED", "GOOS", "GOARCH", "GOARM")
    more = Options(toolchain="go1.26.8", settings={"GOEXPERIMENT": "x", "CGO_CFLAGS": "-g"})
    assert make_plan(Request(linkage=Linkage.DYNAMIC), LINUX, more).unusual == (
        "CGO_ENABLED", "GOOS", "GOARCH", "GOTOOLCHAIN", "GOEXPERIMENT", "CGO_CFLAGS",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("linkage", "flags", "cgo", "external"),
    [
        ("dynamic", ("-trimpath", "-buildvcs=false"), "1", False),
        ("static", ("-trimpath", "-buildvcs=false", "-ldflags=-d"), "0", False),
        (
            "static-libc",
            ("-trimpath", "-buildvcs=false", "-ldflags=-linkmode=external -extldflags=-static"),
            "1",
            True,
        ),
        (
            "static-pie",
            (
                "-trimpath",
                "-buildvcs=false",
                "-buildmode=pie",
                "-ldflags=-linkmode=external -extldflags=-static-pie",
            ),
            "1",
            True,
        ),
    ],
)
def test_flags_and_cgo_of_each_linkage(linkage: str, flags: tuple[str, ...], cgo: str, external: bool) -> None:
    """C1 (-d), C3 (never -static alone), C5 (one word for static and pie), E1 and E2 (cgo said explicitly)."""
    made = plan(linkage)
    assert made.flags == flags
    assert made.environ["CGO_ENABLED"] == cgo
    assert made.external is external
    assert made.position_independent is (linkage == "static-pie")


@pytest.mark.parametrize("goos", ["freebsd", "netbsd", "dragonfly"])
def test_link_time_lock_is_for_linux_only(goos: str) -> None:
    assert linked("static", Platform(goos, "amd64")) == ()


def test_there_is_one_ldflags_with_everything_merged() -> None:
    """E5: of two -ldflags the first would be dropped."""
    made = plan(
        "static-libc",
        ldflags=("-s", "-w", "-X", "main.a=1 2", "-extldflags", "-Wl,-z,now -static", "-extldflags=-lm"),
        xdefs={"main.version": "1.2", "main.by": "A B"},
    )
    ldflags = [flag for flag in made.flags if flag.startswith("-ldflags=")]
    assert len(ldflags) == 1
    value = ldflags[0].removeprefix("-ldflags=")
    assert split_words(value) == (
        "-s", "-w", "-X", "main.a=1 2", "-linkmode=external", "-X", "main.by=A B", "-X=main.version=1.2",
        "-extldflags", "-static -Wl,-z,now -lm",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("linkage", "options"),
    [
        ("dynamic", {"xdefs": {"main.v": "1 2"}}),
        ("dynamic", {"ldflags": ("-extldflags=-Wl,-z,now -Wl,-z,relro",)}),
        ("static", {"ldflags": ("-X=main.v=1 2",)}),
        ("static", {"gcflags": ("-d=x y",), "asmflags": ("-I=a b",)}),
    ],
)
def test_no_value_of_tool_flags_starts_with_a_quote(linkage: str, options: dict[str, Any]) -> None:
    """The go command refuses that: "parameter may not start with quote character"."""
    flags = plan(linkage, **options).flags
    assert any("' " in flag or flag.endswith("'") for flag in flags)
    assert not any(flag.partition("=")[2][:1] in ("'", '"') for flag in flags)


def test_pattern_of_packages_before_compiler_flags() -> None:
    assert "-gcflags=all=-N -l" in plan("static", gcflags=("all=-N -l",)).flags
    assert "-gcflags=all=-N -l" in plan("static", gcflags=("all=-N", "-l")).flags


def test_words_of_the_linkage_are_not_repeated() -> None:
    assert linked("static", ldflags=("-d",)) == ("-d",)
    words = linked("static-libc", ldflags=("-linkmode", "external", "-extldflags", "-static -lm"))
    assert words == ("-linkmode=external", "-extldflags=-static -lm")


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("linkage", Linkage)
def test_nss_error_makes_linker_warnings_fatal(linkage: Linkage, level: Level) -> None:
    """C8: the link-time lock, for those that link libc statically, at level error only."""
    words = linked(linkage.value, permissions=Permissions(nss=level))
    locked = linkage.links_libc_statically and level is Level.ERROR
    assert any("-Wl,--fatal-warnings" in word for word in words) is locked


STACK = "-Wl,-z,stack-size=65536"
ASKED = "-Wl,-z -Wl,stack-size=0x20000"


@pytest.mark.parametrize(
    ("linkage", "platform", "options", "words"),
    [
        ("static-libc", LINUX, {}, ("-linkmode=external", f"-extldflags=-static {STACK}")),
        ("static-pie", LINUX, {}, ("-linkmode=external", f"-extldflags=-static-pie {STACK}")),
        # Whether the C toolchain links it is known to Go only.
        ("dynamic", LINUX, {}, (f"-extldflags={STACK}",)),
        ("static", LINUX, {}, ("-d",)),
        ("dynamic", Platform("windows", "amd64"), {}, ()),
        ("dynamic", LINUX, {"ldflags": (f"-extldflags={ASKED}",)}, (f"-extldflags={ASKED}",)),
        ("dynamic", LINUX, {"settings": {"CGO_LDFLAGS": ASKED}}, ()),
    ],
)
def test_least_stack_is_asked_for_where_c_is_linked(
    linkage: str, platform: Platform, options: dict[str, Any], words: tuple[str, ...]
) -> None:
    """C16: once, by the linker of the C toolchain, unless the user asks for a size."""
    assert linked(linkage, platform, permissions=Permissions(min_thread_stack=1 << 16), **options) == words


def test_external_is_what_the_last_linkmode_says() -> None:
    assert plan("dynamic", ldflags=("-linkmode=external",)).external
    assert not plan("dynamic", ldflags=("-linkmode=external", "-linkmode=internal")).external


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        (("-buildmode=pie",), True),
        (("-buildmode", "pie"), True),
        (("--buildmode=pie",), True),
        (("-buildmode=pie", "-buildmode=exe"), False),
        (("-buildmode=exe",), False),
        ((), False),
    ],
)
def test_position_independent(flags: tuple[str, ...], expected: bool) -> None:
    assert plan("dynamic", build_flags=flags).position_independent is expected


def test_flag_that_is_there_already_is_not_repeated() -> None:
    assert plan("dynamic", build_flags=("-trimpath",)).flags.count("-trimpath") == 1


def test_static_pie_asks_for_pie_once() -> None:
    flags = plan("static-pie", build_flags=("-buildmode=pie",)).flags
    assert flags.count("-buildmode=pie") == 1


def test_user_flags_keep_their_order_and_adopted_goflags_come_first() -> None:
    flags = plan("dynamic", goflags=("-mod=vendor", "-tags=a"), build_flags=("-p", "2", "-v")).flags
    assert flags == ("-trimpath", "-buildvcs=false", "-mod=vendor", "-p=2", "-v", "-tags=a")


@pytest.mark.parametrize(
    ("options", "flag"),
    [
        ({"trimpath": False}, None),
        ({"buildvcs": True}, "-buildvcs=true"),
        ({"race": True}, "-race"),
        ({"pgo": "off"}, "-pgo=off"),
        ({"asmflags": ("-D=X",)}, "-asmflags=-D=X"),
    ],
)
def test_option_becomes_its_flag(options: dict[str, Any], flag: str | None) -> None:
    flags = plan("dynamic", **options).flags
    if flag is None:
        assert "-trimpath" not in flags
    else:
        assert flag in flags


@pytest.mark.parametrize(
    ("linkage", "resolver", "tags"),
    [
        ("dynamic", "libc", ("a", "b", "c", "d")),
        ("dynamic", "go", ("a", "b", "c", "d", "netgo", "osusergo")),
        ("static-libc", "go", ("a", "b", "c", "d", "netgo", "osusergo")),
        ("static", "go", ("a", "b", "c", "d")),
    ],
)
def test_tags_are_merged_and_sorted(linkage: str, resolver: str, tags: tuple[str, ...]) -> None:
    request = Request(linkage=Linkage(linkage), resolver=Resolver(resolver))
    options = Options(tags=("d", "b c"), goflags=("-tags", "a,b"))
    assert build_tags(request, options) == tags
    assert f"-tags={','.join(tags)}" in make_plan(request, LINUX, options).flags


SETTINGS = {
    "GOAMD64": "v3", "GOARM": "6", "GOEXPERIMENT": "greenteagc", "GOFIPS140": "latest", "PKG_CONFIG": "pc",
    "CGO_CFLAGS": "-O1", "CGO_LDFLAGS_ALLOW": ".*",
}  # fmt: skip


def test_environment_is_said_completely() -> None:
    """E1, E2, E4, E6: every variable that can change the binary has a value, whatever the caller's environment."""
    environ = go_environ(Request(linkage=Linkage.STATIC), LINUX, Options(toolchain="go1.26.8"))
    assert environ == {
        "CGO_ENABLED": "0", "GOOS": "linux", "GOARCH": "amd64", "GOFLAGS": " ", "GOENV": "off", "GO111MODULE": "on",
        "GOTOOLCHAIN": "go1.26.8", "GOEXPERIMENT": "",
    }  # fmt: skip


def test_only_settings_that_matter_are_passed() -> None:
    """E11: CGO_LDFLAGS_ALLOW and the like are passed through where cgo is on; a variant for its GOARCH only."""
    dynamic = go_environ(Request(linkage=Linkage.DYNAMIC), LINUX, Options(settings=SETTINGS))
    assert {name: dynamic.get(name) for name in SETTINGS} == {**SETTINGS, "GOARM": None}
    static = go_environ(Request(linkage=Linkage.STATIC), Platform("linux", "arm"), Options(settings=SETTINGS))
    assert static["GOARM"] == "6"
    assert {"GOAMD64", "CGO_CFLAGS", "CGO_LDFLAGS_ALLOW"}.isdisjoint(static)


CHANGES: dict[str, dict[str, Any]] = {
    "tags": {"tags": ("a",)},
    "ldflags": {"ldflags": ("-s",)},
    "gcflags": {"gcflags": ("-N",)},
    "asmflags": {"asmflags": ("-D=X",)},
    "build flags": {"build_flags": ("-mod=vendor",)},
    "xdefs": {"xdefs": {"main.v": "1"}},
    "trimpath": {"trimpath": False},
    "buildvcs": {"buildvcs": True},
    "race": {"race": True},
    "pgo": {"pgo": "off"},
    "variant": {"settings": {"GOAMD64": "v3"}},
    "experiment": {"settings": {"GOEXPERIMENT": "x"}},
    "C flags": {"settings": {"CGO_CFLAGS": "-O1"}},
    "goflags": {"goflags": ("-mod=vendor",)},
    "toolchain": {"toolchain": "go1.26.8"},
    "nss lock": {"permissions": Permissions(nss=Level.ERROR)},
    "thread stacks": {"permissions": Permissions(min_thread_stack=1)},
}


@pytest.mark.parametrize("options", CHANGES.values(), ids=CHANGES)
def test_every_option_that_changes_the_build_changes_the_signature(options: dict[str, Any]) -> None:
    assert plan("static-libc", **options).signature != plan("static-libc").signature


def test_signature_tells_linkages_platforms_and_resolvers_apart() -> None:
    signatures = {plan(linkage.value).signature for linkage in Linkage}
    signatures |= {plan("dynamic", Platform("linux", "arm64")).signature, plan("dynamic", resolver="go").signature}
    assert len(signatures) == 6


def test_signature_is_the_same_for_the_same_request() -> None:
    first = plan("static-libc", xdefs={"a.a": "1", "b.b": "2"}, settings={"CGO_CFLAGS": "a", "CGO_LDFLAGS": "b"})
    second = plan("static-libc", xdefs={"b.b": "2", "a.a": "1"}, settings={"CGO_LDFLAGS": "b", "CGO_CFLAGS": "a"})
    assert first.signature == second.signature
    assert first.signature.startswith("schema=")
    assert dataclasses.replace(first, signed_flags=(*first.signed_flags, "-x")).signature != first.signature


def test_signature_is_without_what_causes_no_rebuild() -> None:
    first = plan("static", xdefs={"main.v": "1 noon"}, signed_xdefs={"main.v": "1"})
    second = plan("static", xdefs={"main.v": "1 night"}, signed_xdefs={"main.v": "1"})
    assert first.signature == second.signature
    assert first.flags != second.flags
    assert "'main.v=1 noon'" in first.flags[-1]
    assert plan("static", xdefs={"main.v": "2 noon"}, signed_xdefs={"main.v": "2"}).signature != first.signature


def test_libc_and_permissions_of_the_proof_do_not_change_how_go_is_driven() -> None:
    request = Request(linkage=Linkage.STATIC_LIBC, libc=Libc.MUSL)
    options = Options(permissions=Permissions(libraries=("libx.so",), max_glibc="2.17"))
    assert make_plan(request, LINUX, options).signature == plan("static-libc").signature
