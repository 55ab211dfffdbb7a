"""Flags for C: spelled without a place, from archives, and where their libraries may be."""

from __future__ import annotations

import pytest

from golang.csettings import CSettings, edited_source, from_archives, library_places, linked_from, portable
from golang.sonames import loaded_as

TOP = "/src/top"


def test_signatures_do_not_tell_where_the_build_is() -> None:
    words = [
        "-I/src/top/include",
        "-I/src/topmost",
        "-DX=/src/top",
        "-L/src/top",
        "/src/top/a.o",
        "-Wl,-rpath=/src/top/lib",
    ]
    wanted = ["-I#/include", "-I/src/topmost", "-DX=/src/top", "-L#", "#/a.o", "-Wl,-rpath=/src/top/lib"]
    assert list(portable(words, TOP)) == wanted
    assert CSettings(top=TOP, cflags=("-I/src/top/include",), ldflags=("-lm",)).text == "-I#/include -lm"
    assert not CSettings(top=TOP)


@pytest.mark.parametrize(
    ("word", "wanted"),
    [
        ("/src/top/build/libcore.a", ["./../build/libcore.a"]),
        ("/src/top/go/libcore.a", ["./libcore.a"]),
        ("/src/top/build/libcore.so.1", ["-L../build", "-l:libcore.so.1"]),
        ("/opt/lib/libcore.so", ["-L/opt/lib", "-l:libcore.so"]),
        ("/src/top/build/libcore.dylib", ["-L../build", "-lcore"]),
        ("/opt/lib/libcore.a", ["/opt/lib/libcore.a"]),
        ("-L/src/top/build", ["-L../build"]),
        ("-L/opt/lib", ["-L/opt/lib"]),
        ("-lcore", ["-lcore"]),
        ("-Wl,-rpath=/src/top/lib", ["-Wl,-rpath=/src/top/lib"]),
    ],
)
def test_the_linker_gets_relative_paths(word: str, wanted: list[str]) -> None:
    assert list(linked_from("/src/top/go", [word], TOP)) == wanted


def test_shared_libraries_that_are_files_are_known_by_name() -> None:
    settings = CSettings(ldflags=("/b/libcore.so", "/b/libold.so.1.2", "/b/libother.a", "-lz"))
    assert settings.shared_libraries == ("/b/libcore.so", "/b/libold.so.1.2")
    assert loaded_as(settings.shared_libraries) == ("libcore.*", "libold.*")


def test_archives_but_for_a_list() -> None:
    words = ["-L/x", "-lfoo", "-lssl", "-l:libbar.so", "-lm", "/x/libz.a"]
    assert list(from_archives(words, {"m", "ssl"})) == [
        "-L/x",
        "-l:libfoo.a",
        "-lssl",
        "-l:libbar.so",
        "-lm",
        "/x/libz.a",
    ]


SOURCE = """\
package p

/*
#cgo CFLAGS: -lnothing
#cgo linux,amd64 LDFLAGS: -L${SRCDIR}/lib  -lfoo -lm
-lfoo
*/
// #cgo LDFLAGS: -lbar
//#cgo LDFLAGS:-lbaz
import "C"

const x = "-lfoo"
"""


def test_only_the_linker_flags_of_a_source_are_edited() -> None:
    edited = edited_source(SOURCE, {"m"})
    assert edited == SOURCE.replace("  -lfoo -lm", "  -l:libfoo.a -lm").replace(": -lbar", ": -l:libbar.a").replace(
        ":-lbaz", ":-l:libbaz.a"
    )
    assert edited_source(SOURCE, {"m", "foo", "bar", "baz"}) == SOURCE


def test_where_a_library_may_be() -> None:
    places = library_places(["-Llib", "-L", "/opt", "-lfoo", "-l:libbar.a"], "/p")
    assert places == {
        "-lfoo": [f"{folder}/libfoo.{suffix}" for folder in ("/p/lib", "/opt") for suffix in ("a", "so", "dylib")],
        "-l:libbar.a": ["/p/lib/libbar.a", "/opt/libbar.a"],
    }
