"""Where things may be: variant directories, SConscripts, odd paths, inside and outside the source tree, a CacheDir."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from harness import HELLO, LOOKUP, TOOLPATH, Project, is_static

pytestmark = pytest.mark.live

EMBED = """\
package main

import (
	_ "embed"
	"example.org/m/lib"
)

//go:embed text.txt
var text string

func main() { println(lib.Name, text) }
"""
LIBRARY = 'package lib\n\nvar Name = "lib"\n'
DYNAMIC_COMMAND = "CGO_ENABLED=1 $GO build -C $_GOMODULEROOT -o ${TARGET.abspath} $_GOPACKAGE"


def files_below(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(("how", "duplicate"), [("variant_dir", 0), ("variant_dir", 1), ("VariantDir", 0)])
def test_variant_directories(project: Project, how: str, duplicate: int) -> None:
    """D4: Go reads the source tree, whatever SCons duplicates; outputs go to the variant tree only."""
    project.write(
        {
            "src/go.mod": "module example.org/m\n\ngo 1.21\n",
            "src/cmd/app/main.go": EMBED,
            "src/cmd/app/text.txt": "text",
            "src/lib/lib.go": LIBRARY,
            "src/SConscript": 'Import("env")\n'
            'app = env.GoProgram("bin/$GOLINKAGE/app", "cmd/app", linkage="static")\n'
            'env.Install("#out", app)\n'
            'env.GoModule("all", ".", linkage="static")\n',
        }
    )
    called = {
        "variant_dir": f'SConscript("src/SConscript", variant_dir="build", duplicate={duplicate}, exports="env")',
        "VariantDir": f'VariantDir("build", "src", duplicate={duplicate})\nSConscript("build/SConscript", exports="env")',
    }
    project.sconstruct(called[how])
    before = files_below(project / "src")

    outcome = project.scons("build", "out")

    assert sorted(outcome.built) == ["all/app", "static/app"]
    assert project.run("build/bin/static/app").stderr == "lib text\n"
    assert is_static(project / "build/all/app")
    assert is_static(project / "out/app")
    assert files_below(project / "src") == before
    project.up_to_date("build", "out")
    for name, content, says in (
        ("src/cmd/app/text.txt", "other", "lib other\n"),
        ("src/lib/lib.go", LIBRARY.replace('"lib"', '"new"'), "new other\n"),
    ):
        project.write({name: content})
        assert "static/app" in project.scons("build").built
        assert project.run("build/bin/static/app").stderr == says
    assert "Removed build/bin/static/app" in project.scons("-c", "build").stdout


def test_sconscripts_in_folders_name_paths_from_where_they_are(project: Project) -> None:
    project.module({"a/b/cmd/app/main.go": HELLO, "a/b/own/go.mod": "module example.org/own\n"})
    project.write({"a/b/own/main.go": HELLO})
    project.write(
        {
            "a/b/SConscript": 'Import("env")\n'
            'env.GoProgram("bin/one", "cmd/app", linkage="static")\n'
            'env.GoProgram("#top/two", "#a/b/cmd/app", linkage="static")\n'
            'env.GoProgram(File("bin/three"), Dir("cmd/app"), linkage="static")\n'
            'env.GoProgram("bin/four", "cmd/app/main.go", linkage="static")\n'
            'env.GoProgram(source="cmd/app", linkage="static")\n'
            'env.GoModule("own", linkage="static", GOTARGETDIR="#all")\n'
        }
    )
    project.sconstruct('SConscript("a/b/SConscript", exports="env")')
    made = ["a/b/bin/four", "a/b/bin/one", "a/b/bin/three", "a/b/build/static/app", "all/own", "top/two"]

    project.scons("-j2", ".")

    assert [name for name in made if not is_static(project / name)] == []
    project.up_to_date(".")
    # A rejected binary is cleaned where it is.
    rejected = ["a/b/bin/one.rejected", "top/two.rejected"]
    project.write(dict.fromkeys(rejected, "rejected"))
    removed = project.scons("-c", ".").stdout.splitlines()
    assert sorted(removed) == [f"Removed {name}" for name in sorted([*made, *rejected])]
    # The same from a folder below.
    done = Project(project / "a/b")
    assert "a/b/bin/one" in done.scons("-u", "one").stdout
    assert is_static(project / "a/b/bin/one")


@pytest.mark.parametrize("name", ["with space", "quo'te dou\"ble", "dol$lar", "semi;colon & h#sh, ünï"])
def test_odd_paths(tmp_path: Path, name: str) -> None:
    """The path of the project, of the package and of the target: nothing splits, expands or quotes them wrong."""
    project = Project(tmp_path / name)
    project.path.mkdir()
    project.module({"cmd/app/main.go": EMBED, "cmd/app/text.txt": "text", "lib/lib.go": LIBRARY})
    target = name.replace("$", "$$")
    project.sconstruct(f"env.GoProgram({f'out {target}/{target}'!r}, 'cmd/app', linkage='static')")

    outcome = project.scons()

    binary = project / f"out {name}" / name
    assert is_static(binary)
    assert project.run(str(binary)).stderr == "lib text\n"
    assert f"out {name}/{name}: static" in outcome.stdout
    project.up_to_date()
    project.write({"lib/lib.go": LIBRARY.replace('"lib"', '"new"')})
    project.scons()
    assert project.run(str(binary)).stderr == "new text\n"
    assert project.scons("-c").stdout == f"Removed out {name}/{name}\n"


def test_the_printed_line_can_be_pasted_into_a_shell(tmp_path: Path) -> None:
    project = Project(tmp_path / "with space; and more")
    project.path.mkdir()
    project.module({"cmd/app/main.go": HELLO})
    project.sconstruct('env.GoProgram("out of it/app", "cmd/app", linkage="static", GOLDFLAGS="-s -w")')
    line = next(line for line in project.scons("-n").stdout.splitlines() if "go build" in line)

    project.run("sh", "-c", line, check=True)

    assert is_static(project / "out of it/app")


def test_targets_anywhere(project: Project, tmp_path: Path) -> None:
    """In the package's own folder, in the module's root, beside the project; a program in the module's root."""
    project.module({"main.go": HELLO, "cmd/app/main.go": HELLO, "cmd/app/app.go": "package main\n"})
    outside = tmp_path / "outside/tool"
    project.sconstruct(
        'env.GoProgram("m", ".", linkage="static")\n'
        'env.GoProgram("cmd/app/app", "cmd/app", linkage="static")\n'
        f'env.GoProgram("{outside}", "cmd/app", linkage="static")\n'
        'env.GoProgram("app", "cmd/app", linkage="static")\n'
    )

    assert sorted(project.scons(".", str(outside)).built) == sorted(
        [f"{project.path.name}/m", "app/app", "outside/tool", f"{project.path.name}/app"]
    )
    for path in (project / "m", project / "cmd/app/app", outside, project / "app"):
        assert is_static(path)
    project.up_to_date(".", str(outside))
    # The alias and the file have one name here.
    project.up_to_date("m")
    project.write({"main.go": HELLO.replace("hello", "changed")})
    assert project.scons("m", "tool").built == [f"{project.path.name}/m"]


