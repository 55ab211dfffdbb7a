"""GOCTOOLCHAIN and GOLIBC: which C compilers build, for which platform and C library, and what is proved of it (C17)."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from harness import HELLO, LOOKUP, Project, elf_type, fails, interpreter, is_static, needed, readelf

pytestmark = [pytest.mark.live, pytest.mark.network]
"""The first link of zig for a target builds its C library, which takes minutes."""

CGO = """\
package main

// #include <stdio.h>
// static int twice(int x) { return 2 * x; }
import "C"
import "fmt"

func main() { fmt.Println("C says", C.twice(21)) }
"""
CXX_GO = 'package cxx\n\n// int length(void);\nimport "C"\n\nfunc Length() int { return int(C.length()) }\n'
CXX_CC = "#include <string>\nextern \"C\" int length(void) { return (int)std::string(42, 'x').size(); }\n"
CXX_MAIN = 'package main\n\nimport "example.org/m/cxx"\n\nfunc main() { println("C++ says", cxx.Length()) }\n'
FOREIGN = "riscv64" if os.uname().machine == "aarch64" else "arm64"
CROSS = {"arm64": "aarch64-linux-gnu", "riscv64": "riscv64-linux-gnu"}[FOREIGN]
EMULATOR = {"arm64": "qemu-aarch64-static", "riscv64": "qemu-riscv64-static"}[FOREIGN]


def program(project: Project, linkage: str, settings: str) -> None:
    project.sconstruct(f"env.GoProgram('build/$GOPLATFORM/$GOLINKAGE/app', '.', linkage='{linkage}', {settings})")


def glibc_floor(file: Path) -> tuple[int, ...]:
    """Return the highest glibc version that a program requires."""
    found = re.findall(r"Name: GLIBC_([\d.]+)", readelf(file, "-V"))
    return max(tuple(int(part) for part in version.split(".")) for version in found)


def test_foreign_platform_with_c_and_cxx_and_musl(project: Project) -> None:
    """Nothing but the platform and the libc is asked for: zig is found, and its C library is built once, and told."""
    project.module({"main.go": CXX_MAIN, "cxx/cxx.go": CXX_GO, "cxx/length.cc": CXX_CC})
    program(project, "static-libc", f"platform='linux/{FOREIGN}', GOLIBC='musl'")
    cache = project.path.parent / "zig"
    fresh = {"ZIG_GLOBAL_CACHE_DIR": str(cache)}
    project.scons("-n", "app-static-libc", environ=fresh)
    assert not list(cache.rglob("libc.a")), "a dry run builds nothing"
    outcome = project.scons("app-static-libc", environ=fresh)
    assert list(cache.rglob("libc.a"))
    told = [line for line in outcome.stdout.splitlines() if "builds its C library for this target: minutes" in line]
    assert told
    assert len(told) == len(set(told)), "once of the C compiler, and once of the C++ compiler where that takes long too"
    app = project / f"build/linux-{FOREIGN}/static-libc/app"
    assert f"build/linux-{FOREIGN}/static-libc/app: static-libc (musl): ELF EXEC" in outcome.stdout
    assert is_static(app)
    assert project.run(EMULATOR, str(app), check=True).stderr == "C++ says 42\n"
    project.up_to_date("app-static-libc")


def test_musl_that_is_loaded(project: Project) -> None:
    """C24: zig links musl statically unless it is told not to; Go asks for the loader that it finds in what zig links."""
    project.module({"main.go": CGO, "lookup/main.go": LOOKUP})
    arch = {"arm64": "aarch64", "riscv64": "riscv64"}[FOREIGN]
    settings = f"linkage='dynamic', platform='linux/{FOREIGN}', GOLIBC='musl'"
    project.sconstruct(f"env.GoProgram(None, '.', {settings})\nenv.GoProgram(None, 'lookup', {settings})")
    outcome = project.scons("build")
    for name in ("m", "lookup"):
        app = project / f"build/linux-{FOREIGN}/dynamic/{name}"
        assert f"{name}: dynamic: ELF EXEC" in outcome.stdout
        assert interpreter(app) == f"/lib/ld-musl-{arch}.so.1"
        assert needed(app) == ["libc.so"]
    project.up_to_date("build")


@pytest.mark.parametrize(
    ("settings", "fix"),
    [
        ("GOLIBC='musl', GOCTOOLCHAIN='system'", "fix:    GOCTOOLCHAIN='zig' (`pip install ziglang`"),
        (f"GOLIBC='musl', platform='linux/{FOREIGN}', GOCTOOLCHAIN='{CROSS}-gcc'", "fix:    GOCTOOLCHAIN='zig' (`"),
        (
            "GOLIBC='glibc', GOCTOOLCHAIN='musl-gcc'",
            "gcc with GOCTOOLCHAIN='system' (Debian: gcc libc6-dev), or GOLIBC='musl'",
        ),
    ],
)
def test_a_compiler_for_another_libc_is_refused(project: Project, settings: str, fix: str) -> None:
    """C24: plain go build exits 0, and the program loads the other libc."""
    project.module({"main.go": CGO})
    program(project, "dynamic", settings)
    outcome = project.scons("app", status=2)
    assert re.search(r"wanted: (musl|glibc), linked dynamically\n +found:  CC: ", outcome.stderr), outcome.stderr
    assert fix in outcome.stderr
    assert not list(project.path.rglob("app"))


def test_a_printed_command_builds_the_same_in_a_shell(project: Project) -> None:
    """The settings of the platform and the C compiler are in it."""
    project.module({"main.go": HELLO, "c/main.go": CGO})
    for source, linkage, settings in (
        (".", "static", "platform='linux/arm/v5'"),
        ("c", "dynamic", "GOAMD64='v3'"),
        ("c", "dynamic", f"platform='linux/{FOREIGN}', GOLIBC='glibc-2.28'"),
    ):
        project.sconstruct(f"env.GoProgram('build/app', '{source}', linkage='{linkage}', {settings})")
        printed = next(line for line in project.scons("app").stdout.splitlines() if " go build " in line)
        app = project / "build/app"
        built, told = app.read_bytes(), facts_of(project, app)
        app.unlink()
        project.run("sh", "-c", printed, check=True)
        assert facts_of(project, app) == told, printed
        if source == ".":
            # What cgo makes has another build id: golang shows Go the headers that it knows.
            assert app.read_bytes() == built


def facts_of(project: Project, app: Path) -> tuple[str, str, str]:
    """Return what Go was told to build, what the program loads, and which versions of it."""
    return project.run("go", "version", "-m", str(app), check=True).stdout, readelf(app, "-d"), readelf(app, "-V")


def test_glibc_floor(project: Project) -> None:
    """C17, C18: zig links against the glibc that is asked for; what the system's compiler links is held to it."""
    project.module({"main.go": LOOKUP})
    program(project, "dynamic", "GOLIBC='glibc-2.17'")
    outcome = project.scons("app")
    app = next((project / "build").glob("*/dynamic/app"))
    assert ": dynamic: " in outcome.stdout
    assert interpreter(app)
    assert needed(app)
    assert glibc_floor(app) <= (2, 17)
    project.run(str(app), check=True)
    project.up_to_date("app")
    program(project, "dynamic", "GOLIBC='glibc-2.17', GOCTOOLCHAIN='system'")
    outcome = project.scons("app", status=2)
    assert "wanted: glibc 2.17 to be enough" in outcome.stderr
    assert not app.exists()
    program(project, "dynamic", "GOLIBC='glibc-2.36', GOCTOOLCHAIN='system'")
    project.scons("app")
    assert glibc_floor(app) > (2, 17)


