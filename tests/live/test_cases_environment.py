"""Environment cases E1 to E11: what leaks into the linkage of plain go build, and does not leak here."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest
from plain_go import CLEAN, go, go_build

from harness import CGO, HELLO, LOOKUP, Project, declare, fails, interpreter, is_static, needed, readelf

pytestmark = pytest.mark.live

EMPTY = "package main\n\nfunc main() {}\n"
TWICE = '-ldflags="-linkmode=external -extldflags=-static"', "-ldflags=-s"
FLAGGED = """\
package main

/*
#cgo LDFLAGS: {flags}
int one(void);
*/
import "C"

func main() {{ println(C.one()) }}
"""
ONE_C = "int one(void) { return 1; }\n"


def user_settings(project: Project, **settings: str) -> str:
    """Write the user's Go settings as `go env -w` does; return its file."""
    for name, value in settings.items():
        project.run("go", "env", "-w", f"{name}={value}", check=True)
    return str(project.path.parent / "config/go/env")


def path_without_gcc(project: Project) -> str:
    """Return a PATH with go and the shell that SCons starts commands with."""
    bare = project.path.parent / "bin"
    bare.mkdir()
    (bare / "sh").symlink_to("/bin/sh")
    return f"{bare}:{go(project, 'env', 'GOROOT').stdout.strip()}/bin"


def test_e1_path_without_gcc_flips_no_linkage(project: Project) -> None:
    """E1: without gcc on PATH, go build silently sets CGO_ENABLED=0, exits 0, and the program is static."""
    project.module({"main.go": LOOKUP})
    path = path_without_gcc(project)
    assert is_static(go_build(project, PATH=path))
    project.sconstruct(
        f"env['ENV']['PATH'] = {path!r}\n"
        'env.GoProgram("build/$GOLINKAGE/app", ".", linkage=["dynamic", "static-libc"], GOVERIFYNSS="ok")'
    )
    outcome = project.scons()
    assert "build/dynamic/app: dynamic: " in outcome.stdout
    assert "build/static-libc/app: static-libc (glibc; nss-dependent): " in outcome.stdout
    assert needed(project / "build/dynamic/app") == ["libc.so.6"]


def test_e1_without_any_compiler_only_what_needs_one_fails(project: Project) -> None:
    """E1: go build exits 0, and what needs libc's resolver is a pure program."""
    project.module({"main.go": HELLO, "lookup/main.go": LOOKUP})
    path = path_without_gcc(project)
    go_build(project, package="./lookup", PATH=path)
    project.sconstruct(
        f"env['ENV']['PATH'], env['GOCTOOLCHAIN'] = {path!r}, 'system'\n"
        'env.GoProgram("build/hello", ".")\n'
        'env.GoProgram("build/lookup", "lookup")\n'
        'env.GoProgram("build/libc", ".", linkage="static-libc")'
    )
    outcome = project.scons("-k", status=2, environ={"PATH": path})
    assert "build/hello: static (naturally): " in outcome.stdout
    assert not (project / "build/lookup").exists()
    assert not (project / "build/libc").exists()
    for text in (
        "*** [build/lookup] linkage dynamic cannot be had\n  wanted: a C compiler, for linkage dynamic\n",
        "*** [build/libc] linkage static-libc (glibc) cannot be had\n  wanted: a C compiler",
        "found:  gcc: it is not on PATH",
        "why:    example.org/m/lookup imports net; example.org/m/lookup imports os/user\n",
        "why:    linkage static-libc (glibc) is linked by the C toolchain\n",
        "gcc with GOCTOOLCHAIN='system' (Debian: gcc libc6-dev); linkage='static' needs none",
    ):
        assert text in outcome.stderr, outcome.text


