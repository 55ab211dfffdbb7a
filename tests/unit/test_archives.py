"""archives: bytes that depend on what is packed alone. What is in them is read with other programs."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

import pytest

from golang.archives import Entry, write_archive, write_sums

SECONDS = 1700000000
"""2023-11-14 22:13:20 UTC."""


def entries_in(folder: Path, when: int, mode: int) -> list[Entry]:
    """Make files of fixed contents, other times, modes and places; return them out of order."""
    folder.mkdir()
    contents = {"readme": b"text\n", "app": bytes(range(256)) * 4096, "empty": b"", "mit Umläuten": b"\n"}
    for name, content in contents.items():
        (folder / name).write_bytes(content)
        (folder / name).chmod(mode)
        os.utime(folder / name, (when, when))
    return [Entry(name, str(folder / name), name == "app") for name in sorted(contents, reverse=when % 2 == 0)]


def listed(*argv: str) -> str:
    return subprocess.run(
        argv, capture_output=True, text=True, check=True, env={**os.environ, "TZ": "UTC", "LC_ALL": "C.UTF-8"}
    ).stdout


@pytest.mark.parametrize("suffix", [".tar.gz", ".zip"])
def test_bytes_depend_on_contents_alone(tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    written = []
    for number, (when, mode, zone) in enumerate([(1, 0o600, "UTC"), (1000, 0o777, "Asia/Tokyo")]):
        monkeypatch.setenv("TZ", zone)
        path = tmp_path / f"{number}{suffix}"
        write_archive(str(path), "app-1", entries_in(tmp_path / str(number), when, mode), SECONDS)
        written.append(path.read_bytes())
    assert written[0] == written[1]

    for seconds, folder in ((SECONDS + 2, "app-1"), (SECONDS, "app-2")):
        write_archive(str(path), folder, entries_in(tmp_path / f"{seconds}{folder}", 1, 0o600), seconds)
        assert path.read_bytes() != written[0]


def test_tar_sees_names_modes_owners_and_times(tmp_path: Path) -> None:
    path = tmp_path / "a.tar.gz"
    write_archive(str(path), "app-1", entries_in(tmp_path / "in", 1, 0o600), SECONDS)

    lines = listed("tar", "--numeric-owner", "--full-time", "-tvzf", str(path)).splitlines()

    assert [line.split(maxsplit=5) for line in lines] == [
        ["-rwxr-xr-x", "0/0", "1048576", "2023-11-14", "22:13:20", "app-1/app"],
        ["-rw-r--r--", "0/0", "0", "2023-11-14", "22:13:20", "app-1/empty"],
        ["-rw-r--r--", "0/0", "1", "2023-11-14", "22:13:20", "app-1/mit Umläuten"],
        ["-rw-r--r--", "0/0", "5", "2023-11-14", "22:13:20", "app-1/readme"],
    ]
    # RFC 1952: no flags, so no name; no time; a system that is not said.
    assert path.read_bytes()[:10] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"


def test_unzip_sees_names_modes_and_times(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    write_archive(str(path), "app-1", entries_in(tmp_path / "in", 1, 0o600), SECONDS)

    lines = [line.split(maxsplit=7) for line in listed("unzip", "-Z", "-T", str(path)).splitlines()[2:-1]]

    assert [(mode, system, size, when, name) for mode, _, system, size, _, _, when, name in lines] == [
        ("-rwxr-xr-x", "unx", "1048576", "20231114.221320", "app-1/app"),
        ("-rw-r--r--", "unx", "0", "20231114.221320", "app-1/empty"),
        ("-rw-r--r--", "unx", "1", "20231114.221320", "app-1/mit Umläuten"),
        ("-rw-r--r--", "unx", "5", "20231114.221320", "app-1/readme"),
    ]
    listed("unzip", "-q", str(path), "-d", str(tmp_path / "out"))
    app = tmp_path / "out/app-1/app"
    assert app.read_bytes() == (tmp_path / "in/app").read_bytes()
    assert app.stat().st_mode & 0o777 == 0o755


def test_sums_are_those_of_sha256sum(tmp_path: Path) -> None:
    for name in ("b", "a"):
        (tmp_path / name).write_bytes(name.encode() * (3 << 20))
    write_sums(str(tmp_path / "SHA256SUMS"), [str(tmp_path / "b"), str(tmp_path / "a")])

    assert (tmp_path / "SHA256SUMS").read_text() == listed("sh", "-c", f"cd {tmp_path} && sha256sum a b")
    assert hashlib.sha256((tmp_path / "a").read_bytes()).hexdigest() in (tmp_path / "SHA256SUMS").read_text()
