"""inspect agrees with readelf on the programs and libraries of this machine."""

from __future__ import annotations

from pathlib import Path

import pytest
from readelf_oracle import get_found, read_expected

from golang.inspect import inspect_file
from golang.linkage import Kind
from golang.verdict import classify

pytestmark = pytest.mark.live
FOLDERS = (
    "/usr/bin",
    "/usr/sbin",
    "/usr/lib",
    "/usr/lib64",
    "/usr/lib/x86_64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
)
PER_FOLDER = 12
ALWAYS = (
    "ldconfig",
    "libc.so.6",
    "ld-linux-x86-64.so.2",
    "ld-linux-aarch64.so.1",
    "ld-musl-x86_64.so.1",
)


def find_binaries() -> list[Path]:
    """Return some ELF files of each folder, spread over the alphabet, and the peculiar ones."""
    found: dict[Path, None] = {}
    for folder in map(Path, FOLDERS):
        if not folder.is_dir():
            continue
        files = [path for path in sorted(folder.iterdir()) if is_elf(path)]
        spread = files[:: max(1, len(files) // PER_FOLDER)][:PER_FOLDER]
        found.update(dict.fromkeys(spread))
        found.update(dict.fromkeys(path for path in files if path.name in ALWAYS))
    return list(found)


def is_elf(path: Path) -> bool:
    """Whether it is a readable ELF file."""
    try:
        with path.open("rb") as stream:
            return stream.read(4) == b"\x7fELF"
    except OSError:
        return False


BINARIES = find_binaries()


def test_there_are_enough_of_them() -> None:
    assert len(BINARIES) >= 20


@pytest.mark.parametrize("path", BINARIES, ids=str)
def test_agrees_with_readelf(path: Path) -> None:
    facts = inspect_file(path)
    assert facts.elf is not None
    assert get_found(facts.elf) == read_expected(path)
    verdict = classify(facts)
    assert verdict.kind is not Kind.BROKEN
    if facts.elf.interpreter or facts.elf.needed:
        assert verdict.kind in (Kind.DYNAMIC, Kind.SHARED_LIBRARY, Kind.INTERPRETER_ONLY)
