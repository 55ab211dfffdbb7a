"""configuration: what is inherited into a build and what never leaks (E1-E4, E11); which C compiler takes part."""

from __future__ import annotations

import dataclasses
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from golang.ccompiler import LinkTrial
from golang.compiler_memo import CompilerMemo
from golang.configuration import Configuration, base_environ
from golang.drivers import Drivers
from golang.emulation import Emulation
from golang.errors import ToolchainError
from golang.goenv import BINARY_SETTINGS, CACHE_SETTINGS
from golang.linkage import Kind, Libc, Linkage, Request
from golang.needs import CNeeds
from golang.packages import Package
from golang.plan import Options
from golang.platform import Platform
from golang.predict import CgoUse, Prediction
from golang.runner import Completed
from golang.toolchain import GoToolchain

PROCESS = {"HOME": "/home/me", "PATH": "/process/bin"}


@pytest.mark.parametrize("name", [*BINARY_SETTINGS, "CGO_ENABLED", "GOOS", "GOARCH", "GOROOT", "GOTOOLCHAIN", "GOENV",
                                  "GOWORK", "GODEBUG", "GO111MODULE", "CC", "CXX", "AR", "FC"])  # fmt: skip
def test_no_setting_of_go_leaks(name: str) -> None:
    """E1, E2, E4, E11: neither from the build's environment nor from the process's; the plan sets what holds."""
    base = base_environ({"PATH": "/bin", name: "leak"}, {**PROCESS, name: "leak"}, {})
    assert "leak" not in base.values()


@pytest.mark.parametrize(
    "name", ["LD_PRELOAD", "CPATH", "LIBRARY_PATH", "CFLAGS", "LDFLAGS", "GCC_EXEC_PREFIX", "PATH"]
)
def test_nothing_of_the_process_is_inherited_unless_it_is_listed(name: str) -> None:
    assert name not in base_environ({}, {**PROCESS, name: "leak"}, {})


@pytest.mark.parametrize("name", ["CPATH", "LIBRARY_PATH", "PATH", "LANG", "MY_TOOL"])
def test_environment_of_the_build_is_passed_on(name: str) -> None:
    assert base_environ({name: "x"}, PROCESS, {})[name] == "x"


@pytest.mark.parametrize(
    "name", ["HOME", "TMPDIR", "XDG_CACHE_HOME", "HTTPS_PROXY", "no_proxy", "SSL_CERT_FILE", *CACHE_SETTINGS]
)
def test_places_are_inherited_where_the_build_does_not_say(name: str) -> None:
    """E3: caches, homes and proxies cannot change a binary."""
    assert base_environ({}, {**PROCESS, name: "theirs"}, {})[name] == "theirs"
    assert base_environ({name: "ours"}, {**PROCESS, name: "theirs"}, {})[name] == "ours"
    assert base_environ({name: ""}, {**PROCESS, name: "theirs"}, {})[name] == "theirs"


def test_construction_variables_win_over_both_environments() -> None:
    base = base_environ(
        {"GOCACHE": "/build"}, {**PROCESS, "GOCACHE": "/process"}, {"GOCACHE": "/variable", "GOPROXY": ""}
    )
    assert base["GOCACHE"] == "/variable"
    assert "GOPROXY" not in base


def test_there_is_always_a_home() -> None:
    """E3: without one there is no build cache, and no build."""
    assert base_environ({}, {}, {})["HOME"]


LINUX = Platform("linux", "amd64")
GO = GoToolchain(
    path="/goroot/bin/go",
    version="go1.26.8",
    goroot="/goroot",
    caches={"GOCACHE": "/cache"},
    user_settings={},
    user_file="",
    identity="go1.26.8 abc",
)
LIBCS = {
    "gcc": "#define __x86_64__ 1\n#define __linux__ 1\n#define _FEATURES_H 1\n#define __GLIBC__ 2\n#define __GLIBC_MINOR__ 36\n",
    "g++": "#define __x86_64__ 1\n#define __linux__ 1\n#define _FEATURES_H 1\n#define __GLIBC__ 2\n#define __GLIBC_MINOR__ 36\n",
    "musl-gcc": "#define __x86_64__ 1\n#define __linux__ 1\n#define _FEATURES_H \n",
}


class Compilers:
    """A process boundary with three compilers: gcc and g++ with glibc, musl-gcc with musl."""

    def __init__(self) -> None:
        self.environs: list[dict[str, str]] = []
        self.missing = ""

    def __call__(
        self, argv: Sequence[str], *, cwd: str | None = None, environ: Mapping[str, str], stdin: str = ""
    ) -> Completed:
        del cwd, stdin
        self.environs.append(dict(environ))
        if "-dM" in argv:
            return Completed(0, LIBCS[Path(argv[0]).name], "gcc version 12\n")
        return Completed(1, "", self.missing) if self.missing else Completed(0, "", "")


