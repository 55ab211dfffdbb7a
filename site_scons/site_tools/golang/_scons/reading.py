"""Reading binaries while go still links others: what was read holds as long as a file stays the same one."""

from __future__ import annotations

import os
from typing import NamedTuple

from ..errors import InspectError
from ..facts import BinaryFacts
from .gate import read_facts
from .standing import content_of, identity_of


class Reading(NamedTuple):
    """What was read of a binary, and which file that was."""

    identity: list[int] | None
    facts: BinaryFacts
    content: str
    """The digest of its content."""

    def is_of(self, path: str) -> bool:
        """Return whether that file stands at ``path`` now."""
        return self.identity is not None and self.identity == identity_of(path)


class Readings:
    """What was read of the binaries in one folder, by name."""

    def __init__(self, folder: str) -> None:
        """Begin with nothing."""
        self._folder = folder
        self._seen: dict[str, list[int] | None] = {}
        self._readings: dict[str, Reading | None] = {}
        """None for what is no binary, which the proof tells."""

    def go_on(self) -> None:
        """Read what is complete by now."""
        for name in os.listdir(self._folder):
            if name in self._readings:
                # Whether it is still that file is looked at once its turn comes.
                continue
            path = os.path.join(self._folder, name)
            before, now = self._seen.get(name), identity_of(path)
            self._seen[name] = now
            # One that go still copies has another size the next time.
            if now and now == before:
                try:
                    self._readings[name] = Reading(now, read_facts(path), content_of(path))
                except InspectError:
                    self._readings[name] = None

    def of(self, name: str) -> Reading | None:
        """Return what was read of a file."""
        return self._readings.get(name)
