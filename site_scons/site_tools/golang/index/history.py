"""What programs were made of when they were built, so that a later run can say what changed since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..store import Store
from .closures import Part

_NAME = "history"


class History:
    """The packages that each program was built from last."""

    def __init__(self, store: Store) -> None:
        """Begin with what earlier runs built."""
        self._store = store
        known = store.load(_NAME) or {"programs": {}, "parts": {}}
        self._programs: dict[str, list[str]] = known["programs"]
        self._known: dict[str, Any] = known["parts"]
        self._parts: dict[str, Part] = {}
        self._changed = False

    def remember(self, program: str, digest: str, settings: str, parts: Mapping[str, Part]) -> None:
        """Note that a program was built with settings from the package with this digest, which is among ``parts``."""
        self._programs[program] = [digest, settings]
        self._parts.update(parts)
        self._changed = True

    def settings_of(self, program: str) -> str:
        """Return the settings that a program was built with last; empty if they are not known."""
        return self._programs.get(program, ["", ""])[1]

    def changes(self, old: str, new: str, parts: Mapping[str, Part]) -> list[tuple[str, str, str]] | None:
        """Return what tells the packages with two digests apart; None if the first is not known any more.

        ``parts`` has the second. Each change is an import path, one of its inputs, and ``changed``, ``new`` or
        ``gone``; without an input it is the package itself.
        """
        self._parts.update(parts)
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
        if digest not in self._parts and digest in self._known:
            self._parts[digest] = Part(*self._known[digest])
        return self._parts.get(digest)

    def save(self) -> None:
        """Keep what the programs consist of, and forget what none does any more."""
        if not self._changed:
            return
        kept: dict[str, Any] = {}
        stack = [digest for digest, _ in self._programs.values()]
        while stack:
            digest = stack.pop()
            part = None if digest in kept else self._part(digest)
            if part is not None:
                kept[digest] = [part.import_path, dict(part.inputs), list(part.imports)]
                stack.extend(part.imports)
        self._store.save(_NAME, {"programs": self._programs, "parts": kept})
