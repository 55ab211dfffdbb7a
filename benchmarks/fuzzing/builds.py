"""The two builds of a fuzz run that must agree: the incremental one, and a clean one of the same files."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .model import Content, Module, render
from .trees import Tree

SCONSTRUCT = """\
import json

DefaultEnvironment(tools=[])
env = Environment(tools=["golang"], toolpath=[{toolpath!r}])

import golang

variables = Variables(None, ARGUMENTS)
golang.add_variables(variables)
variables.Update(env)
env.Replace(**json.loads(File("#settings.json").get_text_contents()))
print("programs:", *env.GoModule("#", linkage=["dynamic", "static"]))
"""
GENERATED = """\


def generate(target, source, env):
    with open(str(target[0]), "w") as stream:
        stream.write("package g\\n\\nfunc init() { total += " + source[0].get_text_contents().strip() + " }\\n")


print("generated:", *env.Command("lib/g/generated.go", "lib/g/value.txt", Action(generate, "Generating $TARGET")))
"""
# The packages of Go's library that the model's packages import, and so what its programs are linked with.
STANDARD = ("runtime/cgo", "embed", "errors", "os/user", "sort", "strings")
C_SUFFIXES = (".h", ".c", ".a")


@dataclass(frozen=True)
class Outcome:
    """How a scons run ended, what it printed, and what it declared; nothing if it could not read the SConstruct."""

    status: int
    output: str
    programs: tuple[str, ...] = ()
    generated: tuple[str, ...] = ()


@dataclass(frozen=True)
class Clean:
    """What a build of nothing but the files gives: the digest of each program that it could build."""

    outcome: Outcome
    digests: Mapping[str, str]


class Scons:
    """Runs scons with a Go cache that is not the user's."""

    def __init__(self, work: str, toolpath: str, *, generated: bool) -> None:
        """Fill the cache that all others start from with Go's library; ``generated``: let SCons make a Go file too."""
        self.work = work
        self._sconstruct = (SCONSTRUCT.format(toolpath=toolpath) + (GENERATED if generated else "")).encode()
        ignored = ("GO", "CGO_", "SCONS")
        self._environ = {name: value for name, value in os.environ.items() if not name.startswith(ignored)}
        # The user's `go env -w` file is not part of a run, and neither is any network.
        self._environ.update(XDG_CONFIG_HOME=os.path.join(work, "config"), GOPROXY="off")
        self._library = os.path.join(work, "library")
        go = shutil.which("go")
        if go is None:
            sys.exit("the fuzz needs go on PATH")
        for cgo in "10":
            environ = {**self._environ, "GOCACHE": self._library, "CGO_ENABLED": cgo}
            standard = STANDARD if cgo == "1" else STANDARD[1:]
            subprocess.run([go, "build", "-trimpath", *standard], cwd=work, env=environ, check=True)

    def cache(self, name: str) -> str:
        """Return a Go cache that holds Go's library, and what builds with it add."""
        folder = os.path.join(self.work, name)
        if not os.path.isdir(folder):
            shutil.copytree(self._library, folder, copy_function=os.link)
        return folder

    def run(self, folder: str, cache: str, *arguments: str) -> Outcome:
        """Run scons in ``folder``."""
        done = subprocess.run(
            [sys.executable, "-m", "SCons", "-Q", *arguments],
            cwd=folder,
            env={**self._environ, "GOCACHE": cache},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        declared = (re.search(rf"^{kind}: (.*)$", done.stdout, re.MULTILINE) for kind in ("programs", "generated"))
        names = [tuple(match[1].split()) if match else () for match in declared]
        return Outcome(done.returncode, done.stdout, *names)

    def files(self, module: Module) -> dict[str, Content]:
        """Return all files of a project."""
        return {**render(module), "SConstruct": self._sconstruct}


class CleanBuilds:
    """What clean builds give. Each state of the files is built once."""

    def __init__(self, scons: Scons) -> None:
        """Start with none; remove what a killed run left."""
        self._scons = scons
        shutil.rmtree(os.path.join(scons.work, "aside"), ignore_errors=True)
        self._known: dict[str, Clean] = {}

    def of(self, module: Module) -> Clean:
        """Return what a clean build of a module gives."""
        files = self._scons.files(module)
        key = digest_of([*map(repr, sorted(files.items())), *module.arguments])
        if key not in self._known:
            self._known[key] = self._build(files, module.arguments)
        return self._known[key]

    def _build(self, files: Mapping[str, Content], arguments: Sequence[str]) -> Clean:
        # Go's cache is exact but for C files, some of which it does not look at: it must never have seen others.
        state = digest_of([repr(item) for item in sorted(files.items()) if item[0].endswith(C_SUFFIXES)])
        cache = self._scons.cache(f"clean-cache-{state[:16]}")
        project, aside, clean = (os.path.join(self._scons.work, name) for name in ("project", "aside", "clean"))
        # At the same path: that of a ${SRCDIR} in a #cgo line is in Go's build ID, for all that -trimpath does.
        shutil.rmtree(clean, ignore_errors=True)
        os.rename(project, aside)
        try:
            tree = Tree(project, files)
            outcome = self._scons.run(project, cache, "-k", "-j2", *arguments)
            return Clean(outcome, digests(tree, outcome.programs))
        finally:
            os.rename(project, clean)
            os.rename(aside, project)


def digests(tree: Tree, programs: Sequence[str]) -> dict[str, str]:
    """Return the digest of each program that stands."""
    found = {}
    for program in programs:
        if os.path.lexists(tree.path(program)):
            with open(tree.path(program), "rb") as stream:
                found[program] = hashlib.sha256(stream.read()).hexdigest()
    return found


def digest_of(lines: Sequence[str]) -> str:
    """Return one digest of many lines."""
    return hashlib.sha256(json.dumps(lines).encode()).hexdigest()
