"""Killed or interrupted at any moment: no wrong program stands under its name, and the next run recovers."""

from __future__ import annotations

import re
import signal
import time

import pytest
from fleet import PROGRAMS, Fleet

pytestmark = pytest.mark.live

MORTAL = (
    """\
import atexit, os, sys, signal
changes = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.symlink", "os.link", "subprocess.Popen"}
left = [int(ARGUMENTS.pop("DIE_AT", 1000000))]
def count_down(event, arguments):
    writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    if event in changes or writes:
        left[0] -= 1
        if left[0] < 0:
            os.killpg(0, signal.SIGKILL)
sys.addaudithook(count_down)
atexit.register(lambda: print("changes:", 1000000 - left[0]))
"""
    + PROGRAMS
)
"""A SConstruct whose scons kills itself just before it changes the file system, or starts something, once more."""


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Fleet:
    return Fleet.in_folder(tmp_path_factory.mktemp("fleet") / "project", "one", "two")


@pytest.fixture
def fleet(built: Fleet) -> Fleet:
    built.reset()
    return built


def duration(fleet: Fleet) -> float:
    """Return how long a build takes."""
    start = time.monotonic()
    fleet.scons("-j2")
    return time.monotonic() - start


def spread(whole: float, points: int = 7) -> list[float]:
    """Return points of time over a build, from its very start to its end."""
    return [0.05 + (whole - 0.05) * point / (points - 1) for point in range(points)]


def killed_after(fleet: Fleet, delay: float, *, alone: bool = False) -> bool:
    """Kill a build after a while; return whether it still ran."""
    with fleet.start("-j2") as run:
        run.ends_within(delay)
        return run.end(signal.SIGKILL, alone=alone).status == -signal.SIGKILL


def test_killed_at_any_time_of_a_build_from_nothing(fleet: Fleet) -> None:
    hit = 0
    fleet.clean()
    for delay in spread(duration(fleet)):
        fleet.clean()
        hit += killed_after(fleet, delay)
        fleet.stands_right("one")
        fleet.recovers("one")
        assert not fleet.left_over()
    assert hit


def test_killed_at_any_time_after_an_edit(fleet: Fleet) -> None:
    fleet.say("two")
    hit, old, new = 0, "two", "one"
    for delay in spread(duration(fleet)):
        fleet.say(new)
        hit += killed_after(fleet, delay)
        fleet.stands_right(old, new)
        fleet.recovers(new)
        assert not fleet.left_over()
        old, new = new, old
    assert hit


@pytest.mark.parametrize("then", ["go on", "take the edit back"])
def test_killed_before_a_change_that_scons_makes(fleet: Fleet, then: str) -> None:
    """The last points lie between a program's appearance and SCons's note of it, however fast the machine is."""
    fleet.sconstruct(MORTAL)
    fleet.say("two")
    old, new = "two", "one"
    match = re.search(r"^changes: (\d+)$", fleet.scons("-j2").stdout, re.MULTILINE)
    assert match
    for point in range(7):
        fleet.say(new)
        with fleet.start("-j2", f"DIE_AT={int(match[1]) * point // 7}") as run:
            assert run.ended().status == -signal.SIGKILL
        fleet.stands_right(old, new)
        if then == "go on":
            fleet.recovers(new)
            assert not fleet.left_over()
            old, new = new, old
        else:
            fleet.say(old)
            fleet.recovers(old)


def test_scons_alone_is_killed_and_what_it_started_goes_on(fleet: Fleet) -> None:
    """As when memory runs out: the next run meets a compiler and a linker that still write."""
    fleet.say("two")
    whole = duration(fleet)
    hit, old, new = 0, "two", "one"
    for delay in spread(whole, 4):
        fleet.say(new)
        hit += killed_after(fleet, delay, alone=True)
        fleet.say("three")
        fleet.scons("-j2")
        assert set(fleet.saying().values()) == {"?"}
        fleet.say(old)
        fleet.recovers(old)
        time.sleep(whole)
        fleet.recovers(old)
        old, new = new, old
    assert hit


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted(fleet: Fleet, number: signal.Signals) -> None:
    """Ctrl-C reaches all that a terminal runs, `kill` scons alone."""
    fleet.say("two")
    hit, old, new = 0, "two", "one"
    for delay in spread(duration(fleet), 5)[:-1]:
        fleet.say(new)
        with fleet.start("-j2", environ={"PYTHONUNBUFFERED": "1"}) as run:
            while "scons: Building targets ...\n" not in run.read():
                assert not run.ends_within(0.01), run.read()
            run.ends_within(delay)
            outcome = run.end(number, alone=number == signal.SIGTERM)
        # Once SCons is done it no longer hears signals, and Python may end by one.
        assert outcome.status in {0, 2, -number}
        if "scons: done building targets." not in outcome.text:
            assert outcome.status == 2, outcome.text
            assert "scons: Build interrupted." in outcome.text
            assert "Traceback" not in outcome.text
            hit += 1
        fleet.stands_right(old, new)
        fleet.recovers(new)
        assert not fleet.left_over()
        old, new = new, old
    assert hit
