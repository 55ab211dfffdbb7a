"""gosource: what a Go file says about packages, constraints, cgo and linker pragmas."""

from __future__ import annotations

from pathlib import Path

import pytest

from golang.gosource import (
    DynamicImport,
    build_constraint,
    dynamic_imports,
    exported_names,
    file_name_holds,
    holds,
    imports_c,
    is_selected,
    read_source,
    stub_text,
    tags_of,
)
from golang.platform import Platform

LINUX = Platform("linux", "amd64")
TAGS = tags_of(LINUX, cgo=True, tags=("pro", "v1.2"))
PURE = tags_of(LINUX, cgo=False)


@pytest.mark.parametrize(
    ("constraint", "expected"),
    [
        ("linux", True),
        ("windows", False),
        ("!windows", True),
        ("linux && cgo", True),
        ("linux&&!cgo", False),
        ("windows || linux", True),
        ("windows || darwin && linux", False),
        ("(windows || linux) && amd64", True),
        ("!(windows || linux)", False),
        ("!(!linux)", True),
        ("unix", True),
        ("gc && !gccgo", True),
        ("pro", True),
        ("v1.2", True),
        ("ignore", False),
        ("go1.18 && linux", True),
        ("!go1.5", False),
        ("linux \t&&\t amd64", True),
    ],
)
def test_constraint(constraint: str, expected: bool) -> None:
    assert holds(constraint, TAGS) is expected


@pytest.mark.parametrize(
    "constraint",
    [
        "", "linux &&", "|| linux", "linux amd64", "(linux", "linux)", "()", "!", "linux & amd64", "linux,amd64",
        "!!linux", "! !linux", "linux && !!amd64", "linux + amd64", "linux-gnu", "(" * 5000 + "linux" + ")" * 5000,
    ],
)  # fmt: skip
def test_malformed_constraint_does_not_hold(constraint: str) -> None:
    assert not holds(constraint, TAGS)


@pytest.mark.parametrize(
    ("platform", "held", "not_held"),
    [
        (Platform("android", "arm64"), {"android", "linux", "unix"}, {"darwin"}),
        (Platform("illumos", "amd64"), {"illumos", "solaris", "unix"}, {"linux"}),
        (Platform("ios", "arm64"), {"ios", "darwin", "unix"}, {"linux"}),
        (Platform("windows", "amd64"), {"windows", "gc"}, {"unix", "cgo"}),
    ],
)
def test_tags_of_a_platform(platform: Platform, held: set[str], not_held: set[str]) -> None:
    tags = tags_of(platform, cgo=False)
    assert held <= tags
    assert not not_held & tags
    assert "cgo" in tags_of(platform, cgo=True)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.go", True),
        ("linux.go", True),
        ("windows.go", True),
        ("a_linux.go", True),
        ("a_windows.go", False),
        ("a_amd64.go", True),
        ("a_arm64.go", False),
        ("a_linux_amd64.go", True),
        ("a_linux_arm64.go", False),
        ("a_windows_amd64.go", False),
        ("a_amd64_linux.go", True),
        ("a_arm64_linux.go", True),
        ("a_unix.go", True),
        ("a_cgo.go", True),
        ("a_foo_windows_b.go", True),
        ("a_windows.pb.go", False),
        ("a_mips64p32.go", False),
        ("a_wasm.go", False),
        ("a_linux_test.go", True),
        ("a_windows_test.go", False),
    ],
)
def test_file_name(name: str, expected: bool) -> None:
    assert file_name_holds(name, TAGS) is expected


def test_linux_files_are_built_for_android() -> None:
    assert file_name_holds("a_linux.go", tags_of(Platform("android", "arm64"), cgo=True))
    assert not file_name_holds("a_android.go", TAGS)


def test_unreadable_source_is_empty_and_byte_order_mark_is_none(tmp_path: Path) -> None:
    file = tmp_path / "a.go"
    assert read_source(str(file)) == ""
    file.write_bytes(b"\xef\xbb\xbfpackage main\r\n\xff")
    assert read_source(str(file)) == "package main\n\ufffd"


