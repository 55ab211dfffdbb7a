"""The command without SCons: verdicts that agree with readelf, exit statuses, JSON, and why a program needs cgo."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from golang.platform import host_platform
from harness import LOOKUP, ROOT, Outcome, Project, elf_type, interpreter, needed, readelf

pytestmark = pytest.mark.live


def golinkage(project: Project, *arguments: str) -> Outcome:
    environ = {"PYTHONPATH": str(ROOT / "site_scons/site_tools")}
    outcome = project.run(sys.executable, "-m", "golang", *arguments, environ=environ)
    assert "Traceback" not in outcome.text, outcome.text
    return outcome


def system_binaries() -> list[Path]:
    """Return programs and libraries of this machine: 30 of each."""
    programs = sorted(path for path in Path("/usr/bin").iterdir() if path.is_file() and not path.is_symlink())
    libraries = sorted(path for path in Path("/usr/lib").glob("*-linux-gnu/*.so.*") if not path.is_symlink())
    elf = [path for path in programs if path.read_bytes()[:4] == b"\x7fELF"]
    return [*elf[:30], *libraries[:30]]


def expected(path: Path) -> str:
    """Return the verdict that readelf's view of a system binary amounts to."""
    dynamic = readelf(path, "-d")
    if interpreter(path) and needed(path) and "(SONAME)" not in dynamic:
        return "dynamic"
    if elf_type(path) == "DYN" and "PIE" not in dynamic:
        return "shared-library"
    return "other"


def test_verify_agrees_with_readelf_on_system_binaries(project: Project) -> None:
    by_verdict: dict[str, list[str]] = {}
    for path in system_binaries():
        by_verdict.setdefault(expected(path), []).append(str(path))

    assert len(by_verdict["dynamic"]) >= 20
    assert len(by_verdict["shared-library"]) >= 20
    for verdict in ("dynamic", "shared-library"):
        outcome = golinkage(project, "verify", "--expect", verdict, *by_verdict[verdict])
        assert outcome.status == 0, outcome.text
        assert golinkage(project, "verify", "--expect", "static", *by_verdict[verdict]).status == 1


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("golinkage"))
    project.module({"cmd/app/main.go": LOOKUP})
    for name, cgo in (("static", "0"), ("dynamic", "1")):
        project.run("go", "build", "-o", name, "./cmd/app", environ={"CGO_ENABLED": cgo}, check=True)
    return project


def test_exit_statuses(built: Project) -> None:
    """They are documented in docs/golinkage.md."""
    good = golinkage(built, "verify", "--expect", "static", "static")
    assert (good.status, good.stdout) == (0, "static: static\n")
    bad = golinkage(built, "verify", "--expect", "static", "static", "dynamic")
    assert bad.status == 1
    assert "dynamic: dynamic: not as expected\n  wanted: static\n  found:  dynamic (" in bad.stdout
    assert golinkage(built, "verify", "--expect", "dynamic", "--libc", "glibc", "dynamic").status == 0
    assert golinkage(built, "verify", "--expect", "dynamic", "--libc", "musl", "dynamic").status == 1
    assert golinkage(built, "verify", "--expect", "dynamic", "--platform", str(host_platform()), "dynamic").status == 0
    outcome = golinkage(built, "verify", "--expect", "dynamic", "--platform", "linux/s390x", "dynamic")
    assert outcome.status == 1
    assert "wanted: a program for linux/s390x (" in outcome.stdout
    assert golinkage(built, "verify", "--expect", "archive", "--platform", "linux/s390x", "x.a").status == 2
    assert golinkage(built, "verify", "--expect", "statik", "static").status == 2
    assert golinkage(built).status == 2
    missing = golinkage(built, "verify", "--expect", "static", "static", "missing", "go.mod")
    assert missing.status == 3
    assert "static: static\n" in missing.stdout, "what can be read is judged all the same"
    assert missing.stderr.count("golinkage: ") == 2


def test_json_has_the_evidence(built: Project) -> None:
    data = json.loads(golinkage(built, "inspect", "--json", "static", "dynamic").stdout)
    assert [program["verdict"] for program in data["programs"]] == ["static", "dynamic"]
    assert data["programs"][1]["elf"]["needed"] == needed(built / "dynamic")
    assert data["unreadable"] == {}
    data = json.loads(golinkage(built, "verify", "--json", "--expect", "static", "dynamic", "go.mod").stdout)
    (program,) = data["programs"]
    assert (program["expected"], program["ok"], program["verdict"]) == ("static", False, "dynamic")
    assert list(data["unreadable"]) == ["go.mod"]


