"""Linkage cases C15, C16, C21 and C24 to C26 and C30: what C and C++ in the closure do to a linkage."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from plain_go import go, go_build

from golang.facts import BinaryFacts, BuildInfo, ElfFacts
from golang.linkage import Linkage, Permissions, Request
from golang.policy import check
from harness import LOOKUP, Project, declare, fails, interpreter, is_static, needed, readelf

pytestmark = pytest.mark.live

MAIN = """\
package main

import "example.org/m/{0}"

func main() {{ {0}.Call() }}
"""
CXX = """\
package cxx

// int one(void);
import "C"

func Call() { println(C.one()) }
"""
ONE_CC = """\
#include <string>
extern "C" int one(void) { try { throw std::string("1"); } catch (std::string &text) { return text.size(); } }
"""
FOO = """\
package foo

/*
#cgo LDFLAGS: -L${SRCDIR} -lfoo
int one(void);
*/
import "C"

func Call() { println(C.one()) }
"""
ONE_C = "int one(void) { return 1; }\n"
DRIVER = {
    "sqlite/sqlite.go": """\
package sqlite

// #include <stdlib.h>
import "C"

func Call() { println(Version()) }

func Version() int { return int(C.abs(-3)) }

func Backup() {}
""",
    "sqlite/static_mock.go": """\
//go:build !cgo

package sqlite

func Call() { panic("Binary was compiled with 'CGO_ENABLED=0', sqlite requires cgo to work. This is a stub") }
""",
}


TALKS_C = """\
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int one(void) { char text[8]; int number = 0; strcpy(text, getenv("ONE")); sscanf(text, "%d", &number); return number; }
"""
"""With glibc's headers: __isoc99_sscanf, which musl has too, and with _FORTIFY_SOURCE __strcpy_chk, which it lacks."""
FORTIFIED = ("-O2", "-D_FORTIFY_SOURCE=2")


def archive(project: Project, folder: str, compiler: str, *flags: str, sources: tuple[str, ...] = ("one.c",)) -> None:
    """Make libfoo.a in a folder from C files in it."""
    objects = [f"{folder}/{Path(source).stem}.o" for source in sources]
    for source, made in zip(sources, objects, strict=True):
        project.run(compiler, *flags, "-c", "-o", made, f"{folder}/{source}", check=True)
    project.run("ar", "rc", f"{folder}/libfoo.a", *objects, check=True)


def test_c15_archive_of_glibc_is_told_before_it_is_linked_with_musl(project: Project) -> None:
    """C15: go build compiles everything, and fails with the linker's words; or exits 0 where musl has the names too."""
    used = {"fortified": (TALKS_C, FORTIFIED), "plain": (TALKS_C, ("-O2",)), "unused": (ONE_C, ())}
    project.module({})
    for name, (source, flags) in used.items():
        main = MAIN.format("foo").replace("/foo", f"/{name}/foo")
        lib = {f"{name}/lib/one.c": source, f"{name}/lib/other.c": TALKS_C.replace("one(", "other(")}
        # Outside of the package, where Go does not compile it.
        foo = FOO.replace("${SRCDIR}", "${SRCDIR}/../lib")
        project.write({f"{name}/main.go": main, f"{name}/foo/foo.go": foo, **lib})
        archive(project, f"{name}/lib", "gcc", *flags)
    project.run("gcc", *FORTIFIED, "-c", "-o", "unused/lib/other.o", "unused/lib/other.c", check=True)
    project.run("ar", "rc", "unused/lib/libfoo.a", "unused/lib/other.o", check=True)
    flags = "-ldflags=-linkmode=external -extldflags=-static"
    plain = go(project, "build", flags, "-o", "out", "./fortified", CGO_ENABLED="1", CC="musl-gcc")
    assert "undefined reference to `__strcpy_chk'" in plain.stderr
    program = "env.GoProgram('build/{0}', '{0}', linkage='static-libc', GOLIBC='musl', GOCTOOLCHAIN='musl-gcc')\n"
    project.sconstruct("".join(program.format(name) for name in used))

    outcome = project.scons("-k", status=2)

    assert outcome.stderr.count("***") == 1
    for text in (
        "*** [build/fortified] linkage static-libc (musl) cannot be had\n",
        "fortified/lib/libfoo.a compiled against musl",
        "found:  one.o in it was compiled against glibc: it refers to __strcpy_chk and 1 more\n",
        "why:    musl lacks __strcpy_chk; example.org/m/fortified imports example.org/m/fortified/foo\n",
        "fix:    compile it with the C compiler for musl",
        "golang: warning: build/plain\n",
        "found:  one.o in it was compiled against glibc: it refers to __isoc99_sscanf\n",
        "golang: warning: build/unused\n",
        "found:  other.o in it was compiled against glibc: it refers to __strcpy_chk and 1 more\n",
    ):
        assert text in outcome.stderr, outcome.text
    assert sorted(Path(path).name for path in outcome.built) == ["plain", "unused"]
    for name in ("plain", "unused"):
        assert is_static(project / f"build/{name}")
        assert project.run(str(project / f"build/{name}"), environ={"ONE": "1"}, check=True).stderr == "1\n"

    # Once it is compiled for musl nothing is left to say.
    archive(project, "fortified/lib", "musl-gcc", *FORTIFIED)
    assert "golang" not in project.scons("build/fortified").stderr
    assert project.run(str(project / "build/fortified"), environ={"ONE": "1"}, check=True).stderr == "1\n"


