"""What programs ask for at run time that are linked with a shared library: DT_SONAME, not the name of its file."""

from __future__ import annotations

import os
from collections.abc import Iterable

from .csettings import shared_stem
from .errors import InspectError
from .inspect import inspect_file


def loaded_as(files: Iterable[str]) -> tuple[str, ...]:
    """Return patterns of the DT_NEEDED names that the shared libraries at these paths give to what they link.

    A library without DT_SONAME is loaded as its file is called (ld(1): -soname).
    """
    names = []
    for file in files:
        names += [f"{shared_stem(os.path.basename(file))}.*", *_soname(file)]
    return tuple(dict.fromkeys(names))


def _soname(file: str) -> list[str]:
    try:
        facts = inspect_file(file)
    except InspectError:
        # A linker script, or nothing yet.
        return []
    return [facts.elf.soname] if facts.elf and facts.elf.soname else []