def test_a_source_outside_of_the_project(project: Project, tmp_path: Path) -> None:
    elsewhere = Project(tmp_path / "elsewhere")
    elsewhere.module({"cmd/app/main.go": HELLO})
    (elsewhere / "go.work").write_text("go 1.21\nuse .\n")
    project.sconstruct(f'env.GoProgram("app", "{elsewhere / "cmd/app"}", linkage="static")')
    before = files_below(elsewhere.path)

    project.scons()

    assert is_static(project / "app")
    project.up_to_date()
    assert files_below(elsewhere.path) == before
    elsewhere.write({"cmd/app/main.go": HELLO.replace("hello", "changed")})
    project.scons()
    assert project.run("./app").stdout == "changed\n"


CACHED = f"""\
DefaultEnvironment(tools=[])
env = Environment(tools=["golang"], toolpath=["{TOOLPATH}"])
env.CacheDir(ARGUMENTS["cache"])
env.GoProgram("build/app", "cmd/app", linkage="static", GOCOM=ARGUMENTS.get("GOCOM", env["GOCOM"]),
              GOVERIFYNSS=ARGUMENTS.get("nss", "warn"))
env.GoLinkageReport("report.json", "build/app")
"""


def checkout(path: Path, main: str = HELLO) -> Project:
    made = Project(path)
    made.module({"cmd/app/main.go": main, "SConstruct": CACHED})
    return made


