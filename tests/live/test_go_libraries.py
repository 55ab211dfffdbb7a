"""GoStaticLibrary and GoSharedLibrary: Go that C links or loads (C11), with what gcc, readelf, nm and running it say."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from harness import HELLO, LOOKUP, Outcome, Project, elf_type, interpreter, is_static, needed, readelf

pytestmark = pytest.mark.live

API = """\
package main

// #include <stdint.h>
import "C"
import "example.org/m/sum"

//export ApiAdd
func ApiAdd(a, b C.int32_t) C.int32_t { return C.int32_t(sum.Of(int(a), int(b))) }

//export ApiName
func ApiName() *C.char { return C.CString("go") }

func main() {}
"""
SUM = "package sum\n\nfunc Of(a, b int) int { return a + b }\n"
SERVER = """\
#include <stdio.h>
#include "libapi.h"
int main(void) { printf("%d %s\\n", (int)ApiAdd(40, 2), ApiName()); return 0; }
"""
TOOLS = '"default", '
FOREIGN = "riscv64" if os.uname().machine == "aarch64" else "arm64"
CROSS = {"arm64": "aarch64-linux-gnu", "riscv64": "riscv64-linux-gnu"}[FOREIGN]
EMULATOR = {"arm64": "qemu-aarch64-static", "riscv64": "qemu-riscv64-static"}[FOREIGN]
MACHINE = {"arm64": "AArch64", "riscv64": "RISC-V"}[FOREIGN]


@pytest.fixture
def api(project: Project) -> Project:
    project.module({"go/api/api.go": API, "sum/sum.go": SUM, "server.c": SERVER})
    return project


def build(project: Project, body: str, *arguments: str, status: int = 0) -> Outcome:
    project.sconstruct(body, tools=TOOLS)
    return project.scons(*arguments, status=status)


def compiled(outcome: Outcome) -> list[str]:
    """Return the objects that the C compiler made."""
    return re.findall(r"-o (\S+\.o) -c", outcome.stdout)


def linked(outcome: Outcome) -> list[str]:
    """Return the programs that the C compiler linked."""
    return [name for name in re.findall(r"^gcc -o (\S+)", outcome.stdout, re.MULTILINE) if not name.endswith(".o")]


def run(project: Project, name: str, *before: str) -> str:
    return project.run(*before, str(project / name), check=True).stdout


def defined(path: Path, *flags: str) -> set[str]:
    """Return the names that nm calls defined functions."""
    argv = ["nm", *flags, "--defined-only", str(path)]
    listing = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    return {line.split()[-1] for line in listing.splitlines() if " T " in line}


ARCHIVE = """\
api = env.GoStaticLibrary("api", "go/api")
print("NODES", [str(node) for node in api])
env.Program("server", ["server.c", api[0]])
env.Program("other", "server.o", LIBS=[api[0]])
env.Program("all", ["server.o", api])
static = env.Program("static", "server.o", LIBS=["api"], LIBPATH=["."], LINKFLAGS=["-static"])
env.GoVerify(static, linkage="static")
env.SharedLibrary("plugin", ["plugin.c", api[0]])
"""
PLUGIN = '#include "libapi.h"\nint twice(int x) { return ApiAdd(x, x); }\n'


@pytest.mark.parametrize("late", [0, 1], ids=["before", "after"])
def test_a_linker_that_is_loaded_later(api: Project, late: int) -> None:
    """SCons's linkers set anew what the tool had added to."""
    header = "// #cgo LDFLAGS: -lm\n// #include <math.h>\n// #include <stdint.h>\n"
    root = "func ApiAdd(a, b C.int32_t) C.int32_t { return C.int32_t(C.cbrt(C.double(a))) + "
    api.write(
        {
            "go/api/api.go": API.replace("// #include <stdint.h>\n", header).replace(
                "func ApiAdd(a, b C.int32_t) C.int32_t { return ", root
            ),
            "plugin.c": PLUGIN,
        }
    )
    calls = ["env.Tool('default')", "api = env.GoStaticLibrary('api', 'go/api')"]
    body = "\n".join([calls[late], calls[1 - late], "env.Program('server', ['server.c', api[0]])"])
    if not late:
        body += "\nenv.SharedLibrary('plugin', ['plugin.c', api[0]])"
    api.sconstruct(body)
    done = api.scons()
    assert run(api, "server") == "45 go\n"
    assert late or re.search(r"libplugin\.so .*libapi\.a.* -lm", done.stdout)


