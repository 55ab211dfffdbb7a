"""The main packages of modules, and those with tests, read without a Go toolchain."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from .contents import Contents, Sources
from .gosource import may_be_taken
from .modules import MainPackage, import_path, module_path
from .naming import name_programs

_TESTS = "_test.go"


def find_main_packages(
    root_of: Mapping[str, str], tags: Collection[str], contents: Contents
) -> tuple[MainPackage, ...]:
    """Return the main packages among directories, sorted by directory, with names.

    ``root_of`` is the module root of each directory, as from :func:`walk_modules`; ``tags`` are those that hold, as
    from ``gosource.tags_of``. Raises PackageError if a go.mod cannot be read.
    """
    return _found(root_of, lambda directory: _has_main(contents.sources(directory), tags))


def find_test_packages(
    root_of: Mapping[str, str], tags: Collection[str], contents: Contents
) -> tuple[MainPackage, ...]:
    """Return the packages with tests among directories, in the same way. ``contents`` are of a tree with tests."""
    return _found(root_of, lambda directory: has_tests(contents.sources(directory), tags))


def find_packages(root_of: Mapping[str, str], tags: Collection[str], contents: Contents) -> tuple[MainPackage, ...]:
    """Return all packages among directories, in the same way. ``contents`` are of a tree with tests."""
    return _found(root_of, lambda directory: _has_any(contents.sources(directory).files, tags))


def find_any(root_of: Mapping[str, str], tags: Collection[str], contents: Contents) -> tuple[MainPackage, ...]:
    """Return the packages of all directories, in the same way, whatever their files are for."""
    del tags, contents
    return _found(root_of, lambda _: True)


def _found(root_of: Mapping[str, str], is_wanted: Callable[[str], bool]) -> tuple[MainPackage, ...]:
    prefixes = {root: module_path(root) for root in set(root_of.values())}
    found = []
    for directory in sorted(root_of):
        if is_wanted(directory):
            root = root_of[directory]
            path = import_path(prefixes[root], root, directory)
            found.append(MainPackage(directory=directory, module_root=root, import_path=path))
    return name_programs(found)


def _has_main(sources: Sources, tags: Collection[str]) -> bool:
    return _has_any((file for file in sources.mains if not file[0].endswith(_TESTS)), tags)


def has_tests(sources: Sources, tags: Collection[str]) -> bool:
    """Return whether there are tests among the files of a directory. ``sources`` are of a tree with tests."""
    return _has_any((file for file in sources.files if file[0].endswith(_TESTS)), tags)


def _has_any(files: Iterable[Sequence[Any]], tags: Collection[str]) -> bool:
    return any(may_be_taken(name, constraint, tags) and ("cgo" in tags or not cgo) for name, constraint, cgo in files)


FINDERS = {"mains": find_main_packages, "tests": find_test_packages, "all": find_packages, "any": find_any}
"""How packages of each kind are found."""
