"""index: when `go list` runs, what is kept between runs, and that nothing kept is believed too long.

The go command is a script that prints what a file has for it, and logs that it was run.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from golang import contents, store
from golang.compiler_memo import CompilerMemo
from golang.configuration import Configuration
from golang.contents import Content, read_content
from golang.drivers import Drivers
from golang.errors import GolangError, PackageError
from golang.index import CInputs, Index, Listed, Surroundings
from golang.index.watch import Watch
from golang.linkage import Libc, Linkage, Request
from golang.packages import Package
from golang.plan import Options
from golang.platform import Platform
from golang.scan import Scans
from golang.store import Store
from golang.toolchain import GoToolchain

FILES = {
    "go.mod": "module m\n\ngo 1.21\n",
    "a/main.go": 'package main\n\nimport "m/lib"\n\nfunc main() { lib.F() }\n',
    "b/main.go": 'package main\n\nimport "m/c"\n\nfunc main() { c.F() }\n',
    "lib/lib.go": 'package lib\n\nimport _ "embed"\n\n//go:embed *.txt\nvar text string\n\nfunc F() {}\n',
    "lib/a.txt": "a\n",
    "c/c.go": 'package c\n\nimport "C"\n\nfunc F() {}\n',
    "include/c.h": "#define C 1\n",
}

LISTING: dict[str, dict[str, Any]] = {
    "m/lib": {"GoFiles": ["lib.go"], "EmbedPatterns": ["*.txt"], "EmbedFiles": ["a.txt"]},
    "m/c": {"CgoFiles": ["c.go"], "CgoLDFLAGS": ["-lm"]},
    "m/a": {"GoFiles": ["main.go"], "Imports": ["m/lib"]},
    "m/b": {"GoFiles": ["main.go"], "Imports": ["m/c"]},
}

SCRIPT = """\
#!/bin/sh
echo "$*" >> {folder}/log
. {folder}/hook
cat {folder}/listing
"""


class Around(Surroundings):
    """A build system that knows a header of package c, and what it makes itself."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.made: list[str] = []
        self.asked = 0

    def c_inputs(self, package: Package) -> CInputs:
        assert package.import_path == "m/c"
        self.asked += 1
        files = [self.root / "first/c.h", self.root / "include/c.h"]
        found = next(str(file) for file in files if file.exists() or file is files[-1])
        return CInputs((found,), tuple(sorted({str(file.parent) for file in files})))

    def derived(self, watch: Watch) -> list[str]:
        del watch
        return self.made


