"""C toolchains: a linkage that one cannot make is refused before the compile, whatever the compiler is called."""

from __future__ import annotations

import os
import shutil
import sys
import time
from pathlib import Path

import pytest
from plain_go import go_build

from harness import HELLO, LOOKUP, Project, declare, elf_type, interpreter, is_static, needed, readelf

pytestmark = pytest.mark.live

STATIC = "-ldflags=-linkmode=external -extldflags=-static"


def refused(project: Project, *expected: str) -> None:
    """Assert that the build fails before the compile, with all of ``expected`` in its message."""
    outcome = project.scons("app", status=2)
    assert " cannot be had\n" in outcome.stderr, outcome.text
    for text in expected:
        assert text in outcome.stderr, outcome.text


def test_musl_gcc_is_found_for_musl(project: Project) -> None:
    """GOLIBC=musl needs no other setting, and musl has no NSS to warn of."""
    project.module({"main.go": LOOKUP})
    declare(project, "static-libc", "GOLIBC='musl', GOVERIFYNSS='error'")
    outcome = project.scons("app")
    app = project / "build/static-libc/app"
    assert "build/static-libc/app: static-libc (musl): ELF EXEC, no interpreter" in outcome.stdout
    assert is_static(app)
    assert "NT_GNU_ABI_TAG" not in readelf(app, "-n")
    project.run(str(app), check=True)
    project.up_to_date("app")
    # The libc is part of the target: the same path with the other one is another program.
    declare(project, "static-libc", "GOLIBC='glibc', GORESOLVER='go'")
    assert "static-libc (glibc): " in project.scons("app").stdout
    assert "NT_GNU_ABI_TAG" in readelf(app, "-n")


def test_libc_of_the_compiler_must_be_the_one_asked_for(project: Project) -> None:
    """The libc is read from the compiler's headers: `cc-glibc` may well be musl."""
    project.module({"main.go": HELLO})
    assert "NT_GNU_ABI_TAG" not in readelf(go_build(project, STATIC, CGO_ENABLED="1", CC="musl-gcc"), "-n")
    compiler = project / "cc-glibc"
    compiler.write_text('#!/bin/sh\nexec musl-gcc "$@"\n')
    compiler.chmod(0o755)
    declare(project, "static-libc", f"GOCC={str(compiler)!r}")
    refused(
        project,
        "wanted: glibc, linked statically",
        "found:  CC: cc-glibc (",
        "; musl)",
        "fix:    GOCC and GOCXX: compilers for",
    )
    declare(project, "static-libc", "GOCC='gcc', GOLIBC='musl'")
    refused(project, "wanted: musl, linked statically", "found:  CC: gcc (", "fix:    GOCC and GOCXX: compilers for")


def test_static_pie_with_glibc(project: Project) -> None:
    project.module({"main.go": LOOKUP})
    declare(project, "static-pie", "GOVERIFYNSS='ok'")
    assert "build/static-pie/app: static-pie (glibc; nss-dependent): ELF DYN" in project.scons("app").stdout
    app = project / "build/static-pie/app"
    assert is_static(app)
    assert elf_type(app) == "DYN"
    assert "PIE" in readelf(app, "-d")
    project.run(str(app), check=True)


def test_static_pie_with_debians_musl_gcc_is_refused(project: Project) -> None:
    """C5: go build exits 0, and the program needs musl's libc.so and its loader."""
    project.module({"main.go": LOOKUP})
    flags = "-ldflags=-linkmode=external -extldflags=-static-pie"
    plain = go_build(project, "-buildmode=pie", flags, CGO_ENABLED="1", CC="musl-gcc")
    assert "ld-musl" in (interpreter(plain) or "")
    assert needed(plain) == ["libc.so"]
    declare(project, "static-pie", "GOLIBC='musl'")
    refused(
        project,
        "wanted: a C toolchain that makes static-pie (musl)",
        "found:  musl-gcc (",
        "makes dynamic of an empty C program",
        "neither Debian's musl-gcc nor zig makes static-pie",
    )


LD = """\
#!/bin/sh
for word; do
    shift
    case $word in -L*..*|-L/lib*|-L/usr/lib/*-linux-*[!0-9]) ;; *) set -- "$@" "$word" ;; esac
done
exec ld -nostdlib -L{libraries} "$@"
"""


