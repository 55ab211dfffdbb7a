"""What somebody does to a project between two builds."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable

from harness import Project

Edit = Callable[[Project], object]


def write(name: str, content: str) -> Edit:
    """Write a whole file."""
    return lambda project: project.write({name: content})


def replace(name: str, old: str, new: str) -> Edit:
    """Replace a text that the file contains."""

    def edit(project: Project) -> None:
        content = (project / name).read_text()
        assert old in content
        (project / name).write_text(content.replace(old, new))

    return edit


def append(name: str, text: str) -> Edit:
    """Append to a file."""

    def edit(project: Project) -> None:
        with (project / name).open("a") as stream:
            stream.write(text)

    return edit


def remove(name: str) -> Edit:
    """Remove a file or a folder."""
    return lambda project: shutil.rmtree(project / name) if (project / name).is_dir() else (project / name).unlink()


def move(name: str, to: str) -> Edit:
    """Rename a file or a folder."""
    return lambda project: (project / name).rename(project / to)


def link(name: str, target: str) -> Edit:
    """Make a symbolic link, in the place of one that is there."""

    def edit(project: Project) -> None:
        (project / name).unlink(missing_ok=True)
        (project / name).symlink_to(target)

    return edit


def archive(value: int, place: str = "app/native") -> Edit:
    """Make libpart.a, whose one function returns ``value``."""

    def edit(project: Project) -> None:
        folder = project / place
        folder.mkdir(exist_ok=True)
        source = folder / "part.c"
        source.write_text(f"int part(void) {{ return {value}; }}\n")
        (folder / "libpart.a").unlink(missing_ok=True)
        subprocess.run(["gcc", "-c", "part.c", "-o", "part.o"], cwd=folder, check=True)
        subprocess.run(["ar", "rcsD", "libpart.a", "part.o"], cwd=folder, check=True)
        (folder / "part.o").unlink()

    return edit


def run(*argv: str) -> Edit:
    """Run any program in the project."""
    return lambda project: project.run(*argv, check=True)


def scons(*arguments: str, status: int | None = 0) -> Edit:
    """Run scons in between, for other targets or without building."""
    return lambda project: project.scons(*arguments, status=status)
