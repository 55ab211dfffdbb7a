"""tree: what a directory holds of a package, the identity of files, and when it can be trusted."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from golang.tree import READ, Stamp, Tree


def write(file: Path, text: str = "") -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def names(path: Path) -> tuple[list[str], list[str]]:
    found = Tree().directory(str(path))
    assert found is not None
    return list(found.files), sorted(found.folders)


def stamp(path: Path) -> Stamp:
    found = Tree().stamp(str(path))
    assert found is not None
    return found


@pytest.mark.parametrize("name", [*(f"p{suffix}" for suffix in READ), "go.mod", "p_windows.go", "test.go", "p.test.go"])
def test_files_that_go_may_take(tmp_path: Path, name: str) -> None:
    write(tmp_path / name)
    assert names(tmp_path) == ([name], [])


@pytest.mark.parametrize(
    "name", ["p_test.go", "_p.go", ".p.go", "_p.c", ".#p.go", "p.go~", "README.md", "go.sum", "go", "p.GO", "p.o"]
)
def test_files_that_go_never_takes(tmp_path: Path, name: str) -> None:
    write(tmp_path / name)
    assert names(tmp_path) == ([], [])


def test_files_are_sorted_whatever_the_file_system_says(tmp_path: Path) -> None:
    for name in ("z.go", "a.go", "m.h", "Z.go"):
        write(tmp_path / name)
    for name in ("zz", "aa", "nats.go", "_x", ".git"):
        (tmp_path / name).mkdir()
    assert names(tmp_path) == (["Z.go", "a.go", "m.h", "z.go"], [".git", "_x", "aa", "nats.go", "zz"])


def test_folder_called_like_a_go_file_is_a_folder(tmp_path: Path) -> None:
    write(tmp_path / "nats.go" / "nats.go")
    (tmp_path / "go.mod").mkdir()
    assert names(tmp_path) == ([], ["go.mod", "nats.go"])
    assert names(tmp_path / "nats.go") == (["nats.go"], [])


def test_links(tmp_path: Path) -> None:
    """As for the go command: a link to a file is that file, one to a folder is nothing."""
    write(tmp_path / "else/real.go", "package p\n")
    package = tmp_path / "p"
    package.mkdir()
    (package / "linked.go").symlink_to("../else/real.go")
    (package / "folder").symlink_to("../else")
    (package / "folder.go").symlink_to("../else")
    assert names(package) == (["linked.go"], [])
    assert stamp(package / "linked.go") == stamp(tmp_path / "else/real.go")


def test_link_to_nothing_counts_as_it_does_for_go(tmp_path: Path) -> None:
    """The go command fails where a Go file leads nowhere, and takes such a go.mod for none."""
    write(tmp_path / "p.go")
    for name in ("gone.go", "go.mod", "loop.h"):
        (tmp_path / name).symlink_to("nothing" if name != "loop.h" else name)
    assert names(tmp_path) == (["gone.go", "loop.h", "p.go"], [])

    before = Tree().directory(str(tmp_path))
    write(tmp_path / "nothing")
    after = Tree().directory(str(tmp_path))
    assert before is not None
    assert after is not None
    assert before.files["gone.go"] != after.files["gone.go"]
    assert list(after.files) == ["go.mod", "gone.go", "loop.h", "p.go"]


def test_identity_of_a_directory_is_that_of_its_files(tmp_path: Path) -> None:
    def identity() -> bytes:
        found = Tree().directory(str(tmp_path))
        assert found is not None
        return found.identity

    seen = [identity()]
    write(tmp_path / "p.go", "package p\n")
    seen.append(identity())
    write(tmp_path / "README.md")
    write(tmp_path / "p_test.go")
    (tmp_path / "folder").mkdir()
    assert identity() == seen[-1]
    write(tmp_path / "p.go", "package p // \n")
    seen.append(identity())
    (tmp_path / "p.go").rename(tmp_path / "q.go")
    seen.append(identity())
    (tmp_path / "q.go").unlink()
    assert identity() == seen[0]
    assert len(set(seen)) == 4


def test_directory_that_cannot_be_read(tmp_path: Path) -> None:
    assert Tree().directory(str(tmp_path / "nothing")) is None
    assert Tree().directory(str(write(tmp_path / "file"))) is None


def test_identity_is_the_same_by_directory_and_alone(tmp_path: Path) -> None:
    file = write(tmp_path / "p.go", "package p\n")
    by_directory = Tree()
    assert by_directory.directory(str(tmp_path)) is not None
    assert (
        by_directory.stamp(str(file))
        == stamp(file)
        == tuple(getattr(file.stat(), name) for name in ("st_size", "st_mtime_ns", "st_ctime_ns", "st_ino"))
    )


@pytest.mark.parametrize("name", ["nothing", "nothing/deeper", "p.go/deeper", "\0", "a" * 5000])
def test_what_leads_to_nothing_has_no_identity(tmp_path: Path, name: str) -> None:
    write(tmp_path / "p.go")
    assert Tree().stamp(str(tmp_path / name)) is None


def in_place(file: Path) -> None:
    file.write_text("two")


def by_a_new_inode(file: Path) -> None:
    new = write(file.with_name("new"), "two")
    new.replace(file)


def by_another_link(file: Path) -> None:
    write(file.with_name("new"), "two")
    file.unlink()
    file.symlink_to("new")


@pytest.mark.parametrize("replace", [in_place, by_a_new_inode, by_another_link])
def test_same_size_and_time_restored_is_another_identity(tmp_path: Path, replace: Callable[[Path], None]) -> None:
    """The time of the last change of any kind cannot be set back."""
    file = write(tmp_path / "p.go", "one")
    os.utime(file, ns=(10**18, 10**18))
    before = stamp(file)
    while stamp(file) == before:  # Within one tick of the clock; young files are not trusted because of that.
        replace(file)
        os.utime(file, ns=(10**18, 10**18))
    after = stamp(file)
    assert (after[0], after[1]) == (before[0], before[1])
    assert after != before


def test_each_is_looked_at_once(tmp_path: Path) -> None:
    file = write(tmp_path / "p.go", "one")
    tree = Tree()
    seen = tree.stamp(str(file)), tree.directory(str(tmp_path)), tree.names(str(tmp_path)), tree.below(str(tmp_path))
    shutil.rmtree(tmp_path)
    assert seen == (
        tree.stamp(str(file)),
        tree.directory(str(tmp_path)),
        tree.names(str(tmp_path)),
        tree.below(str(tmp_path)),
    )


def test_young_files_are_not_trusted(tmp_path: Path, age: Callable[[], None]) -> None:
    file = write(tmp_path / "p.go")
    os.utime(file, ns=(10**18, 10**18))
    assert not Tree().trusts(stamp(file)), "an old time of modification says nothing"
    age()
    assert Tree().trusts(stamp(file))


def test_trust_ends_with_the_change_that_nothing_sets_back(tmp_path: Path) -> None:
    changed = stamp(write(tmp_path / "p.go"))[2]
    tree = Tree()
    for moment, trusted in ((changed, False), (changed + 1, True)):
        tree.trusted_before = moment
        assert tree.trusts(tree.stamp(str(tmp_path / "p.go"))) is trusted
    assert not tree.trusts(None)


def test_times_of_the_future_are_not_trusted() -> None:
    tree = Tree()
    assert not tree.trusts((1, 1, tree.trusted_before + 10**12, 1))


def test_names_are_those_that_are_not_hidden(tmp_path: Path) -> None:
    for name in ("b.h", "a.txt", ".sconsign.dblite", "_x"):
        write(tmp_path / name)
    (tmp_path / "folder").mkdir()
    tree = Tree()
    assert tree.names(str(tmp_path)) == ("_x", "a.txt", "b.h", "folder")
    assert tree.names(str(tmp_path / "nothing")) == ()


def test_below_is_every_file_whatever_its_name(tmp_path: Path) -> None:
    files = [write(tmp_path / "d" / name) for name in (".hidden", "_x", "a.go", "deep/er/b.txt", "p_test.go")]
    (tmp_path / "d/empty").mkdir()
    (tmp_path / "d/link").symlink_to("a.go")
    (tmp_path / "d/folder").symlink_to("deep")
    below = Tree().below(str(tmp_path / "d"))
    wanted = {*map(str, files), str(tmp_path / "d/link"), str(tmp_path / "d/folder")}
    assert list(below) == sorted(wanted)
    assert below[str(files[2])] == stamp(files[2])
    # Embedding stops at a link, so it is the link that counts.
    assert below[str(tmp_path / "d/link")] != stamp(files[2])


def test_below_of_a_file_is_itself_and_of_nothing_nothing(tmp_path: Path) -> None:
    file = write(tmp_path / "a.txt")
    assert Tree().below(str(file)) == {str(file): stamp(file)}
    assert Tree().below(str(tmp_path / "nothing")) == {}
    (tmp_path / "gone").symlink_to("nothing")
    assert Tree().below(str(tmp_path / "gone")) == {}
