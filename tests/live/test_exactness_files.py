"""What an edit looks like to a stat must not matter: only what the files contain, and which there are."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from edits import Edit, link, move, remove, replace, run, scons, write
from exactness import MORE, Case, assert_as_from_scratch, binaries, case, check, settings

from golang._scons.variables import VARIABLES
from harness import Project

pytestmark = pytest.mark.live

WORDS = "app/internal/words/words.go"
FOLDER = "app/internal/words"
FIRST = "app/internal/data/files/first.txt"
DAY = 86_400_000_000_000
IMPORT_SUM = """\
package main

import x "example.org/m/internal/sum"

func init() { println(x.Sum()) }
"""
IMPORT_NUM = IMPORT_SUM.replace("sum", "num").replace("Sum", "Num")


def in_place(name: str, old: str, new: str, *, age: int = 0) -> Edit:
    """Write other content of the same size, and set the time that was before, or ``age`` before that."""

    def edit(project: Project) -> None:
        file = project / name
        before = file.stat()
        replace(name, old, new)(project)
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns - age))
        assert file.stat().st_size == before.st_size
        assert file.stat().st_ino == before.st_ino

    return edit


def replaced(name: str, old: str, new: str) -> Edit:
    """Put another file of the same size and time in the place of one."""

    def edit(project: Project) -> None:
        file = project / name
        other = shutil.copy2(file, project / "other file")
        in_place("other file", old, new)(project)
        other.replace(file)

    return edit


def touch(name: str, age: int) -> Edit:
    """Set a file's time to ``age`` before what it was."""

    def edit(project: Project) -> None:
        time = (project / name).stat().st_mtime_ns - age
        os.utime(project / name, ns=(time, time))

    return edit


def with_time_of_folder(folder: str, edit: Edit) -> Edit:
    """Make an edit in a folder, and set the time that the folder had."""

    def restored(project: Project) -> None:
        before = (project / folder).stat()
        edit(project)
        os.utime(project / folder, ns=(before.st_atime_ns, before.st_mtime_ns))

    return restored


@pytest.mark.parametrize(
    "case",
    [
        case("same-stamp", "a b", in_place(WORDS, "one", "two")),
        case("same-stamp-of-another-file", "a b", replaced(WORDS, "one", "two")),
        case("same-stamp-of-embedded", "a", in_place(FIRST, "1", "2")),
        case("same-stamp-of-header", "dynamic/c static-libc/c", in_place("app/include/outer.h", "R 1", "R 2")),
        case(
            "same-stamp-of-go-mod",
            "a c",
            write("lab/go.mod", "module example.org/lib\n"),
            write("lab/tool/tool.go", 'package tool\n\nfunc Name() string { return "lab" }\n'),
            in_place("app/go.mod", "../lib", "../lab"),
        ),
        case(
            "same-stamp-of-import",
            "d",
            write("app/cmd/d/import.go", IMPORT_SUM),
            touch("app/cmd/d/import.go", DAY),
            scons("-j2"),
            in_place("app/cmd/d/import.go", IMPORT_SUM, IMPORT_NUM),
        ),
        case("same-stamp-of-constraint", "a b", in_place(f"{FOLDER}/always.go", "!never", "!linux")),
        case("same-stamp-of-old-file", "a b", touch(WORDS, 10 * DAY), scons(), in_place(WORDS, "one", "two")),
        case("time-before", "a b", in_place(WORDS, "one", "two", age=DAY)),
        case("same-stamp-twice", "a b", in_place(WORDS, "one", "two"), scons("-j2"), in_place(WORDS, "two", "six")),
        case("file-added-with-time-of-folder", "a b", with_time_of_folder(FOLDER, write(f"{FOLDER}/more.go", MORE))),
        case("file-removed-with-time-of-folder", "a b", with_time_of_folder(FOLDER, remove(f"{FOLDER}/always.go"))),
        case(
            "several-edits",
            "a b d",
            replace(WORDS, "one", "two"),
            write(FIRST, "2"),
            write(f"{FOLDER}/more.go", MORE),
            remove(f"{FOLDER}/always.go"),
            replace("app/cmd/d/main.go", '"d"', '"D"'),
        ),
        case("other-target-between", "a b", in_place(WORDS, "one", "two"), scons("build/static/d")),
        case("looks-between", "a b", in_place(WORDS, "one", "two"), scons("-n"), scons("-q", status=1), scons("-h")),
        case("cleaned-between", "a b", in_place(WORDS, "one", "two"), scons("-c", "build/static/a"), scons("-n")),
        case(
            "failure-between",
            "a b",
            in_place(WORDS, "one", "1ne"),
            replace(WORDS, '"1ne"', "1ne"),
            scons("-k", status=2),
            replace(WORDS, "1ne", '"two"'),
        ),
        case("link-to-file-edited", "b", in_place("app/linked/file.one", "first", "third")),
        case("link-to-file-retargeted", "b", link("app/linked/one/file.go", "../file.two")),
        case("link-to-folder-retargeted", "b", link("app/internal/linked", "../linked/two")),
        case("file-behind-link-to-folder-edited", "b", in_place("app/linked/one/linked.go", "one", "ONE")),
        case(
            "file-behind-link-to-folder-added",
            "b",
            write("app/linked/one/more.go", MORE.replace("words", "linked").replace("all +=", "_ =")),
        ),
    ],
)
def test_edits(base: Project, case: Case, tmp_path: Path) -> None:
    # What is known of a file may go by its inode, which a copy has anew.
    check(base, case, tmp_path / "case", scons("-j2"))


