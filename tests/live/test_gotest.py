"""GoTest: test binaries with a linkage, run exactly when something changed that their results depend on."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from golang._scons.variables import TESTS, VARIABLES
from harness import Outcome, Project, is_static, needed

pytestmark = pytest.mark.live

FOREIGN = "riscv64" if os.uname().machine == "aarch64" else "arm64"
EMULATOR = {"arm64": "qemu-aarch64", "riscv64": "qemu-riscv64"}[FOREIGN]

SETTINGS = """
import json
settings = json.loads(ARGUMENTS.get("SETTINGS", "{}"))
arguments = {name: settings.pop(name) for name in list(settings) if name.islower()}
env.Replace(**settings)
env.GoTest(**{"packages": "./...", "linkage": "static", **arguments})
"""

SUM_TEST = """\
package sum

import (
	_ "embed"
	"os"
	"strings"
	"testing"
)

//go:embed expected.txt
var expected string

func TestAdd(t *testing.T) {
	if got := Add(1, 2); got != 3 {
		t.Errorf("got %d, want 3", got)
	}
}

func TestGolden(t *testing.T) {
	golden, err := os.ReadFile("testdata/golden.txt")
	if err != nil || !strings.HasPrefix(string(golden), strings.TrimSpace(expected)) {
		t.Fatal(string(golden), err)
	}
}
"""

WORDS_TEST = """\
package words_test

import (
	"os"
	"testing"

	"example.org/m/words"
)

func TestCount(t *testing.T) {
	text, err := os.ReadFile("../shared/list.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{string(text), os.Getenv("EXTRA")} {
		t.Run("of", func(t *testing.T) { words.Count(word) })
	}
}

func TestLong(t *testing.T) {
	if testing.Short() {
		t.Skip("it is long")
	}
}
"""

FILES = {
    "sum/sum.go": "package sum\n\nfunc Add(x, y int) int { return x + y }\n",
    "sum/sum_test.go": SUM_TEST,
    "sum/expected.txt": "golden\n",
    "sum/testdata/golden.txt": "golden one\n",
    "words/words.go": 'package words\n\nimport "example.org/m/sum"\n\nfunc Count(s string) int { return sum.Add(len(s), 0) }\n',
    "words/words_test.go": WORDS_TEST,
    "shared/list.txt": "a b\n",
    "shared/shared.go": "package shared\n",
    "cmd/app/main.go": 'package main\n\nimport "example.org/m/sum"\n\nfunc main() { println(sum.Add(1, 1)) }\n',
}


def compiled(outcome: Outcome) -> list[str]:
    """Return the test binaries that were made, by their names."""
    return sorted(Path(path).stem for path in re.findall(r"go test -C \S+ -c -o (\S+) -p", outcome.stdout))


def ran(outcome: Outcome) -> list[str]:
    """Return the test binaries that were run, by their names."""
    return sorted(Path(path).stem for path in re.findall(r"^Running (\S+)$", outcome.stdout, re.MULTILINE))


def steps(project: Project, *arguments: str, status: int = 0) -> tuple[list[str], list[str]]:
    """Return what is compiled and what is run; assert that nothing is left to do and no source is written to."""
    before = project.sources()
    outcome = project.scons("-j2", *arguments, status=status)
    if not status:
        again = project.scons(*arguments)
        assert (compiled(again), ran(again)) == ([], []), again.text
        assert "is up to date" in again.text, again.text
    assert project.sources() == before
    return compiled(outcome), ran(outcome)


def given(**values: object) -> str:
    """Return the argument for scons that sets construction variables, or arguments of GoTest."""
    return f"SETTINGS={json.dumps(values)}"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Two packages whose tests have passed, and a program that shares one of them."""
    project = Project(tmp_path_factory.mktemp("tests"))
    project.module(FILES)
    project.sconstruct(SETTINGS + 'env.GoProgram("build/app", "cmd/app", linkage="static")\n')
    assert steps(project, "test", "app") == (["sum", "words"], ["sum", "words"])
    return project


@pytest.fixture
def tested(built: Project, tmp_path: Path) -> Project:
    """A copy of that of its own, with another path that nothing may depend on."""
    return built.copy(tmp_path / "copy")


MADE_TEST = 'package x\n\nimport "testing"\n\nfunc TestMade(t *testing.T) {}\n'


MADE = [
    """env.Command("x/v_test.go", "made.txt", Copy("$TARGET", "$SOURCE"))
env.GoTest({}, linkage="static")""",
    """made = env.Command("build/v_test.go", "made.txt", Copy("$TARGET", "$SOURCE"))
env.GoTest({}, linkage="static", GOGENERATED={{"x": made}})""",
    """VariantDir("_build", ".", duplicate=0)
env.Command("_build/x/v_test.go", "made.txt", Copy("$TARGET", "$SOURCE"))
env.GoTest({}, linkage="static")""",
]


