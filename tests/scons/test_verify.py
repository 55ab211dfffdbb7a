"""GoVerify: the proof alone, for what anything else builds."""

from __future__ import annotations

import pytest

from harness import HELLO, LOOKUP, Project, is_static

pytestmark = pytest.mark.live

GO_BUILD = """\
import os
env["ENV"].update({{name: os.environ[name] for name in ("HOME", "PATH")}}, CGO_ENABLED=ARGUMENTS.get("cgo", "0"))
app = env.Command("build/app", ["go.mod", "cmd/app/main.go"], "go build -o $TARGET ./cmd/app")
env.GoVerify(app, {asked})
env.Install("out", app)
"""
C_PROGRAM = "int main(void) { return 0; }\n"


@pytest.fixture
def command(project: Project) -> Project:
    """A project that builds Go with a command of its own, as people have."""
    project.module({"cmd/app/main.go": LOOKUP})
    project.sconstruct(GO_BUILD.format(asked='linkage="static"'))
    return project


def test_a_command_is_proved(command: Project) -> None:
    outcome = command.scons()
    assert "build/app: static: " in outcome.stdout
    assert is_static(command / "out/app")
    command.up_to_date()
    command.write({"cmd/app/main.go": HELLO})
    assert "build/app: static: " in command.scons().stdout


def test_what_is_not_as_asked_does_not_stand(command: Project) -> None:
    command.sconstruct(GO_BUILD.format(asked='linkage="static"').replace('"go build', '"CGO_ENABLED=1 go build'))

    outcome = command.scons("-k", status=2)

    assert outcome.stderr.startswith("scons: *** [build/app] rejected; moved to build/app.rejected\n")
    assert "  wanted: linkage static" in outcome.stderr
    assert "  found:  dynamic" in outcome.stderr
    assert "  fix:    " in outcome.stderr
    assert not (command / "build/app").exists()
    assert not (command / "out").exists()
    assert not is_static(command / "build/app.rejected")
    # Reverting the command builds it again, and takes the rejected one away; cleaning too.
    command.sconstruct(GO_BUILD.format(asked='linkage="static"'))
    assert "build/app: static: " in command.scons().stdout
    assert not (command / "build/app.rejected").exists()
    (command / "build/app.rejected").write_text("of another time")
    assert "Removed build/app.rejected" in command.scons("-c").stdout


def test_reverting_a_source_after_a_rejection_builds_again(command: Project) -> None:
    """D6, with a failing post-action: SCons alone would call the rejected binary up to date."""
    command.sconstruct(GO_BUILD.format(asked='linkage="dynamic", GOVERIFYGLIBC="2.1"'))
    command.write({"cmd/app/main.go": HELLO})
    command.scons("cgo=1")
    command.write({"cmd/app/main.go": LOOKUP})
    command.scons("-k", "cgo=1", status=2)
    assert not (command / "build/app").exists()

    command.write({"cmd/app/main.go": HELLO})
    outcome = command.scons("cgo=1")

    assert "go build" in outcome.stdout
    assert is_static(command / "build/app")
    command.up_to_date("cgo=1")


def test_changing_what_is_asked_verifies_again(command: Project) -> None:
    command.scons()
    for asked, status in (
        ('linkage="dynamic"', 0),  # naturally static is what dynamic permits
        ('linkage="static", GOMINSTACK="12345678"', 2),
        ('linkage="static", GOMINSTACK="12345678", GOVERIFY="warn"', 0),
        ('linkage="static-pie"', 2),
        ("GOLINKAGE='static'", 0),
        ("", 0),  # the environment's $GOLINKAGE
    ):
        command.sconstruct(GO_BUILD.format(asked=asked))
        outcome = command.scons(status=status)
        assert "is up to date" not in outcome.stdout
        assert (command / "build/app").exists() == (status == 0)
    command.up_to_date()


def test_a_c_program(project: Project) -> None:
    project.write({"main.c": C_PROGRAM})
    body = (
        'env.GoVerify(env.Program("one", "main.c", LINKFLAGS="{}"), linkage="static-libc")\n'
        'env.GoVerify(env.Program("two", "main.c"), linkage="dynamic")\n'
        'env.GoVerify(env.Program("three", "main.c", LINKFLAGS="-static"), linkage="static")'
    )
    project.sconstruct(body.format("-static"), tools='"default", ')

    outcome = project.scons()

    assert "one: static-libc (glibc): " in outcome.stdout
    assert "two: dynamic: " in outcome.stdout
    assert "three: static-libc (glibc): " in outcome.stdout
    project.sconstruct(body.format(""), tools='"default", ')
    outcome = project.scons("-k", status=2)
    assert "scons: *** [one] rejected" in outcome.stderr
    assert "NEEDED libc.so.6" in outcome.stderr
    assert not (project / "one").exists()
    assert (project / "two").exists()


