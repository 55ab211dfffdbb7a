"""Go over the C of the same SConstruct: LIBS, CPPPATH and the like reach cgo, and nothing else of an environment does."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

from harness import Project, is_static, needed, readelf

pytestmark = pytest.mark.live

TOOL = """\
package main

// #include "core.h"
import "C"
import "example.org/m/pkg/deep"

func main() { println("core", C.core(), "inline", C.inlined(), "limit", C.LIMIT, "deep", deep.Deep()) }
"""

DEEP = """\
package deep

// #include "core.h"
// int deep(void);
import "C"

// Deep returns what a C file of the package says.
func Deep() int { return int(C.deep()) }
"""

HOSTS = """\
package main

import "os/user"

func main() {
	me, _ := user.Current()
	println(me.Uid)
}
"""

FILES = {
    "go/go.mod": "module example.org/m\n\ngo 1.21\n",
    "go/cmd/tool/main.go": TOOL,
    "go/cmd/hosts/main.go": HOSTS,
    "go/cmd/pure/main.go": "package main\n\nfunc main() {}\n",
    "go/pkg/deep/deep.go": DEEP,
    "go/pkg/deep/deep.c": '#include "core.h"\nint deep(void) { int unused; return core() + LIMIT; }\n',
    "include/core.h": "int core(void);\nstatic inline int inlined(void) { return 5; }\n",
    "src/core.c": '#include "core.h"\nint base(void);\nint core(void) { return 40 + base(); }\n',
    "base/base.c": "int base(void) { return 2; }\n",
}

SCONSTRUCT = """
env.Replace(CPPPATH=["#include"], CCFLAGS=["-Wall", "-Werror"], LIBS=["m"])
env.Append(CPPDEFINES=[("LIMIT", ARGUMENTS.get("LIMIT", 7)), ("NAME", '\\\\"a-b@c\\\\"')])
VariantDir("build/c", ".", duplicate=0)
base = env.StaticLibrary("build/lib/base", "build/c/base/base.c")
core = env.StaticLibrary("build/lib/core", "build/c/src/core.c", LIBS=[base])
env.GoProgram("build/$GOLINKAGE/tool", "go/cmd/tool", linkage=["dynamic", "static-libc"], LIBS=[core])
env.GoProgram("build/$GOLINKAGE/hosts", "go/cmd/hosts", linkage="dynamic")
env.GoProgram("build/$GOLINKAGE/pure", "go/cmd/pure", linkage=["dynamic", "static"])
"""

TOOLS = ["dynamic/tool", "static-libc/tool"]


def said(project: Project, binary: str = "build/dynamic/tool") -> str:
    return project.run(str(project / binary), check=True).stderr


@pytest.fixture(scope="module")
def over_c(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("over") / "c")
    project.write(FILES)
    project.sconstruct(SCONSTRUCT, tools='"default", ')
    made = project.rebuilt()
    assert made == ["dynamic/hosts", "dynamic/pure", "dynamic/tool", "static-libc/tool", "static/pure"]
    return project


def test_a_library_of_the_same_build_is_linked(over_c: Project) -> None:
    """LIBS= names the node alone; what that archive needs was said where it was declared."""
    for binary in TOOLS:
        assert said(over_c, f"build/{binary}") == "core 42 inline 5 limit 7 deep 49\n"
    assert needed(over_c / "build/dynamic/tool") == ["libc.so.6"]
    assert is_static(over_c / "build/static-libc/tool")


def test_exactly_what_uses_c_is_built_again(over_c: Project) -> None:
    """Headers, sources of the library and settings; a program without cgo of its own has nothing of them."""
    for name, old, new, printed in (
        ("include/core.h", "return 5", "return 6", "core 42 inline 6 limit 7 deep 49\n"),
        ("base/base.c", "2", "13", "core 53 inline 6 limit 7 deep 60\n"),
    ):
        over_c.write({name: (over_c / name).read_text().replace(old, new)})
        assert over_c.rebuilt() == TOOLS
        for binary in TOOLS:
            assert said(over_c, f"build/{binary}") == printed

    assert over_c.rebuilt("LIMIT=8") == TOOLS
    assert said(over_c) == "core 53 inline 6 limit 8 deep 61\n"
    explained = over_c.scons("--debug=explain", "-n")
    assert explained.text.count("C settings (LIBS, CPPPATH and the like) of example.org/m/cmd/tool changed") == 2


def test_go_compiles_only_the_packages_concerned(over_c: Project) -> None:
    """Neither runtime/cgo nor any package without cgo is another one for each set of C flags."""
    over_c.sconstruct(f"env['GOBUILDFLAGS'] = '-x'\n{SCONSTRUCT}", tools='"default", ')
    # A number that no build cache has seen.
    outcome = over_c.scons(f"LIMIT={time.time_ns() % 2**31}", "build/dynamic/tool")
    assert "-importpath example.org/m/pkg/deep" in outcome.text
    assert "-importpath runtime/cgo" not in outcome.text
    over_c.sconstruct(SCONSTRUCT, tools='"default", ')


def test_a_checkout_elsewhere_has_the_same_bytes(over_c: Project, tmp_path: Path) -> None:
    """Also from an empty build cache, and through CacheDir: no path is in a signature, a key of Go's cache or a binary."""
    over_c.sconstruct(f'CacheDir("{tmp_path / "cache"}")\n{SCONSTRUCT}', tools='"default", ')
    (over_c / "build/dynamic/tool").unlink()
    over_c.scons("--cache-force")
    copy = over_c.copy(tmp_path / "elsewhere" / "deeper", built=False)
    outcome = copy.scons("build/dynamic/tool")
    assert "Retrieved `build/dynamic/tool' from cache" in outcome.text

    shutil.rmtree(tmp_path / "cache")
    fresh = over_c.copy(tmp_path / "fresh", built=False)
    fresh.scons("build/dynamic/tool", environ={"GOCACHE": str(tmp_path / "gocache")})
    assert (fresh / "build/dynamic/tool").read_bytes() == (over_c / "build/dynamic/tool").read_bytes()
    assert str(over_c.path) not in readelf(over_c / "build/dynamic/tool", "--debug-dump=line")


