"""The node of a Go program: a file that knows what program it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from ..linkage import Product, Request
from .fingerprint import Env

Node = Any
"""A SCons node, which is untyped."""

REJECTED = ".rejected"
"""What is appended to the path of a rejected target."""

POLICY_PIN = "policy "
"""How the Value begins on which a program depends for what is permitted."""

LINKED = "linked"
"""What the settings of a program call the files that the C compiler's linker adds."""

LINKER_FLAGS = "ldflags"
"""What the settings of a program call those that no package is compiled with."""


class Viewer(NamedTuple):
    """What decides which generated files a program sees."""

    variant_dir: str = ""
    """The build folder of the SConscript that declares it; empty if it has none."""
    generated: Mapping[str, Node] = MappingProxyType({})
    """Nodes by the paths in the source tree at which they are seen, as ``$GOGENERATED`` says."""


class Program:
    """What a target node carries: the request and environment it was declared with, and its package."""

    __slots__ = ("env", "module_root", "package_dir", "request", "viewer")

    def __init__(
        self,
        env: Env,
        request: Request,
        package_dir: str,
        module_root: str,
        *,
        viewer: Viewer | None = None,
    ) -> None:
        """Carry an environment, what it asks for, the directories of a package and its module, and what it sees."""
        self.env, self.request, self.package_dir, self.module_root = env, request, package_dir, module_root
        self.viewer = viewer or Viewer()

    @property
    def is_test(self) -> bool:
        """Whether it is the program with the tests of the package."""
        return self.request.product is Product.TEST


def files_beside(node: Node) -> tuple[Node, ...]:
    """Return the nodes of what is made together with a target, and stands or falls with it: the header of a library."""
    return getattr(node.attributes, "golang_beside", ())


def library_of(node: Node) -> Any:
    """Return the library that a header belongs to, or None."""
    return getattr(node.attributes, "golang_library", None)


def note_evidence(nodes: Iterable[Node]) -> None:
    """Note that targets tell of programs: no program is made from them."""
    for node in nodes:
        node.attributes.golang_evidence = True


def is_evidence(node: Node) -> bool:
    """Return whether a node tells of programs: results of tests and checks, reports, releases, overlays."""
    return hasattr(node.attributes, "golang_evidence")


def is_go(node: Node) -> bool:
    """Return whether a node is a target of this tool, or the symbolic link to one."""
    linked = node.sources if node.side_effect else ()
    return any(program_of(one) is not None for one in (node, *linked))


def program_of(node: Node) -> Any:
    """Return the Program that a node carries, or None."""
    return getattr(node.attributes, "golang", None)