def test_c15_archive_of_musl_links_with_glibc(project: Project) -> None:
    """C15: musl's headers rename nothing, so nothing shows, and what they promise glibc keeps."""
    project.module({"main.go": MAIN.format("foo"), "foo/foo.go": FOO.replace("${SRCDIR}", "${SRCDIR}/../lib"),
                    "lib/one.c": TALKS_C})  # fmt: skip
    archive(project, "lib", "musl-gcc", *FORTIFIED)
    declare(project, "static-libc", "GOLIBC='glibc'")
    assert not project.scons("app").stderr
    assert project.run(str(project / "build/static-libc/app"), environ={"ONE": "1"}, check=True).stderr == "1\n"

    # An archive that brings musl's own code is seen in the bytes.
    traced = project.run(
        "musl-gcc", "-static", "-Wl,-t", "-o", "one", "lib/one.o", "-Wl,--unresolved-symbols=ignore-all"
    )
    libc = next(file for file in traced.text.split() if re.search("musl.*/libc[.]a$", file))
    project.run("ar", "x", libc, "strerror.lo", check=True)
    rename = [f"--redefine-sym={name}=musl_{name}" for name in ("strerror", "strerror_l", "__strerror_l")]
    project.run("objcopy", *rename, "strerror.lo", "lib/strerror.o", check=True)
    project.write({"lib/one.c": "char *musl_strerror(int);\nint one(void) { return !*musl_strerror(1); }\n",
                   "lib/lctrans.c": "const char *__lctrans(const char *text, void *l) { return text; }\n"})  # fmt: skip
    archive(project, "lib", "gcc", sources=("one.c", "lctrans.c"))
    project.run("ar", "rc", "lib/libfoo.a", "lib/strerror.o", check=True)
    told = project.scons("app").stderr
    for text in (
        "golang: warning: ",
        "glibc, linked statically, and no other libc",
        "musl's marks beside those of glibc",
    ):
        assert text in told


THREAD = """\
package main

/*
#include <pthread.h>
#include <string.h>

static void *deep(void *used) {
	volatile char frame[1 << 20];
	memset((char *)frame, 1, sizeof frame);
	*(int *)used = frame[4096];
	return NULL;
}

static int in_thread(void) {
	pthread_t thread;
	int used = 0;
	if (pthread_create(&thread, NULL, deep, &used)) return -1;
	pthread_join(thread, NULL);
	return used;
}
*/
import "C"

func main() { println(C.in_thread()) }
"""
"""A program with a thread of C that uses 1 MiB of stack."""
LEAST = 2 << 20


