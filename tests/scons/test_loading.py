"""The ways to load the tool: site_scons by itself, a toolpath, and a wheel that pip installed."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness import HELLO, ROOT, TOOLPATH, Outcome, Project, is_static

pytestmark = [pytest.mark.live, pytest.mark.network]

PROGRAM = 'env.GoProgram("build/$GOLINKAGE/app", "cmd/app", linkage="static")\n'
IGNORED = shutil.ignore_patterns("__pycache__", ".*_cache")


@dataclass(frozen=True)
class Installed:
    """The wheel, and a virtual environment with nothing but it and what it requires."""

    wheel: Path
    prefix: Path

    @property
    def python(self) -> str:
        return str(self.prefix / "bin/python")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    # Built from a copy: setuptools leaves build/ and egg-info beside the sources.
    folder = tmp_path_factory.mktemp("installed")
    source = folder / "source"
    shutil.copytree(ROOT / "site_scons", source / "site_scons", ignore=IGNORED)
    for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, source)
    _run(sys.executable, "-m", "build", "--wheel", "--outdir", str(folder / "dist"), str(source))
    (wheel,) = (folder / "dist").glob("*.whl")
    made = Installed(wheel, folder / "venv")
    venv.create(made.prefix, with_pip=True)
    _run(made.python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(wheel))
    return made


def _run(*argv: str) -> None:
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def scons_of(installed: Installed, project: Project, *arguments: str) -> Outcome:
    outcome = project.run(installed.python, "-I", "-m", "SCons", "-Q", *arguments)
    assert "Traceback" not in outcome.text, outcome.text
    return outcome


def load_with(project: Project, environment: str, body: str = PROGRAM) -> None:
    project.module({"cmd/app/main.go": HELLO})
    project.write({"SConstruct": f"DefaultEnvironment(tools=[])\nenv = {environment}\n{body}"})


def assert_builds(project: Project, outcome: Outcome) -> None:
    assert outcome.status == 0, outcome.text
    assert outcome.built == ["static/app"]
    assert "build/static/app: static: " in outcome.stdout
    assert is_static(project / "build/static/app")


def test_site_scons_is_found_by_itself(project: Project) -> None:
    shutil.copytree(ROOT / "site_scons", project / "site_scons", ignore=IGNORED)
    load_with(project, 'Environment(tools=["default", "golang"])')

    assert_builds(project, project.scons("app-static"))
    project.up_to_date("app-static")


def test_a_submodule_is_loaded_through_toolpath(project: Project) -> None:
    shutil.copytree(ROOT / "site_scons", project / "third_party/scons-golang/site_scons", ignore=IGNORED)
    toolpath = "#third_party/scons-golang/site_scons/site_tools"
    load_with(
        project,
        f'Environment(tools=["default", "golang"], toolpath=["{toolpath}"])',
        # The tool is also importable from then on, as the same package.
        PROGRAM + f'import golang\nprint("TOOLPATH", golang.TOOLPATH == Dir("{toolpath}").abspath)\n',
    )

    outcome = project.scons()

    assert_builds(project, outcome)
    assert "TOOLPATH True" in outcome.stdout


def test_a_toolpath_may_be_a_symlink_and_the_same_tool_come_by_two_paths(project: Project) -> None:
    (project / "tools").symlink_to(TOOLPATH)
    load_with(
        project,
        'Environment(tools=["golang"], toolpath=["#tools"])',
        PROGRAM
        + f'other = Environment(tools=["golang"], toolpath=["{TOOLPATH}"], GOLINKAGE="static")\n'
        + 'other.GoLinkageReport("report.json", other.GoProgram("other/$GOLINKAGE/app", "cmd/app")[0])\n'
        + 'other.GoLinkageReport("first.json", "build/static/app")\n',
    )

    outcome = project.scons()

    assert outcome.built == ["static/app", "static/app"]
    # What one copy declared the other one knows: the report says what linkage was asked for.
    assert '"linkage": "static"' in (project / "first.json").read_text()
    project.up_to_date()


def test_the_tool_may_be_loaded_again_and_cloned(project: Project) -> None:
    load_with(
        project,
        f'Environment(tools=["golang", "golang"], toolpath=["{TOOLPATH}"], GOTAGS=["mine"], GOLINKAGE="static")',
        'env.Tool("golang")\n'
        'clone = env.Clone(tools=["golang"], GOTAGS=["other"])\n'
        'clone["GOXDEFS"]["main.x"] = "1"\n'
        'print("kept", env["GOTAGS"], env["GOXDEFS"], clone["GOTAGS"], clone["GOLINKAGE"])\n'
        'env.GoProgram("build/$GOLINKAGE/app", "cmd/app")\n'
        'clone.GoProgram("build/clone-$GOLINKAGE/app", "cmd/app")\n',
    )

    outcome = project.scons()

    assert "kept ['mine'] {} ['other'] static" in outcome.stdout
    assert outcome.built == ["clone-static/app", "static/app"]
    assert "-tags=mine" in outcome.stdout
    assert "-tags=other" in outcome.stdout


def test_two_environments_share_no_default(project: Project) -> None:
    load_with(
        project,
        f'Environment(tools=["golang"], toolpath=["{TOOLPATH}"])',
        f'other = Environment(tools=["golang"], toolpath=["{TOOLPATH}"])\n'
        'env.Append(GOTAGS=["mine"])\n'
        'env["GOXDEFS"]["main.x"] = "1"\n'
        'print("other", other["GOTAGS"], other["GOXDEFS"])\n',
    )

    assert "other [] {}" in project.scons("-h").stdout


def test_arguments_of_the_tool_are_construction_variables(project: Project) -> None:
    tools = 'Environment(tools=[("golang", {{"{0}": "x", "GOLINKAGE": "static"}})], toolpath=["' + str(TOOLPATH) + '"])'
    load_with(project, tools.format("GOTAGS"), 'env.GoProgram("build/$GOLINKAGE/app", "cmd/app")\n')
    assert "-tags=x" in project.scons("-n").stdout

    load_with(project, tools.format("GOTAG"), "")
    outcome = project.scons(status=2)
    assert "golang: unknown argument of the tool: GOTAG" in outcome.stderr
    assert "GOTAGS" in outcome.stderr
    assert "Error" not in outcome.stderr
    assert '/SConstruct", line 2, in <module>' in outcome.stderr


def test_the_wheel_holds_the_package_and_nothing_else(installed: Installed) -> None:
    with zipfile.ZipFile(installed.wheel) as wheel:
        names = wheel.namelist()

    package = {name for name in names if not re.match(r"scons_golang-[^/]*\.dist-info/", name)}
    sources = {
        str(path.relative_to(TOOLPATH)) for path in (TOOLPATH / "golang").rglob("*") if path.suffix in (".py", ".typed")
    }
    assert "golang/py.typed" in package
    assert package == sources
    assert (installed.prefix / "bin/golinkage").exists() == (TOOLPATH / "golang/cli.py").exists()


@pytest.mark.parametrize(
    "environment",
    [
        'Environment(tools=["default", golang.generate])',
        'Environment(tools=["default", "golang"], toolpath=[golang.TOOLPATH])',
    ],
    ids=["generate", "TOOLPATH"],
)
def test_pip_installed(project: Project, installed: Installed, environment: str) -> None:
    load_with(project, environment)
    text = (project / "SConstruct").read_text()
    project.write({"SConstruct": f"import golang\n{text}print('FROM', golang.__file__)\n"})

    outcome = scons_of(installed, project)

    assert_builds(project, outcome)
    assert f"FROM {installed.prefix}/" in outcome.stdout
    assert "is up to date" in scons_of(installed, project).stdout


def test_importing_the_package_needs_neither_scons_nor_pyelftools(installed: Installed, project: Project) -> None:
    code = (
        "import sys, golang, golang.policy, golang.plan, golang.inspect\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules} & {'SCons', 'elftools'}))"
    )
    assert project.run(installed.python, "-I", "-c", code, check=True).stdout == "[]\n"


def test_without_pyelftools_the_proof_fails_with_what_to_do(installed: Installed, project: Project) -> None:
    """What cannot be proved is not even compiled, and what needs no proof still works."""
    load_with(
        project,
        f'Environment(tools=["golang"], toolpath=["{TOOLPATH}"])',
        PROGRAM + 'env.Command("other.txt", [], "echo other > $TARGET")\n',
    )
    (elftools,) = installed.prefix.glob("lib/python*/site-packages/elftools")
    hidden = elftools.rename(elftools.with_name("hidden"))
    try:
        outcome = scons_of(installed, project, "-k", "app-static", "other.txt")
    finally:
        hidden.rename(elftools)

    assert outcome.status == 2
    assert "pip install pyelftools" in outcome.stderr
    assert outcome.stderr.count("no pyelftools in ") == 1
    assert "go build" not in outcome.stdout
    assert not list((project / "build/static").iterdir())
    assert (project / "other.txt").exists()
    assert_builds(project, scons_of(installed, project, "app-static"))
