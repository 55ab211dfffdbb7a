"""One go build for all programs of a configuration, though each stays a target of its own, with its own fate."""

from __future__ import annotations

import os
import platform
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from golang.memory import available_memory
from harness import PROFILER, Outcome, Project

pytestmark = pytest.mark.live

NAMES = ("a", "b", "c", "d")
LIBRARY = "package lib\n\nfunc Answer() int { return 42 }\n"
MODULE = """
import json
env.Replace(**json.loads(ARGUMENTS.get("SETTINGS", "{}")))
env.GoModule(".", linkage=ARGUMENTS.get("LINKAGE", "static").split(","))
"""
GO = """\
#!/bin/sh
# Stands in for bin/go of a GOROOT, and logs each go build.
GOROOT="{root}"
export GOROOT
[ "$1" != build ] || echo "$@" >> "{log}"
{before}
"{go}" "$@"
status=$?
{after}
exit $status
"""


def main(name: str, body: str = "", imports: str = "") -> str:
    return (
        f'package main\n\n{imports}import "example.org/m/lib"\n\n'
        f'func main() {{ println("{name}", lib.Answer()) }}\n{body}'
    )


class Logged(Project):
    """A project whose go logs each `go build`, and four programs that share a package."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.log = path.parent / "log"
        self.goroot = path.parent / "goroot"
        self.real = Path(self.run("go", "env", "GOROOT", check=True).stdout.strip())
        (self.goroot / "bin").mkdir(parents=True)
        for entry in self.real.iterdir():
            if entry.name != "bin":
                (self.goroot / entry.name).symlink_to(entry)
        self.go_does()
        self.module({"lib/lib.go": LIBRARY, **{f"cmd/{name}/main.go": main(name) for name in NAMES}})
        self.declare(MODULE)

    def declare(self, body: str) -> None:
        self.sconstruct(f"env['GO'] = {str(self.goroot / 'bin/go')!r}\n{body}")

    def go_does(self, before: str = "", after: str = "") -> None:
        """Have the go command do something more in a shell before and after its work."""
        script = self.goroot / "bin/go"
        text = GO.format(root=self.goroot, log=self.log, go=self.real / "bin/go", before=before, after=after)
        script.write_text(text)
        script.chmod(0o755)

    def builds(self) -> list[str]:
        """Return and forget what was built together: the folders of each go build, sorted and joined."""
        return ["".join(sorted(re.findall(r" \./\S*?(\w+)(?= |$)", line))) for line in self.logged()]

    def logged(self) -> list[str]:
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return lines

    def standing(self) -> dict[str, bytes]:
        """Return all that is in the build folder."""
        build = self / "build"
        return {str(file.relative_to(build)): file.read_bytes() for file in build.rglob("*") if file.is_file()}


@pytest.fixture
def logged(tmp_path: Path) -> Logged:
    folder = tmp_path / "project"
    folder.mkdir()
    return Logged(folder)


@pytest.mark.parametrize("jobs", ["-j1", "-j4"])
def test_one_go_build_for_each_configuration(logged: Logged, jobs: str) -> None:
    outcome = logged.scons(jobs, "LINKAGE=dynamic,static")

    assert logged.builds() == ["abcd"] * 2
    assert sorted(outcome.built) == [f"{linkage}/{name}" for linkage in ("dynamic", "static") for name in NAMES]
    assert outcome.stdout.count("golang: go build of 4 programs, linkage static, linux/amd64\n") == 1
    for name in NAMES:
        assert f"build/static/{name}: static: ELF" in outcome.stdout
        assert logged.run(f"build/static/{name}", check=True).stderr == f"{name} 42\n"
    assert sorted(logged.standing()) == [f"{linkage}/{name}" for linkage in ("dynamic", "static") for name in NAMES]
    logged.up_to_date("LINKAGE=dynamic,static")
    assert logged.builds() == []


def test_side_by_side_where_there_is_little_to_compile(logged: Logged) -> None:
    """What one of two builds compiles for itself, the other could have taken from it."""
    turns = logged.log.with_name("turns")
    told = '[ "$1" != build ] || {{ echo {0} >> "{1}"; sleep 1; }}'
    logged.go_does(before=told.format("begin", turns), after=told.format("end", turns))
    after_each_other = ["begin", "end"] * 2

    def turns_of(*arguments: str) -> list[str]:
        turns.write_text("")
        logged.scons("-j2", "LINKAGE=dynamic,static", *arguments)
        return turns.read_text().split()

    assert turns_of() == after_each_other
    logged.write({"cmd/a/main.go": main("A")})
    assert turns_of() == ["begin", "begin", "end", "end"]
    for linkage in ("dynamic", "static"):
        assert logged.run(f"build/{linkage}/a", check=True).stderr == "A 42\n"
    assert turns_of('SETTINGS={"GOTAGS": "other"}', "build/dynamic/a", "build/static/a") == after_each_other


ORDER = """
import sys, time
from golang._scons import batch, precedence, program_file
precedence.LIMIT = 60

