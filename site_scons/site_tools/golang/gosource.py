"""What a Go source file says without a Go toolchain: package clause, constraints, cgo, linker pragmas.

Only the parts that decide linkage are read; the compiler reads the rest. The grammar of build
constraints is that of go/build/constraint, of file name constraints that of ``go help buildconstraint``.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from .platform import ELF_TARGETS, Platform

_PACKAGE = re.compile(r"^[ \t]*package[ \t]+(\w+)", re.MULTILINE)
_HEADER = re.compile(r"(?:\s|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_BUILD = re.compile(r"//go:build(?:[ \t]+(.*))?$")
_PLUS_BUILD = re.compile(r"//\s*\+build(?:\s+(.*))?$")
_LOADS_LIBRARY = re.compile(r'^[ \t]*//go:cgo_import_dynamic[ \t]+\S+[ \t]+\S+[ \t]+"[^"\n]+".*$', re.MULTILINE)
_EXPORTED = re.compile(
    r"^(?:func|type|var|const)[ \t]+([A-Z]\w*)|^\t([A-Z]\w*)(?![\w.(\[])[^=\n]*(?<![-+*/%&|^<>:!=])=(?!=)", re.MULTILINE
)
_STUB = re.compile(
    r"(?i)\bstub\b"
    r"|(?:requires?|needs?|without|enable|compiled with)[^\n]{0,40}\bcgo\b"
    r"|\bcgo\b[^\n]{0,40}(?:required|disabled|not (?:enabled|available|supported))"
)
_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
TOKENS = re.compile(r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|`[^`]*`|'(?:\\.|[^'\\\n])*'|\w+|\S""", re.DOTALL)
"""A word, a comment, a literal or one other character of Go."""
_TAG = re.compile(r"[\w.]+")
_RELEASE_TAG = re.compile(r"go1\.\d+")
_TOKEN = re.compile(r"\s*(\|\||&&|!|\(|\)|[\w.]+)")

_KNOWN_OS = frozenset(
    [
        "aix",
        "android",
        "darwin",
        "dragonfly",
        "freebsd",
        "hurd",
        "illumos",
        "ios",
        "js",
        "linux",
        "nacl",
        "netbsd",
        "openbsd",
        "plan9",
        "solaris",
        "wasip1",
        "windows",
        "zos",
    ]
)
_KNOWN_ARCH = frozenset(
    [
        *ELF_TARGETS,
        "amd64p32",
        "arm64be",
        "armbe",
        "mips64p32",
        "mips64p32le",
        "ppc",
        "riscv",
        "s390",
        "sparc",
        "sparc64",
        "wasm",
    ]
)
_IMPLIED_OS = {"android": "linux", "illumos": "solaris", "ios": "darwin"}
"""The constraint of another system that holds too (go/build: matchTag)."""


@dataclass(frozen=True, slots=True)
class DynamicImport:
    """A ``//go:cgo_import_dynamic`` pragma that names a library (linkage case C1)."""

    file: str
    line: int
    text: str

    @property
    def library(self) -> str:
        """What it names, which stands in quotes at its end."""
        return self.text.rpartition(" ")[2].strip('"')


def read_source(path: str) -> str:
    """Return the text of a Go file, empty if it cannot be read (the compiler then says why)."""
    try:
        # Go permits a byte order mark before the package clause.
        return Path(path).read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        return ""


def imports_c(text: str) -> bool:
    """Return whether the file is a cgo file (it says ``import "C"``)."""
    return ('"C"' in text or "`C`" in text) and "C" in _imported(text)


def _imported(text: str) -> Iterator[str]:
    """Yield the paths of the import declarations, which stand before all others."""
    for match in TOKENS.finditer(text):
        token = match[0]
        if token in ("func", "type", "var", "const"):
            return
        if token[0] in '"`':
            yield token[1:-1]


def _code(text: str, *, pragmas: bool) -> str:
    """Return the text with strings and comments blanked, line by line as it was; ``pragmas`` keeps ``//`` comments."""

    def blank(match: re.Match[str]) -> str:
        token = match[0]
        if token[:2] == "//":
            return token if pragmas else ""
        if token[:2] == "/*" or token[0] in "\"'`":
            return "\n" * token.count("\n") or " "
        return token

    return TOKENS.sub(blank, text)


def build_constraint(text: str) -> str:
    """Return the build constraint in the header of a file as one expression; empty if there is none.

    A ``//go:build`` line counts up to the package clause; without one ``// +build`` lines count that a blank line
    separates from what follows the first comments (go/build: parseFileHeader, shouldBuild).
    """
    header = _HEADER.match(text)
    shown = _COMMENT.sub(lambda match: match[0] if match[0][1] == "/" else "/**/", header[0] if header else "")
    lines = [line.strip() for line in shown.rstrip(" \t").splitlines()]
    modern = [match for match in map(_BUILD.match, lines) if match]
    if modern:
        return " ".join(match[1] or "" for match in modern).strip()
    first = list(itertools.takewhile(lambda line: not line or line.startswith("//"), lines))
    while first and first[-1]:
        first.pop()
    return " && ".join(_modernised(match[1] or "") for match in map(_PLUS_BUILD.match, first) if match)


