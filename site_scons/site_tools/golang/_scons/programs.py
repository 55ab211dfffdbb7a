"""The Go programs that were declared, and what is known of each: the memo between read time and build time.

SCons runs scanners and actions on several threads, scanners one at a time; a lock keeps actions apart too.
"""

from __future__ import annotations

import contextlib
import gc
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import GolangError
from ..index import Closure, Index, Listed
from ..overlay import Overlay
from ..store import digest_of
from .collecting import collector_settings
from .fingerprint import Env
from .indexes import Indexes
from .kept import Kept
from .messages import warn_of_circle
from .outlines import Outlines
from .surroundings import AllAround, Around
from .target import Node, Program, Viewer, files_beside, program_of

if TYPE_CHECKING:
    from ..configuration import Configuration
    from ..index.history import History
    from ..packages import Package
    from ..scan import ProgramScan


class Programs:
    """Every program of this SCons process."""

    def __init__(self) -> None:
        """Start with no program."""
        self.lock = threading.RLock()
        """Held while what is known of programs is read or changed."""
        self.outlines = Outlines()
        self._declared: list[Program] = []
        self._kept: Kept | None = None
        self._overtaken: set[Node] = set()
        self._signed: dict[Node, str] = {}
        self._look_again()
        self.offered: set[str] = set()
        """Names of construction variables that the command line sets."""

    def _look_again(self) -> None:
        self._indexes = Indexes()
        self._around: AllAround | None = None
        self._derived_built = 0
        self._listed: dict[str, Listed] = {}
        self._inputs: dict[Program, tuple[Closure, str, list[Any]]] = {}
        self._together: dict[str, list[str]] | None = None
        self._scanned: set[Node] = set()

    def declare(self, node: Node, program: Program) -> bool:
        """Attach ``program`` to its target; return whether it is new. Raises RequestError if the path is taken."""
        known = program_of(node)
        if known is None:
            node.attributes.golang = program
            self.enlist([program])
            return True
        from .configurations import refuse_another

        refuse_another(node, known, program)
        return False

    def enlist(self, programs: Iterable[Program]) -> None:
        """Have programs listed with the others of their configuration, be there targets for them or not."""
        self._declared.extend(programs)
        self._together = None

    def index(self, env: Env, *, tests: bool = False) -> Index:
        """Return the index of this run, or that of packages with their tests; ``env`` is any environment."""
        with self.lock:
            return self._indexes.index(self.outlines.probes(env).store, tests=tests)

    def configuration(self, node: Node) -> Configuration:
        """Return the configuration of a target. Raises RequestError or ToolchainError."""
        return self.outlines.configuration(program_of(node))

    def signature(self, node: Node) -> str:
        """Return what stands in its action for all that a target is made of and made with. Raises GolangError."""
        with self.lock:
            closure, settings, _ = self.inputs(node)
            # SCons calls what it puts into a CacheDir by it.
            self._signed[node] = self._inputs_digest(node)
        return f"{self.outlines.outline(program_of(node)).signature}\n{settings}\nfiles {closure.digest}"

    def listed(self, node: Node) -> Listed:
        """Return what is known of all programs of a target's configuration. Raises GolangError."""
        return self._listed_of(program_of(node))

    def _listed_of(self, program: Program) -> Listed:
        with self.lock:
            around, listing = self._surroundings(program), self.outlines.outline(program).listing
            name = around.overlay.name(listing)
            if name not in self._listed:
                self._listed[name] = self.index(program.env, tests=program.is_test).listed(
                    listing, self._declared_with(name), lambda: self.outlines.configuration(program), around
                )
                gc.freeze()
            return self._listed[name]

    def inputs(self, node: Node) -> tuple[Closure, str, list[Any]]:
        """Return what a target is made of. Raises GolangError.

        That is a digest of all its files; the settings and tools that it is made with, one on a line; and the nodes
        of what SCons itself makes for it, in order of their paths.
        """
        closure, settings, made = self.inputs_of(program_of(node))
        program = program_of(node)
        return closure, settings, [one for one in made if one is not node and not self._takes(one, program)]

    def _takes(self, other: Node, program: Program) -> bool:
        """Return whether ``other`` embeds a program, which embeds it: neither waits for the other."""
        taking = program_of(other)
        with contextlib.suppress(GolangError):
            closure = self.inputs_of(taking)[0] if taking else None
            taken = self._surroundings(taking).nodes((*closure.derived, *closure.awaited)) if closure else ()
            if any(program_of(one) is program for one in taken):
                warn_of_circle(other, program.package_dir)
                return True
        return False

    def inputs_of(self, program: Program) -> tuple[Closure, str, list[Any]]:
        """Return the same of a program, be there a target or not. Raises GolangError."""
        with self.lock:
            if program not in self._inputs:
                listed = self._listed_of(program)
                closure = listed.closures[program.package_dir]
                settings = self.outlines.settings_text(program, closure.needs)
                made = self._surroundings(program).nodes(closure.derived)
                self._inputs[program] = (closure, settings, made)
            return self._inputs[program]

    def awaited(self, program: Program) -> list[Node]:
        """Return what SCons makes that may yet be of a program, and has to be there first. Raises GolangError."""
        with self.lock:
            awaited = self.inputs_of(program)[0].awaited
            nodes = self._surroundings(program).nodes(awaited) if awaited else []
            return [one for one in nodes if not self._takes(one, program)]

    def scan(self, node: Node) -> ProgramScan:
        """Return the scan of a target. Raises GolangError."""
        return self.scan_of(program_of(node))

    def scan_of(self, program: Program) -> ProgramScan:
        """Return the scan of a program. Raises GolangError."""
        with self.lock:
            scans = self._indexes.scans(self.outlines.probes(program.env).store, tests=program.is_test)
            config, around = self.outlines.configuration(program), self._surroundings(program)
            together = self._declared_with(around.overlay.name(config.listing_name))
            return scans.scan(config, program.package_dir, together, around)

    def overlay(self, node: Node) -> Overlay:
        """Return what a target's program sees where it does not stand. Raises GolangError."""
        with self.lock:
            return self._surroundings(program_of(node)).overlay

    def _declared_with(self, listing: str) -> list[str]:
        """Return the directories of all programs of a listing: they are listed in one go."""
        if self._together is None:
            self._together = {}
            for program in self._declared:
                try:
                    name = self._surroundings(program).overlay.name(self.outlines.outline(program).listing)
                except GolangError:
                    continue
                self._together.setdefault(name, []).append(program.package_dir)
        return self._together[listing]

    def fallen(self, node: Node) -> list[Node]:
        """Return what of a target and the files beside it is not what was proved there, of what it is made of now."""
        executor = node.get_executor()
        if executor is None or executor.post_actions:
            # They run after the proof, and may change it. SCons drops executors that it is done with.
            return []
        try:
            with self.lock:
                standing, digest = self._known(node).standing, self._inputs_digest(node)
                made = (node, *files_beside(node))
                return [one for one in made if not standing.stands(*_name(one), digest)]
        except GolangError:
            return []

    def proved_content(self, node: Node) -> str:
        """Return the digest of what was proved for a target last, if it stands; otherwise nothing."""
        with self.lock:
            return self._known(node).standing.content(*_name(node))

    def may_be_cached(self, node: Node) -> bool:
        """Return whether what stands was proved, made of what SCons says that it is made of."""
        with self.lock:
            standing, (name, path) = self._known(node).standing, _name(node)
            # Post-actions may change what was proved.
            stands = node.get_executor().post_actions or standing.content(name, path)
            return bool(stands) and standing.made_of(name) == self._signed.get(node)

    def save(self) -> None:
        """Keep what is known of files, while there is time."""
        with self.lock:
            self._indexes.save()

    @contextlib.contextmanager
    def compiling(self, nodes: Sequence[Node]) -> Iterator[None]:
        """Take note of whether a file changes while targets of one configuration are compiled."""
        with self.lock:
            # Another thread may look again meanwhile, and find the new file.
            listed, around = self.listed(nodes[0]), self._surroundings(program_of(nodes[0]))
            directories = {package.dir for node in nodes for package in self.scan(node).closure}
            # What SCons makes meanwhile is known to it.
            made = around.derived(listed.watch)
        yield
        with self.lock:
            self._overtaken.difference_update(nodes)
            if listed.is_overtaken(directories, made):
                self._overtaken.update(nodes)

    def proved(self, node: Node, content: str = "", *, displaced: bool = False) -> None:
        """Take note that what stands at a target's path is proved; ``content`` is its digest, if that is known.

        If it is ``displaced``, another process has put its own there.
        """
        with self.lock:
            # Nobody knows of what it was made if files changed meanwhile: next time it is made again.
            digest = "" if displaced or node in self._overtaken else self._inputs_digest(node)
            for one in (node, *files_beside(node)):
                self._known(node).standing.record(*_name(one), digest, content if one is node else "")
            closure, settings, _ = self.inputs(node)
            find = self.listed(node).parts.part
            self._known(node).history.remember(_name(node)[0], closure.digest, settings, find)

    def build_environ(self, node: Node) -> dict[str, str]:
        """Return the environment of the go command that builds a target. Raises GolangError."""
        scan = self.scan(node)
        # What it remembers of packages saves time, as long as it can be believed.
        own = {**collector_settings(program_of(node).env), **({} if self.listed(node).misleads_go else {"GODEBUG": ""})}
        return {**scan.configuration.build_environ(scan.prediction), **own}

    def history(self, node: Node) -> tuple[History, str]:
        """Return what targets were built from, and what this one is called there."""
        return self._known(node).history, _name(node)[0]

    def kept(self, env: Env) -> Kept:
        """Return what is kept of targets between runs; ``env`` is any environment."""
        self._kept = self._kept or Kept(self.outlines.probes(env).store)
        return self._kept

    def _known(self, node: Node) -> Kept:
        return self.kept(program_of(node).env)

    def _inputs_digest(self, node: Node) -> str:
        closure, settings, _ = self.inputs(node)
        return digest_of(closure.digest, settings)

    def c_nodes(self, program: Program, package: Package) -> list[Any]:
        """Return the headers and archives that a package of a program with C or assembly files is built from."""
        with self.lock:
            return self._surroundings(program).c_nodes(package)

    def shown_to(self, env: Env, viewer: Viewer) -> Mapping[str, Node]:
        """Return what a program sees where it does not stand, by the places. Raises RequestError."""
        with self.lock:
            return self._all_around(env).seen_by(viewer).shown

    def _all_around(self, env: Env) -> AllAround:
        self._around = self._around or AllAround(env.fs)
        return self._around

    def _surroundings(self, program: Program) -> Around:
        return self._all_around(program.env).of(program, self.outlines)

    def begin_scan(self, node: Node, env: Env) -> bool:
        """Return whether a target is to be scanned, which ``scons -c`` does not need.

        Looks at the files again where they changed since: SCons built some, or this is another interactive build.
        """
        with self.lock:
            built = self._around.built() if self._around else 0
            if (self.outlines.is_interactive(env) and node in self._scanned) or built != self._derived_built:
                self._look_again()
                self.outlines.look_again()
            self._derived_built = built
            self._scanned.add(node)
            return not self.outlines.cleans(env)


def _name(node: Node) -> tuple[str, str]:
    """Return what a target is called in what is kept, and where it stands."""
    return str(node.get_internal_path()), str(node.get_abspath())


PROGRAMS = Programs()
"""The documented memo of this process."""
