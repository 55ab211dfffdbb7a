"""Sources that SCons makes in a build folder: seen in the source tree through an overlay, and never written there."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from harness import Project, fails

pytestmark = pytest.mark.live

SCONSTRUCT = """
Export("env")
SConscript("go/SConscript", variant_dir="build/go", duplicate={duplicate})
"""

SCONSCRIPT = """
Import("env")
env.GoProgram("#build/bin/$GOLINKAGE/app", "cmd/app", linkage=["dynamic", "static"])
env.GoProgram("#build/bin/$GOLINKAGE/plain", "cmd/plain", linkage=["dynamic", "static"])
go = "sed '/;;/d' $SOURCE > $TARGET"
env.Command("words/words.go", "words.txt", go)
env.Command("more/more.go", "more.txt", go)
env.Command("data/data.txt", "data.in", "cp $SOURCE $TARGET")
env.Command("number/number.c", "number.txt", go)
env.Command("number/number.h", "header.txt", go)
env.Command("asm/sum_amd64.s", "sum.txt", "cp $SOURCE $TARGET")
env.Command("unused/unused.go", "unused.txt", go)
"""

WORDS = 'package words\n\nimport "example.org/m/more"\n\nconst Words = "{} " + more.More\n'
MAIN = """\
package main

import (
	"example.org/m/asm"
	"example.org/m/data"
	"example.org/m/number"
	"example.org/m/words"
)

