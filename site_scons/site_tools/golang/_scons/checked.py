"""What the node of a check carries: the packages that are looked at."""

from __future__ import annotations

import os
from typing import Any, NamedTuple

from .patterns import derived_below
from .programs import PROGRAMS
from .target import Node, Program


class Checked(NamedTuple):
    """What a node carries that tells that a check found nothing."""

    programs: tuple[Program, ...]
    """The packages of one module, with their tests."""

    @property
    def first(self) -> Program:
        """One of them; they share a module and an environment."""
        return self.programs[0]


def checked_by(node: Node) -> Any:
    """Return the Checked that a node carries, or None."""
    return getattr(node.attributes, "golang_checked", None)


def go_files(checked: Checked) -> dict[str, str]:
    """Return the Go files of packages, but for those that a builder makes: digests by path in the module."""
    found = {}
    with PROGRAMS.lock:
        contents = PROGRAMS.index(checked.first.env, tests=True).contents(checked.first.module_root)
        for program in checked.programs:
            made = {node.get_abspath() for node in derived_below(program.env.fs.Dir(program.package_dir))}
            for name, digest in contents.sources(program.package_dir).digests.items():
                path = os.path.join(program.package_dir, name)
                if name.endswith(".go") and path not in made:
                    found[os.path.relpath(path, checked.first.module_root)] = digest
    return found