@pytest.mark.parametrize("body", MADE, ids=["in the source tree", "GOGENERATED", "VariantDir"])
@pytest.mark.parametrize("named", ["./...", "x"])
def test_tests_that_are_made(project: Project, body: str, named: str) -> None:
    """The first run has them, where nothing is there yet."""
    project.module({"x/x.go": "package x\n", "y/y.go": "package y\n"})
    project.write({"made.txt": MADE_TEST})
    project.sconstruct(body.format(repr(named)))
    assert "x.xml: 1 test passed" in project.scons("test").stdout
    project.up_to_date("test")


def test_benchmarks(project: Project) -> None:
    """They are run with the tests, and one that fails is told."""
    bench = 'package sum\n\nimport "testing"\n\nfunc BenchmarkAdd(b *testing.B) {{\n\t{}\n}}\n'
    project.module({"sum/sum.go": "package sum\n", "sum/sum_test.go": bench.format("for b.Loop() {\n\t}")}, go="1.24")
    project.sconstruct('env.GoTest("sum", linkage="static", GOTESTFLAGS=["-bench=.", "-benchtime=10x"])')
    assert "1 test passed" in project.scons("test").stdout
    [result] = project.path.rglob("*.xml")
    assert 'name="BenchmarkAdd"' in result.read_text()
    project.write({"sum/sum_test.go": bench.format('b.Error("slow")')})
    assert "found:  1 failed: BenchmarkAdd" in project.scons("test", status=2).stderr


def test_test_binaries_are_proved_and_results_are_kept(built: Project) -> None:
    for name in ("sum", "words"):
        binary = built / f"build/static/test/m/{name}.test"
        assert is_static(binary)
        assert f'<testsuite name="example.org/m/{name}"' in binary.with_suffix(".xml").read_text()
    made = sorted(path.name for path in (built / "build/static/test/m").iterdir())
    assert made == ["sum.test", "sum.xml", "words.test", "words.xml"]
    built.scons("-q", "test")


def test_aliases(tested: Project) -> None:
    shutil.rmtree(tested / "build")
    assert ran(tested.scons("sum-test")) == ["sum"]
    assert ran(tested.scons("test-static")) == ["words"]
    tested.up_to_date("test")


EDITS: dict[str, tuple[dict[str, str], list[str], list[str]]] = {
    "a test": ({"sum/sum_test.go": SUM_TEST.replace("Add(1, 2)", "Add(2, 1)")}, ["sum"], ["sum"]),
    "an external test": ({"words/words_test.go": WORDS_TEST.replace("of", "at")}, ["words"], ["words"]),
    "a test file that is new": (
        {"words/new_test.go": 'package words\n\nimport "testing"\n\nfunc TestNew(t *testing.T) {}\n'},
        ["words"],
        ["words"],
    ),
    "a test file for another system": ({"sum/sum_plan9_test.go": "package sum\n"}, [], []),
    "a comment at the end of a test": ({"sum/sum_test.go": SUM_TEST + "\n// The end.\n"}, ["sum"], []),
    "what both import": (
        {"sum/sum.go": 'package sum\n\nfunc Add(x, y int) int { return y + x + 0*len(name) }\n\nvar name = "x"\n'},
        ["sum", "words"],
        ["sum", "words"],
    ),
    "test data": ({"sum/testdata/golden.txt": "golden two\n"}, [], ["sum"]),
    "test data that is new": ({"sum/testdata/more/deep.txt": ""}, [], ["sum"]),
    "what a test embeds": ({"sum/expected.txt": "golden on\n"}, ["sum"], ["sum"]),
    "what a test reads elsewhere": ({"shared/list.txt": "c d\n"}, [], ["words"]),
    "what no test reads": ({"shared/other.txt": "", "shared/shared.go": "package shared\n\n// X\n"}, [], []),
    "a package without tests": ({"more/more.go": "package more\n"}, [], []),
    "a package with tests": (
        {"more/more_test.go": 'package more\n\nimport "testing"\n\nfunc TestMore(t *testing.T) {}\n'},
        ["more"],
        ["more"],
    ),
}


