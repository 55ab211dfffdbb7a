"""Which C compilers are tried for a platform, and in which order."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from golang import drivers
from golang.drivers import (
    Choice,
    Drivers,
    at_least_first,
    candidates,
    cross_gcc,
    find_zig,
    parse_ctoolchain,
    triple,
    zig_target,
)
from golang.errors import RequestError
from golang.goflags import split_words
from golang.linkage import Libc, Linkage, Request, parse_libc
from golang.platform import PORTS, Platform

HERE = Platform("linux", "amd64")
ARM64 = Platform("linux", "arm64")
OWN = Drivers("gcc -m64", "g++ -m64")
ZIG = "/opt/zig/zig"
MUSL = Request(linkage=Linkage.STATIC_LIBC, libc=Libc.MUSL)


@pytest.fixture(autouse=True)
def this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drivers, "host_platform", lambda: HERE)
    monkeypatch.setattr(drivers, "find_zig", lambda _: ZIG)


def tried(choice: Choice | str = Choice.AUTO, platform: Platform = HERE, libc: str = "glibc", **more: Any) -> list[str]:
    """Return the C compilers that are tried."""
    kind, floor = parse_libc(libc)
    request = Request(linkage=more.get("linkage", Linkage.STATIC_LIBC), libc=kind)
    found = candidates(choice, platform, more.get("settings", {}), request, floor, OWN, "/bin")
    return [one.cc for one in found]


def test_auto() -> None:
    """C17: the system's own compiler where it suits, zig for all else."""
    assert tried() == ["gcc -m64", f"{ZIG} cc -target x86_64-linux-gnu"]
    assert tried(libc="glibc-2.17") == ["gcc -m64", f"{ZIG} cc -target x86_64-linux-gnu.2.17"]
    assert tried(libc="musl") == ["gcc -m64", "musl-gcc", f"{ZIG} cc -target x86_64-linux-musl"]
    assert tried(platform=ARM64) == [
        "gcc -m64", f"{ZIG} cc -target aarch64-linux-gnu", "aarch64-linux-gnu-gcc",
    ]  # fmt: skip
    assert tried(platform=ARM64, libc="musl") == [
        "gcc -m64", f"{ZIG} cc -target aarch64-linux-musl", "aarch64-linux-gnu-gcc",
    ]  # fmt: skip
    assert tried(platform=Platform("solaris", "amd64")) == ["gcc -m64"]


def test_auto_without_zig(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drivers, "find_zig", lambda _: "")
    assert tried(platform=ARM64) == ["gcc -m64", "aarch64-linux-gnu-gcc"]
    assert tried(Choice.ZIG) == ["zig cc -target x86_64-linux-gnu"], "which is told to be missing"


def test_one_that_is_named() -> None:
    assert tried(Choice.SYSTEM, ARM64) == ["gcc -m64"]
    assert tried(Choice.MUSL_GCC) == ["musl-gcc"]
    assert tried(Choice.ZIG, ARM64) == [f"{ZIG} cc -target aarch64-linux-gnu"]
    assert tried("aarch64-linux-gnu-gcc", ARM64) == ["aarch64-linux-gnu-gcc"]


def test_zig_where_it_brings_no_c_library() -> None:
    """None is refused here: without cgo none is needed."""
    assert tried(Choice.ZIG, Platform("solaris", "amd64")) == []
    assert tried(Choice.ZIG, Platform("linux", "mipsle")) == []
    assert tried(platform=Platform("linux", "mips")) == ["gcc -m64", "mips-linux-gnu-gcc"]


@pytest.mark.parametrize(
    ("platform", "settings", "libc", "flags"),
    [
        ("linux/amd64", {}, "musl", "x86_64-linux-musl"),
        ("linux/386", {}, "musl", "x86-linux-musl"),
        ("linux/arm", {}, "musl", "arm-linux-musleabihf"),
        ("linux/arm", {"GOARM": "7"}, "glibc-2.28", "arm-linux-gnueabihf.2.28"),
        ("linux/arm", {"GOARM": "7,softfloat"}, "musl", "arm-linux-musleabi"),
        ("linux/arm", {"GOARM": "6"}, "musl", "arm-linux-musleabihf -mcpu=arm1176jzf_s"),
        ("linux/arm", {"GOARM": "5"}, "musl", ""),
        ("linux/mipsle", {"GOMIPS": "softfloat"}, "musl", ""),
        ("linux/mips64le", {}, "musl", ""),
        ("linux/riscv64", {"GOARM": "5"}, "glibc", "riscv64-linux-gnu"),
        ("linux/s390x", {}, "musl", "s390x-linux-musl"),
        ("linux/ppc64le", {}, "musl", "powerpc64le-linux-musl"),
        ("windows/amd64", {}, "glibc-2.17", "x86_64-windows-gnu"),
        ("darwin/arm64", {}, "glibc", "aarch64-macos"),
        ("freebsd/amd64", {}, "glibc", "x86_64-freebsd"),
        ("plan9/amd64", {}, "glibc", ""),
        ("js/wasm", {}, "glibc", ""),
    ],
)
def test_what_zig_calls_platforms(platform: str, settings: dict[str, str], libc: str, flags: str) -> None:
    kind, floor = parse_libc(libc)
    request = Request(linkage=Linkage.STATIC_LIBC, libc=kind)
    found = " ".join(zig_target(Platform(*platform.split("/")), settings, request, floor))
    assert found == (f"-target {flags}" if flags else "")


