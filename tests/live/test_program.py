"""A Go program in each linkage: built, proved, and checked with readelf and by running it."""

from __future__ import annotations

import pytest

from harness import LOOKUP, Project, elf_type, interpreter, is_static, needed

pytestmark = pytest.mark.live

ALL = 'env.GoProgram("build/$GOLINKAGE/app", "cmd/app", linkage=["dynamic", "static", "static-libc", "static-pie"])'


@pytest.fixture
def lookup(project: Project) -> Project:
    project.module({"cmd/app/main.go": LOOKUP})
    project.sconstruct(ALL)
    return project


def test_every_linkage_is_what_readelf_says(lookup: Project) -> None:
    outcome = lookup.scons("-j2")

    assert sorted(outcome.built) == ["dynamic/app", "static-libc/app", "static-pie/app", "static/app"]
    assert interpreter(lookup / "build/dynamic/app")
    assert needed(lookup / "build/dynamic/app") == ["libc.so.6"]
    for linkage, elf in (("static", "EXEC"), ("static-libc", "EXEC"), ("static-pie", "DYN")):
        binary = lookup / f"build/{linkage}/app"
        assert is_static(binary)
        assert elf_type(binary) == elf
        assert f"build/{linkage}/app: {linkage}" in outcome.stdout
        lookup.run(str(binary), check=True)
    lookup.up_to_date()


def test_aliases_name_program_and_linkage(lookup: Project) -> None:
    assert lookup.scons("app-static").built == ["static/app"]
    assert lookup.scons("app").built == ["dynamic/app"]
    assert lookup.scons("-c", "app-static").stdout == "Removed build/static/app\n"
    assert not (lookup / "build/static/app").exists()
    assert (lookup / "build/dynamic/app").exists()
