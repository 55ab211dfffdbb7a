"""What a change of Go code, of embedded files or of a module rebuilds: exactly the programs concerned, and no other.

The rows of the tables run in one project, one after the other; each writes whole files, so any of them also runs alone.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zipfile import ZipFile

import pytest

from harness import Project

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
    Edit("main", {"app/cmd/c/main.go": MAIN_C.replace("one", "two")}, "c", {"c": "c two"}),
    Edit("same-size", {"lib/words/words.go": WORDS.replace("one", "two")}, "ab", {"a": "a two", "b": "b two"}),
    Edit("add", {"lib/words/extra.go": EXTRA}, "ab", {"a": "extra", "b": "extra"}),
    Edit("rename", {"lib/words/extra.go": None, "lib/words/renamed.go": EXTRA}, "ab", {"b": "extra"}),
    Edit("delete", {"lib/words/renamed.go": None}, "ab", {"b": "b two\n"}),
    Edit("test-file", {"lib/words/words_test.go": "package words\n"}, ""),
    Edit("edit-test-file", {"lib/words/words_test.go": "package words\n\nvar x = 1\n"}, ""),
    Edit("other-system", {"lib/words/words_windows.go": EXTRA}, ""),
    Edit("edit-other-system", {"lib/words/words_windows.go": EXTRA + "\nvar x = 1\n"}, ""),
    Edit("tag-off", {"lib/words/tagged.go": "//go:build never\n\n" + EXTRA}, ""),
    Edit("tag-flipped", {"lib/words/tagged.go": "//go:build !never\n\n" + EXTRA}, "ab", {"a": "extra", "b": "extra"}),
    Edit("tag-flipped-back", {"lib/words/tagged.go": "//go:build never\n\n" + EXTRA}, "ab", {"b": "b two\n"}),
    Edit("this-system", {"lib/words/words_linux.go": EXTRA}, "ab", {"b": "extra"}),
    Edit("import-added", {"app/cmd/c/main.go": MAIN_B.replace('"b"', '"c"')}, "c", {"c": "c two extra"}),
    Edit("edit-new-import", {"lib/words/words_linux.go": EXTRA.replace("extra", "more")}, "abc", {"c": "c two more"}),
    Edit("import-removed", {"app/cmd/c/main.go": MAIN_C}, "c", {"c": "c one"}),
    Edit("edit-no-import", {"lib/words/words_linux.go": None}, "ab", {"b": "b two\n"}),
    Edit("unused-package", {"app/internal/unused/unused.go": "package unused\n\nvar X = 1\n"}, ""),
    Edit("new-unused-package", {"lib/unused/unused.go": "package unused\n"}, ""),
    Edit("no-go-file", {"lib/words/README.md": "Words\n", "lib/words/testdata/x.go": "package x\n"}, ""),
    Edit("ignored-file", {"lib/words/_ignored.go": EXTRA, "lib/words/.ignored.go": EXTRA}, ""),
)
def test_go_files(tree: Project, edit: Edit) -> None:
    check(tree, edit)


@edits(
    Edit("edit", {"app/internal/data/files/first.txt": "2"}, "a", {"a": "first.txt=2"}),
    Edit("add", {"app/internal/data/files/more.txt": "3"}, "a", {"a": "more.txt=3"}),
    Edit("hidden", {"app/internal/data/files/.hidden": "4", "app/internal/data/files/_hidden": "4"}, ""),
    Edit("beside", {"app/internal/data/other.txt": "5"}, ""),
    Edit("remove", {"app/internal/data/files/more.txt": None}, "a", {"a": "first.txt=2 \n"}),
)
def test_embedded_files(tree: Project, edit: Edit) -> None:
    """D2: the pattern is expanded anew in each run."""
    check(tree, edit)


WITH_UNUSED = GO_MOD + "\nrequire example.org/other v0.0.0\n\nreplace example.org/other => ../other\n"


@edits(
    Edit("comment", {"app/go.mod": GO_MOD + "\n// A comment.\n"}, ""),
    Edit("comment-of-replaced", {"lib/go.mod": LIB_MOD + "// A comment.\n"}, ""),
    Edit("unused-require", {"app/go.mod": WITH_UNUSED, "other/go.mod": "module example.org/other\n\ngo 1.21\n"}, ""),
    Edit("go-line-of-replaced", {"lib/go.mod": LIB_MOD.replace("1.21", "1.20")}, "ab"),
    Edit("go-line", {"app/go.mod": GO_MOD.replace("1.21", "1.22")}, "abc"),
    Edit("go-line-back", {"app/go.mod": GO_MOD}, "abc"),
    Edit("godebug", {"app/go.mod": GO_MOD + "\ngodebug panicnil=1\n"}, "abc"),
    Edit("godebug-removed", {"app/go.mod": GO_MOD}, "abc"),
    Edit("replace", {"app/go.mod": GO_MOD.replace("../lib", "../other"), "other/go.mod": LIB_MOD}, "ab", {"b": "other"}),
    Edit("edit-replaced", {"other/words/words.go": WORDS.replace("one", "new")}, "ab", {"b": "b new"}),
    Edit("edit-not-replaced", {"lib/words/words.go": WORDS.replace("one", "old")}, ""),
)
def test_go_mod(tree: Project, edit: Edit) -> None:
    """What go.mod says counts, not its text."""
    check(tree, edit)


def test_nothing_changed_in_the_end(tree: Project) -> None:
    words = tree / "lib/words/words.go"
    content = words.read_bytes()
    words.unlink()
    words.write_bytes(content)

    assert tree.rebuilt() == []


def test_a_removed_target_does_not_hide_an_edit(tree: Project) -> None:
    for edit, removed in (("first", "static/c"), ("second", "static/a")):
        (tree / "build" / removed).unlink()
        check(tree, Edit(edit, {"app/cmd/c/main.go": MAIN_C.replace("one", edit)}, "c", {"c": f"c {edit}"})) if (
            removed == "static/c"
        ) else None
    assert tree.rebuilt() == ["static/a"]
