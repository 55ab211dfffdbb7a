"""An edit of go.mod, go.sum, go.work, vendor or another module builds exactly the programs concerned."""

from __future__ import annotations

from pathlib import Path

import pytest
from edits import append, move, remove, replace, run, write
from exactness import ALL, LIB_MOD, NEW, Case, assert_as_from_scratch, built, case, check

from harness import Project

pytestmark = pytest.mark.live

MOD = "app/go.mod"
WORK = "go 1.21\n\nuse (\n\t./app\n\t./lib\n)\n"
INNER_MOD = "module example.org/m/internal/data\n\ngo 1.21\n"
VENDORED = "app/vendor/example.org"


@pytest.mark.parametrize(
    "case",
    [
        case("go-line", ALL, replace(MOD, "go 1.21", "go 1.22")),
        case("godebug", ALL, append(MOD, "\ngodebug panicnil=1\n")),
        case("replaced-edited", "a c", replace("lib/tool/tool.go", '"lib"', '"LIB"')),
        case("replaced-by-another", "a c", replace(MOD, "../lib", "../other")),
        case("replaced-moved", "a c", move("lib", "moved"), replace(MOD, "../lib", "../moved")),
        case("go-line-of-replaced", "a c", replace("lib/go.mod", "1.21", "1.20"), harmless=True),
        case("version", "b", run("go", "-C", "app", "get", f"example.org/dep@{NEW}")),
        case(
            "replaced-first",
            "b",
            append(MOD, "\nreplace example.org/dep => ../dep\n"),
            write("dep/go.mod", "module example.org/dep\n"),
            write("dep/dep.go", 'package dep\n\nconst Version = "local"\n'),
        ),
        case(
            "package-becomes-module",
            "a",
            write("app/internal/data/go.mod", INNER_MOD),
            append(MOD, "\nrequire example.org/m/internal/data v0.0.0\n"),
            append(MOD, "\nreplace example.org/m/internal/data => ./internal/data\n"),
        ),
        case("program-becomes-module", "", write("app/cmd/d/go.mod", "module example.org/d\n")),
        case("vendored", "b", run("go", "-C", "app", "mod", "vendor")),
    ],
)
def test_module(base: Project, case: Case, tmp_path: Path) -> None:
    check(base, case, tmp_path / "case")


NO_INPUT = {
    "comment": append(MOD, "\n// A comment.\n"),
    "comment of replaced": append("lib/go.mod", "// A comment.\n"),
    "toolchain line": append(MOD, "\ntoolchain go1.21.0\n"),
    "unused requirement": append(MOD, "\nrequire example.org/u v0.0.0\n\nreplace example.org/u => ../u\n"),
    "unused checksum": append("app/go.sum", f"example.org/unused v1.0.0/go.mod h1:{'A' * 43}=\n"),
    "not replaced with": replace("other/tool/tool.go", "other", "OTHER"),
    "unused package of replaced": write("lib/unused/unused.go", "package unused\n"),
    "test of replaced": write("lib/tool/tool_test.go", "package tool\n"),
    "unused becomes module": write("app/internal/unused/go.mod", "module example.org/m/internal/unused\n"),
}


def test_what_is_no_input(base: Project, tmp_path: Path) -> None:
    """Each edit builds nothing, and all of them together would not have changed a byte."""
    project = base.copy(tmp_path / "project")
    project.write({"u/go.mod": "module example.org/u\n\ngo 1.21\n"})
    for name, edit in NO_INPUT.items():
        edit(project)
        assert project.rebuilt() == [], name
    assert_as_from_scratch(project, tmp_path / "scratch")


@pytest.fixture(scope="module")
def vendored(base: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The project with its dependencies copied into it."""
    project = base.copy(tmp_path_factory.mktemp("vendored") / "base", built=False)
    project.run("go", "-C", "app", "mod", "vendor", check=True)
    return built(project)


@pytest.mark.parametrize(
    "case",
    [
        case("edited", "b", write(f"{VENDORED}/dep/dep.go", 'package dep\n\nconst Version = "mine"\n')),
        case("replaced-edited", "a c", replace(f"{VENDORED}/lib/tool/tool.go", '"lib"', '"LIB"')),
        case("file-added", "b", write(f"{VENDORED}/dep/init.go", "package dep\n\nfunc init() { println(Version) }\n")),
        case("original-edited", "", replace("lib/tool/tool.go", '"lib"', '"LIB"')),
        case(
            "language-version",
            "b",
            replace("app/vendor/modules.txt", "go 1.21\nexample.org/dep", "go 1.20\nexample.org/dep"),
            harmless=True,
        ),
        case("removed", "b", remove("app/vendor")),
    ],
)
def test_vendor(vendored: Project, case: Case, tmp_path: Path) -> None:
    check(vendored, case, tmp_path / "case")


@pytest.fixture(scope="module")
def workspace(base: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The project as a workspace of two modules."""
    project = base.copy(tmp_path_factory.mktemp("workspace") / "base", built=False)
    project.write({"go.work": WORK})
    return built(project)


@pytest.mark.parametrize(
    "case",
    [
        case("used-edited", "a c", replace("lib/tool/tool.go", '"lib"', '"LIB"')),
        case("use-removed", "a c", replace("go.work", "\t./lib\n", "")),
        case("use-of-another", "a c", replace("go.work", "./lib", "./other")),
        case(
            "use-added",
            "",
            write("new/go.mod", LIB_MOD.replace("lib", "new")),
            write("new/new.go", "package main\n\nfunc main() {}\n"),
            replace("go.work", "./lib", "./lib\n\t./new"),
        ),
        case(
            "replaced-first",
            "b",
            append("go.work", "\nreplace example.org/dep => ./dep\n"),
            write("dep/go.mod", "module example.org/dep\n"),
            write("dep/dep.go", 'package dep\n\nconst Version = "local"\n'),
        ),
        case("comment", "", append("go.work", "// A comment.\n")),
        case("go-line", ALL, replace("go.work", "go 1.21", "go 1.22")),
        case("removed", "a c", remove("go.work")),
    ],
)
def test_workspace(workspace: Project, case: Case, tmp_path: Path) -> None:
    check(workspace, case, tmp_path / "case")
