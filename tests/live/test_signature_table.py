"""Every row of the signature table (docs: linkage cases): real builds, the verdict, and readelf.

The builds are raw ``go build`` commands: what the table says must hold whatever plans the build.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import struct
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from readelf_oracle import get_found, read_expected

from golang.errors import InspectError
from golang.inspect import inspect_file
from golang.linkage import Kind, Libc
from golang.verdict import classify

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from golang.facts import BinaryFacts, ElfFacts

pytestmark = pytest.mark.live

NET_PROGRAM = """package main

import "C"
import (
	"fmt"
	"net"
	"os/user"
)

func main() {
	fmt.Println(user.Current())
	fmt.Println(net.LookupHost("localhost"))
}
"""
CXX_PROGRAM = """package main

// int one(void);
import "C"

func main() { println(C.one()) }
"""
CXX_SOURCE = """extern "C" int one(void) { try { throw 1; } catch (int number) { return number; } }
"""
IMPORT_PROGRAM = """package main

//go:cgo_import_dynamic _ _ "libc.so.6"

func main() {}
"""
EXTERNAL = "-linkmode external -extldflags "


@dataclass(frozen=True, kw_only=True)
class Row:
    """One build of the table and what must be found. ``ldflags`` go to one -ldflags."""

    cgo: bool = True
    cc: str = "gcc"
    arguments: tuple[str, ...] = ()
    ldflags: str = ""
    program: str = "net"
    target: str = "linux/amd64"
    verdict: str
    found: Mapping[str, object] = field(default_factory=dict)


def link_static(verdict: str, **changes: object) -> Row:
    found = {"libc_resolver": True, "type": "EXEC", "has_tls": True, "go": True}
    return Row(ldflags=EXTERNAL + "-static", verdict=verdict, found=found, **changes)  # type: ignore[arg-type]


PURE = {
    "type": "EXEC",
    "libc": None,
    "has_tls": False,
    "libc_resolver": False,
    "dlopen": False,
    "go": True,
}
ROWS = {
    "pure": Row(cgo=False, verdict="static", found=PURE),
    "pure-s-w": Row(cgo=False, ldflags="-s -w", verdict="static", found=PURE),
    "netgo": Row(arguments=("-tags", "netgo,osusergo"), verdict="static", found=PURE),
    "cgo": Row(verdict="dynamic", found={"libc": Libc.GLIBC, "libc_resolver": True, "needed": ("libc.so.6",)}),
    "cgo-s-w": Row(ldflags="-s -w", verdict="dynamic", found={"libc_resolver": True}),
    "extldflags-only": Row(ldflags="-extldflags -static", verdict="dynamic", found={"needed": ("libc.so.6",)}),
    "glibc": link_static("static-libc (glibc; nss-dependent)"),
    "glibc-netgo": Row(
        arguments=("-tags", "netgo,osusergo"), program="cgo", ldflags=EXTERNAL + "-static",
        verdict="static-libc (glibc)", found={"libc_resolver": False, "nss": False},
    ),
    "musl": link_static("static-libc (musl)", cc="musl-gcc"),
    "musl-gcc-with-cxx": Row(  # C24: Go links with g++, so the libc is not the one of CC
        cc="musl-gcc", program="cxx", ldflags=EXTERNAL + "-static", verdict="static-libc (glibc)",
        found={"libc": Libc.GLIBC, "nss": False},
    ),
    "cxx": Row(
        program="cxx", verdict="dynamic",
        found={"needed": ("libstdc++.so.6", "libgcc_s.so.1", "libc.so.6"), "libc_resolver": False},
    ),
    "musl-least": Row(  # the least of musl that cgo brings in
        cc="musl-gcc", program="small", ldflags="-s -w " + EXTERNAL + "'-static -Wl,--gc-sections'",
        verdict="static-libc (musl)", found={"libc": Libc.MUSL, "libc_resolver": False},
    ),
    "musl-dynamic": Row(cc="musl-gcc", ldflags="-linkmode external", verdict="dynamic", found={"libc": Libc.MUSL}),
    "pie-pure": Row(
        cgo=False, arguments=("-buildmode=pie",), verdict="interpreter-only",
        found={"type": "DYN", "needed": (), "pie": True},
    ),
    "pie-d": Row(
        cgo=False, arguments=("-buildmode=pie",), ldflags="-d", verdict="broken",
        found={"type": "DYN", "interpreter": None, "has_dynamic": False},
    ),
    "pie": Row(arguments=("-buildmode=pie",), verdict="dynamic", found={"type": "DYN", "pie": True}),
    "pie-static": link_static("static-libc (glibc; nss-dependent)", arguments=("-buildmode=pie",)),
    "static-pie": Row(
        arguments=("-buildmode=pie",), ldflags=EXTERNAL + "-static-pie",
        verdict="static-pie (glibc; nss-dependent)", found={"type": "DYN", "pie": True, "has_dynamic": True},
    ),
    "static-pie-musl": Row(
        cc="musl-gcc", arguments=("-buildmode=pie",), ldflags=EXTERNAL + "-static-pie",
        verdict="dynamic", found={"libc": Libc.MUSL, "needed": ("libc.so",)},
    ),
    "import-dynamic": Row(
        cgo=False, program="import", verdict="dynamic",
        found={"libc": Libc.GLIBC, "needed": ("libc.so.6",), "libc_resolver": False},
    ),
    "c-shared": Row(
        arguments=("-buildmode=c-shared",), verdict="shared-library",
        found={"pie": False, "static_tls": True, "libc": Libc.GLIBC},
    ),
}  # fmt: skip
CROSS = {
    target: Row(cgo=False, target=target, program="plain", verdict=verdict)
    for target, verdict in {
        **dict.fromkeys(
            (
                "linux/386", "linux/arm64", "linux/arm", "linux/riscv64", "linux/ppc64le",
                "linux/s390x", "linux/mips64le", "linux/loong64", "freebsd/amd64", "netbsd/amd64",
            ),
            "static",
        ),
        "openbsd/amd64": "dynamic",
        "solaris/amd64": "dynamic",
        "android/arm64": "interpreter-only",
        "windows/amd64": "system-only",
        "darwin/arm64": "system-only",
        "js/wasm": "unprovable",
    }.items()
}  # fmt: skip
PROGRAMS = {
    "net": NET_PROGRAM.replace('import "C"\n', ""),
    "cgo": NET_PROGRAM,
    "import": IMPORT_PROGRAM,
    "cxx": CXX_PROGRAM,
    "small": CXX_PROGRAM.replace("int one(void);", "static int one(void) { return 1; }"),
    "plain": "package main\n\nfunc main() { println(1) }\n",
}


class Builder:
    """Builds rows, each once."""

    def __init__(self, root: Path, environ: Mapping[str, str]) -> None:
        self._root = root
        self._environ = environ
        self._built: dict[str, Path] = {}
        for name, source in PROGRAMS.items():
            folder = root / name
            folder.mkdir()
            (folder / "main.go").write_text(source)
            if name == "cxx":
                (folder / "one.cc").write_text(CXX_SOURCE)
            (folder / "go.mod").write_text(f"module example.com/{name}\n\ngo 1.21\n")

    def build(self, name: str, row: Row) -> Path:
        """Return the binary of the row."""
        if name not in self._built:
            self._built[name] = self._run(name, row)
        return self._built[name]

    def _run(self, name: str, row: Row) -> Path:
        output = self._root / f"{name.replace('/', '-')}.bin"
        goos, _, goarch = row.target.partition("/")
        environ = {
            **self._environ,
            "CGO_ENABLED": str(int(row.cgo)),
            "CC": row.cc,
            "GOOS": goos,
            "GOARCH": goarch,
        }
        command = ["go", "build", *row.arguments, f"-ldflags={row.ldflags}", "-o", str(output), "."]
        run = subprocess.run(
            command,
            cwd=self._root / row.program,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stderr
        return output


@pytest.fixture(scope="session")
def go_environ() -> dict[str, str]:
    """The environment of raw builds: the user's build cache, none of the user's Go settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GO", "CGO_"))}
    cache = subprocess.run(["go", "env", "GOCACHE"], capture_output=True, text=True, check=True)
    return {
        **kept,
        "GOCACHE": cache.stdout.strip(),
        "GOENV": "off",
        "GOWORK": "off",
        "GOTOOLCHAIN": "local",
    }


