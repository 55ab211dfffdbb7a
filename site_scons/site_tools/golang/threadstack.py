"""The default stack of a program's threads, as the linker is told of it (linkage case C16). Pure.

An ELF program asks in the size of PT_GNU_STACK (``ld -z stack-size=N``). musl heeds it, up to MUSL_LIMIT, and gives
128 KiB where none is asked for (src/env/__init_tls.c, src/internal/pthread_impl.h); glibc takes RLIMIT_STACK instead.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

MUSL_LIMIT = 8 << 20
"""Bytes that musl gives a thread at most by default."""

_ASKS = re.compile(r"(?:^|,)stack-size=(\w+)(?=,|$)")


def stack_flag(size: int) -> str:
    """Return the flag of a C compiler that has the program ask for stacks of ``size`` bytes."""
    return f"-Wl,-z,stack-size={size}"


def asked_stack(flags: Sequence[str]) -> int | None:
    """Return the size in bytes that a C compiler's flags already ask for, of several the last; None if they do not.

    ``-Wl,-z,stack-size=N``, ``-Wl,-z -Wl,stack-size=N`` and ``-z stack-size=N`` are read alike; N may be decimal,
    hexadecimal or octal, as for the linker.
    """
    sizes = [_number(text) for flag in flags for text in _ASKS.findall(flag)]
    return sizes[-1] if sizes else None


def _number(text: str) -> int:
    base = 16 if text[:2].lower() == "0x" else 8 if text[:1] == "0" else 10
    try:
        return int(text, base)
    except ValueError:
        # The linker says what it makes of it.
        return 0
