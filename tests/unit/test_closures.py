"""closures: a program's digest changes exactly when what it is made of does, wherever the tree stands."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from golang.contents import Contents
from golang.index.closures import Closures, c_needs
from golang.needs import CNeeds
from golang.packages import Module, Package, PackageGraph
from golang.tree import Tree

MODULE = Module(path="m", go_version="1.21")


class Place:
    """Packages with files: two programs that share `lib`, one of them with C, and what nobody imports."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.packages: dict[str, Package] = {}
        self.c_inputs: dict[str, list[str]] = {}
        self.profiles: dict[str, str] = {}
        self.add("m/a", imports=("m/lib", "fmt"), name="main")
        self.add("m/b", imports=("m/lib", "m/c"), name="main")
        self.add("m/lib", imports=("m/deep", "fmt"), embed_files=("static/a.txt",))
        self.add("m/deep", imports=("cached",))
        self.add("m/c", cgo_files=("cgo.go",), native_files=("c.c",), cgo_ldflags=("-lm", "-O1", "-L/x"))
        self.add("m/unused", imports=("m/lib",))
        self.packages["fmt"] = Package(import_path="fmt", dir="/goroot/fmt", name="fmt", standard=True, local=False)
        module = Module(path="cached", version="v1.0.0", sum="h1:x")
        self.packages["cached"] = Package(import_path="cached", dir="/cache/c", name="c", local=False, module=module)
        self.write("include/c.h", "#define C 1\n")
        self.c_inputs["m/c"] = [str(root / "include/c.h")]

    def add(self, path: str, name: str = "p", **fields: tuple[str, ...]) -> None:
        directory = path.removeprefix("m/")
        fields = {"go_files": ("p.go",), **fields}
        for file in sorted({one for kind, names in fields.items() if kind.endswith("files") for one in names}):
            self.write(f"{directory}/{file}", f"// {path} {file}\n")
        self.packages[path] = Package(
            import_path=path, dir=str(self.root / directory), name=name, module=MODULE, **fields
        )

    def write(self, name: str, text: str) -> None:
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def change(self, path: str, **fields: Any) -> None:
        self.packages[path] = dataclasses.replace(self.packages[path], **fields)

    @property
    def graph(self) -> PackageGraph:
        mains = {one.dir: path for path, one in self.packages.items() if one.name == "main"}
        return PackageGraph(packages=self.packages, mains=mains)

    def closures(self) -> Closures:
        return Closures(self.graph, self.contents(), self.outside, top=str(self.root))

    def contents(self) -> Contents:
        return Contents(Tree())

    def outside(self, package: Package) -> list[str]:
        profile = self.profiles.get(package.import_path)
        return [*self.c_inputs.get(package.import_path, ()), *([profile] if profile else ())]

    def digests(self) -> Mapping[str, str]:
        return self.closures().digests


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def edit(name: str) -> Callable[[Place], None]:
    return lambda place: place.write(name, "edited\n")


def set_(path: str, **fields: Any) -> Callable[[Place], None]:
    return lambda place: place.change(path, **fields)


def set_module(path: str, **fields: Any) -> Callable[[Place], None]:
    return lambda place: place.change(path, module=dataclasses.replace(place.packages[path].module or MODULE, **fields))


def profile(place: Place) -> None:
    place.write("a/default.pgo", "profile")
    place.profiles["m/a"] = str(place.root / "a/default.pgo")


def new_c_input(place: Place) -> None:
    place.write("include/first/c.h", "#define C 1\n")
    place.c_inputs["m/c"] = [str(place.root / "include/first/c.h")]


def gone(place: Place) -> None:
    (place.root / "deep/p.go").unlink()