def test_c_over_an_archive(api: Project) -> None:
    """As a source, in LIBS, by name, linked statically, in a C library; what changes is rebuilt, and nothing else."""
    api.write({"plugin.c": PLUGIN})
    outcome = build(api, ARCHIVE, "-j2")
    assert "NODES ['libapi.a', 'libapi.h']" in outcome.stdout
    assert "libapi.a: archive: ar archive, has the Go member go.o, exports ApiAdd, ApiName\n" in outcome.stdout
    for name in ("server", "other", "all", "static"):
        assert run(api, name) == "42 go\n"
    assert is_static(api / "static")
    assert "\nstatic: static-libc (glibc" in outcome.stdout
    assert interpreter(api / "server")
    assert {"ApiAdd", "ApiName"} <= defined(api / "libapi.a")
    assert elf_type(api / "libplugin.so") == "DYN"
    api.up_to_date()

    header = (api / "libapi.h").stat()
    api.write({"sum/sum.go": SUM.replace("a + b", "a + b + 1")})
    outcome = api.scons("--debug=explain")
    assert "rebuilding `libapi.a' because `sum/sum.go' changed" in outcome.stdout
    assert not compiled(outcome)
    assert sorted(linked(outcome)) == ["all", "libplugin.so", "other", "server", "static"]
    assert run(api, "server") == "43 go\n"
    assert (api / "libapi.h").stat().st_mtime_ns == header.st_mtime_ns, "a header of the same content stays as it is"
    api.up_to_date()

    api.write({"go/api/api.go": API.replace("a, b C.int32_t", "a, b C.int64_t")})
    outcome = api.scons()
    assert compiled(outcome) == ["server.o"]
    assert "plugin.os -c" in outcome.stdout
    api.up_to_date()

    (api / "libapi.h").write_text("#error not what was built\n")
    outcome = api.scons("libapi.a", "--debug=explain")
    assert "rebuilding `libapi.a' because `libapi.h' is not what was built there, or" in outcome.stdout
    assert len(outcome.built) == 1
    assert "#error" not in (api / "libapi.h").read_text()
    (api / "libapi.h").unlink()
    assert "because `libapi.h' doesn't exist\n" in api.scons("-n", "libapi.a", "--debug=explain").stdout
    assert len(api.scons("server").built) == 1
    api.up_to_date()

    api.scons("-c")
    assert not [*api.path.glob("libapi.*"), *api.path.glob("server*.o"), *api.path.glob("*.rejected")]


def test_a_failure_leaves_the_header_that_another_process_has_placed(api: Project) -> None:
    """Its library is still to come."""
    api.sconstruct("env.GoStaticLibrary('api', 'go/api', GOCOM='echo other > libapi.h; false')")
    api.scons(status=2)
    assert (api / "libapi.h").read_text() == "other\n"
    api.sconstruct("env.GoStaticLibrary('api', 'go/api', GOCOM='false')")
    api.scons(status=2)
    assert not (api / "libapi.h").exists(), "nobody has written it meanwhile"


