"""The builds that are compared: the files that each adds to the monorepo, and its command.

All build every program twice, dynamic and static, with the same flags, into ``build/LINKAGE/PROGRAM``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from measure import SCONS

TOOL = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

GO_BUILD = "go build -trimpath -buildvcs=false"
LINKAGES = {"dynamic": "1", "static": "0"}
"""Every linkage, and what CGO_ENABLED is for it."""


def ldflags(linkage: str, version: object) -> str:
    """Return what scons-golang says to Go's linker for that linkage; the version is what a relink changes."""
    return f"{'-d ' if linkage == 'static' else ''}-X=main.version={version}"


@dataclass(frozen=True)
class Contender:
    """A build: what it is called, the files that it needs, its command, and the works it is measured in."""

    title: str
    files: Callable[[Sequence[str]], Mapping[str, str]]
    """The text of its files, by name, for a monorepo with these programs."""
    command: Callable[[int], Sequence[str]]
    """The command, for a version that every program shows."""
    works: frozenset[str]
    slow: bool = False
    """Whether it takes so long where nothing changed that few rounds must do."""


def _nothing(_programs: Sequence[str]) -> Mapping[str, str]:
    return {}


def _scons(version: int) -> Sequence[str]:
    return (sys.executable, "-c", SCONS, "-Q", f"-j{os.cpu_count()}", f"version={version}")


def _golang(_programs: Sequence[str]) -> Mapping[str, str]:
    return {
        "SConstruct": f"""\
DefaultEnvironment(tools=[])
env = Environment(tools=["golang"], toolpath=[{os.path.join(TOOL, "site_scons", "site_tools")!r}])
env.GoModule("#", linkage=["dynamic", "static"], GOXDEFS={{"main.version": ARGUMENTS["version"]}})
"""
    }


def _naive(_programs: Sequence[str]) -> Mapping[str, str]:
    commands = "".join(
        f'    env.Command("build/{linkage}/" + name, sources, '
        f"\"CGO_ENABLED={cgo} {GO_BUILD} -ldflags='{ldflags(linkage, '$version')}' -o $TARGET ./cmd/\" + name)\n"
        for linkage, cgo in LINKAGES.items()
    )
    return {
        "SConstruct": f"""\
import os
DefaultEnvironment(tools=[])
env = Environment(tools=[], ENV=os.environ, version=ARGUMENTS["version"])
sources = [env.File(os.path.join(folder, name))
           for top in ("app", "cmd", "hub", "include", "lib", "team") for folder, _, names in os.walk(top)
           for name in names] + ["go.mod"]
for name in sorted(os.listdir("cmd")):
{commands}"""
    }


def _floor(programs: Sequence[str]) -> Mapping[str, str]:
    outputs = [f"build/{linkage}/{name}" for name in programs for linkage in LINKAGES]
    return {
        "SConstruct": f"""\
DefaultEnvironment(tools=[])
env = Environment(tools=[])
for output in {outputs!r}:
    env.Command(output, [], Touch("$TARGET"))
"""
    }


def _makefile(_programs: Sequence[str]) -> Mapping[str, str]:
    rules = "".join(
        f"$(PROGRAMS:%=build/{linkage}/%): build/{linkage}/%: $(SOURCES)\n"
        f"\tCGO_ENABLED={cgo} {GO_BUILD} -ldflags='{ldflags(linkage, '$(version)')}' -o $@ ./cmd/$*\n"
        for linkage, cgo in LINKAGES.items()
    )
    return {
        "Makefile": f"""\
PROGRAMS := $(notdir $(wildcard cmd/*))
SOURCES := go.mod $(shell find app cmd hub include lib team -type f)
all: $(PROGRAMS:%=build/dynamic/%) $(PROGRAMS:%=build/static/%)
{rules}"""
    }


def _batched(version: int) -> Sequence[str]:
    return _shell(
        f"CGO_ENABLED={cgo} {GO_BUILD} -ldflags='{ldflags(linkage, version)}' -o build/{linkage}/ ./cmd/..."
        for linkage, cgo in LINKAGES.items()
    )


def _one_by_one(version: int) -> Sequence[str]:
    return _shell(
        f"ls cmd | CGO_ENABLED={cgo} xargs -P{os.cpu_count()} -I@ "
        f"{GO_BUILD} -ldflags='{ldflags(linkage, version)}' -o build/{linkage}/@ ./cmd/@"
        for linkage, cgo in LINKAGES.items()
    )


def _shell(commands: Iterable[str]) -> Sequence[str]:
    return ("sh", "-ec", "\n".join(commands))


def _make(version: int) -> Sequence[str]:
    return ("make", "-r", "-s", f"-j{os.cpu_count()}", f"version={version}")


ALL_WORKS = frozenset(("null", "leaf", "relink", "hub", "cold"))
QUICK_WORKS = frozenset(("null", "leaf"))

CONTENDERS = {
    "golang": Contender("scons-golang", _golang, _scons, ALL_WORKS),
    "batched": Contender("`go build ./cmd/...`, once per linkage", _nothing, _batched, ALL_WORKS),
    "floor": Contender("SCons, the same targets, no inputs", _floor, _scons, frozenset(("null",))),
    "make": Contender("make, every file an input of every program", _makefile, _make, QUICK_WORKS, slow=True),
    "one-by-one": Contender("one `go build` per program", _nothing, _one_by_one, QUICK_WORKS, slow=True),
    "naive": Contender("SCons, `Command` with every file an input", _naive, _scons, QUICK_WORKS, slow=True),
}
"""Every contender by its short name."""

REFERENCE = "batched"
"""The contender that targets are ratios of."""

NOT_HAD = (
    "Bazel with rules_go is not among them: Debian's bazel-bootstrap (4.2.3) and npm's @bazel/bazel-linux_x64 (2.1.0) "
    "ship Bazel, but rules_go is in no package of PyPI, npm or Debian, and comes from its own repository only."
)