@pytest.fixture
def bin_directory(tmp_path: Path) -> str:
    for name in LIBCS:
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    return str(tmp_path)


def configure(
    bin_directory: str,
    linkage: str = "static-libc",
    libc: Libc = Libc.GLIBC,
    cc: Sequence[str] = ("gcc",),
    cxx: str = "g++",
    **fields: Any,
) -> Configuration:
    known: dict[str, Any] = {
        "request": Request(linkage=Linkage(linkage), libc=libc),
        "platform": LINUX,
        "options": Options(),
        "toolchain": GO,
        "module_root": "/m",
        "workspace": "off",
        "base": {"PATH": "/nowhere", "HOME": "/h"},
        "process_path": bin_directory,
        "drivers": [Drivers(one, cxx) for one in cc],
        "memo": CompilerMemo(Compilers()),
    }
    return Configuration(**{**known, **fields})


NEEDS_C = Prediction(kind=Kind.STATIC_LIBC, cgo=(CgoUse("a", ("m", "a")),))
NEEDS_NONE = Prediction(kind=Kind.STATIC)


def test_environment_is_owned(bin_directory: str) -> None:
    environ = configure(bin_directory, "static", base={"PATH": "/bin", "HOME": "/h", "GOFLAGS": "-x"}).environ
    assert environ["CGO_ENABLED"] == "0"
    assert environ["GOFLAGS"].strip() == ""
    assert (environ["GOENV"], environ["GOWORK"], environ["GOTOOLCHAIN"]) == ("off", "off", "local")
    assert (environ["GOCACHE"], environ["HOME"]) == ("/cache", "/h")
    assert environ["GODEBUG"] == "goindex=0"


def test_compilers_are_there_where_path_hides_them(bin_directory: str) -> None:
    """E1: a PATH that hides gcc never flips a linkage."""
    config = configure(bin_directory, base={"PATH": "/nowhere"})
    environ = config.build_environ(NEEDS_C)
    assert environ["CGO_ENABLED"] == "1"
    assert environ["PATH"] == os.pathsep.join(["/nowhere", bin_directory])
    assert "CC" not in config.build_environ(NEEDS_NONE)


def test_compilers_are_said_by_name_where_path_finds_them(bin_directory: str) -> None:
    """Go does so itself: a package that it compiled before with the same compiler is in its cache."""
    for fields in ({}, {"cc": (f"{bin_directory}/gcc",)}, {"base": {"PATH": bin_directory}}):
        environ = configure(bin_directory, **fields).build_environ(NEEDS_C)
        assert (environ["CC"], environ["CXX"]) == ("gcc", "g++")
    assert configure(bin_directory, cc=("gcc -m64",)).build_environ(NEEDS_C)["CC"] == "gcc -m64"