NAMED = """\
package main

// #cgo LDFLAGS: -lcore
// #include "core.h"
// #include "generated.h"
import "C"

func main() { println("core", C.core(), "generated", C.GENERATED) }
"""

SCONSCRIPT = """
Import("env")
env.Append(CPPPATH=["include"], LIBPATH=["lib"])
env.StaticLibrary("lib/core", "src/core.c")
env.Command("include/generated.h", "generated.txt", Copy("$TARGET", "$SOURCE"))
env.GoProgram("bin/$GOLINKAGE/tool", "go/cmd/tool", linkage=["dynamic", "static-libc"], LIBS=["core", "m"])
"""


def test_names_and_relative_paths_in_a_variant_dir(project: Project) -> None:
    """As SCons's own Program takes them: from the SConscript, from the variant as from the source folder."""
    project.write(
        {
            "part/SConscript": SCONSCRIPT,
            "part/go/go.mod": "module example.org/m\n\ngo 1.21\n",
            "part/go/cmd/tool/main.go": NAMED,
            "part/include/core.h": "int core(void);\n",
            "part/src/core.c": '#include "core.h"\nint core(void) { return 1; }\n',
            "part/generated.txt": "#define GENERATED 1\n",
        }
    )
    call = """
SConscript("part/SConscript", variant_dir="build/links", duplicate=0, exports={"env": env.Clone()})
SConscript("part/SConscript", variant_dir="build/copies", duplicate=1, exports={"env": env.Clone()})
"""
    project.sconstruct(call, tools='"default", ')
    assert project.rebuilt() == sorted(TOOLS * 2)
    for name, old, new, printed in (
        ("part/src/core.c", "1", "2", "core 2 generated 1\n"),
        ("part/generated.txt", "1", "2", "core 2 generated 2\n"),
    ):
        project.write({name: (project / name).read_text().replace(old, new)})
        assert project.rebuilt() == sorted(TOOLS * 2)
        assert said(project, "build/links/bin/dynamic/tool") == printed
        assert said(project, "build/copies/bin/static-libc/tool") == printed


