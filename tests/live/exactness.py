"""The project that the exactness tests edit, the edits, and what must hold after each.

Four programs share some of their packages, each is built in two linkages, the one with C also in static-libc.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from edits import Edit, archive, link

from harness import Project

# The build ID of a cgo program tells in which directory it was built, as Go hashes `-L${SRCDIR}`; -s and -w save time.
SCONSTRUCT = """
import json
env.Replace(GOLDFLAGS=["-buildid=", "-s", "-w"])
env.Replace(**json.loads(ARGUMENTS.get("SETTINGS", "{}")))
env.GoModule("build/$GOLINKAGE", "app", linkage=["dynamic", "static"])
env.GoProgram("build/$GOLINKAGE/c", "app/cmd/c", linkage="static-libc")
"""

GO_MOD = """\
module example.org/m

go 1.21

require (
	example.org/dep v1.0.0
	example.org/lib v0.0.0
)

replace example.org/lib => ../lib
"""

LIB_MOD = "module example.org/lib\n\ngo 1.21\n"

MAIN_A = """\
package main

import (
	"example.org/lib/tool"
	"example.org/m/internal/data"
	"example.org/m/internal/sum"
	"example.org/m/internal/words"
)

func main() { println(words.All(), data.All(), sum.Sum(), tool.Name()) }
"""

MAIN_B = """\
package main

import (
	"example.org/dep"
	"example.org/m/internal/linked"
	"example.org/m/internal/words"
)

func main() { println(words.All(), linked.Linked(), dep.Version) }
"""

MAIN_C = """\
package main

import (
	"example.org/lib/tool"
	"example.org/m/internal/num"
)

func main() { println(num.Num(), tool.Name()) }
"""

WORDS = """\
package words

var all = "one"

// All returns the words.
func All() string { return all }
"""

MORE = """\
package words

func init() { all += " more" }
"""

DATA = """\
package data

import "embed"

//go:embed files glob/*.txt all:every
var files embed.FS

// All returns one of the embedded files.
func All() string {
	content, _ := files.ReadFile("files/first.txt")
	return string(content)
}
"""

NUM = """\
package num

/*
#cgo CFLAGS: -I${SRCDIR}/../../early -I${SRCDIR}/../../include
#cgo LDFLAGS: -L${SRCDIR}/../../early -L${SRCDIR}/../../native -lpart
#include "num.h"
#include <outer.h>
int part(void);
*/
import "C"

// Num returns what each C file says.
func Num() int { return int(C.num()) + C.NUM + C.OUTER + C.INNER + int(C.part()) }
"""

SUM = """\
#include "textflag.h"
#include "../../include/sum.h"

TEXT ·Sum(SB), NOSPLIT, $0-8
	{}
	RET
