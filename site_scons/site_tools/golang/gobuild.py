"""One ``go build`` of several programs: its command line, and what it says of each."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

_COMPILING = re.compile(r"\w[\w.~/@!+-]*(?: \[\S+\])?")
"""A line of ``-v``: an import path, of a package that has a profile with the program that it is compiled for."""


BUILD_VERB = ("build", "-v")
"""The go command that builds programs, and tells what it compiles."""

TEST_VERB = ("test", "-c")
"""The go command that builds programs with the tests of packages."""


def build_argv(
    go: Sequence[str],
    root: str,
    packages: Sequence[str],
    *,
    output: str,
    jobs: str,
    overlay: str,
    flags: Sequence[str],
    verb: tuple[str, str] = BUILD_VERB,
) -> list[str]:
    """Return the command that builds ``packages`` into the folder ``output``, and tells what it compiles.

    ``go`` are the words that run the go command.
    """
    overlays = [f"-overlay={overlay}"] if overlay else []
    return [*go, verb[0], "-C", root, "-o", f"{output}/", "-p", jobs, verb[1], *overlays, *flags, *packages]


class GoMessages:
    """What ``go build -v`` says, taken apart as it comes.

    What is wrong with a package comes in one piece below a line ``# import/path``, be it found by the compiler or the
    linker. Before the first such line stands what is wrong with the command or with loading packages.
    """

    def __init__(self, flags: Sequence[str] = ()) -> None:
        """Start with nothing said. ``flags`` are the user's, who may have asked for the import paths too."""
        self._verbose = bool({"-v", "-x", "-n"} & set(flags))
        self._sections: list[tuple[str, list[str]]] = [("", [])]
        self.compiling = ""
        """The package that was started last."""

    def add(self, line: str) -> None:
        """Take in one line."""
        if line.startswith("# "):
            # Vet says of what in a line of its own.
            header = line[2:]
            self._sections.append((header[1:-1] if header.startswith("[") else header, []))
        elif _COMPILING.fullmatch(line):
            self.compiling = line
            if not self._verbose:
                return
        self._sections[-1][1].append(line)

    @property
    def text(self) -> str:
        """Everything but the import paths."""
        return _join(lines for _, lines in self._sections)

    @property
    def interrupted(self) -> bool:
        """Whether a signal ended what go started: then nothing is wrong with any package."""
        return not self.text or "signal: " in self.text

    def of(self, program: str, packages: Collection[str]) -> str:
        """Return what is said of a program, given its import path and those of all its packages."""
        return _join(lines for header, lines in self._sections if _concerns(header, program, packages))

    def of_none(self, programs: Sequence[tuple[str, Collection[str]]]) -> str:
        """Return what is said, but of none of these programs."""
        return _join(
            lines
            for header, lines in self._sections
            if not any(_concerns(header, program, packages) for program, packages in programs)
        )


def _concerns(header: str, program: str, packages: Collection[str]) -> bool:
    package, _, compiled_for = header.partition(" ")
    return package in packages and compiled_for in ("", f"[{program}]")


def _join(sections: Iterable[list[str]]) -> str:
    return "\n".join(line for lines in sections for line in lines)
