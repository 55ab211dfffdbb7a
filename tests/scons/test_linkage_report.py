"""GoLinkageReport: the evidence of many programs as JSON, and as a table."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from golang.report import SCHEMA
from harness import HELLO, LOOKUP, Project, needed

pytestmark = pytest.mark.live

BODY = """\
env.Tool("cc")
env.Tool("gnulink")
programs = env.GoProgram("build/$GOLINKAGE/app", "cmd/app", linkage=["dynamic", "static", "static-libc"], GOLIBC="glibc")
other = env.Command("build/other", "main.c", "gcc -o $TARGET $SOURCE")
env.GoLinkageReport("build/linkage.json", [programs, other], **ARGUMENTS)
"""
ATOMIC = """\
package main

// #cgo LDFLAGS: -Wl,--no-as-needed -latomic
import "C"

func main() {}
"""


def report_of(project: Project, name: str = "build/linkage.json") -> dict[str, Any]:
    return json.loads((project / name).read_text())


@pytest.fixture
def programs(project: Project) -> Project:
    project.module({"cmd/app/main.go": LOOKUP, "main.c": "int main(void) { return 0; }\n"})
    project.sconstruct(BODY)
    return project


def test_json_and_table(programs: Project) -> None:
    outcome = programs.scons()

    report = report_of(programs)
    assert report["schema"] == SCHEMA
    found = {one["program"]: one for one in report["programs"]}
    assert list(found) == ["build/dynamic/app", "build/other", "build/static-libc/app", "build/static/app"]
    documented = "program asked verdict libc nss resolver c_toolchain evidence ok findings format size elf images"
    assert all(" ".join(one) == documented for one in found.values())
    assert {name: one["verdict"] for name, one in found.items()} == {
        "build/dynamic/app": "dynamic",
        "build/other": "dynamic",
        "build/static-libc/app": "static-libc",
        "build/static/app": "static",
    }
    assert found["build/other"]["asked"] is None
    assert found["build/static/app"]["c_toolchain"] is None
    assert re.fullmatch(r"g?cc \(.*; glibc 2[.\d]*\)", found["build/static-libc/app"]["c_toolchain"])
    assert found["build/static/app"]["asked"] == {
        "linkage": "static",
        "libc": None,
        "resolver": "go",
        "max_glibc": None,
    }
    static_libc = found["build/static-libc/app"]
    assert static_libc["asked"] == {"linkage": "static-libc", "libc": "glibc", "resolver": "libc", "max_glibc": None}
    assert (static_libc["libc"], static_libc["nss"], static_libc["resolver"]) == ("glibc", True, "libc")
    assert [(finding["case"], finding["level"]) for finding in static_libc["findings"]] == [("C8", "warn")]
    assert found["build/static/app"]["resolver"] == "go"
    assert found["build/other"]["resolver"] is None
    dynamic = found["build/dynamic/app"]
    assert dynamic["elf"]["needed"] == needed(programs / "build/dynamic/app")
    assert dynamic["elf"]["glibc_floor"].startswith("2.")
    assert dynamic["size"] == (programs / "build/dynamic/app").stat().st_size
    assert dynamic["elf"]["go"]["settings"]["CGO_ENABLED"] == "1"
    assert all(one["ok"] for one in found.values())

    table = outcome.stdout[outcome.stdout.index("program ") :].splitlines()
    assert table[0].split() == ["program", "linkage", "verdict", "libc", "resolver", "glibc", "floor", "size"]
    rows = {line.split()[0]: line.split()[1:-2] for line in table[1:5]}
    floor = dynamic["elf"]["glibc_floor"]
    assert rows["build/dynamic/app"] == ["dynamic", "dynamic", "glibc", "libc", floor]
    assert rows["build/static-libc/app"] == ["static-libc", "(glibc)", "static-libc", "glibc", "libc", "-"]
    assert rows["build/static/app"] == ["static", "static", "-", "go", "-"]
    assert rows["build/other"][:2] == ["-", "dynamic"]
    programs.up_to_date()


def test_when_it_is_written_again(project: Project) -> None:
    project.module({"cmd/app/main.go": HELLO})
    project.sconstruct(
        'env.GoLinkageReport("linkage.json", "build/app")\n'  # before the program is declared
        'env.GoProgram("build/app", "cmd/app", **ARGUMENTS)'
    )
    first = project.scons()
    assert "Writing linkage.json" in first.stdout
    project.up_to_date()
    assert report_of(project, "linkage.json")["programs"][0]["verdict"] == "static"

    project.write({"cmd/app/main.go": LOOKUP})
    assert "Writing linkage.json" in project.scons().stdout
    assert report_of(project, "linkage.json")["programs"][0]["verdict"] == "dynamic"

    # The same bytes, judged by another policy: the report tells the new findings.
    outcome = project.scons("GOVERIFYGLIBC=GLIBC_2.3", "GOVERIFY=warn")
    assert outcome.built == []
    (program,) = report_of(project, "linkage.json")["programs"]
    assert [(finding["case"], finding["level"]) for finding in program["findings"]] == [("C18", "warn")]
    assert program["asked"]["max_glibc"] == "2.3"
    project.up_to_date("GOVERIFYGLIBC=GLIBC_2.3", "GOVERIFY=warn")

    # A rejected program has no report of an earlier one standing for it.
    outcome = project.scons("-k", "GOVERIFYGLIBC=GLIBC_2.3", status=2)
    assert "Writing" not in outcome.stdout
    assert "C18" in (project / "linkage.json").read_text() or not (project / "linkage.json").exists()

    silent = project.scons("-s")
    assert silent.stdout == ""
    assert project.scons("-c").stdout.splitlines() == ["Removed build/app", "Removed linkage.json"]


def test_it_agrees_with_the_gate_about_system_libraries(project: Project) -> None:
    """A library that `#cgo LDFLAGS` asks of the system passes the gate; the report must not call it rejected."""
    project.module({"cmd/app/main.go": ATOMIC})
    project.sconstruct('env.GoLinkageReport("linkage.json", env.GoProgram("build/app", "cmd/app"))')

    project.scons()

    (program,) = report_of(project, "linkage.json")["programs"]
    assert "libatomic.so.1" in program["elf"]["needed"]
    assert program["findings"] == []
    assert program["ok"]


def test_what_is_no_binary_fails_the_report(project: Project) -> None:
    project.write({"text": "some text\n"})
    project.sconstruct('env.GoLinkageReport("linkage.json", "text")\nenv.GoLinkageReport("none.json", [])')

    outcome = project.scons("-k", status=2)

    assert outcome.stderr.startswith("scons: *** [linkage.json] ")
    assert "text: wanted a binary" in outcome.stderr
    assert "begins with b'some tex'" in outcome.stderr
    assert not (project / "linkage.json").exists()
    assert report_of(project, "none.json") == {"schema": SCHEMA, "programs": []}
    project.sconstruct('env.GoLinkageReport("linkage.json", "missing")')
    assert "`missing' not found" in project.scons(status=2).stderr


def test_variables_of_the_call_and_of_its_sources_are_in_the_path(project: Project) -> None:
    project.module({"cmd/app/main.go": HELLO})
    project.sconstruct(
        'app = env.GoProgram("build/app", "cmd/app", linkage="static")\n'
        'env.GoLinkageReport("$NAME/one.json", app, NAME="build/x")\n'
        'env.GoLinkageReport("${SOURCE.dir}/two.json", "$NAME/app", NAME="build")'
    )
    project.scons()
    assert (project / "build/x/one.json").exists()
    assert (project / "build/two.json").exists()
