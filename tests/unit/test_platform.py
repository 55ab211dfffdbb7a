"""platform: what GOOS and GOARCH mean for ELF and for static linking (linkage cases C19, C20)."""

from __future__ import annotations

import pytest

from golang import platform
from golang.errors import RequestError
from golang.platform import (
    ARCH_VARIANTS,
    ELF_TARGETS,
    PORTS,
    ElfTarget,
    Platform,
    host_libc,
    host_platform,
    parse_platform,
    platform_name,
)

STATIC = ["linux", "freebsd", "netbsd", "dragonfly", "darwin", "windows"]
NOT_STATIC = {
    "ios": "libSystem",
    "openbsd": "libc.so",
    "solaris": "libc.so",
    "illumos": "libc.so",
    "android": "/system/bin/linker64",
    "aix": "libc.a",
    "plan9": "not defined",
}


@pytest.mark.parametrize("goos", STATIC)
def test_static_programs_exist(goos: str) -> None:
    assert Platform(goos, "amd64").why_not_static is None


def test_static_means_the_libraries_of_the_system_on_some() -> None:
    assert [goos for goos in PORTS if Platform(goos, "amd64").system_only] == ["darwin", "windows"]


def test_only_linux_links_libc_statically() -> None:
    why = {goos: Platform(goos, "amd64").why_not_static_libc or "" for goos in PORTS}
    assert [goos for goos, text in why.items() if not text] == ["linux"]
    assert "libSystem" in why["darwin"]
    assert "ucrtbase.dll" in why["windows"]


@pytest.mark.parametrize("goos", PORTS)
def test_format_and_machine(goos: str) -> None:
    """A header is known for every port whose programs can be proved."""
    for goarch in PORTS[goos]:
        target = Platform(goos, goarch)
        assert (target.elf is not None) is (target.format == "ELF")
        assert bool(target.image_machine) is (target.format in ("Mach-O", "PE"))


@pytest.mark.parametrize("goos", NOT_STATIC)
def test_why_no_program_is_static_there(goos: str) -> None:
    assert NOT_STATIC[goos] in (Platform(goos, "amd64").why_not_static or "")


@pytest.mark.parametrize(
    ("goarch", "target"),
    [
        ("amd64", ElfTarget("X86_64", 64)),
        ("386", ElfTarget("386", 32)),
        ("arm", ElfTarget("ARM", 32)),
        ("mips", ElfTarget("MIPS", 32, little_endian=False)),
        ("mips64le", ElfTarget("MIPS", 64)),
        ("ppc64", ElfTarget("PPC64", 64, little_endian=False)),
        ("s390x", ElfTarget("S390", 64, little_endian=False)),
    ],
)
def test_elf_header_of_a_goarch(goarch: str, target: ElfTarget) -> None:
    assert Platform("linux", goarch).elf == target


@pytest.mark.parametrize("place", ["windows/amd64", "darwin/arm64", "js/wasm", "wasip1/wasm", "aix/ppc64", "plan9/386"])
def test_no_elf_there(place: str) -> None:
    assert Platform(*place.split("/")).elf is None
    assert str(Platform(*place.split("/"))) == place


def test_unknown_goarch_has_no_known_elf_header() -> None:
    assert Platform("linux", "z80").elf is None


def test_unix_constraint() -> None:
    assert all(Platform(goos, "arm64").is_unix for goos in ("linux", "darwin", "aix", "android", "illumos"))
    assert not any(Platform(goos, "amd64").is_unix for goos in ("windows", "plan9", "js", "wasip1"))


def test_variants_are_for_known_architectures() -> None:
    assert set(ARCH_VARIANTS) <= set(ELF_TARGETS)
    assert ARCH_VARIANTS["mipsle"] == ARCH_VARIANTS["mips"] == "GOMIPS"


@pytest.mark.parametrize(
    ("system", "machine", "expected"),
    [
        ("linux", "x86_64", Platform("linux", "amd64")),
        ("linux", "AARCH64", Platform("linux", "arm64")),
        ("linux", "armv7l", Platform("linux", "arm")),
        ("darwin", "arm64", Platform("darwin", "arm64")),
        ("freebsd14", "amd64", Platform("freebsd", "amd64")),
        ("win32", "AMD64", Platform("windows", "amd64")),
    ],
)
def test_host(monkeypatch: pytest.MonkeyPatch, system: str, machine: str, expected: Platform) -> None:
    monkeypatch.setattr(platform.sys, "platform", system)
    monkeypatch.setattr(platform._host, "machine", lambda: machine)
    assert host_platform() == expected


def test_unknown_host_is_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform._host, "machine", lambda: "vax")
    with pytest.raises(RequestError, match="unknown machine 'vax': set GOARCH"):
        host_platform()


@pytest.mark.parametrize(
    ("found", "libc"), [(("glibc", "2.36"), "glibc"), (("musl", "1.2.5"), "musl"), (("", ""), "musl")]
)
def test_host_libc(monkeypatch: pytest.MonkeyPatch, found: tuple[str, str], libc: str) -> None:
    monkeypatch.setattr(platform.sys, "platform", "linux")
    monkeypatch.setattr(platform._host, "libc_ver", lambda: found)
    assert host_libc() == libc


