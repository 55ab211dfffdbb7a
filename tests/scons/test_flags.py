"""SCons's own command line: -c, -n, -q, -k, -j, -s, --debug=explain, --tree, --implicit-cache; and what runs, GOCOM."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from pathlib import Path

import pytest

from harness import HELLO, LOOKUP, Project, is_static

pytestmark = pytest.mark.live

STATIC = 'env.GoProgram("build/$GOLINKAGE/app", "cmd/app", linkage="static", **ARGUMENTS)'
DYNAMIC_COMMAND = "CGO_ENABLED=1 $GO build -C $_GOMODULEROOT -o ${TARGET.abspath} $_GOPACKAGE"
"""A GOCOM that loses what makes a program static."""
BROKEN = "package main\n\nfunc main() { undefined() }\n"


@pytest.fixture
def hello(project: Project) -> Project:
    project.module({"cmd/app/main.go": HELLO})
    project.sconstruct(STATIC)
    return project


def tree(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Return every file below a folder with its time and content, and every folder."""
    return {
        str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else b"")
        for path in folder.rglob("*")
        if path.name != ".sconsign.dblite"  # SCons itself writes it, whatever the flags
    }


def test_a_rejected_binary_never_stands_and_reverting_builds(hello: Project) -> None:
    """D6: SCons does not look at what a target holds, so one that failed must be gone."""
    hello.sconstruct(
        'app = env.GoProgram("build/app", "cmd/app", GOVERIFYGLIBC="2.1")\n'
        'env.Install("out", app)\n'
        'env.Command("size", app, "wc -c < $SOURCE > $TARGET")'
    )
    target, rejected = hello / "build/app", hello / "build/app.rejected"
    hello.scons()
    assert is_static(target)

    for flags in ((), ("-k", "-j4"), ("-i",)):
        # Now it needs a newer glibc than is permitted: the compile succeeds and the proof fails.
        hello.write({"cmd/app/main.go": LOOKUP})
        size = (hello / "size").read_text()
        outcome = hello.scons(*flags, status=None if "-i" in flags else 2)
        assert outcome.built == ["build/app"]
        assert not target.exists()
        assert not is_static(rejected)
        assert outcome.stderr.startswith("scons: *** [build/app] ")
        assert len(re.findall(r"GLIBC_2\.\d+ is required", outcome.stderr)) == 1
        assert "wanted: glibc 2.1 to be enough" in outcome.stderr
        assert "build/app.rejected" in outcome.stderr
        if "-i" not in flags:
            assert (hello / "size").read_text() == size
            assert is_static(hello / "out/app")
        # It is not forgotten either: asking again is refused again.
        assert hello.scons("-q", "build/app", status=1).built == []
        assert hello.scons("build/app", status=2).built == ["build/app"]

        hello.write({"cmd/app/main.go": HELLO})
        assert hello.scons("build/app").built == ["build/app"]
        assert is_static(target)
        assert not rejected.exists()
        if "-i" in flags:
            hello.scons()  # what was made from it is gone as well
        hello.up_to_date()


def test_a_policy_that_rejects_takes_the_target_away_without_a_compile(hello: Project) -> None:
    hello.write({"cmd/app/main.go": LOOKUP})
    hello.sconstruct('env.GoProgram("build/app", "cmd/app", **ARGUMENTS)')
    hello.scons()

    outcome = hello.scons("GOVERIFYGLIBC=2.1", status=2)
    assert outcome.built == []
    assert not (hello / "build/app").exists()
    assert (hello / "build/app.rejected").exists()
    hello.scons("GOVERIFYGLIBC=2.1", "-k", status=2)
    assert not (hello / "build/app").exists()
    hello.scons("GOVERIFYGLIBC=2.99")
    assert (hello / "build/app").exists()
    assert not (hello / "build/app.rejected").exists()