func main() { println(words.Words, data.Data(), number.Number(), asm.Sum()) }
"""

FILES = {
    "go/SConscript": SCONSCRIPT,
    "go/go.mod": "module example.org/m\n\ngo 1.21\n",
    "go/cmd/app/main.go": MAIN,
    "go/cmd/plain/main.go": 'package main\n\nfunc main() { println("plain") }\n',
    "go/words/other.go": "package words\n",
    "go/words.txt": WORDS.format("one"),
    "go/more.txt": 'package more\n\nconst More = "more"\n',
    "go/unused.txt": "package unused\n",
    "go/data/data.go": (
        'package data\n\nimport "embed"\n\n//go:embed *.txt\nvar files embed.FS\n\n// Data is embedded.\n'
        'func Data() string { text, _ := files.ReadFile("data.txt"); return string(text) }\n'
    ),
    "go/data.in": "data",
    "go/number/number.go": (
        '//go:build cgo\n\npackage number\n\n// #include "number.h"\n// int number(void);\nimport "C"\n\n'
        "// Number is made of C.\nfunc Number() int { return int(C.number()) + C.NUMBER }\n"
    ),
    "go/number/pure.go": "//go:build !cgo\n\npackage number\n\n// Number is none.\nfunc Number() int { return 0 }\n",
    "go/number.txt": '#include "number.h"\nint number(void) { return 100 * NUMBER; }\n',
    "go/header.txt": "#define NUMBER 1\n",
    "go/asm/asm.go": "//go:build amd64\n\npackage asm\n\n// Sum is written in assembly.\nfunc Sum() int\n",
    "go/asm/other.go": "//go:build !amd64\n\npackage asm\n\n// Sum is not.\nfunc Sum() int { return 7 }\n",
    "go/sum.txt": '#include "textflag.h"\n\nTEXT ·Sum(SB), NOSPLIT, $0-8\n\tMOVQ $7, ret+0(FP)\n\tRET\n',
}
GENERATED = (
    "asm/sum_amd64.s", "data/data.txt", "more/more.go", "number/number.c", "number/number.h", "unused/unused.go",
    "words/words.go",
)  # fmt: skip
"""What is made, in the build folder."""
APP, PLAIN = ["dynamic/app", "static/app"], ["dynamic/plain", "static/plain"]


def make(folder: Path, *, duplicate: bool = False) -> Project:
    project = Project(folder / "project")
    project.write(FILES)
    project.sconstruct(SCONSTRUCT.format(duplicate=duplicate))
    return project


def made(project: Project) -> list[str]:
    """Return what stands in the build folder that SCons generated."""
    folder = project / "build/go"
    return sorted(name for name in GENERATED if (folder / name).exists())


def changed(project: Project) -> list[str]:
    """Return the programs that a build makes, sorted; assert that it leaves nothing to do and writes to no source."""
    before = project.sources()
    outcome = project.scons("-j2")
    assert project.sources() == before
    project.up_to_date()
    return sorted(outcome.built)


def said(project: Project, program: str) -> str:
    return project.run(str(project / f"build/bin/{program}"), check=True).stderr


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return make(tmp_path_factory.mktemp("tree"))


def test_the_first_build_is_right(tree: Project) -> None:
    """Nothing is there when the SConstruct is read, not even two of the packages, and one is found through another."""
    before = tree.sources()
    first = tree.scons("-j8")
    assert sorted(first.built) == sorted([*APP, *PLAIN])
    assert said(tree, "dynamic/app") == "one more data 101 7\n"
    assert said(tree, "static/app") == "one more data 0 7\n"
    assert tree.sources() == before
    assert made(tree) == sorted(GENERATED)
    tree.up_to_date()


def test_clean_removes_what_was_generated(tree: Project) -> None:
    before = tree.sources()
    tree.scons("-c")
    assert made(tree) == []
    assert tree.sources() == before
    dry = tree.scons("-n", "-j4")
    assert "words.go" in dry.stdout
    assert made(tree) == []
    assert tree.rebuilt("-j8") == sorted([*APP, *PLAIN])


def test_clean_of_one_program_removes_what_was_generated_for_it(tree: Project) -> None:
    tree.scons("build/bin/dynamic/app", "build/go/unused/unused.go")
    tree.scons("-c", "build/bin/dynamic/app", environ={"PATH": "/nowhere"})
    assert made(tree) == ["unused/unused.go"]
    tree.scons("-c")


def test_one_program_has_only_its_own_sources_generated(tree: Project) -> None:
    tree.scons("-c")
    tree.scons("plain-static")
    assert made(tree) == []
    tree.scons("-j4", "app-static")
    assert made(tree) == sorted({*GENERATED} - {"unused/unused.go"})
    assert sorted(tree.rebuilt("-j8")) == ["dynamic/app", "dynamic/plain"]


EDITS: Mapping[str, tuple[Mapping[str, str], list[str], str]] = {
    "go": ({"go/words.txt": WORDS.format("two")}, APP, "two more data 101 7\n"),
    "go-that-is-the-same": ({"go/words.txt": WORDS.format("two") + ";; generated anew\n"}, [], ""),
    "only-generated-package": ({"go/more.txt": 'package more\n\nconst More = "less"\n'}, APP, "two less data 101 7\n"),
    "embedded": ({"go/data.in": "text"}, APP, "two less text 101 7\n"),
    "header": ({"go/header.txt": "#define NUMBER 2\n"}, ["dynamic/app"], "two less text 202 7\n"),
    "c": ({"go/number.txt": "int number(void) { return 5; }\n"}, ["dynamic/app"], "two less text 7 7\n"),
    "assembly": ({"go/sum.txt": FILES["go/sum.txt"].replace("$7", "$8")}, APP, "two less text 7 8\n"),
    "unused": ({"go/unused.txt": "package unused\n\nconst Unused = 1\n"}, [], ""),
    "unused-import": ({"go/unused.txt": 'package unused\n\nimport _ "strings"\n'}, [], ""),
    "new-import": (
        {
            "go/more.txt": ('package more\n\nimport "example.org/m/unused"\n\nconst More = "even " + unused.Unused\n'),
            "go/unused.txt": 'package unused\n\nconst Unused = "more"\n',
        },
        APP,
        "two even more text 7 8\n",
    ),
    "import-gone": ({"go/more.txt": 'package more\n\nconst More = "more"\n'}, APP, "two more text 7 8\n"),
    "unused-again": ({"go/unused.txt": "package unused\n"}, [], ""),
    "source": ({"go/words/other.go": "package words\n\nconst other = 1\n"}, APP, "two more text 7 8\n"),
    "main": ({"go/cmd/plain/main.go": 'package main\n\nfunc main() { println("other") }\n'}, PLAIN, ""),
}


@pytest.mark.parametrize(("files", "built", "says"), EDITS.values(), ids=EDITS)
def test_what_a_change_builds_again(tree: Project, files: Mapping[str, str], built: list[str], says: str) -> None:
    """One history: each row starts with what the row before it left."""
    tree.write(files)
    assert changed(tree) == built
    if says:
        assert said(tree, "dynamic/app") == says


def test_a_generated_file_that_is_gone_is_made_again(tree: Project) -> None:
    (tree / "build/go/words/words.go").unlink()
    assert changed(tree) == []
    assert (tree / "build/go/words/words.go").exists()


def test_a_file_that_is_no_longer_generated_is_no_longer_seen(tree: Project) -> None:
    script = (tree / "go/SConscript").read_text()
    (tree / "go/SConscript").write_text(script.replace('env.Command("more/more.go", "more.txt", go)\n', ""))
    assert (tree / "build/go/more/more.go").exists()
    assert "example.org/m/more" in fails(tree)
    (tree / "go/SConscript").write_text(script)
    changed(tree)


def test_a_generator_that_fails_fails_its_programs_alone(tree: Project) -> None:
    script = (tree / "go/SConscript").read_text()
    (tree / "go/SConscript").write_text(script.replace('"more.txt", go', '"more.txt", "echo broken; false"'))
    (tree / "build/bin/static/plain").unlink()
    outcome = tree.scons("-k", status=2)
    assert outcome.built == ["static/plain"]
    assert "more.go" in outcome.stderr
    (tree / "go/SConscript").write_text(script)
    changed(tree)


def test_a_variant_that_duplicates_sources(tmp_path: Path) -> None:
    project = make(tmp_path, duplicate=True)
    assert project.rebuilt("-j8", "app-dynamic") == ["dynamic/app"]
    assert said(project, "dynamic/app") == "one more data 101 7\n"
    project.write({"go/words.txt": WORDS.format("two")})
    assert project.rebuilt("app-dynamic") == ["dynamic/app"]


TWO = """
for kind in ("debug", "release"):
    scope = {"env": env.Clone(KIND=kind)}
    env.SConscript("go/SConscript", variant_dir=f"build/{kind}", duplicate=False, exports=scope)