def test_e2_cgo_enabled_is_decided_by_the_linkage(project: Project) -> None:
    """E2: to go build, CGO_ENABLED=false means 1, and the program is dynamic."""
    project.module({"main.go": LOOKUP})
    for value in ("false", "no", ""):
        assert interpreter(go_build(project, CGO_ENABLED=value))
    assert is_static(go_build(project, CGO_ENABLED="0"))
    for linkage, value in (("static", "false"), ("static", "1"), ("dynamic", "0"), ("dynamic", "no")):
        declare(project, linkage, f'ENV={{"CGO_ENABLED": "{value}"}}')
        fails(
            project,
            f"*** linkage {linkage} cannot be had",
            f"found:  CGO_ENABLED={value} in env['ENV']",
            f"{linkage} sets CGO_ENABLED={int(linkage == 'dynamic')}",
            "fix:    remove CGO_ENABLED from env['ENV']",
        )
    # Agreement is no contradiction, and the shell that scons runs in does not matter.
    declare(project, "static", 'ENV={"CGO_ENABLED": "0"}')
    project.scons("app", environ={"CGO_ENABLED": "1", "GOFLAGS": "-buildmode=pie", "GOOS": "windows"})
    assert is_static(project / "build/static/app")


def test_e3_no_home(project: Project) -> None:
    """E3: go build fails without HOME: build cache is required, but could not be located."""
    project.module({"main.go": HELLO})
    declare(project, "static")
    for name in ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "GOPATH", "GOCACHE"):
        project.environ.pop(name, None)
    assert "build cache is required" in go(project, "build", ".").stderr
    project.scons("app")
    assert is_static(project / "build/static/app")


def test_e4_goflags_are_adopted_or_refused(project: Project) -> None:
    """E4: with GOFLAGS=-buildmode=pie in the environment go build exits 0, and the program has an interpreter."""
    project.module(
        {"main.go": EMPTY, "tagged.go": "//go:build special\n\npackage main\n\nfunc init() { println(1) }\n"}
    )
    assert interpreter(go_build(project, GOFLAGS="-buildmode=pie", CGO_ENABLED="0"))
    for flags, case in (
        ("-buildmode=pie", "asks for the dynamic loader"),
        ("-ldflags=-s", "put them into GOLDFLAGS"),
        ("-mod=mod", "it lets the build write go.mod"),
        ("-overlay=x.json", "golang writes the overlay itself"),
        ("-buildvcs=true", "wanted: GOBUILDVCS=False"),
        ("-trimpath=false", "wanted: GOTRIMPATH=True"),
    ):
        declare(project, "static", f'ENV={{"GOFLAGS": "{flags}"}}')
        fails(project, "*** linkage static cannot be had", flags, "env['ENV']['GOFLAGS']", case, "fix: ")
    declare(project, "static", 'ENV={"GOFLAGS": "-tags=special"}')
    assert "-tags=special" in project.scons("app").stdout
    assert project.run(str(project / "build/static/app")).stderr == "1\n"


def test_e4_settings_of_the_user_are_adopted_visibly_or_refused(project: Project) -> None:
    """E4: what `go env -w` once wrote changes go build, without a word."""
    project.module({"main.go": EMPTY})
    file = user_settings(project, GOFLAGS="-buildmode=pie")
    plain = {name: value for name, value in CLEAN.items() if name not in ("GOENV", "GOFLAGS")}
    project.run("go", "build", "-o", "plain", ".", environ={**plain, "CGO_ENABLED": "0"}, check=True)
    assert interpreter(project / "plain")
    declare(project, "static")
    fails(project, "linkage static cannot be had", f"-buildmode=pie (GOFLAGS of `go env -w` ({file}))", "fix: ")
    user_settings(project, GOFLAGS="-ldflags=-s")
    fails(project, "linkage static cannot be had", "-ldflags=-s", file, "put them into GOLDFLAGS")
    user_settings(project, GOFLAGS="-buildvcs=false")
    project.scons("app")
    declare(project, "static", "GOBUILDVCS=True")
    fails(
        project, "wanted: GOBUILDVCS=True", f"-buildvcs=false in GOFLAGS of `go env -w` ({file})", "fix:    remove it"
    )
    declare(project, "static")

    user_settings(project, GOFLAGS="-tags=special", GOAMD64="v2", CGO_ENABLED="1", CGO_CFLAGS="-DX", GOOS="windows")
    stdout = project.scons("app").stdout
    assert f"golang: adopted from {file}: GOAMD64=v2, GOFLAGS=-tags=special\n" in stdout
    settings = go(project, "version", "-m", str(project / "build/static/app")).stdout
    for text in ("CGO_ENABLED=0", "GOAMD64=v2", "GOOS=linux", "-tags=special"):
        assert text in settings
    project.up_to_date("app")
    # A changed setting is a changed program.
    user_settings(project, GOAMD64="v1")
    assert project.scons("app").built == ["static/app"]


