"""``$GOGENERATED``: what a SConstruct says of files that programs see where they do not stand."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

import SCons.Node.FS
import SCons.Util

from ..errors import RequestError
from ..modules import find_module_root
from .fingerprint import Env
from .target import Node

_WANTED = "a dict from folders of the source tree to files, such as {'go/api': ['build/api.pb.go']}"


class GeneratedError(RequestError):
    """``$GOGENERATED`` is not what it should be."""

    def __init__(self, found: str) -> None:
        """Say what was ``found`` instead."""
        super().__init__(f"$GOGENERATED\n  wanted: {_WANTED}\n  found:  {found}")


def generated_files(env: Env) -> dict[str, Node]:
    """Return the nodes of ``$GOGENERATED`` by the paths in the source tree where they are seen.

    Paths are relative to the SConscript that is being read. Raises RequestError, or PackageError for a folder that is
    in no Go module.
    """
    value = env.get("GOGENERATED")
    if not value:
        return {}
    if not isinstance(value, Mapping):
        raise GeneratedError(repr(value))
    found: dict[str, Node] = {}
    for folder, files in value.items():
        for place, node in _placed(env, folder, files):
            if found.setdefault(place, node) is not node:
                both = f"{found[place]} and {node} for {place}"
                raise GeneratedError(both)
    return found


def is_made(folder: Any) -> bool:
    """Return whether SCons itself makes files in a folder."""
    return any(node.has_builder() for node in folder.entries.values() if not isinstance(node, SCons.Node.FS.Dir))


def standing_for(folder: Any) -> Iterator[Any]:
    """Yield a folder, and the build folders that belong to it (VariantDir)."""
    yield folder
    above, below = folder, list[str]()
    while above is not None:
        for variant in above.variant_dirs:
            yield variant.Dir(os.path.join(*below)) if below else variant
        below.insert(0, above.name)
        above = above.up()


def variant_dir(env: Env) -> str:
    """Return the build folder of the SConscript that is being read; empty if it has none."""
    folder = env.fs.getcwd()
    return "" if folder.srcnode() is folder else str(folder.get_abspath())


def _placed(env: Env, folder: Any, files: Any) -> Iterator[tuple[str, Node]]:
    values = SCons.Util.flatten([files])
    if not all(isinstance(one, (str, SCons.Node.FS.Base)) for one in values):
        found = f"{folder!r}: {files!r}"
        raise GeneratedError(found)
    try:
        directory = (env.Dir(folder) if isinstance(folder, str) else folder).srcnode().get_abspath()
        nodes = env.arg2nodes(values, env.fs.File)
    except (TypeError, AttributeError) as error:
        found = f"{folder!r}: {error}"
        raise GeneratedError(found) from error
    find_module_root(directory)
    for node in nodes:
        # What a Command makes is an Entry until something is known of it.
        if not isinstance(node.disambiguate(), SCons.Node.FS.File):
            found = f"{node}, a {type(node).__name__}"
            raise GeneratedError(found)
        yield os.path.join(directory, node.name), node