CHANGES: dict[str, tuple[Callable[[Place], None], str]] = {
    "main": (edit("a/p.go"), "a"),
    "other-main": (edit("b/p.go"), "b"),
    "shared": (edit("lib/p.go"), "ab"),
    "deep": (edit("deep/p.go"), "ab"),
    "embedded": (edit("lib/static/a.txt"), "ab"),
    "cgo": (edit("c/cgo.go"), "b"),
    "c": (edit("c/c.c"), "b"),
    "header": (edit("include/c.h"), "b"),
    "header-elsewhere": (new_c_input, "b"),
    "header-no-more": (lambda place: place.c_inputs.clear(), "b"),
    "profile": (profile, "a"),
    "file-gone": (gone, "ab"),
    "file-not-listed": (edit("a/other.go"), ""),
    "file-not-imported": (edit("unused/p.go"), ""),
    "file-listed": (lambda place: (place.write("a/other.go", ""), place.change("m/a", go_files=("p.go", "other.go")))[-1], "a"),
    "file-not-listed-any-more": (set_("m/lib", embed_files=()), "ab"),
    "import-added": (set_("m/a", imports=("m/lib", "fmt", "m/c")), "a"),
    "import-removed": (set_("m/deep", imports=()), "ab"),
    "import-of-the-standard-library": (set_("m/a", imports=("m/lib",)), ""),
    "imports-in-another-order": (set_("m/b", imports=("m/c", "m/lib")), ""),
    "import-that-is-not-there": (set_("m/a", imports=("m/lib", "fmt", "nothing")), ""),
    "version": (set_module("cached", version="v1.1.0"), "ab"),
    "sum": (set_module("cached", sum="h1:y"), "ab"),
    "replaced": (set_module("cached", replaced_by="../cached"), "ab"),
    "language": (set_module("m/c", go_version="1.22"), "b"),
    "error": (set_("m/deep", error="no such file"), "ab"),
    "error-of-the-standard-library": (set_("fmt", error="package fmt is not in std"), "ab"),
    "godebug-of-a-main": (set_("m/b", godebug="panicnil=1"), "b"),
    "godebug-of-a-library": (set_("m/lib", godebug="panicnil=1"), ""),
    "module-of-a-library-that-nobody-imports": (set_module("m/unused", go_version="1.22"), ""),
}  # fmt: skip


@pytest.mark.parametrize(("change", "programs"), CHANGES.values(), ids=CHANGES)
def test_what_changes_a_program(place: Place, change: Callable[[Place], None], programs: str) -> None:
    before = place.digests()
    change(place)
    after = place.digests()
    assert "".join(name for name in "ab" if before[f"m/{name}"] != after[f"m/{name}"]) == programs


CONTENT = ("main", "other-main", "shared", "deep", "embedded", "cgo", "c", "header", "header-elsewhere",
           "header-no-more", "profile", "file-gone", "file-not-listed")  # fmt: skip


@pytest.mark.parametrize("change", [*(CHANGES[name][0] for name in CONTENT), lambda _: None], ids=[*CONTENT, "none"])
def test_what_was_known_of_the_same_graph_is_renewed(
    place: Place, change: Callable[[Place], None], age: Callable[[], None]
) -> None:
    age()
    rows = json.loads(json.dumps(place.closures().rows))
    for one in (change, lambda place: place.c_inputs.update({"m/c": [str(place.root / "include/c.h")]})):
        one(place)
        renewed = Closures(place.graph, place.contents(), place.outside, rows, str(place.root))
        assert renewed.digests == place.digests()
        rows = json.loads(json.dumps(renewed.rows))


def test_what_did_not_change_is_not_looked_into(place: Place, age: Callable[[], None]) -> None:
    age()
    rows = place.closures().rows
    place.write("deep/p.go", "edited\n")
    age()
    looked: list[str] = []
    contents = place.contents()
    sources = contents.sources
    contents.sources = lambda path: looked.append(os.path.basename(path)) or sources(path)  # type: ignore[method-assign,func-returns-value]
    Closures(place.graph, contents, place.outside, rows, str(place.root))
    assert looked == ["deep", "lib", "c"], "embedded files and headers are always looked at"


def test_a_change_that_is_taken_back_is_none(place: Place) -> None:
    before = place.digests()
    text = (place.root / "lib/p.go").read_text()
    place.write("lib/p.go", "edited\n")
    assert place.digests() != before
    place.write("lib/p.go", text)
    assert place.digests() == before


def test_two_files_that_trade_names_are_a_change(place: Place) -> None:
    place.write("a/q.go", "// q\n")
    place.change("m/a", go_files=("p.go", "q.go"))
    before = place.digests()["m/a"]
    for old, new in (("p.go", "x"), ("q.go", "p.go"), ("x", "q.go")):
        os.rename(place.root / "a" / old, place.root / "a" / new)
    assert place.digests()["m/a"] != before


def test_two_packages_with_equal_files_are_two(place: Place) -> None:
    for name in ("one", "two"):
        place.add(f"m/{name}")
        place.write(f"{name}/p.go", "package p\n")
    place.change("m/a", imports=("m/one", "m/two"))
    digests = place.digests()
    assert digests["m/one"] != digests["m/two"]


def test_no_digest_knows_where_the_tree_stands(place: Place, tmp_path_factory: pytest.TempPathFactory) -> None:
    """So that a cache of binaries serves every clone."""
    deeper = tmp_path_factory.mktemp("else where") / "a" / "b"
    deeper.mkdir(parents=True)
    other = Place(deeper)
    for one in (place, other):
        profile(one)
    assert other.digests() == place.digests()
    closures = place.closures()
    mentioned = str([closures.part(digest) for digest in closures.digests.values()])
    assert str(place.root) not in mentioned
    assert "include/c.h" in mentioned