def test_e4_settings_of_the_toolchain_are_its_identity_but_for_goflags(project: Project) -> None:
    """E4: GOROOT/go.env, which distributions edit, holds even with GOENV=off and an empty GOFLAGS."""
    project.module({"main.go": EMPTY})
    real = Path(go(project, "env", "GOROOT").stdout.strip())
    goroot = project.path.parent / "goroot"
    (goroot / "bin").mkdir(parents=True)
    for file in real.iterdir():
        if file.name not in ("bin", "go.env"):
            (goroot / file.name).symlink_to(file)
    shutil.copy(real / "bin/go", goroot / "bin/go")
    (goroot / "go.env").write_text("GOFLAGS=-buildmode=pie\n")
    project.run(str(goroot / "bin/go"), "build", "-o", "plain", ".", environ={**CLEAN, "CGO_ENABLED": "0"}, check=True)
    assert interpreter(project / "plain")
    declare(project, "static", f"GO={str(goroot / 'bin/go')!r}")
    project.scons("app")
    assert is_static(project / "build/static/app")
    (goroot / "go.env").write_text("GOAMD64=v2\nGOARM64=v8.1\nGOTOOLCHAIN=auto\n")
    assert project.scons("app").built == ["static/app"]
    # E6: a go.env of the toolchain, as go.dev ships it, asks for another toolchain.
    project.module({}, go="1.99")
    assert "requires go >= 1.99" in project.scons("app", status=2, environ={"GOPROXY": "off"}).stderr


def test_e5_one_ldflags(project: Project) -> None:
    """E5: of two -ldflags go build takes the last; it exits 0, and the program is dynamic."""
    project.module({"main.go": LOOKUP})
    static = "-ldflags=-linkmode=external -extldflags=-static"
    assert interpreter(go_build(project, static, "-ldflags=-s", CGO_ENABLED="1"))
    for flags in ('["-ldflags=-s"]', '["-ldflags", "-s"]', '"--ldflags -s"', '["-ldflags=all=-s"]'):
        declare(project, "static-libc", f"GOBUILDFLAGS={flags}")
        fails(project, "*** linkage static-libc", "-ldflags", "GOBUILDFLAGS", "of two -ldflags", "fix: ")
    declare(project, "static-libc", "GOLDFLAGS=['-s', '-extldflags', '-Wl,--build-id=none'], GOVERIFYNSS='ok'")
    assert project.scons("app").stdout.count("-ldflags=") == 1
    assert is_static(project / "build/static-libc/app")
    assert ".symtab" not in readelf(project / "build/static-libc/app", "-S")


def test_e6_toolchain_is_pinned(project: Project) -> None:
    """E6: with GOTOOLCHAIN=auto, go build would fetch whatever toolchain go.mod asks for."""
    project.module({"main.go": EMPTY}, go="1.99")
    assert "toolchain" in go(project, "build", ".", GOTOOLCHAIN="auto", GOPROXY="off").stderr
    declare(project, "static", 'ENV={"GOTOOLCHAIN": "auto"}')
    fails(project, "wanted: a pinned Go toolchain", "GOTOOLCHAIN=auto in env['ENV']", "fix:    remove GOTOOLCHAIN from")
    declare(project, "static", 'ENV={"GOTOOLCHAIN": "local"}')
    fails(project, "requires go >= 1.99", "GOTOOLCHAIN=local")
    declare(project, "static", 'GOTOOLCHAIN="auto"')
    fails(project, "wanted: a pinned Go toolchain", "GOTOOLCHAIN=auto", "fix:    GOTOOLCHAIN='local'")

    project.module({"main.go": EMPTY})
    version = go(project, "env", "GOVERSION").stdout.strip()
    declare(project, "static", 'GOVERSION="1.2"')
    fails(project, "wanted: 1.2 ($GOVERSION)", f"found:  {version}", "fix: ")
    declare(project, "static", f'GOVERSION="{version}"')
    project.scons("app", environ={"GOTOOLCHAIN": "auto"})
    assert version in go(project, "version", str(project / "build/static/app")).stdout


