"""GoModule: every main package of a module or workspace, found without Go, each under a name of its own."""

from __future__ import annotations

import pytest

from harness import HELLO, Project, is_static

pytestmark = pytest.mark.live

LIBRARY = "package lib\n\nfunc F() {}\n"


def constrained(constraint: str) -> str:
    return f"//go:build {constraint}\n\n{HELLO}"


def main_of(name: str) -> str:
    return HELLO.replace("hello", name)


def programs(project: Project, *arguments: str) -> list[str]:
    """Return the programs that would be built, as their paths below build/."""
    return sorted(project.scons("-n", *arguments).built)


def module(project: Project, folder: str, files: list[str]) -> None:
    project.write(
        {
            f"{folder}/go.mod": f"module example.org/{folder}\n\ngo 1.21\n",
            **{f"{folder}/{name}": main_of(f"{folder} {name}") for name in files},
        }
    )


def test_every_main_package_of_a_module(project: Project) -> None:
    project.module(
        {
            "main.go": main_of("root"),
            "cmd/one/main.go": main_of("one"),
            "cmd/two/a.go": "package main\n\nfunc other() {}\n",
            "cmd/two/main.go": main_of("two"),
            "lib/lib.go": LIBRARY,
            "lib/lib_test.go": "package lib\n",
            "only/main_test.go": "package main\n",
            "doc/doc.go": "// Package doc: package main is only spoken of.\npackage doc\n",
            **{
                f"{folder}/p/main.go": HELLO
                for folder in ("testdata", "vendor", "_x", ".x", "cmd/one/testdata", "lib/vendor", "lib/_y")
            },
            "nested/go.mod": "module example.org/nested\n",
            "nested/main.go": HELLO,
        }
    )
    project.sconstruct('print("NODES", len(env.GoModule("#", linkage=["dynamic", "static"])))')

    assert "NODES 6" in project.scons("-h").stdout
    assert programs(project, "m", "one", "two") == ["dynamic/m", "dynamic/one", "dynamic/two"]

    outcome = project.scons("m-static", "one-static", "two-static")
    assert sorted(outcome.built) == ["static/m", "static/one", "static/two"]
    for name, says in (("m", "root"), ("one", "one"), ("two", "two")):
        assert is_static(project / f"build/static/{name}")
        assert project.run(f"build/static/{name}").stdout == f"{says}\n"
    project.up_to_date("m-static", "one-static", "two-static")
    assert sorted(project.scons("-c").stdout.splitlines()) == [
        "NODES 6",
        *(f"Removed build/static/{name}" for name in ("m", "one", "two")),
    ]


def test_a_workspace_and_programs_of_one_name(project: Project) -> None:
    """Sharing a name takes as many elements of the import path as tell all of them apart."""
    module(project, "svc", ["cmd/admin/main.go", "cmd/gateway/main.go", "v2/main.go"])
    module(project, "tools", ["cmd/admin/main.go", "x/cmd/deep/main.go", "y/cmd/deep/v3/main.go"])
    module(project, "unused", ["cmd/lost/main.go"])
    project.write(
        {
            "go.work": "go 1.21\n\nuse ./svc // the services\nuse (\n\t./tools\n\t./libs // no program in it\n)\n",
            "libs/go.mod": "module example.org/libs\n\ngo 1.21\n",
            "libs/lib.go": LIBRARY,
        }
    )
    project.sconstruct('env.GoModule("#", linkage="static")')

    assert programs(project) == [
        "static/gateway",
        "static/svc",  # example.org/svc/v2: the last element that is no major version
        "static/svc-cmd-admin",
        "static/tools-cmd-admin",
        "static/x-cmd-deep",
        "static/y-cmd-deep",
    ]
    assert project.scons("svc-cmd-admin-static", "-j2", "tools-cmd-admin").status == 0
    assert project.run("build/static/svc-cmd-admin").stdout == "svc cmd/admin/main.go\n"
    assert project.run("build/static/tools-cmd-admin").stdout == "tools cmd/admin/main.go\n"
    project.up_to_date("svc-cmd-admin-static", "tools-cmd-admin-static")


