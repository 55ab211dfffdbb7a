"""What a change of a construction variable, of the toolchains or of a profile builds again, and what it only verifies."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from golang._scons.variables import TESTS, VARIABLES
from harness import PROFILER, Project, elf_type, interpreter, is_static, readelf

pytestmark = pytest.mark.live

SETTINGS = """
import json, os
settings = json.loads(ARGUMENTS.get("SETTINGS", "{}"))
linkages = settings.pop("linkages", ["dynamic", "static"])
env.Replace(**settings)
env.GoProgram("build/$GOLINKAGE/app", "cmd/app", linkage=linkages)
"""

MAIN = """\
package main

import "runtime"

var version = "none"

func main() { println(version, tag, number(), runtime.Version()) }
"""

FILES = {
    "cmd/app/main.go": MAIN,
    "cmd/app/cgo.go": 'package main\n\n// int answer(void) { return 42; }\nimport "C"\n\nfunc number() int { return int(C.answer()) }\n',
    "cmd/app/pure.go": "//go:build !cgo\n\npackage main\n\nfunc number() int { return 42 }\n",
    "cmd/app/tag.go": '//go:build !special\n\npackage main\n\nconst tag = "plain"\n',
    "cmd/app/special.go": '//go:build special\n\npackage main\n\nconst tag = "special"\n',
    "parts/more.go": "package main\n",
    "go.work": "go 1.21\n\nuse .\n",
}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("settings"))
    project.module(FILES)
    project.sconstruct(SETTINGS)
    assert project.rebuilt() == ["dynamic/app", "static/app"]
    return project


def given(**values: object) -> str:
    """Return the argument for scons that sets construction variables."""
    return f"SETTINGS={json.dumps(values)}"


MAIN_USER = """\
package main

import "os/user"