class Place:
    """A module, a go command, and a folder in which answers are kept."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.root, self.kept = folder, folder / "m", folder / "kept"
        self.around = Around(self.root)
        self.listing = {path: dict(fields) for path, fields in LISTING.items()}
        self.log = folder / "log"
        self.log.touch()
        (folder / "hook").touch()
        for name, text in FILES.items():
            self.write(name, text)
        (folder / "go").write_text(SCRIPT.format(folder=folder))
        (folder / "go").chmod(0o755)

    def write(self, name: str, text: str) -> None:
        """Write a file such that its identity is another one, whatever the clock says."""
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        (self.folder / "new").write_text(text)
        (self.folder / "new").replace(file)

    def hook(self, command: str) -> None:
        """Let something happen while Go runs."""
        (self.folder / "hook").write_text(f"cd {self.root}\n{command}\n")

    def configuration(self, linkage: str = "dynamic", **fields: Any) -> Configuration:
        go = GoToolchain(
            path=str(self.folder / "go"), version="go1.26.8", goroot="/goroot", caches={}, user_settings={},
            user_file="", identity="go1.26.8",
        )  # fmt: skip
        known: dict[str, Any] = {
            "request": Request(linkage=Linkage(linkage), libc=Libc.GLIBC),
            "platform": Platform("linux", "amd64"),
            "options": Options(),
            "toolchain": go,
            "module_root": str(self.root),
            "workspace": "off",
            "base": {"PATH": os.environ["PATH"], "HOME": "/h", "GOMODCACHE": "/modcache"},
            "process_path": "",
            "drivers": (Drivers("gcc", "g++"),),
            "memo": CompilerMemo(),
        }
        return Configuration(**{**known, **fields})

    def programs(self, names: Iterable[str]) -> list[str]:
        return [str(self.root / name) for name in names]

    def listed(self, index: Index, names: Iterable[str] = "ab", config: Configuration | None = None) -> Listed:
        objects = [
            {"ImportPath": path, "Dir": str(self.root / path[2:]), "Name": "main" if len(path) == 3 else path[2:],
             "DepOnly": path[2:] not in names, "Module": {"Path": "m", "GoVersion": "1.21"}, **fields}
            for path, fields in self.listing.items()
        ]  # fmt: skip
        (self.folder / "listing").write_text("\n".join(map(json.dumps, objects)))
        return Scans(index).listed(config or self.configuration(), self.programs(names), self.around)

    def run(self, names: Iterable[str] = "ab", **fields: Any) -> tuple[dict[str, str], int]:
        """Return the digest of each program, and how often Go was run, in one run of the build system."""
        before = self.runs
        index = Index(Store(str(self.kept)))
        try:
            listed = self.listed(index, names, self.configuration(**fields))
            again = self.listed(index, names, self.configuration(**fields))
            assert again is listed
        finally:
            index.save()
        digests = {os.path.basename(path): found.digest for path, found in listed.closures.items()}
        return digests, self.runs - before

    @property
    def runs(self) -> int:
        return len(self.log.read_text().splitlines())


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture
def aged(place: Place, age: Callable[[], None]) -> Place:
    """A module whose files are old."""
    age()
    return place


def differing(one: Mapping[str, str], two: Mapping[str, str]) -> str:
    return "".join(name for name in sorted(one) if one[name] != two[name])


def test_one_listing_for_all_programs(aged: Place) -> None:
    digests, runs = aged.run()
    assert runs == 1
    assert sorted(digests) == ["a", "b"]
    assert aged.log.read_text().endswith(" ./a ./b\n")


def test_a_run_without_a_change_asks_nothing(aged: Place) -> None:
    first, _ = aged.run()
    before = {file: file.read_bytes() for file in aged.kept.iterdir()}
    assert aged.run() == (first, 0)
    assert {file: file.read_bytes() for file in aged.kept.iterdir()} == before


def test_a_run_without_a_change_reads_no_source(aged: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    aged.run()
    read: list[str] = []
    monkeypatch.setattr(contents, "read_content", lambda path: read.append(path) or read_content(path))
    index = Index(Store(str(aged.kept)))
    aged.listed(index)
    assert read == []
    assert aged.listed(index).graph.main(str(aged.root / "a")).import_path == "m/a"
    assert aged.runs == 1, "the packages themselves are kept too"


def test_one_run_settles_another_set_of_packages(
    aged: Place, age: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    aged.run()
    aged.write("d/d.go", "package d\n")
    aged.write("b/main.go", 'package main\n\nimport _ "m/d"\n')
    aged.listing["m/d"] = {"GoFiles": ["d.go"]}
    aged.listing["m/b"] = {"GoFiles": ["main.go"], "Imports": ["m/d"]}
    age()
    digests, _ = aged.run()
    monkeypatch.setattr(Index, "_changed", None)
    assert aged.run() == (digests, 0)


def test_the_run_after_an_edit_is_as_quick_as_ever(
    aged: Place, age: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    aged.run()
    (aged.root / "lib/lib.go").write_text(FILES["lib/lib.go"] + "\nfunc G() {}\n")
    age()
    digests, _ = aged.run()
    monkeypatch.setattr(Watch, "stamps_of_directories", None)
    assert aged.run() == (digests, 0)


def text(name: str, old: str, new: str) -> Callable[[Place], None]:
    assert old in FILES[name]
    return lambda place: place.write(name, FILES[name].replace(old, new))


def added(name: str, content: str = "") -> Callable[[Place], None]:
    return lambda place: place.write(name, content)


def gone(name: str) -> Callable[[Place], None]:
    return lambda place: (place.root / name).unlink()


def listing(name: str, **fields: Any) -> Callable[[Place], None]:
    return lambda place: place.listing[name].update(fields)


def both(*changes: Callable[[Place], None]) -> Callable[[Place], None]:
    def change(place: Place) -> None:
        for one in changes:
            one(place)

    return change


CHANGES: dict[str, tuple[Callable[[Place], None], str, int]] = {
    "body": (text("lib/lib.go", "func F() {}", "func F() { F() }"), "a", 0),
    "comment": (text("lib/lib.go", "package lib", "// Package lib.\npackage lib"), "a", 0),
    "body-of-a-main": (text("b/main.go", "c.F()", "c.F(); c.F()"), "b", 0),
    "same-content": (text("lib/lib.go", "package lib", "package lib"), "", 0),
    "embedded": (added("lib/a.txt", "A\n"), "a", 0),
    "preamble": (text("c/c.go", 'import "C"', '// int x;\nimport "C"'), "b", 0),
    "header": (added("include/c.h", "#define C 2\n"), "b", 0),
    "header-found-earlier": (added("first/c.h", "#define C 1\n"), "b", 0),
    "header-beside": (added("include/d.h"), "", 0),
    "test": (added("lib/lib_test.go", 'package lib\n\nimport "testing"\n'), "", 0),
    "readme": (added("lib/README.md"), "", 0),
    "other-package": (added("other/other.go", "package other\n"), "", 0),
    "import": (both(text("a/main.go", '"m/lib"', '"m/c"'), listing("m/a", Imports=["m/c"])), "a", 1),
    "constraint": (text("lib/lib.go", "package lib", "//go:build linux\n\npackage lib"), "a", 1),
    "pattern": (text("lib/lib.go", "*.txt", "a.txt"), "a", 1),
    "cgo-flag": (text("c/c.go", 'import "C"', '// #cgo LDFLAGS: -lm\nimport "C"'), "b", 1),
    "file-added": (both(added("lib/x.go", "package lib\n"), listing("m/lib", GoFiles=["lib.go", "x.go"])), "a", 1),
    "file-removed": (both(gone("lib/a.txt"), listing("m/lib", EmbedFiles=[])), "a", 1),
    "file-for-another-system": (added("lib/x_windows.go", "package lib\n"), "", 1),
    "go.mod": (added("go.mod", FILES["go.mod"] + "// A comment.\n"), "", 1),
    "go.sum": (added("go.sum"), "", 1),
    "nested-module": (added("lib/go.mod", "module n\n"), "", 1),
}  # fmt: skip


@pytest.mark.parametrize(("change", "programs", "runs"), CHANGES.values(), ids=CHANGES)
def test_what_runs_go_and_what_rebuilds(aged: Place, change: Callable[[Place], None], programs: str, runs: int) -> None:
    first, _ = aged.run()
    change(aged)
    second, asked = aged.run()
    assert (differing(first, second), asked) == (programs, runs)
    assert aged.run() == (second, 0)


def test_files_that_come_back_are_no_change(aged: Place) -> None:
    """As where another branch is checked out for a while, and nothing is built there."""
    first, _ = aged.run()
    for name, content in FILES.items():
        aged.write(name, content)
    assert aged.run() == (first, 0)


def test_each_configuration_is_listed_once(aged: Place) -> None:
    for linkage in ("dynamic", "static"):
        assert aged.run(linkage=linkage)[1] == 1
    assert aged.run(options=Options(tags=("pro",)))[1] == 1
    assert aged.run(platform=Platform("linux", "arm64"))[1] == 1
    aged.write("lib/lib.go", FILES["lib/lib.go"] + "\nfunc G() {}\n")
    assert [aged.run(linkage=linkage)[1] for linkage in ("dynamic", "static")] == [0, 0]
    aged.write("lib/x_windows.go", "package lib\n")
    assert [aged.run(linkage=linkage)[1] for linkage in ("dynamic", "static")] == [1, 1]
    assert [aged.run(linkage=linkage)[1] for linkage in ("dynamic", "static")] == [0, 0]


def test_any_number_of_configurations_is_kept(aged: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_KEPT", 2)
    tags = [Options(tags=(f"t{number}",)) for number in range(6)]

    def run() -> int:
        before, index = aged.runs, Index(Store(str(aged.kept)))
        for options in tags:
            aged.listed(index, config=aged.configuration(options=options))
        index.save()
        return aged.runs - before

    assert [run(), run()] == [6, 0]
    aged.write("lib/lib.go", FILES["lib/lib.go"] + "\nfunc G() {}\n")
    assert [run(), run()] == [0, 0]


def test_another_toolchain_lists_again(aged: Place) -> None:
    aged.run()
    go = aged.configuration().toolchain
    other = GoToolchain(**{name: getattr(go, name) for name in go.__slots__} | {"identity": "patched"})
    assert aged.run(toolchain=other)[1] == 1
    assert aged.run()[1] == 0


def test_fewer_programs_need_no_listing_and_more_do(aged: Place) -> None:
    """Both in runs of their own and within one."""
    assert aged.run("a")[1] == 1
    assert aged.run("ab")[1] == 1
    both_, runs = aged.run("ab")
    assert runs == 0
    fewer, runs = aged.run("b")
    assert (fewer["b"], runs) == (both_["b"], 0)

    index = Index(Store(str(aged.folder / "elsewhere")))
    before = aged.runs
    aged.listed(index, "a")
    aged.listed(index, "ab")
    aged.listed(index, "b")
    assert aged.runs - before == 2


def test_without_a_store_each_run_lists_once(aged: Place) -> None:
    for _ in range(2):
        before, index = aged.runs, Index()
        aged.listed(index)
        aged.listed(index)
        index.save()
        assert aged.runs - before == 1


def test_a_dry_run_writes_nothing_and_uses_what_is_kept(aged: Place) -> None:
    dry = Index(Store(str(aged.kept), writable=False))
    aged.listed(dry)
    dry.save()
    assert not aged.kept.exists()
    aged.run()
    runs = aged.runs
    aged.listed(Index(Store(str(aged.kept), writable=False)))
    assert aged.runs == runs


class TestYoung:
    """Files that were changed a moment ago: their identity does not tell whether they change again."""

    @pytest.fixture
    def blind(self, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
        """Let identities never change, as within one tick of the clock."""
        return lambda: monkeypatch.setattr(Watch, "stamps", lambda *_: "same")

    @pytest.mark.parametrize("name", ["lib/lib.go", "lib/a.txt", "include/c.h"])
    def test_content_tells_where_the_identity_cannot(self, place: Place, blind: Callable[[], None], name: str) -> None:
        blind()
        settled(place)
        first, _ = place.run()
        with (place.root / name).open("a") as stream:
            stream.write("// more\n")
        assert differing(first, place.run()[0]) == ("b" if name == "include/c.h" else "a")

    def test_nothing_is_asked_where_content_is_the_same(self, place: Place) -> None:
        settled(place)
        first, _ = place.run()
        for _ in range(2):
            assert place.run() == (first, 0)

    def test_identities_are_enough_once_they_are_old(
        self, place: Place, age: Callable[[], None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settled(place)
        first, _ = place.run()
        age()
        assert place.run() == (first, 0)
        read: list[str] = []
        monkeypatch.setattr(contents, "read_content", lambda path: read.append(path) or read_content(path))
        assert place.run() == (first, 0)
        assert read == []

    def test_a_change_before_files_grew_old_is_seen(self, place: Place, age: Callable[[], None]) -> None:
        settled(place)
        first, _ = place.run()
        place.write("lib/lib.go", FILES["lib/lib.go"] + "\nfunc G() {}\n")
        age()
        second, _ = place.run()
        assert differing(first, second) == "a"
        assert place.run() == (second, 0)


def settled(place: Place) -> None:
    """Run until Go began late enough after the last change to have seen it."""
    for _ in range(100):
        if place.run()[1] == 0:
            return
    pytest.fail("go list runs each time")


class TestMeanwhile:
    """What changes while Go or this package reads it."""

    @pytest.mark.parametrize(
        ("command", "again"),
        [
            ("echo >> lib/lib.go", 1),
            ("echo 'package lib' > lib/x.go", 1),
            ("rm lib/a.txt", 1),
            ("mv lib/lib.go lib/new.go", 1),
            ("echo >> go.mod", 1),
            (":", 0),
        ],
    )
    def test_go_is_asked_again_about_what_changed_while_it_ran(self, place: Place, command: str, again: int) -> None:
        settled(place)
        place.write("lib/lib.go", FILES["lib/lib.go"].replace("*.txt", "a.txt"))
        time.sleep(0.06)  # What was written just before Go began may have changed after it began.
        place.hook(command)
        assert place.run()[1] == 1
        place.hook("")
        time.sleep(0.06)
        assert place.run()[1] == again
        assert place.run()[1] == 0

    def test_what_go_read_but_nobody_else_is_not_believed_later(self, place: Place) -> None:
        """It changed after it was looked at and before Go began, and was taken back afterwards."""
        settled(place)
        lib = place.root / "lib/lib.go"
        place.write("a/main.go", FILES["a/main.go"].replace('"m/lib"', '_ "m/lib"'))
        time.sleep(0.06)
        index = Index(Store(str(place.kept)))
        index.contents(str(place.root)).sources(str(lib.parent))
        lib.write_text('package lib\n\nimport _ "m/c"\n')
        place.listing["m/lib"] = {"GoFiles": ["lib.go"], "Imports": ["m/c"]}
        time.sleep(0.06)
        place.listed(index)
        index.save()

        lib.write_text(FILES["lib/lib.go"])
        place.listing["m/lib"] = LISTING["m/lib"]
        digests, runs = place.run()
        shutil.rmtree(place.kept)
        assert (digests, runs) == (place.run()[0], 1)

    def test_a_file_that_changes_just_after_it_was_read(self, aged: Place, monkeypatch: pytest.MonkeyPatch) -> None:
        """Even if the clock is wrong, so that the file looks old."""

        def interrupted(path: str) -> Content:
            found = read_content(path)
            if path.endswith("lib.go"):
                aged.write("lib/lib.go", FILES["lib/lib.go"] + "\nfunc G() {}\n")
            return found

        with monkeypatch.context() as patch:
            patch.setattr(contents, "read_content", interrupted)
            first, _ = aged.run()
        second, _ = aged.run()
        assert differing(first, second) == "a"
        assert aged.run() == (second, 0)

    def test_the_listing_of_another_process_is_not_believed(self, aged: Place) -> None:
        """Which came between the files that belong together."""
        first, _ = aged.run()
        [kept] = aged.kept.glob("listing-*")
        other = Store(str(aged.kept))
        other.save(kept.name, {**other.load(kept.name), "graph": "another"})
        aged.write("lib/lib.go", FILES["lib/lib.go"] + "\nfunc G() {}\n")
        second, runs = aged.run()
        assert (differing(first, second), runs) == ("a", 1)
        assert aged.run() == (second, 0)


class TestBroken:
    """What Go finds wrong is asked again in each run, because nobody knows what would heal it."""

    def test_error_in_a_package(self, aged: Place) -> None:
        first, _ = aged.run()
        aged.write("lib/lib.go", FILES["lib/lib.go"].replace("*.txt", "*.css"))
        aged.listing["m/lib"]["Error"] = {"Err": "pattern *.css: no matching files found"}
        for _ in range(2):
            second, runs = aged.run()
            assert (differing(first, second), runs) == ("a", 1)
        del aged.listing["m/lib"]["Error"]
        aged.write("lib/lib.go", FILES["lib/lib.go"])
        assert aged.run() == (first, 1)
        assert aged.run() == (first, 0)

    def test_a_program_that_go_does_not_know_fails_alone(self, aged: Place) -> None:
        known = aged.listing.pop("m/b")
        for _ in range(2):
            digests, runs = aged.run()
            assert (bool(digests["a"]), digests["b"], runs) == (True, "", 1)
        aged.listing["m/b"] = known
        assert aged.run()[0]["b"]
        assert aged.run()[1] == 0

    def test_a_module_that_cannot_be_read(self, aged: Place) -> None:
        first, _ = aged.run()
        aged.write("go.mod", "nonsense\n")
        aged.hook("echo 'go.mod:1: unknown directive' >&2; exit 1")
        for _ in range(2):
            before, index = aged.runs, Index(Store(str(aged.kept)))
            for _ in range(2):
                with pytest.raises(PackageError, match=r"go.mod:1: unknown directive"):
                    aged.listed(index)
            assert aged.runs - before == 1, "once a run, for all programs"
        aged.write("go.mod", FILES["go.mod"])
        aged.hook("")
        assert aged.run() == (first, 0), "what was known before is right again"

    def test_go_that_prints_nonsense_is_not_kept(self, aged: Place) -> None:
        aged.hook("echo '{'; exit 0")
        with pytest.raises((GolangError, ValueError)):
            aged.run()
        aged.hook("")
        assert aged.run()[1] == 1
        assert aged.run()[1] == 0

    @pytest.mark.parametrize("pattern", ["[", "../..", "*/a.txt", "[z-a]", "/etc"])
    def test_patterns_of_any_kind(self, aged: Place, pattern: str) -> None:
        aged.listing["m/lib"] |= {"EmbedPatterns": [pattern], "Error": {"Err": f"pattern {pattern}: invalid"}}
        first, _ = aged.run()
        assert aged.run() == (first, 1)


def test_what_the_build_makes_itself_is_looked_for_again(aged: Place) -> None:
    """A header that it makes may come first, and is not there yet."""
    first, _ = aged.run()
    for made in ([str(aged.root / "first/c.h")], []):
        aged.around.made = made
        asked = aged.around.asked
        for _ in range(2):
            assert aged.run() == (first, 0)
        assert aged.around.asked == asked + 1


def damaged(data: bytes, how: str) -> bytes:
    half = len(data) // 2
    return {"empty": b"", "half": data[:half], "garbage": b"\xff" * 100, "flipped": data[:half] + b"~" + data[half:]}[
        how
    ]


@pytest.mark.parametrize("how", ["empty", "half", "garbage", "flipped", "gone", "a folder"])
@pytest.mark.parametrize("kind", ["closures", "listing", "rows", "files", "mains"])
def test_damage_costs_time_only(aged: Place, kind: str, how: str) -> None:
    def run() -> tuple[dict[str, str], list[str]]:
        index = Index(Store(str(aged.kept)))
        mains = [main.name for main in index.main_packages(str(aged.root), frozenset({"linux", "cgo"}))]
        index.save()
        return aged.run()[0], mains

    first = run()
    assert first[1] == ["a", "b"]
    [file] = aged.kept.glob(f"{kind}-*")
    data = file.read_bytes()
    file.unlink()
    if how == "a folder":
        file.mkdir()
    elif how != "gone":
        file.write_bytes(damaged(data, how))

    assert run() == first
    aged.write("lib/lib.go", FILES["lib/lib.go"] + "\nfunc G() {}\n")
    digests, _ = run()
    assert differing(first[0], digests) == "a"
    if how != "a folder":
        assert aged.run() == (digests, 0)
        assert file.is_file()


def test_the_folder_may_go_at_any_moment(aged: Place) -> None:
    index = Index(Store(str(aged.kept)))
    listed = aged.listed(index)
    shutil.rmtree(aged.kept)
    assert listed.graph.packages
    index.save()
    assert aged.run()[0] == {os.path.basename(path): one.digest for path, one in listed.closures.items()}


class TestMainPackages:
    """The programs of a module are found once, and again when a file of any of its packages changed."""

    def mains(self, place: Place, *tags: str) -> list[str]:
        index = Index(Store(str(place.kept)))
        found = index.main_packages(str(place.root), frozenset({"linux", *tags}))
        assert index.main_packages(str(place.root), frozenset({"linux", *tags})) == found
        assert all(main.module_root == str(place.root) for main in found)
        index.save()
        return [main.name for main in found]

    def test_nothing_is_read_again(self, aged: Place, monkeypatch: pytest.MonkeyPatch) -> None:
        assert self.mains(aged) == ["a", "b"]
        monkeypatch.setattr("golang.workspace.find_main_packages", None)
        monkeypatch.setattr(contents, "read_content", None)
        assert self.mains(aged) == ["a", "b"]

    @pytest.mark.parametrize(
        ("change", "names"),
        [
            (added("x/main.go", "package main\n"), ["a", "b", "x"]),
            (added("x/y/z/main.go", "package main\n"), ["a", "b", "z"]),
            (added("lib/lib.go", "package main\n"), ["a", "b", "lib"]),
            (added("a/main.go", "package a\n"), ["b"]),
            (added("a/main.go", "//go:build windows\n\npackage main\n"), ["b"]),
            (gone("a/main.go"), ["b"]),
            (added("a/go.mod", "module n\n"), ["b"]),
            (added("x/main_test.go", "package main\n"), ["a", "b"]),
            (added("testdata/x/main.go", "package main\n"), ["a", "b"]),
            (added("a/main.go", FILES["a/main.go"] + "// More.\n"), ["a", "b"]),
            (added("a/main.go", 'package main\n\nimport "C"\n'), ["b"]),
        ],
    )
    def test_changes(self, aged: Place, change: Callable[[Place], None], names: list[str]) -> None:
        assert self.mains(aged) == ["a", "b"]
        change(aged)
        assert self.mains(aged) == names
        assert self.mains(aged) == names

    def test_module_path(self, aged: Place) -> None:
        aged.run()
        aged.write("go.mod", "module other\n")
        found = Index(Store(str(aged.kept))).main_packages(str(aged.root), frozenset())
        assert [main.import_path for main in found] == ["other/a", "other/b"]

    def test_tags(self, aged: Place) -> None:
        aged.write("a/main.go", "//go:build pro\n\npackage main\n")
        for _ in range(2):
            assert self.mains(aged) == ["b"]
            assert self.mains(aged, "pro") == ["a", "b"]

    def test_young_files(self, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Watch, "stamps", lambda *_: "same")
        assert self.mains(place) == ["a", "b"]
        (place.root / "a/main.go").write_text("package notmain\n")
        assert self.mains(place) == ["b"]