def told(word, result=True):
    with open("order", "a") as log:
        print(word, file=log)
    return result

class Slow(batch.GoMessages):
    def __init__(self, *arguments):
        time.sleep(1)
        super().__init__(*arguments)
        told("go")
batch.GoMessages = Slow

def stale(node, known=program_file.ProgramFile.is_up_to_date):
    return known(node) or told("stale", False)
program_file.ProgramFile.is_up_to_date = stale

def looked(node, *arguments, scan=program_file.ProgramFile.get_implicit_deps):
    return told("looked", scan(node, *arguments))
program_file.ProgramFile.get_implicit_deps = looked
"""


def test_who_is_about_to_start_go_goes_first(logged: Logged) -> None:
    """Threads of Python share one processor: what SCons looks for next it looks for while go runs."""
    logged.scons("LINKAGE=dynamic,static")
    logged.declare(ORDER + MODULE)
    logged.write({"cmd/a/main.go": main("A")})

    logged.scons("-j2", "LINKAGE=dynamic,static")

    order = (logged / "order").read_text().split()
    assert order[order.index("stale") + 1] == "go", order
    assert order.count("go") == order.count("stale") == 2


def test_how_much_garbage_go_may_leave(logged: Logged) -> None:
    """It is said to the go command that builds, be it of one program or of several, and rebuilds nothing."""
    said = logged.log.with_name("said")
    logged.go_does(before=f'[ "$1" != build ] || echo "$GOGC" >> "{said}"')

    def of(setting: str, *targets: str) -> list[str]:
        said.write_text("")
        logged.write({"lib/lib.go": f"{LIBRARY}// {setting}{targets}\n"})
        logged.scons(f'SETTINGS={{"GOGC": "{setting}"}}', *targets)
        return said.read_text().splitlines()

    assert of("50") == ["50"]
    assert of("off", "build/static/a") == ["off"]
    plenty = available_memory() >= (3 << 30) * (os.cpu_count() or 1)
    assert of("") == ["400" if plenty else ""]
    logged.scons('SETTINGS={"GOGC": "70"}')
    assert said.read_text().splitlines() == ["400" if plenty else ""]
    logged.write({"lib/lib.go": LIBRARY})
    assert (
        "$GOGC: wanted a percentage such as 100, or off; found 'much'"
        in logged.scons('SETTINGS={"GOGC": "much"}', status=2).stderr
    )


def test_only_what_is_asked_for_and_out_of_date(logged: Logged) -> None:
    assert logged.scons("a-static").built == ["static/a"]
    assert logged.builds() == ["a"]
    logged.scons("build/static/b", "a-static", "c-static")
    assert logged.builds() == ["bc"]
    logged.scons("build")
    assert logged.builds() == ["d"]

    logged.write({"cmd/b/main.go": main("new")})
    assert logged.scons().built == ["static/b"]
    assert logged.builds() == ["b"]
    logged.write({"lib/lib.go": LIBRARY.replace("42", "43")})
    logged.scons("c-static", "b-static")
    assert logged.builds() == ["bc"]
    (logged / "build/static/c").unlink()
    os.utime(logged / "cmd/b/main.go")
    assert sorted(logged.scons().built) == ["static/a", "static/c", "static/d"]
    assert logged.builds() == ["acd"]


COMPILE = {"cmd/b/main.go": main("b", "func broken() { undefined() }\n")}
LINK = {"cmd/b/main.go": main("b", "func missing()\n\nfunc init() { missing() }\n"), "cmd/b/b.s": ""}
REJECT = {"SConstruct": None}
FAILURES = {
    "compile": (COMPILE, "# example.org/m/cmd/b\ncmd/b/main.go:6:17: undefined: undefined\n", "Error 1"),
    "link": (LINK, "# example.org/m/cmd/b\nmain.init.0: relocation target main.missing not defined\n", "Error 1"),
    "reject": ({}, "", "rejected; moved to build/static/b.rejected"),
}


def fail(logged: Logged, kind: str) -> None:
    """Have one of the programs fail."""
    logged.write(FAILURES[kind][0])
    # Of all that a static program is asked for this one thing is about a program's default threads.
    strict = ', GOMINSTACK=1 << 20 if name == "b" else 0' if kind == "reject" else ""
    logged.declare(
        f'for name in {NAMES!r}:\n    env.GoProgram("build/static/" + name, "cmd/" + name, linkage="static"{strict})'
    )


@pytest.mark.parametrize("kind", FAILURES)
@pytest.mark.parametrize("flags", [["-j1"], ["-j4"], ["-j1", "-k"], ["-j4", "-k"]], ids=" ".join)
def test_what_fails_fails_alone(logged: Logged, kind: str, flags: list[str]) -> None:
    fail(logged, kind)
    _, said, error = FAILURES[kind]

    outcome = logged.scons(*flags, status=2)

    assert logged.builds() == ["abcd"]
    assert outcome.stderr.startswith(f"{said}scons: *** [build/static/b] {error}\n")
    assert outcome.stderr.count("\nscons: ***") + outcome.stderr.startswith("scons: ***") == 1
    others = {f"static/{name}" for name in NAMES if name != "b"}
    assert set(logged.standing()) - {"static/b.rejected"} == others
    assert set(outcome.built) == {*others, "static/b"}

    again = logged.scons(*flags, status=2)

    assert again.built == ["static/b"]
    assert again.stderr == outcome.stderr
    logged.builds()
    logged.up_to_date("build/static/a", "build/static/c", "build/static/d")
    assert logged.builds() == []


@pytest.mark.parametrize("jobs", ["-j1", "-j4"])
def test_what_is_rejected_after_a_failure_is_told_too(logged: Logged, jobs: str) -> None:
    logged.write({"cmd/a/main.go": main("a", "func broken() { undefined() }\n")})
    fail(logged, "reject")

    outcome = logged.scons(jobs, status=2)

    assert "scons: *** [build/static/a] Error 1\n" in outcome.stderr
    assert outcome.stderr.count("scons: *** [build/static/b] rejected; moved to build/static/b.rejected\n") == 1
    assert sorted(logged.standing()) == ["static/b.rejected", "static/c", "static/d"]
    logged.builds()
    assert sorted(logged.scons("-k", jobs, status=2).built) == ["static/a", "static/b"]
    assert logged.builds() == ["ab"]


def test_an_error_in_a_shared_package_is_told_with_each_program(logged: Logged) -> None:
    logged.write({"lib/lib.go": LIBRARY.replace("42", '"42"'), "cmd/d/main.go": "package main\n\nfunc main() {}\n"})

    outcome = logged.scons("-k", status=2)

    assert logged.builds() == ["abcd"]
    assert outcome.stderr.count("# example.org/m/lib\nlib/lib.go:3:28: cannot use") == 3
    assert sorted(logged.standing()) == ["static/d"]


def test_a_package_that_cannot_be_loaded_keeps_only_its_own_program(logged: Logged) -> None:
    """It would keep go from compiling any of them."""
    logged.write({"cmd/a/main.go": main("a", imports='import _ "example.org/no/such"\n')})

    outcome = logged.scons("-k", status=2)

    assert logged.builds() == ["a", "bcd"]
    assert outcome.stderr.count("no required module provides package example.org/no/such") == 1
    assert sorted(logged.standing()) == ["static/b", "static/c", "static/d"]


def test_dry_run_and_question_build_nothing(logged: Logged) -> None:
    dry = logged.scons("-n")
    assert sorted(dry.built) == [f"static/{name}" for name in NAMES]
    assert "golang:" not in dry.stdout
    logged.scons("-q", status=1)
    assert logged.builds() == []
    assert logged.standing() == {}


def test_explain_tells_of_each(logged: Logged) -> None:
    outcome = logged.scons("--debug=explain")
    assert outcome.stdout.count("scons: building `build/static/") == 4
    logged.write({"lib/lib.go": LIBRARY.replace("42", "43")})
    outcome = logged.scons("--debug=explain")
    assert outcome.stdout.count("scons: rebuilding `build/static/") == 4


def test_installed_and_cached_like_any_target(logged: Logged) -> None:
    logged.declare(
        'env.CacheDir("#cache")\n' + MODULE.replace("env.GoModule", "apps = env.GoModule") + 'env.Install("out", apps)'
    )
    logged.scons("out")
    assert logged.builds() == ["abcd"]
    assert logged.run("out/c", check=True).stderr == "c 42\n"
    built = logged.standing()

    logged.scons("-c")
    outcome = logged.scons("out")
    assert outcome.stdout.count("Retrieved `build/static/") == 4
    assert logged.builds() == []
    assert logged.standing() == built

    # Half of them are in the cache: they are not built again.
    logged.scons("-c")
    logged.write({"cmd/a/main.go": main("new"), "cmd/c/main.go": main("new")})
    outcome = logged.scons("-j2", "out")
    assert outcome.stdout.count("Retrieved `build/static/") == 2
    assert logged.builds() == ["ac"]


def test_what_waits_for_one_that_is_finished_after_a_failure_is_in_no_cycle(logged: Logged) -> None:
    """SCons comes to it while the other is proved, which has no task that would tell that it is done."""
    logged.write(
        {f"cmd/{name}/main.go": main(name, "func init() { time.Sleep(2e8) }\n", 'import "time"\n') for name in NAMES}
    )
    logged.write({"cmd/a/main.go": main("a", "func init() { undefined() }\n")})
    logged.declare("""