def test_e7_workspace_above_the_project_does_not_reach_into_it(project: Project) -> None:
    """E7: below a go.work that does not use the module, go build fails; one that uses it decides what is built."""
    above = project.path.parent / "go.work"
    above.write_text("go 1.21\n")
    project.module({"main.go": EMPTY})
    assert "workspace" in go(project, "build", ".", GOWORK="").stderr
    declare(project, "static")
    project.scons("app")

    # One in the project, that does not use the module either.
    project.write({"go.work": "go 1.21\n\nuse ./other\n", "other/go.mod": "module example.org/o\n\ngo 1.21\n"})
    project.write({"other/other.go": "package o\n\nfunc Say() { println(2) }\n"})
    project.up_to_date("app")
    # As soon as it does, the program may import what the workspace has.
    project.write({"go.work": "go 1.21\n\nuse ./other\nuse .\n"})
    project.write({"main.go": 'package main\n\nimport "example.org/o"\n\nfunc main() { o.Say() }\n'})
    project.scons("app")
    assert project.run(str(project / "build/static/app")).stderr == "2\n"
    # And it is an input.
    declare(project, "static", 'GOWORK="off"')
    assert "example.org/o" in fails(project)


def test_e8_version_control_is_not_stamped(project: Project) -> None:
    """E8: go build stamps the commit, so that one without content and an untracked file change the program."""
    project.module({"main.go": EMPTY})

    def git(*arguments: str) -> None:
        settings = ("-c", "user.name=n", "-c", "user.email=n@example.org", "-c", "commit.gpgsign=false")
        project.run("git", *settings, *arguments, check=True)

    git("init", "-q")
    git("add", "go.mod", "main.go")
    git("commit", "-qm", "one")
    program = 'env.GoProgram("build/{0}/app", ".", linkage="static", {1})\n'
    project.sconstruct(program.format("1", "") + program.format("2", "") + program.format("vcs", "GOBUILDVCS=True"))
    before = go_build(project, CGO_ENABLED="0").read_bytes()
    project.scons("build/1")

    git("commit", "-q", "--allow-empty", "-m", "two")
    project.write({"untracked.txt": "new\n"})
    assert go_build(project, CGO_ENABLED="0").read_bytes() != before
    project.up_to_date("build/1")
    project.scons("build/2", "build/vcs")
    assert (project / "build/1/app").read_bytes() == (project / "build/2/app").read_bytes()
    assert "vcs.modified=true" in go(project, "version", "-m", "build/vcs/app").stdout


def wrapper(project: Project, text: str) -> Path:
    """Write a C compiler that is a script around gcc."""
    file = project / "tools dir/cc wrapper"
    project.write({"tools dir/cc wrapper": f"#!/bin/sh\n{text}\n"})
    file.chmod(0o755)
    return file


def test_e9_compiler_with_flags_and_its_replacement(project: Project) -> None:
    """E9: a compiler with flags of its own, a wrapper in a path with a space; go build keeps what an old one made."""
    project.module({"main.go": CGO, "answer.h": "static int answer(void) { return ANSWER; }\n"})
    declare(project, "static-libc", 'GOLIBC="musl", GOCC="musl-gcc -static -DANSWER=1"')
    project.scons("app")
    app = project / "build/static-libc/app"
    assert is_static(app)
    assert project.run(str(app)).stdout == "1\n"
    declare(project, "static-libc", 'GOLIBC="musl", GOCC="musl-gcc -static -DANSWER=2"')
    project.scons("app")
    assert project.run(str(app)).stdout == "2\n"

    file = wrapper(project, 'exec gcc -DANSWER=3 "$@"')
    declare(project, "dynamic", f"""GOCC='"{file}"'""")
    app = project / "build/dynamic/app"
    project.scons("app")
    assert project.run(str(app)).stdout == "3\n"
    project.up_to_date("app")
    wrapper(project, 'exec gcc -DANSWER=4 "$@"')
    assert project.scons("app").built == ["dynamic/app"]
    assert project.run(str(app)).stdout == "4\n"
    # env["CC"] and env["ENV"]["CC"] are compilers too.
    declare(project, "dynamic", 'CC="gcc -DANSWER=5"')
    project.scons("app")
    assert project.run(str(app)).stdout == "5\n"