func main() {
	me, _ := user.Current()
	println(me.Uid)
}
"""


BOTH, DYNAMIC, NONE = ["dynamic/app", "static/app"], ["dynamic/app"], []
COMPILES: Mapping[str, tuple[object, list[str]]] = {
    "GORESOLVER": ("go", DYNAMIC),
    "GOOS": ("freebsd", BOTH),
    "GOARCH": ("arm64", BOTH),
    "GOAMD64": ("v2", BOTH),
    "GO386": ("softfloat", NONE),
    "GOARM": ("6", NONE),
    "GOARM64": ("v8.1", NONE),
    "GOMIPS": ("softfloat", NONE),
    "GOMIPS64": ("softfloat", NONE),
    "GOPPC64": ("power9", NONE),
    "GORISCV64": ("rva22u64", NONE),
    "GOEXPERIMENT": ("nodwarf5", BOTH),
    "GOFIPS140": ("latest", BOTH),
    "GOTAGS": (["unused"], BOTH),
    "GOLDFLAGS": ("-s", BOTH),
    "GOGCFLAGS": ("-l", BOTH),
    "GOASMFLAGS": ("-S", BOTH),
    "GOBUILDFLAGS": ("-a", BOTH),
    "GOXDEFS": ({"main.version": "1"}, BOTH),
    "GOTRIMPATH": (False, BOTH),
    "GOBUILDVCS": (True, BOTH),
    "GORACE": (True, DYNAMIC),
    "GODYNAMICLIBS": ([], DYNAMIC),
    "GOPGO": ("off", BOTH),
    "GOGENERATED": ({"cmd/app": ["parts/more.go"]}, BOTH),
    "GOCC": ("gcc -g0", DYNAMIC),
    "CGO_CFLAGS": ("-O1", DYNAMIC),
    "CGO_CPPFLAGS": ("-DX", DYNAMIC),
    "CGO_CXXFLAGS": ("-O1", DYNAMIC),
    "CGO_FFLAGS": ("-O1", DYNAMIC),
    "CGO_LDFLAGS": ("-O1", DYNAMIC),
    "CGO_CFLAGS_ALLOW": (".*", DYNAMIC),
    "CGO_CFLAGS_DISALLOW": ("-x", DYNAMIC),
    "CGO_LDFLAGS_ALLOW": (".*", DYNAMIC),
    "CGO_LDFLAGS_DISALLOW": ("-x", DYNAMIC),
    "GOMINSTACK": (1, DYNAMIC),
    "GOCOM": ("$GO build $( -C $_GOMODULEROOT -o ${TARGET.abspath} -p 1 $_GOOVERLAY $) -v $_GOFLAGS $_GOPACKAGE", BOTH),
    # What changes nothing of this program.
    "GOVERSION": ("1", NONE),
    "GOWORK": ("off", NONE),
    "GOCXX": ("g++ -g0", NONE),
    "GOCTOOLCHAIN": ("system", NONE),
    "GOPLATFORM": ("elsewhere", NONE),
    "GOTARGETDIR": ("elsewhere", NONE),
    "GOCOMSTR": ("go build -C x -o $TARGET -p 1", NONE),
    "GOGC": ("200", NONE),
    "GOJOBS": ("1", NONE),
    "GOSMOKETIMEOUT": (20, NONE),
    "GOAUTH": ("off", NONE),
    "GOSYSROOT": ("$TMP", NONE),
    "GOCACHE": ("$TMP", NONE),
    "GOINSECURE": ("example.org", NONE),
    "GOMODCACHE": ("$TMP", NONE),
    "GONOPROXY": ("example.org", NONE),
    "GONOSUMDB": ("example.org", NONE),
    "GOPATH": ("$TMP", NONE),
    "GOPRIVATE": ("example.org", NONE),
    "GOPROXY": ("off", NONE),
    "GOSUMDB": ("off", NONE),
    "GOTMPDIR": ("$TMP", NONE),
    "GOVCS": ("*:off", NONE),
}
VERIFIES = {
    "GOVERIFY": "warn",
    "GOVERIFYLIBS": ["libx.so"],
    "GOVERIFYGLIBC": "2.99",
    "GOVERIFYNSS": "ok",
    "GOVERIFYDROPPEDCGO": "ok",
    "GOVERIFYRUNPATH": "error",
    "GOSMOKE": [],
}
ELSEWHERE = {
    "GOLINKAGE": "below",
    "GOLIBC": "below",
    "GO": "below, and with another version in test_versions",
    "GOTOOLCHAIN": "names the toolchain that is there, or fetches one",
    "GOEMULATE": "needs a toolchain of another platform: in test_emulated",
    "GOCACHEPROG": "is a program to run",
    **{variable.name: "test_gotest" for variable in VARIABLES if variable.group == TESTS},
}


def test_every_variable_has_its_row() -> None:
    assert {variable.name for variable in VARIABLES} == {*COMPILES, *VERIFIES, *ELSEWHERE}


@pytest.mark.parametrize("name", [name for name, (_, built) in COMPILES.items() if built])
def test_a_variable_compiles_the_programs_concerned(settings: Project, name: str) -> None:
    value, built = COMPILES[name]
    linkages = {"linkages": ["dynamic"]} if name == "GORACE" else {}

    outcome = settings.scons("-n", given(**{name: value}, **linkages))

    # Without a C compiler for another platform the dynamic program is only announced.
    refused = re.findall(r"^Building build/([^:\n]*)", outcome.stdout, re.MULTILINE)
    assert sorted([*outcome.built, *refused]) == built


def test_what_changes_nothing_compiles_nothing(settings: Project, tmp_path: Path) -> None:
    harmless = {name: value for name, (value, built) in COMPILES.items() if not built}
    values = {name: str(tmp_path) if value == "$TMP" else value for name, value in harmless.items()}

    settings.up_to_date(given(**values))


@pytest.mark.parametrize("name", VERIFIES)
def test_a_variable_of_the_policy_only_verifies(settings: Project, name: str) -> None:
    outcome = settings.scons("-n", given(**{name: VERIFIES[name]}))

    assert outcome.stdout == "Verifying build/dynamic/app\nVerifying build/static/app\n"


def test_least_stack_compiles_where_c_is_linked_and_only_verifies_elsewhere(settings: Project) -> None:
    outcome = settings.scons("-n", given(GOMINSTACK=1))

    assert outcome.built == ["dynamic/app"]
    assert "-ldflags=-extldflags=-Wl,-z,stack-size=1" in outcome.stdout
    assert outcome.stdout.endswith("Verifying build/static/app\n")


@pytest.mark.parametrize(
    "same",
    [
        {"GOTAGS": ["other", "one", "one"]},
        {"GOTAGS": "one,other"},
        {"GOTAGS": "other one"},
    ],
)
def test_another_spelling_is_no_change(project: Project, same: dict[str, object]) -> None:
    project.module({"cmd/app/main.go": "package main\n\nfunc main() {}\n"})
    project.sconstruct(SETTINGS)
    project.scons(given(GOTAGS=["one", "other"], linkages=["static"]))

    assert project.scons("-n", given(**same, linkages=["static"])).built == []


def test_settings_reach_the_binary(settings: Project) -> None:
    """Each is seen in what the program prints, and gone when it is taken back."""
    binary = settings / "build/static/app"

    def printed(**values: object) -> str:
        assert settings.scons(given(**values, linkages=["static"])).built == ["static/app"]
        settings.up_to_date(given(**values, linkages=["static"]))
        return settings.run(str(binary), check=True).stderr

    assert printed(GOXDEFS={"main.version": "1.0"}).startswith("1.0 plain 42")
    assert printed(GOXDEFS={"main.version": "two words"}).startswith("two words plain 42")
    assert printed(GOXDEFS={"main.version": "two words"}, GOTAGS="special").startswith("two words special 42")
    assert printed(GOLDFLAGS=["-s"]).startswith("none plain 42")
    assert ".symtab" not in readelf(binary, "-S")
    assert printed(GOGCFLAGS="-N -l").startswith("none plain 42")
    assert ".symtab" in readelf(binary, "-S")


def test_volatile_definitions_cause_no_rebuild(project: Project) -> None:
    """They are those of the run that links, of each program its own, also where several are built together."""
    names = ("one", "two")
    project.module(
        {
            f"cmd/{name}/main.go": "package main\n\nvar stamp string\n\nfunc main() { println(stamp) }\n"
            for name in names
        }
    )
    project.sconstruct(
        "env['STAMP'] = ARGUMENTS['stamp']\n"
        "for name in ('one', 'two'):\n"
        "    env.GoProgram(f'build/{name}', f'cmd/{name}', linkage='static', NAME=name,\n"
        "                  GOXDEFS={'main.stamp': ARGUMENTS['text'] + ' $( at $STAMP in $NAME $)'})"
    )

    def printed() -> list[str]:
        return [project.run(f"build/{name}", check=True).stderr for name in names]

    assert len(project.scons("text=v1", "stamp=noon").built) == 2
    assert printed() == ["v1 at noon in one\n", "v1 at noon in two\n"]
    project.up_to_date("text=v1", "stamp=night")
    assert "go list" not in project.scons("--debug=explain", "text=v1", "stamp=night").text
    source = project / "cmd/one/main.go"
    source.write_text(source.read_text().replace("println(stamp)", 'println(stamp + "!")'))
    assert project.scons("text=v1", "stamp=dawn").built == ["build/one"]
    assert printed() == ["v1 at dawn in one!\n", "v1 at noon in two\n"]
    assert len(project.scons("-j2", "text=v2", "stamp=dusk").built) == 2
    assert printed() == ["v2 at dusk in one!\n", "v2 at dusk in two\n"]


def test_linkage_libc_and_resolver_at_one_path(project: Project) -> None:
    project.module({"cmd/app/main.go": MAIN_USER})
    binary = project / "bin/app"

    def built(**values: str) -> str:
        words = ", ".join(f"{name}={value!r}" for name, value in values.items())
        project.sconstruct(f'env.GoProgram("bin/app", "cmd/app", GOVERIFYNSS="ok", {words})')
        outcome = project.scons()
        assert outcome.built == ["bin/app"]
        project.up_to_date()
        return outcome.stdout.splitlines()[-1]

    assert "bin/app: static: " in built(linkage="static")
    assert is_static(binary)
    assert "bin/app: dynamic: " in built(linkage="dynamic")
    assert interpreter(binary)
    assert "bin/app: static-libc (glibc; nss-dependent): " in built(linkage="static-libc")
    assert "bin/app: static-libc (glibc): " in built(linkage="static-libc", GORESOLVER="go")
    assert "bin/app: static-libc (musl): " in built(linkage="static-libc", GOLIBC="musl")
    assert is_static(binary)
    assert "bin/app: static-pie " in built(linkage="static-pie")
    assert elf_type(binary) == "DYN"


def test_one_package_with_two_libcs_in_one_build(project: Project) -> None:
    """What differs only in libc or permissions must not share what is known of one of them."""
    project.module({"cmd/app/main.go": MAIN_USER})
    project.sconstruct("""