def unlinked(name: str) -> Edit:
    """Put what a link leads to in its place."""

    def edit(project: Project) -> None:
        target = (project / name).resolve()
        (project / name).unlink()
        (shutil.copytree if target.is_dir() else shutil.copy)(target, project / name)

    return edit


def again(name: str) -> Edit:
    """Remove a file and write it again."""

    def edit(project: Project) -> None:
        content = (project / name).read_bytes()
        (project / name).unlink()
        (project / name).write_bytes(content)

    return edit


NO_CHANGE = {
    "touched": touch(WORDS, -DAY),
    "touched to long ago": touch(WORDS, 100 * DAY),
    "mode": lambda project: (project / WORDS).chmod(0o600),
    "removed and written again": again(WORDS),
    "embedded file written again": again(FIRST),
    "moved away and back": lambda project: (move(FOLDER, "away")(project), move("away", FOLDER)(project)),
    "link becomes file": unlinked("app/linked/one/file.go"),
    "link becomes folder": unlinked("app/internal/linked"),
    "edited and taken back": lambda project: (
        replace(WORDS, "one", "two")(project),
        replace(WORDS, "two", "one")(project),
    ),
}


def test_the_same_content_is_no_change(base: Project, tmp_path: Path) -> None:
    """Each builds nothing, and all of them together would not have changed a byte."""
    project = base.copy(tmp_path / "project")
    for name, edit in NO_CHANGE.items():
        edit(project)
        assert project.rebuilt() == [], name
    assert_as_from_scratch(project, tmp_path / "scratch")


def git(*arguments: str) -> Edit:
    """Run git with an identity of its own."""
    return run(
        "git", "-c", "user.name=N", "-c", "user.email=n@example.org", "-c", "init.defaultBranch=main", *arguments
    )


def test_branches(base: Project, tmp_path: Path) -> None:
    """A branch checked out and left again builds nothing; where it was built, going back builds what it changed."""
    project = base.copy(tmp_path / "project")
    before = binaries(project)
    project.write({".gitignore": "build\n.*\n"})
    for step in (
        git("init", "-q"),
        git("add", "."),
        git("commit", "-q", "-m", "one"),
        git("checkout", "-q", "-b", "other"),
        replace(WORDS, "one", "two"),
        move(f"{FOLDER}/always.go", f"{FOLDER}/renamed.go"),
        write(FIRST, "2"),
        git("add", "."),
        git("commit", "-q", "-m", "two"),
        git("checkout", "-q", "main"),
    ):
        step(project)
    assert project.rebuilt() == []

    git("checkout", "-q", "other")(project)
    concerned = ["dynamic/a", "dynamic/b", "static/a", "static/b"]
    assert project.rebuilt() == concerned
    assert_as_from_scratch(project, tmp_path / "scratch")

    git("checkout", "-q", "main")(project)
    assert project.rebuilt() == concerned
    assert binaries(project) == before


def test_one_linkage_between(base: Project, tmp_path: Path) -> None:
    """What one linkage has seen of an edit, the other has yet to see."""
    project = base.copy(tmp_path / "project")
    in_place(WORDS, "one", "two")(project)
    assert project.rebuilt("build/static") == ["static/a", "static/b"]
    assert project.rebuilt() == ["dynamic/a", "dynamic/b"]
    assert_as_from_scratch(project, tmp_path / "scratch")


GOCOM = next(variable.default for variable in VARIABLES if variable.name == "GOCOM")
MOVE = "test ! -e {0} || mv {0} {1}"


@pytest.mark.parametrize("moment", ["before", "after"])
def test_an_edit_during_the_build(base: Project, tmp_path: Path, moment: str) -> None:
    """A file that changes before or after the compiler reads it is built again, or is what was built."""
    project = base.copy(tmp_path / "project")
    main = project / "app/cmd/d/main.go"
    before, after = (MOVE.format(tmp_path / name, main) for name in ("before", "after"))
    arguments = settings(GOCOM=f"{before}; {GOCOM} && {after}")
    project.scons("-j2", *arguments)

    (tmp_path / moment).write_text(main.read_text().replace('"d"', '"2"'))
    replace("app/cmd/d/main.go", '"d"', '"1"')(project)
    os.utime(tmp_path / moment, ns=(main.stat().st_atime_ns, main.stat().st_mtime_ns))
    assert project.scons("build/static/d", *arguments).built == ["static/d"]
    assert not (tmp_path / moment).exists()

    project.scons("-j2", *arguments)
    project.up_to_date(*arguments)
    assert_as_from_scratch(project, tmp_path / "scratch")