def test_a_cache_holds_proved_binaries_only(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    first, second = checkout(tmp_path / "one"), checkout(tmp_path / "another/place")
    option = f"cache={cache}"

    assert first.scons(option).built == ["build/app"]
    fetched = second.scons(option)

    # A second checkout somewhere else fetches the very bytes; the report is made from them, never fetched.
    assert fetched.built == []
    assert "Retrieved `build/app' from cache" in fetched.stdout
    assert (second / "build/app").read_bytes() == (first / "build/app").read_bytes()
    assert "Writing report.json" in fetched.stdout
    assert '"verdict": "static"' in (second / "report.json").read_text()
    second.up_to_date(option)

    # Another policy is another entry: what was proved under the old one is not taken for it.
    shutil.rmtree(second / "build")
    missed = second.scons(option, "nss=error")
    assert "Retrieved" not in missed.stdout
    assert missed.built == ["build/app"]


def test_a_rejected_binary_gets_into_no_cache(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    first, second = checkout(tmp_path / "one", LOOKUP), checkout(tmp_path / "two", LOOKUP)
    broken = (f"cache={cache}", f"GOCOM={DYNAMIC_COMMAND}")

    for project in (first, second):
        outcome = project.scons("-k", *broken, status=2)
        assert "Retrieved" not in outcome.text
        assert "go build" in outcome.stdout
        assert not (project / "build/app").exists()
        assert (project / "build/app.rejected").exists()
    # SCons writes two files of its own into it.
    assert {Path(name).name for name in files_below(cache)} <= {"config", "CACHEDIR.TAG"}

    assert second.scons(f"cache={cache}").built == ["build/app"]
    assert is_static(second / "build/app")


def test_a_repository_holds_no_sources_for_go(tmp_path: Path) -> None:
    """The go command knows no overlay of trees: a source that is only in a Repository is said to be missing."""
    repository, project = Project(tmp_path / "repository"), Project(tmp_path / "project")
    repository.module({"cmd/app/main.go": HELLO})
    project.path.mkdir()
    project.sconstruct(f'Repository("{repository.path}")\nenv.GoProgram("build/app", "cmd/app", linkage="static")')

    outcome = project.scons(status=2)

    assert "no directory" in outcome.stderr
    assert "Repository" in outcome.stderr


@pytest.mark.parametrize("duplicate", [0, 1])
def test_a_go_file_as_source_may_be_made_or_mapped(project: Project, duplicate: int) -> None:
    """It need not stand when it is named, wherever programs see it from."""
    project.module({"cmd/app/main.go": HELLO, "main.in": HELLO, "cmd/given/given.go": "package main\n"})
    project.write(
        {
            "cmd/app/SConscript": 'Import("env")\n'
            'env.GoProgram("#build/mapped", "main.go", linkage="static")\n'
            'env.Command("version.go", [], "echo package main > $TARGET")\n'
            'env.GoProgram("#build/made", ["version.go", "main.go"], linkage="static")\n'
            'env.GoProgram("#build/seen", "#cmd/app/version.go", linkage="static")\n'
        }
    )
    project.sconstruct(
        f'SConscript("cmd/app/SConscript", exports="env", variant_dir="build/cmd", duplicate={duplicate})\n'
        'made = env.Command("cmd/new/main.go", "main.in", Copy("$TARGET", "$SOURCE"))\n'
        'env.Command("log", [], "touch $TARGET"); env.SideEffect("cmd/app/aside.go", "log")\n'
        'env.GoProgram("build/new", made, linkage="static")\n'
        'env.GoProgram("build/aside", "cmd/app/aside.go", linkage="static")\n'
        'given = env.Command("build/main.go", "main.in", Copy("$TARGET", "$SOURCE"))\n'
        'env.GoProgram("build/given", "cmd/given/main.go", linkage="static", GOGENERATED={"cmd/given": given})\n'
    )
    programs = ("mapped", "made", "seen", "new", "aside", "given")
    targets = [f"build/{name}" for name in programs]
    project.scons("-n", *targets)
    project.scons(*targets)
    project.up_to_date(*targets)
    project.scons("-c", *targets)
    project.scons("-n", *targets)
