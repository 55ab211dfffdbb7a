"""Edits of Go code, embedded files and modules, one after another in one project.

Each row starts with what the row before it left. Each kind of edit by itself is in the exactness tests.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zipfile import ZipFile

import pytest

from harness import Outcome, Project

pytestmark = pytest.mark.live

LINKAGES = ("dynamic", "static")

MAIN_A = """\
package main

import (
	"example.org/lib/words"
	"example.org/m/internal/data"
)

func main() { println("a", words.All(), data.All()) }
"""

MAIN_B = """\
package main

import "example.org/lib/words"

func main() { println("b", words.All()) }
"""

MAIN_C = """\
package main

func main() { println("c", "one") }
"""

DATA = """\
package data

import "embed"

//go:embed files
var files embed.FS

// All returns every embedded file with its content.
func All() string {
	text := ""
	entries, _ := files.ReadDir("files")
	for _, entry := range entries {
		content, _ := files.ReadFile("files/" + entry.Name())
		text += entry.Name() + "=" + string(content) + " "
	}
	return text
}
"""

WORDS = """\
package words

var all = "one"

// All returns the words.
func All() string { return all }
"""

EXTRA = """\
package words

func init() { all += " extra" }
"""

GO_MOD = """\
module example.org/m

go 1.21

require example.org/lib v0.0.0