PLATFORMS = {
    "linux/amd64": ({"GOOS": "linux", "GOARCH": "amd64"}, "linux-amd64"),
    "linux/arm64": ({"GOOS": "linux", "GOARCH": "arm64"}, "linux-arm64"),
    "linux/arm/v7": ({"GOOS": "linux", "GOARCH": "arm", "GOARM": "7"}, "linux-arm-v7"),
    "linux/arm/6": ({"GOOS": "linux", "GOARCH": "arm", "GOARM": "6"}, "linux-arm-v6"),
    "linux/arm/7,softfloat": ({"GOOS": "linux", "GOARCH": "arm", "GOARM": "7,softfloat"}, "linux-arm-v7-softfloat"),
    "linux/arm64/v8": ({"GOOS": "linux", "GOARCH": "arm64", "GOARM64": "v8.0"}, "linux-arm64-v8.0"),
    "linux/arm64/v9.2,lse": ({"GOOS": "linux", "GOARCH": "arm64", "GOARM64": "v9.2,lse"}, "linux-arm64-v9.2-lse"),
    "linux/amd64/v3": ({"GOOS": "linux", "GOARCH": "amd64", "GOAMD64": "v3"}, "linux-amd64-v3"),
    "linux/386/softfloat": ({"GOOS": "linux", "GOARCH": "386", "GO386": "softfloat"}, "linux-386-softfloat"),
    "linux/mipsle/softfloat": ({"GOOS": "linux", "GOARCH": "mipsle", "GOMIPS": "softfloat"}, "linux-mipsle-softfloat"),
    "linux/mips64/hardfloat": (
        {"GOOS": "linux", "GOARCH": "mips64", "GOMIPS64": "hardfloat"},
        "linux-mips64-hardfloat",
    ),
    "linux/ppc64le/power10": ({"GOOS": "linux", "GOARCH": "ppc64le", "GOPPC64": "power10"}, "linux-ppc64le-power10"),
    "linux/riscv64/rva22u64": (
        {"GOOS": "linux", "GOARCH": "riscv64", "GORISCV64": "rva22u64"},
        "linux-riscv64-rva22u64",
    ),
    "darwin/arm64": ({"GOOS": "darwin", "GOARCH": "arm64"}, "darwin-arm64"),
    "windows/amd64": ({"GOOS": "windows", "GOARCH": "amd64"}, "windows-amd64"),
}


@pytest.mark.parametrize("text", PLATFORMS)
def test_what_a_platform_stands_for(text: str) -> None:
    settings, name = PLATFORMS[text]
    assert parse_platform(text) == settings
    assert platform_name(settings) == name


@pytest.mark.parametrize(
    ("text", "found", "fix"),
    [
        ("", "GOOS '' is none of aix, android", "go tool dist list"),
        ("linux", "no GOARCH; those of linux: 386, amd64", "go tool dist list"),
        ("linux/x86_64", "GOARCH 'x86_64' is none of linux's", "platform='linux/amd64', or another of `go tool dist"),
        ("Linux/amd64", "GOOS 'Linux' is none of", "platform='linux/amd64', or another"),
        (" linux/aarch64/v8 ", "GOOS ' linux' is none of", "platform='linux/arm64/v8', or another"),
        ("linux/arm65", "GOARCH 'arm65' is none of linux's", "platform='linux/arm64', or another"),
        ("aarch64", "GOOS 'aarch64' is none of", "platform='linux/arm64', or another"),
        ("beos/amd64", "GOOS 'beos' is none of", "choose one of `go tool dist list`"),
        ("linux/amd64/", "nothing after the second /", "platform='linux/amd64'"),
        ("linux/s390x/", "nothing after the second /", "platform='linux/s390x'"),
        ("darwin/386", "GOARCH '386' is none of darwin's: amd64, arm64", "go tool dist list"),
        ("linux/amd64/v5", "GOAMD64 'v5' is no micro-architecture of amd64", "GOAMD64 is one of v1 to v4"),
        ("linux/arm/v8", "GOARM '8' is no micro-architecture of arm", "GOARM is one of 5, 6, 7"),
        ("linux/s390x/z13", "GOARCH s390x has no variants", "platform='linux/s390x'"),
        ("linux/arm64/v7", "GOARM64 'v7' is no micro-architecture of arm64", "GOARM64 is one of v8.0 to v8.9"),
        ("linux/arm64/v8/x", "GOARM64 'v8/x' is no micro-architecture", "GOARM64 is one of v8.0"),
        ("linux/amd64 linux/arm/v7", "2 in one text", "platform=['linux/amd64', 'linux/arm/v7']"),
        ("linux/amd64,linux/arm64", "2 in one text", "platform=['linux/amd64', 'linux/arm64']"),
    ],
)
def test_what_is_no_platform(text: str, found: str, fix: str) -> None:
    with pytest.raises(RequestError) as caught:
        parse_platform(text)
    assert f"found:  {found}" in str(caught.value)
    assert fix in str(caught.value).partition("fix:    ")[2]