"""
OF_TWO = """
Import("env")
env.Command("kind/kind.go", "kind.txt", "sed s/KIND/$KIND/ $SOURCE > $TARGET")
env.GoProgram("app", "cmd/app", linkage="static")
"""
KIND_TEXT = 'package kind\n\nconst Kind = "first"\n'
KIND_MAIN = 'package main\n\nimport "example.org/m/kind"\n\nfunc main() { println(kind.Kind) }\n'


def declare_kind(project: Project, *lines: str) -> None:
    """Declare a program that imports a package which is to be generated."""
    project.module({"cmd/app/main.go": KIND_MAIN, "kind.txt": KIND_TEXT})
    project.sconstruct("\n".join(lines))


def test_each_variant_has_its_own(project: Project) -> None:
    """And a program of neither says which it takes."""
    files = {
        "go.mod": "module example.org/m\n\ngo 1.21\n",
        "cmd/app/main.go": KIND_MAIN,
        "kind.txt": 'package kind\n\nconst Kind = "KIND"\n',
        "SConscript": OF_TWO,
    }
    project.write({f"go/{name}": text for name, text in files.items()})
    project.sconstruct(TWO)
    assert project.rebuilt("-j8") == ["debug/app", "release/app"]
    for kind in ("debug", "release"):
        assert project.run(f"build/{kind}/app").stderr == f"{kind}\n"

    project.sconstruct(TWO + 'env.GoProgram("build/top/app", "go/cmd/app", linkage="static")\n')
    message = project.scons("build/top/app", status=2).stderr
    assert "kind/kind.go\n  wanted: one generated file for it\n  found:  build/debug/kind/kind.go, build/rel" in message

    given = 'GOGENERATED={"go/kind": ["build/debug/kind/kind.go"]}'
    project.sconstruct(TWO + f'env.GoProgram("build/top/app", "go/cmd/app", linkage="static", {given})\n')
    assert project.rebuilt() == ["top/app"]
    assert project.run("build/top/app").stderr == "debug\n"


def test_places_can_be_given(project: Project) -> None:
    declare_kind(
        project,
        'kind = env.Command("build/made/any.go", "kind.txt", "cp $SOURCE $TARGET")',
        'env.GoProgram("build/bin/app", "cmd/app", linkage="static", GOGENERATED={"kind": kind})',
        'env.GoProgram("build/bin/without", "cmd/app", linkage="static")',
    )
    assert project.rebuilt("app") == ["bin/app"]
    assert project.run("build/bin/app").stderr == "first\n"
    assert "example.org/m/kind" in project.scons("without", status=2).stderr


def test_a_header_outside_of_packages_is_found_by_its_own_folder(project: Project) -> None:
    """The message says how."""
    flags = "#cgo CPPFLAGS: -I${SRCDIR}/../include"
    main = 'package main\n\n/*\n{}\n#include "outer.h"\n*/\nimport "C"\n\nfunc main() {{ println(C.OUTER) }}\n'
    project.module({"c/main.go": main.format(flags), "outer.txt": "#define OUTER 3\n"})
    project.sconstruct(
        'VariantDir("build", ".", duplicate=0)\n'
        'env.Command("build/include/outer.h", "outer.txt", "cp $SOURCE $TARGET")\n'
        'env.GoProgram("build/bin/app", "c", linkage="dynamic")\n'
    )
    message = fails(project, f"found:  {project / 'build/include/outer.h'}, generated outside of the source tree")
    assert f"with the path of {project / 'build/include'}" in message

    project.write({"c/main.go": main.format(f"{flags} -I${{SRCDIR}}/../build/include")})
    project.scons("-c")
    assert project.rebuilt("-j4", "app") == ["bin/app"]
    project.write({"outer.txt": "#define OUTER 4\n"})
    assert project.rebuilt("app") == ["bin/app"]
    assert project.run("build/bin/app").stderr == "4\n"


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ('"build/x.go"', "found:  'build/x.go'"),
        ('{"kind": [Dir("build")]}', "found:  build, a Dir"),
        ('{"kind": ["a/x.go", "b/x.go"]}', "kind/x.go"),
        ('{"kind": None}', "found:  'kind': None"),
        ('{"/nowhere": ["a/x.go"]}', "/nowhere is in no Go module"),
    ],
)
def test_a_mistake_in_places_is_told_when_the_sconstruct_is_read(project: Project, value: str, found: str) -> None:
    project.module({"cmd/app/main.go": KIND_MAIN})
    project.sconstruct(f'env.GoProgram("build/app", "cmd/app", linkage="static", GOGENERATED={value})')
    message = project.scons("-h", status=2).stderr
    assert found in message
    assert '/SConstruct", line 3, in <module>' in message


def test_a_file_that_nobody_makes_is_missed(project: Project) -> None:
    """It is not left out in silence."""
    project.module({"cmd/app/main.go": "package main\n\nfunc main() {}\n"})
    project.sconstruct('env.GoProgram("build/app", "cmd/app", linkage="static", GOGENERATED={"cmd/app": "more.go"})')
    message = project.scons(status=2).stderr
    assert (
        f"$GOGENERATED: {project / 'cmd/app/more.go'}\n  wanted: a file that is there, or that SCons makes\n" in message
    )
    assert not (project / "build/app").exists()


def test_a_file_that_is_made_by_the_way_is_expected(project: Project) -> None:
    """It has no builder of its own."""
    declare_kind(
        project,
        'done = env.Command("build/made/done", "kind.txt", "cp $SOURCE build/made/kind.go && touch $TARGET")',
        'kind = env.SideEffect("build/made/kind.go", done)',
        'app = env.GoProgram("build/bin/app", "cmd/app", linkage="static", GOGENERATED={"kind": kind})',
        "env.Requires(app, done)",
    )
    project.scons("app")
    assert project.run("build/bin/app").stderr == "first\n"


def test_a_main_package_may_be_generated_whole(project: Project) -> None:
    project.module({"main.txt": 'package main\n\nfunc main() { println("made") }\n'})
    project.sconstruct(
        'env.Command("build/go/cmd/made/main.go", "main.txt", "cp $SOURCE $TARGET")\n'
        'VariantDir("build/go", ".", duplicate=0)\n'
        'env.GoProgram("build/bin/made", "build/go/cmd/made", linkage="static")\n'
    )
    assert project.rebuilt("-j4") == ["bin/made"]
    assert project.run("build/bin/made").stderr == "made\n"


@pytest.mark.parametrize(
    ("call", "option"),
    [
        ('env.GoProgram("build/bin/made", "cmd/made", linkage="static", GOGENERATED={"cmd/made": main})', ""),
        (
            'env.GoProgram("build/bin/made", "cmd/made", linkage="static")',
            'env.Replace(GOGENERATED={"cmd/made": main})',
        ),
    ],
    ids=["call", "environment"],
)
def test_a_main_package_may_be_given_whole(project: Project, call: str, option: str) -> None:
    """Its folder is nowhere."""
    project.module({"main.txt": 'package main\n\nfunc main() { println("made") }\n'})
    project.sconstruct(
        'main = env.Command("build/out/main.go", "main.txt", "cp $SOURCE $TARGET")\n' + f"{option}\n{call}\n"
    )
    assert project.rebuilt("-j4") == ["bin/made"]
    assert project.run("build/bin/made").stderr == "made\n"
    project.write({"main.txt": 'package main\n\nfunc main() { println("again") }\n'})
    assert project.rebuilt("-j4") == ["bin/made"]
    assert project.run("build/bin/made").stderr == "again\n"
    assert not (project / "cmd").exists()


def test_what_tells_of_programs_is_part_of_none(project: Project) -> None:
    """Results in a build folder that belongs to a module are no files of it, whatever is embedded."""
    main = 'package main\n\nimport "embed"\n\n//go:embed *\nvar all embed.FS\n\nfunc main() {}\n'
    test = 'package main\n\nimport "testing"\n\nfunc TestAll(t *testing.T) {}\n'
    project.write({
        "go/go.mod": "module example.org/m\n\ngo 1.21\n",
        "go/main.go": main,
        "go/main_test.go": test,
        "go/SConscript": 'Import("env")\n'
        'app = env.GoProgram("bin/app", ".", linkage="static")\n'
        'env.GoTest("./...", linkage="static")\nenv.GoVet("./...", linkage="static")\nenv.GoFmt("./...")\n'
        'env.GoLinkageReport("report.json", app)\n',
    })  # fmt: skip
    project.sconstruct('SConscript("go/SConscript", variant_dir="build/go", duplicate=0, exports="env")')
    outcome = project.scons("-j2")
    assert "1 test passed" in outcome.stdout
    assert b"TestAll" not in (project / "build/go/bin/app").read_bytes()
    project.up_to_date()


def test_in_the_source_tree_they_are_found_too(project: Project) -> None:
    """There somebody asked for them, and a whole package may be made."""
    declare_kind(
        project,
        'env.Command("kind/kind.go", "kind.txt", "cp $SOURCE $TARGET")',
        'env.GoProgram("build/bin/app", "cmd/app", linkage="static")',
    )
    for content in (KIND_TEXT, KIND_TEXT.replace("first", "second")):
        project.write({"kind.txt": content})
        assert project.scons("-j8").built == ["bin/app"]
        project.up_to_date()
        assert project.run("build/bin/app").stderr.strip() in content
    project.scons("-c")
    assert not (project / "kind/kind.go").exists()
    assert project.scons("-j8", "app").built == ["bin/app"]


def test_other_tools_see_the_same_through_a_file(project: Project) -> None:
    """Plain `go build` and `go vet` take it."""
    text = 'package kind\n\nconst Kind = "given"\n'
    # Of a folder that is not there, vet says that it cannot change to it.
    project.module({"cmd/app/main.go": KIND_MAIN, "kind.txt": text, "kind/doc.go": "package kind\n"})
    project.sconstruct(
        'env.Replace(GOGENERATED={"kind": env.Command("build/_made/kind.go", "kind.txt", "cp $SOURCE $TARGET")})\n'
        'env.GoOverlay("build/overlay.json")\n'
    )
    project.scons("build/overlay.json")
    file, made = project / "build/overlay.json", project / "build/_made/kind.go"
    assert json.loads(file.read_text()) == {"Replace": {str(project / "kind/kind.go"): str(made)}}
    overlay = ("-overlay", "build/overlay.json")
    project.run("go", "build", *overlay, "-o", "build/app", "./cmd/app", check=True)
    assert project.run("build/app").stderr == "given\n"
    project.run("go", "vet", *overlay, "./...", check=True)
    assert project.run("go", "vet", "./...").status
    time = file.stat().st_mtime_ns
    project.write({"kind.txt": text.replace("given", "other")})
    project.scons("build/overlay.json")
    assert "other" in made.read_text()
    assert file.stat().st_mtime_ns == time


def test_copies_in_the_source_tree_are_made_when_they_are_asked_for(project: Project) -> None:
    """Then plain Go finds them. Programs see what they are copies of."""
    declare_kind(
        project,
        'kind = env.Command("build/made/kind.go", "kind.txt", "cp $SOURCE $TARGET")',
        'env.GoProgram("build/bin/app", "cmd/app", linkage="static", GOGENERATED={"kind": kind})',
        'env.Alias("generate", env.Install("kind", kind))',
        'Default("build")',
    )
    assert project.rebuilt("-j4") == ["bin/app"]
    assert not (project / "kind").exists()
    project.scons("generate")
    project.up_to_date()
    project.run("go", "build", "-o", "build/plain", "./cmd/app", check=True)

    project.write({"kind.txt": KIND_TEXT.replace("first", "second")})
    assert changed(project) == ["bin/app"]
    assert (project / "kind/kind.go").read_text() == KIND_TEXT
    assert project.run("build/bin/app").stderr == "second\n"
    project.scons("-c", "generate")
    assert not (project / "kind/kind.go").exists()


GENERATOR = """\
package main