@pytest.fixture(scope="session")
def builder(tmp_path_factory: pytest.TempPathFactory, go_environ: dict[str, str]) -> Builder:
    return Builder(tmp_path_factory.mktemp("signatures"), go_environ)


def get_elf(facts: BinaryFacts) -> ElfFacts:
    assert facts.elf is not None
    return facts.elf


@pytest.mark.parametrize("name", ROWS)
def test_row_has_its_verdict_and_agrees_with_readelf(builder: Builder, name: str) -> None:
    row = ROWS[name]
    path = builder.build(name, row)
    facts = inspect_file(path)
    assert str(classify(facts)) == row.verdict
    elf = get_elf(facts)
    assert {key: getattr(elf, key) for key in row.found} == dict(row.found)
    assert get_found(elf) == read_expected(path)
    assert elf.build_info is not None
    assert elf.build_info.cgo_enabled is row.cgo
    assert elf.build_info.module == f"example.com/{row.program}"


@pytest.mark.parametrize("name", ROWS)
def test_stripped_row_has_the_same_facts(builder: Builder, tmp_path: Path, name: str) -> None:
    path = builder.build(name, ROWS[name])
    stripped = tmp_path / "stripped"
    subprocess.run(["strip", "-o", str(stripped), str(path)], check=True)
    assert stripped.stat().st_size < path.stat().st_size or "-s" in ROWS[name].ldflags
    assert get_elf(inspect_file(stripped)) == get_elf(inspect_file(path))