def asked_stack(binary: Path) -> int:
    """Return the memory size of PT_GNU_STACK as readelf sees it."""
    match = re.search(r"GNU_STACK +0x0+ 0x0+ 0x0+ 0x0+ 0x([0-9a-f]+)", readelf(binary, "-l"))
    assert match
    return int(match[1], 16)


def test_c16_least_stack_is_asked_for_and_proved(project: Project) -> None:
    """C16: go build exits 0; with musl's 128 KiB the program crashes in a thread of C that needs more."""
    project.module({"main.go": THREAD})
    settings = "GOLIBC='musl', GOCTOOLCHAIN='musl-gcc'"
    declare(project, "static-libc", settings)
    project.scons("app")
    app = project / "build/static-libc/app"
    assert asked_stack(app) == 0
    assert project.run(str(app)).status != 0

    declare(project, "static-libc", f"{settings}, GOMINSTACK={LEAST}")
    assert "stack-size=2097152" in project.scons("app").stdout
    assert asked_stack(app) == LEAST
    assert project.run(str(app), check=True).stderr == "1\n"
    project.up_to_date("app")

    # What the user asks for is taken where it is enough, and refused where it is not.
    flags = "GOLDFLAGS=['-extldflags=-Wl,-z,stack-size={}']"
    declare(project, "static-libc", f"{settings}, GOMINSTACK={LEAST}, {flags.format(4 << 20)}")
    assert project.scons("app").built
    assert asked_stack(app) == 4 << 20
    declare(project, "static-libc", f"{settings}, GOMINSTACK={LEAST}, {flags.format('0x10000')}")
    fails(project, "thread stacks of at least 2097152 bytes", "found:  stack-size=65536 in GOLDFLAGS", "remove it")
    declare(project, "static-libc", f"{settings}, GOMINSTACK={16 << 20}")
    fails(project, "found:  GOLIBC='musl', which gives at most 8388608 bytes", "fix:    GOMINSTACK=8388608")


def test_c16_every_linker_of_c_is_asked(project: Project) -> None:
    """C16: glibc's static programs, dynamic ones with C of their own, and what zig links."""
    project.module({"main.go": THREAD, "pure/main.go": LOOKUP})
    program = 'env.GoProgram("build/$GOLINKAGE/{0}", "{1}", linkage={2}, GOMINSTACK={3}, {4})\n'
    project.sconstruct(
        program.format("app", ".", "['dynamic', 'static-libc', 'static-pie']", LEAST, "")
        + program.format("zig", ".", "'static-libc'", LEAST, "GOLIBC='musl', GOCTOOLCHAIN='zig'")
        + program.format("pure", "pure", "'dynamic'", LEAST, "")
        + program.format("external", "pure", "'dynamic'", LEAST, "GOLDFLAGS=['-linkmode=external']")
    )
    outcome = project.scons("-k", "-j2", status=2)
    for path in ("dynamic/app", "static-libc/app", "static-pie/app", "static-libc/zig", "dynamic/external"):
        assert asked_stack(project / f"build/{path}") == LEAST, path
        project.run(str(project / f"build/{path}"), check=True)
    # Go's own linker, which links C of the standard library only, asks for nothing.
    assert outcome.stderr.count("***") == 1
    for text in (
        "*** [build/dynamic/pure] rejected",
        "found:  PT_GNU_STACK asks for 0 bytes",
        "why:    Go's own linker linked it",
        "fix:    GOLDFLAGS=['-linkmode=external']",
    ):
        assert text in outcome.stderr, outcome.text