def test_shared_library_and_its_versions(api: Project) -> None:
    """The names are those of SCons's own SharedLibrary, and what is linked with one asks for its SONAME."""
    api.write({"plain.c": "int plain(void) { return 0; }\n"})
    body = (
        'lib = env.GoSharedLibrary("build/api", "go/api", SHLIBVERSION="1.2.3")\n'
        'env.SharedLibrary("build/plain", "plain.c", SHLIBVERSION="1.2.3")\n'
        'env.Program("build/server", ["server.c", lib[0]], CPPPATH=["build"], RPATH=[Literal("\\\\$$ORIGIN")])\n'
        'env.Program("build/named", "server.o", LIBS=["api"], LIBPATH=["build"], RPATH=[Literal("\\\\$$ORIGIN")])\n'
        'env.InstallVersionedLib("inst", lib[0])\n'
        'servers = env.GoVerify(["build/server", "build/named"], linkage="dynamic", GOVERIFYRUNPATH="error")\n'
        'env.GoLinkageReport("report.json", servers)\n'
    )
    outcome = build(api, body)
    build_folder = api / "build"
    links = {link.name: os.readlink(link) for link in build_folder.iterdir() if link.is_symlink()}
    ours = {name: target for name, target in links.items() if "api" in name}
    assert ours == {"libapi.so": "libapi.so.1.2.3", "libapi.so.1": "libapi.so.1.2.3"}
    assert ours == {
        name.replace("plain", "api"): to.replace("plain", "api") for name, to in links.items() if "plain" in name
    }
    library = build_folder / "libapi.so.1.2.3"
    assert "SONAME libapi.so.1, exports ApiAdd, ApiName\n" in outcome.stdout
    dynamic = readelf(library, "-d")
    assert "Library soname: [libapi.so.1]" in dynamic
    assert "NODELETE" in dynamic
    assert "TEXTREL" not in dynamic
    assert {"ApiAdd", "ApiName"} <= defined(library, "-D")
    for name in ("build/server", "build/named"):
        assert needed(api / name)[0] == "libapi.so.1"
        assert run(api, name) == "42 go\n"
    assert [one["findings"] for one in json.loads((api / "report.json").read_text())["programs"]] == [[], []]
    assert sorted(file.name for file in (api / "inst").iterdir()) == ["libapi.so", "libapi.so.1", "libapi.so.1.2.3"]
    api.up_to_date()

    api.write({"sum/sum.go": SUM.replace("a + b", "b + a + 1")})
    assert not compiled(api.scons())
    assert run(api, "build/server") == "43 go\n"
    (build_folder / "libapi.so.1").unlink()
    outcome = api.scons("build")
    assert not outcome.built, "the library itself is as it was proved"
    assert run(api, "build/server") == "43 go\n"
    api.scons("-c")
    assert not [*build_folder.glob("libapi*"), *(api / "inst").iterdir()]

    build(
        api,
        'lib = env.GoSharedLibrary("build/api", "go/api")\nenv.Program("build/server", ["server.c", lib[0]], CPPPATH=["build"])',
    )
    assert "Library soname: [libapi.so]" in readelf(build_folder / "libapi.so", "-d")
    assert needed(build_folder / "server")[0] == "libapi.so", "not the path it was linked by"


def test_flags_that_an_archive_asks_for(api: Project) -> None:
    """What its packages link is linked with it, from the system and from SCons, and linked again when it changes.

    That it is itself in the LIBS of the environment that declares it does it no harm.
    """
    body = (
        'native = env.StaticLibrary("native/native", "native/native.c")\n'
        'lib = env.GoStaticLibrary("build/api", "go/api", LIBS=["m"])\n'
        "env.Append(LIBS=[lib[0]])\n"
        'server = env.Program("build/server", "server.c", CPPPATH=["build"])\n'
        'env.GoVerify(server, linkage="dynamic")\n'
    )
    native = "int native(void) { return 1; }\n"
    text = API.replace(
        "stdint.h>\n",
        "stdint.h>\n// #include <math.h>\n// #cgo LDFLAGS: -L${SRCDIR}/../../native -lnative\n// int native(void);\n",
    )
    text = text.replace("sum.Of(int(a), int(b))", "sum.Of(int(a), int(b)) + int(C.native()) + int(C.cbrt(C.double(a)))")
    api.write({"go/api/api.go": text, "native/native.c": native})
    outcome = build(api, body)
    link = next(line for line in outcome.stdout.splitlines() if line.startswith("gcc -o build/server "))
    assert link.endswith("build/libapi.a -Lnative -lnative -lm -lpthread")
    assert run(api, "build/server") == "46 go\n"
    api.up_to_date()
    api.write({"native/native.c": native.replace("1", "2")})
    assert linked(api.scons()) == ["build/server"]
    assert run(api, "build/server") == "47 go\n"
    api.up_to_date()


def test_shared_library_that_an_archive_asks_for(api: Project) -> None:
    """It is loaded by its name, wherever it was at the link: another checkout may take the program from a CacheDir."""
    text = API.replace("stdint.h>\n", "stdint.h>\n// int native(void);\n")
    text = text.replace("sum.Of(int(a), int(b))", "sum.Of(int(a), int(b)) + int(C.native())")
    api.write({"go/api/api.go": text, "native/native.c": "int native(void) { return 1; }\n"})
    build(
        api,
        'native = env.SharedLibrary("build/lib/native", "native/native.c")\n'
        'lib = env.GoStaticLibrary("build/api", "go/api", LIBS=[native])\n'
        'path = dict(CPPPATH=["build"], RPATH=[Literal("\\\\$$ORIGIN/lib")])\n'
        'env.GoVerify(env.Program("build/server", ["server.c", lib[0]], **path), linkage="dynamic", '
        'GOVERIFYLIBS=["libnative.so"])\n',
    )
    assert needed(api / "build/server") == ["libnative.so", "libc.so.6"]
    (api / "build").rename(api / "moved")
    assert run(api, "moved/server") == "43 go\n"


