"""One ``go build`` of several programs of a configuration: what it makes, and what is wrong with which."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ..gobuild import BUILD_VERB, TEST_VERB, GoMessages, build_argv
from ..golist import relative_package
from ..inspect import load_reader
from ..linkage import Product
from ..naming import program_name
from ..packages import TEST, plain_path
from ..runner import follow
from ..scan import ProgramScan
from .fingerprint import Env
from .messages import tell, warn
from .overlay import show_inputs
from .precedence import PRECEDENCE
from .programs import PROGRAMS
from .progress import REDRAWN, Progress
from .reading import Reading, Readings
from .scanner import cgo_inputs
from .staging import discard, move, staging_folder, sweep, unproved
from .target import Node, program_of


@dataclass(eq=False, kw_only=True)
class Member:
    """A program of a batch, and what became of it."""

    node: Node
    env: Env
    scan: ProgramScan
    inputs: dict[str, Any] = field(default_factory=dict)
    """What it is built from, to be compared with what SCons says when it comes to it."""
    built: bool = False
    """Whether its binary is there, to be proved."""
    reading: Reading | None = None
    """What was read of it already."""
    status: int = 0
    """How go ended, if it says what is wrong; otherwise the program has to be built alone to hear it."""
    said: str = ""
    """What go says is wrong with it."""

    @property
    def unproved(self) -> str:
        """Where its binary is until it is proved."""
        return unproved(self.node.get_abspath())

    @property
    def import_path(self) -> str:
        """What Go calls the program."""
        return self.scan.main.import_path

    @property
    def file_name(self) -> str:
        """What the go command calls the file that it builds."""
        suffix = ".exe" if self.scan.configuration.platform.goos == "windows" else ""
        tested = self.scan.main.tested
        return (f"{program_name(tested)}{TEST}" if tested else program_name(self.import_path)) + suffix

    @property
    def packages(self) -> frozenset[str]:
        """The import paths of all that it consists of."""
        return frozenset(plain_path(package.import_path) for package in self.scan.closure)

    def discard(self) -> None:
        """Remove the binary that nobody came for."""
        with contextlib.suppress(OSError):
            discard(self.unproved)


def build_together(members: Sequence[Member], jobs: str) -> None:
    """Build programs of one configuration, and note with each what became of it. Raises GolangError and OSError."""
    config = members[0].scan.configuration
    if len(members) > 1:
        what = "go test -c of" if config.request.product is Product.TEST else "go build of"
        tell(f"golang: {what} {len(members)} programs, linkage {config.request}, {config.platform}")
    sweep({member.node.dir.get_abspath() for member in members})
    with (
        staging_folder(members[0].node.dir.get_abspath()) as staging,
        tempfile.TemporaryDirectory(prefix="golang-") as scratch,
    ):
        readings = Readings(staging)
        with PROGRAMS.compiling([member.node for member in members]):
            status, messages = _go_build(members, jobs, staging, scratch, readings)
        _sort(members, status, messages, staging, readings)


def _go_build(
    members: Sequence[Member], jobs: str, staging: str, scratch: str, readings: Readings
) -> tuple[int, GoMessages]:
    config = members[0].scan.configuration
    # Where C takes part in one program, the others do not see it.
    with_c = next((member for member in members if member.scan.prediction.needs_c), members[0])
    inputs = {pair[0].dir: pair for member in members for pair in cgo_inputs(member.node, member.scan)}
    shown = show_inputs(scratch, members[0].scan.overlay, inputs.values(), config)
    argv = build_argv(
        config.go_command,
        config.root,
        [relative_package(config.root, program_of(member.node).package_dir) for member in members],
        output=staging,
        jobs=jobs,
        overlay=shown.overlay,
        flags=config.plan.compile_flags,
        verb=TEST_VERB if config.request.product is Product.TEST else BUILD_VERB,
    )
    messages = GoMessages(config.plan.flags)
    progress = Progress(len(members), str(config.request))

    waited = False

    def hear(line: str | None) -> None:
        nonlocal waited
        if line is None:
            if not waited:
                # It has to be done anyway.
                waited = True
                load_reader()
                PROGRAMS.save()
            readings.go_on()
        else:
            messages.add(line)
        if progress.is_due:
            progress.show(len(os.listdir(staging)), messages.compiling)

    try:
        environ = {**PROGRAMS.build_environ(with_c.node), **shown.environ}
        PRECEDENCE.release()
        return follow(argv, environ=environ, heard=hear, every=REDRAWN), messages
    finally:
        progress.erase()


def _sort(members: Sequence[Member], status: int, messages: GoMessages, staging: str, readings: Readings) -> None:
    """Take what go made, each to where its program will be, and give what it said to those it made nothing for."""
    for member in members:
        made = os.path.join(staging, member.file_name)
        # With any other status something ended go itself, and what it copied then may be half a program.
        if status in (0, 1) and os.path.exists(made):
            # If it cannot be moved, it cannot be built there alone either, and that tells why.
            with contextlib.suppress(OSError):
                move(made, member.unproved)
                member.built, member.reading = True, readings.of(member.file_name)
    failed = [member for member in members if not member.built]
    for member in failed:
        member.said = messages.text if len(members) == 1 else messages.of(member.import_path, member.packages)
        if member.said or messages.interrupted:
            member.status = status
    if len(failed) < len(members):
        warn(messages.of_none([(member.import_path, member.packages) for member in failed]))
