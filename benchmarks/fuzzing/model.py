"""The Go code that a fuzz run edits: a value that renders to files. Knows nothing of edits, disks and builds.

Every file adds a number of its own to its package's total, so any file can come and go. Nothing uses fmt: the cost
of a step is the cost of its links.
"""

from __future__ import annotations

import functools
import json
import os
import random
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field

MODULE, SERVICE, REPLACED = "example.org/m", "example.org/svc", "example.net/dep"
DEP_COPIES = ("third/copy_a", "third/copy_b")
STD = ("errors", "os/user", "sort", "strings")
BROKEN = {"import": f'import _ "{MODULE}/none"\n', "type": "var _ int = undefined\n", "syntax": "func {\n"}

# A cgo file beside the base file of its package; `!cgo` and static builds do without it.
CGO = {
    "source": """\
// #cgo CFLAGS: -I${SRCDIR}/../../shadow -I${SRCDIR}/../../include -DDEFINED=%d
// #include "local.h"
// #include <shared.h>
// int native(void);
import "C"

func init() { total += int(C.native()) + C.SHARED }
""",
    "archive": """\
/*
#cgo CFLAGS: -I${SRCDIR}/../../include
#cgo LDFLAGS: -L${SRCDIR}/../../native -larchived
#include "shared.h"
static int twice(void) { return 2 * SHARED + %d; }
int archived(void);
*/
import "C"

func init() { total += int(C.twice() + C.archived()) }
""",
}
EMBED = """\
package %s

import "embed"

//go:embed %s
var files embed.FS

func init() {
	entries, _ := files.ReadDir("data")
	total += len(entries)
}
"""
ASSEMBLY = """\
#include "textflag.h"
#include "../../include/words.h"
DATA ·word+0(SB)/8, $NUMBER
GLOBL ·word(SB), NOPTR|RODATA, $8
"""
INCLUDES = {
    "shared.h": '#include "deep.h"\n#if __has_include("optional.h")\n#include "optional.h"\n#endif\n',
    "native.c": '#include "local.h"\n#include "shared.h"\n',
    "local.h": "#include <deep.h>\n",
}


@dataclass(frozen=True)
class Link:
    """A symbolic link, as the content of a file."""

    target: str


Content = bytes | Link


@dataclass
class Source:
    """A Go file of a package. The ``base`` one declares what the others add to."""

    number: int
    base: bool = False
    imports: list[str] = field(default_factory=list)
    constraint: str = ""
    comment: int = 1000
    broken: str = ""
    linked: bool = False


@dataclass
class Package:
    """A package directory: its Go files, and the files of one special kind, if it is of one."""

    files: dict[str, Source]
    kind: str = ""
    flag: int = 1000
    pattern: str = "data"
    data: dict[str, int] = field(default_factory=dict)


@dataclass
class Module:
    """All that a project consists of. ``others`` are files that are a number each: C code, archives, data."""

    packages: dict[str, Package]
    others: dict[str, int]
    workspace: bool
    go: str = "1.21"
    remark: int = 1000
    dep: str = DEP_COPIES[0]
    settings: dict[str, object] = field(default_factory=dict)
    tags: tuple[str, ...] = ()

    @property
    def arguments(self) -> list[str]:
        """The settings that stand on scons's command line."""
        return [f"GOTAGS={','.join(self.tags)}"] if self.tags else []

    def importable(self, importer: str) -> list[str]:
        """Return what ``importer`` may import without a cycle: the libraries before it, in order."""
        libraries = [path for path in self.packages if path.startswith("lib/")]
        if importer in DEP_COPIES:
            return list(STD)
        if importer in libraries:
            libraries = libraries[: libraries.index(importer)]
        return [*STD, REPLACED, *(f"{MODULE}/{path}" for path in libraries)]


def initial_module(rng: random.Random) -> Module:
    """Return a module of nine libraries and three programs, a replaced module, and a second module for go.work."""

    def base() -> dict[str, Source]:
        return {"base.go": Source(number(rng), base=True), "more.go": Source(number(rng))}

    kinds = {"e": "embed", "c": "source", "d": "archive", "s": "assembly", "g": "generated"}
    module = Module({path: Package(base()) for path in DEP_COPIES}, {}, workspace=rng.random() < 0.4)
    for name in ("p0", "p1", "e", "c", "d", "s", "g", "p2", "p3"):
        module.packages[f"lib/{name}"] = Package(base(), kinds.get(name, ""))
    module.packages["lib/e"].data = {"data/a.txt": 1000, "data/b.md": 1000, "data/sub/c.txt": 1000}
    for name in ("cmd/a", "cmd/b", "cmd/c", "svc"):
        module.packages[name] = Package(base())
    for path, package in module.packages.items():
        choices = [one for one in module.importable(path) if one not in STD]
        package.files["base.go"].imports = sorted(rng.sample(choices, min(len(choices), rng.randrange(1, 4))))
    names = ("include/shared.h", "include/deep.h", "include/words.h", "lib/c/local.h", "lib/c/native.c")
    module.others = {name: number(rng) for name in (*names, "native/libarchived.a", "lib/g/value.txt", "README")}
    return module


