"""Where a loader finds the libraries of a program (linkage case C13)."""

from __future__ import annotations

from pathlib import Path

from golang.facts import ElfFacts
from golang.finding import Finding
from golang.linkage import Level
from golang.loading import loading_findings


def missing(place: Path, level: Level = Level.WARN, **facts: tuple[str, ...]) -> list[Finding]:
    elf = ElfFacts(type="EXEC", machine="EM_X86_64", bits=64, little_endian=True, **facts)  # type: ignore[arg-type]
    return list(loading_findings(elf, "app", str(place / "bin/app"), ["libc.so.*"], here=False, level=level))


def test_run_paths(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/libfoo.so").write_text("no library that can be read")
    assert missing(tmp_path, needed=("libc.so.6",)) == []
    assert missing(tmp_path, needed=("libfoo.so",), runpath=("$ORIGIN/../lib",)) == []
    assert missing(tmp_path, needed=("libfoo.so",), rpath=("/nowhere", "${ORIGIN}/../lib")) == []
    assert missing(tmp_path, needed=(str(tmp_path / "lib/libfoo.so"),)) == []
    assert missing(tmp_path, Level.OK, needed=("libfoo.so",)) == []


def test_what_is_not_found_is_told(tmp_path: Path) -> None:
    # Where there is a DT_RUNPATH, DT_RPATH does not count.
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/libfoo.so").write_text("")
    (found,) = missing(tmp_path, needed=("libfoo.so",), runpath=("$ORIGIN",), rpath=(str(tmp_path / "lib"),))
    assert found.level is Level.WARN
    assert found.wanted == "libfoo.so, which app needs, found where app is"
    assert found.found == f"it is not in {tmp_path / 'bin'}"
    assert found.why == "run path $ORIGIN"
    (found,) = missing(tmp_path, Level.ERROR, needed=("lib/libfoo.so",))
    assert found.level is Level.ERROR
    assert "it has no run path" in found.found


def test_a_relative_run_path_leads_anywhere(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/libfoo.so").write_text("")
    (found,) = missing(tmp_path, needed=("libfoo.so",), runpath=("$ORIGIN", "lib"))
    assert "a run path that is relative, 'lib': the loader looks in the folder that a process runs in" in found.found
    assert "RPATH=[env.Dir('lib')]" in found.fix
