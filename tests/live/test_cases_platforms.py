"""Linkage case C20: where a program without cgo is static, and where it needs the system's libraries."""

from __future__ import annotations

import pytest
from plain_go import go_build

from harness import HELLO, Project, elf_type, fails, interpreter, needed, readelf

pytestmark = pytest.mark.live

TINY = "package main\n\nfunc main() {}\n"
STATIC = ("freebsd/amd64", "netbsd/amd64", "dragonfly/amd64")
SOLARIS = "/lib/amd64/ld.so.1"
DYNAMIC = {
    "openbsd/amd64": ("dynamic", "/usr/libexec/ld.so", {"libc.so", "libpthread.so"}),
    "solaris/amd64": ("dynamic", SOLARIS, {"libc.so"}),
    "illumos/amd64": ("dynamic", SOLARIS, {"libc.so"}),
    "android/arm64": ("interpreter-only", "/system/bin/linker64", set()),
}
"""The verdict, the interpreter and the libraries of a program that imports nothing."""
MARKS = {"freebsd/amd64": "FreeBSD", "netbsd/amd64": "NetBSD", "openbsd/amd64": "OpenBSD"}
"""What readelf finds in the notes or the header of programs for systems that mark theirs."""


def test_a_platform_that_go_does_not_build_for_any_more(project: Project) -> None:
    """C20: the go command that builds decides what there is; Go 1.26 has no windows/arm."""
    project.module({"main.go": HELLO})
    project.sconstruct("env.GoProgram('build/app', '.', linkage='static', platform='windows/arm')")
    if "windows/arm\n" in project.run("go", "tool", "dist", "list").stdout:
        project.scons()
        return
    message = project.scons(status=2).stderr
    assert "wanted: a program for windows/arm\n" in message
    assert "why:    Go 1.26 removed that port" in message


def test_c20_programs_are_what_their_platform_makes_of_them(project: Project) -> None:
    """C20: CGO_ENABLED=0 says nothing of it: go build makes static programs for some, dynamic ones for others."""
    project.module({"main.go": TINY})
    project.sconstruct(
        f"env.GoProgram('build/$GOPLATFORM/app', '.', linkage='static', platform={[*STATIC]!r})\n"
        f"env.GoProgram('build/$GOPLATFORM/app', '.', linkage='dynamic', GORESOLVER='go', platform={[*DYNAMIC]!r})"
    )

    outcome = project.scons("-j2")

    for platform in STATIC:
        path = f"build/{platform.replace('/', '-')}/app"
        assert f"{path}: static: ELF EXEC, no interpreter, no NEEDED libraries" in outcome.stdout
        assert (elf_type(project / path), interpreter(project / path), needed(project / path)) == ("EXEC", None, [])
    for platform, (verdict, loader, libraries) in DYNAMIC.items():
        path = f"build/{platform.replace('/', '-')}/app"
        assert f"{path}: {verdict}: ELF " in outcome.stdout, outcome.text
        assert interpreter(project / path) == loader
        assert set(needed(project / path)) == libraries, platform
    for platform, mark in MARKS.items():
        assert mark in readelf(project / f"build/{platform.replace('/', '-')}/app", "-n", "-h"), platform
    project.up_to_date()
    plain = go_build(project, CGO_ENABLED="0", GOOS="openbsd", GOARCH="amd64")
    assert interpreter(plain) == "/usr/libexec/ld.so"


@pytest.mark.parametrize(
    ("platform", "linkage"),
    [*((platform, "static") for platform in (*DYNAMIC, "aix/ppc64")), ("openbsd/amd64", "static-pie")],
)
def test_c20_static_is_refused_where_nothing_is(project: Project, platform: str, linkage: str) -> None:
    """C20: when it is declared, with what can be had instead."""
    project.module({"main.go": TINY})
    project.sconstruct(f"env.GoProgram('app', '.', linkage={linkage!r}, platform={platform!r}, GOVERIFY='warn')")
    text = fails(
        project,
        f"*** linkage {linkage}",
        f"found:  platform {platform}",
        "fix:    linkage='dynamic'; with GORESOLVER='go' it needs no C compiler",
    )
    assert "why:    " in text


@pytest.mark.parametrize("platform", STATIC)
def test_c20_libc_is_not_linked_statically_elsewhere(project: Project, platform: str) -> None:
    """C20: `static` can be had there, `static-libc` cannot."""
    project.module({"main.go": TINY})
    project.sconstruct(f"env.GoProgram('app', '.', linkage='static-libc', platform={platform!r})")
    fails(
        project,
        "wanted: linkage static-libc\n",
        f"found:  platform {platform}",
        "why:    only Linux C toolchains",
        "fix:    linkage='static' (no cgo)",
    )
