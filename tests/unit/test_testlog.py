"""What tests read, and whether that is as it was."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from golang.contents import digest_of_file
from golang.testlog import Reads, digests_of, read_log, reads_in

LOG = """\
# test log
getenv HOME
open a.txt
open ../b/./c.txt
stat /m/d
open /etc/hosts
chdir /m/e
open f
getenv HOME
unknown g
"""


def test_only_what_is_in_the_module_counts() -> None:
    assert read_log(LOG, "/m/a", "/m") == Reads(("a/a.txt", "b/c.txt", "e/f"), ("d",), ("HOME",))
    assert read_log("", "/m/a", "/m") == Reads()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "file").write_text("1")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/one").write_text("")
    return tmp_path


READS = Reads(("file", "folder", "gone"), ("file", "folder", "absent"), ("A", "B"))


def state(root: Path, **environ: str) -> dict[str, str]:
    return READS.state(str(root), digest_of_file, digests_of(environ))


def test_state_names_what_was_read(root: Path) -> None:
    before = state(root, A="1")
    assert reads_in(before) == READS
    assert state(root, A="1", C="of no use") == before
    assert "1" not in before.values()


@pytest.mark.parametrize(
    ("name", "content", "changed"),
    [
        ("file", "2", ["open file"]),
        ("file", "22", ["open file", "stat file"]),
        ("folder/two", "", ["open folder"]),
        ("folder/one", "other", []),
        ("gone", "", ["open gone"]),
        ("absent", "", ["stat absent"]),
    ],
)
def test_what_changes(root: Path, name: str, content: str, changed: list[str]) -> None:
    before = state(root)
    (root / name).write_text(content)
    now = state(root)
    assert [what for what in before if before[what] != now[what]] == changed


@pytest.mark.parametrize(
    ("changed", "unknown"),
    [
        ("file", ["open file", "stat file"]),
        ("folder/two", ["open folder"]),
        ("absent", ["stat absent"]),
        ("gone", ["open gone"]),
        ("other", []),
    ],
)
def test_what_changes_while_it_is_read_is_not_known(root: Path, changed: str, unknown: list[str]) -> None:
    """That a folder is there is all that a look at it tells."""
    began = max(file.stat().st_ctime_ns for file in (root, *root.rglob("*")))
    time.sleep(0.05)
    (root / changed).write_text("changed")
    noted = READS._replace(began=began).state(str(root), digest_of_file, {})
    now = state(root)
    assert [what for what in now if now[what] != noted[what]] == unknown


def test_variables_change(root: Path) -> None:
    before = state(root, A="1")
    for environ in ({"A": "2"}, {}, {"A": "1", "B": ""}):
        now = state(root, **environ)
        assert [what for what in before if before[what] != now[what]] == ["getenv B" if "B" in environ else "getenv A"]
