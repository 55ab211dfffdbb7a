"""watch: which change shows in the stamps, which in the shape too, and what an embed pattern takes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from golang.contents import Contents
from golang.index.watch import Watch, expand, would_embed
from golang.index.watched import watch_of
from golang.packages import Module, Package, PackageGraph
from golang.tree import Tree

FILES = {
    "go.mod": "module m\n",
    "p/p.go": 'package p\n\nimport _ "embed"\n\n//go:embed static *.txt\nvar files embed.FS\n',
    "p/p.s": "TEXT\n",
    "p/p_test.go": "package p\n",
    "p/README.md": "# p\n",
    "p/a.txt": "a\n",
    "p/static/deep/b.css": "b\n",
    "include/p.h": "#define P 1\n",
}


class Place:
    """A module on disk, and what is watched of it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name, text in FILES.items():
            self.write(name, text)
        (root / "p/static/empty").mkdir()
        self.watch = Watch(
            directories=[self.path("p")],
            files=[self.path("go.mod"), self.path("go.sum"), self.path("p/go.mod")],
            embeds=[[self.path("p"), ["static", "*.txt"]]],
            inputs=[self.path("include/p.h")],
            folders=[self.path("include")],
        )

    def path(self, name: str) -> str:
        return str(self.root / name)

    def write(self, name: str, text: str) -> None:
        """Write a file such that its identity is another one, whatever the clock says."""
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        (self.root / "new").write_text(text)
        (self.root / "new").replace(file)

    def state(self) -> tuple[str, str]:
        tree = Tree()
        return self.watch.stamps(tree), self.watch.shape(tree, Contents(tree))


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


NOTHING, STAMPS, SHAPE = "nothing", "stamps", "stamps and shape"


def touch(place: Place) -> None:
    os.utime(place.root / "p/p.go", (1, 1))


def gone(name: str) -> Callable[[Place], None]:
    return lambda place: os.unlink(place.path(name))


def text(name: str, content: str) -> Callable[[Place], None]:
    return lambda place: place.write(name, content)


def renamed(old: str, new: str) -> Callable[[Place], None]:
    return lambda place: os.rename(place.path(old), place.path(new))


def folder(name: str) -> Callable[[Place], None]:
    return lambda place: (place.root / name).mkdir(parents=True)


def removed(name: str) -> Callable[[Place], None]:
    return lambda place: shutil.rmtree(place.path(name))


GO = FILES["p/p.go"]
CHANGES: dict[str, tuple[Callable[[Place], None], str]] = {
    "time": (touch, STAMPS),
    "same-content": (text("p/p.go", GO), STAMPS),
    "body": (text("p/p.go", GO + "\nfunc F() {}\n"), STAMPS),
    "comment": (text("p/p.go", "// P.\n" + GO), STAMPS),
    "import": (text("p/p.go", GO.replace("\n\n", '\n\nimport "fmt"\n', 1)), SHAPE),
    "constraint": (text("p/p.go", "//go:build linux\n\n" + GO), SHAPE),
    "package-clause": (text("p/p.go", GO.replace("package p", "package q")), SHAPE),
    "pattern": (text("p/p.go", GO.replace("*.txt", "*.md")), SHAPE),
    "file-added": (text("p/new.go", "package p\n"), SHAPE),
    "file-renamed": (renamed("p/p.go", "p/q.go"), SHAPE),
    "file-removed": (gone("p/p.s"), SHAPE),
    "assembly": (text("p/p.s", "TEXT TEXT\n"), STAMPS),
    "assembly-constraint": (text("p/p.s", "//go:build linux\n\nTEXT\n"), SHAPE),
    "header-added": (text("p/p.h", "int p;\n"), SHAPE),
    "profile-added": (text("p/default.pgo", "profile"), SHAPE),
    "package-gone": (removed("p"), SHAPE),
    "test": (text("p/p_test.go", 'package p\n\nimport "testing"\n'), NOTHING),
    "test-added": (text("p/q_test.go", "package p\n"), NOTHING),
    "readme": (text("p/README.md", "# P\n"), NOTHING),
    "hidden": (text("p/.new.go", "package p\n"), NOTHING),
    "underscore": (text("p/_new.go", "package p\n"), NOTHING),
    "sub-package": (text("p/sub/sub.go", "package sub\n"), NOTHING),
    "go.mod": (text("go.mod", "module m\n\ngo 1.22\n"), SHAPE),
    "go.mod-time": (text("go.mod", "module m\n"), STAMPS),
    "go.mod-gone": (gone("go.mod"), SHAPE),
    "go.sum-appears": (text("go.sum", ""), SHAPE),
    "nested-module": (text("p/go.mod", "module n\n"), SHAPE),
    "embedded": (text("p/a.txt", "A\n"), STAMPS),
    "embedded-added": (text("p/b.txt", "b\n"), SHAPE),
    "embedded-renamed": (renamed("p/a.txt", "p/z.txt"), SHAPE),
    "embedded-removed": (gone("p/a.txt"), SHAPE),
    "embedded-below": (text("p/static/deep/b.css", "B\n"), STAMPS),
    "embedded-below-added": (text("p/static/deep/c.css", "c\n"), SHAPE),
    "embedded-in-empty-folder": (text("p/static/empty/c.css", "c\n"), SHAPE),
    "embedded-folder-gone": (removed("p/static"), SHAPE),
    "empty-folder-added": (folder("p/static/new"), NOTHING),
    "empty-folder-gone": (removed("p/static/empty"), NOTHING),
    "not-embedded": (text("p/c.css", "c\n"), NOTHING),
    "input": (text("include/p.h", "#define P 2\n"), STAMPS),
    "input-gone": (gone("include/p.h"), STAMPS),
    "beside-an-input": (text("include/q.h", ""), STAMPS),
    "hidden-beside-an-input": (text("include/.q.h", ""), NOTHING),
    "elsewhere": (text("q/q.go", "package q\n"), NOTHING),
}


