"""index.history: what programs were built from last, kept by several processes in one tree."""

from __future__ import annotations

from pathlib import Path

from golang.index.closures import Part
from golang.index.history import History
from golang.store import Store

PARTS = {
    "a1": Part("m/a", {"a.go": "1"}, ("l1",)),
    "a2": Part("m/a", {"a.go": "2"}, ("l1",)),
    "b1": Part("m/b", {"b.go": "1"}, ("l1",)),
    "l1": Part("m/l", {"l.go": "1"}, ()),
}


def test_what_changed_since_an_earlier_run(tmp_path: Path) -> None:
    first = History(Store(str(tmp_path)))
    first.remember("a", "a1", "settings", PARTS.get)
    first.save()
    later = History(Store(str(tmp_path)))
    assert later.last("a") == ("a1", "settings")
    assert later.last("b") == ("", "")
    assert later.changes("a1", "a2", PARTS.get) == [("m/a", "a.go", "changed")]
    assert later.changes("gone", "a2", PARTS.get) is None


def test_two_processes_keep_what_the_other_noted(tmp_path: Path) -> None:
    one, other = (History(Store(str(tmp_path))) for _ in range(2))
    one.remember("a", "a1", "", PARTS.get)
    other.remember("b", "b1", "", PARTS.get)
    one.save()
    other.save()
    later = History(Store(str(tmp_path)))
    assert (later.last("a")[0], later.last("b")[0]) == ("a1", "b1")
    assert all(map(later.has, ("a1", "b1", "l1")))


def test_what_no_program_consists_of_any_more_is_forgotten(tmp_path: Path) -> None:
    for digest in ("a1", "a2"):
        history = History(Store(str(tmp_path)))
        history.remember("a", digest, "", PARTS.get)
        history.save()
    later = History(Store(str(tmp_path)))
    assert not later.has("a1")
    assert later.has("a2")
