"""What users get wrong: each is one message that says what was wanted, found, and how to fix it; nothing is swallowed."""

from __future__ import annotations

import json

import pytest

from harness import HELLO, LOOKUP, Project

PROGRAM = 'env.GoProgram("build/$GOLINKAGE/app", ".", {})'


@pytest.fixture
def hello(project: Project) -> Project:
    project.module({"main.go": HELLO})
    return project


@pytest.mark.parametrize(
    ("keywords", "expected"),
    [
        ('linkages=["static"]', ("unknown keyword linkages=", "fix:    linkage=")),
        ('GOPLATFORM="linux/arm64"', ("unknown keyword GOPLATFORM=", "fix:    platform=")),
        ('GOTAG="x"', ("unknown keyword GOTAG=", "fix:    GOTAGS=")),
        ('Linkage="static"', ("GoProgram: unknown keyword Linkage=", "fix:    linkage=")),
        ('LIB=["core"]', ("unknown keyword LIB=", "fix:    LIBS=")),
        ('CPPPATHS=["include"]', ("unknown keyword CPPPATHS=", "fix:    CPPPATH=")),
        ('CGO_ENABLED="0"', ("unknown keyword CGO_ENABLED=", "fix:    linkage= or GOLINKAGE=")),
        ('GOXDEFS="main.v=1"', ("$GOXDEFS: wanted a dict", "'main.v=1'")),
        ('GOXDEFS={"main.v": None}', ("$GOXDEFS: wanted text for main.v; found None",)),
        ('GOXDEFS={"version": "2"}', ("$GOXDEFS: wanted a dict from importpath.name to text",)),
        ('GOVERIFYGLIBC="two"', ("$GOVERIFYGLIBC: wanted a version as text", "'two'")),
        ("GOVERIFYGLIBC=2.40", ("$GOVERIFYGLIBC: wanted a version as text", "2.4")),
        (
            'GOARCH="arm65"',
            ("wanted: a platform that Go builds for", "GOARCH 'arm65' is none of linux's", "go tool dist list"),
        ),
        ('GOOS="plan9"', ("wanted: a proof", "found:  platform plan9/amd64", "GOVERIFY='warn'")),
        (
            "GOLDFLAGS=['-linkmode external -extldflags \"-static\"']",
            ("GOLDFLAGS=['-linkmode', 'external', '-extldflags', '-static']",),
        ),
        ("linkage='static', GOBUILDFLAGS=['-race']", ("found:  -race", "or turn it off")),
    ],
)
def test_mistakes_in_a_declaration(hello: Project, keywords: str, expected: tuple[str, ...]) -> None:
    hello.sconstruct(PROGRAM.format(keywords))

    outcome = hello.scons("-n", status=2)

    for text in expected:
        assert text in outcome.stderr
    assert '/SConstruct", line 3, in <module>' in outcome.stderr
    assert outcome.stderr.count("found:") <= 2


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("GoVerify(made, linkag='static')", ("GoVerify: unknown keyword linkag=", "fix:    linkage=")),
        ("GoFmt('app', linkage='static')", ("GoFmt: unknown keyword linkage=", "wanted: a construction variable")),
        ("GoVerify(made, GOVERIFYLIB=['x'])", ("unknown keyword GOVERIFYLIB=", "fix:    GOVERIFYLIBS=")),
        ("GoVerify(linkage='static')", ("GoVerify\n  wanted: files that a builder makes", "found:  None")),
        (
            "GoTool('protoc-gen-go', module='/')",
            ("/ is in no Go module", "fix:    run `go mod init` in the root of your"),
        ),
        ("GoVerify([], linkage='static')", ("GoVerify\n  wanted: files that a builder makes", "found:  []")),
        ("GoLinkageReport('report.json', made, linkag='x')", ("GoLinkageReport: unknown keyword linkag=",)),
        ("GoOverlay('overlay.json', GOGENERATE={})", ("unknown keyword GOGENERATE=", "fix:    GOGENERATED=")),
        ("GoProgram('app', 'made.in')", ("GoProgram\n  wanted: the directory of a main package as source", "made.in")),
        (
            "GoProgram('app', 'mian.go')",
            ("found:  no file mian.go, and nothing makes it", "fix:    correct it, or name"),
        ),
        (
            "GoProgram('app', ['main.go', env.File('mian.go')])",
            ("GoProgram\n  wanted: ", "found:  no file mian.go, and"),
        ),
        ("GoFmt('mian.go')", ("GoFmt\n  wanted: the directory of a package", "found:  no file mian.go, and")),
        ("GoProgram('made.in')", ("GoProgram\n  wanted: the directory of a main package as source", "made.in")),
    ],
)
def test_mistakes_in_a_call(hello: Project, call: str, expected: tuple[str, ...]) -> None:
    """What a typo would turn off is the proof."""
    hello.write({"made.in": ""})
    hello.sconstruct(f"made = env.Command('made', 'made.in', 'cp $SOURCE $TARGET'); env.{call}")
    outcome = hello.scons("-n", status=2)
    for text in (*expected, '/SConstruct", line 3, in <module>'):
        assert text in outcome.stderr
    assert "Traceback" not in outcome.stderr


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ('GoProgram("app", 5)', ("GoProgram: source", "found:  5")),
        ('GoProgram("app", __import__("pathlib").Path("cmd"))', ("found:  PosixPath('cmd')", "fix:    'cmd'")),
        ("GoProgram(5, '.')", ("GoProgram: target", "found:  5")),
        ("GoModule(None, ['.', 5])", ("GoModule: source", "found:  5")),
        ("GoTest(5)", ("GoTest: packages", "found:  5")),
        ("GoTest('.', inputs=[5])", ("GoTest: inputs", "found:  5")),
        ("GoVet(5)", ("GoVet: packages", "found:  5")),
        ("GoFmt(5)", ("GoFmt: packages", "found:  5")),
        ("GoRelease('1', programs=[5])", ("GoRelease: programs", "found:  5")),
        ("GoRelease('1', programs='.', files=5)", ("GoRelease: files", "found:  5")),
        ("GoLinkageReport('report.json', [5])", ("GoLinkageReport: source", "found:  5")),
        ("GoOverlay(5)", ("GoOverlay: target", "found:  5")),
        ("GoVerify(5)", ("GoVerify: target", "found:  5")),
        ("GoTool(5)", ("GoTool: name", "found:  5")),
        ("GoStaticLibrary('app', 5)", ("GoStaticLibrary: source", "found:  5")),
        ("GoSharedLibrary(5, '.')", ("GoSharedLibrary: target", "found:  5")),
    ],
)
def test_what_is_no_path(hello: Project, call: str, expected: tuple[str, ...]) -> None:
    hello.sconstruct(f"env.{call}")
    outcome = hello.scons("-n", status=2)
    for text in (*expected, "wanted: paths as text, or nodes", '/SConstruct", line 3, in <module>'):
        assert text in outcome.stderr
    assert "Traceback" not in outcome.stderr


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("GoModule(None, 'go.mod')", ("GoModule: source", "wanted: the folder of a Go module", "/go.mod found where")),
        ("GoModule(None, env.File('go.mod'))", ("GoModule: source", "found:  Tried to lookup File 'go.mod' as a Dir")),
        ("GoModule('main.go', '.')", ("main.go", "wanted: a folder for programs", "main.go found where directory")),
        ("GoVerify('folder')", ("GoVerify: target", "wanted: files that a builder makes", "/folder found where file")),
        ("GoLinkageReport('folder', 'x')", ("GoLinkageReport: target", "wanted: a path for a file", "/folder found")),
        ("GoLinkageReport('x', 'folder')", ("GoLinkageReport: source", "wanted: programs", "/folder found where file")),
        ("GoOverlay('folder')", ("GoOverlay: target", "wanted: a path for a file", "/folder found where file")),
        (
            "GoTool('x/y', module='go.mod')",
            ("GoTool: module=", "wanted: a folder in a Go module", "/go.mod found where"),
        ),
        ("GoTest('main.go/...')", ("main.go/...", "wanted: a folder before /...", "/main.go found where directory")),
        ("GoStaticLibrary('main.go/x', '.')", ("main.go", "wanted: a folder for libraries", "/main.go found where")),
        ("GoProgram('app', '.', GOPGO='folder')", ("$GOPGO", "wanted: a file", "/folder found where file expected")),
        ("GoProgram('app', '.', GOSYSROOT='go.mod')", ("$GOSYSROOT", "wanted: a folder", "/go.mod found where")),
        ("GoProgram('app', '.', GOEMULATE='go.mod')", ("$GOEMULATE", "wanted: a folder", "/go.mod found where")),
        ("GoTest('.', inputs=['go.mod/x'])", ("GoTest: inputs=", "wanted: files and folders", "/go.mod found where")),
        ("GoProgram('app', '.', CPPPATH=['go.mod'])", ("$CPPPATH", "wanted: folders", "/go.mod found where")),
        ("GoProgram('app', '.', LIBPATH=['go.mod'])", ("$LIBPATH", "wanted: folders", "/go.mod found where")),
        ("GoProgram(env.Dir('out'), '.')", ("out\n", "wanted: a path for a program", "as a File")),
        (
            "GoProgram('app', env.Alias('x'))",
            ("GoProgram\n", "wanted: the directory of a main package", "x, of type Alias"),
        ),
        (
            "GoProgram('app', env.Value('x'))",
            ("GoProgram\n", "wanted: the directory of a main package", "x, of type Value"),
        ),
        ("GoFmt('.', GOCHECKDIR='go.mod')", ("$GOCHECKDIR", "wanted: a path for a folder", "/go.mod found where")),
    ],
)
def test_a_file_for_a_folder_and_the_other_way_round(hello: Project, call: str, expected: tuple[str, ...]) -> None:
    (hello / "folder").mkdir()
    hello.sconstruct(f"env.{call}")
    outcome = hello.scons("-n", status=2)
    for text in (*expected, '/SConstruct", line 3, in <module>'):
        assert text in outcome.stderr
    assert "TypeError" not in outcome.stderr


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("GoTest('a.xml', '.', linkage='static')", ("GoTest: multiple values for argument 'linkage'", "wanted: GoTest(packages")),
        ("GoTest('.', 'static', 'linux/arm64', 'more')", ("GoTest: too many positional", "wanted: GoTest(packages")),
        ("GoRelease('1', '.', nmae='x', platfroms='y')", ("GoRelease: unknown keyword nmae=", "fix:    name=")),
        ("GoOverlay()", ("GoOverlay: missing a required argument: 'target'", "wanted: GoOverlay(target, **overrides)")),
        ("GoLinkageReport(None, 'a')", ("GoLinkageReport: target", "wanted: a path for the report")),
        ("GoLinkageReport('a')", ("GoLinkageReport", "wanted: a path for the report", "fix:    GoLinkageReport(target, source)")),
    ],
)  # fmt: skip
def test_arguments_of_a_call(hello: Project, call: str, expected: tuple[str, ...]) -> None:
    hello.sconstruct(f"env.{call}")
    outcome = hello.scons("-n", status=2)
    for text in (*expected, '/SConstruct", line 3, in <module>'):
        assert text in outcome.stderr
    assert "TypeError" not in outcome.stderr


