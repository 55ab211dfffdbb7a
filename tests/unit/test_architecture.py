"""The shape of the code: who may import what, who names construction variables, and how long a module may be."""

from __future__ import annotations

import ast
import functools
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "site_scons" / "site_tools" / "golang"
MODULES = {
    ".".join(file.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__"): file
    for file in sorted(PACKAGE.rglob("*.py"))
}
LAYERS = (
    (
        "vocabulary",
        (
            "errors",
            "linkage",
            "platform",
            "emulators",
            "system_libraries",
            "facts",
            "finding",
            "goenv",
            "goflags",
            "needs",
            "go_support",
            "threadstack",
            "csettings",
            "cincludes",
            "runner",
            "launcher",
        ),
    ),
    (
        "readers",
        (
            "toolchain",
            "ccompiler",
            "compiler_memo",
            "drivers",
            "emulation",
            "sysroot",
            "gosource",
            "packages",
            "golist",
            "gobuild",
            "modules",
            "naming",
            "workspace",
            "inspect",
            "tree",
            "overlay",
            "memory",
            "store",
            "contents",
            "probes",
            "pkgconfig",
            "archives",
            "checks",
            "coverage",
            "exports",
            "sonames",
            "junit",
            "testlog",
            "testresult",
        ),
    ),
    (
        "deciders",
        (
            "plan",
            "contradictions",
            "environment",
            "predict",
            "c_findings",
            "verdict",
            "policies",
            "policy",
            "libc_policy",
            "libc_symbols",
            "image_policy",
            "platform_policy",
            "library_policy",
            "report",
            "release",
            "smoke",
            "testflags",
        ),
    ),
    (
        "configuration",
        (
            "ctoolchain",
            "configuration",
            "index",
            "loading",
            "given_libraries",
            "mixed_libc",
            "scan",
            "trial",
            "testrun",
        ),
    ),
    ("shells", ("_scons", "cli")),
    ("entries", ("__init__", "__main__")),
)
"""A module imports only from its own layer and those before it."""
LAYER_OF = {room: number for number, (_, rooms) in enumerate(LAYERS) for room in rooms}
CORE_WITHOUT_IO = (
    "plan",
    "contradictions",
    "environment",
    "predict",
    "c_findings",
    "cincludes",
    "policy",
    "image_policy",
    "platform_policy",
    "library_policy",
    "policies",
    "libc_policy",
    "libc_symbols",
    "verdict",
    "system_libraries",
    "emulators",
    "report",
    "release",
    "smoke",
    "testflags",
    "coverage",
    "finding",
    "facts",
    "linkage",
    "goenv",
    "goflags",
    "needs",
    "go_support",
    "threadstack",
)
PURE_STANDARD_LIBRARY = {
    "__future__", "collections", "dataclasses", "enum", "fnmatch", "functools", "itertools", "re", "shlex",
    "signal", "typing",
}  # fmt: skip


@functools.cache
def tree_of(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text())


def is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def is_deferred(node: ast.AST) -> bool:
    return is_for_types(node) or isinstance(node, ast.FunctionDef)


def nodes_of(tree: ast.AST, without: Callable[[ast.AST], bool]) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        if not without(node):
            yield node
            yield from nodes_of(node, without)


def imports_of(module: str, without: Callable[[ast.AST], bool] = lambda _: False) -> Iterator[tuple[str, bool]]:
    """Yield every import of a module, but for what is in ``without``, as (name, whether it is of this package)."""
    package = [*module.split(".")][: None if MODULES[module].name == "__init__.py" and module != "__init__" else -1]
    for node in nodes_of(tree_of(module), without):
        if isinstance(node, ast.Import):
            yield from ((alias.name, False) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module or "", False
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1]
            names = [node.module] if node.module else [alias.name for alias in node.names]
            found = (".".join([*base, name]) for name in names)
            # What is no module is a name in the package itself.
            yield from ((name if node.module or name in MODULES else ".".join(base), True) for name in found)


def outside(module: str) -> set[str]:
    """Return the top-level packages that a module imports from elsewhere."""
    return {name.partition(".")[0] for name, own in imports_of(module) if not own}


def inside(module: str) -> set[str]:
    """Return the modules of this package that a module imports."""
    return {name for name, own in imports_of(module) if own}


def needed(module: str) -> set[str]:
    """Return the modules that must be there before this one: a package may reach for its own parts later."""
    own_parts = f"{module}."
    later = {name for name, own in imports_of(module, is_for_types) if own and not name.startswith(own_parts)}
    return later | {name for name, own in imports_of(module, is_deferred) if own}


def room(module: str) -> str:
    return module.partition(".")[0]


def importers(name: str) -> set[str]:
    return {module for module in MODULES if name in outside(module)}


def test_imports_are_understood() -> None:
    assert "policy" in inside("_scons.actions")
    assert "inspect.elf" in inside("inspect")
    assert "facts" in inside("inspect.elf")
    assert "_scons.tool" in inside("__init__")
    assert "index" in inside("index.listing")
    assert "configuration" in inside("_scons.programs")
    assert all(name in MODULES for module in MODULES for name in inside(module))


def test_what_is_needed_leaves_out_types_and_own_parts_that_are_reached_later() -> None:
    assert "inspect.archive" in needed("inspect")
    assert "inspect.elf" not in needed("inspect")
    assert "configuration" not in needed("_scons.programs")
    assert "scan" in needed("_scons.indexes")


def test_every_room_has_its_layer() -> None:
    assert {room(module) for module in MODULES} == set(LAYER_OF)


def test_only_the_shell_imports_scons() -> None:
    assert {room(module) for module in importers("SCons")} == {"_scons"}


@pytest.mark.parametrize("parser", ["elftools", "macholib", "pefile"])
def test_only_inspect_imports_parsers(parser: str) -> None:
    assert {room(module) for module in importers(parser)} == {"inspect"}


def test_only_the_runner_starts_processes() -> None:
    assert importers("subprocess") == {"runner"}
    for module in MODULES:
        calls = [ast.unparse(node.func) for node in ast.walk(tree_of(module)) if isinstance(node, ast.Call)]
        wrong = {call for call in calls if call.startswith(("os.system", "os.popen", "os.exec", "os.spawn", "os.fork"))}
        # It is a process of its own, and becomes another program.
        assert wrong == ({"os.execve"} if module == "launcher" else set())


@pytest.mark.parametrize("module", MODULES)
def test_dependencies_point_one_way(module: str) -> None:
    layer = LAYER_OF[room(module)]
    # The package itself re-exports lazily, for typing also from its shell.
    wrong = {name for name in inside(module) if LAYER_OF[room(name)] > layer}
    assert not wrong


def test_shells_do_not_know_each_other() -> None:
    shells = dict(LAYERS)["shells"]
    assert not [
        (module, name)
        for module in MODULES
        for name in inside(module)
        if room(module) in shells and room(name) in shells and room(module) != room(name)
    ]


def test_there_are_no_cycles() -> None:
    done: set[str] = set()

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, " -> ".join([*path, module])
        if module not in done:
            for name in sorted(needed(module)):
                visit(name, (*path, module))
            done.add(module)

    for module in MODULES:
        visit(module, ())


@pytest.mark.parametrize("module", CORE_WITHOUT_IO)
def test_deciders_touch_neither_files_nor_processes(module: str) -> None:
    assert outside(module) <= PURE_STANDARD_LIBRARY
    names = {node.id for node in ast.walk(tree_of(module)) if isinstance(node, ast.Name)}
    assert not names & {"open", "print", "input", "os", "Path"}


def test_shell_parses_neither_json_nor_elf() -> None:
    """It may write JSON, that of the report and of Go's overlay."""
    for module in MODULES:
        if room(module) == "_scons":
            calls = {ast.unparse(node.func) for node in ast.walk(tree_of(module)) if isinstance(node, ast.Call)}
            assert not calls & {"json.load", "json.loads", "json.JSONDecoder"}
            assert "struct" not in outside(module)


def test_only_the_command_line_prints() -> None:
    for module in MODULES:
        calls = {ast.unparse(node.func) for node in ast.walk(tree_of(module)) if isinstance(node, ast.Call)}
        assert "print" not in calls or module == "cli"


@pytest.mark.parametrize("module", MODULES)
def test_modules_are_short_and_say_what_they_are_for(module: str) -> None:
    assert len(MODULES[module].read_text().splitlines()) <= 300
    assert ast.get_docstring(tree_of(module))


def construction_variables() -> set[str]:
    from golang._scons.variables import VARIABLES

    return {variable.name for variable in VARIABLES}


READERS = ("_scons.variables", "_scons.settings", "_scons.test_settings")

NAMED_ELSEWHERE = {
    # What the build action itself runs.
    "_scons.actions": {"GO"},
    # The command that builds, and the jobs that it may use.
    "_scons.command": {"GO", "GOCOM"},
    "_scons.batches": {"GOJOBS"},
    "_scons.lookahead": {"GOJOBS"},
    # How names of variables begin, and one that is not to be set.
    "_scons.calls": {"GO", "GOPLATFORM"},
    # What does not change what is built, but how fast.
    "_scons.collecting": {"GOGC"},
    # What goes with an archive besides the flags of its packages.
    "_scons.carried": {"CGO_LDFLAGS"},
    # Who links with frameworks.
    "_scons.csettings": {"GOOS"},
    # Where the search for a toolchain begins, and what is told, or not, of two declarations of one path.
    "_scons.configurations": {
        "GO",
        "GOARCH",
        "GOCOM",
        "GOLINKAGE",
        "GOOS",
        "GOPLATFORM",
        "GOTARGETDIR",
        "GOTESTDIR",
        "GOVERSION",
    },
    # What does not change what is built.
    "_scons.fingerprint": {
        "GOCOM",
        "GOCOMSTR",
        "GOGC",
        "GOGENERATED",
        "GOJOBS",
        "GOPLATFORM",
        "GOTARGETDIR",
        "GOTESTCOM",
        "GOXDEFS",
    },
    # Nodes, which are made of paths while the SConscript is read.
    "_scons.generated": {"GOGENERATED"},
    # What a tool has in common with programs, and not, and where it goes.
    "_scons.go_tool": {
        "GO",
        "GOARCH",
        "GOBUILDFLAGS",
        "GOBUILDVCS",
        "GOCOM",
        "GOOS",
        "GOTARGETDIR",
        "GOTOOLCHAIN",
        "GOTRIMPATH",
        "GOVERSION",
        "GOWORK",
    },
    # What a program is declared with, and its command in words; what the program of tests is, and that it is not tried out.
    "_scons.outlines": {"GOCOM", "GOLINKAGE", "GOSMOKE", "GOTESTCOM"},
    # Where results of tests and checks go, and what aliases are called.
    "_scons.tests": {"GOLINKAGE", "GOTESTCOM", "GOTESTDIR"},
    "_scons.checks": {"GOCHECKDIR", "GOVETFLAGS"},
    # Variables of Go's environment by which it permits flags, and gives them.
    "_scons.overlay": {"CGO_CFLAGS_ALLOW", "CGO_LDFLAGS_ALLOW", "CGO_CPPFLAGS", "CGO_LDFLAGS"},
    # What libraries are called there.
    "_scons.libraries": {"GOOS"},
    # What is set for each target.
    "_scons.places": {"GOLINKAGE", "GOPLATFORM", "GOTARGETDIR"},
    # Where programs of a release go, and what their archives are called.
    "_scons.release": {"GOPLATFORM", "GOTARGETDIR"},
    # Those offered on the command line.
    "_scons.tool": {
        "GO",
        "GOARCH",
        "GOCTOOLCHAIN",
        "GOLIBC",
        "GOOS",
        "GORACE",
        "GOTAGS",
        "GOTESTCOUNT",
        "GOTESTCOVER",
        "GOTESTRUN",
        "GOTESTSHORT",
        "GOTESTSKIP",
        "GOTESTTIMEOUT",
        "GOTESTVERBOSE",
        "GOVERIFYGLIBC",
        "GOVERSION",
    },
    # What GoVerify sets for the gate.
    "_scons.verify": {"GOLINKAGE"},
}
"""Exactly these: an exception that is no longer one is to be taken out."""


def test_construction_variables_are_read_in_one_place() -> None:
    """They are spelled in the table and in ``settings``, which reads them; the exceptions are counted here."""
    known = construction_variables()
    for module in MODULES:
        if room(module) == "_scons" and module not in READERS:
            constants = (node for node in ast.walk(tree_of(module)) if isinstance(node, ast.Constant))
            named = {node.value for node in constants if isinstance(node.value, str)} & known
            assert named == NAMED_ELSEWHERE.get(module, set()), module


def test_importing_the_package_imports_neither_scons_nor_pyelftools() -> None:
    code = "import sys, golang; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=PACKAGE.parent, capture_output=True, text=True, check=True
    ).stdout.split()
    assert "golang" in loaded
    assert not {"SCons", "elftools", "subprocess"} & set(loaded)