@pytest.mark.parametrize(("change", "shows"), CHANGES.values(), ids=CHANGES)
def test_what_a_change_shows_in(place: Place, change: Callable[[Place], None], shows: str) -> None:
    stamps, shape = place.state()
    change(place)
    after = place.state()
    assert (after[0] != stamps, after[1] != shape) == (shows != NOTHING, shows == SHAPE)


def test_content_that_comes_back_is_the_same_shape(place: Place) -> None:
    before = place.state()
    for name, other in (("p/p.go", "package q\n"), ("go.mod", "module n\n"), ("p/a.txt", None)):
        place.write(name, other or "") if other else os.unlink(place.path(name))
        assert place.state()[1] != before[1]
        place.write(name, FILES[name])
        assert place.state()[1] == before[1]


@pytest.mark.parametrize("name", ["p/p.go", "p/p.s", "go.mod", "p/a.txt", "p/static/deep/b.css", "include/p.h"])
def test_same_size_and_time_restored_shows_in_the_stamps(place: Place, name: str) -> None:
    stamps, _ = place.state()
    status = os.stat(place.path(name))
    place.write(name, "x" * status.st_size)
    os.utime(place.path(name), ns=(status.st_atime_ns, status.st_mtime_ns))
    assert os.stat(place.path(name)).st_size == status.st_size
    assert place.state()[0] != stamps


def test_a_moved_file_is_not_taken_for_another(place: Place) -> None:
    """Names, directories and kinds are told apart in the digests."""
    seen = {place.state()}
    for field in ("directories", "files", "embeds", "inputs", "folders"):
        fields: dict[str, Any] = {**place.watch.export(), field: []}
        tree, watch = Tree(), Watch(**fields)
        seen.add((watch.stamps(tree), watch.shape(tree, Contents(tree))))
    assert len({stamps for stamps, _ in seen}) == 6
    assert len({shape for _, shape in seen}) == 4


def test_young_files_are_named(place: Place, age: Callable[[], None]) -> None:
    tree = Tree()
    names = ("p/p.go", "p/p.s", "go.mod", "p/a.txt", "p/static/deep/b.css", "include/p.h")
    assert set(place.watch.young(tree, Contents(tree))) == {place.path(name) for name in names}
    age()
    tree = Tree()
    assert not [*place.watch.young(tree, Contents(tree))]


def test_times_are_those_of_files_and_folders(place: Place) -> None:
    """A folder's time tells of a file that is gone."""
    names = ("p", "p/p.go", "p/p.s", "go.mod", "p/a.txt", "p/static/deep/b.css", "include/p.h")
    assert sorted(place.watch.times(Tree())) == sorted(os.stat(place.path(name)).st_ctime_ns for name in names)


def test_json_gives_back_the_same(place: Place) -> None:
    again = Watch(**json.loads(json.dumps(place.watch.export())))
    tree = Tree()
    assert again.stamps(tree) == place.watch.stamps(tree)
    assert again.shape(tree, Contents(tree)) == place.watch.shape(tree, Contents(tree))


