"""store: what is kept comes back as it was or not at all, whatever happened to the folder meanwhile."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from golang import store as module
from golang.store import Store, digest_of

VALUE = {"closures": {"/m/cmd/a": ["d1", None]}, "text": "ä \udcff \n\0", "numbers": [0, -1, 2**70], "nothing": None}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "kept"


def save(folder: Path, name: str = "files-a", value: Any = VALUE) -> Path:
    Store(str(folder)).save(name, value)
    return folder / name


@pytest.mark.parametrize("value", [VALUE, [], {}, "", 0, False, [None], "x" * 1_000_000, {"a": [["deep"] * 3] * 1000}])
def test_what_is_saved_is_loaded(folder: Path, value: Any) -> None:
    save(folder, "files-a", value)
    assert Store(str(folder)).load("files-a") == value


def test_the_last_of_a_name_holds(folder: Path) -> None:
    for value in ("long" * 1000, "short"):
        save(folder, "files-a", value)
        save(folder, "files-b", value * 2)
    assert Store(str(folder)).load("files-a") == "short"
    assert Store(str(folder)).load("files-b") == "shortshort"


def test_nothing_is_known_of_a_name_that_was_not_saved(folder: Path) -> None:
    assert Store(str(folder)).load("files-a") is None
    save(folder)
    assert Store(str(folder)).load("files-b") is None


def test_same_value_is_the_same_bytes(folder: Path) -> None:
    before = save(folder).read_bytes()
    assert save(folder).read_bytes() == before


def foreign(data: bytes) -> bytes:
    """Return what another version of this package saved: the checksum is right."""
    first, _, body = data.partition(b"\n")
    return b"golang index 0 " + first.rpartition(b" ")[2] + b"\n" + body


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "first-line-only": lambda data: data.partition(b"\n")[0],
    "first-line-gone": lambda data: data.partition(b"\n")[2],
    "half": lambda data: data[: len(data) // 2],
    "last-byte-gone": lambda data: data[:-1],
    "one-byte-more": lambda data: data + b" ",
    "twice": lambda data: data + data,
    "one-bit-flipped": lambda data: data[:-5] + bytes([data[-5] ^ 1]) + data[-4:],
    "zeros": lambda data: bytes(len(data)),
    "zeros-at-the-end": lambda data: data[:-16] + bytes(16),
    "noise": lambda data: bytes(range(256)) * (len(data) // 256 + 1),
    "something-else": lambda data: data.partition(b"\n")[0] + b"\n{",
    "foreign-version": foreign,
    "carriage-returns": lambda data: data.replace(b"\n", b"\r\n"),
    "huge": lambda data: data + b"[" * 5_000_000,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_what_is_damaged_is_unknown_and_heals(folder: Path, damage: Callable[[bytes], bytes]) -> None:
    file = save(folder)
    before = file.read_bytes()
    file.write_bytes(damage(before))
    assert file.read_bytes() != before
    assert Store(str(folder)).load("files-a") is None
    assert save(folder).read_bytes() == before
    assert Store(str(folder)).load("files-a") == VALUE


def test_truncated_anywhere_is_unknown(folder: Path) -> None:
    file = save(folder)
    data = file.read_bytes()
    for length in range(len(data)):
        file.write_bytes(data[:length])
        assert Store(str(folder)).load("files-a") is None


@pytest.mark.parametrize("text", ["{", "nonsense", "", '{"a": 1} x', "1" * 5000, "\udcff"])
def test_a_right_checksum_over_something_else_is_unknown(folder: Path, text: str) -> None:
    """As from a writer of another kind."""
    file = save(folder)
    body = text.encode("utf-8", "surrogateescape")
    file.write_bytes(module._first_line(body) + b"\n" + body)
    assert Store(str(folder)).load("files-a") is None


def test_a_folder_in_the_way_of_a_file(folder: Path) -> None:
    (folder / "files-a" / "inside").mkdir(parents=True)
    store = Store(str(folder))
    assert store.load("files-a") is None
    store.save("files-a", VALUE)
    assert Store(str(folder)).load("files-a") == VALUE
    assert [path.name for path in folder.iterdir()] == ["files-a"], "no temporary file is left"


def test_a_file_in_the_way_of_the_folder(folder: Path) -> None:
    folder.write_text("the user's")
    store = Store(str(folder))
    store.save("files-a", VALUE)
    assert store.load("files-a") is None
    assert folder.read_text() == "the user's"


def test_a_file_that_cannot_be_opened(folder: Path) -> None:
    file = save(folder)
    file.unlink()
    file.symlink_to(file)
    assert Store(str(folder)).load("files-a") is None
    assert save(folder).is_file()
    assert Store(str(folder)).load("files-a") == VALUE


def test_a_folder_that_cannot_be_written_to(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    save(folder)
    before = {path: path.read_bytes() for path in folder.iterdir()}
    real = open

    def refusing(file: Any, mode: str = "r", **options: Any) -> Any:
        if "w" in mode:
            raise PermissionError(errno.EACCES, "Permission denied", file)
        return real(file, mode, **options)

    monkeypatch.setattr("builtins.open", refusing)
    store = Store(str(folder))
    store.save("files-a", "other")
    assert store.load("files-a") == VALUE
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="the system has no /dev/full")
def test_a_full_disk_keeps_what_there_was(folder: Path) -> None:
    save(folder)
    (folder / f"files-a.{threading.get_ident()}.{os.getpid()}").symlink_to("/dev/full")
    save(folder, "files-a", "other")
    assert Store(str(folder)).load("files-a") == VALUE
    assert sorted(path.name for path in folder.iterdir()) == [".gitignore", "files-a"]


def test_once_nothing_can_be_written_nothing_more_is_tried(folder: Path) -> None:
    folder.write_text("the user's")
    store = Store(str(folder))
    store.save("files-a", VALUE)
    folder.unlink()
    store.save("files-b", VALUE)
    assert not folder.exists()


def test_without_a_folder_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    store = Store()
    store.save("files-a", VALUE)
    assert store.load("files-a") is None
    assert not list(tmp_path.iterdir())


def test_what_may_not_be_written_is_read(folder: Path) -> None:
    """A dry run."""
    save(folder)
    before = sorted(folder.iterdir())
    store = Store(str(folder), writable=False)
    store.save("files-a", "other")
    store.save("files-b", "other")
    assert store.load("files-a") == VALUE
    assert sorted(folder.iterdir()) == before
    Store(str(folder.parent / "none"), writable=False).save("files-a", VALUE)
    assert not (folder.parent / "none").exists()


def test_git_does_not_see_the_folder(folder: Path) -> None:
    save(folder / "deep")
    assert (folder / "deep" / ".gitignore").read_text() == "*\n"
    (folder / "deep" / ".gitignore").write_text("changed\n")
    save(folder / "deep")
    assert (folder / "deep" / ".gitignore").read_text() == "changed\n"


def test_a_file_that_is_being_read_stays_what_it_was(folder: Path) -> None:
    file = save(folder)
    with file.open("rb") as reader:
        begin = reader.read(10)
        save(folder, "files-a", "other" * 1000)
        whole = begin + reader.read()
    save(folder)
    assert whole == file.read_bytes()


WRITER = """\
import sys
from golang.store import Store
store, mark = Store(sys.argv[1]), sys.argv[2]
for number in range(300):
    store.save("files-a", {"mark": mark, "text": mark * (number * 37 % 5000)})
    found = Store(sys.argv[1]).load("files-a")
    assert found is not None
    assert set(found["text"]) <= {found["mark"]}
