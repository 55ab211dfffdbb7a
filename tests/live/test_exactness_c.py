"""An edit of C, a header, an archive or assembly builds exactly the programs that have it in them."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest
from edits import archive, move, remove, replace, scons, write
from exactness import WITH_C, Case, case, check, check_no_input, settings

from harness import Project

pytestmark = pytest.mark.live

NUM = "app/internal/num"
SUM = "app/internal/sum"
ARCH, OTHER_ARCH = ("arm64", "amd64") if platform.machine() in ("aarch64", "arm64") else ("amd64", "arm64")


@pytest.mark.parametrize(
    "case",
    [
        case("source", WITH_C, replace(f"{NUM}/num.c", "100", "200")),
        case("source-added", WITH_C, write(f"{NUM}/more.c", "int more(int x) { return x * 3; }\n")),
        case("source-renamed", WITH_C, move(f"{NUM}/num.c", f"{NUM}/renamed.c"), harmless=True),
        case("source-renamed-to-system", WITH_C, move(f"{NUM}/num.c", f"{NUM}/num_linux.c"), harmless=True),
        case("preamble", WITH_C, replace(f"{NUM}/num.go", "int part(void);", "int part(void);\n#define OUTER 5")),
        case("flags-in-source", WITH_C, replace(f"{NUM}/num.go", "CFLAGS: ", "CFLAGS: -DTWICE ")),
        case("header-of-package", WITH_C, replace(f"{NUM}/num.h", "NUM 1", "NUM 3")),
        case("header-of-package-added", WITH_C, write(f"{NUM}/new.h", "#define NEW 1\n"), harmless=True),
        case("header-by-path", WITH_C, replace("app/include/outer.h", "OUTER 1", "OUTER 3")),
        case("header-in-header-by-link", WITH_C, replace("app/headers/inner.h", "INNER 1", "INNER 3")),
        case("header-found-earlier", WITH_C, write("app/early/outer.h", "#define OUTER 7\n#define INNER 1\n")),
        case(
            "header-found-earlier-no-longer",
            WITH_C,
            write("app/early/outer.h", "#define OUTER 7\n#define INNER 1\n"),
            scons("-j2"),
            replace("app/include/outer.h", "OUTER 1", "OUTER 3"),
            scons("-q"),
            remove("app/early/outer.h"),
        ),
        case("archive", WITH_C, archive(2)),
        case("archive-found-earlier", WITH_C, archive(2, "app/early")),
        case("without-cgo", "static/c", replace(f"{NUM}/pure.go", "return 0", "return 5")),
        case("assembly", "a", replace(f"{SUM}/sum_{ARCH}.s", "$SUM", "$7")),
        # Go's cache would give the go command the old object: with an argument it is scons that builds from scratch.
        case("assembly-header", "a", replace("app/include/sum.h", "SUM 1", "SUM 3"), arguments=settings()),
    ],
)
def test_c_files(base: Project, case: Case, tmp_path: Path) -> None:
    check(base, case, tmp_path / "case", compile_here)


def compile_here(project: Project) -> None:
    """Give Go's cache what it could take for the result of the edit: the C, compiled at this path."""
    for program in ("build/dynamic/c", "build/dynamic/a"):
        (project / program).unlink()
    assert project.rebuilt() == ["dynamic/a", "dynamic/c"]


NO_INPUT = {
    "unused header": replace("app/include/unused.h", "1", "2"),
    "header beside its includer is first": write("app/early/inner.h", "#define INNER 9\n"),
    "assembly of another platform": replace(f"{SUM}/sum_{OTHER_ARCH}.s", "SUM,", "9,"),
    "source of the archive": replace("app/native/part.c", "1", "2"),
    "library of another name": write("app/early/libother.a", ""),
    "source of another platform": write(f"{NUM}/more_windows.c", "int more(int x) { return x; }\n"),
}


def test_what_is_no_input(base: Project, tmp_path: Path) -> None:
    check_no_input(base, tmp_path, NO_INPUT)
