"""Programs that are built together, though each is a SCons task of its own.

The first one whose turn comes leads: it builds those with it that SCons will come to, and each of them, when its own
turn comes, takes what was built for it. One ``go build`` runs at a time, for two would compile the same packages; the
threads of the others wait, and their jobs are lent to it. Only where there is little to compile, those of several
configurations run side by side: they mostly link.
"""

from __future__ import annotations

import atexit
import os
import threading
from typing import Any

import SCons.Node

from .batch import Member, build_together
from .changes import compiles_little
from .fingerprint import Env, text
from .lookahead import companions, could_start, derived_files, group_of, run_options
from .precedence import PRECEDENCE
from .reverify import inputs_of
from .target import Node
from .variables import DEFAULTS

GRACE = 0.1
"""Seconds in which other threads of SCons may begin something else, or lend their jobs."""


class Batches:
    """The batches of this SCons process."""

    def __init__(self) -> None:
        """Start with nothing built."""
        self._turn = threading.Condition()
        self._options: Any = None
        self._derived: tuple[Node, ...] = ()
        self._leaders: dict[Node, tuple[Any, bool]] = {}
        """What runs: what the programs of a batch have in common, and whether there is little to compile."""
        self._waiting: set[Node] = set()
        self._ahead: dict[Node, Member] = {}
        """What was built, until its turn comes."""
        self._taken: set[Node] = set()
        self.stopping = False
        """Whether a program has failed, and SCons stops."""
        atexit.register(self._forget)

    def take(self, member: Member) -> Member:
        """Build a program, unless that was done ahead; return it or what was built ahead, the caller's then.

        Raises GolangError and OSError.
        """
        node = member.node
        group = group_of(member.scan.configuration, member.scan.overlay, member.env)
        little = node not in self._ahead and compiles_little(node)
        with self._turn:
            self._begin_run()
            self._waiting.add(node)
            self._turn.notify_all()
            if not little or not self._may_begin(group, little=little):
                PRECEDENCE.release()
            self._turn.wait_for(lambda: node in self._ahead or self._may_begin(group, little=little))
            self._taken.add(node)
            built = self._ahead.pop(node, None)
            if built and built.inputs == inputs_of(node.get_binfo()):
                self._waiting.discard(node)
                return built
            self._turn.wait_for(lambda: self._may_begin(group, little=little))
            self._waiting.discard(node)
            self._leaders[node] = group, little
        try:
            known = self._taken | self._ahead.keys()
            ahead = [] if self.stopping else [one for one in self._derived if one not in known]
            others = [*companions(member, ahead)]
            build_together([member, *others], self._jobs(member.env, little=little))
            with self._turn:
                self._ahead.update((other.node, other) for other in others)
        finally:
            with self._turn:
                del self._leaders[node]
                self._turn.notify_all()
        return member

    def _may_begin(self, group: Any, *, little: bool) -> bool:
        return all(little and other_little and group != other for other, other_little in self._leaders.values())

    def _begin_run(self) -> None:
        options = run_options()
        if options is not self._options or options is None:
            self._forget()
            self._options, self._derived = options, derived_files()

    def _forget(self) -> None:
        """Remove what was built ahead and is not wanted after all."""
        for member in self._ahead.values():
            member.discard()
        self._ahead.clear()
        self._taken.clear()
        self.stopping = False

    def _jobs(self, env: Env, *, little: bool) -> str:
        """Return how many commands go may run: all cores, or SCons's jobs that nothing else uses.

        Where there is ``little`` to compile, none is kept for others, nor waited for: most of the time one links.
        """
        if env["GOJOBS"] != DEFAULTS["GOJOBS"]:
            return text(env, "GOJOBS")
        cores = os.cpu_count() or 1
        slots = int(self._options.num_jobs) if self._options else 1
        if slots == 1:
            return str(cores)
        with self._turn:
            if not little:
                self._turn.wait_for(lambda: self._is_settled(slots), GRACE)
            sharing = 1 if little else len(self._leaders)
            return str(max(1, min(cores, slots - self._busy(slots)) // sharing))

    def _is_settled(self, slots: int) -> bool:
        """Return whether no other job is about to begin."""
        idle = slots - len(self._leaders) - len(self._waiting) - self._busy(slots)
        return idle <= 0 or (bool(self._derived) and not any(map(could_start, self._derived)))

    def _busy(self, slots: int) -> int:
        """Return how many jobs do something else, as far as that is known."""
        if not self._derived:
            return slots - len(self._leaders) - len(self._waiting)
        own = {*self._leaders, *self._waiting}
        running = (node for node in self._derived if node.get_state() == SCons.Node.executing and node not in own)
        return len({id(node.get_executor()) for node in running})

    def stop(self) -> None:
        """Know that SCons will not come to any more programs: one has failed."""
        with self._turn:
            self._begin_run()
            self.stopping = True

    def claim(self) -> Member | None:
        """Return a program that was built ahead, and take over its task. To be called under SCons's lock."""
        with self._turn:
            for node, member in self._ahead.items():
                if member.built and node.get_state() < SCons.Node.executing:
                    # SCons leaves alone what is executed already.
                    node.set_state(SCons.Node.executing)
                    return self._ahead.pop(node)
        return None


BATCHES = Batches()
"""The documented memo of this process."""
