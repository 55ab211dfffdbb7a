"""What a change of C code rebuilds: sources, headers and archives that Go's own cache does not see (linkage case D1)."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from harness import Project, needed

pytestmark = pytest.mark.live

BLOCK = """\
package num

/*
#cgo CFLAGS: -I${SRCDIR}/../include
#include "num.h"
  #  include <sibling.h>
*/
import "C"

// Block returns what the headers of a block comment say.
func Block() (int, int, int) { return int(C.num()), C.SIBLING, C.DEEP }
"""

ONE_LINE = """\
package num

/* #include "one.h" */
import "C"

// OneLine returns what the header of a block comment of one line says.
func OneLine() int { return C.ONE }
"""

LINES = """\
package num

// #include <line.h>
//#include "sub/tight.h"
import "C"

// Lines returns what the headers of line comments say.
func Lines() (int, int) { return C.LINE, C.TIGHT }
"""

PURE = """\
package num

func Block() (int, int, int) { return 0, 0, 0 }
func OneLine() int           { return 0 }
func Lines() (int, int)      { return 0, 0 }
"""

MAIN_A = """\
package main

import "example.org/m/num"

func main() {
	n, sibling, deep := num.Block()
	line, tight := num.Lines()
	println("num", n, "sibling", sibling, "deep", deep, "one", num.OneLine(), "line", line, "tight", tight)
}
"""

MAIN_C = """\
package main

func main() { println("c") }
"""

FILES = {
    "num/block.go": BLOCK,
    "num/one.go": ONE_LINE,
    "num/lines.go": LINES,
    "num/pure.go": "//go:build !cgo\n\n" + PURE,
    "num/num.c": '#include "num.h"\n#include "table.inc"\nint num(void) { return NUM + table[0]; }\n',
    "num/num.h": "#define NUM 1\nint num(void);\n",
    "num/table.inc": "static int table[] = {0};\n",
    "num/sub/tight.h": "#define TIGHT 1\n",
    "num/one.h": "#define ONE 1\n",
    "include/sibling.h": '#define SIBLING 1\n#include "deep.h"\n',
    "include/deep.h": "#ifndef DEEP\n#define DEEP 1\n#endif\n",
    "include/line.h": "#define LINE 1\n",
    "include/unused.h": "#define UNUSED 1\n",
    "cmd/a/main.go": MAIN_A,
    "cmd/c/main.go": MAIN_C,
}


@pytest.fixture(scope="module")
def headers(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("headers"))
    project.module(FILES)
    project.sconstruct('env.GoModule("build/$GOLINKAGE", ".", linkage=["dynamic", "static"])')
    assert len(project.rebuilt()) == 4
    assert numbers(project) == {"num": 1, "sibling": 1, "deep": 1, "one": 1, "line": 1, "tight": 1}
    return project


def numbers(project: Project, binary: str = "build/dynamic/a") -> dict[str, int]:
    printed = project.run(str(project / binary), check=True).stderr
    return {name: int(value) for name, value in re.findall(r"(\w+) (\d+)", printed)}


@pytest.mark.parametrize(
    ("file", "content", "changed"),
    [
        ("num/num.h", "#define NUM 2\nint num(void);\n", {"num": 2}),
        ("num/num.c", '#include "num.h"\n#include "table.inc"\nint num(void) { return table[0]; }\n', {"num": 0}),
        ("num/table.inc", "static int table[] = {7};\n", {"num": 7}),
        ("include/sibling.h", '#define SIBLING 2\n#include "deep.h"\n', {"sibling": 2}),
        ("include/deep.h", "#ifndef DEEP\n#define DEEP 2\n#endif\n", {"deep": 2}),
        ("include/unused.h", "#define UNUSED 2\n", None),
        ("num/one.h", "#define ONE 2\n", {"one": 2}),
        ("num/line.h", "#define LINE 3\n", {}),
        ("include/line.h", "#define LINE 2\n", {"line": 2}),
        ("num/sub/tight.h", "#define TIGHT 2\n", {"tight": 2}),
    ],
    ids=["h", "c", "inc", "I", "in-header", "unused", "one-line-comment", "shadow", "shadowed", "below"],
)
def test_c_source_or_header(headers: Project, file: str, content: str, changed: dict[str, int] | None) -> None:
    """Only programs in which C takes part are built, and they have what the file says now."""
    wanted = {**numbers(headers), **(changed or {})}
    headers.write({file: content})

    assert headers.rebuilt() == (["dynamic/a"] if changed is not None else [])
    assert numbers(headers) == wanted


def test_plain_go_build_stays_stale(project: Project) -> None:
    """The premise: without what golang shows it, the go command does not see a header change."""
    project.module(FILES)
    project.run("go", "build", "-o", "app", "./cmd/a", check=True)
    project.write({"include/deep.h": "#ifndef DEEP\n#define DEEP 77\n#endif\n"})
    project.run("go", "build", "-o", "app", "./cmd/a", check=True)
    assert numbers(project, "app")["deep"] == 1

    project.sconstruct('env.GoProgram("build/a", "cmd/a")')
    project.scons()
    assert numbers(project, "build/a")["deep"] == 77


def archive(path: Path, value: int, *, shared: bool = False) -> None:
    """Make a library with a function of the library's name that returns ``value``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    name = path.name.removeprefix("lib").partition(".")[0]
    source = path.with_name(f"{name}_source.c.txt")
    source.write_text(f"int {name}(void) {{ return {value}; }}\n")
    if shared:
        argv = ["gcc", "-shared", "-fPIC", f"-Wl,-soname,{path.name}", "-x", "c", str(source), "-o", str(path)]
        subprocess.run(argv, check=True)
    else:
        part = path.with_suffix(".tmp")
        subprocess.run(["gcc", "-c", "-x", "c", str(source), "-o", str(part)], check=True)
        path.unlink(missing_ok=True)
        subprocess.run(["ar", "rcsD", str(path), str(part)], check=True)
        part.unlink()
    source.unlink()


