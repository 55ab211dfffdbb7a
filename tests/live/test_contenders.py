"""The benchmarks' monorepo is a module that Go accepts; every contender makes the same programs of it."""

from __future__ import annotations

import pytest

from contenders import CONTENDERS, LINKAGES
from harness import Project
from monorepo import make_monorepo

pytestmark = pytest.mark.live


def test_every_contender_builds_the_same_programs(project: Project) -> None:
    """A version that each is told, because a relink is a changed flag of the linker."""
    monorepo = make_monorepo(12, 3, 1)
    monorepo.write(str(project.path))
    assert not project.run("gofmt", "-l", ".", check=True).stdout
    project.run("go", "vet", "-tags=pro", "./...", check=True)
    made = {}

    for name in ("batched", "golang", "make", "one-by-one", "naive"):
        project.write(CONTENDERS[name].files(monorepo.programs))
        project.run("rm", "-rf", "build", ".sconsign.dblite", check=True)
        peak = {"BENCHMARK_PEAK_FILE": f"{project.path}.peak"}
        project.run(*CONTENDERS[name].command(7), environ=peak, check=True)
        made[name] = {
            f"{linkage}/{program}": (project / f"build/{linkage}/{program}").read_bytes()
            for linkage in LINKAGES
            for program in monorepo.programs
        }

    for name, outputs in made.items():
        assert outputs == made["batched"], name
    program = monorepo.programs[0]
    assert project.run(f"build/static/{program}", "-version", check=True).stdout == f"{program} 7\n"
