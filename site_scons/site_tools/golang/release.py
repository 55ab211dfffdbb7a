"""What a release and its archives are called, and what may be in them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .errors import RequestError

SCHEMA = 1
"""Raise it when the bytes of archives change though nothing that goes into them did."""

SUMS, REPORT = "SHA256SUMS", "linkage.json"
"""What is beside the archives: their digests, and the evidence."""

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+~-]*")
_EARLIEST, _LATEST = 315532800, 4354819199
"""Seconds since 1970 of what a zip archive can say: 1980 to 2107 (APPNOTE.TXT 4.4.6, MS-DOS date)."""


def check_word(what: str, value: object) -> str:
    """Return a name or version that can be part of the name of a file on every system.

    ``what`` is the keyword that it was given with. Raises RequestError.
    """
    if isinstance(value, str) and _WORD.fullmatch(value):
        return value
    found = "nothing" if value is None or value == "" else repr(value)
    example = "1.2.3" if what == "version" else "app"
    msg = f"GoRelease: {what}=\n  wanted: text of letters, digits and . _ + ~ -, such as {example!r}\n  found:  {found}"
    if value and not isinstance(value, str):
        msg += f"\n  why:    as a {type(value).__name__}, 1.10 is 1.1\n  fix:    {what}={str(value)!r}"
    raise RequestError(msg)


def time_of(epoch: str) -> int:
    """Return the time of everything in archives, in seconds since 1970, from ``$SOURCE_DATE_EPOCH``.

    Where it is not set, and for what a zip archive cannot say, it is the beginning of 1980. Raises RequestError.
    """
    if not epoch:
        return _EARLIEST
    if not (epoch.isascii() and epoch.isdigit()) or int(epoch) > _LATEST:
        wanted = "seconds since 1970 up to the year 2107, such as `git log -1 --format=%ct` prints"
        msg = f"SOURCE_DATE_EPOCH\n  wanted: {wanted}\n  found:  {epoch!r}"
        raise RequestError(msg)
    return max(int(epoch), _EARLIEST)


def check_entries(archive: str, entries: Iterable[tuple[str, str]]) -> None:
    """Refuse an archive in which two files have one name, on whatever system it is unpacked. Raises RequestError.

    ``entries`` are the name of each file in it, and where it is.
    """
    known: dict[str, str] = {}
    for name, path in entries:
        other = known.setdefault(name.casefold(), path)
        if other != path:
            msg = (
                f"GoRelease: {archive}\n  wanted: one file of each name\n  found:  {other} and {path}\n"
                "  why:    files are packed under the last element of their paths\n  fix:    rename one of them"
            )
            raise RequestError(msg)