def test_a_library_that_appears_beside_the_one_of_the_build_changes_nothing(project: Project) -> None:
    """C26: what SCons makes is linked as the file that it is, also where LIBS has its name only, and into a library."""
    tool = NAMED.replace("#cgo LDFLAGS: -lcore", "")
    project.module({"cmd/tool/main.go": tool, "api/api.go": API, **CORE})
    project.sconstruct(
        """
env.Replace(CPPPATH="include", LIBPATH="#build/lib")
env.StaticLibrary("build/lib/core", env.Object("build/core", "src/core.c"))
env.GoProgram("build/bin/tool", "cmd/tool", LIBS="core")
env.GoSharedLibrary("build/bin/api", "api", LIBS="core")
""",
        tools='"default", ',
    )
    made = ["bin/libapi.so", "bin/tool"]
    assert project.rebuilt() == made
    (project / "build/lib/libcore.so").write_text("no library at all")
    project.up_to_date()
    project.write({"src/core.c": "int core(void) { return 2; }\n"})
    assert project.rebuilt() == made
    assert said(project, "build/bin/tool") == "core 2 generated 0\n"
    assert [needed(project / "build" / name) for name in made] == [["libc.so.6"]] * 2


API = """\
package main

// #include "core.h"
import "C"

//export Api
func Api() C.int { return C.core() }

func main() {}
"""

CORE = {
    "include/core.h": "int core(void);\n",
    "include/generated.h": "#define GENERATED 0\n",
    "src/core.c": "int core(void) { return 1; }\n",
}


def test_shared_library_with_a_run_path(project: Project) -> None:
    """RPATH as SCons's own Program takes it; the library is needed by its name, not by the path of this build."""
    project.module({"cmd/tool/main.go": NAMED.replace("#cgo LDFLAGS: -lcore", ""), **CORE})
    project.sconstruct(
        """
core = env.SharedLibrary("build/lib/core", env.SharedObject("build/core", "src/core.c"))
paths = [Literal("\\\\$$ORIGIN/../lib"), Literal("\\\\$$ORIGIN/a b"), env.Dir("#more")]
env.GoProgram("build/bin/tool", "cmd/tool", CPPPATH=["#include"], LIBS=[core], RPATH=paths)
""",
        tools='"default", ',
    )
    assert project.rebuilt() == ["bin/tool"]
    assert needed(project / "build/bin/tool") == ["libcore.so", "libc.so.6"]
    assert f"[$ORIGIN/../lib:$ORIGIN/a b:{project / 'more'}]" in readelf(project / "build/bin/tool", "-d")
    assert said(project, "build/bin/tool") == "core 1 generated 0\n"
    project.write({"src/core.c": "int core(void) { return 2; }\n"})
    assert "libcore.so" not in project.scons().stderr
    assert said(project, "build/bin/tool") == "core 2 generated 0\n"
    project.up_to_date()


def test_a_shared_library_with_another_name_than_its_file(project: Project) -> None:
    """DT_SONAME is what programs are linked to load, in Go and in C beside it."""
    main = '#include "core.h"\n#include <stdio.h>\nint main(void) { return printf("%d\\n", core()) < 0; }\n'
    project.module({"cmd/tool/main.go": NAMED.replace("#cgo LDFLAGS: -lcore", ""), **CORE, "src/main.c": main})
    project.sconstruct(
        """
env.Replace(CPPPATH=["#include"], RPATH=[Literal("\\$$ORIGIN/../lib")])
core = env.SharedLibrary("build/lib/core", env.SharedObject("build/core", "src/core.c"),
    SHLINKFLAGS="$SHLINKFLAGS -Wl,-soname=libreal.so.3")
real = env.Command("build/lib/libreal.so.3", core, Copy("$TARGET", "$SOURCE"))
env.GoProgram("build/bin/tool", "cmd/tool", LIBS=[core])
env.GoVerify(env.Program("build/c/main", "src/main.c", LIBS=[core]), linkage="dynamic")
""",
        tools='"default", ',
    )
    done = project.scons()
    assert "build/c/main: dynamic" in done.stdout
    assert needed(project / "build/bin/tool") == ["libreal.so.3", "libc.so.6"]
    assert needed(project / "build/c/main") == ["libreal.so.3", "libc.so.6"]
    assert said(project, "build/bin/tool") == "core 1 generated 0\n"


