"""packages: `go list -json` (recorded from Go, see tests/data/golist/record.py) to a frozen graph."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from golang.errors import PackageError
from golang.golist import build_graph, decode_stream, list_packages, read_listing, relative_package
from golang.gosource import tags_of
from golang.packages import Module, Package, PackageGraph
from golang.platform import Platform
from golang.runner import Completed

DATA = Path(__file__).resolve().parent.parent / "data" / "golist"
CGO_TAGS = tags_of(Platform("linux", "amd64"), cgo=True)


def graph_of(name: str) -> PackageGraph:
    return build_graph(list(decode_stream((DATA / f"{name}.json").read_text())), "/modcache", CGO_TAGS)


def test_stream_of_objects_with_any_white_space() -> None:
    assert list(decode_stream('\n{"a": 1}{"b": [2]}\n\t{"c": "}"} \n')) == [{"a": 1}, {"b": [2]}, {"c": "}"}]
    assert list(decode_stream("")) == []


class TestApp:
    """A program with net, a cgo package with C++, embedded files and a replaced module."""

    graph = graph_of("app_cgo")
    main = graph.main("/src/app/cmd/app")

    def test_main(self) -> None:
        assert (self.main.import_path, self.main.name) == ("example.org/app/cmd/app", "main")
        assert self.main.imports[:2] == ("embed", "example.org/app/dial")
        assert self.main.godebug.startswith("asynctimerchan=1")
        assert self.main.files == (
            "/src/app/cmd/app/main.go",
            "/src/app/cmd/app/static/a.txt",
            "/src/app/cmd/app/static/deep/b.txt",
        )

    def test_only_what_was_asked_for_is_a_main(self) -> None:
        assert list(self.graph.mains.values()) == ["example.org/app/cmd/app"]
        with pytest.raises(PackageError, match="/src/app/dial is not a package that `go list` knows"):
            self.graph.main("/src/app/dial")

    def test_cgo_package(self) -> None:
        native = self.graph.packages["example.org/app/native"]
        assert native.cgo_files == ("native.go",)
        assert native.cxx_files == ("answer.cc",)
        assert native.files == tuple(f"/src/app/native/{name}" for name in ("native.go", "answer.cc", "answer.h"))
        assert native.cgo_cflags == ("-DA=1", "-DC=1")
        assert native.cgo_ldflags == ("-L/src/app/native/lib", "-lfoo", "-lm")
        assert native.imports == ()

    def test_replaced_module(self) -> None:
        lib = self.graph.packages["example.org/lib"]
        assert lib.local
        assert str(lib.module) == "example.org/lib@v1.2.0 => ../lib"
        assert lib.module is not None
        assert lib.module.go_version == "1.20"
        assert str(self.main.module) == "example.org/app"

    def test_closure_is_nearest_first_and_complete(self) -> None:
        closure = self.graph.closure(self.main)
        assert closure[0] is self.main
        assert [package.import_path for package in closure[1:6]] == list(self.main.imports)
        assert {"net", "runtime", "internal/abi"} <= {package.import_path for package in closure}
        assert len(closure) == len({package.import_path for package in closure})

    def test_shortest_chain(self) -> None:
        assert self.graph.chain(self.main, "net") == ("example.org/app/cmd/app", "example.org/app/dial", "net")
        assert self.graph.chain(self.main, "example.org/app/cmd/app") == ("example.org/app/cmd/app",)
        assert self.graph.chain(self.main, "example.org/nothing") == ()

    def test_standard_library_vendors_its_imports(self) -> None:
        vendored = self.graph.packages["vendor/golang.org/x/net/dns/dnsmessage"]
        assert vendored.standard
        assert not vendored.local
        assert "vendor/golang.org/x/net/dns/dnsmessage" in self.graph.packages["net"].imports
        assert self.graph.chain(self.main, vendored.import_path)[-2:] == ("net", vendored.import_path)

    def test_standard_library_is_never_local(self) -> None:
        assert not any(package.local for package in self.graph.packages.values() if package.standard)


def test_import_map_names_the_package_behind_an_import() -> None:
    listing = [
        {"ImportPath": "m", "Name": "main", "Dir": "/m", "Imports": ["x", "C", "unsafe"], "ImportMap": {"x": "v/x"}},
        {"ImportPath": "v/x", "Name": "x", "Dir": "/v/x", "DepOnly": True},
    ]
    graph = build_graph(listing, "", CGO_TAGS)
    assert graph.packages["m"].imports == ("v/x",)
    assert graph.chain(graph.main("/m"), "v/x") == ("m", "v/x")


def test_import_that_is_not_listed_ends_the_chain() -> None:
    graph = build_graph([{"ImportPath": "m", "Name": "main", "Dir": "/m", "Imports": ["gone"]}], "", CGO_TAGS)
    main = graph.main("/m")
    assert graph.closure(main) == (main,)
    assert graph.chain(main, "gone") == ()


@pytest.mark.parametrize(
    ("fields", "files"),
    [
        ({"cgo_files": ("c.go",), "native_files": ("a.c", "a.h")}, ["c.go", "a.c", "a.h"]),
        ({"go_files": ("a.go",), "native_files": ("a_amd64.s", "a.h")}, ["a.go", "a_amd64.s", "a.h"]),
        ({"go_files": ("a.go",), "native_files": ("a.h", "a.hpp")}, ["a.go"]),
        ({"go_files": ("a.go",), "native_files": ("a.syso",), "embed_files": ("x.h",)}, ["a.go", "a.syso", "x.h"]),
    ],
)
def test_headers_count_where_something_includes_them(fields: dict[str, tuple[str, ...]], files: list[str]) -> None:
    package = Package(import_path="m", dir="/m", name="m", **fields)
    assert list(package.files) == [f"/m/{name}" for name in files]
    assert sorted(package.file_names) == sorted(files)


def test_configuration_selects_other_files() -> None:
    native = graph_of("app_pure").packages["example.org/app/native"]
    assert native.cgo_files == ()
    assert native.go_files == ("native_nocgo.go",)
    assert native.ignored_go_files == ("native.go", "native_windows.go")


def test_vendor_directory_is_local() -> None:
    lib = graph_of("vendored").packages["example.org/lib"]
    assert lib.local
    assert lib.files == ("/src/vendored/vendor/example.org/lib/lib.go",)
    assert str(lib.module) == "example.org/lib@v1.2.0"


def test_module_cache_is_not_local_and_pinned_by_its_checksum() -> None:
    sqlite = graph_of("cached").packages["github.com/mattn/go-sqlite3"]
    assert not sqlite.local
    assert sqlite.module is not None
    assert str(sqlite.module) == f"github.com/mattn/go-sqlite3@{sqlite.module.version} {sqlite.module.sum}"
    assert sqlite.module.sum.startswith("h1:")


def test_directory_beside_the_module_cache_is_local() -> None:
    listing = [{"ImportPath": "m", "Name": "m", "Dir": "/modcache2/m"}]
    assert build_graph(listing, "/modcache", CGO_TAGS).packages["m"].local
    assert build_graph(listing, "", CGO_TAGS).packages["m"].local


def test_errors_stay_with_their_packages() -> None:
    graph = graph_of("broken")
    errors = {package.import_path: package.error for package in graph.packages.values() if package.error}
    excluded = "build constraints exclude all Go files in /src/broken/"
    assert errors == {
        "example.org/broken": "pattern nothing.txt: no matching files found",
        "example.org/broken/onlycgo": f"{excluded}onlycgo",
        "example.org/broken/windows": f"{excluded}windows",
        "example.org/missing": "no required module provides package example.org/missing; to add it:\n\tgo get example.org/missing",
    }
    missing = graph.packages["example.org/missing"]
    assert (missing.files, missing.dropped_cgo, missing.dynamic_imports) == ((), None, ())
    assert len(graph.closure(graph.main("/src/broken"))) > 4


def test_race_detector_is_part_of_every_program() -> None:
    """The go command links it in without an import that says so."""
    graph = graph_of("race")
    assert graph.chain(graph.main("/src/bare"), "runtime/race") == ("example.org/bare", "runtime/race")
    assert graph.packages["runtime/race"].cgo_files
    bare = graph_of("bare")
    assert bare.chain(bare.main("/src/bare"), "runtime/race") == ()


@pytest.mark.parametrize(
    ("module", "text"),
    [
        (Module(path="m"), "m"),
        (Module(path="m", version="v1"), "m@v1"),
        (Module(path="m", version="v1", sum="h1:x"), "m@v1 h1:x"),
        (Module(path="m", version="v1", replaced_by="n v2", sum="h1:y"), "m@v1 => n v2 h1:y"),
    ],
)
def test_module_text_is_its_identity(module: Module, text: str) -> None:
    assert str(module) == text


class Recorder:
    """Answers as `go list` would, and keeps what it was asked."""

    def __init__(self, answer: Completed) -> None:
        self.answer = answer
        self.argv: list[str] = []
        self.cwd: str | None = None

    def __call__(
        self, argv: Sequence[str], *, cwd: str | None = None, environ: Mapping[str, str], stdin: str = ""
    ) -> Completed:
        del environ, stdin
        self.argv, self.cwd = list(argv), cwd
        return self.answer


ENVIRON = {"GOMODCACHE": "/modcache", "GOOS": "linux", "GOARCH": "amd64"}


def test_one_listing_for_all_programs_with_the_flags_of_the_plan() -> None:
    go = Recorder(Completed(0, (DATA / "app_pure.json").read_text(), ""))
    flags = ["-mod=vendor", "-tags=pro,v2"]
    listing = list_packages("/go", flags, ENVIRON, "/src/app", ["/src/app/cmd/b", "/src/app", "/src/app/cmd/app"], go)
    assert go.cwd == "/src/app"
    assert go.argv[:4] == ["/go", "list", "-e", "-deps"]
    assert go.argv[5:] == [*flags, ".", "./cmd/app", "./cmd/b"]
    native = read_listing(listing, flags, ENVIRON).packages["example.org/app/native"]
    assert native.cgo_tags == CGO_TAGS | {"pro", "v2"}


def test_fields_that_are_asked_for_are_those_that_go_knows() -> None:
    go = Recorder(Completed(0, "", ""))
    list_packages("/go", [], ENVIRON, "/m", ["/m"], go)
    asked = set(go.argv[4].removeprefix("-json=").split(","))
    recorded = {field for file in DATA.glob("*.json") for one in decode_stream(file.read_text()) for field in one}
    assert recorded <= asked


def test_module_that_cannot_be_read_is_one_error_with_the_words_of_go() -> None:
    go = Recorder(Completed(1, "", "go: errors parsing go.mod:\ngo.mod:1: unknown directive: x\n"))
    with pytest.raises(PackageError) as caught:
        list_packages("/go", [], ENVIRON, "/m", ["/m"], go)
    assert str(caught.value) == "go list in /m: go: errors parsing go.mod:\ngo.mod:1: unknown directive: x"


@pytest.mark.parametrize(
    ("directory", "package"), [("/m", "."), ("/m/a", "./a"), ("/m/a b/c", "./a b/c"), ("/n", "../n")]
)
def test_package_argument(directory: str, package: str) -> None:
    assert relative_package("/m", directory) == package


def write_package(directory: Path, files: Mapping[str, str], **fields: tuple[str, ...]) -> Package:
    for name, text in files.items():
        (directory / name).write_text(text)
    return Package(import_path="m/p", dir=str(directory), name="p", cgo_tags=CGO_TAGS, **fields)


def test_dynamic_imports_name_file_and_line(tmp_path: Path) -> None:
    """C1."""
    text = 'package p\n\n//go:cgo_import_dynamic _ _ "libc.so.6"\n'
    package = write_package(tmp_path, {"a.go": "package p\n", "b.go": text}, go_files=("a.go", "b.go"))
    [pragma] = package.dynamic_imports
    assert (pragma.file, pragma.line) == (str(tmp_path / "b.go"), 3)


def test_dynamic_imports_of_the_standard_library_are_its_own_business(tmp_path: Path) -> None:
    text = 'package p\n\n//go:cgo_import_dynamic _ _ "libc.so.6"\n'
    (tmp_path / "a.go").write_text(text)
    package = Package(import_path="net", dir=str(tmp_path), name="net", standard=True, go_files=("a.go",))
    assert package.dynamic_imports == ()


CGO_FILE = 'package p\n\nimport "C"\n\nfunc Open() {}\nfunc Close() {}\n'
STUB = '//go:build !cgo\n\npackage p\n\nfunc Open() { panic("p requires cgo to work") }\n'


def test_dropped_cgo_with_a_stub(tmp_path: Path) -> None:
    """C30: the go-sqlite3 accident."""
    package = write_package(
        tmp_path,
        {"cgo.go": CGO_FILE, "stub.go": STUB, "doc.go": "package p\n"},
        go_files=("doc.go", "stub.go"),
        ignored_go_files=("cgo.go",),
    )
    dropped = package.dropped_cgo
    assert dropped is not None
    assert (dropped.files, dropped.replaced_by, dropped.lost) == (("cgo.go",), ("stub.go",), ("Close",))
    assert dropped.stub == 'func Open() { panic("p requires cgo to work") }'


def test_dropped_cgo_with_a_whole_replacement(tmp_path: Path) -> None:
    package = write_package(
        tmp_path,
        {
            "cgo.go": CGO_FILE,
            "pure.go": "//go:build !(cgo && linux)\n\npackage p\n\nfunc Open() {}\nfunc Close() {}\n",
        },
        go_files=("pure.go",),
        ignored_go_files=("cgo.go",),
    )
    dropped = package.dropped_cgo
    assert dropped is not None
    assert (dropped.replaced_by, dropped.stub, dropped.lost) == (("pure.go",), "", ())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("p.go", "//go:build cgo\n\npackage p\n"),
        ("p_windows.go", CGO_FILE),
        ("p.go", f"//go:build ignore\n\n{CGO_FILE}"),
        ("p.go", f"//go:build libsqlite3\n\n{CGO_FILE}"),
        ("p.go", "//go:build windows\n\npackage p\n"),
        ("p_test.go", CGO_FILE),
    ],
)
def test_files_that_cgo_would_not_bring_back_are_not_dropped(tmp_path: Path, name: str, text: str) -> None:
    package = write_package(
        tmp_path, {name: text, "doc.go": "package p\n"}, go_files=("doc.go",), ignored_go_files=(name,)
    )
    assert package.dropped_cgo is None


def test_file_kept_for_another_reason_replaces_nothing(tmp_path: Path) -> None:
    package = write_package(
        tmp_path,
        {"cgo.go": CGO_FILE, "linux.go": "//go:build linux\n\npackage p\n\n// Stub.\nfunc Open() {}\n"},
        go_files=("linux.go",),
        ignored_go_files=("cgo.go",),
    )
    assert package.dropped_cgo is not None
    assert (package.dropped_cgo.replaced_by, package.dropped_cgo.stub) == ((), "")


def test_records_are_json_lines() -> None:
    for file in DATA.glob("*.json"):
        assert all(json.loads(line)["ImportPath"] for line in file.read_text().splitlines())