def test_c24_musl_for_c_only_is_refused_where_cxx_links(project: Project) -> None:
    """C24: with CC=musl-gcc go build exits 0, and g++ has linked glibc."""
    project.module({"main.go": MAIN.format("cxx"), "cxx/cxx.go": CXX, "cxx/one.cc": ONE_CC})
    flags = "-ldflags=-linkmode=external -extldflags=-static"
    plain = go_build(project, flags, CGO_ENABLED="1", CC="musl-gcc")
    assert is_static(plain)
    assert "NT_GNU_ABI_TAG" in readelf(plain, "-n")

    declare(project, "static-libc", "GOLIBC='musl', GOCTOOLCHAIN='musl-gcc'")
    fails(
        project,
        "linkage static-libc (musl) cannot be had\n",
        "wanted: musl, linked statically",
        "found:  CXX: g++ (",
        "why:    Go links a program with C++ in it with CXX: example.org/m imports example.org/m/cxx",
        "fix:    GOCTOOLCHAIN='zig' (`pip install ziglang`",
    )
    # The proof finds it too, whatever was predicted.
    declare(
        project,
        "static-libc",
        f"GOLIBC='musl', GOCXX='musl-gcc', GOCOM='CC=musl-gcc CXX=g++ $GO build -C $_GOMODULEROOT -o ${{TARGET.abspath}} \"{flags}\" .'",
    )
    fails(project, "rejected", "wanted: musl, linked statically", "found:  glibc")


def test_c24_cxx_in_static_glibc_works(project: Project) -> None:
    """C24: the same program with the compilers of one libc."""
    project.module({"main.go": MAIN.format("cxx"), "cxx/cxx.go": CXX, "cxx/one.cc": ONE_CC})
    declare(project, "static-libc", "GOLIBC='glibc'")
    assert "build/static-libc/app: static-libc (glibc): " in project.scons("app").stdout
    assert project.run(str(project / "build/static-libc/app"), check=True).stderr == "1\n"


def test_c25_libraries_of_cxx_are_permitted_to_cxx_only(project: Project) -> None:
    """C25: go build says nothing of libstdc++.so.6, nor that the loader is NEEDED once that is linked in."""
    project.module({"main.go": MAIN.format("cxx"), "cxx/cxx.go": CXX, "cxx/one.cc": ONE_CC})
    declare(project, "dynamic")
    assert "needs libstdc++.so.6" in project.scons("app").stdout
    declare(project, "dynamic", "GOLDFLAGS=['-extldflags=-static-libstdc++ -static-libgcc']")
    project.scons("app")
    libraries = needed(project / "build/dynamic/app")
    assert "libstdc++.so.6" not in libraries
    assert any(name.startswith("ld-linux") for name in libraries)

    project.module({"main.go": MAIN.format("foo"), "foo/foo.go": FOO.replace("-lfoo", ""), "foo/one.c": ONE_C})
    declare(project, "dynamic", "GOLDFLAGS=['-extldflags=-Wl,--no-as-needed -lstdc++']")
    fails(project, "found:  DT_NEEDED libstdc++.so.6", "fix:    GOVERIFYLIBS=['libstdc++.so.6']")


def test_c26_shared_library_that_appears_beside_the_archive_is_found_out(project: Project) -> None:
    """C26: the same go build command links the .so as soon as there is one, and exits 0."""
    project.module({"main.go": MAIN.format("foo"), "foo/foo.go": FOO, "lib/one.c": ONE_C})
    project.run("gcc", "-c", "-o", "lib/one.o", "lib/one.c", check=True)
    project.run("ar", "rc", "foo/libfoo.a", "lib/one.o", check=True)
    declare(project, "dynamic")
    assert "libfoo" not in project.scons("app").stdout

    project.run("gcc", "-shared", "-o", "foo/libfoo.so", "lib/one.c", check=True)
    assert "libfoo.so" in needed(go_build(project, CGO_ENABLED="1"))
    fails(project, "rejected", "found:  DT_NEEDED libfoo.so", "example.org/m/foo", "link its .a")
    declare(project, "static-libc")
    project.scons("app")
    assert is_static(project / "build/static-libc/app")


