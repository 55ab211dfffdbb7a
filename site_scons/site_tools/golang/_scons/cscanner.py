"""SCons's scanner for C, made to miss nothing: a binary that is not built anew though a header changed is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import SCons.Node.FS
import SCons.Scanner

from ..cincludes import Include, includes_of

_KNOWN = "golang_includes"
"""The attribute of a node with what it includes. SCons's own (``includes``) is what its scanner for C found."""


class _Scanner(SCons.Scanner.ClassicCPP):  # type: ignore[misc]  # SCons is untyped
    def scan(self, node: Any, path: Any = ()) -> list[Any]:
        """Return the files that are included, by the rules of C; ``path`` are the folders to search."""
        known = getattr(node.attributes, _KNOWN, None)
        if known is None:
            known = includes_of(node.get_text_contents())
            setattr(node.attributes, _KNOWN, known)
        return find(known, node.get_dir(), path() if callable(path) else path)


def find(includes: Iterable[Include], folder: Any, path: Sequence[Any]) -> list[Any]:
    """Return the nodes that are included from a file in ``folder``, sorted; ``path`` are the folders to search."""
    found: set[Any] = set()
    for name, quoted, everywhere in includes:
        places = (folder, *path) if quoted else (*path, folder)
        nodes = [SCons.Node.FS.find_file(name, searched) for searched in (zip(places) if everywhere else [places])]
        found.update(node for node in nodes if node is not None)
    return sorted(found, key=str)


C_SCANNER = _Scanner("GoCScanner", "$CPPSUFFIXES", "CPPPATH", "")
"""Its path is given with each call."""
