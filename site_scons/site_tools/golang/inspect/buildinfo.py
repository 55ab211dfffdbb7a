"""Go build information out of the bytes of a program (the format of Go's debug/buildinfo).

Found without sections: the linker aligns it at 16 bytes in a data segment. Only the format of Go
1.18 and later is read, where the strings stand inline. Source: go/src/debug/buildinfo/buildinfo.go
and go/src/runtime/debug/mod.go.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from typing import TYPE_CHECKING

from ..facts import BuildInfo

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .reader import Reader

MAGIC = b"\xff Go buildinf:"
_ALIGN = 16
_HEADER = 32
_FLAGS = 15
_INLINE_STRINGS = 2
_SENTINEL = 16
"""Bytes before and after the module information (cmd/go/internal/modload/build.go)."""
MAX_STRING = 1 << 20
"""Bytes of the module information. It grows with dependencies: Kubernetes has less than 64 KiB."""
MAX_CANDIDATES = 64
"""How often the magic may occur before the search ends: a program that reads build information has
the magic in its own data too."""
_CONTINUES = 0x80
"""The bit of a byte of a varint that says that another byte follows."""
_HEX = "[0-9a-fA-F]"
_ESCAPE = re.compile(rf"\\(?:x({_HEX}{{2}})|u({_HEX}{{4}})|U({_HEX}{{8}})|(.))", re.DOTALL)
_PLAIN_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def find_build_info(reader: Reader, ranges: Iterable[tuple[int, int]]) -> BuildInfo | None:
    """Return the first valid build information in the ``(offset, size)`` ranges, or None."""
    spans = tuple(ranges)
    for count, offset in enumerate(_find_magic(reader, spans)):
        if count == MAX_CANDIDATES:
            return None
        end = min(start + size for start, size in spans if start <= offset < start + size)
        size = min(end - offset, _HEADER + MAX_STRING)
        info = parse_build_info(reader.read(offset, size, "Go build information"))
        if info is not None:
            return info
    return None


def _find_magic(reader: Reader, ranges: tuple[tuple[int, int], ...]) -> Iterator[int]:
    for base, data in reader.read_chunks(ranges, len(MAGIC) - 1):
        position = data.find(MAGIC)
        while position >= 0:
            offset = base + position
            if offset % _ALIGN == 0:
                yield offset
            position = data.find(MAGIC, position + 1)


def parse_build_info(data: bytes) -> BuildInfo | None:
    """Return what ``data`` says, from its magic on; None where it is not build information."""
    if not data.startswith(MAGIC) or len(data) < _HEADER or not data[_FLAGS] & _INLINE_STRINGS:
        return None
    version, end = _read_string(data, _HEADER)
    if not version or end is None:
        return None
    module, _ = _read_string(data, end)
    text = "" if module is None else _strip_sentinels(module)
    try:
        return _parse_module(version.decode("utf-8"), text)
    except UnicodeDecodeError:
        return None


def _read_string(data: bytes, offset: int) -> tuple[bytes | None, int | None]:
    """Return the string with a varint length at ``offset`` and the offset behind it."""
    length = shift = 0
    for position in range(offset, min(offset + 5, len(data))):
        length |= (data[position] & ~_CONTINUES) << shift
        shift += 7
        if not data[position] & _CONTINUES:
            start = position + 1
            if start + length > len(data):
                return None, None
            return data[start : start + length], start + length
    return None, None


def _strip_sentinels(module: bytes) -> str:
    """Return the text between the sentinels, or nothing where they are not there (as Go does)."""
    if len(module) <= 2 * _SENTINEL or module[-_SENTINEL - 1 : -_SENTINEL] != b"\n":
        return ""
    return module[_SENTINEL:-_SENTINEL].decode("utf-8", "backslashreplace")


def _parse_module(version: str, text: str) -> BuildInfo:
    path = module = ""
    settings: dict[str, str] = {}
    for line in text.split("\n"):
        kind, _, rest = line.partition("\t")
        if kind == "path":
            path = rest
        elif kind == "mod":
            module = rest.partition("\t")[0]
        elif kind == "build":
            key, value = _split_setting(rest)
            if key:
                settings[key] = value
    return BuildInfo(go_version=version, path=path, module=module, settings=settings)


def _split_setting(text: str) -> tuple[str, str]:
    """Split ``key=value``; either may be quoted as by Go's strconv.Quote."""
    quoted = re.match(r'"(?:[^"\\]|\\.)*"|`[^`]*`', text)
    if quoted:
        key, rest = _unquote(quoted[0]), text[quoted.end() :]
        return (key, _unquote(rest[1:])) if rest.startswith("=") else ("", "")
    key, equals, value = text.partition("=")
    return (key, _unquote(value)) if equals else ("", "")


def _unquote(text: str) -> str:
    if re.fullmatch(r"`[^`]*`", text):
        return text[1:-1]
    if re.fullmatch(r'"(?:[^"\\]|\\.)*"', text, re.DOTALL):
        return _ESCAPE.sub(_decode_escape, text[1:-1])
    return text


def _decode_escape(match: re.Match[str]) -> str:
    *numbers, character = match.groups()
    if character is not None:
        return _PLAIN_ESCAPES.get(character, character)
    code = int("".join(filter(None, numbers)), 16)
    # Not a character (beyond Unicode, or half of a surrogate pair): it stays as it is written.
    is_character = code <= sys.maxunicode and unicodedata.category(chr(code)) != "Cs"
    return chr(code) if is_character else match[0]
