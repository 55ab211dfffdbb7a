"""What a Go source file says without a Go toolchain: package clause, constraints, cgo, linker pragmas.

Only the parts that decide linkage are read; the compiler reads the rest. The grammar of build
constraints is that of go/build/constraint, of file name constraints that of ``go help buildconstraint``.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from .platform import ARCH_VARIANTS, ELF_TARGETS, Platform

_PACKAGE = re.compile(r"^[ \t]*package[ \t]+(\w+)", re.MULTILINE)
_BUILD = re.compile(r"^//go:build[ \t]+(.+)$", re.MULTILINE)
_IMPORT_C = re.compile(r'^[ \t]*(?:import[ \t]+)?"C"[ \t]*(?:;|//.*)?$', re.MULTILINE)
_DYNAMIC_IMPORT = re.compile(r"^[ \t]*//go:cgo_import_dynamic[ \t]+.*$", re.MULTILINE)
_LOADS_LIBRARY = re.compile(r'[ \t]*//go:cgo_import_dynamic[ \t]+\S+[ \t]+\S+[ \t]+"[^"]+"')
_EXPORTED = re.compile(r"^(?:func|type|var|const)[ \t]+([A-Z]\w*)|^\t([A-Z]\w*)\b.*=", re.MULTILINE)
_STUB = re.compile(
    r"(?i)\bstub\b"
    r"|(?:requires?|needs?|without|enable|compiled with)[^\n]{0,40}\bcgo\b"
    r"|\bcgo\b[^\n]{0,40}(?:required|disabled|not (?:enabled|available|supported))"
)
_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
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
_KNOWN_ARCH = frozenset([*ELF_TARGETS, *ARCH_VARIANTS, "wasm", "sparc64", "riscv", "ppc", "s390", "sparc"])


@dataclass(frozen=True, slots=True)
class DynamicImport:
    """A ``//go:cgo_import_dynamic`` pragma that names a library (linkage case C1)."""

    file: str
    line: int
    text: str


def read_source(path: str) -> str:
    """Return the text of a Go file, empty if it cannot be read (the compiler then says why)."""
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def package_name(text: str) -> str:
    """Return the name in the package clause; empty if there is none."""
    match = _PACKAGE.search(_COMMENT.sub("", text[:65536]))
    return match[1] if match else ""


def imports_c(text: str) -> bool:
    """Return whether the file is a cgo file (it says ``import "C"``)."""
    return bool(_IMPORT_C.search(text))


def build_constraint(text: str) -> str:
    """Return the expression of the ``//go:build`` line before the package clause; empty if there is none."""
    clause = _PACKAGE.search(text)
    match = _BUILD.search(text, 0, clause.start() if clause else len(text))
    return match[1].strip() if match else ""


def dynamic_imports(path: str, text: str) -> tuple[DynamicImport, ...]:
    """Return the pragmas of the file that make the linker load a shared library."""
    return tuple(
        DynamicImport(path, text.count("\n", 0, match.start()) + 1, match[0].strip())
        for match in _DYNAMIC_IMPORT.finditer(text)
        if _LOADS_LIBRARY.match(match[0])
    )


def exported_names(text: str) -> frozenset[str]:
    """Return the exported functions, types, variables and constants that the file declares (approximately)."""
    return frozenset(first or second for first, second in _EXPORTED.findall(_COMMENT.sub("", text)))


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
    if platform.goos == "android":
        held.add("linux")
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
            return not self._operand()
        if word == "(":
            value = self._any()
            if self._tokens.pop(0) != ")":
                raise ValueError
            return value
        if not _TAG.fullmatch(word):
            raise ValueError
        return word in self._tags or bool(_RELEASE_TAG.fullmatch(word))


def file_name_holds(name: str, platform: Platform) -> bool:
    """Return whether ``*_GOOS``, ``*_GOARCH`` or ``*_GOOS_GOARCH`` in a file name lets the file be built."""
    parts = name.removesuffix(".go").removesuffix("_test").split("_")[1:]
    if not parts:
        return True
    *_, before, last = ("", *parts)
    if last in _KNOWN_ARCH:
        return last == platform.goarch and (before not in _KNOWN_OS or before == platform.goos)
    return last not in _KNOWN_OS or last == platform.goos


def is_selected(name: str, text: str, platform: Platform, tags: Collection[str]) -> bool:
    """Return whether a Go file is part of its package: ``tags`` as from :func:`tags_of`."""
    if name.startswith(("_", ".")) or name.endswith("_test.go") or not file_name_holds(name, platform):
        return False
    constraint = build_constraint(text)
    if constraint and not holds(constraint, tags):
        return False
    return "cgo" in tags or not imports_c(text)