import (
	"fmt"
	"io"
	"os"
	"strings"
)

func main() {
	text, _ := io.ReadAll(os.Stdin)
	fmt.Printf("package kind\\n\\nconst Kind = %q\\n", strings.TrimSpace(string(text)))
}
"""
WITH_TOOL = """
env.Replace(GOOS="windows", GOARCH="arm64", GOTAGS=["pro"])
gen = env.GoTool({name!r})
kind = env.Command("build/made/kind.go", ["kind.txt", gen], "${{SOURCES[1]}} < $SOURCE > $TARGET")
env.GoProgram("build/bin/app", "cmd/app", linkage="static", GOGENERATED={{"kind": kind}}, GOOS="linux", GOARCH={arch!r})
"""
MOD = "module example.org/m\n\ngo 1.24\n\ntool example.org/m/internal/gen\n"


def test_a_tool_of_the_module_generates(project: Project) -> None:
    """In the same run, for the machine that builds whatever the programs are for."""
    files = {"cmd/app/main.go": KIND_MAIN, "internal/gen/main.go": GENERATOR, "kind.txt": "first\n", "go.mod": MOD}
    arch = {"x86_64": "amd64", "aarch64": "arm64"}[os.uname().machine]
    project.write(files)
    project.sconstruct(WITH_TOOL.format(name="gen", arch=arch))
    assert project.rebuilt("-j8") == ["bin/app", "tools/gen"]
    assert project.run("build/bin/app").stderr == "first\n"

    project.write({"internal/gen/main.go": GENERATOR + "\n// It makes the same.\n"})
    assert project.rebuilt() == ["tools/gen"]
    project.write({"internal/gen/main.go": GENERATOR.replace("string(text)", 'string(text) + " more"')})
    assert project.rebuilt() == ["bin/app", "tools/gen"]
    assert project.run("build/bin/app").stderr == "first\n more\n"
    project.write({"kind.txt": "second\n"})
    assert project.rebuilt() == ["bin/app"]

    project.write({"go.mod": MOD.replace("1.24\n\ntool example.org/m/internal/gen\n", "1.21\n")})
    project.sconstruct(WITH_TOOL.format(name="example.org/m/internal/gen", arch=arch))
    assert project.rebuilt() == ["bin/app", "tools/gen"]

    project.sconstruct(WITH_TOOL.format(name="gen", arch=arch))
    message = project.scons(status=2).stderr
    assert "GoTool: gen\n  wanted: one tool that" in message
    assert "found:  no tool line\n  fix:    `go get -tool IMPORT/PATH` (Go 1.24), or name the import path" in message


@pytest.mark.network
def test_go_before_1_24_says_what_it_cannot_do(tmp_path: Path) -> None:
    """It knows no tool lines, and embeds nothing that is not in the source tree; C and assembly are no problem."""
    project = make(tmp_path)
    project.environ["GOTOOLCHAIN"] = "go1.21.13"
    body = (project / "SConstruct").read_text()
    (project / "SConstruct").write_text(
        body.replace('Export("env")', 'env["GOTOOLCHAIN"] = "go1.21.13"\nExport("env")')
    )
    message = project.scons("-j4", "app-dynamic", status=2).stderr
    assert "wanted: example.org/m/data to embed data.txt, which is made outside of the source tree" in message
    assert "found:  go1.21.13" in message

    main = MAIN.replace('\t"example.org/m/data"\n', "").replace("data.Data()", '"none"')
    project.write({"go/cmd/app/main.go": main})
    assert project.rebuilt("-j4", "app-dynamic") == ["dynamic/app"]
    assert said(project, "dynamic/app") == "one more none 101 7\n"

    project.write({"go/go.mod": "module example.org/m\n\ngo 1.21\n\ntool example.org/m/gen\n"})
    message = project.scons("app-dynamic", status=2).stderr
    assert (
        "go.mod\n  wanted: Go 1.24 or newer, which knows `tool` lines\n  found:  go1.21.13, and `tool exam" in message
    )


STRINGER = """
import os
stringer = env.GoTool("stringer")
made = env.Command("build/_made/kind_string.go", ["kind/kind.go", stringer],
                   "${SOURCES[1].abspath} -type=Kind -output=${TARGET.abspath} $SOURCE", ENV=os.environ)