replace example.org/lib => ../lib
"""

LIB_MOD = "module example.org/lib\n\ngo 1.21\n"

FILES = {
    "app/go.mod": GO_MOD,
    "app/cmd/a/main.go": MAIN_A,
    "app/cmd/b/main.go": MAIN_B,
    "app/cmd/c/main.go": MAIN_C,
    "app/internal/data/data.go": DATA,
    "app/internal/data/files/first.txt": "1",
    "app/internal/unused/unused.go": "package unused\n",
    "lib/go.mod": LIB_MOD,
    "lib/words/words.go": WORDS,
    "other/go.mod": LIB_MOD,
    "other/words/words.go": WORDS.replace("one", "other"),
}


@dataclass(frozen=True)
class Edit:
    """Files to write (None: delete), the programs that must be built again, and what they must print then."""

    name: str
    files: Mapping[str, str | None]
    programs: str
    prints: Mapping[str, str] = field(default_factory=dict)

    @property
    def built(self) -> list[str]:
        return sorted(f"{linkage}/{program}" for linkage in LINKAGES for program in self.programs)


def change(project: Project, files: Mapping[str, str | None]) -> None:
    project.write({name: content for name, content in files.items() if content is not None})
    for name, content in files.items():
        if content is None:
            (project / name).unlink()


def check(project: Project, edit: Edit) -> None:
    change(project, edit.files)
    assert project.rebuilt() == edit.built
    for program, text in edit.prints.items():
        for linkage in LINKAGES:
            assert text in project.run(str(project / f"build/{linkage}/{program}"), check=True).stderr


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("tree"))
    project.write(FILES)
    project.sconstruct('env.GoModule("build/$GOLINKAGE", "app", linkage=["dynamic", "static"])')
    assert len(project.rebuilt()) == 6
    return project


def edits(*rows: Edit) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("edit", rows, ids=[row.name for row in rows])


@edits(
    Edit("import-added", {"app/cmd/c/main.go": MAIN_B.replace('"b"', '"c"')}, "c", {"c": "c one"}),
    Edit("edit-new-import", {"lib/words/words.go": WORDS.replace("one", "new")}, "abc", {"c": "c new"}),
    Edit("import-removed", {"app/cmd/c/main.go": MAIN_C}, "c", {"c": "c one"}),
    Edit("edit-no-import", {"lib/words/words.go": WORDS}, "ab", {"b": "b one\n"}),
    Edit("tag-off", {"lib/words/tagged.go": "//go:build never\n\n" + EXTRA}, ""),
    Edit("tag-flipped", {"lib/words/tagged.go": "//go:build !never\n\n" + EXTRA}, "ab", {"a": "extra", "b": "extra"}),
    Edit("tag-flipped-back", {"lib/words/tagged.go": "//go:build never\n\n" + EXTRA}, "ab", {"b": "b one\n"}),
    Edit("embed", {"app/internal/data/files/more.txt": "3"}, "a", {"a": "more.txt=3"}),
    Edit("edit-embedded", {"app/internal/data/files/more.txt": "4"}, "a", {"a": "more.txt=4"}),
    Edit("remove-embedded", {"app/internal/data/files/more.txt": None}, "a", {"a": "first.txt=1 \n"}),
    Edit("replace", {"app/go.mod": GO_MOD.replace("../lib", "../other")}, "ab", {"b": "other"}),
    Edit("edit-replaced", {"other/words/words.go": WORDS.replace("one", "new")}, "ab", {"b": "b new"}),
    Edit("edit-not-replaced", {"lib/words/words.go": WORDS + "\n// A comment.\n"}, ""),
    Edit("replace-back", {"app/go.mod": GO_MOD}, "ab", {"b": "b one"}),
)
def test_one_edit_after_another(tree: Project, edit: Edit) -> None:
    """What an edit brings in counts from then on, and what it takes out no longer does."""
    check(tree, edit)


def test_a_file_that_comes_back_is_no_change(tree: Project) -> None:
    words = tree / "lib/words/words.go"
    content = words.read_bytes()
    words.unlink()
    tree.scons("-k", status=2)
    words.write_bytes(content)

    assert tree.rebuilt() == [f"{linkage}/{program}" for linkage in LINKAGES for program in "ab"]

    words.unlink()
    words.write_bytes(content)
    assert tree.rebuilt() == []


def test_an_edit_is_seen_where_the_target_is_gone(tree: Project) -> None:
    (tree / "build/static/c").unlink()
    assert tree.rebuilt() == ["static/c"]

    (tree / "build/static/c").unlink()
    check(tree, Edit("edit", {"app/cmd/c/main.go": MAIN_C.replace("one", "gone")}, "c", {"c": "c gone"}))


def test_a_comment_leaves_no_stale_result(tree: Project) -> None:
    change(tree, {"lib/words/words.go": WORDS + "\n// A comment.\n"})
    assert {name[-1] for name in tree.rebuilt()} <= {"a", "b"}


def test_a_compile_error_is_shown_once_as_go_shows_it(tree: Project) -> None:
    change(tree, {"lib/words/words.go": WORDS.replace('"one"', "one")})
    shown = tree.run("go", "-C", "app", "build", "-o", "/dev/null", "./cmd/b").stderr

    outcome = tree.scons("-k", "build/static", status=2)

    assert "undefined: one" in shown
    for line in shown.splitlines():
        assert outcome.text.splitlines().count(line) == 2  # once for each program
    assert not (tree / "build/static/a").exists()
    assert (tree / "build/static/c").exists()

    change(tree, {"lib/words/words.go": WORDS})
    assert tree.rebuilt() == [f"{linkage}/{program}" for linkage in LINKAGES for program in "ab"]


def test_broken_packages_fail_each_time_and_heal(tree: Project) -> None:
    """A build must not stay up to date when a package, an import or go.mod cannot be read."""
    broken = {
        "lib/words/words.go": "package words\n\nfunc {\n",
        "lib/words/clash.go": "package other\n",
        "app/internal/data/data.go": DATA.replace("go:embed files", "go:embed missing"),
        "app/cmd/b/main.go": MAIN_B.replace("lib/words", "lib/nothing"),
        "app/go.mod": GO_MOD + "\nnonsense\n",
    }
    for name, content in broken.items():
        before = (tree / name).read_text() if (tree / name).exists() else None
        change(tree, {name: content})
        for _ in range(2):
            outcome = tree.scons("-k", status=2)
            assert Path(name).name in outcome.text or "lib/nothing" in outcome.text
        change(tree, {name: before})
    tree.rebuilt()
    assert tree.run(str(tree / "build/static/a"), check=True).stderr.startswith("a one")


def test_interactive(project: Project) -> None:
    """A file that is new since the last build of the same process."""
    project.module({"cmd/c/main.go": MAIN_C, "new.txt": 'package main\n\nfunc init() { println("new") }\n'})
    project.sconstruct('env.GoProgram("build/c", "cmd/c")')
    typed = "build\nshell cp new.txt cmd/c/new.go\nbuild\nbuild\nexit\n"
    argv = [sys.executable, "-m", "SCons", "-Q", "--interactive"]

    done = subprocess.run(argv, cwd=project.path, input=typed, capture_output=True, text=True, check=True)

    assert Outcome(0, done.stdout, "").built == ["build/c", "build/c"]
    assert project.run("build/c", check=True).stderr == "new\nc one\n"


def add_to_proxy(proxy: Path, version: str, files: Mapping[str, str]) -> None:
    """Publish a version of example.org/dep (go.dev/ref/mod#goproxy-protocol)."""
    place = proxy / "example.org/dep/@v"
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{version}.info").write_text(f'{{"Version": "{version}"}}')
    (place / f"{version}.mod").write_text(files["go.mod"])
    with ZipFile(place / f"{version}.zip", "w") as archive:
        for name, content in files.items():
            archive.writestr(f"example.org/dep@{version}/{name}", content)


def test_go_sum_and_versions_of_modules(project: Project, tmp_path: Path) -> None:
    mod = "module example.org/dep\n\ngo 1.21\n"
    for version in ("v1.0.0", "v1.1.0"):
        source = f'package dep\n\nconst Version = "{version}"\n'
        add_to_proxy(tmp_path / "proxy", version, {"go.mod": mod, "dep.go": source})
    project.environ |= {
        "GOPROXY": f"file://{tmp_path / 'proxy'}",
        "GOMODCACHE": str(tmp_path / "modcache"),
        "GOSUMDB": "off",
        "GOFLAGS": "-modcacherw",
    }
    project.module(
        {
            "cmd/a/main.go": 'package main\n\nimport "example.org/dep"\n\nfunc main() { println(dep.Version) }\n',
            "cmd/c/main.go": MAIN_C,
        }
    )
    project.sconstruct('env.GoModule("build/$GOLINKAGE", ".", linkage="static")')
    project.run("go", "get", "example.org/dep@v1.0.0", check=True)
    assert project.rebuilt() == ["static/a", "static/c"]

    sums = (project / "go.sum").read_text()
    change(project, {"go.sum": sums + f"example.org/unused v1.0.0/go.mod h1:{'A' * 43}=\n"})
    assert project.rebuilt() == []

    change(project, {"go.sum": sums.replace("h1:", "h1:AAAA")})
    outcome = project.scons("-k", status=2)
    assert "go.sum" in outcome.text
    assert "Traceback" not in outcome.text

    change(project, {"go.sum": sums})
    project.rebuilt()
    project.run("go", "get", "example.org/dep@v1.1.0", check=True)
    assert project.rebuilt() == ["static/a"]
    assert project.run("build/static/a", check=True).stderr == "v1.1.0\n"


def test_the_result_is_that_of_a_fresh_build(tree: Project, tmp_path: Path) -> None:
    """D8: an incremental build gives the bytes of one from nothing, in another directory with an empty cache."""
    change(tree, {"lib/words/words.go": WORDS.replace("one", "last")})
    tree.rebuilt()
    copy = Project(tmp_path / "else where")
    shutil.copytree(tree.path, copy.path, ignore=shutil.ignore_patterns("build", ".sconsign*"))
    copy.scons("build/static/b", environ={"GOCACHE": str(tmp_path / "cache")})

    assert (copy / "build/static/b").read_bytes() == (tree / "build/static/b").read_bytes()