def test_for_another_processor(api: Project) -> None:
    """Both kinds, built and linked by a cross gcc, and run under qemu."""
    body = (
        f'cross = env.Clone(CC="{CROSS}-gcc", CPPPATH=["build/linux-{FOREIGN}"])\n'
        f'lib = cross.GoStaticLibrary("build/$GOPLATFORM/api", "go/api", platform="linux/{FOREIGN}", linkage="static-libc")\n'
        'server = cross.Program("build/server", ["server.c", lib[0]])\n'
        'static = cross.Program("build/static", "server.o", LIBS=[lib[0]], LINKFLAGS=["-static"])\n'
        'cross.GoVerify(static, linkage="static-libc", GOSMOKE=[])\n'
        f'shared = cross.GoSharedLibrary("build/$GOPLATFORM/so/api", "go/api", platform="linux/{FOREIGN}")\n'
        'cross.Program("build/loads", ["server.o", shared[0]], RPATH=[Literal(f"\\\\$$ORIGIN/linux-'
        + FOREIGN
        + '/so")])\n'
    )
    outcome = build(api, body)
    folder = api / f"build/linux-{FOREIGN}"
    assert MACHINE in readelf(folder / "libapi.a", "-h")
    assert MACHINE in readelf(folder / "so/libapi.so", "-h")
    assert "\nbuild/static: static-libc (glibc" in outcome.stdout
    assert is_static(api / "build/static")
    for name in ("build/server", "build/loads"):
        assert run(api, name, EMULATOR, "-L", f"/usr/{CROSS}") == "42 go\n"
    assert run(api, "build/static", EMULATOR) == "42 go\n"
    api.up_to_date()
    # The alias of one for another platform only.
    assert "is up to date" in api.scons(f"api-static-libc-linux-{FOREIGN}").stdout


def test_libs_takes_what_was_returned(api: Project) -> None:
    """The list as it is, with the header in it, in a call and in an environment; a shared library as well."""
    outcome = build(
        api,
        'lib = env.GoStaticLibrary("build/api", "go/api")\n'
        'so = env.GoSharedLibrary("build/so/api", "go/api")\n'
        'one = env.Program("one", "server.c", LIBS=lib, CPPPATH=["build"])\n'
        'two = env.Clone(RPATH=[Literal("\\\\$$ORIGIN/build/so")], OBJPREFIX="so-")\n'
        "two.Append(LIBS=[so])\n"
        'two.Program("two", "server.c", CPPPATH=["build/so"])\n',
    )
    assert run(api, "one") == run(api, "two") == "42 go\n"
    assert not [line for line in outcome.stdout.splitlines() if line.startswith("gcc -o") and "api.h" in line]
    api.up_to_date()
    refused = build(
        api,
        'lib = env.GoStaticLibrary("build/api", "go/api")\nenv.GoSharedLibrary("b", "go/api", LIBS=lib)',
        status=2,
    ).stderr
    assert "found:  build/libapi.a, made of Go, with a Go runtime of its own" in refused


def test_flags_of_the_shell_are_carried(api: Project) -> None:
    """As cgo gets $CGO_LDFLAGS of env['ENV'], so does the link of what the archive is for."""
    body = 'env["ENV"]["CGO_LDFLAGS"] = "-lm"\nlib = env.GoStaticLibrary("build/api", "go/api")\n'
    outcome = build(api, f'{body}env.Program("build/server", ["server.c", lib[0]], CPPPATH=["build"])')
    link = next(line for line in outcome.stdout.splitlines() if line.startswith("gcc -o build/server "))
    assert " -lm" in link.partition("build/libapi.a")[2]