def test_a_library_that_is_not_found(project: Project) -> None:
    """C13: through no run path, and through one that leads elsewhere; what a library needs itself is looked for too."""
    project.module({"cmd/tool/main.go": NAMED.replace("#cgo LDFLAGS: -lcore", ""), **CORE})
    project.write({"src/core.c": "int base(void);\nint core(void) { return base(); }\n"})
    project.write({"src/base.c": "int base(void) { return 1; }\n"})
    project.sconstruct(
        """
path = dict(RPATH=[Literal("\\\\$$ORIGIN/../lib")])
base = env.SharedLibrary("build/lib/base", env.SharedObject("build/base", "src/base.c"))
shared = [env.SharedLibrary(f"build/{lib}/core", env.SharedObject("build/core", "src/core.c"), LIBS=["base"],
    LIBPATH=["build/lib"], **settings) for lib, settings in (("lib", path), ("more", {}))]
env.Replace(CPPPATH=["#include"])
env.GoProgram("build/bin/tool", "cmd/tool", LIBS=[shared[0], base], **path)
env.GoProgram("build/none/tool", "cmd/tool", LIBS=[shared[0], base])
env.GoProgram("build/static/tool", "cmd/tool", "static-libc", LIBS=[shared[0], base])
env.GoProgram("build/named/tool", "cmd/tool", "static-libc", LIBS=["core", "base"], LIBPATH=["build/lib"])
env.GoProgram("build/wrong/tool", "cmd/tool", LIBS=[shared[1], base], **path)
env.GoProgram("build/error/tool", "cmd/tool", LIBS=[shared[1], base], GOVERIFYRUNPATH="error", **path)
""",
        tools='"default", ',
    )
    assert "C13" not in project.scons("build/bin").stderr
    assert said(project, "build/bin/tool") == "core 1 generated 0\n"
    refused = project.scons("build/none", status=2).stderr
    assert "DT_NEEDED libcore.so" in refused
    assert "RPATH, and its node in LIBS" in refused
    assert (
        f"LIBS names the shared library {project / 'build/lib/libcore.so'}"
        in project.scons("build/static", status=2).stderr
    )
    assert "wanted: libcore.a, to link it statically" in project.scons("build/named", status=2).stderr
    shutil.rmtree(project / "build/lib")
    warned = project.scons("build/wrong").stderr
    assert "wanted: libcore.so, which build/wrong/tool needs, found where build/wrong/tool is" in warned
    assert f"it is not in {project / 'build/lib'}" in warned
    refused = project.scons("build/error", status=2).stderr
    assert "wanted: libcore.so, which build/error/tool needs" in refused


def test_the_order_of_archives(project: Project) -> None:
    """What an archive brings along is linked after it, wherever LIBS names it; what LIBS names twice is linked twice."""
    project.module({"cmd/tool/main.go": NAMED.replace("#cgo LDFLAGS: -lcore", ""), **CORE})
    project.write({"src/core.c": "int base(void);\nint core(void) { return base(); }\n"})
    project.write({"src/base.c": "int more(void);\nint base(void) { return more(); }\n"})
    project.write({"src/more.c": "int more(void) { return 3; }\n"})
    project.sconstruct(
        """
env.Replace(CPPPATH=["#include"], LIBPATH=["build"])
VariantDir("build/c", "src", duplicate=0)
base = env.StaticLibrary("build/base", "build/c/base.c")
core = env.StaticLibrary("build/core", ["build/c/core.c", "build/c/more.c"])
all = env.StaticLibrary("build/all", "build/c/core.c", LIBS=[base, core])
env.GoProgram("build/brought/tool", "cmd/tool", LIBS=[base, core, all])
env.GoProgram("build/nodes/tool", "cmd/tool", LIBS=[core, base, core])
env.GoProgram("build/names/tool", "cmd/tool", LIBS=["core", "base", "core"])
""",
        tools='"default", ',
    )
    assert project.rebuilt() == ["brought/tool", "names/tool", "nodes/tool"]
    for name in ("brought", "names", "nodes"):
        assert said(project, f"build/{name}/tool") == "core 3 generated 0\n"