@pytest.mark.parametrize("name", ROWS)
def test_row_without_section_headers_has_the_same_facts(builder: Builder, tmp_path: Path, name: str) -> None:
    path = builder.build(name, ROWS[name])
    data = bytearray(path.read_bytes())
    struct.pack_into("<Q", data, 40, 0)
    struct.pack_into("<3H", data, 58, 64, 0, 0)
    bare = tmp_path / "bare"
    bare.write_bytes(data)
    assert inspect_file(bare) == inspect_file(path)


@pytest.mark.parametrize("name", ["pure", "glibc", "static-pie", "c-shared"])
def test_build_information_is_what_go_reads(builder: Builder, name: str) -> None:
    path = builder.build(name, ROWS[name])
    printed = subprocess.run(["go", "version", "-m", str(path)], capture_output=True, text=True, check=True).stdout
    first, *lines = printed.splitlines()
    info = get_elf(inspect_file(path)).build_info
    assert info is not None
    assert first == f"{path}: {info.go_version}"
    keys = [line.split("\t")[2].partition("=")[0] for line in lines if line.startswith("\tbuild\t")]
    assert list(info.settings) == keys
    assert info.settings.get("-ldflags", "") == ROWS[name].ldflags
    assert f"\tpath\t{info.path}" in lines


@pytest.mark.parametrize("name", CROSS)
def test_other_platforms(builder: Builder, name: str) -> None:
    path = builder.build(name, CROSS[name])
    facts = inspect_file(path)
    assert str(classify(facts)) == CROSS[name].verdict
    if facts.elf is not None:
        assert facts.elf.go
        assert get_found(facts.elf) == read_expected(path)


def test_archive_is_named_and_has_its_go_member(builder: Builder) -> None:
    path = builder.build("c-archive", Row(arguments=("-buildmode=c-archive",), program="cgo", verdict="archive"))
    facts = inspect_file(path)
    assert facts.members[0] == "go.o"
    assert classify(facts).kind is Kind.ARCHIVE


def test_truncated_program_is_never_static(builder: Builder, tmp_path: Path) -> None:
    path = builder.build("pure", ROWS["pure"])
    data = path.read_bytes()
    loaded = 0
    count = struct.unpack_from("<H", data, 56)[0]
    for i in range(count):
        kind, _, offset, _, _, size = struct.unpack_from("<IIQQQQ", data, 64 + 56 * i)
        loaded = max(loaded, offset + size) if kind == 1 else loaded
    cut = tmp_path / "cut"
    for size in (loaded - 1, loaded // 2, 4096, 64, 16):
        cut.write_bytes(data[:size])
        with pytest.raises(InspectError):
            inspect_file(cut)


def test_separate_debug_file_is_not_static(builder: Builder, tmp_path: Path) -> None:
    path = builder.build("pure", ROWS["pure"])
    debug = tmp_path / "debug"
    subprocess.run(["objcopy", "--only-keep-debug", str(path), str(debug)], check=True)
    with contextlib.suppress(InspectError):
        assert classify(inspect_file(debug)).kind is Kind.UNPROVABLE


def test_embedded_static_program_does_not_make_pure_go_impure(
    builder: Builder, tmp_path: Path, go_environ: dict[str, str]
) -> None:
    embedded = builder.build("glibc", ROWS["glibc"])
    shutil.copy(embedded, tmp_path / "tool")
    (tmp_path / "go.mod").write_text("module example.com/embed\n\ngo 1.21\n")
    (tmp_path / "main.go").write_text(
        'package main\n\nimport _ "embed"\n\n//go:embed tool\nvar tool string\n\n'
        "func main() { println(len(tool), tool[:4]) }\n"
    )
    subprocess.run(
        ["go", "build", "-o", "app", "."],
        cwd=tmp_path, env={**go_environ, "CGO_ENABLED": "0"}, check=True, capture_output=True,
    )  # fmt: skip
    facts = inspect_file(tmp_path / "app")
    assert facts.size > embedded.stat().st_size
    assert str(classify(facts)) == "static"
    elf = get_elf(facts)
    assert (elf.libc, elf.nss, elf.libc_resolver) == (None, False, False)
    assert elf.build_info is not None
    assert elf.build_info.module == "example.com/embed"