def test_archive_linked_with_another_libc(api: Project) -> None:
    """C24: musl-gcc links it, and the program crashes before main."""
    body = (
        'lib = env.GoStaticLibrary("build/api", "go/api")\n'
        'server = env.Program("build/server", ["server.c", lib[0]], CPPPATH=["build"], CC="musl-gcc", '
        'LINKFLAGS=["-static"])\nenv.GoVerify(server, linkage="static", GOVERIFYNSS="ok")'
    )
    refused = build(api, body, status=2).stderr
    assert "found:  musl, and a Go archive" in refused
    assert not (api / "build/server").exists()


def test_compiled_for_another_libc(api: Project) -> None:
    """C24: a library has the libc of the C code that it is for, which CC compiles; no fix leads to musl, nor to zig."""
    for call in ('GoStaticLibrary("api", "go/api", linkage="static-libc")', 'GoSharedLibrary("api", "go/api")'):
        refused = build(api, f'env["CC"] = "musl-gcc"\nenv.{call}', status=2).stderr
        assert "wanted: the same C library in a c-" in refused
        assert "found:  CC: musl-gcc (" in refused
        assert "fix:    a CC for glibc, such as gcc, for both; or GOCC" in refused
        assert "GOLIBC" not in refused
        assert not [*api.path.glob("libapi.*")]
    refused = build(api, 'env.GoStaticLibrary("api", "go/api", GOCTOOLCHAIN="musl-gcc")', status=2).stderr
    assert "GOLIBC" not in refused
    build(api, 'env["CC"] = "musl-gcc"\nenv.GoSharedLibrary("api", "go/api", GOCC="gcc")')


def test_what_is_no_library(api: Project) -> None:
    """Told in one message, before it is compiled where that can be, and what stood before is gone."""
    build(api, 'env.GoStaticLibrary("build/api", "go/api")')
    without_main = API.replace("func main() {}", "/*\nfunc main() {}\n*/")
    for text, *expected in (
        (API.replace("return C.int32_t(", "return missing("), "undefined: missing", "Error 1"),
        (API.replace("//export", "// export"), "wanted: a function that C can call", 'fix:    import "C", and a line'),
        (without_main, "wanted: a function main", "fix:    add: func main() {}"),
        (API.replace("package main", "package api"), "wanted: a package main", "found:  package api"),
    ):
        api.write({"go/api/api.go": text})
        outcome = api.scons(status=2)
        for line in expected:
            assert line in outcome.stderr
        assert not [*(api / "build").glob("*")]
    api.write({"go/api/api.go": API})
    assert len(api.scons().built) == 1


def test_rejected_library_leaves_neither_file(api: Project) -> None:
    """An export that is hidden: the sources say what there must be."""
    api.write({"hide.map": "{ global: ApiAdd; local: *; };\n"})
    body = 'env.GoSharedLibrary("build/api", "go/api", GOLDFLAGS=[{!r}])'
    good, hidden = (body.format(f"-extldflags={flag}") for flag in ("-g", f"-Wl,--version-script={api / 'hide.map'}"))
    build(api, good)
    outcome = build(api, hidden, status=2)
    assert "wanted: every //export function: 2\n  found:  ApiName cannot be linked against" in outcome.stderr
    assert sorted(file.name for file in (api / "build").iterdir()) == ["libapi.so.rejected"]
    assert "ApiName" not in defined(api / "build/libapi.so.rejected", "-D")
    build(api, good)
    assert sorted(file.name for file in (api / "build").iterdir()) == ["libapi.h", "libapi.so"]


def test_cache_dir_gives_both_files_and_the_links(api: Project) -> None:
    body = (
        f"CacheDir({str(api.path.parent / 'cache')!r})\n"
        'lib = env.GoSharedLibrary("build/api", "go/api", SHLIBVERSION="2.1")\n'
        'env.Program("build/server", ["server.c", lib[0]], CPPPATH=["build"], RPATH=[Literal("\\\\$$ORIGIN")])\n'
    )
    build(api, body)
    api.scons("-c")
    outcome = api.scons()
    assert not outcome.built
    assert outcome.stdout.count("Retrieved `build/libapi.") == 2
    assert run(api, "build/server") == "42 go\n"
    api.up_to_date()
    api.write({"sum/sum.go": SUM.replace("a + b", "a - b")})
    assert len(api.scons().built) == 1
    assert run(api, "build/server") == "38 go\n"


