"""How often Go's compiler and linker collect their garbage: seldom, where there is memory for it.

A linker that runs for half a second spends an eighth of that on it, though its process ends soon. The bytes are the
same. See GOGC in https://pkg.go.dev/runtime.
"""

from __future__ import annotations

import functools
import os
import re

from ..errors import RequestError
from .fingerprint import Env, text

_SELDOM = "400"
"""Percent of what is in use. Less makes compilers slower: they begin with a larger heap where GOGC is not set."""
_PLENTY = 3 << 30
"""Bytes for each processor. The largest package of Go itself takes 2.2 GB to compile then, instead of 1.4."""


def collector_settings(env: Env) -> dict[str, str]:
    """Return the setting of the collector, by name; none for Go's own. Raises RequestError."""
    asked = text(env, "GOGC")
    if asked and not re.fullmatch(r"off|\d+", asked):
        msg = f"$GOGC: wanted a percentage such as 100, or off; found {asked!r}"
        raise RequestError(msg)
    value = asked or _default()
    return {"GOGC": value} if value else {}


@functools.cache
def _default() -> str:
    from ..memory import available_memory

    return _SELDOM if available_memory() >= _PLENTY * (os.cpu_count() or 1) else ""