def test_e10_other_architecture(project: Project) -> None:
    """E10: with GOARCH set, go build silently turns cgo off; it exits 0, and the program is static."""
    other = "arm64" if os.uname().machine == "x86_64" else "amd64"
    project.module({"main.go": HELLO, "lookup/main.go": LOOKUP})
    assert is_static(go_build(project, package="./lookup", GOARCH=other, CC="gcc"))
    project.sconstruct(
        f"env['GOARCH'], env['GOCTOOLCHAIN'] = {other!r}, 'system'\n"
        'env.GoProgram("build/static/lookup", "lookup", linkage="static")\n'
        'env.GoProgram("build/dynamic/lookup", "lookup", linkage="dynamic")\n'
        'env.GoProgram("build/dynamic/hello", ".", linkage="dynamic")\n'
        'env.GoProgram("build/static-libc/hello", ".", linkage="static-libc")\n'
    )
    outcome = project.scons("-k", status=2)
    assert "build/static/lookup: static: " in outcome.stdout
    machine = {"arm64": "AArch64", "amd64": "X86-64"}[other]
    assert machine in readelf(project / "build/static/lookup", "-h")
    assert "build/dynamic/hello: static (naturally): " in outcome.stdout
    for path in ("build/dynamic/lookup", "build/static-libc/hello"):
        assert f"*** [{path}] linkage " in outcome.stderr, outcome.text
        assert not (project / path).exists()
    assert outcome.stderr.count(f"wanted: a C compiler for linux/{other}") == 2
    assert "why:    example.org/m/lookup imports net" in outcome.stderr
    assert "fix:    GOCTOOLCHAIN='zig' (`pip install ziglang`" in outcome.stderr
    prefix = {"arm64": "aarch64", "amd64": "x86_64"}[other]
    assert f" or GOCTOOLCHAIN='{prefix}-linux-gnu-gcc' (Debian: gcc-" in outcome.stderr
    assert "); or linkage='static'\n" in outcome.stderr


def test_e11_flags_that_go_does_not_allow_are_passed_through(project: Project) -> None:
    """E11: `invalid flag in #cgo LDFLAGS` of go build; CGO_LDFLAGS_ALLOW in the shell is not seen by SCons."""
    flag = "-Wl,--defsym=two=one"
    project.module({"main.go": FLAGGED.format(flags=flag), "one.c": ONE_C})
    assert "invalid flag in #cgo LDFLAGS" in go(project, "build", ".", CGO_ENABLED="1").stderr
    declare(project, "dynamic")
    assert fails(project).count("invalid flag in #cgo LDFLAGS") == 1
    declare(project, "dynamic", 'CGO_LDFLAGS_ALLOW="-Wl,--defsym=.*"')
    project.scons("app")
    declare(project, "dynamic", 'ENV={"CGO_LDFLAGS_ALLOW": "-Wl,--defsym=.*"}')
    project.up_to_date("app")


