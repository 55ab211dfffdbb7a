"""Which files C and the preambles of cgo may include. Pure.

No preprocessor runs: every ``#include`` counts, whatever ``#if`` is around it, and every macro that stands for the name
of a file counts as if it were included somewhere. So a file may be named that is not included, but none is missed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_HASH = r"(?:\#|%:|\?\?=)"
_KEPT_OR_COMMENT = re.compile(
    rf"""(?P<kept>{_HASH}[ \t]*(?:include|include_next|import)[ \t]*<[^>\n]*>
        | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*')
    | /\*.*?\*/ | //[^\n]*""",
    re.VERBOSE | re.DOTALL,
)
_DIRECTIVE = re.compile(
    rf"""^[ \t]*{_HASH}[ \t]*
    (?:(?P<word>include|include_next|import)\b | define[ \t]+\w+[ \t])[ \t]*
    (?:"(?P<quoted>[^"\n]+)" | <(?P<angled>[^>\n]+)>)""",
    re.VERBOSE | re.MULTILINE,
)
_MACRO = re.compile(r"-D\w+=(?:\"([^\"]+)\"|<([^>]+)>)")
_BLOCKS = re.compile(r"/\*(.*?)\*/", re.DOTALL)
_LINES = re.compile(r"^[ \t]*//(.*)$", re.MULTILINE)


class Include(NamedTuple):
    """The name of a file that may be included."""

    name: str
    quoted: bool = True
    """Whether the folder of the including file is searched first."""
    everywhere: bool = False
    """Whether it may be any file of that name, not only the one that is found first (``#include_next``)."""


def includes_of(text: str) -> tuple[Include, ...]:
    """Return what the text of a C, C++ or assembly file may include, each once."""
    joined = re.sub(r"\\\r?\n", "", text)
    plain = _KEPT_OR_COMMENT.sub(lambda match: match["kept"] or " ", joined)
    found = (
        Include(match["quoted"] or match["angled"], bool(match["quoted"]), match["word"] == "include_next")
        for match in _DIRECTIVE.finditer(plain)
    )
    return tuple(dict.fromkeys(found))


def includes_of_preambles(text: str) -> Iterator[Include]:
    """Yield what the comments of a Go file may include, of which the one before ``import "C"`` is C (cmd/cgo)."""
    yield from includes_of("\n".join(_LINES.findall(text)))
    for block in _BLOCKS.findall(text):
        yield from includes_of(block)


def includes_of_flags(flags: Iterable[str]) -> Iterator[Include]:
    """Yield what flags for a C compiler may include: by name, or as a macro that stands for one."""
    words = list(flags)
    for index, flag in enumerate(words):
        for option in ("-include", "-imacros"):
            if flag.startswith(option):
                name = flag[len(option) :] or "".join(words[index + 1 : index + 2])
                yield Include(name.removeprefix("="))
        macro = _MACRO.fullmatch(flag)
        if macro:
            yield Include(macro[1] or macro[2], bool(macro[1]))
