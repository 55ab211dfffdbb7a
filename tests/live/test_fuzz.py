"""The differential fuzz: a short run of it is clean, and it finds what a tool misses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from harness import ROOT

pytestmark = pytest.mark.live

# Builds what the real tool builds, but depends on the files of the main package only.
NAIVE = """\
import os


def add_variables(variables):
    return variables


def exists(env):
    return True


def generate(env):
    env.AddMethod(go_module, "GoModule")


def go_module(env, directory, linkage):
    programs = []
    for name in ("a", "b"):
        command = f"go build -trimpath -o $TARGET ./cmd/{name}"
        sources = [env.Glob(f"#cmd/{name}/*.go"), "#settings.json"]
        programs += env.Alias(f"{name}-dynamic", env.Command(f"build/dynamic/{name}", sources, command, ENV=os.environ))
    return [program for alias in programs for program in alias.sources]
"""


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of all runs, for its Go caches: they need Go's library compiled once."""
    return tmp_path_factory.mktemp("work")


def fuzz(work: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, str(ROOT / "benchmarks" / "fuzz.py"), "--keep", str(work), *arguments]
    return subprocess.run(argv, capture_output=True, text=True, check=False)


def test_the_outputs_are_those_of_clean_builds(work: Path) -> None:
    """Hundreds of steps are for the command line."""
    done = fuzz(work, "--seed", "1", "2", "--steps", "6")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_tool_that_misses_a_library_is_found_out(work: Path, tmp_path: Path) -> None:
    tool = tmp_path / "tools" / "golang"
    tool.mkdir(parents=True)
    (tool / "__init__.py").write_text(NAIVE)
    done = fuzz(work, "--seed", "1", "--steps", "20", "--toolpath", str(tool.parent))
    assert done.returncode == 1, done.stdout + done.stderr
    assert "not what a clean build gives" in done.stdout
    assert "reproduce: python3 benchmarks/fuzz.py --seed 1 --steps" in done.stdout