@pytest.mark.parametrize(
    ("keyword", "expected"),
    [
        ('GO="#folder"', ("no Go toolchain", "found:  none ($GO: ", "/folder, a folder)", "fix:    correct $GO")),
        ('GO="/tmp"', ("no Go toolchain", "found:  none ($GO: /tmp, a folder)", "fix:    correct $GO")),
        ('GOWORK="folder"', ("$GOWORK", "wanted: a file", "/folder found where file expected")),
    ],
)
def test_a_folder_for_a_file_that_only_a_build_looks_at(
    hello: Project, keyword: str, expected: tuple[str, ...]
) -> None:
    (hello / "folder").mkdir()
    hello.sconstruct(PROGRAM.format(f'linkage="static", {keyword}'))
    outcome = hello.scons(status=2)
    for text in (*expected, "[build/static/app]"):
        assert text in outcome.stderr
    assert "TypeError" not in outcome.stderr
    assert expected[0] in hello.scons("-n").stdout
    hello.scons("-c")


def test_command_line_variable_that_is_misspelt_is_warned_of(hello: Project) -> None:
    """Once; and what is no misspelt one of ours is somebody else's."""
    hello.sconstruct(f"{PROGRAM.format('')}\n{PROGRAM.format('')}")
    outcome = hello.scons("-n", "GOLINKGE=static", "GODZILLA=1", "LINKAGE=static")
    assert outcome.stderr.count("warning") == 1
    assert "warning: GOLINKGE=static on the command line has no effect\n  fix:    GOLINKAGE=\n" in outcome.stderr