def test_c30_stub_in_the_place_of_cgo_is_warned_of(project: Project) -> None:
    """C30: go build exits 0 with CGO_ENABLED=0; the program fails when it first calls the stub."""
    project.module({"main.go": MAIN.format("sqlite"), **DRIVER})
    plain = go_build(project, CGO_ENABLED="0")
    assert "This is a stub" in project.run(str(plain)).stderr
    found = (
        "found:  package example.org/m/sqlite leaves out 1 cgo files; static_mock.go takes its place, and says",
        "This is a stub",
        "2 exported names are gone: Backup, Version",
        "why:    example.org/m imports example.org/m/sqlite\n",
        "fix:    linkage='static-libc' keeps them; GOVERIFYDROPPEDCGO='ok' if the program works without",
    )
    program = 'env.GoProgram("build/{0}/app", ".", linkage="{1}", GOVERIFYDROPPEDCGO="{0}")\n'
    programs = [program.format(level, "static") for level in ("warn", "error", "ok")]
    project.sconstruct("".join(programs) + 'env.GoProgram("build/kept/app", ".", linkage="static-libc")')
    outcome = project.scons("build/warn")
    assert outcome.stderr.startswith("golang: warning: build/warn/app\n")
    for text in found:
        assert text in outcome.stderr, outcome.text
    assert "build/warn/app: static: " in outcome.stdout
    outcome = project.scons("build/error", status=2)
    for text in ("*** [build/error/app] linkage static cannot be had\n", *found):
        assert text in outcome.stderr, outcome.text
    assert not (project / "build/error/app").exists()
    assert not project.scons("build/ok").stderr
    assert not project.scons("build/kept").stderr
    assert project.run(str(project / "build/kept/app"), check=True).stderr == "3\n"


def test_c30_cgo_that_nothing_replaces_is_warned_of(project: Project) -> None:
    """C30: go build exits 0 as long as nobody calls what is gone; what does is an error of the compiler, shown once."""
    fast = 'package hash\n\n// int f;\nimport "C"\n\nfunc Fast() int { return 1 }\n'
    project.module(
        {"main.go": MAIN.format("hash"), "hash/hash.go": "package hash\n\nfunc Call() {}\n", "hash/fast.go": fast}
    )
    go_build(project, CGO_ENABLED="0")
    declare(project, "static")
    text = project.scons("app").stderr
    assert "package example.org/m/hash leaves out 1 cgo files; nothing takes their place; 1 exported names" in text

    project.write({"main.go": MAIN.format("hash").replace("Call", "Fast")})
    assert fails(project, "undefined: hash.Fast").count("undefined: hash.Fast") == 1


def test_c30_replacement_that_offers_everything_is_fine(project: Project) -> None:
    """C30: two files for two configurations, as the best packages have them."""
    one = 'package abs\n\n// #include <stdlib.h>\nimport "C"\n\nfunc Call() { C.abs(-1) }\n'
    other = "//go:build !cgo\n\npackage abs\n\nfunc Call() {}\n"
    project.module({"main.go": MAIN.format("abs"), "abs/abs.go": one, "abs/abs_pure.go": other})
    declare(project, "static", "GOVERIFYDROPPEDCGO='error'")
    assert not project.scons("app").stderr


def test_c30_package_of_cgo_only_is_an_error_before_the_compile(project: Project) -> None:
    """C30: go build says `build constraints exclude all Go files`, without the word cgo."""
    only = 'package only\n\n// int f;\nimport "C"\n\nfunc Call() {}\n'
    project.module({"main.go": MAIN.format("only"), "only/only.go": only})
    plain = go(project, "build", ".", CGO_ENABLED="0")
    assert "build constraints exclude all Go files" in plain.stderr
    assert not re.search(r"\bcgo\b", plain.stderr)
    declare(project, "static", "GOVERIFYDROPPEDCGO='ok'")
    text = fails(
        project,
        "*** [build/static/app] linkage static cannot be had\n",
        "found:  package example.org/m/only has only cgo files (only.go)",
        "why:    example.org/m imports example.org/m/only\n",
        "fix:    linkage='static-libc' links its C code statically",
    )
    assert "build constraints" not in text
    declare(project, "dynamic")
    project.scons("app")
    assert interpreter(project / "build/dynamic/app")


