"""What programs were made of when they were built, so that a later run can say what changed since."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ..store import Store
from .closures import Part

_NAME = "history"

PartFinder = Callable[[str], Part | None]
"""Returns the package with a digest."""


class History:
    """The packages that each program was built from last."""

    def __init__(self, store: Store) -> None:
        """Begin with what earlier runs built."""
        self._store = store
        known = store.load(_NAME) or {"programs": {}, "parts": {}}
        self._programs: dict[str, list[str]] = known["programs"]
        self._known: dict[str, Any] = known["parts"]
        self._finders: list[PartFinder] = []
        self._changed: dict[str, list[str]] = {}

    def remember(self, program: str, digest: str, settings: str, find: PartFinder) -> None:
        """Note that a program was built with settings from the package with this digest, which ``find`` knows."""
        self._programs[program] = self._changed[program] = [digest, settings]
        self._find_with(find)

    def _find_with(self, find: PartFinder) -> None:
        if find not in self._finders:
            self._finders.append(find)

    def last(self, program: str) -> tuple[str, str]:
        """Return the digest of the package that a program was built from last, and the settings; empty if unknown."""
        digest, settings = self._programs.get(program, ["", ""])
        return digest, settings

    def has(self, digest: str) -> bool:
        """Return whether something was built from the package with a digest."""
        return digest in self._known

    def changes(self, old: str, new: str, find: PartFinder) -> list[tuple[str, str, str]] | None:
        """Return what tells the packages with two digests apart; None if the first is not known any more.

        ``find`` knows the second. Each change is an import path, one of its inputs, and ``changed``, ``new`` or
        ``gone``; without an input it is the package itself.
        """
        self._find_with(find)
        if self._part(old) is None:
            return None
        before, now = dict(self._below(old)), dict(self._below(new))
        found = []
        for path in sorted({*before, *now}):
            first, second = before.get(path), now.get(path)
            if first is None or second is None:
                found.append((path, "", "new" if first is None else "gone"))
                continue
            for name in sorted({*first.inputs, *second.inputs}):
                pair = (first.inputs.get(name), second.inputs.get(name))
                if pair[0] != pair[1]:
                    found.append((path, name, "new" if pair[0] is None else "gone" if pair[1] is None else "changed"))
        return found

    def _below(self, digest: str) -> Iterator[tuple[str, Part]]:
        """Yield a package and all that it imports, by import path."""
        seen, stack = {digest}, [digest]
        while stack:
            part = self._part(stack.pop())
            if part is not None:
                yield part.import_path, part
                stack.extend(one for one in part.imports if one not in seen)
                seen.update(part.imports)

    def _part(self, digest: str) -> Part | None:
        if digest in self._known:
            return Part(*self._known[digest])
        return next(filter(None, (find(digest) for find in self._finders)), None)

    def save(self) -> None:
        """Keep what programs consist of, with what other processes noted meanwhile; forget what none does any more."""
        if not self._changed:
            return
        others = self._store.load(_NAME)
        if others:
            self._programs = {**others["programs"], **self._changed}
            self._known = {**others["parts"], **self._known}
        self._changed.clear()
        kept: dict[str, Any] = {}
        stack = [digest for digest, _ in self._programs.values()]
        while stack:
            digest = stack.pop()
            if digest in kept:
                continue
            if digest in self._known:
                kept[digest] = self._known[digest]
            elif part := self._part(digest):
                kept[digest] = [part.import_path, part.inputs, part.imports]
            else:
                continue
            stack.extend(kept[digest][2])
        self._store.save(_NAME, {"programs": self._programs, "parts": kept})
