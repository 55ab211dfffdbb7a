"""scons-golang: Go programs as SCons targets with a linkage, proved from the bytes of the binary.

Both a SCons tool (``tools=["golang"]``, or ``tools=[golang.generate]``) and a package whose core works
without SCons (see ``golang.cli``). Importing it imports neither SCons nor pyelftools.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._scons.fingerprint import Env

__all__ = ["TOOLPATH", "__version__", "add_variables", "exists", "generate", "linkage_of"]
__version__ = "0.1.0"

TOOLPATH = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
"""The directory for ``toolpath=[golang.TOOLPATH]``."""


def generate(env: Env, **kwargs: Any) -> None:
    """Load the tool into a SCons construction environment; see ``golang._scons.tool.generate``."""
    from ._scons.tool import generate as load

    load(env, **kwargs)


def exists(env: Env) -> bool:
    """Return whether a Go toolchain can be found; SCons asks for its default tool lists."""
    from ._scons.tool import exists as found

    return found(env)


def linkage_of(node: Any) -> str | None:
    """Return the linkage that a target node was declared with, such as ``static``; None if it has none."""
    from ._scons.target import program_of

    program = program_of(node)
    return None if program is None else str(program.request.linkage.value)


def add_variables(variables: Any) -> Any:
    """Add the command line settings (``scons GOLINKAGE=static``) to a SCons ``Variables``; returns it."""
    from ._scons.tool import add_variables as add

    return add(variables)