"""


def test_two_writers(folder: Path) -> None:
    """Whoever comes last holds; nobody ever reads a mixture, or nothing."""
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    argv = [sys.executable, "-c", WRITER, str(folder)]
    writers = [subprocess.Popen([*argv, mark], env=environ, stderr=subprocess.PIPE, text=True) for mark in "ab"]
    assert [writer.communicate()[1] for writer in writers] == ["", ""]
    assert sorted(path.name for path in folder.iterdir()) == [".gitignore", "files-a"]


def test_digests_tell_what_they_are_of_apart() -> None:
    given: list[tuple[object, ...]] = [(), ("",), ("", ""), ("a", "b"), ("ab",), ("b", "a"), ("a", "b", ""), (1, 2)]
    assert len({digest_of(*parts) for parts in given}) == len(given) - 1, "nothing and one empty text are the same"
    assert digest_of(1, None) == digest_of("1", "None")
    assert digest_of("\udcff") != digest_of("\udcfe")


def test_digests_name_files() -> None:
    assert os.path.basename(digest_of("/a b", "..")) == digest_of("/a b", "..")


def kept(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_what_is_old_and_of_no_use_is_forgotten(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_KEPT", 3)
    monkeypatch.setattr(module, "_KEPT_PROBES", 1)
    for number in range(5):
        for kind in ("closures", "probe"):
            os.utime(save(folder, f"{kind}-{number}"), (number, number))
    os.utime(save(folder, "files-1.4711"), (0, 0))  # What a writer that was killed left behind.

    store = Store(str(folder))
    store.load("closures-0")
    store.forget_oldest()
    assert len(kept(folder)) == 12, "a run that saved nothing forgets nothing"

    store.save("closures-new", VALUE)
    store.forget_oldest()

    wanted = {"closures-new", "closures-0", "probe-0", "closures-4", "closures-3", "closures-2", "probe-4"}
    assert kept(folder) == {".gitignore", *wanted}


def test_whatever_a_run_used_is_never_forgotten(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many configurations there are: all that belongs to them, read or not."""
    monkeypatch.setattr(module, "_KEPT", 3)
    for number in range(10):
        save(folder, f"closures-{number}")
        save(folder, f"listing-{number}")
    before = kept(folder)

    store = Store(str(folder))
    for number in range(9):
        store.load(f"closures-{number}")
    store.save("closures-9", VALUE)
    store.forget_oldest()

    assert kept(folder) == before


def test_forgetting_is_no_matter_where_it_cannot_be_done(folder: Path) -> None:
    store = Store(str(folder))
    store.save("files-a", VALUE)
    shutil.rmtree(folder)
    store.forget_oldest()
    Store().forget_oldest()


def test_threads_save_the_same_at_once(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "kept"))

    def save(number: int) -> None:
        for _ in range(200):
            store.save("probe-a", number)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(save, range(4)))
    store.save("files-b", "after it")
    assert Store(str(tmp_path / "kept")).load("files-b") == "after it"