def test_keep_going_builds_all_but_the_broken_ones(project: Project) -> None:
    """Twelve programs on eight jobs: one does not compile, one is rejected, ten stand."""
    names = [f"p{number:02}" for number in range(12)]
    project.module({f"cmd/{name}/main.go": HELLO.replace("hello", name) for name in names})
    project.write({"cmd/p03/main.go": BROKEN, "cmd/p07/main.go": LOOKUP})
    project.sconstruct(
        f"for name in {names}:\n"
        f'    more = {{"GOCOM": "{DYNAMIC_COMMAND}"}} if name == "p07" and "good" not in ARGUMENTS else {{}}\n'
        '    env.Install("out", env.GoProgram(f"build/{name}", f"cmd/{name}", linkage="static", **more))'
    )
    good = [name for name in names if name not in ("p03", "p07")]

    outcome = project.scons("-k", "-j8", status=2)

    assert sorted(set(outcome.built) - {"build/p07"}) == [f"build/{name}" for name in names if name != "p07"]
    assert sorted(path.name for path in (project / "build").iterdir()) == sorted([*good, "p07.rejected"])
    assert sorted(path.name for path in (project / "out").iterdir()) == good
    for name in good:
        assert is_static(project / "build" / name)
        assert project.run(f"build/{name}").stdout == f"{name}\n"
        assert f"build/{name}: static" in outcome.stdout
    assert outcome.text.count("undefined: undefined") == 1
    assert "scons: *** [build/p03] " in outcome.stderr
    assert "scons: *** [build/p07] " in outcome.stderr
    assert re.search(r"wanted: linkage static.*\n +found: +dynamic", outcome.stderr)
    # One go list served all programs: only what was not built is built now, right from the first time.
    project.write({"cmd/p03/main.go": HELLO})
    outcome = project.scons("-j8", "good=1")
    assert sorted(outcome.built) == ["build/p03", "build/p07"]
    project.up_to_date("good=1")


def test_dry_run_prints_and_touches_nothing(hello: Project) -> None:
    before = tree(hello.path)
    printed = hello.scons("-n").stdout
    assert tree(hello.path) == before
    # What is printed is what is run: the proof's line comes only with the proof.
    assert hello.scons().stdout.startswith(printed)
    assert "build/static/app: static" not in printed

    hello.write({"cmd/app/main.go": LOOKUP, "cmd/app/new.go": "package main\n"})
    before = tree(hello.path)
    assert hello.scons("-n").stdout == printed
    assert hello.scons("-n", "GOVERIFYNSS=ok").built == ["static/app"]
    assert hello.scons("-n", "-c").stdout == "Removed build/static/app\n"
    assert hello.scons("-q", status=1).text == ""
    assert hello.scons("--dry-run", "GOLINKAGE=static-pie").status == 0
    assert tree(hello.path) == before
    assert hello.scons().built == ["static/app"]


def test_a_dry_run_that_would_only_verify_says_so(hello: Project) -> None:
    hello.scons()
    before = tree(hello.path)
    assert hello.scons("-n", "GOVERIFYNSS=ok").stdout == "Verifying build/static/app\n"
    assert hello.scons("-q", "GOVERIFYNSS=ok", status=1).text == ""
    assert tree(hello.path) == before


def test_clean_takes_the_rejected_binary_along(hello: Project) -> None:
    hello.write({"cmd/app/main.go": LOOKUP})
    hello.scons(f"GOCOM={DYNAMIC_COMMAND}", status=2)
    assert (hello / "build/static/app.rejected").exists()
    (hello / "build/static/app").write_text("of an earlier build")

    # Cleaning asks no Go.
    hello.write({"go": "#!/bin/sh\ntouch asked\n"})
    (hello / "go").chmod(0o755)
    outcome = hello.scons("-c", "GO=#go")
    assert not (hello / "asked").exists()
    assert outcome.stdout == "Removed build/static/app\nRemoved build/static/app.rejected\n"
    assert not list((hello / "build").rglob("app*"))
    assert hello.scons("-c").stdout == ""


def test_leftovers_of_a_killed_build_are_no_hindrance(hello: Project) -> None:
    """Go itself overwrites only what it takes for a binary."""
    gone = subprocess.Popen(["true"])
    gone.wait()
    host = re.sub(r"[^.\w]", "_", platform.node())
    left = f"build/static/.golang-{host}-{gone.pid}-unproved"
    hello.write({f"{left}/app": "half a file", "build/static/app": "of someone", "build/static/app.rejected": ""})
    assert hello.scons().built == ["static/app"]
    assert [path.name for path in (hello / "build/static").iterdir()] == ["app"]
    assert is_static(hello / "build/static/app")


def test_silence(hello: Project) -> None:
    outcome = hello.scons("-s")
    assert outcome.text == ""
    assert is_static(hello / "build/static/app")
    hello.write({"cmd/app/main.go": BROKEN})
    assert "undefined: undefined" in hello.scons("-s", status=2).stderr


