"""modules and workspace: modules, go.work and main packages, found without Go (E7)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from golang.contents import Contents
from golang.errors import PackageError
from golang.gosource import tags_of
from golang.modules import MainPackage, find_module_root, find_workspace, module_path, used_modules, walk_modules
from golang.naming import name_programs, program_name
from golang.platform import Platform
from golang.tree import Tree
from golang.workspace import find_main_packages

LINUX = tags_of(Platform("linux", "amd64"), cgo=True)
PURE = tags_of(Platform("linux", "amd64"), cgo=False)
MAIN = "package main\n\nfunc main() {}\n"


def write(root: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def names(root: Path, tags: frozenset[str] = LINUX) -> dict[str, str]:
    """Return the program names by directory relative to ``root``."""
    return {Path(main.directory).relative_to(root).as_posix(): main.name for main in mains(root, tags)}


def mains(root: Path, tags: frozenset[str] = LINUX) -> tuple[MainPackage, ...]:
    tree = Tree()
    return find_main_packages(walk_modules(str(root), tree), tags, Contents(tree))


GO_WORK = """\
// use ./commented
go 1.22

toolchain go1.26.8 // use ./commented

use ./single // a comment
use	"./quoted path"
use `./raw`

use ( // block
	./one
	// ./commented

	"./two words"
	../outside // comment
)

replace (
	example.org/x => ./replaced
)