@pytest.mark.parametrize("edit", EDITS)
def test_only_what_depends_on_an_edit_is_compiled_or_run(tested: Project, edit: str) -> None:
    files, compiles, runs = EDITS[edit]
    tested.write(files)
    # The program is not built for what only tests depend on.
    outcome = tested.scons("--debug=explain", "test", "app")
    assert bool(outcome.built) == (edit == "what both import"), outcome.text
    assert (compiled(outcome), ran(outcome)) == (compiles, runs), outcome.text
    assert steps(tested, "test", "app") == ([], [])
    if edit == "what a test reads elsewhere":
        assert "because its tests read what changed: shared/list.txt" in outcome.text


def test_why_tests_run_again_is_told(tested: Project) -> None:
    settings = given(GOTESTRUN="Add", GOTESTENV={"TOKEN": "secret"})
    said = tested.scons("--debug=explain", "test", settings).stdout
    assert "/sum.xml' because -test.run changed from 'none' to 'Add', `TOKEN' of GOTESTENV is new\n" in said
    assert not any(b"secret" in file.read_bytes() for file in tested.path.rglob(".s*") if file.is_file())
    # A result that is not what was written is none.
    [result] = tested.path.rglob("sum.xml")
    written = result.read_bytes()
    result.write_bytes(written.replace(b"TestAdd", b"TestSub"))
    said = tested.scons("--debug=explain", "test", settings).stdout
    assert "/sum.xml' is not what was written there\n" in said
    assert b"TestSub" not in result.read_bytes()
    tested.up_to_date("test", settings)


def test_environment_variables_that_tests_read(tested: Project) -> None:
    assert steps(tested, "test", given(GOTESTENV={"EXTRA": "x"})) == ([], ["sum", "words"])
    assert steps(tested, "test") == ([], ["sum", "words"])
    tested.sconstruct(SETTINGS.replace("env.GoTest", 'env["ENV"]["OTHER"] = "1"\nenv.GoTest'))
    assert steps(tested, "test") == ([], [])
    tested.sconstruct(SETTINGS.replace("env.GoTest", 'env["ENV"]["EXTRA"] = "1"\nenv.GoTest'))
    assert steps(tested, "test") == ([], ["words"])


BOTH = ["sum", "words"]
RUNS: dict[str, tuple[object, list[str], list[str]]] = {
    "GOTESTRUN": ("Golden|Count", [], BOTH),
    "GOTESTSKIP": ("Long", [], BOTH),
    "GOTESTCOUNT": (2, [], BOTH),
    "GOTESTTIMEOUT": ("1m30s", [], BOTH),
    "GOTESTSHORT": (True, [], BOTH),
    "GOTESTPARALLEL": (1, [], BOTH),
    "GOTESTVERBOSE": (True, [], []),
    "GOTESTFLAGS": (["-shuffle=on"], [], BOTH),
    "GOTESTARGS": (["x"], [], BOTH),
    "GOTESTENV": ({"X": "y"}, [], BOTH),
    "GOTESTCOVER": (True, BOTH, BOTH),
    "GOTESTCOVERMODE": ("atomic", BOTH, BOTH),
    "GOTESTCOVERPKG": (["./sum"], BOTH, BOTH),
    "GOTESTVET": ("off", BOTH, []),
    "GOTESTDIR": ("build/elsewhere", BOTH, BOTH),
    "GOTESTCOM": (
        "$GO test $( -C $_GOMODULEROOT $) -c $( -o ${TARGET.abspath} -p 1 $) $_GOFLAGS $_GOPACKAGE",
        BOTH,
        [],
    ),
    "GOVETFLAGS": (["-printf=false"], [], []),
    "GOCHECKDIR": ("build/elsewhere", [], []),
}


def test_every_variable_of_tests_has_its_row() -> None:
    assert {variable.name for variable in VARIABLES if variable.group == TESTS} == set(RUNS)


@pytest.mark.parametrize("name", [name for name in RUNS if not name.startswith(("GOTESTCOVER", "GOVET", "GOCHECK"))])
def test_settings(tested: Project, name: str) -> None:
    value, compiles, runs = RUNS[name]
    assert steps(tested, "test", given(**{name: value})) == (compiles, runs)


def test_options_reach_the_tests(tested: Project) -> None:
    tested.scons("test", given(GOTESTRUN="Count", GOTESTSHORT=True, GOTESTCOUNT=2))
    words = (tested / "build/static/test/m/words.xml").read_text()
    assert re.findall(r'<testcase \S+ name="(\S+)"', words) == ["TestCount", "TestCount/of", "TestCount/of#01"] * 2
    outcome = tested.scons("test", given(GOTESTSHORT=True))
    assert "words.xml: 3 tests passed, 1 skipped (" in outcome.stdout
    assert (
        '<skipped message="words_test.go:22: it is long" />' in (tested / "build/static/test/m/words.xml").read_text()
    )


