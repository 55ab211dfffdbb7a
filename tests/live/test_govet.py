"""GoVet and GoFmt: checks as targets, which write to no source and run again only for what they look at."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness import CGO, Outcome, Project

pytestmark = pytest.mark.live

GOOD = "package sum\n\nfunc Add(x, y int) int { return x + y }\n"
TEST = 'package sum\n\nimport "testing"\n\nfunc TestAdd(t *testing.T) { t.Logf("%d", Add(1, 2)) }\n'
FILES = {
    "sum/sum.go": GOOD,
    "sum/sum_test.go": TEST,
    "words/words.go": 'package words\n\nimport "example.org/m/sum"\n\nvar Six = sum.Add(1, 5)\n',
    "other/other.go": "package other\n",
}
BOTH = 'env.GoVet(["sum", "words"], "static")\nenv.GoFmt("./...", linkage="static")\n'


def checked(outcome: Outcome) -> list[str]:
    """Return the checks that were carried out, in order of their names."""
    return sorted(re.findall(r"^(?:Vetting|Checking the format) into \S+\.(\w+)$", outcome.stdout, re.MULTILINE))


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Packages in which nothing is found."""
    project = Project(tmp_path_factory.mktemp("checks"))
    project.module(FILES)
    project.sconstruct(BOTH.replace(', linkage="static"', ', GOLINKAGE="static"'))
    outcome = project.scons("vet", "fmt")
    assert checked(outcome) == ["fmt", "vet"]
    assert "build/static/m.vet: go vet found nothing (2)\n" in outcome.stdout
    assert "build/static/m.fmt: files as gofmt writes them (4)\n" in outcome.stdout
    return project


@pytest.fixture
def project(good: Project, tmp_path: Path) -> Project:
    """A copy of that of its own."""
    return good.copy(tmp_path / "copy")


def test_up_to_date(project: Project) -> None:
    project.up_to_date("vet", "fmt")


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        ("sum/sum.go", GOOD + "\nvar X int\n", ["fmt", "vet"]),
        ("sum/sum_test.go", TEST + "\nvar X int\n", ["fmt", "vet"]),
        ("other/other.go", "package other\n\nvar X int\n", ["fmt"]),
        ("other/other_plan9.go", "package other\n", ["fmt"]),
        ("other/notes.txt", "x", []),
        ("testdata/odd.go", "package  odd", []),
    ],
)
def test_what_a_change_checks_again(project: Project, file: str, text: str, expected: list[str]) -> None:
    project.write({file: text})
    assert checked(project.scons("vet", "fmt")) == expected
    project.up_to_date("vet", "fmt")


def test_why_they_run_again_is_told(project: Project) -> None:
    project.write({"sum/sum.go": GOOD + "\nvar X int\n", "other/more.go": "package other\n"})
    said = project.scons("--debug=explain", "vet", "fmt").stdout
    vetted = "`sum' or what it imports changed, `words' or what it imports changed"
    assert f"rebuilding `build/static/m.vet' because {vetted}\n" in said
    formatted = "rebuilding `build/static/m.fmt' because `sum/sum.go' changed, `other/more.go' is new\n"
    assert formatted in said
    tagged = (project / "SConstruct").read_text().replace('"static")', '"static", GOTAGS="x")')
    project.write({"SConstruct": tagged})
    said = project.scons("--debug=explain", "vet").stdout
    assert re.search("rebuilding `build/static/m.vet' because flags changed from '.*' to '.* -tags=x'\n", said), said


def test_what_vet_finds(project: Project) -> None:
    project.write(
        {
            "sum/sum_test.go": TEST.replace("%d", "%s"),
            "words/w_test.go": TEST.replace("%d", "%t").replace("sum", "words"),
        }
    )
    project.write({"words/add.go": "package words\n\nfunc Add(x, y int) int { return x }\n"})
    sources = project.sources()
    outcome = project.scons("-k", "vet", "fmt", status=2)
    message = (
        "scons: *** [build/static/m.vet] failed\n"
        "  wanted: nothing for go vet to find in 2 packages\n"
        "  found:  2 places\n"
    )
    assert message in outcome.stderr
    for place, verb in (("sum/sum", "s"), ("words/w", "t")):
        assert re.search(
            rf"^  {place}_test.go:5:\d+: .*Logf format %{verb} has arg .* of wrong type int$",
            outcome.stderr,
            re.MULTILINE,
        )
    assert not (project / "build/static/m.vet").exists()
    assert project.sources() == sources
    project.sconstruct('env.GoVet(["sum", "words"], "static", GOVETFLAGS="-printf=false")\n')
    project.scons("vet")


def test_what_does_not_compile_does_not_pass(project: Project) -> None:
    project.write({"sum/more.go": "package sum\n\nvar X = undefined\n"})
    outcome = project.scons("vet", status=2)
    assert re.search(r"^  sum/more.go:3:9: undefined: undefined$", outcome.stderr, re.MULTILINE), outcome.text


