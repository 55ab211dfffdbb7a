"""What a main package offers to C: its ``//export`` lines, as cgo reads them. Whether it is one that Go can link."""

from __future__ import annotations

import os
import re

from .gosource import TOKENS, read_source
from .packages import Package

_EXPORT = re.compile(r"//export[ \t]+(\S+)")
_MAIN = re.compile(r"^func[ \t]+main[ \t]*\(", re.MULTILINE)


def exports_of(package: Package) -> tuple[str, ...]:
    """Return the functions that C can call, by the names it calls them, sorted."""
    texts = (read_source(os.path.join(package.dir, name)) for name in package.cgo_files)
    return tuple(sorted({name for text in texts for name in exported_to_c(text)}))


def has_main(package: Package) -> bool:
    """Return whether one of the package's files declares ``func main``."""
    names = (*package.go_files, *package.cgo_files)
    return any(declares_main(read_source(os.path.join(package.dir, name))) for name in names)


def exported_to_c(text: str) -> list[str]:
    """Return the names in the ``//export`` lines of a Go file that imports "C" (cmd/cgo: ast.go, saveExport)."""
    found = (_EXPORT.match(token[0]) for token in TOKENS.finditer(text) if _begins_line(text, token.start()))
    return [match[1] for match in found if match]


def _begins_line(text: str, start: int) -> bool:
    return start == 0 or text[start - 1] == "\n"


def declares_main(text: str) -> bool:
    """Return whether a Go file declares ``func main``."""
    return bool(_MAIN.search(TOKENS.sub(lambda token: _code(token[0]), text)))


def _code(token: str) -> str:
    """Return a token, but of comments and literals only their line breaks."""
    return "\n" * token.count("\n") if len(token) > 1 and token[0] in "/\"`'" else token
