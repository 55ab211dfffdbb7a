"""sysroot: the gcc of another system as a command for this machine, and all that it starts."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from golang.drivers import Drivers
from golang.errors import ToolchainError
from golang.runner import Completed
from golang.sysroot import own_compilers

QEMU = "/bin/echo"
"""Says how it is called."""


def system(root: Path, *files: str) -> str:
    for name in files:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    return str(root)


def compilers(sysroot: str, folder: Path, said: str = "") -> Drivers:
    def run(argv: Sequence[str], *, cwd: str | None = None, environ: Mapping[str, str], stdin: str = "") -> Completed:
        del cwd, stdin
        assert argv == [QEMU, "-L", sysroot, f"{sysroot}/usr/bin/gcc", "-print-search-dirs"]
        assert environ["LC_ALL"] == "C"
        return Completed(0, said, "")

    return own_compilers(sysroot, QEMU, str(folder), environ={}, runner=run)


def says(script: str, *arguments: str) -> str:
    return subprocess.run([script, *arguments], capture_output=True, text=True, check=True).stdout.strip()


def test_all_that_gcc_starts_is_emulated(tmp_path: Path) -> None:
    sysroot = system(
        tmp_path / "a system", "usr/bin/gcc", "usr/bin/as", "usr/bin/ld", "usr/lib/gcc/12/cc1", "etc/cc1plus"
    )
    found = compilers(sysroot, tmp_path / "cc", f"install: /x\nprograms: ={sysroot}/usr/bin/../lib/gcc/12/:/etc/\n")
    gcc = found.cc
    own = os.path.dirname(gcc)
    assert says(gcc, "-c", "a b.c") == f"-L {sysroot} {sysroot}/usr/bin/gcc -B{own}/ --sysroot={sysroot} -c a b.c"
    assert says(f"{own}/cc1", "x") == f"-L {sysroot} {sysroot}/usr/lib/gcc/12/cc1 x"
    assert says(f"{own}/ld") == f"-L {sysroot} {sysroot}/usr/bin/ld"
    # Neither what the system does not have, nor what is elsewhere on this machine.
    assert sorted(os.listdir(own)) == ["as", "cc1", "gcc", "ld"]
    assert found.cxx == f"{own}/g++"


def test_scripts_stay_where_they_are(tmp_path: Path) -> None:
    """Go knows a compiler by its path: another one would compile everything again."""
    sysroot = system(tmp_path / "system", "usr/bin/gcc", "usr/bin/g++", "usr/bin/as")
    first = compilers(sysroot, tmp_path / "cc")
    before = os.stat(first.cc)
    assert compilers(sysroot, tmp_path / "cc") == first
    assert os.stat(first.cc).st_mtime_ns == before.st_mtime_ns
    Path(first.cc).write_text("damaged")
    assert compilers(sysroot, tmp_path / "cc") == first
    assert says(first.cc).startswith(f"-L {sysroot}")
    other = system(tmp_path / "other", "usr/bin/gcc", "usr/bin/as")
    assert compilers(other, tmp_path / "cc").cc != first.cc


def test_system_without_gcc_names_where_it_would_be(tmp_path: Path) -> None:
    """It need not be there: a program without cgo asks for no compiler."""
    sysroot = system(tmp_path / "system", "usr/bin/as")
    assert compilers(sysroot, tmp_path / "cc") == Drivers(f"{sysroot}/usr/bin/gcc", f"{sysroot}/usr/bin/g++")
    assert not (tmp_path / "cc").exists()


def test_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "cc").touch()
    with pytest.raises(ToolchainError, match=r"cannot be written: .*\n  fix:    GOCACHE names"):
        compilers(system(tmp_path / "system", "usr/bin/gcc"), tmp_path / "cc")
