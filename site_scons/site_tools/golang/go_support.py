"""What of a request needs a newer Go, or an older one: Go itself ignores settings that it does not know. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from .finding import Finding
from .platform import Platform

_SETTINGS = (
    ("GOARM64", r"(?!v8\.0$).+", (1, 23)),
    ("GOFIPS140", r"(?!off$).+", (1, 24)),
    ("GORISCV64", r"rva22u64", (1, 23)),
    ("GORISCV64", r"(?!rva2[02]u64$).+", (1, 25)),
)
"""Settings, which values of them change anything, and the first Go that knows these (its release notes)."""
_GONE = {Platform("windows", "arm"): (1, 26)}
"""The first Go that does not build for a platform any more."""


def unsupported(
    platform: Platform, settings: Mapping[str, str], version: str, release: tuple[int, ...]
) -> Iterator[Finding]:
    """Yield what the Go that builds would ignore or fail at; ``release`` is ``(0,)`` where it is not known."""
    gone = _GONE.get(platform)
    if gone and release >= gone:
        yield Finding(
            case="C20",
            wanted=f"a program for {platform}",
            found=version,
            why=f"Go {_text(gone)} removed that port",
            fix=f"a Go before {_text(gone)} (GO, GOVERSION), or another platform of `go tool dist list`",
        )
    for name, values, first in _SETTINGS:
        if re.fullmatch(values, settings.get(name, "")) and (0,) < release < first:
            yield Finding(
                case="E2",
                wanted=f"{name}={settings[name]}",
                found=version,
                why=f"it ignores what it does not know; Go {_text(first)} is the first that does",
                fix=f"Go {_text(first)} or newer (GO, GOVERSION), or do without {name}",
            )


def _text(release: tuple[int, ...]) -> str:
    return ".".join(map(str, release))