def test_verbose_prints_what_tests_write(tested: Project) -> None:
    tested.write({"sum/sum_test.go": SUM_TEST.replace("if got", 't.Log("so it is")\n\tif got')})
    outcome = tested.scons("sum-test", given(GOTESTVERBOSE=True))
    assert "--- PASS: TestAdd (0.00s)\n    sum_test.go:14: so it is\n" in outcome.stdout


FAILING = """\
package words

import "testing"

func TestWell(t *testing.T) {}

func TestTable(t *testing.T) {
	for _, name := range []string{"one", "two words"} {
		t.Run(name, func(t *testing.T) {
			if name != "one" {
				t.Errorf("got %q\\n\\x1b[31m<&>", name)
			}
		})
	}
}
"""


def test_a_failing_test_fails_its_own_target_only(tested: Project) -> None:
    tested.write({"words/failing_test.go": FAILING, "sum/testdata/golden.txt": "golden two\n"})
    outcome = tested.scons("-k", "-j2", "test", status=2)
    folder = tested / "build/static/test/m"
    assert ran(outcome) == ["sum", "words"]
    assert "sum.xml: 2 tests passed (" in outcome.stdout
    # What is told once, and that the test that has passed is not told of.
    assert outcome.stderr.count("two words") == 1
    assert "TestWell" not in outcome.text
    alone = f"cd {tested.path}/words && {folder}/words.test '-test.run=^(TestTable)$'"
    expected = [
        "scons: *** [build/static/test/m/words.xml] failed",
        "  wanted: the tests of example.org/m/words to pass",
        "  found:  1 failed: TestTable/two_words",
        "  --- TestTable/two_words (0.00s)",
        '      failing_test.go:11: got "two words"',
        "          \x1b[31m<&>",
        f"  alone:  {alone}",
        "  all:    build/static/test/m/words.failed.xml",
    ]
    assert "\n".join(expected) in outcome.stderr
    assert not (folder / "words.xml").exists()
    assert (folder / "words.failed.xml").exists()
    done = tested.run("sh", "-c", alone)
    assert "--- FAIL: TestTable" in done.stdout
    assert "TestCount" not in done.stdout
    (tested / "words/failing_test.go").unlink()
    assert steps(tested, "test") == (["words"], ["words"])
    assert not (folder / "words.failed.xml").exists()


SET = """\
package words

import (
	"flag"
	"os"
	"testing"
)

func TestSet(t *testing.T) {
	t.Fatal("set", testing.Short(), os.Getenv("LEVEL"), flag.Args(), testing.CoverMode(), flag.Lookup("test.shuffle").Value)
}
"""


def test_a_failing_test_is_repeated_as_it_was_run(tested: Project) -> None:
    settings = 'GOTESTSHORT=True, GOTESTENV={"LEVEL": "two words"}, GOTESTARGS=["a b"], GOTESTFLAGS=["-shuffle=7"]'
    tested.write({"words/words_test.go": SET})
    tested.sconstruct(f'env.GoTest("words", linkage="static", {settings})')
    said = tested.scons("test", status=2).stderr
    expected = "set true two words [a b]  7"
    assert expected in said
    (alone,) = re.findall(r"alone:  (.*)", said)
    assert expected in tested.run("sh", "-c", alone).stdout


def test_what_does_not_compile_fails_alone(tested: Project) -> None:
    tested.write(
        {
            "words/broken_test.go": 'package words\n\nimport "testing"\n\nfunc TestX(t *testing.T) { broken() }\n',
            "sum/sum_test.go": SUM_TEST.replace("Add(1, 2)", "Add(2, 1)"),
        }
    )
    outcome = tested.scons("-k", "-j2", "test", status=2)
    assert outcome.stderr.count("words/broken_test.go:5:28: undefined: broken\n") == 1
    assert "[build/static/test/m/words.test] Error 1" in outcome.stderr
    assert ran(outcome) == ["sum"]
    # What stood there was of tests that are no more.
    folder = tested / "build/static/test/m"
    assert sorted(path.name for path in folder.iterdir()) == ["sum.test", "sum.xml", "words.failed.xml"]
    assert "it was not built" in (folder / "words.failed.xml").read_text()


ENDS = {
    "a panic": ('panic("lost")', "panic: lost", "exit status 2"),
    "an exit": ("os.Exit(0)", "unexpected call to os.Exit(0) during test", "exit status 2"),
    "its own signal": ("syscall.Kill(os.Getpid(), syscall.SIGKILL)", "", "SIGKILL"),
    "the time that it has": ("time.Sleep(2 * time.Minute)", "test timed out after 1s", "exit status 2"),
}