def without_libc_archive(project: Project, path: Path) -> str:
    """Return the flags with which gcc links with every library of this machine but libc.a."""
    triplet = project.run("gcc", "-print-multiarch", check=True).stdout.strip()
    path.mkdir()
    for file in (Path("/usr/lib") / triplet).iterdir():
        if file.name != "libc.a":
            (path / file.name).symlink_to(file)
    (path / "ld").unlink(missing_ok=True)
    (path / "ld").write_text(LD.format(libraries=path))
    (path / "ld").chmod(0o755)
    return f"-B{path}"


def test_toolchain_without_static_libc_is_refused(project: Project) -> None:
    """C12: go build compiles everything, and fails with the linker's words."""
    project.module({"main.go": HELLO})
    flag = without_libc_archive(project, project.path.parent / "libraries")
    declare(project, "static-libc", f"GOCC='gcc {flag}'")
    refused(
        project,
        "wanted: libc.a, to link it statically",
        "found:  no libc.a for linux/",
        "fix:    install the static library",
    )
    # It is good for what needs none.
    project.module({"main.go": LOOKUP})
    declare(project, "dynamic", f"GOCC='gcc {flag}'")
    project.scons("app")
    assert needed(project / "build/dynamic/app") == ["libc.so.6"]


def test_compiler_that_does_not_work_is_told(project: Project) -> None:
    """A setting that names no compiler, or one that fails, is one message; what needs no C is built all the same."""
    project.module({"main.go": LOOKUP})
    for command in ("no-such-gcc", "false"):
        declare(project, "dynamic", f"GOCC='{command}'")
        refused(project, "wanted: a C compiler, for linkage dynamic", command, "why:    example.org/m imports net")
    declare(project, "static", "GOCC='no-such-gcc', GOCXX='no-such-g++'")
    project.scons("app")


@pytest.mark.network
def test_zig_links_musl(project: Project) -> None:
    """C17: `zig cc` with a musl target. Its first link compiles musl, for minutes: hence not with the other tests."""
    project.module({"main.go": LOOKUP})
    zig = f"{sys.executable} -m ziglang {{}} -target {os.uname().machine}-linux-musl"
    compilers = f"GOCC={zig.format('cc')!r}, GOCXX={zig.format('c++')!r}"
    declare(project, "static-libc", f"GOLIBC='musl', {compilers}")
    assert "build/static-libc/app: static-libc (musl): ELF EXEC" in project.scons("app").stdout
    app = project / "build/static-libc/app"
    assert is_static(app)
    project.run(str(app), check=True)
    project.up_to_date("app")
    declare(project, "static-libc", f"GOLIBC='glibc', {compilers}")
    refused(project, "wanted: glibc, linked statically", "; musl)")


def test_another_compiler_is_seen_by_what_was_built_after_other_things(project: Project) -> None:
    """SCons builds something between the two programs, and looks again: what is kept depends on the same tools."""
    project.module(
        {"cmd/app/main.go": 'package main\n\n// int one(void);\nimport "C"\n\nfunc main() { println(C.one()) }\n'}
    )
    project.write({"cmd/app/one.c": "int one(void) { return 1; }\n"})
    project.sconstruct("""
import os
env["ENV"]["PATH"] = os.environ["PATH"]
a = env.GoProgram("build/a", "cmd/app", linkage="dynamic")
other = env.Command("other", "seed", Copy("$TARGET", "$SOURCE"))
b = env.GoProgram("build/b", "cmd/app", linkage="dynamic", GOLDFLAGS=["-X", "main.x=1"])
Default(a, other, b)
""")
    project.write({"seed": "", "bin/.keep": ""})
    search = {"PATH": f"{project / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    # What changed a moment ago may change again unseen: nothing that depends on it is kept.
    time.sleep(2.5)
    project.scons("-j1", environ=search)
    assert not project.scons("-j1", environ=search).built

    project.write({"bin/gcc": f'#!/bin/sh\nexec {shutil.which("gcc")} -DOTHER=1 "$@"\n'})
    (project / "bin/gcc").chmod(0o755)
    assert sorted(project.scons("-j1", environ=search).built) == ["build/a", "build/b"]