def test_name_service_in_a_static_program_is_told_of(project: Project) -> None:
    """C8: an archive for a static program says what its linker will warn of; where it is an error it is refused."""
    text = (
        LOOKUP.replace("import (", 'import "C"\n\nimport (').replace("func main() {", "//export Look\nfunc Look() {")
        + "\nfunc main() {}\n"
    )
    project.module({"api/api.go": text})
    outcome = build(
        project,
        'lib = env.GoStaticLibrary("build/api", "api", linkage="static-libc")\nenv.GoLinkageReport("build/r.json", lib)',
    )
    assert (
        "golang: warning: build/libapi.a\n  wanted: a static program that loads nothing at run time" in outcome.stderr
    )
    assert re.search(r"build/libapi\.a +static-libc \(glibc\) +archive ", outcome.stdout)
    outcome = build(
        project, 'env.GoStaticLibrary("build/api", "api", linkage="static-libc", GOVERIFYNSS="error")', status=2
    )
    assert "through glibc" in outcome.stderr
    outcome = build(project, 'env.GoStaticLibrary("build/api", "api", linkage="static-libc", GORESOLVER="go")')
    assert "warning" not in outcome.stderr


def test_declarations(api: Project) -> None:
    """Names, aliases, what is refused when the SConstruct is read; one header for two libraries is."""
    api.write({"go/app/main.go": HELLO})
    body = (
        'a = env.GoStaticLibrary("build/$GOLINKAGE/api", "go/api", linkage=["dynamic", "static-libc", "static-pie"])\n'
        'b = env.GoSharedLibrary(None, "go/api", GOTARGETDIR="out", SHLIBPREFIX="")\n'
        'c = env.GoSharedLibrary("out/libxyz.so", "go/api", SHLIBVERSION="3.1", SONAME="xyz.so")\n'
        'd = env.GoStaticLibrary(File("out/w/api"), Dir("go/api"), platform="windows/amd64")\n'
        'print("NODES", [str(node) for node in a + b + c + d])\n'
    )
    outcome = build(api, body, "-n", "api-static-libc", "api-dynamic", "xyz")
    assert (
        "NODES ['build/dynamic/libapi.a', 'build/dynamic/libapi.h', 'build/static-libc/libapi.a', "
        "'build/static-libc/libapi.h', 'build/static-pie/libapi.a', 'build/static-pie/libapi.h', "
        "'out/api.so', 'out/api.h', 'out/libxyz.so.3.1', 'out/libxyz.h', 'out/w/libapi.a', 'out/w/libapi.h']"
    ) in outcome.stdout
    assert sorted(outcome.built) == [
        "dynamic/libapi.a",
        "out/api.so",
        "out/libxyz.so.3.1",
        "static-libc/libapi.a",
        "w/libapi.a",
    ]
    for call, expected in {
        'env.GoStaticLibrary("api", "go/api", linkage="static")': "fix:    linkage='static-libc' (for a static C program)",
        'env.GoSharedLibrary("api", "go/api", linkage="static")': "why:    C calls Go through cgo",
        'env.GoSharedLibrary("api", "go/api", linkage="static-libc")': "fix:    linkage='dynamic'; or GoStaticLibrary",
        'env.GoStaticLibrary("api", "go/api", GOLIBC="musl")': "crashes before main (golang/go#13492, golang/go#54805)",
        'env.GoStaticLibrary("api", "go/api", GOBUILDFLAGS=["-buildmode=pie"])': "found:  -buildmode=pie (GOBUILDFLAGS)",
        'env.GoStaticLibrary("api", "go/api"); env.GoSharedLibrary("api", "go/api")': "libapi.h is declared twice",
        'a = env.GoStaticLibrary("a", "go/api"); b = env.GoStaticLibrary("b", "go/api"); '
        'env.Program("p", ["server.c", a], LIBS=[b[0]])': "p is linked with 2 Go archives",
        'env.GoSharedLibrary("api", "go/api", SONAME="a", SOVERSION="1")': "wanted: one of $SONAME and $SOVERSION",
        'env.GoStaticLibrary("api", "go/none")': "GoStaticLibrary\n  wanted: the directory of a main package",
        'env.GoStaticLibrary("api", "go/api", lnkage="dynamic")': "fix:    linkage=",
    }.items():
        outcome = build(api, call, status=2)
        assert expected in outcome.stderr
        assert '/SConstruct", line 3, in <module>' in outcome.stderr