def test_a_command_that_makes_several_files(project: Project) -> None:
    """Only what was named is judged, and each of it, whatever becomes of another."""
    project.write({"main.c": C_PROGRAM})
    project.write(
        {
            "sub/SConscript": 'Import("env")\n'
            'both = env.Command(["one", "two", "notes.txt"], "#main.c",\n'
            '    ["gcc $FLAGS -o ${TARGETS[0]} $SOURCE", "gcc $FLAGS -o ${TARGETS[1]} $SOURCE", "echo > ${TARGETS[2]}"])\n'
            'env.GoVerify(both[:2], linkage="static-libc")\n'
        }
    )
    project.sconstruct('env["FLAGS"] = ARGUMENTS.get("flags", "-static")\nSConscript("sub/SConscript", exports="env")')

    outcome = project.scons()
    assert outcome.stdout.count("static-libc (glibc): ") == 2
    assert "notes.txt: " not in outcome.text
    project.up_to_date()

    outcome = project.scons("-k", "flags=-O1", status=2)
    assert "[sub/one] rejected; moved to sub/one.rejected" in outcome.stderr
    assert "sub/two: rejected; moved to sub/two.rejected" in outcome.stderr
    assert sorted(path.name for path in (project / "sub").iterdir()) == [
        "SConscript",
        "notes.txt",
        "one.rejected",
        "two.rejected",
    ]
    assert "Removed sub/two.rejected" in project.scons("-c").stdout


def test_what_is_asked_twice_is_judged_once(project: Project) -> None:
    project.write({"main.c": "int main(void) { return 0; }\n"})
    project.sconstruct(
        'both = [*env.Program("one", "main.c"), *env.Program("two", "main.c")]\n'
        'env.GoVerify(both[0], linkage="dynamic", GOSMOKE=[])\n'
        'env.GoVerify(both, linkage="dynamic", GOSMOKE=[])',
        tools='"default", ',
    )
    lines = project.scons().stdout.splitlines()
    assert [len([line for line in lines if line.startswith(f"{name}: dynamic: ")]) for name in ("one", "two")] == [1, 1]
    project.up_to_date()


def test_the_platform_is_proved(command: Project) -> None:
    command.write({"cmd/app/main.go": HELLO})
    for_arm = GO_BUILD.replace('"go build', '"GOOS=linux GOARCH=arm64 go build')
    command.sconstruct(for_arm.format(asked='linkage="static", platform="linux/arm64"'))
    assert "build/app: static: " in command.scons().stdout
    command.up_to_date()

    command.sconstruct(for_arm.format(asked='linkage="static", platform="linux/amd64"'))
    outcome = command.scons(status=2)
    assert "  wanted: a program for linux/amd64 (X86_64, 64 bits)\n  found:  AARCH64, 64 bits" in outcome.stderr
    assert not (command / "build/app").exists()

    command.sconstruct(for_arm.format(asked='linkage="static", platform="windows/arm64"'))
    assert "  wanted: a program for windows/arm64 (PE)\n  found:  ELF" in command.scons(status=2).stderr


def test_a_program_that_is_there_is_proved_where_it_is_installed(project: Project) -> None:
    project.module({"main.go": HELLO})
    project.run("go", "build", "-o", "tools/app", ".", environ={"CGO_ENABLED": "0"}, check=True)
    for linkage, status in (("dynamic", 0), ("static-libc", 2), ("static", 0)):
        project.sconstruct(f"env.GoVerify(env.InstallAs('build/app', 'tools/app'), linkage={linkage!r})")
        project.scons(status=status)
        assert (project / "build/app").exists() is (status == 0)
    assert (project / "tools/app").exists()
    project.up_to_date()


def test_what_is_no_binary(project: Project) -> None:
    project.sconstruct(
        'env.GoVerify(env.Command("text", [], "echo text > $TARGET"), linkage="static")\n'
        'env.GoVerify(env.Command("nothing", [], "true"), linkage="static")'
    )

    outcome = project.scons("-k", status=2)

    assert "[text] rejected; moved to text.rejected" in outcome.stderr
    assert "found a file that begins with b'text" in outcome.stderr
    assert "[nothing] rejected\n" in outcome.stderr
    assert "No such file" in outcome.stderr
    assert not (project / "text").exists()


def test_wrong_calls(project: Project) -> None:
    for call, message in (
        (
            'env.GoVerify("app")',
            "GoVerify: nothing builds app\n  wanted: a file that a builder makes\n  found:  no such file",
        ),
        ('env.GoVerify("SConstruct")', "env.GoVerify(env.InstallAs('build/SConstruct', 'SConstruct')) proves it"),
        (
            'env.GoVerify(env.Alias("all", []))',
            "GoVerify: nothing builds all\n  wanted: a file that a builder makes\n  found:  of type Alias\n",
        ),
        ('env.Command("out/app", [], "x"); env.GoVerify(Dir("out"))', "GoVerify: nothing builds out"),
        ('env.GoVerify(env.Command("app", [], "x"), linkage="pure")', "linkage: wanted one of"),
        ('env.GoVerify(env.Command("app", [], "x"), platform="linux/arm65")', "platform='linux/arm65'\n  wanted: "),
        ('env.GoVerify(env.Command("app", [], "x"), platform=["linux/arm64"])', "GoVerify: platform=['linux/arm64']\n"),
        ('env.GoVerify(env.Command("app", [], "x"), linkage="static", GOLIBC="c")', "$GOLIBC: wanted glibc, musl"),
        ('env.GoVerify(env.Command("app", [], "x"), GOVERIFYNSS="never")', "$GOVERIFYNSS: wanted one of"),
    ):
        project.sconstruct(call)
        error = project.scons(status=2).stderr
        assert error.startswith("\nscons: *** ")
        assert message in error
        assert '/SConstruct", line 3, in <module>' in error