def test_library_files_that_cannot_be_linked(project: Project) -> None:
    """Told before anything compiles, whether one program is built or several at once."""
    files = {f"cmd/{name}/main.go": 'package main\n\nimport "C"\n\nfunc main() {}\n' for name in "ab"}
    project.module({**files, "other.c": "int other(void) { return 1; }\n"})
    foreign = "aarch64" if os.uname().machine != "aarch64" else "riscv64"
    project.sconstruct(
        f'cross = env.Clone(CC="{foreign}-linux-gnu-gcc")\n'
        'other = cross.StaticLibrary("build/other", "other.c")\n'
        'for name in "ab":\n'
        '    env.GoProgram("build/" + name, "cmd/" + name, LIBS=[File("absent.a") if "none" in ARGUMENTS else other])',
        tools='"default", ',
    )
    told = project.scons("-k", status=2).stderr
    assert told.count("libother.a, which LIBS names, for linux/") == 2
    assert told.count("64 bits\n") == 2
    assert "fix:    build it for that platform" in told
    told = project.scons("-k", "none=1", status=2).stderr
    assert "absent.a" in told
    assert "ld:" not in told
    (project / "absent.a").write_text("/* A linker script, which is a library for ld. */\n")
    assert project.rebuilt("none=1") == ["build/a", "build/b"]


def test_frameworks_are_for_apple(project: Project) -> None:
    """C links on Linux in an environment that names them for macOS, and so does Go."""
    project.module({"cmd/tool/main.go": 'package main\n\nimport "C"\n\nfunc main() {}\n'})
    project.sconstruct(
        'env.GoProgram("tool", "cmd/tool", FRAMEWORKS=["Cocoa"], FRAMEWORKPATH=["x"])', tools='"default", '
    )
    assert "-framework" not in project.scons("-Q").stdout


def test_a_library_that_is_nowhere(project: Project) -> None:
    """C12: by its name, in a dynamic program too, it is told before anything compiles."""
    project.module({"cmd/tool/main.go": 'package main\n\nimport "C"\n\nfunc main() {}\n'})
    project.sconstruct(
        'env.GoProgram("tool", "cmd/tool", linkage="dynamic", LIBS=["nonesuch", "m"])', tools='"default", '
    )
    refused = project.scons(status=2).stderr
    assert "wanted: the library nonesuch\n" in refused
    assert "found:  no libnonesuch.so or libnonesuch.a for linux/" in refused
    assert "name in LIBS the node of what builds it" in refused
    assert "ld:" not in refused


def test_sanitizer(project: Project) -> None:
    """A debug build with -asan of Go and -fsanitize=address of the library finds what goes wrong between them."""
    project.module({"cmd/tool/main.go": NAMED.replace("#cgo LDFLAGS: -lcore", ""), **CORE})
    project.write({"src/core.c": "int one[1];\nint core(void) { volatile int i = 7; return one[i]; }\n"})
    project.sconstruct(
        """
asan = env.StaticLibrary("build/asan", env.Object("build/asan", "src/core.c", CCFLAGS=["-g", "-fsanitize=address"]))
env.Replace(CPPPATH=["#include"])
env.GoProgram("build/debug/tool", "cmd/tool", LIBS=[asan], GOBUILDFLAGS=["-asan"])
""",
        tools='"default", ',
    )
    assert project.rebuilt() == ["debug/tool"]
    found = project.run(str(project / "build/debug/tool"))
    assert found.status != 0
    assert "AddressSanitizer: global-buffer-overflow" in found.stderr