ARCHIVES = """\
package main

/*
#cgo LDFLAGS: -L${SRCDIR}/../../native -lfoo ${SRCDIR}/../../native/libbar.a -L ${SRCDIR}/../../exact -l:libbaz.a
int foo(void);
int bar(void);
int baz(void);
*/
import "C"

func main() { println("foo", C.foo(), "bar", C.bar(), "baz", C.baz()) }
"""


def test_archives(project: Project) -> None:
    """D1 and C26: an archive by -l, by path and by -l:, and a shared library that appears beside it."""
    for name in ("native/libfoo.a", "native/libbar.a", "exact/libbaz.a"):
        archive(project / name, 1)
    project.module({"cmd/a/main.go": ARCHIVES, "cmd/c/main.go": MAIN_C})
    project.sconstruct('env.GoModule("build/$GOLINKAGE", ".")\nenv.GoProgram("libc/a", "cmd/a", "static-libc")')
    assert project.rebuilt("build") == ["dynamic/a", "dynamic/c"]

    for name in ("native/libfoo.a", "native/libbar.a", "exact/libbaz.a"):
        archive(project / name, 2)
        assert project.rebuilt("build") == ["dynamic/a"]
        assert numbers(project)[Path(name).stem.removeprefix("lib")] == 2

    archive(project / "native/libfoo.so", 3, shared=True)
    outcome = project.scons("build", status=2)
    assert "DT_NEEDED libfoo.so" in outcome.text
    assert needed(project / "build/dynamic/a.rejected") == ["libfoo.so", "libc.so.6"]
    project.scons("libc")
    assert numbers(project, "libc/a")["foo"] == 2

    (project / "native/libfoo.so").unlink()
    assert project.rebuilt("build") == ["dynamic/a"]
    assert needed(project / "build/dynamic/a") == ["libc.so.6"]


ASSEMBLY = """\
#include "textflag.h"
#include "../../include/number.h"

TEXT ·number(SB), NOSPLIT, $0-8
	{}
	RET
"""

SETTING = """\
package main

/*
#include <setting.h>
int setting(void);
*/
import "C"

func main() { println("setting", C.SETTING, "forced", C.FORCED, "linked", C.setting()) }
"""


