"""Where binaries are until they are proved."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from golang._scons.staging import beside, discard, sweep, unproved


def test_a_binary_has_another_name_beside_its_target(tmp_path: Path) -> None:
    target = tmp_path / "app"
    made = Path(unproved(str(target)))
    made.parent.mkdir()
    made.write_text("program")

    with beside(str(made), str(target)) as path:
        assert Path(path).parent == tmp_path
        assert Path(path).read_text() == "program"
        assert path != str(target)
        sweep([str(tmp_path)])
        assert Path(path).exists(), "it belongs to a process that lives"
    assert sorted(tmp_path.iterdir()) == [made.parent]
    made.replace(target)
    with beside(str(target), str(target)) as path:
        assert path == str(target)
    assert target.exists()


def test_no_two_targets_are_in_one_folder(tmp_path: Path) -> None:
    longest = "n" * os.pathconf(tmp_path, "PC_NAME_MAX")
    paths = [Path(unproved(str(tmp_path / name))) for name in ("app", "app.so", "\udcff", longest)]
    assert len({path.parent for path in paths}) == 4
    for path in paths:
        path.parent.mkdir()
        path.touch()


def test_what_another_process_removes_first_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os.path, "lexists", lambda _: True)
    discard(str(tmp_path / "app.rejected"))


def test_what_a_killed_process_left_is_swept(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True, check=True
    )
    own = Path(unproved(str(tmp_path / "app"))).parent.name
    left = own.replace(f"-{os.getpid()}-", f"-{ended.stdout.strip()}-")
    (tmp_path / left).mkdir()
    (tmp_path / left / "app").touch()
    (tmp_path / f"{left}7").touch()
    (tmp_path / own).mkdir()

    sweep([str(tmp_path)])

    assert [entry.name for entry in tmp_path.iterdir()] == [own]