env["GOSMOKE"] = []
for name in ("a", "b", "c", "d"):
    program = env.GoProgram(f"build/{name}", f"cmd/{name}", linkage="static")
    used = env.Command(f"use/{name}", program, "sleep 0.05; cp $SOURCE $TARGET")
    env.Command(f"use2/{name}", [used, program], "cp $SOURCE $TARGET")
""")
    for jobs in ("-j2", "-j3", "-j4", "-j5"):
        outcome = logged.scons(jobs, status=2)
        assert "cycle" not in outcome.text
        assert "undefined: undefined" in outcome.stderr
        logged.scons("-c")


def test_what_is_finished_after_a_failure_is_cached_too(logged: Logged) -> None:
    fail(logged, "compile")
    logged.write({"SConstruct": 'CacheDir("#cache")\n' + (logged / "SConstruct").read_text()})
    logged.scons(status=2)
    logged.scons("-c")
    outcome = logged.scons("build/static/c", "build/static/d")
    assert outcome.stdout.count("Retrieved `build/static/") == 2


@pytest.mark.parametrize(
    "special",
    [
        'env.AddPostAction(apps[1], "echo after $TARGET")',
        'env.AddPreAction(apps[1], "echo before $TARGET")',
        'env.SideEffect("side", apps[1])',
        'apps += env.GoProgram("build/static/b2", "cmd/b", linkage="static", GOCOM=env["GOCOM"] + " ")',
        """