@pytest.mark.parametrize("end", ENDS)
def test_test_binaries_that_end(tested: Project, end: str) -> None:
    code, said, how = ENDS[end]
    tested.write(
        {
            "sum/end_test.go": 'package sum\n\nimport (\n\t"os"\n\t"syscall"\n\t"testing"\n\t"time"\n)\n\n'
            f"var _, _, _ = os.Args, syscall.SIGHUP, time.Second\n\nfunc TestEnds(t *testing.T) {{ {code} }}\n"
        }
    )
    outcome = tested.scons("sum-test", given(GOTESTTIMEOUT="1s"), status=2)
    assert f"  found:  1 failed: TestEnds; it ended with {how} before all had ended\n" in outcome.stderr
    assert said in outcome.stderr
    failed = (tested / "build/static/test/m/sum.failed.xml").read_text()
    assert f'<failure message="did not end: {how}"' in failed


def test_a_test_binary_that_ends_before_its_tests(tested: Project) -> None:
    main = 'package sum\n\nimport (\n\t"os"\n\t"testing"\n)\n\nfunc TestMain(m *testing.M) { println("no use"); os.Exit(3) }\n'
    tested.write({"sum/main_test.go": main})
    outcome = tested.scons("sum-test", status=2)
    assert "found:  0 tests ran, and the test binary ended with exit status 3\n      no use\n" in outcome.stderr
    assert 'name="(test binary)"' in (tested / "build/static/test/m/sum.failed.xml").read_text()


XML_READER = """\
package main

import (
	"encoding/xml"
	"fmt"
	"os"
)

type suite struct {
	Name     string `xml:"name,attr"`
	Tests    int    `xml:"tests,attr"`
	Failures int    `xml:"failures,attr"`
	Skipped  int    `xml:"skipped,attr"`
	Cases    []struct {
		Class   string  `xml:"classname,attr"`
		Name    string  `xml:"name,attr"`
		Time    float64 `xml:"time,attr"`
		Failure *string `xml:"failure"`
		Skipped *struct{} `xml:"skipped"`
	} `xml:"testcase"`
}

func main() {
	var all struct {
		XMLName xml.Name `xml:"testsuites"`
		Suites  []suite  `xml:"testsuite"`
	}
	file, _ := os.Open(os.Args[1])
	if err := xml.NewDecoder(file).Decode(&all); err != nil {
		panic(err)
	}
	for _, one := range all.Suites {
		fmt.Println(one.Name, one.Tests, one.Failures, one.Skipped)
		for _, test := range one.Cases {
			failure := "-"
			if test.Failure != nil {
				failure = *test.Failure
			}
			fmt.Printf("%s %s %q %v %v\\n", test.Class, test.Name, failure, test.Skipped != nil, test.Time > 0)
		}
	}
}
"""


def test_another_reader_of_xml_finds_the_same(tested: Project) -> None:
    slow = 'package words\n\nimport (\n\t"testing"\n\t"time"\n)\n\nfunc TestSlow(t *testing.T) { time.Sleep(20 * time.Millisecond) }\n'
    tested.write({"words/failing_test.go": FAILING, "words/slow_test.go": slow, "tool/main.go": XML_READER})
    tested.scons("words-test", given(GOTESTSHORT=True), status=2)
    done = tested.run("go", "run", "./tool", "build/static/test/m/words.failed.xml", check=True)
    package = "example.org/m/words"
    failure = '"failing_test.go:11: got \\"two words\\"\\n    \ufffd[31m<&>"'
    assert sorted(done.stdout.splitlines()) == sorted(
        [
            f"{package} 9 2 1",
            f'{package} TestWell "-" false false',
            f'{package} TestTable "" false false',
            f'{package} TestTable/one "-" false false',
            f"{package} TestTable/two_words {failure} false false",
            f'{package} TestSlow "-" false true',
            f'{package} TestCount "-" false false',
            f'{package} TestCount/of "-" false false',
            f'{package} TestCount/of#01 "-" false false',
            f'{package} TestLong "-" true false',
        ]
    )


def test_coverage(tested: Project) -> None:
    covered = given(GOTESTCOVER=True, GOTESTCOVERPKG=["./..."], packages=["sum", "words"])
    outcome = tested.scons("-j2", "test", covered)
    assert "m/sum.xml: 2 tests passed, coverage: 100.0% of statements in ./... (" in outcome.stdout
    assert steps(tested, "test", covered) == ([], [])
    folder = tested / "build/static/test"
    merged = (folder / "coverage.out").read_text().splitlines()
    own = [(folder / f"m/{name}.cover").read_text().splitlines() for name in ("sum", "words")]
    assert sorted(merged) == sorted({line for lines in own for line in lines})
    told = tested.run("go", "tool", "cover", "-func", str(folder / "coverage.out"), check=True).stdout
    assert re.search(r"words/words.go:5:\s+Count\s+100.0%", told)
    assert re.search(r"total:.*100.0%", told)
    # Without coverage nothing of it is asked for.
    assert steps(tested, "test") == (["sum", "words"], ["sum", "words"])