def test_headers_and_archives_of_the_settings(project: Project) -> None:
    """D1: what CGO_CFLAGS, CGO_LDFLAGS and CPATH lead to are inputs too."""
    project.module(
        {
            "cmd/a/main.go": SETTING,
            "cmd/c/main.go": MAIN_C,
            "one/setting.h": "#define SETTING 1\n",
            "one/forced.h": '#include "more.h"\n',
            "more/more.h": "#define FORCED 1\n",
            "two/setting.h": "#define SETTING 22\n",
            "two/forced.h": '#include "more.h"\n',
        }
    )
    archive(project / "one/libsetting.a", 1)
    archive(project / "two/libsetting.a", 22)
    body = """
env["ENV"]["CPATH"] = env.Dir("#more").abspath
flags = {{"CGO_CFLAGS": "-isystem {0} -include forced.h", "CGO_LDFLAGS": "-L{0} -lsetting"}}
env.GoModule("build/$GOLINKAGE", ".", linkage=["dynamic", "static"], **flags)
"""
    project.sconstruct(body.format(project / "one"))
    assert len(project.rebuilt("build/dynamic")) == 2

    for name, content in (("one/setting.h", "#define SETTING 2\n"), ("more/more.h", "#define FORCED 2\n")):
        project.write({name: content})
        assert project.rebuilt("build/dynamic") == ["dynamic/a"]
    archive(project / "one/libsetting.a", 2)
    assert project.rebuilt("build/dynamic") == ["dynamic/a"]
    assert numbers(project) == {"setting": 2, "forced": 2, "linked": 2}

    project.sconstruct(body.format(project / "two"))
    assert "dynamic/a" in project.rebuilt("build/dynamic")
    assert numbers(project) == {"setting": 22, "forced": 2, "linked": 22}


WRAPPER = """\
#!/bin/sh
exec gcc -DWRAPPED={} "$@"
"""

WRAPPED = """\
package main

// int wrapped(void) { return WRAPPED; }
import "C"

func main() { println("wrapped", C.wrapped()) }
"""


def test_the_c_toolchain_is_replaced(project: Project) -> None:
    """E9: only programs in whose build C takes part may be built again, and Go's cache must not hide the change."""
    project.module({"cmd/a/main.go": WRAPPED, "cmd/c/main.go": MAIN_C})
    compiler = project / "bin/cc"
    project.write({"bin/cc": WRAPPER.format(1)})
    os.chmod(compiler, 0o700)
    project.sconstruct(f'env.GoModule("build/$GOLINKAGE", ".", linkage=["dynamic", "static-libc"], CC="{compiler}")')
    assert len(project.rebuilt()) == 4

    compiler.write_text(WRAPPER.format(2))

    assert project.rebuilt() == ["dynamic/a", "static-libc/a", "static-libc/c"]
    for binary in ("dynamic/a", "static-libc/a"):
        assert numbers(project, f"build/{binary}") == {"wrapped": 2}


def test_overlaid_packages_are_the_same_bytes_elsewhere(headers: Project, tmp_path: Path) -> None:
    """D8: what makes Go see a header leaves no path of this checkout in the binary."""
    copy = Project(tmp_path / "elsewhere")
    shutil.copytree(headers.path, copy.path, ignore=shutil.ignore_patterns("build", ".sconsign*"))
    copy.scons("build/dynamic/a")
    headers.rebuilt()

    assert (copy / "build/dynamic/a").read_bytes() == (headers / "build/dynamic/a").read_bytes()


def test_header_of_assembly(project: Project) -> None:
    """D1 without cgo: Go's assembler includes a header from elsewhere, too."""
    project.module(
        {
            "cmd/a/main.go": "package main\n\nfunc number() int\n\nfunc main() { println(`number`, number()) }\n",
            "cmd/a/number_amd64.s": ASSEMBLY.format("MOVQ $NUMBER, ret+0(FP)"),
            "cmd/a/number_arm64.s": ASSEMBLY.format("MOVD $NUMBER, R0\n\tMOVD R0, ret+0(FP)"),
            "include/number.h": "#define NUMBER 1\n",
            "include/unused.h": "",
        }
    )
    project.sconstruct('env.GoProgram("build/$GOLINKAGE/a", "cmd/a", linkage="static")')
    project.scons()

    project.write({"include/number.h": "#define NUMBER 2\n"})
    assert project.rebuilt() == ["static/a"]
    assert numbers(project, "build/static/a") == {"number": 2}
    project.write({"include/unused.h": "#define NUMBER 3\n"})
    assert project.rebuilt() == []