def test_order_of_packages_and_of_files_is_no_matter(place: Place) -> None:
    before = place.digests()
    place.packages = dict(reversed(place.packages.items()))
    place.change("m/c", native_files=("c.c",), cgo_files=("cgo.go",), go_files=("p.go",))
    assert place.digests() == before


def test_only_what_programs_consist_of_is_digested(place: Place) -> None:
    assert "m/unused" not in place.digests()
    assert "fmt" not in place.digests(), "the identity of the toolchain stands for it"


@pytest.mark.parametrize("link", ["m/a", "m/lib", "m/deep"])
def test_import_cycles_end(place: Place, link: str) -> None:
    """Code that does not compile; each file of the cycle counts."""
    place.change("m/deep", imports=("cached", link), error="import cycle not allowed")
    before = place.digests()
    assert place.digests() == before
    for name in ("a", "lib", "deep"):
        place.write(f"{name}/p.go", "edited\n")
        after = place.digests()
        assert after["m/a"] != before["m/a"]
        before = after


def test_a_long_chain_of_imports(place: Place) -> None:
    names = [f"m/n{number}" for number in range(3000)]
    for name, imported in zip(names, [*names[1:], "m/deep"], strict=True):
        place.packages[name] = Package(import_path=name, dir=f"/{name}", name="p", imports=(imported,))
    place.change("m/a", imports=(names[0],))
    before = place.digests()["m/a"]
    place.write("deep/p.go", "edited\n")
    assert place.digests()["m/a"] != before


def test_parts_lead_from_a_program_to_what_differs(place: Place) -> None:
    """By descending only where digests differ."""
    before = place.closures()
    place.write("lib/static/a.txt", "edited\n")
    after = place.closures()

    old, new = before.part(before.digests["m/a"]), after.part(after.digests["m/a"])
    assert old
    assert new
    assert (old.import_path, old.inputs) == (new.import_path, new.inputs)
    [old_import], [new_import] = old.imports, new.imports
    old, new = before.part(old_import), after.part(new_import)
    assert old
    assert new
    assert new.import_path == "m/lib"
    assert [name for name, digest in new.inputs.items() if old.inputs[name] != digest] == ["static/a.txt"]
    assert old.imports == new.imports


def test_how_much_is_new(place: Place) -> None:
    before = set(place.closures().digests.values())
    place.write("lib/p.go", "edited\n")
    after = place.closures()
    a, b, deep = (after.digests[f"m/{name}"] for name in ("a", "b", "deep"))
    assert [after.has_more_than(most, a, before.__contains__) for most in range(4)] == [True, True, False, False]
    assert not after.has_more_than(0, deep, before.__contains__)
    assert not after.has_more_than(0, "another", before.__contains__)
    assert [after.has_more_than(most, b, lambda _: False) for most in (4, 5)] == [True, False]


def test_inputs_of_a_part_are_named(place: Place) -> None:
    closures = place.closures()
    part = closures.part(closures.digests["m/c"])
    assert part
    assert list(part.inputs) == ["module m", "../include/c.h", "c.c", "cgo.go", "p.go"]
    cached = closures.part(closures.digests["cached"])
    assert cached
    assert (cached.inputs, cached.imports) == ({"module cached": "cached@v1.0.0 h1:x go"}, [])
    assert closures.part("another") is None


def test_needs_of_c(place: Place) -> None:
    with_flags = CNeeds(library_flags=("-lm", "-L/x"))
    assert c_needs(place.graph, links_c=False) == {"m/a": None, "m/b": with_flags}
    assert c_needs(place.graph, links_c=True) == {"m/a": CNeeds(), "m/b": with_flags}


def test_needs_of_c_are_those_of_all_packages(place: Place) -> None:
    place.add("m/cxx", cgo_files=("cgo.go",), cxx_files=("x.cc",), cgo_ldflags=("-lstdc++",))
    place.change("m/deep", imports=("m/cxx",))
    needs = c_needs(place.graph, links_c=False)
    found = needs["m/b"]
    assert found is not None
    assert found.cxx
    assert sorted(found.library_flags) == ["-L/x", "-lm", "-lstdc++"]
    assert needs["m/a"] == CNeeds(cxx=True, library_flags=("-lstdc++",))


def test_cgo_of_the_standard_library_needs_c(place: Place) -> None:
    place.change("fmt", cgo_files=("cgo.go",))
    assert c_needs(place.graph, links_c=False)["m/a"] == CNeeds()