CGO = {
    "single": 'package a\n\nimport "C"\n',
    "with preamble": 'package a\n\n/*\n#include <x.h>\n*/\nimport "C"\nimport "fmt"\n',
    "on one line": 'package a; import "C"; func f() {}',
    "with a comment behind": 'package a\n\nimport "C" // for x\n',
    "in a block": 'package a\n\nimport (\n\t"fmt"\n\n\t// #include <x.h>\n\t"C"\n)\n',
    "in a block of one line": 'package a\n\nimport ("fmt"; "C")\n',
    "in a second block": 'package a\n\nimport (\n\t"fmt"\n)\n\nimport (\n\t"C"\n)\n',
    "in back quotes": "package a\n\nimport `C`\n",
    "with a comment between": 'package a\n\nimport /* the */ "C"\n',
    "preamble with quotes": 'package a\n\n// char q = \'"\';\nimport "C"\n',
    "indented": 'package a\n\n\timport "C"\n',
}
NOT_CGO = {
    "none": 'package a\n\nimport "fmt"\n',
    "in a line comment": 'package a\n\n// import "C"\nimport "fmt"\n',
    "in a block comment": 'package a\n\n/*\nimport "C"\n*/\n\nfunc f() {}\n',
    "in a raw string": 'package a\n\nimport "fmt"\n\nvar t = `\nimport "C"\n`\n\nfunc f() { fmt.Print(t) }\n',
    "in a raw string of a block": 'package a\n\nvar (\n\tt = `import (\n\t"C"\n)`\n)\n',
    "a value on a line of its own": 'package a\n\nvar t = "A" +\n\t"C"\n',
    "another path": 'package a\n\nimport "C/d"\n',
    "in a rune's company": "package a\n\nfunc f() { _ = '\"'; _ = \"C\"; _ = '\"' }\n",
}


@pytest.mark.parametrize("text", CGO.values(), ids=CGO)
def test_cgo_file(text: str) -> None:
    assert imports_c(text)


@pytest.mark.parametrize("text", NOT_CGO.values(), ids=NOT_CGO)
def test_no_cgo_file(text: str) -> None:
    assert not imports_c(text)


CONSTRAINTS = {
    "none": ("package a\n", ""),
    "modern": ("//go:build linux && cgo\n\npackage a\n", "linux && cgo"),
    "after a licence": ("// Licence.\n\n/*\npackage of things\n*/\n\n//go:build linux\npackage a\n", "linux"),
    "with tabs": ("//go:build\tlinux\t\npackage a\n", "linux"),
    "no space after the slashes only": ("// go:build linux\n\npackage a\n", ""),
    "another pragma": ("//go:buildx linux\n\npackage a\n", ""),
    "behind the package clause": ("package a\n\n//go:build linux\n", ""),
    "in a block comment": ("/*\n//go:build linux\n*/\n\npackage a\n", ""),
    "block opener in a line comment": ("// a /* b\n//go:build linux\n// */\n\npackage a\n", "linux"),
    "two are malformed": ("//go:build linux\n//go:build amd64\n\npackage a\n", "linux amd64"),
    "old": ("// +build linux,!cgo darwin\n\npackage a\n", "(linux && !cgo || darwin)"),
    "old, without space": ("//+build ignore\n\npackage a\n", "(ignore)"),
    "old, two lines": ("// +build linux\n// +build amd64\n\npackage a\n", "(linux) && (amd64)"),
    "old, in the doc comment": ("// +build linux\npackage a\n", ""),
    "old, after a block comment": ("/* x */\n\n// +build linux\n\npackage a\n", ""),
    "old, empty": ("// +build\n\npackage a\n", "(ignore)"),
    "old, malformed terms": (
        "// +build !!a !\n\n// +build !b-c,d-e\n\npackage a\n",
        "(ignore || ignore) && (!ignore && ignore)",
    ),
    "old beside modern": ("//go:build linux\n// +build windows\n\npackage a\n", "linux"),
}


