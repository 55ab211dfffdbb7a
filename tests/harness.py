"""Running scons as a user does: as a subprocess, in a fresh copy, with facts checked by independent tools."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLPATH = ROOT / "site_scons" / "site_tools"
EXAMPLES = ROOT / "examples"

SCONSTRUCT = """\
DefaultEnvironment(tools=[])
env = Environment(tools=[{tools}"golang"], toolpath=[{toolpath!r}])
{body}
"""

HELLO = """\
package main

import "fmt"

func main() { fmt.Println("hello") }
"""

LOOKUP = """\
package main

import (
	"fmt"
	"net"
	"os/user"
)

func main() {
	hosts, _ := net.LookupHost("localhost")
	me, _ := user.Current()
	fmt.Println(hosts, me.Uid)
}
"""

CGO = """\
package main

/*
#include "answer.h"
*/
import "C"
import "fmt"

func main() { fmt.Println(C.answer()) }
"""


PROFILER = """\
package main

import (
	"bytes"
	"fmt"
	"runtime/pprof"
)

func main() {
	var profile bytes.Buffer
	pprof.StartCPUProfile(&profile)
	pprof.StopCPUProfile()
	fmt.Printf("%x", profile.Bytes())
}
"""
"""A program that prints a CPU profile in which nothing is."""


@dataclass(frozen=True)
class Outcome:
    """How a run ended, and what it printed."""

    status: int
    stdout: str
    stderr: str

    @property
    def text(self) -> str:
        return self.stdout + self.stderr

    @property
    def built(self) -> list[str]:
        """The targets that `go build` made, as `linkage/name` of their path, in order."""
        return [
            "/".join(Path(path).parts[-2:]) for path in re.findall(r"go build -C .*? -o \"?(.*?)\"? -p \d", self.stdout)
        ]


class Project:
    """A folder of its own with a SConstruct and Go code."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.environ = {name: value for name, value in os.environ.items() if not name.startswith(("SCONS", "CGO_"))}
        # The user's `go env -w` file is not part of any test.
        self.environ["XDG_CONFIG_HOME"] = str(path.parent / "config")

    def __truediv__(self, name: str) -> Path:
        return self.path / name

    def write(self, files: Mapping[str, str]) -> None:
        """Write files given as relative path to content."""
        for name, content in files.items():
            file = self.path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content)

    def sconstruct(self, body: str, *, tools: str = "") -> None:
        """Write a SConstruct that loads the tool and has an ``env``; ``tools`` are others to load, quoted."""
        self.write({"SConstruct": SCONSTRUCT.format(tools=tools, toolpath=str(TOOLPATH), body=body)})

    def module(self, files: Mapping[str, str] | None = None, go: str = "1.21") -> None:
        """Write a module `example.org/m` with the given files."""
        self.write({"go.mod": f"module example.org/m\n\ngo {go}\n", **(files or {})})

    def scons(self, *arguments: str, status: int | None = 0, environ: Mapping[str, str] | None = None) -> Outcome:
        """Run scons and assert its exit status (None: any)."""
        outcome = self.run(sys.executable, "-m", "SCons", "-Q", *arguments, environ=environ)
        assert "Traceback" not in outcome.text, outcome.text
        assert status is None or outcome.status == status, outcome.text
        return outcome

    def run(self, *argv: str, environ: Mapping[str, str] | None = None, check: bool = False) -> Outcome:
        """Run any program in the project."""
        done = subprocess.run(
            [str(word) for word in argv],
            cwd=self.path,
            env={**self.environ, **(environ or {})},
            capture_output=True,
            text=True,
            check=False,
        )
        outcome = Outcome(done.returncode, done.stdout, done.stderr)
        assert not check or outcome.status == 0, outcome.text
        return outcome

    def rebuilt(self, *arguments: str) -> list[str]:
        """Return what a build makes, sorted; assert that it leaves nothing to do and writes to no source."""
        before = self.sources()
        outcome = self.scons("-j2", *arguments)
        again = self.scons(*arguments) if outcome.built else outcome
        assert not again.built, again.text
        assert "is up to date" in again.text, again.text
        assert self.sources() == before
        return sorted(outcome.built)

    def sources(self) -> dict[str, tuple[bytes, int]]:
        """Return content and time of every file that no build may write to."""
        files = (file for file in self.path.rglob("*") if file.is_file() and not file.name.startswith(".sconsign"))
        made = {self.path / "build", self.path / "dist", self.path / ".scons-golang"}
        return {str(file): (file.read_bytes(), file.stat().st_mtime_ns) for file in files if not made & {*file.parents}}

    def copy(self, path: Path, *, built: bool = True) -> Project:
        """Copy the project with every time and link; without ``built`` as a clone has it, with nothing that was made."""

        def made(folder: str, names: list[str]) -> list[str]:
            at_top = Path(folder) == self.path and not built
            return [name for name in names if at_top and (name in ("build", "dist") or name.startswith("."))]

        shutil.copytree(self.path, path, symlinks=True, ignore=made)
        copy = Project(path)
        copy.environ = dict(self.environ)
        return copy

    def up_to_date(self, *arguments: str) -> None:
        """Assert that nothing is left to do."""
        outcome = self.scons(*arguments)
        assert not outcome.built, outcome.text
        assert "is up to date" in outcome.text, outcome.text
        self.scons("-q", *arguments)


def declare(project: Project, linkage: str, settings: str = "") -> None:
    """Declare the program in the root of the project."""
    project.sconstruct(f'env.GoProgram("build/$GOLINKAGE/app", ".", linkage={linkage!r}, {settings})')


def fails(project: Project, *expected: str) -> str:
    """Assert that the build fails, with all of ``expected`` in its message."""
    outcome = project.scons("app", status=2)
    for text in expected:
        assert text in outcome.stderr, outcome.text
    return outcome.stderr


def copy_example(topic: str, path: Path) -> Path:
    """Copy an example and the tool beside it as in a clone, without what was built; return the example's copy."""
    ignored = shutil.ignore_patterns("build", "dist", ".sconsign*", "__pycache__")
    shutil.copytree(ROOT / "site_scons", path / "site_scons", ignore=ignored)
    shutil.copytree(EXAMPLES / topic, path / "examples" / topic, ignore=ignored)
    return path / "examples" / topic


def readelf(path: Path, *flags: str) -> str:
    """Return what binutils' readelf says, in English."""
    argv = ["readelf", "-W", *flags, str(path)]
    return subprocess.run(argv, capture_output=True, text=True, check=True, env={**os.environ, "LC_ALL": "C"}).stdout


def interpreter(path: Path) -> str | None:
    """Return PT_INTERP as readelf sees it."""
    match = re.search(r"Requesting program interpreter: (.*)\]", readelf(path, "-l"))
    return match[1] if match else None


def needed(path: Path) -> list[str]:
    """Return DT_NEEDED as readelf sees it."""
    return re.findall(r"\(NEEDED\).*\[(.*)\]", readelf(path, "-d"))


def elf_type(path: Path) -> str:
    """Return e_type as readelf sees it, such as ``EXEC``."""
    match = re.search(r"^\s*Type:\s+(\w+)", readelf(path, "-h"), re.MULTILINE)
    assert match
    return match[1]


def is_static(path: Path) -> bool:
    """Whether readelf sees neither interpreter nor NEEDED."""
    return interpreter(path) is None and not needed(path)


def ends(process: int) -> bool:
    """Return whether a process that was killed ends: that takes a moment."""
    for _ in range(500):
        try:
            if "\nState:\tZ" in Path(f"/proc/{process}/status").read_text():
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.01)
    return False
