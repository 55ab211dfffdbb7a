"""Write a synthetic Go monorepo: a pure function of the number of packages, the number of programs and a seed.

Libraries in layers, teams upon them, an app and a main package per program. One package, ``hub``, is used by every
program; an app's package by exactly one. What is in the files, gocode.py says.
"""

from __future__ import annotations

import argparse
import os
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gocode import MODULE, Package, package_files
from gotemplates import FEATURES, SHARED_HEADER

HUB = "hub"
LAYERS = 5
TEAM_SIZE = 12

WORDS = (
    "account", "audit", "batch", "billing", "cache", "catalog", "cluster", "config", "currency", "dispatch", "event",
    "export", "feature", "gateway", "history", "import", "index", "invoice", "journal", "ledger", "limit", "mailbox",
    "metric", "notice", "order", "parser", "payment", "policy", "pricing", "profile", "quota", "queue", "record",
    "report", "router", "schema", "search", "session", "shard", "signal", "stock", "stream", "tariff", "tenant",
    "ticket", "token", "trace", "upload", "vault", "window", "worker", "zone",
)  # fmt: skip


@dataclass(frozen=True)
class Monorepo:
    """The packages of a monorepo, lowest first, and what its files are made from."""

    packages: tuple[Package, ...]
    seed: int

    @property
    def programs(self) -> tuple[str, ...]:
        """The names of the programs, in order."""
        return tuple(package.name for package in self.packages if package.is_main)

    @property
    def import_edges(self) -> int:
        """How many imports there are of packages of the module."""
        return sum(len(package.imports) for package in self.packages)

    @property
    def leaf_file(self) -> str:
        """A file that exactly one program uses."""
        return f"app/{self.programs[0]}/{self.programs[0]}.go"

    @property
    def hub_file(self) -> str:
        """A file that every program uses."""
        return f"{HUB}/{HUB}.go"

    def files(self) -> Iterator[tuple[str, str]]:
        """Yield path and text of every file."""
        yield "go.mod", f"module {MODULE}\n\ngo 1.21\n"
        yield "include/limits.h", SHARED_HEADER
        for package in self.packages:
            yield from package_files(package, random.Random(f"{self.seed}/{package.path}"))

    def write(self, directory: str) -> int:
        """Write every file below ``directory``; return how many there are."""
        count = 0
        for path, text in self.files():
            file = os.path.join(directory, path)
            os.makedirs(os.path.dirname(file), exist_ok=True)
            with open(file, "w", encoding="utf-8") as stream:
                stream.write(text)
            count += 1
        return count


def make_monorepo(packages: int, programs: int, seed: int) -> Monorepo:
    """Draw the packages and their imports."""
    shared = packages - 2 * programs - 1
    if programs < 1 or shared < LAYERS:
        raise SystemExit(f"{packages} packages for {programs} programs are too few: 2 a program and {1 + LAYERS} more")
    rng = random.Random(f"{seed}/graph")
    imports: dict[str, list[str]] = {HUB: []}
    libraries = _libraries(rng, shared * 2 // 5, imports)
    teams = _teams(rng, shared - len(libraries), programs, libraries, imports)
    for number in range(programs):
        _program(rng, number, teams, libraries, imports)
    features = _features(rng, libraries, [path for team in teams for path in team])
    drawn = (
        Package(path, tuple(dict.fromkeys(needs)), frozenset(features.get(path, ()))) for path, needs in imports.items()
    )
    return Monorepo(tuple(drawn), seed)


def _name(number: int) -> str:
    return f"{WORDS[number % len(WORDS)]}{number}"


def _some(rng: random.Random, paths: Sequence[str], least: int, most: int) -> list[str]:
    return rng.sample(paths, min(len(paths), rng.randint(least, most)))


def _often_hub(rng: random.Random) -> list[str]:
    return [HUB] if rng.random() < 0.7 else []


def _libraries(rng: random.Random, count: int, imports: dict[str, list[str]]) -> list[str]:
    """Add libraries, each of which imports some of the layer below its own."""
    paths = [f"lib/{_name(number)}" for number in range(count)]
    for number, path in enumerate(paths):
        layer = number * LAYERS // count
        below = [path for other, path in enumerate(paths[:number]) if other * LAYERS // count == layer - 1]
        imports[path] = [*_often_hub(rng), *_some(rng, below, 1, 4)]
    return paths


def _teams(
    rng: random.Random, count: int, programs: int, libraries: list[str], imports: dict[str, list[str]]
) -> list[list[str]]:
    """Add the packages of teams, which import libraries and what their team wrote before."""
    teams: list[list[str]] = [[] for _ in range(min(max(1, count // TEAM_SIZE), programs))]
    for number in range(count):
        team = teams[number % len(teams)]
        path = f"team/{_name(number % len(teams))}/{_name(len(libraries) + number)}"
        imports[path] = [*_often_hub(rng), *_some(rng, team[-5:], 1, 3), *_some(rng, libraries, 1, 3)]
        team.append(path)
    return teams


def _program(
    rng: random.Random, number: int, teams: list[list[str]], libraries: list[str], imports: dict[str, list[str]]
) -> None:
    """Add an app's package and the main package of it."""
    name = f"{WORDS[number % len(WORDS)]}d{number}"
    team = teams[number % len(teams)]
    other = rng.choice(rng.choice(teams))
    imports[f"app/{name}"] = [
        *_often_hub(rng),
        *team[-2:],
        *_some(rng, team, 1, 3),
        other,
        *_some(rng, libraries, 1, 3),
    ]
    imports[f"cmd/{name}"] = [HUB, f"app/{name}", *_some(rng, libraries, 0, 2)]


def _features(rng: random.Random, libraries: list[str], teams: list[str]) -> dict[str, set[str]]:
    """Say which packages have what few have; however small the monorepo, one has it."""
    features: dict[str, set[str]] = {}
    for name, feature in FEATURES.items():
        # Were cgo in a low library every program would have it, and none would show what the others cost.
        among = teams if name in ("native", "shared") else [*libraries, *teams]
        for path in rng.sample(among, max(1, round(feature.share * len(libraries + teams)))):
            features.setdefault(path, set()).add(name)
    return features


def main() -> None:
    """Write a monorepo and print its shape."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("directory")
    parser.add_argument("--packages", type=int, default=2000)
    parser.add_argument("--programs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    monorepo = make_monorepo(options.packages, options.programs, options.seed)
    files = monorepo.write(options.directory)
    print(f"{options.packages} packages, {options.programs} programs, {files} files, {monorepo.import_edges} imports")


if __name__ == "__main__":
    main()