protoc_gen_go = env.GoTool("protoc-gen-go")
api = env.Command("build/_made/api.pb.go", ["api.proto", protoc_gen_go],
                  "protoc --plugin=${SOURCES[1]} --go_out=build/_made --go_opt=paths=source_relative $SOURCE")
env.GoProgram("build/bin/app", "cmd/app", linkage="static", GOGENERATED={"kind": made, "api": api})
"""
KIND = "package kind\n\n// Kind is one of some.\ntype Kind int\n\nconst (\n\tOne Kind = iota\n\tTwo\n)\n"
PROTO = (
    'syntax = "proto3";\npackage api;\noption go_package = "example.org/m/api";\nmessage Word { string text = 1; }\n'
)
USES = """\
package main

import (
	"example.org/m/api"
	"example.org/m/kind"
)

func main() { println(kind.Two.String(), (&api.Word{Text: "word"}).GetText()) }
"""


@pytest.mark.network
def test_stringer_and_protoc(project: Project) -> None:
    """Tools of other modules, in the versions that go.mod says."""
    project.module({"cmd/app/main.go": USES, "kind/kind.go": KIND, "api.proto": PROTO}, go="1.24.0")
    project.write({"go.sum": ""})
    tools = ("golang.org/x/tools/cmd/stringer@v0.30.0", "google.golang.org/protobuf/cmd/protoc-gen-go@v1.36.5")
    project.run("go", "get", "-tool", *tools, check=True)
    project.sconstruct(STRINGER)
    assert project.rebuilt("-j4") == ["bin/app", "tools/protoc-gen-go", "tools/stringer"]
    assert project.run("build/bin/app").stderr == "Two word\n"

    project.write({"kind/kind.go": KIND.replace("Two", "Second\n\tTwo")})
    assert project.rebuilt() == ["bin/app"]
    project.write({"api.proto": PROTO.replace("}", "string more = 2; }")})
    assert project.rebuilt() == ["bin/app"]
    project.run("go", "get", "google.golang.org/protobuf@v1.36.6", check=True)
    assert project.rebuilt() == ["bin/app", "tools/protoc-gen-go"]
    shutil.rmtree(project / "build")
    assert project.rebuilt("-j4", "app") == ["bin/app", "tools/protoc-gen-go", "tools/stringer"]


HELPER = 'package main\n\nfunc main() {{ println("helper-{}") }}\n'
EMBEDDING = """\
package main