def test_explain_with_an_error_in_the_way(hello: Project) -> None:
    hello.scons()
    hello.write({"go.mod": "module example.org/m\n\nrequire (\n"})
    said = hello.scons("--debug=explain", status=2).stdout
    assert "rebuilding `build/static/app' because what it is made of cannot be told: go list" in said
    assert "a new dependency" not in said


def test_explain_names_what_changed(hello: Project) -> None:
    def explained(*arguments: str) -> str:
        return hello.scons("--debug=explain", *arguments).stdout

    assert "building `build/static/app' because it doesn't exist" in explained()
    hello.write({"cmd/app/main.go": HELLO + "// changed\n"})
    assert "rebuilding `build/static/app' because `cmd/app/main.go' changed" in explained()
    hello.write({"cmd/app/new.go": "package main\n"})
    assert "because `cmd/app/new.go' is new" in explained()
    (hello / "cmd/app/new.go").unlink()
    assert "because `cmd/app/new.go' is gone" in explained()
    hello.module(go="1.22")
    assert "module example.org/m of example.org/m/cmd/app changed" in explained()
    hello.module()
    explained()
    # Settings are named too, not only "the contents of the build action".
    assert re.search(r"because flags changed from '-trimpath .*' to '.*-tags=mine.*'", explained("GOTAGS=mine"))
    assert re.search(
        r"because environment changed from '.*' to '.*PKG_CONFIG=mine.*'", explained("GOTAGS=mine", "PKG_CONFIG=mine")
    )
    own = explained("GOTAGS=mine", "PKG_CONFIG=mine", f"GOCOM={DYNAMIC_COMMAND.replace('=1', '=0')}")
    assert re.search(r"command changed from '.*' to 'CGO_ENABLED=0 \$GO build", own)
    asked = "enforce warn (before: enforce error), thread stack 1 (before: thread stack any)"
    assert f"what the proof asks changed: {asked}\n" in explained("GOMINSTACK=1", "GOVERIFY=warn")
    (hello / "build/static/app").write_text("of someone")
    assert "`build/static/app' is not what was built there" in explained("GOMINSTACK=1", "GOVERIFY=warn")
    (hello / ".scons-golang/history").unlink()
    assert "its files or settings changed (which ones is not known" in explained("GOTAGS=other")


def test_tree_and_other_views(hello: Project) -> None:
    hello.scons()
    shown = hello.scons("--tree=all,status,prune").stdout
    assert "build/static/app" in shown
    shown = hello.scons("--tree=derived").stdout
    assert "build/static/app" in shown
    assert "main.go" not in shown
    hello.scons("--debug=presub,memory,count,time,json")
    assert hello.scons("--version").status == 0


def test_implicit_cache_misses_nothing(hello: Project) -> None:
    """It makes SCons believe the inputs of the last build, but not those of Go programs."""
    hello.scons("--implicit-cache")
    hello.up_to_date("--implicit-cache")
    hello.write({"cmd/app/main.go": HELLO.replace("hello", "changed")})
    assert hello.scons("--implicit-cache").built == ["static/app"]
    assert hello.run("build/static/app").stdout == "changed\n"
    assert hello.scons("--implicit-cache", "GOTAGS=x").built == ["static/app"]
    hello.up_to_date("--implicit-cache", "GOTAGS=x")
    # Settings, and what is permitted, are no matter of scans.
    assert hello.scons("--implicit-cache", "GOTAGS=x", "PKG_CONFIG=mine").built == ["static/app"]
    assert hello.scons("--implicit-cache", "GOTAGS=x").built == ["static/app"]
    assert "Verifying" in hello.scons("--implicit-cache", "GOTAGS=x", "GOVERIFYNSS=ok").stdout
    assert "Verifying" in hello.scons("--implicit-cache", "GOTAGS=x").stdout

    hello.write({"cmd/app/new.go": 'package main\n\nfunc init() { println("new") }\n'})
    assert hello.scons("--implicit-cache", "GOTAGS=x").built == ["static/app"]
    hello.up_to_date("--implicit-cache", "--implicit-deps-unchanged", "GOTAGS=x")
    assert hello.run("build/static/app").stderr == "new\n"


