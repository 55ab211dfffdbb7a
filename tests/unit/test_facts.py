"""facts: what is computed from them."""

from __future__ import annotations

import dataclasses

import pytest

from golang.facts import BinaryFacts, BuildInfo, ElfFacts, version_key


def make_elf(**versions: tuple[str, ...]) -> ElfFacts:
    return ElfFacts(type="EXEC", machine="X86_64", bits=64, little_endian=True, symbol_versions=versions)


@pytest.mark.parametrize(
    ("versions", "floor"),
    [
        ((), None),
        (("GLIBC_2.2.5",), "2.2.5"),
        (("GLIBC_2.9", "GLIBC_2.34", "GLIBC_2.4"), "2.34"),
        (("GLIBC_2.34", "GLIBC_2.34.1"), "2.34.1"),
        (("GLIBC_PRIVATE", "GLIBCXX_3.4.30", "CXXABI_1.3"), None),
        (("GLIBC_PRIVATE", "GLIBC_2.3"), "2.3"),
    ],
)
def test_glibc_floor(versions: tuple[str, ...], floor: str | None) -> None:
    assert make_elf(libc=versions).glibc_floor == floor


def test_glibc_floor_is_over_all_libraries() -> None:
    assert make_elf(a=("GLIBC_2.3",), b=("GLIBC_2.17",)).glibc_floor == "2.17"


@pytest.mark.parametrize(("low", "high"), [("2.9", "2.34"), ("2", "2.1"), ("2.x", "2.1")])
def test_versions_are_compared_as_numbers(low: str, high: str) -> None:
    assert version_key(low) < version_key(high)


def test_facts_cannot_be_changed() -> None:
    facts = BinaryFacts(format="ELF", size=1, elf=make_elf())
    with pytest.raises(dataclasses.FrozenInstanceError):
        facts.size = 2  # type: ignore[misc]


def test_cgo_is_unknown_where_it_was_not_recorded() -> None:
    assert BuildInfo(go_version="go1.26").cgo_enabled is None