def test_inspect_prints_verdict_and_evidence(built: Project) -> None:
    text = golinkage(built, "inspect", "dynamic").stdout
    assert text.startswith("dynamic: dynamic\n")
    for line in (
        f"  interpreter {interpreter(built / 'dynamic')}",
        "  needs libc.so.6",
        "  hosts or users are resolved by libc",
    ):
        assert line + "\n" in text
    assert "cgo on" in text


def test_why_names_the_chain(built: Project) -> None:
    outcome = golinkage(built, "why", "./cmd/app")
    assert outcome.status == 0
    assert "./cmd/app: linkage dynamic gives dynamic\n" in outcome.stdout
    assert "  net needs cgo: example.org/m/cmd/app imports net\n" in outcome.stdout
    pure = golinkage(built, "why", "--resolver", "go", "./cmd/app")
    assert pure.stdout == "./cmd/app: linkage dynamic gives static\n  no package needs cgo\n"
    cross = golinkage(built, "why", "--linkage", "static", "--platform", "linux/arm64", "--json", "cmd/app")
    (program,) = json.loads(cross.stdout)["programs"]
    assert (program["predicted"], program["cgo"], program["resolver"]) == ("static", [], "go")


def test_why_fails_where_it_cannot_be_had(project: Project) -> None:
    project.module(
        {
            "main.go": 'package main\n\nimport "C"\n\nfunc main() {}\n',
            "bad/main.go": 'package main\n\nimport _ "example.org/m/missing"\n',
        }
    )
    refused = golinkage(project, "why", "--linkage", "static", ".")
    assert refused.status == 1
    assert refused.stdout.startswith(".: linkage static cannot be built\n  wanted: linkage static (cgo off)\n")
    assert "has only cgo files" in refused.stdout
    # Neither libc can be linked statically there, nor is it needed: the system's is loaded anyway.
    refused = golinkage(project, "why", "--linkage", "static", "--platform", "windows/amd64", ".")
    assert "fix:    linkage='dynamic', which has cgo on; or do without that package\n" in refused.stdout
    for linkage, platform in (
        ("static", "openbsd/amd64"),
        ("static-libc", "darwin/arm64"),
        ("static-pie", "windows/amd64"),
    ):
        refused = golinkage(project, "why", "--linkage", linkage, "--platform", platform, ".")
        assert (refused.status, f"linkage {linkage} cannot be built" in refused.stdout) == (1, True), platform
    for platform in ("linux/arm65", "nonsense", "linux/arm/v9"):
        unknown = golinkage(project, "why", "--platform", platform, ".")
        assert (unknown.status, "argument --platform" in unknown.stderr) == (2, True), unknown.stderr
    broken = golinkage(project, "why", "bad")
    assert broken.status == 1
    assert "bad: linkage dynamic cannot be built\n" in broken.stdout
    assert golinkage(project, "why", "missing").status == 3
    assert golinkage(project, "why", os.sep).status == 3


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device of Linux")
@pytest.mark.parametrize(
    "arguments", ["inspect {}", "inspect --json" + 99 * " {}", "--help", "verify --expect broken {}"]
)
def test_output_that_cannot_be_written(project: Project, arguments: str) -> None:
    """It is no verdict, whether it is known at the first line or at the last."""
    command = f"{sys.executable} -m golang {arguments.replace('{}', sys.executable)}"
    for buffered in ("", "1"):
        environ = {"PYTHONPATH": str(ROOT / "site_scons/site_tools"), "PYTHONUNBUFFERED": buffered}
        closed = project.run("sh", "-c", f"{{ sleep 1; {command}; echo $? >&2; }} | true", environ=environ)
        assert closed.text == ("1\n" if "verify" in arguments else "0\n")
    full = project.run("sh", "-c", f"{command} > /dev/full", environ=environ)
    assert (full.status, full.text) == (2, "golinkage: cannot write: No space left on device\n")


def test_working_directory_that_is_gone(project: Project) -> None:
    command = f"mkdir gone && cd gone && rmdir ../gone && {sys.executable} -m golang why ./x"
    environ = {"PYTHONPATH": str(ROOT / "site_scons/site_tools")}
    outcome = project.run("sh", "-c", command, environ=environ)
    assert (outcome.status, outcome.text) == (3, "golinkage: the working directory: No such file or directory\n")
