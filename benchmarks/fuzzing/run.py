"""A fuzz run: draws what each step does, does it, and checks what the incremental build left."""

from __future__ import annotations

import copy
import os
import random
from collections import Counter
from collections.abc import Callable, Sequence

from .builds import Clean, CleanBuilds, Outcome, Scons, digests
from .edits import edit, fix
from .model import initial_module
from .trees import Tree, Way


class WrongBuildError(Exception):
    """The incremental build is wrong."""


class Run:
    """One seed's module, its tree, and the history of both."""

    def __init__(
        self,
        seed: int,
        scons: Scons,
        clean_builds: CleanBuilds,
        *,
        ages: Sequence[int],
        tell: Callable[[str], None],
    ) -> None:
        """Write the first tree, its files of one of the ``ages``; build nothing."""
        rng = random.Random(str(seed))
        self.seed, self.number, self.log = seed, 0, list[str]()
        self._scons, self._clean_builds, self._ages, self._tell = scons, clean_builds, ages, tell
        self._cache = scons.cache(f"cache-{seed}")
        self.module = initial_module(rng)
        self._history = [copy.deepcopy(self.module)]
        age = rng.choice(ages)
        self.tree = Tree(os.path.join(scons.work, "project"), scons.files(self.module), age)
        self._declared: set[str] = set()
        self._earlier_caches: dict[str, bytes] = {}
        self._counts: Counter[str] = Counter()
        self._needless: Counter[str] = Counter()
        self._note(f"first tree, {age} s old")

    @property
    def summary(self) -> str:
        """What was counted, in words."""
        kinds = ", ".join(f"{count} at {kind!r}" for kind, count in self._needless.most_common(12))
        told = ", ".join(f"{self._counts[name]} {name}" for name in ("rebuilt", "changed", "broken", "needless"))
        return f"programs: {told}; needless by the kind of the first edit: {kinds or 'none'}"

    def step(self) -> None:
        """Edit, build and check. Raises WrongBuildError."""
        rng = random.Random(f"{self.seed} {self.number}")
        clean_before = self._clean_builds.of(self.module)
        edits = self._edit(rng, broken=clean_before.outcome.status != 0) if self.number else ["nothing"]
        self.number += 1
        self._history.append(copy.deepcopy(self.module))
        clean = self._clean_builds.of(self.module)
        if self.number == 1 and clean.outcome.status:
            self._fail("the first tree does not build", clean.outcome)
        self._build(rng, clean, edits)

    def _edit(self, rng: random.Random, *, broken: bool) -> list[str]:
        """Draw and do what happens between two builds; return it in words."""
        done = []
        if broken and rng.random() < 0.6:
            done.append(fix(rng, self.module))
        elif rng.random() < 0.12:
            back = rng.randrange(1, 8)
            self.module = copy.deepcopy(self._history[-1 - back :][0])
            done.append(f"undo of the last {back} steps")
        count = rng.choices((0, 1, 2, 4), (3, 12, 4, 2))[0]
        done += [edit(rng, self.module) for _ in range(count)]
        way = Way.drawn(rng)
        self.tree.update(self._scons.files(self.module), way)
        done = [f"{'; '.join(done)} ({way})"] if done else []
        if rng.random() < 0.08:
            names = rng.sample(sorted(self.tree.files), 5)
            self.tree.touch(names, age := rng.choice(self._ages))
            done.append(f"touched, {age} s ago: {' '.join(names)}")
        if rng.random() < 0.12:
            # Its own draws, for they depend on what caches there are.
            done.append(self._spoil(random.Random(rng.random())))
        return done or ["nothing"]

    def _spoil(self, rng: random.Random) -> str:
        """Damage what builds left beside the targets, or remove what they made."""
        how = rng.choice(("clean", "no .sconsign", "gone", "cut", "garbage", "flipped", "earlier"))
        if how == "clean":
            self._scons.run(self.tree.folder, self._cache, "-c", *self.module.arguments)
            standing = [name for name in self._clean_builds.of(self.module).outcome.programs if self._stands(name)]
            if standing:
                self._fail(f"scons -c left {' '.join(standing)}")
            return "scons -c"
        if how == "no .sconsign":
            for name in os.listdir(self.tree.folder):
                if name.startswith(".sconsign"):
                    os.unlink(self.tree.path(name))
            return how
        names = self.tree.left(self._declared)
        for name in names:
            with open(self.tree.path(name), "rb") as stream:
                content = stream.read()
            place = rng.randrange(len(content) or 1)
            damaged = {
                "cut": content[:place],
                "garbage": rng.randbytes(200),
                "flipped": content[:place] + rng.randbytes(4) + content[place + 4 :],
                "earlier": self._earlier_caches.get(name, b""),
            }
            os.unlink(self.tree.path(name))
            if how in damaged:
                with open(self.tree.path(name), "wb") as stream:
                    stream.write(damaged[how])
            self._earlier_caches[name] = content
        return f"caches {how}: {' '.join(names) or 'none'}"

    def _stands(self, name: str) -> bool:
        return os.path.lexists(self.tree.path(name))

    def _build(self, rng: random.Random, clean: Clean, edits: list[str]) -> None:
        programs = list(clean.outcome.programs)
        wanted = rng.sample(programs, rng.randrange(1, 3)) if programs and rng.random() < 0.2 else []
        options = rng.choices((["-j1"], ["-j2"], ["-j2", "-k"], ["-j1", "-k"], ["-j2", "--random"]), (2, 3, 3, 1, 1))[0]
        aliases = ["{1}-{0}".format(*name.split("/")[-2:]) for name in wanted]
        self._note(f"{'; '.join(edits)} -> scons {' '.join([*options, *self.module.arguments, *aliases])}")

        sources = self.tree.identities(list(self.tree.files))
        before, contents = self.tree.identities(programs), digests(self.tree, programs)
        outcome = self._scons.run(self.tree.folder, self._cache, *options, *self.module.arguments, *aliases)
        self._declared.update(outcome.programs, outcome.generated)
        after, built = self.tree.identities(programs), digests(self.tree, programs)

        broken = [name for name in wanted or programs if name not in clean.digests]
        self._check(outcome, clean, broken)
        if self.tree.identities(list(self.tree.files)) != sources:
            self._fail("scons wrote to a source")
        touched = {name for name in programs if before.get(name) != after.get(name)}
        if wanted and touched - set(wanted):
            self._fail(f"not asked for: {' '.join(sorted(touched - set(wanted)))}")
        for name in wanted or programs:
            # Without -k, scons stops at a failure, and what it did not come to is as it was.
            if broken and "-k" not in options and name not in touched:
                continue
            if built.get(name) != clean.digests.get(name):
                self._fail(f"{name} is {self._difference(name, built, clean)}", outcome)
        self._count(touched, contents, built, broken, edits)
        good = [name for name in wanted or programs if name not in broken]
        if touched & set(good) and (not broken or "-k" in options):
            self._check_up_to_date(good, after)

    def _check(self, outcome: Outcome, clean: Clean, broken: list[str]) -> None:
        if "Traceback" in outcome.output:
            self._fail("a traceback", outcome)
        if outcome.programs != clean.outcome.programs:
            self._fail(f"programs: {outcome.programs}; of a clean build: {clean.outcome.programs}", outcome)
        unread = not clean.outcome.programs
        if (outcome.status == 0) == (unread or bool(broken)):
            self._fail(f"status {outcome.status}, though clean builds fail for: {' '.join(broken) or 'none'}", outcome)

    def _check_up_to_date(self, good: list[str], after: dict[str, tuple[int, int, int]]) -> None:
        again = self._scons.run(self.tree.folder, self._cache, "-q", *self.module.arguments, *good)
        if again.status:
            explained = self._scons.run(
                self.tree.folder, self._cache, "-n", "--debug=explain", *self.module.arguments, *good
            )
            self._fail("not up to date after a build", explained)
        if {name: after[name] for name in good} != self.tree.identities(good):
            self._fail("scons -q wrote a program")

    @staticmethod
    def _difference(name: str, built: dict[str, str], clean: Clean) -> str:
        if name not in clean.digests:
            return "standing, though it cannot be built"
        return "not what a clean build gives" if name in built else "not there"

    def _count(
        self, touched: set[str], contents: dict[str, str], built: dict[str, str], broken: list[str], edits: list[str]
    ) -> None:
        needless = [name for name in touched if name in built and contents.get(name) == built[name]]
        changed = [name for name in touched if name in built and contents.get(name) != built[name]]
        self._counts.update(rebuilt=len(touched), changed=len(changed), broken=len(broken), needless=len(needless))
        if needless:
            self._needless[" ".join(edits[0].split(" ")[:2])] += len(needless)
        self._note(f"  {len(touched)} rebuilt, {len(needless)} of them needlessly, {len(broken)} broken")

    def _note(self, line: str) -> None:
        line = line if line.startswith(" ") else f"{self.number}: {line}"
        self.log.append(line)
        self._tell(line)

    def _fail(self, what: str, outcome: Outcome | None = None) -> None:
        msg = f"{what}\n{outcome.output}" if outcome else what
        raise WrongBuildError(msg)