import (
	"bytes"
	_ "embed"
)

//go:embed data/helper
var helper []byte

func main() {{ println(bytes.Contains(helper, []byte("helper-{}"))) }}
"""


@pytest.mark.parametrize("jobs", ["-j1", "-j4"])
def test_a_go_program_that_another_embeds(project: Project, jobs: str) -> None:
    """It is made first, also where both could be built by one go build, and what embeds it is made again with it."""
    project.module({"helper/main.go": HELPER.format("one"), "app/main.go": EMBEDDING.format("one")})
    project.sconstruct(
        "app = env.GoProgram('build/app', 'app', linkage='static')\n"
        "helper = env.GoProgram('app/data/helper', 'helper', linkage='static')\nDefault(app, helper)"
    )
    assert project.scons(jobs).built == ["data/helper", "build/app"]
    assert project.run("build/app").stderr == "true\n"
    project.up_to_date(jobs)

    project.write({"helper/main.go": HELPER.format("two")})
    assert project.scons(jobs).built == ["data/helper", "build/app"]
    assert project.run("build/app").stderr == "false\n"
    project.write({"app/main.go": EMBEDDING.format("two")})
    assert project.scons(jobs).built == ["build/app"]
    assert project.run("build/app").stderr == "true\n"
    project.up_to_date(jobs)


def test_programs_that_embed_each_other_wait_for_neither(project: Project) -> None:
    project.module(
        {
            "all.go": 'package m\n\nimport "embed"\n\n//go:embed build\nvar All embed.FS\n',
            "build/.keep": "",
            "build/readme": "",
            **{f"cmd/{name}/main.go": 'package main\n\nimport _ "example.org/m"\n\nfunc main() {}\n' for name in "ab"},
        }
    )
    project.sconstruct("env.GoModule('.', linkage=['static', 'dynamic'])")
    outcome = project.scons(status=None)
    assert "cycle" not in outcome.text
    assert "wanted: programs that do not embed each other\n" in outcome.stderr
    assert (project / "build/static/a").exists()


def test_an_overlay_file_in_the_variant_folder_does_not_show_itself(project: Project) -> None:
    project.module(
        {
            "SConscript": 'Import("env")\nenv.Command("gen.go", [], "echo package m > $TARGET")\nenv.GoOverlay("overlay.json")\n'
        }
    )
    project.write({"m.go": "package m\n"})
    project.sconstruct("SConscript('SConscript', variant_dir='build', duplicate=0, exports='env')")
    project.scons()
    shown = json.loads((project / "build/overlay.json").read_text())["Replace"]
    assert shown == {str(project / "gen.go"): str(project / "build/gen.go")}
    project.up_to_date()


def test_a_module_behind_a_symbolic_link(project: Project) -> None:
    """The go command names files by the way that PWD tells, and a linker follows `..` from where the system is."""
    project.write(
        {
            "far/away/real/go.mod": "module example.org/m\n\ngo 1.21\n",
            "far/away/real/main.go": (
                'package main\n\n// int answer(void);\nimport "C"\n\nfunc main() { println(C.answer(), Word) }\n'
            ),
            "answer.c": "int answer(void) { return 42; }\n",
            "word.txt": 'package main\n\nconst Word = "made"\n',
        }
    )
    (project / "link").symlink_to("far/away/real")
    project.sconstruct(
        "lib = env.StaticLibrary('build/answer', 'answer.c')\n"
        "env.Command('build/gen/word.go', 'word.txt', 'cp $SOURCE $TARGET')\n"
        "env.GoProgram('build/app', 'link', linkage='dynamic', LIBS=lib, GOGENERATED={'link': 'build/gen/word.go'})",
        tools='"default", ',
    )
    project.scons()
    assert project.run("build/app", check=True).stderr == "42 made\n"
    project.up_to_date()
    project.write({"word.txt": 'package main\n\nconst Word = "again"\n'})
    assert project.rebuilt() == ["build/app"]
    assert project.run("build/app", check=True).stderr == "42 again\n"
    assert sorted(path.name for path in (project / "link").iterdir()) == ["go.mod", "main.go"]


def test_a_go_program_that_another_embeds_where_it_does_not_stand(project: Project) -> None:
    project.module({"helper/main.go": HELPER.format("one"), "app/main.go": EMBEDDING.format("one")})
    project.sconstruct(
        "helper = env.GoProgram('build/x/helper', 'helper', linkage='static')\n"
        "env.GoProgram('build/app', 'app', linkage='static', GOGENERATED={'app/data': helper})"
    )
    assert project.rebuilt() == ["build/app", "x/helper"]
    project.write({"helper/main.go": HELPER.format("two")})
    assert project.rebuilt() == ["build/app", "x/helper"]
    assert project.run("build/app").stderr == "false\n"
