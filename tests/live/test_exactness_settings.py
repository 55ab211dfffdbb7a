"""A setting, a toolchain or a linkage that changes builds the programs concerned to the bytes of a build from scratch."""

from __future__ import annotations

import platform
import shutil
from pathlib import Path

import pytest
from exactness import ALL, WITH_C, Case, assert_as_from_scratch, binaries, case, check, settings

from harness import Project

pytestmark = pytest.mark.live

LEVEL = {"GOARM64": "v8.1"} if platform.machine() in ("aarch64", "arm64") else {"GOAMD64": "v3"}
ONE = "build/static/d"
CONCERNED_BY_C = ("build/static", "build/dynamic/c", "build/static-libc/c")


@pytest.mark.parametrize(
    "case",
    [
        case("tag", ALL, arguments=settings(GOTAGS=["special"])),
        case("tag-that-selects", ALL, arguments=settings(GOTAGS=["never"])),
        case("linker-flags", ALL, arguments=settings(GOLDFLAGS=["-buildid=", "-w"])),
        case("compiler-flags", ALL, arguments=settings(GOGCFLAGS="-l")),
        case("c-flags", WITH_C, arguments=(*settings(CGO_CFLAGS="-O1 -DTWICE"), *CONCERNED_BY_C)),
        case("c-settings", WITH_C, arguments=settings(CPPDEFINES={"TWICE": 1}, CPPPATH=["#app/early"], LIBS=["m"])),
        case("processor", "static/d", arguments=(*settings(**LEVEL), ONE)),
        case("experiment", "static/d", arguments=(*settings(GOEXPERIMENT="nodwarf5"), ONE)),
        case("definition", "static/d", arguments=(*settings(GOXDEFS={"main.version": "1.0"}), ONE)),
    ],
)
def test_settings(base: Project, case: Case, tmp_path: Path) -> None:
    check(base, case, tmp_path / "case")


def test_what_is_no_setting(base: Project, tmp_path: Path) -> None:
    """Where caches are, and variables that no build reads, are no reason to build."""
    project = base.copy(tmp_path / "project")
    project.environ |= {
        "GOCACHE": str(tmp_path / "cache"),
        "GOTMPDIR": str(tmp_path),
        "UNRELATED": "1",
        "HOME": str(tmp_path / "home"),
        "LC_ALL": "C",
        "TZ": "UTC",
    }
    project.up_to_date()
    project.up_to_date("-j2", *settings(UNRELATED="1", CCFLAGS=["-O3"]))


ONE_PATH = 'env.GoProgram("build/bin/c", "app/cmd/c", GOLDFLAGS="-buildid=", GOVERIFYNSS="ok", {})\n'
LINKAGES = (
    'linkage="dynamic"',
    'linkage="static"',
    'linkage="static-libc"',
    'linkage="static-libc", GOLIBC="musl"',
    'linkage="static-pie"',
)


def test_linkage_and_libc_at_one_path(base: Project, tmp_path: Path) -> None:
    """Each is another program, and going back to it gives the bytes that were there."""
    project = base.copy(tmp_path / "project", built=False)
    made = {}
    for linkage in (*LINKAGES, LINKAGES[0]):
        project.sconstruct(ONE_PATH.format(linkage))
        assert project.rebuilt() == ["bin/c"]
        content = binaries(project)["bin/c"]
        assert made.setdefault(linkage, content) == content
    assert len(set(made.values())) == len(LINKAGES)


def copied_toolchain(project: Project, folder: Path) -> Path:
    """Make a Go of links to the one that is there, with a linker of its own; return the linker."""
    goroot, tools = (Path(project.run("go", "env", name).stdout.strip()) for name in ("GOROOT", "GOTOOLDIR"))
    linker = folder / tools.relative_to(goroot) / "link"
    linker.parent.mkdir(parents=True)
    (folder / "bin").mkdir()
    shutil.copy(goroot / "bin/go", folder / "bin/go")
    shutil.copy(tools / "link", linker)
    for original in (*goroot.iterdir(), *(goroot / "pkg").iterdir(), *tools.iterdir()):
        place = folder / original.relative_to(goroot)
        if not place.exists():
            place.symlink_to(original)
    return linker


def test_toolchain(base: Project, tmp_path: Path) -> None:
    """The same Go elsewhere is no change; another linker of the same version builds everything."""
    project = base.copy(tmp_path / "project")
    linker = copied_toolchain(project, tmp_path / "go")
    arguments = settings(GO=str(tmp_path / "go/bin/go"))
    moved = project.rebuilt(*arguments)
    with linker.open("ab") as stream:
        stream.write(b"patched")

    assert len(project.rebuilt(*arguments)) == 9
    assert_as_from_scratch(project, tmp_path / "scratch", *arguments)
    assert moved == []
