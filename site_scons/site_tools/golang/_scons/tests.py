"""GoTest: the tests of packages, compiled with a linkage and proved, and their results. Starts no process."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import SCons.Node
import SCons.Node.FS
import SCons.Util

from ..errors import GolangError, RequestError
from ..goenv import CACHE_SETTINGS, INHERITED
from ..modules import MainPackage
from ..naming import name_programs, program_name
from ..probes import Answer
from .aliases import add_alias
from .calls import check_call
from .fingerprint import Env, frozen, text
from .messages import user_error, warn
from .paths import expecting
from .patterns import find_packages
from .places import Place, declarations, declare, file_at, folder_of
from .programs import PROGRAMS
from .result_file import FAILED, ResultFile, Tested
from .run_action import MERGE_BUILDER, RUN_BUILDER
from .target import note_evidence, program_of
from .unfinished import leave_nothing_failed
from .variables import DEFAULTS, TESTS, VARIABLES

_KEYWORDS = ("linkage", "platform", "inputs")
# What the command consists of is expanded for each target, by what only a build imports.
_RUN = ("ENV", *CACHE_SETTINGS, *(one.name for one in VARIABLES if one.group == TESTS and one.name != "GOTESTCOM"))


def go_test(
    env: Env, packages: Any = None, linkage: Any = None, platform: Any = None, *, inputs: Any = (), **overrides: Any
) -> Any:
    """Declare the tests of packages; returns the nodes of their results.

    ``packages`` are directories, or patterns such as ``./...``, which take all packages with tests. ``linkage`` and
    ``platform`` are as of GoProgram. ``inputs`` are files and folders that the tests read, besides ``testdata`` of
    their own package. Every other keyword overrides a construction variable. Adds the aliases ``test``,
    ``test-LINKAGE``, ``test-LINKAGE-PLATFORM``, and ``NAME-test`` for each package. Raises SCons.Errors.UserError.
    """
    try:
        check_call(env, "GoTest", overrides, _KEYWORDS, packages=packages, inputs=inputs)
        data, files = _inputs(env, inputs)
        if platform is not None and env["GOTESTDIR"] == DEFAULTS["GOTESTDIR"]:
            overrides = {"GOTESTDIR": "build/$GOPLATFORM/$GOLINKAGE/test", **overrides}
        from_call = env.Override(overrides)
        asked = {**overrides, **PROGRAMS.outlines.as_test(from_call)}
        results = SCons.Util.NodeList()
        for linked, declaration, named in declarations(env, linkage, platform, asked):
            wanted = find_packages(linked, packages, "GoTest", "tests", declaration.tags)
            place, how = Place(linked, declaration, None, named), _how(linked)
            made = [_declare(package, stem, place, how, data, files) for package, stem in _stems(linked, wanted)]
            results += [node for nodes in made for node in nodes]
            _add_aliases(env, linked, named, wanted, made)
            merged = _merge(linked, [node for nodes in made for node in nodes[1:]])
            results += merged
            add_alias(env, "test", *merged)
    except GolangError as error:
        raise user_error(str(error)) from error
    if not results:
        # `go test ./...` is no error either where there are no tests, but it is to be known.
        warn(f"golang: warning: GoTest: {packages}: no package there has tests for this platform and these build tags")
    leave_nothing_failed(env, results, _note_unbuilt)
    return results


def _inputs(env: Env, inputs: Any) -> tuple[tuple[Any, ...], list[Any]]:
    """Return the folders and the files that a call names."""
    named = [one for one in SCons.Util.flatten([inputs]) if one]
    with expecting("files and folders", "GoTest: inputs="):
        nodes = [node.disambiguate() for node in env.arg2nodes(named, env.fs.Entry)]
    folders = tuple(node for node in nodes if isinstance(node, SCons.Node.FS.Dir))
    return folders, [node for node in nodes if node not in folders]


def _stems(env: Env, packages: Sequence[MainPackage]) -> list[tuple[MainPackage, str]]:
    """Return the paths of what is made for each package, without a suffix: the import path, from its module's name on.

    Modules of one name have their whole path.
    """
    folder = folder_of(env, "GOTESTDIR")
    modules = {package.module_root: _module(package) for package in packages}
    names = [program_name(module) for module in modules.values()]
    stems = []
    for package in packages:
        module = modules[package.module_root]
        name = program_name(module)
        first = module if names.count(name) > 1 else name
        stems.append((package, os.path.join(folder, first + package.import_path[len(module) :])))
    return stems


def _module(package: MainPackage) -> str:
    below = os.path.relpath(package.directory, package.module_root)
    return package.import_path if below == os.curdir else package.import_path[: -len(below) - 1]


def _declare(
    package: MainPackage, stem: str, place: Place, how: Any, data: tuple[Any, ...], files: Sequence[Any]
) -> list[Any]:
    """Declare the test binary and the results of a package; return the nodes of these."""
    env, directory = place.env, package.directory
    binary = file_at(env, f"{stem}.test{place.declaration.suffix}")
    declare(env, directory, package.module_root, place._replace(node=binary))
    tested = Tested(
        program=program_of(binary),
        package=package.import_path,
        signature=how["signature"],
        environ=how["environ"],
        data=(env.fs.Dir(os.path.join(directory, "testdata")), *data),
    )
    nodes = [file_at(env, f"{stem}.xml")]
    nodes += [file_at(env, f"{stem}.cover")] if how["cover"] else []
    if nodes[0].has_builder():
        known = nodes[0].attributes.golang_tested
        if (known.signature, known.data, nodes[0].sources) != (tested.signature, tested.data, [binary, *files]):
            msg = (
                f"GoTest: {nodes[0]} is declared twice\n  wanted: one way to run the tests at one path\n"
                "  found:  other flags, environment or inputs\n  fix:    give each call a GOTESTDIR of its own"
            )
            raise RequestError(msg)
        return nodes
    nodes[0].__class__ = ResultFile
    for node in nodes:
        node.attributes.golang_tested = tested
    RUN_BUILDER(env, nodes, [binary, *files])
    env.NoCache(nodes)
    note_evidence(nodes)
    if PROGRAMS.outlines.cleans(env):
        env.Clean(nodes[0], nodes[0].dir.File(os.path.basename(stem) + FAILED))
    return nodes


def _how(env: Env) -> Any:
    """Return how tests are run. Raises RequestError."""
    process = (f"{name}={os.environ.get(name)}" for name in (*CACHE_SETTINGS, *INHERITED))

    def ask() -> Answer:
        from .test_settings import declared_run

        return Answer(declared_run(env))

    return PROGRAMS.outlines.probes(env).ask(("test run", *frozen(env, _RUN), *process), ask)


def _add_aliases(
    env: Env, linked: Env, platform: str, packages: Sequence[MainPackage], results: Sequence[Sequence[Any]]
) -> None:
    nodes = [node for one in results for node in one]
    linkage = f"test-{text(linked, 'GOLINKAGE')}"
    for name in ("test", linkage, *([f"{linkage}-{platform}"] if platform else [])):
        add_alias(env, name, *nodes)
    for package, made in zip(name_programs(packages), results, strict=True):
        for node in made:
            add_alias(env, f"{package.name}-test", node)


def _note_unbuilt(node: Any) -> None:
    if isinstance(node, ResultFile) and node.sources[0].get_state() == SCons.Node.failed:
        from .running import note_unbuilt

        note_unbuilt(node)


def _merge(env: Env, profiles: Sequence[Any]) -> list[Any]:
    """Declare the coverage profile of all packages, where there are any; return its node."""
    if not profiles:
        return []
    node = file_at(env, os.path.join(folder_of(env, "GOTESTDIR"), "coverage.out"))
    if node.has_builder():
        node.add_source([one for one in profiles if one not in node.sources])
    else:
        MERGE_BUILDER(env, node, profiles)
        env.NoCache(node)
        note_evidence([node])
    return [node]
