"""Programs for macOS and Windows: built without cgo, proved from their bytes, checked with Go's own readers (C19)."""

from __future__ import annotations

import itertools
import os
import struct
import sys
from pathlib import Path

import pytest

from golang.errors import InspectError
from golang.facts import BinaryFacts
from golang.inspect import inspect_file
from golang.linkage import Kind
from golang.verdict import classify
from harness import LOOKUP, ROOT, Outcome, Project

pytestmark = pytest.mark.live

ORACLE = """\
package main

import (
	"debug/macho"
	"debug/pe"
	"fmt"
	"os"
)

type libraries interface{ ImportedLibraries() ([]string, error) }

func main() {
	for _, name := range os.Args[1:] {
		var file libraries
		if found, err := macho.Open(name); err == nil {
			file = found
		} else if found, err := pe.Open(name); err == nil {
			symbols, _ := found.ImportedSymbols()
			for _, symbol := range symbols {
				fmt.Println(name, symbol)
			}
			continue
		}
		loaded, _ := file.ImportedLibraries()
		for _, library := range loaded {
			fmt.Println(name, library)
		}
	}
}
"""
PLATFORMS = ("darwin/amd64", "darwin/arm64", "windows/amd64")


@pytest.fixture(scope="module")
def matrix(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A program that resolves hosts and users, built for all platforms with one call."""
    project = Project(tmp_path_factory.mktemp("images"))
    project.module({"cmd/app/main.go": LOOKUP, "cmd/oracle/main.go": ORACLE})
    project.sconstruct(f"env.GoProgram(None, 'cmd/app', linkage='static', platform={list(PLATFORMS)!r})")
    outcome = project.scons(*(f"app-static-{place.replace('/', '-')}" for place in PLATFORMS))
    for place in PLATFORMS:
        assert f"build/{place.replace('/', '-')}/static/app{suffix(place)}: system-only: " in outcome.stdout
    return project


def suffix(place: str) -> str:
    return ".exe" if place.startswith("windows") else ""


def program(project: Project, place: str) -> Path:
    return project / f"build/{place.replace('/', '-')}/static/app{suffix(place)}"


def libraries(facts: BinaryFacts) -> set[str]:
    return {library for image in facts.images for library in image.libraries}


def test_nothing_is_left_to_do(matrix: Project) -> None:
    matrix.up_to_date(*(f"app-static-{place.replace('/', '-')}" for place in PLATFORMS))


def test_libraries_are_those_that_go_finds(matrix: Project) -> None:
    files = [program(matrix, place) for place in PLATFORMS]
    told = matrix.run("go", "run", "./cmd/oracle", *map(str, files), check=True).stdout.splitlines()
    for file in files:
        lines = [line.partition(" ")[2] for line in told if line.startswith(f"{file} ")]
        assert lines
        # Of PE files Go tells the symbols, each with its library.
        assert libraries(inspect_file(file)) == {line.rpartition(":")[2] for line in lines}


@pytest.mark.parametrize(
    ("place", "machine", "system"),
    [
        ("darwin/amd64", "X86_64", "macOS 1"),
        ("darwin/arm64", "ARM64", "macOS 1"),
        ("windows/amd64", "AMD64", "Windows "),
    ],
)
def test_facts(matrix: Project, place: str, machine: str, system: str) -> None:
    facts = inspect_file(program(matrix, place))
    [image] = facts.images
    assert image.machine == machine
    assert image.system.startswith(system)
    assert image.go
    assert image.build_info
    assert image.build_info.cgo_enabled is False
    assert image.build_info.settings["GOARCH"] == place.partition("/")[2]
    assert image.signed is (place == "darwin/arm64")
    assert classify(facts).kind is Kind.SYSTEM_ONLY


def test_stripped_program_is_still_proved(matrix: Project) -> None:
    matrix.sconstruct(
        f"env.GoProgram('stripped/$GOPLATFORM/app', 'cmd/app', linkage='static', platform={list(PLATFORMS)!r},\n"
        "              GOLDFLAGS=['-s', '-w'])"
    )
    outcome = matrix.scons("stripped")
    assert outcome.stdout.count(": system-only: ") == len(PLATFORMS)


def test_universal_program(matrix: Project, tmp_path: Path) -> None:
    both = tmp_path / "both"
    both.write_bytes(universal(*(program(matrix, f"darwin/{arch}").read_bytes() for arch in ("amd64", "arm64"))))
    facts = inspect_file(both)
    assert [image.machine for image in facts.images] == ["X86_64", "ARM64"]
    assert classify(facts).kind is Kind.SYSTEM_ONLY


def test_universal_archive(tmp_path: Path) -> None:
    archive = b"!<arch>\n" + b"go.o/".ljust(48) + b"2".ljust(10) + b"`\nab"
    (tmp_path / "lib.a").write_bytes(universal(archive, archive))
    facts = inspect_file(tmp_path / "lib.a")
    assert (facts.format, facts.members) == ("ar", ("go.o",))
    assert classify(facts).kind is Kind.ARCHIVE


def universal(*parts: bytes) -> bytes:
    """Do what lipo does (mach-o/fat.h)."""
    page, data, archs = 1 << 14, b"", b""
    for cpu, part in zip((0x01000007, 0x0100000C), parts, strict=True):
        data = data.ljust(-(-len(data) // page) * page, b"\0")
        archs += struct.pack(">5I", cpu, 0, page + len(data), len(part), 14)
        data += part
    return (struct.pack(">2I", 0xCAFEBABE, len(parts)) + archs).ljust(page, b"\0") + data


def test_program_without_its_signature_is_broken(matrix: Project, tmp_path: Path) -> None:
    data = program(matrix, "darwin/arm64").read_bytes()
    command = struct.pack("<2I", 0x1D, 16)
    assert data.count(command) == 1
    # LC_DATA_IN_CODE has the same shape.
    (tmp_path / "app").write_bytes(data.replace(command, struct.pack("<2I", 0x29, 16)))
    verdict = classify(inspect_file(tmp_path / "app"))
    assert verdict.kind is Kind.BROKEN
    assert any("no code signature" in text for text in verdict.evidence)


@pytest.mark.parametrize("place", PLATFORMS)
def test_damaged_program_is_one_error(matrix: Project, tmp_path: Path, place: str) -> None:
    """Cut anywhere, or with any byte of its headers changed, it is read or refused, never a traceback."""
    data = program(matrix, place).read_bytes()
    file = tmp_path / "app"
    for size in (2, 3, 4, 8, 63, 64, 100, 300, 1000, len(data) // 2, len(data) - 1):
        file.write_bytes(data[:size])
        with pytest.raises(InspectError):
            inspect_file(file)
    read = refused = 0
    # One byte in 23 of the first two pages.
    for offset, value in itertools.product(range(4, 2048, 23), (0, 0xFF)):
        changed = bytearray(data)
        changed[offset] = value
        file.write_bytes(changed)
        try:
            classify(inspect_file(file))
            read += 1
        except InspectError:
            refused += 1
    assert read
    assert refused


def test_program_for_the_other_system_is_rejected(matrix: Project) -> None:
    matrix.sconstruct(
        "env.GoProgram('wrong/app', 'cmd/oracle', linkage='static', platform='windows/amd64',\n"
        "              GOCOM='GOOS=darwin GOARCH=arm64 ' + env['GOCOM'])"
    )
    outcome = matrix.scons("wrong", status=2)
    assert "wanted: a program for windows/amd64 (PE)" in outcome.stderr
    assert "found:  Mach-O" in outcome.stderr
    assert not (matrix / "wrong/app.exe").exists()
    assert (matrix / "wrong/app.exe.rejected").exists()


@pytest.mark.parametrize(("place", "package"), [("darwin/arm64", "macholib"), ("windows/amd64", "pefile")])
def test_missing_reader_is_told_before_anything_compiles(matrix: Project, place: str, package: str) -> None:
    matrix.write({"run.py": RUN_WITHOUT.replace("PACKAGE", package)})
    matrix.sconstruct(f"env.GoProgram('unread/app', 'cmd/oracle', linkage='static', platform='{place}')")
    outcome = matrix.run(sys.executable, "run.py", "-Q", "unread")
    assert outcome.status == 2
    assert f"no {package} in {sys.executable}" in outcome.stderr
    assert f"-m pip install {package}" in outcome.stderr
    assert "Traceback" not in outcome.text
    assert not (matrix / "unread").exists() or not os.listdir(matrix / "unread")


RUN_WITHOUT = """\
import importlib.util
import sys

found = importlib.util.find_spec
importlib.util.find_spec = lambda name, package=None: None if name == "PACKAGE" else found(name, package)
import SCons.Script

sys.argv[0] = "scons"
SCons.Script.main()
"""


def test_command_line(matrix: Project) -> None:
    for place in PLATFORMS:
        file = str(program(matrix, place))
        outcome = golinkage(matrix, "verify", "--expect", "static", file)
        assert outcome.stdout == f"{file}: system-only\n"
        assert outcome.status == 0
        assert golinkage(matrix, "verify", "--expect", "dynamic", file).status == 1
        assert ", cgo off" in golinkage(matrix, "inspect", file).stdout


def golinkage(project: Project, *arguments: str) -> Outcome:
    environ = {"PYTHONPATH": str(ROOT / "site_scons/site_tools")}
    return project.run(sys.executable, "-m", "golang", *arguments, environ=environ)
