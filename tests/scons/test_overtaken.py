"""A source that changes while go builds: nobody takes the binary for one of the source as it was before."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from harness import Project

pytestmark = pytest.mark.live

MAIN = 'package main\n\nfunc main() {{ println("{}") }}\n'
EDIT = "if test -e edit; then mv edit cmd/a/main.go; fi && "
"""Before go reads the source, and once only."""
REPLACE = """\
import os

replace = os.replace

def replaced(source, target):
    replace(source, target)
    if target.endswith("build/a") and os.path.exists("other"):
        replace("other", target)

os.replace = replaced
"""
"""Another process that puts its own program where one was put that was just proved."""


@pytest.fixture
def overtaken(tmp_path: Path) -> Project:
    folder = tmp_path / "project"
    folder.mkdir()
    project = Project(folder)
    project.module({"cmd/a/main.go": MAIN.format("first"), "cmd/b/main.go": MAIN.format("b")})
    return project


def says(project: Project, path: str = "build/a") -> str:
    return project.run(path, check=True).stderr.strip()


def from_nothing(project: Project) -> str:
    """Return what the program of another checkout says that has the same CacheDir."""
    for name in ("build", ".scons-golang"):
        shutil.rmtree(project / name)
    (project / ".sconsign.dblite").unlink()
    project.scons()
    return says(project)


@pytest.mark.parametrize("made", ["", "env.Command('cmd/a/gen.go', [], 'echo package main > $TARGET')\n"])
def test_neither_the_next_run_nor_a_cache_takes_it_for_the_old_source(overtaken: Project, made: str) -> None:
    """Be there a file in the package that SCons makes, or not."""
    com = f"GOCOM={EDIT!r} + env['GOCOM']"
    overtaken.sconstruct(f"CacheDir('cache')\n{made}env.GoProgram('build/a', 'cmd/a', linkage='static', {com})")
    overtaken.write({"edit": MAIN.format("second")})
    overtaken.scons()
    assert says(overtaken) == "second"

    overtaken.write({"cmd/a/main.go": MAIN.format("first")})
    assert overtaken.scons().built == ["build/a"]
    assert says(overtaken) == "first"
    overtaken.up_to_date()
    assert from_nothing(overtaken) == "first"


def test_looking_again_meanwhile_does_not_hide_it(overtaken: Project) -> None:
    """SCons builds something else while go does, and then looks at all files again."""
    overtaken.sconstruct(f"""
def wait(path):
    return f"timeout 60 sh -c 'until test -e {{path}}; do sleep 0.05; done' && "

back = " && cp first cmd/a/main.go && touch begun && " + wait("build/b")
env.GoProgram("build/a", "cmd/a", linkage="static", GOCOM={EDIT!r} + env["GOCOM"] + back + "true")
other = env.Command("other", [], wait("begun") + "touch $TARGET")
env.Requires(env.GoProgram("build/b", "cmd/b", linkage="static"), other)
""")
    overtaken.write({"edit": MAIN.format("second"), "first": MAIN.format("first")})
    overtaken.scons("-j3")
    assert says(overtaken) == "second"
    (overtaken / "begun").unlink()

    assert overtaken.scons("build/a").built == ["build/a"]
    assert says(overtaken) == "first"


def test_what_another_process_puts_there_is_not_taken_for_its_own(overtaken: Project) -> None:
    overtaken.write({"hook/sitecustomize.py": REPLACE})
    overtaken.sconstruct("CacheDir('cache')\nenv.GoProgram('build/a', 'cmd/a', linkage='static')")
    overtaken.run("go", "build", "-o", "other", "./cmd/b", check=True)
    overtaken.scons(environ={"PYTHONPATH": str(overtaken / "hook")})
    assert says(overtaken) == "b"

    assert overtaken.scons().built == ["build/a"]
    assert says(overtaken) == "first"
    assert from_nothing(overtaken) == "first"


def test_a_program_with_post_actions_is_cached_as_they_leave_it(overtaken: Project) -> None:
    overtaken.sconstruct(
        "CacheDir('cache')\na = env.GoProgram('build/a', 'cmd/a', linkage='static')\n"
        "env.AddPostAction(a, 'printf more >> $TARGET')"
    )
    overtaken.scons()
    assert (overtaken / "build/a").read_bytes().endswith(b"more")
    shutil.rmtree(overtaken / "build")
    assert "Retrieved `build/a' from cache" in overtaken.scons().stdout
    assert (overtaken / "build/a").read_bytes().endswith(b"more")


def test_a_cache_that_is_forced_takes_no_more(overtaken: Project) -> None:
    com = f"GOCOM={EDIT!r} + env['GOCOM']"
    overtaken.sconstruct(f"CacheDir('cache')\nenv.GoProgram('build/a', 'cmd/a', linkage='static', {com})")
    overtaken.write({"edit": MAIN.format("second")})
    overtaken.scons("--cache-force")
    assert says(overtaken) == "second"
    overtaken.write({"cmd/a/main.go": MAIN.format("first")})
    assert from_nothing(overtaken) == "first"
    # What is sound goes there, also where nothing is built.
    shutil.rmtree(overtaken / "cache")
    overtaken.scons("--cache-force")
    shutil.rmtree(overtaken / "build")
    assert "Retrieved `build/a' from cache" in overtaken.scons().stdout


def test_a_link_more_is_no_change(overtaken: Project) -> None:
    """As SCons makes one in a variant folder, while go builds."""
    com = "GOCOM='ln -f cmd/a/main.go another && ' + env['GOCOM']"
    overtaken.sconstruct(f"CacheDir('cache')\nenv.GoProgram('build/a', 'cmd/a', linkage='static', {com})")
    overtaken.scons()
    overtaken.up_to_date()
    shutil.rmtree(overtaken / "build")
    assert "Retrieved `build/a' from cache" in overtaken.scons().stdout
