"""GoProgram: where programs go, what they are called, and what is refused when the SConstruct is read."""

from __future__ import annotations

import pytest

from harness import HELLO, Project, is_static

pytestmark = pytest.mark.live

LIBRARY = "package lib\n\nfunc F() {}\n"
VARIABLES = """\
import golang
variables = golang.add_variables(Variables(None, ARGUMENTS))
variables.Update(env)
Help(variables.GenerateHelpText(env))
env.GoProgram("build/$GOLINKAGE/app", "cmd/app", linkage=["static", "static-pie", "dynamic"])
"""


@pytest.fixture
def hello(project: Project) -> Project:
    project.module({"cmd/app/main.go": HELLO, "cmd/other/main.go": HELLO, "lib/lib.go": LIBRARY})
    return project


def refused(project: Project, body: str, *arguments: str) -> str:
    """Return the one message with which a SConstruct is refused, and check that it says where."""
    project.sconstruct(body)
    outcome = project.scons(*arguments, status=2)
    assert not outcome.built
    assert outcome.stderr.startswith("\nscons: *** ")
    assert "Error:" not in outcome.stderr
    assert f'/SConstruct", line {body.count(chr(10)) + 3}, in <module>' in outcome.stderr
    return outcome.stderr


def commands(project: Project, body: str, *arguments: str) -> list[str]:
    """Return the go build commands that would run."""
    project.sconstruct(body)
    lines = project.scons("-n", *arguments).stdout.splitlines()
    return [line for line in lines if "go build" in line]


def test_a_list_of_linkages_makes_a_target_and_an_alias_each(hello: Project) -> None:
    hello.sconstruct(
        'nodes = env.GoProgram("build/$GOLINKAGE/tool", "cmd/app", linkage=["static", "dynamic", "static"])\n'
        'print("NODES", [str(node) for node in nodes], [golang.linkage_of(node) for node in nodes])\n'
        'print("NONE", golang.linkage_of(File("SConstruct")))\n'
        'env.GoProgram("build/$GOLINKAGE/other", "cmd/other", linkage=["static", "static-pie"])\n'.replace(
            "nodes = ", "import golang; nodes = ", 1
        )
    )

    assert hello.scons("tool").built == ["dynamic/tool"]  # the alias NAME is $GOLINKAGE
    outcome = hello.scons("tool-static", "tool-dynamic")
    assert outcome.built == ["static/tool"]
    assert "NODES ['build/static/tool', 'build/dynamic/tool'] ['static', 'dynamic']" in outcome.stdout
    assert "NONE None" in outcome.stdout
    assert hello.scons("-n", "other").built == ["static/other"]  # without $GOLINKAGE among them: the first
    assert hello.scons("-n", "other-static-pie").built == ["static-pie/other"]
    assert "Do not know how to make" in hello.scons("other-dynamic", status=2).text


@pytest.mark.parametrize(
    ("call", "built"),
    [
        ('env.GoProgram("build/$GOLINKAGE/app", "cmd/app")', ["dynamic/app"]),
        ('env.GoProgram("build/$GOLINKAGE/app", "cmd/app", linkage="static")', ["static/app"]),
        ('env.GoProgram("build/$GOLINKAGE/app", "cmd/app", GOLINKAGE="static")', ["static/app"]),
        ('env.GoProgram("build/$GOLINKAGE/app", "cmd/app", GOLINKAGE="dynamic", linkage="static")', ["static/app"]),
        ('env.Replace(GOLINKAGE="static"); env.GoProgram("build/$GOLINKAGE/app", "cmd/app")', ["static/app"]),
        ('env.GoProgram("cmd/app")', ["dynamic/app"]),
        ('env.GoProgram(source="cmd/app", linkage=["static", "dynamic"])', ["dynamic/app", "static/app"]),
        ('env.GoProgram(source="cmd/app", GOTARGETDIR="out/it", linkage="static")', ["it/app"]),
        ('env.GoProgram(File("x/app"), Dir("cmd/app"))', ["x/app"]),
        ('env.GoProgram(["x/app"], ["cmd/app"])', ["x/app"]),
        ('env.GoProgram("x/app", "cmd/app/main.go")', ["x/app"]),
        ('env.GoProgram("x/app", Glob("cmd/app/*.go"))', ["x/app"]),
        ('env.GoProgram("x/app", [File("cmd/app/main.go")])', ["x/app"]),
        ('env.Replace(WHERE="cmd"); env.GoProgram("x/app", "$WHERE/app")', ["x/app"]),
        ('env.GoProgram("$GOOS/app", "cmd/app", GOOS="windows")', ["windows/app.exe"]),
        ('env.GoProgram("$GOOS/app.exe", "cmd/app", GOOS="windows")', ["windows/app.exe"]),
    ],
)
def test_ways_to_say_it(hello: Project, call: str, built: list[str]) -> None:
    hello.sconstruct(call)
    assert sorted(hello.scons("-n").built) == built