def test_command_line_variable_that_nothing_reads_is_warned_of(hello: Project) -> None:
    """SCons ignores it in silence, and the program would not be what was asked for."""
    hello.sconstruct(PROGRAM.format(""))

    outcome = hello.scons("-n", "GOLINKAGE=static", "GOVERIFYGLIBC=2.17")

    assert outcome.built == ["dynamic/app"]
    assert "warning: GOLINKAGE=static on the command line has no effect\n  fix:" in outcome.stderr
    assert "warning: GOVERIFYGLIBC=2.17 on the command line has no effect\n" in outcome.stderr

    read = "import golang; v = Variables(None, ARGUMENTS); golang.add_variables(v); v.Update(env)\n"
    hello.sconstruct('env["GOTAGS"] = "kept"\n' + read + PROGRAM.format(""))
    outcome = hello.scons("-n", "GOLINKAGE=static")
    assert outcome.built == ["static/app"]
    assert "-tags=kept" in outcome.stdout, "what the environment says holds where the command line says nothing"
    assert "no effect" not in outcome.stderr


def test_dry_run_tells_what_will_be_refused(project: Project) -> None:
    project.module({"main.go": 'package main\n\nimport "C"\n\nfunc main() {}\n'})
    project.sconstruct(PROGRAM.format('linkage="static"'))

    outcome = project.scons("-n")

    assert "Building build/static/app: linkage static cannot be had\n" in outcome.stdout
    assert "why:    example.org/m, the program itself" in outcome.stdout
    assert project.scons(status=2).stdout == "Building build/static/app\n"


