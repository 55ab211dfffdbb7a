"""How much memory there is for what is started."""

from __future__ import annotations

import re

_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
"""Where a container's own limit is: of cgroup version 2, and of version 1."""


def available_memory(meminfo: str = "/proc/meminfo", limits: tuple[str, ...] = _LIMITS) -> int:
    """Return how many bytes new processes can have (MemAvailable of proc(5), at most what a container may use).

    0 where the system does not say, as any but Linux.
    """
    found = re.search(r"^MemAvailable:\s+(\d+) kB$", _read(meminfo), re.MULTILINE)
    # No limit is the word "max" in version 2, and a number past all memory in version 1.
    numbers = [int(text) for text in map(_read, limits) if text.strip().isdigit()]
    return min([int(found[1]) << 10, *numbers]) if found else 0


def _read(path: str) -> str:
    try:
        with open(path, encoding="ascii") as stream:
            return stream.read()
    except OSError:
        return ""