FOREIGN_TEST = """\
package sum

import (
	"runtime"
	"testing"
)

func TestWhere(t *testing.T) {
	if runtime.GOARCH != "%s" {
		t.Fatal(runtime.GOARCH)
	}
}
"""


def test_tests_for_another_processor_run_under_an_emulator(tested: Project) -> None:
    tested.write({"sum/where_test.go": FOREIGN_TEST % FOREIGN})
    tested.sconstruct(f'env.GoTest("sum", "static", "linux/{FOREIGN}")')
    outcome = tested.scons("test")
    result = tested / f"build/linux-{FOREIGN}/static/test/m/sum.xml"
    assert re.search(rf"sum.xml: 3 tests passed \(\S+ s, under {EMULATOR}(-static)?\)\n", outcome.stdout)
    assert "TestWhere" in result.read_text()
    tested.up_to_date(f"test-static-linux-{FOREIGN}")


def test_what_cannot_run_here_has_not_passed(tested: Project) -> None:
    tested.sconstruct(
        f'env["ENV"]["PATH"] = "/nowhere"\nenv.GoTest("sum", "static", ["linux/{FOREIGN}", "windows/amd64"])'
    )
    outcome = tested.scons("-k", "test", status=2, environ={"PATH": "/nowhere"})
    assert f"no {EMULATOR} on PATH" in outcome.stderr
    assert "PE file, no program for linux/" in outcome.stderr
    assert outcome.stderr.count("fix:    install what runs them, or leave this platform out of platform=") == 2
    assert not list((tested / "build").rglob("*-*/**/sum.xml"))
    assert len(list((tested / "build").rglob("*-*/**/sum.failed.xml"))) == 2


NET_TEST = """\
package sum_test

import (
	"net"
	"testing"
)

func TestLookup(t *testing.T) {
	if _, err := net.LookupHost("localhost"); err != nil {
		t.Skip(err)
	}
}
"""


def test_imports_of_tests_decide_their_linkage(tested: Project) -> None:
    tested.write({"sum/net_test.go": NET_TEST})
    tested.sconstruct(
        'env.GoTest("sum", ["dynamic", "static-libc"], GOLIBC="glibc")\nenv.GoProgram("build/app", "cmd/app", "dynamic")'
    )
    outcome = tested.scons("-j2", "test", "app")
    assert needed(tested / "build/dynamic/test/m/sum.test") == ["libc.so.6"]
    assert is_static(tested / "build/static-libc/test/m/sum.test")
    assert is_static(tested / "build/app")
    assert "static-libc (glibc; nss-dependent)" in outcome.stdout


def test_a_linkage_that_tests_cannot_have_is_refused(tested: Project) -> None:
    plugin = (
        'package sum_test\n\nimport (\n\t"plugin"\n\t"testing"\n)\n\nfunc TestP(t *testing.T) { plugin.Open("") }\n'
    )
    tested.write({"sum/plugin_test.go": plugin})
    outcome = tested.scons("-k", "test", status=2)
    assert "example.org/m/sum.test imports example.org/m/sum_test imports plugin" in outcome.stderr
    assert not (tested / "build/static/test/m/sum.test").exists()
    assert (tested / "build/static/test/m/words.xml").exists()


GENERATED = """
env.Command("sum/testdata/golden.txt", "golden.in", "cp $SOURCE $TARGET")
env.Command("words/made_test.go", "made.in", "cp $SOURCE $TARGET")
env.Command("made/made_test.go", "made.in", "sed s/words/made/ $SOURCE > $TARGET")
env.GoTest(["sum", "words", "made"], "static", inputs=["notes.txt", "notes"])
"""


def test_what_scons_makes_for_tests(tested: Project) -> None:
    (tested / "sum/testdata/golden.txt").unlink()
    made = 'package words\n\nimport "testing"\n\nfunc TestMade(t *testing.T) {}\n'
    tested.write({"golden.in": "golden four\n", "made.in": made, "notes.txt": "", "notes/a.txt": ""})
    tested.sconstruct(GENERATED, tools='"default", ')
    (tested / "made").mkdir()
    outcome = tested.scons("-j2", "test")
    assert compiled(outcome) == ["made", "words"]
    assert ran(outcome) == ["made", "sum", "words"]
    tested.up_to_date("test")
    tested.write({"golden.in": "golden five\n"})
    assert ran(tested.scons("test")) == ["sum"]
    tested.write({"made.in": made.replace("Made", "Other")})
    assert ran(tested.scons("test")) == ["made", "words"]
    for name in ("notes.txt", "notes/b.txt"):
        tested.write({name: "x"})
        assert ran(tested.scons("test")) == ["made", "sum", "words"]


