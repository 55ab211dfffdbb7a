"""Who is about to start go goes first, and keeps nobody from anything else for long."""

from __future__ import annotations

import threading

from golang._scons import precedence
from golang._scons.precedence import Precedence

LONG = 30


def in_thread(work) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def test_others_wait_until_go_runs(monkeypatch) -> None:
    monkeypatch.setattr(precedence, "LIMIT", LONG)
    first, claimed, may_release, done = Precedence(), threading.Event(), threading.Event(), []

    def start_go() -> None:
        first.claim()
        claimed.set()
        may_release.wait(LONG)
        done.append("go")
        first.release()

    def look() -> None:
        first.respect()
        done.append("looked")

    starter = in_thread(start_go)
    assert claimed.wait(LONG)
    other = in_thread(look)
    other.join(0.2)
    assert not done
    may_release.set()
    starter.join(LONG)
    other.join(LONG)
    assert done == ["go", "looked"]


def test_what_keeps_go_from_starting_keeps_others_for_a_short_time_only(monkeypatch) -> None:
    monkeypatch.setattr(precedence, "LIMIT", 0.01)
    first = Precedence()
    in_thread(first.claim).join(LONG)
    first.respect()
    # Later it is a matter of no time at all.
    monkeypatch.setattr(precedence, "LIMIT", LONG)
    first.respect()


def test_nobody_waits_for_oneself(monkeypatch) -> None:
    monkeypatch.setattr(precedence, "LIMIT", 100 * LONG)
    first, done = Precedence(), []

    def start_go_and_look() -> None:
        first.claim()
        first.respect()
        done.append("looked")

    in_thread(start_go_and_look).join(LONG)
    assert done
