"""An edit of Go code or of embedded files builds exactly the programs concerned, to the bytes of a build from scratch."""

from __future__ import annotations

from pathlib import Path

import pytest
from edits import append, link, move, remove, replace, write
from exactness import MAIN_B, MORE, Case, case, check, check_no_input

from harness import Project

pytestmark = pytest.mark.live

WORDS = "app/internal/words"
DATA = "app/internal/data"


@pytest.mark.parametrize(
    "case",
    [
        case("body", "a b", replace(f"{WORDS}/words.go", "one", "two")),
        case("body-of-main", "d", replace("app/cmd/d/main.go", '"d"', '"changed"')),
        case("comment", "a b", append(f"{WORDS}/words.go", "\n// A comment.\n"), harmless=True),
        case("file-added", "a b", write(f"{WORDS}/more.go", MORE)),
        case("file-removed", "a b", remove(f"{WORDS}/always.go")),
        case("file-renamed", "a b", move(f"{WORDS}/always.go", f"{WORDS}/renamed.go")),
        case("file-renamed-in-case", "a b", move(f"{WORDS}/always.go", f"{WORDS}/Always.go")),
        case(
            "file-of-main-added", "d", write("app/cmd/d/more.go", 'package main\n\nfunc init() { println("more") }\n')
        ),
        case("file-emptied", "a b", write(f"{WORDS}/always.go", "package words\n")),
        case("constraint-on", "a b", replace(f"{WORDS}/never.go", "never", "!never")),
        case("constraint-off", "a b", replace(f"{WORDS}/always.go", "!never", "never")),
        case("constraint-of-cgo", "static/a static/b", replace(f"{WORDS}/never.go", "never", "!cgo")),
        case(
            "constraint-added",
            "a b",
            replace(f"{WORDS}/words.go", "package", "//go:build linux\n\npackage"),
            harmless=True,
        ),
        case("suffix-on", "a b", move(f"{WORDS}/system_windows.go", f"{WORDS}/system_linux.go")),
        case("suffix-off", "a b", move(f"{WORDS}/always.go", f"{WORDS}/always_windows.go")),
        case("suffix-of-test", "a b", move(f"{WORDS}/always.go", f"{WORDS}/always_test.go")),
        case("import-added", "d", write("app/cmd/d/main.go", MAIN_B)),
        case(
            "import-removed",
            "a",
            replace("app/cmd/a/main.go", '\t"example.org/m/internal/words"\n', ""),
            replace("app/cmd/a/main.go", "words.All(), ", ""),
        ),
        case(
            "import-below-main",
            "a b",
            replace(f"{WORDS}/words.go", "package words", 'package words\n\nimport "example.org/m/internal/sum"'),
            append(f"{WORDS}/words.go", "\nfunc init() { println(sum.Sum()) }\n"),
        ),
        case("import-of-standard-library", "a b", write(f"{WORDS}/more.go", 'package words\n\nimport _ "sort"\n')),
        case(
            "import-by-another-name",
            "b",
            replace("app/cmd/b/main.go", '"example.org/m/internal/words"', 'w "example.org/m/internal/words"'),
            replace("app/cmd/b/main.go", "words.All", "w.All"),
            harmless=True,
        ),
        case(
            "package-renamed-in-case",
            "a b",
            move(WORDS, "app/internal/Words"),
            replace("app/cmd/a/main.go", "internal/words", "internal/Words"),
            replace("app/cmd/b/main.go", "internal/words", "internal/Words"),
        ),
        case("program-added", "e", write("app/cmd/e/main.go", MAIN_B)),
        case("program-removed", "", remove("app/cmd/d")),
        case(
            "package-made-and-used",
            "b",
            write("app/internal/made/made.go", "package made\n\nfunc init() { println(`made`) }\n"),
            write("app/cmd/b/made.go", 'package main\n\nimport _ "example.org/m/internal/made"\n'),
        ),
        case("debug-line", "d", replace("app/cmd/d/main.go", "package", "//go:debug panicnil=1\npackage")),
        case("assembly-added", "a b", write(f"{WORDS}/empty.s", ""), harmless=True),
        case("profile-added", "d", write("app/cmd/d/default.pgo", "")),
    ],
)
def test_go_files(base: Project, case: Case, tmp_path: Path) -> None:
    check(base, case, tmp_path / "case")


@pytest.mark.parametrize(
    "case",
    [
        case("edited", "a", write(f"{DATA}/files/first.txt", "9")),
        case("added", "a", write(f"{DATA}/files/new.txt", "new")),
        case("added-below", "a", write(f"{DATA}/files/sub/new.txt", "new")),
        case("added-in-empty-folder", "a", write(f"{DATA}/files/empty/new.txt", "new")),
        case("added-to-glob", "a", write(f"{DATA}/glob/new.txt", "new")),
        case("hidden-added-to-all", "a", write(f"{DATA}/every/_new", "new")),
        case("removed", "a", remove(f"{DATA}/files/sub/second.txt")),
        case("renamed", "a", move(f"{DATA}/files/sub/second.txt", f"{DATA}/files/sub/renamed.txt")),
        case("renamed-in-case", "a", move(f"{DATA}/files/sub", f"{DATA}/files/Sub")),
        case(
            "contents-swapped",
            "a",
            write(f"{DATA}/files/first.txt", "2"),
            write(f"{DATA}/files/sub/second.txt", "1"),
        ),
        case("folder-becomes-module", "a", write(f"{DATA}/files/sub/go.mod", "module example.org/sub\n")),
        case("pattern-edited", "a", replace(f"{DATA}/data.go", "glob/*.txt", "glob/th*"), harmless=True),
        case("pattern-removed", "a", replace(f"{DATA}/data.go", " all:every", "")),
    ],
)
def test_embedded_files(base: Project, case: Case, tmp_path: Path) -> None:
    check(base, case, tmp_path / "case")


NO_INPUT = {
    "test": write(f"{WORDS}/words_test.go", "package words\n\nvar x = 1\n"),
    "external test": write(f"{WORDS}/new_test.go", "package words_test\n"),
    "testdata": write(f"{WORDS}/testdata/y.go", "package y\n"),
    "other text": write(f"{WORDS}/README.md", "Words.\n"),
    "ignored": write(f"{WORDS}/_ignored.go", MORE),
    "hidden": write(f"{WORDS}/.hidden.go", MORE),
    "constraint": append(f"{WORDS}/never.go", "\nvar x = 1\n"),
    "system": append(f"{WORDS}/system_windows.go", "\nvar x = 1\n"),
    "added for a system": write(f"{WORDS}/more_plan9.go", MORE),
    "unused": append("app/internal/unused/unused.go", "\nvar X = 1\n"),
    "new unused": write("app/internal/new/new.go", "package new\n"),
    "new folder": write(f"{WORDS}/below/below.go", "package below\n"),
    "unmatched": write(f"{DATA}/glob/third.md", "no text"),
    "beside": write(f"{DATA}/beside.txt", "beside"),
    "hidden below": write(f"{DATA}/files/.hidden", "hidden"),
    "irregular": link(f"{DATA}/files/link.txt", "first.txt"),
    "in testdata": write(f"{DATA}/testdata/files/first.txt", "first"),
}


def test_what_is_no_input(base: Project, tmp_path: Path) -> None:
    check_no_input(base, tmp_path, NO_INPUT)