def test_which_programs_there_are_depends_on_platform_tags_and_linkage(project: Project) -> None:
    project.module(
        {
            "cmd/always/main.go": HELLO,
            "cmd/pro/main.go": constrained("pro && !free"),
            "cmd/win/main_windows.go": HELLO,
            "cmd/bsd/main.go": constrained("freebsd || openbsd"),
            "cmd/withc/main.go": constrained("cgo"),
            "cmd/withoutc/main.go": constrained("!cgo"),
            "cmd/tool/main.go": constrained("ignore"),
            "cmd/c/main.go": 'package main\n\nimport "C"\n\nfunc main() {}\n',
            "cmd/resolver/main.go": constrained("netgo"),
        }
    )
    project.sconstruct(
        'env.GoModule("#", linkage=ARGUMENTS.get("linkage", "dynamic").split(","), **eval(ARGUMENTS.get("more", "{}")))'
    )

    assert programs(project) == ["dynamic/always", "dynamic/c", "dynamic/withc"]
    assert programs(project, "more={'GOTAGS': 'pro'}") == [
        "dynamic/always",
        "dynamic/c",
        "dynamic/pro",
        "dynamic/withc",
    ]
    assert programs(project, "more={'GORESOLVER': 'go'}") == [
        "dynamic/always",
        "dynamic/c",
        "dynamic/resolver",
        "dynamic/withc",
    ]
    assert programs(project, "linkage=static,dynamic") == [
        "dynamic/always",
        "dynamic/c",
        "dynamic/withc",
        "static/always",
        "static/withoutc",
    ]
    assert programs(project, "linkage=static", "more={'GOOS': 'freebsd'}") == [
        "static/always",
        "static/bsd",
        "static/withoutc",
    ]
    assert "dynamic/win.exe" in programs(project, "more={'GOOS': 'windows', 'GOVERIFY': 'warn'}")
    # A program that the linkage leaves out has no alias for it, and its plain name builds what there is.
    assert programs(project, "linkage=static,dynamic", "withoutc") == ["static/withoutc"]
    assert "Do not know" in project.scons("linkage=static,dynamic", "withc-static", status=2).text


def test_where_programs_go(project: Project) -> None:
    project.module({"cmd/app/main.go": HELLO})
    for call, built in (
        ('env.GoModule("#")', "build/dynamic/app"),
        ('env.GoModule("#", GOLINKAGE="static")', "build/static/app"),
        ('env.Clone(GOLINKAGE="static").GoModule("#")', "build/static/app"),
        ('env.GoModule("out/$GOLINKAGE/bin", ".", linkage="static")', "out/static/bin/app"),
        ('env.GoModule(Dir("out"), Dir("."), linkage="static")', "out/app"),
        ('env.GoModule("#", GOTARGETDIR="out", linkage="static", GOTAGS="x")', "out/app"),
    ):
        project.sconstruct(f'print("NODE", *{call})')
        assert f"NODE {built}\n" in project.scons("-h").stdout


def test_what_holds_no_program_is_refused(project: Project) -> None:
    project.module({"lib/lib.go": LIBRARY})
    for call, message in (
        ('env.GoModule("#")', f"{project.path} has no main package"),
        ('env.GoModule("#lib")', f"{project / 'lib'} has neither go.mod nor go.work"),
        ('env.GoModule("#none")', f"{project / 'none'} has neither go.mod nor go.work"),
        ('env.GoModule("#", linkage="statik")', "linkage: wanted one of"),
        ('env.GoModule("#", linkage=[])', "linkage: wanted one of"),
    ):
        project.sconstruct(call)
        error = project.scons(status=2).stderr
        assert error.startswith(f"\nscons: *** {message}" if "linkage" in call else "\nscons: *** ")
        assert message in error
        assert '/SConstruct", line 3, in <module>' in error

    project.write({"go.work": "go 1.21\nuse ./gone\n"})
    project.sconstruct('env.GoModule("#")')
    error = project.scons(status=2).stderr
    assert f"{project / 'gone'}" in error
    assert "go.work" in error


def test_programs_come_and_go_with_their_files(project: Project) -> None:
    project.module({"cmd/one/main.go": HELLO})
    project.sconstruct('env.GoModule("#", linkage="static")')
    assert project.scons().built == ["static/one"]

    project.write({"cmd/two/main.go": HELLO})
    assert project.scons().built == ["static/two"]

    (project / "cmd/one/main.go").unlink()
    project.up_to_date()


def test_a_folder_in_the_place_of_a_program(project: Project) -> None:
    project.module({"cmd/app/main.go": HELLO, "build/static/app/of-someone": ""})
    project.sconstruct('env.GoModule("#", linkage="static")')
    outcome = project.scons(status=2)
    assert "build/static/app\n  wanted: a path for a program\n  found:" in outcome.stderr
    assert "remove what is there, or choose another path" in outcome.stderr
