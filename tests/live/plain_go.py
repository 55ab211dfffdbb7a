"""What the go command does by itself: the behaviour that a case is about, without the tool."""

from __future__ import annotations

from pathlib import Path

from harness import Outcome, Project

CLEAN = {"GOENV": "off", "GOFLAGS": "", "GOTOOLCHAIN": "local", "GOWORK": "off", "LC_ALL": "C"}


def go(project: Project, *arguments: str, **environ: str) -> Outcome:
    """Run the go command in the project, without the settings of the machine."""
    return project.run("go", *arguments, environ={**CLEAN, **environ})


def go_build(project: Project, *flags: str, package: str = ".", **environ: str) -> Path:
    """Run `go build`, assert that it reports success, and return the binary."""
    outcome = go(project, "build", *flags, "-o", "plain", package, **environ)
    assert outcome.status == 0, outcome.text
    return project / "plain"