def number(rng: random.Random) -> int:
    """Return a number that any other can replace without a change of the file's size."""
    return rng.randrange(1000, 10000)


def render(module: Module) -> dict[str, Content]:
    """Return the content of every file of the project."""
    files: dict[str, Content] = {}
    for path, package in module.packages.items():
        for name, source in package.files.items():
            content: Content = _go_file(path, source).encode()
            if source.linked:
                stored = f"linked/{path}/{name}.txt"
                files[stored], content = content, Link(os.path.relpath(stored, path))
            files[f"{path}/{name}"] = content
        files.update({f"{path}/{name}": f"text {value}\n".encode() for name, value in package.data.items()})
        files.update({f"{path}/{name}": text.encode() for name, text in _special_files(path, package)})
    files.update({path: _other_file(path, value) for path, value in module.others.items()})
    files.update({path: text.encode() for path, text in _module_files(module)})
    return files


def import_path(directory: str) -> str:
    """Return the import path of a package directory."""
    return SERVICE if directory == "svc" else REPLACED if directory in DEP_COPIES else f"{MODULE}/{directory}"


def package_name(directory: str) -> str:
    """Return the name in the package clause."""
    if directory == "svc" or directory.startswith("cmd/"):
        return "main"
    return os.path.basename(import_path(directory))


def _go_file(path: str, source: Source) -> str:
    name = package_name(path)
    lines = [f"//go:build {source.constraint}\n"] if source.constraint else []
    lines += [f"// Remark {source.comment}.\n", f"package {name}\n"]
    lines += [f'import {"_ " if one in STD else ""}"{one}"\n' for one in source.imports]
    lines += [BROKEN[source.broken]] if source.broken else []
    lines += ["var total int\n"] if source.base else []
    values = [str(source.number), *(f"{os.path.basename(one)}.Value()" for one in source.imports if one not in STD)]
    lines += [f"func init() {{ total += {' + '.join(values)} }}\n"]
    if source.base and name == "main":
        lines += ['var version = "none"\n', "func main() { println(version, total) }\n"]
    elif source.base:
        lines += ["// Value returns the total.\nfunc Value() int { return total }\n"]
    return "\n".join(lines)


def _special_files(path: str, package: Package) -> Iterator[tuple[str, str]]:
    name = package_name(path)
    if package.kind in CGO:
        yield "c_code.go", f"package {name}\n\n{CGO[package.kind] % package.flag}"
    elif package.kind == "embed":
        yield "embed.go", EMBED % (name, package.pattern)
    elif package.kind == "assembly":
        yield "words.go", f"package {name}\n\nvar word uint64\n\nfunc init() {{ total += int(word) }}\n"
        yield "words.s", ASSEMBLY


def _other_file(path: str, value: int) -> bytes:
    base, suffix = os.path.basename(path), os.path.splitext(path)[1]
    if suffix == ".a":
        return _archive(value)
    symbol = base.split(".")[0].upper()
    if path.endswith("words.h"):
        text = f"#define NUMBER {value}\n"
    elif suffix == ".h":
        body = f"#define {symbol} {value}\n" if value else "#error broken\n"
        text = f"#ifndef {symbol}\n{body}{INCLUDES.get(base, '')}#endif\n"
    elif suffix == ".c":
        uses = "DEEP + LOCAL + SHARED + DEFINED + " if base == "native.c" else ""
        text = f"{INCLUDES.get(base, '')}int {symbol.lower()}(void) {{ return {uses}{value}; }}\n"
    else:
        text = f"{value}\n"
    return text.encode()


@functools.cache
def _archive(value: int) -> bytes:
    """Return a static library, the same bytes each time."""
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "archived.c"), "w", encoding="utf-8") as stream:
            stream.write(f"int archived(void) {{ return {value}; }}\n")
        for argv in (["gcc", "-c", "-O2", "archived.c"], ["ar", "rcsD", "lib.a", "archived.o"]):
            subprocess.run(argv, cwd=folder, check=True)
        with open(os.path.join(folder, "lib.a"), "rb") as archive:
            return archive.read()


def _module_files(module: Module) -> Iterator[tuple[str, str]]:
    needs = f"require {REPLACED} v0.0.0\n\nreplace {REPLACED} => ./{module.dep}\n"
    yield "go.mod", f"module {MODULE}\n\n// Remark {module.remark}.\ngo {module.go}\n\n{needs}"
    yield "svc/go.mod", f"module {SERVICE}\n\ngo 1.22\n"
    for copy in DEP_COPIES:
        yield f"{copy}/go.mod", f"module {REPLACED}\n\ngo 1.20\n"
    if module.workspace:
        yield "go.work", "go 1.22\n\nuse (\n\t.\n\t./svc\n)\n"
    yield "settings.json", json.dumps(module.settings, indent=1) + "\n"
