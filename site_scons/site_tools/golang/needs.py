"""What a program needs of other toolchains than Go's."""

from __future__ import annotations

from typing import NamedTuple


class CNeeds(NamedTuple):
    """What a program needs of the C toolchain."""

    cxx: bool = False
    library_flags: tuple[str, ...] = ()
    """All ``-L`` and ``-l`` flags of its cgo packages."""
    link_flags: tuple[str, ...] = ()
    """All flags of ``#cgo LDFLAGS``, those of importing packages first: what links its archive needs them too."""
