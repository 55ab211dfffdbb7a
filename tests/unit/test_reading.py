"""reading: binaries are read ahead once they are complete, and believed as long as they stay the same."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from golang._scons import reading
from golang._scons.reading import Readings
from golang._scons.standing import content_of
from golang.inspect import inspect_file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "staging").mkdir()
    return tmp_path / "staging"


def test_a_file_is_read_when_it_was_the_same_twice(folder: Path) -> None:
    whole = Path(sys.executable).resolve().read_bytes()
    readings, file = Readings(str(folder)), folder / "app"
    for part in (whole[: len(whole) // 2], whole):
        file.write_bytes(part)
        readings.go_on()
        assert readings.of("app") is None
    readings.go_on()
    found = readings.of("app")
    assert found
    assert (found.facts, found.content) == (inspect_file(str(file)), content_of(str(file)))

    moved = folder.parent / "app"
    file.rename(moved)
    assert found.is_of(str(moved))
    shutil.copy(moved, file)
    assert not found.is_of(str(file))
    with moved.open("ab") as stream:
        stream.write(b"more")
    assert not found.is_of(str(moved))
    moved.unlink()
    assert not found.is_of(str(moved))


def test_what_is_no_binary_is_left_to_the_proof(folder: Path) -> None:
    (folder / "app").write_bytes(b"\x7fELF and no more")
    os.symlink("nothing", folder / "link")
    readings = Readings(str(folder))
    for _ in range(3):
        readings.go_on()
    assert readings.of("app") is readings.of("link") is None


def test_what_was_read_is_not_looked_at_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There may be hundreds, and go is listened to many times a second."""
    shutil.copy(Path(sys.executable).resolve(), folder / "app")
    (folder / "text").write_text("no binary")
    readings = Readings(str(folder))
    for _ in range(2):
        readings.go_on()
    looked: list[str] = []
    monkeypatch.setattr(reading, "identity_of", looked.append)
    readings.go_on()
    assert looked == []
    assert readings.of("app")