def test_zig_has_no_static_glibc(project: Project) -> None:
    """C17: refused before the compile, with what can be done."""
    project.module({"main.go": CGO})
    for settings, other in (
        ("GOCTOOLCHAIN='zig'", "gcc with GOCTOOLCHAIN='system'"),
        (f"platform='linux/{FOREIGN}', GOCTOOLCHAIN='zig'", f"GOCTOOLCHAIN='{CROSS}-gcc'"),
    ):
        program(project, "static-libc", f"GOLIBC='glibc', {settings}")
        outcome = project.scons("app", status=2)
        assert "wanted: glibc, linked statically" in outcome.stderr
        assert "zig has glibc as a shared library only" in outcome.stderr
        assert f"fix:    GOLIBC='musl', or {other} (Debian: " in outcome.stderr


def test_machine_without_a_c_compiler(project: Project) -> None:
    """The zig of the Python that runs SCons is found all the same."""
    project.module({"main.go": CGO})
    empty = project.path.parent / "bin"
    empty.mkdir()
    (empty / "go").symlink_to(project.run("go", "env", "GOROOT", check=True).stdout.strip() + "/bin/go")
    program(project, "dynamic", "")
    outcome = project.scons("app", environ={"PATH": str(empty)})
    assert ": dynamic: " in outcome.stdout
    [app] = (project / "build").glob("*/dynamic/app")
    assert project.run(str(app), check=True).stdout == "C says 42\n"


def test_cxx_and_musl(project: Project) -> None:
    """C24: musl-gcc has no C++ compiler, zig has."""
    project.module({"main.go": CGO, "c++/main.go": CXX_MAIN, "cxx/cxx.go": CXX_GO, "cxx/length.cc": CXX_CC})
    for source, compiler in (("c++", "zig cc -target"), (".", "musl-gcc ")):
        project.sconstruct(f"env.GoProgram('build/app', '{source}', linkage='static-libc', GOLIBC='musl')")
        assert re.search(rf" CC='?\S*{compiler}", project.scons("-n", "build/app").stdout), compiler
    project.sconstruct(
        "env.GoProgram('build/app', 'c++', linkage='static-libc', GOLIBC='musl', GOCTOOLCHAIN='musl-gcc')"
    )
    assert "wanted: musl, linked statically" in project.scons("build/app", status=2).stderr


