"""What an environment for C gives to cgo besides Go's own settings: libraries, search paths and definitions.

Flags are words with absolute paths. What Go keeps and what is in a signature must not tell where a checkout is, so
there they are spelled from the top of the build, or from the directory that Go runs in.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

_LIBRARY_NAMES = ("lib{}.a", "lib{}.so", "lib{}.dylib")
_CGO_LDFLAGS = r"(?m)^([ \t]*(?:/[/*])?[ \t]*#cgo\b[^:\n]*\bLDFLAGS:)(.*)$"
_SEARCHED = ("-I", "-L", "-F")
LIBRARY_SUFFIX = r"\.(?:a|o|so|dylib|lib)(?:\.\d+)*$"
"""How files of libraries and objects end."""
_SHARED_FILE = r"\.(?:so|dylib)(?:\.\d+)*$"


class CSettings(NamedTuple):
    """The flags that every cgo package of the build's own gets, as the SCons variables for C say."""

    top: str = ""
    """The directory of the SConstruct."""
    cflags: tuple[str, ...] = ()
    """``-I``, ``-D`` and ``-F``, for C and C++."""
    ldflags: tuple[str, ...] = ()
    """``-L``, ``-l``, ``-framework`` and run paths, and libraries that are named as files, in the order of the link."""

    def __bool__(self) -> bool:
        """Return whether there are any flags."""
        return bool(self.cflags or self.ldflags)

    @property
    def text(self) -> str:
        """All flags, with nothing in them that tells where the build is."""
        return " ".join(portable((*self.cflags, *self.ldflags), self.top))

    @property
    def shared_libraries(self) -> tuple[str, ...]:
        """The paths of those shared libraries that are named as files."""
        return tuple(filter(is_shared_file, self.ldflags))


def values_of(flags: Sequence[str], name: str, base: str) -> list[str]:
    """Return the directories of ``-Idir`` and ``-I dir``, absolute if ``base`` is."""
    values = []
    for index, flag in enumerate(flags):
        value = flag[len(name) :] if flag != name else "".join(flags[index + 1 : index + 2])
        if flag.startswith(name) and value:
            values.append(os.path.join(base, value))
    return list(dict.fromkeys(values))


def library_places(flags: Sequence[str], base: str) -> dict[str, list[str]]:
    """Return where the library of each ``-l`` flag may be, given those of ``-L``."""
    folders = values_of(flags, "-L", base)
    found = {}
    for flag in flags:
        if flag.startswith("-l"):
            names = [flag[3:]] if flag.startswith("-l:") else [name.format(flag[2:]) for name in _LIBRARY_NAMES]
            found[flag] = [os.path.join(folder, name) for folder in folders for name in names]
    return found


def from_archives(words: Iterable[str], dynamic: Collection[str]) -> Iterator[str]:
    """Yield flags with the archive of each library by its file name, but for libraries in ``dynamic``.

    So nothing that appears beside an archive takes its place (linkage cases C23, C26).
    """
    for word in words:
        name = word[2:] if word.startswith("-l") else ""
        yield word if not name or name.startswith(":") or name in dynamic else f"-l:lib{name}.a"


def edited_source(text: str, dynamic: Collection[str]) -> str:
    """Return a Go file with the flags of its ``#cgo LDFLAGS`` as :func:`from_archives` has them."""

    def edited(line: re.Match[str]) -> str:
        return line[1] + "".join(from_archives(re.split(r"(\s+)", line[2]), dynamic))

    return re.sub(_CGO_LDFLAGS, edited, text)


def is_library_file(word: str) -> bool:
    """Return whether a flag is the path of a library or an object file."""
    return not word.startswith("-") and bool(re.search(LIBRARY_SUFFIX, word))


def is_shared_file(word: str) -> bool:
    """Return whether a flag is the path of a shared library."""
    return not word.startswith("-") and bool(re.search(_SHARED_FILE, word))


def shared_stem(name: str) -> str:
    """Return the name of a shared library's file without its suffix and version."""
    return re.sub(_SHARED_FILE, "", name)


def portable(words: Iterable[str], top: str) -> Iterator[str]:
    """Yield flags with ``#`` for the top of the build. A run path stays: it is in the binary as it is."""
    for word in words:
        name, path = _parted(word)
        yield f"{name}#{path[len(top) :]}" if is_below(path, top) else word


def linked_from(directory: str, words: Iterable[str], top: str) -> Iterator[str]:
    """Yield flags for a linker that runs in ``directory``, with relative paths for all that is below ``top``.

    A shared library is given by its name, because the linker would note a path for the run too.
    """
    for word in words:
        name, path = _parted(word)
        near = os.path.relpath(path, directory) if is_below(path, top) else path
        if is_shared_file(path) and not name:
            yield f"-L{os.path.dirname(near) or '.'}"
            yield _by_name(os.path.basename(near))
        elif name or os.path.isabs(near):
            yield name + near
        else:
            # The go command takes a word for a file only if it begins so.
            yield f"./{near}"


def is_below(path: str, top: str) -> bool:
    """Return whether ``path`` is ``top`` or below it."""
    return bool(top) and (path == top or path.startswith(os.path.join(top, "")))


def _by_name(file: str) -> str:
    if file.endswith(".dylib"):
        return f"-l{file.removeprefix('lib').removesuffix('.dylib')}"
    return f"-l:{file}"


def _parted(word: str) -> tuple[str, str]:
    """Return what is before the path in a flag, and the path; no path where there is none."""
    name = next((one for one in _SEARCHED if word.startswith(one)), "")
    if name:
        return name, word[len(name) :]
    return ("", word) if is_library_file(word) else (word, "")