@pytest.mark.parametrize(("text", "expected"), CONSTRAINTS.values(), ids=CONSTRAINTS)
def test_build_constraint(text: str, expected: str) -> None:
    assert build_constraint(text) == expected


@pytest.mark.parametrize(
    ("name", "text", "cgo", "expected"),
    [
        ("a.go", "package a\n", True, True),
        ("a_test.go", "package a\n", True, False),
        ("_a.go", "package a\n", True, False),
        (".a.go", "package a\n", True, False),
        ("a_windows.go", "package a\n", True, False),
        ("a.go", "//go:build ignore\n\npackage main\n", True, False),
        ("a.go", "// +build ignore\n\npackage main\n", True, False),
        ("a.go", 'package a\n\nimport "C"\n', True, True),
        ("a.go", 'package a\n\nimport "C"\n', False, False),
        ("a.go", "//go:build !cgo\n\npackage a\n", False, True),
        ("a.go", "//go:build !cgo\n\npackage a\n", True, False),
    ],
)
def test_selection(name: str, text: str, cgo: bool, expected: bool) -> None:
    assert is_selected(name, text, TAGS if cgo else PURE) is expected


PRAGMA = '//go:cgo_import_dynamic _ _ "libc.so.6"'


def test_pragma_that_loads_a_library_is_found_with_its_line() -> None:
    text = f'package main\n\nvar s = `\n\n`\n{PRAGMA}\n  //go:cgo_import_dynamic puts puts#GLIBC_2.2.5 "libc.so.6"\n'
    assert dynamic_imports("m.go", text) == (
        DynamicImport("m.go", 6, PRAGMA),
        DynamicImport("m.go", 7, '//go:cgo_import_dynamic puts puts#GLIBC_2.2.5 "libc.so.6"'),
    )


@pytest.mark.parametrize(
    "text",
    [
        "//go:cgo_import_dynamic puts puts\n",
        "//go:cgo_import_dynamic puts\n",
        f"/*\n{PRAGMA}\n*/\n",
        f"var t = `\n{PRAGMA}\n`\n",
        f"// {PRAGMA}\n",
        f"func f() {{}} {PRAGMA}\n",
    ],
)
def test_pragma_that_loads_none(text: str) -> None:
    assert dynamic_imports("m.go", "package main\n\n" + text) == ()


EXPORTS = """\
package a

import "C"

// func Commented() {}

type Thing struct{ Field int }

func Run() {
	C.free(p) // x = y
	C.state = 1
	Call(x == y)
	Table[0] = 1
	Local := 2
	Count += 1
	if Done != true {
	}
}

func (t Thing) Method() {}

func hidden() {}

func Generic[T any](t T) {}

var Single, Other = 1, 2

const (
	First = iota
	Second Kind = 3
	third = 4
)

var text = `
func InText() {}
`
var glob = "a/*"

func Last() {}

var end = "*/"
"""


def test_exported_names() -> None:
    assert exported_names(EXPORTS) == {"Thing", "Run", "Generic", "Single", "First", "Second", "Last"}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('var err = errors.New("Binary was compiled with \'CGO_ENABLED=0\', go-sqlite3 requires cgo to work. This is a stub")',
         "var err = errors.New(\"Binary was compiled with 'CGO_ENABLED=0', go-sqlite3 requires cgo to work. This is a stub\")"),
        ("// Stub for builds without C.\nfunc F() {}", "// Stub for builds without C."),
        ('\tpanic("enable cgo")', 'panic("enable cgo")'),
        ('\tpanic("cgo is not supported")', 'panic("cgo is not supported")'),
        ("func Stubborn() {}", ""),
        ("func F() int { return 2 }", ""),
    ],
)  # fmt: skip
def test_stub_text(body: str, expected: str) -> None:
    assert stub_text(f"//go:build !cgo\n\npackage a\n\n{body}\n") == expected


def test_stub_words_before_the_package_clause_do_not_count() -> None:
    assert stub_text("// requires cgo\n//go:build !cgo\n\npackage a\n") == ""