def test_compiler_that_is_named(project: Project) -> None:
    project.module({"main.go": CGO})
    program(project, "dynamic", f"GOCTOOLCHAIN='{os.uname().machine}-linux-gnu-gcc'")
    project.scons("app")
    program(project, "dynamic", f"platform='linux/{FOREIGN}', GOCTOOLCHAIN='system'")
    outcome = project.scons("app", status=2)
    assert f"wanted: a C compiler for linux/{FOREIGN}" in outcome.stderr
    assert "`pip install ziglang`" in outcome.stderr
    for settings, found in {
        "GOCTOOLCHAIN='clang'": "wanted one of auto, system, musl-gcc, zig, or a compiler such as",
        "GOCTOOLCHAIN='zig', GOCC='gcc'": "found:  zig, and GOCC='gcc'",
        "GOLIBC='glibc-2'": "the oldest glibc that must do",
    }.items():
        program(project, "dynamic", settings)
        message = project.scons("app", status=2).stderr
        assert found in message, message
        assert '/SConstruct", line 3, in <module>' in message


def test_windows_with_cgo(project: Project) -> None:
    """C19: zig brings mingw; what it links loads DLLs of the system only, as Go's own reader and the proof both say."""
    project.module({"main.go": CGO})
    program(project, "dynamic", "platform='windows/amd64'")
    outcome = project.scons("app")
    assert "windows-amd64/dynamic/app.exe: system-only: PE EXE AMD64" in outcome.stdout
    [app] = project.path.rglob("app.exe")
    headers = project.run("objdump", "-p", str(app), check=True).stdout
    libraries = {name.lower() for name in re.findall(r"DLL Name: (\S+)", headers)}
    assert "kernel32.dll" in libraries
    assert {name for name in libraries if not name.startswith("api-ms-win-crt-")} == {"kernel32.dll"}
    assert all(f"loads {name}" in outcome.stdout.lower() for name in libraries)
    project.up_to_date("app")


def test_macos_with_cgo_needs_its_libraries(project: Project) -> None:
    """C19."""
    project.module({"main.go": CGO})
    program(project, "dynamic", "platform='darwin/arm64'")
    message = fails(
        project,
        "wanted: the libraries of macOS, to link cgo for darwin/arm64: resolv",
        "which has libSystem only",
        "fix:    GOCC with the flags that name Apple's SDK (--sysroot, -L, -F); "
        "or linkage='static' (no cgo), if example.org/m works without\n",
    )
    assert "Traceback" not in message
    program(project, "static", "platform='darwin/arm64', GOVERIFYDROPPEDCGO='ok'")
    project.write({"main.go": "//go:build cgo\n\n" + CGO, "pure.go": PURE})
    assert "system-only" in project.scons("app").stdout


PURE = """\
//go:build !cgo

package main

import "fmt"

func main() { fmt.Println("Go says 42") }
"""


@pytest.mark.parametrize("linkage", ["static-libc", "static-pie", "dynamic"])
def test_gnu_cross_compiler(project: Project, linkage: str) -> None:
    """glibc of another platform, statically too: Debian's cross gcc has what zig lacks (C17), and C++ beside it."""
    project.module({"main.go": CXX_MAIN, "cxx/cxx.go": CXX_GO, "cxx/cxx.cc": CXX_CC})
    program(project, linkage, f"platform='linux/{FOREIGN}', GOCTOOLCHAIN='{CROSS}-gcc'")
    outcome = project.scons(f"app-{linkage}")
    app = project / f"build/linux-{FOREIGN}/{linkage}/app"
    assert f"build/linux-{FOREIGN}/{linkage}/app: {linkage}" in outcome.stdout
    assert is_static(app) is (linkage != "dynamic")
    assert elf_type(app) == ("DYN" if linkage == "static-pie" else "EXEC")
    ran = project.run(EMULATOR, "-L", f"/usr/{CROSS}", str(app), check=True)
    assert ran.stderr == "C++ says 42\n"
    project.up_to_date(f"app-{linkage}")


@pytest.mark.parametrize("platform", ["linux/mipsle", "linux/arm/v5"])
def test_zig_where_it_makes_no_c_for_go(project: Project, platform: str) -> None:
    """Go passes -mhard-float for MIPS, which zig does not know; for ARMv5 it lacks atomics. Without cgo none is needed."""
    project.module({"pure/main.go": HELLO, "c/main.go": CGO})
    project.sconstruct(
        f"common = dict(platform={platform!r}, GOCTOOLCHAIN='zig', GOLIBC='musl')\n"
        "env.GoProgram('alone', 'pure', 'static', **common)\n"
        "env.GoProgram('app', 'c', 'static-libc', **common)\n"
    )
    goarch = platform.split("/")[1]
    found = f"zig makes no C for Go programs for linux/{goarch} (from GOCTOOLCHAIN)"
    project.scons("alone")
    assert is_static(project / "alone")
    said = fails(project, "wanted: a C compiler, for linkage static-libc", found, "fix:    GOC")
    assert "fix:    GOCTOOLCHAIN='zig'" not in said, "it is what was asked for"
