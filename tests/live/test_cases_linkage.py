"""Linkage cases C1 to C28: what the go command makes without a word, and what the tool makes of it."""

from __future__ import annotations

import json
import re
import subprocess

import pytest
from plain_go import go, go_build

from harness import HELLO, LOOKUP, Project, elf_type, interpreter, is_static, needed, readelf

pytestmark = pytest.mark.live

EMPTY = "package main\n\nfunc main() {}\n"
LOADS_LIBC = 'package main\n\n//go:cgo_import_dynamic _ _ "libc.so.6"\nfunc main() {}\n'
CALLS = """\
package main

/*
#cgo LDFLAGS: {flags}
int one(void);
*/
import "C"

func main() {{ println(C.one()) }}
"""
ONE = "int one(void) { return 1; }\n"


def declare(project: Project, linkage: str, settings: str = "") -> None:
    """Write a SConstruct with the module's root package as the program `app`; ``settings`` are keywords."""
    project.sconstruct(f'env.GoProgram("build/$GOLINKAGE/app", ".", linkage={linkage!r}, {settings})')


def refused(project: Project, linkage: str, settings: str, *expected: str) -> None:
    """Assert that the declaration alone is an error, which says all of ``expected``."""
    declare(project, linkage, settings)
    outcome = project.scons("app", status=2)
    assert outcome.stderr.startswith("\nscons: *** "), outcome.text
    assert not outcome.stdout, outcome.text
    for text in (f"*** linkage {linkage}", "wanted: ", "found: ", "fix: ", *expected):
        assert text in outcome.stderr, outcome.text


def rejected(project: Project, *expected: str, path: str = "build/static/app") -> str:
    """Assert that the program compiles, but never stands as a target; return the message."""
    outcome = project.scons(path, status=2)
    assert outcome.built, outcome.text
    assert f"scons: *** [{path}] rejected; moved to {path}.rejected\n" in outcome.stderr, outcome.text
    assert not (project / path).exists()
    assert (project / f"{path}.rejected").exists()
    for text in expected:
        assert text in outcome.stderr, outcome.text
    return outcome.stderr


def not_built(project: Project, *expected: str) -> str:
    """Assert that the build fails before anything compiles; return the message."""
    outcome = project.scons("app", status=2)
    assert re.match(r"scons: \*\*\* \[build/.*/app\] linkage .* cannot be had\n", outcome.stderr), outcome.text
    for text in expected:
        assert text in outcome.stderr, outcome.text
    return outcome.stderr


def test_c1_pragma_that_loads_a_library_fails_before_the_compile(project: Project) -> None:
    """C1: go build exits 0 with CGO_ENABLED=0, and the program needs libc.so.6."""
    project.module({"main.go": 'package main\n\nimport _ "example.org/m/dl"\n\nfunc main() {}\n'})
    for indent in ("", "\t"):
        project.write({"dl/dl.go": LOADS_LIBC.replace("main", "dl").replace("//", f"{indent}//")})
        assert needed(go_build(project, CGO_ENABLED="0")) == ["libc.so.6"]
        declare(project, "static")
        not_built(project, "dl/dl.go:3", "why:    example.org/m imports example.org/m/dl", "fix:    linkage='dynamic'")
    declare(project, "dynamic")
    assert "build/dynamic/app: dynamic: " in project.scons("app").stdout


def test_c1_linker_refuses_what_the_scan_did_not_see(project: Project) -> None:
    """C1: -d locks the link; without it go build exits 0 and the program needs libc.so.6.

    The compiler needs no space before the quote of the pragma; the scan knows only what people type.
    """
    project.module({"main.go": LOADS_LIBC.replace(' "', '"')})
    assert needed(go_build(project, CGO_ENABLED="0")) == ["libc.so.6"]
    declare(project, "static")
    outcome = project.scons("app", status=2)
    assert "cannot use dynamic imports with -d flag" in outcome.stderr
    assert not (project / "build/static/app").exists()