env.Replace(GOVERIFYNSS="ok")
env.GoProgram("glibc/app", "cmd/app", linkage="static-libc")
env.GoProgram("musl/app", "cmd/app", linkage="static-libc", GOLIBC="musl")
env.GoProgram("old/app", "cmd/app", linkage="dynamic", GOVERIFYGLIBC="2.1")
env.GoProgram("any/app", "cmd/app", linkage="dynamic")
""")

    outcome = project.scons("-k", status=2)

    assert "glibc/app: static-libc (glibc" in outcome.stdout
    assert "musl/app: static-libc (musl)" in outcome.stdout
    assert "any/app: dynamic" in outcome.stdout
    assert "[old/app]" in outcome.stderr
    assert outcome.stderr.count("***") == 1


def test_other_tools_of_the_same_version(settings: Project, tmp_path: Path) -> None:
    goroot = Path(settings.run("go", "env", "GOROOT").stdout.strip())
    tools = Path(settings.run("go", "env", "GOTOOLDIR").stdout.strip())
    copy = tmp_path / "go"
    link = copy / tools.relative_to(goroot) / "link"
    link.parent.mkdir(parents=True)
    (copy / "bin").mkdir()
    shutil.copy(goroot / "bin/go", copy / "bin/go")
    link.write_bytes((tools / "link").read_bytes())
    link.chmod(0o700)
    for original in (*goroot.iterdir(), *(goroot / "pkg").iterdir(), *tools.iterdir()):
        place = copy / original.relative_to(goroot)
        if not place.exists():
            place.symlink_to(original)
    arguments = given(linkages=["static"], GO=str(copy / "bin/go"))
    settings.scons(arguments)
    settings.up_to_date(arguments)

    with link.open("ab") as stream:
        stream.write(b"patched")

    assert settings.scons("-n", arguments).built == ["static/app"]


def test_profile(project: Project, tmp_path: Path) -> None:
    """A profile is an input like a source: the one that $GOPGO names, and default.pgo of the main package."""
    profiler = tmp_path / "profiler"
    project.module({"cmd/app/main.go": "package main\n\nfunc main() {}\n", "profiler/main.go": PROFILER})
    project.run("go", "build", "-o", str(profiler), "./profiler", check=True)
    first, second = (bytes.fromhex(project.run(str(profiler), check=True).stdout) for _ in range(2))
    assert first != second  # Each says when it was taken.

    named = project / "named.pgo"
    named.write_bytes(first)
    program = 'env.GoProgram("build/bin/app", "cmd/app", linkage="static", GOPGO=ARGUMENTS.get("PGO", "auto"))'
    project.sconstruct(program)
    assert project.rebuilt("PGO=named.pgo") == ["bin/app"]
    named.write_bytes(second)
    assert project.rebuilt("PGO=named.pgo") == ["bin/app"]

    project.scons()
    shutil.copy(named, project / "cmd/app/default.pgo")
    assert project.rebuilt() == ["bin/app"]
    (project / "cmd/app/default.pgo").write_bytes(first)
    assert project.rebuilt() == ["bin/app"]
    (project / "cmd/app/default.pgo").unlink()
    assert project.rebuilt() == ["bin/app"]