DIGEST = """\
import json, sys
from golang.contents import Contents
from golang.index.watch import Watch
from golang.tree import Tree
watch, tree = Watch(**json.loads(sys.argv[1])), Tree()
if sys.argv[2:]:
    # What was looked at before, and interned names, make no difference.
    for path in (*watch.files, *watch.inputs, *map(sys.intern, watch.directories)):
        tree.stamp(path), tree.directory(path)
    watch.shape(tree, Contents(tree))
print(watch.stamps(tree), watch.shape(tree, Contents(tree)))
"""


def test_the_same_tree_is_the_same_digest_in_every_process(place: Place) -> None:
    path = os.pathsep.join(sys.path)
    argv = [sys.executable, "-c", DIGEST, json.dumps(place.watch.export())]
    answers = {
        subprocess.check_output([*argv, *more], text=True, env={"PYTHONPATH": path, "PYTHONHASHSEED": seed}).strip()
        for seed, more in (("1", []), ("2", []), ("3", ["warm"]))
    }
    assert answers == {" ".join(place.state())}


EMBEDDED = [
    "a.txt", "b.txt", "a/x.txt", "a/sub/y.txt", "a/.hidden", "a/_x", "b/x.txt", "c-d", "[x]", "x", "^", "a]b", "*", "a-",
    "f[o", "fdo", "f\\o", "ü.md", "line\nbreak",
]  # fmt: skip

PATTERNS: dict[str, list[str]] = {
    "a.txt": ["a.txt"],
    "a": ["a/x.txt", "a/sub/y.txt", "a/.hidden", "a/_x"],
    "all:a": ["a/x.txt", "a/sub/y.txt", "a/.hidden", "a/_x"],
    "a/sub": ["a/sub/y.txt"],
    "all:a/sub/y.txt": ["a/sub/y.txt"],
    "*.txt": ["a.txt", "b.txt"],
    "*/x.txt": ["a/x.txt", "b/x.txt"],
    "*/*/y.txt": ["a/sub/y.txt"],
    "a/*": ["a/x.txt", "a/sub/y.txt", "a/.hidden", "a/_x"],
    "?": ["a/x.txt", "a/sub/y.txt", "a/.hidden", "a/_x", "b/x.txt", "x", "^", "*"],
    "?.txt": ["a.txt", "b.txt"],
    "?.md": ["ü.md"],
    "[ab].txt": ["a.txt", "b.txt"],
    "[a-a].txt": ["a.txt"],
    "[^a].txt": ["b.txt"],
    "[b-z].txt": ["b.txt"],
    "[^a-z]": ["^", "*"],
    "[a^]": ["a/x.txt", "a/sub/y.txt", "a/.hidden", "a/_x", "^"],
    "[!a].txt": ["a.txt"],
    r"\*": ["*"],
    r"[\*]": ["*"],
    r"[*]": ["*"],
    r"\[x\]": ["[x]"],
    "[[]x]": ["[x]"],
    r"a[\]]b": ["a]b"],
    r"a[\-]": ["a-"],
    r"[x\^]": ["x", "^"],
    r"f[\d]o": ["fdo"],
    "f[[]o": ["f[o"],
    r"f[\\]o": ["f\\o"],
    r"f\\o": ["f\\o"],
    r"\x": ["x"],
    "line*break": ["line\nbreak"],
    "line?break": ["line\nbreak"],
    "nothing": [],
    "*.nothing": [],
    "a.txt/x": [],
    "a.tx": [],
    "A.TXT": [],
    "a+txt": [],
    "a$": [],
}


