"""The files of one package of a synthetic monorepo: Go that compiles, and that costs what real code costs."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from string import Template

from gotemplates import EVAL, FEATURES, MAIN, STAGES, TEST, TYPES

MODULE = "example.org/mono"


@dataclass(frozen=True)
class Package:
    """A package: its path in the module, the paths that it imports, and the features that few packages have."""

    path: str
    imports: tuple[str, ...]
    features: frozenset[str]

    @property
    def name(self) -> str:
        """The last element of the path: the name of the package, or of the program."""
        return self.path.rpartition("/")[2]

    @property
    def is_main(self) -> bool:
        """Whether it is a program."""
        return self.path.startswith("cmd/")


def package_files(package: Package, rng: random.Random) -> Iterator[tuple[str, str]]:
    """Yield path and text of each of its files."""
    for name, text in _main(package, rng) if package.is_main else _library(package, rng):
        yield f"{package.path}/{name}", text


def _main(package: Package, rng: random.Random) -> Iterator[tuple[str, str]]:
    yield "main.go", _fill(MAIN, rng, name=package.name, **_own(package, "*size"))
    yield "usage.go", "package main\n" + _fill(rng.choice(STAGES), rng, function="usage")
    if rng.random() < 0.5:
        yield "main_test.go", _fill(TEST, rng, package="main", function="usage", title="Usage")


def _library(package: Package, rng: random.Random) -> Iterator[tuple[str, str]]:
    name = package.name
    stages = [f"stage{number}" for number in range(rng.choice((0, 1, 1, 2, 2, 3)))]
    features = [feature for feature in FEATURES if feature in package.features]
    yield f"{name}.go", _fill(EVAL, rng, name=name, **_own(package, "n / 2", *stages, *features))
    yield "types.go", _fill(TYPES, rng, name=name)
    for stage in stages:
        functions = (_fill(rng.choice(STAGES), rng, function=function) for function in (stage, f"{stage}Again"))
        yield f"{stage}.go", f"package {name}\n" + "".join(functions)
    for feature in features:
        for file, text in FEATURES[feature].files.items():
            yield file, _fill(text, rng, name=name, root="../" * (package.path.count("/") + 1))
    if rng.random() < 0.85:
        yield f"{name}_test.go", _fill(TEST, rng, package=name, function="Eval", title="Eval")
    if rng.random() < 0.4:
        yield "types_test.go", _fill(TEST, rng, package=name, function="weigh", title="Weigh")
    if rng.random() < 0.3:
        yield "README.md", f"# {name}\n\nNo build reads this.\n"


def _own(package: Package, argument: str, *functions: str) -> dict[str, str]:
    """Return the imports of the module's packages, and the lines that call them and the package's own functions."""
    own = ["", *(f'\t"{MODULE}/{path}"' for path in sorted(package.imports))] if package.imports else []
    calls = [f"{path.rpartition('/')[2]}.Eval({argument})" for path in package.imports]
    calls += [f"{function}(n)" for function in functions]
    return {
        "imports": "\n".join(["", *own]),
        "calls": "".join(f"\ttotal += {call}\n" for call in calls),
    }


def _fill(template: str, rng: random.Random, **names: str) -> str:
    text = Template(template).safe_substitute(names)
    return re.sub(r"<(\d+)-(\d+)>", lambda match: str(rng.randint(int(match[1]), int(match[2]))), text)