def test_c2_what_flips_the_default_is_predicted(project: Project) -> None:
    """C2: the same go build makes a static program until a package far away imports net."""
    project.module({"main.go": 'package main\n\nimport "example.org/m/dial"\n\nfunc main() { dial.Dial() }\n'})
    project.write({"dial/dial.go": "package dial\n\nfunc Dial() {}\n"})
    declare(project, "dynamic")
    assert is_static(go_build(project, CGO_ENABLED="1"))
    assert "build/dynamic/app: static (naturally): " in project.scons("app").stdout

    net = 'package dial\n\nimport "net"\n\nfunc Dial() { net.LookupHost("localhost") }\n'
    project.write({"dial/dial.go": net})
    assert "build/dynamic/app: dynamic: " in project.scons("app").stdout
    # A build that is static all the same contradicts the prediction, which names the way cgo comes in.
    declare(project, "dynamic", 'GOCOM="CGO_ENABLED=0 " + env["GOCOM"]')
    rejected(
        project,
        "wanted: dynamic, as the imports predict",
        "found:  static (",
        "why:    cgo comes in because example.org/m imports example.org/m/dial imports net",
        path="build/dynamic/app",
    )


def test_c3_static_without_external_linking_is_refused(project: Project) -> None:
    """C3: go build exits 0 with -extldflags=-static, and the program is dynamic."""
    project.module({"main.go": LOOKUP})
    assert interpreter(go_build(project, "-ldflags=-extldflags=-static", CGO_ENABLED="1"))
    refused(project, "dynamic", 'GOLDFLAGS=["-extldflags", "-static"]', "-static in GOLDFLAGS -extldflags")
    refused(project, "static", 'GOLDFLAGS="-extldflags=-static"', "is static without it")
    refused(project, "static-libc", 'GOLDFLAGS=["-linkmode=internal"]', "-linkmode internal in GOLDFLAGS")
    # What a linkage passes itself may be there already, and is not passed twice.
    declare(project, "static-libc", "GOLDFLAGS=[\"-extldflags=-static -Wl,--build-id=none\", '-linkmode', 'external']")
    outcome = project.scons("app")
    command = outcome.stdout.splitlines()[0]
    assert (command.count("-static "), command.count("-linkmode=external"), command.count("-extldflags")) == (1, 1, 1)
    assert "-Wl,--build-id=none" in command
    assert is_static(project / "build/static-libc/app")


def test_c4_locked_pie_crashes_and_is_refused(project: Project) -> None:
    """C4: go build exits 0 with -buildmode=pie -ldflags=-d; no interpreter, and the program crashes."""
    project.module({"main.go": EMPTY})
    plain = go_build(project, "-buildmode=pie", "-ldflags=-d", CGO_ENABLED="0")
    assert interpreter(plain) is None
    assert subprocess.run([plain], check=False).returncode < 0
    refused(project, "static", 'GOBUILDFLAGS=["-buildmode=pie"], GOLDFLAGS=["-d"]', "-d in GOLDFLAGS", "-buildmode=pie")
    refused(project, "static-pie", 'GOLDFLAGS="-d"', "-d in GOLDFLAGS")
    declare(project, "static", 'GOCOM=env["GOCOM"].replace("$_GOFLAGS", "$_GOFLAGS -buildmode=pie")')
    rejected(project, "found:  broken (ELF DYN, no interpreter")


def test_c5_static_and_pie_is_a_linkage_of_its_own(project: Project) -> None:
    """C5: gcc makes of -buildmode=pie and -static a program that is no PIE; go build exits 0."""
    project.module({"main.go": EMPTY})
    flags = "-ldflags=-linkmode=external -extldflags=-static"
    assert elf_type(go_build(project, "-buildmode=pie", flags, CGO_ENABLED="1")) == "EXEC"
    refused(project, "static-libc", 'GOBUILDFLAGS="-buildmode=pie"', "gcc drops PIE", "linkage='static-pie'")
    refused(project, "static-pie", 'GOLDFLAGS=["-extldflags=-static"]', "-static in GOLDFLAGS")
    refused(project, "static-pie", 'GOBUILDFLAGS="-buildmode=exe"', "-buildmode=exe")
    declare(project, "static-pie", f'GOCOM=env["GOCOM"].replace("$_GOFLAGS", "-buildmode=pie \'{flags}\'")')
    rejected(project, "wanted: linkage static-pie (glibc)", "found:  static-libc (glibc)", path="build/static-pie/app")