def test_vet_of_packages_with_c(project: Project) -> None:
    project.write({"c/main.go": CGO, "c/answer.h": "static int answer(void) { return 42; }\n"})
    project.sconstruct('env.GoVet("c", "dynamic")\n')
    assert checked(project.scons("vet")) == ["vet"]
    project.write({"c/answer.h": "static int response(void) { return 42; }\n"})
    outcome = project.scons("vet", status=2)
    assert "C.answer" in outcome.stderr or "answer" in outcome.stderr.partition("found:")[2]


def test_what_gofmt_finds(project: Project) -> None:
    bad = "package other\n\nfunc  F(){ }\n"
    project.write({"other/other_plan9.go": bad, "sum/more_test.go": "package sum\n\nvar  X int\n"})
    sources = project.sources()
    outcome = project.scons("fmt", status=2)
    message = (
        "scons: *** [build/static/m.fmt] failed\n"
        "  wanted: files as gofmt writes them\n"
        "  found:  2 that are not\n"
        "  fix:    gofmt -w other/other_plan9.go sum/more_test.go\n"
    )
    assert message in outcome.stderr
    assert "\n-func  F(){ }\n+func F() {}\n" in outcome.stderr
    assert not (project / "build/static/m.fmt").exists()
    assert project.sources() == sources
    project.run(
        "/usr/local/go/bin/gofmt" if Path("/usr/local/go/bin/gofmt").exists() else "gofmt", "-w", "other", "sum"
    )
    assert checked(project.scons("fmt")) == ["fmt"]


def test_what_is_no_go_is_not_formatted(project: Project) -> None:
    project.write({"other/other.go": "package other\n\nfunc {\n"})
    outcome = project.scons("fmt", status=2)
    assert "  found:  syntax errors\nother/other.go:3:6: expected" in outcome.stderr


def test_what_scons_makes_is_vetted_and_not_formatted(project: Project) -> None:
    project.sconstruct(
        'env.Command("sum/made.go", "made.in", "cp $SOURCE $TARGET")\n'
        + BOTH.replace(', linkage="static"', ', GOLINKAGE="static"'),
        tools='"default", ',
    )
    project.write({"made.in": 'package sum\n\nimport "fmt"\n\nfunc init() { fmt.Printf("%d",  "x") }\n'})
    outcome = project.scons("-k", "vet", "fmt", status=2)
    assert "sum/made.go:5:" in outcome.stderr
    assert "build/static/m.fmt" not in outcome.stderr


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ('env.GoVet("nowhere")', "GoVet\n  wanted: the directory of a package as source\n  found:  no directory"),
        (
            'env.GoVet("sum", GOVETFLAGS="-fix")',
            "$GOVETFLAGS\n  wanted: flags that choose what vet looks for\n  found:  -fix",
        ),
        ('env.GoVet("sum", nonsense=1)', "unknown keyword nonsense="),
        ('env.GoFmt("sum"); env.GoFmt("words")', "is declared twice\n  wanted: one check at one path"),
        ('env.GoFmt("testdata/...")', "found:  no package for this platform"),
    ],
)
def test_mistakes(project: Project, call: str, expected: str) -> None:
    (project / "testdata").mkdir()
    project.sconstruct(call)
    outcome = project.scons("-n", status=2)
    assert expected in outcome.stderr
    assert '/SConstruct", line 3, in <module>' in outcome.stderr


def test_cgo_over_c_of_the_build(project: Project) -> None:
    """The flags reach vet another way than the compiler: what it finds is found every time."""
    wrong = (
        'package main\n\n// #include "k.h"\nimport "C"\nimport "fmt"\n\n'
        'func main() { fmt.Printf("%d %d\\n", "s", C.K) }\n'
    )
    project.write({"p/main.go": wrong, "include/k.h": "#define K 1\n", "k.c": "int k;\n"})
    project.sconstruct(
        'k = env.StaticLibrary("build/k", "k.c")\nenv.GoVet("p", "dynamic", CPPPATH=["include"], LIBS=[k])',
        tools='"default", ',
    )
    for _ in range(2):
        assert re.search(r"^  p/main.go:7:\d+: .*Printf", project.scons("vet", status=2).stderr, re.MULTILINE)
        assert not (project / "build/dynamic/m.vet").exists()
    project.write({"p/main.go": wrong.replace('"s"', "2")})
    project.scons("vet")
    project.up_to_date("vet")


def test_package_without_a_folder(project: Project) -> None:
    """Go's vet works in the folder of each package that it looks at."""
    project.write({"p/main.go": 'package main\n\nimport "example.org/m/made"\n\nfunc main() { made.Made() }\n'})
    project.sconstruct(
        'made = env.Textfile("build/made.go", ["package made", "", "func Made() {}", ""])\n'
        'env.GoVet("p", "static", GOGENERATED={"made": made})',
        tools='"default", "textfile", ',
    )
    message = project.scons("vet", status=2).stderr
    assert "  wanted: the folder of each package, for go vet works in it\n" in message
    assert "  fix:    make that folder, with a file in it such as doc.go: `package made`" in message
    project.write({"made/doc.go": "package made\n"})
    project.scons("vet")
    project.up_to_date("vet")
