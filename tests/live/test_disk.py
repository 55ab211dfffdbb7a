"""A full disk and a read-only one: one clear message, nothing wrong stands, and the next run recovers."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from fleet import PROGRAMS, SAYS, Fleet, not_ours

from harness import Outcome

pytestmark = pytest.mark.live

SIZE = 24 << 20


class Disk:
    """A small file system of its own, in a mount namespace that ends with the test."""

    def __init__(self, path: Path) -> None:
        path.mkdir()
        self._path = path
        mount = f"mount -t tmpfs -o size={SIZE} none '{path}' && echo mounted && exec cat"
        # Root may lack the right to mount, and others may not be allowed a user namespace.
        for user in ([], ["--user", "--map-root-user"]):
            self._holder = subprocess.Popen(
                ["unshare", "--mount", *user, "sh", "-c", mount],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            assert self._holder.stdout
            self._enter = ["nsenter", f"--target={self._holder.pid}", "--mount"]
            self._enter += ["--user", "--preserve-credentials"] if user else []
            if self._holder.stdout.readline() == b"mounted\n":
                self.root = Path(f"/proc/{self._holder.pid}/root{path}")
                return
            self.close()
        pytest.skip("no file system can be mounted here, neither as root nor in a user namespace")

    def argv(self, *argv: str) -> list[str]:
        """Return a command as it must be run to see the disk."""
        return [*self._enter, "env", "-C", f"{self._path}/project", *argv]

    def mount(self, options: str) -> None:
        """Mount it again, `ro` or `rw`."""
        subprocess.run([*self._enter, "mount", "-o", f"remount,bind,{options}", str(self._path)], check=True)

    def fill(self, leave: int) -> None:
        """Fill it up to a rest."""
        filling = self.root / "filling"
        filling.unlink(missing_ok=True)
        room = os.statvfs(self.root)
        with filling.open("wb") as stream:
            os.posix_fallocate(stream.fileno(), 0, room.f_bavail * room.f_bsize)
            os.truncate(stream.fileno(), os.fstat(stream.fileno()).st_size - leave)

    def empty(self) -> None:
        """Make room again."""
        (self.root / "filling").unlink()

    def close(self) -> None:
        """Let it go."""
        assert self._holder.stdin
        assert self._holder.stdout
        self._holder.stdin.close()
        self._holder.stdout.close()
        self._holder.wait(60)


class DiskFleet(Fleet):
    """A fleet on such a disk."""

    def __init__(self, disk: Disk) -> None:
        self.disk = disk
        (disk.root / "project").mkdir()
        super().__init__(disk.root / "project")

    def run(self, *argv: str, environ: Mapping[str, str] | None = None, check: bool = False) -> Outcome:
        return super().run(*self.disk.argv(*argv), environ=environ, check=check)

    def try_scons(self, *arguments: str) -> Outcome:
        """Run scons, which may fail, but only with a message; SCons stumbles over its own database as it does."""
        outcome = self.run(sys.executable, "-m", "SCons", "-Q", "-j2", *arguments)
        not_ours(outcome)
        assert outcome.status in (0, 2), outcome.text
        return outcome


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Iterator[DiskFleet]:
    disk = Disk(tmp_path_factory.mktemp("small") / "disk")
    fleet = DiskFleet(disk)
    fleet.create()
    yield fleet
    disk.close()


@pytest.fixture
def fleet(built: DiskFleet, tmp_path: Path) -> DiskFleet:
    """SCons's own database is on another disk, so that what goes wrong is ours."""
    built.reset(f'SConsignFile("{tmp_path}/database")\n{PROGRAMS}')
    return built


@pytest.mark.parametrize("leave", [0, 64 << 10, 5 << 20], ids=str)
def test_full_from_nothing(fleet: DiskFleet, leave: int) -> None:
    fleet.clean()
    fleet.disk.fill(leave)

    outcome = fleet.try_scons("-k")

    assert outcome.status == 2
    assert "Traceback" not in outcome.text
    assert re.search("scons: \\*\\*\\* \\[build/[abcd]\\]", outcome.stderr)
    assert "no space left on device" in outcome.stderr.lower()
    fleet.stands_right("one")
    fleet.disk.empty()
    fleet.recovers("one")


def test_full_after_an_edit(fleet: DiskFleet) -> None:
    for leave, old, new in ((0, "one", "two"), (64 << 10, "two", "one"), (2 << 20, "one", "two")):
        fleet.say(new)
        fleet.disk.fill(leave)
        outcome = fleet.try_scons("-k")
        assert "Traceback" not in outcome.text
        assert outcome.status == 0 or "no space left on device" in outcome.stderr.lower()
        fleet.stands_right(old, new)
        fleet.disk.empty()
        fleet.recovers(new)


@pytest.mark.parametrize("leave", [0, 4096])
def test_no_room_for_what_is_only_a_cache(fleet: DiskFleet, leave: int) -> None:
    """Nothing is to be compiled; what this tool notes for the next run is no reason to fail."""
    for file in fleet.path.rglob("*.go"):
        os.utime(file, (1_000_000_000, 1_000_000_000))
    fleet.disk.fill(leave)

    outcome = fleet.scons()

    assert not outcome.built
    assert "is up to date" in outcome.stdout
    fleet.disk.empty()
    fleet.recovers("one")
    fleet.say("two")
    fleet.recovers("two")


def test_full_when_scons_writes_its_database(built: DiskFleet) -> None:
    fleet = built
    fleet.reset()
    for leave, old, new in ((0, "one", "two"), (4096, "two", "one")):
        fleet.say(new)
        fleet.disk.fill(leave)
        fleet.try_scons()
        fleet.stands_right(old, new)
        fleet.try_scons()
        fleet.stands_right(old, new)
        fleet.disk.empty()
        fleet.recovers(new)


def test_read_only(fleet: DiskFleet) -> None:
    fleet.disk.mount("ro")
    fleet.up_to_date()
    fleet.disk.mount("rw")
    fleet.say("two")
    fleet.disk.mount("ro")

    outcome = fleet.try_scons("build/a")

    assert outcome.status == 2
    assert "Traceback" not in outcome.text
    assert len(re.findall("scons: \\*\\*\\*", outcome.stderr)) == 1
    assert "read-only file system" in outcome.stderr.lower()
    assert fleet.saying() == dict.fromkeys(SAYS, "one")
    fleet.disk.mount("rw")
    fleet.recovers("two")


def test_read_only_with_the_database(built: DiskFleet) -> None:
    """SCons itself writes its database even when there is nothing to note."""
    fleet = built
    fleet.reset()
    fleet.disk.mount("ro")
    outcome = fleet.try_scons()
    assert not outcome.built
    assert "is up to date" in outcome.stdout
    assert fleet.saying() == dict.fromkeys(SAYS, "one")
    fleet.disk.mount("rw")
    fleet.recovers("one")
