"""What paths that a SConstruct names are to be: one message for a file in the place of a folder, and the reverse."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from ..errors import RequestError


@contextlib.contextmanager
def expecting(wanted: str, where: str, fix: str = "choose another path") -> Iterator[None]:
    """Raise RequestError in place of SCons's own error where nodes are looked up; ``where`` is what names them."""
    try:
        yield
    except TypeError as error:
        msg = f"{where}\n  wanted: {wanted}\n  found:  {str(error).rstrip(':.')}\n  fix:    {fix}"
        raise RequestError(msg) from error