def test_c6_pie_without_cgo_asks_for_the_loader(project: Project) -> None:
    """C6: go build exits 0 with CGO_ENABLED=0 -buildmode=pie, and the program has an interpreter."""
    project.module({"main.go": EMPTY})
    plain = go_build(project, "-buildmode=pie", CGO_ENABLED="0")
    assert interpreter(plain)
    assert needed(plain) == []
    refused(project, "static", 'GOBUILDFLAGS=["-buildmode=pie"]', "asks for the dynamic loader", "static-pie")
    refused(project, "static", 'GOLDFLAGS=["-buildmode=pie"]', "-buildmode=pie in GOLDFLAGS")


def test_c7_external_linking_without_cgo_is_refused(project: Project) -> None:
    """C7: an error of go build since 1.22; before, it exited 0 with a program that could crash."""
    project.module({"main.go": EMPTY})
    assert go(project, "build", "-ldflags=-linkmode=external", CGO_ENABLED="0").status != 0
    refused(project, "static", 'GOLDFLAGS=["-linkmode", "external"]', "-linkmode external in GOLDFLAGS", "static-libc")
    refused(project, "static", 'GOLDFLAGS="--linkmode=external"', "-linkmode external in GOLDFLAGS")


def test_c9_plugin_in_a_static_program_is_refused(project: Project) -> None:
    """C9: go build exits 0; plugin.Open always fails when the program runs."""
    main = 'package main\n\nimport "example.org/m/load"\n\nfunc main() { load.Load() }\n'
    load = 'package load\n\nimport "plugin"\n\nfunc Load() {\n\t_, err := plugin.Open("x.so")\n\tpanic(err)\n}\n'
    project.module({"main.go": main, "load/load.go": load})
    plain = go_build(project, CGO_ENABLED="0")
    assert "plugin: not implemented" in project.run(str(plain)).stderr
    for linkage in ("static", "static-libc"):
        declare(project, linkage)
        not_built(project, "package plugin", "why:    example.org/m imports example.org/m/load imports plugin")
    declare(project, "dynamic")
    project.scons("app")
    assert interpreter(project / "build/dynamic/app")


def test_c10_race_needs_cgo_and_works_with_static_libc(project: Project) -> None:
    """C10: go build says only `-race requires cgo`; race with static glibc works, so it is not forbidden."""
    project.module({"main.go": EMPTY})
    assert "-race requires cgo" in go(project, "build", "-race", CGO_ENABLED="0").stderr
    refused(project, "static", "GORACE=True", "GORACE", "'static-libc'")
    refused(project, "static", 'GOBUILDFLAGS=["-msan"]', "-msan")
    declare(project, "static-libc", "GORACE=True")
    project.scons("app")
    app = project / "build/static-libc/app"
    assert is_static(app)
    assert "-race=true" in go(project, "version", "-m", str(app)).stdout
    project.run(str(app), check=True)


def test_c11_c27_shared_output_is_never_a_program(project: Project) -> None:
    """C11, C27: a c-shared library has no interpreter, so `no PT_INTERP` calls it static."""
    project.module({"main.go": 'package main\n\nimport "C"\n\nfunc main() {}\n'})
    refused(project, "static-libc", 'GOBUILDFLAGS=["-buildmode=c-shared"]', "-buildmode=c-shared")
    refused(project, "static", 'GOBUILDFLAGS=["-buildmode", "plugin"]', "-buildmode=plugin")
    refused(project, "static-libc", 'GOBUILDFLAGS=["-linkshared"]', "-linkshared")
    declare(project, "static-libc", 'GOCOM=env["GOCOM"].replace("$_GOFLAGS", "-buildmode=c-shared")')
    rejected(project, "found:  shared-library (", "DT_NEEDED libc.so.6", path="build/static-libc/app")
    assert interpreter(project / "build/static-libc/app.rejected") is None