def test_windows_programs_are_called_exe(hello: Project) -> None:
    # println needs the least of the standard library compiled for another platform.
    hello.write({"cmd/app/main.go": 'package main\n\nfunc main() { println("hello") }\n'})
    hello.sconstruct('env.GoProgram("build/$GOOS/app", "cmd/app", GOOS="windows")')

    outcome = hello.scons("app")

    assert outcome.built == ["windows/app.exe"]
    assert (hello / "build/windows/app.exe").read_bytes()[:2] == b"MZ"
    assert "build/windows/app.exe" in outcome.text
    hello.up_to_date("app")


def test_keywords_override_construction_variables_of_that_program_only(hello: Project) -> None:
    lines = commands(
        hello,
        'env.Replace(GOTAGS="common")\n'
        'env.GoProgram("build/a", "cmd/app", GOTAGS=["x", "y"], GOXDEFS={"main.v": "1"}, GOTRIMPATH=False)\n'
        'env.GoProgram("build/b", "cmd/other", linkage="static", GOAMD64="v3", GOGCFLAGS="-N -l")',
    )

    assert len(lines) == 2
    assert "CGO_ENABLED=1" in lines[0]
    assert "-tags=x,y" in lines[0]
    assert "-X=main.v=1" in lines[0]
    assert "-trimpath" not in lines[0]
    assert "CGO_ENABLED=0" in lines[1]
    assert "-tags=common" in lines[1]
    assert "-gcflags=-N -l" in lines[1].replace("'", "").replace('"', "")
    assert "-trimpath" in lines[1]


ALIASES = {
    "a C program before": ("env.Program('server', 'c.c')\n{go}", "server", ["gcc -o server"]),
    "a C program after": ("{go}\nenv.Program('server', 'c.c')", "", "server\n  wanted: a file of that name\n"),
    "a C program after, as a path": ("{go}\nenv.Program('./server', 'c.c')", "build", ["go build"]),
    "a command after": (
        "env.GoFmt('cmd/app')\nenv.Command('fmt', [], 'touch $TARGET')",
        "",
        "found:  the alias of build/",
    ),
    "a command before": ("env.Command('fmt', [], 'touch $TARGET')\nenv.GoFmt('cmd/app')", "fmt", ["touch fmt"]),
    "its own file": ("{at_top}\nenv.Install('inst', 'server')\nenv.GoVerify('server', 'static')", "inst", ["go build"]),
    "its own alias": ("{at_top}\nenv.Alias('server', env.Install('inst', 'server'))", "server", ["go build"]),
    "an alias with an action": ("{go}\nenv.Alias('server', [], 'echo built')", "server", ["echo built", "go build"]),
    "two Go programs": ("{at_top}\n{go}", "server", ["go build", "go build"]),
    "as a file": ("{go}\nenv.Install('inst', 'server')", "", "fix:    './server' or env.File('server')"),
}


