"""The nodes of a library and its header: they stand, and come from a CacheDir, together."""

from __future__ import annotations

import os

import SCons.Node.FS
import SCons.Tool.linkCommon

from .program_file import ProgramFile, kept_from_cache
from .programs import PROGRAMS
from .target import Node, library_of


class LibraryFile(ProgramFile):
    """The file of a library."""

    __slots__ = ()

    def is_up_to_date(self) -> bool:
        """Return whether it is as SCons says, is what was proved, and has its other names."""
        return super().is_up_to_date() and all(os.path.lexists(link.get_abspath()) for link, _ in links_of(self))

    def retrieve_from_cache(self) -> bool:
        """Take the library from a CacheDir; return whether it was there. It counts once its header is there too."""
        retrieved = bool(SCons.Node.FS.File.retrieve_from_cache(self))
        if retrieved:
            make_links(self)
        return retrieved


class HeaderFile(SCons.Node.FS.File):  # type: ignore[misc]  # SCons is untyped
    """The file of a header, which the go command writes with the library."""

    __slots__ = ()

    def get_stored_implicit(self) -> None:
        """Return nothing, as a program does."""
        return

    def is_up_to_date(self) -> bool:
        """Return whether it is as SCons says, and is still what was made with the library."""
        return bool(super().is_up_to_date()) and not PROGRAMS.fallen(library_of(self))

    def visited(self) -> None:
        """Note that it was looked at, as a program does."""
        with kept_from_cache(self, library_of(self)):
            super().visited()

    def push_to_cache(self) -> None:
        """Put the header into a CacheDir, if its library may be there."""
        if PROGRAMS.may_be_cached(library_of(self)):
            super().push_to_cache()

    def retrieve_from_cache(self) -> bool:
        """Take the header from a CacheDir, after its library; return whether it was there."""
        retrieved, library = bool(super().retrieve_from_cache()), library_of(self)
        if retrieved and os.path.exists(library.get_abspath()):
            PROGRAMS.proved(library)
        return retrieved


def links_of(node: Node) -> list[tuple[Node, Node]]:
    """Return the symbolic links to a versioned library, as SCons keeps them for InstallVersionedLib."""
    return getattr(node.attributes, "shliblinks", None) or []


def make_links(node: Node) -> None:
    """Make the symbolic links to a versioned library. Raises OSError where something else is in the way."""
    SCons.Tool.linkCommon.CreateLibSymlinks(node.get_build_env(), links_of(node))
