"""Two scons in one tree at once: whatever they do to each other, no wrong program passes for a right one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from fleet import PROGRAMS, SAYS, Fleet, Run, not_ours

pytestmark = pytest.mark.live

OFFSETS = [0, 0.2, 0.5]
"""How many seconds after the first the second one starts."""

HELD = (
    """\
import os, time, SCons.SConsign
held, at = ARGUMENTS.pop("HELD", ""), ARGUMENTS.pop("AT", "")
def hold():
    open(held, "w").close()
    while os.path.exists(held):
        time.sleep(0.01)
def held_before(function, meant):
    def call(*arguments):
        if meant(*arguments) and not done:
            done.append(hold())
        return function(*arguments)
    return call
done = []
if at == "appearance":
    os.replace = held_before(os.replace, lambda made, target: os.path.abspath(target) == os.path.abspath("build/a"))
if at == "note":
    SCons.SConsign.write = held_before(SCons.SConsign.write, lambda: True)
"""
    + PROGRAMS
)
"""A SConstruct whose scons stops before `a` takes its place or before it notes anything, until a file is removed."""


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Fleet:
    return Fleet.in_folder(tmp_path_factory.mktemp("fleet") / "project", "one", "two", "one!", "two!")


@pytest.fixture
def fleet(built: Fleet) -> Fleet:
    built.reset()
    return built


def both(fleet: Fleet, offset: float, first: list[str], second: list[str]) -> None:
    """Run two at once. One that fails says why."""
    with fleet.start("-j2", *first) as one:
        one.ends_within(offset)
        with fleet.start("-j2", *second) as other:
            outcomes = [one.ended(), other.ended()]
    for outcome in outcomes:
        not_ours(outcome)
        assert outcome.status == 0 or "scons: *** [" in outcome.text or "sconsign" in outcome.text, outcome.text


@pytest.mark.parametrize(
    ("first", "second"),
    [([], []), (["build/a", "build/b"], ["build/c", "build/d"]), (["build/a", "build/b", "build/d"], ["build/a"])],
    ids=["the same", "different", "overlapping"],
)
def test_targets(fleet: Fleet, first: list[str], second: list[str]) -> None:
    old, new = "one", "two"
    for offset in OFFSETS:
        fleet.say(new)
        both(fleet, offset, first, second)
        fleet.stands_right(old, new)
        fleet.recovers(new)
        assert not fleet.left_over()
        old, new = new, old


def test_settings(fleet: Fleet) -> None:
    """One wants the loud programs, the other the plain ones, at the same paths."""
    for offset in OFFSETS:
        both(fleet, offset, ["GOTAGS=loud"], [])
        fleet.stands_right("one", "one!")
        fleet.recovers("one")
        fleet.recovers("one!", "GOTAGS=loud")
        assert not fleet.left_over()


@contextmanager
def held(fleet: Fleet, at: str) -> Iterator[Run]:
    """Hold a scons at a point while the body runs, and let it end then."""
    file = fleet.path.parent / "held"
    with fleet.start(f"HELD={file}", f"AT={at}") as run:
        while not file.exists():
            assert not run.ends_within(0.01), run.read()
        yield run
        file.unlink()
        outcome = run.ended()
        assert outcome.status == 0, outcome.text


def test_one_builds_while_the_other_has_proved(fleet: Fleet) -> None:
    """What takes its place is what was proved, whoever else builds the same."""
    fleet.sconstruct(HELD)
    fleet.say("two")
    with held(fleet, "appearance"):
        fleet.scons("-j2", "GOTAGS=loud")
        assert fleet.saying() == dict.fromkeys(SAYS, "two!")
    assert fleet.saying()["a"] == "two"
    fleet.recovers("two")
    fleet.recovers("two!", "GOTAGS=loud")


def test_the_last_to_note_is_not_the_last_to_build(fleet: Fleet) -> None:
    fleet.sconstruct(HELD)
    fleet.say("two")
    with held(fleet, "note"):
        assert fleet.saying() == dict.fromkeys(SAYS, "two")
        fleet.scons("-j2", "GOTAGS=loud")
        assert fleet.saying() == dict.fromkeys(SAYS, "two!")
    fleet.recovers("two")
    fleet.recovers("two!", "GOTAGS=loud")


def test_an_edit_between_the_two(fleet: Fleet) -> None:
    old, new = "one", "two"
    for offset in OFFSETS:
        fleet.say(new)
        with fleet.start("-j2") as one:
            one.ends_within(offset)
            fleet.say(old)
            with fleet.start("-j2") as other:
                outcomes = [one.ended(), other.ended()]
        for outcome in outcomes:
            not_ours(outcome)
        fleet.stands_right(old, new)
        fleet.recovers(old)
        assert not fleet.left_over()
        old, new = new, old
