"""What the tool keeps for the next run is never believed when it is damaged: no traceback, no wrong program."""

from __future__ import annotations

import json
import pickle
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from fleet import Fleet

pytestmark = pytest.mark.live

WORDS = ("one", "two")


def truncated(at: float) -> Callable[[Path], object]:
    """Return what cuts a file at a part of its length, or one byte before its end."""
    return lambda file: file.write_bytes(file.read_bytes()[: int(file.stat().st_size * at) if at < 1 else -1])


def flipped(file: Path) -> None:
    """Change single bytes all over a file."""
    content = bytearray(file.read_bytes())
    for place in random.Random(1).sample(range(len(content)), min(20, len(content))):
        content[place] ^= 1
    file.write_bytes(content)


def replaced(content: bytes) -> Callable[[Path], object]:
    """Return what puts something else there."""
    return lambda file: file.write_bytes(content)


def remove(path: Path) -> None:
    """Remove whatever stands there, if anything."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def directory(file: Path) -> None:
    """Put a folder there, which is not empty."""
    remove(file)
    (file / "inside").mkdir(parents=True)


def unreadable(file: Path) -> None:
    """Also for root, whom no permission bits stop."""
    remove(file)
    file.symlink_to(file.name)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "empty": truncated(0),
    "a third": truncated(1 / 3),
    "cut short": truncated(1),
    "bytes flipped": flipped,
    "garbage": replaced(random.Random(2).randbytes(5000)),
    "text": replaced(b"not what it was\n" * 100),
    "foreign json": replaced(json.dumps({"version": 999, "files": None, "packages": [1]}).encode()),
    "foreign list": replaced(b"[[[]]]"),
    "deep": replaced(b"[" * 100_000),
    "foreign pickle": replaced(pickle.dumps({"version": None, 1: object}, protocol=4)),
    "directory": directory,
    "unreadable": unreadable,
    "removed": remove,
}


def kept(fleet: Fleet) -> list[Path]:
    """Return the files that a build leaves at the top of the project for the next one. SCons answers for its own."""
    files = [
        file
        for top in fleet.path.glob(".*")
        if not top.name.startswith(".sconsign")
        for file in (top, *top.rglob("*"))
        if file.is_file()
    ]
    assert files
    return sorted(files)


@pytest.fixture(scope="module")
def fleet(tmp_path_factory) -> Fleet:
    folder = tmp_path_factory.mktemp("fleet") / "project"
    folder.mkdir()
    fleet = Fleet(folder)
    fleet.create(("two", "one"))
    return fleet


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged(fleet: Fleet, damage: str) -> None:
    """Each damage to two kinds of files, each kind damaged in several ways; tests/unit/test_store.py has more."""
    fleet.reset()
    kinds = list({file.name.partition("-")[0]: file for file in kept(fleet)}.values())
    first = 2 * list(DAMAGES).index(damage)
    for number in (0, 1):
        file = kinds[(first + number) % len(kinds)]
        DAMAGES[damage](file)
        fleet.recovers(WORDS[number])
        DAMAGES[damage](file)
        fleet.say(WORDS[1 - number])
        fleet.recovers(WORDS[1 - number])


def test_an_older_one_is_put_back(fleet: Fleet) -> None:
    fleet.reset()
    older = {file: file.read_bytes() for file in kept(fleet)}
    fleet.say("two")
    fleet.recovers("two")
    for file, content in older.items():
        file.write_bytes(content)
    fleet.recovers("two")
    fleet.say("one")
    for file, content in older.items():
        file.write_bytes(content)
    fleet.recovers("one")


@pytest.mark.parametrize("what", ["file", "loop"])
def test_something_else_is_where_they_are_kept(fleet: Fleet, what: str) -> None:
    fleet.reset()
    for top in {fleet.path / file.relative_to(fleet.path).parts[0] for file in kept(fleet)}:
        remove(top)
        if what == "file":
            top.write_text("of someone")
        else:
            top.symlink_to(top.name)
        fleet.recovers("one")
        fleet.say("two")
        fleet.recovers("two")
        remove(top)
        fleet.say("one")
        fleet.recovers("one")