def test_directories_in_the_way(hello: Project) -> None:
    hello.sconstruct(PROGRAM.format('linkage="static"'))
    (hello / "build/static/app").mkdir(parents=True)
    outcome = hello.scons(status=2)
    assert "wanted: a path for a program" in outcome.stderr
    assert "fix:    remove what is there, or choose another path" in outcome.stderr

    (hello / "build/static/app").rmdir()
    (hello / "build/static/app.rejected").mkdir()
    hello.scons("-c")
    hello.scons()


def test_what_cannot_be_replaced_fails_with_what_to_do(hello: Project) -> None:
    """The proved program cannot take its place: nothing unproved or half done is left, and it heals."""
    command = (
        "$GO build $( -C $_GOMODULEROOT -o ${TARGET.abspath} $) $_GOFLAGS $_GOPACKAGE && mkdir -p build/static/app"
    )
    hello.sconstruct(f'env["GOCOM"] = {command!r}\n' + PROGRAM.format('linkage="static"'))

    outcome = hello.scons(status=2)

    assert (
        "[build/static/app] cannot be put in its place\n  wanted: to write build/static/app\n  found:  "
        in outcome.stderr
    )
    assert "  fix:    make the folder writable and remove what stands there" in outcome.stderr
    assert [path.name for path in (hello / "build/static").iterdir()] == ["app"]
    (hello / "build/static/app").rmdir()
    hello.sconstruct(PROGRAM.format('linkage="static"'))
    assert hello.scons().built == ["static/app"]


def test_a_target_is_verified_in_one_way(hello: Project) -> None:
    command = 'app = env.Command("app", [], "true")\nenv.GoVerify(app, linkage="dynamic")\n'
    hello.sconstruct(command + 'env.GoVerify(app, linkage="static")')
    assert "app is asked for linkage dynamic and linkage static" in hello.scons(status=2).stderr


def test_report_knows_what_verify_asked(project: Project) -> None:
    project.module({"main.go": LOOKUP})
    project.sconstruct(
        'app = env.Command("app", ["main.go"], "CGO_ENABLED=0 go build -o $TARGET .", ENV=__import__("os").environ)\n'
        'env.GoVerify(app, linkage="static")\n'
        'env.GoLinkageReport("report.json", app)'
    )
    project.scons()
    (program,) = json.loads((project / "report.json").read_text())["programs"]
    assert program["asked"] == {"linkage": "static", "libc": None, "resolver": "go", "max_glibc": None}
    assert program["resolver"] == "go"
    assert program["ok"]


def test_missing_compiler_is_named_with_a_fix_that_works(project: Project) -> None:
    project.module(
        {"main.go": 'package main\n\n// int one(void) { return 1; }\nimport "C"\n\nfunc main() { C.one() }\n'}
    )
    project.sconstruct(PROGRAM.format('GOCC="/no/cc"'))
    outcome = project.scons(status=2)
    assert "found:  /no/cc: there is no such program (from GOCC)" in outcome.stderr
    assert "linkage='static'" not in outcome.stderr, "its package has only cgo files"
