"""What a program needs of other toolchains than Go's."""

from __future__ import annotations

from typing import NamedTuple


class CNeeds(NamedTuple):
    """What a program needs of the C toolchain."""

    cxx: bool = False
    library_flags: tuple[str, ...] = ()
    """All ``-L`` and ``-l`` flags of its cgo packages."""
