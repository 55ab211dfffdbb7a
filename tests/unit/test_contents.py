"""contents: which edits `go list` would notice, and when a file is read again."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from golang.contents import Content, Contents, read_content
from golang.tree import Tree
from header_edits import BARE, CGO, NOTICED, PLAIN, UNNOTICED


def content_of(folder: Path, text: str | bytes, name: str = "p.go") -> Content:
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_content(str(file))


@pytest.mark.parametrize(("before", "after"), UNNOTICED.values(), ids=UNNOTICED)
def test_go_list_would_not_notice(tmp_path: Path, before: str, after: str) -> None:
    one, two = content_of(tmp_path, before), content_of(tmp_path, after)
    assert one.digest != two.digest
    assert one.header == two.header
    assert (one.package, one.constraint, one.cgo) == (two.package, two.constraint, two.cgo)


@pytest.mark.parametrize(("before", "after"), NOTICED.values(), ids=NOTICED)
def test_go_list_would_notice(tmp_path: Path, before: str, after: str) -> None:
    assert content_of(tmp_path, before).header != content_of(tmp_path, after).header


@pytest.mark.parametrize("name", ["p.c", "p.s", "p.S", "p.h", "p.cc", "p.m", "p.f90", "p.swig", "p.syso"])
def test_native_files_are_selected_by_their_constraint_alone(tmp_path: Path, name: str) -> None:
    text = "// What it does.\n\nint one(void) { return 1; }\n"
    plain = content_of(tmp_path, text, name)
    body = content_of(tmp_path, text.replace("return 1", "return 2"), name)
    assert (body.header, body.package, body.constraint, body.cgo) == (plain.header, "", "", False)
    assert body.digest != plain.digest
    assert content_of(tmp_path, "// How to build it.\n" + text, name).header == plain.header
    for line, constraint in (("//go:build linux", "linux"), ("// +build linux", "(linux)")):
        constrained = content_of(tmp_path, f"{line}\n\n{text}", name)
        assert constrained.constraint == constraint
        assert constrained.header != plain.header
        assert constrained.header != content_of(tmp_path, f"{line},cgo\n\n{text}", name).header
    assert content_of(tmp_path, text + "\n//go:build linux\n", name).header == plain.header


@pytest.mark.parametrize(
    ("text", "package", "constraint", "cgo"),
    [
        (PLAIN, "p", "linux", False),
        (CGO, "p", "", True),
        (BARE.replace("\n\n", "\n\nimport `C`\n\n"), "p", "", True),
        (BARE + '\nvar c = "C"\n', "p", "", False),
        ("\ufeff//go:build a && b\n\n/* package q */ package /* q */ p // q\n", "p", "a && b", False),
        ("//go:build a\r\n\r\npackage p\r\n", "p", "a", False),
        ("garbage", "", "", False),
        ("package", "", "", False),
        ("", "", "", False),
    ],
)
def test_what_a_go_file_says(tmp_path: Path, text: str, package: str, constraint: str, cgo: bool) -> None:
    found = content_of(tmp_path, text)
    assert (found.package, found.constraint, found.cgo) == (package, constraint, cgo)


@pytest.mark.parametrize("data", [b"\xff\xfe\x00p", b'package p\n\nimport "\xff"\n', b"\x00" * 100, b"/*" * 5000])
def test_bytes_that_are_no_text(tmp_path: Path, data: bytes) -> None:
    for name in ("p.go", "p.c", "p.syso"):
        assert content_of(tmp_path, data, name).digest != content_of(tmp_path, data + b"x", name).digest


def test_what_cannot_be_read_has_a_content_of_its_own(tmp_path: Path) -> None:
    absent = read_content(str(tmp_path / "nothing.go"))
    assert absent == read_content(str(tmp_path)) == read_content(str(tmp_path / "nothing.c"))
    assert absent.digest != content_of(tmp_path, "").digest
    assert absent.header != content_of(tmp_path, "").header


class Folder:
    """A file in a folder, and what each run reads of it: `known` goes from run to run as JSON."""

    def __init__(self, file: Path, *, whole: bool) -> None:
        self.file, self.whole = file, whole
        self.known: dict[str, Any] | None = None

    def run(self) -> tuple[str, bool]:
        """Return the digest that a run finds, and whether it read the file."""
        contents = Contents(Tree(), self.known)
        digests = [self.digest(contents) for _ in range(2)]
        assert digests[0] == digests[1]
        read = contents.changed
        self.known = json.loads(json.dumps(contents.export()))
        assert not contents.changed
        return digests[0], read

    def digest(self, contents: Contents) -> str:
        if self.whole:
            return contents.sources(str(self.file.parent)).digests.get(self.file.name, "absent")
        return contents.digest(str(self.file))

    def believed(self) -> bool:
        """Whether anything would be believed next time."""
        assert self.known
        return bool(self.known["files"] or any(seal for seal, *_ in self.known["directories"].values()))


@pytest.fixture(params=[False, True], ids=["alone", "with-its-folder"])
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Folder:
    (tmp_path / "p").mkdir()
    (tmp_path / "p/p.go").write_text("package p // 1\n")
    return Folder(tmp_path / "p/p.go", whole=request.param)


def test_an_old_file_is_read_once(folder: Folder, age: Callable[[], None]) -> None:
    age()
    digest, read = folder.run()
    assert read
    assert folder.run() == (digest, False)
    assert folder.run() == (digest, False)


def test_a_young_file_is_read_in_every_run_until_it_is_old(folder: Folder, age: Callable[[], None]) -> None:
    assert folder.run()[1]
    assert not folder.believed()
    assert folder.run()[1]
    age()
    assert folder.run()[1]
    assert not folder.run()[1]


def replace(file: Path, text: str) -> None:
    """Put something else in the place of a file, of the same size and with the same modification time."""
    status = file.stat()
    new = file.with_name("new")
    new.write_text(text)
    os.utime(new, ns=(status.st_mtime_ns, status.st_mtime_ns))
    new.replace(file)
    assert file.stat().st_size == status.st_size


def test_a_file_that_changed_is_read_again(folder: Folder, age: Callable[[], None]) -> None:
    age()
    before, _ = folder.run()
    replace(folder.file, "package p // 2\n")

    after, read = folder.run()

    assert read
    assert after != before


def test_a_young_file_that_was_old_before_is_forgotten(folder: Folder, age: Callable[[], None]) -> None:
    """What is known of it would be believed if the identity came back."""
    age()
    folder.run()
    folder.file.write_text("package p // 22\n")
    os.utime(folder.file)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Tree, "trusts", lambda *_: False)
        assert folder.run()[1]
    assert not folder.believed()


def test_a_file_that_is_gone_is_forgotten_and_can_come_back(folder: Folder, age: Callable[[], None]) -> None:
    age()
    digest, _ = folder.run()
    text = folder.file.read_text()
    folder.file.unlink()
    assert folder.run() == ("absent", True)
    folder.file.write_text(text)
    assert folder.run() == (digest, True)


def test_what_a_run_does_not_ask_for_is_kept(folder: Folder, age: Callable[[], None]) -> None:
    age()
    folder.run()
    other = folder.file.parent.with_name("q") / "q.go"
    other.parent.mkdir()
    other.write_text("package q\n")
    second = Folder(other, whole=folder.whole)
    second.known = folder.known
    second.run()
    folder.known = second.known
    assert not folder.run()[1]


def test_what_is_gone_is_forgotten(folder: Folder, age: Callable[[], None]) -> None:
    age()
    folder.run()
    folder.file.unlink()
    folder.file.parent.rmdir()
    known = Contents(Tree(), folder.known).export()
    assert known == {"files": {}, "directories": {}}


MAIN = "package main\n"


def test_what_a_folder_holds(tmp_path: Path) -> None:
    loads = '//go:cgo_import_dynamic f f "libf.so"\n'
    for name, text in {
        "a.go": MAIN, "b.go": '//go:build linux\n\npackage main\n\nimport "C"\n', "c.c": MAIN, "d.go": "package d\n" + loads,
        "e_test.go": MAIN, "f.txt": MAIN, "_g.go": MAIN,
    }.items():  # fmt: skip
        (tmp_path / name).write_text(text)
    found = Contents(Tree()).sources(str(tmp_path))
    assert list(found.digests) == ["a.go", "b.go", "c.c", "d.go"]
    assert found.digests["a.go"] == read_content(str(tmp_path / "a.go")).digest
    assert found.mains == [["a.go", "", False], ["b.go", "linux", True]]
    assert found.loading == ["d.go"]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    found = Contents(Tree()).sources(str(tmp_path / "nothing"))
    assert (found.digests, found.mains, found.loading) == ({}, [], [])


class TestMisleading:
    """The go command takes a file for the same as long as its size and modification time are."""

    TEXT = 'package p\n\nimport _ "one"\n'

    @pytest.fixture
    def place(self, tmp_path: Path, age: Callable[[], None]) -> Folder:
        (tmp_path / "p.go").write_text(self.TEXT)
        age()
        place = Folder(tmp_path / "p.go", whole=True)
        place.run()
        return place

    def misleads(self, place: Folder) -> bool:
        contents = Contents(Tree(), place.known)
        found = contents.may_mislead_go(str(place.file.parent))
        place.known = json.loads(json.dumps(contents.export()))
        return found

    def test_as_long_as_it_looks_the_same(self, place: Folder) -> None:
        assert not self.misleads(place)
        replace(place.file, self.TEXT.replace("one", "two"))
        for _ in range(3):
            assert self.misleads(place)
        os.utime(place.file, ns=(1, 1))
        assert not self.misleads(place)

    def test_no_edit_misleads(self, place: Folder) -> None:
        for number in range(9):
            place.file.write_text(self.TEXT + f"// {number}\n")
            os.utime(place.file, ns=(number, number))
            assert not self.misleads(place)
            place.file.write_text(self.TEXT.replace("one", f"o{number}"))
            assert not self.misleads(place)

    def test_bodies_do_not_matter(self, place: Folder) -> None:
        place.file.write_text(self.TEXT + "// 1\n")
        assert not self.misleads(place)
        replace(place.file, self.TEXT + "// 2\n")
        assert not self.misleads(place)

    def test_one_that_went_and_came_back_as_another(self, place: Folder) -> None:
        then = place.file.stat().st_mtime_ns
        place.file.write_text(self.TEXT + 'import "x"\n')
        assert not self.misleads(place)
        place.file.write_text(self.TEXT.replace("one", "two"))
        os.utime(place.file, ns=(then, then))
        assert self.misleads(place)

    def test_a_young_file_is_remembered(self, place: Folder) -> None:
        place.file.write_text(self.TEXT.replace("one", "abc"))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Tree, "trusts", lambda *_: False)
            assert not self.misleads(place)
        replace(place.file, self.TEXT.replace("one", "two"))
        assert self.misleads(place)