def test_table_of_variables_and_core_need_no_scons() -> None:
    modules = [f"golang.{name}" for name in MODULES if room(name) not in ("_scons", "__init__", "__main__")]
    code = f"import sys, importlib; [importlib.import_module(name) for name in {[*modules, 'golang._scons.variables']!r}]; print('SCons' in sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=PACKAGE.parent, capture_output=True, text=True, check=True
    )
    assert loaded.stdout == "False\n"


BUILD_ONLY = (
    "archives",
    "c_findings",
    "ccompiler",
    "checks",
    "cincludes",
    "compiler_memo",
    "configuration",
    "coverage",
    "ctoolchain",
    "drivers",
    "emulation",
    "emulators",
    "exports",
    "given_libraries",
    "golist",
    "gosource",
    "image_policy",
    "inspect",
    "junit",
    "launcher",
    "libc_policy",
    "libc_symbols",
    "library_policy",
    "loading",
    "memory",
    "mixed_libc",
    "packages",
    "pkgconfig",
    "plan",
    "platform_policy",
    "policies",
    "policy",
    "predict",
    "report",
    "smoke",
    "sonames",
    "sysroot",
    "testflags",
    "testlog",
    "testresult",
    "testrun",
    "toolchain",
    "trial",
)


def test_a_run_that_builds_nothing_imports_little() -> None:
    """Loading the tool costs every run of SCons; what only a build needs is imported where it is used."""
    code = "import sys, SCons.Script, golang._scons.tool; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=PACKAGE.parent, capture_output=True, text=True, check=True
    ).stdout.split()
    assert "golang._scons.builders" in loaded
    assert set(BUILD_ONLY) <= set(MODULES)
    assert not {f"golang.{name}" for name in BUILD_ONLY} & set(loaded)