def command(target, source, env):
    return env.Execute(env.subst("$GO build -C $_GOMODULEROOT -o ${TARGET.abspath} $_GOFLAGS $_GOPACKAGE", target=target))

env.GoProgram("build/static/b2", "cmd/b", linkage="static", GOCOM=command)
""",
    ],
    ids=["post", "pre", "side effect", "command", "function"],
)
def test_what_scons_runs_for_one_target_is_built_alone(logged: Logged, special: str) -> None:
    logged.declare(MODULE.replace("env.GoModule", "apps = env.GoModule") + special)

    logged.scons("-j2")

    assert sorted(logged.builds()) in (["acd", "b"], ["abcd", "b"])
    assert logged.run("build/static/b", check=True).stderr == "b 42\n"


def test_one_that_is_proved_leaves_alone_where_others_of_its_folder_are_built(logged: Logged) -> None:
    """The go command too makes the folder first, and copies into it later (cmd/go: BuildInstallFunc)."""
    logged.declare("""
def wait(path):
    return f"timeout 60 sh -c 'until test -e {path}; do sleep 0.05; done' && "

build = "$GO build -C $_GOMODULEROOT -o made $_GOFLAGS $_GOPACKAGE && touch begun && "
env.GoProgram("build/a", "cmd/a", linkage="static", GOCOM=wait("begun") + env["GOCOM"])
env.GoProgram("build/b", "cmd/b", linkage="static", GOCOM=build + wait("build/a") + "sleep 0.2 && cp made $TARGET")
""")
    outcome = logged.scons("-j2")
    assert outcome.stdout.index("build/a: static:") < outcome.stdout.index("build/b: static:")
    assert logged.run("build/b", check=True).stderr == "b 42\n"
    assert folders(logged) == set()


def test_one_that_was_overtaken_in_a_batch_stays_so_when_scons_looks_again(logged: Logged) -> None:
    """It does so before the program's turn comes, for something else was built."""
    logged.declare("""
a = env.GoProgram("build/a", "cmd/a", linkage="static")
other = env.Command("build/aa", a, "cp first cmd/b/main.go && touch $TARGET")
b = env.GoProgram("build/b", "cmd/b", linkage="static")
Default(a, other, b)
""")
    logged.write({"edit": main("edited"), "first": main("b")})
    logged.go_does(before="if [ $1 = build ] && [ -e edit ]; then mv edit cmd/b/main.go; fi")
    logged.scons("-j1")
    assert logged.builds() == ["ab"]
    assert logged.run("build/b", check=True).stderr == "edited 42\n"

    logged.scons("build/b")
    assert logged.run("build/b", check=True).stderr == "b 42\n"