@pytest.mark.parametrize(("body", "target", "expected"), ALIASES.values(), ids=ALIASES)
def test_names_that_are_files_and_aliases(hello: Project, body: str, target: str, expected: str | list[str]) -> None:
    hello.write({"c.c": "int main(void) { return 0; }\n"})
    go, at_top = (f"env.GoProgram('{path}server', 'cmd/app', linkage='static')" for path in ("build/", ""))
    hello.sconstruct(body.format(go=go, at_top=at_top), tools='"default", ')
    outcome = hello.scons(*([target] if target else []), status=2 if isinstance(expected, str) else 0)
    if isinstance(expected, str):
        assert expected in outcome.stderr
    else:
        words = set(expected)
        commands = [word for line in outcome.stdout.splitlines() for word in words if word in line]
        assert sorted(commands) == sorted(expected), outcome.stdout


def test_one_path_is_one_program(hello: Project) -> None:
    message = refused(hello, 'env.GoProgram("build/app", "cmd/app", linkage=["static", "dynamic"])')
    assert "build/app is declared twice" in message
    assert "linkage static and linkage dynamic" in message
    assert "put $GOLINKAGE into the path" in message

    message = refused(
        hello, 'env.GoProgram("app", "cmd/app", linkage="static")\nenv.GoProgram("app", "cmd/app", linkage="dynamic")'
    )
    assert "linkage static and linkage dynamic" in message

    message = refused(hello, 'env.GoProgram("build/app", "cmd/app")\nenv.GoProgram("build/app", "cmd/other")')
    assert f"{hello / 'cmd/app'} and {hello / 'cmd/other'}" in message

    both = 'env.GoProgram("a", "cmd/app", linkage="static-libc", GOLIBC="{}")\n'
    message = refused(hello, (both.format("glibc") + both.format("musl")).rstrip())
    assert "static-libc (glibc) and linkage static-libc (musl)" in message

    for second, found in (
        ('GOTAGS="x"', "found:  GOTAGS=[] and GOTAGS='x'\n"),
        ('GOXDEFS={"main.v": "1"}', "found:  GOXDEFS={} and GOXDEFS={'main.v': '1'}\n"),
        ('GOVERIFYNSS="error"', "found:  GOVERIFYNSS='warn' and GOVERIFYNSS='error'\n"),
        ('GOARCH="riscv64"', "linux/riscv64"),
        ('GOVERIFYLIBS=["libm.so.6"]', "libm.so.6"),
        ('GOCOM="other"', "'other'"),
    ):
        message = refused(hello, f'env.GoProgram("app", "cmd/app")\nenv.GoProgram("app", "cmd/app", {second})')
        assert "app is declared twice" in message
        assert found in message

    hello.sconstruct('env.GoProgram("build/app", "cmd/app", linkage="static")\n' * 2)
    outcome = hello.scons("-n", "app-static")
    assert len(outcome.built) == 1
    assert outcome.stderr == ""


def test_values_that_are_no_choice_are_refused_with_the_choices(hello: Project) -> None:
    choices = "wanted one of dynamic, static, static-libc, static-pie; found"
    assert f"linkage: {choices} 'statically'" in refused(hello, 'env.GoProgram("a", "cmd/app", linkage="statically")')
    assert f"{choices} 'no'" in refused(hello, 'env.GoProgram("a", "cmd/app", GOLINKAGE="no")')
    assert f"{choices} ''" in refused(hello, 'env.GoProgram("a", "cmd/app", linkage="")')
    assert f"{choices} []" in refused(hello, 'env.GoProgram("a", "cmd/app", linkage=[])')
    assert (
        "$GOLIBC: wanted glibc, musl, or the oldest glibc that must do, such as glibc-2.17; found 'uclibc'"
        in refused(hello, 'env.GoProgram("a", "cmd/app", GOLIBC="uclibc")')
    )
    assert "$GORACE: wanted True or False; found 'maybe'" in refused(
        hello, 'env.GoProgram("a", "cmd/app", GORACE="maybe")'
    )
    assert "$GOMINSTACK: wanted a number of bytes" in refused(hello, 'env.GoProgram("a", "cmd/app", GOMINSTACK="8M")')