"""

OLD, NEW = "v1.0.0", "v1.1.0"

FILES = {
    "app/go.mod": GO_MOD,
    "app/cmd/a/main.go": MAIN_A,
    "app/cmd/b/main.go": MAIN_B,
    "app/cmd/c/main.go": MAIN_C,
    "app/cmd/d/main.go": 'package main\n\nvar version = "none"\n\nfunc main() { println("d", version) }\n',
    "app/internal/words/words.go": WORDS,
    "app/internal/words/never.go": "//go:build never\n\n" + MORE,
    "app/internal/words/always.go": "//go:build !never\n\npackage words\n\nfunc init() { all += ` always` }\n",
    "app/internal/words/system_windows.go": MORE,
    "app/internal/words/words_test.go": "package words\n",
    "app/internal/words/testdata/x.go": "package x\n",
    "app/internal/data/data.go": DATA,
    "app/internal/data/files/first.txt": "1",
    "app/internal/data/files/sub/second.txt": "2",
    "app/internal/data/glob/third.txt": "3",
    "app/internal/data/every/.hidden": "4",
    "app/internal/sum/sum.go": "package sum\n\n// Sum is written in assembly.\nfunc Sum() int\n",
    "app/internal/sum/sum_amd64.s": SUM.format("MOVQ $SUM, ret+0(FP)"),
    "app/internal/sum/sum_arm64.s": SUM.format("MOVD $SUM, R0\n\tMOVD R0, ret+0(FP)"),
    "app/internal/num/num.go": NUM,
    "app/internal/num/pure.go": "//go:build !cgo\n\npackage num\n\nfunc Num() int { return 0 }\n",
    "app/internal/num/num.c": '#include "num.h"\nint num(void) { return 100; }\n',
    "app/internal/num/num.h": "#ifdef TWICE\n#define NUM 2\n#else\n#define NUM 1\n#endif\nint num(void);\n",
    "app/internal/unused/unused.go": "package unused\n",
    "app/include/outer.h": '#define OUTER 1\n#include "inner.h"\n',
    "app/headers/inner.h": "#define INNER 1\n",
    "app/include/sum.h": "#define SUM 1\n",
    "app/include/unused.h": "#define UNUSED 1\n",
    "app/native/part.c": "int part(void) { return 1; }\n",
    "app/linked/one/linked.go": 'package linked\n\nfunc Linked() string { return "one" + file }\n',
    "app/linked/two/linked.go": 'package linked\n\nfunc Linked() string { return "two" + file }\n',
    "app/linked/file.one": 'package linked\n\nconst file = "first"\n',
    "app/linked/file.two": 'package linked\n\nconst file = "other"\n',
    "lib/go.mod": LIB_MOD,
    "lib/tool/tool.go": 'package tool\n\n// Name says which module this is.\nfunc Name() string { return "lib" }\n',
    "other/go.mod": LIB_MOD,
    "other/tool/tool.go": 'package tool\n\n// Name says which module this is.\nfunc Name() string { return "other" }\n',
}
LINKS = {
    "app/include/inner.h": "../headers/inner.h",
    "app/internal/linked": "../linked/one",
    "app/linked/one/file.go": "../file.one",
    "app/linked/two/file.go": "../file.one",
}

LINKAGES = ("dynamic", "static")
GO_BUILD = {
    "dynamic": ("1", "", "./cmd/..."),
    "static": ("0", "-d", "./cmd/..."),
    "static-libc": ("1", "-linkmode=external -extldflags=-static", "./cmd/c"),
}
WITH_C = "dynamic/c static-libc/c"
ALL = "a b c d"


@dataclass(frozen=True, kw_only=True)
class Case:
    """Edits of a copy, and which programs they concern: a letter is one program in each of its linkages."""

    edits: tuple[Edit, ...]
    built: str
    harmless: bool
    """Whether the binaries are the same as before, so that building them again is permitted but not needed."""
    arguments: tuple[str, ...]

    @property
    def programs(self) -> list[str]:
        """The targets as ``linkage/name``, sorted."""
        given = [word if "/" in word else f"{linkage}/{word}" for word in self.built.split() for linkage in LINKAGES]
        return sorted({*given, *(["static-libc/c"] if "c" in self.built.split() else [])})


def case(name: str, built: str, *edits: Edit, harmless: bool = False, arguments: tuple[str, ...] = ()) -> Any:
    """Return one row of a table."""
    return pytest.param(Case(edits=edits, built=built, harmless=harmless, arguments=arguments), id=name)


def settings(**values: object) -> tuple[str, ...]:
    """Return the argument for scons that sets construction variables."""
    return (f"SETTINGS={json.dumps(values)}",)


def make_base(folder: Path) -> Project:
    """Build the project that each case copies."""
    project = Project(folder / "base")
    project.write(FILES)
    project.sconstruct(SCONSTRUCT)
    (project / "app/internal/data/files/empty").mkdir()
    for name, target in LINKS.items():
        link(name, target)(project)
    archive(1)(project)
    publish(folder / "proxy")
    project.environ |= {
        "GOPROXY": f"file://{folder / 'proxy'}",
        "GOMODCACHE": str(folder / "modcache"),
        "GOSUMDB": "off",
        "GOFLAGS": "-modcacherw",
    }
    project.run("go", "-C", "app", "get", f"example.org/dep@{OLD}", check=True)
    return built(project)


def built(project: Project) -> Project:
    """Build a base. Its sources are no longer young: what is known of them may be trusted."""
    for file in project.path.rglob("*"):
        os.utime(file, (file.lstat().st_atime, file.lstat().st_mtime - 3600), follow_symlinks=False)
    assert len(project.rebuilt()) == 9
    return project


def publish(proxy: Path) -> None:
    """Publish two versions of example.org/dep in a folder (go.dev/ref/mod#goproxy-protocol)."""
    place = proxy / "example.org/dep/@v"
    place.mkdir(parents=True)
    mod = "module example.org/dep\n\ngo 1.21\n"
    for version in (OLD, NEW):
        (place / f"{version}.info").write_text(f'{{"Version": "{version}"}}')
        (place / f"{version}.mod").write_text(mod)
        with ZipFile(place / f"{version}.zip", "w") as stream:
            stream.writestr(f"example.org/dep@{version}/go.mod", mod)
            stream.writestr(f"example.org/dep@{version}/dep.go", f'package dep\n\nconst Version = "{version}"\n')


def binaries(project: Project) -> Mapping[str, bytes]:
    """Return the content of every program, by ``linkage/name``."""
    return {f"{file.parent.name}/{file.name}": file.read_bytes() for file in (project / "build").glob("*/*")}


def check(base: Project, case: Case, folder: Path, before_it: Edit | None = None) -> None:
    """Edit a copy of ``base``; assert what is built then, and that the result is that of a build from scratch."""
    project = base.copy(folder / "project")
    if before_it:
        before_it(project)
    before = binaries(project)
    for edit in case.edits:
        edit(project)
    made = project.rebuilt(*case.arguments)
    assert made == [name for name in case.programs if name in made or not case.harmless]
    after = binaries(project)
    changed = {name for name, content in before.items() if after[name] != content}
    assert changed == (set() if case.harmless else before.keys() & case.programs)
    assert_as_from_scratch(project, folder / "scratch", *case.arguments)
    shutil.rmtree(folder)


def check_no_input(base: Project, folder: Path, edits: Mapping[str, Edit]) -> None:
    """Assert that each edit builds nothing, and that all of them together would not have changed a byte."""
    project = base.copy(folder / "project")
    for name, edit in edits.items():
        edit(project)
        assert project.rebuilt() == [], name
    assert_as_from_scratch(project, folder / "scratch")


def assert_as_from_scratch(project: Project, folder: Path, *arguments: str) -> None:
    """Assert that each program is, byte for byte, what a clone at another path gives.

    There the go command builds it, or scons with the same ``arguments``. The C of cgo is compiled again in either
    case: ``-I${SRCDIR}`` is another path to Go's cache, so it cannot hide anything.
    """
    scratch = project.copy(folder, built=False)
    if arguments:
        scratch.scons("-j2", *arguments)
    for linkage, (cgo, ldflags, package) in {} if arguments else GO_BUILD.items():
        flags = ("-trimpath", "-buildvcs=false", f"-ldflags=-buildid= -s -w {ldflags}", "-o", f"../build/{linkage}/")
        environ = {"CGO_ENABLED": cgo, "GOTOOLCHAIN": "local", "GODEBUG": "goindex=0"}
        scratch.run("go", "-C", "app", "build", *flags, package, environ=environ, check=True)
    made = binaries(project)
    differing = [name for name, content in binaries(scratch).items() if made[name] != content]
    assert not differing, f"not as from scratch: {differing}"
