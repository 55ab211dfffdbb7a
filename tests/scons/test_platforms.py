"""Platforms of a call: one program for each, at a path and under an alias of its own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from golang.platform import PORTS, host_platform, platform_name
from harness import Project, fails, readelf

pytestmark = pytest.mark.live

PROGRAM = "package main\n\nfunc main() { println(42) }\n"
HOST = host_platform()
OWN = platform_name({"GOOS": HOST.goos, "GOARCH": HOST.goarch})


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path / "project")
    project.module({"cmd/app/main.go": PROGRAM, "cmd/tool/main.go": PROGRAM})
    return project


def planned(project: Project, *targets: str) -> dict[str, str]:
    """Return what a dry run would build: by path the settings that Go is told."""
    lines = project.scons("-n", *targets).stdout.splitlines()
    told = (
        re.match(rf"(CGO_\S+ GOOS=\S+ GOARCH=\S+) .* -o {re.escape(str(project.path))}/(\S+) ", line) for line in lines
    )
    return {
        match[2]: match[1].replace("CGO_ENABLED=", "").replace("GOOS=", "").replace("GOARCH=", "")
        for match in told
        if match
    }


def test_one_program_for_each_platform_and_linkage(project: Project) -> None:
    project.sconstruct(
        "env.GoProgram('bin/$GOPLATFORM/$GOLINKAGE/app', 'cmd/app', linkage=['static', 'dynamic'],"
        " platform=['linux/riscv64', 'linux/arm/v7', 'freebsd/amd64'], GOVERIFY='warn')"
    )
    assert planned(project, "bin") == {
        f"bin/{name}/{linkage}/app": f"{cgo} {place}"
        for name, place in {
            "linux-riscv64": "linux riscv64", "linux-arm-v7": "linux arm", "freebsd-amd64": "freebsd amd64",
        }.items()
        for linkage, cgo in {"static": 0, "dynamic": 1}.items()
    }  # fmt: skip


def test_paths_are_told_apart_by_default(project: Project) -> None:
    for call in ("env.GoProgram(None, 'cmd/app', {})", "env.GoModule(None, '.', {})"):
        project.sconstruct(call.format("linkage='static', platform=['linux/arm64', 'linux/386/softfloat']"))
        paths = {path for path in planned(project) if path.endswith("/app")}
        assert paths == {"build/linux-arm64/static/app", "build/linux-386-softfloat/static/app"}
        project.sconstruct(call.format("linkage='static', platform='linux/arm64', GOTARGETDIR='out'"))
        assert {path for path in planned(project) if path.endswith("/app")} == {"out/app"}


def test_aliases(project: Project) -> None:
    project.sconstruct(
        f"env.GoModule(None, '.', linkage=['static', 'dynamic'], platform=['linux/riscv64', '{HOST}'], GOVERIFY='warn')\n"
        "env.GoProgram('$GOPLATFORM/other', 'cmd/app', linkage='static', platform=['linux/arm64', 'linux/arm'])"
    )
    assert [*planned(project, "tool-static-linux-riscv64")] == ["build/linux-riscv64/static/tool"]
    assert [*planned(project, "tool-dynamic-linux-riscv64")] == ["build/linux-riscv64/dynamic/tool"]
    assert [*planned(project, f"tool-static-{OWN}")] == [f"build/{OWN}/static/tool"]
    assert [*planned(project, "tool-static")] == [f"build/{OWN}/static/tool"], "that of this machine"
    assert [*planned(project, "tool")] == [f"build/{OWN}/dynamic/tool"]


def test_the_first_platform_is_usual_where_this_machine_is_none(project: Project) -> None:
    project.sconstruct(
        "env.GoProgram('$GOPLATFORM/app', 'cmd/app', linkage='static', platform=['linux/mips', 'linux/arm'])"
    )
    assert [*planned(project, "app-static")] == [*planned(project, "app")] == ["linux-mips/app"]


def test_one_path_is_one_platform(project: Project) -> None:
    project.sconstruct("env.GoProgram('app', 'cmd/app', linkage='static', platform=['linux/arm64', 'linux/arm/v7'])")
    message = fails(project, "app is declared twice", "linux/arm64", "linux/arm", "put $GOPLATFORM into the path")
    assert "Traceback" not in message
    project.sconstruct("env.GoProgram('app', 'cmd/app', linkage='static', platform=['linux/arm/v6', 'linux/arm/v7'])")
    told = "found:  GOARM='6' and GOARM='7'\n  fix:    put $GOPLATFORM into the path"
    fails(project, "app is declared twice", told)


def test_what_cannot_be_a_platform(project: Project) -> None:
    for asked, found in {
        "platform='linux/x86'": "GOARCH 'x86' is none of linux's",
        "platform='plan9'": "no GOARCH; those of plan9",
        "platform=[]": "found:  none",
        "platform='linux/arm64', GOARCH='arm'": "found:  GOARCH= beside it\n  fix:    leave that out",
        "platfrom='linux/arm64'": "fix:    platform=",
        "platform='openbsd/amd64', linkage='static'": "libc.so only",
    }.items():
        project.sconstruct(f"env.GoProgram('app', 'cmd/app', {asked})")
        fails(project, found)


def test_they_are_built_and_proved(project: Project) -> None:
    project.sconstruct(
        "env.GoProgram('build/$GOPLATFORM/app', 'cmd/app', linkage='static', platform=['linux/riscv64', 'linux/arm/v5'])"
    )
    outcome = project.scons("-j2")
    assert f"{Path('build/linux-riscv64/app')}: static: ELF EXEC" in outcome.stdout
    assert "RISC-V" in readelf(project / "build/linux-riscv64/app", "-h")
    assert "ARM" in readelf(project / "build/linux-arm-v5/app", "-h")
    info = project.run("go", "version", "-m", "build/linux-arm-v5/app", check=True).stdout
    assert "GOARM=5" in info
    project.up_to_date()
    project.sconstruct(
        "env.GoProgram('build/$GOPLATFORM/app', 'cmd/app', linkage='static', platform=['linux/riscv64', 'linux/arm/v5'],"
        " GORISCV64='rva22u64')"
    )
    assert project.rebuilt() == ["linux-riscv64-rva22u64/app"]


def test_go_knows_no_platform_that_is_not_known_here(project: Project) -> None:
    for name in project.run("go", "tool", "dist", "list", check=True).stdout.split():
        goos, _, goarch = name.partition("/")
        assert goarch in PORTS[goos]


def test_an_environment_that_asks_for_another_platform_is_refused(project: Project) -> None:
    """A program for this machine would be taken for one of that; what is the same, or empty, says nothing."""
    program = 'env["ENV"].update({})\nenv.GoProgram("build/app", "cmd/app", linkage="static")'
    project.sconstruct(program.format('{"GOOS": "windows", "GOARCH": ""}'))
    fix = f"remove GOOS from env['ENV']; platform='windows/{HOST.goarch}' builds for that"
    fails(project, f"wanted: platform {HOST}", "found:  GOOS=windows in env['ENV']", fix)
    project.sconstruct(program.format('{"GOTOOLCHAIN": "go1.21.13"}'))
    fails(project, "found:  GOTOOLCHAIN=go1.21.13 in env['ENV']", "or GOTOOLCHAIN='go1.21.13' in the SConstruct")
    same = {"GOOS": HOST.goos, "GOARCH": HOST.goarch, "GOTOOLCHAIN": "local", "CGO_ENABLED": ""}
    twice = 'env.Clone(ENV={**env["ENV"], "GOOS": ""}).GoProgram("build/app", "cmd/app", linkage="static")'
    project.sconstruct(f"{program.format(same)}\n{twice}")
    assert planned(project) == {"build/app": f"0 {HOST.goos} {HOST.goarch}"}


def test_an_environment_that_asks_for_the_platform_of_programs_asks_no_tool_for_it(project: Project) -> None:
    project.sconstruct(
        'env["ENV"]["GOOS"] = env["GOOS"] = "windows"\n'
        'env.GoTool("example.org/m/cmd/tool", "build/tool")\n'
        'env.GoProgram("build/app", "cmd/app", linkage="static")'
    )
    assert planned(project) == {
        "build/tool": f"0 {HOST.goos} {HOST.goarch}",
        "build/app.exe": f"0 windows {HOST.goarch}",
    }


def test_what_a_tool_has_of_its_environment(project: Project) -> None:
    """It is no program of that platform and linkage; what GOFLAGS may say holds for it too."""
    tool = 'env.GoTool("example.org/m/cmd/tool", "build/tool"{})\n'
    project.sconstruct(
        'env["ENV"].update(CGO_ENABLED="1", GOFLAGS="-trimpath=false -buildvcs=true")\n'
        "env.Replace(GOTRIMPATH=False, GOBUILDVCS=True)\n" + tool.format("")
    )
    assert planned(project) == {"build/tool": f"0 {HOST.goos} {HOST.goarch}"}
    project.sconstruct(
        'env["GOOS"] = "windows"\n' + tool.format(', ENV=dict(env["ENV"], GOOS="windows", CGO_ENABLED="1")')
    )
    assert planned(project) == {"build/tool": f"0 {HOST.goos} {HOST.goarch}"}
