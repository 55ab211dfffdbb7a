"""The main packages of modules, read without a Go toolchain."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from .contents import Contents, Sources
from .gosource import is_permitted
from .modules import MainPackage, import_path, module_path
from .naming import name_programs


def find_main_packages(
    root_of: Mapping[str, str], tags: Collection[str], contents: Contents
) -> tuple[MainPackage, ...]:
    """Return the main packages among directories, sorted by directory, with names.

    ``root_of`` is the module root of each directory, as from :func:`walk_modules`; ``tags`` are those that hold, as
    from ``gosource.tags_of``. Raises PackageError if a go.mod cannot be read.
    """
    prefixes = {root: module_path(root) for root in set(root_of.values())}
    found = []
    for directory in sorted(root_of):
        if _has_main(contents.sources(directory), tags):
            root = root_of[directory]
            path = import_path(prefixes[root], root, directory)
            found.append(MainPackage(directory=directory, module_root=root, import_path=path))
    return name_programs(found)


def _has_main(sources: Sources, tags: Collection[str]) -> bool:
    return any(
        is_permitted(name, constraint, tags) and ("cgo" in tags or not cgo) for name, constraint, cgo in sources.mains
    )
