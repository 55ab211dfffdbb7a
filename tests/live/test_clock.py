"""Clocks that jump, and files whose times say nothing: what is rebuilt is decided by what is in the files."""

from __future__ import annotations

import os
import time

import pytest
from fleet import PROGRAMS, Fleet

pytestmark = pytest.mark.live

DAY = 86400

SHIFTED = (
    """\
import time
now, now_ns, shift = time.time, time.time_ns, int(ARGUMENTS.pop("SHIFT", 0))
time.time = lambda: now() + shift
time.time_ns = lambda: now_ns() + shift * 10**9
"""
    + PROGRAMS
)
"""A SConstruct that runs under another clock."""


@pytest.fixture
def fleet(project) -> Fleet:
    fleet = Fleet(project.path)
    fleet.create(("two", "one"), SHIFTED)
    return fleet


def stamp(fleet: Fleet, seconds: float) -> None:
    """Give the edited file a time."""
    os.utime(fleet / "word/word.go", (seconds, seconds))


def shift_everything(fleet: Fleet, seconds: int) -> None:
    """Let all have happened at another time."""
    for path in fleet.path.rglob("*"):
        status = path.stat()
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + seconds * 10**9))


@pytest.mark.parametrize("when", [0, 1_000_000_000, 2**32], ids=["1970", "2001", "2106"])
def test_a_source_of_another_time(fleet: Fleet, when: int) -> None:
    for word in ("two", "one"):
        fleet.say(word)
        stamp(fleet, when if word == "two" else when + 1)
        fleet.recovers(word)


def test_a_source_in_the_future_changes_and_keeps_size_and_time(fleet: Fleet) -> None:
    future = time.time() + 30 * DAY
    stamp(fleet, future)
    fleet.recovers("one")
    for word in ("two", "one"):
        fleet.say(word)
        stamp(fleet, future)
        fleet.recovers(word)


@pytest.mark.parametrize("shift", [-DAY, DAY], ids=["set forward", "set back"])
def test_the_clock_is_changed_between_builds(fleet: Fleet, shift: int) -> None:
    """All that was, happened a day before or after what the clock says now."""
    fleet.say("two")
    shift_everything(fleet, shift)
    fleet.recovers("two", f"SHIFT={shift}")
    shift_everything(fleet, shift)

    fleet.recovers("two")
    fleet.say("one")
    fleet.recovers("one")
    fleet.say("two")
    fleet.recovers("two", f"SHIFT={-3 * shift}")
    fleet.say("one")
    fleet.recovers("one")