def test_sources_that_are_no_main_package(hello: Project) -> None:
    missing = refused(hello, 'env.GoProgram("a", "cmd/none")')
    assert f"found:  no directory {hello / 'cmd/none'}" in missing
    assert "wanted: the directory of one main package" in refused(hello, 'env.GoProgram("a", ["cmd/app", "cmd/other"])')
    assert "found:  nothing" in refused(hello, 'env.GoProgram("a", [])')
    assert "wanted one path; found 2: a, b" in refused(hello, 'env.GoProgram(["a", "b"], "cmd/app")')
    (hello / "go.mod").rename(hello / "mod")
    outside = refused(hello, 'env.GoProgram("a", "cmd/app")')
    assert f"{hello / 'cmd/app'} is in no Go module" in outside
    assert "go mod init" in outside
    (hello / "mod").rename(hello / "go.mod")

    # What only Go can tell fails that program alone.
    hello.write({"empty/README": "no Go here", "odd/x.go": "package main\n\nfunc main() { undefined() }\n"})
    hello.sconstruct(
        'for name in ("lib", "empty", "odd"):\n    env.GoProgram(f"build/{name}", name)\n'
        'env.GoProgram("build/good", "cmd/app", linkage="static")'
    )
    outcome = hello.scons("-k", status=2)
    assert "[build/lib]" in outcome.stderr
    assert "wanted: a package main\n  found:  package lib" in outcome.stderr
    assert "[build/empty]" in outcome.stderr
    assert "no Go files in" in outcome.stderr
    # A compile error is shown as Go prints it, once.
    assert outcome.text.count("undefined: undefined") == 1
    assert is_static(hello / "build/good")
    assert not [name for name in ("lib", "empty", "odd") if (hello / "build" / name).exists()]


def test_what_is_returned_are_nodes_for_anything(hello: Project) -> None:
    hello.sconstruct(
        'app = env.GoProgram("build/app", "cmd/app", linkage="static")\n'
        'env.Alias("deploy", env.Install("out/bin", app))\n'
        'stamp = env.Command("stamp", app, "$SOURCE > $TARGET")\n'
        'env.Depends(env.Command("after", [], "test -x build/app && echo > $TARGET"), app)\n'
        'order = env.Command("order", [], "echo > $TARGET")\n'
        "env.Requires(app, order)\n"
        'env.Requires(env.Command("next", [], "echo > $TARGET"), app)\n'
        'env.Alias("both", [app, stamp])\n'
        'env.InstallAs("out/renamed", app)\n'
        "Default(app)"
    )

    outcome = hello.scons()
    assert outcome.built == ["build/app"]
    assert (hello / "order").exists()
    assert not (hello / "stamp").exists()
    hello.scons(".")
    assert (hello / "stamp").read_text() == "hello\n"
    assert is_static(hello / "out/bin/app")
    assert is_static(hello / "out/renamed")
    hello.up_to_date(".", "deploy", "both")

    # A change goes through to all that is made from it.
    (hello / "cmd/app/main.go").write_text(HELLO.replace("hello", "changed"))
    outcome = hello.scons(".")
    assert outcome.built == ["build/app"]
    assert (hello / "stamp").read_text() == "changed\n"
    assert hello.run("out/bin/app").stdout == "changed\n"


def test_settings_on_the_command_line(hello: Project) -> None:
    hello.sconstruct(VARIABLES)

    assert hello.scons("-n", "app").built == ["dynamic/app"]
    assert hello.scons("-n", "GOLINKAGE=static", "app").built == ["static/app"]
    assert "-tags=a,b" in hello.scons("-n", "GOTAGS=a,b", "app").stdout
    assert "GOARCH=arm64" in hello.scons("-n", "GOARCH=arm64", "app-static").stdout
    (hello / "build/static").mkdir(parents=True)

    wrong = hello.scons("GOLINKAGE=statc", status=2)
    assert "GOLINKAGE" in wrong.stderr
    assert "'dynamic', 'static', 'static-libc', 'static-pie'" in wrong.stderr

    help_text = hello.scons("-h", "GORESOLVER=go").stdout
    assert "GOLINKAGE: The linkage of a program that does not say linkage=." in help_text
    assert "(dynamic|static|static-libc|static-pie)" in help_text
    assert "actual: dynamic" in help_text
    assert "actual: go" in help_text