def test_c21_crypto_that_loads_openssl_is_not_static(project: Project) -> None:
    """C21: go build exits 0; the static program dlopens libcrypto.so.3 (here as the package of the Go forks does)."""
    fips = "github.com/golang-fips/openssl/v2"
    call = '// #include <dlfcn.h>\nimport "C"\n\nfunc Init() bool { return C.dlopen(C.CString("libcrypto.so.3"), C.RTLD_NOW) != nil }\n'
    project.module({"main.go": f'package main\n\nimport "{fips}"\n\nfunc main() {{ println(openssl.Init()) }}\n'})
    project.write({
        "go.mod": f"module example.org/m\n\ngo 1.21\n\nrequire {fips} v2.0.0\n\nreplace {fips} => ./openssl\n",
        "openssl/go.mod": f"module {fips}\n\ngo 1.21\n",
        "openssl/openssl.go": f"package openssl\n\n{call}",
    })  # fmt: skip
    assert is_static(go_build(project, "-ldflags=-linkmode=external -extldflags=-static", CGO_ENABLED="1"))
    declare(project, "static-libc", "GOLDFLAGS=['-s', '-w']")
    fails(
        project,
        "rejected",
        "found:  its crypto loads OpenSSL",
        "golang-fips/openssl is linked in",
        "fix:    build with Go's own",
    )
    declare(project, "static-libc", "GOVERIFYLIBS=['libcrypto.so*']")
    project.scons("app")


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ({"GOEXPERIMENT": "regabi,systemcrypto"}, True),
        ({"GOEXPERIMENT": "opensslcrypto"}, True),
        ({"microsoft_systemcrypto": "1"}, True),
        ({"GOEXPERIMENT": "nosystemcrypto,boringcrypto", "microsoft_systemcrypto": "0"}, False),
    ],
)
def test_c21_build_info_of_a_fork(settings: dict[str, str], found: bool) -> None:
    """C21: GOEXPERIMENT is a list; a fork's build info is enough, as its crypto may be inlined."""
    elf = ElfFacts(type="EXEC", machine="X86_64", bits=64, little_endian=True, go=True,
                   build_info=BuildInfo(go_version="go1.26", settings=settings))  # fmt: skip
    facts = BinaryFacts(format="ELF", size=1, elf=elf)
    findings = check(facts, Request(linkage=Linkage.STATIC), permissions=Permissions())
    assert [finding.case for finding in findings] == (["C21"] if found else [])


def test_c21_boringcrypto_is_not_left_out(project: Project) -> None:
    """C21: CGO_ENABLED=0 go build exits 0, says boringcrypto in the build info, and has none of it."""
    main = 'package main\n\nimport "crypto/sha256"\n\nfunc main() { println(sha256.Sum256(nil)[0]) }\n'
    project.module({"main.go": main})
    plain = go_build(project, CGO_ENABLED="0", GOEXPERIMENT="boringcrypto")
    assert "boringcrypto" in go(project, "version", "-m", str(plain)).stdout
    assert "_Cfunc__goboringcrypto" not in go(project, "tool", "nm", str(plain)).stdout
    declare(project, "static", "GOEXPERIMENT='boringcrypto'")
    fails(project, "wanted: BoringCrypto (GOEXPERIMENT)", "imports crypto/sha256 imports crypto/internal/boring")
    assert not (project / "build/static/app").exists()


def test_c21_crypto_of_go_for_fips_needs_nothing(project: Project) -> None:
    """C21: GOFIPS140 selects Go's own module, which loads no library; the fix that is told for the forks is one."""
    main = 'package main\n\nimport "crypto/fips140"\n\nfunc main() { println(fips140.Enabled()) }\n'
    project.module({"main.go": main}, go="1.24")
    declare(project, "static", "GOFIPS140='latest'")
    assert "build/static/app: static: " in project.scons("app").stdout
    app = project / "build/static/app"
    assert is_static(app)
    assert "GOFIPS140=latest" in go(project, "version", "-m", str(app)).stdout
    assert project.run(str(app), check=True).stderr == "true\n"