use ./last
"""


def test_go_work_is_read_with_comments_quotes_and_blocks(tmp_path: Path) -> None:
    file = tmp_path / "ws" / "go.work"
    write(tmp_path, {"ws/go.work": GO_WORK})
    used = [Path(path).relative_to(tmp_path).as_posix() for path in used_modules(str(file))]
    assert used == ["ws/single", "ws/quoted path", "ws/raw", "ws/one", "ws/two words", "outside", "ws/last"]


@pytest.mark.parametrize("text", ["", "go 1.22\n", "use (\n)\n", "// use ./a\n"])
def test_go_work_may_use_nothing(tmp_path: Path, text: str) -> None:
    write(tmp_path, {"go.work": text})
    assert used_modules(str(tmp_path / "go.work")) == ()


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("module example.org/m\n", "example.org/m"),
        ("// module other\n\nmodule example.org/m // comment\n", "example.org/m"),
        ('module "example.org/m"\n', "example.org/m"),
        ("module `example.org/m`\n", "example.org/m"),
        ("go 1.22\n\tmodule\texample.org/m/v2\n", "example.org/m/v2"),
    ],
)
def test_module_path(tmp_path: Path, text: str, path: str) -> None:
    write(tmp_path, {"go.mod": text})
    assert module_path(str(tmp_path)) == path


def test_go_mod_without_a_module_line(tmp_path: Path) -> None:
    write(tmp_path, {"go.mod": "go 1.22\n"})
    with pytest.raises(PackageError, match=r"go\.mod has no module line"):
        module_path(str(tmp_path))


def test_module_root_is_the_nearest_go_mod(tmp_path: Path) -> None:
    write(
        tmp_path, {"go.mod": "module m\n", "a/b/x.go": MAIN, "a/nested/go.mod": "module n\n", "a/nested/c/x.go": MAIN}
    )
    assert find_module_root(str(tmp_path / "a" / "b")) == str(tmp_path)
    assert find_module_root(str(tmp_path / "a" / "nested" / "c")) == str(tmp_path / "a" / "nested")
    assert find_module_root(str(tmp_path)) == str(tmp_path)


def test_no_module_at_all_tells_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(PackageError) as caught:
        find_module_root(str(tmp_path))
    text = str(caught.value)
    assert text.startswith(f"{tmp_path} is in no Go module")
    assert all(part in text for part in ("wanted: a go.mod", "found:  none", "fix:    run `go mod init`"))


class TestWorkspaceRules:
    """E7: a go.work governs a module only from inside the project, only the nearest, only if it uses the module."""

    def test_in_the_project_and_using_the_module(self, tmp_path: Path) -> None:
        write(tmp_path, {"go.work": "use ./a\nuse ./b/c\n", "a/go.mod": "module a\n", "b/c/go.mod": "module c\n"})
        for module in ("a", "b/c"):
            assert find_workspace(str(tmp_path / module), str(tmp_path)) == str(tmp_path / "go.work")

    def test_not_using_the_module(self, tmp_path: Path) -> None:
        write(tmp_path, {"go.work": "use ./a\n", "b/go.mod": "module b\n"})
        assert find_workspace(str(tmp_path / "b"), str(tmp_path)) is None

    def test_above_the_project(self, tmp_path: Path) -> None:
        write(tmp_path, {"go.work": "use ./project\n", "project/go.mod": "module p\n"})
        assert find_workspace(str(tmp_path / "project"), str(tmp_path / "project")) is None
        assert find_workspace(str(tmp_path / "project"), str(tmp_path)) == str(tmp_path / "go.work")

    def test_only_the_nearest(self, tmp_path: Path) -> None:
        write(tmp_path, {"go.work": "use ./a/b\n", "a/go.work": "use ./other\n", "a/b/go.mod": "module b\n"})
        assert find_workspace(str(tmp_path / "a" / "b"), str(tmp_path)) is None

    def test_beside_the_module(self, tmp_path: Path) -> None:
        write(tmp_path, {"go.work": "use .\n", "go.mod": "module m\n"})
        assert find_workspace(str(tmp_path), str(tmp_path)) == str(tmp_path / "go.work")

    def test_none(self, tmp_path: Path) -> None:
        write(tmp_path, {"go.mod": "module m\n"})
        assert find_workspace(str(tmp_path), str(tmp_path)) is None

    def test_through_a_symbolic_link(self, tmp_path: Path) -> None:
        write(tmp_path, {"real/go.work": "use ./a\n", "real/a/go.mod": "module a\n"})
        (tmp_path / "link").symlink_to(tmp_path / "real")
        found = find_workspace(str(tmp_path / "link" / "a"), str(tmp_path / "link"))
        assert found == str(tmp_path / "real" / "go.work")


def test_main_packages_of_a_module(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "go.mod": "module example.org/m\n",
            "main.go": MAIN,
            "cmd/a/main.go": MAIN,
            "cmd/b/doc.go": "package main\n",
            "lib/lib.go": "package lib\n",
            "lib/gen.go": f"//go:build ignore\n\n{MAIN}",
            "lib/old_gen.go": f"// +build ignore\n\n{MAIN}",
            "windows/main_windows.go": MAIN,
            "tool/main.go": f"//go:build tool\n\n{MAIN}",
            "onlytest/x_test.go": MAIN,
            "commented/x.go": f"/*\n{MAIN}*/\npackage commented\n",
            "broken/x.go": "",
            "notes/main.txt": MAIN,
            "testdata/x/main.go": MAIN,
            "lib/testdata/main.go": MAIN,
            "vendor/example.org/v/main.go": MAIN,
            "lib/vendor/main.go": MAIN,
            "_attic/main.go": MAIN,
            ".hidden/main.go": MAIN,
            "lib/_x.go": MAIN,
            "nested/go.mod": "module example.org/nested\n",
            "nested/cmd/c/main.go": MAIN,
            "vendored/main.go": MAIN,
        },
    )
    assert names(tmp_path) == {".": "m", "cmd/a": "a", "cmd/b": "b", "vendored": "vendored"}
    assert names(tmp_path, LINUX | {"tool"})["tool"] == "tool"
    assert "windows" in names(tmp_path, tags_of(Platform("windows", "amd64"), cgo=False))


def test_main_package_of_cgo_files_only_exists_with_cgo_only(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "go.mod": "module m\n",
            "c/main.go": 'package main\n\nimport "C"\n\nfunc main() {}\n',
            "go/main.go": 'package main\n\nvar text = `\nimport "C"\n`\n\nfunc main() {}\n',
        },
    )
    assert names(tmp_path) == {"c": "c", "go": "go"}
    assert names(tmp_path, PURE) == {"go": "go"}


def test_main_packages_of_a_workspace(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "go.work": "use (\n\t./svc\n\t./tools\n)\n",
            "svc/go.mod": "module example.org/svc\n",
            "svc/cmd/admin/main.go": MAIN,
            "svc/cmd/gateway/main.go": MAIN,
            "tools/go.mod": "module example.org/tools\n",
            "tools/cmd/admin/main.go": MAIN,
            "unused/go.mod": "module example.org/unused\n",
            "unused/main.go": MAIN,
        },
    )
    assert names(tmp_path) == {
        "svc/cmd/admin": "svc-cmd-admin",
        "svc/cmd/gateway": "gateway",
        "tools/cmd/admin": "tools-cmd-admin",
    }
    [first, *_] = mains(tmp_path)
    assert first == MainPackage(
        directory=str(tmp_path / "svc" / "cmd" / "admin"),
        module_root=str(tmp_path / "svc"),
        import_path="example.org/svc/cmd/admin",
        name="svc-cmd-admin",
    )


def test_workspace_that_uses_what_is_not_there(tmp_path: Path) -> None:
    write(tmp_path, {"go.work": "use ./gone\n"})
    with pytest.raises(PackageError, match=r"no go\.mod in .*gone"):
        mains(tmp_path)


def test_neither_module_nor_workspace(tmp_path: Path) -> None:
    with pytest.raises(PackageError, match=r"has neither go\.mod nor go\.work"):
        mains(tmp_path)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("example.org/m/cmd/app", "app"),
        ("app", "app"),
        ("example.org/app/v2", "app"),
        ("example.org/app/v10", "app"),
        # No major versions (cmd/go/internal/load: isVersionElement).
        ("example.org/cmd/v1", "v1"),
        ("example.org/cmd/v0", "v0"),
        ("example.org/cmd/v02", "v02"),
        ("example.org/cmd/v2beta", "v2beta"),
        ("v2", "v2"),
    ],
)
def test_program_name_is_the_one_of_go_build(path: str, name: str) -> None:
    assert program_name(path) == name


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["m/a", "m/b"], ["a", "b"]),
        (["m/x/a", "m/y/a", "m/b"], ["x-a", "y-a", "b"]),
        (["m/x/cmd/a", "m/y/cmd/a"], ["x-cmd-a", "y-cmd-a"]),
        (["m/x/cmd/a", "m/y/cmd/a", "m/z/a"], ["x-cmd-a", "y-cmd-a", "m-z-a"]),
        (["m/a", "m/x/a"], ["m-a", "x-a"]),
        (["m/a/v2", "m/x/a"], ["m-a", "x-a"]),
        # One program in two major versions: only the version tells them apart.
        (["m/a", "m/a/v2", "m/a/v3"], ["a", "a-v2", "a-v3"]),
        # A name made of elements must not be the name of another program.
        (["m/cmd/a", "n/x/a", "m/cmd-a"], ["m-cmd-a", "n-x-a", "cmd-a"]),
    ],
)
def test_programs_of_one_name_are_told_apart(paths: list[str], expected: list[str]) -> None:
    mains = [MainPackage(directory=f"/{path}", module_root="/", import_path=path) for path in paths]
    assert [main.name for main in name_programs(mains)] == expected
    assert [main.import_path for main in name_programs(mains)] == paths
