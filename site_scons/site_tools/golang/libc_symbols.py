"""Which C library an archive was compiled against, by what its objects refer to (linkage case C15). Pure.

glibc's headers turn calls into calls of functions that musl's never name: with ``_FORTIFY_SOURCE`` ``memcpy``
becomes ``__memcpy_chk``, ``sscanf`` is ``__isoc99_sscanf``, ``isalpha`` looks into ``__ctype_b_loc``. Some of them musl
defines, so that such objects link. The other way round nothing shows: musl's headers rename nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from .facts import ObjectSymbols
from .finding import Finding
from .linkage import Level

_MUSL_LACKS = re.compile(
    r"__\w+_chk|__isoc23_\w+|__strn?dup|__rawmemchr|__mempcpy|__fdelt_warn|__register_atfork|__res_init"
    r"|gnu_get_libc_version|_IO_2_1_std(?:in|out|err)_"
)
_MUSL_HAS = re.compile(
    r"__isoc99_\w*scanf|__ctype_(?:b|tolower|toupper)_loc|__xpg_(?:basename|strerror_r)|_IO_getc|_IO_putc|__sigsetjmp"
    r"|__[fl]?xstat(?:64)?"
)
"""Both were compared with the headers and the libc.a of musl 1.2.3 and glibc 2.36."""


class Mixed(NamedTuple):
    """An object that was compiled against glibc."""

    archive: str
    member: str
    symbols: tuple[str, ...]
    """What it refers to that gives it away, sorted; first what musl lacks."""
    lacking: bool
    """Whether musl lacks one of them, and nothing that is known defines it."""
    linked: bool
    """Whether the program certainly needs the object."""


def find_mixed(
    archives: Mapping[str, Sequence[ObjectSymbols]], wanted: Collection[str], defined: Collection[str] = ()
) -> tuple[Mixed, ...]:
    """Return one object of each archive that has objects compiled against glibc: the worst of it.

    ``wanted`` are symbols that the program certainly needs, ``defined`` such that its own C code may define.
    """
    objects = [one for members in archives.values() for one in members]
    known = frozenset(defined).union(*(one.defined for one in objects))
    linked = _linked(objects, wanted)
    found = []
    for archive, members in archives.items():
        mixed = [_judge(archive, one, known, linked=one in linked) for one in members]
        worst = max(
            filter(None, mixed), key=lambda one: (one.lacking and one.linked, one.lacking, one.linked), default=None
        )
        found += [worst] if worst else []
    return tuple(found)


def _linked(objects: Sequence[ObjectSymbols], wanted: Collection[str]) -> frozenset[ObjectSymbols]:
    """Return the objects that a linker certainly takes for ``wanted``, and for what those want in turn.

    Of several that define a symbol it takes the first in its own order, which is not known here.
    """
    by_symbol: dict[str, list[ObjectSymbols]] = {}
    for one in objects:
        for symbol in one.defined:
            by_symbol.setdefault(symbol, []).append(one)
    linked: set[ObjectSymbols] = set()
    ahead = [*wanted]
    while ahead:
        defining = by_symbol.get(ahead.pop(), [])
        if len(defining) == 1 and defining[0] not in linked:
            linked.add(defining[0])
            ahead.extend(defining[0].undefined)
    return frozenset(linked)


def _judge(archive: str, one: ObjectSymbols, known: Collection[str], *, linked: bool) -> Mixed | None:
    lacking = sorted(symbol for symbol in one.undefined if _MUSL_LACKS.fullmatch(symbol) and symbol not in known)
    others = sorted(symbol for symbol in one.undefined if _MUSL_HAS.fullmatch(symbol) and symbol not in known)
    if not lacking and not others:
        return None
    return Mixed(archive, one.name, (*lacking, *others), lacking=bool(lacking), linked=linked)


def mixed_finding(mixed: Mixed, chain: str) -> Finding:
    """Return the finding for an archive of glibc in a program for musl; ``chain`` says what brings it in.

    It is an error where the link is certain to fail.
    """
    first, *others = mixed.symbols
    more = f" and {len(others)} more" if others else ""
    fails = mixed.lacking and mixed.linked
    why = "musl has that, but not all of what glibc's headers promise"
    if mixed.lacking:
        why = f"musl lacks {first}" + ("" if fails else ": the link fails if the program needs that object")
    return Finding(
        case="C15",
        wanted=f"{mixed.archive} compiled against musl, to link it with musl",
        found=f"{mixed.member} in it was compiled against glibc: it refers to {first}{more}",
        why="; ".join(filter(None, (why, chain))),
        fix="compile it with the C compiler for musl (musl-gcc, zig cc -target ...-musl), or GOLIBC='glibc'",
        level=Level.ERROR if fails else Level.WARN,
    )
