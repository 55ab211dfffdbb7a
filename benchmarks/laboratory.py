"""Measures contenders against each other on one monorepo, in turns, so that noise of the machine hits them alike.

Each has a copy of the tree and a Go build cache of its own: none warms another. All build at the same path, where
their tree is moved for that: cgo's -I flags bring it into the binaries, which are to be equal.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from contenders import CONTENDERS, LINKAGES, REFERENCE, Contender
from measure import SCONS, Usage, run
from monorepo import Monorepo

WORKS = {
    "null": ("nothing changed", 5),
    "leaf": ("a file that one program uses edited", 5),
    "relink": ("everything relinked (a linker flag changed)", 5),
    "hub": ("a file that every program uses edited", 3),
    "cold": ("cold, standard library built", 3),
}
"""Every work: what it is called, and how often it is measured where nothing is said. Cold is last: it starts anew."""


@dataclass
class Site:
    """What one contender builds with: its copy of the tree, its Go build cache, and the version that it builds."""

    contender: Contender
    tree: str
    cache: str
    work_place: str
    version: int = 0

    def lay(self, monorepo: Monorepo, pristine: str, cache: str) -> None:
        """Start anew: a checkout, and a copy of that Go build cache. Files keep their times."""
        for directory, origin in ((self.tree, pristine), (self.cache, cache)):
            shutil.rmtree(directory, ignore_errors=True)
            copy_tree(origin, directory)
        for name, text in self.contender.files(monorepo.programs).items():
            with open(os.path.join(self.tree, name), "w", encoding="utf-8") as stream:
                stream.write(text)

    def build(self) -> tuple[Usage, str]:
        """Run the contender's command."""
        # What earlier runs wrote is not to reach the disk at this one's expense.
        os.sync()
        os.rename(self.tree, self.work_place)
        done = run(self.contender.command(self.version), self.work_place, go_environ(self.cache))
        os.rename(self.work_place, self.tree)
        return done

    def edit(self, file: str, number: int) -> None:
        """Change the body of the first function in a file to something that it never was."""
        path = os.path.join(self.tree, file)
        with open(path, encoding="utf-8") as stream:
            text = stream.read()
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(re.sub(r"total := \d+", f"total := {10_000 + number}", text, count=1))

    def outputs(self, programs: Sequence[str]) -> dict[str, str]:
        """Return the digest of every program in every linkage."""
        names = [os.path.join(linkage, name) for linkage in LINKAGES for name in programs]
        return {name: _digest(os.path.join(self.tree, "build", name)) for name in names}


def copy_tree(origin: str, directory: str) -> None:
    """Copy with times; cp does it several times as fast as Python."""
    subprocess.run(["cp", "-a", origin, directory], check=True)


def go_environ(cache: str) -> dict[str, str]:
    """Return the environment of every contender: no setting of the user's, and a build cache of its own."""
    dropped = ("GO", "CGO_", "SCONS", "PYTHON")
    environ = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    return {**environ, "GOCACHE": cache, "GOTOOLCHAIN": "local", "GOPROXY": "off", "XDG_CONFIG_HOME": cache}


def _digest(path: str) -> str:
    with open(path, "rb") as stream:
        return hashlib.sha256(stream.read()).hexdigest()


def std_cache(directory: str) -> str:
    """Return a Go build cache that holds the standard library for every linkage, and nothing else."""
    cache = os.path.join(directory, "std-cache")
    for cgo in LINKAGES.values():
        environ = {**go_environ(cache), "CGO_ENABLED": cgo}
        subprocess.run(["go", "build", "-trimpath", "std"], check=True, env=environ, cwd=directory)
    return cache


class Laboratory:
    """One monorepo, and the contenders that build it, all up to date once :meth:`prepare` is done."""

    def __init__(self, directory: str, monorepo: Monorepo, std: str, names: Sequence[str]) -> None:
        self.directory = directory
        self.monorepo = monorepo
        self.std = std
        self.sites = {
            name: Site(CONTENDERS[name], self._path(name, "tree"), self._path(name, "cache"), self._path("tree"))
            for name in names
        }
        self.files = 0

    def _path(self, *names: str) -> str:
        return os.path.join(self.directory, *names)

    def prepare(self) -> None:
        """Write the monorepo and build it with every contender.

        Only the first compiles: others start from a copy of its cache, and the slow ones of its outputs.
        """
        pristine, cache = self._path("pristine"), self.std
        os.makedirs(self.directory)
        self.files = self.monorepo.write(pristine)
        for name in sorted(self.sites, key=lambda name: name != REFERENCE):
            site = self.sites[name]
            os.makedirs(self._path(name))
            site.lay(self.monorepo, pristine, cache)
            if site.contender.slow and cache != self.std:
                copy_tree(self._path(REFERENCE, "tree", "build"), os.path.join(site.tree, "build"))
            usage, _ = site.build()
            progress(f"{name}: ready after {usage.wall:.1f} s")
            if name == REFERENCE:
                # A copy, because what it holds after a work is no longer what others may start from.
                cache = self._path("built-cache")
                copy_tree(site.cache, cache)

    def measure(self, work: str, rounds: int, slow_rounds: int) -> dict[str, Any]:
        """Measure a work: every contender once a round, another first in each."""
        names = [name for name, site in self.sites.items() if work in site.contender.works]
        found: dict[str, list[Usage]] = {name: [] for name in names}
        for number in range(rounds):
            first = number % len(names)
            for name in (*names[first:], *names[:first]):
                site = self.sites[name]
                if site.contender.slow and number >= slow_rounds:
                    continue
                self._change(site, work, number + 1)
                usage, printed = site.build()
                _must_be_right(site, work, printed)
                found[name].append(usage)
                progress(f"{work} {number + 1}/{rounds} {name}: {usage.wall:.2f} s")
        return {"usage": {name: [asdict(usage) for usage in found[name]] for name in names}, "same": self.same()}

    def _change(self, site: Site, work: str, number: int) -> None:
        """Do to a tree what the work is about; never the same twice, so that no cache knows it."""
        if work == "leaf":
            site.edit(self.monorepo.leaf_file, number)
        elif work == "hub":
            site.edit(self.monorepo.hub_file, number)
        elif work == "relink":
            site.version = number
        elif work == "cold":
            site.lay(self.monorepo, self._path("pristine"), self.std)

    def same(self) -> list[int] | None:
        """Say how many outputs of scons-golang equal those of the reference, byte for byte, and of how many."""
        if not {"golang", REFERENCE} <= self.sites.keys():
            return None
        ours, theirs = (self.sites[name].outputs(self.monorepo.programs) for name in ("golang", REFERENCE))
        return [sum(ours[name] == theirs[name] for name in ours), len(ours)]


def _must_be_right(site: Site, work: str, printed: str) -> None:
    if SCONS in site.contender.command(0) and ("is up to date" in printed) != (work == "null"):
        raise SystemExit(f"{site.tree}: {work} built what it should not, or nothing:\n{printed[-4000:]}")


def progress(line: str) -> None:
    """Tell on standard error how far it is."""
    print(line, file=sys.stderr, flush=True)
