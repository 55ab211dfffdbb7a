"""contents: which edits `go list` would notice, and when a file is read again."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

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
    """A file, and what each run reads of it: `known` goes from run to run as JSON."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.known: dict[str, object] = {}

    def run(self, monkeypatch: pytest.MonkeyPatch) -> tuple[str, bool]:
        """Return the digest that a run finds, and whether it read the file."""
        read: list[str] = []

        def counted(path: str) -> Content:
            read.append(path)
            return read_content(path)

        monkeypatch.setattr("golang.contents.read_content", counted)
        contents = Contents(Tree(), self.known)
        found = contents.content(str(self.file))
        assert contents.content(str(self.file)) is found or not read
        assert contents.changed is bool(read)
        assert len(read) <= 1
        self.known = json.loads(json.dumps(contents.export()))
        return found.digest, bool(read)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    (tmp_path / "p.go").write_text("package p // 1\n")
    return Folder(tmp_path / "p.go")


def test_an_old_file_is_read_once(folder: Folder, monkeypatch: pytest.MonkeyPatch, age: Callable[[], None]) -> None:
    age()
    digest, read = folder.run(monkeypatch)
    assert read
    assert folder.run(monkeypatch) == (digest, False)
    assert folder.run(monkeypatch) == (digest, False)


def test_a_young_file_is_read_in_every_run_until_it_is_old(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, age: Callable[[], None]
) -> None:
    assert folder.run(monkeypatch)[1]
    assert folder.known == {}
    assert folder.run(monkeypatch)[1]
    age()
    assert folder.run(monkeypatch)[1]
    assert not folder.run(monkeypatch)[1]


def test_a_file_that_changed_is_read_again(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, age: Callable[[], None]
) -> None:
    age()
    before, _ = folder.run(monkeypatch)
    status = folder.file.stat()
    new = folder.file.with_name("new")
    new.write_text("package p // 2\n")
    os.utime(new, ns=(status.st_mtime_ns, status.st_mtime_ns))
    new.replace(folder.file)
    assert folder.file.stat().st_size == status.st_size

    after, read = folder.run(monkeypatch)

    assert read
    assert after != before


def test_a_young_file_that_was_old_before_is_forgotten(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, age: Callable[[], None]
) -> None:
    """What is known of it would be believed if the identity came back."""
    age()
    folder.run(monkeypatch)
    monkeypatch.undo()
    folder.file.write_text("package p // 22\n")
    assert folder.run(monkeypatch)[1]
    assert folder.known == {}


def test_a_file_that_is_gone_is_forgotten_and_can_come_back(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, age: Callable[[], None]
) -> None:
    age()
    digest, _ = folder.run(monkeypatch)
    text = folder.file.read_text()
    folder.file.unlink()
    assert folder.run(monkeypatch) == ("absent", True)
    assert folder.known == {}
    folder.file.write_text(text)
    assert folder.run(monkeypatch) == (digest, True)


def test_what_a_run_does_not_ask_for_is_kept(folder: Folder, age: Callable[[], None]) -> None:
    age()
    first = Contents(Tree())
    first.content(str(folder.file))
    other = folder.file.with_name("other.go")
    other.write_text("package p\n")
    second = Contents(Tree(), json.loads(json.dumps(first.export())))
    second.content(str(other))
    assert set(second.export()) == {str(folder.file), str(other)}
    folder.file.unlink()
    assert set(Contents(Tree(), second.export()).export()) == {str(other)}
