"""What tools answer about themselves, kept between runs for as long as the files behind the answer stay the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from .store import Store, digest_of
from .tree import Tree


class Answer(NamedTuple):
    """An answer, of plain types, and what it depends on."""

    value: Any
    files: Iterable[str] = ()
    """Paths of files or directories, whether they are there or not."""
    certain: bool = True
    """Whether nothing else can change the answer; if not, it is asked for again in every run."""


class Probes:
    """The answers of tools."""

    def __init__(self, store: Store | None = None) -> None:
        """Keep answers in ``store``."""
        self.store = store or Store()
        self._tree = Tree()
        self._files: set[str] = set()
        self._certain = True

    def anew(self) -> Probes:
        """Return the same, to look at files again; what depends on all that was asked so far still does."""
        other = Probes(self.store)
        other._files, other._certain = set(self._files), self._certain
        return other

    def depending(self, value: Any, files: Iterable[str] = ()) -> Answer:
        """Return an answer that comes of others: it depends on ``files`` and on all that was asked so far."""
        return Answer(value, {*files, *self._files}, certain=self._certain)

    def ask(self, question: tuple[Any, ...], ask: Callable[[], Answer]) -> Any:
        """Return the value of ``ask()``, or what it was the last time that it was asked the same."""
        name = f"probe-{digest_of(*question)}"
        known = self.store.load(name)
        if known and all(self._identity(path) == identity for path, identity in known["files"]):
            self._files.update(path for path, _ in known["files"])
            return known["value"]
        answer = ask()
        files = sorted(set(answer.files))
        stamps = [self._tree.stamp(path) for path in files]
        certain = answer.certain and all(stamp is None or self._tree.trusts(stamp) for stamp in stamps)
        if certain:
            self.store.save(name, {"value": answer.value, "files": [[path, self._identity(path)] for path in files]})
        self._files.update(files)
        self._certain = self._certain and certain
        return answer.value

    def _identity(self, path: str) -> list[int]:
        return list(self._tree.stamp(path) or ())