def test_c12_every_missing_archive_is_told_before_the_compile(project: Project) -> None:
    """C12: go build fails only when it links, with the linker's words."""
    project.module({"main.go": CALLS.format(flags="-L${SRCDIR}/lib -lone -ltwo"), "lib/one.c": ONE})
    for name in ("lib/libone.so", "lib/libtwo.so"):
        project.run("gcc", "-shared", "-o", name, "lib/one.c", check=True)
    flags = "-ldflags=-linkmode=external -extldflags=-static"
    assert "cannot find -lone" in go(project, "build", flags, CGO_ENABLED="1").stderr
    declare(project, "static-libc")
    text = not_built(
        project, "found:  no libone.a", "found:  no libtwo.a", "why:    example.org/m", "linkage='dynamic'"
    )
    assert text.count("wanted: ") == 2

    project.run("gcc", "-c", "-o", "lib/one.o", "lib/one.c", check=True)
    for name in ("one", "two"):
        project.run("ar", "rc", f"lib/lib{name}.a", "lib/one.o", check=True)
    project.scons("app")
    assert is_static(project / "build/static-libc/app")


def test_c13_library_that_is_not_installed_must_be_permitted(project: Project) -> None:
    """C13: go build exits 0; the program cannot be started."""
    project.module({"main.go": CALLS.format(flags="-L${SRCDIR}/lib -lone"), "lib/one.c": ONE})
    project.run("gcc", "-shared", "-o", "lib/libone.so", "lib/one.c", check=True)
    plain = go_build(project, CGO_ENABLED="1")
    assert "cannot open shared object file" in project.run(str(plain)).stderr
    declare(project, "dynamic")
    rejected(project, "found:  DT_NEEDED libone.so", "GOVERIFYLIBS=['libone.so']", path="build/dynamic/app")
    declare(project, "dynamic", "GOVERIFYLIBS=['libon?.so']")
    assert "needs libone.so" in project.scons("app").stdout


def test_c14_static_in_cgo_ldflags_is_refused(project: Project) -> None:
    """C14: go build links it statically or not at all, by its version."""
    project.module({"main.go": LOOKUP})
    for linkage in ("dynamic", "static-libc"):
        refused(project, linkage, 'CGO_LDFLAGS="-O2 -static"', "-static in CGO_LDFLAGS")
    refused(project, "dynamic", 'ENV={"CGO_LDFLAGS": "-static"}', "-static in CGO_LDFLAGS")


def test_c14_static_in_a_cgo_directive_contradicts_the_prediction(project: Project) -> None:
    """C3, C14: `#cgo LDFLAGS: -static` makes the dynamic program static behind the build's back; go build exits 0."""
    project.module({"main.go": CALLS.format(flags="-static"), "one.c": ONE})
    assert interpreter(go_build(project, CGO_ENABLED="1")) is None
    declare(project, "dynamic")
    rejected(
        project, "found:  static-libc (glibc)", "why:    cgo comes in because example.org/m", path="build/dynamic/app"
    )


