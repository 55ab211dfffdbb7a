"""What is seen in the source tree without standing there."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from golang.contents import Contents
from golang.index.watch import Watch, expand
from golang.overlay import NOTHING, OverlaidTree, Overlay, hidden_header, write_json
from golang.tree import Tree


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in {
        "src/lib/lib.go": "package lib\n",
        "src/lib/data/one.txt": "1",
        "out/gen.go": 'package lib\n\nimport "fmt"\n',
        "out/only.go": "package only\n",
        "out/two.txt": "2",
        "out/gen_test.go": "package lib\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def overlay_of(root: Path) -> Overlay:
    places = {
        "src/lib/gen.go": "out/gen.go",
        "src/lib/gen_test.go": "out/gen_test.go",
        "src/lib/missing.go": "out/missing.go",
        "src/lib/data/sub/two.txt": "out/two.txt",
        "src/only/only.go": "out/only.go",
    }
    return Overlay({str(root / place): str(root / file) for place, file in places.items()})


def look(root: Path) -> OverlaidTree:
    return OverlaidTree(Tree(), overlay_of(root))


def test_a_directory_shows_both(root: Path) -> None:
    found = look(root).directory(str(root / "src/lib"))
    assert found
    assert list(found.files) == ["gen.go", "lib.go"]
    assert found.folders == ["data"]
    on_disk = look(root).on_disk(str(root / "src/lib"))
    assert on_disk
    assert list(on_disk.files) == ["lib.go"]


def test_a_directory_need_not_be_there(root: Path) -> None:
    found = look(root).directory(str(root / "src/only"))
    assert found
    assert list(found.files) == ["only.go"]
    assert look(root).directory(str(root / "src/none")) is None


def test_a_file_has_the_identity_of_what_stands_elsewhere(root: Path) -> None:
    tree = look(root)
    assert tree.stamp(str(root / "src/lib/gen.go")) == Tree().stamp(str(root / "out/gen.go"))
    assert tree.stamp(str(root / "src/lib/missing.go")) is None
    assert tree.stamp(str(root / "src/lib/lib.go")) == Tree().stamp(str(root / "src/lib/lib.go"))


def test_contents_are_those_of_what_stands_elsewhere(root: Path) -> None:
    contents = Contents(look(root))
    before = contents.sources(str(root / "src/lib"))
    assert set(before.digests) == {"gen.go", "lib.go"}
    assert contents.digest(str(root / "src/lib/gen.go")) == before.digests["gen.go"]
    (root / "out/gen.go").write_text('package lib\n\nimport "os"\n')
    assert Contents(look(root)).sources(str(root / "src/lib")).shape != before.shape


def test_patterns_take_what_is_seen(root: Path) -> None:
    lib = str(root / "src/lib")
    names = ("data/one.txt", "data/sub/two.txt")
    for pattern in ("data", "d*", "data/*"):
        found = expand(look(root), lib, [pattern])
        assert [os.path.relpath(path, lib) for path in found] == list(names)
    assert list(expand(look(root), lib, ["data/sub/t*.txt"])) == [f"{lib}/data/sub/two.txt"]
    assert look(root).names(f"{lib}/data") == ("one.txt", "sub")


def test_stamps_tell_a_change_behind_the_overlay_and_a_new_tree_sees_it(root: Path) -> None:
    watch, tree = Watch(directories=[str(root / "src/lib")]), look(root)
    before = watch.stamps(tree)
    assert watch.stamps_of_directories(tree) == watch.stamps_of_directories(Tree())
    assert watch.stamps(tree.anew()) == before
    (root / "out/gen.go").write_text("package lib // Longer.\n")
    assert watch.stamps(tree) == before
    assert watch.stamps(tree.anew()) != before


def test_an_overlay_names_its_listings_and_nothing_names_none(root: Path) -> None:
    assert NOTHING.name("x") == "x"
    assert overlay_of(root).name("x") == overlay_of(root).name("x") != Overlay({"a": "b"}).name("x") != "x"


def test_what_is_there_is_what_go_is_told(root: Path) -> None:
    write_json(overlay_of(root).present(), str(root / "overlay.json"))
    told = json.loads((root / "overlay.json").read_text())["Replace"]
    assert len(told) == 4
    assert told[str(root / "src/only/only.go")] == str(root / "out/only.go")


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("c.go:4:10: fatal error: outer.h: No such file or directory", True),
        ("c.go:4:10: fatal error: 'outer.h' file not found", True),
        ("c.go:4:10: fatal error: sub/outer.h: No such file or directory", False),
        ("c.go:4:10: fatal error: other.h: No such file or directory", False),
        ("outer.h:1:1: error: unknown type name", False),
    ],
)
def test_a_hidden_header_is_told(said: str, *, found: bool) -> None:
    pair = ("/src/include/outer.h", "/out/outer.h")
    assert hidden_header(said, Overlay(dict([pair]))) == (pair if found else None)
