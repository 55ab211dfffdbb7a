"""What the bytes of a binary must show for each linkage, as data. ``policy`` judges by it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from .linkage import LIBRARY_KINDS, Kind, Linkage, Product


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the bytes of a binary must show for a linkage (design.md section 2)."""

    kinds: frozenset[Kind]
    interpreter: bool = False
    """Whether PT_INTERP is permitted."""
    needed: bool = False
    """Whether DT_NEEDED is permitted."""
    dynamic_segment: bool = False
    """Whether PT_DYNAMIC is permitted."""
    cgo: bool | None = None
    """What Go build info must say of cgo, where it is present; None for either."""
    fix: str = ""


POLICIES = {
    Linkage.DYNAMIC: Policy(
        kinds=frozenset({Kind.DYNAMIC, Kind.STATIC, Kind.INTERPRETER_ONLY}),
        interpreter=True,
        needed=True,
        dynamic_segment=True,
        fix="remove the flags that change the link, or ask for the linkage that was found",
    ),
    Linkage.STATIC: Policy(
        kinds=frozenset({Kind.STATIC}),
        cgo=False,
        fix="do without the packages and flags that bring in shared libraries, or ask for linkage='static-libc'",
    ),
    Linkage.STATIC_LIBC: Policy(
        kinds=frozenset({Kind.STATIC_LIBC}),
        cgo=True,
        fix="use a C toolchain that links libc statically, and remove flags that undo it",
    ),
    Linkage.STATIC_PIE: Policy(
        kinds=frozenset({Kind.STATIC_PIE}),
        dynamic_segment=True,
        cgo=True,
        fix="use a C toolchain that makes static-pie (gcc with glibc does, Debian's musl-gcc does not)",
    ),
}

LIBRARY_POLICIES = {
    Product.C_ARCHIVE: Policy(
        kinds=frozenset({LIBRARY_KINDS[Product.C_ARCHIVE]}),
        fix="remove the flags that change what go build makes",
    ),
    Product.C_SHARED: Policy(
        kinds=frozenset({LIBRARY_KINDS[Product.C_SHARED]}),
        needed=True,
        dynamic_segment=True,
        cgo=True,
        fix="remove the flags that change the link",
    ),
}
"""What a library must be, whatever linkage it is for."""