def test_the_command_is_the_users_to_change(hello: Project) -> None:
    def build(body: str, *arguments: str) -> str:
        hello.sconstruct(f'{body}\nenv.GoProgram("build/app", "cmd/app", linkage="static")')
        outcome = hello.scons(*arguments)
        assert is_static(hello / "build/app")
        return outcome.stdout

    # GOCOMSTR is printed instead and is no reason to build again.
    assert build('env.Replace(GOCOMSTR="Building $TARGET")').splitlines()[0] == "Building build/app"
    assert "is up to date" in build("env.Replace(GOCOMSTR='Other $TARGET')")
    assert "GOCOMSTR" not in build("env.Replace(GOTAGS='x')")
    # A string: the variables that it is made of work in it.
    marked = build('env.Append(GOCOM=" && echo built $TARGET.file from $_GOPACKAGE > mark")')
    assert "go build -C" in marked
    assert (hello / "mark").read_text().endswith("from ./cmd/app\n")
    # A Python function, and an Action with a string of its own.
    function = (
        "import subprocess\n"
        "def compile(target, source, env):\n"
        '    print("COMPILING", env["ENV"]["CGO_ENABLED"], env.subst("$GOLINKAGE"))\n'
        "    flags = [str(flag) for flag in env.subst_list('$_GOFLAGS', target=target, source=source)[0]]\n"
        '    command = [env.subst("$GO"), "build", "-o", target[0].abspath, *flags, "./cmd/app"]\n'
        '    return subprocess.call(command, env=env["ENV"])\n'
    )
    made = build(function + "env.Replace(GOCOM=compile)")
    assert "COMPILING 0 static" in made
    assert "compile(" in made
    assert "is up to date" in build(function + "env.Replace(GOCOM=compile)")
    changed = function.replace("COMPILING", "COMPILING ANEW") + "env.Replace(GOCOM=Action(compile, 'By hand'))"
    anew = build(changed)
    assert "COMPILING ANEW 0 static" in anew
    assert "By hand" in anew
    # What it makes is proved all the same.
    hello.sconstruct(f'env.Replace(GOCOM="{DYNAMIC_COMMAND}")\n' + STATIC)
    hello.write({"cmd/app/main.go": LOOKUP})
    outcome = hello.scons(status=2)
    assert "PT_INTERP" in outcome.stderr
    hello.sconstruct('env.Replace(GOCOM="echo $TARGET")\n' + STATIC)
    nothing = hello.scons(status=2).stderr
    assert (
        "[build/static/app] the command made no file to prove\n  wanted: build/static/app\n  found:  nothing" in nothing
    )
    assert "fix:    have the command write its output to $TARGET" in nothing
    assert ".golang-" not in nothing
    # It is not left where it would stand as if it were proved, however the command ends.
    for end, status in (("", "rejected"), (" && false", "")):
        hello.sconstruct(f'env.Replace(GOCOM="CGO_ENABLED=1 $GO build -o build/static/app ./cmd/app{end}")\n' + STATIC)
        beside = hello.scons(status=2).stderr
        assert not (hello / "build/static/app").exists()
        assert ("not proved, moved to build/static/app.rejected" in beside) is bool(status)
    assert not [*(hello / "build/static").glob(".golang-*")]


def test_jobs_are_shared_with_scons_and_outside_the_signature(hello: Project) -> None:
    cores = os.cpu_count() or 1
    assert f" -p {cores} " in hello.scons("-n", "-j1").stdout
    assert f" -p {max(1, cores // 2)} " in hello.scons("-n", "-j2").stdout
    assert " -p 1 " in hello.scons("-n", f"-j{8 * cores}").stdout
    assert " -p 3 " in hello.scons("GOJOBS=3").stdout
    hello.up_to_date("GOJOBS=2")
    hello.up_to_date("-j4")


def test_always_build_links_anew(hello: Project) -> None:
    """What is volatile, such as a stamp, is in no signature."""
    hello.write({"cmd/app/main.go": "package main\n\nvar commit string\n\nfunc main() { println(commit) }\n"})
    hello.sconstruct(
        """app = env.GoProgram("build/app", "cmd/app", linkage="static", GOXDEFS={"main.commit": "$( $COMMIT $)"},
                    COMMIT=ARGUMENTS["COMMIT"])
if ARGUMENTS.get("ALWAYS"):
    AlwaysBuild(app)"""
    )
    hello.scons("COMMIT=one")
    assert not hello.scons("COMMIT=two").built
    assert hello.scons("COMMIT=three", "ALWAYS=1").built == ["build/app"]
    assert hello.run("build/app").stderr == "three\n"
    assert hello.scons("COMMIT=three", "ALWAYS=1").built == ["build/app"]
    hello.up_to_date("COMMIT=four")