PKG_CONFIG = """\
package main

// #cgo pkg-config: outer
// #include <outer.h>
import "C"

func main() { println("outer", C.outer(), "header", C.OUTER) }
"""

PC = """\
prefix=${{pcfiledir}}/..
Name: {name}
Description: for a test
Version: 1
{more}
"""


def test_pkg_config(project: Project) -> None:
    """D10: .pc files are inputs, those that they require too; what links statically asks for private libraries."""
    project.module({"cmd/tool/main.go": PKG_CONFIG})
    outer = PC.format(name="outer", more="Cflags: -I${prefix}/include\nLibs: -L${prefix}/lib -louter\n")
    project.write(
        {
            "third/pc/outer.pc": outer + "Requires.private: inner\n",
            "third/pc/inner.pc": PC.format(name="inner", more="Libs: -L${prefix}/lib -linner"),
            "third/include/outer.h": "int outer(void);\n#ifndef OUTER\n#define OUTER 1\n#endif\n",
            "third/outer.c": "int inner(void);\nint outer(void) { return 10 + inner(); }\n",
            "third/inner.c": "int inner(void) { return 1; }\n",
        }
    )
    archive = "gcc -c third/{0}.c -o third/{0}.o && ar rcsD third/lib/lib{0}.a third/{0}.o"
    (project / "third/lib").mkdir()
    for name in ("outer", "inner"):
        project.run("sh", "-c", archive.format(name), check=True)
    project.sconstruct(
        """
env["ENV"]["PKG_CONFIG_PATH"] = env.Dir("#third/pc").abspath
env.GoProgram("build/static/tool", "cmd/tool", linkage="static-libc")
"""
    )
    assert project.rebuilt() == ["static/tool"]
    assert said(project, "build/static/tool") == "outer 11 header 1\n"

    project.write({"third/pc/outer.pc": outer.replace("Cflags:", "Cflags: -DOUTER=2") + "Requires.private: inner\n"})
    assert project.rebuilt() == ["static/tool"]
    assert said(project, "build/static/tool") == "outer 11 header 2\n"
    project.write({"third/inner.c": "int inner(void) { return 3; }\n"})
    project.run("sh", "-c", archive.format("inner"), check=True)
    explained = project.scons("-n", "--debug=explain").stdout
    assert "libinner.a' changed\n" in explained
    assert " digest" not in explained
    assert "C changed" not in explained
    assert project.rebuilt() == ["static/tool"]
    assert said(project, "build/static/tool") == "outer 13 header 2\n"

    (project / "third/lib/libinner.a").rename(project / "third/lib/libinner.so")
    refused = project.scons(status=2).text
    assert "wanted: libinner.a, to link it statically" in refused
    assert "example.org/m/cmd/tool uses cgo itself" in refused
    (project / "third/pc/inner.pc").unlink()
    refused = project.scons(status=2).text
    assert "wanted: what pkg-config says of outer" in refused
    assert "PKG_CONFIG_PATH" in refused
    # What was missing is looked for again, and so is what was too old.
    (project / "third/lib/libinner.so").rename(project / "third/lib/libinner.a")
    inner = PC.format(name="inner", more="Libs: -L${prefix}/lib -linner")
    project.write({"third/pc/inner.pc": inner})
    project.scons()
    assert said(project, "build/static/tool") == "outer 13 header 2\n"
    newer = outer + "Requires.private: inner >= 2, inner\n"
    project.write({"third/pc/outer.pc": newer})
    assert "wanted: what pkg-config says of outer" in project.scons(status=2).text
    project.write({"third/pc/inner.pc": inner.replace("Version: 1", "Version: 2")})
    project.scons()
    assert said(project, "build/static/tool") == "outer 13 header 1\n"