def test_compilers_are_said_by_absolute_path_where_path_finds_others(bin_directory: str, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for name in ("gcc", "g++"):
        shutil.copy(f"{bin_directory}/{name}", other)
    given = (f"{bin_directory}/gcc -m64",)
    environ = configure(bin_directory, base={"PATH": str(other)}, cc=given).build_environ(NEEDS_C)
    assert environ["CC"] == f"{bin_directory}/gcc -m64"
    # The folder of the C compiler comes to PATH, and with it another C++ compiler.
    environ = configure(bin_directory, cxx=f"{other}/g++").build_environ(NEEDS_C)
    assert (environ["CC"], environ["CXX"]) == ("gcc", f"{other}/g++")


def test_first_compiler_of_the_wanted_libc_is_taken(bin_directory: str) -> None:
    pair = ("gcc", "musl-gcc")
    assert configure(bin_directory, libc=Libc.MUSL, cc=pair).c.compilers()[0].command == (f"{bin_directory}/musl-gcc",)
    assert configure(bin_directory, libc=Libc.GLIBC, cc=pair).c.compilers()[0].command == (f"{bin_directory}/gcc",)
    assert configure(bin_directory, libc=Libc.MUSL, cc=("gcc", "nocc")).c.compilers()[0].command == (
        f"{bin_directory}/gcc",
    )
    assert configure(bin_directory, libc=Libc.MUSL, cc=("nocc", "musl-gcc")).c.compilers()[0].libc is Libc.MUSL


def test_cxx_compiler_may_be_missing(bin_directory: str) -> None:
    assert len(configure(bin_directory, cxx="no++").c.compilers()) == 1


def test_missing_c_compiler_is_one_finding_with_the_reason(bin_directory: str) -> None:
    config = configure(bin_directory, cc=("nocc", "alsono"))
    with pytest.raises(ToolchainError, match="nocc: it is not on PATH"):
        config.c.compilers()
    [finding] = config.c.findings(NEEDS_C)
    assert finding.why == "m imports a"
    assert finding.found == "nocc: it is not on PATH (/nowhere)"
    assert "static" not in finding.fix
    assert config.c.findings(NEEDS_NONE) == ()


def test_compilers_are_asked_in_a_clean_environment(bin_directory: str) -> None:
    boundary = Compilers()
    configure(bin_directory, memo=CompilerMemo(boundary)).c.compilers()
    assert boundary.environs
    for environ in boundary.environs:
        assert environ == {"PATH": f"/nowhere:{bin_directory}", "HOME": "/h", "LC_ALL": "C"}


@pytest.mark.parametrize(("missing", "archive"), [("bar", "libbar.a"), (":libx.a", "libx.a")])
def test_missing_archives_are_findings(bin_directory: str, missing: str, archive: str) -> None:
    """C12."""
    boundary = Compilers()
    boundary.missing = f"/usr/bin/ld: cannot find -l{missing}: No such file or directory\n"
    [finding] = configure(bin_directory, memo=CompilerMemo(boundary)).c.findings(NEEDS_C)
    assert finding.case == "C12"
    assert finding.wanted == f"{archive}, to link it statically"
    assert finding.found.startswith(f"no {archive} for linux/amd64 where {bin_directory}/gcc looks")
    assert finding.why == "m imports a"


def test_c_identity_sees_compiler_search_paths_and_what_is_linked(bin_directory: str) -> None:
    def identity(**fields: Any) -> str:
        return configure(bin_directory, **fields).c.identity(CNeeds())

    base = {"PATH": "/nowhere", "HOME": "/h"}
    different = {
        identity(),
        identity(cc=("musl-gcc",)),
        identity(cc=("gcc -m64",)),
        identity(base={**base, "CPATH": "/x"}),
        identity(base={**base, "LIBRARY_PATH": "/x"}),
    }
    assert len(different) == 5
    assert identity(base={**base, "HOME": "/other", "LANG": "C"}) == identity()
    assert configure(bin_directory).c.identity(None) == ""


def test_c_identity_of_a_package_is_that_of_no_program(bin_directory: str) -> None:
    """Programs share what go compiled of it."""

    def identity(**fields: Any) -> str:
        return configure(bin_directory).c.package_identity(Package(import_path="m/a", dir="/m/a", name="a", **fields))

    assert identity() == identity(native_files=("a.s",)) == ""
    plain = identity(cgo_files=("a.go",))
    assert plain == configure(bin_directory).c.identity(CNeeds())
    assert plain != identity(cgo_files=("a.go",), cxx_files=("a.cc",))


def test_key_is_what_decides_which_packages_there_are(bin_directory: str) -> None:
    config = configure(bin_directory)
    assert config.key == configure(bin_directory, base={"GOCACHE": "/other"}, cc=("musl-gcc",)).key
    changes: list[dict[str, Any]] = [
        {"linkage": "dynamic"},
        {"module_root": "/other"},
        {"workspace": "/go.work"},
        {"options": Options(tags=("a",))},
        {"platform": Platform("linux", "arm64")},
        {"toolchain": dataclasses.replace(GO, identity="another")},
    ]
    assert all(configure(bin_directory, **change).key != config.key for change in changes)


def test_emulation_builds_what_the_machines_own_toolchain_lists(bin_directory: str) -> None:
    config = configure(bin_directory, toolchain=dataclasses.replace(GO, caches={"GOCACHE": "/cache"}))
    emulation = Emulation(go="/there/go", emulator="/qemu", identity="another")
    emulated = dataclasses.replace(config, emulation=emulation)
    assert emulated.key != config.key
    assert emulated.listing_name == config.listing_name
    assert (config.go_command, emulated.go_command) == ((GO.path,), ("/qemu", "/there/go"))
    assert (config.go_identity, emulated.go_identity) == (GO.identity, "another")
    changed = {
        name: value
        for name, value in emulated.build_environ(NEEDS_C).items()
        if value != config.build_environ(NEEDS_C).get(name)
    }
    assert changed == emulation.environ("/cache")


def test_trial_is_linked_like_the_program(bin_directory: str) -> None:
    class Memo(CompilerMemo):
        flags: Sequence[str] = ()

        def link(self, compiler: Any, flags: Sequence[str], environ: Mapping[str, str]) -> LinkTrial:
            del compiler, environ
            self.flags = flags
            return LinkTrial(ok=True, output="", missing=(), files=())

    uses = Prediction(kind=Kind.STATIC_LIBC, cgo=NEEDS_C.cgo, libraries=("x",), library_flags=("-L/l", "-lx"))
    for linkage, static in (("static-libc", ["-static"]), ("static-pie", ["-static-pie"]), ("dynamic", [])):
        memo = Memo(Compilers())
        c = configure(bin_directory, linkage, memo=memo).c
        c.trial(c.compilers()[0], uses.library_flags)
        assert memo.flags == [*static, "-L/l", "-lx"]