@pytest.mark.parametrize(
    ("platform", "asked", "counts"),
    [
        ("linux/amd64", "2.17", "2.17"),
        ("linux/amd64", "", ""),
        ("linux/riscv64", "2.17", "2.27"),
        ("linux/riscv64", "2.31", "2.31"),
        ("linux/loong64", "2.28", "2.36"),
        ("linux/loong64", "", ""),
        ("windows/arm64", "2.3", "2.3"),
    ],
)
def test_the_first_glibc_of_a_platform(platform: str, asked: str, counts: str) -> None:
    assert at_least_first(asked, Platform(*platform.split("/"))) == counts


def test_zig_is_told_to_link_musl_dynamically() -> None:
    """It links musl statically otherwise, and glibc never."""
    assert tried(Choice.ZIG, libc="musl", linkage=Linkage.DYNAMIC) == [f"{ZIG} cc -target x86_64-linux-musl -dynamic"]
    assert tried(Choice.ZIG, linkage=Linkage.DYNAMIC) == [f"{ZIG} cc -target x86_64-linux-gnu"]


def test_every_linux_has_names() -> None:
    for goarch in PORTS["linux"]:
        assert bool(zig_target(Platform("linux", goarch), {}, MUSL)) is not goarch.startswith("mips")
        assert triple(Platform("linux", goarch), {})
    assert triple(Platform("linux", "arm"), {"GOARM": "5"}) == "arm-linux-gnueabi"
    assert triple(Platform("windows", "386"), {}) == "i686-w64-mingw32"
    assert triple(Platform("windows", "arm64"), {}) == triple(Platform("darwin", "arm64"), {}) == ""


@pytest.mark.parametrize(
    ("name", "cxx"),
    [
        ("aarch64-linux-gnu-gcc", "aarch64-linux-gnu-g++"),
        ("/opt/x y/arm-linux-gnueabi-gcc-12", "/opt/x y/arm-linux-gnueabi-g++-12"),
    ],
)
def test_a_cross_compiler_has_its_cxx_beside_it(name: str, cxx: str) -> None:
    assert [split_words(one) for one in cross_gcc(name)] == [(name,), (cxx,)]


def test_what_a_toolchain_may_be_called() -> None:
    assert [parse_ctoolchain(one) for one in ("auto", "system", "musl-gcc", "zig")] == list(Choice)
    assert parse_ctoolchain("arm-linux-gnueabihf-gcc-12") == "arm-linux-gnueabihf-gcc-12"
    for value in ("", "gcc", "clang", "zig cc", "aarch64-linux-gnu-g++"):
        with pytest.raises(RequestError, match="wanted one of auto, system, musl-gcc, zig, or a compiler such as"):
            parse_ctoolchain(value)


def test_what_a_libc_may_be() -> None:
    assert parse_libc("glibc-2.17") == (Libc.GLIBC, "2.17")
    assert parse_libc("glibc") == (Libc.GLIBC, "")
    assert parse_libc("musl") == (Libc.MUSL, "")
    for value in ("musl-1.2", "glibc-2.17.1", "glibc-", "glibc-3", "2.17", "uclibc", "glibc-2.x"):
        with pytest.raises(RequestError, match="or the oldest glibc that must do"):
            parse_libc(value)


def test_zig_is_that_of_the_running_python(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.undo()
    for folder in ("wheel", "bin"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "zig").write_text("#!/bin/sh\n")
        (tmp_path / folder / "zig").chmod(0o755)
    spec = SimpleNamespace(submodule_search_locations=[str(tmp_path / "wheel")])
    monkeypatch.setattr(drivers.importlib.util, "find_spec", lambda name: spec if name == "ziglang" else None)
    assert find_zig(str(tmp_path / "bin")) == str(tmp_path / "wheel/zig")
    monkeypatch.setattr(drivers.importlib.util, "find_spec", lambda _: None)
    assert find_zig(str(tmp_path / "bin")) == str(tmp_path / "bin/zig")
    assert find_zig("") == ""
