"""run_limited: a process that gets limited time, and of which nothing is left."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from golang.errors import ToolchainError
from golang.runner import Limited, run_limited
from harness import ends


def run(code: str, folder: Path, *, limit: float = 30, keep: int = 100) -> Limited:
    argv = [sys.executable, "-I", "-S", "-c", f"import os, signal, subprocess, sys, time\n{code}"]
    return run_limited(argv, cwd=str(folder), environ={"ONLY": "this"}, limit=limit, keep=keep)


def test_how_it_ends(tmp_path: Path) -> None:
    assert run("sys.exit(3)", tmp_path).status == 3
    assert run("os.kill(os.getpid(), signal.SIGTERM)", tmp_path).status == -signal.SIGTERM
    told = run(
        "print(os.getcwd(), os.environ.get('ONLY'), len(sys.stdin.read()), flush=True); sys.exit('bad')", tmp_path
    )
    assert told.output == f"{tmp_path} this 0\nbad\n"


def test_limit(tmp_path: Path) -> None:
    """Its children end with it."""
    code = "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']).pid, flush=True); time.sleep(600)"
    ended = run(code, tmp_path, limit=2)

    assert ended.status is None
    assert ends(int(ended.output))


def test_what_is_left_of_the_group_ends(tmp_path: Path) -> None:
    code = "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']).pid)"
    ended = run(code, tmp_path)

    assert ended.status == 0
    assert ends(int(ended.output))


def test_a_pipe_that_stays_open_is_not_waited_for(tmp_path: Path) -> None:
    code = "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session=True).pid)"
    ended = run(code, tmp_path, limit=60)

    assert ended.status == 0
    os.kill(int(ended.output), signal.SIGKILL)


def test_output_is_bounded(tmp_path: Path) -> None:
    much = run("[print(f'{number:09}') for number in range(100000)]", tmp_path, keep=20).output

    assert much == "000000000\n000000001\n\n...\n000099998\n000099999\n"
    assert run("print('x' * 39)", tmp_path, keep=20).output == "x" * 39 + "\n"


def test_what_cannot_be_started(tmp_path: Path) -> None:
    with pytest.raises(ToolchainError, match="cannot run /no/such/program: No such file"):
        run_limited(["/no/such/program"], cwd=str(tmp_path), environ={}, limit=1, keep=1)