def test_programs_of_one_name_do_not_meet(logged: Logged) -> None:
    logged.write({"tools/a/main.go": main("tool"), "tools/b/main.go": main("tool"), "a/v2/main.go": main("second")})
    logged.scons()
    assert sorted(line.count(" ./") for line in logged.logged()) == [1, 2, 4]
    assert logged.run("build/static/m-a", check=True).stderr == "second 42\n"
    assert logged.run("build/static/cmd-a", check=True).stderr == "a 42\n"
    assert logged.run("build/static/tools-a", check=True).stderr == "tool 42\n"
    logged.up_to_date()


CGO = """\
package lib

/*
#include "answer.h"
*/
import "C"

func Answer() int { return int(C.answer()) }
"""


def test_bytes_are_those_of_a_build_alone(logged: Logged) -> None:
    """With and without cgo, and with a profile, which go compiles a program's packages with."""
    logged.write(
        {
            "lib/lib.go": CGO,
            "lib/answer.h": "static int answer(void) { return 42; }\n",
            "lib/lib_static.go": "//go:build !cgo\n\n" + LIBRARY,
            "cmd/d/main.go": 'package main\n\nfunc main() { println("no cgo") }\n',
            "cmd/profiled/main.go": PROFILER,
        }
    )
    profile = logged.run("go", "run", "./cmd/profiled", check=True).stdout
    (logged / "cmd/c/default.pgo").write_bytes(bytes.fromhex(profile))
    logged.scons("-j2", "LINKAGE=dynamic,static")
    assert [line.count(" ./") for line in logged.logged()] == [5, 5]
    together = logged.standing()

    logged.scons("-c", "LINKAGE=dynamic,static")
    for name in (*NAMES, "profiled"):
        for linkage in ("dynamic", "static"):
            logged.scons("LINKAGE=dynamic,static", f"{name}-{linkage}")
    assert [line.count(" ./") for line in logged.logged()] == [1] * 10

    assert logged.standing() == together