def _modernised(text: str) -> str:
    """Return the expression of a ``// +build`` line in today's grammar: spaces are "or", commas "and"."""
    clauses = (" && ".join(map(_modernised_term, clause.split(","))) for clause in text.split())
    return f"({' || '.join(clauses) or 'ignore'})"


def _modernised_term(term: str) -> str:
    name = term.removeprefix("!")
    if not name or name.startswith("!"):
        return "ignore"
    return term[: -len(name)] + (name if _TAG.fullmatch(name) else "ignore")


def may_load_libraries(text: str) -> bool:
    """Return whether there may be a pragma in the file that makes the linker load a shared library."""
    return bool(_LOADS_LIBRARY.search(text))


def dynamic_imports(path: str, text: str) -> tuple[DynamicImport, ...]:
    """Return the pragmas of the file that make the linker load a shared library."""
    if not may_load_libraries(text):
        return ()
    code = _code(text, pragmas=True)
    return tuple(
        DynamicImport(path, code.count("\n", 0, match.start()) + 1, match[0].strip())
        for match in _LOADS_LIBRARY.finditer(code)
    )


def exported_names(text: str) -> frozenset[str]:
    """Return the exported functions, types, variables and constants that the file declares (approximately)."""
    return frozenset(first or second for first, second in _EXPORTED.findall(_code(text, pragmas=False)))


def stub_text(text: str) -> str:
    """Return the words by which a file owns to be a stub for builds without cgo; empty if it does not."""
    body = text[_PACKAGE.search(text).end() :] if _PACKAGE.search(text) else text  # type: ignore[union-attr]
    match = _STUB.search(body)
    if not match:
        return ""
    start = body.rfind("\n", 0, match.start()) + 1
    return body[start : body.find("\n", start)].strip()


def tags_of(platform: Platform, *, cgo: bool, tags: Collection[str] = ()) -> frozenset[str]:
    """Return the build tags that hold (``go help buildconstraint``); every ``go1.N`` is taken to hold."""
    held = {platform.goos, platform.goarch, "gc", *tags}
    if platform.is_unix:
        held.add("unix")
    if cgo:
        held.add("cgo")
    if platform.goos in _IMPLIED_OS:
        held.add(_IMPLIED_OS[platform.goos])
    return frozenset(held)


def holds(constraint: str, tags: Collection[str]) -> bool:
    """Evaluate a ``//go:build`` expression. A malformed one does not hold, as for the go command."""
    tokens = _TOKEN.findall(constraint)
    if "".join(tokens) != re.sub(r"\s", "", constraint):
        return False
    try:
        return _Constraint(tokens, tags).evaluate()
    except (IndexError, ValueError, RecursionError):
        return False


class _Constraint:
    """A recursive descent over the tokens of one expression (grammar: go/build/constraint)."""

    def __init__(self, tokens: list[str], tags: Collection[str]) -> None:
        self._tokens = [*tokens, ""]
        self._tags = tags

    def evaluate(self) -> bool:
        value = self._any()
        if self._tokens != [""]:
            raise ValueError
        return value

    def _any(self) -> bool:
        value = self._all()
        while self._tokens[0] == "||":
            del self._tokens[0]
            value = self._all() or value
        return value

    def _all(self) -> bool:
        value = self._operand()
        while self._tokens[0] == "&&":
            del self._tokens[0]
            value = self._operand() and value
        return value

    def _operand(self) -> bool:
        word = self._tokens.pop(0)
        if word == "!":
            if self._tokens[0] == "!":  # go/build/constraint: "double negation not allowed"
                raise ValueError
            return not self._operand()
        if word == "(":
            value = self._any()
            if self._tokens.pop(0) != ")":
                raise ValueError
            return value
        if not _TAG.fullmatch(word):
            raise ValueError
        return word in self._tags or bool(_RELEASE_TAG.fullmatch(word))


def file_name_holds(name: str, tags: Collection[str]) -> bool:
    """Return whether ``*_GOOS``, ``*_GOARCH`` or ``*_GOOS_GOARCH`` in a file name lets the file be built.

    ``tags`` are as from :func:`tags_of` (go/build: goodOSArchFile).
    """
    parts = name.partition(".")[0].removesuffix("_test").split("_")[1:]
    *_, before, last = ("", "", *parts)
    if last in _KNOWN_ARCH:
        return last in tags and (before not in _KNOWN_OS or before in tags)
    return last not in _KNOWN_OS or last in tags


def is_selected(name: str, text: str, tags: Collection[str]) -> bool:
    """Return whether a Go file is part of its package: ``tags`` as from :func:`tags_of`."""
    return is_permitted(name, build_constraint(text), tags) and ("cgo" in tags or not imports_c(text))


def is_permitted(name: str, constraint: str, tags: Collection[str]) -> bool:
    """Return whether a file of this name with this build constraint may be part of its package."""
    return not name.endswith("_test.go") and may_be_taken(name, constraint, tags)


def may_be_taken(name: str, constraint: str, tags: Collection[str]) -> bool:
    """Return the same of a file that may be a test."""
    if name.startswith(("_", ".")) or not file_name_holds(name, tags):
        return False
    return not constraint or holds(constraint, tags)