def test_pkg_config_of_what_the_build_makes(project: Project) -> None:
    """All .pc files are made first, be they named or only required; a program that answers for them is an input."""
    project.module({"cmd/tool/main.go": PKG_CONFIG})
    made = [PC.format(name=name, more=more) for name, more in (
        ("outer", "Requires: middle\nCflags: -I${prefix}/../third/include -DOUTER=4\nLibs: -L${prefix}/lib -louter\n"),
        ("middle", "Requires: inner\n"),
        ("inner", "Libs: -L${prefix}/lib -linner\n"),
    )]  # fmt: skip
    project.write(
        {
            **{f"third/{name}.in": text for name, text in zip(("outer", "middle", "inner"), made, strict=True)},
            "third/include/outer.h": "int outer(void);\n",
            "third/outer.c": "int inner(void);\nint outer(void) { return 10 + inner(); }\n",
            "third/inner.c": "int inner(void) { return 1; }\n",
            "ask": '#!/bin/sh\nexec pkg-config "$@"\n',
        }
    )
    (project / "ask").chmod(0o755)
    project.sconstruct(
        """
env["ENV"].update(PKG_CONFIG_PATH=env.Dir("#build/pc").abspath, PKG_CONFIG=env.File("#ask").abspath)
for name in ("outer", "middle", "inner"):
    env.Command(f"build/pc/{name}.pc", f"third/{name}.in", "cp $SOURCE $TARGET")
env.StaticLibrary("build/lib/outer", env.Object("build/outer", "third/outer.c"))
env.StaticLibrary("build/lib/inner", env.Object("build/inner", "third/inner.c"))
tool = env.GoProgram("build/bin/tool", "cmd/tool", linkage="dynamic")
""",
        tools='"default", ',
    )
    assert project.rebuilt("build/bin/tool") == ["bin/tool"]
    assert said(project, "build/bin/tool") == "outer 11 header 4\n"
    project.write({"third/inner.c": "int inner(void) { return 2; }\n"})
    assert project.rebuilt("build/bin/tool") == ["bin/tool"]
    project.write({"third/middle.in": made[1].replace("Version: 1", "Version: 2") + "Cflags: -DMORE\n"})
    assert project.rebuilt("build/bin/tool") == ["bin/tool"]
    project.write(
        {"ask": (project / "ask").read_text().replace("exec", 'case "$*" in *--cflags*) echo -DX ;; esac\nexec')}
    )
    assert project.rebuilt("build/bin/tool") == ["bin/tool"]
    assert said(project, "build/bin/tool") == "outer 12 header 4\n"


MOSTLY = """\
package main

// #cgo CXXFLAGS: -O0
// #cgo LDFLAGS: -L${SRCDIR}/../../lib -louter -lm
// int outer(void);
// int named(void);
// int plus(void);
import "C"

func main() { println("outer", C.outer(), "named", C.named(), "plus", C.plus()) }
"""


