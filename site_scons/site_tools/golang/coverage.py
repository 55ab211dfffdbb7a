"""Coverage profiles of several packages as one. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .errors import GolangError

_BLOCK = re.compile(r"(?P<place>.+:(?P<from>\d+\.\d+),(?P<to>\d+\.\d+)) (?P<statements>\d+) (?P<count>\d+)")


def merge_profiles(profiles: Iterable[tuple[str, str]]) -> str:
    """Return one profile for many, each given as its name and text (format: cmd/cover, ``-coverprofile``).

    A block that several have counts for each; in mode ``set`` it is covered if it is in one. Raises GolangError for
    what is no profile, or for different modes.
    """
    modes: dict[str, str] = {}
    blocks: dict[tuple[str, str], int] = {}
    for name, text in profiles:
        first, *lines = text.splitlines() or [""]
        if not first.startswith("mode: "):
            msg = f"{name} is no coverage profile"
            raise GolangError(msg)
        modes.setdefault(first, name)
        for line in filter(None, lines):
            match = _BLOCK.fullmatch(line)
            if match is None:
                msg = f"{name} is no coverage profile: {line!r}"
                raise GolangError(msg)
            key = (match["place"], match["statements"])
            blocks[key] = blocks.get(key, 0) + int(match["count"])
    if len(modes) > 1:
        found = "; ".join(f"{mode} in {name}" for mode, name in modes.items())
        msg = f"coverage profiles\n  wanted: one mode for all\n  found:  {found}\n  fix:    GOTESTCOVERMODE"
        raise GolangError(msg)
    mode = next(iter(modes), "mode: set")
    once = mode == "mode: set"
    rows = sorted(blocks.items(), key=lambda row: _order(row[0][0]))
    return "\n".join(
        [mode, *(f"{place} {size} {min(count, 1) if once else count}" for (place, size), count in rows), ""]
    )


def _order(place: str) -> tuple[str, list[tuple[int, ...]]]:
    file, _, span = place.rpartition(":")
    return file, [tuple(map(int, point.split("."))) for point in span.split(",")]
