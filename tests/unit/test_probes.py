"""probes: the answers of tools are kept as long as the files behind them are the same, and only if that says it all."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from golang.probes import Answer, Probes
from golang.store import Store

AGED = pytest.mark.usefixtures("aged")


class Tool:
    """A tool that counts how often it is asked, and the folder that its answers are kept in."""

    def __init__(self, folder: Path) -> None:
        self.store = folder / "kept"
        self.files = [folder / "tool", folder / "lib", folder / "not there"]
        self.files[0].write_text("one")
        self.files[1].mkdir()
        self.asked = 0
        self.certain = True
        self.value: Any = {"version": [1, 26], "path": "ä"}

    def answer(self) -> Answer:
        self.asked += 1
        return Answer(self.value, map(str, self.files), certain=self.certain)

    def ask(self, *question: Any) -> bool:
        """Ask in a run of its own; return whether the tool was asked."""
        before = self.asked
        assert Probes(Store(str(self.store))).ask(question or ("tool",), self.answer) == self.value
        return self.asked > before


@pytest.fixture
def tool(tmp_path: Path) -> Tool:
    return Tool(tmp_path)


@pytest.fixture
def aged(tool: Tool, age: Callable[[], None]) -> None:
    """Every file of the tool is old."""
    del tool
    age()


@AGED
def test_an_answer_is_kept(tool: Tool) -> None:
    assert [tool.ask() for _ in range(3)] == [True, False, False]


@AGED
@pytest.mark.parametrize("value", ["", [], {}, 0, False, None, "text"])
def test_any_answer_is_kept(tool: Tool, value: Any) -> None:
    tool.value = value
    assert [tool.ask(), tool.ask()] == [True, False]


@AGED
def test_an_answer_that_depends_on_nothing_is_kept(tool: Tool) -> None:
    tool.files = []
    assert [tool.ask(), tool.ask()] == [True, False]


@AGED
def test_another_question_is_asked(tool: Tool) -> None:
    assert tool.ask("tool", "-m64")
    assert tool.ask("tool", "-m32")
    assert tool.ask("tool", "-m64", "A=1")
    assert not tool.ask("tool", "-m64")


def changed(tool: Tool) -> None:
    tool.files[0].write_text("three")


def replaced_at_the_same_time_and_size(tool: Tool) -> None:
    status, new = tool.files[0].stat(), tool.files[0].with_name("new")
    new.write_text("two")
    os.utime(new, ns=(status.st_mtime_ns, status.st_mtime_ns))
    new.replace(tool.files[0])


def gone(tool: Tool) -> None:
    tool.files[0].unlink()


def appeared(tool: Tool) -> None:
    tool.files[2].write_text("")


def appeared_as_a_folder(tool: Tool) -> None:
    tool.files[2].mkdir()


def new_file_in_a_folder(tool: Tool) -> None:
    (tool.files[1] / "libc.a").write_text("")


@AGED
@pytest.mark.parametrize(
    "change",
    [changed, replaced_at_the_same_time_and_size, gone, appeared, appeared_as_a_folder, new_file_in_a_folder],
)
def test_a_change_behind_the_answer_asks_again(tool: Tool, change: Callable[[Tool], None]) -> None:
    tool.ask()
    change(tool)
    tool.value = "new"
    assert [tool.ask(), tool.ask()] == [True, False]


@AGED
def test_other_files_do_not_matter(tool: Tool) -> None:
    tool.ask()
    tool.files[0].with_name("another").write_text("")
    (tool.files[1] / "deep").mkdir()
    tool.ask()
    (tool.files[1] / "deep" / "file").write_text("")
    assert not tool.ask()


@AGED
def test_an_uncertain_answer_is_never_kept(tool: Tool) -> None:
    tool.certain = False
    assert [tool.ask(), tool.ask()] == [True, True]


def test_an_answer_about_young_files_is_not_kept(tool: Tool, age: Callable[[], None]) -> None:
    """The tool may be replaced within the same tick of the clock."""
    assert [tool.ask(), tool.ask()] == [True, True]
    age()
    assert [tool.ask(), tool.ask()] == [True, False]


@AGED
def test_an_answer_during_which_a_file_changed_is_not_kept(tool: Tool, monkeypatch: pytest.MonkeyPatch) -> None:
    probes = Probes(Store(str(tool.store)))
    monkeypatch.undo()

    # The run began just after the last change; its clock is that of the file system.
    began = probes._tree.trusted_before = tool.files[1].stat().st_ctime_ns + 1

    def answer() -> Answer:
        while tool.files[0].stat().st_ctime_ns < began:
            tool.files[0].write_text("changed meanwhile")
        return Answer("old", map(str, tool.files))

    assert probes.ask(("tool",), answer) == "old"
    assert tool.ask()


@AGED
def test_an_error_is_passed_on_and_not_kept(tool: Tool) -> None:
    def fails() -> Answer:
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        Probes(Store(str(tool.store))).ask(("tool",), fails)
    assert tool.ask()


@AGED
def test_a_damaged_answer_is_asked_for_again(tool: Tool) -> None:
    tool.ask()
    [kept] = [file for file in tool.store.iterdir() if file.name != ".gitignore"]
    kept.write_bytes(kept.read_bytes()[:-1])
    assert [tool.ask(), tool.ask()] == [True, False]


def test_without_a_store_each_run_asks(tool: Tool) -> None:
    assert Probes().ask(("tool",), tool.answer) == tool.value
    assert Probes().ask(("tool",), tool.answer) == tool.value
    assert tool.asked == 2