def test_clean_and_dry_run(tested: Project) -> None:
    tested.write({"sum/sum_test.go": SUM_TEST.replace("!= 3", "!= 4")})
    dry = tested.scons("-n", "test")
    assert compiled(dry) == ["sum"]
    tested.up_to_date("words-test")
    tested.scons("test", status=2)
    assert (tested / "build/static/test/m/sum.failed.xml").exists()
    tested.scons("-c", "test")
    assert not list((tested / "build").rglob("*.*"))


MISTAKES = {
    "no tests": ('env.GoTest("shared")', "GoTest: shared\n  wanted: a package with files *_test.go\n  found:  none"),
    "none for this platform": (
        'env.GoTest("only", GOOS="linux", GOARCH="amd64")',
        "GoTest: only\n  wanted: a package with files *_test.go\n  found:  none for this platform",
    ),
    "no packages": ('env.GoTest("empty/...")', "found:  no package for this platform"),
    "no folder": ('env.GoTest("nowhere/...")', "wanted: a directory before /...\n  found:  there is no"),
    "a pattern in the middle": ('env.GoTest("./.../sum")', "wanted: a pattern that ends with /..."),
    "nothing": ("env.GoTest()", "wanted: directories of packages, or patterns such as './...'\n  found:  none"),
    "a keyword": ('env.GoTest("sum", linkages="static")', "unknown keyword linkages=\n"),
    "a duration": ('env.GoTest("sum", GOTESTTIMEOUT="1 min")', "$GOTESTTIMEOUT: wanted a duration"),
    "a flag of its own": ('env.GoTest("sum", GOTESTFLAGS=["-run=X"])', "fix:    GOTESTRUN="),
    "another run at one path": (
        'env.GoTest("sum"); env.GoTest("sum", GOTESTSHORT=True)',
        "is declared twice\n  wanted: one way to run the tests at one path",
    ),
    "another binary at one path": (
        'env.GoTest("sum"); env.GoTest("sum", GOTAGS="x")',
        "fix:    give each a GOTESTDIR of its own",
    ),
    "a module that is missing": ('env.GoTest("/")', "is in no Go module"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes(tested: Project, mistake: str) -> None:
    call, expected = MISTAKES[mistake]
    tested.write({"only/only_test.go": "//go:build never\n\npackage only\n", "empty/note.md": ""})
    tested.sconstruct(call)
    outcome = tested.scons("-n", "test", status=2)
    assert expected in outcome.stderr, outcome.text
    assert '/SConstruct", line 3, in <module>' in outcome.stderr


def test_packages_without_tests(tested: Project) -> None:
    """As `go test ./...` says it: there is nothing to run, and no error."""
    tested.sconstruct('print("NODES", env.GoTest("shared/...", ["static", "dynamic"], GOTESTCOVER=True))\n')
    outcome = tested.scons("test", "test-static")
    assert "NODES \nscons: Nothing to be done for `test'.\n" in outcome.stdout
    assert not outcome.built
    assert outcome.stderr.count("golang: warning: GoTest: shared/...: no package there has tests") == 1


def test_same_tests_declared_twice_are_one(tested: Project) -> None:
    tested.sconstruct('env.GoTest("./...", "static")\nenv.GoTest(["sum"], "static")\n')
    assert steps(tested, "test") == ([], [])


def test_modules_of_a_workspace(project: Project) -> None:
    test = 'package {}\n\nimport "testing"\n\nfunc TestX(t *testing.T) {{}}\n'
    project.write(
        {
            "go.work": "go 1.21\n\nuse ./one\nuse ./two/tools\nuse ./tools\n",
            "one/go.mod": "module example.org/one/v2\n\ngo 1.21\n",
            "one/a/a_test.go": test.format("a"),
            "one/x_test.go": test.format("one"),
            "tools/go.mod": "module example.org/tools\n\ngo 1.21\n",
            "tools/a/a_test.go": test.format("a"),
            "two/tools/go.mod": "module example.org/two/tools\n\ngo 1.21\n",
            "two/tools/a/a_test.go": test.format("a"),
        }
    )
    project.sconstruct('env.GoTest(["#/..."], "static", GOTESTVET="off")')
    project.scons("-j2", "test")
    found = sorted(str(path.relative_to(project / "build/static/test")) for path in project.path.rglob("*.xml"))
    assert found == ["example.org/tools/a.xml", "example.org/two/tools/a.xml", "one.xml", "one/a.xml"]
    project.up_to_date("two-tools-a-test", "one-test", "test")


def test_a_build_without_tests_knows_of_none(tested: Project) -> None:
    tested.sconstruct('env.GoProgram("build/app", "cmd/app", linkage="static")')
    shutil.rmtree(tested / ".scons-golang")
    tested.scons("app")
    assert not (tested / ".scons-golang/tests").exists()
    tested.write({"sum/sum_test.go": "package sum\n", "sum/other_test.go": "package sum\n"})
    tested.up_to_date("app")


def test_what_is_being_built_beside_test_data_is_none_of_it(tested: Project) -> None:
    """It is in a folder that is gone soon, which a dependency must not be."""
    host = re.sub(r"[^\w.]", "_", platform.node())
    tested.write({f"words/testdata/.golang-{host}-{os.getpid()}-0123/helper": "to be proved"})
    assert "0123" not in tested.scons("--tree=all,prune", "-n").stdout
    tested.scons()
    shutil.rmtree(next((tested / "words/testdata").glob(".golang-*")))
    tested.up_to_date()


def test_results_are_looked_at_while_go_builds(project: Project) -> None:
    """Another thread notes what go takes at that time: each has to wait for the other."""
    names = [f"p{number:02}" for number in range(12)]
    for name in names:
        test = f'for _, file := range files("../data/{name}/*") {{ if _, err := os.ReadFile(file); err != nil {{ t.Fatal(err) }} }}'
        project.write({f"data/{name}/{number}.txt": "x" for number in range(600)})
        project.write(
            {
                f"{name}/{name}.go": f"package {name}\n",
                f"{name}/{name}_test.go": f'package {name}\n\nimport (\n\t"os"\n\t"path/filepath"\n\t"testing"\n)\n\n'
                "func files(pattern string) []string { all, _ := filepath.Glob(pattern); return all }\n\n"
                f"func TestAll(t *testing.T) {{ {test} }}\n",
            }
        )
    project.module()
    project.sconstruct("env.GoTest('./...', linkage='static')")
    project.scons("-j4")
    time.sleep(2.5)
    project.up_to_date()
    # As another branch brings them.
    for name in names[3:]:
        for file in (project / f"data/{name}").iterdir():
            file.touch()
    for name in names[:3]:
        project.write({f"{name}/more.go": f"package {name}\n"})
    project.scons("-j4")


@pytest.mark.parametrize("jobs", ["-j1", "-j3"])
def test_interrupted_tests_end_with_scons(tested: Project, jobs: str) -> None:
    """They may run for ever, and are in no process group of the terminal's."""
    sleeping = 'os.WriteFile("../running", nil, 0o666); time.Sleep(2 * time.Minute)'
    test = f'package words\n\nimport ("os"; "testing"; "time")\n\nfunc TestLong(t *testing.T) {{ {sleeping} }}\n'
    tested.write({"words/long_test.go": test})
    argv = [sys.executable, "-m", "SCons", "-Q", jobs, given(GOTESTTIMEOUT="0")]
    with subprocess.Popen(
        argv, cwd=tested.path, env=tested.environ, start_new_session=True, stdout=subprocess.PIPE, text=True
    ) as process:
        while not (tested / "running").exists():
            assert process.poll() is None
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        try:
            process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 2
    assert "interrupted" in (tested / "build/static/test/m/words.failed.xml").read_text()
    assert not (tested / "build/static/test/m/words.xml").exists()


def test_a_file_that_changes_while_tests_read_it(project: Project) -> None:
    """The result is of what it was: they run again. What they write themselves nobody can tell from that."""
    test = (
        'package m\n\nimport (\n\t"os"\n\t"testing"\n)\n\nfunc TestIt(t *testing.T) {\n'
        '\tif text, err := os.ReadFile("given.txt"); err != nil || string(text) != "good" {\n\t\tt.Fatal(err)\n\t}\n'
        '\t_ = os.Rename("edited.txt", "given.txt")\n}\n'
    )
    project.module({"m.go": "package m\n", "m_test.go": test, "given.txt": "good", "edited.txt": "bad"})
    project.sconstruct("env.GoTest('.', linkage='static')")
    project.scons()
    assert "its tests read what changed: given.txt" in project.scons("--debug=explain", status=2).stdout
    project.write({"given.txt": "good"})
    project.scons()
    project.up_to_date()
