"""The command line of a go build of several programs, what it says of each, and how a process is followed."""

from __future__ import annotations

import os
import sys

import pytest

from golang.errors import ToolchainError
from golang.gobuild import GoMessages, build_argv
from golang.runner import follow

SAID = """\
internal/goarch
example.org/m/lib
# example.org/m/lib
lib/lib.go:3:1: missing return
example.org/m/cmd/a
example.org/m/cmd/b [example.org/m/cmd/b]
# example.org/m/pgo [example.org/m/cmd/b]
pgo/pgo.go:1:1: broken
	note: in a profile
# example.org/m/cmd/c
ld: cannot find -lextra
"""


def said(text: str, *flags: str) -> GoMessages:
    messages = GoMessages(flags)
    for line in text.splitlines():
        messages.add(line)
    return messages


def test_each_program_is_told_what_concerns_it() -> None:
    messages = said(SAID)
    library = "# example.org/m/lib\nlib/lib.go:3:1: missing return"
    profiled = "# example.org/m/pgo [example.org/m/cmd/b]\npgo/pgo.go:1:1: broken\n\tnote: in a profile"
    a, b, c = (f"example.org/m/cmd/{name}" for name in "abc")

    assert messages.of(a, {a, "example.org/m/lib", "example.org/m/pgo"}) == library
    assert messages.of(b, {b, "example.org/m/lib", "example.org/m/pgo"}) == f"{library}\n{profiled}"
    assert messages.of("example.org/m/cmd/d", {"fmt"}) == ""
    assert messages.of_none([(a, {a, "example.org/m/lib"}), (c, {c})]) == profiled
    assert messages.compiling == "example.org/m/cmd/b [example.org/m/cmd/b]"


def test_import_paths_are_told_only_if_asked_for() -> None:
    assert said("fmt\nexample.org/m/v2/a.b_c~d-e\n").text == ""
    assert said("fmt\n", "-trimpath", "-v").text == "fmt"
    problems = "go: no such module\nmain.go:1:1: broken\n^\n      ^~~~\n"
    assert said(problems).text == problems.rstrip("\n")


def test_what_an_interrupt_leaves_is_nobodys_fault() -> None:
    assert said("fmt\n").interrupted
    assert said("# example.org/m/lib\ncompile: signal: interrupt\n").interrupted
    assert not said(SAID).interrupted


def test_command_line() -> None:
    argv = build_argv(
        ("/qemu", "/go"), "/m", ["./cmd/a", "./cmd/b"], output="/out", jobs="2", overlay="/o.json", flags=["-trimpath"]
    )
    assert " ".join(argv) == "/qemu /go build -C /m -o /out/ -p 2 -v -overlay=/o.json -trimpath ./cmd/a ./cmd/b"


def test_following_hears_lines_and_silence() -> None:
    code = "import sys, time; print('one', flush=True); time.sleep(0.5); print('two', file=sys.stderr); sys.exit(3)"
    heard: list[str | None] = []

    assert follow([sys.executable, "-c", code], environ=os.environ, heard=heard.append, every=0.05) == 3

    assert [line for line in heard if line is not None] == ["one", "two"]
    assert None in heard


def test_following_ends_what_nobody_listens_to() -> None:
    def hear(line: str | None) -> None:
        raise OSError(line)

    with pytest.raises(OSError, match="one"):
        follow(["sh", "-c", "echo one; exec sleep 60"], environ=os.environ, heard=hear, every=1)
    with pytest.raises(ToolchainError, match="cannot run /no/go"):
        follow(["/no/go"], environ={}, heard=hear, every=1)