def test_generated_sources_come_first(logged: Logged) -> None:
    (logged / "lib/lib.go").rename(logged / "lib.txt")
    logged.write({"cmd/d/main.go": "package main\n\nfunc main() {}\n"})
    generated = 'env.Depends(apps, env.Command("lib/lib.go", "lib.txt", "sleep 0.3; cp $SOURCE $TARGET"))'
    logged.declare(MODULE.replace("env.GoModule", "apps = env.GoModule") + generated)

    logged.scons("-j4")

    assert logged.run("build/static/a", check=True).stderr == "a 42\n"
    logged.up_to_date()


@pytest.mark.parametrize("jobs", ["-j1", "-j4"])
def test_an_edit_during_the_build_is_built_next_time(logged: Logged, jobs: str) -> None:
    """A program that is built ahead was built from what the files held then, not when SCons comes to it."""
    new = main("new")
    edit = f"[ $1 != build ] || cat > {logged / 'cmd/c/main.go'} <<'END'\n{new}END"
    logged.go_does(after=edit)
    logged.scons(jobs)
    logged.go_does()

    logged.scons(jobs)

    assert logged.run("build/static/c", check=True).stderr == "new 42\n"


def test_interactive_builds_are_told_apart(logged: Logged) -> None:
    logged.write({"edit.sh": f"cat > cmd/c/main.go <<'END'\n{main('new')}END\n"})
    commands = "build a-static b-static\nshell sh edit.sh\nbuild\nbuild\n"
    argv = [sys.executable, "-m", "SCons", "-Q", "--interactive"]
    done = subprocess.run(
        argv, cwd=logged.path, env=logged.environ, input=commands, capture_output=True, text=True, check=True
    )
    assert "Traceback" not in done.stderr
    assert logged.builds() == ["ab", "cd"]
    assert logged.run("build/static/c", check=True).stderr == "new 42\n"


def test_below_a_folder_only(logged: Logged) -> None:
    """-u chooses among the targets, so nothing is built ahead."""
    (logged / "build/static").mkdir(parents=True)
    done = subprocess.run(
        [sys.executable, "-m", "SCons", "-Q", "-u"],
        cwd=logged / "build/static",
        env=logged.environ,
        capture_output=True,
        text=True,
        check=True,
    )
    assert sorted(logged.builds()) == list(NAMES)
    assert len(Outcome(0, done.stdout, "").built) == 4


def jobs_of(lines: list[str]) -> list[int]:
    return [int(found) for line in lines for found in re.findall(r" -p (\d+)", line)]


def test_jobs_are_lent_and_not_exceeded(logged: Logged) -> None:
    cores = os.cpu_count() or 1
    logged.scons("a-static")
    assert jobs_of(logged.logged()) == [cores]
    logged.scons("-j2", "b-static")
    assert jobs_of(logged.logged()) == [min(2, cores)]

    # A job that something else uses is not lent.
    logged.declare('env.Command("slow", [], "touch $TARGET; sleep 2")\n' + MODULE)
    logged.scons("-c")
    logged.scons("-j2", "slow", "build")
    assert jobs_of(logged.logged())[0] == 1
    logged.scons("-c")
    logged.scons("-j4", 'SETTINGS={"GOJOBS": "3"}')
    assert jobs_of(logged.logged()) == [3]