@pytest.fixture(scope="module")
def embedding(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("embedding")
    for name in EMBEDDED:
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(name)
    (directory / "a/empty").mkdir()
    return directory


def taken(directory: Path, *patterns: str) -> list[str]:
    return [os.path.relpath(path, directory) for path in expand(Tree(), str(directory), patterns)]


@pytest.mark.parametrize(("pattern", "files"), PATTERNS.items(), ids=PATTERNS)
def test_patterns_are_those_of_go(embedding: Path, pattern: str, files: Sequence[str]) -> None:
    assert sorted(taken(embedding, pattern)) == sorted(files)
    assert sorted(file for file in EMBEDDED if would_embed([pattern], file)) == sorted(files)


@pytest.mark.parametrize(
    "pattern", ["[", "a[", "[]", "[]a]", "[^", "a[b", "[z-a]", "\\", "[a-]", "[-a]", "[\\", "[a\\"]
)
def test_patterns_that_go_refuses_do_no_harm(embedding: Path, pattern: str) -> None:
    assert set(taken(embedding, pattern)) <= set(EMBEDDED)
    assert would_embed([pattern], "a.txt") in (False, True)


@pytest.mark.parametrize(
    "pattern", ["", ".", "..", "../..", "../../*", "a/../../*", "/", "/etc", "a//x.txt", "a/", "./a"]
)
def test_patterns_do_not_lead_out_of_the_package(embedding: Path, pattern: str) -> None:
    assert taken(embedding / "a/sub", pattern) == []
    assert taken(embedding, pattern) == []


def test_patterns_add_up_in_their_order(embedding: Path) -> None:
    assert taken(embedding, "b.txt", "a.txt", "*.txt") == ["b.txt", "a.txt"]
    assert taken(embedding) == []
    assert would_embed(["nothing", "all:a"], "a/new/file")
    assert not would_embed([], "a.txt")


def test_a_file_that_is_not_there_yet_would_be_embedded() -> None:
    assert would_embed(["static"], "static/deep/er/new.css")
    assert would_embed(["static/*.css"], "static/new.css")
    assert not would_embed(["static/*.css"], "static")
    assert not would_embed(["static"], "statics/new.css")


def package(path: str, directory: str, **fields: Any) -> Package:
    return Package(import_path=path, dir=directory, name=path, **fields)


def watched(root: Path, *packages: Package, workspace: str = "off", flags: Sequence[str] = ()) -> Watch:
    graph = PackageGraph(packages={one.import_path: one for one in packages})
    return watch_of(graph, Tree(), str(root), workspace, flags, ["/c/a.h"], ["/c"])


def test_places_of_a_graph(tmp_path: Path) -> None:
    (tmp_path / "go.mod").write_text("module m\n")
    watch = watched(
        tmp_path,
        package("m/b/c", f"{tmp_path}/b/c", embed_patterns=("x", "y")),
        package("m/a", f"{tmp_path}/a"),
        package("fmt", "/goroot/fmt", standard=True, local=False),
        package("cached", "/modcache/cached", local=False),
        package("missing", ""),
    )
    assert watch.directories == [f"{tmp_path}/a", f"{tmp_path}/b/c"]
    assert watch.embeds == [[f"{tmp_path}/b/c", ["x", "y"]]]
    assert (watch.inputs, watch.folders) == (["/c/a.h"], ["/c"])
    # A go.mod that appears between a package and its module cuts it off; in a listed directory it is a file of that.
    assert watch.files == sorted(
        str(tmp_path / name) for name in ("b/go.mod", "go.mod", "go.sum", "vendor/modules.txt")
    )


def test_modules_that_are_replaced_by_folders_have_a_go_mod_too(tmp_path: Path) -> None:
    for name in ("app", "lib"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "go.mod").write_text(f"module {name}\n")
    watch = watched(tmp_path / "app", package("app", f"{tmp_path}/app"), package("lib/a", f"{tmp_path}/lib/a"))
    assert {str(tmp_path / "app/go.mod"), str(tmp_path / "lib/go.mod"), str(tmp_path / "lib/go.sum")} <= {*watch.files}


def test_every_module_of_a_workspace_counts(tmp_path: Path) -> None:
    """One that no package comes from still requires versions of the others."""
    work = tmp_path / "go.work"
    work.write_text("go 1.21\n\nuse (\n\t./app\n\t./unused\n)\n")
    for name in ("app", "unused"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "go.mod").write_text(f"module {name}\n")
    watch = watched(tmp_path, package("app", f"{tmp_path}/app"), workspace=str(work))
    names = (
        "go.work",
        "go.work.sum",
        "vendor/modules.txt",
        "app/go.mod",
        "app/go.sum",
        "unused/go.mod",
        "unused/go.sum",
    )
    assert {str(tmp_path / name) for name in names} <= {*watch.files}


def test_another_go_mod_by_a_flag(tmp_path: Path) -> None:
    watch = watched(tmp_path, flags=["-trimpath", "-modfile=other.mod"])
    assert {str(tmp_path / "other.mod"), str(tmp_path / "other.sum")} <= {*watch.files}


def test_a_folder_that_would_make_a_package_ambiguous(tmp_path: Path) -> None:
    """Its package comes from another module as long as the main module has no such folder."""
    watch = watched(
        tmp_path,
        package("m", str(tmp_path), module=Module(path="m", main_root=str(tmp_path))),
        package("m/sub/x", "/modcache/m/sub/x", local=False, module=Module(path="m/sub", version="v1.0.0")),
    )
    assert str(tmp_path / "sub/x") in watch.files
    tree = Tree()
    before = watch.shape(tree, Contents(tree))
    (tmp_path / "sub/x").mkdir(parents=True)
    tree = Tree()
    assert watch.shape(tree, Contents(tree)) != before