REBUILD = {
    "GORESOLVER": '"go"', "GOLINKAGE": '"static-libc"', "GOOS": '"freebsd"', "GOARCH": '"386"',
    "GOAMD64": '"v2"', "GOEXPERIMENT": '"nojsonv2"', "GOFIPS140": '"latest"', "GOTAGS": '["special"]',
    "GOLDFLAGS": '["-s"]', "GOGCFLAGS": '["-N"]', "GOASMFLAGS": '["-D=X"]', "GOBUILDFLAGS": '["-mod=readonly"]',
    "GOXDEFS": '{"main.version": "1"}', "GOTRIMPATH": "False", "GOBUILDVCS": "True", "GORACE": "True",
    "GOPGO": '"off"', "CGO_CFLAGS": '"-DX"', "CGO_CPPFLAGS": '"-DX"', "CGO_CXXFLAGS": '"-DX"', "CGO_FFLAGS": '"-DX"',
    "CGO_LDFLAGS": '"-Wl,-z,now"', "CGO_CFLAGS_ALLOW": '"-fx"', "CGO_LDFLAGS_ALLOW": '"-fx"',
    "CGO_CFLAGS_DISALLOW": '"-fx"', "CGO_LDFLAGS_DISALLOW": '"-fx"', "GOTOOLCHAIN": '"{version}"',
    "GOCOM": '"$GO  build -C $_GOMODULEROOT -o ${{TARGET.abspath}} -p $GOJOBS $_GOFLAGS -v $_GOPACKAGE"',
    "GOMINSTACK": "0x1000",
    "ENV": '{"GOFLAGS": "-tags=special"}', "ENV CGO_CFLAGS": '{"CGO_CFLAGS": "-DX"}', "ENV GOAMD64": '{"GOAMD64": "v2"}',
}  # fmt: skip
"""What can change a binary: a value other than the default."""

VERIFY = {
    "GOVERIFY": '"warn"', "GOVERIFYLIBS": '["libx.so"]', "GOVERIFYGLIBC": '"2.99"', "GOVERIFYNSS": '"ok"',
    "GOVERIFYDROPPEDCGO": '"ok"',
}  # fmt: skip
"""What can change the proof alone."""

KEEP = {
    "GOLIBC": '"musl"', "GOTARGETDIR": '"elsewhere"', "GOCOMSTR": '"GO $TARGET"', "GOGC": '"50"', "GOJOBS": "1", "GOVERSION": '"1"', "GO": '"{go}"',
    "GOAUTH": '"off"', "GOCACHE": '"{tmp}/cache"', "GOINSECURE": '"*"', "GOMODCACHE": '"{tmp}/mod"',
    "GONOPROXY": '"*"', "GONOSUMDB": '"*"', "GOPATH": '"{tmp}/go"', "GOPRIVATE": '"*"', "GOPROXY": '"off"',
    "GOSUMDB": '"off"', "GOTMPDIR": '"{tmp}"', "GOVCS": '"*:off"', "GOARM64": '"v9.0"', "GOMIPS": '"softfloat"',
    "ENV HOME": '{"HOME": "{tmp}"}', "ENV PATH": '{"PATH": "/usr/bin:/bin:{tmp}"}', "ENV OTHER": '{"OTHER": "1"}',
}  # fmt: skip
"""What cannot change a binary: of C in a program without C, and of other architectures, among others."""


def test_signature_holds_what_can_change_the_binary_and_nothing_else(project: Project) -> None:
    """E1 to E11: one program for each variable; then each variable changes, and scons says what it would do."""
    project.module({"main.go": EMPTY})
    version = go(project, "env", "GOVERSION").stdout.strip()
    path = project.run("go", "env", "GOROOT").stdout.strip() + "/bin/go"
    words = {"{version}": version, "{go}": path, "{tmp}": str(project.path.parent)}
    lines = ["changed = ARGUMENTS.get('changed')"]
    for number, (key, value) in enumerate({**REBUILD, **VERIFY, **KEEP}.items()):
        for word, text in words.items():
            value = value.replace(word, text)  # noqa: PLW2901
        keywords = f"dict({key.split()[0]}={value.replace('{{', '{').replace('}}', '}')})"
        lines.append(f"env.GoProgram('build/{number}/app', '.', **({keywords} if changed else dict()))")
    project.sconstruct("\n".join(lines))
    first = project.scons("-j2")
    assert len(first.built) == len(lines) - 1

    # -n tells what would be done, so that no std is compiled for another architecture.
    outcome = project.scons("-n", "-j1", "changed=1", environ={"GOFLAGS": "-tags=x", "CGO_ENABLED": "0", "CC": "x"})
    keys = [*REBUILD, *VERIFY, *KEEP]

    def named(numbers: list[str]) -> set[str]:
        return {keys[int(number)] for number in numbers}

    assert named(re.findall(r"go build .*build/(\d+)/app", outcome.stdout)) == set(REBUILD)
    assert named(re.findall(r"^Verifying build/(\d+)/app", outcome.stdout, re.MULTILINE)) == set(VERIFY)