def test_a_log_has_a_line_now_and_then(logged: Logged) -> None:
    assert " linked" not in logged.scons().stdout
    logged.write({"lib/lib.go": LIBRARY.replace("42", "43")})
    logged.go_does(after="[ $1 != build ] || sleep 0.5")
    logged.declare("import golang._scons.progress\ngolang._scons.progress.LOGGED = 0.2\n" + MODULE)

    outcome = logged.scons()

    lines = [line for line in outcome.stdout.splitlines() if " linked" in line]
    assert lines
    assert re.fullmatch(
        r"golang: [0-4] of 4 programs of linkage static linked(, compiling [\w./]+)? \(\d+ s\)", lines[0]
    )
    logged.write({"lib/lib.go": LIBRARY})
    assert logged.scons("-s").text == ""


def test_a_terminal_has_one_line_that_is_redrawn_and_erased(logged: Logged) -> None:
    logged.go_does(after="[ $1 != build ] || sleep 0.5")
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "SCons", "-Q"], cwd=logged.path, env=logged.environ, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        shown = b""
        try:
            while data := os.read(ours, 1 << 16):
                shown += data
        except OSError:
            pass  # Linux says so when the other end is closed
    os.close(ours)

    assert process.returncode == 0
    drawn = re.findall(rb"\rgolang: \d of 4 programs of linkage static linked.*?\x1b\[K\r", shown)
    assert drawn
    assert b"linked" not in shown[shown.rindex(drawn[-1]) + len(drawn[-1]) :]
    assert shown[shown.rindex(drawn[-1]) + len(drawn[-1]) :].startswith(b"\r\x1b[K")


def folders(logged: Logged) -> set[str]:
    return {path.name for path in (logged / "build").rglob(".golang-*")}


def test_what_a_killed_run_left_is_removed(logged: Logged) -> None:
    mark = logged.path / "building"
    logged.go_does(before=f"[ $1 != build ] || {{ touch {mark}; sleep 2; }}")
    with subprocess.Popen([sys.executable, "-m", "SCons", "-Q"], cwd=logged.path, env=logged.environ) as process:
        while not mark.exists():
            time.sleep(0.05)
        process.kill()
    (left,) = folders(logged)
    host = re.sub(r"[^\w.]", "_", platform.node())
    others = {f".golang-{host}-{os.getpid()}-alive", f".golang-elsewhere-{process.pid}-x", ".golang-unlike"}
    for name in others:
        (logged / "build/static" / name).mkdir()
    logged.go_does()

    logged.scons()

    assert left not in folders(logged)
    assert folders(logged) == others
    assert sorted(file for file in logged.standing()) == [f"static/{name}" for name in NAMES]


@pytest.mark.parametrize("jobs", ["-j1", "-j4"])
def test_interrupted_it_ends_and_goes_on_later(logged: Logged, jobs: str) -> None:
    mark = logged.path / "building"
    # By the shell itself: it would go on after a command that ends well when the interruption comes.
    logged.go_does(before=f"[ $1 != build ] || {{ : > {mark}; sleep 60; }}")
    with subprocess.Popen(
        [sys.executable, "-m", "SCons", "-Q", jobs],
        cwd=logged.path,
        env=logged.environ,
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        while not mark.exists():
            time.sleep(0.05)
        # As Ctrl-C does, to all processes of the terminal.
        os.killpg(process.pid, signal.SIGINT)
        output, _ = process.communicate(timeout=30)

    assert process.returncode == 2
    assert "Build interrupted" in output or "building terminated" in output or "scons: ***" in output
    assert len(logged.builds()) == 1
    assert logged.standing() == {}
    logged.go_does()
    assert len(logged.scons(jobs).built) == 4