def test_everything_static_but_libc_and_a_list(project: Project) -> None:
    """C23, C26: each library has a shared one beside it, which is taken exactly where GODYNAMICLIBS says so."""
    plus = '#include <string>\nextern "C" int plus() { return std::string(getenv("HOME")).empty(); }\n'
    project.module({"cmd/tool/main.go": MOSTLY, "cmd/tool/plus.cc": f"#include <cstdlib>\n{plus}"})
    (project / "lib").mkdir()
    for name in ("outer", "named"):
        project.write({f"lib/{name}.c": f"int {name}(void) {{ return 1; }}\n"})
        make = "cd lib; gcc -fPIC -c {0}.c && ar rcsD lib{0}.a {0}.o && gcc -shared -Wl,-soname,lib{0}.so {0}.o -o lib{0}.so"
        project.run("sh", "-c", make.format(name), check=True)
    settings = {
        "only-libc": "GODYNAMICLIBS=[]",
        "one": 'GODYNAMICLIBS=["outer"], RPATH=[env.Dir("#lib").abspath]',
        "any": 'GOVERIFYLIBS=["libouter.so", "libnamed.so"]',
    }
    project.sconstruct(
        "\n".join(
            f'env.GoProgram("build/{name}/tool", "cmd/tool", LIBS=["named"], LIBPATH=["lib"], {setting})'
            for name, setting in settings.items()
        )
    )
    assert project.rebuilt() == ["any/tool", "one/tool", "only-libc/tool"]
    usual = {"libc.so.6", "libm.so.6", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"}
    loaded = {name: set(needed(project / f"build/{name}/tool")) - usual for name in settings}
    assert loaded["only-libc"] == set()
    assert loaded["one"] == {"libouter.so"}
    assert {"libouter.so", "libnamed.so", "libstdc++.so.6"} <= loaded["any"]
    for name in ("only-libc", "one"):
        assert said(project, f"build/{name}/tool") == "outer 1 named 1 plus 0\n"
    assert (project / "cmd/tool/main.go").read_text() == MOSTLY

    (project / "lib/libouter.a").unlink()
    refused = project.scons("build/only-libc", status=2).text
    assert "wanted: libouter.a, to link it statically" in refused
    assert "GODYNAMICLIBS" in refused


def test_a_shared_library_that_may_be_loaded_is_named_in_any_spelling(project: Project) -> None:
    """C23: the fix says the name that the setting takes."""
    project.write(FILES)
    declared = (
        'base = env.StaticLibrary("build/base", "base/base.c")\n'
        'core = env.SharedLibrary("build/lib/core", "src/core.c", CPPPATH=["include"], LIBS=[base])\n'
        'env.GoProgram("build/app/tool", "go/cmd/tool", linkage="dynamic", LIBS=[core, base], CPPPATH=["include"],\n'
        "    CPPDEFINES=[('LIMIT', 7)], RPATH=[Literal('\\\\$$ORIGIN/../lib')], GODYNAMICLIBS={})\n"
    )
    project.sconstruct(declared.format("[]"), tools='"default", ')
    message = project.scons("build/app", status=2).stderr
    assert "fix:    GODYNAMICLIBS=['core'] if it is there wherever the program runs; otherwise link its .a" in message
    for spelled in ("['core']", "['libcore.so']", "[core]"):
        project.sconstruct(declared.format(spelled), tools='"default", ')
        project.scons("build/app")
        assert "libcore.so" in needed(project / "build/app/tool")


def test_cxx_and_another_platform(project: Project) -> None:
    """A library of C++ brings the C++ runtime; for another platform, the library of that platform is given."""
    tool = NAMED.replace("#cgo LDFLAGS: -lcore", "").replace("core.h", "cxx.h")
    project.module({"cmd/tool/main.go": tool, "cmd/cross/main.go": tool, **CORE})
    project.write({"include/cxx.h": "int core(void);\n"})
    project.write({"src/core.cc": '#include <string>\nextern "C" int core() { return std::to_string(123).size(); }\n'})
    project.sconstruct(
        """
env.Replace(CPPPATH=["#include"])
core = env.StaticLibrary("build/core", env.Object("build/core.o", "src/core.cc"))
env.GoProgram("build/$GOLINKAGE/tool", "cmd/tool", linkage=["dynamic", "static-libc"], LIBS=[core])
arm = env.Clone(CC="aarch64-linux-gnu-gcc", AR="aarch64-linux-gnu-ar", RANLIB="aarch64-linux-gnu-ranlib")
core = arm.StaticLibrary("build/arm/core", arm.Object("build/arm/core", "src/core.c"))
env.GoProgram("build/arm/cross", "cmd/cross", platform="linux/arm64", LIBS=[core],
    GOCTOOLCHAIN="aarch64-linux-gnu-gcc")
""",
        tools='"default", ',
    )
    assert project.rebuilt() == ["arm/cross", *TOOLS]
    for binary in TOOLS:
        assert said(project, f"build/{binary}") == "core 3 generated 0\n"
    assert "libstdc++.so.6" in needed(project / "build/dynamic/tool")
    assert is_static(project / "build/static-libc/tool")
    assert "AArch64" in readelf(project / "build/arm/cross", "-h")
    project.write({"src/core.c": "int core(void) { return 2; }\n"})
    assert project.rebuilt() == ["arm/cross"]
