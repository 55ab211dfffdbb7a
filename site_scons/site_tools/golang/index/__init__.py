"""The index: what is known of the packages of a module or workspace, kept between runs.

It asks ``go list`` only when something changed that could change the answer, then once for all programs of a
configuration. What it keeps is a memo: any of it may be lost or damaged, and is made again. Where nothing changed,
nothing but this module, the tree and the store takes part.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import GolangError
from ..modules import MainPackage, walk_modules, walk_packages
from ..needs import CNeeds
from ..overlay import NOTHING, OverlaidTree, Overlay
from ..store import Store, digest_of
from ..tree import Stamp, Tree
from .surroundings import CInputs, Surroundings
from .watch import Watch

if TYPE_CHECKING:
    from ..configuration import Configuration
    from ..contents import Contents
    from ..packages import PackageGraph
    from .closures import Closures
    from .listing import Look


__all__ = ["CInputs", "Closure", "Index", "Listed", "Surroundings", "closures_of"]


class Closure(NamedTuple):
    """All that a program is made of."""

    digest: str
    """Empty if there is no such program; building it tells why."""
    needs: CNeeds | None
    """What of the C toolchain it needs."""
    derived: Sequence[str] = ()
    """Where those of its files are seen that the build itself makes, sorted."""
    awaited: Sequence[str] = ()
    """Where other files are seen that the build makes in its packages, which may turn out to be of them."""


def closures_of(known: Mapping[str, Any]) -> dict[str, Closure]:
    """Return what was kept of programs, by directory."""
    return {
        path: Closure(digest, CNeeds(*needs) if needs else None, *made)
        for path, (digest, needs, *made) in known["closures"].items()
    }


class Listed:
    """The packages of one configuration, as they are now."""

    def __init__(
        self,
        closures: Mapping[str, Closure],
        watch: Watch,
        tree: Tree,
        load_graph: Callable[[], PackageGraph],
        load_parts: Callable[[PackageGraph], Closures],
        load_contents: Callable[[], Contents],
        *,
        misleads_go: bool,
    ) -> None:
        """Hold the closures of programs by their directories, and how to get at the packages themselves."""
        self.closures, self.watch = closures, watch
        self.misleads_go = misleads_go
        """Whether what the go command itself remembers of the packages may be of other files than those of now."""
        self._tree, self._load_graph, self._load_parts = tree, load_graph, load_parts
        self._load_contents = load_contents

    def is_overtaken(self, directories: Collection[str], made: Collection[str]) -> bool:
        """Return whether a file of the packages in ``directories`` has changed since, but for those that are ``made``.

        Those are the files that the build itself makes, as absolute paths.
        """
        files = self.watch._replace(
            directories=[path for path in self.watch.directories if path in directories],
            embeds=[(path, patterns) for path, patterns in self.watch.embeds if path in directories],
        )
        but = frozenset(made)
        then, now = (
            {path: stamp for path, stamp in files.each(tree) if path not in but}
            for tree in (self._tree, self._tree.anew())
        )
        return then.keys() != now.keys() or any(self._differs(path, then[path], now[path]) for path in then)

    def _differs(self, path: str, then: Stamp | None, now: Stamp | None) -> bool:
        """Return whether a file is another than it was, and does not only have a link more, as from SCons."""
        if then is None or now is None or (*then[:2], then[3]) != (*now[:2], now[3]):
            return then != now
        from ..contents import digest_of_file

        return then != now and self._load_contents().read(path) != digest_of_file(path)

    @cached_property
    def graph(self) -> PackageGraph:
        """The packages themselves, which a run that builds nothing does without. Raises GolangError."""
        return self._load_graph()

    @cached_property
    def parts(self) -> Closures:
        """What the digests are of. Raises GolangError."""
        return self._load_parts(self.graph)


class Index:
    """The index of one run: whatever it has looked at once stays as it was until there is a new one."""

    def __init__(self, store: Store | None = None, *, tests: bool = False) -> None:
        """Keep answers in ``store``; ``tests``: of packages with their tests."""
        self.store = store or Store()
        self._tests = tests
        known = self.store.load("folders") or {"folders": {}, "glance": "", "sets": {}}
        self.tree = Tree(known["folders"], tests=tests)
        # What is known of sets of directories holds as long as all directories are as they were.
        glance = self.tree.glance()
        self._same = bool(glance) and glance == known["glance"]
        self._sets: dict[str, str] = known["sets"] if self._same else {}
        self._overlaid: dict[str, Tree] = {}
        self._contents: dict[str, Contents] = {}
        self._mains: dict[str, Any] = {}
        self._roots: dict[str, dict[str, str]] = {}
        self._listed: dict[str, Listed | GolangError] = {}

    def main_packages(self, root: str, tags: Iterable[str]) -> list[MainPackage]:
        """Return the main packages of the module or workspace at ``root``. Raises PackageError.

        ``tags`` are those that hold, as from ``gosource.tags_of``.
        """
        return self.packages("mains", root, tags)

    def packages(self, kind: str, root: str, tags: Iterable[str]) -> list[MainPackage]:
        """Return the same of other packages: the ``mains``, those with ``tests``, ``all``, or ``any``.

        In an index of packages with their tests ``root`` may be any directory of a module.
        """
        name, key = f"mains-{digest_of(root)}", " ".join([kind, *sorted(tags)])
        if root not in self._mains:
            self._mains[root] = self._known_mains(root, name)
        known = self._mains[root]
        if key not in known["mains"]:
            from ..workspace import FINDERS

            found = FINDERS[kind](self.walked(root), frozenset(tags), self.contents(root))
            known["mains"][key] = [[one.directory, one.module_root, one.import_path, one.name] for one in found]
            self.store.save(name, known)
        return [MainPackage(*one) for one in known["mains"][key]]

    def _known_mains(self, root: str, name: str) -> Any:
        """Return the packages that are known, as long as no file in the module changed."""
        known = self.store.load(name)
        if known and self._sets.get(name) == known["stamps"] and self._have(known["young"]):
            self._grown_up(name, known)
            return known
        watch = Watch(directories=sorted(self.walked(root)))
        stamps = watch.stamps_of_directories(self.tree)
        self._sets[name] = stamps
        if known and known["stamps"] == stamps and self._have(known["young"]):
            self._grown_up(name, known)
            return known
        return {"stamps": stamps, "young": self.young(root, watch), "mains": {}}

    def tree_of(self, overlay: Overlay) -> Tree:
        """Return what stands on disk, seen through an overlay."""
        if not overlay.digest:
            return self.tree
        if overlay.digest not in self._overlaid:
            self._overlaid[overlay.digest] = OverlaidTree(self.tree, overlay)
        return self._overlaid[overlay.digest]

    def walked(self, root: str) -> dict[str, str]:
        """Return every directory with Go files at ``root``, and its module's root. Raises PackageError."""
        if root not in self._roots:
            self._roots[root] = (walk_packages if self._tests else walk_modules)(root, self.tree)
        return self._roots[root]

    def stamps(self, name: str, watch: Watch, tree: Tree) -> str:
        """Return the digest of the identities of everything in ``watch``, which is kept under ``name``."""
        if name not in self._sets:
            self._sets[name] = watch.stamps_of_directories(tree)
        return watch.stamps(tree, self._sets[name])

    def new_stamps(self, name: str, watch: Watch, tree: Tree) -> str:
        """Return the same where ``watch`` may be another than the last that was kept under the name."""
        self._sets.pop(name, None)
        return self.stamps(name, watch, tree)

    def listed(
        self, name: str, directories: Iterable[str], configure: Callable[[], Configuration], around: Surroundings
    ) -> Listed:
        """Return the packages of the programs in ``directories``. Raises PackageError or ToolchainError.

        ``name`` is that of the configuration, which is wanted itself only if something changed.
        """
        wanted, name = frozenset(directories), around.overlay.name(name)
        known = self._listed.get(name)
        if known is None or (isinstance(known, Listed) and not wanted <= known.closures.keys()):
            try:
                known = self._unchanged(name, wanted, configure, around) or self._changed(
                    name, wanted, configure(), around
                )
            except GolangError as error:
                known = error
            self._listed[name] = known
        if isinstance(known, GolangError):
            raise known
        return known

    def close(self) -> None:
        """Keep what was read of files, and forget what is old."""
        self.save()
        self.store.forget_oldest()

    def save(self) -> None:
        """Keep what was read of files."""
        for name, contents in self._contents.items():
            if contents.changed:
                self.store.save(name, contents.export())
        if self.tree.changed or not self._same:
            self._same = True
            folders, glance = self.tree.export()
            self.store.save("folders", {"folders": folders, "glance": glance, "sets": self._sets})

    def contents(self, root: str, overlay: Overlay = NOTHING) -> Contents:
        """Return the contents of the files of a module or workspace, and around it."""
        name = f"files-{overlay.name(digest_of(root))}"
        if name not in self._contents:
            from ..contents import Contents

            self._contents[name] = Contents(self.tree_of(overlay), self.store.load(name))
        return self._contents[name]

    def _unchanged(
        self, name: str, wanted: frozenset[str], configure: Callable[[], Configuration], around: Surroundings
    ) -> Listed | None:
        """Return what is known, if no file changed since."""
        known = self.store.load(f"closures-{name}")
        if not known or not wanted <= known["closures"].keys():
            return None
        watch = Watch(**known["watch"])
        tree = self.tree_of(around.overlay)
        if self.stamps(name, watch, tree) != known["stamps"] or not self._have(known["young"]):
            return None
        if around.derived(watch) != known["derived"]:
            return None
        self._grown_up(f"closures-{name}", known)

        def look() -> Look:
            from .listing import Look

            return Look(self, configure(), name, around)

        return Listed(
            closures_of(known),
            watch,
            tree,
            lambda: look().graph(known),
            lambda graph: look().closures(known, graph),
            lambda: self.contents(configure().root, around.overlay),
            misleads_go=known["misleads"],
        )

    def _changed(self, name: str, wanted: frozenset[str], config: Configuration, around: Surroundings) -> Listed:
        from .listing import Look

        return Look(self, config, name, around).listed(wanted)

    def young(self, root: str, watch: Watch, overlay: Overlay = NOTHING) -> dict[str, str]:
        """Return the content of files whose identity does not tell yet whether they change again."""
        contents = self.contents(root, overlay)
        return {path: contents.digest(path) for path in watch.young(self.tree_of(overlay), contents)}

    def _grown_up(self, name: str, known: dict[str, Any]) -> None:
        """Save what is known once the identities of all its files can be trusted."""
        if known["young"] and all(self.tree.trusts(self.tree.stamp(path)) for path in known["young"]):
            known["young"] = {}
            self.store.save(name, known)

    def _have(self, young: Mapping[str, str]) -> bool:
        """Return whether files that were too young to be told by their identity have the same content still."""
        if young:
            from ..contents import digest_of_file

            return all(digest_of_file(path) == digest for path, digest in young.items())
        return True