def test_c18_glibc_floor_is_recorded_and_bounded(project: Project) -> None:
    """C18: go build says nothing of the glibc that the program will need."""
    project.module({"main.go": LOOKUP})
    program = 'env.GoProgram("build/app", ".", GOVERIFYGLIBC=ARGUMENTS.get("max", ""))'
    project.sconstruct(f'env.GoLinkageReport("report.json", {program})')
    versions = readelf(go_build(project, CGO_ENABLED="1"), "-V")
    floor = max((line.partition("GLIBC_")[2].split()[0] for line in versions.splitlines() if "Name: GLIBC_" in line),
                key=lambda version: [int(part) for part in version.split(".")])  # fmt: skip
    assert floor in project.scons("report.json").stdout
    assert json.loads((project / "report.json").read_text())["programs"][0]["elf"]["glibc_floor"] == floor

    outcome = project.scons("build/app", "max=2.3", status=2)
    for text in (
        "wanted: glibc 2.3 to be enough",
        f"found:  GLIBC_{floor} is required",
        "fix:    GOLIBC='glibc-2.3' with GOCTOOLCHAIN='zig' links against it",
    ):
        assert text in outcome.stderr
    project.scons("build/app", f"max=GLIBC_{floor}")


def test_c22_packed_program_is_refused(project: Project) -> None:
    """C22: what a packer hides (here: its marks, without its compression) cannot be proved; it would look static."""
    project.module({"main.go": HELLO})
    project.write({
        "pack.py": 'import sys\nwith open(sys.argv[1], "ab") as file:\n    file.write(b"UPX!" + bytes(32))\n',
    })  # fmt: skip
    declare(project, "static", 'GOCOM=[env["GOCOM"], "python3 pack.py $TARGET"]')
    rejected(project, "wanted: linkage static", "found:  unprovable (packed by UPX")


def test_c28_what_is_no_elf_is_never_static(project: Project) -> None:
    """C28: wasm programs are refused as static and not proved as anything; Windows and macOS ones load the system's."""
    project.module({"main.go": EMPTY})
    for goos, goarch in (("js", "wasm"), ("wasip1", "wasm"), ("plan9", "amd64"), ("openbsd", "amd64")):
        refused(project, "static", f'GOOS="{goos}", GOARCH="{goarch}"', f"platform {goos}/{goarch}", "why: ")
    for goos, goarch, name in (("windows", "amd64", "app.exe"), ("darwin", "arm64", "app")):
        declare(project, "static", f'GOOS="{goos}", GOARCH="{goarch}"')
        assert f"build/static/{name}: system-only: " in project.scons().stdout
    declare(project, "dynamic", 'GOOS="js", GOARCH="wasm", GOVERIFY="warn"')
    told = project.scons()
    assert "found:  unprovable (wasm: " in told.stderr
    assert "build/dynamic/app: unprovable: " in told.stdout
    # The gate on what anything builds, as something other than Go that makes no ELF.
    project.sconstruct(
        "for name, head in (('pe', 'MZ'), ('wasm', '\\\\0asm'), ('text', '#!/bin/sh')):\n"
        "    env.GoVerify(env.Command(name, [], f\"printf '{head}' > $TARGET\"), 'static')\n"
    )
    outcome = project.scons("-k", status=2)
    assert outcome.stderr.count("] rejected; moved to ") == 3, outcome.text
    assert not any((project / name).exists() for name in ("pe", "wasm", "text"))


def test_cheating_command_is_caught_with_everything_it_did(project: Project) -> None:
    """The proof reads only the binary: whatever the command does to it, every finding is told."""
    project.module({"main.go": LOOKUP})
    declare(project, "static", 'GOCOM="CGO_ENABLED=1 $GO build -C $_GOMODULEROOT -o ${TARGET.abspath} -p $GOJOBS ."')
    text = rejected(
        project,
        "wanted: linkage static\n",
        "found:  dynamic (",
        "PT_INTERP /lib",
        "DT_NEEDED libc.so.6",
        "found:  PT_DYNAMIC",
        "the build info says CGO_ENABLED=1",
    )
    assert text.count("wanted: ") == text.count("found: ") == 5
    # The same without build info and symbols.
    cheat = 'env["GOCOM"].replace("$_GOFLAGS", "-buildvcs=false -trimpath -ldflags=-s")'
    declare(project, "static-libc", f'GOCOM=[{cheat}, "strip $TARGET"]')
    rejected(project, "found:  dynamic (", "PT_INTERP", path="build/static-libc/app")
    # For another machine.
    declare(project, "static", 'GOCOM="GOARCH=arm64 " + env["GOCOM"]')
    rejected(project, "wanted: a program for linux/", "found:  AARCH64, 64 bits, little-endian")
    # Not a Go program at all.
    project.write({"one.c": "int main(void) { return 0; }\n"})
    declare(
        project, "static-libc", 'GOCOM="gcc -static -o ${TARGET.abspath} one.c && echo go build -C . -o $TARGET -p 1"'
    )
    rejected(project, "wanted: a Go program", path="build/static-libc/app")


def test_success_is_one_line_a_program(project: Project) -> None:
    project.module({"main.go": HELLO})
    project.sconstruct(
        'env.GoProgram("build/$GOLINKAGE/app", ".", linkage=["static", "static-libc"], GOCOMSTR="GO $TARGET")'
    )
    lines = project.scons("-j1").stdout.splitlines()
    assert [line.partition(": ")[0] for line in lines] == [
        "GO build/static/app", "build/static/app", "GO build/static-libc/app", "build/static-libc/app",
    ]  # fmt: skip
    assert lines[1].startswith("build/static/app: static: ELF EXEC, no interpreter, no NEEDED libraries")
    assert lines[3].startswith("build/static-libc/app: static-libc (glibc): ELF EXEC, no interpreter")


NSS = "its glibc loads NSS modules"


def test_c8_nss_in_static_glibc_is_warned_of(project: Project) -> None:
    """C8: go build exits 0; the static program loads libnss_*.so of the machine that it runs on."""
    project.module({"main.go": LOOKUP})
    flags = "-ldflags=-linkmode=external -extldflags=-static"
    go_build(project, flags, CGO_ENABLED="1")
    program = 'env.GoProgram("build/{0}/app", ".", linkage="static-libc", {1})\n'
    project.sconstruct(
        program.format("warn", "GOLDFLAGS=['-s', '-w']")
        + program.format("ok", "GOVERIFYNSS='ok', GOLDFLAGS=['-s', '-w']")
        + program.format("resolver", "GOVERIFYNSS='error', GORESOLVER='go'")
        + program.format("musl", "GOVERIFYNSS='error', GOLIBC='musl'")
        + program.format("error", "GOVERIFYNSS='error'")
        + program.format("c", "GOVERIFYNSS='error'").replace('"."', '"c"')
    )
    getpw = CALLS.format(flags="").replace("int one(void);", "#include <pwd.h>\nint one(void) { return !getpwuid(0); }")
    project.write({"c/main.go": getpw})
    outcome = project.scons("build/warn")
    assert "build/warn/app: static-libc (glibc; nss-dependent): " in outcome.stdout
    for text in ("golang: warning: build/warn/app\n", f"found:  {NSS}", "why:    net or os/user", "GORESOLVER='go'"):
        assert text in outcome.stderr
    assert "golang: warning" not in project.scons("build/ok").stderr
    assert "build/resolver/app: static-libc (glibc): " in project.scons("build/resolver").stdout
    assert "build/musl/app: static-libc (musl): " in project.scons("build/musl").stdout
    # What Go brings in is known before the compile; what C calls, the linker tells.
    outcome = project.scons("build/error", status=2)
    assert "cannot be had\n  wanted: a static program that loads nothing" in outcome.stderr
    for package in ("net", "os/user"):
        assert f"found:  {package} resolves through glibc" in outcome.stderr
        assert f"why:    example.org/m imports {package}\n" in outcome.stderr
    assert "fix:    GORESOLVER='go'" in outcome.stderr
    outcome = project.scons("build/c", status=2)
    assert "Using 'getpwuid' in statically linked applications" in outcome.stderr
    assert "GOVERIFYNSS='error' makes the linker's warnings errors\n  fix:    GORESOLVER='go'" in outcome.stderr
    assert not (project / "build/c/app").exists()
